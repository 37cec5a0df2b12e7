"""Laws of adherence and stopping that a scenario gives: they act as declared, on the same people with the same luck."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from samenspel.composition import default_parameters, stand_alone
from samenspel.composition.values import shipped
from samenspel.engine import People, StepPlan, habits, run, settle
from samenspel.evidence.grade import Grading
from samenspel.evidence.schema_scenario import Adherence, ExerciseDose, Stopping
from samenspel.population.people import draw_candidates
from samenspel.population.worlds import draw_worlds
from samenspel.studies.schedule import contact_only, schedules
from samenspel.systems import catalogue
from samenspel.systems.training import Training

SESSION, ATTENDS, STOPPED = "training.session", "training.attends", "training.programme.stopped"
MODEL = stand_alone(Training)
FIRST = 56  # day on which the studies of these tests begin


def arm(**own):
    """The treated arm of the shipped scenario, with an adherence or a stopping of its own."""
    treated = next(a for a in shipped().scenarios["aerobic-12-weeks"].arm if a.exercise is not None)
    update = {"adherence": Adherence, "stopping": Stopping}
    names = {"adherence": "planned_share", "stopping": "per_week"}
    parts = {k: update[k].model_validate({names[k]: v}) for k, v in own.items()}
    return treated.model_copy(update={"exercise": treated.exercise.model_copy(update=parts)})


def plans(model, *arms):
    return schedules(model, shipped().scenarios["aerobic-12-weeks"], FIRST, arms)


def trial(*arms, n=1500, weeks=12, save=(ATTENDS, STOPPED), **own):
    """The training system alone, whose numbers are those of the reference person but for `own`; one result per arm."""
    ids = np.arange(n, dtype=np.int64)
    people = People(ids, ids, default_parameters(None, Training) | {f"training.{k}": v for k, v in own.items()})
    days = range(FIRST, FIRST + 7 * weeks)
    return run(MODEL, people, plans(MODEL, *arms), save=save, save_days=days, engine="numpy", seed=11,
               plan=StepPlan(longest=0.5, depth=0))  # fmt: skip


def session_days():
    """Days with a planned session after the first, counted from the start."""
    return np.flatnonzero(plans(MODEL, arm())[0].inputs[SESSION].any(1))[1:]


def test_inputs_say_what_the_scenario_gives_and_only_during_the_programme():
    silent, spoken = plans(MODEL, arm(), arm(adherence=0.7, stopping=0.07))
    assert not {n for n in silent.inputs if n.endswith("_given")}
    for name, value in (("adherence", 0.7), ("adherence_given", 1.0), ("stop_hazard", 0.01), ("stop_given", 1.0)):
        days = spoken.inputs[f"training.{name}"]
        np.testing.assert_allclose(days[:84], value)
        assert not days[84:].any()


@settings(max_examples=6)
@given(share=st.floats(0.05, 0.95))
def test_sessions_are_done_in_the_declared_share(share):
    """Each later session is Bernoulli(share) for the reference person: their number within 5 standard errors."""
    done = trial(arm(adherence=share))[0].of(ATTENDS)[session_days()]
    assert abs(done.mean() - share) < 5 * np.sqrt(share * (1 - share) / done.size)


@settings(max_examples=6)
@given(shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_with_more_adherence_everybody_does_the_same_sessions_and_more(shares):
    less, more = trial(*(arm(adherence=s) for s in sorted(shares)), n=300)
    assert (less.of(ATTENDS)[1:] <= more.of(ATTENDS)[1:]).all()


def test_the_ends_of_the_scale_are_never_and_always():
    never, always = trial(arm(adherence=0.0), arm(adherence=1.0), n=300, attend_odds=np.linspace(-3, 3, 300))
    assert not never.of(ATTENDS)[session_days()].any()
    assert always.of(ATTENDS)[session_days()].all()


def test_giving_what_the_parameters_say_changes_no_later_session():
    """a = logistic(o_home + o_supervised): the same chance for everybody, whatever a person adds to the odds."""
    p = default_parameters(None, Training)
    share = 1 / (1 + np.exp(-p["training.attend_home"] - p["training.attend_supervised"]))
    a, b = trial(arm(), arm(adherence=float(share)), n=300, attend_odds=np.linspace(-3, 3, 300))
    np.testing.assert_array_equal(a.of(ATTENDS)[session_days()], b.of(ATTENDS)[session_days()])


@settings(max_examples=6)
@given(hazard=st.floats(0.0, 0.3))
def test_people_stop_at_the_declared_hazard(hazard):
    """Stopped at the end of day d of the programme: 1 - exp(-hazard (d - 1)/7), since the first day enrols; 5 standard errors."""
    stopped = trial(arm(stopping=hazard), n=2000)[0].of(STOPPED)
    for day in (0, 27, 83):
        share = -np.expm1(-hazard * max(day - 1, 0) / 7)
        assert abs(stopped[day].mean() - share) <= 5 * np.sqrt(share * (1 - share) / 2000) + 1e-12


def test_nobody_stops_after_the_programme_or_without_a_hazard():
    some, none = trial(arm(stopping=0.1), arm(stopping=0.0), n=300, weeks=24)
    np.testing.assert_array_equal(some.of(STOPPED)[85], some.of(STOPPED)[-1])
    assert some.of(STOPPED)[-1].any()
    assert not none.of(STOPPED).any()


def test_in_the_whole_model_no_adherence_is_contact_alone():
    """Every state of everybody, exactly: without a session done the arm is its own contact and expectation."""
    atlas = shipped()
    worlds = draw_worlds(atlas, catalogue(), Grading(atlas).couplings(), seed=3, ids=[0, 1])
    group = worlds.groups[0]
    people = draw_candidates(atlas, group, 6, seed=3, enrich={}).people
    rest = settle(group.model, people)
    people = People(people.person, people.world, {**people.parameters, **habits(group.model, people, rest)})
    treated = arm(adherence=0.0)
    names = [n for n in group.model.outputs if n != "training.attending"]
    a, b, c = run(group.model, people, [s for s in _short(plans(group.model, treated, contact_only(treated), arm()))],
                  start=rest, seed=3, save=names, save_days=[FIRST + 20], engine="numpy")  # fmt: skip
    np.testing.assert_array_equal(a.values, b.values)
    moved = names.index("training.fitness")
    assert (c.values[moved] > b.values[moved]).all()


def _short(whole, days=21):
    return [type(s)(days, s.first_day, s.edges, {n: v[:days] for n, v in s.inputs.items()}) for s in whole]


@pytest.mark.parametrize(
    "wrong",
    [{"adherence": {"planned_share": 1.2}}, {"adherence": {"planned_share": -0.1}}, {"stopping": {"per_week": -0.1}},
     {"stopping": {"per_week": 1.5}}, {"adherence": {"planned_share": 0.8, "effects": {"mind.threat": 0.1}}},
     {"progression": "by-tolerance"}, {"minutes": 721.0}, {"sessions_per_week": 7.5}],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong):
    given_now = arm().exercise.model_dump()
    with pytest.raises(ValidationError):
        ExerciseDose.model_validate({**given_now, **wrong})
