"""The day as vector code: all steps of a block of people from one midnight to the next, or over many days.

Per step, with z = λ h and the frozen diagonal λ (Cox and Matthews 2002, J Comput Phys 176:430; see `numpy_engine`):

    a  = x + c₁ f(x),   x' = x + c₂ f(x) + c₃ f(a),   c₁ = h φ₁(z), c₃ = h φ₂(z), c₂ = c₁ - c₃ e^z

In single precision the sum is compensated: y = increment - e, t = x + y, e = (t - x) - y. At midnight the state leaves
as x - e in double precision and comes back split in the same way, whoever changed it in between.

A right-hand side of thousands of instructions would be fetched anew for every block of people. So it is cut into parts that
fit the processor's store of decoded instructions, and each part loops over a team of blocks before the next begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from samenspel.engine.native.chance import Chance
from samenspel.engine.native.graph import DAY, PERSON, SLOT, Graph
from samenspel.engine.native.layout import Layout
from samenspel.engine.native.program import emit, rows_function
from samenspel.engine.native.vectors import Vectors

#: the kernel's one argument is the address of a table of 64-bit words in this order
TABLE = (
    "x", "held", "hazard", "person_numbers", "coefficients", "day_start", "step_size", "step_slot", "step_last", "step_begin",
    "step_end", "step_half", "inputs", "arm", "person", "world", "scratch", "row", "slots", "arms", "sizes", "key_low",
    "key_high", "first_day",
)  # fmt: skip
TEAM = 4  # blocks that go through a part together
PART = 80  # operations of a part, about: measured best where a processor has 8 as where it has 16 lanes
COST = {"exp": 15, "tanh": 19, "log": 20, "softplus": 28}  # instructions; other operations count one


def buffer_sizes(p: Layout, shared: int) -> dict[str, int]:
    """Vectors that each working buffer of one block holds."""
    n, w = p.states, len(p.watch)
    return {"X": n, "E": n, "F": n, "A": n, "H": len(p.held_used), "D": len(p.exports[DAY]), "U": len(p.inputs_used),
            "L": len(p.exports[SLOT]), "Z": shared, "W0": w, "W1": w, "SUM": w}  # fmt: skip


def build_day(p: Layout, width: int, single: bool) -> tuple[str, dict[str, Any]]:
    """LLVM text with ``run(table, first block, last block, first day, last day)`` and ``prepare``, and the header."""
    module = ir.Module("day")
    maker = _Driver(module, p, width, single)
    maker.levels()
    maker.run()
    used = rows_function(module, "prepare", p.graph, p.exports[PERSON]) if p.exports[PERSON] else []
    header = {"used": used, "person": len(p.exports[PERSON]), "inputs": p.inputs_used, "scratch": TEAM * maker.vectors}
    return str(module), header


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


class _Driver:
    """Writes the functions of one module."""

    def __init__(self, module: ir.Module, layout: Layout, width: int, single: bool) -> None:
        self.module, self.p, self.width, self.single = module, layout, width, single
        self.pointer, self.i64, self.i32 = ir.PointerType(), ir.IntType(64), ir.IntType(32)
        self.scalar = ir.FloatType() if single else ir.DoubleType()
        self.bytes = 4 if single else 8
        self.align = min(64, self.bytes * width)
        self.parts: dict[str, list[ir.Function]] = {}
        self.roots = {"first": [*layout.drift, *layout.watch], "second": layout.drift, "watch": layout.watch}
        self.cuts = {name: cut(layout.graph, roots) for name, roots in self.roots.items() if roots}
        self.shared = {name: self._shared(self.roots[name], cuts) for name, cuts in self.cuts.items()}
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

    # Parts: functions (numbers of person, coefficients, scratch, blocks, bytes of coefficients per block, time).

    def levels(self) -> None:
        """Functions for what changes with the day, the slot, and within the step."""
        self._part("day", list(range(len(self.p.exports[DAY]))), self.p.exports[DAY], DAY - 1, set())
        self._part("slot", list(range(len(self.p.exports[SLOT]))), self.p.exports[SLOT], SLOT - 1, set())
        for name, cuts in self.cuts.items():
            known: set[int] = set()
            for part in cuts:
                roots = [self.roots[name][i] for i in part]
                self._part(name, part, roots, SLOT, known)
                known |= set(self.p.graph.needed(roots, SLOT)) & set(self.shared[name])

    def _part(self, name: str, places: list[int], roots: list[int], above: int, known: set[int]) -> None:
        types = [self.pointer, self.pointer, self.pointer, self.i64, self.i64, self.scalar]
        parts = self.parts.setdefault(name, [])
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), types), f"{name}{len(parts) or ''}")
        function.attributes.add("noinline")
        function.linkage = "internal"
        for a in function.args[:3]:
            a.add_attribute("noalias")
        person, coefficients, scratch, blocks, stride, time = function.args
        b = ir.IRBuilder(function.append_basic_block("entry"))
        v = Vectors(self.module, b, self.width, self.single)
        self.b, self.v = b, v
        now = self.v.spread(time)
        with self._loop(self._n(0), blocks) as block:
            bytes_ = self.width * self.bytes
            base = {
                "P": b.gep(person, [b.mul(block, self._n(len(self.p.exports[PERSON]) * bytes_))], source_etype=ir.IntType(8)),
                "C": b.gep(coefficients, [b.mul(block, stride)], source_etype=ir.IntType(8)),
                "": b.gep(scratch, [b.mul(block, self._n(self.vectors * bytes_))], source_etype=ir.IntType(8)),
            }
            self._fill_part(name, places, roots, above, known, base, now)
        b.ret_void()
        parts.append(function)

    def _fill_part(
        self, name: str, places: list[int], roots: list[int], above: int, known: set[int], base: dict[str, Any], now: Any
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

        def load(k: int) -> Any:
            if k in known:
                return read("Z", shared[k])
            if k in where:
                return read(*where[k])
            place = int(g.nodes[k][2])
            if place < self.p.states:
                return read("A" if name == "second" else "X", place)
            if place == self.p.time:
                return now
            if place >= self.p.first_held:
                return read("H", self.p.held_used.index(place - self.p.first_held))
            return read("U", self.p.inputs_used.index(place - self.p.first_input))

        def made(k: int, value: Any) -> None:
            if k in shared and k not in known:
                write(value, "Z", shared[k])

        n = self.p.states
        for i, value in zip(places, emit(v, g, roots, above, load, known, made), strict=True):
            if name in ("day", "slot"):
                write(value, "D" if name == "day" else "L", i)
            elif name == "watch" or i >= n:
                write(value, "W1", i if name == "watch" else i - n)
            elif name == "first":
                write(value, "F", i)
                write(v.fma(read("C", i), value, read("X", i)), "A", i)
            else:
                self._advance(i, value, read, write)

    def _advance(self, i: int, g: Any, read: Callable[..., Any], write: Callable[..., None]) -> None:
        b, v = self.b, self.v
        n, f, x = self.p.states, read("F", i), read("X", i)
        ours, theirs = read("C", n + i), read("C", 2 * n + i)
        if not self.single:
            write(v.fma(theirs, g, v.fma(ours, f, x)), "X", i)
            return
        y = v.fma(theirs, g, v.fma(ours, f, b.fneg(read("E", i))))
        t = b.fadd(x, y)
        write(b.fsub(b.fsub(t, x), y), "E", i)
        write(t, "X", i)

    # The loop over teams of blocks, days and steps.

    def run(self) -> None:
        """The exported function."""
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [self.i64] * 5), "run")
        self.b = b = ir.IRBuilder(function.append_basic_block("entry"))
        self.v = Vectors(self.module, b, self.width, self.single)
        self.wide = ir.VectorType(ir.DoubleType(), self.width)
        table = b.inttoptr(function.args[0], self.pointer)
        self.t = {name: self._word(table, i) for i, name in enumerate(TABLE)}
        self.size = b.mul(self.t["sizes"], self._n(3 * self.p.states * self.width * self.bytes))
        _, block0, block1, day0, day1 = function.args
        teams = b.sdiv(b.add(b.sub(block1, block0), self._n(TEAM - 1)), self._n(TEAM))
        with self._loop(self._n(0), teams) as team:
            self.first = b.add(block0, b.mul(team, self._n(TEAM)))
            left = b.sub(block1, self.first)
            self.team = b.select(b.icmp_signed("<", left, self._n(TEAM)), left, self._n(TEAM))
            numbers = len(self.p.exports[PERSON]) * self.width * self.bytes
            self.person = self._pointer(self.t["person_numbers"], b.mul(self.first, self._n(numbers)))
            self.own = b.add(self.t["coefficients"], b.mul(self.first, self.size))
            with self._loop(day0, day1) as day:
                self._day(day)
        b.ret_void()

    @contextmanager
    def _each(self) -> Any:
        """Loop over the blocks of the team; inside, buffers and lanes are those of one block."""
        b = self.b
        with self._loop(self._n(0), self.team) as k:
            self.lane = b.mul(b.add(self.first, k), self._n(self.width))
            self.base = self._pointer(self.t["scratch"], b.mul(k, self._n(self.vectors * self.width * self.bytes)))
            yield

    def _day(self, day: Any) -> None:
        b, p = self.b, self.p
        with self._each():
            if p.noise:
                self._noise(day)
            for i, row in enumerate(p.held_used):
                self._put(self._narrow(self._wide_row("held", row)), "H", i)
            with self._loop(self._n(0), self._n(p.states)) as i:
                x = b.load(self._row("x", i), typ=self.wide, align=8)
                near = self._narrow(x)
                self._put(near, "X", i)
                if self.single:
                    self._put(self._narrow(b.fsub(b.fpext(near, self.wide), x)), "E", i)
            for k, how in enumerate(p.how):
                self._put(self.v.number(0.0 if how != "max" else float("-inf")), "SUM", k)
        first, last = self._table32("day_start", day), self._table32("day_start", b.add(day, self._n(1)))
        self._call("day", self.own, "step_begin", first)
        with self._loop(first, last) as step:
            self._step(day, step)
        with self._each():
            with self._loop(self._n(0), self._n(p.states)) as i:
                x = self._get("X", i)
                out = b.fsub(b.fpext(x, self.wide), b.fpext(self._get("E", i), self.wide)) if self.single else x
                b.store(out, self._row("x", i), align=8)
            hazard = 0
            for k, row in enumerate(p.closes):
                value = self._get("SUM", k)
                value = b.fpext(value, self.wide) if self.single else value
                b.store(value, self._row("held" if row >= 0 else "hazard", self._n(row if row >= 0 else hazard)), align=8)
                hazard += row < 0

    def _step(self, day: Any, step: Any) -> None:
        b = self.b
        slot = self._table32("step_slot", step)
        opens = b.icmp_signed(">=", slot, self._n(0))
        with b.if_then(opens):
            if self.p.inputs_used:
                with self._each():
                    self._inputs(day, slot)
            self._call("slot", self.own, "step_begin", step)
        size = self._table32("step_size", step)
        coefficients = b.add(self.own, b.mul(size, self._n(3 * self.p.states * self.width * self.bytes)))
        self._call("first", coefficients, "step_begin", step)
        if self.p.watch:
            with b.if_then(b.not_(opens)), self._each():
                self._gather(b.sub(step, self._n(1)))
            with self._each():
                for k in range(len(self.p.watch)):
                    self._put(self._get("W1", k), "W0", k)
        self._call("second", coefficients, "step_end", step)
        if self.p.watch:
            with b.if_then(b.icmp_signed("!=", self._table32("step_last", step), self._n(0))):
                self._call("watch", coefficients, "step_end", step)
                with self._each():
                    self._gather(step)

    def _gather(self, step: Any) -> None:
        """Trapezoid over the step that ends here, from W0 (its beginning) to W1."""
        b = self.b
        half = self._number("step_half", step)
        for k, how in enumerate(self.p.how):
            total, before, after = self._get("SUM", k), self._get("W0", k), self._get("W1", k)
            if how == "max":
                for value in (before, after):
                    larger = b.fcmp_ordered("<", total, value)
                    total = b.select(b.or_(larger, b.fcmp_unordered("uno", value, value)), value, total)
                self._put(total, "SUM", k)
            else:
                self._put(self.v.fma(half, b.fadd(before, after), total), "SUM", k)

    def _inputs(self, day: Any, slot: Any) -> None:
        """Inputs of a slot, lane by lane, since a block may hold people of two arms."""
        b, t, n = self.b, self.t, self.p.inputs
        base = b.add(b.mul(day, t["slots"]), slot)
        base = b.mul(base, t["arms"])
        lanes = []
        for lane in range(self.width):
            arm = b.load(self._pointer(t["arm"], b.mul(b.add(self.lane, self._n(lane)), self._n(8))), typ=self.i64, align=8)
            lanes.append(b.mul(b.add(base, arm), self._n(n * 8)))
        for i, place in enumerate(self.p.inputs_used):
            vector: Any = ir.Constant(self.wide, ir.Undefined)
            for lane, offset in enumerate(lanes):
                where = self._pointer(t["inputs"], b.add(offset, self._n(8 * place)))
                vector = b.insert_element(vector, b.load(where, typ=ir.DoubleType(), align=8), ir.Constant(self.i32, lane))
            self._put(self._narrow(vector), "U", i)

    def _noise(self, day: Any) -> None:
        b = self.b
        chance = Chance(self.module, b, self.width)
        offset = b.mul(self.lane, self._n(8))
        person, world = (b.load(self._pointer(self.t[n], offset), typ=chance.words, align=8) for n in ("person", "world"))
        today = chance.spread(b.add(self.t["first_day"], day))
        key = (chance.spread(self.t["key_low"]), chance.spread(self.t["key_high"]))
        function = self._normal()
        for row, channel in self.p.noise:
            z = b.call(function, [person, world, today, chance.whole(channel), *key])
            b.store(z, self._row("held", self._n(row)), align=8)

    def _normal(self) -> ir.Function:
        words = ir.VectorType(self.i64, self.width)
        function = ir.Function(self.module, ir.FunctionType(self.wide, [words] * 6), "normal")
        function.linkage = "internal"
        function.attributes.add("noinline")
        inner = ir.IRBuilder(function.append_basic_block("entry"))
        chance = Chance(self.module, inner, self.width)
        person, world, day, channel, low, high = function.args
        inner.ret(chance.normal(chance.uniform(person, world, day, channel, (low, high))))
        return function

    # Small words.

    def _n(self, value: int) -> Any:
        return ir.Constant(self.i64, value)

    def _word(self, table: Any, i: int) -> Any:
        return self.b.load(self.b.gep(table, [self._n(i)], source_etype=self.i64), typ=self.i64, align=8)

    def _pointer(self, base: Any, offset: Any) -> Any:
        return self.b.inttoptr(self.b.add(base, offset), self.pointer)

    def _row(self, name: str, row: Any) -> Any:
        b = self.b
        return self._pointer(self.t[name], b.mul(b.add(b.mul(row, self.t["row"]), self.lane), self._n(8)))

    def _wide_row(self, name: str, row: int) -> Any:
        return self.b.load(self._row(name, self._n(row)), typ=self.wide, align=8)

    def _narrow(self, value: Any) -> Any:
        return self.b.fptrunc(value, self.v.type) if self.single else value

    def _slot(self, buffer: str, i: Any) -> Any:
        i = self._n(i) if isinstance(i, int) else i
        place = self.b.add(i, self._n(self.offsets[buffer]))
        return self.b.gep(self.base, [place], source_etype=self.v.type)

    def _get(self, buffer: str, i: Any) -> Any:
        return self.b.load(self._slot(buffer, i), typ=self.v.type, align=self.align)

    def _put(self, value: Any, buffer: str, i: Any) -> None:
        self.b.store(value, self._slot(buffer, i), align=self.align)

    def _table32(self, name: str, i: Any) -> Any:
        where = self._pointer(self.t[name], self.b.mul(i, self._n(4)))
        return self.b.sext(self.b.load(where, typ=self.i32, align=4), self.i64)

    def _number(self, name: str, i: Any) -> Any:
        where = self._pointer(self.t[name], self.b.mul(i, self._n(self.bytes)))
        return self.v.spread(self.b.load(where, typ=self.scalar, align=self.bytes))

    def _call(self, name: str, coefficients: Any, time: str, step: Any) -> None:
        """All parts of one level for the whole team."""
        where = self._pointer(self.t[time], self.b.mul(step, self._n(self.bytes)))
        now = self.b.load(where, typ=self.scalar, align=self.bytes)
        scratch, c = self.b.inttoptr(self.t["scratch"], self.pointer), self.b.inttoptr(coefficients, self.pointer)
        for part in self.parts[name]:
            self.b.call(part, [self.person, c, scratch, self.team, self.size, now])

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
