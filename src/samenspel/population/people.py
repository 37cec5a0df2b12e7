"""People: traits, person-level parameters, other conditions, and which rival holds for whom.

Person i of world w is the same whoever else is drawn: every number is an addressed quantile. Enrichment shifts the
scores z of named traits by t s, with t one of `STRENGTHS`, each equally likely; the weight

    w = 1 / mean over t of exp(t Σ s z - t² Σ s²/2)

of a candidate undoes it exactly, so that weighted statistics are those of general adults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from samenspel.composition.compose import word
from samenspel.composition.values import quantile
from samenspel.engine.people import People
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_people import Trait
from samenspel.population.worlds import Group
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint
from samenspel.randomness import channel, uniform

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
STRENGTHS = (0.0, 0.5, 1.0)  # shares of the full shift at which candidates are drawn


@dataclass(frozen=True, eq=False)
class Candidates:
    """People before any study: their address, row of the group's worlds, parameters, traits, weights."""

    people: People
    row: Ids  # index of each person's world within the group
    traits: dict[str, Array]
    conditions: dict[str, Array]  # 1 who has it
    options: dict[str, Array]  # person-scope hypothesis → index of the option
    weight: Array

    def take(self, index: Ids) -> Candidates:
        """The candidates at `index`."""
        pick = lambda d: {k: v[index] for k, v in d.items()}  # noqa: E731
        return Candidates(
            self.people.take(index),
            self.row[index],
            pick(self.traits),
            pick(self.conditions),
            pick(self.options),
            self.weight[index],
        )


def draw_candidates(
    atlas: Atlas, group: Group, per_world: int, *, seed: int, enrich: Mapping[str, float], first: int = 0
) -> Candidates:
    """Draw persons `first`, …, `first` + `per_world` - 1 of every world in a group, world by world; as `draw_persons`."""
    worlds = len(group.ids)
    row = np.repeat(np.arange(worlds), per_world)
    person = np.tile(np.arange(first, first + per_world, dtype=np.int64), worlds)
    return draw_persons(atlas, group, person, row, seed=seed, enrich=enrich)


def draw_persons(
    atlas: Atlas, group: Group, person: Ids, row: Ids, *, seed: int, enrich: Mapping[str, float]
) -> Candidates:
    """Draw these persons by number, each in the world of a group that `row` says.

    `enrich` maps a trait or person-level parameter to a shift of its normal score, in SDs.
    """
    world = group.ids[row]
    draw = lambda name: uniform(seed, person=person, world=world, day=0, channel=channel(name))  # noqa: E731
    known = {*(t.id for t in atlas.people.trait), *group.person}
    for name in enrich:
        if name not in known:
            raise SamenspelError(
                f"recruitment enriches {name!r}, which is no trait or person-level parameter. "
                f"{hint(name, known)}",
                cure="Correct recruitment.enrich.",
            )
    strength = np.array(STRENGTHS)[np.minimum((draw("enriched") * len(STRENGTHS)).astype(int), len(STRENGTHS) - 1)]
    projected, length = np.zeros(len(person)), sum(s**2 for s in enrich.values())

    def score(name: str) -> Array:
        z = special.ndtri(draw(name))
        shift = enrich.get(name, 0.0)
        if shift:
            z = z + strength * shift
            projected[:] += shift * z
        return z

    z = {t.id: score(t.id) for t in atlas.people.trait}
    z = _correlated(atlas, z)
    traits = {t.id: quantile(t.distribution, special.ndtr(z[t.id])) for t in atlas.people.trait}
    parameters: dict[str, float | Array] = {
        k: v[row] if isinstance(v, np.ndarray) and v.ndim else v for k, v in group.parameters.items()
    }
    for address in sorted(group.person):
        d, factor = group.person[address]
        parameters[address] = quantile(d, special.ndtr(score(address))) * factor
    for t in atlas.people.trait:
        if t.reads is not None and t.reads in group.model.parameter_names:
            parameters[t.reads] = traits[t.id] * _trait_factor(atlas, t, group)
    conditions = {
        c.id: (draw(f"condition/{c.id}") < float(quantile(c.prevalence, np.array([0.5]))[0])).astype(float)
        for c in atlas.people.condition
    }
    _push(atlas, conditions, parameters)
    options = _options(atlas, group, row, draw, parameters)
    with np.errstate(over="ignore"):
        density = np.mean([np.exp(t * projected - 0.5 * t**2 * length) for t in STRENGTHS], axis=0)
    weight = 1.0 / density if enrich else np.ones(len(person))
    return Candidates(People(person, world, parameters), row, traits, conditions, options, weight)


def _correlated(atlas: Atlas, z: dict[str, Array]) -> dict[str, Array]:
    """Gaussian copula: later traits are mixed from earlier ones, so a trait added last changes nobody."""
    names = list(z)
    if not atlas.people.correlation:
        return z
    matrix = np.eye(len(names))
    for c in atlas.people.correlation:
        i, j = names.index(c.between[0]), names.index(c.between[1])
        matrix[i, j] = matrix[j, i] = c.value
    try:
        lower = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as fault:
        raise SamenspelError(
            "the correlations of people.toml contradict each other (no joint distribution has them).",
            file="people.toml",
            cure="Make one of them smaller.",
        ) from fault
    mixed = {n: lower[i, 0] * z[names[0]] for i, n in enumerate(names)}
    for i, n in enumerate(names):  # term by term: a matrix product may round otherwise for other numbers of people
        for j in range(1, i + 1):
            mixed[n] = mixed[n] + lower[i, j] * z[names[j]]
    return mixed


def _trait_factor(atlas: Atlas, trait: Trait, group: Group) -> float:
    from samenspel.quantities.units import parse_unit

    declared = next(p.unit for p in group.model.parameters if p.name == trait.reads)
    return parse_unit(trait.unit).scale / parse_unit(declared).scale


def _push(atlas: Atlas, conditions: Mapping[str, Array], parameters: dict[str, float | Array]) -> None:
    """A condition adds to a person's set point (a parameter); unknown addresses are left to `check`."""
    for c in atlas.people.condition:
        for push in c.push:
            if push.input in parameters:
                parameters[push.input] = parameters[push.input] + push.size * conditions[c.id]


def _options(
    atlas: Atlas, group: Group, row: Ids, draw: Callable[[str], Array], parameters: dict[str, float | Array]
) -> dict[str, Array]:
    """Person-scope hypotheses: each person's option, and couplings off for whom the option does not list them."""
    out: dict[str, Array] = {}
    for h, shares in group.mixtures.items():
        bounds = np.cumsum(shares, axis=1)[row]
        index = np.minimum((draw(f"option/{h}")[:, None] >= bounds).sum(1), shares.shape[1] - 1)
        out[h] = index.astype(float)
        options = atlas.hypotheses[h].option
        for coupling in sorted({c for o in options for c in o.on}):
            name = f"gain.{word(coupling)}"
            if name in parameters:
                has = np.array([coupling in o.on for o in options])[index]
                parameters[name] = np.where(has, parameters[name], 0.0)
    return out
