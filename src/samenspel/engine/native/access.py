"""How a kernel reaches memory: words of its table, rows of people, working buffers, inputs by arm, draws by address."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from samenspel.engine.native.chance import Chance
from samenspel.engine.native.parts import Parts

#: the kernel's one argument is the address of a table of 64-bit words in this order
TABLE = (
    "x", "held", "hazard", "person_numbers", "coefficients", "day_start", "step_size", "step_slot", "step_last", "step_begin",
    "step_end", "step_half", "step_opens", "step_closes", "step_before", "step_after",
    "inputs", "arm", "person", "world", "scratch", "row", "slots", "arms", "sizes", "key_low",
    "key_high", "first_day", "rule_sources", "rule_strides", "rule_sinks", "rule_values", "rule_inputs", "rule_time",
)  # fmt: skip


class Access(Parts):
    """Small words for code that runs over the blocks of a team; `b` says where it is written."""

    t: dict[str, Any]  # words of the table
    wide: ir.VectorType  # numbers of a row, in double precision
    first: Any  # block of the team
    team: Any  # blocks in it

    @contextmanager
    def _each(self) -> Any:
        """Loop over the blocks of the team; inside, buffers and lanes are those of one block."""
        b = self.b
        with self._loop(self._n(0), self.team) as k:
            self.block = b.add(self.first, k)
            self.lane = b.mul(self.block, self._n(self.width))
            self.base = self._pointer(self.t["scratch"], b.mul(k, self._n(self.vectors * self.width * self.bytes)))
            yield

    def _inputs(self, day: Any, slot: Any, places: Sequence[int]) -> list[Any]:
        """Inputs of a slot, lane by lane, since a block may hold people of two arms."""
        b, t, n = self.b, self.t, self.p.inputs
        base = b.add(b.mul(day, t["slots"]), slot)
        base = b.mul(base, t["arms"])
        lanes, out = [], []
        for lane in range(self.width):
            arm = b.load(self._pointer(t["arm"], b.mul(b.add(self.lane, self._n(lane)), self._n(8))), typ=self.i64, align=8)
            lanes.append(b.mul(b.add(base, arm), self._n(n * 8)))
        for place in places:
            vector: Any = ir.Constant(self.wide, ir.Undefined)
            for lane, offset in enumerate(lanes):
                where = self._pointer(t["inputs"], b.add(offset, self._n(8 * place)))
                vector = b.insert_element(vector, b.load(where, typ=ir.DoubleType(), align=8), ir.Constant(self.i32, lane))
            out.append(vector)
        return out

    def _draw(self, name: str, day: Any, channel: int) -> Any:
        """Draws of a channel for the people of a block: ``uniform`` or ``normal``."""
        b, chance = self.b, Chance(self.module, self.b, self.width)
        offset = b.mul(self.lane, self._n(8))
        person, world = (b.load(self._pointer(self.t[n], offset), typ=chance.words, align=8) for n in ("person", "world"))
        key = (chance.spread(self.t["key_low"]), chance.spread(self.t["key_high"]))
        return b.call(self._drawing(name), [person, world, chance.spread(day), chance.whole(channel), *key])

    def _drawing(self, name: str) -> ir.Function:
        if name in self.module.globals:
            return self.module.globals[name]
        words = ir.VectorType(self.i64, self.width)
        function = ir.Function(self.module, ir.FunctionType(self.wide, [words] * 6), name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        inner = ir.IRBuilder(function.append_basic_block("entry"))
        chance = Chance(self.module, inner, self.width)
        person, world, day, channel, low, high = function.args
        u = chance.uniform(person, world, day, channel, (low, high))
        inner.ret(chance.normal(u) if name == "normal" else u)
        return function

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
        return self.v.spread(self._scalar(name, i))

    def _scalar(self, table: str, i: Any) -> Any:
        where = self._pointer(self.t[table], self.b.mul(i, self._n(self.bytes)))
        return self.b.load(where, typ=self.scalar, align=self.bytes)
