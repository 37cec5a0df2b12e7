"""Measures: how a hidden quantity becomes a number on a form, with its own noise, on one day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.facts_grammar import parse_population
from samenspel.evidence.schema_people import Measure
from samenspel.population.condition import holds
from samenspel.population.worlds import unit_of
from samenspel.randomness import binomial_quantile, channel, normal, uniform

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


def needed_outputs(atlas: Atlas, measures: tuple[str, ...]) -> tuple[str, ...]:
    """Model addresses that must be saved to take these measures, criteria included."""
    names: list[str] = []
    for m in _all(atlas, measures):
        if m.reads is not None and m.reads not in names:
            names.append(m.reads)
    return tuple(names)


def _all(atlas: Atlas, measures: tuple[str, ...]) -> list[Measure]:
    """The measures and, for criteria, the measures their rules use, each once, parts first."""
    from samenspel.evidence.facts_grammar import names_in

    out: dict[str, Measure] = {}
    for name in measures:
        m = atlas.measures[name]
        if m.rule is not None:
            parts = sorted(n for n in names_in(parse_population(m.rule)) if n in atlas.measures)
            out |= {p.id: p for p in _all(atlas, tuple(parts)) if p.id not in out}
        out.setdefault(name, m)
    return list(out.values())


def take(
    atlas: Atlas,
    measures: tuple[str, ...],
    values: Mapping[str, Array],
    *,
    seed: int,
    person: Ids,
    world: Ids,
    day: int | Ids,
    shift: Mapping[str, Array | float] | None = None,
) -> dict[str, Array]:
    """Measured values; `shift` is added before rounding (reporting).

    `values` hold model addresses, shape (n,) on one day, or (days, n) with `day` of shape (days, 1).
    """
    out: dict[str, Array] = {}
    for m in _all(atlas, measures):
        if m.rule is not None:
            out[m.id] = holds(parse_population(m.rule), out).astype(float)
            continue
        assert m.reads is not None
        x = _on_form(atlas, m, values[m.reads]) + (shift or {}).get(m.id, 0.0)
        out[m.id] = _read(m, x, seed, person, world, day)
    return out


def expected(atlas: Atlas, measure: str, values: Mapping[str, Array]) -> Array:
    """The measure without noise or rounding: the true state on the form's scale."""
    m = atlas.measures[measure]
    assert m.reads is not None
    return _on_form(atlas, m, values[m.reads])


def least_change(atlas: Atlas, measure: str, accuracy: float) -> float:
    """A change on the form that steps exact to `accuracy` (a share of the spread of a state) can just tell; 0 for criteria."""
    m = atlas.measures[measure]
    if m.reads is None:
        return 0.0
    on_form = abs(m.slope) * m.sd if m.mean is not None and m.sd is not None else unit_of(atlas, m.reads)
    return accuracy * on_form


def _on_form(atlas: Atlas, m: Measure, x: Array) -> Array:
    """From the model's scale to the form's: identity, or mean + slope · SD · z where the form's mean and SD are given."""
    if m.mean is None or m.sd is None or m.reads is None:
        return x
    with np.errstate(over="ignore"):  # whoever diverged is counted elsewhere
        return m.mean + m.slope * m.sd * (x - atlas.reference[m.reads].mean) / unit_of(atlas, m.reads)


def _read(m: Measure, x: Array, seed: int, person: Ids, world: Ids, day: int | Ids) -> Array:
    name = channel(f"measure/{m.id}")
    if m.kind == "count-of-regions":
        assert m.items is not None
        share = np.clip(x / m.items, 0.0, 1.0)
        u = uniform(seed, person=person, world=world, day=day, channel=name)
        return binomial_quantile(u, m.items, share)
    if m.noise > 0:
        x = x + m.noise * normal(seed, person=person, world=world, day=day, channel=name)
    if m.cuts:
        return np.searchsorted(np.array(m.cuts), x, side="right").astype(float)
    if m.scale is not None:
        x = np.clip(x, *m.scale)
    step = m.step or (1.0 if m.kind in ("nrs", "likert", "ordinal") else None)
    return np.round(x / step) * step if step else x
