"""The tape against SymPy: same values, same derivatives, names and order without influence."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from samenspel.engine.tape import Program, Tape

X, Y, Z = (sympy.Symbol(n, real=True) for n in ("a.x", "a.y", "b.z"))
LEAVES = st.sampled_from([X, Y, Z, sympy.Integer(2), sympy.Float(0.3), sympy.Rational(-1, 3)])


def _grow(children):
    two = st.tuples(children, children)
    return st.one_of(
        two.map(lambda t: t[0] + t[1]),
        two.map(lambda t: t[0] - t[1]),
        two.map(lambda t: t[0] * t[1]),
        two.map(lambda t: t[0] / (1 + t[1] ** 2)),
        children.map(sympy.tanh),
        children.map(sympy.sin),
        children.map(sympy.cos),
        children.map(lambda e: sympy.Abs(e + sympy.Float(1.37))),  # away from 0, where it has no slope
        children.map(lambda e: sympy.tan(sympy.tanh(e))),
        children.map(lambda e: sympy.sinh(sympy.sin(e)) + sympy.cosh(sympy.cos(e))),
        children.map(lambda e: sympy.exp(-(e**2))),
        children.map(lambda e: sympy.log(2 + e**2)),
        children.map(lambda e: sympy.sqrt(1 + e**2)),
        children.map(lambda e: (1 + e**2) ** sympy.Float(1.7)),
        children.map(lambda e: e**3),
    )


EXPRESSIONS = st.recursive(LEAVES, _grow, max_leaves=12)
POINT = {"a.x": 0.7, "a.y": -1.2, "b.z": 0.4}


def value(expression, names=("a.x", "a.y", "b.z")):
    tape = Tape(names)
    return float(Program(tape, [tape.read(sympy.sympify(expression))])([POINT[n] for n in names])[0])


def exact(expression):
    return float(sympy.sympify(expression).subs({sympy.Symbol(k, real=True): v for k, v in POINT.items()}).evalf(30))


@given(EXPRESSIONS)
def test_values_equal_those_of_sympy(expression):
    assert value(expression) == pytest.approx(exact(expression), rel=1e-9, abs=1e-9)


@given(EXPRESSIONS, st.sampled_from([X, Y, Z]))
def test_slopes_equal_those_of_sympy(expression, by):
    tape = Tape(tuple(POINT))
    step = tape.slope(tape.read(sympy.sympify(expression)), tape.at[by.name])
    got = 0.0 if step is None else float(Program(tape, [step])(list(POINT.values()))[0])
    assert got == pytest.approx(exact(sympy.diff(expression, by)), rel=1e-8, abs=1e-8)


@given(EXPRESSIONS)
def test_renaming_symbols_changes_no_bit(expression):
    """The order of sums and products follows what is computed and the place of symbols, never their names."""
    new = {X: sympy.Symbol("zz.x", real=True), Y: sympy.Symbol("mm.y", real=True), Z: sympy.Symbol("aa.z", real=True)}
    names = ("zz.x", "mm.y", "aa.z")
    tape = Tape(names)
    again = Program(tape, [tape.read(sympy.sympify(expression).xreplace(new))])(list(POINT.values()))[0]
    assert float(again) == value(expression)


@given(EXPRESSIONS)
def test_arrays_and_numbers_give_the_same(expression):
    tape = Tape(tuple(POINT))
    program = Program(tape, [tape.read(sympy.sympify(expression))])
    column = program([np.full(3, v) for v in POINT.values()])[0]
    np.testing.assert_allclose(np.broadcast_to(column, (3,)), value(expression), rtol=1e-12)


def test_a_slope_by_the_first_symbol_is_not_lost():
    tape = Tape(("a.x", "a.y"))
    step = tape.slope(tape.read(X * Y / 3), tape.at["a.y"])
    assert Program(tape, [step])([0.7, -1.2])[0] == pytest.approx(0.7 / 3)


@given(EXPRESSIONS)
def test_a_step_rests_on_the_symbols_of_its_arguments(expression):
    """And no set of symbols is kept twice, so that a long tape stays small."""
    tape = Tape(["a.x", "a.y", "b.z"])
    tape.read(expression)
    for k, (operation, arguments, _) in enumerate(tape.steps):
        own = {k} if operation == "symbol" else set()
        assert tape.uses(k) == own.union(*(tape.uses(a) for a in arguments))
    assert len({id(tape.uses(k)) for k in range(len(tape.steps))}) == len({tape.uses(k) for k in range(len(tape.steps))})


def test_unknown_functions_are_refused_by_name():
    with pytest.raises(NotImplementedError, match="asin"):
        Tape(("a.x",)).read(sympy.asin(X))
