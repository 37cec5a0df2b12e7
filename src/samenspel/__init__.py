"""samenspel: contested evidence about a condition as a computable system.

A lazy facade: `load_atlas`, `compose`, `run`, `simulate`, `read_sbml`, `report`. Importing it costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_WHERE = {
    "load_atlas": ("samenspel.evidence.reader", "read_atlas"),
    "compose": ("samenspel.composition.compose", "compose"),
    "run": ("samenspel.insight.run", "run"),
    "simulate": ("samenspel.engine.run", "simulate"),
    "read_sbml": ("samenspel.engine.sbml", "read_sbml"),
    "report": ("samenspel.views.report", "report"),
    "Answer": ("samenspel.studies.answer", "Answer"),
    "SamenspelError": ("samenspel.quantities.errors", "SamenspelError"),
}
__all__ = ["Answer", "SamenspelError", "compose", "load_atlas", "read_sbml", "report", "run", "simulate"]

if TYPE_CHECKING:
    from samenspel.composition.compose import compose
    from samenspel.engine.run import simulate
    from samenspel.engine.sbml import read_sbml
    from samenspel.evidence.reader import read_atlas as load_atlas
    from samenspel.insight.run import run
    from samenspel.quantities.errors import SamenspelError
    from samenspel.studies.answer import Answer
    from samenspel.views.report import report


def __dir__() -> list[str]:
    return sorted({"__version__", *__all__})


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'samenspel' has no attribute {name!r}; it has {', '.join(sorted(_WHERE))}")
    from importlib import import_module

    module, attribute = _WHERE[name]
    return getattr(import_module(module), attribute)
