"""The split of the facts is a rule of their ids: nobody can choose, and nothing leaves it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.evidence.facts import read_facts
from samenspel.evidence.reader import shipped
from samenspel.evidence.split import (
    Split,
    SplitError,
    missing_from_split,
    read_split,
    refuse_shrinking,
    role_of_family,
    role_of_row,
    role_of_source,
)

IDS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True)


@given(IDS)
def test_rule_is_the_remainder_of_the_hash(identifier: str) -> None:
    number = int(hashlib.sha256(identifier.encode()).hexdigest(), 16)
    assert (role_of_source(identifier) == "check") == (number % 4 == 0)
    assert (role_of_family(identifier) == "check") == (number % 8 == 0)


@given(IDS)
def test_a_checked_family_id_is_also_a_checked_source_id(identifier: str) -> None:
    # divisible by 8 implies divisible by 4: a counter-example would mean two different hashes
    if role_of_family(identifier) == "check":
        assert role_of_source(identifier) == "check"


@given(IDS, IDS)
def test_a_row_is_checked_if_its_source_or_family_is(source: str, family: str) -> None:
    expected = role_of_source(source) == "check" or role_of_family(family) == "check"
    assert (role_of_row(source, family) == "check") == expected


def test_shares_are_near_a_quarter_and_an_eighth() -> None:
    ids = [f"study-{number}" for number in range(4000)]
    sources = sum(role_of_source(i) == "check" for i in ids) / len(ids)
    families = sum(role_of_family(i) == "check" for i in ids) / len(ids)
    assert abs(sources - 1 / 4) < 0.03  # more than four standard errors
    assert abs(families - 1 / 8) < 0.025


def _write(path: Path, sources: dict[str, str], families: dict[str, str]) -> Path:
    lines = ["[sources]", *(f'{i} = "{r}"' for i, r in sources.items())]
    lines += ["[families]", *(f'{i} = "{r}"' for i, r in families.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@given(st.sets(IDS, max_size=8), st.sets(IDS, max_size=8))
def test_what_the_rule_writes_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, sources: set[str], families: set[str]
) -> None:
    path = tmp_path_factory.mktemp("split") / "split.toml"
    by_source = {i: role_of_source(i) for i in sorted(sources)}
    by_family = {i: role_of_family(i) for i in sorted(families)}
    split = read_split(_write(path, dict(by_source), dict(by_family)))
    assert dict(split.sources) == by_source
    assert dict(split.families) == by_family


def test_a_chosen_role_is_refused_with_its_line(tmp_path: Path) -> None:
    other = "calibrate" if role_of_source("b-2001") == "check" else "check"
    path = _write(tmp_path / "split.toml", {"a-2000": role_of_source("a-2000"), "b-2001": other}, {})
    with pytest.raises(SplitError, match=r"split.toml, line 3: 'b-2001'"):
        read_split(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[sources]\n", "families"),
        (b"[sources\n", "not TOML"),
        (b"[sources]\n[families]\n[people]\n", "people"),
        ("[sources]\n[families]\n# é".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "split.toml"
    path.write_bytes(content)
    with pytest.raises(SplitError, match=message):
        read_split(path)


def test_unsorted_ids_are_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "split.toml", {i: role_of_source(i) for i in ("b", "a")}, {})
    with pytest.raises(SplitError, match="Sort ids"):
        read_split(path)


@given(st.sets(IDS), st.sets(IDS))
def test_a_split_may_grow_and_not_shrink(before: set[str], after: set[str]) -> None:
    def split(ids: set[str]) -> Split:
        return Split({i: role_of_source(i) for i in ids}, {})

    if before <= after:
        refuse_shrinking(split(before), split(after))
    else:
        with pytest.raises(SplitError, match="only grows"):
            refuse_shrinking(split(before), split(after))


def test_the_shipped_split_follows_the_rule_and_lists_every_fact() -> None:
    folder = shipped() / "facts"
    split = read_split(folder / "split.toml")
    rows = [(fact.source, fact.family) for fact in read_facts(folder)]
    assert missing_from_split(split, rows) == []
    assert set(split.sources.values()) == {"calibrate", "check"}
