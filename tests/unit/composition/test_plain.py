"""Plain systems: text that behaves as a declared system."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition import stand_alone
from samenspel.composition.plain import full_catalogue, plain_system
from samenspel.declare.language import Parameter
from samenspel.engine import simulate
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_ledger import Manifest
from samenspel.evidence.schema_model import PlainState, PlainSystem
from samenspel.quantities.errors import SamenspelError
from samenspel.systems import catalogue


def record(name="water-tank", **more):
    fields = {"id": "level", "en": "level", "nl": "peil", "range": (-4.0, 4.0), "start": 0.5, "time_constant": 3.0, **more}
    return PlainSystem(id=name, en="a tank", nl="een tank", state=(PlainState(**fields),))


TANK = stand_alone(plain_system(record()))


@given(push=st.floats(-1, 1), days=st.floats(0.5, 20))
def test_a_pushed_state_moves_to_its_new_rest_exponentially(push, days):
    """Far inside the range, where the bend at the bounds is below a millionth."""
    end = simulate(TANK, [0.0, days], engine="reference", inputs={"water_tank.push_level": push})
    wanted = 0.5 + push * (1 - np.exp(-days / 3.0))
    assert end.column("water_tank.level")[-1] == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("push", [-50.0, 50.0])
def test_no_push_leads_out_of_the_range(push):
    end = simulate(TANK, [0.0, 200.0], engine="reference", inputs={"water_tank.push_level": push})
    assert -4.0 - 1e-9 <= end.column("water_tank.level")[-1] <= 4.0 + 1e-9


def test_a_set_point_given_as_a_parameter_stands_in_for_the_start():
    system = plain_system(record(set_point="parameter"))
    assert [p.address for p in system.of(Parameter)] == ["water_tank.set_level"]
    assert not plain_system(record()).of(Parameter)
    end = simulate(stand_alone(system), [0.0, 60.0], engine="reference", parameters={"water_tank.set_level": 1.25})
    assert end.column("water_tank.level")[-1] == pytest.approx(1.25, abs=1e-6)


def test_a_start_outside_the_range_and_a_taken_name_are_refused():
    with pytest.raises(ValueError, match="does not lie in its range"):
        record(start=5.0)
    taken = record(name=next(iter(catalogue()))[0].replace("_", "-"))
    atlas = Atlas(
        root=__file__,
        digest="",
        manifest=Manifest(format=1, id="a", en="a", nl="a", licence="CC0-1.0"),
        systems={taken.id: taken},
    )
    with pytest.raises(SamenspelError, match="has the name of a system"):
        full_catalogue(atlas, catalogue())
