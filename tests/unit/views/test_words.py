"""Phrases that blocks and figures share."""

from __future__ import annotations

import pytest

from samenspel.views.catalogue import of
from samenspel.views.words import arm, criteria, lower_first, short
from views.answer_fixture import answer


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "age at least 18 and meets the 2016 criteria on this day and pain at least 4"),
        ("nl", "leeftijd ten minste 18 en voldoet op deze dag aan de criteria van 2016 en pijn ten minste 4"),
    ],
)
def test_criteria_are_said_in_words(language, said):
    assert criteria(answer(), answer().blocks["question"]["estimand"]["population"], of(language)) == said


def test_a_word_that_no_measure_has_stays_as_it_is():
    assert criteria(answer(), "not shoe_size > 40", of("en")) == "not shoe_size more than 40"


@pytest.mark.parametrize(("name", "inside"), [("Pain", "pain"), ("WPI of ten", "WPI of ten"), ("", ""), ("X", "X"), ("HbA1c", "HbA1c")])
def test_names_inside_a_sentence(name, inside):
    assert lower_first(name) == inside


def test_short_names_drop_the_scale():
    assert short("Pain, 0 (none) to 10 (worst imaginable)") == "Pain"
    assert short("Fear of movement (z)") == "Fear of movement"


def test_the_twin_with_contact_only_is_named_after_its_arm():
    assert (
        arm(answer(), "aerobic-contact-only", of("en"))
        == "Aerobic exercise on land for twelve weeks: attention and expectation only"
    )
