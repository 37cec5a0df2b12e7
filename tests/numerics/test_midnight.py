"""Midnights inside the native kernel: the same bits as outside, and the same luck as in the array engine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition import compose
from samenspel.declare import Accumulator, Decision, Input, Parameter, Stage, State, System
from samenspel.declare.maths import exp, logistic
from samenspel.engine import People, Schedule, StepPlan
from samenspel.engine.compiled import compiled
from samenspel.engine.native.kernel import unavailable
from samenspel.engine.native.rules import rules_of
from samenspel.engine.native.run_native import run_native
from samenspel.engine.numpy_engine import run_numpy
from samenspel.engine.run import first_condition
from samenspel.randomness.elementary import risen
from village import bits, village

native = pytest.mark.skipif(unavailable() is not None, reason=f"no native engine: {unavailable()}")


class Shop(System):
    """A stage with two ways out of one condition, decisions of every kind, a daily map, an accumulator, noise, an input."""

    system = "shop"
    stock = State(start=1.0)
    tired = State(start=0.0)
    wear = State(start=0.0)
    door = Stage(conditions=("open", "shut", "gone"), start="open")
    orders = Decision()
    rests = Decision()
    often = Decision()
    follows = Decision()
    most = Accumulator(of="stock", how="max")
    sun = Input()
    pace = Parameter(unit="1/day")
    mood = Parameter()
    shared = Parameter()

    @staticmethod
    def drift(v):
        return {
            "stock": v.pace * (1 + v.orders - v.stock) + v.pace * v.sun * v.door.open,
            "tired": v.pace * (v.stock * v.door.open - v.rests - v.tired),
            "wear": 0 * v.pace,
        }

    @staticmethod
    def noise(v):
        return {"tired": v.pace / 5}

    @staticmethod
    def hazards(v):
        return {"door": {
            ("open", "shut"): v.pace * exp(v.tired / 4), ("open", "gone"): 0.02 * v.pace * v.sun, ("shut", "open"): 2 * v.pace * v.mood,
        }}  # fmt: skip

    @staticmethod
    def decisions(v):
        return {
            "orders": logistic(v.most - v.stock + v.sun - 1), "rests": logistic(v.tired * v.mood - v.shared), "often": v.mood,
            "follows": v.orders,
        }  # fmt: skip

    @staticmethod
    def daily(v):
        return {"wear": v.wear * 0.9 + v.door.open * v.stock}


def street(n: int, days: int = 25, first_day: int = 4):
    model, ids, rng = compose([Shop]), np.arange(n, dtype=np.int64), np.random.default_rng(n)
    numbers = {"shop.pace": rng.uniform(0.1, 0.6, n), "shop.mood": rng.uniform(0, 1, n), "shop.shared": 0.4}
    people = People(ids, ids % 3, numbers)
    arms = [Schedule(days, first_day, edges=(0.0, 0.6), inputs={"shop.sun": rng.uniform(0, 2, (days, 2))}), Schedule(days, first_day)]
    return model, people, arms, first_condition(model, people, {})


def given_for(model, days, **more):
    save = [*model.state_names, *model.held_names]
    return dict(seed=7, save=save, save_days=days, plan=StepPlan(), **more)


@native
@pytest.mark.parametrize("precision", ["single", "double"])
@pytest.mark.parametrize("width", [4, 8, 16])
def test_a_midnight_inside_gives_the_bits_of_one_outside(precision, width):
    """Saved every day, each midnight is turned outside; saved once, all but the last are turned inside."""
    model, people, arms, start = street(45)
    assert rules_of(compiled(model)) is not None
    ends = []
    for days in (range(4, 29), [28], [6, 13, 28], []):
        r = run_native(model, people, arms, start, precision=precision, width=width, **given_for(model, days))
        ends.append(bits([type(x)(x.names, x.days[:0], x.values[:, :0], x.end) for x in r]))
    assert len(set(ends)) == 1
    daily, once = (run_native(model, people, arms, start, precision=precision, width=width, **given_for(model, d))
                   for d in (range(4, 29), [28]))  # fmt: skip
    for a, b in zip(daily, once, strict=True):
        np.testing.assert_array_equal(a.values[:, -1], b.values[:, -1])


@native
def test_the_same_luck_as_in_the_array_engine():
    model, people, arms, start = street(400)
    expected = run_numpy(model, people, arms, start, **given_for(model, [10, 28]))
    got = run_native(model, people, arms, start, precision="double", **given_for(model, [10, 28]))
    for a, b in zip(expected, got, strict=True):
        np.testing.assert_allclose(b.values, a.values, rtol=1e-9, atol=1e-9)
    door = [model.held_names.index(f"shop.door.{c}") for c in ("open", "shut", "gone")]
    for r in got:
        held = r.end.held[door]
        assert (held.sum(0) == 1).all()
        assert set(np.unique(held)) == {0.0, 1.0}
    assert not np.array_equal(got[0].end.held, got[1].end.held)  # the arms differ, so the rules see their inputs
    assert (got[0].end.held[door].mean(1) > 0.01).all()  # every condition is reached


@native
def test_bits_depend_on_nothing_but_the_person():
    model, people, arms, start = street(45)
    options = given_for(model, [28])
    whole = bits(run_native(model, people, arms, start, threads=1, **options))
    assert bits(run_native(model, people, arms, start, threads=3, width=8, **options)) == whole
    some = np.array([3, 17, 40])
    part = run_native(model, people.take(some), arms, start.take(some), **options)
    full = run_native(model, people, arms, start, **options)
    for a, b in zip(part, full, strict=True):
        np.testing.assert_array_equal(a.end.held, b.end.held[:, some])
        np.testing.assert_array_equal(a.end.states, b.end.states[:, some])


def test_rules_that_bring_people_together_stay_outside():
    assert rules_of(compiled(village(3)[0])) is None


@given(st.floats(0, 1e4))
def test_the_chance_that_something_has_happened(x):
    assert float(risen(x)) == pytest.approx(-np.expm1(-x), abs=3e-16, rel=1e-15)
    assert 0.0 <= float(risen(x)) <= 1.0
    assert np.isnan(risen(np.nan))
