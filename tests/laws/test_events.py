"""Laws of life events: own luck, the same in every arm and engine, and nothing at all where none happens."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition.compose import compose
from samenspel.composition.events import event_numbers, with_events
from samenspel.composition.values import shipped
from samenspel.engine import Condition, People, Schedule, run, settle
from samenspel.evidence.grade import Grading
from samenspel.evidence.schema_people import Event
from samenspel.population.blocks import Block
from samenspel.population.events import under_way
from samenspel.population.people import draw_candidates
from samenspel.population.reservoir import fill
from samenspel.population.worlds import draw_worlds
from samenspel.systems import catalogue
from toys import Tank

TANK = {"tank.set_level": 2.0, "tank.tau": 4.0, "tank.push": 0.0}
ON = "event.rain"


def event(name="rain", rate=20.0, days=5.0, size=0.5, target="tank.tap"):
    rate = rate if isinstance(rate, dict) else {"kind": "point", "value": rate}
    return Event.model_validate(
        {"id": name, "en": name, "nl": name, "rate_per_year": rate, "days": days, "push": ({"input": target, "size": size},)}
    )


def tank(*events):
    model = with_events(compose([Tank]), events)
    return model, event_numbers(model, events)[0]


def crowd(numbers, n=40, **more):
    return People(np.arange(n), np.arange(n) % 3, {**TANK, **numbers, **more})


def course(events, days=60, *, n=40, engine="numpy", arms=1, people=None, start=None, first=0, save=(ON, "tank.level")):
    model, numbers = tank(*events)
    people = people or crowd(numbers, n)
    tap = np.zeros((days, 1))
    tap[days // 2 :] = 1.0
    plans = [Schedule(days, first), Schedule(days, first, inputs={"tank.tap": tap})][:arms]
    return run(model, people, plans, seed=5, save=save, engine=engine, start=start)


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_engines_meet_the_same_events(engine):
    a, b = course([event()])[0], course([event()], engine=engine)[0]
    assert a.of(ON).any()
    np.testing.assert_array_equal(a.of(ON), b.of(ON))
    np.testing.assert_allclose(a.of("tank.level"), b.of("tank.level"), rtol=1e-3)


@pytest.mark.parametrize("engine", ["numpy", "native"])
def test_threads_and_company_change_nobody(engine):
    whole = course([event()], engine=engine)[0]
    model, numbers = tank(event())
    some = np.array([31, 4, 17])
    part = run(model, crowd(numbers).take(some), [Schedule(60)], seed=5, save=[ON], engine=engine, threads=1)[0]
    np.testing.assert_array_equal(part.of(ON), whole.of(ON)[:, some])


def test_every_arm_meets_the_same_events():
    plain, treated = course([event()], arms=2)
    np.testing.assert_array_equal(plain.of(ON), treated.of(ON))
    assert (plain.of("tank.level") != treated.of("tank.level")).any()


def test_another_event_changes_nobodys_events():
    alone, both = course([event()])[0], course([event("drought", size=-0.2), event()])[0]
    np.testing.assert_array_equal(alone.of(ON), both.of(ON))


def test_a_run_in_two_pieces_is_one_run():
    whole = course([event()])[0]
    first = course([event()], days=25)[0]
    rest = course([event()], days=35, first=25, start=first.end)[0]
    np.testing.assert_array_equal(np.concatenate([first.of(ON), rest.of(ON)]), whole.of(ON))
    np.testing.assert_allclose(rest.of("tank.level")[-1], whole.of("tank.level")[-1], rtol=1e-12)


@given(rate=st.sampled_from([0.0, 30.0]), size=st.floats(-1, 1))
def test_without_a_rate_or_a_size_nothing_happens(rate, size):
    """Rate 0 with any size, and any rate with size 0, is the model without events."""
    silent = run(compose([Tank]), People(np.arange(40), np.arange(40) % 3, TANK), [Schedule(60)], seed=5, save=["tank.level"])
    with_one = course([event(rate=rate, size=size if rate == 0 else 0.0)], save=("tank.level",))
    np.testing.assert_allclose(with_one[0].values, silent[0].values, rtol=1e-6)


def test_a_person_at_rest_meets_no_event():
    model, numbers = tank(event(rate=1e4, days=1e4))
    rest = settle(model, crowd(numbers))
    np.testing.assert_allclose(rest.states, 2.0, rtol=1e-8)
    assert not rest.held[model.held_names.index(ON)].any()


@given(size=st.floats(-3, 3), target=st.sampled_from(["tank.tap", "tank.set_level"]))
def test_an_event_that_never_ends_shifts_rest_by_its_size(size, target):
    """dx/dt = (set + tap - x)/tau: a push on the input or on the set point moves x by exactly its size in the end."""
    end = course([event(rate=1e6, days=1e9, size=size, target=target)], days=120, n=4)[0]
    assert end.of(ON)[1:].all()
    np.testing.assert_allclose(end.of("tank.level")[-1], 2.0 + size, atol=1e-6)


@given(rate=st.floats(2.0, 60.0), days=st.floats(2.0, 20.0))
def test_events_come_and_last_as_declared(rate, days):
    """Starts are Bernoulli(1 - exp(-rate/365.25)) per free day, ends Bernoulli(1/days): both counts within 6 SD."""
    n, length = 400, 200
    now = course([event(rate=rate, days=days)], length, n=n, save=(ON,))[0].of(ON).astype(bool)
    before, after = now[:-1], now[1:]
    for here, chance in ((~before, 1 - np.exp(-rate / 365.25)), (before, 1 / days)):
        moved, chances = (here & (before != after)).sum(), here.sum()
        assert abs(moved - chance * chances) < 6 * np.sqrt(chance * (1 - chance) * chances) + 1


def test_a_rate_with_a_spread_differs_between_people():
    model, _ = tank(event())
    spread = {"kind": "lognormal", "median": 3.0, "sigma": 1.0}
    fixed, person = event_numbers(model, [event(rate=spread)])
    assert not fixed
    d, factor = person["event.rain.onset"]
    assert (d.median, factor) == (3.0, pytest.approx(1 / 365.25))


def test_an_event_that_pushes_nothing_here_is_left_out():
    model = compose([Tank])
    assert with_events(model, [event(target="kettle.lid")]) is model


@pytest.fixture(scope="module")
def people_of_a_world():
    atlas = shipped()
    worlds = draw_worlds(atlas, catalogue(), Grading(atlas).couplings(), seed=3, ids=[0, 1])
    group = worlds.groups[0]
    people = draw_candidates(atlas, group, 3000, seed=3, enrich={}).people
    rest = settle(group.model, people.take(np.arange(1)))
    same = Condition(*(np.repeat(v, people.n, -1) for v in (rest.states, rest.held, rest.codes)))
    return atlas, group, people, same


def test_the_first_look_finds_the_share_that_rate_and_length_imply(people_of_a_world):
    """Share under way on the first day is that of the chain in balance, at every event of the shipped atlas."""
    atlas, group, people, rest = people_of_a_world
    begin = under_way(group, people, rest, atlas.people.event, seed=3)
    assert atlas.people.event
    for e in atlas.people.event:
        now = begin.held[group.model.held_names.index(f"event.{e.id}")]
        starts = -np.expm1(-np.asarray(people.parameters[f"event.{e.id}.onset"]))
        share = float(np.mean(starts / (starts + 1 / e.days)))
        assert abs(now.mean() - share) < 5 * np.sqrt(share * (1 - share) / people.n)
    again = under_way(group, people.take(np.array([7, 2])), rest.take(np.array([7, 2])), atlas.people.event, seed=3)
    np.testing.assert_array_equal(again.held, begin.held[:, [7, 2]])


def test_a_stressful_event_raises_the_hormone_axis_of_the_shipped_model(people_of_a_world):
    """Same people, same luck: who meets the event has more cortisol while it lasts than without its push."""
    _, group, people, _ = people_of_a_world
    people = people.take(np.arange(30))
    rest = settle(group.model, people)
    size = "event.stressful_life_event.size.hpa.stressor"
    often = {**people.parameters, "event.stressful_life_event.onset": 0.2}
    cortisol, now = "hpa.cortisol_blood", "event.stressful_life_event"
    a, b = (
        run(group.model, dataclasses.replace(people, parameters={**often, size: s}), [Schedule(20)], start=rest, seed=3,
            save=[cortisol, now], engine="numpy")[0]
        for s in (0.5, 0.0)
    )  # fmt: skip
    np.testing.assert_array_equal(a.of(now), b.of(now))
    more = (a.of(cortisol) - b.of(cortisol))[a.of(now) > 0.5]
    assert len(more) > 100
    assert (more > 0).all()


def test_people_come_to_the_study_with_their_events(people_of_a_world):
    """The criteria may ask for an event on the screening day; whoever is in then has it, and most keep it into the study."""
    atlas, group, _, _ = people_of_a_world
    found = {}
    for population in ("stressful_life_event", "not stressful_life_event"):
        screened = fill(atlas, (group,), population=population, block=Block(0, 40, 0, 1200, 400), seed=3, settle_days=40,
                        enrich={}, measures=("cortisol_blood",))  # fmt: skip
        found[population] = screened.cohorts[0]
        shares = screened.prevalence
        assert all(0.01 < p < 0.1 if population == "stressful_life_event" else p > 0.9 for p in shares.values()), shares
    now = group.model.held_names.index("event.stressful_life_event")
    for wanted, cohort in zip((1, 0), found.values(), strict=True):
        assert len(cohort.weight) > 10
        assert (cohort.measured["stressful_life_event"] == wanted).all()
        assert (cohort.condition.held[now] == wanted).mean() > 0.8  # the next day: a month is its mean length
