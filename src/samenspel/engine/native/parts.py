"""The parts of a right-hand side as functions that loop over a team of blocks of people.

A right-hand side of thousands of instructions would be fetched anew for every block. So it is cut into parts that fit the
processor's store of decoded instructions, and each part goes through a team of blocks before the next begins. Per step, with
z = λ h and the frozen diagonal λ (Cox and Matthews 2002, J Comput Phys 176:430; see `numpy_engine`):

    a  = x + c₁ f(x),   x' = x + c₂ f(x) + c₃ f(a),   c₁ = h φ₁(z), c₃ = h φ₂(z), c₂ = c₁ - c₃ e^z

The function `moving` does either half of a step: it reads the states at x or at a, and goes on accordingly. States that the
plan calls steady have a function of their own, `steady`, called around a group of steps; meanwhile the others see them at
x + θ (a - x).

In single precision the sum is compensated: y = c₂ f(x) + c₃ f(a) - e, t = x + y, e = (t - x) - y. Between the halves of a
step the place of e holds what the first half has added to y.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from samenspel.engine.native.graph import DAY, PERSON, SLOT, Graph
from samenspel.engine.native.layout import Layout
from samenspel.engine.native.program import emit
from samenspel.engine.native.vectors import Vectors

Root = tuple[int, int]  # place among states, then watched values; node
TEAM = 4  # blocks that go through a part together
PART = 280  # instructions of a part, about; picked by timing one model on one processor with code for AVX2 and AVX-512
COST = {"exp": 15, "tanh": 19, "log": 20, "softplus": 28, "sin": 26, "cos": 27}  # instructions; other operations count one


def buffer_sizes(p: Layout, shared: int) -> dict[str, int]:
    """Vectors that each working buffer of one block holds."""
    n, w = p.states, len(p.watch)
    return {"X": n, "E": n, "A": n, "H": len(p.held_used), "D": len(p.exports[DAY]), "U": len(p.inputs_used),
            "L": len(p.exports[SLOT]), "Z": shared, "W0": w, "W1": w, "SUM": w}  # fmt: skip


def cut(graph: Graph, roots: Sequence[int], registers: int = 1) -> list[list[int]]:
    """Positions of the roots, in parts of about `PART` instructions; an operation takes one per register of a vector."""
    parts: list[list[int]] = [[]]
    seen: set[int] = set()
    size = 0
    for i, root in enumerate(roots):
        if size * registers >= PART:
            parts.append([])
            size = 0
        for k in graph.needed([root], SLOT):
            if k not in seen and graph.level[k] > SLOT:
                seen.add(k)
                size += COST.get(graph.nodes[k][0], 1)
        size += 4  # what becomes of the root
        parts[-1].append(i)
    return parts


class Parts:
    """Writes the functions of one module that compute what changes with the day, the slot and the step."""

    def __init__(
        self, module: ir.Module, layout: Layout, steady: Collection[int], width: int, single: bool, registers: int
    ) -> None:
        self.module, self.p, self.width, self.single, self.registers = module, layout, width, single, registers
        self.steady = frozenset(steady)
        self.pointer, self.i64, self.i32 = ir.PointerType(), ir.IntType(64), ir.IntType(32)
        self.scalar = ir.FloatType() if single else ir.DoubleType()
        self.bytes = 4 if single else 8
        self.align = min(64, self.bytes * width)
        self.parts: dict[str, list[ir.Function]] = {}
        states = list(enumerate(layout.drift))
        moving, still = ([r for r in states if (r[0] in self.steady) == own] for own in (False, True))
        watch = [(layout.states + k, node) for k, node in enumerate(layout.watch)]
        chains: list[dict[str, list[Root]]] = [{"moving": moving, "watching": watch}, {"steady": still}, {"watch": watch}]
        self.chains = [{name: self._cut(roots) for name, roots in chain.items() if roots} for chain in chains]
        self.shared = [self._shared([part for parts in chain.values() for part in parts]) for chain in self.chains]
        sizes = buffer_sizes(layout, max(len(z) for z in self.shared))
        self.offsets, self.vectors = dict[str, int](), 0
        for name, size in sizes.items():
            self.offsets[name] = self.vectors
            self.vectors += size

    def _cut(self, roots: list[Root]) -> list[list[Root]]:
        return [[roots[i] for i in part] for part in cut(self.p.graph, [k for _, k in roots], self.registers)]

    def _shared(self, parts: list[list[Root]]) -> dict[int, int]:
        """Nodes of the step that a later part takes over from an earlier one, and their places."""
        g, done, out = self.p.graph, set[int](), set[int]()
        for part in parts:
            roots = [k for _, k in part]
            own = [k for k in g.needed(roots, SLOT) if g.level[k] > SLOT and g.nodes[k][0] != "symbol"]
            below = {a for k in own if k not in done for a in g.nodes[k][1]} | set(roots)
            out |= below & done
            done |= set(own)
        return {k: i for i, k in enumerate(sorted(out))}

    # Parts: functions (numbers of person, coefficients, scratch, blocks, bytes of coefficients per block, time, θ, whether
    # it is the second half).

    def levels(self) -> None:
        """Functions for what changes with the day, the slot, and within the step."""
        self._part("day", list(enumerate(self.p.exports[DAY])), DAY - 1, {}, set())
        self._part("slot", list(enumerate(self.p.exports[SLOT])), SLOT - 1, {}, set())
        for chain, shared in zip(self.chains, self.shared, strict=True):
            known: set[int] = set()
            for name, parts in chain.items():
                for roots in parts:
                    self._part(name, roots, SLOT, shared, known)
                    known |= shared.keys() & set(self.p.graph.needed([k for _, k in roots], SLOT))

    def _part(self, name: str, roots: list[Root], above: int, shared: dict[int, int], known: set[int]) -> None:
        types = [self.pointer, self.pointer, self.pointer, self.i64, self.i64, self.scalar, self.scalar, ir.IntType(1)]
        parts = self.parts.setdefault(name, [])
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), types), f"{name}{len(parts) or ''}")
        function.attributes.add("noinline")
        function.linkage = "internal"
        function.attributes.alignstack = 64  # what is put aside would else straddle two lines of the cache
        for a in function.args[:3]:
            a.add_attribute("noalias")
        person, coefficients, scratch, blocks, stride, time, gone, second = function.args
        b = ir.IRBuilder(function.append_basic_block("entry"))
        v = Vectors(self.module, b, self.width, self.single)
        self.b, self.v = b, v
        now, gone = self.v.spread(time), self.v.spread(gone)
        here = b.select(second, self._n(self.offsets["A"]), self._n(self.offsets["X"]))
        with self._loop(self._n(0), blocks) as block:
            bytes_ = self.width * self.bytes
            base = {
                "P": b.gep(person, [b.mul(block, self._n(len(self.p.exports[PERSON]) * bytes_))], source_etype=ir.IntType(8)),
                "C": b.gep(coefficients, [b.mul(block, stride)], source_etype=ir.IntType(8)),
                "": b.gep(scratch, [b.mul(block, self._n(self.vectors * bytes_))], source_etype=ir.IntType(8)),
            }
            base["here"] = b.gep(base[""], [here], source_etype=v.type)
            self._fill_part(name, roots, above, shared, known, base, now, gone, second)
        b.ret_void()
        parts.append(function)

    def _fill_part(
        self, name: str, roots: list[Root], above: int, shared: dict[int, int], known: set[int], base: dict[str, Any], now: Any,
        gone: Any, second: Any,
    ) -> None:  # fmt: skip
        b, v, g = self.b, self.v, self.p.graph
        where = {k: (buffer, i) for level, buffer in ((PERSON, "P"), (DAY, "D"), (SLOT, "L")) for i, k in
                 enumerate(self.p.exports[level])}  # fmt: skip

        def slot(buffer: str, i: int) -> Any:
            own = buffer in base
            place = self._n(i if own else self.offsets[buffer] + i)
            return b.gep(base[buffer if own else ""], [place], source_etype=v.type)

        def read(buffer: str, i: int) -> Any:
            return b.load(slot(buffer, i), typ=v.type, align=self.align)

        def write(value: Any, buffer: str, i: int) -> None:
            b.store(value, slot(buffer, i), align=self.align)

        def state(place: int) -> Any:
            if name == "watch" or (name == "steady" and place not in self.steady):
                return read("X", place)
            if name == "steady" or place not in self.steady:
                return read("here", place)
            x = read("X", place)
            return v.fma(gone, b.fsub(read("A", place), x), x)

        def load(k: int) -> Any:
            if k in known:
                return read("Z", shared[k])
            if k in where:
                return read(*where[k])
            place = int(g.nodes[k][2])
            if place < self.p.states:
                return state(place)
            if place == self.p.time:
                return now
            if place >= self.p.first_held:
                return read("H", self.p.held_used.index(place - self.p.first_held))
            return read("U", self.p.inputs_used.index(place - self.p.first_input))

        def made(k: int, value: Any) -> None:
            if k in shared and k not in known:
                write(value, "Z", shared[k])

        n = self.p.states
        values = emit(v, g, [k for _, k in roots], above, load, known, made)
        ready = [(i, value) for (i, _), value in zip(roots, values, strict=True)]
        if name in ("moving", "steady"):
            with b.if_else(second) as (later, earlier):
                with later:
                    for i, value in ready:
                        self._arrive(i, value, read, write)
                with earlier:
                    for i, value in ready:
                        self._predict(i, value, read, write)
            return
        buffer, first = {"day": ("D", 0), "slot": ("L", 0)}.get(name, ("W1", n))
        for i, value in ready:
            write(value, buffer, i - first)

    def _predict(self, i: int, f: Any, read: Callable[..., Any], write: Callable[..., None]) -> None:
        b, v, n, x = self.b, self.v, self.p.states, read("X", i)
        write(v.fma(read("C", i), f, x), "A", i)
        write(v.fma(read("C", n + i), f, b.fneg(read("E", i)) if self.single else x), "E", i)

    def _arrive(self, i: int, f: Any, read: Callable[..., Any], write: Callable[..., None]) -> None:
        b = self.b
        y = self.v.fma(read("C", 2 * self.p.states + i), f, read("E", i))
        if not self.single:
            write(y, "X", i)
            return
        x = read("X", i)
        t = b.fadd(x, y)
        write(b.fsub(b.fsub(t, x), y), "E", i)
        write(t, "X", i)

    # Small words.

    def _n(self, value: int) -> Any:
        return ir.Constant(self.i64, value)

    @contextmanager
    def _loop(self, first: Any, last: Any) -> Any:
        b = self.b
        before = b.block
        body, done = b.append_basic_block("loop"), b.append_basic_block("done")
        b.cbranch(b.icmp_signed("<", first, last), body, done)
        b.position_at_end(body)
        i = b.phi(self.i64)
        i.add_incoming(first, before)
        yield i
        after = b.add(i, self._n(1))
        i.add_incoming(after, b.block)
        b.cbranch(b.icmp_signed("<", after, last), body, done)
        b.position_at_end(done)
