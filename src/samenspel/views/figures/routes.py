"""Routes by tier: what part of the effect goes away, with its interval. Not drawn where routes cannot be ranked."""

from __future__ import annotations

from samenspel.studies.answer import Answer
from samenspel.views.blocks.routes import in_order
from samenspel.views.catalogue import Catalogue
from samenspel.views.figures.axis import say_numbers
from samenspel.views.figures.frame import DARK, GREY, LIGHT, Frame, area, finish, paper
from samenspel.views.words import system

LINE = 0.27


def draw(answer: Answer, c: Catalogue, frame: Frame) -> str:
    """Points with intervals, in tiers; within a tier by name, because there is no order of size."""
    rows = in_order(answer, c)
    tiers = sorted({row["tier"] for row in rows})
    lines = len(rows) + len(tiers)
    with paper(LINE * lines + 0.65, "routes") as figure:
        ax = area(figure, 2.3, 0.55, 4.65, LINE * lines)
        y, at, names = float(lines - 1), [], []
        for tier in tiers:
            ax.text(
                -0.02,
                y,
                c.say("routes.tier", number=tier + 1),
                transform=ax.get_yaxis_transform(),
                ha="right",
                va="center",
                fontsize=9,
                fontweight="bold",
            )
            ax.axhline(y, color=LIGHT, linewidth=0.8)
            y -= 1
            for row in (r for r in rows if r["tier"] == tier):
                ax.plot([row["lost_low"], row["lost_high"]], [y, y], color=GREY, linewidth=2.2, solid_capstyle="butt")
                ax.plot([row["lost_median"]], [y], marker="o", color=DARK, markersize=6, linestyle="none")
                at.append(y)
                names.append(system(answer, row["system"], c))
                y -= 1
        ax.axvline(0, color=GREY, linewidth=0.9, linestyle=(0, (3, 2)))
        ax.set_yticks(at, names)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_ylim(-0.6, lines - 0.4)
        ax.set_xlabel(c.say("routes.axis"))
        say_numbers(ax, c)
        return finish(figure, "routes", frame)
