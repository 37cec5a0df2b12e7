"""Units, small and exact: what can be added to what, and by which factor. Time is counted in days.

A unit is an exact scale times a product of base symbols with whole or broken exponents: ``mmHg``, ``pg/ml``,
``MJ/kg/day``, ``1/day``, ``kcal*day^-1``, ``m^1/2``. Text is read left to right; ``/`` divides by the next factor only.
A symbol counts only if it stands in `ATOMS`; adding one is a line there.
Left out: units with an offset (a temperature difference in degC adds up, a temperature does not), prefixes as a rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from samenspel.quantities.errors import SamenspelError, UnitMismatch
from samenspel.quantities.names import unknown

_DAY, _KG, _L, _M, _MJ, _MOL = ("day", 1), ("kg", 1), ("l", 1), ("m", 1), ("MJ", 1), ("mol", 1)
Base = tuple[str, int]

#: symbol → (scale, base symbol with exponent, or None for a number without unit)
ATOMS: dict[str, tuple[str, Base | None]] = {
    "1": ("1", None), "%": ("1/100", None), "SD": ("1", None),
    "ms": ("1/86400000", _DAY), "s": ("1/86400", _DAY), "min": ("1/1440", _DAY), "h": ("1/24", _DAY),
    "day": ("1", _DAY), "d": ("1", _DAY), "week": ("7", _DAY), "month": ("30.4375", _DAY), "year": ("365.25", _DAY),
    "Hz": ("86400", ("day", -1)),
    "kg": ("1", _KG), "g": ("1e-3", _KG), "mg": ("1e-6", _KG), "ug": ("1e-9", _KG), "µg": ("1e-9", _KG),
    "μg": ("1e-9", _KG), "ng": ("1e-12", _KG), "pg": ("1e-15", _KG),
    "l": ("1", _L), "L": ("1", _L), "dl": ("0.1", _L), "dL": ("0.1", _L), "ml": ("1e-3", _L), "mL": ("1e-3", _L),
    "m": ("1", _M), "cm": ("0.01", _M), "mm": ("1e-3", _M),
    "MJ": ("1", _MJ), "kJ": ("1e-3", _MJ), "J": ("1e-6", _MJ), "kcal": ("4.184e-3", _MJ),
    "mol": ("1", _MOL), "mmol": ("1e-3", _MOL), "umol": ("1e-6", _MOL), "µmol": ("1e-6", _MOL),
    "μmol": ("1e-6", _MOL), "nmol": ("1e-9", _MOL), "pmol": ("1e-12", _MOL),
    "score": ("1", ("score", 1)), "point": ("1", ("score", 1)),
}  # fmt: skip
ATOMS.update(
    {
        name: ("1", (name, 1))
        for name in (
            "beat", "breath", "cell", "copies", "degC", "euro", "fibre", "kPa", "lux", "MET", "mmHg", "person",
            "region", "session", "step", "tablet", "visit", "W",
        )
    }
)  # fmt: skip
_FACTOR = re.compile(r"\s*(?P<atom>[A-Za-zµμ%]+|1)(?:\^(?P<power>-?\d+(?:/[1-9]\d*)?))?\s*")
_OPERATOR = re.compile(r"[*·/]")


@dataclass(frozen=True)
class Unit:
    """`exact` times Π base^exponent; equal when both are, however they were written.

    base   pairs of base symbol and exponent, sorted by symbol, no exponent 0
    exact  the scale as a fraction; `scale` is the same as a float
    text   how it was written, for messages
    """

    base: tuple[tuple[str, Fraction], ...] = ()
    exact: Fraction = Fraction(1)
    text: str = field(default="", compare=False)

    @property
    def scale(self) -> float:
        """How many of the base units one of this unit is."""
        return float(self.exact)

    def same(self, other: Unit) -> bool:
        """Whether both are one unit, up to rounding of scales that are no fractions (the root of an hour)."""
        return self.base == other.base and abs(self.exact / other.exact - 1) < Fraction(1, 10**9)

    def __mul__(self, other: Unit) -> Unit:
        powers: dict[str, Fraction] = dict(self.base)
        for name, power in other.base:
            powers[name] = powers.get(name, Fraction(0)) + power
        return Unit(tuple(sorted((n, p) for n, p in powers.items() if p)), self.exact * other.exact)

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __pow__(self, power: Fraction | int) -> Unit:
        if not power:
            return Unit()
        return Unit(tuple((n, p * power) for n, p in self.base), _power(self.exact, Fraction(power)))

    def __str__(self) -> str:
        """As written, else the base units in front of which the scale stands when it is not 1."""
        if self.text:
            return self.text
        base = "*".join(n if p == 1 else f"{n}^{p}" for n, p in self.base) or "1"
        return base if self.exact == 1 else f"{float(self.exact):g} {base}"


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """Read a unit.

    text  symbols of `ATOMS` joined by ``*`` (or ``·``) and ``/``, each with an optional ``^exponent``; "1" for none

    Raises `SamenspelError` naming an unknown symbol and the nearest known ones, or the place that cannot be read.
    """
    if not text.strip():
        raise SamenspelError("a unit is empty.", cure='Write "1" for a number without unit.')
    unit, at, divide = Unit(), 0, False
    while True:
        found = _FACTOR.match(text, at)
        if found is None:
            raise _unreadable(text, at)
        factor = _atom(found["atom"], text) ** Fraction(found["power"] or 1)
        unit, at = unit / factor if divide else unit * factor, found.end()
        if at == len(text):
            return Unit(unit.base, unit.exact, text.strip())
        if not _OPERATOR.match(text, at):
            raise _unreadable(text, at)
        divide, at = text[at] == "/", at + 1


def conversion(given: str, wanted: str) -> float:
    """The factor that turns a number in unit `given` into one in unit `wanted`.

    Raises `UnitMismatch` if they measure different things, `SamenspelError` if one cannot be read.
    """
    one, other = parse_unit(given), parse_unit(wanted)
    if one.base != other.base:
        raise UnitMismatch(
            f"cannot turn {given!r} into {wanted!r}: they measure different things.", cure="Correct one of them."
        )
    return float(one.exact / other.exact)


def _atom(name: str, text: str) -> Unit:
    if name not in ATOMS:
        raise SamenspelError(unknown("unit", name, ATOMS, repr(text)), cure="Write it like pg/ml or 1/day.")
    scale, base = ATOMS[name]
    return Unit(((base[0], Fraction(base[1])),) if base else (), Fraction(scale))


def _unreadable(text: str, at: int) -> SamenspelError:
    place = repr(text[at:]) if at < len(text) else "its end"
    return SamenspelError(f"cannot read the unit {text!r} at {place}.", cure="Write it like pg/ml, 1/day or m^1/2.")


def _power(scale: Fraction, power: Fraction) -> Fraction:
    """Exact for whole powers and exact roots; else the nearest float."""
    top, bottom = (_root(n, power.denominator) for n in (scale.numerator, scale.denominator))
    if top**power.denominator == scale.numerator and bottom**power.denominator == scale.denominator:
        return Fraction(top, bottom) ** power.numerator
    return Fraction(float(scale) ** float(power))


def _root(number: int, degree: int) -> int:
    """The whole part of a root, by halving."""
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= number else (low, middle)
    return low
