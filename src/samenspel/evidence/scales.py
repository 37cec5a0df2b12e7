"""The scale on which a metric is close to normal, and the standard error that a printed interval implies there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from samenspel.evidence.schema import RATIOS, Effect

PROPORTIONS = frozenset({"proportion", "prevalence", "pooled prevalence"})
CORRELATIONS = frozenset({"r", "rg", "correlation"})


@dataclass(frozen=True, slots=True)
class Scale:
    """A monotone change of scale: `to` from printed, `back` to printed, `slope_back` the derivative of `back`."""

    name: str
    to: Callable[[float], float]
    back: Callable[[float], float]
    slope_back: Callable[[float], float]

    @staticmethod
    def identity() -> Scale:
        """No change."""
        return Scale("identity", _same, _same, _one)


def scale_of(metric: str, unit: str = "1") -> Scale:
    """Log for ratios, logit for proportions (also in %), Fisher z for correlations, else none."""
    if metric in RATIOS:
        return Scale("log", math.log, math.exp, math.exp)
    if metric in PROPORTIONS:
        whole = 100.0 if unit == "%" else 1.0
        return Scale(
            "logit",
            lambda p: math.log(p / (whole - p)),
            lambda x: whole / (1 + math.exp(-x)),
            lambda x: whole * math.exp(-x) / (1 + math.exp(-x)) ** 2,
        )
    if metric in CORRELATIONS:
        return Scale("fisher-z", math.atanh, math.tanh, lambda x: 1 - math.tanh(x) ** 2)
    return Scale.identity()


#: level of an interval printed without one, where it may be assumed: the custom of the field
CUSTOM = 0.95


def se_of(effect: Effect, scale: Scale, *, unsaid: float | None = None) -> float | None:
    """Standard error on the scale, from the printed interval, else from n where the metric allows it.

    unsaid: level of an interval that does not say its own; none: such an interval tells no error.
    """
    level = effect.level or unsaid
    try:
        if effect.low is not None and effect.high is not None and level is not None:
            width = scale.to(effect.high) - scale.to(effect.low)
            quantile = NormalDist().inv_cdf(0.5 + level / 2)
            return width / (2 * quantile) if width > 0 else None
        if effect.value is None or effect.n is None:
            return None
        if scale.name == "fisher-z" and effect.n > 3:
            return 1 / math.sqrt(effect.n - 3)
        if scale.name == "logit":
            share = effect.value / 100.0 if effect.unit == "%" else effect.value
            return 1 / math.sqrt(effect.n * share * (1 - share))
    except (ValueError, ZeroDivisionError):
        return None  # an end of the interval lies outside what the metric can be
    return None


def _same(x: float) -> float:
    return x


def _one(x: float) -> float:
    del x
    return 1.0
