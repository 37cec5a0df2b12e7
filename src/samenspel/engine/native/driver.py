"""The day as vector code: all steps of a block of people from one midnight to the next, or over many days.

Per step, with z = λ h and the frozen diagonal λ (Cox and Matthews 2002, J Comput Phys 176:430; see `numpy_engine`):

    a  = x + c₁ f(x),   x' = x + c₁ f(x) + c₂ (f(a) - c₃ f(x)),   c₁ = h φ₁(z), c₂ = h φ₂(z), c₃ = e^z

In single precision the sum is compensated: y = increment - e, t = x + y, e = (t - x) - y. At midnight the state leaves
as x - e in double precision and comes back split in the same way, whoever changed it in between.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from samenspel.engine.native.chance import Chance
from samenspel.engine.native.graph import DAY, PERSON, SLOT
from samenspel.engine.native.layout import Layout
from samenspel.engine.native.program import emit, rows_function
from samenspel.engine.native.vectors import Vectors

#: the kernel's one argument is the address of a table of 64-bit words in this order
TABLE = (
    "x", "held", "hazard", "person_numbers", "coefficients", "day_start", "step_size", "step_slot", "step_last", "step_begin",
    "step_end", "step_half", "inputs", "arm", "person", "world", "scratch", "row", "slots", "arms", "sizes", "key_low", "key_high",
    "first_day",
)  # fmt: skip
BUFFERS = ("X", "E", "F", "A", "H", "D", "U", "L", "T", "W0", "W1", "SUM")


def buffer_sizes(p: Layout) -> dict[str, int]:
    """Vectors that each working buffer of one thread holds."""
    n, w = p.states, len(p.watch)
    sizes = (n, n, n, n, len(p.held_used), len(p.exports[DAY]), len(p.inputs_used), len(p.exports[SLOT]), 2, w, w, w)
    return dict(zip(BUFFERS, sizes, strict=True))


def build_day(p: Layout, width: int, single: bool) -> tuple[str, dict[str, Any]]:
    """LLVM text with ``run(table, first block, last block, first day, last day)`` and ``prepare``, and the header."""
    module = ir.Module("day")
    maker = _Driver(module, p, width, single)
    maker.levels()
    maker.run()
    used = rows_function(module, "prepare", p.graph, p.exports[PERSON]) if p.exports[PERSON] else []
    header = {"used": used, "person": len(p.exports[PERSON]), "inputs": p.inputs_used, "scratch": sum(buffer_sizes(p).values())}
    return str(module), header


class _Driver:
    """Writes the functions of one module."""

    def __init__(self, module: ir.Module, layout: Layout, width: int, single: bool) -> None:
        self.module, self.p, self.width, self.single = module, layout, width, single
        self.pointer, self.i64, self.i32 = ir.PointerType(), ir.IntType(64), ir.IntType(32)
        self.bytes = 4 if single else 8
        self.align = min(64, self.bytes * width)
        self.parts: dict[str, ir.Function] = {}

    # The parts: functions (numbers of person, H, D, U, L, T, X, C, F, A, E, W) that compute one level each.

    def levels(self) -> None:
        """Functions for what changes with the day, the slot, and within the step."""
        self._part("day", self.p.exports[DAY], DAY - 1, "D")
        self._part("slot", self.p.exports[SLOT], SLOT - 1, "L")
        n = self.p.states
        self._part("first", [*self.p.drift, *self.p.watch], SLOT, "first")
        self._part("second", self.p.drift, SLOT, "second")
        if self.p.watch:
            self._part("watch", self.p.watch, SLOT, "watch")
        assert len(self.p.drift) == n

    ARGUMENTS = ("P", "H", "D", "U", "L", "T", "X", "C", "F", "A", "E", "W")

    def _part(self, name: str, roots: list[int], above: int, kind: str) -> None:
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [self.pointer] * len(self.ARGUMENTS)), name)
        function.attributes.add("noinline")
        function.linkage = "internal"
        for a in function.args:
            a.add_attribute("noalias")
        b = ir.IRBuilder(function.append_basic_block("entry"))
        v = Vectors(self.module, b, self.width, self.single)
        at = dict(zip(self.ARGUMENTS, function.args, strict=True))
        g = self.p.graph
        where = {k: (buffer, i) for level, buffer in ((PERSON, "P"), (DAY, "D"), (SLOT, "L")) for i, k in
                 enumerate(self.p.exports[level])}  # fmt: skip

        def read(buffer: str, i: int) -> Any:
            return b.load(b.gep(at[buffer], [ir.Constant(self.i64, i)], source_etype=v.type), typ=v.type, align=self.align)

        def write(value: Any, buffer: str, i: int) -> None:
            b.store(value, b.gep(at[buffer], [ir.Constant(self.i64, i)], source_etype=v.type), align=self.align)

        def load(k: int) -> Any:
            if k in where:
                return read(*where[k])
            place = int(g.nodes[k][2])
            if place < self.p.states:
                return read("A" if kind == "second" else "X", place)
            if place == self.p.time:
                return read("T", 0)
            if place >= self.p.first_held:
                return read("H", self.p.held_used.index(place - self.p.first_held))
            return read("U", self.p.inputs_used.index(place - self.p.first_input))

        values = emit(v, g, roots, above, load)
        n = self.p.states
        for i, value in enumerate(values):
            if kind in ("D", "L"):
                write(value, kind, i)
            elif kind == "watch" or i >= n:
                write(value, "W", i if kind == "watch" else i - n)
            elif kind == "first":
                write(value, "F", i)
                write(v.fma(read("C", i), value, read("X", i)), "A", i)
            else:
                self._advance(b, v, i, value, read, write)
        b.ret_void()
        self.parts[name] = function

    def _advance(self, b: Any, v: Vectors, i: int, g: Any, read: Callable[..., Any], write: Callable[..., None]) -> None:
        n, f = self.p.states, read("F", i)
        correction = v.fma(b.fneg(read("C", 2 * n + i)), f, g)
        step = v.fma(read("C", n + i), correction, b.fmul(read("C", i), f))
        x = read("X", i)
        if not self.single:
            write(b.fadd(x, step), "X", i)
            return
        y = b.fsub(step, read("E", i))
        t = b.fadd(x, y)
        write(b.fsub(b.fsub(t, x), y), "E", i)
        write(t, "X", i)

    # The loop over blocks, days and steps.

    def run(self) -> None:
        """The exported function."""
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [self.i64] * 5), "run")
        self.b = b = ir.IRBuilder(function.append_basic_block("entry"))
        self.v = Vectors(self.module, b, self.width, self.single)
        self.wide = ir.VectorType(ir.DoubleType(), self.width)
        table = b.inttoptr(function.args[0], self.pointer)
        self.t = {name: self._word(table, i) for i, name in enumerate(TABLE)}
        place, self.at = self.t["scratch"], dict[str, Any]()
        for name, size in buffer_sizes(self.p).items():
            self.at[name] = b.inttoptr(place, self.pointer)
            place = b.add(place, self._n(size * self.width * self.bytes))
        _, block0, block1, day0, day1 = function.args
        with self._loop(block0, block1) as block:
            numbers = len(self.p.exports[PERSON]) * self.width * self.bytes
            self.at["P"] = self._pointer(self.t["person_numbers"], b.mul(block, self._n(numbers)))
            size = b.mul(self.t["sizes"], self._n(3 * self.p.states * self.width * self.bytes))
            self.own = b.add(self.t["coefficients"], b.mul(block, size))
            self.lane = b.mul(block, self._n(self.width))
            with self._loop(day0, day1) as day:
                self._day(day)
        b.ret_void()

    def _day(self, day: Any) -> None:
        b, p = self.b, self.p
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
        self._call("day", self.own)
        for k, how in enumerate(p.how):
            self._put(self.v.number(0.0 if how != "max" else float("-inf")), "SUM", k)
        first, last = self._table32("day_start", day), self._table32("day_start", b.add(day, self._n(1)))
        with self._loop(first, last) as step:
            self._step(day, step)
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
            self._inputs(day, slot)
            self._call("slot", self.own)
        size = self._table32("step_size", step)
        coefficients = b.add(self.own, b.mul(size, self._n(3 * self.p.states * self.width * self.bytes)))
        self._spread("step_begin", step)
        self._call("first", coefficients, "W1")
        if self.p.watch:
            with b.if_then(b.not_(opens)):
                self._gather(b.sub(step, self._n(1)))
            self._keep()
        self._spread("step_end", step)
        self._call("second", coefficients)
        if self.p.watch:
            with b.if_then(b.icmp_signed("!=", self._table32("step_last", step), self._n(0))):
                self._call("watch", coefficients, "W1")
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

    def _keep(self) -> None:
        for k in range(len(self.p.watch)):
            self._put(self._get("W1", k), "W0", k)

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
        *address, low, high = function.args
        inner.ret(chance.normal(chance.uniform(*address, (low, high))))
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
        return self.b.gep(self.at[buffer], [i], source_etype=self.v.type)

    def _get(self, buffer: str, i: Any) -> Any:
        return self.b.load(self._slot(buffer, i), typ=self.v.type, align=self.align)

    def _put(self, value: Any, buffer: str, i: Any) -> None:
        self.b.store(value, self._slot(buffer, i), align=self.align)

    def _table32(self, name: str, i: Any) -> Any:
        where = self._pointer(self.t[name], self.b.mul(i, self._n(4)))
        return self.b.sext(self.b.load(where, typ=self.i32, align=4), self.i64)

    def _number(self, name: str, i: Any) -> Any:
        where = self._pointer(self.t[name], self.b.mul(i, self._n(self.bytes)))
        one = self.b.load(where, typ=self.v.scalar, align=self.bytes)
        blank = ir.Constant(self.v.type, ir.Undefined)
        one = self.b.insert_element(blank, one, ir.Constant(self.i32, 0))
        mask = ir.Constant(ir.VectorType(self.i32, self.width), [ir.Constant(self.i32, 0)] * self.width)
        return self.b.shuffle_vector(one, blank, mask)

    def _spread(self, name: str, step: Any) -> None:
        self._put(self._number(name, step), "T", 0)

    def _call(self, name: str, coefficients: Any, watched: str = "W1") -> None:
        at = {**self.at, "C": self.b.inttoptr(coefficients, self.pointer), "W": self.at[watched]}
        self.b.call(self.parts[name], [at[a] for a in self.ARGUMENTS])

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
