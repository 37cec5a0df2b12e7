"""Reads a causal loop diagram from a Kumu spreadsheet: sheets Elements and Connections.

Elements: Label, Type (stock, auxiliary, constant), Tags (strength of the intervention), Description ("VOI": the outcome).
Connections: From, To, Type (+ or -), Direction, and LB, UB for a range of the link's weight. Other columns are not read.
What a sheet leaves open is decided by a rule and written into the record: no type means a stock if something leads to it,
else a constant; an empty tag is no intervention; an empty sign is an unknown sign; a link to a constant is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from samenspel.evidence.diagram import Diagram, Kind, Link, Sign, Variable, first_fault
from samenspel.evidence.issues import say_nearest
from samenspel.evidence.workbook import Cell, Row, read_sheets
from samenspel.quantities.errors import SamenspelError

ELEMENTS, CONNECTIONS = "Elements", "Connections"
MOST_VARIABLES, MOST_LINKS, MOST_LETTERS = 400, 5000, 200
#: sheets with products of two variables, which no part of the program reads
PRODUCTS = ("interactions", "interaction terms")
#: columns that change the equations elsewhere and would be lost in silence
UNREAD = ("equation",)
KINDS: dict[str, Kind] = {"stock": "stock", "auxiliary": "auxiliary", "constant": "constant"}
SIGNS: dict[str, Sign] = {"+": "+", "-": "-", "\u2212": "-", "\u2013": "-", "?": "?"}
KEYWORDS = ("and", "or", "not", "vs")  # of the language of conditions
TO_A_CONSTANT = "leads to a constant, which nothing moves"


def read_kumu(path: Path | str, outcome: str | None = None, reserved: Collection[str] = ()) -> Diagram:
    """The diagram in a spreadsheet; `outcome` names the outcome where no Description says VOI.

    No variable gets a word in `reserved` (names of shared systems); its label stays.

    Raises `SamenspelError` naming file, sheet and row of the first thing that cannot be read, with the nearest right answer.
    """
    file = Path(path).name
    sheets = read_sheets(path)
    titles = {title.strip().lower(): title for title in sheets}
    for wanted in (ELEMENTS, CONNECTIONS):
        if wanted.lower() not in titles:
            raise SamenspelError(
                f"there is no sheet {wanted!r}; there is {', '.join(map(repr, sheets))}.",
                file=file,
                cure=say_nearest(wanted, sheets, f"Name the sheets {ELEMENTS} and {CONNECTIONS}."),
            )
    for title in PRODUCTS:
        if title in titles and len(sheets[titles[title]]) > 1:
            raise SamenspelError(
                f"sheet {titles[title]!r} lists products of two variables, which are not read.",
                file=file,
                cure="Draw them as links, or remove the sheet.",
            )
    elements = _Sheet(sheets[titles[ELEMENTS.lower()]], titles[ELEMENTS.lower()], file, ("label",))
    connections = _Sheet(sheets[titles[CONNECTIONS.lower()]], titles[CONNECTIONS.lower()], file, ("from", "to", "type"))
    ends = [_ends(connections, row) for row in connections.rows]
    labels = _labels(elements)
    for (first, last), row in zip(ends, connections.rows, strict=True):
        for end in (first, last):
            if end.casefold() not in labels:
                raise connections.wrong(row, f"{end!r} is no element.", say_nearest(end, [name for name, _ in labels.values()]))
    reached = {last.casefold() for _, last in ends}
    reached |= {
        f.casefold() for (f, _), row in zip(ends, connections.rows, strict=True) if _direction(connections, row) == "mutual"
    }
    variables = _variables(elements, labels, reached, outcome, {*reserved, *KEYWORDS})
    links = _links(connections, ends, {v.label.casefold(): v for v in variables})
    for v in variables:
        if v.kind != "constant" and not any(x.target == v.id for x in links if x.left_out is None):
            row = next(r for r in elements.rows if r["label"] == v.label)
            raise elements.wrong(
                row, f"{v.label!r} is of type {v.kind}, and nothing leads to it.", "Make it a constant, or draw what moves it."
            )
    try:
        return Diagram(variable=variables, link=links)
    except ValidationError as fault:
        raise SamenspelError(f"this is no diagram: {first_fault(fault)}.", file=file, cure="Correct the sheets.") from fault


class _Sheet:
    """Rows of one sheet as tables from column name to cell; `row` is the number in the file."""

    def __init__(self, rows: Sequence[Row], title: str, file: str, needed: tuple[str, ...]) -> None:
        self.title, self.file = title, file
        if not rows:
            raise SamenspelError(f"sheet {title!r} is empty.", file=file, cure="Export the diagram again.")
        header = [str(c).strip().lower() if c is not None else "" for c in rows[0][1]]
        named = [h for h in header if h]
        for name in needed:
            if name not in header:
                raise SamenspelError(
                    f"sheet {title!r} has no column {name.title()!r}.",
                    file=file,
                    line=rows[0][0],
                    cure=say_nearest(name, named, "Give the columns their Kumu names in the first row."),
                )
        twice = sorted({h for h in named if named.count(h) > 1})
        if twice:
            raise SamenspelError(
                f"sheet {title!r} has the column {twice[0]!r} twice.", file=file, line=rows[0][0], cure="Remove one."
            )
        self.rows: list[dict[str, Cell]] = []
        for number, cells in rows[1:]:
            table: dict[str, Cell] = {h: c for h, c in zip(header, cells, strict=False) if h}
            if any(v is not None for v in table.values()):
                self.rows.append({**table, "row": float(number)})
        for name in UNREAD:
            filled = next((r for r in self.rows if r.get(name) is not None), None)
            if filled is not None:
                raise self.wrong(
                    filled, f"column {name.title()!r} holds an equation, and equations are not read.", "Empty the column."
                )

    def wrong(self, row: Mapping[str, Cell], what: str, cure: str) -> SamenspelError:
        """An error about one row."""
        return SamenspelError(f"sheet {self.title!r}: {what}", file=self.file, line=number_of(row), cure=cure)

    def text(self, row: Mapping[str, Cell], column: str) -> str:
        """A cell as one line of text, '' where it is empty."""
        value = row.get(column)
        if value is None:
            return ""
        written = f"{value:g}" if isinstance(value, float) else str(value)
        if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c not in "\t\n\r" for c in written):
            raise self.wrong(row, f"{column.title()} holds control characters.", "Type the text again.")
        written = " ".join(written.split())
        if len(written) > MOST_LETTERS and column != "description":
            raise self.wrong(row, f"{column.title()} is longer than {MOST_LETTERS} letters.", "Shorten it.")
        return written

    def number(self, row: Mapping[str, Cell], column: str) -> float | None:
        """A cell as a finite number, None where it is empty."""
        written = self.text(row, column)
        if not written:
            return None
        try:
            value = float(written.replace("\u2212", "-"))
        except ValueError:
            value = float("nan")
        if not abs(value) <= 1e6:
            raise self.wrong(
                row,
                f"{column.title() if len(column) > 2 else column.upper()} is {written!r}, no number up to a million.",
                "Write a number, or leave the cell empty.",
            )
        return value


def number_of(row: Mapping[str, Cell]) -> int:
    """Number of a row in its sheet."""
    value = row["row"]
    assert isinstance(value, float)
    return int(value)


def _labels(elements: _Sheet) -> dict[str, tuple[str, int]]:
    """Label in small letters → (label, row)."""
    found: dict[str, tuple[str, int]] = {}
    for row in elements.rows:
        label = elements.text(row, "label")
        if not label:
            raise elements.wrong(row, "an element has no Label.", "Name it, or empty the row.")
        row["label"] = label
        if label.casefold() in found:
            raise elements.wrong(
                row, f"{label!r} stands twice, first in row {found[label.casefold()][1]}.", "Rename or remove one."
            )
        found[label.casefold()] = label, number_of(row)
    if not 2 <= len(found) <= MOST_VARIABLES:
        raise SamenspelError(
            f"sheet {elements.title!r} has {len(found)} elements; from 2 to {MOST_VARIABLES} can be read.",
            file=elements.file,
            cure="Split or complete the diagram.",
        )
    return found


def _ends(connections: _Sheet, row: Mapping[str, Cell]) -> tuple[str, str]:
    first, last = connections.text(row, "from"), connections.text(row, "to")
    if not first or not last:
        raise connections.wrong(row, "a connection has no From or no To.", "Complete it, or empty the row.")
    return first, last


def _direction(connections: _Sheet, row: Mapping[str, Cell]) -> str:
    direction = connections.text(row, "direction").lower() or "directed"
    if direction not in ("directed", "mutual"):
        raise connections.wrong(row, f"Direction {direction!r} does not say what moves what.", "Write directed or mutual.")
    return direction


def _variables(
    elements: _Sheet, labels: Mapping[str, tuple[str, int]], reached: set[str], outcome: str | None, taken: set[str]
) -> tuple[Variable, ...]:
    if outcome is not None and outcome.casefold() not in labels:
        raise SamenspelError(
            f"the outcome {outcome!r} is no element.",
            file=elements.file,
            cure=say_nearest(outcome, [label for label, _ in labels.values()]),
        )
    out: list[Variable] = []
    for row in elements.rows:
        label, assumed = str(row["label"]), []
        written = elements.text(row, "type")
        kind = KINDS.get(written.lower())
        if written and kind is None:
            raise elements.wrong(
                row,
                f"{label!r} has the Type {written!r}.",
                say_nearest(written.lower(), KINDS, f"Use {', '.join(KINDS)}, or leave it empty."),
            )
        if kind is None:
            kind = "stock" if label.casefold() in reached else "constant"
            assumed.append(f"no type given: taken as a {kind}")
        strength = elements.number(row, "tags")
        if strength is None:
            assumed.append("no tag given: no intervention")
        said = elements.text(row, "description").casefold() == "voi"
        out.append(
            Variable(
                id=_own_word(label, taken),
                label=label,
                kind=kind,
                strength=strength or 0.0,
                row=number_of(row),
                outcome=said if outcome is None else label.casefold() == outcome.casefold(),
                assumed="; ".join(assumed) or None,
            )
        )
    marked = [v.label for v in out if v.outcome]
    if len(marked) != 1:
        what = (
            f"{len(marked)} elements are marked as outcome: {', '.join(marked)}"
            if marked
            else "no element is marked as the outcome"
        )
        raise SamenspelError(
            f"sheet {elements.title!r}: {what}.",
            file=elements.file,
            cure="Write VOI in the Description of one element, or give --outcome LABEL.",
        )
    return tuple(out)


def _own_word(label: str, taken: set[str]) -> str:
    """A label as a word of small letters, digits and underscores that no other variable has."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60].strip("_") or "variable"
    word = word if word[0].isalpha() else f"v_{word}"
    name, count = word, 1
    while name in taken:
        count += 1
        name = f"{word}_{count}"
    taken.add(name)
    return name


