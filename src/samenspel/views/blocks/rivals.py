"""Block 5: the open questions that the answer hangs on, and where their answers part most."""

from __future__ import annotations

from typing import Any

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Entry, Heading, Item, Listing, Paragraph, Picture, Table
from samenspel.views.patients import is_without_simulation
from samenspel.views.words import lower_first, measure, short

SHOWN = 5  # open questions in the figure: those whose answers part most
NOTHING = 0.01  # points, and standard deviations over worlds, below which answers are said not to differ


def block(answer: Answer, c: Catalogue) -> Block:
    """Each open question with its answers: worlds, share with benefit, mean effect, claims; where they part."""
    hypotheses: list[dict[str, Any]] = answer.blocks["rivals"]["hypotheses"]
    plain = is_without_simulation(answer)
    if not hypotheses:
        return Block("rivals", c.say("heading.rivals"), (Paragraph(c.say("rivals.none")),))
    items: list[Item] = [Paragraph(c.say("rivals.intro_plain" if plain else "rivals.intro"))]
    if not plain:
        description = c.say("rivals.figure_description", count=min(SHOWN, len(hypotheses)))
        notes = (c.say("rivals.all_in_table", count=len(hypotheses)),) if len(hypotheses) > SHOWN else ()
        items.append(Picture("rivals", c.say("rivals.figure_title"), description, table(hypotheses, c), notes))
    for h in hypotheses:
        where = "both" if plain else "text"
        items.append(Heading(c.pick(h["question"]), where=where))
        if h["scope"] == "person":
            items.append(Paragraph(c.say("rivals.scope_person"), "note", where=where))
        items.append(Listing(tuple(_entry(o, c, plain) for o in h["options"]), where=where))
        if parts := _parts(answer, h, c):
            items.append(Paragraph(parts, where="text"))
    visible = [(h, _parts(answer, h, c)) for h in hypotheses]
    if any(parts for _, parts in visible):
        items.append(Heading(c.say("rivals.parts_heading"), where="report"))
        items.append(Listing(tuple(Entry(c.pick(h["question"]), (p,)) for h, p in visible if p), where="report"))
    return Block("rivals", c.say("heading.rivals"), tuple(items))


def table(hypotheses: list[dict[str, Any]], c: Catalogue) -> Table:
    """Every answer to every open question, with its numbers."""
    rows = tuple(
        (c.pick(h["question"]), c.pick(o), str(o["worlds"]),
         "–" if o["benefit_share"] is None else c.per_hundred(100 * o["benefit_share"]), c.number(o["effect"]),
         f"{len(o['claims'])} / {len(o['against'])}")
        for h in hypotheses for o in h["options"]
    )  # fmt: skip
    names = ("question", "option", "worlds", "share", "effect", "claims")
    columns = tuple(c.say(f"rivals.column_{n}") for n in names)
    return Table(c.say("rivals.figure_title"), columns, rows, frozenset({2, 3, 4, 5}))


def _entry(o: dict[str, Any], c: Catalogue, plain: bool) -> Entry:
    claims = c.say("rivals.claims", count=len(o["claims"]), against=len(o["against"]))
    if plain:
        return Entry(c.pick(o), (claims,))
    if not o["worlds"]:
        return Entry(c.pick(o), (f"{c.say('rivals.unseen')}; {claims}",))
    said = [
        c.say("rivals.share", percent=c.per_hundred(100 * o["benefit_share"])),
        c.say("rivals.effect", effect=o["effect"]),
        claims,
    ]
    return Entry(c.say("rivals.option", option=c.pick(o).rstrip("."), worlds=o["worlds"]), ("; ".join(said),))


def _parts(answer: Answer, h: dict[str, Any], c: Catalogue) -> str | None:
    """Where the options part: in the same worlds where each was tried in them, else between worlds that drew different ones."""
    return _paired(answer, h, c) or _between(answer, h["parts"], c)


def _between(answer: Answer, p: dict[str, Any] | None, c: Catalogue) -> str | None:
    if p is None:
        return None
    name = lower_first(short(measure(answer, p["measure"], c)))
    return c.say("rivals.parts", measure=name, week=p["week"], gap=float(p["gap_sd"]))


def _paired(answer: Answer, h: dict[str, Any], c: Catalogue) -> str | None:
    contrast, subset = h.get("contrast"), answer.blocks["rivals"].get("contrast_subset")
    if contrast is None or subset is None or is_without_simulation(answer):
        return None
    one, other = (c.pick(next(o for o in h["options"] if o["id"] == i)).rstrip(".") for i in contrast["pair"])
    d, p = contrast["difference"], contrast["parts"]
    mean, low, high = c.together(d["mean"], d["low"], d["high"])
    alike = max(abs(d["low"]), abs(d["mean"]), abs(d["high"])) < NOTHING and p["gap_sd"] < NOTHING
    return c.say(
        "rivals.paired_alike" if alike else "rivals.paired", worlds=contrast["worlds"], people=subset["people"],
        day=round(subset["day"]), one=one, other=other, mean=mean, low=low, high=high,
        measure=lower_first(short(measure(answer, p["measure"], c))), week=p["week"], gap=float(p["gap_sd"]),
        nothing=c.printed(NOTHING),
    )  # fmt: skip
