"""Systems in a circle and the links between them: sign by end and colour, level by width and number, open ones dashed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from samenspel.studies.answer import Answer
from samenspel.views.blocks.rests import ORDER
from samenspel.views.catalogue import Catalogue
from samenspel.views.figures.frame import DARK, GREY, INK, MIDDLE, WIDTH, Frame, area, finish, paper, wrapped
from samenspel.views.words import system

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDE = 6.2  # inches of the square that holds the circle
THICK = {"5": 3.2, "T": 2.0, "4": 2.4, "3": 1.9, "2": 1.4, "1": 1.0, "0": 0.7, "none": 0.7}
DASH = (0, (4, 2.2))
PLACES = (0.36, 0.32, 0.40, 0.44, 0.28, 0.48, 0.52, 0.56, 0.6, 0.64, 0.68, 0.72)  # shares of an arrow where its label may stand
LABEL = (0.105, 0.055)  # width and height of a label, in units of the circle


@dataclass(frozen=True)
class Edge:
    """All links from one system to another with one sign, either all open or all given."""

    source: str
    target: str
    sign: int
    open: bool
    level: str
    count: int


def edges(couplings: Iterable[Mapping[str, Any]]) -> list[Edge]:
    """Links bundled by both ends, sign, and whether an open question switches them; the best level of each bundle."""
    bundles: dict[tuple[str, str, int, bool], list[str]] = {}
    for x in couplings:
        ends = x["from"].split(".")[0], x["to"].split(".")[0]
        if ends[0] != ends[1]:
            bundles.setdefault((*ends, int(x["sign"]), bool(x["hypotheses"])), []).append(x["level"])
    return [
        Edge(a, b, s, o, min(levels, key=ORDER.index), len(levels))
        for (a, b, s, o), levels in sorted(bundles.items(), key=lambda item: item[0])
    ]


def draw(answer: Answer, c: Catalogue, frame: Frame) -> str:
    """The circle has the systems in the order of their ids, so that two answers can be laid side by side."""
    import networkx as nx

    couplings = answer.blocks["rests_on"]["couplings"]
    found = edges(couplings)
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted({x[end].split(".")[0] for x in couplings for end in ("from", "to")}))
    graph.add_edges_from((e.source, e.target) for e in found)
    place = {n: (float(x), float(y)) for n, (x, y) in nx.circular_layout(graph).items()}
    with paper(SIDE + 0.75, "map") as figure:
        ax = area(figure, (WIDTH - SIDE) / 2, 0.72, SIDE, SIDE)
        ax.set_xlim(-1.22, 1.22)
        ax.set_ylim(-1.16, 1.16)
        ax.set_axis_off()
        names = {n: wrapped(system(answer, n, c), 14, 2) for n in place}
        seen: Counter[tuple[str, str]] = Counter()
        taken = [at for n, middle in place.items() for at in _behind(names[n], middle)]  # where no label can be read
        for e in found:
            _edge(ax, e, place, names, seen[e.source, e.target], taken)
            seen[e.source, e.target] += 1
        for n, (x, y) in place.items():
            ax.text(
                x,
                y,
                names[n],
                ha="center",
                va="center",
                fontsize=9,
                fontweight="bold",
                zorder=5,
                bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": INK, "linewidth": 1.0},
            )
        _key(area(figure, 0.1, 0.02, WIDTH - 0.2, 0.66), c)
        return finish(figure, "map", frame)


def _edge(
    ax: Axes, e: Edge, place: Mapping[str, tuple[float, float]], names: Mapping[str, str], nth: int,
    taken: list[tuple[float, float]],
) -> None:  # fmt: skip
    from matplotlib.patches import FancyArrowPatch

    bend = 0.10 + 0.11 * nth
    (x0, y0), (x1, y1) = place[e.source], place[e.target]
    # the control point of the quadratic curve that arc3 draws
    mx, my = (x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0)
    ax.add_patch(
        FancyArrowPatch(
            (x0, y0),
            (x1, y1),
            arrowstyle=_style(e.sign),
            connectionstyle=f"arc3,rad={bend}",
            linewidth=THICK[e.level],
            linestyle=DASH if e.open else "solid",
            color=_colour(e.sign),
            mutation_scale=8,
            zorder=2,
            shrinkA=_inside(names[e.source], mx - x0, my - y0),
            shrinkB=_inside(names[e.target], mx - x1, my - y1) + 2,
        )
    )
    if e.level == "1" and e.count == 1:
        return  # most links are argued only; a figure on each would hide the others
    at = free([_on_curve(t, (x0, y0), (mx, my), (x1, y1)) for t in PLACES], taken)
    taken.append(at)
    said = e.level if e.level != "none" else "–"
    ax.text(
        at[0],
        at[1],
        f"{said}×{e.count}" if e.count > 1 else said,
        fontsize=6.5,
        ha="center",
        va="center",
        zorder=4,
        color=INK,
        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"},
    )


def _on_curve(t: float, *points: tuple[float, float]) -> tuple[float, float]:
    """The point at share t of a quadratic curve from the first point to the last, drawn towards the middle one."""
    (x0, y0), (mx, my), (x1, y1) = points
    return (1 - t) ** 2 * x0 + 2 * t * (1 - t) * mx + t**2 * x1, (1 - t) ** 2 * y0 + 2 * t * (1 - t) * my + t**2 * y1


def _behind(name: str, middle: tuple[float, float]) -> list[tuple[float, float]]:
    """Points that a name's box covers, a label apart."""
    half = (3.0 * max(len(line) for line in name.split("\n")) + 7) * 2.44 / (72 * SIDE)  # the circle's axes are 2.44 wide
    steps = max(1, math.ceil(2 * half / LABEL[0]))
    return [(middle[0] - half + 2 * half * k / steps, middle[1]) for k in range(steps + 1)]


