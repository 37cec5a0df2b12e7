"""What every figure has: its title, status and intended use inside the picture, and the same bytes every time."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Dark, middle and light also when printed in grey; every pair of neighbours differs in shape or dash as well.
DARK, MIDDLE, LIGHT, GREY, INK = "#0b3c5d", "#b4541a", "#d9d9d9", "#6b6b6b", "#1a1a1a"
WIDTH = 7.2  # inches: the text width of an A4 page
TOP, BOTTOM = 0.78, 0.34  # inches kept for title and status above, and for the intended use below
_OURS: dict[str, Any] = {
    "svg.fonttype": "none", "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": 9.0, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY, "axes.labelcolor": INK,
    "text.color": INK, "xtick.color": INK, "ytick.color": INK, "axes.unicode_minus": True, "legend.frameon": False,
    "path.simplify": False, "figure.dpi": 72.0, "hatch.linewidth": 0.6,
}  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """The words around a figure."""

    title: str
    description: str
    status: str
    use: str


@contextmanager
def paper(height: float, name: str) -> Generator[Figure]:
    """An empty figure of `height` inches besides title and foot, under settings that no user file changes."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for setting, value in {**_OURS, "svg.hashsalt": name}.items():
            matplotlib.rcParams[setting] = value  # type: ignore[index]  # names are checked when set
        figure = Figure(figsize=(WIDTH, height + TOP + BOTTOM))
        FigureCanvasSVG(figure)
        yield figure


def area(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes placed in inches, measured from the lower left corner above the foot."""
    total = figure.get_figheight()
    return figure.add_axes((left / WIDTH, (bottom + BOTTOM) / total, width / WIDTH, height / total))


def finish(figure: Figure, name: str, frame: Frame) -> str:
    """Write title, status and use into the picture, and return it as an SVG fragment for a page."""
    total = figure.get_figheight()
    title = textwrap.shorten(frame.title, 78, placeholder="…")
    figure.text(0.012, 1 - 0.09 / total, title, fontsize=11, fontweight="bold", va="top")
    figure.text(0.014, 1 - 0.42 / total, frame.status, fontsize=8.5, fontweight="bold", va="top",
                bbox={"boxstyle": "square,pad=0.25", "facecolor": "white", "edgecolor": INK, "linewidth": 0.9})  # fmt: skip
    figure.text(0.012, 0.07 / total, frame.use, fontsize=7.5, va="bottom", color=INK)
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return fragment(out.getvalue(), name, frame)


def fragment(svg: str, name: str, frame: Frame) -> str:
    """An SVG document as part of a page: ids of its own, a title and a description, nothing that reaches outside."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = svg.replace("xlink:href", "href")
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    found = re.search(r'viewBox="([^"]+)"', svg)
    box = found[1] if found else "0 0 1 1"
    body = re.sub(r"<[^>]+>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), svg[svg.index(">") + 1 :])
    head = (
        f'<svg viewBox="{box}" role="img" aria-labelledby="{name}-title {name}-description" focusable="false" '
        'style="stroke-linejoin:round;stroke-linecap:butt">'
        f'<title id="{name}-title">{escape(frame.title)} ({escape(frame.status)})</title>'
        f'<desc id="{name}-description">{escape(frame.description)} {escape(frame.use)}</desc>'
    )
    return re.sub(r"[ \t]*\n\s*", "\n", head + body).strip()


def wrapped(text: str, width: int, lines: int) -> str:
    """Text in at most so many lines; what is left out is marked."""
    found = textwrap.wrap(text, width)
    if len(found) > lines:
        found = [*found[: lines - 1], textwrap.shorten(" ".join(found[lines - 1 :]), width, placeholder=" …")]
    return "\n".join(found)
