"""Units are exact, read strictly, and an equation with wrong units is caught."""

from __future__ import annotations

import math
import tomllib
from fractions import Fraction
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.quantities import Dimensioned, SamenspelError, Unit, UnitMismatch, conversion, parse_unit
from samenspel.quantities.units import ATOMS

atoms = st.sampled_from(sorted(ATOMS))
powers = st.fractions(-3, 3, max_denominator=3).filter(bool)


@st.composite
def unit_texts(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.tuples(atoms, powers), min_size=1, max_size=4))
    signs = draw(st.lists(st.sampled_from("*/·"), min_size=len(parts) - 1, max_size=len(parts) - 1))
    words = [name if p == 1 else f"{name}^{p}" for name, p in parts]
    return words[0] + "".join(sign + word for sign, word in zip(signs, words[1:], strict=True))


@pytest.mark.parametrize(
    ("given", "wanted", "factor"),
    [
        ("h", "day", 1 / 24), ("week", "day", 7), ("year", "month", 12), ("month", "day", 30.4375),
        ("s", "min", 1 / 60),
        ("1/min", "1/day", 1440), ("Hz", "1/s", 1), ("pg/ml", "ng/l", 1), ("ug/dl", "ng/ml", 10),
        ("mg/L", "mg/dL", 0.1),
        ("kcal", "kJ", 4.184), ("MJ/kg/day", "J/kg/s", 1e6 / 86400), ("kcal*day^-1", "kJ/day", 4.184), ("%", "1", 0.01),
        ("mmol/l", "umol/ml", 1), ("kg/m^2", "g/cm^2", 0.1), ("m^1/2", "cm^1/2", 10), ("µg", "ng", 1000),
        ("ms", "s", 1e-3),
        ("point/day", "score/week", 7), ("beat/min", "beat/day", 1440), ("day^-1", "1/day", 1),
        ("kg / m ^2", "kg", None),
    ],
)  # fmt: skip
def test_conversions_known_from_definitions(given: str, wanted: str, factor: float | None) -> None:
    if factor is None:
        with pytest.raises(SamenspelError, match="cannot read the unit"):
            conversion(given, wanted)
    else:
        assert conversion(given, wanted) == factor


@given(unit_texts(), unit_texts())
def test_units_form_a_group(one: str, two: str) -> None:
    a, b = parse_unit(one), parse_unit(two)
    assert a * b == b * a
    assert a / a == Unit()
    assert (a * b).base == (b / a**-1).base
    assert (a**2).exact == (a * a).exact
    assert (a**2).base == (a * a).base
    assert a**0 == Unit()


@given(unit_texts())
def test_converting_there_and_back_is_nothing(text: str) -> None:
    assert conversion(text, text) == 1.0
    base = "*".join(f"{n}^{p}" for n, p in parse_unit(text).base) or "1"
    assert math.isclose(conversion(text, base) * conversion(base, text), 1.0, rel_tol=1e-15)


@given(unit_texts())
def test_a_root_undoes_a_power(text: str) -> None:
    unit = parse_unit(text)
    assert ((unit**2) ** Fraction(1, 2)).same(unit)
    assert ((unit ** Fraction(1, 3)) ** 3).same(unit)


def test_every_atom_is_a_number_or_a_base_that_is_an_atom_itself() -> None:
    for name, (scale, base) in ATOMS.items():
        assert Fraction(scale) > 0, name
        assert base is None or ATOMS[base[0]] == ("1", (base[0], 1)), name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a unit is empty"), ("  ", "a unit is empty"), ("/day", "at '/day'"), ("kg/", "at its end"),
        ("kg m", "at 'm'"),
        ("kg**2", r"at '\*2'"), ("kg2", "at '2'"), ("m^1/0", "at '0'"), ("m^", r"at '\^'"), ("2*kg", r"at '2\*kg'"),
        ("mmhg", r"no unit 'mmhg' in 'mmhg'. Nearest: mmHg"),
        ("pg/mll", r"no unit 'mll' in 'pg/mll'. Nearest: ml"),
        ("dayz", "Nearest: day"), ("points (0-10)", r"no unit 'points'"), ("µ", "no unit 'µ'"),
        ("(kg)", "cannot read"),
    ],
)  # fmt: skip
def test_what_is_no_unit_is_named(text: str, says: str) -> None:
    with pytest.raises(SamenspelError) as caught:
        parse_unit(text)
    assert says.replace("\\", "") in str(caught.value)
    assert caught.value.cure


