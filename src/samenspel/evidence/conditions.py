"""What would have to be true: a promise of recovery is shown with what a study would have to show, and how many did.

A promise is a commercial claim that something is restored, or that uses a word of cure, reset or certainty. Whether it
holds would show in a study with a comparison group in which the outcome followed; levels tell which claims come from one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from samenspel.evidence.grade import Grading
from samenspel.evidence.kinship import root
from samenspel.evidence.schema import Claim
from samenspel.evidence.wording import promises

#: levels of randomised studies
_TRIED = frozenset({"5", "T"})


@dataclass(frozen=True, slots=True)
class Condition:
    """That `outcome` follows `means`, as `claims` promise; `studies` are the trials in the atlas that looked."""

    means: str
    outcome: str
    claims: tuple[Claim, ...]
    studies: tuple[Claim, ...]


def conditions(grading: Grading, claims: Iterable[Claim]) -> list[Condition]:
    """The conditions of what these claims promise, in order of first appearance."""
    promised: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if claim.object is not None and _is_promise(grading, claim):
            promised.setdefault((claim.subject, claim.object), []).append(claim)
    return [Condition(*pair, tuple(found), _trials(grading, *pair)) for pair, found in promised.items()]


def _is_promise(grading: Grading, claim: Claim) -> bool:
    commercial = grading.atlas.design_of(claim) == "commercial"
    return commercial and (claim.relation == "restores" or bool(promises(claim.en, "en")))


def _trials(grading: Grading, means: str, outcome: str) -> tuple[Claim, ...]:
    atlas, wanted = grading.atlas, (root(grading.atlas, means), root(grading.atlas, outcome))
    return tuple(
        claim
        for claim in atlas.claims.values()
        if grading.level(claim.id) in _TRIED
        and claim.object is not None
        and wanted in {(root(atlas, w), root(atlas, claim.object)) for w in (claim.subject, claim.intervention) if w}
    )
