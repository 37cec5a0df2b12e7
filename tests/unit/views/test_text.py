"""The answer as text: seven blocks in order, published first, and nothing simulated for patients."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samenspel.studies.answer import Answer
from samenspel.views.blocks import blocks
from samenspel.views.catalogue import LANGUAGES, of
from samenspel.views.patients import patients_json, without_simulation
from samenspel.views.text import as_text
from views.answer_fixture import answer, routes

HEADINGS = {
    "en": ("PUBLISHED", "ASSUMPTIONS", "BUILT IN OR LEARNED", "ROUTES", "RIVALS", "RESTS ON", "PURPOSE"),
    "nl": ("GEPUBLICEERD", "AANNAMES", "INGEBOUWD OF GELEERD", "ROUTES", "RIVALEN", "RUST OP", "DOEL"),
}
SIMULATED = ("assumptions", "built_in_or_learned", "routes", "rivals")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", ["researchers", "patients"])
def test_seven_blocks_in_their_order(language, reader):
    text = as_text(answer(), language, reader)
    places = [re.search(rf"^{n}\. {word}", text, re.MULTILINE).start() for n, word in enumerate(HEADINGS[language], 1)]
    assert places == sorted(places)
    assert text.index("aerobe training" if language == "nl" else "aerobic exercise") < places[0]


def test_headline_is_a_direction_with_its_label_and_status():
    text = as_text(answer())
    assert "less pain in 39 of 61 worlds" in " ".join(text.split())
    assert " ".join(text.split()).count("less pain in 39 of 61 worlds, more in 12, no change in 10") == 2
    assert "Less pain in 39 of 61 worlds, more in 12, no change in 10" in " ".join(text.split())
    assert "Label: DEPENDS ON what-carries-exercise" in text
    assert "NOT CALIBRATED" in next(line for line in text.splitlines() if "ASSUMPTIONS" in line)


def test_headline_says_more_where_higher_is_better():
    changed = _changed(answer(), lambda d: d["assumptions"]["headline"].update(better=1.0))
    assert "more pain in 39 of 61 worlds" in " ".join(as_text(changed).split())


def test_contradictions_stand_before_the_results():
    text = as_text(answer())
    assert text.index("contradict each other") < text.index("[1] In an invented review")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_stand_as_their_source_prints_them(language):
    text = " ".join(as_text(answer(), language).split())
    assert ("−1.02 (−1.50 to −0.54)" if language == "en" else "−1,02 (−1,50 tot −0,54)") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_of_a_whole_review_are_not_those_of_an_effect(language):
    text = " ".join(as_text(answer(), language).split())
    assert ("from a review of 30 studies" if language == "en" else "uit een overzicht van 30 studies") in text
    assert "2,100" not in text
    assert "2.100" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_stands_at_its_claim_and_is_named_where_it_contradicts_another(language):
    text = " ".join(as_text(answer(), language).split())
    assert "The curve is the authors' own." in text
    assert ("see the remark at [3]" if language == "en" else "zie de opmerking bij [3]") in text


def test_routes_that_cannot_be_ranked_are_a_list_without_sizes():
    said = " ".join(as_text(answer()).split())
    assert "cannot be ranked: no fact in the atlas tells these routes apart" in said
    assert "Tier 1" not in said
    ranked = _changed(answer(), lambda d: d.update(routes=routes(ranked=True)))
    assert "cannot be ranked" not in as_text(ranked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interval_without_width_says_why(language):
    def flatten(worlds: int) -> str:
        def change(d: dict[str, Any]) -> None:
            d["assumptions"]["headline"]["worlds"] = worlds
            for row in d["assumptions"]["per_hundred"]["arms"]["aerobic"].values():
                row.update(low=row["middle"], high=row["middle"])

        return " ".join(as_text(_changed(answer(), change), language).split())

    alike, one = {"en": ("(worlds alike)", "(one world)"), "nl": ("(werelden gelijk)", "(één wereld)")}[language]
    assert alike in flatten(61)
    assert one in flatten(1)
    assert not re.search(r"\((−?\d[\d.,]*) (?:to|tot) \1\)", flatten(61) + flatten(1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_told_by_the_worlds_that_were_tried_under_every_answer(language):
    """Numbers of worlds that only drew an answer stand where nothing was tried in the same worlds."""
    shown = as_text(answer(), language)
    other = _changed(answer(), lambda d: d["rivals"]["hypotheses"][0]["options"][0].update(effect=7.7, benefit_worlds=2))
    assert as_text(other, language) == shown
    moved = _changed(answer(), lambda d: d["rivals"]["hypotheses"][0]["contrast"]["options"][0].update(effect=7.7))
    assert as_text(moved, language) != shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_about_persons_gives_people_and_no_effect(language):
    h = next(h for h in answer().rivals() if h["scope"] == "person")
    text = as_text(answer(), language)
    part = text[text.index(h["question"][language][:40]) :]
    assert ("Of 100 people: 31 (3 to 78)" if language == "en" else "Van de 100 mensen: 31 (3 tot 78)") in part


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_stand_by_the_system_they_start_from(language):
    """By level, links from mind and behaviour could stand on top by themselves."""
    rest = next(b for b in blocks(answer(), of(language)) if b.id == "rests-on")
    table = next(i for i in rest.items if i.kind == "table" and i.folded and len(i.columns) > 2)
    starts = [row[1] for row in table.rows]
    assert starts == sorted(starts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_system_of_the_atlas_is_called_by_its_own_name(language):
    name = answer().blocks["rests_on"]["systems"]["muscle"][language]
    routed = next(b for b in blocks(answer(), of(language)) if b.id == "routes")
    assert any(name in entry.text for item in routed.items if item.kind == "list" for entry in item.entries)


def test_text_keeps_to_its_width_and_leaves_no_blanks():
    lines = as_text(answer(), width=90).splitlines()
    assert max(len(line) for line in lines) <= 90
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=8)
@given(factor=st.floats(-7, 7), shift=st.integers(1, 60))
def test_no_simulated_number_reaches_patients(language, factor, shift):
    """Two runs that differ in every simulated number look the same to patients."""
    other = _perturbed(answer(), factor, shift)
    assert as_text(other, language, "patients") == as_text(answer(), language, "patients")
    assert patients_json(other) == patients_json(answer())


def test_patients_json_is_one_document_that_says_what_is_hidden():
    document = json.loads(patients_json(answer()))
    assert document["schema"] == 1
    assert document["simulated"] == "hidden"
    assert "headline" not in document["assumptions"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_read_back_is_said_in_the_same_words(language):
    assert as_text(Answer.from_json(answer().to_json()), language) == as_text(answer(), language)


@pytest.mark.parametrize("name", ["BUILT IN", "ROBUST", "DEPENDS ON", "CANNOT TELL"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_has_its_words(name, language):
    changed = _changed(answer(), lambda d: d["built_in_or_learned"].update(label=name, hypothesis=None))
    for shown in (changed, without_simulation(changed)):
        assert len(blocks(shown, of(language))) == 8


def test_calibrated_answers_say_on_how_many_facts():
    a = answer()
    calibrated = Answer(a.scenario, "CALIBRATED ON 412 FACTS", a.key, a.blocks, a.trajectories, a.version)
    assert "CALIBRATED ON 412 FACTS" in as_text(calibrated)
    assert "NOT CALIBRATED" not in as_text(calibrated)
    assert "GEKALIBREERD OP 412 FEITEN" in as_text(calibrated, "nl")


def _changed(a: Answer, change: Any) -> Answer:
    document = json.loads(a.to_json())
    change(document)
    return Answer.from_json(json.dumps(document))


def _perturbed(a: Answer, factor: float, shift: int) -> Answer:
    def other(value: Any) -> Any:
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return value
        if isinstance(value, int):
            return value + shift
        if isinstance(value, float):
            return value * factor + shift
        if isinstance(value, list):
            return [other(v) for v in value]
        return {k: other(v) for k, v in value.items()}

    def change(document: dict[str, Any]) -> None:
        for name in (*SIMULATED, "trajectories"):
            document[name] = other(document[name])

    return _changed(a, change)
