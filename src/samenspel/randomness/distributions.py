"""Distributions of parameters: frozen records that turn a uniform into a value.

Each record has `quantile(u)`, the inverse distribution function on 0 < u < 1, and `probability(x)`, the distribution
function. World parameters are quantiles of addressed uniforms: another spread moves a value and reshuffles nothing.
Left out: discrete and multivariate distributions.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.randomness import special
from samenspel.randomness.elementary import exp, log, normal_quantile

Array = npt.NDArray[np.float64]


class Distribution(ABC):
    """A spread of plausible values of one number."""

    def __post_init__(self) -> None:
        for field in fields(self):  # pyright: ignore[reportArgumentType]  # every subclass is a dataclass
            number = getattr(self, field.name)
            if isinstance(number, int | float) and not math.isfinite(number):
                raise ValueError(f"{field.name} must be a finite number, got {number}")
        self.check()

    def check(self) -> None:  # noqa: B027  # a kind may have nothing to refuse
        """Refuse numbers that make no distribution; raises `ValueError`."""

    @abstractmethod
    def quantile(self, u: Any) -> Array:
        """Value below which a share u of the distribution lies; 0 < u < 1."""

    @abstractmethod
    def probability(self, x: Any) -> Array:
        """Share of the distribution at or below x."""


@dataclass(frozen=True, slots=True)
class Fixed(Distribution):
    """One value, certain."""

    value: float

    def quantile(self, u: Any) -> Array:
        """The value, whatever u."""
        return np.full(np.shape(u), float(self.value))

    def probability(self, x: Any) -> Array:
        """A step at the value."""
        return np.where(np.asarray(x) >= self.value, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Normal(Distribution):
    """x = mean + sd z, z standard normal; sd above 0."""

    mean: float
    sd: float

    def check(self) -> None:
        """Sd above 0."""
        _above_zero(sd=self.sd)

    def quantile(self, u: Any) -> Array:
        """Mean + sd Φ⁻¹(u)."""
        return self.mean + self.sd * normal_quantile(u)

    def probability(self, x: Any) -> Array:
        """Φ((x - mean)/sd)."""
        return special.normal_probability((np.asarray(x) - self.mean) / self.sd)


@dataclass(frozen=True, slots=True)
class LogNormal(Distribution):
    """x = median exp(ln(gsd) z); median above 0; gsd, the geometric standard deviation, above 1."""

    median: float
    gsd: float

    def check(self) -> None:
        """Median above 0, gsd above 1."""
        _above_zero(median=self.median)
        if self.gsd <= 1:
            raise ValueError(f"gsd, the factor of one standard deviation, must be above 1, got {self.gsd}")

    def quantile(self, u: Any) -> Array:
        """Median times gsd to the power Φ⁻¹(u)."""
        return self.median * exp(log(self.gsd) * normal_quantile(u))

    def probability(self, x: Any) -> Array:
        """Φ(ln(x/median)/ln gsd); 0 for x at or below 0."""
        ratio = np.maximum(np.asarray(x, dtype=np.float64), 0.0) / self.median
        z = log(np.where(ratio > 0, ratio, 1.0)) / log(self.gsd)
        return np.where(ratio > 0, special.normal_probability(z), 0.0)


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """Equally plausible everywhere from low to high."""

    low: float
    high: float

    def check(self) -> None:
        """Low below high."""
        _in_order(low=self.low, high=self.high)

    def quantile(self, u: Any) -> Array:
        """Low + u (high - low)."""
        return self.low + np.asarray(u, dtype=np.float64) * (self.high - self.low)

    def probability(self, x: Any) -> Array:
        """(x - low)/(high - low), within 0 and 1."""
        return np.clip((np.asarray(x, dtype=np.float64) - self.low) / (self.high - self.low), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class LogUniform(Distribution):
    """Equally plausible per factor from low to high, both above 0."""

    low: float
    high: float

    def check(self) -> None:
        """0 < low < high."""
        _above_zero(low=self.low)
        _in_order(low=self.low, high=self.high)

    def quantile(self, u: Any) -> Array:
        """Low (high/low)^u."""
        return self.low * exp(np.asarray(u, dtype=np.float64) * log(self.high / self.low))

    def probability(self, x: Any) -> Array:
        """ln(x/low)/ln(high/low), within 0 and 1."""
        held = np.clip(np.asarray(x, dtype=np.float64), self.low, self.high)
        return np.clip(log(held / self.low) / log(self.high / self.low), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Beta(Distribution):
    """A beta with shapes a and b above 0, stretched over low to high."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0

    def check(self) -> None:
        """Shapes above 0, low below high."""
        _above_zero(a=self.a, b=self.b)
        _in_order(low=self.low, high=self.high)

    def quantile(self, u: Any) -> Array:
        """Low + (high - low) times the inverse of the regularised incomplete beta function."""
        return self.low + (self.high - self.low) * special.beta_quantile(self.a, self.b, u)

    def probability(self, x: Any) -> Array:
        """Regularised incomplete beta function."""
        place = np.clip((np.asarray(x, dtype=np.float64) - self.low) / (self.high - self.low), 0.0, 1.0)
        return special.beta_probability(self.a, self.b, place)


