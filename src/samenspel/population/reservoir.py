"""The reservoir: candidates of every world, settled, measured on the screening day, and kept if they qualify.

Nobody's state is edited to make him eligible; nobody is a patient by label. Candidates who look ineligible at rest (on
`LOOKS` readings with their own noise) are kept with a known probability `THIN` and weighted by its inverse, so that rare
ones are still found without bias. Who else is screened at the same time changes nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samenspel.engine import Condition, People, Result, Schedule, habits, run, settle
from samenspel.engine.compiled import compiled, rows
from samenspel.engine.lattice import StepPlan
from samenspel.engine.settle import habitual_inputs, parameter_rows
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.facts_grammar import has_percentile, names_in, parse_population
from samenspel.population.blocks import Block
from samenspel.population.condition import holds
from samenspel.population.events import event_flags, under_way
from samenspel.population.measure import needed_outputs, take
from samenspel.population.people import Candidates, draw_candidates
from samenspel.population.worlds import Group
from samenspel.quantities.errors import SamenspelError
from samenspel.randomness import channel, uniform

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
THIN = 0.1
LOOKS = 8  # readings at rest; who qualifies on none of them looks ineligible
BATCH = 400  # candidates per world and round, for every 200 people
RAREST = 1 / 2000  # fewer qualify: nobody to study
Plans = Mapping[str, StepPlan]  # key of a model → its steps


@dataclass(frozen=True, eq=False)
class Included:
    """People of one group who were screened in: their state at the study's first midnight and what was measured."""

    group: Group
    candidates: Candidates
    people: People
    condition: Condition
    weight: Array
    measured: dict[str, Array]

    def take(self, index: Ids) -> Included:
        """The people at `index`, in that order."""
        return Included(
            self.group,
            self.candidates.take(index),
            self.people.take(index),
            self.condition.take(index),
            self.weight[index],
            {k: v[index] for k, v in self.measured.items()},
        )


@dataclass(frozen=True, eq=False)
class Reservoir:
    """All included people, and per world: candidates drawn, weight that qualifies and in all, failures, nobody to study."""

    cohorts: tuple[Included, ...]
    drawn: dict[int, int]
    found: dict[int, tuple[float, float]]
    failures: dict[int, int]
    empty: tuple[int, ...]
    first_day: int

    @property
    def prevalence(self) -> dict[int, float]:
        """Weighted share of the candidates of each world that qualifies."""
        return {w: prevalence(*pair) for w, pair in self.found.items()}

    @property
    def included(self) -> int:
        """Number of people included."""
        return sum(len(c.weight) for c in self.cohorts)


def prevalence(inside: float, total: float) -> float:
    """The share that qualifies, from weights."""
    return inside / max(total, 1e-300)


def eligible_measures(atlas: Atlas, text: str) -> tuple[str, ...]:
    """Measures that the eligibility asks for."""
    return tuple(sorted(n for n in names_in(parse_population(text)) if n in atlas.measures))


def fill(
    atlas: Atlas,
    groups: tuple[Group, ...],
    *,
    population: str,
    block: Block,
    seed: int,
    settle_days: int,
    enrich: dict[str, float],
    measures: tuple[str, ...] = (),
    plans: Plans | None = None,
    progress: object = None,
) -> Reservoir:
    """Screen until every world has the people of `block` included or its candidates were drawn.

    `plans` are the steps of each model, by its key; a model without one gets steps for the people at hand.
    Raises `SamenspelError` for an eligibility by percentile, which would depend on who is screened together.
    """
    people, most = block.people, block.most
    cohorts: list[Included] = []
    drawn: dict[int, int] = {}
    share: dict[int, list[tuple[float, float]]] = {}
    failures: dict[int, int] = {}
    wanted = tuple(dict.fromkeys((*eligible_measures(atlas, population), *measures)))
    _refuse_percentiles(atlas, population, wanted)
    for group in groups:
        kept: list[Included] = []
        have = np.zeros(len(group.ids), dtype=int)
        first = 0
        while first < most and (have < people).any():
            size = min(block.batch, most - first)
            need = np.flatnonzero(have < people)
            part, stats = _screen(
                atlas, part_of(group, need), population, wanted, seed, settle_days, enrich, block.first + first, size,
                (plans or {}).get(group.model.key),
            )  # fmt: skip
            for w, (inside, total, failed) in stats.items():
                share.setdefault(w, []).append((inside, total))
                failures[w] = failures.get(w, 0) + failed
                drawn[w] = drawn.get(w, 0) + size
            kept.append(part)
            have += np.bincount(np.searchsorted(group.ids, part.people.world), minlength=len(group.ids))
            first += size
            if callable(progress):
                progress(float(np.minimum(have, people).sum()), float(people * len(group.ids)))
        cohorts.append(_merge(group, kept, people))
    found = {w: (sum(a for a, _ in s), sum(b for _, b in s)) for w, s in share.items()}
    empty = tuple(sorted(w for w, pair in found.items() if prevalence(*pair) < RAREST))
    cohorts = [c for c in cohorts if len(c.weight)]
    return Reservoir(tuple(cohorts), drawn, found, failures, empty, settle_days)


