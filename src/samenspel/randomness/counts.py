"""Counts: the binomial quantile by plain sums and products, so that its bits are the same on every machine."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def binomial_quantile(u: Any, trials: int, share: Any) -> Array:
    """The least count k with F(k) >= u, where F(k) = Σ_{j<=k} C(trials, j) p^j (1 - p)^(trials - j).

    u       (any shape) uniform draws between 0 and 1
    trials  how many, 0 or more
    share   p of each draw, 0 to 1, of a shape that fits u; NaN gives NaN

    Where p > 1/2 the other outcome is counted from the other end, 1 - u: a rare outcome is never the small difference of
    large numbers. Raises `ValueError` for a negative number of trials. Source: the definition.
    """
    if trials < 0:
        raise ValueError(f"trials must be 0 or more, got {trials}")
    u, share = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(share, dtype=float))
    often = share > 0.5
    p = np.where(often, 1.0 - share, share)
    left = np.where(often, 1.0 - u, u)
    odds = p / (1.0 - p)
    term = np.ones_like(p)
    for _ in range(trials):
        term = term * (1.0 - p)
    total, count = term.copy(), np.zeros_like(p)
    for k in range(1, trials + 1):
        count += np.where(often, left >= total, left > total)
        term = term * odds * ((trials - k + 1) / k)
        total = total + term
    count = np.where(often, trials - count, count)
    return np.where(np.isnan(share), np.nan, count)
