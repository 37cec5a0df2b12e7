"""The lattice engine against answers known by hand, and against adaptive integration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from samenspel.composition import compose
from samenspel.engine import People, Schedule, StepPlan, habits, run, settle, simulate
from samenspel.evidence.schema_model import Coupling
from toys import Bell, Clerk, Tank, Town


def crowd(n: int, **numbers) -> People:
    ids = np.arange(n, dtype=np.int64)
    return People(ids, ids % 7, numbers)


TANK = {"tank.set_level": 1.0, "tank.tau": 3.0, "tank.push": 0.0}
CLERK = {"clerk.busy_rate": 0.2, "clerk.free_rate": 0.5, "clerk.chance": 0.3, "clerk.places": 700.0, "clerk.tau": 1.0}


def test_a_linear_tank_follows_its_exponential():
    """x(t) = 1 + 2 (1 - exp(-t/3)) after a step of the tap, to rounding."""
    model = compose([Tank])
    steps = Schedule(10, inputs={"tank.tap": np.full((10, 1), 2.0)})
    r = run(
        model,
        crowd(1, **TANK),
        [steps],
        save=["tank.level", "tank.mean_level"],
        engine="numpy",
        plan=StepPlan(longest=1 / 16, depth=0),
        precision="double",
    )[0]
    t = np.arange(1, 11)
    np.testing.assert_allclose(r.of("tank.level")[:, 0], 1 + 2 * (1 - np.exp(-t / 3)), rtol=1e-10)
    mean = 3 - 2 * 3 * (np.exp(-(t - 1) / 3) - np.exp(-t / 3))
    np.testing.assert_allclose(r.of("tank.mean_level")[:, 0], mean, rtol=2e-4)


def test_day_constant_noise_has_the_variance_of_its_autoregression():
    """x_{k+1} = a x_k + s τ(1-a) z: variance (sτ(1-a))²/(1-a²). n = 4000, tolerance 4 standard errors of a variance."""
    model = compose([Tank])
    n, tau, push = 4000, 3.0, 0.4
    r = run(
        model,
        crowd(n, **{**TANK, "tank.push": push}),
        [Schedule(40)],
        save=["tank.level"],
        save_days=[39],
        engine="numpy",
        seed=11,
    )[0]
    a = np.exp(-1 / tau)
    expected = (push * tau * (1 - a)) ** 2 / (1 - a**2)
    assert abs(r.of("tank.level")[0].var() / expected - 1) < 4 * np.sqrt(2 / n)


def test_a_delay_chain_is_an_erlang_delay():
    """The far end of k states after a step follows the gamma distribution function."""
    link = Coupling.model_validate(
        {"id": "late", "from": "tank.level", "to": "bell.pull", "sign": "raises", "delay": {"mean": 5.0, "shape": 3}}
    )
    model = compose([Tank, Bell], [link])
    p = crowd(1, **{**TANK, "tank.tau": 1e-2, "bell.quick": 1.0, "bell.slow": 0.1, "gain.late": 0.0, "base.late": 1.0})
    steps = Schedule(20, inputs={"tank.tap": np.full((20, 1), 1.0)})
    far = model.state_names[-1]
    r = run(model, p, [steps], save=[far], engine="numpy", plan=StepPlan(longest=1 / 16, depth=6))[0]
    t = np.arange(1, 21)
    np.testing.assert_allclose(r.of(far)[:, 0], gamma.cdf(t - 0.01, 3, scale=5 / 3), atol=3e-3)


def test_two_conditions_reach_their_balance():
    """Daily leaving probabilities p = 1 - exp(-rate): occupancy busy = p1/(p1 + p2). n = 6000, 4.5 standard errors."""
    model = compose([Clerk])
    n = 6000
    r = run(
        model,
        crowd(n, **CLERK),
        [Schedule(60)],
        save=["clerk.desk.busy", "clerk.desk.free", "clerk.calls"],
        save_days=[59],
        engine="numpy",
        seed=5,
    )[0]
    p1, p2 = 1 - np.exp(-0.2), 1 - np.exp(-0.5)
    share = p1 / (p1 + p2)
    assert abs(r.of("clerk.desk.busy").mean() - share) < 4.5 * np.sqrt(share * (1 - share) / n)
    np.testing.assert_array_equal(r.of("clerk.desk.busy") + r.of("clerk.desk.free"), 1)
    assert abs(r.of("clerk.calls").mean() - 0.3) < 4.5 * np.sqrt(0.21 / n)


def test_a_pool_serves_its_capacity_and_the_longest_waiting_first():
    model = compose([Clerk])
    n = 1000
    ids = np.arange(n, dtype=np.int64)
    p = People(ids, ids * 0, {**CLERK, "clerk.chance": 1.0})  # everybody asks, every day
    r = run(model, p, [Schedule(30)], save=["clerk.counter", "clerk.counter_waiting"], engine="numpy")[0]
    served = r.of("clerk.counter").sum(1)
    np.testing.assert_array_equal(served[2:], 100)  # 700 a week for 1,000 people
    assert r.of("clerk.counter_waiting").max() <= 10  # ten days are enough for all


def test_society_moves_with_the_mean_of_its_people():
    """stock_{k+1} = stock_k + pull (mean - stock_k): geometric approach; a daily map counts midnights."""
    model = compose([Town])
    ids = np.arange(50, dtype=np.int64)
    own = np.linspace(0, 2, 50)
    from samenspel.engine.run import first_condition

    p = People(ids, ids * 0, {"town.own": own, "town.tau": 5.0, "town.pull": 0.25})
    r = run(
        model, p, [Schedule(12)], start=first_condition(model, p, {}), save=["town.stock", "town.days"], engine="numpy"
    )[0]
    k = np.arange(12)
    np.testing.assert_allclose(r.of("town.stock")[:, 0], 1 - 0.75**k, atol=1e-9)
    np.testing.assert_array_equal(r.of("town.days")[:, 3], k)


def test_halving_the_steps_quarters_the_error():
    """Measured order of the exponential scheme on a non-linear model: 2, within 0.25."""
    model = compose([Bell])
    given_ = {"bell.quick": 2.0, "bell.slow": 0.5}
    exact = simulate(
        model,
        [0.0, 4.0],
        parameters=given_,
        start={"bell.x": 0.05, "bell.y": 2.0},
        engine="reference",
        rtol=1e-11,
        atol=1e-13,
    )
    from samenspel.engine.run import first_condition

    errors = []
    for longest in (1 / 4, 1 / 8, 1 / 16):
        p = crowd(1, **given_)
        end = run(
            model,
            p,
            [Schedule(4)],
            start=first_condition(model, p, {"bell.x": 0.05, "bell.y": 2.0}),
            save=["bell.x"],
            engine="numpy",
            plan=StepPlan(longest=longest, depth=0),
        )[0].end
        errors.append(abs(end.states[0, 0] - exact.column("bell.x")[-1]))
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert np.all(np.abs(orders - 2) < 0.25), orders


@settings(max_examples=12)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 3.0), st.floats(0.05, 1.0), st.floats(-0.5, 0.5))
def test_lattice_and_adaptive_engine_agree(seed, fast, slow, gain):
    """Every person, every day, every arm: within 1e-3, and the same discrete history."""
    link = Coupling.model_validate({"id": "pulls", "from": "tank.double", "to": "bell.pull", "sign": "raises"})
    model = compose([Tank, Bell, Clerk], [link])
    p = crowd(
        3,
        **{
            **TANK,
            **CLERK,
            "tank.push": 0.2,
            "bell.quick": fast,
            "bell.slow": slow,
            "gain.pulls": gain,
            "base.pulls": 2.0,
        },
    )
    still = settle(model, p)
    p = People(p.person, p.world, {**p.parameters, **habits(model, p, still)})
    arms = [Schedule(5), Schedule(5, edges=(0.0, 0.5, 0.6), inputs={"tank.tap": np.tile([0.0, 3.0, 0.0], (5, 1))})]
    save = ["tank.level", "tank.highest", "bell.x", "clerk.desk.busy"]
    a = run(model, p, arms, start=still, save=save, engine="numpy", seed=seed)
    b = run(model, p, arms, start=still, save=save, engine="reference", seed=seed)
    for x, y in zip(a, b, strict=True):
        np.testing.assert_allclose(x.values[:3], y.values[:3], atol=2e-3)
        np.testing.assert_array_equal(x.values[3], y.values[3])


def test_same_person_same_luck():
    """Nobody's course depends on who else is there, in which order, or on the other arms."""
    model = compose([Tank, Clerk])
    numbers = {**TANK, **CLERK, "tank.push": 0.3, "clerk.places": 0.0}
    everyone = crowd(40, **numbers)
    save = ["tank.level", "clerk.desk.busy", "clerk.calls"]
    whole = run(model, everyone, [Schedule(8)], save=save, engine="numpy", seed=3)[0]
    some = np.array([31, 4, 17])
    fewer = run(model, everyone.take(some), [Schedule(8), Schedule(8)], save=save, engine="numpy", seed=3)
    for arm in fewer:
        np.testing.assert_array_equal(arm.values, whole.values[:, :, some])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_blocks_and_threads_do_not_change_a_bit(threads, monkeypatch):
    from samenspel.engine import numpy_engine

    model = compose([Tank, Bell])
    p = crowd(50, **{**TANK, "tank.push": 0.3, "bell.quick": 1.0, "bell.slow": 0.3})
    whole = run(model, p, [Schedule(6)], save=["bell.x", "tank.level"], engine="numpy")[0]
    monkeypatch.setattr(numpy_engine, "BLOCK", 7)
    parts = run(model, p, [Schedule(6)], save=["bell.x", "tank.level"], engine="numpy", threads=threads)[0]
    np.testing.assert_array_equal(whole.values, parts.values)
