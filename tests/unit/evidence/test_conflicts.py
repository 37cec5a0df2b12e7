"""Contradictions come from fields and remarks, do not depend on order, and a synthetic opposite is found."""

import pytest

from samenspel.evidence.conflicts import conflicts, gathered
from samenspel.evidence.grade import Grading
from samenspel.evidence.reader import read_atlas

from .conftest import claim


def found(kitchen, **more):
    return conflicts(read_atlas(kitchen.root), **more)


def two(kitchen, first, second, **design):
    kitchen.source("cook-2001", claim(**first))
    kitchen.source("brewer-2002", claim("brewer-2002.heat.steam", **second), **design)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ({"relation": "increases"}, {"relation": "decreases"}, "opposite"),
        ({"relation": "higher-in"}, {"relation": "lower-in"}, "opposite"),
        ({"relation": "increases"}, {"relation": "no-difference"}, "link-or-none"),
        ({"relation": "associated"}, {"relation": "no-difference"}, "link-or-none"),
        ({"relation": "associated"}, {"relation": "inconsistent"}, "clear-or-mixed"),
        ({"more": 'causal = "cause"'}, {"more": 'causal = "consequence"'}, "causal"),
        ({"relation": "increases"}, {"relation": "decreases", "kind": "testimony"}, "told-or-found"),
        ({"relation": "associated"}, {"relation": "no-difference", "kind": "testimony"}, "told-or-found"),
        ({"relation": "increases"}, {"relation": "decreases", "more": 'limits = ["single-case"]'}, "told-or-found"),
    ],
)
def test_kinds(kitchen, first, second, kind):
    two(kitchen, first, second)
    assert [c.kind for c in found(kitchen)] == [kind]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"relation": "increases"}, {"relation": "increases"}),
        ({"relation": "increases"}, {"relation": "associated"}),
        ({"relation": "increases"}, {"relation": "decreases", "object": "lid"}),
        ({"relation": "increases"}, {"relation": "decreases", "subject": "steam", "object": "heat"}),
        ({"relation": "no-difference"}, {"relation": "inconsistent"}),
        ({"relation": "changes"}, {"relation": "inconsistent"}),
        ({"relation": "associated"}, {"relation": "inconsistent", "kind": "testimony"}),
        ({"relation": "increases"}, {"relation": "decreases", "kind": "recommendation"}),
        ({"relation": "increases"}, {"relation": "decreases", "more": 'primary = "cook-2001.heat.steam"'}),
    ],
)
def test_what_is_no_contradiction(kitchen, first, second):
    two(kitchen, first, second)
    assert found(kitchen) == []


def test_intervals_that_do_not_touch(kitchen):
    def size(value, low, high, level=0.95):
        return {"more": f'effect = {{metric = "SMD", value = {value}, low = {low}, high = {high}, level = {level}}}'}

    two(kitchen, size(0.2, 0.1, 0.3), size(0.8, 0.7, 0.9))
    assert [c.kind for c in found(kitchen)] == ["intervals"]
    two(kitchen, size(0.2, 0.1, 0.3), size(0.8, 0.25, 0.9))
    assert found(kitchen) == []
    two(kitchen, size(0.2, 0.1, 0.3), size(0.8, 0.7, 0.9, 0.5))
    assert found(kitchen) == []


def test_kin_are_compared_and_the_kinship_is_what_differs(kitchen):
    two(kitchen, {"relation": "increases"}, {"relation": "decreases", "object": "steam-copper"})
    (one,) = found(kitchen)
    assert "matrix" in one.differs
    assert one.reconcilable


def test_what_differs_is_named(kitchen):
    two(kitchen, {"relation": "increases"}, {"relation": "decreases", "more": 'species = "animal"'}, design="animal")
    (one,) = found(kitchen)
    assert set(one.differs) == {"species", "design", "level"}
    assert one.reconcilable
    two(kitchen, {"relation": "increases"}, {"relation": "decreases", "more": 'limits = ["small", "abstract-only"]'})
    (one,) = found(kitchen)
    assert (one.differs, one.reconcilable) == (("limits",), True)
    two(kitchen, {"relation": "increases"}, {"relation": "decreases", "more": 'limits = ["abstract-only"]'})
    (one,) = found(kitchen)
    assert one.differs == ()  # how we read it is no limit of the study
    two(kitchen, {"relation": "increases"}, {"relation": "decreases"})
    (one,) = found(kitchen)
    assert (one.differs, one.reconcilable) == ((), False)


