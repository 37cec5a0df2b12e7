"""Imported models on the engines for many runs: exact solutions, the reference as oracle, and independence of runs."""

import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samenspel import SamenspelError, read_sbml, simulate
from samenspel.engine import conformance
from samenspel.engine.native.kernel import unavailable
from samenspel.engine.sbml.lattice import unfit
from samenspel.engine.sbml.prepared import prepared

CASES = Path(__file__).parents[1] / "data" / "sbml"
NAMES = sorted(p.name for p in CASES.iterdir() if p.is_dir())
ENGINES = ["numpy", pytest.param("native", marks=pytest.mark.skipif(unavailable() is not None, reason=str(unavailable())))]
LOGISTIC = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="logistic"><listOfParameters>
<parameter id="r" value="1" constant="true"/><parameter id="x" value="0.1" constant="false"/>
<parameter id="half" constant="false"/></listOfParameters><listOfRules>
<rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>r</ci><ci>x</ci>
<apply><minus/><cn>1</cn><ci>x</ci></apply></apply></math></rateRule>
<assignmentRule variable="half"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><cn>0.5</cn><ci>x</ci></apply></math>
</assignmentRule></listOfRules></model></sbml>"""


SEASONS = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="seasons"><listOfParameters>
<parameter id="w" value="1" constant="true"/><parameter id="x" value="1" constant="false"/><parameter id="y" value="0.5" constant="false"/>
</listOfParameters><listOfRules>
<rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><cos/><apply><times/><ci>w</ci>
<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol></apply></apply></math></rateRule>
<rateRule variable="y"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/><apply><abs/><ci>y</ci></apply></apply></math></rateRule>
</listOfRules></model></sbml>"""


@pytest.fixture(scope="module")
def logistic(tmp_path_factory):
    path = tmp_path_factory.mktemp("sbml") / "logistic.xml"
    path.write_text(LOGISTIC)
    return read_sbml(path)


