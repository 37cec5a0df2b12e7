"""The sheet Connections: which link leads where, with which sign and range of weights."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from samenspel.evidence.diagram import HEAVIEST, Link, Sign, Variable, first_fault
from samenspel.evidence.issues import say_nearest
from samenspel.evidence.kumu_elements import Labels
from samenspel.evidence.kumu_sheet import MINUS, Line, Sheet, named, number_of, plain
from samenspel.quantities.errors import SamenspelError

SAME_AS_TYPE = ("polarity", "sign")  # columns that some write the sign into
CONNECTION_COLUMNS = ("from", "to", "type", "direction", "lb", "ub", *SAME_AS_TYPE)
MOST_LINKS = 2000
SIGNS: dict[str, Sign] = {"+": "+", "-": "-", "?": "?"}
#: words of the trade for the signs
SIGN_WORDS: dict[str, Sign] = {
    "positive": "+", "plus": "+", "same": "+", "s": "+", "reinforcing": "+",
    "negative": "-", "minus": "-", "opposite": "-", "o": "-", "balancing": "-",
}  # fmt: skip
TO_A_CONSTANT = "leads to a constant, which nothing moves"


def ends_of(connections: Sheet, labels: Labels) -> list[tuple[str, str]]:
    """From and To of every row.

    Raises `SamenspelError` for an end that is empty or no element, and for no links or too many.
    """
    found = len(connections.rows)
    if not 1 <= found <= MOST_LINKS:
        raise SamenspelError(
            f"sheet {connections.title!r} has {found} connections; from 1 to {MOST_LINKS} can be read.",
            file=connections.file,
            cure="Split or complete the diagram.",
        )
    ends: list[tuple[str, str]] = []
    for row in connections.rows:
        first, last = connections.text(row, "from"), connections.text(row, "to")
        for column, end in (("from", first), ("to", last)):
            if not end:
                raise connections.wrong(
                    row, "a connection has no From or no To.", "Complete it, or empty the row.", column
                )
            if plain(end) not in labels:
                raise connections.wrong(
                    row, f"{end!r} is no element.", say_nearest(end, [name for name, _ in labels.values()]), column
                )
        ends.append((first, last))
    return ends


def both_ways(connections: Sheet, row: Line) -> bool:
    """Whether a link is mutual: two links, one each way.

    Raises `SamenspelError` for a Direction that does not say what moves what.
    """
    direction = plain(connections.text(row, "direction")) or "directed"
    if direction not in ("directed", "mutual"):
        raise connections.wrong(
            row, f"Direction {direction!r} does not say what moves what.", "Write directed or mutual.", "direction"
        )
    return direction == "mutual"


def links_of(connections: Sheet, ends: Sequence[tuple[str, str]], of: Mapping[str, Variable]) -> tuple[Link, ...]:
    """All links; those that are in no model say why.

    Raises `SamenspelError` for a sign or weight that is none, a range that contradicts the sign, a link that stands twice and
    differs.
    """
    first_of: dict[tuple[str, str], Link] = {}
    out: list[Link] = []
    for (first, last), row in zip(ends, connections.rows, strict=True):
        sign = _sign(connections, row, first, last)
        low, high = (connections.number(row, n, HEAVIEST, "per step") for n in ("lb", "ub"))
        mutual = both_ways(connections, row) and plain(first) != plain(last)
        both = ((first, last), (last, first)) if mutual else ((first, last),)
        for a, b in both:
            source, target = of[plain(a)], of[plain(b)]
            known = first_of.get((source.id, target.id))
            if known is not None and (known.sign, known.low, known.high) != (sign, low, high):
                what = f"the link from {a!r} to {b!r} stands twice and differs; first in row {known.row}."
                raise connections.wrong(row, what, "Keep one.", "from")
            why = TO_A_CONSTANT if target.kind == "constant" else None
            if why is None and known is not None:
                why = f"repeats row {known.row}"
            try:
                link = Link(
                    source=source.id, target=target.id, sign=sign, low=low, high=high, row=number_of(row), left_out=why
                )
            except ValidationError as fault:
                raise connections.wrong(
                    row, f"the link from {a!r} to {b!r}: {first_fault(fault)}.", _range_cure(sign, low, high), "lb"
                ) from fault
            first_of.setdefault((source.id, target.id), link)
            out.append(link)
    return tuple(out)


def _sign(connections: Sheet, row: Line, first: str, last: str) -> Sign:
    """The sign in Type; another column for it may only repeat it."""
    column, sign = "type", _one_sign(connections, row, "type", first, last)
    for name in SAME_AS_TYPE:
        other = _one_sign(connections, row, name, first, last)
        if other is not None and other != sign:
            said = f"Type says {sign}" if sign else "Type is empty"
            raise connections.wrong(row, f"{named(name)} says {other}, and {said}.", f"Write {other} in Type.", column)
    return sign or "?"


def _one_sign(connections: Sheet, row: Line, column: str, first: str, last: str) -> Sign | None:
    written = connections.text(row, column)
    sign = SIGNS.get(unicodedata.normalize("NFKC", written).translate(MINUS))
    if written and sign is None:
        word = SIGN_WORDS.get(plain(written))
        raise connections.wrong(
            row,
            f"the link from {first!r} to {last!r} has the {named(column)} {written!r}.",
            f"Write {word}." if word else "Write + or -, or leave it empty where the sign is unknown.",
            column,
        )
    return sign


def _range_cure(sign: Sign, low: float | None, high: float | None) -> str:
    if low is None or high is None or low > high:
        return "Give LB and UB, LB first."
    if low < 0 < high:
        return "Leave Type empty where the sign is unknown, or correct LB and UB."
    return f"Write LB {-high:g} and UB {-low:g}, or the Type {'+' if sign == '-' else '-'}."
