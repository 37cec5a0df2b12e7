"""Rounding by a stated rule, so that printed percentages can be recomputed by hand.

Two rules and no third:
half-up          each number by itself; exactly half rounds away from zero (Python's own rule goes to the even digit)
largest remainder a whole split into shares that add up to 100: all are rounded down, and the points left over go to the
                 largest remainders, the earlier share first among equals
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def half_up(value: float | Fraction | Decimal, digits: int = 0) -> float:
    """`value` to `digits` decimals, halves away from zero.

    value   a float counts as the decimal number it prints as: 2.675 is rounded to 2.68, as a reader would
    digits  decimals kept; negative for tens, hundreds …

    Raises `ValueError` for infinities and not-a-number.
    """
    exact = _exact(value)
    unit = Fraction(10) ** -digits
    whole = math.floor(abs(exact) / unit + Fraction(1, 2))
    return float(whole * unit if exact >= 0 else -whole * unit)


def percentage(count: float, total: float, digits: int = 0) -> float:
    """100 count/total by half-up, from the exact fraction.

    Raises `ValueError` if the total is not above 0.
    """
    if not total > 0:
        raise ValueError(f"no percentage of a total of {total}")
    return half_up(100 * _exact(count) / _exact(total), digits)


def shares(counts: Sequence[float], digits: int = 0) -> list[float]:
    """Percentages of a group that add up to exactly 100, by largest remainder.

    counts  at least one number, none below 0, not all 0

    Each share is within one unit of the last digit of its exact percentage. Raises `ValueError` for other counts.
    """
    exact = [_exact(count) for count in counts]
    total = sum(exact, Fraction(0))
    if total <= 0 or min(exact) < 0:
        raise ValueError(f"shares need numbers of at least 0 that are not all 0, got {list(counts)}")
    unit = Fraction(10) ** -digits
    if (100 / unit).denominator != 1:
        raise ValueError(f"100 per cent cannot be split into steps of {unit}")
    ideal = [100 * part / total / unit for part in exact]
    rounded = [math.floor(part) for part in ideal]
    left = int(100 / unit) - sum(rounded)
    by_remainder = sorted(range(len(ideal)), key=lambda n: (rounded[n] - ideal[n], n))
    for n in by_remainder[:left]:
        rounded[n] += 1
    return [float(part * unit) for part in rounded]


def _exact(value: float | Fraction | Decimal) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be rounded")
    return Fraction(str(value))
