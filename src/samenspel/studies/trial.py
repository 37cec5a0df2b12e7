"""A virtual trial: the same people under every arm, from their own screening day, measured on the scenario's forms.

Beside the arms of the scenario runs one more per treated arm: its contact and expectation without the treatment itself.
So each effect splits into change under the comparator, attention and expectation, and what the treatment adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samenspel.engine import People, Result, Trajectories, run
from samenspel.engine.lattice import StepPlan
from samenspel.engine.run import Engine
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_scenario import Arm, Scenario
from samenspel.population.ensemble import Ensemble
from samenspel.population.measure import needed_outputs, take
from samenspel.population.reservoir import Included, Plans, Reservoir
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.schedule import contact_only, schedules

Array = npt.NDArray[np.float64]
MOST_FAILURES = 0.005  # share of people in an arm whose run may fail
#: people, weights, weeks, baseline, arms, reporting shift
Part = tuple[People, Array, npt.NDArray[np.int64], dict[str, Array], dict[str, "ArmResult"], Array]
Shift = dict[str, Array]
STOPPED = "training.programme.stopped"
FLARE_DAYS = 28  # first weeks in which a flare is counted


@dataclass(frozen=True, eq=False)
class ArmResult:
    """One arm: measured values by measure, shape (weeks, n); per person: flare in the first weeks, stopped, run failed."""

    id: str
    measured: dict[str, Array]
    flare: Array
    stopped: Array
    failed: Array


@dataclass(frozen=True, eq=False)
class Trial:
    """People in order of world and number, and what each arm did to them."""

    scenario: Scenario
    ensemble: Ensemble
    person: npt.NDArray[np.int64]
    weeks: npt.NDArray[np.int64]  # end of week k, k = 1 …
    baseline: dict[str, Array]
    arms: dict[str, ArmResult]
    shift: Array  # reporting shift of each person's world, in SDs of the baseline

    @property
    def failures(self) -> dict[str, float]:
        """Share of the runs of each arm that failed."""
        return {a: float(arm.failed.mean()) for a, arm in self.arms.items()}

    def contact_arm(self) -> str | None:
        """Id of the arm with contact and expectation only, if the treatment has contact."""
        name = f"{self.scenario.estimand.treatment}-contact-only"
        return name if name in self.arms else None


def trial_arms(scenario: Scenario) -> tuple[Arm, ...]:
    """Comparator first, then the other arms, then the contact-only twin of each treated arm that has contact."""
    first = next(a for a in scenario.arm if a.id == scenario.estimand.comparator)
    others = [a for a in scenario.arm if a.id != first.id]
    return (first, *others, *(contact_only(a) for a in others if a.contact is not None))


def run_trial(
    atlas: Atlas,
    scenario: Scenario,
    reservoir: Reservoir,
    *,
    seed: int,
    engine: Engine = "auto",
    reporting: Mapping[int, float] | None = None,
    allow_failures: bool = False,
    accuracy: float = 1e-3,
    plans: Plans | None = None,
) -> Trial:
    """Simulate every arm for every included person.

    `reporting` maps a world to its reporting shift (baseline SDs toward the arm that got something); `plans` the key of a
    model to its steps, without which they follow from the people at hand and `accuracy`.
    Raises `SamenspelError` if nobody was included, or more than 0.5 % of the runs of an arm failed.
    """
    if not reservoir.cohorts:
        raise SamenspelError(
            "nobody to study: in no world do enough people meet the criteria.",
            cure="Widen the criteria of the scenario, or draw more candidates.",
        )
    arms = trial_arms(scenario)
    measures = trial_measures(scenario)
    parts = [
        _cohort(
            atlas, scenario, c, arms, measures, reservoir.first_day, seed, engine, reporting or {}, accuracy,
            (plans or {}).get(c.group.model.key),
        )
        for c in reservoir.cohorts
    ]  # fmt: skip
    joined = _join(scenario, arms, parts)
    check_failures(joined.failures, allow_failures)
    return joined


def check_failures(failures: Mapping[str, float], allowed: bool) -> None:
    """Raise `SamenspelError` if too many runs of an arm failed, unless that is allowed."""
    for arm, share in failures.items():
        if share > MOST_FAILURES and not allowed:
            raise SamenspelError(
                f"{share:.1%} of the runs of arm {arm!r} failed; at most {MOST_FAILURES:.1%} may.",
                cure="Look at the worlds concerned, or pass --allow-failures.",
            )


def trial_measures(scenario: Scenario) -> tuple[str, ...]:
    """The outcome first, then the headline and other measures."""
    e = scenario.estimand
    return tuple(dict.fromkeys((e.outcome, *e.headline_measures, *scenario.measures)))


def _cohort(
    atlas: Atlas, scenario: Scenario, cohort: Included, arms: tuple[Arm, ...], measures: tuple[str, ...], first_day: int,
    seed: int, engine: Engine, reporting: Mapping[int, float], accuracy: float, plan: StepPlan | None,
) -> Part:  # fmt: skip
    model, people = cohort.group.model, cohort.people
    plans = schedules(model, scenario, first_day, arms)
    outputs = list(needed_outputs(atlas, measures))
    outcome = atlas.measures[scenario.estimand.outcome]
    staged = [STOPPED] if STOPPED in model.held_names else []
    days = plans[0].days
    weeks = np.arange(1, days // 7 + 1)
    flare_days = range(first_day, first_day + min(FLARE_DAYS, days))
    ends = [first_day + 7 * int(w) - 1 for w in weeks]
    save_days = sorted({*ends, *flare_days})
    runs = run(
        model,
        people,
        plans,
        start=cohort.condition,
        seed=seed,
        save=[*outputs, *staged],
        save_days=save_days,
        engine=engine,
        accuracy=accuracy,
        plan=plan,
    )
    shift = np.array([reporting.get(int(w), 0.0) for w in people.world])
    sd = Ensemble(people.world, cohort.weight)
    out: dict[str, ArmResult] = {}
    for arm, r in zip(arms, runs, strict=True):
        open_label = arm.contact is not None and not arm.contact.blinded
        toward = _toward(atlas, cohort, sd, measures, shift) if open_label else {}

        def on(days: list[int], wanted: tuple[str, ...], r: Trajectories = r, toward: Shift = toward) -> dict[str, Array]:
            rows = np.nan_to_num(r.values[:, np.searchsorted(r.days, days)])
            values = {n: rows[k] for k, n in enumerate(outputs)}
            when = np.array(days, dtype=np.int64)[:, None]
            return take(atlas, wanted, values, seed=seed, person=people.person, world=people.world, day=when, shift=toward)

        measured = {m: v for m, v in on(ends, measures).items() if m in measures}
        worst = on(list(flare_days), (outcome.id,))[outcome.id]
        change = scenario.estimand.responder_change or 0.0
        sign = -outcome.towards  # a flare is a turn for the worse
        base = cohort.measured[outcome.id]
        flare = ((sign * (worst - base)).max(0) >= change) & (change > 0)
        stopped = r.of(STOPPED)[np.searchsorted(r.days, ends[-1])] if staged else np.zeros(people.n)
        failed = (r.end.codes != Result.OK).astype(float)
        out[arm.id] = ArmResult(arm.id, measured, flare.astype(float), stopped, failed)
    baseline = {m: cohort.measured[m] for m in measures if m in cohort.measured}
    return people, cohort.weight, weeks, baseline, out, shift


def _toward(
    atlas: Atlas, cohort: Included, ensemble: Ensemble, measures: tuple[str, ...], shift: Array
) -> dict[str, Array]:
    """Reporting shift of self-reports: `shift` baseline SDs toward better."""
    row = np.searchsorted(ensemble.worlds, cohort.people.world)
    out: dict[str, Array] = {}
    for name in measures:
        m = atlas.measures[name]
        if m.self_report and name in cohort.measured and m.higher_is != "neither":
            better = -1.0 if m.higher_is == "worse" else 1.0
            out[name] = better * shift * ensemble.sd(cohort.measured[name])[row]
    return out


def _join(scenario: Scenario, arms: tuple[Arm, ...], parts: list[Part]) -> Trial:
    stack = lambda f, axis=0: np.concatenate([f(p) for p in parts], axis)  # noqa: E731
    people_world = stack(lambda p: p[0].world)
    person = stack(lambda p: p[0].person)
    weight = stack(lambda p: p[1])
    order = np.lexsort((person, people_world))
    first = parts[0]
    results: dict[str, ArmResult] = {}
    for arm in (a.id for a in arms):
        results[arm] = _joined_arm([p[4][arm] for p in parts], order)
    baseline = {m: stack(lambda p, m=m: p[3][m])[order] for m in first[3]}
    return Trial(
        scenario,
        Ensemble(people_world[order], weight[order]),
        person[order],
        first[2],
        baseline,
        results,
        stack(lambda p: p[5])[order],
    )


def _joined_arm(parts: list[ArmResult], order: npt.NDArray[np.int64]) -> ArmResult:
    """One arm of all cohorts, people in the common order."""
    measured = {m: np.concatenate([p.measured[m] for p in parts], 1)[:, order] for m in parts[0].measured}
    rows = (np.concatenate([getattr(p, n) for p in parts])[order] for n in ("flare", "stopped", "failed"))
    return ArmResult(parts[0].id, measured, *rows)
