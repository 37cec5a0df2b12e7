"""Vector arithmetic as LLVM instructions: strict, every fused multiply-add written out, own exp, log, tanh, sin, cos.

No instruction here leaves the compiler a choice that could change a bit. With L = ln 2 and polynomials fitted by
Chebyshev interpolation (largest relative error in brackets: single, double):

    exp x      = 2^k ((1 + r) + r² E(r)),  k = round(x/L),  r = x - k L              (8e-9, 1e-17)
    expm1 x    = 2^k (r + r² E(r)) + (2^k - 1)
    tanh x     = e/(e + 2),  e = expm1(2 x)
    log x      = k L + log(1 + f),  1 + f in [√½, √2): f - f²/2 + f³ Q(f) in single (3e-8), by s = f/(2 + f) in double
    softplus x = max(x, 0) + log1p(exp(-|x|)),  log1p t = 2 s + s³ A(s²), s = t/(2 + t)
    sin x, cos x = ±sin r or ±cos r by their Taylor series,  k = round(2x/π),  r = x - k π/2   (2e-9, 1e-17)

exp stays finite: its argument is held to ±87 (single) or ±708 (double), so that r/(1 + r) has no ∞/∞. The logarithm of
a negative number is not a number; of numbers below the smallest normal one it is that one's. Where |x| is so large
(2^20, 2^49) that its quarter turns cannot be counted, sin and cos are not a number.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

from samenspel.engine.native.lanes import Lanes

Steps = Generator[None, None, Any]
FUNCTIONS = ("exp", "log", "tanh", "softplus", "sin", "cos")
LN2 = 0.6931471805599453
LN2_HIGH, LN2_LOW = float.fromhex("0x1.62e42fef00000p-1"), float.fromhex("0x1.473de6af278edp-34")
E32 = (0.5, 0.16666573286056519, 0.04166654869914055, 0.008363774046301842, 0.0013926926767453551)
E64 = (
    0.5000000000000001, 0.16666666666666669, 0.04166666666662064, 0.008333333333329793, 0.0013888888918939168,
    0.00019841269864380513, 2.4801518641395993e-05, 2.75572664186123e-06, 2.7621338669142925e-07, 2.510134692835034e-08,
)  # fmt: skip
Q32 = (
    0.3333333134651184, -0.2500030994415283, 0.2000105232000351, -0.16641156375408173, 0.1421419084072113,
    -0.12999576330184937, 0.12625670433044434, -0.07902456820011139,
)  # fmt: skip
A64 = (
    0.6666666666666666, 0.40000000000000885, 0.28571428570799784, 0.22222222392581045, 0.18181795547521137,
    0.15386244737621665, 0.13268638369266825, 0.13088034850927555,
)  # fmt: skip
WIDE32 = (0.6666666865348816, 0.3999970555305481, 0.2859242558479309, 0.21705427765846252, 0.23230256140232086)
WIDE64 = (
    0.6666666666666666, 0.4, 0.28571428571428825, 0.22222222222172255, 0.18181818186930016, 0.15384615074013538,
    0.13333345416089804, 0.11764392007479474, 0.10531869278638437, 0.09456851910844442, 0.09233892501772681,
    0.052764233396084576, 0.1494977525892546,
)  # fmt: skip
QUARTER = {True: (1.5707963705062866, -4.371139000186241e-08), False: (1.5707963267948966, 6.123233995736766e-17)}  # π/2
SIN = tuple((-1.0) ** k / math.factorial(2 * k + 1) for k in range(1, 9))
COS = tuple((-1.0) ** k / math.factorial(2 * k) for k in range(1, 9))


class Vectors(Lanes):
    """Functions of vectors, and the operations of a graph."""

    # Functions come as generators that pause after each instruction, so that several can be written interleaved: the
    # processor then finds independent work within its window. Interleaving moves instructions and changes no value.

    def _polynomial(self, coefficients: tuple[float, ...], x: Any) -> Steps:
        """Estrin's scheme, lowest power first: pairs, pairs of pairs and so on, for a short chain."""
        values = [self.number(c) for c in coefficients]
        while len(values) > 1:
            pairs = [values[i : i + 2] for i in range(0, len(values), 2)]
            values = []
            for pair in pairs:
                values.append(self.fma(pair[1], x, pair[0]) if len(pair) == 2 else pair[0])
                yield
            if len(values) > 1:
                x = self.b.fmul(x, x)
                yield
        return values[0]

    def _reduced(self, x: Any) -> Steps:
        """(k as bits of a shifted number, r, r², E(r)) of the exponential."""
        b, magic = self.b, self.number(1.5 * 2.0**self.mantissa)
        shifted = self.fma(x, self.number(1 / LN2), magic)
        yield
        k = b.fsub(shifted, magic)
        yield
        if self.single:
            r = self.fma(k, self.number(-LN2), x)
        else:
            r = self.fma(k, self.number(-LN2_LOW), self.fma(k, self.number(-LN2_HIGH), x))
        yield
        c = E32 if self.single else E64
        square, low = b.fmul(r, r), self.fma(self.number(c[1]), r, self.number(c[0]))  # two halves: a shorter chain
        yield
        high = yield from self._polynomial(c[2:], r)
        series = self.fma(square, high, low)
        yield
        return b.bitcast(shifted, self.words), r, square, series

    def exp(self, x: Any, *, falling: bool = False) -> Steps:
        """The exponential, held between the smallest and largest normal numbers; `falling`: x is never above 0."""
        b, top = self.b, 88.0 if self.single else 709.0
        x = self.most(x, -87.0 if self.single else -708.0)
        x = x if falling else self.least(x, top)
        yield
        k, r, square, series = yield from self._reduced(x)
        one = b.bitcast(self.fma(square, series, b.fadd(r, self.number(1.0))), self.words)
        yield
        return b.bitcast(b.add(one, b.shl(k, self.whole(self.mantissa))), self.type)

    def tanh(self, x: Any) -> Steps:
        """The hyperbolic tangent, with small arguments exact to rounding."""
        b, end = self.b, 9.1 if self.single else 19.1
        x = self.least(self.most(x, -end), end)
        yield
        k, r, square, series = yield from self._reduced(b.fadd(x, x))
        m = self.fma(square, series, r)
        bits = b.add(b.shl(k, self.whole(self.mantissa)), self.whole(self.bias << self.mantissa))
        scale = b.bitcast(bits, self.type)
        yield
        e = self.fma(scale, m, b.fsub(scale, self.number(1.0)))
        yield
        return b.fdiv(e, b.fadd(e, self.number(2.0)))

    def log(self, x: Any) -> Steps:
        """The natural logarithm."""
        b = self.b
        tiny = 1.1754944e-38 if self.single else 2.2250738585072014e-308
        bits = b.bitcast(self.most(x, tiny), self.words)
        half = self.whole(0x3F3504F3 if self.single else 0x3FE6A09E667F3BCD)
        exponent = b.ashr(b.sub(bits, half), self.whole(self.mantissa))
        yield
        f = b.fsub(b.bitcast(b.sub(bits, b.shl(exponent, self.whole(self.mantissa))), self.type), self.number(1.0))
        k = b.sitofp(exponent, self.type)
        yield
        if self.single:
            square = b.fmul(f, f)
            series = yield from self._polynomial(Q32, f)
            tail = self.fma(square, self.number(-0.5), b.fmul(b.fmul(square, f), series))
            yield
            value = self.fma(k, self.number(LN2), b.fadd(f, tail))
        else:
            s = b.fdiv(f, b.fadd(f, self.number(2.0)))
            z = b.fmul(s, s)
            series = yield from self._polynomial(A64, z)
            series = self.fma(b.fmul(s, z), series, b.fadd(s, s))
            value = self.fma(k, self.number(LN2_HIGH), self.fma(k, self.number(LN2_LOW), series))
        yield
        wrong = b.fcmp_unordered("<", x, self.number(0.0))
        return b.select(wrong, self.number(float("nan")), value)

    def softplus(self, x: Any) -> Steps:
        """log(1 + exp x) without overflow."""
        b = self.b
        sign = self.whole(1 << (self.word.width - 1))
        below = b.bitcast(b.or_(b.bitcast(x, self.words), sign), self.type)  # -|x|
        t = yield from self.exp(below, falling=True)
        s = b.fdiv(t, b.fadd(t, self.number(2.0)))
        z = b.fmul(s, s)
        yield
        series = yield from self._polynomial(WIDE32 if self.single else WIDE64, z)
        tail = self.fma(b.fmul(s, z), series, b.fadd(s, s))
        yield
        return b.fadd(self.most(x, 0.0), tail)

    def sin(self, x: Any, ahead: int = 0) -> Steps:
        """The sine of x + `ahead` quarter turns."""
        b, (high, low) = self.b, QUARTER[self.single]
        magic, terms = self.number(1.5 * 2.0**self.mantissa), 5 if self.single else 8
        shifted = self.fma(x, self.number(2 / math.pi), magic)
        yield
        k = b.fneg(b.fsub(shifted, magic))
        yield
        r = self.fma(k, self.number(low), self.fma(k, self.number(high), x))
        yield
        z = b.fmul(r, r)
        yield
        sine = yield from self._polynomial(SIN[:terms], z)
        cosine = yield from self._polynomial(COS[:terms], z)
        sine, cosine = self.fma(b.fmul(z, r), sine, r), self.fma(z, cosine, self.number(1.0))
        yield
        turns = b.add(b.bitcast(shifted, self.words), self.whole(ahead))
        odd = b.icmp_unsigned("!=", b.and_(turns, self.whole(1)), self.whole(0))
        sign = b.shl(b.and_(turns, self.whole(2)), self.whole(self.word.width - 2))
        yield
        value = b.bitcast(b.xor(b.bitcast(b.select(odd, cosine, sine), self.words), sign), self.type)
        far = self.number(2.0 ** (self.mantissa - 3))
        return b.select(b.fcmp_ordered("<", self.magnitude(x), far), value, self.number(float("nan")))

    def cos(self, x: Any) -> Steps:
        """The cosine."""
        return self.sin(x, ahead=1)

    def together(self, jobs: list[tuple[str, Any]]) -> list[Any]:
        """Several functions of one argument each, written instruction by instruction in turn."""
        running = {i: getattr(self, name)(x) for i, (name, x) in enumerate(jobs)}
        values: list[Any] = [None] * len(jobs)
        while running:
            for i, steps in list(running.items()):
                try:
                    next(steps)
                except StopIteration as end:
                    values[i] = end.value
                    del running[i]
        return values

    def apply(self, operation: str, a: list[Any]) -> Any:
        """One node of a graph."""
        b = self.b
        if operation in ("add", "sub", "mul", "div"):
            return getattr(b, "f" + operation)(a[0], a[1])
        if operation == "neg":
            return b.fneg(a[0])
        if operation == "square":
            return b.fmul(a[0], a[0])
        if operation == "fma":
            return self.fma(*a)
        if operation == "fnma":
            return self.fma(b.fneg(a[0]), a[1], a[2])
        if operation == "fms":
            return self.fma(a[0], a[1], b.fneg(a[2]))
        if operation == "abs":
            return self.magnitude(a[0])
        if operation == "sqrt":
            return self._call("sqrt", a[0])
        return self.together([(operation, a[0])])[0]
