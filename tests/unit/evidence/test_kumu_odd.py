"""Spreadsheets as people keep them: what means the same is read the same, and what is not read is named."""

import time
import warnings

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import PatternFill

from kumu_files import CONNECTIONS, ELEMENTS, part, with_part, workbook
from samenspel.evidence.diagram import FILE, as_toml, read_diagram
from samenspel.evidence.kumu import read_kumu
from samenspel.evidence.kumu_sheet import letter
from samenspel.quantities.errors import SamenspelError

PLAIN = {
    "title above": ([("The pond",), (None,), *ELEMENTS], [("All links", None, "2024"), *CONNECTIONS]),
    "capitals and spaces": (
        [(" LABEL", "TYPE ", "tags", "Description"), *((f"  {a.upper()} ", b.upper(), c, d) for a, b, c, d in ELEMENTS[1:])],
        [("FROM", "to", "type"), *((a.lower(), f" {b}  ", s) for a, b, s in CONNECTIONS[1:])],
    ),
    "numbers as text": (
        [ELEMENTS[0], *((a, b, f" {c}.0 ".replace("-", "\u2212"), d) for a, b, c, d in ELEMENTS[1:])],
        CONNECTIONS,
    ),
    "other signs": (
        None,
        [CONNECTIONS[0], *((a, b, {"+": "\uff0b", "-": "\u2212", None: "?"}[s]) for a, b, s in CONNECTIONS[1:])],
    ),
    "lists of tags": ([ELEMENTS[0], *((a, b, f"a; {c} | b", d) for a, b, c, d in ELEMENTS[1:])], None),
    "unseen letters": (None, [CONNECTIONS[0], *((f"\ufeff{a}\u200b", b, s) for a, b, s in CONNECTIONS[1:])]),
    "repeated sign": (None, [(*CONNECTIONS[0], "Polarity"), *((a, b, s, s) for a, b, s in CONNECTIONS[1:])]),
}


def meaning(diagram):
    """What a diagram says, rows and remarks apart."""
    return (
        [(v.id, v.kind, v.strength, v.outcome) for v in diagram.variable],
        [(x.source, x.target, x.sign) for x in diagram.links],
    )


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return meaning(read_kumu(workbook(tmp_path_factory.mktemp("plain") / "p.xlsx")))


@pytest.mark.parametrize("name", PLAIN)
def test_what_means_the_same_is_read_the_same(tmp_path, drawn, name):
    assert meaning(read_kumu(workbook(tmp_path / "o.xlsx", *PLAIN[name]))) == drawn


def test_a_merged_title_and_its_style_change_nothing(tmp_path, drawn):
    path = workbook(tmp_path / "m.xlsx")
    book = openpyxl.load_workbook(path)
    for sheet in book:
        sheet.insert_rows(1)
        sheet["A1"] = "The pond"
        sheet.merge_cells("A1:C1")
    book.save(path)
    assert meaning(read_kumu(path)) == drawn


def test_empty_cells_with_a_style_neither_count_nor_take_long(tmp_path, drawn):
    path = workbook(tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in range(1, 1000):
            for column in range(1, 151):
                sheet.cell(row, column).fill = PatternFill("solid", fgColor="FFFF00")
    book.save(path)
    begin = time.perf_counter()
    assert meaning(read_kumu(path)) == drawn
    assert time.perf_counter() - begin < 30


def test_both_ways_to_write_an_accent_are_one_letter(tmp_path):
    elements = [ELEMENTS[0], ("Caf\u00e9", "constant", 1, None), ("Tea", "stock", 0, "VOI")]
    (link,) = read_kumu(workbook(tmp_path / "c.xlsx", elements, [CONNECTIONS[0], ("Cafe\u0301", "Tea", "+")])).links
    assert (link.source, link.target) == ("cafe", "tea")


@given(st.floats(-8, 8, allow_subnormal=False), st.integers(1900, 2100))
def test_numbers_keep_all_their_digits(tmp_path_factory, tag, year):
    """Tags as numbers of the spreadsheet; a label that is a number stays what it looks like."""
    elements = [ELEMENTS[0], (year, "constant", tag, None), (year + 0.5, "stock", 0, "VOI")]
    path = workbook(tmp_path_factory.mktemp("n") / "n.xlsx", elements, [CONNECTIONS[0], (year, year + 0.5, "+")])
    diagram = read_kumu(path)
    assert [v.label for v in diagram.variable] == [str(year), f"{year}.5"]
    assert diagram.variable[0].strength == pytest.approx(tag, rel=1e-15)


def test_a_weight_may_be_one_number(tmp_path):
    links = [(*CONNECTIONS[0], "LB", "UB"), *((*r, None, None) for r in CONNECTIONS[1:-1]), ("Reeds", "Frogs", "+", 0.3, 0.3)]
    assert (0.3, 0.3) in {(x.low, x.high) for x in read_kumu(workbook(tmp_path / "w.xlsx", None, links)).links}


def test_a_link_that_stands_twice_is_told_and_counted_once(tmp_path):
    diagram = read_kumu(workbook(tmp_path / "t.xlsx", None, [*CONNECTIONS, ("rain", "Pond", "+")]))
    assert len(diagram.links) == len(CONNECTIONS) - 1
    assert [x.left_out for x in diagram.link if x.left_out] == ["repeats row 2"]


def test_what_holds_something_and_is_not_read_is_named_once_and_stays_named(tmp_path):
    links = [(*CONNECTIONS[0], "Weight", "Delay", "Empty", None), *((*r, 0.3, "1 year", None, "note") for r in CONNECTIONS[1:])]
    path = workbook(tmp_path / "u.xlsx", None, links, extra={"Notes": [("a",), ("b",)], "Blank": []})
    diagram = read_kumu(path)
    assert diagram.unread == ("Connections: Weight", "Connections: Delay", "Connections: column G without a name", "sheet Notes")
    (tmp_path / FILE).write_text(as_toml(diagram), encoding="utf-8")
    assert read_diagram(tmp_path) == diagram


def test_a_formula_is_named_by_its_sheet(tmp_path):
    path = workbook(tmp_path / "f.xlsx", [*ELEMENTS[:2], ("Pond", "stock", "=1+1", None), *ELEMENTS[3:]])
    with pytest.raises(SamenspelError, match="cell C3 of sheet 'Elements' is a formula"):
        read_kumu(path)


def test_remarks_of_the_library_stay_inside(tmp_path):
    """Extensions of other programs are no news to who imports a diagram."""
    path = workbook(tmp_path / "e.xlsx")
    sheet = "xl/worksheets/sheet1.xml"
    extension = '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"/></extLst></worksheet>'
    with_part(path, sheet, part(path, sheet).replace("</worksheet>", extension), replace=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_kumu(path)


def test_columns_are_lettered_as_spreadsheets_do():
    from openpyxl.utils import get_column_letter

    assert [letter(k) for k in range(800)] == [get_column_letter(k + 1) for k in range(800)]
