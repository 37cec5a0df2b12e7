"""Contradictions that a remark names: "Contradicted by <claim> …", "Contradicts <claim>", "At odds with <claim>".

The fields of two claims cannot show every contradiction (a recovery against "no treatment that cures"). Whoever entered a
claim may say so in its note, in these words and with the id of the other claim; that is read here, and nothing else is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema import Claim, remark

_CLAUSE = re.compile(r"[.;]\s+")  # a claim id holds dots, but no dot before a space
_AGAINST = re.compile(r"\bcontradict|\bat odds\b", re.IGNORECASE)
_ID = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+){1,3}")


def named_against(atlas: Atlas, claim: Claim) -> Iterator[str]:
    """Ids that the note of a claim says contradict it: of claims, or of what would be one of a source that there is."""
    for clause in _CLAUSE.split(remark(claim.note, "en") or ""):
        found = _AGAINST.search(clause)
        for name in _ID.findall(clause, found.end()) if found is not None else ():
            if name.partition(".")[0] in atlas.sources:
                yield name
