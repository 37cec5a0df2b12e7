"""Leverage: how far the outcome of a diagram moves when each intervention is pushed, and how sure that order is.

In W worlds (gains by budget, signs as drawn) the reference person starts at rest; intervention i is held its strength s_i
(reference SDs) away from where it would be. The effect at horizon h is the outcome with the push minus without, in SDs:

    e_i(h, w) = y(h | push_i, w) - y(h | none, w),    rank by the median over worlds of |e_i|

`saturating` runs the atlas as it stands, on the engine. `straight` takes every influence and set point as a straight line at
rest, so that the course is exact: x(h) = (J⁻¹)(exp(J h) - I) f_u s with J the Jacobian at rest. Both decay and share a budget;
a range r in (0, 1] multiplies every gain, so that all sources of a target together carry at most r of it (r = 1: the atlas).
The world interval is the 5th to 95th percentile. Left out: differences between people, which the worlds do not need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from samenspel.composition.plain import PUSH, full_catalogue
from samenspel.engine import People, Schedule, run, settle
from samenspel.engine.compiled import compiled, rows
from samenspel.engine.settle import habitual_inputs, held_at_start, parameter_rows
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.diagram import Diagram
from samenspel.evidence.grade import Grading
from samenspel.evidence.issues import say_nearest
from samenspel.insight.linear import LinearEffects, LinearSettings, linear_effects
from samenspel.population.worlds import Group, draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.sizes import check_sizes
from samenspel.systems import catalogue

Array = npt.NDArray[np.float64]
Mode = Literal["saturating", "straight"]
HORIZONS = (4.0, 8.0, 20.0, 40.0, 80.0)  # steps of the drawing
RANGES = (0.1, 0.3, 1.0)
CENTRE = (20.0, 1.0)  # the setting whose order the others are compared with
STATE = "level"
ABOVE = 0.9  # share of worlds in which one push must move the outcome more than another to stand above it


@dataclass(frozen=True, eq=False)
class Effects:
    """`effect` (interventions, horizons, worlds) in SDs of the outcome, in one mode and range."""

    mode: str
    reach: float
    effect: Array


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

    Raises `SamenspelError` when the diagram has no intervention, or no world is left.
    """
    check_sizes(option="", seed=seed, worlds=worlds)
    if not diagram.interventions:
        raise SamenspelError(
            "the diagram has no intervention: every tag is empty or 0.",
            file="diagram.toml",
            cure="Give a strength to what can be pushed.",
        )
    _within("horizons", horizons, 1000.0)
    _within("ranges", ranges, 1.0)
    drawn = draw_worlds(atlas, full_catalogue(atlas, catalogue()), Grading(atlas).couplings(), seed=seed, ids=np.arange(worlds))
    if not drawn.groups:
        raise SamenspelError("every world was refused: " + ", ".join(sorted(set(drawn.refused.values()))) + ".")
    step = diagram.step
    bent = np.concatenate([_saturating(g, diagram, ranges, horizons, step) for g in drawn.groups], axis=3)
    if progress is not None:
        progress(0.8)
    found: list[Effects] = []
    for k, reach in enumerate(ranges):
        line = np.concatenate([_straight(g, diagram, reach, horizons, step) for g in drawn.groups], axis=2)
        found += [Effects("saturating", float(reach), bent[k]), Effects("straight", float(reach), line)]
        if progress is not None:
            progress(0.8 + 0.2 * (k + 1) / len(ranges))
    return {
        "mode": "bounded",
        "outcome": diagram.outcome.label,
        "worlds": found[0].effect.shape[2],
        "refused": len(drawn.refused),
        "seed": seed,
        "step_days": step,
        "horizons": [float(h) for h in horizons],
        "ranges": [float(r) for r in ranges],
        "rankings": [_ranking(diagram, f, k, float(h)) for f in found for k, h in enumerate(horizons)],
        "agreement": _agreement(found, [float(h) for h in horizons]),
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
    if not diagram.interventions:
        raise SamenspelError(
            "the diagram has no intervention: every tag is empty or 0.",
            file="diagram.toml",
            cure="Give a strength to what can be pushed.",
        )
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
        "rankings": [_ranking(diagram, found, k, h) for k, h in enumerate(result.horizons)],
    }


