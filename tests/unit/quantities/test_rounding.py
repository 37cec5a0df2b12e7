"""Printed percentages can be recomputed by hand, and those of a whole add up to 100."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.quantities import half_up, percentage, shares

counts = st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any)


@given(st.decimals(-1000, 1000, places=4), st.integers(0, 3))
def test_half_up_is_the_rule_of_decimal_arithmetic(value: Decimal, digits: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    assert half_up(value, digits) == half_up(float(value), digits) == float(expected)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(2.5, 0, 3), (-2.5, 0, -3), (2.675, 2, 2.68), (0.125, 2, 0.13), (1250, -2, 1300), (Fraction(1, 3), 3, 0.333)],
)
def test_halves_go_away_from_zero(value: float, digits: int, expected: float) -> None:
    assert half_up(value, digits) == expected


def test_percentages_come_from_the_exact_fraction() -> None:
    assert percentage(1, 8) == 13.0
    assert percentage(1, 3, 1) == 33.3
    assert percentage(5, 1000, 0) == 1.0  # 0.5 exactly
    for total in (0, -1, math.nan):
        with pytest.raises(ValueError, match="no percentage of a total"):
            percentage(0, total)


@given(counts, st.integers(0, 2))
def test_shares_add_up_and_stay_close(group: list[int], digits: int) -> None:
    found = shares(group, digits)
    unit = Fraction(1, 10**digits)
    assert sum(Fraction(str(share)) for share in found) == 100
    for count, share in zip(group, found, strict=True):
        assert abs(Fraction(str(share)) - Fraction(100 * count, sum(group))) < unit


@given(counts)
def test_a_larger_count_never_gets_a_smaller_share(group: list[int]) -> None:
    found = shares(group)
    for a, x in zip(group, found, strict=True):
        for b, y in zip(group, found, strict=True):
            assert x >= y or a <= b


@given(counts, st.integers(1, 50))
def test_only_proportions_matter(group: list[int], factor: int) -> None:
    assert shares([factor * count for count in group]) == shares(group)


def test_thirds_favour_the_first_and_zero_stays_zero() -> None:
    assert shares([1, 1, 1]) == [34.0, 33.0, 33.0]
    assert shares([0, 7]) == [0.0, 100.0]
    assert shares([0.5, 0.25, 0.25]) == [50.0, 25.0, 25.0]


@pytest.mark.parametrize("group", [[], [0, 0], [-1, 2], [math.nan], [math.inf, 1]])
def test_what_is_no_group_is_refused(group: list[float]) -> None:
    with pytest.raises(ValueError, match=r"shares need|cannot be rounded"):
        shares(group)
