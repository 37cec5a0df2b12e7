"""Delays inside formulas: exact solutions, the time before the start, jumps, and what cannot be said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_sbml_simulate import TIME, call, ci, event, maths, written

from samenspel import SamenspelError, read_sbml, simulate
from samenspel.engine.sbml import write_sbml

AGO = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">delay</csymbol>'


def past(of, by):
    by = by if str(by).startswith("<") else f"<cn>{by}</cn>"
    return f"<apply>{AGO}{of}{by}</apply>"


def initial(name, body):
    listed = f'<initialAssignment symbol="{name}">{maths(body)}</initialAssignment>'
    return f"<listOfInitialAssignments>{listed}</listOfInitialAssignments>"


def placed(text, assignments):
    """Initial assignments stand before the rules."""
    return text.replace("</listOfParameters>", f"</listOfParameters>{assignments}", 1)


@given(st.floats(0.3, 2.0), st.floats(0.5, 3.0))
def test_what_brakes_itself_from_the_past_is_exact(tmp_path_factory, by, begin):
    """dx/dt = -x(t - T) from x0: x0 (1 - t) up to T, then + x0 (t - T)²/2 up to 2 T."""
    path = tmp_path_factory.mktemp("dde") / "m.xml"
    path.write_text(written({"x": begin}, [("rate", "x", call("minus", past(ci("x"), by)))]))
    t = np.linspace(0, 2 * by, 17)
    x = simulate(read_sbml(path), t, rtol=1e-9, atol=1e-12).column("x")
    exact = begin * (1 - t + np.where(t > by, (t - by) ** 2 / 2, 0.0))
    np.testing.assert_allclose(x, exact, rtol=1e-6, atol=1e-7)


def test_an_echo_hears_the_time_before_the_start_and_every_jump(read):
    """x = sin(10 t) before 0 (its initial assignment), then t, set to 5 at t = 1; y is x half a unit ago."""
    text = placed(
        written({"x": 0, "y": 0}, [("rate", "x", "<cn>1</cn>"), ("assignment", "y", past(ci("x"), 0.5))],
                [event("e", call("geq", TIME, 1), {"x": "<cn>5</cn>"}, initial=False)]),
        initial("x", call("sin", call("times", 10, TIME))),
    )  # fmt: skip
    t = np.array([0.0, 0.25, 0.49, 0.75, 1.0, 1.49, 1.51, 2.0])
    y = simulate(read(text), t).column("y")
    then = t - 0.5
    x = np.where(then < 0, np.sin(10 * then), np.where(then < 1, then, 5 + then - 1))
    np.testing.assert_allclose(y, x, rtol=1e-7, atol=1e-7)


def test_a_delay_of_a_delay_is_one_longer_delay(read):
    text = written({"x": 0, "y": 0, "z": 0}, [
        ("rate", "x", "<cn>2</cn>"), ("assignment", "y", past(ci("x"), 0.5)), ("assignment", "z", past(ci("y"), 0.25)),
    ])  # fmt: skip
    t = np.linspace(0.0, 3.0, 13)
    table = simulate(read(text), t)
    np.testing.assert_allclose(table.column("z"), 2 * np.maximum(t - 0.75, 0), atol=1e-9)


def test_a_delay_that_shortens_to_nothing_ends_in_the_present(read):
    """delay(x, 1 - t/2) with dx/dt = 1: x(t - 1 + t/2)."""
    by = call("minus", 1, call("times", 0.5, TIME))
    t = np.linspace(0.0, 2.0, 9)
    y = simulate(read(written({"x": 0, "y": 0}, [("rate", "x", "<cn>1</cn>"), ("assignment", "y", past(ci("x"), by))])), t).column("y")
    np.testing.assert_allclose(y, np.maximum(1.5 * t - 1, 0), atol=1e-7)


def test_many_runs_with_delays_go_to_the_reference_one_by_one(read):
    model = read(written({"x": 1, "k": 1}, [("rate", "x", call("minus", call("times", ci("k"), past(ci("x"), 1))))]))
    many = simulate(model, [0.0, 0.5, 1.0], start={"k": np.array([0.5, 2.0])}).column("x")
    np.testing.assert_allclose(many, 1 - np.outer([0.0, 0.5, 1.0], [0.5, 2.0]), atol=1e-7)
    with pytest.raises(SamenspelError, match="ask about the past"):
        simulate(model, [0.0, 1.0], engine="numpy")


def test_what_cannot_be_said_about_the_past_is_named(read, tmp_path):
    with pytest.raises(SamenspelError, match="formula and a time"):
        read(written({"x": 1}, [("rate", "x", f"<apply>{AGO}{ci('x')}</apply>")]))
    with pytest.raises(SamenspelError, match=r"circle|followed back"):
        simulate(read(written({"x": 1}, [("assignment", "x", past(ci("x"), 1))])), [0.0, 1.0])
    with pytest.raises(SamenspelError, match="ask about the past"):
        write_sbml(read(written({"x": 1}, [("rate", "x", call("minus", past(ci("x"), 1)))])), {}, tmp_path / "out.xml")
