"""Steps of unequal length: what nothing shakes crosses many short steps of the others in one."""

from dataclasses import replace

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from samenspel.declare.model import InputVar, Model, ParameterVar, StateVar
from samenspel.engine import People, Schedule, StepPlan, run
from samenspel.engine.accuracy import Pilot, compare
from samenspel.engine.native.kernel import unavailable
from samenspel.engine.native.run_native import run_native
from samenspel.engine.numpy_engine import run_numpy
from samenspel.engine.run import first_condition
from samenspel.engine.steady import mean_rates, steady_states, usual_plan
from samenspel.quantities.errors import SamenspelError
from village import GIVEN, bits, village

native = pytest.mark.skipif(unavailable() is not None, reason=f"no native engine: {unavailable()}")
S = lambda name: sympy.Symbol(name, real=True)  # noqa: E731


def chain(quick: float = 40.0) -> Model:
    """An input shakes `quick`, which `reader` reads; `calm` reads only `reader`, `swift` is quick and reads only `calm`."""
    drift = {
        "quick": quick * (S("pushed") * (1 + S("reader") / 10) - S("quick")),
        "reader": 0.5 * (sympy.tanh(S("quick")) - S("reader")),
        "calm": 0.3 * (S("reader") ** 2 - S("calm")) + 0.05 * sympy.tanh(S("swift")),
        "swift": 30.0 * (S("amount") * sympy.tanh(S("calm")) - S("swift")),
    }
    states = tuple(StateVar(n, start=sympy.Float(0.1)) for n in drift)
    return Model("chain", states=states, drift=drift, inputs=(InputVar("pushed"),), parameters=(ParameterVar("amount", value=1.0),))


def crowd(n: int) -> People:
    ids = np.arange(n, dtype=np.int64)
    return People(ids, ids * 0, {"amount": 0.5 + (ids % 7) / 7})


def pushes(days: int, seed: int = 4) -> Schedule:
    return Schedule(days, edges=(0.0, 0.25, 0.4), inputs={"pushed": np.random.default_rng(seed).uniform(0, 2, (days, 3)).round()})


@given(
    st.floats(0.01, 1.0), st.sampled_from([1 / 64, 0.1, 0.25, 1 / 3, 0.5]), st.integers(0, 6), st.integers(1, 8), st.booleans(),
    st.sampled_from([0.0, 0.2, 0.5]),
)  # fmt: skip
def test_groups_hold_all_steps_in_order_and_a_steady_state_keeps_its_length(length, longest, depth, refine, jumped, stride):
    plan = StepPlan(longest, depth, refine, steady=("x",), stride=stride)
    groups = plan.strides(length, jumped)
    assert tuple(h for group in groups for h in group) == plan.steps(length, jumped)
    assert all(groups)
    assert sum(map(sum, groups)) == pytest.approx(length)
    most = max(plan.longest, stride) / refine
    assert max(map(sum, groups)) <= most + max(plan.steps(length, jumped)) + 1e-9
    assert replace(plan, steady=()).strides(length, jumped) == tuple((h,) for h in plan.steps(length, jumped))


def test_who_is_steady():
    """Shaken: reads what jumps, and follows. Neither quickness alone nor reading a slow state that was shaken asks for short steps."""
    model, people = chain(), crowd(3)
    assert steady_states(model, people, 0.25) == ("calm", "swift")
    assert steady_states(chain(quick=1.0), people, 0.25) == ("quick", "reader", "calm", "swift")
    assert steady_states(chain(), people, 1e-3) == model.state_names
    assert steady_states(model, people, 0.25, 1 / 64) == ()  # swift counts now: calm reads it, reader reads quick
    rates = mean_rates(model, people)
    assert rates["quick"] == pytest.approx(-40)
    assert rates["swift"] == pytest.approx(-30)


@native
@pytest.mark.parametrize(("precision", "tolerance"), [("double", 1e-10), ("single", 2e-6)])
def test_all_toys_together_agree_with_the_array_engine(precision, tolerance):
    """Accumulators, hazards and noise included; some steady states read others and are read by them."""
    model, people, arms, still = village(37)
    steady = [s for s in model.state_names if s != "tank.level"]
    given_ = {**GIVEN, "plan": StepPlan(longest=0.25, steady=steady, stride=0.5)}
    expected = run_numpy(model, people, arms, still, **given_)
    got = run_native(model, people, arms, still, precision=precision, **given_)
    other = run_numpy(model, people, arms, still, **GIVEN)
    for a, b, c in zip(expected, got, other, strict=True):
        np.testing.assert_allclose(b.values, a.values, atol=tolerance, rtol=tolerance)
        np.testing.assert_allclose(b.end.states, a.end.states, atol=tolerance, rtol=tolerance)
        np.testing.assert_allclose(b.end.held, a.end.held, atol=tolerance, rtol=tolerance)
        assert 0 < np.abs(a.end.states - c.end.states).max() < 0.02  # another scheme, the same solution


