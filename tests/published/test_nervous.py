"""Central gain: the stand-in loop, its slow reduction as a latch, and how the three rivals differ. All ours.

Reference values of the loop (lower rest 0.100; upper rest and saddle at five strengths of inhibition) come from an independent
run of the same equations before this system was written. The folds of the latch are located twice: by the engine, which is
pushed slowly up and down, and by arclength continuation of the traced equation with SciPy.
"""

import numpy as np
import pytest
import sympy
from scipy.optimize import fsolve

from samenspel.composition import default_parameters, stand_alone
from samenspel.declare import trace
from samenspel.engine import simulate
from samenspel.systems.nervous import Nervous, NervousDriven, NervousFull, NervousLatch

# strength of inhibition, thalamus at the upper rest, at the saddle where it is printed
UPPER = [(0.7, 0.677, 0.52), (0.5, 0.753, None), (0.3, 0.842, None), (0.0, 1.028, None)]
LOOP = {"nervous.firing_per_gain": 0.5, "nervous.loop_inhibition": 0.7}


def numbers(system, **own):
    p = default_parameters(None, system) | (LOOP if system in (NervousFull, NervousLatch) else {})
    return p | {f"nervous.{k}": v for k, v in own.items()}


def rest(system, start, up=0.0, **own):
    """Where the engine comes to rest from a gain `start`, with a lasting push `up` on the gain.

    The gain gets a time constant of a quarter of a day: resting points do not depend on it, and 32 to 240 of them pass quickly.
    """
    model = stand_alone(system, open_ports=True)
    p = numbers(system, gain_up=up, inhibition_up=0.0, entrenchment_up=0.0, drive=0.0, pain_now=0.0, **own)
    p |= {"nervous.gain_daily": 0.0, "nervous.inhibition_daily": 0.0, "nervous.gain_time": 0.25}
    begin = {"nervous.central_gain": start}
    if system is NervousFull:
        begin |= {"nervous.thalamus": 0.1 + 0.5 * (start - 1), "nervous.cortex": 0.9 if start > 1.5 else 0.0}
    days = {NervousFull: 8.0, NervousLatch: 60.0}.get(system, 12.0)
    out = simulate(model, [0.0, days], parameters=p, start=begin, engine="reference" if system is NervousFull else "numpy")
    return {name: out.column(name)[-1] for name in out.names}


@pytest.mark.parametrize(("strength", "upper", "_saddle"), UPPER)
def test_weak_inhibition_gives_the_loop_a_second_resting_point(strength, upper, _saddle):
    own = {"loop_inhibition": strength}
    high = rest(NervousFull, 2.9, **own)
    low = rest(NervousFull, 1.0, **own)
    assert low["nervous.thalamus"] == pytest.approx(0.100, abs=5e-4)
    assert high["nervous.thalamus"] == pytest.approx(upper, abs=1e-3)


@pytest.mark.parametrize("strength", [1.0, 1.5, 3.0])
def test_strong_inhibition_leaves_the_loop_one_resting_point(strength):
    for start in (1.0, 2.0, 2.9):
        at = rest(NervousFull, start, loop_inhibition=strength)
        assert at["nervous.thalamus"] == pytest.approx(0.100, abs=5e-4)


@pytest.mark.parametrize(("strength", "upper", "saddle"), UPPER)
def test_the_slow_reduction_rests_where_the_loop_rests(strength, upper, saddle):
    high = rest(NervousLatch, 2.9, loop_inhibition=strength)["nervous.central_gain"]
    assert 0.1 + 0.5 * (high - 1) == pytest.approx(upper, abs=1e-3)
    assert rest(NervousLatch, 1.0, loop_inhibition=strength)["nervous.central_gain"] == pytest.approx(1.0, abs=1e-3)
    if saddle is not None:
        at = 1 + (saddle - 0.1) / 0.5
        assert rest(NervousLatch, at - 0.02, loop_inhibition=strength)["nervous.central_gain"] < 1.01
        assert rest(NervousLatch, at + 0.02, loop_inhibition=strength)["nervous.central_gain"] > 2.0


def test_losing_descending_inhibition_turns_one_resting_point_into_two():
    """The same person, with strong and with weak descending inhibition; the loop itself is unchanged."""
    usual = rest(NervousLatch, 2.9, loop_inhibition=1.0)["nervous.central_gain"]
    weak = rest(NervousLatch, 2.9, loop_inhibition=1.0, inhibition_set=0.6)["nervous.central_gain"]
    assert usual < 1.01
    assert weak > 2.0
    assert rest(NervousLatch, 1.0, loop_inhibition=1.0, inhibition_set=0.6)["nervous.central_gain"] < 1.01


