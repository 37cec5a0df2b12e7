"""Paired rivals: the same worlds, the same people and the same luck under each option of one open question.

In the first `WORLDS` worlds with anybody to study, each option of each world-scope hypothesis is forced in turn; every other
draw stays. With E_o(w) the mean effect (treatment less comparator, true state on the form's scale, person weights of the
reservoir) of world w under option o,

    contrast(o, o') = mean over w of E_o(w) - E_o'(w)
    gap = [max_o - min_o of mean over w of E_o(w)] / SD over w of E_own(w)

for the outcome at the estimand's day, and for every measure and week up to it: where the gap is largest, the options part.

The people are those included under the world's own options, the first `PEOPLE` of each world: an option that changes who
would qualify still answers for them. Each starts from his own rest under the forced option, without a run-in, and is followed
to the estimand's day. Left out: attention apart, reporting shift, noise of the forms, and hypotheses about persons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.composition.plain import full_catalogue
from samenspel.engine import Condition, People, Result, Schedule, StepPlan, habits, run, settle
from samenspel.engine.run import Engine
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_scenario import Scenario
from samenspel.insight.summary import counts
from samenspel.population.measure import expected
from samenspel.population.people import draw_persons
from samenspel.population.reservoir import Reservoir, part_of
from samenspel.population.stock import reservoir_key
from samenspel.population.worlds import Group, Variation, Worlds, draw_worlds
from samenspel.store import Store, key
from samenspel.studies.schedule import schedules
from samenspel.studies.trial import trial_measures
from samenspel.systems import catalogue

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
WORLDS, PEOPLE = 8, 30
BLOCK = 2000  # people settled at once
ACCURACY = 1e-2  # of estimated steps: ten times coarser than the trial moved no effect by more than 3e-4 of a point
KIND, FORM = "contrast", 3


@dataclass(frozen=True)
class _Row:
    """One world under one forced option (none: its own)."""

    world: int
    hypothesis: str | None
    option: str | None


@dataclass(frozen=True, eq=False)
class Paired:
    """The worlds, people and options that a run's contrasts compare."""

    atlas: Atlas
    scenario: Scenario
    worlds: Worlds
    reservoir: Reservoir
    seed: int
    ladder: Variation
    engine: Engine
    store: Store
    plans: Mapping[str, StepPlan]  # steps by key of a model; one that no world of the run's own has gets estimated ones
    most_worlds: int = WORLDS
    most_people: int = PEOPLE

    @cached_property
    def included(self) -> dict[int, tuple[Ids, Array]]:
        """World → numbers and weights of the people who are followed."""
        return _included(self.reservoir, self.most_worlds, self.most_people)

    @cached_property
    def own(self) -> dict[int, dict[str, str]]:
        """World → the options that are its own."""
        return {int(w): {h: o[k] for h, o in g.options.items()} for g in self.worlds.groups for k, w in enumerate(g.ids)}

    @cached_property
    def rows(self) -> list[_Row]:
        """Each world as it is, then under every option that is not its own."""
        return _rows(self.atlas, sorted(self.included), self.own)

    @cached_property
    def questions(self) -> list[str]:
        """Hypotheses with an option to force."""
        return sorted({r.hypothesis for r in self.rows if r.hypothesis is not None})

    @cached_property
    def forced(self) -> Worlds:
        """All rows as worlds, by model."""
        force = {h: [r.option if r.hypothesis == h else None for r in self.rows] for h in self.questions}
        systems, ids = full_catalogue(self.atlas, catalogue()), [r.world for r in self.rows]
        return draw_worlds(
            self.atlas, systems, self.worlds.supports, seed=self.seed, ids=ids, ladder=self.ladder, force=force
        )

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures of the scenario that read the model."""
        return tuple(m for m in trial_measures(self.scenario) if self.atlas.measures[m].reads is not None)

    @property
    def weeks(self) -> list[int]:
        """Weeks up to the estimand's day, the last one whole or not."""
        days = int(self.scenario.estimand.day)
        return [w for w in range(1, days // 7 + 1)] + ([] if days % 7 == 0 else [days // 7 + 1])

    @property
    def parts(self) -> tuple[Group, ...]:
        """The models to run; none where there is nothing to compare."""
        return self.forced.groups if self.questions and self.included else ()

    def missing(self) -> list[int]:
        """Parts whose effects are not in the store; none where they stand together."""
        if self.store.holds(KIND, self._whole):
            return []
        return [k for k in range(len(self.parts)) if not self.store.holds(KIND, self._key(k))]

    @cached_property
    def all_effects(self) -> dict[str, Array]:
        """Effects of all parts, read back together (so that no world is drawn again) or put together and kept."""
        found = self.store.get_arrays(KIND, self._whole)
        if found is not None:
            return found[0]
        effects = {name: table for k in range(len(self.parts)) for name, table in self.effects(k).items()}
        self.store.put_arrays(KIND, self._whole, effects)
        return effects

    def effects(self, k: int) -> dict[str, Array]:
        """Effects of part k by world and options, each (measures, weeks), read back or made and kept."""
        name = self._key(k)
        found = self.store.get_arrays(KIND, name)
        if found is not None:
            return found[0]
        effects = _effects(self, self.parts[k])
        self.store.put_arrays(KIND, name, effects)
        return effects

    @cached_property
    def _people(self) -> str:
        rows = [(w, p.tolist(), v.tolist()) for w, (p, v) in sorted(self.included.items())]
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    @cached_property
    def _whole(self) -> str:
        """What made all parts: the own worlds and all of the evidence, since no forced world has been drawn yet."""
        atlas, text = self.atlas, lambda thing: hashlib.sha256(repr(thing).encode()).hexdigest()
        return key({
            "form": FORM, "atlas": atlas.digest, "models": text((atlas.hypotheses, atlas.couplings, atlas.parameters)),
            "worlds": reservoir_key(atlas, self.worlds, self.scenario, None, self.seed, self.measures),
            "own": text(sorted(self.own.items())), "supports": text(sorted(self.worlds.supports.items())),
            "people": self._people, "engine": self.engine, "study": repr(self.scenario), "ladder": self.ladder,
            "first": self.reservoir.first_day, "plans": repr(sorted(self.plans.items())),
        })  # fmt: skip

    def _key(self, k: int) -> str:
        part = Worlds((self.parts[k],), {}, self.forced.supports)
        return key({
            "form": FORM, "worlds": reservoir_key(self.atlas, part, self.scenario, None, self.seed, self.measures),
            "people": self._people, "engine": self.engine, "options": sorted(self.parts[k].options.items()),
            "study": repr(self.scenario), "first": self.reservoir.first_day,
            "plan": repr(self.plans.get(self.parts[k].model.key)),
        })  # fmt: skip


def contrasts(paired: Paired) -> dict[str, Any]:
    """Paired contrasts of all world-scope hypotheses: subset sizes, and by hypothesis what its options do."""
    scenario, included = paired.scenario, paired.included
    better = paired.atlas.measures[scenario.estimand.outcome].towards
    sizes = {"worlds": len(included), "people": paired.most_people, "day": float(scenario.estimand.day)}
    effects = paired.all_effects
    out: dict[str, Any] = {}
    for h in paired.questions if effects else []:
        options = [o.id for o in paired.atlas.hypotheses[h].option]
        table = _table(effects, paired.own, sorted(included), h, options)
        if table is not None:
            out[h] = _compared(scenario, table, options, paired.measures, paired.weeks, better)
    return {**sizes, "hypotheses": out}


def _included(reservoir: Reservoir, worlds: int, people: int) -> dict[int, tuple[Ids, Array]]:
    """World → numbers and weights of the people who are followed."""
    every = sorted({int(w) for c in reservoir.cohorts for w in np.unique(c.people.world)})[:worlds]
    out: dict[int, tuple[Ids, Array]] = {}
    for c in reservoir.cohorts:
        for w in every:
            here = np.flatnonzero(c.people.world == w)[:people]
            if len(here):
                out[w] = c.people.person[here], c.weight[here]
    return out


def _rows(atlas: Atlas, worlds: Sequence[int], own: dict[int, dict[str, str]]) -> list[_Row]:
    """Each world as it is, then under every option that is not its own."""
    rows = [_Row(w, None, None) for w in worlds]
    for h in sorted(atlas.hypotheses):
        if atlas.hypotheses[h].scope == "world":
            rows += [_Row(w, h, o.id) for w in worlds for o in atlas.hypotheses[h].option if o.id != own[w][h]]
    return rows


def _name(world: int, options: dict[str, str]) -> str:
    return f"{world}|" + "|".join(f"{h}={o}" for h, o in sorted(options.items()))


def _effects(paired: Paired, group: Group) -> dict[str, Array]:
    atlas, scenario, included, first_day = paired.atlas, paired.scenario, paired.included, paired.reservoir.first_day
    measures, weeks = paired.measures, paired.weeks
    every = [_name(int(w), {h: o[k] for h, o in group.options.items()}) for k, w in enumerate(group.ids)]
    alike = _alike(group)
    group = part_of(group, np.array(sorted(set(alike))))
    names = [every[k] for k in sorted(set(alike))]
    people, row = _people(atlas, scenario, group, included, paired.seed)
    start = _settled(group, people)
    everyone = People(people.person, people.world, {**people.parameters, **habits(group.model, people, start)})
    good = np.flatnonzero(start.codes == Result.OK)
    e, days = scenario.estimand, int(scenario.estimand.day)
    arms = tuple(next(a for a in scenario.arm if a.id == i) for i in (e.comparator, e.treatment))
    cut = lambda s: Schedule(days, s.first_day, s.edges, {k: v[:days] for k, v in s.inputs.items()})  # noqa: E731
    plans = [cut(s) for s in schedules(group.model, scenario, first_day, arms)]
    reads = sorted({str(atlas.measures[m].reads) for m in measures})
    at = [first_day + min(7 * w, days) - 1 for w in weeks]
    who = everyone.take(good)
    runs = run(
        group.model, who, plans, start=start.take(good), seed=paired.seed, save=reads, save_days=at, engine=paired.engine,
        plan=paired.plans.get(group.model.key), accuracy=ACCURACY,
    )  # fmt: skip
    fine = np.logical_and.reduce([r.end.codes == Result.OK for r in runs])
    weight = np.concatenate([included[int(w)][1] for w in group.ids])[good] * fine
    values = [{n: np.nan_to_num(r.values[k]) for k, n in enumerate(reads)} for r in runs]
    total = np.bincount(row[good], weight, minlength=len(names))
    out = {n: np.full((len(measures), len(weeks)), np.nan) for n in names}
    for i, m in enumerate(measures):
        for j in range(len(weeks)):
            base, treated = (expected(atlas, m, {n: v[j] for n, v in side.items()}) for side in values)
            with np.errstate(invalid="ignore"):  # a row without anybody is left out below
                change = np.where(fine, treated - base, 0.0)
                mean = np.bincount(row[good], weight * change, minlength=len(names)) / total
            for k, n in enumerate(names):
                out[n][i, j] = mean[k]
    out = {n: v for n, v in out.items() if np.isfinite(v).all()}
    return {n: out[every[k]] for n, k in zip(every, alike, strict=True) if every[k] in out}


def _alike(group: Group) -> list[int]:
    """For each row the first row of the same world with the same numbers: options that switch only absent links are one run."""
    first: dict[bytes, int] = {}
    at = lambda v, k: np.broadcast_to(v, group.ids.shape)[k] if np.ndim(v) < 2 else v[k]  # noqa: E731
    numbers = [np.asarray(group.parameters[n], dtype=float) for n in sorted(group.parameters)]
    shares = [group.mixtures[h] for h in sorted(group.mixtures)]
    out: list[int] = []
    for k, w in enumerate(group.ids):
        mark = np.concatenate([np.ravel(at(v, k)) for v in (*numbers, *shares)]).tobytes() + int(w).to_bytes(8, "big")
        out.append(first.setdefault(mark, k))
    return out


def _people(
    atlas: Atlas, scenario: Scenario, group: Group, included: dict[int, tuple[Ids, Array]], seed: int
) -> tuple[People, Ids]:
    """The followed people of every row of a group, drawn anew under its options, and each one's row."""
    persons = [included[int(w)][0] for w in group.ids]
    row = np.repeat(np.arange(len(group.ids)), [len(p) for p in persons])
    drawn = draw_persons(
        atlas, group, np.concatenate(persons), row, seed=seed, enrich=dict(scenario.recruitment.enrich)
    )
    return drawn.people, row


def _settled(group: Group, people: People) -> Condition:
    blocks = [np.arange(a, min(a + BLOCK, people.n)) for a in range(0, people.n, BLOCK)]
    parts = [settle(group.model, people.take(b), many=True) for b in blocks]
    return Condition(*(np.concatenate([getattr(p, n) for p in parts], -1) for n in ("states", "held", "codes")))


def _table(
    effects: dict[str, Array], own: dict[int, dict[str, str]], worlds: Sequence[int], hypothesis: str, options: list[str]
) -> Array | None:
    """(1 + options, worlds, measures, weeks): own, then each option, over the worlds that stand under every option."""
    whole: list[list[Array]] = []
    for w in worlds:
        names = [_name(w, own[w]), *(_name(w, {**own[w], hypothesis: o}) for o in options)]
        if all(n in effects for n in names):
            whole.append([effects[n] for n in names])
    return np.array(whole).swapaxes(0, 1) if whole else None


def _compared(
    scenario: Scenario, table: Array, options: list[str], measures: tuple[str, ...], weeks: list[int],
    better: float,
) -> dict[str, Any]:  # fmt: skip
    """Effect by option with the worlds it helps and harms, the widest pair, and where the gap is largest."""
    own, by_option = table[0], table[1:]
    outcome = by_option[:, :, measures.index(scenario.estimand.outcome), -1]
    mean = outcome.mean(1)
    low, high = int(np.argmin(mean)), int(np.argmax(mean))
    d = outcome[low] - outcome[high]
    sd = own.std(0)
    centre = by_option.mean(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(sd > 0, (centre.max(0) - centre.min(0)) / sd, 0.0)
    i, j = np.unravel_index(int(np.argmax(gap)), gap.shape)
    q = np.quantile(d, [0.05, 0.5, 0.95])
    return {
        "worlds": outcome.shape[1],
        "options": [
            {"id": o, "effect": float(m), **counts(better * row)} for o, m, row in zip(options, mean, outcome, strict=True)
        ],
        "pair": [options[low], options[high]],
        "difference": {"mean": float(d.mean()), "low": float(q[0]), "middle": float(q[1]), "high": float(q[2])},
        "same_sign": float(np.mean(np.sign(d) == np.sign(d.mean()))),
        "parts": {"measure": measures[int(i)], "week": weeks[int(j)], "gap_sd": float(gap[i, j])},
    }  # fmt: skip
