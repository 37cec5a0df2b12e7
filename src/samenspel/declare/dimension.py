"""The unit reading of a system: every equation is evaluated on units alone, and must come out in the declared one."""

from __future__ import annotations

from typing import Any

from samenspel.declare.language import Decision, Pool, Readout, Stage, State, Word
from samenspel.declare.system import System
from samenspel.declare.view import Reading
from samenspel.quantities import Dimensioned, parse_unit
from samenspel.quantities.errors import SamenspelError

DAY = parse_unit("day")


def units(system: type[System]) -> Reading:
    """The view whose values are units."""

    def value(_address: str, word: Word) -> Any:
        bare = isinstance(word, Stage | Decision | Pool)
        return Dimensioned(parse_unit("1" if bare else word.unit))

    return Reading(system, value)


def unit_faults(system: type[System]) -> list[str]:
    """What is wrong with the units of a system: one sentence per fault, none when all equations fit."""
    v, words, faults = units(system), system.words, list[str]()
    groups = {
        "drift": (system.drift, -1),
        "noise": (system.noise, -1),
        "readouts": (system.readouts, 0),
        "daily": (system.daily, 0),
        "decisions": (system.decisions, 0),
    }
    for name, (equations, per_day) in groups.items():
        try:
            results = equations(v)
        except SamenspelError as fault:
            faults.append(f"{system.__name__}.{name}: {fault}")
            continue
        for target, result in results.items():
            word = words[target]
            assert isinstance(word, State | Readout | Decision)
            wanted = parse_unit(word.unit if name != "decisions" else "1") * DAY**per_day
            parts = result if isinstance(result, tuple) else (result,)
            for part in parts:
                found = part.unit if isinstance(part, Dimensioned) else None
                bare_zero = found is None and part == 0
                if not bare_zero and (found or parse_unit("1")) != wanted:
                    faults.append(f"{word.address}: {name} comes out in {found or 1}, declared {wanted}.")
    for stage, arrows in system.hazards(v).items():
        for arrow, rate in arrows.items():
            if not isinstance(rate, Dimensioned) or rate.unit != DAY**-1:
                faults.append(f"{system.system}.{stage} {arrow}: a hazard needs 1/day.")
    return faults
