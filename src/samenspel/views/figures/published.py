"""Published effects as a forest plot: value, interval, prediction interval, and whether the model used the result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from samenspel.evidence.schema import RATIOS, Effect
from samenspel.studies.answer import Answer
from samenspel.views.blocks.published import cite, used
from samenspel.views.catalogue import Catalogue
from samenspel.views.figures.axis import say_numbers
from samenspel.views.figures.frame import DARK, GREY, INK, MIDDLE, Frame, area, finish, paper, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Row = Mapping[str, Any]
LINE, HEAD, FOOT = 0.62, 0.34, 0.42  # inches per row, above and below the rows of a group
LEFT, PLOT = 3.3, 2.25  # inches of text, and of the plotted part


def draw(answer: Answer, c: Catalogue, frame: Frame) -> str:
    """One group of axes per measure of effect; rows keep the numbers of the table."""
    groups = grouped(answer.blocks["published"]["rows"])
    height = sum(HEAD + FOOT + LINE * len(rows) for rows in groups.values()) + 0.25
    with paper(max(height, 0.6), "published") as figure:
        top = height - 0.02
        figure.text(0.012, (0.34 + 0.02) / figure.get_figheight(), c.say("published.legend"), fontsize=7.5, va="bottom")
        for (metric, unit), rows in groups.items():
            bottom = top - HEAD - LINE * len(rows)
            _group(area(figure, LEFT, bottom, PLOT, LINE * len(rows)), metric, unit, rows, c)
            top = bottom - FOOT
        return finish(figure, "published", frame)


def grouped(rows: Sequence[Row]) -> dict[tuple[str, str], list[tuple[int, Row]]]:
    """Numbered rows that hold a value, by metric and unit, in order of first appearance."""
    out: dict[tuple[str, str], list[tuple[int, Row]]] = {}
    for n, row in enumerate(rows, 1):
        e = row["effect"]
        if e is not None and e["value"] is not None:
            out.setdefault((e["metric"], e["unit"]), []).append((n, _turned(row) if e.get("mirrored") else row))
    return out


def _turned(row: Row) -> Row:
    """A row whose source prints the other sign, as the others count; the figure says so beside it."""
    e, p = row["effect"], row["prediction"]
    turned = Effect(**e).turned
    effect = {**e, "value": turned.value, "low": turned.low, "high": turned.high}
    return {**row, "effect": effect, "prediction": p and {"low": -p["high"], "high": -p["low"]}}


def _group(ax: Axes, metric: str, unit: str, rows: list[tuple[int, Row]], c: Catalogue) -> None:
    ratio = metric in RATIOS
    if ratio:
        ax.set_xscale("log")
    neutral = 1.0 if ratio else 0.0
    ends = [
        x for _, r in rows for x in (r["effect"]["value"], r["effect"]["low"], r["effect"]["high"], neutral) if x is not None
    ]
    low, high = _range(ends, ratio)
    ax.axvline(neutral, color=GREY, linewidth=0.9, linestyle=(0, (3, 2)))
    for k, (n, row) in enumerate(rows):
        y = len(rows) - 1 - k
        _line(ax, y, row, low, high)
        text = f"[{n}] {wrapped(brief(c.pick(row)), 50, 3)}"
        ax.annotate(
            text,
            (0, y),
            xycoords=("axes fraction", "data"),
            xytext=(-LEFT * 72 + 8, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            annotation_clip=False,
        )
        said = f"{wrapped(cite(row, c), 24, 2)}\n{c.say('published.used_in_figure', used=used(row, c, brief=True))}"
        if row["effect"].get("mirrored"):
            said += f"; {c.say('published.mirrored')}"
        ax.annotate(
            said,
            (1, y),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            annotation_clip=False,
        )
    name = c.name("published", f"metric_{metric}")
    label = metric if name == f"metric_{metric}" else name
    ax.set_title(
        label if unit in ("1", "") else c.say("published.axis_less", metric=label, unit=c.name("unit", unit)),
        fontsize=8.5,
        loc="left",
        fontweight="bold",
        pad=5,
    )
    ax.set_xlim(low, high)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    _ticks(ax, low, high, ratio, c)


def brief(text: str) -> str:
    """What is reported, without the numbers that are drawn beside it: up to the first bracket, colon or semicolon."""
    return re.split(r" \(|: |; ", text, maxsplit=1)[0].rstrip(".")


def _range(ends: Sequence[float], ratio: bool) -> tuple[float, float]:
    """From the reported intervals; longer prediction intervals are cut off and marked."""
    low, high = min(ends), max(ends)
    if ratio:
        return low / 1.5, high * 1.5
    pad = 0.45 * ((high - low) or 1.0)
    return low - pad, high + pad


def _line(ax: Axes, y: int, row: Row, low: float, high: float) -> None:
    e, p = row["effect"], row["prediction"]
    if p:
        a, b = max(p["low"], low), min(p["high"], high)
        ax.plot([a, b], [y, y], color=GREY, linewidth=1.0, solid_capstyle="butt")
        for end, cut, mark in ((a, p["low"] < low, "<"), (b, p["high"] > high, ">")):
            ax.plot([end], [y], marker=mark if cut else "|", color=GREY, markersize=6, linestyle="none", clip_on=False)
    if e["low"] is not None and e["high"] is not None:
        ax.plot([e["low"], e["high"]], [y, y], color=DARK, linewidth=3.0, solid_capstyle="butt")
    odd = bool(row["suspect"] or row["note"])
    ax.plot(
        [e["value"]],
        [y],
        marker="s",
        markersize=6.5,
        markerfacecolor="white" if odd else DARK,
        markeredgecolor=MIDDLE if odd else DARK,
        markeredgewidth=1.4,
        linestyle="none",
    )


def _ticks(ax: Axes, low: float, high: float, ratio: bool, c: Catalogue) -> None:
    from matplotlib.ticker import NullFormatter, NullLocator

    if ratio:
        ax.set_xticks([x for x in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if low <= x <= high])
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_minor_formatter(NullFormatter())
    say_numbers(ax, c, most=None if ratio else 5)
    ax.tick_params(labelsize=7.5, colors=INK)
