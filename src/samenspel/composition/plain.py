"""A plain system, written as text in an atlas, as a declared system.

Each of its states x returns to where it started, shifted by what arrives and by an outside push:

    dx/dt = (W(start + to_x + push_x) - x) / time_constant,    W keeps a set point inside the range (`declare.maths.within`)

x, start, to_x, push_x in the state's unit; time_constant in days. ``to_<state>`` is the port that couplings lead to,
``push_<state>`` an input, 0 unless a scenario holds it. All numbers stand in the text; with ``set_point = "parameter"``
the parameter ``set_<state>`` stands in for start, and the atlas gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samenspel.declare.language import Input, Parameter, Port, State, View, Word
from samenspel.declare.maths import within
from samenspel.declare.system import Equations, System
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_model import PlainState, PlainSystem
from samenspel.quantities.errors import SamenspelError

EDGE = 0.02  # width of the bend at a bound, as a share of the range: small against it, so W(x) = x far inside
TO, PUSH, SET = "to_", "push_", "set_"


def plain_word(entry: str) -> str:
    """An id of a plain system or state as it stands in addresses."""
    return entry.replace("-", "_")


def plain_system(record: PlainSystem) -> type[System]:
    """The declared system of one record."""
    words: dict[str, Word] = {}
    states = {plain_word(s.id): s for s in record.state}
    for name, s in states.items():
        low, high = s.range
        words[name] = State(unit=s.unit, doc=s.en, low=low, high=high, start=s.start)
        words[TO + name] = Port(unit=s.unit, combine="sum", shifts=name)
        words[PUSH + name] = Input(unit=s.unit)
        if s.set_point == "parameter":
            words[SET + name] = Parameter(unit=s.unit)
    return type(
        _class_name(record.id),
        (System,),
        {
            "__doc__": record.en,
            "__module__": __name__,
            "system": plain_word(record.id),
            **words,
            "drift": staticmethod(_drift(states)),
        },
    )


def _class_name(entry: str) -> str:
    return "".join(part.capitalize() for part in entry.split("-"))


def _drift(states: Mapping[str, PlainState]) -> Any:
    def drift(v: View) -> Equations:
        out: Equations = {}
        for name, s in states.items():
            low, high = s.range
            rest = getattr(v, SET + name) if s.set_point == "parameter" else s.start
            wanted = rest + getattr(v, TO + name) + getattr(v, PUSH + name)
            out[name] = (within(wanted, low, high, EDGE * (high - low)) - getattr(v, name)) / s.time_constant
        return out

    return drift


def plain_catalogue(atlas: Atlas) -> dict[tuple[str, str], type[System]]:
    """(system, "") → class, for every plain system of an atlas."""
    return {(plain_word(record.id), ""): plain_system(record) for record in atlas.systems.values()}


def full_catalogue(atlas: Atlas, shared: Mapping[tuple[str, str], type[System]]) -> dict[tuple[str, str], type[System]]:
    """Shared systems and the plain ones of an atlas.

    Raises `SamenspelError` where a plain system bears the name of a shared one.
    """
    own = plain_catalogue(atlas)
    both = sorted(name for name, _ in own if any(name == other for other, _ in shared))
    if both:
        place = atlas.where("system", both[0].replace("_", "-"))
        raise SamenspelError(
            f"plain system {both[0]!r} has the name of a system that the package ships.",
            file=place.file,
            line=place.line or None,
            cure="Rename it.",
        )
    return {**shared, **own}
