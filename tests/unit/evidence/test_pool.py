"""Laws of pooling, and what it refuses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.evidence.pool import pool, pool_claims
from samenspel.evidence.reader import read_atlas
from samenspel.quantities.errors import SamenspelError

from .conftest import claim

METHODS = ("dersimonian-laird", "paule-mandel", "reml")
values = st.floats(-50, 50)
variances = st.floats(1e-3, 50)
studies = st.lists(st.tuples(values, variances), min_size=1, max_size=12)


def split(pairs):
    return [y for y, _ in pairs], [v for _, v in pairs]


@given(values, variances, st.sampled_from(METHODS))
def test_pooling_one_returns_it(y, v, method):
    result = pool([y], [v], method)
    assert (result.k, result.estimate, result.tau2, result.i2) == (1, y, 0.0, 0.0)
    assert result.estimate_se == pytest.approx(math.sqrt(v))


@given(studies.flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))), st.sampled_from(METHODS))
def test_order_does_not_matter(both, method):
    assert pool(*split(both[0]), method) == pool(*split(both[1]), method)


@given(studies, st.sampled_from(METHODS))
def test_the_pooled_value_lies_among_its_studies(pairs, method):
    result = pool(*split(pairs), method)
    y, _ = split(pairs)
    assert min(y) - 1e-9 <= result.estimate <= max(y) + 1e-9
    assert result.tau2 >= 0
    assert 0 <= result.i2 <= 100
    assert result.low <= result.value <= result.high


@given(studies, values, st.sampled_from(METHODS))
def test_shifting_all_studies_shifts_the_pool(pairs, shift, method):
    y, v = split(pairs)
    one, other = pool(y, v, method), pool([x + shift for x in y], v, method)
    assert other.estimate == pytest.approx(one.estimate + shift, abs=1e-6)
    assert other.tau2 == pytest.approx(one.tau2, rel=1e-6, abs=1e-6)


@given(studies, st.floats(0.1, 10), st.sampled_from(METHODS))
def test_changing_the_unit_changes_only_the_unit(pairs, factor, method):
    y, v = split(pairs)
    one, other = pool(y, v, method), pool([factor * x for x in y], [factor**2 * x for x in v], method)
    assert other.estimate == pytest.approx(factor * one.estimate, rel=1e-6, abs=1e-6)
    assert other.i2 == pytest.approx(one.i2, abs=1e-4)


@given(st.lists(variances, min_size=2, max_size=8), values, st.sampled_from(METHODS))
def test_studies_that_agree_show_no_heterogeneity(v, y, method):
    result = pool([y] * len(v), v, method)
    assert result.tau2 == pytest.approx(0.0, abs=1e-12)
    assert 1 / result.estimate_se**2 == pytest.approx(sum(1 / x for x in v))


@given(st.lists(st.tuples(values, variances), min_size=2, max_size=8))
def test_paule_mandel_makes_the_generalised_q_equal_its_expectation(pairs):
    y, v = split(pairs)
    tau2 = pool(y, v, "paule-mandel").tau2
    w = [1 / (x + tau2) for x in v]
    mean = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    q = sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True))
    if tau2 > 0:
        assert q == pytest.approx(len(y) - 1, rel=1e-6)
    else:
        assert q <= len(y) - 1 + 1e-9


@given(st.lists(st.tuples(values, variances), min_size=2, max_size=8))
def test_reml_finds_no_better_tau2_nearby(pairs):
    y, v = split(pairs)

    def restricted(tau2):
        w = [1 / (x + tau2) for x in v]
        mean = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
        spread = sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True))
        return -0.5 * (sum(math.log(x + tau2) for x in v) + math.log(sum(w)) + spread)

    tau2 = pool(y, v, "reml").tau2
    for other in (tau2 * 0.9, tau2 * 1.1, tau2 + 1e-3):
        assert restricted(tau2) >= restricted(other) - 1e-9


def number(name, metric="SMD", value=1.0, low=0.5, high=1.5, more="", unit="1"):
    effect = (
        f'effect = {{metric = "{metric}", value = {value}, low = {low}, high = {high}, level = 0.95, unit = "{unit}"}}'
    )
    return claim(f"{name}.heat.steam", kind="effect", more=effect + "\n" + more)


def kitchen_with(kitchen, **claims):
    for name, text in claims.items():
        source = name.replace("_", "-")
        kitchen.source(source, text)
    return read_atlas(kitchen.root)


def test_pooled_claims_come_back_on_the_printed_scale(kitchen):
    atlas = kitchen_with(
        kitchen, a_1=number("a-1", "OR", 2.0, 1.0, 4.0), b_1=number("b-1", "OR", 2.0, 1.0, 4.0)
    )  # fmt: skip
    result = pool_claims(atlas, ["a-1.heat.steam", "b-1.heat.steam"])
    assert result.value == pytest.approx(2.0)
    assert result.estimate == pytest.approx(math.log(2.0))
    assert 1.0 < result.low < 2.0 < result.high < 4.0


def test_metrics_and_units_are_never_mixed(kitchen):
    atlas = kitchen_with(
        kitchen, a_1=number("a-1"), b_1=number("b-1", "MD"), c_1=number("c-1", unit="day")
    )  # fmt: skip
    for other in ("b-1.heat.steam", "c-1.heat.steam"):
        with pytest.raises(SamenspelError, match="never mixed"):
            pool_claims(atlas, ["a-1.heat.steam", other])


def test_a_repeat_counts_once_and_is_named(kitchen):
    atlas = kitchen_with(
        kitchen, a_1=number("a-1"), b_1=number("b-1", value=1.2, more='primary = "a-1.heat.steam"')
    )  # fmt: skip
    result = pool_claims(atlas, ["b-1.heat.steam", "a-1.heat.steam"])
    assert (result.k, result.claims, result.dropped) == (1, ("a-1.heat.steam",), ("b-1.heat.steam",))


def test_removing_a_claim_pools_again(kitchen):
    atlas = kitchen_with(kitchen, a_1=number("a-1"), b_1=number("b-1", value=2.0, low=1.5, high=2.5))
    both = pool_claims(atlas, ["a-1.heat.steam", "b-1.heat.steam"])
    left = pool_claims(atlas, ["a-1.heat.steam", "b-1.heat.steam"], removed=frozenset({"b-1.heat.steam"}))
    assert both.k == 2
    assert (left.k, left.value) == (1, pytest.approx(1.0))


@pytest.mark.parametrize(
    ("more", "rule", "match"),
    [
        ('suspect = "printed so"', "random-effects", "suspect"),
        ("", "single", "takes one claim"),
    ],
)
def test_what_is_refused(kitchen, more, rule, match):
    atlas = kitchen_with(kitchen, a_1=number("a-1"), b_1=number("b-1", more=more))
    with pytest.raises(SamenspelError, match=match):
        pool_claims(atlas, ["a-1.heat.steam", "b-1.heat.steam"], rule)


def test_hartung_knapp_with_equal_studies_uses_the_spread_between_them():
    plain, wide = pool([0.0, 2.0], [1.0, 1.0]), pool([0.0, 2.0], [1.0, 1.0], hartung_knapp=True)
    assert wide.estimate == plain.estimate
    assert wide.high - wide.low > plain.high - plain.low
