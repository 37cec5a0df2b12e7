"""Both languages say the same things, in words that the rules allow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.evidence.wording import program_sentence
from samenspel.views.catalogue import LANGUAGES, Catalogue, sentences

PLACE = re.compile(r"\{(\w+)(?::[^}]*)?\}")


def test_both_languages_hold_the_same_keys():
    assert set(sentences("en")) == set(sentences("nl"))


@pytest.mark.parametrize("key", sorted(sentences("en")))
def test_both_languages_fill_in_the_same_values(key):
    assert set(PLACE.findall(sentences("en")[key])) == set(PLACE.findall(sentences("nl")[key]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_breaks_the_wording_rules(language):
    broken = {key: wrong for key, text in sentences(language).items() if (wrong := program_sentence(text, language))}
    assert broken == {}


def test_sentences_with_words_of_their_own_are_not_left_untranslated():
    bare = {k: PLACE.sub("", text) for k, text in sentences("en").items()}
    assert [k for k, text in bare.items() if len(text) > 25 and sentences("nl")[k] == sentences("en")[k]] == []


@pytest.mark.parametrize("language", LANGUAGES)
@given(n=st.integers(0, 200))
def test_one_world_and_many_worlds(language, n):
    said = Catalogue(language).say("learned.prior", counts="", beyond=0, all=n).rstrip(".").split()
    one, many = {"en": ("world", "worlds"), "nl": ("wereld", "werelden")}[language]
    assert said[-2:] == [str(n), one if n == 1 else many]


@given(st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6))
def test_a_number_is_said_within_half_a_unit_of_its_second_digit(value):
    said = Catalogue("en").number(value)
    back = float(said.replace("\u2212", "-"))
    assert abs(back - value) <= 0.051 * abs(value)
    assert Catalogue("nl").number(value) == said.replace(".", ",")


@pytest.mark.parametrize(("value", "said"), [(1.0, "1.0"), (0.096, "0.096"), (-12.34, "\u221212"), (None, "–"), (0.0, "0")])
def test_two_digits(value, said):
    assert Catalogue("en").number(value) == said


@given(st.lists(st.floats(-1e5, 1e5), min_size=2, max_size=4).filter(lambda v: max(map(abs, v)) > 1e-6))
def test_numbers_of_one_interval_share_their_decimals(values):
    said = Catalogue("en").together(*values)
    assert len({len(s.partition(".")[2]) for s in said}) == 1
    back = [float(s.replace("\u2212", "-")) for s in said]
    largest = max(map(abs, values))
    assert all(abs(b - v) <= 0.051 * largest for b, v in zip(back, values, strict=True))
    assert not any(re.fullmatch("\u22120\\.?0*", s) for s in said)
