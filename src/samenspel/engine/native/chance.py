"""Addressed normals as vector code, with the bits of `samenspel.randomness`: same operations, same order, nothing fused."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from samenspel.engine.native.lanes import Splat
from samenspel.randomness import elementary as e
from samenspel.randomness import philox
from samenspel.randomness.address import CELL, DISCARDED_BITS


class Chance:
    """Draws for `width` people at once."""

    def __init__(self, module: ir.Module, b: ir.IRBuilder, width: int) -> None:
        self.module, self.b, self.width = module, b, width
        self.i64 = ir.IntType(64)
        self.words, self.type = ir.VectorType(self.i64, width), ir.VectorType(ir.DoubleType(), width)

    def whole(self, value: int) -> Any:
        """The same whole number in every lane."""
        return Splat(self.words, value)

    def number(self, value: float) -> Any:
        """The same number in every lane."""
        return Splat(self.type, value)

    def spread(self, scalar: Any) -> Any:
        """One 64-bit word in every lane."""
        b = self.b
        one = b.insert_element(ir.Constant(self.words, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), self.width), [ir.Constant(ir.IntType(32), 0)] * self.width)
        return b.shuffle_vector(one, ir.Constant(self.words, ir.Undefined), mask)

    def uniform(self, person: Any, world: Any, day: Any, channel: Any, key: tuple[Any, Any]) -> Any:
        """Uniform draws; every part a vector of 64-bit words."""
        b, low, half = self.b, self.whole(philox.WORD), self.whole(32)
        c0, c1, c2, c3 = person, world, day, channel
        k0, k1 = key
        for _ in range(philox.ROUNDS):
            p0, p1 = b.mul(c0, self.whole(philox.M0)), b.mul(c2, self.whole(philox.M1))
            c0, c1, c2, c3 = (
                b.xor(b.xor(b.lshr(p1, half), c1), k0),
                b.and_(p1, low),
                b.xor(b.xor(b.lshr(p0, half), c3), k1),
                b.and_(p0, low),
            )
            k0 = b.and_(b.add(k0, self.whole(philox.W0)), low)
            k1 = b.and_(b.add(k1, self.whole(philox.W1)), low)
        cell = b.uitofp(b.lshr(c0, self.whole(DISCARDED_BITS)), self.type)
        return b.fmul(b.fadd(cell, self.number(0.5)), self.number(CELL))

    def _horner(self, coefficients: tuple[float, ...], x: Any) -> Any:
        value = self.number(coefficients[-1])
        for c in coefficients[-2::-1]:
            value = self.b.fadd(self.b.fmul(value, x), self.number(c))
        return value

    def _ratio(self, pair: tuple[tuple[float, ...], tuple[float, ...]], x: Any) -> Any:
        return self.b.fdiv(self._horner(pair[0], x), self._horner(pair[1], x))

    def _log(self, x: Any) -> Any:
        b = self.b
        bits = b.bitcast(x, self.words)
        exponent = b.ashr(b.sub(bits, self.whole(e.SQRT_HALF_BITS)), self.whole(52))
        f = b.fsub(b.bitcast(b.sub(bits, b.shl(exponent, self.whole(52))), self.type), self.number(1.0))
        k = b.sitofp(exponent, self.type)
        s = b.fdiv(f, b.fadd(self.number(2.0), f))
        z = b.fmul(s, s)
        inner = b.fmul(self.number(2.0), b.fmul(z, self._horner(e.LOG_SERIES, z)))
        inner = b.fsub(b.fmul(s, b.fsub(f, inner)), b.fmul(k, self.number(e.LN2_LOW)))
        return b.fadd(b.fmul(k, self.number(e.LN2_HIGH)), b.fsub(f, inner))

    def risen(self, x: Any) -> Any:
        """1 - exp(-x) for x ≥ 0; for what is no number, any number."""
        b, magic, end = self.b, self.number(1.5 * 2.0**52), self.number(e.FULL)
        y = b.fneg(b.select(b.fcmp_ordered(">", x, end), end, x))
        shifted = b.fadd(b.fmul(y, self.number(1.0 / e.LN2)), magic)
        k = b.fsub(shifted, magic)
        r = b.fsub(b.fsub(y, b.fmul(k, self.number(e.LN2_HIGH))), b.fmul(k, self.number(e.LN2_LOW)))
        value = b.fadd(self.number(1.0), b.fadd(r, b.fmul(b.fmul(r, r), self._horner(e.EXP_SERIES, r))))
        bits = b.add(b.bitcast(value, self.words), b.shl(b.bitcast(shifted, self.words), self.whole(52)))
        return b.fsub(self.number(1.0), b.bitcast(bits, self.type))

    def normal(self, p: Any) -> Any:
        """The normal quantile of uniform draws, strictly between 0 and 1."""
        b, zero = self.b, self.number(0.0)
        q = b.fsub(p, self.number(0.5))
        below = b.fcmp_ordered("<", q, zero)
        side = b.select(below, b.fneg(q), q)
        r = b.fsub(self.number(e.CENTRE_SHIFT), b.fmul(q, q))
        r = b.select(b.fcmp_ordered("<", r, zero), zero, r)
        centre = b.fdiv(b.fmul(q, self._horner(e.CENTRE[0], r)), self._horner(e.CENTRE[1], r))
        small = b.select(below, p, b.fsub(self.number(1.0), p))
        sqrt = self.module.globals.get(f"llvm.sqrt.v{self.width}f64") or ir.Function(
            self.module, ir.FunctionType(self.type, [self.type]), f"llvm.sqrt.v{self.width}f64"
        )
        t = b.call(sqrt, [b.fneg(self._log(small))])
        tail = self._ratio(e.TAIL, b.fsub(t, self.number(e.TAIL_SHIFT)))
        far = self._ratio(e.FAR_TAIL, b.fsub(t, self.number(e.TAIL_SPLIT)))
        tail = b.select(b.fcmp_ordered(">", t, self.number(e.TAIL_SPLIT)), far, tail)
        tail = b.select(below, b.fneg(tail), tail)
        return b.select(b.fcmp_ordered(">", side, self.number(e.CENTRE_HALF_WIDTH)), tail, centre)


def uniform_module() -> tuple[str, dict[str, Any]]:
    """LLVM text of ``uniform(persons, worlds, out, blocks, day, channel, key low, key high)`` for blocks of 8 people."""
    width, i64, pointer = 8, ir.IntType(64), ir.PointerType()
    module = ir.Module("chance")
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [i64] * 8), "uniform")
    b = ir.IRBuilder(function.append_basic_block("entry"))
    persons, worlds, out, blocks, day, channel, low, high = function.args
    chance = Chance(module, b, width)
    today, draw, key = chance.spread(day), chance.spread(channel), (chance.spread(low), chance.spread(high))
    entry, loop, done = b.block, function.append_basic_block("loop"), function.append_basic_block("done")
    b.cbranch(b.icmp_signed("<", ir.Constant(i64, 0), blocks), loop, done)
    b.position_at_end(loop)
    block = b.phi(i64)
    block.add_incoming(ir.Constant(i64, 0), entry)
    offset = b.mul(block, ir.Constant(i64, 8 * width))
    person, world = (b.load(b.inttoptr(b.add(p, offset), pointer), typ=chance.words, align=8) for p in (persons, worlds))
    u = chance.uniform(person, world, today, draw, key)
    b.store(u, b.inttoptr(b.add(out, offset), pointer), align=8)
    after = b.add(block, ir.Constant(i64, 1))
    block.add_incoming(after, loop)
    b.cbranch(b.icmp_signed("<", after, blocks), loop, done)
    b.position_at_end(done)
    b.ret_void()
    return str(module), {}