def traced_latch():
    """f(g, push) of the latch from its traced equation, with every other name at its number, and df/dg."""
    drift = trace(NervousLatch).drift["nervous.central_gain"]
    g, push = (sympy.Symbol(f"nervous.{n}", real=True) for n in ("central_gain", "gain_up"))
    p = numbers(NervousLatch)
    fixed = {sympy.Symbol(k, real=True): v for k, v in p.items()} | {sympy.Symbol("nervous.inhibition", real=True): 1.0}
    f = drift.subs(fixed) * p["nervous.gain_time"]
    assert f.free_symbols == {g, push}
    return (sympy.lambdify([g, push], e, "numpy") for e in (f, f.diff(g), f.diff(push)))


def folds():
    """Both folds by pseudo-arclength continuation from the lower rest, each polished as a root of f = 0 and df/dg = 0."""
    f, f_g, f_p = traced_latch()
    x, step = np.array([1.0, 0.0]), 0.01
    tangent, found, before = np.array([1.0, 1.0]), [], None
    for _ in range(600):
        normal = np.array([-f_p(*x), f_g(*x)])
        normal *= np.sign(normal @ tangent) / np.linalg.norm(normal)
        guess = x + step * normal
        x = fsolve(lambda y, guess=guess, normal=normal: [f(*y), normal @ (y - guess)], guess, xtol=1e-10)
        tangent = normal
        slope = f_g(*x)
        if before is not None and slope * before < 0:
            found.append(fsolve(lambda y: [f(*y), f_g(*y)], x, xtol=1e-13))
        before = slope
        if x[0] > 2.6:
            break
    return found


def test_both_folds_lie_where_continuation_finds_them():
    """Just below the upper fold the lower rest still holds, just above it is gone; likewise for the upper rest."""
    (g_up, up), (g_down, down) = folds()
    assert g_up < g_down
    assert down < 0 < up, "the average person has two resting points at this strength"
    near = 0.004
    assert rest(NervousLatch, 1.0, up - near)["nervous.central_gain"] < g_up
    assert rest(NervousLatch, 1.0, up + near)["nervous.central_gain"] > g_down
    assert rest(NervousLatch, 2.4, down + near)["nervous.central_gain"] > g_down
    assert rest(NervousLatch, 2.4, down - near)["nervous.central_gain"] < g_up


def test_the_way_up_and_the_way_down_differ():
    """Hysteresis: between the folds the gain depends on where it came from; outside it does not."""
    (_, up), (_, down) = folds()
    inside, above, below = (up + down) / 2, up + 0.1, down - 0.1
    state, ascending, descending = 1.0, {}, {}
    for push in (below, inside, above):
        state = ascending[push] = rest(NervousLatch, state, push)["nervous.central_gain"]
    for push in (inside, below):
        state = descending[push] = rest(NervousLatch, state, push)["nervous.central_gain"]
    assert descending[inside] - ascending[inside] > 0.8
    assert descending[below] == pytest.approx(ascending[below], abs=1e-3)


@pytest.mark.parametrize("system", [Nervous, NervousDriven])
def test_dial_and_drive_forget_where_they_came_from(system):
    for push in (-0.3, 0.0, 0.5, 1.0):
        low, high = (rest(system, start, push)["nervous.central_gain"] for start in (0.2, 2.9))
        assert low == pytest.approx(high, abs=1e-6)


def test_only_the_driven_gain_falls_when_drive_stops():
    """Lasting peripheral drive of 3 points: the gain follows in one rival and stays put in the other; pain rises in both."""
    for system, follows in ((Nervous, False), (NervousDriven, True)):
        model = stand_alone(system, open_ports=True)
        quiet = numbers(system, gain_up=0.0, inhibition_up=0.0, entrenchment_up=0.0, drive=0.0, pain_now=0.0)
        quiet |= {"nervous.gain_daily": 0.0, "nervous.inhibition_daily": 0.0}
        loud = quiet | {"nervous.drive": 3.0}
        with_drive = simulate(model, [0.0, 120.0], parameters=loud)
        after = simulate(model, [0.0, 140.0], parameters=quiet, start={s: with_drive.column(s)[-1] for s in model.state_names})
        assert with_drive.column("nervous.pain")[-1] > with_drive.column("nervous.pain_level")[-1] + 2.5
        assert (with_drive.column("nervous.central_gain")[-1] > 1.2) == follows
        assert after.column("nervous.central_gain")[-1] == pytest.approx(1.0, abs=1e-3)


def test_central_gain_amplifies_peripheral_drive():
    model = stand_alone(Nervous, open_ports=True)
    p = numbers(Nervous, gain_up=0.0, inhibition_up=0.0, entrenchment_up=0.0, drive=1.0, pain_now=0.0, pain_base=3.0)
    extra = []
    for gain in (0.8, 1.6):
        at = simulate(model, [0.0], parameters=p, start={"nervous.central_gain": gain})
        extra.append(at.column("nervous.pain")[0] - at.column("nervous.pain_level")[0])
    assert extra[1] / extra[0] == pytest.approx(1.6 / 0.8, rel=0.01)
