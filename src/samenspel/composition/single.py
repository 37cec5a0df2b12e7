"""One system on its own, and the parameters an atlas gives it: for anchors, cards and tests."""

from __future__ import annotations

from pathlib import Path

from samenspel.composition.compose import compose
from samenspel.declare.language import Parameter
from samenspel.declare.model import Model
from samenspel.declare.system import System
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_model import Parameter as Entry
from samenspel.quantities.errors import SamenspelError


def stand_alone(system: type[System], *, open_ports: bool = False) -> Model:
    """A model of one system with every port neutral (or, with `open_ports`, as a parameter)."""
    return compose(
        [system], name=f"{system.system}{'-' + system.variant if system.variant else ''}", open_ports=open_ports
    )


def in_declared_unit(entry: Entry, declared: str, value: float) -> float:
    """A number of the atlas in the unit that the declaration asks for.

    Raises `SamenspelError` if the two units measure different things.
    """
    from samenspel.quantities.units import parse_unit

    given, wanted = parse_unit(entry.unit), parse_unit(declared)
    if given.base != wanted.base:
        raise SamenspelError(
            f"parameter {entry.id}: the atlas gives it in {entry.unit!r}, the system declares {declared!r}.",
            cure="Correct the unit in parameters/, or the declaration.",
        )
    return value * given.scale / wanted.scale


def default_parameters(atlas: Atlas | Path | str | None, *systems: type[System]) -> dict[str, float]:
    """Every declared parameter at the centre of its distribution (quantile 0.5), in declared units."""
    from samenspel.composition.values import centre

    if atlas is None or isinstance(atlas, str | Path):
        from samenspel.composition.values import shipped

        atlas = shipped(atlas)
    out: dict[str, float] = {}
    for system in systems:
        for p in system.of(Parameter):
            entry = atlas.parameters.get(p.address)
            if entry is None:
                raise SamenspelError(
                    f"the atlas gives no parameter {p.address!r}.",
                    file=f"parameters/{p.system}.toml",
                    cure="Add it with a claim, a rule or an assumption.",
                )
            out[p.address] = in_declared_unit(entry, p.unit, centre(atlas, entry))
    return out
