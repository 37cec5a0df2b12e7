"""A composed model written as SBML is read back and run by this package and by another simulator, with the same result."""

import numpy as np
import pytest
import sympy

from samenspel import SamenspelError, read_sbml, simulate
from samenspel.composition.compose import compose
from samenspel.declare import Parameter, Port, State, System
from samenspel.declare.maths import exp, tanh, within
from samenspel.declare.model import EventVar, Model, ParameterVar, StateVar
from samenspel.engine.sbml import write_sbml
from samenspel.engine.sbml.export import identifiers
from toys import Bell, Clerk, Pump, Tank, Town

TIMES = np.linspace(0.0, 6.0, 25)
PARAMETERS = {"pump.rate": 1.3, "bell.quick": 6.0, "bell.slow": 0.7}


class Curves(System):
    """All functions an equation may use, in one state."""

    system = "curves"
    x = State(start=0.4)
    z = State(start=1.5)
    rate = Parameter(unit="1/day")
    pull = Port(combine="sum", shifts="x")

    @staticmethod
    def drift(v):
        bent = within(v.z, 0.0, 2.0, 0.2)
        return {"x": v.rate * (tanh(v.z) - v.x**2 / (1 + exp(-v.x)) + v.pull), "z": v.rate * (0.5 - bent / (1 + v.x**1.5))}


def agree(model, parameters, path, compare, **given):
    ids = write_sbml(model, parameters, path, **given)
    names = [*model.state_names, *(n for n, _ in model.assignments)]
    ours = simulate(model, TIMES, engine="reference", parameters=parameters, rtol=1e-10, atol=1e-12, columns=names, **given)
    theirs = compare(path, [ids[n] for n in names])
    scale = np.maximum(np.abs(ours.values).max(1), 1e-6)
    assert (np.abs(theirs - ours.values).max(1) / scale).max() < 1e-6


def read_back(path, ids):
    return simulate(read_sbml(path), TIMES, rtol=1e-10, atol=1e-12, columns=ids).values


def libroadrunner(path, ids):
    roadrunner = pytest.importorskip("roadrunner", reason="libroadrunner is not installed (extra 'bench')")
    runner = roadrunner.RoadRunner(str(path))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-11, 1e-13
    runner.timeCourseSelections = ["time", *ids]
    return np.asarray(runner.simulate(float(TIMES[0]), float(TIMES[-1]), len(TIMES)))[:, 1:].T


@pytest.mark.parametrize("other", [read_back, libroadrunner])
@pytest.mark.parametrize(
    ("systems", "parameters"),
    [([Pump], {"pump.rate": 1.3}), ([Pump, Bell], PARAMETERS), ([Curves], {"curves.rate": 0.8})],
    ids=["pump", "pump and bell", "curves"],
)
def test_other_simulators_agree(systems, parameters, other, tmp_path):
    agree(compose(systems), parameters, tmp_path / "model.xml", other)


@pytest.mark.parametrize("other", [read_back, libroadrunner])
def test_starts_are_written(other, tmp_path):
    agree(compose([Pump, Bell]), PARAMETERS, tmp_path / "model.xml", other, start={"pump.speed": 0.2, "bell.x": 0.9})


def test_what_happens_at_midnight_is_refused_by_name(tmp_path):
    clerk = {"clerk.busy_rate": 1.0, "clerk.free_rate": 1.0, "clerk.chance": 0.5, "clerk.places": 1.0, "clerk.tau": 1.0}
    for system, parameters, name in (
        (Clerk, clerk, "clerk.desk"),
        (Town, {"town.own": 1.0, "town.tau": 1.0, "town.pull": 0.1}, "town.days"),
        (Tank, {"tank.set_level": 1.0, "tank.tau": 1.0, "tank.push": 0.1}, "tank.mean_level"),
    ):
        with pytest.raises(SamenspelError, match=name):
            write_sbml(compose([system]), parameters, tmp_path / "model.xml")
    assert not list(tmp_path.iterdir())


def quiet_tank():
    """The tank without its accumulators: noise and an input are left."""
    x, z, tap = (sympy.Symbol(n, real=True) for n in ("tank.level", "noise.tank.level", "tank.tap"))
    from samenspel.declare.model import InputVar

    return Model("tank", (StateVar("tank.level", start=sympy.Float(2)),), (ParameterVar("tank.push", value=0.5),), inputs=(InputVar("tank.tap", habitual=0.3),),
                 drift={"tank.level": 1 + tap - x + sympy.Symbol("tank.push", real=True) * z}, noise={"tank.level": sympy.Symbol("tank.push", real=True)})  # fmt: skip


@pytest.mark.parametrize("other", [read_back, libroadrunner])
def test_noise_is_off_and_inputs_are_habitual(other, tmp_path):
    """dx/dt = 1.3 - x from 2: x = 1.3 + 0.7 exp(-t)."""
    ids = write_sbml(quiet_tank(), {}, tmp_path / "model.xml")
    assert other(tmp_path / "model.xml", [ids["tank.level"]])[0] == pytest.approx(1.3 + 0.7 * np.exp(-TIMES), rel=1e-6)


@pytest.mark.parametrize("other", [read_back, libroadrunner])
def test_an_event_is_written(other, tmp_path):
    """A saw tooth: x rises by 1 a day and falls to 0 when it passes 1.5."""
    x = sympy.Symbol("saw.x", real=True)
    event = EventVar("fall", sympy.Gt(x, sympy.Float(1.5)), {"saw.x": sympy.Float(0)})
    model = Model("saw", (StateVar("saw.x"),), (), drift={"saw.x": sympy.Integer(1)}, events=(event,))
    ids = write_sbml(model, {}, tmp_path / "model.xml")
    away = np.abs(TIMES % 1.5 - 0.75) < 0.7  # not at the jump itself
    assert other(tmp_path / "model.xml", [ids["saw.x"]])[0][away] == pytest.approx((TIMES % 1.5)[away], abs=1e-6)


def test_a_missing_or_infinite_parameter_is_an_error_and_leaves_no_file(tmp_path):
    for parameters in ({}, {"pump.rate": float("nan")}, {"pump.rate": 1.0, "pump.rat": 1.0}):
        with pytest.raises(SamenspelError, match="pump"):
            write_sbml(compose([Pump]), parameters, tmp_path / "model.xml")
    assert not list(tmp_path.iterdir())


def test_ids_are_legal_and_never_alike():
    ids = identifiers(["a.b", "a_b", "1x", "habit.a.b", "é"])
    assert len(set(ids.values())) == 5
    assert all(i.isascii() and i.isidentifier() for i in ids.values())
