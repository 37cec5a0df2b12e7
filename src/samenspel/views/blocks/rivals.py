"""Block 5: the open questions that the answer hangs on, and where their answers part most."""

from __future__ import annotations

from typing import Any

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Entry, Heading, Item, Listing, Paragraph, Picture, Table
from samenspel.views.patients import is_without_simulation
from samenspel.views.words import fitting, interval, lower_first, measure, short

SHOWN = 5  # open questions in the figure: those whose answers part most
NOTHING = 0.01  # points, and standard deviations over worlds, below which answers are said not to differ


def block(answer: Answer, c: Catalogue) -> Block:
    """Each open question with its answers: what they do in the same worlds, claims; where they part."""
    hypotheses: list[dict[str, Any]] = answer.blocks["rivals"]["hypotheses"]
    plain = is_without_simulation(answer)
    if not hypotheses:
        return Block("rivals", c.say("heading.rivals"), (Paragraph(c.say("rivals.none")),))
    items: list[Item] = [Paragraph(c.say("rivals.intro_plain" if plain else "rivals.intro"))]
    if not plain:
        items.append(Paragraph(_how(answer, c)))
        shown = drawn(answer)
        description = c.say(fitting(answer, "rivals.figure_description"), count=len(shown))
        notes = (c.say("rivals.all_in_table", count=len(hypotheses)),) if len(hypotheses) > len(shown) else ()
        items.append(Picture("rivals", c.say("rivals.figure_title"), description, table(answer, c), notes))
    for h in hypotheses:
        where = "both" if plain else "text"
        items.append(Heading(c.pick(h["question"]), where=where))
        if h["scope"] == "person":
            items.append(Paragraph(c.say("rivals.scope_person"), "note", where=where))
        items.append(Listing(tuple(_entry(answer, h, o, c, plain) for o in h["options"]), where=where))
        if parts := _parts(answer, h, c):
            items.append(Paragraph(parts, where="text"))
    visible = [(h, _parts(answer, h, c)) for h in hypotheses]
    if any(parts for _, parts in visible):
        items.append(Heading(c.say("rivals.parts_heading"), where="report"))
        items.append(Listing(tuple(Entry(c.pick(h["question"]), (p,)) for h, p in visible if p), where="report"))
    if not plain and (asked := [h for h in hypotheses if h["scope"] == "person"]):
        items.append(Heading(c.say("rivals.persons_heading"), where="report"))
        items.append(Paragraph(c.say("rivals.scope_person"), where="report"))
        items.append(Listing(tuple(_people(answer, h, c) for h in asked), where="report"))
    return Block("rivals", c.say("heading.rivals"), tuple(items))


def drawn(answer: Answer) -> list[dict[str, Any]]:
    """The questions that the figure shows: the first of those with an effect to show."""
    return [h for h in answer.blocks["rivals"]["hypotheses"] if h["scope"] == "world"][:SHOWN]


def tried(h: dict[str, Any], o: dict[str, Any]) -> dict[str, Any]:
    """Effect and worlds of an answer: in the worlds that were tried under every answer, else in those that drew it."""
    contrast = h.get("contrast")
    return o if contrast is None else next(row for row in contrast["options"] if row["id"] == o["id"])


def in_worlds(answer: Answer, row: dict[str, Any], c: Catalogue) -> str:
    """In how many worlds an answer is better, worse, and without change."""
    return c.say(
        fitting(answer, "rivals.in_worlds"), better=row["benefit_worlds"], all=row["worlds"], worse=row["worse_worlds"],
        same=row["same_worlds"],
    )  # fmt: skip


