"""Search: what is written is found by its words, whatever their order, case, accents and thousands marks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.evidence.find import find, propose, same_text, words_of
from samenspel.evidence.reader import read_atlas

ATLAS = read_atlas()
QUESTIONS = sorted(ATLAS.questions)
CLAIMS = sorted(ATLAS.claims)


def ids(text):
    return [hit.id for hit in find(ATLAS, text)]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("name", QUESTIONS[::6])
def test_a_question_is_found_by_its_own_text(name, language):
    text = getattr(ATLAS.questions[name], language)
    assert same_text(ATLAS, text) == same_text(ATLAS, text.upper().rstrip("?")) is not None
    assert name in ids(text)[:3]


@given(st.sampled_from(CLAIMS), st.sampled_from(["en", "nl"]), st.randoms(use_true_random=False))
def test_a_claim_is_found_by_beginnings_of_its_words_in_any_order(name, language, random):
    words = words_of(getattr(ATLAS.claims[name], language))
    chosen = random.sample(words, min(3, len(words)))
    begun = " ".join(word[: max(3, len(word) - 2)] for word in chosen)
    assert name in ids(begun)


@given(st.text(max_size=20))
def test_words_have_no_case_no_accents_and_no_marks(text):
    words = words_of(text)
    assert words == words_of(unicodedata.normalize("NFC", text)) == words_of(" ".join(words))
    assert all(word.isalnum() for word in words)


@pytest.mark.parametrize("printed", ["340000", "340,000", "340.000", "340 000"])
def test_a_number_is_one_word_however_it_is_printed(printed):
    assert words_of(f"about {printed} people") == ["about", "340000", "people"]


def test_order_and_share():
    hits = find(ATLAS, "sleep pain inflammation")
    assert [hit.share for hit in hits] == sorted((hit.share for hit in hits), reverse=True)
    assert all(0.5 < hit.share <= 1 for hit in hits)


@pytest.mark.parametrize("text", ["", "?!", "qxzzy", "—"])
def test_nothing_is_found_for_nothing(text):
    assert find(ATLAS, text) == []


@pytest.mark.parametrize(
    ("text", "kinds", "word"),
    [("prevalence", ("source", "claim"), "prevalence"), ("kosten", ("quantity",), "costs"), ("cure", ("claim",), "cure")],
)
def test_an_error_proposes_by_words_and_not_by_spelling_alone(text, kinds, word):
    said = propose(ATLAS, text, list(ATLAS.quantities), kinds)
    assert f"evidence find {text}" in said
    assert "Found by its words: " in said
    assert word in said
