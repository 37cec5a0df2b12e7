"""The loop of a kernel: blocks of people from one midnight to the next, or over many days.

At midnight the state leaves as x - e in double precision and comes back split in the same way, whoever changed it in
between (`parts` says what x and e are). Between two days of one call the rules of midnight are followed here. Day integrals
follow the trapezoid rule over the steps; noise is drawn as a day begins.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from llvmlite import ir

from samenspel.engine.native.access import TABLE, Access
from samenspel.engine.native.chance import Chance
from samenspel.engine.native.graph import PERSON
from samenspel.engine.native.layout import Layout
from samenspel.engine.native.parts import TEAM
from samenspel.engine.native.program import rows_function
from samenspel.engine.native.rules import Rules, Turn
from samenspel.engine.native.vectors import Vectors


def build_day(
    p: Layout, width: int, single: bool, steady: Collection[int] = (), registers: int = 1
) -> tuple[str, dict[str, Any]]:
    """LLVM text with ``run(table, first block, last block, first day, last day)`` and ``prepare``, and the header.

    registers  how many of the processor hold one vector; decides where the code is cut, never a result
    """
    module = ir.Module("day")
    maker = _Driver(module, p, steady, width, single, registers)
    maker.levels()
    maker.follow(p.rules)
    maker.run()
    prepared = [*p.exports[PERSON], *p.factors.values()]
    used = rows_function(module, "prepare", p.graph, prepared, rarely=True) if prepared else []
    header = {"used": used, "person": len(p.exports[PERSON]), "factors": list(p.factors), "inputs": p.inputs_used,
              "scratch": TEAM * maker.vectors, "rules": maker.used}  # fmt: skip
    return str(module), header


class _Driver(Access):
    """Adds the exported function."""

    def follow(self, rules: Rules | None) -> None:
        """Take in the rules of midnight; `used` are the symbols they read."""
        self.rules, self.used = rules, list[int]()
        if rules:
            self.used = rows_function(self.module, "rules", rules.graph, rules.roots, lanes=self.width) if rules.roots else []
            self.used += [k for k in dict.fromkeys(rules.bare) if k not in self.used]

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
                if self.rules:
                    with b.if_then(b.icmp_signed("<", b.add(day, self._n(1)), day1)):
                        self._midnight(self.rules, day)
        b.ret_void()

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
                    for i, value in enumerate(self._inputs(day, slot, self.p.inputs_used)):
                        self._put(self._narrow(value), "U", i)
            self._call("slot", self.own, "step_begin", step)
        self._group("step_opens", "step_begin", step)
        coefficients = self._of_size(self._table32("step_size", step))
        self._call("moving", coefficients, "step_begin", step, "step_before")
        self._call("watching", coefficients, "step_begin", step, "step_before")
        if self.p.watch:
            with b.if_then(b.not_(opens)), self._each():
                self._gather(b.sub(step, self._n(1)))
            with self._each():
                for k in range(len(self.p.watch)):
                    self._put(self._get("W1", k), "W0", k)
        self._call("moving", coefficients, "step_end", step, "step_after", second=True)
        self._group("step_closes", "step_end", step, second=True)
        if self.p.watch:
            with b.if_then(b.icmp_signed("!=", self._table32("step_last", step), self._n(0))):
                self._call("watch", coefficients, "step_end", step)
                with self._each():
                    self._gather(step)

    def _group(self, where: str, time: str, step: Any, *, second: bool = False) -> None:
        """The steady states' half of a step over a group, where a group opens or closes."""
        if self.steady:
            size = self._table32(where, step)
            with self.b.if_then(self.b.icmp_signed(">=", size, self._n(0))):
                self._call("steady", self._of_size(size), time, step, second=second)

    def _of_size(self, size: Any) -> Any:
        return self.b.add(self.own, self.b.mul(size, self._n(3 * self.p.states * self.width * self.bytes)))

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

    def _noise(self, day: Any) -> None:
        today = self.b.add(self.t["first_day"], day)
        for row, channel in self.p.noise:
            self.b.store(self._draw("normal", today, channel), self._row("held", self._n(row)), align=8)

    def _midnight(self, rules: Rules, day: Any) -> None:
        """The rules of the midnight after a day, for the team."""
        b, t, inputs = self.b, self.t, [k - self.p.first_input for k in self.used]
        inputs = [i for i in inputs if 0 <= i < self.p.inputs]
        tomorrow = b.add(b.add(t["first_day"], day), self._n(1))
        spread = Vectors(self.module, b, self.width, single=False).spread
        b.store(spread(b.sitofp(tomorrow, ir.DoubleType())), b.inttoptr(t["rule_time"], self.pointer), align=8)
        if inputs:
            with self._each():
                for i, value in zip(inputs, self._inputs(day, b.sub(t["slots"], self._n(1)), inputs), strict=True):
                    b.store(value, self._row("rule_inputs", self._n(i)), align=8)
        if rules.roots:
            tables = [t[f"rule_{name}"] for name in ("sources", "strides", "sinks")]
            b.call(self.module.globals["rules"], [*tables, self.first, b.add(self.first, self.team)])

        def value(i: int) -> Any:
            kind, number = rules.values[i]
            if kind == "number":
                return Chance(self.module, b, self.width).number(number)
            if kind == "made":
                return self._wide_row("rule_values", int(number))
            place = self._n(8 * self.used.index(int(number)))
            base, stride = (b.load(self._pointer(t[f"rule_{n}"], place), typ=self.i64, align=8) for n in ("sources", "strides"))
            return b.load(self._pointer(base, b.mul(stride, self.block)), typ=self.wide, align=8)

        with self._each():
            row = lambda name, i: self._row(name, self._n(i))  # noqa: E731
            Turn(self.module, b, self.width, rules, row, value, lambda name: self._draw("uniform", tomorrow, name)).write()

    def _call(
        self, name: str, coefficients: Any, time: str, step: Any, gone: str | None = None, *, second: bool = False
    ) -> None:
        """All parts of one level for the whole team.

        gone    the table with the part of the group that lies behind
        second  the second half of a step
        """
        now = self._scalar(time, step)
        part_gone = self._scalar(gone, step) if gone and self.steady else ir.Constant(self.scalar, 0.0)
        scratch, c = self.b.inttoptr(self.t["scratch"], self.pointer), self.b.inttoptr(coefficients, self.pointer)
        half = ir.Constant(ir.IntType(1), second)
        for part in self.parts.get(name, []):
            self.b.call(part, [self.person, c, scratch, self.team, self.size, now, part_gone, half])
