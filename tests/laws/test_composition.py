"""Laws of composing: order does not matter, zero is neutral, faults are loud."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition import compose
from samenspel.engine import People, Schedule, run, settle
from samenspel.evidence.schema_model import Coupling
from samenspel.quantities.errors import SamenspelError
from toys import Bell, Clerk, Pump, Tank


def coupling(**fields) -> Coupling:
    return Coupling.model_validate({"sign": "raises", **fields})


LINKS = [
    coupling(id="tank-speeds-pump", **{"from": "tank.level"}, to="pump.boost", form={"kind": "saturating", "s": 1.0}),
    coupling(id="pump-fills-tank", **{"from": "pump.speed"}, to="tank.inflow", delay={"mean": 2.0, "shape": 2}),
    coupling(id="bell-fills-tank", **{"from": "bell.y"}, to="tank.inflow", level="within"),
    coupling(
        id="tank-pulls-bell", **{"from": "tank.double"}, to="bell.pull", form={"kind": "threshold", "c": 1.0, "w": 0.5}
    ),
]
NUMBERS = {
    "tank.set_level": 1.0,
    "tank.tau": 2.0,
    "tank.push": 0.1,
    "pump.rate": 0.5,
    "bell.quick": 1.0,
    "bell.slow": 0.2,
    "base.tank_speeds_pump": 0.0,
    "center.tank_speeds_pump": 1.0,
    "base.pump_fills_tank": 1.0,
    "base.bell_fills_tank": 0.0,
    "center.bell_fills_tank": 0.0,
    "base.tank_pulls_bell": 0.88,
}


def numbers(gain: float) -> dict[str, float]:
    return {**NUMBERS, **{f"gain.{c.id.replace('-', '_')}": gain for c in LINKS}}


def people(model, gain: float, n: int = 3) -> People:
    ids = np.arange(n, dtype=np.int64)
    return People(ids, ids * 0, numbers(gain))


@given(st.permutations([Tank, Pump, Bell]), st.permutations(LINKS))
def test_order_of_systems_and_couplings_does_not_matter(systems, links):
    """Same equations, same key, whatever the order of listing."""
    assert compose(systems, links).key == compose([Tank, Pump, Bell], LINKS).key


def test_zero_gain_is_neutral_under_every_rule():
    """With γ = 0 each state rests where it rests alone."""
    joined = compose([Tank, Pump, Bell], LINKS)
    together = settle(joined, people(joined, 0.0))
    for system in (Tank, Pump, Bell):
        alone = compose([system])
        own = {k: v for k, v in NUMBERS.items() if k in alone.parameter_names}
        ids = np.zeros(1, dtype=np.int64)
        still = settle(alone, People(ids, ids, own))
        for i, name in enumerate(alone.state_names):
            assert together.states[joined.state_names.index(name), 0] == pytest.approx(still.states[i, 0], abs=1e-7)


def test_a_coupling_at_its_base_moves_nobody():
    """f = 0 at the reference person, so a gain of any size leaves him where he was."""
    alone = compose([Tank, Pump])
    link = LINKS[1]
    joined = compose([Tank, Pump], [link])
    ids = np.zeros(1, dtype=np.int64)
    for gain in (-2.0, 0.5, 3.0):
        given_ = {k: v for k, v in NUMBERS.items() if k in joined.parameter_names}
        here = settle(joined, People(ids, ids, {**given_, "gain.pump_fills_tank": gain}))
        assert here.states[joined.state_names.index("tank.level"), 0] == pytest.approx(1.0, abs=1e-7)
    assert set(alone.state_names) < set(joined.state_names)  # the delay adds hidden states


def test_splitting_a_coupling_into_parallel_ones_adds_up():
    """Two links of half the gain do what one does."""
    one = LINKS[3]
    halves = [one.model_copy(update={"id": f"half-{k}"}) for k in (1, 2)]
    whole, split = compose([Tank, Bell], [one]), compose([Tank, Bell], halves)
    ids = np.zeros(1, dtype=np.int64)
    shared = {k: v for k, v in NUMBERS.items() if k.split(".")[0] in ("tank", "bell")}
    a = settle(whole, People(ids, ids, {**shared, "gain.tank_pulls_bell": 0.6, "base.tank_pulls_bell": 0.5}))
    b = settle(
        split,
        People(
            ids, ids, {**shared, **{f"gain.half_{k}": 0.3 for k in (1, 2)}, **{f"base.half_{k}": 0.5 for k in (1, 2)}}
        ),
    )
    np.testing.assert_allclose(a.states, b.states, atol=1e-8)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"from": "tank.levle", "to": "pump.boost"}, "tank.level"),
        ({"from": "tank.level", "to": "pump.bost"}, "pump.boost"),
        ({"from": "tank.tap", "to": "pump.boost"}, "is an input"),
        ({"from": "tank.level", "to": "pump.boost", "input": True}, "is not an input"),
    ],
)
def test_dangling_ends_are_named_with_the_nearest(fields, said):
    with pytest.raises(SamenspelError, match=said.replace(".", r"\.")):
        compose([Tank, Pump], [coupling(id="broken", **fields)])


def test_the_same_id_twice_is_refused():
    with pytest.raises(SamenspelError, match="defined twice"):
        compose([Tank, Pump], [LINKS[0], LINKS[0]])


def test_a_readout_that_sees_a_port_is_no_source():
    from samenspel.declare import Port, Readout, State, System

    class Echo(System):
        system = "echo"
        x = State(start=0.0)
        hears = Port(combine="sum", shifts="x")
        says = Readout()

        @staticmethod
        def readouts(v):
            return {"says": v.x + v.hears}

        @staticmethod
        def drift(v):
            return {"x": -v.x}

    with pytest.raises(SamenspelError, match="algebraic loop"):
        compose([Echo, Tank], [coupling(id="loop", **{"from": "echo.says"}, to="tank.inflow")])


def test_hazard_ports_multiply_a_rate_and_rest_at_one():
    model = compose([Clerk])
    assert dict(model.assignments)["clerk.worry"] == 1


def test_no_drift_without_input_at_rest():
    """Who rests, and meets no noise, stays."""
    model = compose([Tank, Pump, Bell], LINKS)
    p = People(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), {**numbers(0.2), "tank.push": 0.0})
    still = settle(model, p)
    from samenspel.engine import habits

    p = People(p.person, p.world, {**p.parameters, **habits(model, p, still)})
    end = run(model, p, [Schedule(60)], start=still, save=["tank.level"], engine="numpy")[0].end
    np.testing.assert_allclose(end.states, still.states, atol=1e-8)


def test_every_pair_of_couplings_can_be_left_out():
    """Composition never needs a coupling to be there."""
    for left_out in itertools.combinations(LINKS, 2):
        compose([Tank, Pump, Bell], [c for c in LINKS if c not in left_out])
