"""Numbers along an axis, in the language of the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samenspel.views.catalogue import MINUS, Catalogue

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def say_numbers(ax: Axes, c: Catalogue, most: int = 6) -> None:
    """At most so many ticks on the horizontal axis, with a real minus and the language's decimal sign."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    decimal = "," if c.language == "nl" else "."
    ax.xaxis.set_major_locator(MaxNLocator(most))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}".replace("-", MINUS).replace(".", decimal)))
