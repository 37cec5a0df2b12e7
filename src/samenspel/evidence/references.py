"""Every place in an atlas that points at a claim: what must resolve, and what leans on what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema import Record

#: fields that hold claim ids, in any record but a source
CLAIM_FIELDS = frozenset({"claim", "claims", "against", "weight_claim", "size"})


@dataclass(frozen=True, slots=True)
class Reference:
    """One pointer: record `entry` of `kind` names `claim` in `field`."""

    kind: str
    entry: str
    field: str
    claim: str


def references(atlas: Atlas) -> Iterator[Reference]:
    """All pointers at claims, in a fixed order."""
    tables: tuple[tuple[str, Any], ...] = (
        ("parameter", atlas.parameters),
        ("coupling", atlas.couplings),
        ("hypothesis", atlas.hypotheses),
        ("system", atlas.systems),
        ("loop", atlas.loops),
        ("question", atlas.questions),
        ("measure", atlas.measures),
        ("reference", atlas.reference),
        ("scenario", atlas.scenarios),
        ("entry", atlas.ledger),
    )
    for kind, table in tables:
        for entry, record in table.items():
            for field, claim in claim_fields(record):
                yield Reference(kind, entry, field, claim)
    for part in (atlas.people.trait, atlas.people.condition, atlas.people.event):
        for record in part:
            for field, claim in claim_fields(record):
                yield Reference("people", record.id, field, claim)
    for pair in atlas.people.correlation:
        if pair.claim is not None:
            yield Reference("people", "–".join(pair.between), "claim", pair.claim)


def claim_fields(record: Record) -> Iterator[tuple[str, str]]:
    """(field, claim id) of every pointer in a record and the records inside it."""
    for name, value in record.__dict__.items():
        if name in CLAIM_FIELDS:
            if isinstance(value, str):
                yield name, value
            elif isinstance(value, tuple):
                for claim in value:
                    yield name, str(claim)
        elif isinstance(value, Record):
            yield from claim_fields(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Record):
            for inner in value:
                yield from claim_fields(inner)
