"""All addresses that the systems of a catalogue define, for the linter."""

from __future__ import annotations

from collections.abc import Iterable

from samenspel.declare.language import Input, Parameter, Port, Readout
from samenspel.declare.system import System
from samenspel.declare.trace import state_addresses
from samenspel.evidence.lint_rule import Ends


def addresses(systems: Iterable[type[System]]) -> Ends:
    """States and read-outs, ports, inputs and parameters of all systems and variants, with the units of the last two."""
    systems = list(systems)
    of = lambda kind: frozenset(w.address for s in systems for w in s.of(kind))  # noqa: E731
    states = frozenset(a for s in systems for scope in ("person", "society") for a in state_addresses(s, scope))
    units = {w.address: w.unit for s in systems for kind in (Input, Parameter) for w in s.of(kind)}
    return Ends(states | of(Readout), of(Port), of(Input), of(Parameter), units)
