"""The fact language: everything it can say is read back unchanged, and nothing else gets in."""

from __future__ import annotations

import contextlib
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from samenspel.evidence.facts_grammar import (
    MAX_DEPTH,
    And,
    Comparison,
    Condition,
    Contrast,
    FactGrammarError,
    Flag,
    Not,
    Or,
    Percentile,
    as_text,
    names_in,
    parse_contrast,
    parse_population,
)

KEYWORDS = {"and", "or", "not", "vs"}


def _is_word(text: str) -> bool:
    return text not in KEYWORDS


WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True).filter(_is_word)
VALUE_WORDS = WORDS.filter(lambda word: not (word[0] == "p" and word[1:].isdigit()))
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6).map(float),
    st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: x == 0.0 or abs(x) > 1e-6),
)
COMPARISONS = st.one_of(
    st.builds(Comparison, WORDS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), NUMBERS),
    st.builds(Comparison, WORDS, st.sampled_from([">=", "<", "=="]), st.builds(Percentile, st.integers(0, 99))),
    st.builds(Comparison, WORDS, st.sampled_from(["==", "!="]), VALUE_WORDS),
)


def _several(part: st.SearchStrategy[Condition]) -> st.SearchStrategy[tuple[Condition, ...]]:
    # "a and (b and c)" and "a and b and c" are different trees; both are kept apart by brackets
    return st.lists(part, min_size=2, max_size=3).map(tuple)


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(st.builds(Flag, WORDS), COMPARISONS),
    lambda part: st.one_of(
        st.builds(Not, part), st.builds(And, _several(part)), st.builds(Or, _several(part))
    ),
    max_leaves=12,
)


@given(CONDITIONS)
def test_a_condition_survives_writing_and_reading(tree: Condition) -> None:
    assert parse_population(as_text(tree)) == tree


@given(CONDITIONS, CONDITIONS)
def test_a_contrast_survives_writing_and_reading(left: Condition, right: Condition) -> None:
    tree = Contrast(left, right)
    assert parse_contrast(as_text(tree)) == tree
    assert names_in(tree) == names_in(left) | names_in(right)


@given(st.text(max_size=200))
@example("__import__('os').system('true')")
@example("pain_nrs.__class__")
@example("a if b else c")
@example("lambda x: x")
@example("[x for x in y]")
@example("a == 1 ; b")
@example("9" * 400)
@example("a == " + "9" * 400)
@example("a\x00b")
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for parse in (parse_population, parse_contrast):
        with contextlib.suppress(FactGrammarError):  # any other exception is a counter-example
            tree = parse(text)
            assert parse(as_text(tree)) == tree


@given(st.text(alphabet="()andornotvs <>=!_p0123456789.", max_size=120))
def test_texts_near_the_language_are_read_or_refused_in_words(text: str) -> None:
    for parse in (parse_population, parse_contrast):
        try:
            tree = parse(text)
        except FactGrammarError:
            continue
        assert parse(as_text(tree)) == tree


@given(st.lists(WORDS, min_size=3, max_size=3))
def test_and_binds_tighter_than_or(words: list[str]) -> None:
    a, b, c = words
    assert parse_population(f"{a} or {b} and {c}") == Or((Flag(a), And((Flag(b), Flag(c)))))
    assert parse_population(f"({a} or {b}) and {c}") == And((Or((Flag(a), Flag(b))), Flag(c)))
    assert parse_population(f"not {a} and {b}") == And((Not(Flag(a)), Flag(b)))


@pytest.mark.parametrize("count", [MAX_DEPTH + 1, 10_000, 100_000])
@pytest.mark.parametrize("opening", ["(", "not "])
def test_deep_nesting_is_a_clear_error(count: int, opening: str) -> None:
    with pytest.raises(FactGrammarError, match=f"deeper than {MAX_DEPTH}"):
        parse_population(opening * count + "a" + ")" * (count if opening == "(" else 0))


def test_nesting_up_to_the_limit_is_allowed() -> None:
    assert parse_population("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == Flag("a")


def test_a_long_flat_condition_is_no_nesting() -> None:
    tree = parse_population(" and ".join(["a"] * 5000))
    assert isinstance(tree, And)
    assert len(tree.parts) == 5000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected"),
        ("pain_nrs.mean", "ttributes"),
        ("len(pain_nrs)", "calls"),
        ("exec (a)", "calls"),
        ("pain_nrs + 1 > 4", "rithmetic"),
        ("a = 1", "Write =="),
        ("a && b", "Write and"),
        ("a[0]", "ndices"),
        ("sex == 'female'", "quotation"),
        ("age > female", "no order"),
        ("(a", r"Write \)|write \)|closed"),
        ("a)", "one condition"),
        ("a b", "one condition"),
        ("a vs b", "one condition"),
        ("1 < a < 2", "expected"),
        ("a == 1e5", "found '1"),
        ("a == 1.5.2", "found '1"),
        ("Pain", "lower case"),
        ("and", "expected"),
    ],
)
def test_what_is_outside_the_language_is_refused_with_a_cure(text: str, message: str) -> None:
    with pytest.raises(FactGrammarError, match=message):
        parse_population(text)


@pytest.mark.parametrize("text", ["a", "a vs", "vs a", "a vs b vs c", "(a vs b)"])
def test_a_contrast_has_exactly_two_groups(text: str) -> None:
    with pytest.raises(FactGrammarError):
        parse_contrast(text)


def test_values_are_not_measures() -> None:
    assert names_in(parse_population("sex == female and crp >= p75 and age > 45")) == {"sex", "crp", "age"}


def test_letters_outside_ascii_are_refused() -> None:
    for letter in "éß\N{GREEK SMALL LETTER ALPHA}\N{FULLWIDTH LATIN SMALL LETTER A}\N{ARABIC-INDIC DIGIT ONE}":
        with pytest.raises(FactGrammarError):
            parse_population(letter)
    assert parse_population(string.ascii_lowercase) == Flag(string.ascii_lowercase)
