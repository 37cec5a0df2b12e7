"""The march to rest as vector code: eight people at a time, all rounds in one call.

Same steps and limits as `engine.settle`, where they are explained. A lane's numbers depend on his own row alone: who has
come to rest stands still while his neighbours move on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from samenspel.engine.compiled import SHIFT, Compiled
from samenspel.engine.native.graph import STEP, Graph, Rearranged, fuse
from samenspel.engine.native.kernel import kernel
from samenspel.engine.native.program import FEW, LANES, RowsFunction, Task, emit
from samenspel.engine.native.vectors import Vectors
from samenspel.engine.people import Array


@dataclass(frozen=True)
class Limits:
    """What the march keeps to: rounds, tolerance of the drift, pseudo-steps (days), and the three result codes."""

    rounds: int
    tolerance: float
    first: float
    least: float
    most: float
    settled: int
    diverged: int
    not_settled: int


def march(c: Compiled, x: Array, symbols: Sequence[Any], limits: Limits, task: Task | None = None) -> npt.NDArray[np.int8]:
    """Move `x` (states, n) to rest in place; returns the result codes.

    symbols  one number or array (n,) per symbol of the tape; those of states and `SHIFT` are not read
    """
    m, n = x.shape
    what = f"rest {limits} {m} " + " ".join(c.tape.digests[k].hex() for k in c.settling_steps)
    code = kernel(what, "host", lambda: _module(c, limits), quick=n < FEW)
    wide = -(-n // LANES) * LANES
    rows = np.empty((m + 1, wide))
    rows[:m] = np.pad(x, ((0, 0), (0, wide - n)), mode="edge")
    padded = [np.pad(v, (0, wide - n), mode="edge") if isinstance(v, np.ndarray) and v.ndim else v for v in symbols]
    RowsFunction(code, "rest", code.header["used"], m + 1)(padded, wide, rows, task)
    x[:] = rows[:m, :n]
    return rows[m, :n].astype(np.int8)


def _module(c: Compiled, limits: Limits) -> tuple[str, dict[str, Any]]:
    arranged = Rearranged(c.tape, [STEP] * len(c.tape.symbols))
    roots = arranged.read(c.settling_steps)
    graph, roots = fuse(arranged.graph, roots)
    module = ir.Module("rest")
    used = _Maker(module, len(c.model.states), c.tape.symbols.index(SHIFT), limits).function(graph, roots)
    return str(module), {"used": used}


class _Maker:
    """Writes ``rest(inputs, strides, outputs, first, last)``; the outputs are the states, in and out, and the codes."""

    def __init__(self, module: ir.Module, states: int, shift: int, limits: Limits) -> None:
        self.module, self.states, self.shift, self.limits = module, states, shift, limits
        self.pointer, self.i64 = ir.PointerType(), ir.IntType(64)

    def function(self, graph: Graph, roots: Sequence[int]) -> list[int]:
        """The whole function; returns the symbols it reads."""
        made = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [self.i64] * 5), "rest")
        self.b = b = ir.IRBuilder(made.append_basic_block("entry"))
        self.v = Vectors(self.module, b, LANES, single=False)
        sources, strides, sinks = (b.inttoptr(a, self.pointer) for a in made.args[:3])
        own = {*range(self.states), self.shift}
        used = sorted({int(graph.nodes[k][2]) for k in graph.needed(roots) if graph.nodes[k][0] == "symbol"} - own)
        memory = b.alloca(self.v.type, self.states + 4)
        place = lambda i: b.gep(memory, [self._n(i)], source_etype=self.v.type)  # noqa: E731
        self.get = lambda i: b.load(place(i), typ=self.v.type, align=64)
        self.put = lambda i, value: b.store(value, place(i), align=64)
        word = lambda table, i: b.load(b.gep(table, [self._n(i)], source_etype=self.i64), typ=self.i64, align=8)  # noqa: E731

        def row(table: Any, i: int, offset: Any) -> Any:
            return b.inttoptr(b.add(word(table, i), offset), self.pointer)

        def load(k: int) -> Any:
            symbol = int(graph.nodes[k][2])
            if symbol in own:
                return b.fdiv(self.v.number(1.0), self.get(self.states)) if symbol == self.shift else self.get(symbol)
            i = used.index(symbol)
            return b.load(row(sources, i, b.mul(word(strides, i), self.block)), typ=self.v.type, align=8)

        with self._loop(made.args[3], made.args[4]) as self.block:
            offset = b.mul(self.block, self._n(8 * LANES))
            for i in range(self.states):
                self.put(i, b.load(row(sinks, i, offset), typ=self.v.type, align=8))
            for i, value in enumerate((self.limits.first, float("inf"), self.limits.not_settled, 1.0)):
                self.put(self.states + i, self.v.number(float(value)))
            with self._loop(self._n(0), self._n(self.limits.rounds)):
                moving = b.fcmp_ordered("!=", self.get(self.states + 3), self.v.number(0.0))
                bits = b.bitcast(moving, ir.IntType(LANES))
                with b.if_then(b.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(LANES), 0))):
                    self._round(emit(self.v, graph, roots, -1, load), moving)
            for i in [*range(self.states), self.states]:
                value = self.get(i if i < self.states else self.states + 2)
                b.store(value, row(sinks, i, offset), align=8)
        b.ret_void()
        return used

    def _round(self, values: list[Any], moving: Any) -> None:
        """One pseudo-step of every lane that still moves: f and d are the two halves of `values`."""
        b, v, m, limits = self.b, self.v, self.states, self.limits
        number, infinite = v.number, v.number(float("inf"))
        size, finite, solved = number(0.0), None, None
        for i in range(m):
            part = v.magnitude(b.fdiv(values[i], b.fadd(number(1.0), v.magnitude(self.get(i)))))
            size = b.select(b.fcmp_ordered(">", part, size), part, size)
            fine, whole = (b.fcmp_ordered("<", v.magnitude(x), infinite) for x in (part, values[m + i]))
            finite, solved = (fine, whole) if finite is None else (b.and_(finite, fine), b.and_(solved, whole))
        assert finite is not None
        step, before, code = self.get(m), self.get(m + 1), self.get(m + 2)
        near = b.fcmp_ordered("<", size, number(limits.tolerance))
        code = b.select(b.and_(moving, b.and_(finite, near)), number(limits.settled), code)
        code = b.select(b.and_(moving, b.not_(finite)), number(limits.diverged), code)
        moving = b.and_(moving, b.and_(finite, b.not_(near)))
        grow = b.fdiv(before, v.most(size, 1e-300))
        grow = b.select(b.fcmp_ordered(">", before, number(0.0)), grow, number(1.0))
        grow = b.fmul(v.least(v.most(grow, 0.5), 4.0), number(1.2))
        next_step = v.least(v.most(b.fmul(step, b.select(solved, grow, number(0.1))), limits.least), limits.most)
        self.put(m, b.select(moving, next_step, step))
        self.put(m + 1, size)
        self.put(m + 2, code)
        self.put(m + 3, b.select(moving, number(1.0), number(0.0)))
        go = b.and_(moving, solved)
        for i in range(m):
            x = self.get(i)
            self.put(i, b.select(go, b.fadd(x, values[m + i]), x))

    def _n(self, value: int) -> Any:
        return ir.Constant(self.i64, value)

    @contextmanager
    def _loop(self, first: Any, last: Any) -> Any:
        b = self.b
        before, body, done = b.block, b.append_basic_block("loop"), b.append_basic_block("done")
        b.cbranch(b.icmp_signed("<", first, last), body, done)
        b.position_at_end(body)
        i = b.phi(self.i64)
        i.add_incoming(first, before)
        yield i
        after = b.add(i, self._n(1))
        i.add_incoming(after, b.block)
        b.cbranch(b.icmp_signed("<", after, last), body, done)
        b.position_at_end(done)
