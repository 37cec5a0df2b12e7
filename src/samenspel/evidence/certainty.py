"""How sure a claim is of what it says, from its kind, its causal status and the certainty its source states."""

from __future__ import annotations

import re
from typing import Literal

from samenspel.evidence.schema import Claim

#: stated: said as it is; possible: could be so; open: said not to be known
Standing = Literal["stated", "possible", "open"]
#: kinds whose relation is an influence: with an open causal status the relation itself is only possible
_INFLUENCES = frozenset({"mechanism", "risk", "effect", "course", "time-course", "dose", "causal-status"})
#: how sources word that something could be so; `certainty` is noted in English
_POSSIBLE = re.compile(
    r"\b(can|could|may|might|possibl\w+|perhaps|probabl\w+|thinks?|thought|suggests?|suppos\w+|assum\w+|theory|hope[ds]?|"
    r"seems?|indications?|suspect|expected|likel\w+|belief|would|promising|preliminary|draft)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(unknown|no data|not (certain|clear|established|convincing|shown)|controversy|dispute)\b", re.IGNORECASE)


def is_open(claim: Claim) -> bool:
    """Whether a source says that it does not know: something unknown, or a causal status left open."""
    return claim.kind == "unknown" or (claim.kind == "causal-status" and claim.causal == "open")


def standing(claim: Claim) -> Standing:
    """How sure a claim is: a found difference stays stated, whatever it may mean; an influence left open could be so."""
    certainty = claim.certainty or ""
    if claim.kind == "unknown" or _OPEN.search(certainty):
        return "open"
    if _POSSIBLE.search(certainty) or (claim.causal == "open" and claim.kind in _INFLUENCES):
        return "possible"
    return "stated"
