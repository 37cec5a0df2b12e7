"""A content key says everything that made a thing, and nothing about how it was written down."""

from __future__ import annotations

import hashlib
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.quantities import SamenspelError
from samenspel.store import key

leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
plain = st.recursive(leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4))
tables = st.dictionaries(st.text(), plain, max_size=5)


@given(tables)
def test_the_order_of_names_does_not_matter(table: dict[str, object]) -> None:
    assert key(table) == key(dict(reversed(table.items())))


@given(tables)
def test_reading_the_canonical_text_back_gives_the_same_key(table: dict[str, object]) -> None:
    assert key(json.loads(json.dumps(table))) == key(table)


@given(tables, tables)
def test_different_content_has_different_keys(one: dict[str, object], two: dict[str, object]) -> None:
    canonical = [json.dumps(t, sort_keys=True) for t in (one, two)]
    assert (key(one) == key(two)) == (canonical[0] == canonical[1])


def test_numbers_texts_and_truth_values_are_told_apart() -> None:
    assert len({key({"a": v}) for v in (1, 1.0, "1", True, None, [1], {"1": 1}, math.nextafter(1.0, 2))}) == 8


def test_the_key_is_the_digest_of_the_canonical_text() -> None:
    assert key({"b": [1, 0.1], "a": "é"}) == hashlib.sha256(b'{"a":"\\u00e9","b":[1,0.1]}').hexdigest()


def test_numpy_floats_count_as_the_numbers_they_are() -> None:
    assert key({"a": np.float64(0.1)}) == key({"a": 0.1})


@pytest.mark.parametrize("odd", [math.nan, math.inf, {1}, b"x", np.zeros(2), np.float32(1), object(), {1: "a"}])
def test_what_json_cannot_say_is_refused_by_its_place(odd: object) -> None:
    with pytest.raises(SamenspelError, match=r"content\.people\[1\]"):
        key({"people": [0, odd]})
