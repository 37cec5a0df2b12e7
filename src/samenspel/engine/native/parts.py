"""The parts of a right-hand side as functions that loop over a team of blocks of people.

A right-hand side of thousands of instructions would be fetched anew for every block. So it is cut into parts that fit the
processor's store of decoded instructions, and each part goes through a team of blocks before the next begins. Per step, with
z = λ h and the frozen diagonal λ (Cox and Matthews 2002, J Comput Phys 176:430; see `numpy_engine`):

    a  = x + c₁ f(x),   x' = x + c₂ f(x) + c₃ f(a),   c₁ = h φ₁(z), c₃ = h φ₂(z), c₂ = c₁ - c₃ e^z

The functions `first` and `second` do the two halves of a step. States that the plan calls steady have functions of their
own, `open` and `close`, around a group of steps; meanwhile the others see them at x + θ (a - x).

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
PART = 80  # operations of a part, about; picked by timing one model on one AVX2 processor, not tried on AVX-512
COST = {"exp": 15, "tanh": 19, "log": 20, "softplus": 28}  # instructions; other operations count one


def buffer_sizes(p: Layout, shared: int) -> dict[str, int]:
    """Vectors that each working buffer of one block holds."""
    n, w = p.states, len(p.watch)
    return {"X": n, "E": n, "A": n, "H": len(p.held_used), "D": len(p.exports[DAY]), "U": len(p.inputs_used),
            "L": len(p.exports[SLOT]), "Z": shared, "W0": w, "W1": w, "SUM": w}  # fmt: skip


def cut(graph: Graph, roots: Sequence[int]) -> list[list[int]]:
    """Positions of the roots, in parts of about `PART` instructions."""
    parts: list[list[int]] = [[]]
    seen: set[int] = set()
    size = 0
    for i, root in enumerate(roots):
        if size >= PART:
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

    def __init__(self, module: ir.Module, layout: Layout, steady: Collection[int], width: int, single: bool) -> None:
        self.module, self.p, self.width, self.single = module, layout, width, single
        self.steady = frozenset(steady)
        self.pointer, self.i64, self.i32 = ir.PointerType(), ir.IntType(64), ir.IntType(32)
        self.scalar = ir.FloatType() if single else ir.DoubleType()
        self.bytes = 4 if single else 8
        self.align = min(64, self.bytes * width)
        self.parts: dict[str, list[ir.Function]] = {}
        states = list(enumerate(layout.drift))
        moving, still = ([r for r in states if (r[0] in self.steady) == own] for own in (False, True))
        watch = [(layout.states + k, node) for k, node in enumerate(layout.watch)]
        self.roots: dict[str, list[Root]] = {
            "open": still, "first": moving + watch, "second": moving, "close": still, "watch": watch
        }  # fmt: skip
        self.cuts = {name: cut(layout.graph, [k for _, k in roots]) for name, roots in self.roots.items() if roots}
        self.shared = {name: self._shared([k for _, k in self.roots[name]], cuts) for name, cuts in self.cuts.items()}
        sizes = buffer_sizes(layout, max((len(z) for z in self.shared.values()), default=0))
        self.offsets, self.vectors = dict[str, int](), 0
        for name, size in sizes.items():
            self.offsets[name] = self.vectors
            self.vectors += size

    def _shared(self, roots: list[int], cuts: list[list[int]]) -> list[int]:
        """Nodes of the step that a later part takes over from an earlier one."""
        g, done, out = self.p.graph, set[int](), set[int]()
        for part in cuts:
            own = [k for k in g.needed([roots[i] for i in part], SLOT) if g.level[k] > SLOT and g.nodes[k][0] != "symbol"]
            below = {a for k in own if k not in done for a in g.nodes[k][1]} | {roots[i] for i in part}
            out |= below & done
            done |= set(own)
        return sorted(out)

    # Parts: functions (numbers of person, coefficients, scratch, blocks, bytes of coefficients per block, time, θ).

    def levels(self) -> None:
        """Functions for what changes with the day, the slot, and within the step."""
        self._part("day", list(enumerate(self.p.exports[DAY])), DAY - 1, set())
        self._part("slot", list(enumerate(self.p.exports[SLOT])), SLOT - 1, set())
        for name, cuts in self.cuts.items():
            known: set[int] = set()
            for part in cuts:
                roots = [self.roots[name][i] for i in part]
                self._part(name, roots, SLOT, known)
                known |= set(self.p.graph.needed([k for _, k in roots], SLOT)) & set(self.shared[name])

    def _part(self, name: str, roots: list[Root], above: int, known: set[int]) -> None:
        types = [self.pointer, self.pointer, self.pointer, self.i64, self.i64, self.scalar, self.scalar]
        parts = self.parts.setdefault(name, [])
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), types), f"{name}{len(parts) or ''}")
        function.attributes.add("noinline")
        function.linkage = "internal"
        for a in function.args[:3]:
            a.add_attribute("noalias")
        person, coefficients, scratch, blocks, stride, time, gone = function.args
        b = ir.IRBuilder(function.append_basic_block("entry"))
        v = Vectors(self.module, b, self.width, self.single)
        self.b, self.v = b, v
        now, gone = self.v.spread(time), self.v.spread(gone)
        with self._loop(self._n(0), blocks) as block:
            bytes_ = self.width * self.bytes
            base = {
                "P": b.gep(person, [b.mul(block, self._n(len(self.p.exports[PERSON]) * bytes_))], source_etype=ir.IntType(8)),
                "C": b.gep(coefficients, [b.mul(block, stride)], source_etype=ir.IntType(8)),
                "": b.gep(scratch, [b.mul(block, self._n(self.vectors * bytes_))], source_etype=ir.IntType(8)),
            }
            self._fill_part(name, roots, above, known, base, now, gone)
        b.ret_void()
        parts.append(function)

    def _fill_part(
        self, name: str, roots: list[Root], above: int, known: set[int], base: dict[str, Any], now: Any, gone: Any
    ) -> None:
        b, v, g = self.b, self.v, self.p.graph
        where = {k: (buffer, i) for level, buffer in ((PERSON, "P"), (DAY, "D"), (SLOT, "L")) for i, k in
                 enumerate(self.p.exports[level])}  # fmt: skip
        shared = {k: i for i, k in enumerate(self.shared.get(name, []))}

        def slot(buffer: str, i: int) -> Any:
            own = buffer in base
            place = self._n(i if own else self.offsets[buffer] + i)
            return b.gep(base[buffer if own else ""], [place], source_etype=v.type)

        def read(buffer: str, i: int) -> Any:
            return b.load(slot(buffer, i), typ=v.type, align=self.align)

        def write(value: Any, buffer: str, i: int) -> None:
            b.store(value, slot(buffer, i), align=self.align)

        def state(place: int) -> Any:
            if place not in self.steady:
                return read("A" if name == "second" else "X", place)
            if name in ("first", "second"):
                x = read("X", place)
                return v.fma(gone, b.fsub(read("A", place), x), x)
            return read("A" if name == "close" else "X", place)

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
        for (i, _), value in zip(roots, emit(v, g, [k for _, k in roots], above, load, known, made), strict=True):
            if name in ("day", "slot"):
                write(value, "D" if name == "day" else "L", i)
            elif i >= n:
                write(value, "W1", i - n)
            elif name in ("open", "first"):
                x = read("X", i)
                write(v.fma(read("C", i), value, x), "A", i)
                write(v.fma(read("C", n + i), value, b.fneg(read("E", i)) if self.single else x), "E", i)
            else:
                self._advance(i, value, read, write)

    def _advance(self, i: int, g: Any, read: Callable[..., Any], write: Callable[..., None]) -> None:
        b = self.b
        y = self.v.fma(read("C", 2 * self.p.states + i), g, read("E", i))
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
