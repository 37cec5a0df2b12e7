"""Elimination on the tape against the linear algebra of NumPy, for random sparse systems."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from samenspel.engine.elimination import solved
from samenspel.engine.tape import Program, Tape


@given(st.integers(1, 7), st.floats(0.1, 0.9), st.integers(0, 10**6))
def test_the_written_out_solution_solves_the_equations(size, filled, luck):
    rng = np.random.default_rng(luck)
    pattern = rng.random((size, size)) < filled
    jacobian = np.where(pattern, rng.normal(size=(size, size)), 0.0)
    f, shift = rng.normal(size=size), 1.0 + np.abs(jacobian).sum()  # large enough for no pivot to vanish
    cells = [(i, j) for i in range(size) for j in range(size) if pattern[i, j]]
    tape = Tape([f"j{i}.{j}" for i, j in cells] + [f"f{i}" for i in range(size)] + ["s"])
    right = [tape.at[f"f{i}"] for i in range(size)]
    steps = solved(tape, {(i, j): tape.at[f"j{i}.{j}"] for i, j in cells}, tape.at["s"], right)
    found = Program(tape, steps)([*(jacobian[c] for c in cells), *f, shift])
    np.testing.assert_allclose(found, np.linalg.solve(shift * np.eye(size) - jacobian, f), rtol=1e-9, atol=1e-12)


def test_the_order_spares_products():
    """An arrow pattern costs one product per spoke when the hub goes last, and m² when it goes first."""
    m = 12
    cells = [(0, j) for j in range(1, m)] + [(i, 0) for i in range(1, m)]
    tape = Tape([f"j{i}.{j}" for i, j in cells] + [f"f{i}" for i in range(m)] + ["s"])
    before = len(tape.steps)
    solved(tape, {(i, j): tape.at[f"j{i}.{j}"] for i, j in cells}, tape.at["s"], [tape.at[f"f{i}"] for i in range(m)])
    assert len(tape.steps) - before < 14 * m


def test_a_vanishing_pivot_shows_as_not_finite():
    tape = Tape(["j", "f", "s"])
    step = solved(tape, {(0, 0): tape.at["j"]}, tape.at["s"], [tape.at["f"]])
    assert not np.isfinite(Program(tape, step)([np.array(2.0), np.array(1.0), np.array(2.0)])[0])
