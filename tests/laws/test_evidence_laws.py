"""Laws of the evidence base, on the shipped atlas: taking evidence away never strengthens, and order never matters."""

import dataclasses
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samenspel.evidence.conflicts import conflicts
from samenspel.evidence.grade import Grading, higher
from samenspel.evidence.ledger import fates
from samenspel.evidence.reader import read_atlas
from samenspel.evidence.references import references

ATLAS = read_atlas()
CITED = sorted({pointer.claim for pointer in references(ATLAS) if pointer.kind == "coupling"})
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(st.sets(st.sampled_from(CITED), max_size=40), st.sets(st.sampled_from(CITED), max_size=40))
def test_taking_more_away_never_strengthens_a_coupling(some, more):
    less, least = Grading(ATLAS, frozenset(some)), Grading(ATLAS, frozenset(some | more))
    after = least.couplings()
    for name, grade in less.couplings().items():
        assert not higher(after[name].level, grade.level)
        assert after[name].exists <= grade.exists
        assert set(after[name].articles) <= set(grade.articles)


@SLOW
@given(st.sets(st.sampled_from(sorted(ATLAS.claims)), max_size=200))
def test_taking_claims_away_adds_no_contradiction_between_those_left(removed):
    before = {(c.first, c.second) for c in conflicts(ATLAS)}
    repeats = {c.id for c in ATLAS.claims.values() if c.primary in removed}  # they speak for themselves now
    for one in conflicts(ATLAS, removed=frozenset(removed)):
        assert not {one.first, one.second} & removed
        assert (one.first, one.second) in before or {one.first, one.second} & repeats


def test_the_order_of_sources_claims_and_couplings_does_not_matter():
    shuffle = random.Random(7).shuffle

    def mixed(table):
        items = list(table.items())
        shuffle(items)
        return dict(items)

    sources = {}
    for name, source in mixed(ATLAS.sources).items():
        claims = list(source.claim)
        shuffle(claims)
        sources[name] = source.model_copy(update={"claim": tuple(claims)})
    other = dataclasses.replace(
        ATLAS,
        sources=sources,
        claims=mixed(ATLAS.claims),
        couplings=mixed(ATLAS.couplings),
        quantities=mixed(ATLAS.quantities),
    )
    assert Grading(other).couplings() == Grading(ATLAS).couplings()
    assert Grading(other).levels == Grading(ATLAS).levels
    assert conflicts(other) == conflicts(ATLAS)
    assert sorted(f.claim for f in fates(other)) == sorted(f.claim for f in fates(ATLAS))


@pytest.mark.parametrize("design", ["commercial", "testimony"])
def test_what_is_only_told_about_biology_carries_no_coupling(design):
    grading = Grading(ATLAS)
    for grade in grading.couplings().values():
        for claim in grade.best:
            own = ATLAS.claims[claim].design or ATLAS.source_with(claim).design
            if own == design:
                assert grade.level == "0" or grading.level(claim) == "1"
                assert design != "commercial" or grade.articles == ()


def test_every_level_is_computed_and_a_size_needs_the_highest():
    grading = Grading(ATLAS)
    assert set(grading.levels) == set(ATLAS.claims)
    for coupling in ATLAS.couplings.values():
        if coupling.size is not None:
            assert grading.level(coupling.size) == "5"
