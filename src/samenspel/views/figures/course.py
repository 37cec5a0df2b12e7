"""The outcome of both arms over time, their difference within each world, and six single fictional people in both arms.

The middle panel is what the tables under "How large" and "Where the difference comes from" hold: medians over worlds of the
paired difference. It is no difference of the lines above it, since a difference of medians is not the median of differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.figures.axis import say_numbers
from samenspel.views.figures.frame import DARK, GREY, LIGHT, MIDDLE, Frame, area, finish, paper, wrapped
from samenspel.views.words import arm, arms_of, measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COMPARATOR: dict[str, Any] = {"color": MIDDLE, "linestyle": (0, (4, 2)), "linewidth": 1.7}
TREATMENT: dict[str, Any] = {"color": DARK, "linestyle": "solid", "linewidth": 1.9}


def draw(answer: Answer, c: Catalogue, frame: Frame) -> str:
    """Levels above, differences in the middle, six people below; the same person has the same luck in both arms."""
    from matplotlib.ticker import MaxNLocator

    t = answer.trajectories
    with paper(8.1, "course") as figure:
        _levels(area(figure, 0.62, 5.75, 6.4, 2.1), answer, c)
        _differences(area(figure, 0.62, 3.5, 6.4, 1.45), answer, c)
        figure.text(0.012, (2.86 + 0.34) / figure.get_figheight(), c.say("assumptions.six"), fontsize=9.5, fontweight="bold")
        comparator, treatment = arms_of(answer)
        people = len(t["arms"][treatment]["persons"])
        top = max(max(p["values"]) for a in (comparator, treatment) for p in t["arms"][a]["persons"])
        low = min(min(p["values"]) for a in (comparator, treatment) for p in t["arms"][a]["persons"])
        for k in range(people):
            ax = area(figure, 0.62 + (k % 3) * 2.2, 1.66 - 1.4 * (k // 3), 1.95, 0.93)
            for id, style in ((comparator, COMPARATOR), (treatment, TREATMENT)):
                ax.plot(
                    t["weeks"],
                    t["arms"][id]["persons"][k]["values"],
                    color=style["color"],
                    linestyle=style["linestyle"],
                    linewidth=1.1,
                )
            ax.set_ylim(low - 0.5, top + 0.5)
            _weeks(ax, t["weeks"])
            ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            ax.tick_params(labelsize=7.5)
            ax.set_title(c.say("assumptions.person", number=k + 1), fontsize=8.5, loc="left", pad=3)
            if k % 3:
                ax.set_yticklabels([])
        return finish(figure, "course", frame)


def _levels(ax: Axes, answer: Answer, c: Catalogue) -> None:
    """Median over worlds of the mean of each arm, with its band."""
    t = answer.trajectories
    comparator, treatment = arms_of(answer)
    weeks = t["weeks"]
    for id, style, hatch, face in ((comparator, COMPARATOR, "///", "none"), (treatment, TREATMENT, "", LIGHT)):
        band = t["arms"][id]["band"]
        ax.fill_between(weeks, [b["low"] for b in band], [b["high"] for b in band], facecolor=face, hatch=hatch,
                        edgecolor=MIDDLE if hatch else GREY, linewidth=0.6, alpha=0.75)  # fmt: skip
        ax.plot(weeks, [b["middle"] for b in band], label=wrapped(arm(answer, id, c), 48, 2), **style)
    _weeks(ax, weeks)
    _titled(ax, c.say("assumptions.all_worlds"), c)
    ax.set_ylabel(wrapped(measure(answer, t["measure"], c), 34, 3), fontsize=8)
    _with_key(ax, c)


def _differences(ax: Axes, answer: Answer, c: Catalogue) -> None:
    """Median over worlds of the paired difference, with its band; beside it what attention and expectation alone do."""
    head, weeks = answer.blocks["assumptions"]["headline"], answer.trajectories["weeks"]
    table = answer.blocks["assumptions"]["effects"][answer.trajectories["measure"]]["weeks"]
    rows = [table[str(w)] for w in weeks[1:]]
    ax.axhline(0, color=GREY, linewidth=0.9, linestyle=(0, (3, 2)))
    ax.fill_between(weeks[1:], [r["low"] for r in rows], [r["high"] for r in rows], facecolor=LIGHT, edgecolor=GREY,
                    linewidth=0.6, alpha=0.75)  # fmt: skip
    ax.plot(weeks[1:], [r["middle"] for r in rows], label=c.say("assumptions.whole_difference"), **TREATMENT)
    alone = head["split"]["attention"]
    ax.plot([head["week"]] * 2, [alone["low"], alone["high"]], color=MIDDLE, linewidth=1.4)
    ax.plot([head["week"]], [alone["middle"]], color=MIDDLE, marker="D", markersize=5, linestyle="none",
            label=c.say("assumptions.attention_alone", week=head["week"]))  # fmt: skip
    _weeks(ax, weeks)
    ax.set_xlabel(c.say("assumptions.week"))
    _titled(ax, c.say("assumptions.difference_title"), c)
    ax.set_ylabel(c.name("unit", "points"), fontsize=8)
    _with_key(ax, c)


def _titled(ax: Axes, title: str, c: Catalogue) -> None:
    ax.set_title(f"{title} ({c.say('assumptions.band')})", fontsize=9.5, fontweight="bold", loc="left")


def _with_key(ax: Axes, c: Catalogue) -> None:
    """Numbers along the axis, and a key in room of its own above what is drawn."""
    ax.margins(x=0)
    low, high = ax.get_ylim()
    ax.set_yticks([tick for tick in ax.get_yticks() if low <= tick <= high])
    ax.set_ylim(low, high + 0.42 * (high - low))
    say_numbers(ax, c, most=None, vertical=True)
    ax.legend(loc="upper right", fontsize=8, handlelength=3.2, borderaxespad=0.1)


def _weeks(ax: Axes, weeks: list[int]) -> None:
    step = 4 if weeks[-1] <= 32 else 12
    ax.set_xticks([w for w in weeks if w % step == 0])
    ax.set_xlim(weeks[0], weeks[-1])
