"""Rival answers to the open questions on which they part most, each with its effect and the worlds in which it is better."""

from __future__ import annotations

from typing import Any

from samenspel.studies.answer import Answer
from samenspel.views.blocks.rivals import drawn, tried
from samenspel.views.catalogue import Catalogue
from samenspel.views.figures.axis import say_numbers
from samenspel.views.figures.frame import DARK, GREY, LIGHT, WIDTH, Frame, area, finish, paper, wrapped
from samenspel.views.words import fitting

LEFT, PLOT, LINE, QUESTION = 3.3, 2.25, 0.33, 0.42


def draw(answer: Answer, c: Catalogue, frame: Frame) -> str:
    """Answers under their question; the dashed line is no difference."""
    hypotheses = drawn(answer)
    height = sum(QUESTION + LINE * len(h["options"]) for h in hypotheses)
    with paper(height + 0.95, "rivals") as figure:
        ax = area(figure, LEFT, 0.6, PLOT, height)
        y = height
        for h in hypotheses:
            ax.plot(
                [-(LEFT - 0.1) / PLOT, (WIDTH - LEFT - 0.1) / PLOT],
                [y, y],
                transform=ax.get_yaxis_transform(),
                color=LIGHT,
                linewidth=0.8,
                clip_on=False,
            )
            _left(ax, y - QUESTION / 2, wrapped(c.pick(h["question"]), 92, 2), bold=True)
            y -= QUESTION
            for o in h["options"]:
                _option(ax, y - LINE / 2, o, tried(h, o), c)
                y -= LINE
        ax.axvline(0, ymax=1, color=GREY, linewidth=0.9, linestyle=(0, (3, 2)), zorder=0)
        ax.annotate(
            c.say(fitting(answer, "rivals.column_figure")),
            (1, 1),
            xycoords="axes fraction",
            xytext=(8, 5),
            textcoords="offset points",
            fontsize=7.5,
            fontweight="bold",
            va="bottom",
            annotation_clip=False,
        )
        ax.set_ylim(0, height)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        better = answer.blocks["assumptions"]["headline"]["better"]
        side = c.say("rivals.axis_better_left" if better < 0 else fitting(answer, "rivals.axis_better_right"))
        ax.set_xlabel(f"{c.say('rivals.axis')} {side}", fontsize=8.5)
        ax.margins(x=0.12)
        say_numbers(ax, c)
        ax.tick_params(labelsize=8)
        return finish(figure, "rivals", frame)


def _left(ax: Any, y: float, text: str, *, bold: bool = False) -> None:
    ax.annotate(
        text,
        (0, y),
        xycoords=("axes fraction", "data"),
        xytext=(-LEFT * 72 + (8 if bold else 18), 0),
        textcoords="offset points",
        va="center",
        fontsize=8 if bold else 7.8,
        fontweight="bold" if bold else "normal",
        annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0} if bold else None,
    )


def _option(ax: Any, y: float, o: dict[str, Any], row: dict[str, Any], c: Catalogue) -> None:
    _left(ax, y, wrapped(c.pick(o), 54, 2))
    if row["effect"] is None:
        said = wrapped(c.say("rivals.unseen"), 22, 2)
    else:
        ax.plot([row["effect"]], [y], marker="o", markersize=6.5, color=DARK, linestyle="none")
        said = c.say("rivals.better_of", better=row["benefit_worlds"], all=row["worlds"])
    ax.annotate(
        said,
        (1, y),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        annotation_clip=False,
    )
