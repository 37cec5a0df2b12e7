"""First figure: both arms per 100 people, as two fields of 100 marks; stopped and flare beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.figures.frame import DARK, GREY, INK, LIGHT, MIDDLE, WIDTH, Frame, area, finish, paper, wrapped
from samenspel.views.words import arm, arms_of, better_same_worse, fitting, is_neither, of_hundred

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS: dict[str, dict[str, Any]] = {
    "better": {"marker": "o", "facecolors": DARK, "edgecolors": DARK, "s": 78},
    "same": {"marker": "o", "facecolors": "white", "edgecolors": GREY, "s": 64, "linewidths": 0.9},
    "worse": {"marker": "v", "facecolors": MIDDLE, "edgecolors": MIDDLE, "s": 78},
}
FIELD, LEFT, GAP = 2.3, 0.2, 3.6


def draw(answer: Answer, c: Catalogue, frame: Frame) -> str:
    """Better, same and worse add up to 100 in each arm."""
    with paper(4.75, "hundred") as figure:
        for k, id in enumerate(arms_of(answer)):
            left = LEFT + k * GAP
            ax = area(figure, left, 2.02, FIELD, FIELD)
            counts = better_same_worse(answer, id)
            _field(ax, counts)
            ax.set_title(wrapped(arm(answer, id, c), 34, 2), fontsize=10, fontweight="bold", loc="left", pad=8)
            _key(area(figure, left, 0.98, GAP - 0.25, 0.98), answer, c, id, counts)
            _beside(area(figure, left, 0.08, GAP - 0.35, 0.86), answer, c, id)
        figure.add_artist(_rule())
        return finish(figure, "hundred", frame)


def _rule() -> Any:
    from matplotlib.lines import Line2D

    x = (LEFT + GAP - 0.14) / WIDTH
    return Line2D([x, x], [0.09, 0.83], color=LIGHT, linewidth=1)


def _field(ax: Axes, counts: dict[str, int]) -> None:
    """Marks from the upper left, row by row: better, same, worse."""
    names = [name for name in MARKS for _ in range(counts[name])]
    for name, style in MARKS.items():
        at = [i for i, n in enumerate(names) if n == name]
        ax.scatter([i % 10 for i in at], [9 - i // 10 for i in at], **style)
    ax.set_xlim(-0.6, 9.6)
    ax.set_ylim(-0.6, 9.6)
    ax.set_axis_off()


def _key(ax: Axes, answer: Answer, c: Catalogue, id: str, counts: dict[str, int]) -> None:
    rows = answer.blocks["assumptions"]["per_hundred"]["arms"][id]
    for k, (name, style) in enumerate(MARKS.items()):
        y = 2 - k
        ax.scatter([0.1], [y], **style)
        value = of_hundred(counts[name], rows[name], answer, c)
        ax.text(0.32, y, f"{value}  {c.say(fitting(answer, f'assumptions.{name}'))}", va="center", fontsize=9)
    ax.set_xlim(0, GAP)
    ax.set_ylim(-0.6, 2.6)
    ax.set_axis_off()


def _beside(ax: Axes, answer: Answer, c: Catalogue, id: str) -> None:
    """Stopped and flare are counted beside the three, so each has a bar of its own out of 100."""
    rows = answer.blocks["assumptions"]["per_hundred"]["arms"][id]
    for k, name in enumerate(("stopped",) if is_neither(answer) else ("stopped", "flare")):
        y = 1 - k
        if name == "stopped" and not answer.blocks["question"]["arms"][id]["programme"]:
            ax.text(0, y + 0.06, c.say("assumptions.no_programme_here"), va="bottom", fontsize=9, color=INK)
            continue
        value = round(rows[name]["mean"])
        ax.barh([y - 0.16], [100], height=0.2, facecolor="white", edgecolor=GREY, linewidth=0.8)
        ax.barh([y - 0.16], [value], height=0.2, facecolor=GREY, edgecolor=GREY, linewidth=0.8)
        said = of_hundred(value, rows[name], answer, c)
        ax.text(0, y + 0.06, f"{said}  {c.say(f'assumptions.{name}')}", va="bottom", fontsize=9, color=INK)
    ax.set_xlim(-1, 125)
    ax.set_ylim(-0.35, 1.5)
    ax.set_axis_off()
