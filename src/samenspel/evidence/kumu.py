"""Reads a causal loop diagram from a Kumu spreadsheet: sheets Elements and Connections.

Elements: Label, Type (stock, auxiliary, constant), Tags (strength of the intervention), Description ("VOI": the outcome).
Connections: From, To, Type (+ or -), Direction, and LB, UB for a range of the link's weight. What a sheet leaves open is
decided by a rule and written into the record: no type means a stock if something leads to it, else a constant; an empty tag is
no intervention; an empty sign is an unknown sign; a link to a constant, and one that stands a second time, is left out. Other
columns and sheets are not read; the record names those that hold something.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import ValidationError

from samenspel.evidence.diagram import Diagram, first_fault
from samenspel.evidence.issues import say_nearest
from samenspel.evidence.kumu_elements import ELEMENT_COLUMNS, labels_of, variables_of
from samenspel.evidence.kumu_links import CONNECTION_COLUMNS, both_ways, ends_of, links_of
from samenspel.evidence.kumu_sheet import Sheet, named, plain
from samenspel.evidence.workbook import Row, read_sheets
from samenspel.quantities.errors import SamenspelError

ELEMENTS, CONNECTIONS = "Elements", "Connections"
#: sheets with products of two variables, which no part of the program reads
PRODUCTS = ("interactions", "interaction terms")
#: columns that change the equations elsewhere and would be lost in silence
REFUSED = ("equation",)
KEYWORDS = ("and", "or", "not", "vs")  # of the language of conditions


def read_kumu(path: Path | str, outcome: str | None = None, reserved: Collection[str] = ()) -> Diagram:
    """The diagram in a spreadsheet; `outcome` names the outcome where no Description says VOI.

    No variable gets a word in `reserved` (names of shared systems); its label stays.

    Raises `SamenspelError` naming file, sheet and cell of the first thing that cannot be read, with the nearest right answer.
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
    elements = _sheet(sheets, titles[ELEMENTS.lower()], file, ("label",), ELEMENT_COLUMNS)
    connections = _sheet(sheets, titles[CONNECTIONS.lower()], file, ("from", "to", "type"), CONNECTION_COLUMNS)
    labels = labels_of(elements)
    ends = ends_of(connections, labels)
    reached = {plain(last) for _, last in ends}
    reached |= {plain(first) for (first, _), row in zip(ends, connections.rows, strict=True) if both_ways(connections, row)}
    variables = variables_of(elements, labels, reached, outcome, {*reserved, *KEYWORDS})
    links = links_of(connections, ends, {plain(v.label): v for v in variables})
    unread = [f"{sheet.title}: {column}" for sheet in (elements, connections) for column in sheet.unread]
    unread += [f"sheet {t}" for t in sheets if t not in (elements.title, connections.title) and len(sheets[t]) > 1]
    try:
        diagram = Diagram(variable=variables, link=links, unread=tuple(unread))
    except ValidationError as fault:
        raise SamenspelError(f"this is no diagram: {first_fault(fault)}.", file=file, cure="Correct the sheets.") from fault
    _can_move(diagram, elements)
    return diagram


def _sheet(sheets: Mapping[str, list[Row]], title: str, file: str, needed: tuple[str, ...], read: tuple[str, ...]) -> Sheet:
    """A sheet without columns that would be lost in silence."""
    sheet = Sheet(sheets[title], title, file, needed, (*read, *REFUSED))
    for name in REFUSED:
        filled = next((r for r in sheet.rows if r.get(name) is not None), None)
        if filled is not None:
            raise sheet.wrong(
                filled, f"column {named(name)!r} holds an equation, and equations are not read.", "Empty the column.", name
            )
    return sheet


def _can_move(diagram: Diagram, elements: Sheet) -> None:
    """Refuse a diagram in which something that should move has nothing that moves it."""
    rows = {str(r["label"]): r for r in elements.rows}
    if all(v.kind == "constant" for v in diagram.variable):
        raise SamenspelError(
            f"sheet {elements.title!r}: every element is a constant, so nothing in this diagram can move.",
            file=elements.file,
            cure="Give what moves the Type stock or auxiliary, or leave Type empty.",
        )
    if diagram.outcome.kind == "constant":
        label = diagram.outcome.label
        raise elements.wrong(
            rows[label], f"the outcome {label!r} is a constant, which nothing moves.",
            "Make it a stock or an auxiliary with a link that leads to it, or choose another outcome.", "type",
        )  # fmt: skip
    moved = {x.target for x in diagram.links}
    for v in diagram.variable:
        if v.kind != "constant" and v.id not in moved:
            raise elements.wrong(
                rows[v.label], f"{v.label!r} is of type {v.kind}, and nothing leads to it.",
                "Make it a constant, or draw what moves it.", "type",
            )  # fmt: skip