@given(st.text(max_size=12))
def test_any_text_is_a_unit_or_a_named_error(text: str) -> None:
    said = ""
    try:
        parse_unit(text)
    except SamenspelError as error:
        said = error.message
    assert not said or repr(text) in said or said == "a unit is empty."


def test_every_unit_of_the_shipped_parameters_can_be_read() -> None:
    folder = files("samenspel") / "atlases" / "fibromyalgia" / "parameters"
    read = [
        parse_unit(entry["unit"])
        for file in folder.iterdir()
        if file.name.endswith(".toml")
        for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("parameter", [])
        if "unit" in entry
    ]
    assert len(read) > 0


DAY, H, PG = Dimensioned("day"), Dimensioned("h"), Dimensioned("pg/ml")
BARE = Dimensioned("1")


@pytest.mark.parametrize(
    ("equation", "unit"),
    [
        (lambda: (PG - PG * 2) / DAY + -PG / DAY, "pg/ml/day"), (lambda: 0 + PG - 0, "pg/ml"),
        (lambda: 2 * PG, "pg/ml"),
        (lambda: 1 / DAY, "1/day"), (lambda: (PG**2).sqrt(), "pg/ml"),
        (lambda: PG ** Fraction(1, 2) * PG**0.5, "pg/ml"),
        (lambda: (H / H).exp() + 1, "1"), (lambda: (PG / PG) ** BARE, "1"), (lambda: 2 ** (H / H), "1"),
        (lambda: (1 + BARE.log()).tanh(), "1"), (lambda: DAY > DAY, "1"), (lambda: abs(+PG), "pg/ml"),
        (lambda: np.array([1.0, 2.0]) * PG, "pg/ml"), (lambda: np.float64(0) + PG, "pg/ml"), (lambda: BARE**0.37, "1"),
        (lambda: H.sqrt() * H.sqrt() + H, "h"), (lambda: (PG**3) ** Fraction(1, 3) + PG, "pg/ml"),
    ],
)  # fmt: skip
def test_right_equations_have_their_unit(equation, unit: str) -> None:
    assert equation().unit.same(parse_unit(unit))


@pytest.mark.parametrize(
    ("equation", "names"),
    [
        (lambda: DAY + PG, ("day", "pg/ml")), (lambda: DAY - 1, ("day", "1")), (lambda: 1 - DAY, ("day", "1")),
        (lambda: DAY + H, ("day", "h")), (lambda: DAY < PG, ("day", "pg/ml")), (lambda: DAY.exp(), ("day",)),
        (lambda: PG.log(), ("pg/ml",)), (lambda: H.tanh(), ("h",)), (lambda: 2**DAY, ("day",)),
        (lambda: BARE**DAY, ("day",)),
        (lambda: DAY**BARE, ("day",)), (lambda: DAY**0.371, ("day", "0.371")),
        (lambda: Dimensioned("%") + 1, ("%", "1")),
        (lambda: np.array([1.0, 2.0]) + DAY, ("day", "1")), (lambda: PG / DAY + PG, ("day^-1", "pg/ml")),
    ],
)  # fmt: skip
def test_wrong_equations_name_the_units(equation, names: tuple[str, ...]) -> None:
    with pytest.raises(UnitMismatch) as caught:
        equation()
    for name in names:
        assert name in str(caught.value)


def test_an_equation_may_not_branch() -> None:
    with pytest.raises(TypeError, match="may not branch"):
        bool(DAY > DAY)


def test_conversion_between_different_things_names_both() -> None:
    with pytest.raises(UnitMismatch, match="'mmHg' into 'pg/ml'"):
        conversion("mmHg", "pg/ml")
