"""Compares every count and percentage that sources print with what their claims give, and one printing with another.

Percentages are compared as printed: the recomputed share, rounded half up to the decimals that are printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.counts import Count, counts, rounded
from samenspel.evidence.schema import Claim, Printed
from samenspel.quantities.errors import SamenspelError

Kind = Literal["count", "percent", "total", "sum", "within"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two values that should be one. `printed` and `found` stand at `locator` and `other`."""

    source: str
    kind: Kind
    by: str
    value: str | None
    printed: float
    found: float
    locator: str
    other: str
    claims: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The mismatch as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many printed numbers were compared, and which disagree."""

    compared: int
    mismatches: tuple[Mismatch, ...]

    def as_json(self) -> dict[str, object]:
        """The shape that `evidence printed --json` prints."""
        return {"schema": 1, "compared": self.compared, "mismatches": [m.as_json() for m in self.mismatches]}


@dataclass(frozen=True, slots=True)
class _Entry:
    claim: Claim
    printed: Printed


def compare_printed(atlas: Atlas, source_id: str | None = None) -> Comparison:
    """Compare the printed numbers of one source, or of all.

    Raises:
        SamenspelError: for an unknown source.
    """
    sources = [atlas.source(source_id)] if source_id is not None else list(atlas.sources.values())
    compared, found = 0, list[Mismatch]()
    for source in sources:
        entries = [_Entry(claim, claim.printed) for claim in source.claim if claim.printed is not None]
        if not entries:
            continue
        recounts = _recounts(atlas, source.id, entries)
        for entry in entries:
            compared += sum(x is not None for x in (entry.printed.count, entry.printed.percent, entry.printed.total))
            found.extend(_against_claims(source.id, entry, recounts[entry.printed.by, entry.printed.unit]))
        found.extend(_sums(source.id, entries, recounts))
        found.extend(_within(source.id, entries))
    return Comparison(compared, tuple(found))


_Recounts = dict[tuple[str, str], Count | None]


def _recounts(atlas: Atlas, source_id: str, entries: Iterable[_Entry]) -> _Recounts:
    found: _Recounts = {}
    for entry in entries:
        key = (entry.printed.by, entry.printed.unit)
        if key not in found:
            try:
                found[key] = counts(atlas, source_id, entry.printed.by, entry.printed.unit)
            except SamenspelError:
                found[key] = None  # nothing encoded to count: only one printing can be compared with another
    return found


def _against_claims(source_id: str, entry: _Entry, recount: Count | None) -> Iterable[Mismatch]:
    if recount is None:
        return
    printed, claim = entry.printed, entry.claim
    wanted = printed.value if printed.value is not None else "all"
    count = next((row.count for row in recount.rows if row.value == wanted), 0)
    where = f"recounted from the claims, unit {recount.unit}"

    def mismatch(kind: Kind, said: float, got: float) -> Mismatch:
        return Mismatch(source_id, kind, printed.by, printed.value, said, got, claim.locator, where, (claim.id,))

    if printed.count is not None and printed.count != count:
        yield mismatch("count", printed.count, count)
    if printed.total is not None and printed.total != recount.total:
        yield mismatch("total", printed.total, recount.total)
    if printed.percent is not None and recount.total:
        decimals = _decimals(printed.percent)
        share = rounded(100.0 * count / recount.total, decimals)
        if share != Decimal(repr(printed.percent)).quantize(share):
            yield mismatch("percent", printed.percent, float(share))


def _sums(source_id: str, entries: list[_Entry], recounts: _Recounts) -> Iterable[Mismatch]:
    """Printed counts of a complete group against the printed total of that group."""
    groups: dict[tuple[str, str, str], list[_Entry]] = {}
    for entry in entries:
        if entry.printed.by != "all" and entry.printed.count is not None:
            groups.setdefault((entry.printed.by, entry.printed.unit, entry.printed.where), []).append(entry)
    for (by, unit, where), group in groups.items():
        totals = {e.printed.total for e in group if e.printed.total is not None}
        recount = recounts[by, unit]
        named = {e.printed.value for e in group}
        complete = recount is not None and named >= {row.value for row in recount.rows}
        if len(totals) != 1 or not complete:
            continue
        total, added = totals.pop(), sum(e.printed.count or 0 for e in group)
        if added != total:
            yield Mismatch(
                source_id,
                "sum",
                by,
                None,
                float(total or 0),
                added,
                group[0].claim.locator,
                f"the {len(group)} counts printed in {where}, added up",
                tuple(e.claim.id for e in group),
            )


def _within(source_id: str, entries: list[_Entry]) -> Iterable[Mismatch]:
    """The same number printed in two places of one source."""
    for i, one in enumerate(entries):
        for other in entries[i + 1 :]:
            a, b = one.printed, other.printed
            if (a.unit, a.by, a.value) != (b.unit, b.by, b.value):
                continue
            for said, again in ((a.count, b.count), (a.percent, b.percent), (a.total, b.total)):
                if said is not None and again is not None and said != again:
                    yield Mismatch(
                        source_id,
                        "within",
                        a.by,
                        a.value,
                        said,
                        again,
                        one.claim.locator,
                        other.claim.locator,
                        (one.claim.id, other.claim.id),
                    )


def _decimals(number: float) -> int:
    """Decimals that a printed percentage shows (39.0 in the file is 39 in print)."""
    text = repr(number)
    fraction = text.partition(".")[2]
    return 0 if fraction in ("", "0") else len(fraction)