def elsewhere(text, page):
    return text.replace('locator = "page 1"', f'locator = "page {page}"')


def test_one_passage_does_not_contradict_itself_but_two_passages_may(kitchen):
    up, down = claim("cook-2001.heat.some"), claim("cook-2001.heat.others", relation="decreases")
    kitchen.source("cook-2001", up, down)
    assert found(kitchen) == []
    kitchen.source("cook-2001", up, elsewhere(down, 2))
    assert [(c.kind, c.within_source) for c in found(kitchen)] == [("opposite", True)]


def test_two_accounts_are_of_two_people_but_two_speakers_may_disagree_about_all(kitchen):
    def told(name, relation, more):
        text = claim(f"cook-2001.heat.{name}", relation=relation, kind="testimony", more=more)
        return elsewhere(text, name)

    kitchen.source("cook-2001", told("1", "increases", 'speaker = "stoking"'), told("2", "decreases", 'speaker = "lid"'))
    assert [c.kind for c in found(kitchen)] == ["opposite"]
    kitchen.source("cook-2001", told("1", "differs", 'speaker = "stoking"'), told("2", "no-difference", 'speaker = "lid"'))
    assert [c.kind for c in found(kitchen)] == ["link-or-none"]
    one, same = 'limits = ["single-case"]', 'speaker = "lid"'
    kitchen.source("cook-2001", told("1", "increases", one), told("2", "decreases", 'speaker = "stoking"'))
    assert found(kitchen) == []
    kitchen.source("cook-2001", told("1", "increases", same), told("2", "decreases", same))
    assert found(kitchen) == []


def test_an_account_is_shown_once_beside_the_highest_finding(kitchen):
    kitchen.source("cook-2001", claim(kind="testimony"))
    for name, design in (("brewer-2002", "cross-sectional"), ("maker-2003", "cohort"), ("potter-2004", "expert")):
        more = {"kind": "risk", "relation": "decreases"}
        kitchen.source(name, claim(f"{name}.heat.steam", **more), design=design)
    every = found(kitchen)
    ((one, others),) = gathered(Grading(read_atlas(kitchen.root)), every)
    assert {one.first, one.second} == {"cook-2001.heat.steam", "maker-2003.heat.steam"}
    assert others == len(every) - 1 == 2


def test_nothing_that_followed_says_nothing_against_what_goes_together(kitchen):
    def pair(**link):
        kitchen.source("cook-2001", claim(kind="risk", relation="no-difference"), design="mendelian-randomisation")
        kitchen.source("brewer-2002", claim("brewer-2002.heat.steam", **link))
        return [c.kind for c in found(kitchen)]

    assert pair(relation="associated") == []
    assert pair(relation="higher-in", kind="difference") == []
    assert pair(relation="increases", kind="mechanism") == ["link-or-none"]
    assert pair(relation="associated", kind="risk") == ["link-or-none"]


STATUS = {"kind": "causal-status", "relation": "causes", "more": 'causal = "open"'}
CAUSE = {"kind": "mechanism", "relation": "causes", "more": 'causal = "cause"'}


@pytest.mark.parametrize(
    ("status", "cause", "kinds"),
    [
        (STATUS, CAUSE, ["cause-or-open"]),
        (STATUS | {"subject": "stoking"}, CAUSE, ["cause-or-open"]),  # a collective that heat is a member of
        (STATUS | {"subject": "lid"}, CAUSE, []),
        (STATUS | {"object": "lid"}, CAUSE, []),
        (STATUS, CAUSE | {"relation": "associated"}, []),
        (STATUS | {"more": 'causal = "cause"'}, CAUSE, []),
    ],
)
def test_a_cause_stands_against_what_calls_it_not_established(kitchen, status, cause, kinds):
    kitchen.write("vocabulary/kin.toml", '[[kin]]\nnarrow = "heat"\nbroad = "stoking"\nby = "member"\n')
    two(kitchen, status, cause)
    assert [c.kind for c in found(kitchen)] == kinds


