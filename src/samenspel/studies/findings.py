"""`Findings`: what a run found, per world, gathered chunk by chunk; the people themselves stay in the store.

A chunk holds whole worlds, or one block of the people of one world; blocks of a world follow each other. What is kept of
people: sums (`Moments`), the first `PERSONS` of each world for the figures, and, until its world is complete, the paired
difference on the outcome with its weight (24 bytes a person), for the spread between persons.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.ensemble import Ensemble, Ids, interval_over_worlds
from samenspel.population.moments import Moments
from samenspel.population.reservoir import RAREST, Reservoir, prevalence
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.columns import columns, week_of
from samenspel.studies.trial import Trial

log = logging.getLogger(__name__)
Array = npt.NDArray[np.float64]
PERSONS = 6  # single fictional people shown in figures: the first of the first world, always the same


@dataclass(frozen=True, eq=False)
class Screening:
    """Per world: candidates drawn, weight that qualifies and in all, calculations that failed, people included."""

    drawn: dict[int, int]
    found: dict[int, tuple[float, float]]
    failures: dict[int, int]
    included: dict[int, int]

    @property
    def prevalence(self) -> dict[int, float]:
        """Weighted share of the candidates of each world that qualifies."""
        return {w: prevalence(*pair) for w, pair in self.found.items()}

    @property
    def empty(self) -> tuple[int, ...]:
        """Worlds with nobody to study."""
        return tuple(sorted(w for w, share in self.prevalence.items() if share < RAREST))


@dataclass(frozen=True, eq=False)
class Findings:
    """Numbers per world, in order of world; columns are named in `columns`."""

    scenario: Scenario
    weeks: npt.NDArray[np.int64]
    arms: tuple[str, ...]
    moments: Moments
    spreads: dict[int, tuple[float, float]]  # 10th and 90th percentile over persons of the difference on the outcome
    failures: dict[str, float]
    persons: dict[str, Array]  # arm → outcome at screening and by week of people of the first world, (1 + weeks, persons)
    screening: Screening
    least: float = 0.0  # change of the outcome that counts where the scenario names none

    @property
    def worlds(self) -> Ids:
        """Worlds with anybody to study."""
        return self.moments.worlds

    def week(self, day: float) -> int:
        """The week that ends nearest to `day`."""
        return int(self.weeks[week_of(self.weeks, day)])

    def mean(self, column: str) -> Array:
        """Mean within each world, shape (W,)."""
        return self.moments.mean(column)

    def sd(self, column: str) -> Array:
        """SD between people within each world, shape (W,); where all people of a world are equal, that of the other worlds.

        The latter is the root of the mean variance. Raises `SamenspelError` where people differ in no world.
        """
        sd = self.moments.sd(column)
        flat = ~(sd > 0)
        if flat.all():
            people = sum(self.screening.included[int(w)] for w in self.worlds)
            raise SamenspelError(
                f"no size in standard deviations can be said: the people included ({people} in {len(sd)} worlds) do not differ "
                f"from each other in {column.removeprefix('base/')} at the start.",
                cure="Ask for more --people or --worlds, draw more candidates, or choose an outcome in which people differ.",
            )
        if flat.any():
            said = "in %d of %d worlds all people have the same %s: the SD of the other worlds stands in"
            log.warning(said, flat.sum(), len(sd), column)
        return np.where(flat, np.sqrt(np.mean(sd[~flat] ** 2)), sd)

    def weights_of_worlds(self) -> Array:
        """World weights, normalised to 1."""
        return np.full(len(self.worlds), 1.0 / len(self.worlds))

    def interval(self, column: str, unit: Array | float = 1.0) -> dict[str, float]:
        """World interval of a mean in units of `unit` (one number, or one per world): 5th, 50th, 95th percentile."""
        m, se = self.mean(column) / unit, self.moments.standard_error(column) / unit
        low, middle, high = interval_over_worlds(m, se, self.weights_of_worlds())
        return {"low": low, "middle": middle, "high": high}


class Gatherer:
    """Takes chunks in order; `findings` closes it."""

    def __init__(self, scenario: Scenario, better: float, least: float = 0.0) -> None:
        self.scenario, self.better = scenario, better
        self.least = 0.0 if scenario.estimand.responder_change is not None else least
        self._done: list[Moments] = []
        self._open: Moments | None = None
        self._people: list[tuple[Ensemble, Array]] = []  # of the world that is open
        self._spreads: dict[int, tuple[float, float]] = {}
        self._persons: dict[int, dict[str, Array]] = {}
        self._failed: dict[int, dict[str, float]] = {}
        self._screening = Screening({}, {}, {}, {})
        self._weeks: npt.NDArray[np.int64] | None = None
        self._arms: tuple[str, ...] = ()

    def screened(self, reservoir: Reservoir) -> None:
        """Add who was screened."""
        s = self._screening
        for w, n in reservoir.drawn.items():
            s.drawn[w] = s.drawn.get(w, 0) + n
            s.failures[w] = s.failures.get(w, 0) + reservoir.failures.get(w, 0)
            inside, total = s.found.get(w, (0.0, 0.0))
            s.found[w] = inside + reservoir.found[w][0], total + reservoir.found[w][1]

    def tried(self, trial: Trial) -> None:
        """Add people who were studied."""
        self._weeks, self._arms = trial.weeks, tuple(trial.arms)
        found = columns(trial, self.better, self.least)
        e, s = trial.ensemble, trial.scenario.estimand
        new = Moments.of(e, found)
        if self._open is not None and np.array_equal(self._open.worlds, new.worlds):
            self._open = self._open + new
        else:
            self._close()
            self._open = new
        shown = found[f"effect/{s.outcome}/{trial.weeks[week_of(trial.weeks, s.day)]}"]
        self._people.append((e, shown.copy()))  # a view would keep all weeks
        for w in new.worlds:
            self._person_rows(int(w), trial, np.flatnonzero(e.world == w))

    def _person_rows(self, w: int, trial: Trial, here: npt.NDArray[np.int64]) -> None:
        outcome = trial.scenario.estimand.outcome
        failed, shown = self._failed.setdefault(w, {}), self._persons.setdefault(w, {})
        self._screening.included[w] = self._screening.included.get(w, 0) + len(here)
        for a, arm in trial.arms.items():
            failed[a] = failed.get(a, 0.0) + float(arm.failed[here].sum())
            first = here[:PERSONS]
            rows = np.concatenate([trial.baseline[outcome][None, first], arm.measured[outcome][:, first]])
            shown[a] = np.concatenate([shown[a], rows], 1)[:, :PERSONS] if a in shown else rows

    def _close(self) -> None:
        """The open worlds are complete."""
        if self._open is None:
            return
        world, weight = (np.concatenate([getattr(e, n) for e, _ in self._people]) for n in ("world", "weight"))
        self._spreads |= Ensemble(world, weight).person_spreads(np.concatenate([d for _, d in self._people]))
        self._done.append(self._open)
        self._open, self._people = None, []

    def findings(self) -> Findings:
        """All worlds together, without those that have nobody to study.

        Raises `SamenspelError` if that is every one.
        """
        self._close()
        empty = set(self._screening.empty)
        moments = Moments.side_by_side(self._done).without(empty) if self._done else None
        if moments is None or not len(moments.worlds) or self._weeks is None:
            raise SamenspelError(
                "nobody to study: in no world do enough people meet the criteria.",
                cure="Widen the criteria of the scenario, or draw more candidates.",
            )
        there = [int(w) for w in moments.worlds]
        people = sum(self._screening.included[w] for w in there)
        return Findings(
            self.scenario,
            self._weeks,
            self._arms,
            moments,
            {w: self._spreads[w] for w in there},
            {a: sum(self._failed[w][a] for w in there) / people for a in self._arms},
            self._persons[there[0]],
            self._screening,
            self.least,
        )
