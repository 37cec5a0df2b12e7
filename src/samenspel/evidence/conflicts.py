"""Claims that disagree on the same subject and object, found from their fields alone, with what differs between them.

Two claims can disagree in sign (raises, lowers), in whether there is a link at all, in intervals of one metric that
do not touch, in causal status (cause, consequence), or as a clear statement against one that calls the findings
mixed. Words that are kin (cortisol, cortisol in saliva) are compared too, and the kinship is named as a difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.evidence.schema import Claim, Source

Kind = Literal["opposite", "link-or-none", "intervals", "causal", "clear-or-mixed"]
RAISES = frozenset({"increases", "higher-in", "enables"})
LOWERS = frozenset({"decreases", "lower-in", "blocks"})
NONE = frozenset({"no-difference"})
MIXED = frozenset({"inconsistent"})
#: say that there is a link, without a direction
LINKS = frozenset({"associated", "changes", "differs", "causes", "precedes"})
SYMMETRIC = frozenset({"associated", "differs", "no-difference", "inconsistent"})
#: kinds that state something about the world
STATEMENTS = frozenset(
    {
        "mechanism",
        "association",
        "difference",
        "effect",
        "risk",
        "prevalence",
        "course",
        "time-course",
        "dose",
        "testimony",
        "causal-status",
    }
)
#: kinds that were looked into: an account of one person does not settle whether there is a link for people in general
STUDIED = STATEMENTS - {"testimony", "causal-status", "course", "prevalence"}
#: metrics whose sign is a direction
SIGNED = frozenset({"r", "rg", "beta", "correlation", "SMD", "MD"})
#: differences that may explain a disagreement
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
        "duration",
    }
)
_ORDER: dict[str, int] = {"opposite": 0, "intervals": 1, "link-or-none": 2, "causal": 3, "clear-or-mixed": 4}


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
    reconcilable: bool

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
    groups: dict[frozenset[str], list[tuple[Source, Claim]]] = {}
    for source, claim in atlas.pairs():
        if claim.object is None or claim.kind not in STATEMENTS or claim.id in removed or source.status == "retracted":
            continue
        if wanted is not None and claim.id not in wanted:
            continue
        if _only_repeats(atlas, claim, removed):
            continue
        ends = frozenset({root(atlas, claim.subject), root(atlas, claim.object)})
        if about is None or root(atlas, about) in ends or about in (claim.subject, claim.object):
            groups.setdefault(ends, []).append((source, claim))
    found: list[Conflict] = []
    for group in groups.values():
        group.sort(key=lambda pair: pair[1].id)
        for i, (source, claim) in enumerate(group):
            for other_source, other in group[i + 1 :]:
                kind = _disagree(atlas, claim, other, within=source.id == other_source.id)
                if kind is None or _repeats(grading, claim, other):
                    continue
                differs = differences(atlas, source, claim, other_source, other)
                found.append(
                    Conflict(
                        kind,
                        claim.subject,
                        claim.object,
                        claim.id,
                        other.id,
                        source.id == other_source.id,
                        differs,
                        bool(EXPLAINING & set(differs)),
                    )
                )
    return sorted(found, key=lambda c: (_ORDER[c.kind], c.reconcilable, c.subject, c.object or "", c.first, c.second))


def root(atlas: Atlas, word: str) -> str:
    """The broadest kin of a word."""
    seen: set[str] = set()
    while word in atlas.kin and word not in seen:
        seen.add(word)
        word = atlas.kin[word].broad
    return word


def sign(claim: Claim) -> int | None:
    """+1 raises, −1 lowers, 0 no link, none without a told direction; an association takes its effect's sign."""
    if claim.relation in RAISES:
        return 1
    if claim.relation in LOWERS:
        return -1
    if claim.relation in NONE:
        return 0
    effect = claim.counted
    if claim.relation == "associated" and effect is not None and effect.value is not None and claim.suspect is None:
        if effect.metric in SIGNED:
            return (effect.value > 0) - (effect.value < 0)
        if effect.metric in ("OR", "RR", "HR"):
            return (effect.value > 1) - (effect.value < 1)
    return None


def _disagree(atlas: Atlas, one: Claim, other: Claim, *, within: bool) -> Kind | None:
    turned = root(atlas, one.subject) != root(atlas, other.subject)
    if turned and not (one.relation in SYMMETRIC and other.relation in SYMMETRIC):
        return None
    a, b = sign(one), sign(other)
    if "causal-status" in (one.kind, other.kind):
        a = b = None  # says what a link means, not which way it goes
    if a is not None and b is not None and a * b < 0:
        return "opposite"
    if not turned and not within and _apart(one, other):  # one source prints several contrasts of its own
        return "intervals"
    studied = one.kind in STUDIED and other.kind in STUDIED
    studied = studied and (one.kind == "time-course") == (other.kind == "time-course")  # how long is another question
    if studied and ((a == 0 and _links(other)) or (b == 0 and _links(one))):
        return "link-or-none"
    if not turned and {one.causal, other.causal} in ({"cause", "consequence"}, {"cause", "marker"}):
        return "causal"
    mixed = (one.relation in MIXED) + (other.relation in MIXED)
    clear = other if one.relation in MIXED else one
    if studied and mixed == 1 and _links(clear):
        return "clear-or-mixed"
    return None


def _links(claim: Claim) -> bool:
    return claim.relation in RAISES or claim.relation in LOWERS or claim.relation in LINKS


def _apart(one: Claim, other: Claim) -> bool:
    """Whether intervals of the same metric and unit do not touch."""
    a, b = one.counted, other.counted
    if a is None or b is None or one.suspect or other.suspect or (a.metric, a.unit) != (b.metric, b.unit):
        return False
    if a.low is None or a.high is None or b.low is None or b.high is None or a.level != b.level:
        return False
    if _orientation(one) != _orientation(other):
        return False  # one instrument counts up what the other counts down
    return a.high < b.low or b.high < a.low


def _orientation(claim: Claim) -> int:
    """+1 if the printed number goes the way of the relation, −1 if against it, 0 if that cannot be told."""
    effect = claim.counted
    if effect is None or effect.value is None or effect.metric not in SIGNED:
        return 0
    told = (claim.relation in RAISES) - (claim.relation in LOWERS)
    return told * ((effect.value > 0) - (effect.value < 0))


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


def differences(atlas: Atlas, source: Source, one: Claim, other_source: Source, other: Claim) -> tuple[str, ...]:
    """What differs between two claims, by name of field."""
    found: set[str] = set()
    for a, b in ((one.subject, other.subject), (one.object, other.object)):
        if a != b and a is not None and b is not None and root(atlas, a) == root(atlas, b):
            found |= {atlas.kin[word].by for word in (a, b) if word in atlas.kin}
    pairs: tuple[tuple[str, str | None, str | None], ...] = (
        ("population", one.population or source.population, other.population or other_source.population),
        ("intervention", one.intervention, other.intervention),
        ("comparator", one.comparator, other.comparator),
        ("dose", one.dose_protocol, other.dose_protocol),
        ("species", one.species, other.species),
        ("timing", _told(one.timing), _told(other.timing)),
    )
    for name, a, b in pairs:
        if a is not None and b is not None and a != b:
            found.add(name)
    if (one.design or source.design) != (other.design or other_source.design):
        found.add("design")
    if source.year is not None and other_source.year is not None and source.year != other_source.year:
        found.add("year")
    if one.speaker is not None and other.speaker is not None and one.speaker != other.speaker:
        found.add("speaker")
    return tuple(sorted(found))


def _told(timing: str) -> str | None:
    return None if timing == "none" else timing
