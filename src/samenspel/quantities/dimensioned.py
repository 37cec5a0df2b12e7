"""Arithmetic on units alone: an equation evaluated on these is an equation whose units were checked."""

from __future__ import annotations

from fractions import Fraction
from numbers import Number
from typing import Any, NoReturn

from samenspel.quantities.errors import UnitMismatch
from samenspel.quantities.units import Unit, parse_unit

_NONE = Unit()


class Dimensioned:
    """A value of which only the unit is known.

    a + b, a - b, a < b  need the same unit, scale included (hours and days differ), and 0 fits every unit
    a * b, a / b, a ** n  make a new unit; n a number or, for a bare a, anything bare
    exp, log, tanh, sin, cos  need a bare number (unit 1); sqrt halves every exponent

    Numbers and arrays of numbers have unit 1. Raises `UnitMismatch` naming both units. Values are not computed, so
    nothing is said about sizes; an equation that branches on such a value is refused, since a drift is smooth.
    """

    __array_ufunc__ = None  # arrays leave the arithmetic to this class

    def __init__(self, unit: Unit | str) -> None:
        self.unit = parse_unit(unit) if isinstance(unit, str) else unit

    def __repr__(self) -> str:
        return f"Dimensioned({str(self.unit)!r})"

    def __bool__(self) -> NoReturn:
        raise TypeError("an equation may not branch on a value: write it as a smooth function")

    def _same(self, other: Any, what: str) -> Dimensioned:
        if not _is_zero(other) and not self.unit.same(_unit(other)):
            raise UnitMismatch(
                f"cannot {what} a quantity in {self.unit} and one in {_unit(other)}.",
                cure="Check the equation and the declared units.",
            )
        return self

    def __add__(self, other: Any) -> Dimensioned:
        return self._same(other, "add")

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dimensioned:
        return self._same(other, "subtract")

    __rsub__ = __sub__

    def __mul__(self, other: Any) -> Dimensioned:
        return Dimensioned(self.unit * _unit(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dimensioned:
        return Dimensioned(self.unit / _unit(other))

    def __rtruediv__(self, other: Any) -> Dimensioned:
        return Dimensioned(_unit(other) / self.unit)

    def __pow__(self, power: Any) -> Dimensioned:
        if isinstance(power, Dimensioned):
            power.bare("use as an exponent")
            return self.bare("raise to a varying power")
        if self.unit.same(_NONE):
            return self
        exponent = Fraction(power).limit_denominator(24)
        if abs(exponent - Fraction(power)) > Fraction(1, 10**9):
            raise UnitMismatch(
                f"cannot raise a quantity in {self.unit} to the power {power}.",
                cure="Divide by a quantity in the same unit first.",
            )
        return Dimensioned(self.unit**exponent)

    def __rpow__(self, base: Any) -> Dimensioned:
        return self.bare("use as an exponent")

    def __neg__(self) -> Dimensioned:
        return self

    __pos__ = __abs__ = __neg__

    def __lt__(self, other: Any) -> Dimensioned:
        self._same(other, "compare")
        return Dimensioned(_NONE)

    __le__ = __gt__ = __ge__ = __lt__

    def bare(self, what: str) -> Dimensioned:
        """The value itself, after checking that its unit is 1.

        Raises `UnitMismatch` saying what was to be done with it.
        """
        if not self.unit.same(_NONE):
            raise UnitMismatch(
                f"cannot {what} a quantity in {self.unit}: its unit must be 1.",
                cure="Divide by a quantity in the same unit first.",
            )
        return self

    def exp(self) -> Dimensioned:
        """Exponential: needs a bare number."""
        return self.bare("take the exponential of")

    def log(self) -> Dimensioned:
        """Logarithm: needs a bare number."""
        return self.bare("take the logarithm of")

    def tanh(self) -> Dimensioned:
        """Hyperbolic tangent: needs a bare number."""
        return self.bare("take the hyperbolic tangent of")

    def sin(self) -> Dimensioned:
        """Sine: needs a bare number."""
        return self.bare("take the sine of")

    def cos(self) -> Dimensioned:
        """Cosine: needs a bare number."""
        return self.bare("take the cosine of")

    def sqrt(self) -> Dimensioned:
        """Square root: halves every exponent."""
        return Dimensioned(self.unit ** Fraction(1, 2))


def _unit(value: Any) -> Unit:
    return value.unit if isinstance(value, Dimensioned) else _NONE


def _is_zero(value: Any) -> bool:
    return isinstance(value, Number) and not value
