"""A program in rows computes what the plain program of the same tape computes, whatever is fixed, shared or asked twice."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from samenspel.engine.registers import Registers
from samenspel.engine.tape import Program, Tape

NAMES = ("a", "b", "c", "d", "t")
SYMBOLS = [sympy.Symbol(n, real=True) for n in NAMES]
N = 7
SINGLE = float(np.finfo(np.float32).eps)


def expressions():
    """Bounded functions of the five symbols: nothing in them grows, so that single precision stays comparable."""
    leaf = st.sampled_from(SYMBOLS) | st.sampled_from([sympy.Float(x) for x in (0.5, -1.25, 2.0)])
    join = st.sampled_from([
        lambda x, y: sympy.tanh(x + y), lambda x, y: sympy.tanh(x * y), lambda x, y: x / (2 + sympy.exp(sympy.tanh(y))),
    ])  # fmt: skip
    alone = st.sampled_from([
        lambda x: sympy.log(1 + sympy.exp(x)), lambda x: 1 / (1 + x**2), lambda x: 1 - sympy.tanh(x), lambda x: -x / 3,
        sympy.sin, sympy.cos, sympy.Abs,
    ])  # fmt: skip

    def more(inner):
        return st.builds(lambda f, x, y: f(x, y), join, inner, inner) | st.builds(lambda f, x: f(x), alone, inner)

    return st.recursive(leaf, more, max_leaves=8)


@given(
    wanted=st.lists(expressions(), min_size=1, max_size=5),
    fixed=st.sets(st.sampled_from(NAMES[:4])),
    number=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    single=st.booleans(),
)
def test_rows_hold_what_the_program_returns(wanted, fixed, number, seed, single):
    chance = np.random.default_rng(seed)
    tape = Tape(NAMES)
    outputs = [tape.read(sympy.sympify(e)) for e in [*wanted, *wanted[:1]]]
    kind = np.float32 if single else np.float64
    values = {n: chance.uniform(-2, 2, N).astype(kind).astype(float) for n in NAMES[:4]}
    values |= {n: values[n][0] for n in fixed} if number else {}
    moving = [n for n in NAMES[:4] if n not in fixed]
    often, seldom = ([tape.at[n] for n in some] for some in (moving[:2], moving[2:]))
    block = Registers(tape, {tape.at[n]: values[n] for n in fixed}, often, seldom, tape.at["t"], N, kind)
    programs = [block.program(outputs), block.program(outputs[::-1])]
    for time in (0.25, 0.25, 1.75, 3.0):
        if time > 1:  # everything that moves is another
            values |= {n: chance.uniform(-2, 2, N).astype(kind).astype(float) for n in moving}
            block.renew()
        expected = Program(tape, outputs)([*(values[n] for n in NAMES[:4]), time])
        for program, order in zip(programs, (1, -1), strict=True):
            for row, n in zip(block.rows, moving, strict=True):
                row[:] = values[n]
            got = program(time)[::order]
            for g, e in zip(got, expected, strict=True):
                np.testing.assert_allclose(g, np.broadcast_to(e, N), rtol=1e-13, atol=200 * SINGLE if single else 1e-13)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_steep_exponentials_stay_finite(kind):
    """r/(1 + r) is 1 and log(1 + exp z) is z where exp z itself would overflow."""
    tape, x = Tape(["x", "t"]), sympy.Symbol("x", real=True)
    r = sympy.exp(x)
    block = Registers(tape, {}, [0], [], 1, 3, kind)
    program = block.program([tape.read(r / (1 + r)), tape.read(sympy.log(1 + r)), tape.read(x)])
    block.rows[0] = [-5000.0, 0.0, 5000.0]
    np.testing.assert_allclose(program(0.0), [[0, 0.5, 1], [0, np.log(2), 5000], [-5000, 0, 5000]], rtol=1e-6, atol=1e-30)


def test_time_keeps_double_precision():
    """Late days differ by minutes: in single precision 200,000.001 days would be 200,000.0."""
    tape = Tape(["x", "t"])
    x, t = sympy.symbols("x t", real=True)
    block = Registers(tape, {}, [0], [], 1, 2, np.float32)
    program = block.program([tape.read(x * (t - 200_000)), tape.read(t - 200_000)])
    block.rows[0] = [0.0, 1.0]
    np.testing.assert_allclose(program(200_000.001), [[0, 0.001], [0.001, 0.001]], rtol=1e-5)


def test_a_symbol_that_nobody_gives_is_named():
    tape = Tape(["x", "y", "t"])
    with pytest.raises(KeyError):
        Registers(tape, {}, [0], [], 2, 2, np.float64).program([tape.apply("exp", 1)])
