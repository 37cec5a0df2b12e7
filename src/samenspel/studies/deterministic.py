"""One person of one world as a deterministic model that other programs can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from samenspel.composition.compose import compose
from samenspel.composition.values import quantile
from samenspel.declare.model import Model
from samenspel.declare.system import System
from samenspel.engine import People, habits, settle
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint
from samenspel.studies.sizes import check_sizes


@dataclass(frozen=True, eq=False)
class Person:
    """A model with the numbers and the resting point of one person."""

    model: Model
    parameters: dict[str, float]
    start: dict[str, float]


def reference_person(
    atlas: Atlas, catalogue: Mapping[tuple[str, str], type[System]], *, world: int, seed: int, systems: Sequence[str] = ()
) -> Person:
    """The person at the centre of every spread in one world, with the couplings among `systems` (none: all).

    Raises `SamenspelError` for an unknown system, a refused world, or a person without rest.
    """
    check_sizes(seed=seed, world=world)
    drawn = draw_worlds(atlas, catalogue, Grading(atlas).couplings(), seed=seed, ids=[world])
    if not drawn.groups:
        raise SamenspelError(f"world {world} was refused: {drawn.refused[world]}.", cure="Choose another --world.")
    group = drawn.groups[0]
    known = {s.system: s for s in group.systems}
    for name in systems:
        if name not in known:
            raise SamenspelError(f"no system {name!r}.{hint(name, known)}", cure=f"There is: {', '.join(known)}.")
    chosen = [known[n] for n in systems] if systems else list(group.systems)
    inside = {s.system for s in chosen}
    couplings = [c for c in atlas.couplings.values() if {c.source.split(".")[0], c.to.split(".")[0]} <= inside]
    model = compose(chosen, couplings, name="-".join(sorted(inside)))
    centre = {a: float(quantile(d, np.array([0.5]))[0]) * f for a, (d, f) in group.person.items()}
    numbers = {**{k: float(np.asarray(v).reshape(-1)[0]) for k, v in group.parameters.items()}, **centre}
    own = {k: v for k, v in numbers.items() if k in model.parameter_names}
    one = np.zeros(1, dtype=np.int64)
    people = People(one, one, own)
    rest = settle(model, people)
    if rest.codes[0] != 0:
        raise SamenspelError(f"the reference person of world {world} finds no rest.", cure="Choose another --world.")
    own |= {k: float(v[0]) for k, v in habits(model, people, rest).items()}
    return Person(model, own, {n: float(rest.states[i, 0]) for i, n in enumerate(model.state_names)})