@native
def test_bits_depend_on_nothing_but_the_person():
    model, people, arms, still = village(45)
    given_ = {**GIVEN, "plan": StepPlan(steady=("bell.x", "pump.speed"))}
    whole = bits(run_native(model, people, arms, still, width=16, threads=1, **given_))
    assert bits(run_native(model, people, arms, still, width=8, threads=2, **given_)) == whole
    assert bits(run_native(model, people, arms, still, width=4, threads=1, isa="avx2", **given_)) == whole
    assert bits(run_native(model, people, arms, still, width=16, threads=1, **GIVEN)) != whole


@pytest.mark.parametrize("engine", ["numpy", pytest.param("native", marks=native)])
def test_halving_gains_a_factor_four(engine):
    model, people, arm = chain(), crowd(5), pushes(6)
    start = first_condition(model, people, {})
    plan = StepPlan(0.25, 4, steady=steady_states(model, people, 0.25))
    options = dict(start=start, save=list(model.state_names), engine=engine, precision="double")
    exact = run(model, people, [arm], **{**options, "engine": "reference"})[0].values
    errors = [np.abs(run(model, people, [arm], plan=replace(plan, refine=k), **options)[0].values - exact).max() for k in (4, 8, 16)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert (abs(orders - 2) < 0.4).all(), (errors, orders)


def test_the_short_steps_are_where_they_matter():
    """On this chain the steady plan is as exact as the full one; without any short steps the error is many times larger."""
    model, people, arm = chain(), crowd(5), pushes(8)
    start = first_condition(model, people, {})
    options = dict(start=start, save=list(model.state_names))
    exact = run(model, people, [arm], engine="reference", **options)
    error = lambda plan: compare(run(model, people, [arm], engine="numpy", plan=plan, **options), exact, model.state_names).error  # noqa: E731
    full, spared, coarse = (error(p) for p in (StepPlan(0.25, 5), StepPlan(0.25, 5, steady=("calm", "swift")), StepPlan(0.25, 0)))
    assert spared < 1.5 * full
    assert coarse > 3 * full


def test_a_pilot_spares_the_steady_states_only_where_that_keeps_the_accuracy():
    model, people, arm = chain(), crowd(6), pushes(8)
    p = Pilot(model, people, [arm], first_condition(model, people, {}), seed=1, days=8)
    plan, found = p.coarsest(1.2e-2)
    assert plan.depth
    assert plan.steady == ("calm", "swift")
    assert found.error <= 6e-3
    exact = run(model, people, [arm], start=p.start, engine="reference", save=list(model.state_names))
    assert compare(p.run(plan), exact, model.state_names).error <= 1.2e-2
    assert p.cost(plan) < p.cost(replace(plan, steady=()))


@pytest.mark.parametrize("engine", ["numpy", pytest.param("native", marks=native)])
def test_states_declared_fast_take_short_steps_of_their_own(engine):
    """Two states that act on each other at 60 per day, behind a slow one: the usual plan is far better than the others' steps
    alone, the pilot's keeps to the accuracy asked."""
    wave = {
        "turn": 0.8 * (S("pushed") - S("turn")), "quick": 60.0 * (S("turn") - S("quick") - 0.9 * S("swing")),
        "swing": 60.0 * (S("quick") - S("swing")),
        "reader": 0.5 * (sympy.tanh(S("quick")) * S("pushed") - S("reader")), "late": 0.4 * (S("turn") - S("late")),
    }  # fmt: skip
    states = tuple(StateVar(n, start=sympy.Float(1.0), fast=n in ("quick", "swing")) for n in wave)
    model = Model("wave", states=states, drift=wave, inputs=(InputVar("pushed"),), parameters=(ParameterVar("amount", value=1.0),))
    arm = pushes(5)
    people, options = crowd(4), dict(save=list(wave), engine=engine)
    start = first_condition(model, people, {})
    exact = run(model, people, [arm], start=start, engine="reference", save=list(wave))
    plan = usual_plan(model, people, 1e-3)
    assert plan.steady == ("turn", "late")
    assert plan.stride > 4 * plan.longest
    error = lambda p: compare(run(model, people, [arm], start=start, plan=p, **options), exact, tuple(wave)).error  # noqa: E731
    assert error(StepPlan(plan.stride, 4)) > 3 * error(plan)
    chosen, found = Pilot(model, people, [arm], start, seed=1, days=5, engine=engine).coarsest(1e-3)
    assert chosen.steady == plan.steady
    assert max(found.error, error(chosen)) <= 1e-3


def test_a_steady_state_that_the_model_does_not_have_is_named():
    model, people, arms, still = village(9)
    with pytest.raises(SamenspelError, match=r"bell\.z.*Nearest: .*bell\.[xy]"):
        run(model, people, arms, start=still, save=["bell.x"], plan=StepPlan(steady=("bell.z",)))
