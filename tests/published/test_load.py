"""Boom and bust: no equations of it are published, so the behaviour is tested, and the behaviour is ours."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from samenspel.composition import default_parameters, stand_alone
from samenspel.engine import simulate
from samenspel.systems.load import Load

STILL = {"load.strain_daily": 0.0}


def numbers(**own):
    return default_parameters(None, Load) | STILL | {f"load.{k}": v for k, v in own.items()}


def after_a_heavy_day(pacing, days=60, **own):
    """Deviations from rest after strain and fatigue of one heavy day."""
    model = stand_alone(Load)
    p = numbers(pacing=pacing, **own)
    rest = simulate(model, [0.0, 200.0], engine="reference", parameters=p)
    at = {n: rest.column(n)[-1] for n in model.state_names}
    out = simulate(model, np.arange(0.0, days, 0.5), engine="reference", parameters=p, start=at | {"load.strain": at["load.strain"] + 1.0})
    return {n.removeprefix("load."): out.column(n) - at[n] for n in model.state_names}


def test_pay_back_comes_later_than_the_load():
    """Strain is highest at once, the reserve is lowest and fatigue highest days later."""
    after = after_a_heavy_day(1.0)
    assert np.argmax(after["strain"]) == 0
    assert np.argmax(after["fatigue"]) * 0.5 >= 1.0
    assert np.argmin(after["reserve"]) * 0.5 >= 1.5
    assert after["fatigue"].max() > 0.2


def test_going_by_feel_rebounds_and_going_by_plan_does_not():
    """By feel: rest after a heavy day (less strain than usual), then a good spell with more. By plan: a plain return."""
    by_feel, by_plan = after_a_heavy_day(0.0), after_a_heavy_day(1.0)
    assert by_feel["strain"].min() < -0.1, "nearly half an SD below the usual"
    bust = int(np.argmin(by_feel["strain"]))
    assert by_feel["strain"][bust:].max() > 0.025, "a boom of a tenth of an SD follows the bust"
    assert by_plan["strain"].min() > -1e-6
    assert by_plan["fatigue"].min() > -1e-6


def test_less_pacing_means_a_deeper_bust():
    busts = [-after_a_heavy_day(pacing)["strain"].min() for pacing in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(a > b for a, b in pairwise(busts))


def test_lasting_strain_empties_the_reserve_and_tires():
    rest, heavy = (
        simulate(stand_alone(Load), [0.0, 200.0], engine="reference", parameters=numbers(strain_set=s)) for s in (1.0, 1.6)
    )
    assert heavy.column("load.reserve")[-1] < rest.column("load.reserve")[-1] - 0.1
    assert heavy.column("load.fatigue")[-1] > rest.column("load.fatigue")[-1] + 0.5
    assert heavy.column("load.exertion")[-1] > rest.column("load.exertion")[-1] * 1.2


@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])
@given(st.floats(0, 1), st.floats(0.05, 3.5), st.floats(0.1, 1.9), st.floats(0.2, 9.8), st.floats(0.2, 9.8))
def test_swings_die_out_whatever_the_pacing(pacing, strain, reserve, fatigue, accustomed):
    """Even wholly by feel the swings of one person fade, and all pacing rests at the same point: no cycle sustains itself."""
    start = {"load.strain": strain, "load.reserve": reserve, "load.fatigue": fatigue, "load.accustomed": accustomed}
    out = simulate(stand_alone(Load), [0.0, 400.0], engine="reference", parameters=numbers(pacing=pacing), start=start, rtol=1e-5)
    rest = simulate(stand_alone(Load), [0.0], engine="reference", parameters=numbers())
    for name in start:
        assert out.column(name)[-1] == pytest.approx(rest.column(name)[-1], abs=0.03)


def test_an_absurd_load_stays_inside_the_natural_range():
    """Twenty times the usual strain: states level off at their bounds."""
    start = {"load.strain": 3.9, "load.reserve": 0.1, "load.fatigue": 9.9, "load.accustomed": 9.9}
    out = simulate(stand_alone(Load), np.arange(0.0, 100.0, 5.0), engine="reference", parameters=numbers(strain_set=20.0), start=start)
    assert (out.column("load.strain") <= 4.0 + 1e-6).all()
    assert (out.column("load.reserve") >= -1e-6).all()
    assert (out.column("load.fatigue") <= 10.0 + 1e-6).all()
