"""Claims, where they stand, how strong they are, and where they disagree."""

from __future__ import annotations

from typing import Any


def json_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of every kind of atlas file, by name."""
    from samenspel.evidence.json_schema import json_schemas as build

    return build()