def _links(connections: _Sheet, ends: Sequence[tuple[str, str]], of: Mapping[str, Variable]) -> tuple[Link, ...]:
    if not 1 <= len(ends) <= MOST_LINKS:
        raise SamenspelError(
            f"sheet {connections.title!r} has {len(ends)} connections; from 1 to {MOST_LINKS} can be read.",
            file=connections.file,
            cure="Split or complete the diagram.",
        )
    out: dict[tuple[str, str], Link] = {}
    for (first, last), row in zip(ends, connections.rows, strict=True):
        written = connections.text(row, "type")
        sign = SIGNS.get(written) if written else "?"
        if sign is None:
            raise connections.wrong(
                row,
                f"the link from {first!r} to {last!r} has the Type {written!r}.",
                "Write + or -, or leave it empty where the sign is unknown.",
            )
        low, high = connections.number(row, "lb"), connections.number(row, "ub")
        both = ((first, last), (last, first)) if _direction(connections, row) == "mutual" else ((first, last),)
        for a, b in both:
            source, target = of[a.casefold()], of[b.casefold()]
            try:
                link = Link(
                    source=source.id,
                    target=target.id,
                    sign=sign,
                    low=low,
                    high=high,
                    row=number_of(row),
                    left_out=TO_A_CONSTANT if target.kind == "constant" else None,
                )
            except ValidationError as fault:
                raise connections.wrong(
                    row, f"the link from {a!r} to {b!r}: {first_fault(fault)}.", "Give LB and UB, LB first."
                ) from fault
            known = out.get((link.source, link.target))
            if known is not None and (known.sign, known.low, known.high) != (link.sign, link.low, link.high):
                raise connections.wrong(
                    row, f"the link from {a!r} to {b!r} stands twice and differs; first in row {known.row}.", "Keep one."
                )
            out.setdefault((link.source, link.target), link)
    return tuple(out.values())
