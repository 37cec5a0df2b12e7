"""Programs of a tape for one block of people, in rows of memory that stay: every step is one call of NumPy without a copy.

What rests on nothing that moves is computed once, in double precision, and kept; what rests on rows that change seldom, when
they have changed; what rests on time and on nothing else that moves, in double precision too. A row is used again as soon as
its last reader has gone by, so a block works in the processor's cache.

exp stays finite: its argument is held to at most `HIGHEST`, so that r/(1 + r) has no ∞/∞; log(1 + exp z) is z beyond that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.engine.tape import OPERATIONS, Tape

Rows = npt.NDArray[Any]  # of one kind, shape (…, n)
HIGHEST = {4: 87.0, 8: 708.0}  # by bytes of a number; as in `engine.native.vectors`
UFUNCS: dict[str, Callable[..., Any]] = {
    **OPERATIONS,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "square": np.square,
}


Call = tuple[Callable[..., Any], tuple[Rows, ...]]  # by position: keywords cost a third more


def _calls(operation: str, read: list[Rows], soft: list[Rows], highest: Rows, row: Rows) -> Iterator[Call]:
    """A step as calls that leave its result in `row`."""
    if operation == "exp":
        yield partial(np.minimum, out=row), (*read, highest)
        read = [row]
    yield UFUNCS[operation], (*read, row)
    for z in soft:
        yield partial(np.maximum, out=row), (row, z)


class Registers:
    """Rows for n people: `rows[i]` holds the i-th of the symbol steps `often` and `seldom`, written by the caller.

    fixed   symbol step → number or array of n, for all that stays
    seldom  symbol steps after whose change the caller says `renew`
    clock   symbol step of time
    kind    of all rows: single or double precision
    """

    def __init__(
        self, tape: Tape, fixed: Mapping[int, Any], often: Sequence[int], seldom: Sequence[int], clock: int, n: int,
        kind: npt.DTypeLike,
    ) -> None:  # fmt: skip
        self.rows: Rows = np.zeros((len(often) + len(seldom), n), dtype=kind)
        self._tape, self._clock, self._version = tape, clock, 0
        self._moving, self._seldom = frozenset((*often, *seldom)), frozenset(seldom)
        self._exact: dict[int, Any] = {k: np.asarray(v, dtype=float)[()] for k, v in fixed.items()}
        self._row: dict[int, Rows] = dict(zip((*often, *seldom), self.rows, strict=True))  # of steps not computed in rows
        self._highest = np.full(n, HIGHEST[self.rows.itemsize], dtype=kind)
        self._pool: list[Rows] = []  # for what lies between; free whenever no program runs

    def renew(self) -> None:
        """Rows that change seldom have changed."""
        self._version += 1

    def program(self, outputs: Sequence[int]) -> Callable[[float], Rows]:
        """A function of time that returns the rows of `outputs`, in an array that its next call overwrites.

        Raises `KeyError` where a step rests on a symbol that is neither fixed nor moving.
        """
        tape, out = self._tape, np.empty((len(outputs), self.rows.shape[1]), dtype=self.rows.dtype)
        places = list(out)
        order = tape.needed(outputs)
        last = {a: k for k in order for a in (*tape.steps[k][1], *self._softened(k))}
        target = dict(zip(outputs, places, strict=True))
        often: list[Call] = []
        rare: list[Call] = []
        own: dict[int, Rows] = {}
        spare = self._pool.copy()
        passing = set[int]()  # steps whose row another may use later
        timed: list[int] = []
        for k in order:
            operation, arguments, _ = tape.steps[k]
            moved = tape.uses(k) & self._moving
            if moved and arguments:
                seldom = moved <= self._seldom and self._clock not in tape.uses(k)
                read, soft = ([own[a] if a in own else self._still(a) for a in some] for some in (arguments, self._softened(k)))
                gone = [a for a in {*arguments, *self._softened(k)} if last[a] == k and a in passing]
                spare.extend(own[a] for a in gone if a in arguments)
                if k in target:
                    own[k] = target[k]
                elif seldom:
                    own[k] = self._blank()
                else:
                    passing.add(k)
                    own[k] = spare.pop() if spare else self._new()
                spare.extend(own[a] for a in gone if a not in arguments)  # read once more after the row of k is written
                (rare if seldom else often).extend(_calls(operation, read, soft, self._highest, own[k]))
            elif not moved and self._clock in tape.uses(k):
                timed.append(k)
            elif not moved and k not in self._exact:
                self._exact[k] = self._value(k, self._exact)
        found = [(row, own[k] if k in own else self._still(k)) for k, row in zip(outputs, places, strict=True)]
        copies = [(row, source) for row, source in found if source is not row]
        ticking = [(k, self._row[k]) for k in timed if k in self._row]

        seen = -1

        def run(time: float) -> Rows:
            nonlocal seen
            if seen != self._version:
                seen = self._version
                for f, rows in rare:
                    f(*rows)
            if timed:
                values = {**self._exact, self._clock: np.float64(time)}
                for k in timed:
                    values[k] = self._value(k, values)
                for k, row in ticking:
                    row[...] = values[k]
            for f, rows in often:
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
        with np.errstate(all="ignore"):  # what overflows becomes a value, and its owner a counted failure
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