def test_members_of_a_collective_are_not_compared_with_each_other(kitchen):
    members = "".join(f'[[kin]]\nnarrow = "{word}"\nbroad = "stoking"\nby = "member"\n' for word in ("heat", "lid"))
    kitchen.write("vocabulary/kin.toml", members)
    two(kitchen, {"relation": "increases"}, {"relation": "decreases", "subject": "lid"})
    assert found(kitchen) == []


@pytest.mark.parametrize(
    ("note", "kinds"),
    [
        ("Contradicted by brewer-2002.heat.steam: it says none.", ["remark"]),
        ("No study is named; contradicted in strength by lid-2000.a.b and brewer-2002.heat.steam.", ["remark"]),
        ("At odds with what stands elsewhere (brewer-2002.heat.steam).", ["remark"]),
        ("Compare brewer-2002.heat.steam.", []),
        ("Contradicted by nobody. See brewer-2002.heat.steam.", []),
        ("Contradicted by cook-2001.heat.steam.", []),
    ],
)
def test_a_remark_that_names_a_contradiction_is_one(kitchen, note, kinds):
    two(kitchen, {"more": f'note = "{note}"'}, {"subject": "lid", "kind": "definition"})
    assert [c.kind for c in found(kitchen)] == kinds
    assert [c.kind for c in found(kitchen, about="lid")] == kinds  # found from either side
    assert found(kitchen, removed=frozenset({"brewer-2002.heat.steam"})) == []


def test_order_of_files_does_not_matter(kitchen):
    texts = [elsewhere(claim(f"cook-2001.heat.{name}", relation=relation), name) for name, relation in
             (("a", "increases"), ("b", "decreases"), ("c", "no-difference"), ("d", "inconsistent"))]  # fmt: skip
    kitchen.source("cook-2001", *texts)
    before = found(kitchen)
    assert before
    kitchen.source("cook-2001", *reversed(texts))
    assert found(kitchen) == before
    assert all(one.first < one.second for one in before)


def test_a_synthetic_opposite_is_found_for_every_kind_of_signed_statement(kitchen):
    opposite = {"increases": "decreases", "higher-in": "lower-in", "enables": "blocks"}
    for relation, other in opposite.items():
        two(kitchen, {"relation": relation}, {"relation": other})
        assert [c.kind for c in found(kitchen)] == ["opposite"]


def test_removed_claims_contradict_nothing(kitchen):
    two(kitchen, {"relation": "increases"}, {"relation": "decreases"})
    assert found(kitchen, removed=frozenset({"cook-2001.heat.steam"})) == []


def test_every_conflict_of_the_shipped_atlas_joins_two_claims_of_different_passages(atlas):
    for one in conflicts(atlas):
        first, second = atlas.claims[one.first], atlas.claims[one.second]
        same_passage = one.within_source and first.locator == second.locator
        assert one.kind == "remark" or not same_passage
        assert first.relation != second.relation or one.kind in ("intervals", "causal", "opposite", "remark", "cause-or-open")


def test_a_claim_of_recovery_is_found_against_no_treatment_that_cures(atlas):
    """The commercial document against the consumer article, as its remarks say."""
    found = [c for c in conflicts(atlas, "recovery") if c.kind == "remark"]
    sources = {frozenset((atlas.source_of[c.first], atlas.source_of[c.second])) for c in found}
    assert frozenset({"physiotherapy-practice-article", "gut-flora-article"}) in sources


def test_no_mechanism_is_established_stands_against_each_that_is_called_the_cause(atlas):
    status = "health-council-background.cause-onset.fibromyalgia"
    against = {c.first if c.second == status else c.second for c in conflicts(atlas) if status in (c.first, c.second)}
    for one in atlas.claims.values():
        member = one.subject in atlas.kin and atlas.kin[one.subject].broad == "proposed-mechanisms"
        if member and (one.relation, one.causal, one.object) == ("causes", "cause", "fibromyalgia"):
            assert one.id in against
