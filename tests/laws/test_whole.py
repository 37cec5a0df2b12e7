"""Laws of the whole: the shipped atlas composed, in many worlds."""

import numpy as np
import pytest

from samenspel.composition.values import shipped
from samenspel.engine import People, Result, Schedule, habits, run, settle
from samenspel.engine.compiled import compiled, rows
from samenspel.engine.native.kernel import unavailable
from samenspel.engine.settle import habitual_inputs, parameter_rows
from samenspel.evidence.grade import Grading
from samenspel.population.people import draw_candidates
from samenspel.population.worlds import draw_worlds
from samenspel.systems import catalogue

FASTEST = 50.0  # per day: a faster eigenvalue must be declared


@pytest.fixture(scope="module")
def worlds():
    atlas = shipped()
    return draw_worlds(atlas, catalogue(), Grading(atlas).couplings(), seed=7, ids=np.arange(16))


def settled(group, per_world=3, seed=7):
    people = draw_candidates(shipped(), group, per_world, seed=seed, enrich={}).people
    rest = settle(group.model, people)
    people = People(people.person, people.world, {**people.parameters, **habits(group.model, people, rest)})
    good = np.flatnonzero(rest.codes == Result.OK)
    return people.take(good), rest.take(good), len(good) / len(rest.codes)


def test_nearly_everybody_finds_rest_and_failures_are_counted(worlds):
    shares = [settled(group, 60)[2] for group in worlds.groups]  # those on the fold of a latch may not
    sizes = [len(group.ids) for group in worlds.groups]
    assert np.average(shares, weights=sizes) > 0.98
    assert min(shares) > 0.95


@pytest.mark.skipif(unavailable() is not None, reason=f"no native engine: {unavailable()}")
def test_native_code_finds_the_same_rest(worlds):
    """Two programs for one march: array operations, and one loop of vector code."""
    for group in worlds.groups:
        people = draw_candidates(shipped(), group, 20, seed=7, enrich={}).people
        slow, fast = settle(group.model, people), settle(group.model, people, many=True)
        both = (slow.codes == Result.OK) & (fast.codes == Result.OK)
        assert np.mean(slow.codes == fast.codes) > 0.98  # on a fold the last bit decides who is given up
        assert both.mean() > 0.95
        np.testing.assert_allclose(fast.states[:, both], slow.states[:, both], rtol=1e-5, atol=1e-5)


@pytest.mark.skipif(unavailable() is not None, reason=f"no native engine: {unavailable()}")
def test_the_rest_of_one_does_not_depend_on_the_others(worlds):
    group = worlds.groups[-1]
    people = draw_candidates(shipped(), group, 11, seed=7, enrich={}).people
    whole, index = settle(group.model, people, many=True), np.arange(people.n)[::-3]
    part = settle(group.model, people.take(index), many=True)
    np.testing.assert_array_equal(part.states, whole.states[:, index])
    np.testing.assert_array_equal(part.codes, whole.codes[index])


def test_no_eigenvalue_is_fast_without_being_declared(worlds):
    """Spectrum of the Jacobian at rest for persons of every group."""
    for group in worlds.groups:
        people, rest, _ = settled(group)
        c = compiled(group.model)
        p = parameter_rows(c, people.parameters)
        entries = rows(c.jacobian(rest.states, p, habitual_inputs(group.model), rest.held, 0.0), people.n)
        size = len(group.model.states)
        matrix = np.zeros((people.n, size, size))
        i, j = np.array(c.jacobian_entries).T
        matrix[:, i, j] = entries.T
        values = np.linalg.eigvals(matrix)
        assert np.abs(values).max() < FASTEST
        assert values.real.max() < 0  # and everybody's rest is stable


def test_without_input_and_noise_nobody_drifts(worlds):
    group = worlds.groups[0]
    people, rest, _ = settled(group)
    still = {name: 0.0 for name in people.parameters if name.endswith(("_daily", ".onset"))}  # nor any event
    people = People(people.person, people.world, {**people.parameters, **still})
    states = [i for i, s in enumerate(group.model.state_names) if s != "illness.duration"]
    end = run(group.model, people, [Schedule(30)], start=rest, save=[], save_days=[], engine="numpy")[0].end
    np.testing.assert_allclose(end.states[states], rest.states[states], rtol=2e-3, atol=2e-3)


@pytest.mark.slow
def test_ten_years_with_noise_stay_bounded(worlds):
    for group in worlds.groups[:1]:
        people, rest, _ = settled(group)
        end = run(group.model, people, [Schedule(3650)], start=rest, save=[], save_days=[], engine="numpy")[0].end
        assert (end.codes == Result.OK).all()
        for k, s in enumerate(group.model.states):
            slack = 0.15 * max(1.0, abs(s.high or 1.0))
            assert s.low is None or end.states[k].min() > s.low - slack, s.name
            assert s.high is None or end.states[k].max() < s.high + slack, s.name


@pytest.mark.slow
def test_lattice_and_adaptive_engine_agree_on_the_whole(worlds):
    """RMS over persons with the same discrete history at most 1e-3 of the spread between people."""
    group = worlds.groups[0]
    people, rest, _ = settled(group, 2)
    people, rest = people.take(np.arange(4)), rest.take(np.arange(4))
    session = np.zeros((7, 3))
    session[::2, 1] = 864.0
    arm = Schedule(7, edges=(0.0, 0.5, 0.525), inputs={"training.session": session})
    save = [s for s in group.model.state_names if not s.startswith("delay.")] + ["nervous.pain", "illness.wpi"]
    a = run(group.model, people, [arm], start=rest, save=save, engine="numpy", accuracy=1e-3)[0]
    b = run(group.model, people, [arm], start=rest, save=save, engine="reference")[0]
    many = settled(group, 60)[1].states
    spread = {s: many[i].std() for i, s in enumerate(group.model.state_names)}
    for k, name in enumerate(save):
        scale = spread.get(name, b.values[k].std()) + 1e-3
        error = np.sqrt(((a.values[k] - b.values[k]) ** 2).mean()) / scale
        assert error < 5e-3, (name, error)


def test_the_same_world_whoever_else_is_drawn(worlds):
    atlas = shipped()
    alone = draw_worlds(atlas, catalogue(), Grading(atlas).couplings(), seed=7, ids=[5])
    group = alone.groups[0]
    again = next(g for g in worlds.groups if 5 in g.ids)
    k = int(np.flatnonzero(again.ids == 5)[0])
    for name, value in group.parameters.items():
        other = again.parameters[name]
        np.testing.assert_array_equal(np.asarray(value).reshape(-1)[0], np.broadcast_to(other, again.ids.shape)[k], name)
