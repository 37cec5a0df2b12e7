"""Recounts what a source counts: items, studies, or pairs of study and intervention, by one of their properties.

An *item* is what the source counts as one (a printed row, paragraph or bullet): several claims may share it, and only
claims with an item are counted. A *study* is a source with at least one counted item. A *study-intervention* is one
study with one of the interventions of its counted items. The source itself says, per property, which of the three it
counts (`count_unit`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.issues import say_nearest
from samenspel.evidence.schema import Claim, Source
from samenspel.quantities.errors import SamenspelError

By = Literal["system", "population", "intervention", "design", "year", "all"]
Unit = Literal["item", "study", "study-intervention"]
PROPERTIES: tuple[By, ...] = ("system", "population", "intervention", "design", "year", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """One group with its share of the total, in percent."""

    value: str
    count: int
    percent: float


@dataclass(frozen=True, slots=True)
class Count:
    """A recount. Groups may overlap (a study in two systems), so counts need not add up to the total."""

    source: str
    by: By
    unit: Unit
    total: int
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, object]:
        """The shape that `evidence counts --json` prints."""
        return {
            "schema": 1,
            "source": self.source,
            "by": self.by,
            "unit": self.unit,
            "total": self.total,
            "rows": [{"value": r.value, "count": r.count, "percent": round(r.percent, 6)} for r in self.rows],
        }


def rounded(percent: float, decimals: int = 0) -> Decimal:
    """A percentage as it is printed: rounded half up, to the decimals that are printed."""
    return Decimal(repr(percent)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def counts(atlas: Atlas, source_id: str, by: By, unit: Unit | None = None) -> Count:
    """Recount a source by one property, under its own counting rule unless `unit` names another.

    Raises:
        SamenspelError: for an unknown source or property, or a source without counted items.
    """
    source = atlas.source(source_id)
    if by not in PROPERTIES:
        raise SamenspelError(f"cannot count by {by!r}.", cure=f"Count by {', '.join(PROPERTIES)}.")
    members = list(_members(atlas, source_id))
    if not members:
        place = atlas.where("source", source_id)
        counted = sorted({s.via or s.id for s, c in atlas.pairs() if c.item is not None})
        raise SamenspelError(
            f"{source_id} has no claim with an item, so there is nothing to count.",
            file=place.file,
            line=place.line,
            cure=f"Counted sources: {', '.join(counted) or 'none'}. {say_nearest(source_id, counted, '')}",
        )
    unit = unit or source.count_unit.get(by, "item")
    groups: dict[str, set[tuple[str, ...]]] = {}
    everything: set[tuple[str, ...]] = set()
    for member, claim in members:
        key = _key(member, claim, unit)
        if key is None:
            continue
        everything.add(key)
        value = _value(member, claim, by, unit)
        if value is not None:
            groups.setdefault(value, set()).add(key)
    total = len(everything)
    rows = sorted((Row(v, len(keys), 100.0 * len(keys) / total) for v, keys in groups.items()), key=_order)
    return Count(source_id, by, unit, total, tuple(rows))


def _order(row: Row) -> tuple[int, str]:
    return (-row.count, row.value)


def _members(atlas: Atlas, source_id: str) -> Iterator[tuple[Source, Claim]]:
    """Counted claims of a source and of the studies that came by it."""
    for member, claim in atlas.pairs():
        if claim.item is not None and source_id in (member.id, member.via):
            yield member, claim


def _key(member: Source, claim: Claim, unit: Unit) -> tuple[str, ...] | None:
    if unit == "study":
        return (member.id,)
    if unit == "item":
        return (member.id, claim.item or "")
    return None if claim.intervention is None else (member.id, claim.intervention)


def _value(member: Source, claim: Claim, by: By, unit: Unit) -> str | None:
    if by == "all":
        return "all"
    if by == "year":
        return None if member.year is None else str(member.year)
    if by == "design":
        return member.design
    if by == "system":
        return claim.system
    if by == "intervention":
        return claim.intervention
    # a study has one population, that of the source; an item that of its claim
    return member.population if unit != "item" else claim.population or member.population