def _refuse_percentiles(atlas: Atlas, population: str, wanted: tuple[str, ...]) -> None:
    rules = {f"measure {m!r}": atlas.measures[m].rule for m in wanted if atlas.measures[m].rule is not None}
    for where, rule in {"the eligibility": population, **rules}.items():
        if has_percentile(parse_population(rule or "")):
            raise SamenspelError(
                f"{where} asks for a percentile, which depends on who is screened together: {rule}.",
                cure="Write the number itself.",
            )


def part_of(group: Group, index: Ids) -> Group:
    """The worlds of a group at `index`, in that order."""
    cut = lambda v: v[index] if isinstance(v, np.ndarray) and v.ndim else v  # noqa: E731
    return Group(
        model=group.model,
        systems=group.systems,
        ids=group.ids[index],
        parameters={k: cut(v) for k, v in group.parameters.items()},
        person=group.person,
        gamma={k: cut(v) for k, v in group.gamma.items()},
        measured=group.measured,
        options={h: tuple(o[i] for i in index) for h, o in group.options.items()},
        mixtures={h: m[index] for h, m in group.mixtures.items()},
        at_rest={k: cut(v) for k, v in group.at_rest.items()},
    )


def _screen(
    atlas: Atlas, group: Group, population: str, wanted: tuple[str, ...], seed: int, settle_days: int,
    enrich: dict[str, float], first: int, size: int, plan: StepPlan | None,
) -> tuple[Included, dict[int, tuple[float, float, int]]]:  # fmt: skip
    c = draw_candidates(atlas, group, size, seed=seed, enrich=enrich, first=first)
    at_rest = _settle(group, c.people)
    own = habits(group.model, c.people, at_rest)
    outputs = needed_outputs(atlas, wanted)
    rule = parse_population(population)
    person, world = c.people.person, c.people.world
    people = People(person, world, {**c.people.parameters, **own})
    compiled_model = compiled(group.model)
    p = parameter_rows(compiled_model, people.parameters)
    read = compiled_model.function([compiled_model.outputs[o] for o in outputs])
    with np.errstate(all="ignore"):
        still = rows(read(at_rest.states, p, habitual_inputs(group.model), at_rest.held, 0.0), people.n)
    good = at_rest.codes == Result.OK
    values = dict(zip(outputs, np.nan_to_num(still), strict=True))
    begin = under_way(group, people, at_rest, atlas.people.event, seed=seed)
    events = event_flags(atlas.people.event, group.model.held_names)
    now = {e: begin.held[group.model.held_names.index(name)] for e, name in events.items()}
    looks = _looks(atlas, c, population, values, seed, now)
    u = uniform(seed, person=person, world=world, day=0, channel=channel("thin"))
    keep = np.flatnonzero(good & (looks | (u < THIN)))
    weight = c.weight * np.where(looks, 1.0, 1.0 / THIN)
    people, begin, c = people.take(keep), begin.take(keep), c.take(keep)
    stats = {int(w): [0.0, 0.0, 0] for w in group.ids}
    for w, ok in zip(world, good, strict=True):
        stats[int(w)][2] += int(not ok)
    if people.n == 0:
        return Included(group, c, people, begin, weight[keep], {}), _totals(stats)
    end = run(
        group.model,
        people,
        [Schedule(max(settle_days, 1))],
        start=begin,
        seed=seed,
        save=[*outputs, *events.values()],
        save_days=[max(settle_days, 1) - 1],
        plan=plan,
    )[0]
    day = max(settle_days, 1) - 1
    values = dict(zip(outputs, end.values[: len(outputs), 0], strict=True))
    measured = {
        **_known(c),
        **dict(zip(events, end.values[len(outputs) :, 0], strict=True)),
        **take(
            atlas,
            wanted,
            {k: np.nan_to_num(v) for k, v in values.items()},
            seed=seed,
            person=people.person,
            world=people.world,
            day=day,
        ),
    }
    alive = end.end.codes == Result.OK
    inside = holds(rule, measured) & alive
    for w, ok, here, k in zip(people.world, alive, inside, weight[keep], strict=True):
        stats[int(w)][0] += float(k) * bool(here)
        stats[int(w)][1] += float(k) * bool(ok)
        stats[int(w)][2] += int(not ok)
    index = np.flatnonzero(inside)
    found = Included(
        group,
        c.take(index),
        people.take(index),
        end.end.take(index),
        weight[keep][index],
        {k: v[index] for k, v in measured.items()},
    )
    return found, _totals(stats)


