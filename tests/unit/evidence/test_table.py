"""The door of the query: one expression, nothing outside, bounded time."""

import time
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samenspel.evidence.reader import read_atlas
from samenspel.evidence.table import one_expression, table
from samenspel.quantities.errors import SamenspelError

from .conftest import claim


@pytest.fixture
def small(kitchen):
    kitchen.source("cook-2001", claim(), claim("cook-2001.heat.lid", object="lid"))
    return read_atlas(kitchen.root)


def test_a_condition_filters(small):
    assert [row[0] for row in table(small, "object = 'lid' AND level = '2'").rows] == ["cook-2001.heat.lid"]
    assert len(table(small).rows) == 2
    assert [row["id"] for row in table(small, "id IN (SELECT max(id) FROM claims)").as_json()["rows"]]


@pytest.mark.parametrize(
    "where",
    [
        "true; DROP TABLE claims", "true) UNION SELECT * FROM claims --", "1=1) OR (1=1", "'", "(", ")", "",
            "$$x$$ = 'x'",
        "COPY claims TO 'x.csv'", "ATTACH 'x.db'", "INSTALL httpfs", "LOAD httpfs", "PRAGMA version", "SET threads = 8",
        "EXISTS (SELECT * FROM read_csv('/etc/hostname'))", "EXISTS (SELECT * FROM read_text('/etc/hostname'))",
        "EXISTS (SELECT * FROM '/etc/hostname')", "EXISTS (SELECT * FROM glob('/*'))", "nosuchcolumn = 1",
        "(" * 10_000, "(" * 101 + "true" + ")" * 101, "x" * 5_000, "true\0",
    ],
)  # fmt: skip
def test_the_door_is_shut(small, where, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SamenspelError, match="cannot filter"):
        table(small, where)
    assert len(table(small).rows) == 2


def test_endless_recursion_ends(small):
    started = time.monotonic()
    with pytest.raises(SamenspelError, match=r"longer than|Memory"):
        table(small, "0 = (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t)",
              seconds=0.5)  # fmt: skip
    assert time.monotonic() - started < 10


@given(st.text(max_size=60))
def test_what_passes_the_first_look_is_balanced_and_single(text):
    try:
        passed = one_expression(text)
    except SamenspelError:
        return
    outside, quote = "", ""
    for letter in passed:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        else:
            outside += letter
    assert quote == ""
    assert (";" not in outside and "--" not in passed.replace("'", "").replace('"', "")) or "--" not in outside
    assert outside.count("(") == outside.count(")")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["id", "=", "'x'", "(", ")", "SELECT", "FROM", "claims", "*", "AND", "OR",
    "NOT", ",", "1",
                                 "level", "LIKE", "UNION", "COPY", "TO", "read_csv", ";", "IS", "NULL"]),
                                     max_size=12))  # fmt: skip
def test_random_word_salad_never_changes_the_table(words):
    class Empty:
        sources: ClassVar = {}
        quantities: ClassVar = {}

        def pairs(self):
            return iter(())

        claims: ClassVar = {}

    try:
        result = table(Empty(), " ".join(words))
    except SamenspelError:
        return
    assert result.rows == ()