def fits(name):
    return unfit(prepared(read_sbml(conformance.read_case(CASES / name).model))) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_kept_cases_of_the_suite_without_jumps_agree_with_their_published_results(engine):
    able = [n for n in NAMES if fits(n)]
    assert len(able) >= 50
    assert {n: f for n in able if (f := conformance.run_case(CASES / n, engine).fault)} == {}


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=15, deadline=None)
@given(
    rates=st.lists(st.floats(-2.0, 4.0), min_size=1, max_size=20),
    begin=st.floats(0.01, 1.0),
    times=st.lists(st.floats(0.0, 6.0), min_size=1, max_size=6).map(sorted),
)
def test_many_logistic_curves_are_exact(logistic, engine, rates, begin, times):
    """x(t) = 1 / (1 + (1/x0 - 1) e^(-r t)), for uneven times and rates of both signs."""
    r, t = np.array(rates), np.array(times)[:, None]
    table = simulate(logistic, times, engine=engine, rtol=1e-7, atol=1e-9, parameters={"r": r}, start={"x": begin})
    np.testing.assert_allclose(table.column("x"), 1 / (1 + (1 / begin - 1) * np.exp(-r * t)), rtol=2e-6, atol=1e-8)
    np.testing.assert_array_equal(table.column("half"), 0.5 * table.column("x"))


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=10, deadline=None)
@given(waves=st.lists(st.floats(0.2, 20.0), min_size=1, max_size=10), begin=st.floats(0.01, 1.0))
def test_circular_functions_and_magnitudes_run_there_too(engine, waves, begin, tmp_path_factory):
    """x' = cos(w t) has x = 1 + sin(w t)/w; y' = -|y| from above 0 has y = y0 e^-t."""
    path = tmp_path_factory.mktemp("sbml") / "seasons.xml"
    path.write_text(SEASONS)
    model, t, w = read_sbml(path), np.array([0.0, 0.7, 3.0]), np.array(waves)
    assert unfit(prepared(model)) is None
    table = simulate(model, t, engine=engine, rtol=1e-7, atol=1e-9, parameters={"w": w}, start={"y": begin})
    np.testing.assert_allclose(table.column("x"), 1 + np.sin(w * t[:, None]) / w, rtol=2e-6, atol=1e-8)
    np.testing.assert_allclose(table.column("y"), begin * np.exp(-t[:, None]) + 0 * w, rtol=2e-6, atol=1e-8)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_run_hangs_on_its_neighbours(logistic, engine):
    """A run alone has the bits it has among others, easy or stiff."""
    rates = np.array([0.1, 300.0, 2.0, 17.0])
    given_ = {"engine": engine, "rtol": 1e-6, "atol": 1e-9}
    together = simulate(logistic, [0.0, 0.5, 3.0], parameters={"r": rates}, **given_).values
    for i, r in enumerate(rates):
        alone = simulate(logistic, [0.0, 0.5, 3.0], parameters={"r": np.array([r])}, **given_).values
        assert alone[:, :, 0].tobytes() == np.ascontiguousarray(together[:, :, i]).tobytes()


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
def test_a_run_that_leaves_the_numbers_is_nan_and_the_others_stand(logistic, engine, caplog):
    """From 2 with rate -1 there is a pole at ln 2; the other run starts below 1 and decays."""
    with caplog.at_level(logging.WARNING, "samenspel"):
        x = simulate(logistic, [0.0, 0.5, 2.0], engine=engine, start={"x": np.array([2.0, 0.5])}, parameters={"r": -1.0}, rtol=1e-6,
                     atol=1e-9).column("x")  # fmt: skip
    assert x[1, 0] == pytest.approx(1 / (1 - 0.5 * np.exp(0.5)), rel=1e-3)  # one step of LSODA is that exact near a pole
    assert np.isnan(x[2, 0])
    assert x[2, 1] == pytest.approx(1 / (1 + np.exp(2.0)), rel=1e-5)
    assert "leave" in caplog.text


def test_many_runs_of_a_model_with_events_go_to_the_reference(tmp_path):
    """Said in the log; each has the numbers of a run of its own."""
    name = next(n for n in NAMES if read_sbml(conformance.read_case(CASES / n).model).events)
    case = conformance.read_case(CASES / name)
    model = read_sbml(case.model)
    one = model.parameter_names[0]
    value = float(next(p.value for p in model.parameters if p.name == one))
    many = simulate(model, case.times, parameters={one: np.array([value, 1.1 * value])})
    for i, v in enumerate((value, 1.1 * value)):
        np.testing.assert_array_equal(many.values[:, :, i], simulate(model, case.times, parameters={one: v}).values)
    with pytest.raises(SamenspelError, match=r"engine 'numpy' cannot run .* it has events"):
        simulate(model, case.times, engine="numpy")


def test_wrong_numbers_for_many_runs_are_named(logistic):
    with pytest.raises(SamenspelError, match="give 2 and 3 values"):
        simulate(logistic, [0.0, 1.0], parameters={"r": np.ones(2)}, start={"x": np.ones(3)})
    with pytest.raises(SamenspelError, match="'r' is given as"):
        simulate(logistic, [0.0, 1.0], parameters={"r": np.array([1.0, np.nan])})
    with pytest.raises(SamenspelError, match="'half' is determined by a rule"):
        simulate(logistic, [0.0, 1.0], start={"half": np.ones(2)})


def test_what_is_too_stiff_for_equal_steps_goes_to_the_reference(logistic, caplog):
    with caplog.at_level(logging.WARNING, "samenspel"):
        x = simulate(logistic, [0.0, 1e6], engine="numpy", rtol=1e-6, atol=1e-9, parameters={"r": 5.0}).column("x")
    assert x[1] == pytest.approx(1.0)
    assert "1 of 1 runs were too stiff" in caplog.text
