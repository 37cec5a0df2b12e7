"""Claims that disagree on the same subject and object, with what differs between them; and those whose remarks say so.

Words that are kin (cortisol, cortisol in saliva) are compared too, and the kinship is named as a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.differences import EXPLAINING, differences
from samenspel.evidence.disagreement import STATEMENTS, Kind, disagree, is_denied_by, is_told, leaves_open
from samenspel.evidence.grade import Grading, Level, higher
from samenspel.evidence.kinship import root
from samenspel.evidence.remarks import named_against
from samenspel.evidence.schema import Claim

_ORDER: dict[str, int] = {kind: place for place, kind in enumerate(get_args(Kind))}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two claims that cannot both hold for the same people in the same way."""

    kind: Kind
    subject: str
    object: str | None
    first: str  # claim ids, in order of id
    second: str
    within_source: bool
    differs: tuple[str, ...]
    reconcilable: bool  # what differs may tell why, or both can hold

    def as_json(self) -> dict[str, object]:
        """The conflict as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


def conflicts(
    atlas: Atlas,
    about: str | None = None,
    *,
    removed: frozenset[str] = frozenset(),
    claims: Iterable[str] | None = None,
) -> list[Conflict]:
    """All disagreements (about one vocabulary id), the sharpest first; does not depend on the order of claims."""
    grading = Grading(atlas, removed)
    wanted = None if claims is None else frozenset(claims)
    left = {
        claim.id: claim
        for source, claim in atlas.pairs()
        if claim.id not in removed and source.status != "retracted" and (wanted is None or claim.id in wanted)
    }
    kinds: dict[tuple[str, str], Kind] = {}
    for one, other, kind in (*_by_fields(grading, left), *_by_status(grading, left), *_by_remarks(atlas, left)):
        first, second = sorted((one.id, other.id))
        kinds.setdefault((first, second), kind)
    near = None if about is None else {about, root(atlas, about)}
    found = [
        _conflict(grading, left[first], left[second], kind)
        for (first, second), kind in kinds.items()
        if near is None or near & (_words(atlas, left[first]) | _words(atlas, left[second]))
    ]
    return sorted(found, key=lambda c: (_ORDER[c.kind], c.reconcilable, c.subject, c.object or "", c.first, c.second))


def gathered(grading: Grading, found: Iterable[Conflict]) -> list[tuple[Conflict, int]]:
    """The disagreements for a reader, each with how many more it stands for.

    Something told stands against every finding alike: it is shown once, beside the finding of the highest level.
    """
    shown: list[list[Conflict]] = []
    accounts: dict[str, list[Conflict]] = {}
    for one in found:
        if one.kind != "told-or-found":
            shown.append([one])
            continue
        told = one.first if is_told(grading, grading.atlas.claims[one.first]) else one.second
        if told not in accounts:
            shown.append(accounts.setdefault(told, []))
        accounts[told].append(one)
    return [(_best(grading, group), len(group) - 1) for group in shown]


def _best(grading: Grading, group: list[Conflict]) -> Conflict:
    """The conflict whose finding stands highest on the ladder; the first of equals."""
    best = group[0]
    for one in group[1:]:
        if higher(_highest(grading, one), _highest(grading, best)):
            best = one
    return best


def _highest(grading: Grading, one: Conflict) -> Level:
    first, second = grading.level(one.first), grading.level(one.second)
    return first if higher(first, second) else second


def _by_fields(grading: Grading, left: dict[str, Claim]) -> Iterator[tuple[Claim, Claim, Kind]]:
    """Pairs about the same two things that disagree."""
    atlas = grading.atlas
    groups: dict[frozenset[str], list[Claim]] = {}
    for claim in left.values():
        if claim.object is not None and claim.kind in STATEMENTS and not _only_repeats(atlas, claim, grading.removed):
            ends = frozenset({root(atlas, claim.subject), root(atlas, claim.object)})
            groups.setdefault(ends, []).append(claim)
    for group in groups.values():
        group.sort(key=lambda claim: claim.id)
        for i, claim in enumerate(group):
            for other in group[i + 1 :]:
                kind = disagree(grading, claim, other)
                if kind is not None and not _repeats(grading, claim, other):
                    yield claim, other, kind


def _by_status(grading: Grading, left: dict[str, Claim]) -> Iterator[tuple[Claim, Claim, Kind]]:
    """A cause that one claim names and another calls not established."""
    for status in filter(leaves_open, left.values()):
        for claim in left.values():
            if is_denied_by(grading, claim, status) and not _repeats(grading, claim, status):
                yield claim, status, "cause-or-open"


def _by_remarks(atlas: Atlas, left: dict[str, Claim]) -> Iterator[tuple[Claim, Claim, Kind]]:
    """What the note of a claim names as contradicting it."""
    for claim in left.values():
        for other in named_against(atlas, claim):
            if other in left and other != claim.id:
                yield claim, left[other], "remark"


def _words(atlas: Atlas, claim: Claim) -> set[str]:
    given = {word for word in (claim.subject, claim.object) if word is not None}
    return given | {root(atlas, word) for word in given}


def _conflict(grading: Grading, one: Claim, other: Claim, kind: Kind) -> Conflict:
    source_of, differs = grading.atlas.source_of, differences(grading, one, other)
    return Conflict(
        kind=kind,
        subject=one.subject,
        object=one.object,
        first=one.id,
        second=other.id,
        within_source=source_of[one.id] == source_of[other.id],
        differs=differs,
        reconcilable=kind == "told-or-found" or bool(EXPLAINING & set(differs)),
    )


def _only_repeats(atlas: Atlas, claim: Claim, removed: frozenset[str]) -> bool:
    """Whether a claim says again what its primary claim says: then that one stands for both."""
    first = atlas.claims.get(claim.primary or "")
    if first is None or first.id in removed or first.object is None or claim.object is None:
        return False
    same_words = (root(atlas, claim.subject), root(atlas, claim.object)) == (
        root(atlas, first.subject),
        root(atlas, first.object),
    )
    return same_words and first.relation == claim.relation


def _repeats(grading: Grading, one: Claim, other: Claim) -> bool:
    """Whether one claim only repeats the other."""
    return (
        one.primary == other.id
        or other.primary == one.id
        or (
            one.primary is not None
            and one.primary == other.primary
            and grading.article(one.id) == grading.article(other.id)
        )
    )
