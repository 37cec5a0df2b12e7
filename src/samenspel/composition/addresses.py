"""All addresses that the systems of a catalogue define, for the linter."""

from __future__ import annotations

from collections.abc import Iterable

from samenspel.declare.language import Input, Parameter, Port, Readout
from samenspel.declare.system import System
from samenspel.declare.trace import state_addresses
from samenspel.evidence.lint_rule import Ends


def addresses(systems: Iterable[type[System]]) -> Ends:
    """States and read-outs, ports, inputs and parameters of all systems and variants."""
    systems = list(systems)
    of = lambda kind: frozenset(w.address for s in systems for w in s.of(kind))  # noqa: E731
    states = frozenset(a for s in systems for scope in ("person", "society") for a in state_addresses(s, scope))
    return Ends(sources=states | of(Readout), ports=of(Port), inputs=of(Input), parameters=of(Parameter))
