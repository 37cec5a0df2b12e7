"""Block 1: what is published, where it contradicts itself, and what the model used of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Cell, Entry, Heading, Item, Link, Listing, Paragraph, Picture, Table

Row = Mapping[str, Any]
USED = {"used for a gain": "gain", "used for calibration": "calibration", "never used": "never"}


def block(answer: Answer, c: Catalogue) -> Block:
    """Contradictions first, then every result with its source, level, interval and use."""
    rows: list[Row] = answer.blocks["published"]["rows"]
    items: list[Item] = [Paragraph(c.say("published.intro"))]
    if not rows:
        items.append(Paragraph(c.say("published.none"), "strong"))
    else:
        items += _contradictions(rows, c)
        items.append(Listing(tuple(_entry(n, row, c) for n, row in enumerate(rows, 1)), where="text"))
        items.append(Picture("published", c.say("published.figure_title"), _description(rows, c), table(rows, c),
                             _notes(rows, c)))  # fmt: skip
        items += [Paragraph(note, "note", where="text") for note in _notes(rows, c)]
    return Block("published", c.say("heading.published"), tuple(items))


def cite(row: Row, c: Catalogue) -> str:
    """Surname of the first author and year, as in "Bidonde 2017"; the id of the source where no author is recorded."""
    authors: Sequence[str] = row["authors"]
    surname = re.sub(r" [A-Z]{1,3}$", "", authors[0]) if authors else str(row["source"])
    who = surname + (" et al." if len(authors) > 1 else "")
    if row["year"] is None:
        return f"{who}, {c.say('published.undated')}"
    return who if who.endswith(str(row["year"])) else f"{who} {row['year']}"


def level(name: str, c: Catalogue) -> str:
    """A level of evidence, short."""
    return c.say("rests.level_short_none") if name == "none" else c.say("rests.level_short", level=name)


def size(row: Row, c: Catalogue) -> str:
    """The printed effect with its interval, digits as printed."""
    e = row["effect"]
    if e is None or e["value"] is None:
        return c.say("published.no_number")
    said = {"metric": e["metric"], "value": _printed(e["value"], row, c)}
    if e["low"] is None or e["high"] is None:
        return c.say("published.size", **said)
    return c.say("published.size_interval", **said, low=_printed(e["low"], row, c), high=_printed(e["high"], row, c))


def _printed(value: float, row: Row, c: Catalogue) -> str:
    """A number with the digits that the text of its row gives it, zeros at the end included."""
    same = [text for text in re.findall(r"\d+\.\d+", row["en"]) if float(text) == abs(value)]
    return c.printed(value, max((len(text.partition(".")[2]) for text in same), default=0))


def prediction(row: Row, c: Catalogue) -> str:
    """The interval in which a new study would be expected; empty where it cannot be computed."""
    p = row["prediction"]
    return c.say("published.prediction", low=float(p["low"]), high=float(p["high"])) if p else ""


def pooled(row: Row, c: Catalogue) -> str:
    """How many studies and people stand behind a result, or in its whole review; empty where not printed."""
    k, n = row["effect"]["k"], row["effect"]["n"]
    if k is None or k < 2:
        return ""
    if row["counts"] == "review":
        return c.say("published.pooled_review", k=k)
    return c.say("published.pooled_k", k=k) if n is None else c.say("published.pooled", k=k, n=c.count(n))


def numbers(row: Row, c: Catalogue) -> str:
    """Effect, prediction interval, studies and people, as far as printed."""
    if row["effect"] is None:
        return size(row, c)
    return "; ".join(part for part in (size(row, c), prediction(row, c), pooled(row, c)) if part)


def used(row: Row, c: Catalogue, *, brief: bool = False) -> str:
    """Whether the model used a result, and for what."""
    return c.say(f"published.used_{USED[row['used']]}{'_short' if brief else ''}")


def _notes(rows: Sequence[Row], c: Catalogue) -> tuple[str, ...]:
    pooled = [row for row in rows if row["effect"] is not None and (row["effect"]["k"] or 0) > 2]
    missing = any(row["prediction"] is None for row in pooled)
    return (
        c.say("published.signs"),
        *((c.say("published.no_prediction"),) if missing else ()),
        c.say("published.beside"),
    )


def _contradictions(rows: Sequence[Row], c: Catalogue) -> list[Item]:
    number = {row["claim"]: n for n, row in enumerate(rows, 1)}
    pairs = sorted(
        {
            (*sorted((number[row["claim"]], number[o])), row.get("disagree", {}).get(o, ""))
            for row in rows
            for o in row["contradicts"]
            if o in number
        }
    )
    if not pairs:
        return [Paragraph(c.say("published.agree"))]
    said = [
        Entry(
            c.say("published.disagree_pair", a=a, b=b, first=cite(rows[a - 1], c), second=cite(rows[b - 1], c))
            + (f": {c.say(f'published.how_{how}')}" if how else "")
            + "".join(f"; {c.say('published.see_remark', number=n)}" for n in (a, b) if _doubts(rows[n - 1], c))
        )
        for a, b, how in pairs
    ]
    return [Heading(c.say("published.disagree")), Listing(tuple(said))]


def _entry(number: int, row: Row, c: Catalogue) -> Entry:
    details = [c.say("published.source", authors=cite(row, c), level=level(row["level"], c), used=used(row, c))]
    if row["effect"] is not None:
        details.append(numbers(row, c))
    return Entry(c.say("published.by", number=number, text=c.pick(row)), (*details, *_remarks(row, c)))


def _doubts(row: Row, c: Catalogue) -> list[str]:
    """Why a printed number is not to be trusted, and what the atlas notes beside it; in English if in nothing else."""
    why = row.get(f"suspect_{c.language}") or row["suspect"]
    out = [c.say("published.suspect", why=why)] if why else []
    note = row.get(f"note_{c.language}") or row["note"]
    return out + ([c.say("published.note", note=note)] if note else [])


def _remarks(row: Row, c: Catalogue) -> list[str]:
    """Doubts, and whose interest stands behind a result; in English if in nothing else."""
    interest = row.get(f"interest_{c.language}") or row["interest"]
    return _doubts(row, c) + ([c.say("published.interest", interest=interest)] if interest else [])


def table(rows: Sequence[Row], c: Catalogue) -> Table:
    """Every result with its numbers."""
    number = {row["claim"]: str(n) for n, row in enumerate(rows, 1)}
    body: list[tuple[Cell, ...]] = []
    for n, row in enumerate(rows, 1):
        body.append((
            str(n), " ".join([c.pick(row), *_remarks(row, c)]),
            Link(cite(row, c), f"https://doi.org/{row['doi']}") if row["doi"] else cite(row, c),
            level(row["level"], c), numbers(row, c),
            ", ".join(number[o] for o in row["contradicts"] if o in number) or "–", used(row, c, brief=True),
        ))  # fmt: skip
    names = ("number", "text", "source", "level", "size", "contradicts", "used")
    return Table(c.say("published.figure_title"), tuple(c.say(f"published.column_{n}") for n in names), tuple(body))


def _description(rows: Sequence[Row], c: Catalogue) -> str:
    drawn = [r for r in rows if r["effect"] is not None and r["effect"]["value"] is not None]
    groups = {(r["effect"]["metric"], r["effect"]["unit"]) for r in drawn}
    return c.say("published.figure_description", rows=len(drawn), groups=len(groups))
