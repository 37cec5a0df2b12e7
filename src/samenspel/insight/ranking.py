"""Interventions in order: what a table of effects says, and how far one order agrees with another.

Rank by the median over worlds (or draws) of |e|. A push stands in a higher tier only where it moves the outcome more than
another in `ABOVE` of the worlds. Worlds in which an effect is no number, or larger than `LARGEST`, are left out and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from samenspel.evidence.diagram import Diagram
from samenspel.evidence.issues import say_nearest
from samenspel.quantities.errors import SamenspelError

Array = npt.NDArray[np.float64]
CENTRE = (20.0, 1.0)  # horizon and range whose order the others are compared with
ABOVE = 0.9  # share of worlds in which one push must move the outcome more than another to stand above it
LARGEST = 1e100  # of an effect: beyond, its square is no number any more


@dataclass(frozen=True, eq=False)
class Effects:
    """`effect` (interventions, horizons, worlds) in SDs of the outcome, in one mode and range; NaN where none was found."""

    mode: str
    reach: float
    effect: Array

    def at(self, k: int) -> Array:
        """(interventions, worlds left) at horizon k."""
        effect = self.effect[:, k]
        with np.errstate(invalid="ignore"):
            return effect[:, (np.abs(effect) <= LARGEST).all(0)]


def ranking(diagram: Diagram, found: Effects, k: int, horizon: float) -> dict[str, Any]:
    """One table: interventions from most to least leverage, with spread over worlds, tiers, and the sign that prevails.

    Raises `SamenspelError` where more than half of the worlds are lost: what the middle one says is then unknown.
    """
    effect = found.at(k)
    every = found.effect.shape[2]
    lost = every - effect.shape[1]
    if 2 * lost > every:
        raise SamenspelError(
            f"at horizon {horizon:g} the effects leave the numbers that can be followed in {lost} of {every} "
            f"{'draws' if found.mode == 'linear' else 'worlds'}.",
            cure="Give shorter --horizons or smaller weights (--auxiliary-range, --stock-range, LB and UB)."
            if found.mode == "linear"
            else "Give shorter --horizons or smaller tags.",
        )
    size = np.abs(effect)
    middle = np.median(size, axis=1)
    order = np.argsort(-middle, kind="stable")
    beaten = np.array([[(b > a).mean() >= ABOVE for b in size] for a in size])  # [i, j]: j stands above i
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
    head: dict[str, Any] = {"mode": found.mode, "horizon": horizon, "lost": lost}
    return {**head, **({"range": found.reach} if found.mode != "linear" else {}), "interventions": table}


def agreement(found: Sequence[Effects], horizons: Sequence[float]) -> dict[str, Any]:
    """Rank correlation of every order with the central one, and the lowest of them."""
    reach = min((f.reach for f in found), key=lambda r: abs(r - CENTRE[1]))
    middle = min(range(len(horizons)), key=lambda k: abs(horizons[k] - CENTRE[0]))
    central = next(f for f in found if f.mode == "saturating" and f.reach == reach)
    size = lambda f, k: np.median(np.abs(f.at(k)), axis=1)  # noqa: E731
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
