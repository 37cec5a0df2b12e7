"""The atlas format as JSON Schema, for editors and other programs."""

from __future__ import annotations

from typing import Any

from samenspel.evidence.reader import LISTED
from samenspel.evidence.schema import FORMAT, Record, Source
from samenspel.evidence.schema_ladder import Ladder
from samenspel.evidence.schema_ledger import Manifest
from samenspel.evidence.schema_model import PlainSystem
from samenspel.evidence.schema_people import People
from samenspel.evidence.schema_scenario import Scenario

#: files that are one record
WHOLE: dict[str, type[Record]] = {
    "atlas": Manifest,
    "source": Source,
    "scenario": Scenario,
    "system": PlainSystem,
    "people": People,
    "ladder": Ladder,
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema (2020-12) of every kind of entry, by name; a listed kind describes one ``[[entry]]`` of its file."""
    schemas: dict[str, dict[str, Any]] = {}
    for name, record in sorted({**LISTED, **WHOLE}.items()):
        schema = record.model_json_schema(by_alias=True)
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = f"samenspel atlas format {FORMAT}: {name}"
        schemas[name] = schema
    return schemas
