"""Same person, same luck: what a draw depends on, and how draws are spread."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samenspel.quantities import SamenspelError
from samenspel.randomness import beta, channel, distinct_channels, gamma, normal, uniform, uniform4, words

word = st.integers(0, 2**32 - 1)
seeds = st.integers(0, 2**64 - 1)


@given(seeds, st.lists(word, min_size=1, max_size=20), word, word, st.text(min_size=1, max_size=20))
def test_others_change_nobodys_draw(seed: int, persons: list[int], world: int, day: int, name: str) -> None:
    """A person's draw is the same alone, among others, in another order, and beside another world or day."""
    alone = [float(normal(seed, person=p, world=world, day=day, channel=name)) for p in persons]
    together = normal(seed, person=np.array(persons), world=world, day=day, channel=channel(name))
    backwards = normal(seed, person=np.array(persons[::-1]), world=world, day=day, channel=name)[::-1]
    grid = normal(
        seed,
        person=np.array(persons)[:, None, None],
        world=np.array([world, world ^ 1])[None, :, None],
        day=np.array([day ^ 1, day]),
        channel=name,
    )
    assert grid.shape == (len(persons), 2, 2)
    assert alone == together.tolist() == backwards.tolist() == grid[:, 0, 1].tolist()


@given(seeds, st.tuples(word, word, word, word), st.integers(0, 3), st.integers(0, 31))
def test_every_part_of_an_address_matters(seed: int, address: tuple[int, ...], part: int, bit: int) -> None:
    other = list(address)
    other[part] ^= 1 << bit
    first, second = (
        words(seed, person=a[0], world=a[1], day=a[2], channel=a[3]) for a in (list(address), other)
    )
    assert [int(w) for w in first] != [int(w) for w in second]


def test_both_halves_of_the_seed_matter() -> None:
    found = {float(uniform(s, person=1, world=1, day=1, channel="x")) for s in (0, 1, 2**32, 2**32 + 1, 2**64 - 1)}
    assert len(found) == 5


@given(seeds, st.lists(word, min_size=1, max_size=50))
def test_a_uniform_is_strictly_inside_and_exact_in_single_precision(seed: int, persons: list[int]) -> None:
    for u in uniform4(seed, person=np.array(persons), world=0, day=0, channel=0):
        single = u.astype(np.float32)
        assert ((single > 0) & (single < 1)).all()
        assert (single.astype(np.float64) == u).all()
        assert (1.0 - (1.0 - u) == u).all()


def test_the_outermost_words_stay_inside() -> None:
    from samenspel.randomness.address import _unit_interval

    ends = _unit_interval(np.array([0, 2**32 - 1], dtype=np.uint64))
    assert ends.tolist() == [2.0**-24, 1 - 2.0**-24]
    assert np.float32(ends[1]) < 1


def test_word_zero_feeds_uniform() -> None:
    where = {"person": np.arange(9), "world": 2, "day": 3, "channel": "a"}
    four = uniform4(5, **where)
    assert (uniform(5, **where) == four[0]).all()
    assert len({u.tobytes() for u in four}) == 4


def test_channel_is_the_start_of_the_digest() -> None:
    """The BLAKE2s digest of "abc" begins 50 8c 5e 8c; low byte first."""
    assert channel("abc") == 0x8C5E8C50


def test_colliding_names_are_named() -> None:
    names = [f"draw-{n}" for n in range(300_000)]
    numbers = [channel(name) for name in names]
    order = np.argsort(numbers, kind="stable")
    twins = np.flatnonzero(np.diff(np.array(numbers)[order]) == 0)
    assert len(twins) > 0  # about 10 expected among 300,000 names
    first, second = sorted((int(order[twins[0]]), int(order[twins[0] + 1])))
    with pytest.raises(SamenspelError, match=f"'{names[first]}' and '{names[second]}' share channel"):
        distinct_channels([names[first], "other", names[second]])
    assert distinct_channels(["a", "b", "a"]) == {"a": channel("a"), "b": channel("b")}


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_seed_out_of_range(seed: int) -> None:
    with pytest.raises(SamenspelError, match="does not lie from 0"):
        uniform(seed, person=0, world=0, day=0, channel=0)


