"""Whether two claims disagree, and how, told from their fields alone.

Two claims disagree in sign (raises, lowers), in whether there is a link at all, in intervals of one metric that do not
touch, in causal status (cause, consequence), as a clear statement against one that calls the findings mixed, or as a
cause against a cause that is not established. What somebody tells of their own stands beside findings over people: both
can hold, so that is a kind of its own.
"""

from __future__ import annotations

from typing import Literal

from samenspel.evidence.grade import Grading
from samenspel.evidence.kinship import covers, root
from samenspel.evidence.schema import RATIOS, Claim

Kind = Literal[
    "opposite", "intervals", "link-or-none", "causal", "cause-or-open", "remark", "clear-or-mixed", "told-or-found"
]
RAISES = frozenset({"increases", "higher-in", "enables"})
LOWERS = frozenset({"decreases", "lower-in", "blocks"})
NONE = frozenset({"no-difference"})
MIXED = frozenset({"inconsistent"})
#: say that there is a link, without a direction
LINKS = frozenset({"associated", "changes", "differs", "causes", "precedes"})
#: say that something is not as it was, which findings in both directions say too
CHANGED = frozenset({"changes"})
SYMMETRIC = frozenset({"associated", "differs", "no-difference", "inconsistent"})
#: say that two things go together, not that one follows the other
BESIDE = frozenset({"associated", "differs", "higher-in", "lower-in"})
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
#: levels at which one thing was seen to follow the other
ORDERED = frozenset({"3", "4", "5", "T"})


def disagree(grading: Grading, one: Claim, other: Claim) -> Kind | None:
    """How two claims about the same two things disagree; none where both can be said in one breath."""
    atlas = grading.atlas
    if _one_passage(grading, one, other):
        return None
    turned = root(atlas, one.subject) != root(atlas, other.subject)
    if turned and not (one.relation in SYMMETRIC and other.relation in SYMMETRIC):
        return None
    told = (is_told(grading, one), is_told(grading, other))
    a, b = sign(one), sign(other)
    if "causal-status" in (one.kind, other.kind):
        a = b = None  # says what a link means, not which way it goes
    opposite = a is not None and b is not None and a * b < 0
    none = (a == 0 and is_link(other)) or (b == 0 and is_link(one))
    if any(told):
        return _of_the_told(grading, one, other, all(told)) if opposite or none else None
    if opposite:
        return "opposite"
    within = atlas.source_of[one.id] == atlas.source_of[other.id]
    if not turned and not within and _apart(one, other):  # one source prints several contrasts of its own
        return "intervals"
    studied = one.kind in STUDIED and other.kind in STUDIED
    studied = studied and (one.kind == "time-course") == (other.kind == "time-course")  # how long is another question
    if studied and none and not _another_question(grading, one, other):
        return "link-or-none"
    if not turned and {one.causal, other.causal} in ({"cause", "consequence"}, {"cause", "marker"}):
        return "causal"
    mixed = (one.relation in MIXED) + (other.relation in MIXED)
    clear = other if one.relation in MIXED else one
    if studied and mixed == 1 and is_link(clear) and clear.relation not in CHANGED:
        return "clear-or-mixed"
    return None


def leaves_open(claim: Claim) -> bool:
    """Whether a claim says that a cause is not established."""
    return claim.kind == "causal-status" and claim.relation == "causes" and claim.causal == "open"


def is_denied_by(grading: Grading, claim: Claim, status: Claim) -> bool:
    """Whether `claim` says in so many words that something is a cause, where `status` leaves exactly that open.

    The status may speak of a collective: what it says of none of the proposed mechanisms it says of each.
    """
    if claim.relation != "causes" or claim.causal != "cause" or claim.object is None or status.object is None:
        return False
    atlas = grading.atlas
    return covers(atlas, status.subject, claim.subject) and root(atlas, status.object) == root(atlas, claim.object)


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
        if effect.metric in RATIOS:
            return (effect.value > 1) - (effect.value < 1)
    return None


def is_link(claim: Claim) -> bool:
    """Whether a claim says that there is a link, of whatever direction."""
    return claim.relation in RAISES or claim.relation in LOWERS or claim.relation in LINKS


def is_told(grading: Grading, claim: Claim) -> bool:
    """Whether a claim is told from experience: testimony, or an account of one person."""
    design = grading.atlas.design_of(claim)
    return claim.kind == "testimony" or design in ("testimony", "case") or "single-case" in claim.limits


def _of_the_told(grading: Grading, one: Claim, other: Claim, both: bool) -> Kind | None:
    """How something told disagrees: speakers with each other over people in general, an account with a finding."""
    if not both:
        found = other if is_told(grading, one) else one
        return "told-or-found" if found.kind in STUDIED else None
    if "single-case" in one.limits or "single-case" in other.limits or one.speaker == other.speaker:
        return None  # two accounts are of two people; one speaker says both
    signs = {sign(one), sign(other)}
    return "opposite" if signs == {1, -1} else "link-or-none"


def _one_passage(grading: Grading, one: Claim, other: Claim) -> bool:
    """Whether one source says both at one place: then it means some and others, or first and next."""
    return grading.atlas.source_of[one.id] == grading.atlas.source_of[other.id] and one.locator == other.locator


def _another_question(grading: Grading, one: Claim, other: Claim) -> bool:
    """Whether one looked for what follows and found nothing, and the other says only what goes together."""
    none, link = (one, other) if sign(one) == 0 else (other, one)
    beside = link.relation in BESIDE and link.kind in ("association", "difference", "prevalence")
    return grading.level(none.id) in ORDERED and beside and grading.level(link.id) not in ORDERED


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
