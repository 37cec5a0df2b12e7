"""Numbers along an axis, in the language of the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samenspel.views.catalogue import MINUS, Catalogue

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def say_numbers(ax: Axes, c: Catalogue, most: int | None = 6, *, vertical: bool = False) -> None:
    """Numbers with a real minus and the language's decimal sign; at most `most` ticks on the horizontal axis."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    decimal = "," if c.language == "nl" else "."

    def said(x: float, _: int | None = None) -> str:
        return f"{x:g}".replace("-", MINUS).replace(".", decimal)

    if most is not None:
        ax.xaxis.set_major_locator(MaxNLocator(most))
    ax.xaxis.set_major_formatter(FuncFormatter(said))
    if vertical:
        ax.yaxis.set_major_formatter(FuncFormatter(said))