@pytest.mark.parametrize("part", ["person", "world", "day", "channel"])
@pytest.mark.parametrize("value", [-1, 2**32, 1.5])
def test_address_out_of_range_is_refused_not_wrapped(part: str, value: float) -> None:
    address = {"person": 0, "world": 0, "day": 0, "channel": 0, part: value}
    with pytest.raises(ValueError, match=f"{part} of a random address"):
        uniform(1, **address)


# Statistics. Seed 1 is fixed, so each test gives one answer for ever; the stated rate is the chance that a correct
# generator would have failed it.
N = 200_000


def draws(kind, axis: str):
    address = {"person": 0, "world": 0, "day": 0, axis: np.arange(N)}
    return kind(1, **address, channel="test.spread")


@pytest.mark.parametrize("axis", ["person", "world", "day"])
def test_uniforms_are_uniform_along_every_axis(axis: str) -> None:
    """Kolmogorov-Smirnov and 256 cells of chi-square, n = 200,000; false-alarm rate 1e-4 each."""
    u = draws(uniform, axis)
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    cells = np.bincount((u * 256).astype(int), minlength=256)
    assert stats.chisquare(cells).pvalue > 1e-4


@pytest.mark.parametrize("axis", ["person", "world", "day"])
def test_normals_are_normal_along_every_axis(axis: str) -> None:
    """Kolmogorov-Smirnov and four moments within 4 standard errors, n = 200,000; false-alarm rate below 4e-4."""
    z = draws(normal, axis)
    assert stats.kstest(z, "norm").pvalue > 1e-4
    for power, expected, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((z**power).mean() - expected) < 4 * math.sqrt(variance / N)


@pytest.mark.parametrize("axis", ["person", "world", "day"])
@pytest.mark.parametrize("lag", [1, 2, 256])
def test_neighbours_are_independent(axis: str, lag: int) -> None:
    """Correlation of neighbours, n = 200,000: outside ±4/√n with chance 6e-5."""
    z = draws(normal, axis)
    assert abs(np.corrcoef(z[:-lag], z[lag:])[0, 1]) < 4 / math.sqrt(N)


def test_words_channels_and_axes_are_independent() -> None:
    """All pairs of 4 words x 3 channels, and of the same numbers on swapped axes; 4/√n, false alarms below 5e-3."""
    n = np.arange(N)
    columns = [u for name in "abc" for u in uniform4(1, person=n, world=0, day=0, channel=name)]
    columns += [uniform(1, person=0, world=n, day=0, channel="a"), uniform(1, person=0, world=0, day=n, channel="a")]
    correlation = np.corrcoef(np.array(columns))
    assert np.abs(correlation[~np.eye(len(columns), dtype=bool)]).max() < 4 / math.sqrt(N)


def test_gamma_and_beta_draws_follow_their_laws() -> None:
    """Kolmogorov-Smirnov, n = 20,000; false-alarm rate 1e-4 each."""
    where = {"person": np.arange(20_000), "world": 1, "day": 0, "channel": "shape"}
    assert stats.kstest(gamma(1, **where, shape=1.7), stats.gamma(1.7).cdf).pvalue > 1e-4
    assert stats.kstest(beta(1, **where, a=8.0, b=2.0), stats.beta(8, 2).cdf).pvalue > 1e-4


def test_gamma_draws_follow_the_uniform_of_their_address() -> None:
    where = {"person": np.arange(500), "world": 1, "day": 0, "channel": "shape"}
    order = np.argsort(uniform(1, **where))
    assert (np.diff(gamma(1, **where, shape=0.8)[order]) >= 0).all()
