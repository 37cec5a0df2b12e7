"""Numbers along an axis, in the language of the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samenspel.views.catalogue import MINUS, Catalogue

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def say_numbers(ax: Axes, c: Catalogue, most: int | None = 6) -> None:
    """Numbers on both axes with a real minus and the language's decimal sign; at most so many ticks on the horizontal."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    decimal = "," if c.language == "nl" else "."

    def said(x: float, _: int | None = None) -> str:
        return f"{x:g}".replace("-", MINUS).replace(".", decimal)

    if most is not None:
        ax.xaxis.set_major_locator(MaxNLocator(most))
    ax.xaxis.set_major_formatter(FuncFormatter(said))
    if len(ax.get_yticks()) and not ax.get_yticklabels()[0].get_text():
        ax.yaxis.set_major_formatter(FuncFormatter(said))
