"""Stated accuracy: the measured error of a plan against an independent integrator, and the plan that meets what is asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alone import DAILY, alone
from samenspel.composition.values import shipped
from samenspel.engine import Condition, People, Result, Schedule, StepPlan, habits, run, settle
from samenspel.engine.accuracy import FLOOR, Pilot, checked, compare, error_by_halving
from samenspel.engine.people import Trajectories
from samenspel.engine.run import first_condition
from samenspel.evidence.grade import Grading
from samenspel.population.people import draw_candidates
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.schedule import schedules
from samenspel.studies.trial import trial_arms
from samenspel.systems import catalogue

ATLAS = shipped()
STUDY = ATLAS.scenarios["aerobic-12-weeks"]


def groups(worlds, seed=11):
    return draw_worlds(ATLAS, catalogue(), Grading(ATLAS).couplings(), seed=seed, ids=np.arange(worlds)).groups


def pilot(group, per_world, days, seed=11):
    people = draw_candidates(ATLAS, group, per_world, seed=seed, enrich={}).people
    rest = settle(group.model, people)
    people = People(people.person, people.world, {**people.parameters, **habits(group.model, people, rest)})
    good = np.flatnonzero(rest.codes == Result.OK)
    arms = schedules(group.model, STUDY, 0, trial_arms(STUDY)[:2])
    return Pilot(group.model, people.take(good), arms, rest.take(good), seed=seed, days=days)


def against_the_reference(p):
    """A pilot under the plan chosen for 1e-3 against adaptive integration: what was found, and both results."""
    fast = p.run(p.coarsest(1e-3)[0])
    exact = run(p.model, p.people, p.schedules, start=p.start, seed=p.seed, engine="reference", save=fast[0].names,
                save_days=range(p.first, p.first + p.days))  # fmt: skip
    return compare(fast, exact, p.model.state_names), fast, exact


@pytest.fixture(scope="module")
def tried():
    return pilot(groups(6)[0], 6, 10)


def test_the_plan_meets_half_of_what_is_asked_and_stricter_wishes_cost_more(tried):
    plans = [tried.coarsest(accuracy) for accuracy in (1e-1, 1e-2, 1e-3)]
    for accuracy, (_, found) in zip((1e-1, 1e-2, 1e-3), plans, strict=True):
        assert found.error <= accuracy / 2
    costs = [tried.cost(plan) for plan, _ in plans]
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]


def test_no_cheaper_candidate_would_have_done(tried):
    plan, _ = tried.coarsest(1e-3)
    fine = tried.run(StepPlan(1 / 64, 4), exact=True)
    coarser = StepPlan(2 * plan.longest, plan.depth)
    assert tried.cost(coarser) < tried.cost(plan)
    assert compare(tried.run(coarser), fine, tried.model.state_names).error > 5e-4


def test_halving_tells_the_error_against_a_much_finer_plan(tried):
    plan = StepPlan(0.25, 2)
    said = error_by_halving(tried.model, tried.people, tried.schedules, tried.start, plan, seed=tried.seed, days=10)
    true = compare(tried.run(plan), tried.run(StepPlan(1 / 64, 4), exact=True), tried.model.state_names)
    assert 0.6 * true.error < said.error < 1.7 * true.error


@given(st.integers(1, 5), st.integers(0, 4), st.integers(0, 10**6))
def test_people_with_another_history_are_counted_and_left_out(same, other, luck):
    rng = np.random.default_rng(luck)
    n = same + other
    fine = rng.normal(size=(2, 3, n))
    fine[1] = rng.integers(0, 2, (3, n))
    plan = fine.copy()
    plan[0] += 1e-3
    plan[0, :, same:] += 5.0  # far off, and with another history
    plan[1, -1, same:] = 1 - plan[1, -1, same:]
    end = Condition(np.zeros((1, n)), np.zeros((1, n)), np.zeros(n, dtype=np.int8))
    made = [Trajectories(("x", "flag"), np.arange(3), v, end) for v in (plan, fine)]
    found = compare(made[:1], made[1:], ("x",))
    assert found.other_history == pytest.approx(other / n)
    assert found.error == pytest.approx(1e-3 / (fine[0].std() + FLOOR), rel=1e-6)


@pytest.mark.parametrize("asked", [0.0, 1e-6, 0.5, float("nan"), -1e-3])
def test_an_accuracy_out_of_reach_is_refused(asked):
    with pytest.raises(SamenspelError, match="accuracy must lie"):
        checked(asked)


@pytest.mark.slow
def test_the_whole_model_against_the_reference_engine():
    """Adaptive integration, person by person, under the chosen plan: worst state, share with another history, arm contrast."""
    for group in groups(9, seed=5):
        p = pilot(group, 3, 14, seed=5)
        found, fast, exact = against_the_reference(p)
        assert found.error <= 1e-3, (group.model.name, found)
        assert found.other_history == 0.0
        k = fast[0].names.index("illness.pain") if "illness.pain" in fast[0].names else 0
        d, true = (r[1].values[k, -1] - r[0].values[k, -1] for r in (fast, exact))
        monte_carlo = true.std() / np.sqrt(len(true))
        assert abs(d.mean() - true.mean()) <= 0.05 * monte_carlo + 1e-9


@pytest.mark.slow
def test_two_hundred_random_worlds():
    """Every world, alone, under one plan of its group: worst state against finer steps, and other histories."""
    people = other = 0.0
    for group in groups(200, seed=23):
        p = pilot(group, 5, 28, seed=23)
        plan, _ = p.coarsest(1e-3)
        fast, fine = p.run(plan), p.run(StepPlan(1 / 64, 4), exact=True)
        whole = compare(fast, fine, p.model.state_names)
        assert whole.error <= 1e-3, (group.model.name, whole)
        people += whole.people
        other += whole.other_history * whole.people
    assert people > 900
    assert other / people <= 0.001


@pytest.mark.slow
@pytest.mark.parametrize("name", DAILY)
def test_every_system_alone_against_the_reference_engine(name):
    """Pushed at its ports for two weeks: the plan chosen for 1e-3 keeps to it, and nothing by chance falls out otherwise."""
    model, people, still = alone(DAILY[name], 8)
    p = Pilot(model, people, [Schedule(14)], still, seed=2, days=14)
    found, _, _ = against_the_reference(p)
    assert found.error <= 1e-3, found
    assert found.other_history == 0.0
    assert found.people == people.n > 4


@pytest.mark.slow
def test_fifty_stiff_states_against_the_reference_engine(fifty):
    """The synthetic model of the benchmark, three weeks with exercise: the plan chosen for 1e-3 keeps to it."""
    model, people, arm = fifty.model(), fifty.people(6), fifty.year(3)
    start = first_condition(model, people, {})
    found, _, _ = against_the_reference(Pilot(model, people, [arm], start, seed=1, days=21))
    assert found.error <= 1e-3


def test_a_schedule_shorter_than_the_pilot_is_followed_to_its_end():
    group = groups(2)[0]
    p = pilot(group, 2, 500)
    assert p.days == p.schedules[0].days == STUDY.weeks * 7
    short = Pilot(p.model, p.people, [Schedule(3)], p.start, seed=1)
    assert short.run(StepPlan(0.5, 0))[0].days.tolist() == [0, 1, 2]