def _looks(
    atlas: Atlas, c: Candidates, population: str, values: dict[str, Array], seed: int, events: dict[str, Array] | None = None
) -> npt.NDArray[np.bool_]:
    """Who qualifies on any of the readings at rest."""
    person, world = c.people.person, c.people.world
    wide = lambda table: {k: np.broadcast_to(v, (LOOKS, len(person))) for k, v in table.items()}  # noqa: E731
    days, wanted = np.arange(LOOKS)[:, None], eligible_measures(atlas, population)
    readings = take(atlas, wanted, wide(values), seed=seed, person=person, world=world, day=days)
    return np.asarray(holds(parse_population(population), {**wide(_known(c)), **wide(events or {}), **readings}).any(0))


def _totals(stats: dict[int, list[float]]) -> dict[int, tuple[float, float, int]]:
    return {w: (inside, total, int(failed)) for w, (inside, total, failed) in stats.items()}


def _known(c: Candidates) -> dict[str, Array]:
    return {**c.traits, **c.conditions}


def _settle(group: Group, people: People, block: int = 2000) -> Condition:
    parts = [
        settle(group.model, people.take(np.arange(a, min(a + block, people.n))), many=True) for a in range(0, people.n, block)
    ]
    return Condition(
        np.concatenate([p.states for p in parts], 1),
        np.concatenate([p.held for p in parts], 1),
        np.concatenate([p.codes for p in parts]),
    )


def _merge(group: Group, parts: list[Included], people: int) -> Included:
    """Join rounds; keep the first `people` of every world, in order of person number."""
    world = np.concatenate([p.people.world for p in parts])
    person = np.concatenate([p.people.person for p in parts])
    order = np.lexsort((person, world))
    rank = np.empty(len(order), dtype=int)
    seen: dict[int, int] = {}
    for i in order:
        seen[int(world[i])] = seen.get(int(world[i]), 0) + 1
        rank[i] = seen[int(world[i])]
    index = order[rank[order] <= people]
    names = sorted({k for p in parts for k, v in p.people.parameters.items() if isinstance(v, np.ndarray) and v.ndim})
    shared = {k: v for k, v in parts[0].people.parameters.items() if k not in names}
    columns = {k: np.concatenate([_column(p.people, k) for p in parts])[index] for k in names}
    joined = People(person[index], world[index], {**shared, **columns})
    states = np.concatenate([p.condition.states for p in parts], 1)[:, index]
    held = np.concatenate([p.condition.held for p in parts], 1)[:, index]
    codes = np.concatenate([p.condition.codes for p in parts])[index]
    pick = lambda get: {k: np.concatenate([get(p)[k] for p in parts if k in get(p)])[index] for k in get(parts[0])}  # noqa: E731
    row = np.searchsorted(group.ids, world[index])
    candidates = Candidates(
        joined,
        row,
        pick(lambda p: p.candidates.traits),
        pick(lambda p: p.candidates.conditions),
        pick(lambda p: p.candidates.options),
        np.concatenate([p.candidates.weight for p in parts])[index],
    )
    measured = {
        k: np.concatenate([p.measured[k] for p in parts if p.measured])[index] for k in (_first(parts).measured)
    }
    weight = np.concatenate([p.weight for p in parts])[index]
    return Included(group, candidates, joined, Condition(states, held, codes), weight, measured)


def _first(parts: list[Included]) -> Included:
    return next((p for p in parts if p.measured), parts[0])


def _column(people: People, name: str) -> Array:
    return np.broadcast_to(np.asarray(people.parameters[name], dtype=float), (people.n,))


__all__ = ["RAREST", "Included", "Plans", "Reservoir", "eligible_measures", "fill", "part_of", "prevalence"]
