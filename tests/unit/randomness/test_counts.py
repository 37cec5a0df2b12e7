"""The binomial quantile against its definition and an independent library."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samenspel.randomness import binomial_quantile

draws = st.floats(1e-12, 1 - 1e-12)


@given(st.integers(0, 60), st.floats(0, 1), st.lists(draws, min_size=1, max_size=20))
def test_the_quantile_is_that_of_the_library(trials, share, u):
    found = binomial_quantile(np.array(u), trials, share)
    below, above = stats.binom.cdf(found - 1, trials, share), stats.binom.cdf(found, trials, share)
    assert ((0 <= found) & (found <= trials)).all()
    assert (below <= np.array(u) + 1e-13).all()  # within rounding of a jump either count is right
    assert (above >= np.array(u) - 1e-13).all()


@given(st.integers(1, 40), st.floats(0, 1), draws, draws)
def test_it_rises_with_the_draw_and_with_the_share(trials, share, u, v):
    low, high = sorted((u, v))
    assert binomial_quantile(low, trials, share) <= binomial_quantile(high, trials, share)
    less = binomial_quantile(u, trials, share * 0.9)
    assert less <= binomial_quantile(u, trials, share)


def test_certain_outcomes_nobody_and_what_is_no_number():
    u = np.array([1e-9, 0.5, 1 - 1e-9])
    assert binomial_quantile(u, 19, 0.0).tolist() == [0, 0, 0]
    assert binomial_quantile(u, 19, 1.0).tolist() == [19, 19, 19]
    assert binomial_quantile(u, 0, 0.3).tolist() == [0, 0, 0]
    assert np.isnan(binomial_quantile(u, 19, np.nan)).all()
    with pytest.raises(ValueError, match="trials"):
        binomial_quantile(u, -1, 0.5)


def test_means_and_spreads_of_many_draws():
    u = (np.arange(100_000) + 0.5) / 100_000
    for share in (0.02, 0.4, 0.97):
        counts = binomial_quantile(u, 19, share)
        assert counts.mean() == pytest.approx(19 * share, abs=2e-3)
        assert counts.var() == pytest.approx(19 * share * (1 - share), rel=2e-3)
