"""The outcome of each arm over time, with the band over worlds, and six single fictional people in both arms."""

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
    """Means with bands above, six people below; the same person has the same luck in both arms."""
    from matplotlib.ticker import MaxNLocator

    t = answer.trajectories
    with paper(6.0, "course") as figure:
        _means(area(figure, 0.62, 3.5, 6.4, 2.25), answer, c)
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


def _means(ax: Axes, answer: Answer, c: Catalogue) -> None:
    t = answer.trajectories
    comparator, treatment = arms_of(answer)
    weeks = t["weeks"]
    for id, style, hatch, face in ((comparator, COMPARATOR, "///", "none"), (treatment, TREATMENT, "", LIGHT)):
        band = t["arms"][id]["band"]
        ax.fill_between(weeks, [b["low"] for b in band], [b["high"] for b in band], facecolor=face, hatch=hatch,
                        edgecolor=MIDDLE if hatch else GREY, linewidth=0.6, alpha=0.75)  # fmt: skip
        ax.plot(weeks, [b["middle"] for b in band], label=wrapped(arm(answer, id, c), 48, 2), **style)
    others = [a for a in sorted(t["arms"]) if a not in (comparator, treatment)]
    for id in others:
        ax.plot(weeks, [b["middle"] for b in t["arms"][id]["band"]], color=GREY, linestyle=(0, (1, 1.4)), linewidth=1.5,
                label=wrapped(arm(answer, id, c), 48, 2))  # fmt: skip
    _weeks(ax, weeks)
    ax.set_xlabel(c.say("assumptions.week"))
    ax.set_title(
        f"{c.say('assumptions.all_worlds')} ({c.say('assumptions.band')})", fontsize=9.5, fontweight="bold", loc="left"
    )
    ax.set_ylabel(wrapped(measure(answer, t["measure"], c), 34, 3), fontsize=8)
    ax.margins(x=0)
    low, high = ax.get_ylim()
    ax.set_yticks([tick for tick in ax.get_yticks() if low <= tick <= high])
    ax.set_ylim(low, high + 0.42 * (high - low))  # room for the key
    say_numbers(ax, c, most=None, vertical=True)
    ax.legend(loc="upper right", fontsize=8, handlelength=3.2, borderaxespad=0.1)


def _weeks(ax: Axes, weeks: list[int]) -> None:
    step = 4 if weeks[-1] <= 32 else 12
    ax.set_xticks([w for w in weeks if w % step == 0])
    ax.set_xlim(weeks[0], weeks[-1])