def free(places: list[tuple[float, float]], taken: list[tuple[float, float]]) -> tuple[float, float]:
    """The first place where a label covers none that stands; where there is none, the one farthest from them."""

    def room(at: tuple[float, float]) -> float:
        return min((max(abs(at[0] - x) / LABEL[0], abs(at[1] - y) / LABEL[1]) for x, y in taken), default=math.inf)

    return next((at for at in places if room(at) >= 1), max(places, key=room))


def _inside(name: str, dx: float, dy: float) -> float:
    """Points from the middle of a name's box to its edge in a direction."""
    lines = name.split("\n")
    half = 3.0 * max(len(line) for line in lines) + 7, 5.6 * len(lines) + 5
    length = math.hypot(dx, dy) or 1.0
    return min(side * length / abs(d) if abs(d) > 1e-9 else math.inf for side, d in zip(half, (dx, dy), strict=True))


def _style(sign: int) -> str:
    return "-|>,head_length=0.7,head_width=0.35" if sign > 0 else "-[,widthB=0.55,lengthB=0" if sign < 0 else "-"


def _colour(sign: int) -> str:
    return MIDDLE if sign > 0 else DARK if sign < 0 else GREY


def _key(ax: Axes, c: Catalogue) -> None:
    from matplotlib.patches import FancyArrowPatch

    ax.set_xlim(0, 10)
    ax.set_ylim(0, 2)
    ax.set_axis_off()
    for x, y, sign, dash, name in (
        (0.1, 1.4, 1, False, "raises"),
        (0.1, 0.5, -1, False, "lowers"),
        (3.4, 1.4, 1, True, "open"),
    ):
        ax.add_patch(
            FancyArrowPatch(
                (x, y),
                (x + 0.7, y),
                arrowstyle=_style(sign),
                linewidth=1.4,
                color=_colour(sign),
                linestyle=DASH if dash else "solid",
                mutation_scale=8,
                shrinkA=0,
                shrinkB=0,
            )
        )
        ax.text(x + 0.9, y, c.say(f"rests.key_{name}"), va="center", fontsize=8)
    ax.text(3.4, 0.5, c.say("rests.key_level"), va="center", fontsize=8)
