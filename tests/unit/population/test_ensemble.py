"""Weighted statistics of people within worlds and of worlds, against plain ones and against known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.population.ensemble import Ensemble, weighted_quantile


@st.composite
def people(draw):
    """Worlds with some people each, whole weights, values."""
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    counts = draw(st.lists(st.integers(1, 8), min_size=1, max_size=5))
    world = np.repeat(rng.permutation(50)[: len(counts)], counts)
    order = rng.permutation(len(world))
    weight = rng.integers(1, 5, len(world)).astype(float)
    return world[order].astype(np.int64), weight, rng.normal(size=len(world))


@given(people())
def test_a_whole_weight_is_so_many_copies(case):
    """Mean and SD with whole weights are those of people listed that often."""
    world, weight, values = case
    e = Ensemble(world, weight)
    times = weight.astype(int)
    copies = Ensemble(np.repeat(world, times), np.ones(times.sum()))
    np.testing.assert_allclose(e.mean(values), copies.mean(np.repeat(values, times)), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(e.sd(values), copies.sd(np.repeat(values, times)), rtol=1e-9, atol=1e-12)


@given(people(), st.floats(0.01, 100.0), st.floats(-5, 5), st.randoms())
def test_scale_of_weights_shift_of_values_and_order_of_people(case, factor, shift, random):
    world, weight, values = case
    e = Ensemble(world, weight)
    scaled = Ensemble(world, factor * weight)
    np.testing.assert_allclose(scaled.mean(values), e.mean(values), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(scaled.effective_size(), e.effective_size(), rtol=1e-9)
    np.testing.assert_allclose(e.mean(values + shift), e.mean(values) + shift, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(e.sd(values + shift), e.sd(values), rtol=1e-6, atol=1e-7)
    order = np.array(random.sample(range(len(world)), len(world)))
    mixed = Ensemble(world[order], weight[order])
    np.testing.assert_allclose(mixed.mean(values[order]), e.mean(values), rtol=1e-9, atol=1e-12)


@given(people())
def test_effective_size_lies_between_one_and_the_number_of_people(case):
    world, weight, _ = case
    e = Ensemble(world, weight)
    counts = np.array([np.sum(world == w) for w in e.worlds])
    assert (e.effective_size() >= 1 - 1e-12).all()
    assert (e.effective_size() <= counts + 1e-9).all()
    np.testing.assert_allclose(Ensemble(world, np.ones(len(world))).effective_size(), counts)


def test_worlds_are_weighed_and_come_sorted():
    e = Ensemble(np.array([7, 3, 7]), np.ones(3), {3: 3.0})
    np.testing.assert_array_equal(e.worlds, [3, 7])
    np.testing.assert_allclose(e.weights_of_worlds(), [0.75, 0.25])
    np.testing.assert_allclose(e.mean(np.array([1.0, 5.0, 3.0])), [5.0, 2.0])


def test_the_error_is_that_of_a_mean():
    """Equal weights: SD/√n with n in the denominator; and it shrinks as 1/√n over repeated draws."""
    values = np.random.default_rng(1).normal(size=400)
    e = Ensemble(np.zeros(400, dtype=np.int64), np.ones(400))
    assert e.error(values)[0] == pytest.approx(values.std() / 20)
    rng = np.random.default_rng(2)
    weight = rng.uniform(0.2, 3.0, 200)
    one = Ensemble(np.zeros(200, dtype=np.int64), weight)
    means = np.array([one.mean(rng.normal(size=200))[0] for _ in range(2000)])
    assert np.mean([one.error(rng.normal(size=200))[0] for _ in range(50)]) == pytest.approx(means.std(), rel=0.06)


def test_monte_carlo_spread_is_taken_out_of_the_spread_over_worlds():
    """Worlds whose true means have SD τ, seen through few people: the interval is that of τ, not of the noise on top."""
    rng = np.random.default_rng(3)
    worlds, each, tau = 3000, 10, 0.5
    world = np.repeat(np.arange(worlds), each)
    truth = rng.normal(2.0, tau, worlds)
    values = truth[world] + rng.normal(size=len(world)) * 1.0
    e = Ensemble(world, np.ones(len(world)))
    low, middle, high = e.interval(values)
    raw = np.quantile(e.mean(values), [0.05, 0.95])
    wanted = 2 * 1.6449 * tau
    assert high - low == pytest.approx(wanted, rel=0.06)
    assert raw[1] - raw[0] > 1.12 * wanted  # without the correction it would be too wide
    assert middle == pytest.approx(2.0, abs=0.05)


def test_worlds_that_differ_by_chance_alone_have_no_spread():
    rng = np.random.default_rng(4)
    spreads = []
    for _ in range(40):
        world = np.repeat(np.arange(200), 5)
        low, _, high = Ensemble(world, np.ones(1000)).interval(rng.normal(size=1000))
        spreads.append(high - low)
    assert np.median(spreads) < 0.5 * 2 * 1.6449 / np.sqrt(5)
    same = Ensemble(np.repeat(np.arange(3), 2), np.ones(6))
    assert same.interval(np.full(6, 1.5)) == pytest.approx((1.5, 1.5, 1.5))


def test_spread_between_people_is_within_worlds():
    """Worlds far apart, people in each alike: the spread between people does not see the worlds."""
    rng = np.random.default_rng(5)
    world = np.repeat(np.arange(50), 500)
    values = 100.0 * world + rng.normal(size=len(world))
    centred = values - 100.0 * world
    low, high = Ensemble(world, np.ones(len(world))).person_spread(centred)
    assert high - low == pytest.approx(2 * 1.2816, rel=0.05)
    _, wide = Ensemble(world, np.ones(len(world))).person_spread(values)
    assert wide == pytest.approx(100 * 24.5 + 1.28, abs=51)


@given(st.lists(st.tuples(st.floats(-10, 10), st.integers(1, 5)), min_size=1, max_size=12), st.lists(st.floats(0, 1), min_size=2, max_size=4))
def test_quantiles_rise_and_stay_among_the_values(pairs, q):
    values, weight = np.array([v for v, _ in pairs]), np.array([float(w) for _, w in pairs])
    found = weighted_quantile(values, weight, sorted(q))
    assert (np.diff(found) >= -1e-12).all()
    assert values.min() - 1e-12 <= found.min()
    assert found.max() <= values.max() + 1e-12
    turned = weighted_quantile(-values, weight, [1 - x for x in sorted(q)])
    np.testing.assert_allclose(-turned, found, atol=1e-9)


def test_worlds_without_any_difference_stay_at_none():
    """Six worlds of eight in which nobody differs, one where people gain, one where they lose more: the middle is none."""
    rng = np.random.default_rng(5)
    world = np.repeat(np.arange(8), 20)
    values = np.select([world == 0, world == 1], [rng.normal(2.0, 1.0, 160), rng.normal(-4.0, 1.0, 160)])
    low, middle, high = Ensemble(world, np.ones(160)).interval(values)
    assert middle == 0.0
    assert low < 0.0 < high
