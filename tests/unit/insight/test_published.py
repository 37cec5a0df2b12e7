"""Block 1 says of contradictions what `samenspel evidence conflicts` says, and nothing else."""

from samenspel.composition.values import shipped
from samenspel.evidence.conflicts import conflicts
from samenspel.evidence.grade import Grading
from samenspel.insight.published import published
from samenspel.population.worlds import Worlds

ATLAS = shipped()
STUDY = ATLAS.scenarios["aerobic-12-weeks"]


def rows(removed=frozenset()):
    return published(ATLAS, Grading(ATLAS, removed), STUDY, Worlds((), {}, {}))


def test_the_rows_disagree_as_the_evidence_does():
    told = {frozenset((r["claim"], o)): how for r in rows() for o, how in r["disagree"].items()}
    found = {frozenset((c.first, c.second)): c.kind for c in conflicts(ATLAS) if {c.first, c.second} <= set(STUDY.claims)}
    assert told == found
    assert found


def test_both_sides_name_each_other():
    table = {r["claim"]: r for r in rows()}
    assert all(claim in table[o]["contradicts"] for claim, r in table.items() for o in r["contradicts"])


def test_a_claim_taken_away_contradicts_nobody():
    removed = frozenset({"busch-2007.aerobic-exercise.pain-2007"})
    assert all(not removed & set(r["contradicts"]) for r in rows(removed))
