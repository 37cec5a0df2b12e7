"""Logarithm, exponential and normal quantile are accurate, and depend on nothing but IEEE arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.randomness.elementary import LN2_HIGH, LN2_LOW, LOG_SERIES, SQRT_HALF_BITS, exp, log, normal_quantile

positive = st.floats(min_value=2.3e-308, max_value=1.7e308, allow_nan=False)
probabilities = st.floats(min_value=1e-300, max_value=1 - 2.0**-53)


def units_away(found: float, exact: Decimal) -> float:
    return float(abs(Decimal(found) - exact) / Decimal(math.ulp(float(exact)) or 5e-324))


@given(st.one_of(positive, st.floats(0.5, 2.0), st.floats(0.999, 1.001)))
def test_log_is_within_one_unit_of_the_exact_logarithm(x: float) -> None:
    with localcontext() as context:
        context.prec = 50
        assert x == 1.0 or units_away(float(log(x)), Decimal(x).ln()) <= 1.0


@given(st.floats(-708.0, 709.0))
def test_exp_is_within_one_unit_of_the_exact_exponential(x: float) -> None:
    with localcontext() as context:
        context.prec = 50
        assert units_away(float(exp(x)), Decimal(x).exp()) <= 1.0


def test_ends_of_log_and_exp() -> None:
    assert float(log(1.0)) == 0.0
    assert np.isnan(log(np.array([0.0, -1.0, math.inf, math.nan]))).all()
    assert exp(np.array([0.0, math.inf, -math.inf, 710.0, -800.0])).tolist() == [1.0, math.inf, 0.0, math.inf, 0.0]
    assert np.isnan(exp(math.nan))


@given(probabilities)
def test_normal_quantile_inverts_the_exact_distribution_function(p: float) -> None:
    """Φ at the answer returns p: relative error of p at most |z| φ/p times the error of z, z within 2e-15."""
    z = float(normal_quantile(p))
    with mpmath.workdps(40):
        tail = min(mpmath.mpf(p), 1 - mpmath.mpf(p))
        exact = -mpmath.findroot(lambda x: mpmath.log(mpmath.erfc(x / mpmath.sqrt(2)) / (2 * tail)), max(abs(z), 0.1))
    exact = float(exact) if p < 0.5 else -float(exact)
    assert z == pytest.approx(exact, rel=2.5e-15, abs=2e-16)


def test_normal_quantile_at_the_ends_and_outside() -> None:
    assert normal_quantile(np.array([0.0, 0.5, 1.0])).tolist() == [-math.inf, 0.0, math.inf]
    assert np.isnan(normal_quantile(np.array([-0.1, 1.1, math.nan]))).all()


@given(st.integers(0, 2**22 - 1))
def test_normal_quantile_is_odd_on_the_cells_of_a_uniform(n: int) -> None:
    u = (n + 0.5) * 2.0**-23
    assert float(normal_quantile(u)) == -float(normal_quantile(1.0 - u))


def test_normal_quantile_rises_across_its_three_pieces() -> None:
    p = np.concatenate([np.geomspace(1e-300, 1e-3, 2000), np.linspace(0.0011, 0.9989, 5000)])
    assert (np.diff(normal_quantile(p)) > 0).all()


@given(positive)
def test_scalar_arithmetic_gives_the_same_bits_as_arrays(x: float) -> None:
    """The sequence of the docstring, on Python floats: what another engine has to repeat."""
    bits = int(np.float64(x).view(np.int64))
    k = (bits - SQRT_HALF_BITS) >> 52
    f = float(np.int64(bits - (k << 52)).view(np.float64)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    series = LOG_SERIES[-1]
    for c in LOG_SERIES[-2::-1]:
        series = series * z + c
    by_hand = k * LN2_HIGH + (f - (s * (f - 2.0 * (z * series)) - k * LN2_LOW))
    assert float(log(x)) == by_hand
    assert log(np.full(37, x)).tolist() == [by_hand] * 37  # whatever the width of a vector register
