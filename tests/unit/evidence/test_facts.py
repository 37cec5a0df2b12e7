"""Reading the tables of published facts, and saying why a fact cannot be computed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.evidence.facts import COLUMNS, Fact, collect_facts, computable, read_facts, read_not_modelled
from samenspel.evidence.reader import shipped
from samenspel.quantities.errors import SamenspelError

GOOD = {
    "id": "F1", "family": "sleep-onset", "study": "cohort", "population": "sex == female and not fm_diagnosed",
    "contrast": "sleep_problems vs not sleep_problems", "measure": "fm_diagnosed", "metric": "RR", "time": "10y",
    "value": "3.43", "low": "2.26", "high": "5.19", "n": "12350", "source": "smith-1999",
    "claim": "smith-1999.sleep.onset", "original": "F1",
}  # fmt: skip


def _table(folder: Path, *rows: dict[str, str], name: str = "condition.tsv") -> Path:
    lines = ["\t".join(COLUMNS), *("\t".join(row.get(column, "") for column in COLUMNS) for row in rows)]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_row_keeps_its_numbers_and_empty_cells_stay_empty(tmp_path: Path) -> None:
    (fact,) = read_facts(_table(tmp_path, GOOD))
    assert (fact.value, fact.low, fact.high, fact.n) == (3.43, 2.26, 5.19, 12350)
    assert (fact.level, fact.k, fact.between_sd, fact.measure2, fact.arm) == (None, None, None, None, None)
    assert not fact.suspect


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": "3,43"}, "column value holds '3,43'"),
        ({"value": "nan"}, "not a number"),
        ({"value": "inf"}, "not a number"),
        ({"n": "12.5"}, "whole number"),
        ({"low": "6"}, "runs backwards"),
        ({"metric": "odds"}, "column metric"),
        ({"study": "cohrt"}, "Nearest: cohort"),
        ({"population": "__import__('os')"}, "column population"),
        ({"population": "(" * 10_000}, "deeper than"),
        ({"contrast": "sleep_problems"}, "needs two groups"),
        ({"contrast": ""}, "compares two groups"),
        ({"time": "ten years"}, "is not a time"),
        ({"metric": "sign", "value": "0.4"}, "-1, 0 or 1"),
        ({"metric": "r"}, None),
        ({"metric": "r", "contrast": ""}, "measure2"),
        ({"scenario": "aerobic"}, "belong together"),
        ({"claim": "jones-2000.sleep.onset"}, "not of source"),
        ({"measure": "Pain.nrs"}, "column measure"),
    ],
)
def test_a_wrong_cell_is_named_with_file_and_line(tmp_path: Path, change: dict[str, str], message: str | None) -> None:
    folder = _table(tmp_path, GOOD, {**GOOD, "id": "F2", **change})
    if message is None:
        assert len(read_facts(folder)) == 2
        return
    with pytest.raises(SamenspelError) as caught:
        read_facts(folder)
    assert "condition.tsv, line 3" in str(caught.value)
    assert message in str(caught.value)


def test_every_mistake_is_collected_and_good_rows_are_kept(tmp_path: Path) -> None:
    wrong = [{"id": "F2", "value": "x"}, {"id": "F3", "time": "soon"}, {"id": "F1"}]
    rows = [GOOD, *({**GOOD, **change} for change in wrong)]
    facts, _, issues = collect_facts(_table(tmp_path, *rows))
    assert [fact.id for fact in facts] == ["F1"]
    assert [issue.line for issue in issues] == [3, 4, 5]
    with pytest.raises(SamenspelError, match="2 more"):
        read_facts(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id\tfamily\n", "missing column"),
        ("\t".join([*COLUMNS, "colour"]).encode() + b"\n", "unknown column 'colour'"),
        ("\t".join(COLUMNS).encode() + b"\nF1\tx\n", "2 cells"),
        (b"\xef\xbb\xbf" + "\t".join(COLUMNS).encode() + b"\n", "byte order mark"),
        ("\t".join(COLUMNS).encode() + b"\n\xe9\n", "not UTF-8"),
        ("\t".join(COLUMNS).encode() + b"\r\n", "CR"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "condition.tsv").write_bytes(content)
    with pytest.raises(SamenspelError, match=message):
        read_facts(tmp_path)


def _fact(**change: object) -> Fact:
    base: dict[str, object] = {
        "id": "F1", "family": "f", "study": "cohort", "population": "sex == female",
        "contrast": "crp >= p75 vs crp < p25", "measure": "pain_nrs", "measure2": "ibs bmi", "metric": "OR",
        "value": 2.0, "source": "s", "claim": "s.a.b", "original": "F1",
    }  # fmt: skip
    return Fact.model_validate({**base, **change})


NEEDED = ("sex", "crp", "pain_nrs", "ibs", "bmi")


@given(st.sets(st.sampled_from(NEEDED)))
def test_computable_exactly_when_everything_it_names_exists(available: set[str]) -> None:
    reason = computable(_fact(), available)
    missing = set(NEEDED) - available
    assert (reason is None) == (not missing)
    if reason is not None:
        assert any(repr(name) in reason for name in missing)


def test_a_scenario_must_exist_and_the_nearest_is_offered() -> None:
    fact = _fact(scenario="aerobic-12-weeks", arm="treatment")
    assert "scenario 'aerobic-12-weeks'" in str(computable(fact, NEEDED))
    assert "'aerobic-16-weeks'" in str(computable(fact, (*NEEDED, "aerobic-16-weeks")))
    assert computable(fact, (*NEEDED, "aerobic-12-weeks")) is None


def test_a_fact_without_a_number_cannot_be_compared() -> None:
    assert "no number" in str(computable(_fact(value=None), NEEDED))
    assert computable(_fact(value=None, low=7.0), NEEDED) is None


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5))
def test_a_value_outside_its_interval_is_suspect(value: float, a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    assert _fact(value=value, low=low, high=high).suspect == (value < low or value > high)


def test_the_shipped_tables_are_complete_and_disjoint() -> None:
    folder = shipped() / "facts"
    facts, set_aside = read_facts(folder), read_not_modelled(folder)
    computed, left = {fact.original for fact in facts}, {row.original for row in set_aside}
    assert not computed & left
    assert len({fact.id for fact in facts}) == len(facts)
    assert all(row.reason_en.endswith(".") for row in set_aside)


def test_reading_does_not_change_a_printed_number() -> None:
    folder = shipped() / "facts"
    for table in ("condition.tsv", "interventions.tsv"):
        with (folder / table).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
        read = {fact.id: fact for fact in read_facts(folder)}
        for row in rows:
            for column in ("value", "low", "high"):
                number = getattr(read[row["id"]], column)
                assert (number is None) == (row[column] == "")
                if number is not None:
                    assert number == float(row[column])
