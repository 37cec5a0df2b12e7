"""Block 6: claims by level, links with their evidence, assumptions, the weakest parts, and what is left out."""

from __future__ import annotations

from typing import Any

from samenspel.studies.answer import Answer
from samenspel.views.blocks.published import level
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Entry, Heading, Item, Listing, Paragraph, Picture, Table
from samenspel.views.words import system

ORDER = ("5", "T", "4", "3", "2", "1", "0", "none")
FIRST = 5  # assumptions printed in a terminal


def block(answer: Answer, c: Catalogue) -> Block:
    """What the answer rests on, weakest parts named."""
    r = answer.blocks["rests_on"]
    items: list[Item] = [
        Paragraph(
            c.say(
                "rests.summary",
                claims=len(r["claims"]),
                couplings=len(r["couplings"]),
                assumptions=len(r["assumptions"]),
                measured=r["level_5_gains"],
            )
        ),
        _levels(r, c),
        Picture("map", c.say("rests.figure_title"), _description(r, c), _pairs(answer, c), (c.say("rests.inside"),)),
        *_weakest(r, c),
        evidence_table(answer, c),
        *_assumptions(r, c),
        Paragraph(c.say("rests.not_in", left_out=r["left_out"], facts=r["not_modelled"])),
    ]
    return Block("rests-on", c.say("heading.rests_on"), tuple(items))


def _levels(r: dict[str, Any], c: Catalogue) -> Table:
    found = r["claims_by_level"]
    rows = tuple((c.say(f"rests.level_{name}"), str(found[name])) for name in ORDER if name in found)
    return Table(c.say("rests.levels"), (c.say("rests.column_level"), c.say("rests.column_claims")), rows, frozenset({1}))


def _weakest(r: dict[str, Any], c: Catalogue) -> list[Item]:
    known = {x["id"]: x for x in r["couplings"]}
    entries = []
    for x in (known[i] for i in r["weakest"] if i in known):
        n = len(x["claims"])
        claims = c.say(f"rests.claims_{('zero', 'one')[n]}") if n < 2 else c.say("rests.claims_many", count=n)
        entries.append(
            Entry(c.say("rests.weakest_entry", link=c.pick(x).rstrip("."), level=level(x["level"], c), claims=claims))
        )
    return [Heading(c.say("rests.weakest")), Listing(tuple(entries))] if entries else []


def sign(value: int, c: Catalogue) -> str:
    """The sign of a link in a word."""
    return c.say("rests.raises" if value > 0 else "rests.lowers" if value < 0 else "rests.either")


def _end(answer: Answer, x: dict[str, Any], end: str, c: Catalogue) -> str:
    """The system at one end of a link, by name."""
    return system(answer, x[end].split(".")[0], c)


def evidence_table(answer: Answer, c: Catalogue) -> Table:
    """Every link with its level, chance to exist, claims, open question and who can change it; by the system it starts from.

    By level alone links from mind and behaviour could stand on top by themselves.
    """
    r, asked = answer.blocks["rests_on"], {h["id"]: c.pick(h["question"]) for h in answer.blocks["rivals"]["hypotheses"]}
    rows = tuple(
        (
            c.pick(x),
            _end(answer, x, "from", c),
            sign(x["sign"], c),
            level(x["level"], c),
            c.number(float(x["exists"])),
            f"{len(x['claims'])} / {len(x['against'])}",
            " ".join(asked.get(str(h), str(h)) for h in x["hypotheses"]) or "–",
            c.name("rests", f"lever_{x['lever']}"),
        )
        for x in sorted(r["couplings"], key=lambda x: (_end(answer, x, "from", c), ORDER.index(x["level"]), x["id"]))
    )
    names = ("link", "from", "sign", "level", "exists", "evidence", "open", "lever")
    columns = tuple(c.say(f"rests.column_{n}") for n in names)
    return Table(c.say("rests.evidence_title"), columns, rows, frozenset({4, 5}), folded=True, where="report")


def _pairs(answer: Answer, c: Catalogue) -> Table:
    """The links that the map draws: which system acts on which."""
    rows = tuple(
        (
            c.pick(x),
            _end(answer, x, "from", c),
            _end(answer, x, "to", c),
            sign(x["sign"], c),
            level(x["level"], c),
        )
        for x in answer.blocks["rests_on"]["couplings"]
    )
    columns = tuple(c.say(f"rests.column_{n}") for n in ("link", "from", "to", "sign", "level"))
    return Table(c.say("rests.figure_title"), columns, rows)


def _assumptions(r: dict[str, Any], c: Catalogue) -> list[Item]:
    found = r["assumptions"]
    rows = tuple((x["id"], c.pick(x)) for x in found)
    columns = (c.say("rests.column_id"), c.say("rests.column_why"))
    first = [Entry(f"{x['id']}: {c.pick(x)}") for x in found[:FIRST]]
    if len(found) > FIRST:
        first.append(Entry(c.say("rests.assumed_more", count=len(found) - FIRST)))
    return [
        Paragraph(c.say("rests.parameters", **r["parameters"])),
        Heading(c.say("rests.assumed"), where="text"),
        Listing(tuple(first), where="text"),
        Table(c.say("rests.assumed"), columns, rows, folded=True, where="report"),
    ]


def _description(r: dict[str, Any], c: Catalogue) -> str:
    ends = [(x["from"].split(".")[0], x["to"].split(".")[0]) for x in r["couplings"]]
    return c.say(
        "rests.figure_description", systems=len({s for pair in ends for s in pair}), links=sum(a != b for a, b in ends)
    )