def _within(name: str, values: Sequence[float], most: float) -> None:
    if not values or not all(0 < v <= most for v in values):
        raise SamenspelError(f"{name} must lie above 0 and at most at {most:g}, got {list(values)}.", cure=f"Correct --{name}.")


def _people(group: Group, ranges: Sequence[float]) -> People:
    """The reference person of every world, once per range with every gain times it; range by range."""
    count, reach = len(ranges), np.repeat(np.asarray(ranges, dtype=float), len(group.ids))
    stacked: dict[str, float | Array] = {}
    for name, value in _parameters(group).items():
        row = np.tile(value, count) if isinstance(value, np.ndarray) and value.ndim else value
        stacked[name] = row * reach if name.startswith("gain.") else row
    return People(np.zeros(count * len(group.ids), dtype=np.int64), np.tile(group.ids, count), stacked)


def _parameters(group: Group) -> dict[str, float | Array]:
    """The group's parameters, people at the middle of what they differ in."""
    from samenspel.composition.values import quantile

    middle = {a: float(quantile(d, np.array([0.5]))[0]) * f for a, (d, f) in group.person.items()}
    return {**group.parameters, **middle}


def _saturating(group: Group, diagram: Diagram, ranges: Sequence[float], horizons: Sequence[float], step: float) -> Array:
    """(ranges, interventions, horizons, worlds) from the engine: one arm per push, the first without."""
    people = _people(group, ranges)
    ends = [max(1, round(h * step)) for h in horizons]
    days = max(ends)
    plans = [Schedule(days)] + [
        Schedule(days, inputs={f"{v.id}.{PUSH}{STATE}": np.full((days, 1), v.strength)}) for v in diagram.interventions
    ]
    outcome = f"{diagram.outcome.id}.{STATE}"
    runs = run(
        group.model,
        people,
        plans,
        start=settle(group.model, people),
        save=[outcome],
        save_days=sorted({e - 1 for e in ends}),
        engine="numpy",
    )
    at = [int(np.searchsorted(runs[0].days, e - 1)) for e in ends]
    base = runs[0].of(outcome)
    effect = np.stack([(r.of(outcome) - base)[at] for r in runs[1:]])
    return effect.reshape(len(runs) - 1, len(ends), len(ranges), len(group.ids)).transpose(2, 0, 1, 3)


def _straight(group: Group, diagram: Diagram, reach: float, horizons: Sequence[float], step: float) -> Array:
    """(interventions, horizons, worlds) exactly, from the slopes at rest."""
    from scipy.linalg import expm

    c, world, m = compiled(group.model), group.ids, len(group.model.states)
    people = _people(group, [reach])
    rest = settle(group.model, people)
    p, held = parameter_rows(c, people.parameters), held_at_start(group.model, len(world))
    names = [f"{v.id}.{PUSH}{STATE}" for v in diagram.interventions]
    u = habitual_inputs(group.model)
    jacobian = np.zeros((len(world), m, m))
    for (i, j), value in zip(c.jacobian_entries, c.jacobian(rest.states, p, u, held, 0.0), strict=True):
        jacobian[:, i, j] = value
    push = rows(c.slopes(c.settled_steps, names)(rest.states, p, u, held, 0.0), len(world)).reshape(m, len(names), len(world))
    strength = np.array([v.strength for v in diagram.interventions])
    out_row = group.model.state_names.index(f"{diagram.outcome.id}.{STATE}")
    effect = np.empty((len(names), len(horizons), len(world)))
    for w in range(len(world)):
        # the row e_yᵀ J⁻¹ (exp(J h) - I): one matrix exponential per horizon, all pushes at once
        for k, h in enumerate(horizons):
            days = max(1, round(h * step))
            block = np.zeros((m + 1, m + 1))
            block[:m, :m] = jacobian[w].T * days
            block[out_row, m] = days
            effect[:, k, w] = strength * (expm(block)[:m, m] @ push[:, :, w])
    return effect


