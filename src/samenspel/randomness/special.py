"""The few special functions that distributions need, typed, from SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]


def normal_probability(x: Any) -> Array:
    """Standard normal distribution function."""
    return np.asarray(special.ndtr(x), dtype=np.float64)


def gamma_probability(shape: float, x: Any) -> Array:
    """Distribution function of a gamma with scale 1; x at least 0."""
    return np.asarray(special.gammainc(shape, x), dtype=np.float64)


def gamma_quantile(shape: Any, u: Any) -> Array:
    """Inverse distribution function of a gamma with scale 1."""
    return np.asarray(special.gammaincinv(shape, u), dtype=np.float64)


def beta_probability(a: float, b: float, x: Any) -> Array:
    """Distribution function of a beta; x in [0, 1]."""
    return np.asarray(special.betainc(a, b, x), dtype=np.float64)


def beta_quantile(a: Any, b: Any, u: Any) -> Array:
    """Inverse distribution function of a beta."""
    return np.asarray(special.betaincinv(a, b, u), dtype=np.float64)
