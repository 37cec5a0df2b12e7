"""Double-precision functions of whole arrays, for everything that happens once a day or once a run."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.engine.compiled import Compiled
from samenspel.engine.native.graph import STEP, Graph, Rearranged, fuse
from samenspel.engine.native.kernel import Kernel, kernel
from samenspel.engine.native.vectors import FUNCTIONS, Vectors
from samenspel.engine.tape import Tape

LANES = 8
GROUP, TOGETHER = 6, 4  # roots taken together; functions written interleaved
Array = npt.NDArray[np.float64]
FEW = 10_000  # people for whom quickly made code is done sooner than better code could be made
Task = Callable[[Callable[[int, int], None], int], None]  # runs f(first block, last block) over so many blocks


def emit(
    v: Vectors, graph: Graph, roots: Sequence[int], above: int, load: Callable[[int], Any], known: Collection[int] = (),
    made: Callable[[int, Any], None] = lambda k, value: None,
) -> list[Any]:  # fmt: skip
    """Instructions for the roots; symbols, `known` nodes and those of a level ≤ `above` come from `load`.

    Roots are taken a few at a time; functions among them that are ready together are written interleaved.
    """
    values: dict[int, Any] = {}
    for first in range(0, len(roots), GROUP):
        order = [k for k in graph.needed(roots[first : first + GROUP], above, known) if k not in values]
        while order:
            ready: list[int] = []
            left: list[int] = []
            for k in order:
                operation, arguments, number = graph.nodes[k]
                if operation == "number":
                    values[k] = v.number(number)
                elif operation == "symbol" or graph.level[k] <= above or k in known:
                    values[k] = load(k)
                elif not all(a in values for a in arguments):
                    left.append(k)
                elif operation in FUNCTIONS:
                    ready.append(k)
                else:
                    values[k] = v.apply(operation, [values[a] for a in arguments])
                    made(k, values[k])
            for a in range(0, len(ready), TOGETHER):
                part = ready[a : a + TOGETHER]
                results = v.together([(graph.nodes[k][0], values[graph.nodes[k][1][0]]) for k in part])
                for k, value in zip(part, results, strict=True):
                    values[k] = value
                    made(k, value)
            order = left
    return [values[k] for k in roots]


def rows_function(
    module: Any, name: str, graph: Graph, roots: Sequence[int], *, lanes: int = LANES, rarely: bool = False
) -> list[int]:
    """Adds ``name(inputs, strides, outputs, first, last)``: roots for blocks of people; returns the symbols it reads.

    inputs   addresses of the symbols' numbers; strides: bytes from one block to the next (0: the same for all)
    outputs  addresses of the roots' rows
    lanes    people in a block
    rarely   called so seldom that it is not worth the time of better code; the bits are the same
    """
    from llvmlite import ir

    pointer, i64 = ir.PointerType(), ir.IntType(64)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [i64] * 5), name)
    for word in ("noinline", "optnone") if rarely else ():
        function.attributes.add(word)
    b = ir.IRBuilder(function.append_basic_block("entry"))
    sources, strides, sinks = (b.inttoptr(a, pointer) for a in function.args[:3])
    first, last = function.args[3:]
    entry, loop, done = b.block, function.append_basic_block("loop"), function.append_basic_block("done")
    b.cbranch(b.icmp_signed("<", first, last), loop, done)
    b.position_at_end(loop)
    block = b.phi(i64)
    block.add_incoming(first, entry)
    v = Vectors(module, b, lanes, single=False)
    at = {int(graph.nodes[k][2]): k for k in graph.needed(roots) if graph.nodes[k][0] == "symbol"}
    used = sorted(at)

    def load(k: int) -> Any:
        place = ir.Constant(i64, used.index(int(graph.nodes[k][2])))
        base = b.load(b.gep(sources, [place], source_etype=i64), typ=i64, align=8)
        stride = b.load(b.gep(strides, [place], source_etype=i64), typ=i64, align=8)
        return b.load(b.inttoptr(b.add(base, b.mul(stride, block)), pointer), typ=v.type, align=8)

    for i, value in enumerate(emit(v, graph, roots, -1, load)):
        base = b.load(b.gep(sinks, [ir.Constant(i64, i)], source_etype=i64), typ=i64, align=8)
        place = b.add(base, b.mul(block, ir.Constant(i64, lanes * 8)))
        b.store(value, b.inttoptr(place, pointer), align=8)
    after = b.add(block, ir.Constant(i64, 1))
    block.add_incoming(after, loop)
    b.cbranch(b.icmp_signed("<", after, last), loop, done)
    b.position_at_end(done)
    b.ret_void()
    return used


class RowsFunction:
    """A loaded ``rows_function``, called with one number or array per symbol of the tape."""

    def __init__(self, code: Kernel, name: str, used: Sequence[int], outputs: int) -> None:
        self._call, self._used, self._outputs = code.function(name, 5), list(used), outputs

    def __call__(self, symbols: Sequence[Any], n: int, out: Array | None = None, task: Task | None = None) -> Array:
        """Values of the outputs, shape (outputs, n); rows of `out` are filled if given."""
        out = np.empty((self._outputs, n)) if out is None else out
        full = n // LANES
        rows = [np.asarray(symbols[k], dtype=np.float64) for k in self._used]
        rows = [r if r.ndim == 0 or r.strides == (8,) else np.ascontiguousarray(r) for r in rows]
        if full:
            held = [np.full(LANES, r) if r.ndim == 0 else r for r in rows]
            strides = [0 if r.ndim == 0 else LANES * 8 for r in rows]
            self._run(held, strides, [out[i].ctypes.data for i in range(self._outputs)], full, task)
        if n % LANES:
            part, left = slice(full * LANES, n), n % LANES
            tail, rest = np.zeros((len(rows), LANES)), np.empty((self._outputs, LANES))
            for row, r in zip(tail, rows, strict=True):
                row[:left] = r if r.ndim == 0 else r[part]
            held = list(tail)
            self._run(held, [0] * len(held), [rest[i].ctypes.data for i in range(self._outputs)], 1, None)
            out[:, part] = rest[:, :left]
        return out

    def _run(self, rows: list[Array], strides: list[int], outputs: list[int], blocks: int, task: Task | None) -> None:
        table = [(ctypes.c_int64 * max(len(t), 1))(*t) for t in ([r.ctypes.data for r in rows], strides, outputs)]
        a, b, c = (ctypes.addressof(t) for t in table)
        if task is None:
            self._call(a, b, c, 0, blocks)
        else:
            task(lambda first, last: self._call(a, b, c, first, last), blocks)


def tape_function(tape: Tape, outputs: Sequence[int], isa: str, *, quick: bool = False) -> RowsFunction:
    """The steps `outputs` of a tape as native code; `quick`: made quickly."""
    what = "rows " + " ".join(tape.digests[k].hex() for k in outputs)

    def build() -> tuple[str, dict[str, Any]]:
        from llvmlite import ir

        arranged = Rearranged(tape, [STEP] * len(tape.symbols))
        roots = arranged.read(outputs)
        graph, roots = fuse(arranged.graph, roots)
        module = ir.Module("rows")
        return _text(module, lambda: rows_function(module, "rows", graph, roots))

    code = kernel(what, isa, build, quick=quick)
    return RowsFunction(code, "rows", code.header["used"], len(outputs))


def _text(module: Any, fill: Callable[[], list[int]]) -> tuple[str, dict[str, Any]]:
    used = fill()
    return str(module), {"used": used}


class NativeCompiled(Compiled):
    """The compiled form of a model whose array functions are native; shares the tape.

    For few people (`FEW`) the code is made quickly.
    """

    KEPT = ("model", "arrows", "parameter_names", "input_names", "means", "tape", "_rest", "_society", "integrands",
            "drift_steps", "watch_steps", "outputs")  # fmt: skip

    def __init__(self, c: Compiled, isa: str, n: int, task: Task | None) -> None:
        self.__dict__.update({k: v for k, v in c.__dict__.items() if k in self.KEPT})
        self._isa, self._n, self._task = isa, n, task

    def _callable(self, outputs: Sequence[int]) -> Callable[..., list[Any]]:
        steps, n, task = [self.tape.steps[k] for k in outputs], self._n, self._task
        made = [k for k, step in zip(outputs, steps, strict=True) if step[0] not in ("symbol", "number")]
        function = tape_function(self.tape, made, self._isa, quick=n < FEW) if made else None

        def call(states: Any, parameters: Any, inputs: Any, held: Any, time: float, *means: Any) -> list[Any]:
            symbols = [*states, *parameters, *inputs, *held, time, *means]
            values = iter(function(symbols, n, task=task) if function else ())
            # a bare name is the row itself, as in the array engine: rules later at the same midnight see its new value
            return [symbols[int(x)] if kind == "symbol" else x if kind == "number" else next(values) for kind, _, x in steps]

        return call