def _ranking(diagram: Diagram, found: Effects, k: int, horizon: float) -> dict[str, Any]:
    """One table: interventions from most to least leverage, with spread over worlds, tiers, and the sign that prevails."""
    effect = found.effect[:, k]
    size = np.abs(effect)
    middle = np.median(size, axis=1)
    order = np.argsort(-middle, kind="stable")
    beaten = (size[None, :, :] > size[:, None, :]).mean(-1) >= ABOVE  # [i, j]: j stands above i
    count = beaten.sum(1)
    tiers = {n: t + 1 for t, n in enumerate(sorted(set(count.tolist())))}
    table = [
        {
            "rank": place + 1,
            "tier": tiers[int(count[i])],
            "id": v.id,
            "label": v.label,
            "kind": v.kind,
            "strength": v.strength,
            "median_size": float(middle[i]),
            "mean": float(effect[i].mean()),
            "sd": float(effect[i].std()),
            "low": float(np.quantile(effect[i], 0.05)),
            "middle": float(np.median(effect[i])),
            "high": float(np.quantile(effect[i], 0.95)),
            "share_up": float((effect[i] > 0).mean()),
        }
        for place, i in enumerate(order.tolist())
        for v in (diagram.interventions[i],)
    ]
    head: dict[str, Any] = {"mode": found.mode, "horizon": horizon}
    return {**head, **({"range": found.reach} if found.mode != "linear" else {}), "interventions": table}


def _agreement(found: Sequence[Effects], horizons: Sequence[float]) -> dict[str, Any]:
    """Rank correlation of every order with the central one, and the lowest of them."""
    reach = min((f.reach for f in found), key=lambda r: abs(r - CENTRE[1]))
    middle = min(range(len(horizons)), key=lambda k: abs(horizons[k] - CENTRE[0]))
    central = next(f for f in found if f.mode == "saturating" and f.reach == reach)
    size = lambda f, k: np.median(np.abs(f.effect[:, k]), axis=1)  # noqa: E731
    table = [
        {
            "mode": f.mode,
            "range": f.reach,
            "horizon": h,
            "rank_correlation": rank_correlation(size(central, middle), size(f, k)),
        }
        for f in found
        for k, h in enumerate(horizons)
    ]
    known = [r["rank_correlation"] for r in table if r["rank_correlation"] is not None]
    return {
        "with": {"mode": "saturating", "range": reach, "horizon": horizons[middle]},
        "rows": table,
        "lowest": min(known, default=None),
    }


def compare(result: dict[str, Any], diagram: Diagram, labels: Sequence[str]) -> dict[str, Any]:
    """The result with, for every table, its rank correlation with an order found elsewhere (`labels`, best first).

    Interventions that the order does not name are left out. Raises `SamenspelError` for a label that is no intervention, one
    that stands twice, and fewer than three.
    """
    known = {v.label.casefold(): v.label for v in diagram.interventions}
    wanted = [label.strip().casefold() for label in labels if label.strip()]
    for label in wanted:
        if label not in known:
            raise SamenspelError(f"{label!r} is no intervention of this diagram.", cure=say_nearest(label, known.values()))
    if len(set(wanted)) < len(wanted) or len(wanted) < 3:
        raise SamenspelError(
            "an order to compare with names each intervention once, and at least three.", cure="One label per line."
        )
    place = {known[label]: float(-i) for i, label in enumerate(wanted)}
    tables: list[dict[str, Any]] = []
    for table in result["rankings"]:
        rows = [x for x in table["interventions"] if x["label"] in place]
        size, given = np.array([x["median_size"] for x in rows]), np.array([place[x["label"]] for x in rows])
        tables.append({**table, "against": rank_correlation(size, given)})
    return {**result, "rankings": tables}


def rank_correlation(first: Array, second: Array) -> float | None:
    """Spearman's rank correlation; None where one order has fewer than two different values."""
    if len(set(first.tolist())) < 2 or len(set(second.tolist())) < 2:
        return None
    ranks = stats.rankdata(first), stats.rankdata(second)
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
