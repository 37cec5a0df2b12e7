"""Each distribution has the moments of its textbook, inverts itself, and refuses numbers that make none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.quantities import SamenspelError
from samenspel.randomness import (
    Beta,
    Distribution,
    Fixed,
    Gamma,
    HalfNormal,
    LogNormal,
    LogUniform,
    Normal,
    Triangular,
    Truncated,
    Uniform,
    distribution_from_mapping,
)

CELLS = (np.arange(200_000) + 0.5) / 200_000
S = math.log(1.6)
PHI_1 = math.exp(-0.5) / math.sqrt(2 * math.pi)  # normal density at 1
INSIDE = math.erf(1 / math.sqrt(2))  # chance of a normal within one SD
#: record, mean, variance, by formula
MOMENTS: list[tuple[Distribution, float, float]] = [
    (Fixed(3.5), 3.5, 0.0),
    (Normal(2.0, 3.0), 2.0, 9.0),
    (LogNormal(2.0, 1.6), 2 * math.exp(S**2 / 2), 4 * math.exp(S**2) * (math.exp(S**2) - 1)),
    (Uniform(-1.0, 3.0), 1.0, 16 / 12),
    (LogUniform(1.0, math.e), math.e - 1, (math.e**2 - 1) / 2 - (math.e - 1) ** 2),
    (Beta(8.0, 2.0), 0.8, 16 / (100 * 11)),
    (Beta(2.0, 3.0, low=10.0, high=20.0), 14.0, 100 * 6 / (25 * 6)),
    (Gamma(2.5, 4.0), 10.0, 40.0),
    (HalfNormal(2.0), 2 * math.sqrt(2 / math.pi), 4 * (1 - 2 / math.pi)),
    (Triangular(0.0, 1.0, 4.0), 5 / 3, (16 + 1 - 4) / 18),
    (Triangular(0.0, 0.0, 4.0), 4 / 3, 16 / 18),
    (Truncated(Normal(5.0, 2.0), 3.0, 7.0), 5.0, 4 * (1 - 2 * PHI_1 / INSIDE)),
    (Truncated(Normal(0.0, 2.0), low=0.0), 2 * math.sqrt(2 / math.pi), 4 * (1 - 2 / math.pi)),
]  # fmt: skip
EVERY = [record for record, _, _ in MOMENTS]
SPREAD = [record for record in EVERY if not isinstance(record, Fixed)]


@pytest.mark.parametrize(("record", "mean", "variance"), MOMENTS, ids=lambda x: repr(x)[:30])
def test_moments_are_those_of_the_formula(record: Distribution, mean: float, variance: float) -> None:
    """Mean and variance over 200,000 equal cells of probability; the outer cells cost at most half a percent."""
    x = record.quantile(CELLS)
    assert x.mean() == pytest.approx(mean, rel=1e-4)
    assert x.var() == pytest.approx(variance, rel=5e-3, abs=1e-20)


@pytest.mark.parametrize("record", SPREAD, ids=repr)
@given(u=st.floats(2.0**-24, 1 - 2.0**-24))
def test_probability_inverts_quantile(record: Distribution, u: float) -> None:
    assert float(record.probability(record.quantile(u))) == pytest.approx(u, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("record", EVERY, ids=repr)
def test_quantiles_never_fall_and_keep_the_shape(record: Distribution) -> None:
    grid = np.linspace(0.001, 0.999, 1000).reshape(10, 100)
    x = record.quantile(grid)
    assert x.shape == grid.shape
    assert (np.diff(x.ravel()) >= 0).all()


@pytest.mark.parametrize("record", EVERY, ids=repr)
def test_probability_is_zero_far_below_and_one_far_above(record: Distribution) -> None:
    assert record.probability(np.array([-1e9, 1e9])).tolist() == [0.0, 1.0]


@given(st.floats(-3, 3), st.floats(0.1, 4), st.floats(2.0**-24, 1 - 2.0**-24))
def test_truncation_keeps_values_inside(low: float, width: float, u: float) -> None:
    cut = Truncated(Normal(0.0, 1.0), low, low + width)
    assert low <= float(cut.quantile(u)) <= low + width


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Normal(0.0, 0.0), lambda: Normal(math.nan, 1.0), lambda: LogNormal(-1.0, 2.0),
        lambda: LogNormal(1.0, 1.0),
        lambda: Uniform(2.0, 1.0), lambda: LogUniform(0.0, 1.0), lambda: Beta(0.0, 1.0), lambda: Gamma(1.0, -1.0),
        lambda: HalfNormal(-2.0), lambda: Triangular(0.0, 5.0, 4.0), lambda: Truncated(Normal(0.0, 1.0), 30.0, 31.0),
        lambda: Fixed(math.inf),
    ],
)  # fmt: skip
def test_numbers_that_make_no_distribution_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"must|lies between"):
        wrong()


@pytest.mark.parametrize(
    ("mapping", "record"),
    [
        ({"kind": "fixed", "value": 45}, Fixed(45.0)),
        ({"kind": "point", "value": 45}, Fixed(45.0)),
        ({"kind": "normal", "mean": 1, "sd": 2}, Normal(1.0, 2.0)),
        ({"kind": "lognormal", "median": 2, "gsd": 1.5}, LogNormal(2.0, 1.5)),
        ({"kind": "lognormal", "median": 2, "sigma": 0.5}, LogNormal(2.0, math.exp(0.5))),
        ({"kind": "uniform", "low": 0, "high": 2}, Uniform(0.0, 2.0)),
        ({"kind": "loguniform", "low": 1, "high": 2}, LogUniform(1.0, 2.0)),
        ({"kind": "beta", "a": 8, "b": 2}, Beta(8.0, 2.0)),
        ({"kind": "beta", "a": 8, "b": 2, "low": -1, "high": 3}, Beta(8.0, 2.0, -1.0, 3.0)),
        ({"kind": "gamma", "shape": 2, "scale": 3}, Gamma(2.0, 3.0)),
        ({"kind": "halfnormal", "sd": 0.8}, HalfNormal(0.8)),
        ({"kind": "half-normal", "sigma": 0.8}, HalfNormal(0.8)),
        ({"kind": "triangular", "low": 0, "mode": 1, "high": 3}, Triangular(0.0, 1.0, 3.0)),
        ({"kind": "truncated-normal", "mean": 0, "sd": 1, "low": -1, "high": 2}, Truncated(Normal(0, 1), -1.0, 2.0)),
        ({"kind": "lognormal", "median": 2, "gsd": 1.5, "high": 4}, Truncated(LogNormal(2.0, 1.5), None, 4.0)),
        ({"kind": "normal", "mean": 1, "sd": 2, "median": None}, Normal(1.0, 2.0)),
    ],
)
def test_mappings_are_read(mapping: dict[str, object], record: Distribution) -> None:
    assert distribution_from_mapping(mapping) == record


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"kind": "lognorml", "median": 1, "gsd": 2}, r"no distribution 'lognorml'. Nearest: lognormal"),
        ({"median": 1}, "a distribution has no kind"),
        ({"kind": "normal", "mean": 1}, r"takes mean, sd; missing \['sd'\], not used \[\]"),
        ({"kind": "normal", "mean": 1, "sd": 2, "gsd": 2}, r"not used \['gsd'\]"),
        ({"kind": "fixed", "value": 1, "low": 0}, r"not used \['low'\]"),
        ({"kind": "truncated-normal", "mean": 0, "sd": 1}, "low, high or both"),
        ({"kind": "normal", "mean": "1", "sd": 2}, "mean of a normal distribution must be a finite number, got '1'"),
        ({"kind": "normal", "mean": True, "sd": 2}, "must be a finite number, got True"),
        ({"kind": "normal", "mean": math.inf, "sd": 2}, "must be a finite number, got inf"),
        ({"kind": "normal", "mean": 1, "sd": -2}, "sd must be above 0, got -2"),
        ({"kind": "lognormal", "median": 1, "gsd": 2, "sigma": 0.7}, r"not used \['sigma'\]"),
    ],
)
def test_mistakes_name_culprit_place_and_cure(mapping: dict[str, object], says: str) -> None:
    with pytest.raises(SamenspelError, match=says) as caught:
        distribution_from_mapping(mapping, file="parameters/sleep.toml", line=7)
    assert str(caught.value).startswith("parameters/sleep.toml, line 7: ")
    assert caught.value.cure
