"""Laws that every declared system keeps, with the numbers of the shipped atlas."""

import numpy as np
import pytest

from samenspel.composition.compose import compose
from samenspel.composition.single import default_parameters, stand_alone
from samenspel.composition.values import shipped
from samenspel.declare import Port, Readout, State, trace
from samenspel.declare.dimension import unit_faults
from samenspel.engine import People, Result, Schedule, habits, run, settle
from samenspel.population.reference import rest
from samenspel.systems import catalogue

ALL = sorted(catalogue().items())
DAILY = [(k, c) for k, c in ALL if not c.fast and not c.of(__import__("samenspel.declare", fromlist=["Switch"]).Switch)]
ids = [f"{s}-{v or 'daily'}" for (s, v), _ in ALL]
daily_ids = [f"{s}-{v or 'daily'}" for (s, v), _ in DAILY]


@pytest.mark.parametrize("system", [c for _, c in ALL], ids=ids)
def test_every_equation_has_its_declared_unit(system):
    assert unit_faults(system) == []


@pytest.mark.parametrize("system", [c for _, c in ALL], ids=ids)
def test_equations_use_declared_names_only_and_every_parameter_is_used(system):
    touched = trace(system).touched
    declared = {w.address for w in system.words.values()}
    loose = {t for t in touched if t not in declared and t.rsplit(".", 1)[0] not in declared and "_waiting" not in t}
    assert not {t for t in loose if t.rsplit("_", 1)[0] not in declared and not t.startswith("mean.")}


@pytest.mark.parametrize("system", [c for _, c in DAILY], ids=daily_ids)
def test_the_reference_person_rests_at_the_reference(system):
    """|x_ref - mean| <= 0.1 U for every state and read-out with a reference (wired read-outs apart)."""
    atlas = shipped()
    if system.system == "illness":
        pytest.skip("its read-outs read other systems; tested with the whole in test_whole")
    still = rest([system], default_parameters(atlas, system), 1)
    assert still.settled.all()
    for word in (*system.of(State), *system.of(Readout)):
        reference = atlas.reference.get(word.address)
        if reference is not None:
            assert abs(still.at[word.address][0] - reference.mean) <= 0.1 * reference.sd, word.address


@pytest.mark.parametrize("system", [c for _, c in DAILY], ids=daily_ids)
def test_ten_years_without_input_change_nothing_and_with_any_port_stay_bounded(system):
    """At rest nothing drifts; with ports pushed hard every state stays finite and inside its natural range."""
    atlas = shipped()
    model = compose([system], open_ports=True)
    ports = system.of(Port)
    centre = default_parameters(atlas, system)
    rng = np.random.default_rng(1)
    n = 12
    pushed = {}
    for p in ports:
        neutral = 0.0 if p.combine == "sum" else 1.0
        scale = atlas.reference[f"{p.system}.{p.shifts}"].sd if p.combine == "sum" else 1.0
        draw = rng.normal(0, 2, n) * scale if p.combine == "sum" else np.exp(rng.normal(0, 1, n))
        pushed[p.address] = np.concatenate([[neutral], draw[1:]])
    person = np.arange(n, dtype=np.int64)
    people = People(person, person * 0, {**centre, **pushed})
    begin = settle(model, People(person, person * 0, centre | {k: np.full(n, v[0]) for k, v in pushed.items()}))
    assert (begin.codes == Result.OK).all()
    people = People(person, person * 0, {**people.parameters, **habits(model, people, begin)})
    end = run(model, people, [Schedule(3650)], start=begin, save=[], save_days=[], engine="numpy")[0].end
    assert np.isfinite(end.states).all()
    for i, s in enumerate(model.states):
        slack = 1e-6 + 0.02 * max(abs(s.low or 0.0), abs(s.high or 0.0))
        assert s.low is None or end.states[i].min() >= s.low - slack, s.name
        assert s.high is None or end.states[i].max() <= s.high + slack, s.name


@pytest.mark.parametrize("system", [c for _, c in ALL], ids=ids)
def test_a_system_stands_alone(system):
    model = stand_alone(system)
    assert model.state_names
    assert dict(model.assignments).keys() >= {p.address for p in system.of(Port)}
