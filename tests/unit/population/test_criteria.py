"""Criteria against truth tables written from their printed rules, and against the rules of the atlas's measures."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition.values import shipped
from samenspel.evidence.facts_grammar import parse_population
from samenspel.population.condition import holds
from samenspel.population.criteria import (
    acr_1990,
    acr_2010,
    acr_2011,
    acr_2016,
    generalised_pain,
    polysymptomatic_distress,
    widespread_1990,
)
from samenspel.quantities.errors import SamenspelError

LONG, SHORT = 90, 89
# index, severity, met under 2010/2011, met under 2016 (with generalised pain): every corner of both rules
CORNERS = [
    (7, 5, True, True), (7, 4, False, False), (19, 5, True, True), (19, 12, True, True), (19, 4, False, False),
    (6, 9, True, True), (6, 8, False, False), (6, 5, False, False), (4, 9, True, True), (4, 8, False, False),
    (3, 9, True, False), (3, 12, True, False), (3, 8, False, False), (2, 12, False, False), (2, 9, False, False),
    (0, 12, False, False), (0, 0, False, False), (7, 0, False, False),
]  # fmt: skip
PEOPLE = st.tuples(st.integers(0, 19), st.integers(0, 12), st.integers(0, 5), st.integers(0, 400))


@pytest.mark.parametrize(("wpi", "sss", "in_2010", "in_2016"), CORNERS)
def test_scores_at_every_corner(wpi, sss, in_2010, in_2016):
    assert acr_2010(wpi, sss, LONG) == in_2010
    assert acr_2011(wpi, sss, LONG) == in_2010
    assert acr_2016(wpi, sss, 5, LONG) == in_2016


@pytest.mark.parametrize("regions", range(6))
@pytest.mark.parametrize("days", [0, SHORT, LONG, 4000])
def test_2016_asks_four_of_five_regions_and_three_months(regions, days):
    assert acr_2016(12, 8, regions, days) == (regions in (4, 5) and days >= 90)
    assert acr_2011(12, 8, days) == (days >= 90)
    assert generalised_pain(regions) == (regions in (4, 5))


def test_another_explanation_excludes_under_2010_only():
    assert not acr_2010(10, 8, LONG, explained_otherwise=True)
    assert acr_2011(10, 8, LONG)
    assert acr_2016(10, 8, 4, LONG)


def test_widespread_of_1990_needs_all_five_places():
    for places in itertools.product((False, True), repeat=5):
        assert widespread_1990(*places) == all(places)


@pytest.mark.parametrize(("tender", "wide", "days", "met"), [
    (11, True, 90, True), (10, True, 90, False), (18, True, 90, True), (11, False, 90, False), (11, True, 89, False),
    (0, True, 4000, False),
])  # fmt: skip
def test_1990_needs_eleven_points_widespread_pain_and_three_months(tender, wide, days, met):
    assert acr_1990(wide, tender, days) == met


def test_a_group_is_judged_person_by_person():
    wpi, sss = np.array([7, 3, 3, 19]), np.array([5, 9, 8, 12])
    np.testing.assert_array_equal(acr_2011(wpi, sss, LONG), [True, True, False, True])
    np.testing.assert_array_equal(acr_2016(wpi, sss, np.array([4, 5, 5, 3]), LONG), [True, False, False, False])
    np.testing.assert_array_equal(polysymptomatic_distress(wpi, sss), [12, 12, 11, 31])


@given(PEOPLE, PEOPLE)
def test_more_of_everything_keeps_2016_met(one, other):
    """The rule never punishes more pain: a person at least as high on every score meets it too."""
    higher = tuple(max(a, b) for a, b in zip(one, other, strict=True))
    wpi, sss, regions, days = one
    if acr_2016(wpi, sss, regions, days):
        assert acr_2016(*higher)


@given(PEOPLE)
def test_2016_is_stricter_than_2011(person):
    wpi, sss, regions, days = person
    assert not acr_2016(wpi, sss, regions, days) or acr_2011(wpi, sss, days)
    if acr_2016(wpi, sss, regions, days):
        assert polysymptomatic_distress(wpi, sss) >= 12


def test_the_rules_of_the_atlas_say_the_same():
    """The measures fm2016, fm2010 and fm1990, read from text, agree with these functions on the whole grid."""
    wpi, sss, regions, days, tender = (
        a.ravel().astype(float) for a in np.meshgrid(range(20), range(13), range(6), (0, 89, 90, 365), (10, 11), indexing="ij")
    )
    values = {"wpi": wpi, "sss": sss, "regions": regions, "duration_days": days, "tender_points": tender}
    rules = {m.id: m.rule for m in shipped().measures.values() if m.rule is not None}
    np.testing.assert_array_equal(holds(parse_population(rules["fm2016"]), values), acr_2016(wpi, sss, regions, days))
    np.testing.assert_array_equal(holds(parse_population(rules["fm2010"]), values), acr_2011(wpi, sss, days))
    if "fm1990" in rules:
        expected = acr_1990(generalised_pain(regions), tender, days)
        np.testing.assert_array_equal(holds(parse_population(rules["fm1990"]), values), expected)


@pytest.mark.parametrize("call", [
    lambda: acr_2016(20, 5, 4, 90), lambda: acr_2016(7, 13, 4, 90), lambda: acr_2016(7, 5, 6, 90),
    lambda: acr_2011(-1, 5, 90), lambda: acr_2011(7, float("nan"), 90), lambda: acr_1990(True, 19, 90),
    lambda: acr_2011(7, 5, -1),
])  # fmt: skip
def test_values_off_the_scale_are_refused(call):
    with pytest.raises(SamenspelError, match="lies outside 0 to"):
        call()
