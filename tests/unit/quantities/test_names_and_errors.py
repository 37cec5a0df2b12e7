"""Errors say where, what, the nearest right answer and the cure, in one paragraph, from any process."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.quantities import SamenspelError, UnitMismatch, hint, nearest, unknown

words = st.text("abcdefghij-.", min_size=4, max_size=20)


@given(words, st.lists(words, max_size=8))
def test_a_name_that_exists_is_its_own_nearest(name: str, others: list[str]) -> None:
    assert nearest(name, [*others, name])[0] == name


@given(words, st.integers(0, 19), st.sampled_from("abcxyz"))
def test_one_mistyped_letter_is_forgiven(name: str, place: int, letter: str) -> None:
    typed = name[: place % len(name)] + letter + name[place % len(name) + 1 :]
    assert name in nearest(typed, ["sleep.debt", name, "muscle.tension"])


@given(words, st.lists(words, max_size=8), st.integers(1, 4))
def test_nearest_are_few_known_and_different(name: str, known: list[str], count: int) -> None:
    found = nearest(name, known, count)
    assert len(found) == len(set(found)) <= count
    assert set(found) <= set(known)


def test_capitals_are_forgiven() -> None:
    assert nearest("FIQR", ["fiq", "fiqr"])[0] == "fiqr"


def test_the_standard_sentence() -> None:
    known = ["example-2020.sleep-loss.inhibition", "other-2021.pain.sleep"]
    assert unknown("claim", "example-2020.sleep-los.inhibition", known[:1]) == (
        "no claim 'example-2020.sleep-los.inhibition'. Nearest: example-2020.sleep-loss.inhibition."
    )
    assert unknown("claim", "zzz", known, "couplings/sleep.toml") == (
        f"no claim 'zzz' in couplings/sleep.toml. Known: {', '.join(known)}."
    )
    assert unknown("seat", "q", "abcdefg") == "no seat 'q'. Known: a, b, c, d, e and 2 more."
    assert unknown("claim", "x", []) == "no claim 'x'. There is no claim at all."


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "wrong."), ({"cure": "Mend it."}, "wrong. Mend it."), ({"file": "a.toml"}, "a.toml: wrong."),
        ({"file": "a.toml", "line": 3, "cure": "Mend\nit."}, "a.toml, line 3: wrong. Mend it."),
        ({"line": 3}, "wrong."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [SamenspelError, UnitMismatch])
def test_an_error_is_one_paragraph_and_survives_a_copy(kind: type[SamenspelError], fields, text: str) -> None:
    error = kind("wrong.", **fields)
    again = copy.copy(error)  # the same protocol that carries an error out of a worker process
    for e in (error, again):
        assert type(e) is kind
        assert str(e) == text
        assert (e.message, e.file, e.line, e.cure) == (
            "wrong.", fields.get("file"), fields.get("line"), fields.get("cure"),
        )  # fmt: skip


@pytest.mark.parametrize(("name", "said"), [("sleap", " Nearest: sleep."), ("qqq", ""), ("sleep", " Nearest: sleeps.")])
def test_a_hint_offers_what_is_near_and_never_the_name_itself(name: str, said: str) -> None:
    known = ["sleep", "bones"] if name != "sleep" else ["sleep", "sleeps"]
    assert hint(name, known) == said
