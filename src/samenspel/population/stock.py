"""The reservoir of a scenario, taken from the store when the same worlds were screened before.

The key holds everything that made it: the equations and numbers of every world, the eligibility, the recruitment, the
measures and how they are read, and the seed.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from samenspel.engine import Condition, People
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.blocks import Block, blocks
from samenspel.population.people import Candidates
from samenspel.population.reservoir import BATCH, THIN, Included, Plans, Reservoir, fill
from samenspel.population.worlds import Group, Worlds
from samenspel.store import Store, key

KIND = "reservoir"
FORM = 2  # of the stored arrays
Arrays = dict[str, np.ndarray[Any, Any]]


def reservoir_for(
    atlas: Atlas,
    worlds: Worlds,
    scenario: Scenario,
    *,
    people: int | Block,
    seed: int,
    measures: tuple[str, ...],
    plans: Plans | None = None,
    progress: Callable[[float], None] | None = None,
    store: Store | None = None,
) -> Reservoir:
    """Fill, or read back, the reservoir that a scenario draws its people from; `people` of each world, or one block of them."""
    r, store = scenario.recruitment, store or Store()
    block = blocks_of(scenario, people, whole=True)[0] if isinstance(people, int) else people
    name = reservoir_key(atlas, worlds, scenario, block, seed, measures, plans)
    found = store.get_arrays(KIND, name)
    if found is not None:
        return _unpack(worlds, *found)
    total, done = max(len(worlds.groups), 1), {"share": 0.0}

    def tell(have: float, want: float) -> None:
        done["share"] = max(done["share"], have / max(want, 1.0))
        if progress is not None:
            progress(min(1.0, done["share"] / total))

    reservoir = fill(
        atlas,
        worlds.groups,
        population=scenario.estimand.population,
        block=block,
        seed=seed,
        settle_days=r.settle_days,
        enrich=dict(r.enrich),
        measures=measures,
        plans=plans,
        progress=tell,
    )
    store.put_arrays(KIND, name, *_pack(reservoir))
    return reservoir


def blocks_of(scenario: Scenario, people: int, *, whole: bool = False) -> tuple[Block, ...]:
    """The blocks of `people` of each world (see `blocks`)."""
    return blocks(people, scenario.recruitment.candidates, BATCH, whole=whole)


def reservoir_key(
    atlas: Atlas, worlds: Worlds, scenario: Scenario, block: Block | None, seed: int, measures: tuple[str, ...],
    plans: Plans | None = None,
) -> str:  # fmt: skip
    """Content key of the reservoir of these worlds for a scenario; without a block, of the worlds alone."""
    digest = hashlib.sha256()
    for g in worlds.groups:
        digest.update(g.model.key.encode() + g.ids.tobytes())
        for name in sorted(g.parameters):
            digest.update(name.encode() + np.asarray(g.parameters[name], dtype=float).tobytes())
        digest.update(repr(sorted((k, repr(v)) for k, v in g.person.items())).encode())
        for name in sorted(g.mixtures):
            digest.update(name.encode() + g.mixtures[name].tobytes())
    recruitment = scenario.recruitment.model_dump(mode="json")
    return key(
        {
            "form": FORM,
            "worlds": digest.hexdigest(),
            "block": None if block is None else dataclasses.asdict(block),
            "plans": {g.model.key: repr(plans[g.model.key]) for g in worlds.groups} if plans else {},
            "seed": seed,
            "measures": list(measures),
            "population": scenario.estimand.population,
            "recruitment": recruitment,
            "thin": repr(THIN),
            "readings": hashlib.sha256(repr([atlas.measures[m] for m in sorted(atlas.measures)]).encode()).hexdigest(),
            "traits": hashlib.sha256(repr(atlas.people).encode()).hexdigest(),
        }
    )


def _pack(r: Reservoir) -> tuple[Arrays, dict[str, Any]]:
    arrays: Arrays = {}
    shared: list[dict[str, float]] = []
    for k, c in enumerate(r.cohorts):
        arrays |= {
            f"{k}/person": c.people.person,
            f"{k}/world": c.people.world,
            f"{k}/weight": c.weight,
            f"{k}/states": c.condition.states,
            f"{k}/held": c.condition.held,
            f"{k}/codes": c.condition.codes,
            f"{k}/row": c.candidates.row,
            f"{k}/drawn-weight": c.candidates.weight,
        }
        own = {n: v for n, v in c.people.parameters.items() if isinstance(v, np.ndarray) and v.ndim}
        shared.append({n: float(np.asarray(v)) for n, v in c.people.parameters.items() if n not in own})
        parts = {
            "p": own,
            "t": c.candidates.traits,
            "c": c.candidates.conditions,
            "o": c.candidates.options,
            "m": c.measured,
        }
        arrays |= {f"{k}/{kind}/{n}": v for kind, table in parts.items() for n, v in table.items()}
    notes = {
        "groups": [c.group.model.key for c in r.cohorts],
        "shared": shared,
        "empty": list(r.empty),
        "first_day": r.first_day,
        "drawn": {str(w): n for w, n in r.drawn.items()},
        "found": {str(w): list(pair) for w, pair in r.found.items()},
        "failures": {str(w): n for w, n in r.failures.items()},
    }
    return arrays, notes


def _unpack(worlds: Worlds, arrays: Arrays, notes: dict[str, Any]) -> Reservoir:
    groups: dict[str, Group] = {g.model.key: g for g in worlds.groups}
    cohorts: list[Included] = []
    for k, model in enumerate(notes["groups"]):
        table = lambda kind, k=k: {n.split("/", 2)[2]: v for n, v in arrays.items() if n.startswith(f"{k}/{kind}/")}  # noqa: E731
        at = lambda name, k=k: arrays[f"{k}/{name}"]  # noqa: E731
        people = People(at("person"), at("world"), {**notes["shared"][k], **table("p")})
        candidates = Candidates(people, at("row"), table("t"), table("c"), table("o"), at("drawn-weight"))
        condition = Condition(at("states"), at("held"), at("codes"))
        cohorts.append(Included(groups[model], candidates, people, condition, at("weight"), table("m")))
    ints = lambda name: {int(w): v for w, v in notes[name].items()}  # noqa: E731
    found: dict[int, tuple[float, float]] = {w: (pair[0], pair[1]) for w, pair in ints("found").items()}
    return Reservoir(tuple(cohorts), ints("drawn"), found, ints("failures"), tuple(notes["empty"]), notes["first_day"])
