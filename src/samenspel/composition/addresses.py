"""All addresses that the systems of a catalogue define, for the linter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sympy

from samenspel.declare.language import Accumulator, Decision, Input, Parameter, Pool, Port, Readout, Stage
from samenspel.declare.system import System
from samenspel.declare.trace import state_addresses, trace
from samenspel.evidence.lint_rule import Ends


def addresses(systems: Iterable[type[System]]) -> Ends:
    """States and read-outs, ports, inputs and parameters of all systems, with the units of the last two and declared ranges."""
    systems = list(systems)
    of = lambda kind: frozenset(w.address for s in systems for w in s.of(kind))  # noqa: E731
    states = frozenset(a for s in systems for scope in ("person", "society") for a in state_addresses(s, scope))
    units = {w.address: w.unit for s in systems for kind in (Input, Parameter) for w in s.of(kind)}
    ranges = {w.address: (w.low, w.high) for s in systems for w in s.of(Input) if (w.low, w.high) != (None, None)}
    return Ends(
        states | of(Readout), of(Port), of(Input), of(Parameter), units, ranges=ranges, divisors=lambda: _divisors(systems),
        held=of(Decision) | of(Accumulator) | of(Stage) | of(Pool),
    )


def _divisors(systems: Sequence[type[System]]) -> frozenset[str]:
    """Parameters that stand by themselves under a fraction in any equation."""
    found: set[str] = set()
    for system in systems:
        t = trace(system)
        tables = (t.drift, t.noise, t.readouts, t.daily, t.decisions, *t.hazards.values())
        for power in sympy.Tuple(*(e for table in tables for e in table.values())).atoms(sympy.Pow):
            if power.base.is_Symbol and power.exp.could_extract_minus_sign():
                found.add(str(power.base))
    return frozenset(found & {w.address for s in systems for w in s.of(Parameter)})
