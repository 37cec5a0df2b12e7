"""Programs of a tape for one block of people, in rows of memory that stay: every step is one call of NumPy without a copy.

What rests on nothing that moves is computed once, in double precision, and kept. What rests on time alone is a plain number,
in double precision. A row is used again as soon as its last reader has gone by, so a block works in the processor's cache.

exp stays finite: its argument is held to at most `HIGHEST`, so that r/(1 + r) has no ∞/∞; log(1 + exp z) is z beyond that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.engine.tape import OPERATIONS, Tape

Rows = npt.NDArray[Any]  # of one kind, shape (…, n)
HIGHEST = {4: 87.0, 8: 708.0}  # by bytes of a number; as in `engine.native.vectors`
UFUNCS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "square": np.square,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sqrt": np.sqrt,
    "pow": np.power,
}


class Registers:
    """Rows for n people: `rows[i]` holds symbol step `moving[i]`, written by the caller.

    fixed  symbol step → number or array of n, for all that stays
    clock  symbol step of time
    kind   of all rows: single or double precision
    """

    def __init__(
        self, tape: Tape, fixed: Mapping[int, Any], moving: Sequence[int], clock: int, n: int, kind: npt.DTypeLike
    ) -> None:
        self.rows: Rows = np.zeros((len(moving), n), dtype=kind)
        self._tape, self._moving, self._clock = tape, frozenset(moving), clock
        self._exact: dict[int, Any] = {k: np.asarray(v, dtype=float)[()] for k, v in fixed.items()}
        self._row: dict[int, Rows] = dict(zip(moving, self.rows, strict=True))  # of every step that is not computed in rows
        self._highest = np.full(n, HIGHEST[self.rows.itemsize], dtype=kind)
        self._pool: list[Rows] = []  # for what lies between; free whenever no program runs

    def program(self, outputs: Sequence[int]) -> Callable[[float], Rows]:
        """A function of time that returns the rows of `outputs`, in an array that its next call overwrites.

        Raises `KeyError` where a step rests on a symbol that is neither fixed nor moving.
        """
        tape, out = self._tape, np.empty((len(outputs), self.rows.shape[1]), dtype=self.rows.dtype)
        places = list(out)
        order = tape.needed(outputs)
        last = {a: k for k in order for a in (*tape.steps[k][1], *self._softened(k))}
        target = dict(zip(outputs, places, strict=True))
        steps: list[tuple[Callable[..., Any], tuple[Rows, ...]]] = []  # by position: keywords cost a third more
        own: dict[int, Rows] = {}
        spare = self._pool.copy()
        timed: list[int] = []
        for k in order:
            operation, arguments, _ = tape.steps[k]
            if tape.uses(k) & self._moving:
                if not arguments:
                    continue
                read, soft = ([own[a] if a in own else self._still(a) for a in some] for some in (arguments, self._softened(k)))
                gone = [a for a in {*arguments, *self._softened(k)} if last[a] == k and a in own and a not in target]
                spare.extend(own[a] for a in gone if a in arguments)
                own[k] = target[k] if k in target else spare.pop() if spare else self._new()
                spare.extend(own[a] for a in gone if a not in arguments)  # read once more after the row of k is written
                if operation == "exp":
                    steps.append((partial(np.minimum, out=own[k]), (*read, self._highest)))
                    read = [own[k]]
                steps.append((UFUNCS[operation], (*read, own[k])))
                steps.extend((partial(np.maximum, out=own[k]), (own[k], z)) for z in soft)
            elif self._clock in tape.uses(k):
                timed.append(k)
            elif k not in self._exact:
                self._exact[k] = self._value(k, self._exact)
        found = [(row, own[k] if k in own else self._still(k)) for k, row in zip(outputs, places, strict=True)]
        copies = [(row, source) for row, source in found if source is not row]
        ticking = [(k, self._row[k]) for k in timed if k in self._row]

        def run(time: float) -> Rows:
            if timed:
                values = {**self._exact, self._clock: np.float64(time)}
                for k in timed:
                    values[k] = self._value(k, values)
                for k, row in ticking:
                    row.fill(values[k])
            for f, rows in steps:
                f(*rows)
            for row, source in copies:
                np.copyto(row, source)
            return out

        return run

    def _softened(self, k: int) -> tuple[int, ...]:
        """The z of a step log(1 + exp z)."""
        steps = self._tape.steps
        if steps[k][0] != "log" or steps[steps[k][1][0]][0] != "add":
            return ()
        one, e = steps[steps[k][1][0]][1]
        return steps[e][1] if one == self._tape.one and steps[e][0] == "exp" else ()

    def _value(self, k: int, values: Mapping[int, Any]) -> Any:
        operation, arguments, number = self._tape.steps[k]
        if operation == "number":
            return np.float64(number)
        return OPERATIONS[operation](*(values[a] for a in arguments)) if arguments else values[k]

    def _still(self, k: int) -> Rows:
        """The row of a symbol, of a constant, or of what time alone decides."""
        if k not in self._row:
            self._row[k] = self._blank()
            if k in self._exact:
                self._row[k][...] = self._exact[k]
        return self._row[k]

    def _new(self) -> Rows:
        self._pool.append(self._blank())
        return self._pool[-1]

    def _blank(self) -> Rows:
        return np.empty(self.rows.shape[1], dtype=self.rows.dtype)
