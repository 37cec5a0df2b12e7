"""The card of a system: its declaration and plain equations as text, so that a changed equation is a changed line."""

from __future__ import annotations

import sympy

from samenspel.declare.language import Accumulator, Decision, Input, Parameter, Pool, Port, Readout, Stage, State
from samenspel.declare.system import System
from samenspel.declare.trace import trace


def card(system: type[System]) -> str:
    """Name, what the anchor feeds, every declaration with its unit, every equation; the same text on every machine."""
    t = trace(system)
    prefix = f"{system.system}."

    def plain(expression: sympy.Expr) -> str:
        return str(sympy.sstr(expression, order="lex")).replace(prefix, "")

    lines = [f"{system.system}{f' ({system.variant})' if system.variant else ''}", ""]
    lines += [f"feeds: {getattr(system, 'feeds', '')}", ""]
    for kind in (State, Readout, Port, Parameter, Input, Accumulator, Stage, Decision, Pool):
        for word in system.of(kind):
            more = ""
            if isinstance(word, State):
                more = f"  {'-' if word.low is None else word.low:} to {'-' if word.high is None else word.high}"
            elif isinstance(word, Port):
                more = f"  {word.combine}, shifts {word.shifts}"
            lines.append(f"{kind.__name__.lower():<12}{word.name:<28}[{word.unit}]{more}")
    groups = {
        "drift": {f"d{a}/dt": e for a, e in t.drift.items()},
        "noise": t.noise,
        "readouts": t.readouts,
        "daily": t.daily,
        "decisions": t.decisions,
        "hazards": {f"{s} {a}->{b}": e for s, arrows in t.hazards.items() for (a, b), e in arrows.items()},
    }
    for name, equations in groups.items():
        if equations:
            lines += ["", name]
            lines += [f"  {a.replace(prefix, '')} = {plain(e)}" for a, e in equations.items()]
    return "\n".join(lines) + "\n"
