"""From a declared system to its equations as symbols, each checked against what was declared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy
from sympy.core.function import Application

from samenspel.declare.language import Decision, Pool, Port, Readout, Stage, State, Word
from samenspel.declare.maths import FUNCTIONS
from samenspel.declare.system import System
from samenspel.declare.view import symbols
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint


@dataclass(frozen=True)
class Trace:
    """The equations of one system, keyed by full address."""

    system: type[System]
    drift: dict[str, sympy.Expr]
    readouts: dict[str, sympy.Expr]
    noise: dict[str, sympy.Expr]
    daily: dict[str, sympy.Expr]
    hazards: dict[str, dict[tuple[str, str], sympy.Expr]]
    decisions: dict[str, sympy.Expr]
    requests: dict[str, sympy.Expr]
    society: dict[str, sympy.Expr]

    @property
    def touched(self) -> frozenset[str]:
        """Every address that some equation of the system uses."""
        found: set[sympy.Symbol] = set()
        for group in (self.drift, self.readouts, self.noise, self.daily, self.decisions, self.requests, self.society):
            for expression in group.values():
                found |= expression.free_symbols  # pyright: ignore[reportAssignmentType]
        for arrows in self.hazards.values():
            for expression in arrows.values():
                found |= expression.free_symbols  # pyright: ignore[reportAssignmentType]
        return frozenset(s.name for s in found)

    @property
    def sources(self) -> frozenset[str]:
        """What may influence others: states, and read-outs that see no port and no input."""
        blind = {w.address for w in self.system.of(Port)}
        free = {
            address
            for address, expression in self.readouts.items()
            if not {s.name for s in expression.free_symbols} & blind  # pyright: ignore[reportAttributeAccessIssue]
        }
        return frozenset(free | set(state_addresses(self.system)))


def state_addresses(system: type[System], scope: str = "person") -> tuple[str, ...]:
    """Addresses of all states of one scope; a vector gives one per component."""
    out: list[str] = []
    for state in system.of(State):
        if state.scope == scope:
            out += [state.address] if state.size == 1 else [f"{state.address}_{i + 1}" for i in range(state.size)]
    return tuple(out)


def _equation(system: type[System], method: str, given: Any) -> sympy.Expr:
    """An equation as a symbol, if every engine of the lattice can compute its functions."""
    out = sympy.sympify(given)
    strange = sorted(str(f.func) for f in out.atoms(Application) if not isinstance(f, FUNCTIONS))
    if strange:
        code = getattr(system, method).__code__
        raise SamenspelError(
            f"{system.__name__}.{method} uses {strange[0]}, a function that the engines do not have.",
            file=code.co_filename, line=code.co_firstlineno,
            cure="Write it with + - * / **, exp, log, tanh, sin, cos and sqrt, or give its course as an input.",
        )  # fmt: skip
    return out


def _keyed(
    system: type[System], method: str, result: dict[str, Any], kind: type[Word], needs_all: bool
) -> dict[str, sympy.Expr]:
    known = {w.name: w for w in system.of(kind)}
    out: dict[str, sympy.Expr] = {}
    for name, value in result.items():
        if name not in known:
            raise SamenspelError(
                f"{system.__name__}.{method} returns {name!r}, which is no declared {kind.__name__.lower()}. "
                f"{hint(name, known)}",
                cure="Return declared names only.",
            )
        word = known[name]
        if isinstance(word, State) and word.size > 1:
            for i, part in enumerate(value):
                out[f"{word.address}_{i + 1}"] = _equation(system, method, part)
        else:
            out[word.address] = _equation(system, method, value)
    missing = sorted(set(known) - set(result)) if needs_all else []
    if missing:
        raise SamenspelError(f"{system.__name__}.{method} gives nothing for {missing}.", cure="Add the equation.")
    return out


@cache
def trace(system: type[System]) -> Trace:
    """Read the declaration with symbols; refuses names that were not declared and read-outs without an equation."""
    v = symbols(system)
    drift = _keyed(system, "drift", system.drift(v), State, False)
    daily = _keyed(system, "daily", system.daily(v), State, False)
    society = _keyed(system, "society", system.society(v), State, False)
    for address in state_addresses(system):
        if address not in drift and address not in daily:
            raise SamenspelError(f"state {address} has neither drift nor daily map.", cure="Give one of them.")
    for address in state_addresses(system):
        drift.setdefault(address, sympy.Float(0))
    hazards: dict[str, dict[tuple[str, str], sympy.Expr]] = {}
    stages = {s.name: s for s in system.of(Stage)}
    for name, arrows in system.hazards(v).items():
        for source, target in arrows:
            if name not in stages or not {source, target} <= set(stages[name].conditions):
                raise SamenspelError(f"{system.__name__}.hazards: no arrow {source}->{target} in stage {name!r}.")
        hazards[stages[name].address] = {
            arrow: _equation(system, "hazards", rate) for arrow, rate in arrows.items()
        }
    return Trace(
        system=system,
        drift=drift,
        readouts=_keyed(system, "readouts", system.readouts(v), Readout, True),
        noise=_keyed(system, "noise", system.noise(v), State, False),
        daily=daily,
        hazards=hazards,
        decisions=_keyed(system, "decisions", system.decisions(v), Decision, True),
        requests=_keyed(system, "requests", system.requests(v), Pool, True),
        society=society,
    )
