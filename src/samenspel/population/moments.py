"""Sums over the people of each world, block by block: what statistics need of people once they are gone.

For a column x with person weights w, within a world:

    W = Σ w, C = Σ w², m = Σ w x / W, A = Σ w (x - m)², B = Σ w² (x - m)², D = Σ w² (x - m)

`Moments.of` computes these for people at hand, `a + b` joins two groups of the same worlds by their distance to the common
mean (no difference of large sums), and mean, SD and Monte Carlo error are those of `Ensemble`. Blocks are joined in their own
order, so results do not depend on which were made together; memory grows with worlds and columns, not with people.
Left out: quantiles over persons, which need every value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samenspel.population.ensemble import Ensemble, Ids

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Of W worlds and the columns `names`: `worlds`, `weight`, `square` (W,); the others (columns, W)."""

    names: tuple[str, ...]
    worlds: Ids
    weight: Array
    square: Array
    means: Array
    spread: Array  # A
    error: Array  # B
    tilt: Array  # D

    @staticmethod
    def of(ensemble: Ensemble, columns: Mapping[str, Array]) -> Moments:
        """The sums of these people; each column has shape (n,)."""
        worlds, row = np.unique(ensemble.world, return_inverse=True)
        w = ensemble.weight
        total, square = np.bincount(row, w).astype(float), np.bincount(row, w**2).astype(float)
        out = np.empty((4, len(columns), len(worlds)))
        for k, x in enumerate(columns.values()):
            m = np.bincount(row, w * x) / total
            d = x - m[row]
            out[:, k] = m, np.bincount(row, w * d**2), np.bincount(row, w**2 * d**2), np.bincount(row, w**2 * d)
        return Moments(tuple(columns), worlds, total, square, *out)

    def __add__(self, other: Moments) -> Moments:
        """Two groups of people of the same worlds, this one first."""
        weight = self.weight + other.weight
        share = other.weight / weight
        d = other.means - self.means
        part, rest = share * d, (share - 1.0) * d  # from either mean to the common one
        error = self.error - 2 * part * self.tilt + part**2 * self.square
        error = error + (other.error - 2 * rest * other.tilt + rest**2 * other.square)
        tilt = self.tilt - part * self.square + (other.tilt - rest * other.square)
        spread = self.spread + other.spread + self.weight * share * d**2
        square = self.square + other.square
        return Moments(self.names, self.worlds, weight, square, self.means + part, spread, error, tilt)

    @staticmethod
    def side_by_side(parts: Sequence[Moments]) -> Moments:
        """Other worlds in each part."""
        rows = ("worlds", "weight", "square", "means", "spread", "error", "tilt")
        return Moments(parts[0].names, *(np.concatenate([getattr(p, n) for p in parts], -1) for n in rows))

    def without(self, worlds: Collection[int]) -> Moments:
        """The same without some worlds."""
        keep = np.array([int(w) not in worlds for w in self.worlds], dtype=bool)
        rows = (v[..., keep] for v in (self.weight, self.square, self.means, self.spread, self.error, self.tilt))
        return Moments(self.names, self.worlds[keep], *rows)

    def _row(self, name: str) -> int:
        return self.names.index(name)

    def mean(self, name: str) -> Array:
        """Weighted mean within each world, shape (W,)."""
        return self.means[self._row(name)]

    def sd(self, name: str) -> Array:
        """Weighted SD between people within each world, shape (W,)."""
        return np.sqrt(self.spread[self._row(name)] / self.weight)

    def standard_error(self, name: str) -> Array:
        """Monte Carlo standard error of each world's mean, shape (W,)."""
        return np.sqrt(self.error[self._row(name)]) / self.weight

    def effective_size(self) -> Array:
        """Kish's effective number of persons in each world: W²/C."""
        return self.weight**2 / self.square