def table(answer: Answer, c: Catalogue) -> Table:
    """Every answer to every open question, with its numbers."""
    rows: list[tuple[str, ...]] = []
    for h in answer.blocks["rivals"]["hypotheses"]:
        for o in h["options"]:
            row, claims = tried(h, o), f"{len(o['claims'])} / {len(o['against'])}"
            numbers = ("–", "–", "–")
            if row["effect"] is not None:
                counts = " / ".join(str(row[f"{name}_worlds"]) for name in ("benefit", "worse", "same"))
                numbers = (c.number(row["effect"]), counts, str(row["worlds"]))
            rows.append((c.pick(h["question"]), c.pick(o), *numbers, claims))
    names = ("question", "option", "effect", "share", "worlds", "claims")
    columns = tuple(c.say(fitting(answer, f"rivals.column_{n}")) for n in names)
    return Table(c.say("rivals.figure_title"), columns, tuple(rows), frozenset({2, 3, 4, 5}))


def _how(answer: Answer, c: Catalogue) -> str:
    """How the answers were compared."""
    subset = answer.blocks["rivals"].get("contrast_subset")
    if subset is None:
        return c.say("rivals.apart")
    return c.say("rivals.together", worlds=subset["worlds"], people=subset["people"], day=round(subset["day"]))


def _claims(o: dict[str, Any], c: Catalogue) -> str:
    return c.say("rivals.claims", count=len(o["claims"]), against=len(o["against"]))


def _entry(answer: Answer, h: dict[str, Any], o: dict[str, Any], c: Catalogue, plain: bool) -> Entry:
    if plain:
        return Entry(c.pick(o), (_claims(o, c),))
    if h["scope"] == "person":
        return Entry(c.pick(o), (f"{_share(answer, o, c)}; {_claims(o, c)}",))
    row = tried(h, o)
    if row["effect"] is None:
        return Entry(c.pick(o), (f"{c.say('rivals.unseen')}; {_claims(o, c)}",))
    effect = c.say("rivals.effect", effect=row["effect"])
    return Entry(c.pick(o), ("; ".join((effect, in_worlds(answer, row, c), _claims(o, c))),))


def _share(answer: Answer, o: dict[str, Any], c: Catalogue) -> str:
    return c.say("rivals.people", share=interval(o["people"], answer, c))


def _people(answer: Answer, h: dict[str, Any], c: Catalogue) -> Entry:
    """A question about persons, with the share of people that worlds give to each answer."""
    said = tuple(f"{c.pick(o)} {_share(answer, o, c)}; {_claims(o, c)}." for o in h["options"])
    return Entry(c.pick(h["question"]), said)


def _parts(answer: Answer, h: dict[str, Any], c: Catalogue) -> str | None:
    """Where the options part: in the same worlds where each was tried in them, else between worlds that drew different ones."""
    return _paired(answer, h, c) or _between(answer, h["parts"], c)


def _between(answer: Answer, p: dict[str, Any] | None, c: Catalogue) -> str | None:
    if p is None:
        return None
    name = lower_first(short(measure(answer, p["measure"], c)))
    return c.say("rivals.parts", measure=name, week=p["week"], gap=float(p["gap_sd"]))


def _paired(answer: Answer, h: dict[str, Any], c: Catalogue) -> str | None:
    contrast = h.get("contrast")
    if contrast is None or is_without_simulation(answer):
        return None
    one, other = (c.pick(next(o for o in h["options"] if o["id"] == i)).rstrip(".") for i in contrast["pair"])
    d, p = contrast["difference"], contrast["parts"]
    mean, low, high = c.together(d["mean"], d["low"], d["high"])
    alike = max(abs(d["low"]), abs(d["mean"]), abs(d["high"])) < NOTHING and p["gap_sd"] < NOTHING
    kind = "paired_one_world" if contrast["worlds"] == 1 else "paired_alike" if alike else "paired"
    return c.say(
        f"rivals.{kind}", one=one, other=other, mean=mean, low=low, high=high,
        measure=lower_first(short(measure(answer, p["measure"], c))), week=p["week"], gap=float(p["gap_sd"]),
        nothing=c.printed(NOTHING),
    )  # fmt: skip
