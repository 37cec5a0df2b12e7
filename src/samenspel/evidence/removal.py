"""An atlas from which claims are taken away: parameters are pooled from those that are left."""

from __future__ import annotations

import dataclasses

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_model import Parameter


def without_claims(atlas: Atlas, removed: frozenset[str]) -> tuple[Atlas, tuple[str, ...]]:
    """The atlas with parameters pooled from the claims that are left, and the parameters that have none left."""
    out: dict[str, Parameter] = {}
    bare: list[str] = []
    for name, entry in atlas.parameters.items():
        left = tuple(c for c in entry.claims if c not in removed)
        if entry.claims and not left:
            bare.append(name)
        elif entry.rule is not None and left != entry.rule.claims:
            entry = entry.model_copy(update={"rule": entry.rule.model_copy(update={"claims": left})})
        out[name] = entry
    return dataclasses.replace(atlas, parameters=out), tuple(bare)
