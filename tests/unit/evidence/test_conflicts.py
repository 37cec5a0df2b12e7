"""Contradictions come from the fields, do not depend on order, and a synthetic opposite is found."""

import pytest

from samenspel.evidence.conflicts import conflicts
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
        ({"relation": "associated"}, {"relation": "no-difference", "kind": "testimony"}),
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
    assert set(one.differs) == {"species", "design"}
    assert one.reconcilable
    two(kitchen, {"relation": "increases"}, {"relation": "decreases"})
    (one,) = found(kitchen)
    assert (one.differs, one.reconcilable) == ((), False)


def test_order_of_files_does_not_matter(kitchen):
    texts = [claim(f"cook-2001.heat.{name}", relation=relation) for name, relation in
             (("a", "increases"), ("b", "decreases"), ("c", "no-difference"), ("d", "inconsistent"))]  # fmt: skip
    kitchen.source("cook-2001", *texts)
    before = found(kitchen)
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


def test_every_conflict_of_the_shipped_atlas_is_about_kin_and_has_two_claims(atlas):
    for one in conflicts(atlas):
        first, second = atlas.claims[one.first], atlas.claims[one.second]
        assert first.id != second.id
        assert first.relation != second.relation or one.kind in ("intervals", "causal", "opposite")
