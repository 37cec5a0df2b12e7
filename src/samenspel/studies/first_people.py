"""The first people of some worlds, with all that following them further needs: for routes and rivals."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from samenspel.engine import Condition, People
from samenspel.population.people import Candidates
from samenspel.population.reservoir import Included, Reservoir
from samenspel.population.worlds import Worlds
from samenspel.studies.chunks import Work

Array = npt.NDArray[np.float64]


def first_people(work: Work, worlds: Sequence[int], people: int) -> Reservoir:
    """The first `people` of some worlds, with all that a further run of them needs; as few chunks are read as hold them."""
    have = {int(w): 0 for w in worlds}
    parts: list[Reservoir] = []
    for k, chunk in enumerate(work.chunks):
        wanted = [w for w in chunk.worlds.tolist() if have.get(w, people) < people]
        if not wanted:
            continue
        reservoir, cohorts = work.reservoir(k), []
        for cohort in reservoir.cohorts:
            world = cohort.people.world
            index = [np.flatnonzero(world == w)[: people - have[w]] for w in np.unique(world).tolist() if w in wanted]
            if index:
                cohorts.append(cohort.take(np.concatenate(index)))
        for c in cohorts:
            for w in c.people.world.tolist():
                have[w] += 1
        parts.append(dataclasses.replace(reservoir, cohorts=tuple(cohorts)))
    return _join_reservoirs(work.drawn, parts)


def _join_reservoirs(drawn: Worlds, parts: Sequence[Reservoir]) -> Reservoir:
    cohorts: list[Included] = []
    for g in drawn.groups:
        found = [c for r in parts for c in r.cohorts if c.group.model.key == g.model.key]
        if not found:
            continue
        people = _join_people([c.people for c in found])
        table = lambda get, found=found: {n: np.concatenate([get(c)[n] for c in found]) for n in get(found[0])}  # noqa: E731
        candidates = Candidates(
            people,
            np.searchsorted(g.ids, people.world),
            table(lambda c: c.candidates.traits),
            table(lambda c: c.candidates.conditions),
            table(lambda c: c.candidates.options),
            np.concatenate([c.candidates.weight for c in found]),
        )
        condition = Condition(
            *(np.concatenate([getattr(c.condition, n) for c in found], -1) for n in ("states", "held", "codes"))
        )
        cohorts.append(
            Included(g, candidates, people, condition, np.concatenate([c.weight for c in found]), table(lambda c: c.measured))
        )
    union = lambda get: {w: v for r in parts for w, v in get(r).items()}  # noqa: E731
    empty = tuple(sorted(w for r in parts for w in r.empty))
    return Reservoir(
        tuple(cohorts),
        union(lambda r: r.drawn),
        union(lambda r: r.found),
        union(lambda r: r.failures),
        empty,
        parts[0].first_day,
    )


def _join_people(parts: Sequence[People]) -> People:
    row = lambda p, n: np.broadcast_to(np.asarray(p.parameters[n], dtype=float), (p.n,))  # noqa: E731
    shared = [n for n in parts[0].parameters if all(np.ndim(p.parameters[n]) == 0 for p in parts)]
    parameters: dict[str, float | Array] = {n: parts[0].parameters[n] for n in shared}
    parameters |= {n: np.concatenate([row(p, n) for p in parts]) for n in parts[0].parameters if n not in shared}
    join = lambda get: np.concatenate([get(p) for p in parts])  # noqa: E731
    return People(join(lambda p: p.person), join(lambda p: p.world), parameters)
