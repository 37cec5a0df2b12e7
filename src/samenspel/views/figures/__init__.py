"""Figures of a report, one file each: a name, and `draw(answer, catalogue, frame)` that returns an SVG fragment.

The drawing library is imported inside these modules' functions only, so that a command that draws nothing never loads it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue

if TYPE_CHECKING:
    from samenspel.views.figures.frame import Frame

NAMES = ("hundred", "course", "published", "routes", "rivals", "map")


def draw(name: str, answer: Answer, c: Catalogue, frame: Frame) -> str:
    """The SVG fragment of a figure. Raises `KeyError` for a figure that does not exist."""
    if name not in NAMES:
        raise KeyError(f"no figure {name!r}; there is {', '.join(NAMES)}")
    return import_module(f"{__name__}.{name}").draw(answer, c, frame)
