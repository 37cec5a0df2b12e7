"""Words for vectors in LLVM text: constants, fused multiply-adds, bounds; nothing here leaves the compiler a choice of bits."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from samenspel.engine.native.graph import finite


class Splat(ir.Constant):
    """The same constant in every lane, in the short form: written out, constants would be two thirds of the text."""

    def __init__(self, kind: ir.VectorType, value: float) -> None:
        super().__init__(kind, ir.Undefined)
        one = ir.Constant(kind.element, value)
        self.short = f"splat ({one.type} {one.get_reference()})"

    def _get_reference(self) -> str:
        return self.short


class Lanes:
    """Instructions on vectors of `width` numbers, appended where `b` stands."""

    def __init__(self, module: ir.Module, b: ir.IRBuilder, width: int, single: bool) -> None:
        self.module, self.b, self.width, self.single = module, b, width, single
        self.scalar = ir.FloatType() if single else ir.DoubleType()
        self.word = ir.IntType(32 if single else 64)
        self.type, self.words = ir.VectorType(self.scalar, width), ir.VectorType(self.word, width)
        self.suffix = f"v{width}f{32 if single else 64}"
        self.mantissa, self.bias = (23, 127) if single else (52, 1023)
        self._numbers: dict[str, Any] = {}  # by hexadecimal digits: 0.0 and -0.0 are two

    def spread(self, one: Any) -> Any:
        """A number in every lane."""
        b, i32 = self.b, ir.IntType(32)
        blank = ir.Constant(self.type, ir.Undefined)
        lanes = ir.Constant(ir.VectorType(i32, self.width), [ir.Constant(i32, 0)] * self.width)
        return b.shuffle_vector(b.insert_element(blank, one, ir.Constant(i32, 0)), blank, lanes)

    def number(self, value: float) -> Any:
        """The same constant in every lane."""
        key = float(value).hex()
        if key not in self._numbers:
            self._numbers[key] = Splat(self.type, finite(value, self.single))
        return self._numbers[key]

    def whole(self, value: int) -> Any:
        """The same whole number in every lane, as wide as a number."""
        return Splat(self.words, value)

    def _call(self, name: str, *arguments: Any) -> Any:
        full = f"llvm.{name}.{self.suffix}"
        function = self.module.globals.get(full)
        if function is None:
            function = ir.Function(self.module, ir.FunctionType(self.type, [self.type] * len(arguments)), full)
        return self.b.call(function, arguments)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """The sum a b + c, rounded once."""
        return self._call("fma", a, b, c)

    def magnitude(self, x: Any) -> Any:
        """|x|."""
        return self._call("fabs", x)

    def most(self, x: Any, low: float) -> Any:
        """max(x, low); not a number stays."""
        bound = self.number(low)
        return self.b.select(self.b.fcmp_ordered("<", x, bound), bound, x)

    def least(self, x: Any, high: float) -> Any:
        """min(x, high); not a number stays."""
        bound = self.number(high)
        return self.b.select(self.b.fcmp_ordered(">", x, bound), bound, x)