@dataclass(frozen=True, slots=True)
class Gamma(Distribution):
    """A gamma with mean shape × scale and variance shape × scale²."""

    shape: float
    scale: float

    def check(self) -> None:
        """Both above 0."""
        _above_zero(shape=self.shape, scale=self.scale)

    def quantile(self, u: Any) -> Array:
        """Scale times the inverse of the regularised incomplete gamma function."""
        return self.scale * special.gamma_quantile(self.shape, u)

    def probability(self, x: Any) -> Array:
        """Regularised incomplete gamma function."""
        return special.gamma_probability(self.shape, np.maximum(np.asarray(x, dtype=np.float64), 0.0) / self.scale)


@dataclass(frozen=True, slots=True)
class HalfNormal(Distribution):
    """The size |z| sd of a normal with mean 0; its own mean is sd √(2/π)."""

    sd: float

    def check(self) -> None:
        """Sd above 0."""
        _above_zero(sd=self.sd)

    def quantile(self, u: Any) -> Array:
        """Sd Φ⁻¹((1 + u)/2)."""
        return self.sd * normal_quantile(0.5 + 0.5 * np.asarray(u, dtype=np.float64))

    def probability(self, x: Any) -> Array:
        """2 Φ(x/sd) - 1, and 0 below 0."""
        return 2.0 * special.normal_probability(np.maximum(np.asarray(x, dtype=np.float64), 0.0) / self.sd) - 1.0


@dataclass(frozen=True, slots=True)
class Triangular(Distribution):
    """Plausibility rising in a straight line from low to mode, and falling from mode to high."""

    low: float
    mode: float
    high: float

    def check(self) -> None:
        """Low at most mode, mode at most high, and not all the same."""
        _in_order(low=self.low, high=self.high)
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"mode {self.mode} must lie from low {self.low} to high {self.high}")

    def quantile(self, u: Any) -> Array:
        """Low + √(u w (mode - low)) up to the mode, high - √((1 - u) w (high - mode)) above; w = high - low."""
        u = np.asarray(u, dtype=np.float64)
        w = self.high - self.low
        rising = self.low + np.sqrt(u * (w * (self.mode - self.low)))
        falling = self.high - np.sqrt((1.0 - u) * (w * (self.high - self.mode)))
        return np.where(u * w < self.mode - self.low, rising, falling)

    def probability(self, x: Any) -> Array:
        """Area of the triangle left of x."""
        x = np.clip(np.asarray(x, dtype=np.float64), self.low, self.high)
        w, rise, fall = self.high - self.low, self.mode - self.low, self.high - self.mode
        left = (x - self.low) ** 2 / (w * rise) if rise > 0 else np.zeros_like(x)
        right = 1.0 - (self.high - x) ** 2 / (w * fall) if fall > 0 else np.ones_like(x)
        return np.where(x < self.mode, left, right)


@dataclass(frozen=True, slots=True)
class Truncated(Distribution):
    """Another distribution, kept between low and high; either end may be open (None)."""

    of: Distribution
    low: float | None = None
    high: float | None = None

    def check(self) -> None:
        """Low below high, with at least a millionth of the distribution in between."""
        if self.low is not None and self.high is not None:
            _in_order(low=self.low, high=self.high)
        below, above = self._ends()
        if above - below < 1e-6:
            raise ValueError(f"less than a millionth of {self.of} lies between {self.low} and {self.high}")

    def _ends(self) -> tuple[float, float]:
        below = 0.0 if self.low is None else float(self.of.probability(self.low))
        above = 1.0 if self.high is None else float(self.of.probability(self.high))
        return below, above

    def quantile(self, u: Any) -> Array:
        """Quantile of the whole at F(low) + u (F(high) - F(low))."""
        below, above = self._ends()
        value = self.of.quantile(below + np.asarray(u, dtype=np.float64) * (above - below))
        return np.clip(value, -np.inf if self.low is None else self.low, np.inf if self.high is None else self.high)

    def probability(self, x: Any) -> Array:
        """(F(x) - F(low))/(F(high) - F(low)), within 0 and 1."""
        below, above = self._ends()
        return np.clip((self.of.probability(x) - below) / (above - below), 0.0, 1.0)


def _above_zero(**numbers: float) -> None:
    for name, number in numbers.items():
        if number <= 0:
            raise ValueError(f"{name} must be above 0, got {number}")


def _in_order(*, low: float, high: float) -> None:
    if not low < high:
        raise ValueError(f"low {low} must lie below high {high}")
