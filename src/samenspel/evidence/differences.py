"""What differs between two claims, by name of field, and which differences may tell why they disagree."""

from __future__ import annotations

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.evidence.kinship import root
from samenspel.evidence.schema import Claim

#: differences that may tell why two claims disagree
EXPLAINING = frozenset(
    {
        "matrix",
        "mode",
        "measure",
        "part",
        "population",
        "intervention",
        "dose",
        "timing",
        "species",
        "comparator",
        "level",
        "limits",
    }
)
#: limits of how the atlas read a study, not of the study
_OF_READING = frozenset({"abstract-only", "secondary"})


def differences(grading: Grading, one: Claim, other: Claim) -> tuple[str, ...]:
    """What differs between two claims, by name of field.

    A field that one of the two leaves empty makes no difference, but a limit that only one of them has does.
    """
    atlas = grading.atlas
    source, other_source = atlas.source_with(one.id), atlas.source_with(other.id)
    pairs: tuple[tuple[str, object, object], ...] = (
        ("population", one.population or source.population, other.population or other_source.population),
        ("intervention", one.intervention, other.intervention),
        ("comparator", one.comparator, other.comparator),
        ("dose", one.dose_protocol, other.dose_protocol),
        ("species", one.species, other.species),
        ("timing", _told(one.timing), _told(other.timing)),
        ("design", atlas.design_of(one), atlas.design_of(other)),
        ("level", _ranked(grading, one), _ranked(grading, other)),
        ("limits", frozenset(one.limits) - _OF_READING, frozenset(other.limits) - _OF_READING),
        ("year", source.year, other_source.year),
        ("speaker", one.speaker, other.speaker),
    )
    found = {name for name, a, b in pairs if a is not None and b is not None and a != b}
    return tuple(sorted(found | _kinships(atlas, one, other)))


def _kinships(atlas: Atlas, one: Claim, other: Claim) -> set[str]:
    """In which respects the words of two claims differ where they are kinds of one thing."""
    found: set[str] = set()
    for a, b in ((one.subject, other.subject), (one.object, other.object)):
        if a is not None and b is not None and a != b and root(atlas, a) == root(atlas, b):
            found |= {atlas.kin[word].by for word in (a, b) if word != root(atlas, word)}
    return found


def _told(timing: str) -> str | None:
    return None if timing == "none" else timing


def _ranked(grading: Grading, claim: Claim) -> str | None:
    level = grading.level(claim.id)
    return None if level == "none" else level
