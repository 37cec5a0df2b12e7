"""One sheet of a diagram: rows by the name of their columns, and mistakes with sheet and cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from samenspel.evidence.issues import say_nearest
from samenspel.evidence.workbook import Cell, Row
from samenspel.quantities.errors import SamenspelError

Line = dict[str, Cell]
MOST_LETTERS = 200
HEADER_ROWS = 10  # a title or a remark may stand above the names of the columns
#: pasted along from web pages, seen by nobody: zero-width space, byte order mark, soft hyphen, word joiner
UNSEEN = dict.fromkeys(map(ord, "\u200b\ufeff\u00ad\u2060"))
MINUS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_ABBREVIATIONS = ("lb", "ub")


def plain(text: str) -> str:
    """A text for comparing: one form of every letter (NFC), no capitals."""
    return unicodedata.normalize("NFC", text).casefold()


class Sheet:
    """Rows of one sheet as tables from column name to cell; `row` is the number in the file.

    `unread` names the columns that hold something and are not among `read`. The names of the columns stand in the first of
    the first `HEADER_ROWS` rows that holds all of `needed`.
    """

    def __init__(
        self, rows: Sequence[Row], title: str, file: str, needed: Sequence[str], read: Sequence[str]
    ) -> None:
        self.title, self.file = title, file
        if not rows:
            raise SamenspelError(f"sheet {title!r} is empty.", file=file, cure="Export the diagram again.")
        headers = [[plain(str(c)).strip() if c is not None else "" for c in cells] for _, cells in rows[:HEADER_ROWS]]
        first = next((k for k, h in enumerate(headers) if all(name in h for name in needed)), 0)
        header = headers[first]
        for name in needed:
            if name not in header:
                raise SamenspelError(
                    f"sheet {title!r} has no column {named(name)!r}.",
                    file=file,
                    line=rows[first][0],
                    cure=say_nearest(name, [h for h in header if h], "Give the columns their Kumu names in the first row."),
                )
        twice = next((name for name in read if header.count(name) > 1), None)
        if twice is not None:
            raise SamenspelError(
                f"sheet {title!r} has the column {named(twice)!r} twice.", file=file, line=rows[first][0], cure="Remove one."
            )
        self.letters = {name: letter(k) for k, name in enumerate(header) if name in read}
        self.rows: list[Line] = []
        unread: dict[int, str] = {}
        for number, cells in rows[first + 1 :]:
            for k, cell in enumerate(cells):
                name = header[k] if k < len(header) else ""
                if cell is not None and name not in read:
                    unread[k] = _as_written(rows[first], k) or f"column {letter(k)} without a name"
            table: Line = {h: c for h, c in zip(header, cells, strict=False) if h in read}
            if any(v is not None for v in table.values()):
                self.rows.append({**table, "row": float(number)})
        self.unread = tuple(unread[k] for k in sorted(unread))

    def wrong(self, row: Mapping[str, Cell], what: str, cure: str, column: str | None = None) -> SamenspelError:
        """An error about one row, or about its cell in one column."""
        cell = f", cell {self.letters[column]}{number_of(row)}" if column in self.letters else ""
        return SamenspelError(f"sheet {self.title!r}{cell}: {what}", file=self.file, line=number_of(row), cure=cure)

    def text(self, row: Mapping[str, Cell], column: str) -> str:
        """A cell as one line of text, '' where it is empty; a number with all its digits."""
        value = row.get(column)
        if value is None:
            return ""
        written = value if isinstance(value, str) else _number_text(value)
        written = unicodedata.normalize("NFC", written.translate(UNSEEN))
        if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c not in "\t\n\r" for c in written):
            raise self.wrong(row, f"{named(column)} holds control characters.", "Type the text again.", column)
        written = " ".join(written.split())
        if len(written) > MOST_LETTERS and column != "description":
            raise self.wrong(row, f"{named(column)} is longer than {MOST_LETTERS} letters.", "Shorten it.", column)
        return written

    def number(self, row: Mapping[str, Cell], column: str, most: float, unit: str) -> float | None:
        """A cell as a number from -`most` to `most`, None where it is empty."""
        written = self.text(row, column)
        if not written:
            return None
        try:
            value = float(unicodedata.normalize("NFKC", written).translate(MINUS))
        except ValueError:
            comma = re.fullmatch(r"([+-]?\d+),(\d+)", written.translate(MINUS))
            cure = f"Write {comma[1]}.{comma[2]}." if comma else "Write a number, or leave the cell empty."
            raise self.wrong(row, f"{named(column)} is {written!r}, which is no number.", cure, column) from None
        if not abs(value) <= most:
            nearest = "" if value != value else f" The nearest is {most if value > 0 else -most:g}."
            raise self.wrong(
                row, f"{named(column)} is {written}; it must lie from {-most:g} to {most:g} {unit}.{nearest}",
                "Correct it, or leave the cell empty.", column,
            )  # fmt: skip
        return value


def number_of(row: Mapping[str, Cell]) -> int:
    """Number of a row in its sheet."""
    value = row["row"]
    assert isinstance(value, float)
    return int(value)


def named(column: str) -> str:
    """A column as Kumu writes it."""
    return column.upper() if column in _ABBREVIATIONS else column.capitalize()


def letter(place: int) -> str:
    """A column counted from 0 as a spreadsheet shows it: A, B, …, Z, AA."""
    out, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        out = chr(ord("A") + rest) + out
    return out


def _as_written(header: Row, place: int) -> str:
    cell = header[1][place] if place < len(header[1]) else None
    return "".join(c for c in " ".join(str(cell).split()) if c.isprintable())[:60] if cell is not None else ""


def _number_text(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
