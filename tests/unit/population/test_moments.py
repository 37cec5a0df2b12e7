"""Sums by group against the whole taken at once, which is the oracle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samenspel.population.blocks import MOST_CANDIDATES, PEOPLE, PER, blocks
from samenspel.population.ensemble import Ensemble
from samenspel.population.moments import Moments
from samenspel.quantities.errors import SamenspelError


@given(
    seed=st.integers(0, 2**32 - 1),
    people=st.integers(2, 40),
    worlds=st.integers(1, 3),
    offset=st.sampled_from([0.0, -7.0, 1e4]),
    cut=st.floats(0.05, 0.95),
)
@settings(max_examples=60, deadline=None)
def test_groups_add_up_to_the_whole(seed, people, worlds, offset, cut):
    luck = np.random.default_rng(seed)
    world = np.repeat(np.arange(worlds), people)
    weight, values = luck.gamma(0.5, size=len(world)) + 1e-3, offset + luck.normal(size=(2, len(world)))
    first = np.tile(np.arange(people) < max(1, min(people - 1, int(cut * people))), worlds)

    def of(index):
        return Moments.of(Ensemble(world[index], weight[index]), {"x": values[0, index], "y": values[1, index]})

    whole, both = Ensemble(world, weight), of(first) + of(~first)
    for name, column in (("x", values[0]), ("y", values[1])):
        assert both.mean(name) == pytest.approx(whole.mean(column), rel=1e-12, abs=1e-12)
        assert both.sd(name) == pytest.approx(whole.sd(column), rel=1e-8, abs=1e-10)
        assert both.standard_error(name) == pytest.approx(whole.error(column), rel=1e-7, abs=1e-10)
    assert both.effective_size() == pytest.approx(whole.effective_size(), rel=1e-12)


@given(seed=st.integers(0, 2**32 - 1), worlds=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_whole_worlds_side_by_side_are_the_bits_of_one_call(seed, worlds):
    luck = np.random.default_rng(seed)
    world = np.repeat(np.arange(worlds), 5)
    weight, x = luck.gamma(1.0, size=len(world)), luck.normal(size=len(world))
    at_once = Moments.of(Ensemble(world, weight), {"x": x})
    one_by_one = Moments.side_by_side(
        [Moments.of(Ensemble(world[world == w], weight[world == w]), {"x": x[world == w]}) for w in range(worlds)]
    )
    for name in ("worlds", "weight", "square", "means", "spread", "error", "tilt"):
        assert getattr(at_once, name).tobytes() == getattr(one_by_one, name).tobytes()
    whole = Ensemble(world, weight)
    assert at_once.mean("x").tobytes() == whole.mean(x).tobytes()
    assert at_once.standard_error("x").tobytes() == whole.error(x).tobytes()
    left = at_once.without({0})
    assert left.worlds.tolist() == list(range(1, worlds))
    assert left.mean("x").tobytes() == at_once.mean("x")[1:].tobytes()


@given(people=st.integers(1, 50_000), candidates=st.integers(1, 5000), whole=st.booleans())
def test_blocks_share_people_and_no_candidate(people, candidates, whole):
    found = blocks(people, candidates, 400, whole=whole)
    assert sum(b.people for b in found) == people
    assert max(b.people for b in found) - min(b.people for b in found) <= 1
    assert len(found) == 1 or (not whole and min(b.people for b in found) >= PEOPLE)
    assert whole or max(b.people for b in found) < 2 * PEOPLE
    assert [b.first for b in found] == [k * found[0].most for k in range(len(found))]
    assert all(b.most * PER >= candidates * b.people for b in found)


def test_up_to_the_default_size_a_world_is_one_block_of_the_candidates_written_down():
    assert [(b.people, b.first, b.most, b.batch) for b in blocks(PER, 3200, 400)] == [(PER, 0, 3200, 400)]


def test_more_candidates_than_addresses_are_refused():
    with pytest.raises(SamenspelError, match="fewer people"):
        blocks(MOST_CANDIDATES, 5000, 400)
