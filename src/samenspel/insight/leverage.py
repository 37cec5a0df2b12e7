"""Leverage: how far the outcome of a diagram moves when each intervention is pushed, and how sure that order is.

In W worlds (gains by budget, signs as drawn) the reference person starts at rest; intervention i is held its strength s_i
(reference SDs) away from where it would be. The effect at horizon h is the outcome with the push minus without, in SDs:

    e_i(h, w) = y(h | push_i, w) - y(h | none, w),    rank by the median over worlds of |e_i|

`saturating` runs the atlas as it stands, on the engine. `straight` takes every influence and set point as a straight line at
rest, so that the course is exact: x(h) = (J⁻¹)(exp(J h) - I) f_u s with J the Jacobian at rest. Both decay and share a budget;
a range r in (0, 1] multiplies every gain, so that all sources of a target together carry at most r of it (r = 1: the atlas).
The world interval is the 5th to 95th percentile. A horizon is rounded to whole days, and worlds in which a course cannot be
followed are left out and counted (`ranking`). Left out: differences between people, which the worlds do not need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from samenspel.composition.plain import full_catalogue
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.diagram import Diagram
from samenspel.evidence.grade import Grading
from samenspel.insight.linear import LinearEffects, LinearSettings, linear_effects
from samenspel.insight.pushes import in_days, saturating, straight
from samenspel.insight.ranking import Effects, agreement, ranking
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.sizes import check_sizes
from samenspel.systems import catalogue

Mode = Literal["saturating", "straight"]
HORIZONS = (4.0, 8.0, 20.0, 40.0, 80.0)  # steps of the drawing
RANGES = (0.1, 0.3, 1.0)


def leverage(
    atlas: Atlas,
    diagram: Diagram,
    *,
    seed: int = 1,
    worlds: int = 64,
    horizons: Sequence[float] = HORIZONS,
    ranges: Sequence[float] = RANGES,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """The ranking in every mode, range and horizon, with spread, tiers and how the orders agree.

    Raises `SamenspelError` when the diagram has no intervention, a horizon is shorter than a day or longer than can be run,
    or no world is left.
    """
    check_sizes(option="", seed=seed, worlds=worlds)
    _has_pushes(diagram)
    _within("horizons", horizons, 1000.0)
    _within("ranges", ranges, 1.0)
    days = in_days(horizons, diagram.step)
    drawn = draw_worlds(atlas, full_catalogue(atlas, catalogue()), Grading(atlas).couplings(), seed=seed, ids=np.arange(worlds))
    if not drawn.groups:
        raise SamenspelError("every world was refused: " + ", ".join(sorted(set(drawn.refused.values()))) + ".")
    bent = np.concatenate([saturating(g, diagram, ranges, days) for g in drawn.groups], axis=3)
    if progress is not None:
        progress(0.8)
    found: list[Effects] = []
    for k, reach in enumerate(ranges):
        line = np.concatenate([straight(g, diagram, reach, days) for g in drawn.groups], axis=2)
        found += [Effects("saturating", float(reach), bent[k]), Effects("straight", float(reach), line)]
        if progress is not None:
            progress(0.8 + 0.2 * (k + 1) / len(ranges))
    return {
        "mode": "bounded",
        "outcome": diagram.outcome.label,
        "worlds": found[0].effect.shape[2],
        "refused": len(drawn.refused),
        "seed": seed,
        "step_days": diagram.step,
        "horizons": [float(h) for h in horizons],
        "days": days,
        "ranges": [float(r) for r in ranges],
        "rankings": [ranking(diagram, f, k, float(h)) for f in found for k, h in enumerate(horizons)],
        "agreement": agreement(found, [float(h) for h in horizons]),
    }


def linear_leverage(
    diagram: Diagram,
    *,
    seed: int = 1,
    draws: int = 200,
    horizons: Sequence[float] = (20.0,),
    settings: LinearSettings | None = None,
) -> dict[str, Any]:
    """The same ranking by the linear reading (`insight.linear`): no decay, no bound, no budget."""
    settings = settings or LinearSettings()
    _has_pushes(diagram)
    result: LinearEffects = linear_effects(diagram, seed=seed, draws=draws, horizons=horizons, settings=settings)
    found = Effects("linear", 0.0, result.effect)
    return {
        "mode": "linear",
        "outcome": diagram.outcome.label,
        "draws": draws,
        "seed": seed,
        "auxiliary_range": settings.auxiliary_range,
        "stock_range": settings.stock_range,
        "spread": "half-normal" if settings.half_normal else "uniform",
        "horizons": list(result.horizons),
        "rankings": [ranking(diagram, found, k, h) for k, h in enumerate(result.horizons)],
    }


def _has_pushes(diagram: Diagram) -> None:
    if not diagram.interventions:
        raise SamenspelError(
            "the diagram has no intervention: every tag is empty or 0.",
            file="diagram.toml",
            cure="Give a strength to what can be pushed.",
        )


def _within(name: str, values: Sequence[float], most: float) -> None:
    if not values or not all(0 < v <= most for v in values):
        raise SamenspelError(f"{name} must lie above 0 and at most at {most:g}, got {list(values)}.", cure=f"Correct --{name}.")
    twice = sorted({v for v in values if list(values).count(v) > 1})
    if twice:
        raise SamenspelError(f"{name} holds {twice[0]:g} twice.", cure=f"Name each once in --{name}.")
