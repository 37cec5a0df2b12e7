"""Rivals: those whose answers part most in the same worlds come first, and questions about persons say for how many people."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.evidence.reader import read_atlas
from samenspel.evidence.schema_model import Hypothesis
from samenspel.insight.rivals import with_paired
from samenspel.insight.run import run

POND = Path(__file__).parents[2] / "data" / "toy-atlas"
ABOUT_FROGS = Hypothesis.model_validate(
    {
        "id": "frogs",
        "scope": "person",
        "question": {"en": "Which frogs sing?", "nl": "Welke kikkers zingen?"},
        "option": ({"id": "old", "en": "Old ones.", "nl": "Oude."}, {"id": "young", "en": "Young ones.", "nl": "Jonge."}),
    }
)
GAPS = st.lists(st.one_of(st.none(), st.floats(-5, 5)), min_size=1, max_size=8)


@given(GAPS)
def test_the_widest_difference_in_the_same_worlds_comes_first_and_what_was_not_tried_last(gaps):
    rows = [{"id": str(k)} for k in range(len(gaps))]
    tried = {str(k): {"difference": {"mean": g}, "parts": {"gap_sd": 0.0}} for k, g in enumerate(gaps) if g is not None}
    found = [row["contrast"] for row in with_paired(rows, {"worlds": 8, "hypotheses": tried})["hypotheses"]]
    sizes = [abs(c["difference"]["mean"]) for c in found if c is not None]
    assert sizes == sorted(sizes, reverse=True)
    assert found == [c for c in found if c is not None] + [None] * gaps.count(None)


@pytest.fixture(scope="module")
def told():
    pond = read_atlas(POND)
    pond = dataclasses.replace(pond, hypotheses={**pond.hypotheses, "frogs": ABOUT_FROGS})
    return run(atlas=pond, worlds=4, people=8, with_routes=False, workers=1)


def test_a_question_about_persons_stands_last_and_its_answers_share_the_people(told):
    last = told.rivals()[-1]
    assert (last["id"], last["scope"], last["contrast"]) == ("frogs", "person", None)
    for option in last["options"]:
        assert 0 <= option["people"]["low"] <= option["people"]["middle"] <= option["people"]["high"] <= 100
    middles = [o["people"]["middle"] for o in last["options"]]
    assert sum(middles) == pytest.approx(100)  # two answers: what one lacks the other has


def test_worlds_of_an_answer_are_counted_once(told):
    for h in told.rivals():
        for o in (*h["options"], *(h["contrast"] or {"options": []})["options"]):
            if o["worlds"] is not None:
                assert o["benefit_worlds"] + o["worse_worlds"] + o["same_worlds"] == o["worlds"]
    drew = [sum(o["worlds"] for o in h["options"]) for h in told.rivals() if h["scope"] == "world"]
    assert np.unique(drew).tolist() == [told.blocks["assumptions"]["headline"]["worlds"]]
