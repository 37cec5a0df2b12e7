"""Units, small and exact: what can be added to what. Time is counted in days.

A unit is a scale times a product of base symbols with whole or broken exponents: ``mmHg``, ``pg/ml``, ``MJ/kg/day``,
``1/day``, ``kcal*day^-1``. Text is read left to right; ``/`` divides by the next factor only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from samenspel.quantities.errors import SamenspelError, UnitMismatch
from samenspel.quantities.names import nearest

#: symbol → (scale, base symbol); base symbols stand for themselves
ATOMS: dict[str, tuple[float, str | None]] = {
    "1": (1.0, None), "%": (0.01, None),
    "day": (1.0, "day"), "d": (1.0, "day"), "h": (1 / 24, "day"), "min": (1 / 1440, "day"), "s": (1 / 86400, "day"),
    "ms": (1 / 86400000, "day"), "week": (7.0, "day"), "month": (30.4375, "day"), "year": (365.25, "day"),
    "Hz": (86400.0, "1/day"),
    "kg": (1.0, "kg"), "g": (1e-3, "kg"), "mg": (1e-6, "kg"), "ug": (1e-9, "kg"), "ng": (1e-12, "kg"), "pg": (1e-15, "kg"),
    "l": (1.0, "l"), "dl": (0.1, "l"), "ml": (1e-3, "l"),
    "m": (1.0, "m"), "cm": (0.01, "m"), "mm": (1e-3, "m"),
    "MJ": (1.0, "MJ"), "kJ": (1e-3, "MJ"), "J": (1e-6, "MJ"), "kcal": (4.184e-3, "MJ"),
    "mol": (1.0, "mol"), "mmol": (1e-3, "mol"), "umol": (1e-6, "mol"), "nmol": (1e-9, "mol"),
    "mmHg": (1.0, "mmHg"), "beat": (1.0, "beat"), "MET": (1.0, "MET"), "lux": (1.0, "lux"), "degC": (1.0, "degC"),
    "score": (1.0, "score"), "point": (1.0, "score"), "person": (1.0, "person"), "euro": (1.0, "euro"),
    "kPa": (1.0, "kPa"), "copies": (1.0, "copies"), "step": (1.0, "step"), "SD": (1.0, None), "fibre": (1.0, "fibre"),
    "region": (1.0, "region"), "session": (1.0, "session"), "visit": (1.0, "visit"),
}  # fmt: skip
_FACTOR = re.compile(r"(?P<op>[*/·]?)\s*(?P<atom>[A-Za-z%]+|1)(?:\^(?P<power>-?\d+(?:/\d+)?))?\s*")


@dataclass(frozen=True)
class Unit:
    """`scale` times Π base^exponent."""

    base: tuple[tuple[str, Fraction], ...] = ()
    scale: float = 1.0

    def __mul__(self, other: Unit) -> Unit:
        powers: dict[str, Fraction] = dict(self.base)
        for name, power in other.base:
            powers[name] = powers.get(name, Fraction(0)) + power
        kept = tuple(sorted((n, p) for n, p in powers.items() if p))
        return Unit(kept, self.scale * other.scale)

    def __pow__(self, power: Fraction | int) -> Unit:
        return Unit(tuple((n, p * power) for n, p in self.base if power), self.scale ** float(power))

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __str__(self) -> str:
        return " ".join(n if p == 1 else f"{n}^{p}" for n, p in self.base) or "1"


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """Read a unit.

    Raises `SamenspelError` for an unknown symbol; names the nearest.
    """
    rest, out = text.strip(), Unit()
    if not rest:
        raise SamenspelError("a unit is empty.", cure='Write "1" for a number without unit.')
    while rest:
        found = _FACTOR.match(rest)
        if found is None:
            raise SamenspelError(f"cannot read the unit {text!r} at {rest!r}.", cure="Write it like pg/ml or 1/day.")
        atom = found["atom"]
        if atom not in ATOMS:
            raise SamenspelError(f"unknown unit {atom!r} in {text!r}. Nearest: {nearest(atom, ATOMS)}.", cure="Use a known unit.")
        scale, base = ATOMS[atom]
        unit = Unit((("day", Fraction(-1)),), scale) if base == "1/day" else Unit(((base, Fraction(1)),) if base else (), scale)
        unit = unit ** Fraction(found["power"] or 1)
        out = out / unit if found["op"] == "/" else out * unit
        rest = rest[found.end() :]
    return out


def _unit(value: Any) -> Unit:
    return value.unit if isinstance(value, Dimensioned) else Unit()


class Dimensioned:
    """A value of which only the unit is known; its arithmetic is the unit check. Numbers have no unit."""

    def __init__(self, unit: Unit) -> None:
        self.unit = Unit(unit.base)

    def _same(self, other: Any, what: str) -> Dimensioned:
        if isinstance(other, int | float) and other == 0:
            return self
        if self.unit.base != _unit(other).base:
            raise UnitMismatch(f"cannot {what} {self.unit} and {_unit(other)}.", cure="Check the equation and the declared units.")
        return self

    def __add__(self, other: Any) -> Dimensioned:
        return self._same(other, "add")

    __radd__ = __add__
    __sub__ = __add__
    __rsub__ = __add__

    def __mul__(self, other: Any) -> Dimensioned:
        return Dimensioned(self.unit * _unit(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dimensioned:
        return Dimensioned(self.unit / _unit(other))

    def __rtruediv__(self, other: Any) -> Dimensioned:
        return Dimensioned(_unit(other) / self.unit)

    def __pow__(self, power: Any) -> Dimensioned:
        if isinstance(power, Dimensioned):
            power._same(1.0, "raise to a power that is not a number:")
            self._same(1.0, "raise to a varying power:")
            return Dimensioned(Unit())
        return Dimensioned(self.unit ** Fraction(power).limit_denominator(1000))

    def __rpow__(self, base: Any) -> Dimensioned:
        self._same(1.0, "use as a power")
        return Dimensioned(_unit(base))

    def __neg__(self) -> Dimensioned:
        return self

    def __gt__(self, other: Any) -> Dimensioned:
        return self._same(other, "compare")

    __lt__ = __ge__ = __le__ = __gt__

    def _bare(self, name: str) -> Dimensioned:
        if self.unit.base:
            raise UnitMismatch(f"{name} of a quantity in {self.unit}.", cure="Divide by a quantity in the same unit first.")
        return Dimensioned(Unit())

    def exp(self) -> Dimensioned:
        """Exponential: needs a bare number."""
        return self._bare("exp")

    def log(self) -> Dimensioned:
        """Logarithm: needs a bare number."""
        return self._bare("log")

    def tanh(self) -> Dimensioned:
        """Hyperbolic tangent: needs a bare number."""
        return self._bare("tanh")

    def sqrt(self) -> Dimensioned:
        """Square root: halves every exponent."""
        return Dimensioned(self.unit ** Fraction(1, 2))
