"""Block 4: routes in tiers, or that nothing tells them apart."""

from __future__ import annotations

from typing import Any

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Entry, Item, Listing, Paragraph, Picture, Table
from samenspel.views.patients import is_without_simulation
from samenspel.views.words import interval, system


def block(answer: Answer, c: Catalogue) -> Block:
    """Tiers with what goes away in each, or a plain list of systems in alphabetical order."""
    r = answer.blocks["routes"]
    items: list[Item] = []
    if not r["rows"]:
        items.append(Paragraph(c.say("routes.none")))
    elif not r["ranked"]:
        items.append(Paragraph(c.say("routes.unranked"), "strong"))
        items.append(Paragraph(c.say("routes.candidates")))
        items.append(Listing(tuple(Entry(e) for e in sorted(_entry(answer, row, c) for row in r["rows"]))))
    else:
        items += _tiers(answer, c)
    if r["rows"] and not is_without_simulation(answer):
        items.insert(0, Paragraph(c.say("routes.what")))
        items.append(Paragraph(c.say("routes.subset", worlds=r["worlds"], people=r["people"], effect=r["effect_median"],
                                     remainder=r["remainder_median"]), "note"))  # fmt: skip
    items.append(Paragraph(c.say("routes.how"), "note"))
    return Block("routes", c.say("heading.routes"), tuple(items))


def in_order(answer: Answer, c: Catalogue) -> list[dict[str, Any]]:
    """By tier, then by name: within a tier there is no order of size."""
    return sorted(answer.blocks["routes"]["rows"], key=lambda row: (row["tier"], system(answer, row["system"], c)))


def _entry(answer: Answer, row: dict[str, Any], c: Catalogue) -> str:
    n = len(row["couplings"])
    links = c.say("routes.links_one") if n == 1 else c.say("routes.links", count=n)
    return c.say("routes.entry", system=system(answer, row["system"], c), links=links)


def _tiers(answer: Answer, c: Catalogue) -> list[Item]:
    rows = tuple(
        (system(answer, row["system"], c), str(row["tier"] + 1), str(len(row["couplings"])),
         interval({"low": row["lost_low"], "middle": row["lost_median"], "high": row["lost_high"]}, answer, c))
        for row in in_order(answer, c)
    )  # fmt: skip
    names = ("system", "tier", "links", "lost")
    columns = tuple(c.say(f"routes.column_{n}") for n in names)
    table = Table(c.say("routes.figure_title"), columns, rows, frozenset({1, 2, 3}))
    text = Table(table.caption, columns, rows, table.numeric, where="text")
    return [
        Picture("routes", table.caption, c.say("routes.figure_description"), table),
        text,
        Paragraph(c.say("routes.tier_note"), "note"),
    ]
