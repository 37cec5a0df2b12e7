"""Both ends of every coupling, resolved against the declared systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samenspel.declare.language import Input, Port, Readout, State
from samenspel.declare.trace import Trace, state_addresses
from samenspel.evidence.schema_model import Coupling
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint


@dataclass(frozen=True)
class Ends:
    """All ports, and the word behind every address that may be a source."""

    ports: dict[str, Port]
    sources: dict[str, State | Readout | Input]


def resolve(traces: Mapping[str, Trace], couplings: Sequence[Coupling]) -> Ends:
    """Check both ends of every coupling; the first fault raises, naming the nearest right address."""
    ports = {p.address: p for t in traces.values() for p in t.system.of(Port)}
    words = {w.address: w for t in traces.values() for w in t.system.words.values()}
    components = {a for t in traces.values() for a in state_addresses(t.system)}
    allowed = {a for t in traces.values() for a in t.sources}
    sources: dict[str, State | Readout | Input] = {}
    seen: set[str] = set()
    for c in couplings:
        if c.id in seen:
            raise SamenspelError(f"coupling {c.id!r} is defined twice.", cure="Give one of them another id.")
        seen.add(c.id)
        if c.to not in ports:
            raise SamenspelError(
                f"coupling {c.id!r}: {c.to!r} is no port of a listed system.{hint(c.to, ports)}",
                cure="Correct `to`, or list the system.",
            )
        source = words.get(c.source)
        if c.source in components and source is None:
            source = words[c.source.rsplit("_", 1)[0]]
        if not isinstance(source, State | Readout | Input):
            raise SamenspelError(
                f"coupling {c.id!r}: {c.source!r} is no state, read-out or input of a listed system. "
                f"{hint(c.source, allowed)}",
                cure="Correct `from`, or list the system.",
            )
        if isinstance(source, Readout) and c.source not in allowed and c.form.kind != "identity":
            raise SamenspelError(
                f"coupling {c.id!r}: read-out {c.source!r} sees a port, so it cannot be a source (algebraic loop).",
                cure=f"Use a state or a read-out of states alone.{hint(c.source, allowed)}",
            )
        if isinstance(source, Input) != c.input:
            raise SamenspelError(
                f"coupling {c.id!r}: {c.source!r} {'is' if not c.input else 'is not'} an input.",
                cure=f"Set input = {str(not c.input).lower()}.",
            )
        sources[c.source] = source
    for address in ports:
        wired = [c.id for c in couplings if c.to == address and c.form.kind == "identity"]
        if wired and sum(c.to == address for c in couplings) > 1:
            raise SamenspelError(
                f"port {address} is wired by {wired[0]!r} and reached by others too.",
                cure="An identity must be the only coupling of its port.",
            )
    return Ends(ports, sources)
