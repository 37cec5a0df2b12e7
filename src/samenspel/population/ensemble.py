"""`Ensemble`: values with their world and person weights, the only thing statistics accept.

World statistics are taken within a world first (person weights), then over worlds (world weights). The spread over
worlds is corrected for Monte Carlo error: Var_true = max(0, Var_w(m) - mean_w(se²)).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """People of many worlds: `world` (n,) ids, `weight` (n,) person weights, `world_weight` id → weight (default 1)."""

    world: Ids
    weight: Array
    world_weight: dict[int, float] | None = None

    @cached_property
    def worlds(self) -> Ids:
        """World ids, sorted."""
        return np.unique(self.world)

    @cached_property
    def _row(self) -> Ids:
        """Place of each person's world among `worlds`."""
        return np.searchsorted(self.worlds, self.world)

    @cached_property
    def _total(self) -> Array:
        """Sum of the weights in each world."""
        return np.bincount(self._row, self.weight).astype(float)

    def mean(self, values: Array) -> Array:
        """Weighted mean within each world, shape (W,)."""
        return np.bincount(self._row, self.weight * values) / self._total

    def error(self, values: Array) -> Array:
        """Monte Carlo standard error of each world's mean, shape (W,)."""
        away = values - self.mean(values)[self._row]
        return np.sqrt(np.bincount(self._row, self.weight**2 * away**2)) / self._total

    def sd(self, values: Array) -> Array:
        """Weighted SD between people within each world, shape (W,)."""
        away = values - self.mean(values)[self._row]
        return np.sqrt(np.bincount(self._row, self.weight * away**2) / self._total)

    def effective_size(self) -> Array:
        """Kish's effective number of persons in each world: (Σw)²/Σw²."""
        return self._total**2 / np.bincount(self._row, self.weight**2)

    def weights_of_worlds(self) -> Array:
        """World weights, normalised to 1, in the order of `worlds`."""
        given = self.world_weight or {}
        w = np.array([given.get(int(i), 1.0) for i in self.worlds])
        return w / w.sum()

    def interval(self, values: Array, level: float = 0.9) -> tuple[float, float, float]:
        """(low, median, high) over worlds of the within-world mean, Monte Carlo variance removed."""
        return interval_over_worlds(self.mean(values), self.error(values), self.weights_of_worlds(), level)

    def person_spread(self, values: Array, level: float = 0.8) -> tuple[float, float]:
        """Middle of the worlds of the within-world 10th and 90th percentile over persons."""
        low, high = np.median(np.array(list(self.person_spreads(values, level).values())), axis=0)
        return float(low), float(high)

    def person_spreads(self, values: Array, level: float = 0.8) -> dict[int, tuple[float, float]]:
        """World → its 10th and 90th percentile over persons."""
        out: dict[int, tuple[float, float]] = {}
        for w in self.worlds:
            here = self.world == w
            low, high = weighted_quantile(values[here], self.weight[here], [(1 - level) / 2, (1 + level) / 2])
            out[int(w)] = float(low), float(high)
        return out


def interval_over_worlds(m: Array, se: Array, w: Array, level: float = 0.9) -> tuple[float, float, float]:
    """(low, median, high) over worlds of within-world means `m` with Monte Carlo errors `se` and normalised weights `w`.

    m' = c + (m - c) √(V_true / V) takes the Monte Carlo variance out. A world of exactly 0 for everybody stays there.
    """
    centre = float(w @ m)
    variance = float(w @ (m - centre) ** 2)
    true = max(0.0, variance - float(w @ se**2))
    kept = np.sqrt(true / variance) if variance > 0 else 0.0
    shrunk = np.where((m == 0) & (se == 0), 0.0, centre + (m - centre) * kept)
    low, middle, high = weighted_quantile(shrunk, w, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return float(low), float(middle), float(high)


def weighted_quantile(values: Array, weight: Array, q: list[float]) -> Array:
    """Quantiles of weighted values: straight lines between the middles of their shares; equal values count as one."""
    v, which = np.unique(values, return_inverse=True)
    w = np.bincount(which, weight)
    at = (np.cumsum(w) - 0.5 * w) / w.sum()
    return np.interp(q, at, v)
