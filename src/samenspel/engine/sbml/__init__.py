"""SBML, Level 2 Version 4 to Level 3 Version 2: reading, simulating and writing.

`read_sbml` gives a `Model`, `simulate_sbml` a labelled `Table`, `write_sbml` a file that other tools can run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

_WHERE = {
    "read_sbml": "samenspel.engine.sbml.read",
    "simulate_sbml": "samenspel.engine.sbml.simulate",
    "write_sbml": "samenspel.engine.sbml.export",
}
__all__ = ["read_sbml", "simulate_sbml", "write_sbml"]

if TYPE_CHECKING:
    from samenspel.engine.sbml.export import write_sbml
    from samenspel.engine.sbml.read import read_sbml
    from samenspel.engine.sbml.simulate import simulate_sbml


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {__all__}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
