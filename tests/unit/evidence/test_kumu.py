"""Spreadsheets of strangers: what is read, what is assumed, and what is refused by name."""

import contextlib
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kumu_files import CONNECTIONS, ELEMENTS, part, with_part, workbook
from samenspel.evidence.diagram import FILE, as_toml, read_diagram
from samenspel.evidence.kumu import read_kumu
from samenspel.quantities.errors import SamenspelError

SHEET = "xl/worksheets/sheet1.xml"


def test_a_diagram_is_read_as_drawn(tmp_path):
    diagram = read_kumu(workbook(tmp_path / "pond.xlsx"))
    assert {v.label: v.kind for v in diagram.variable} == {
        "Rain": "constant",
        "Pond": "stock",
        "Reeds": "auxiliary",
        "Frogs": "stock",
    }
    assert {(x.source, x.target): x.sign for x in diagram.links} == {
        ("rain", "pond"): "+",
        ("pond", "reeds"): "+",
        ("reeds", "pond"): "-",
        ("pond", "frogs"): "+",
        ("reeds", "frogs"): "?",
    }
    assert [(v.label, v.strength) for v in diagram.interventions] == [("Rain", 1.0), ("Pond", 2.0), ("Reeds", -1.0)]
    assert diagram.outcome.label == "Frogs"


def test_the_text_of_a_diagram_holds_all_of_it(tmp_path):
    diagram = read_kumu(workbook(tmp_path / "pond.xlsx"))
    (tmp_path / FILE).write_text(as_toml(diagram), encoding="utf-8")
    assert read_diagram(tmp_path) == diagram


def test_what_the_sheet_leaves_open_is_said(tmp_path):
    elements = [ELEMENTS[0], ("Rain", None, None, None), ("Pond", None, None, "voi")]
    diagram = read_kumu(workbook(tmp_path / "open.xlsx", elements, CONNECTIONS[:2]))
    rain, pond = diagram.variable
    assert (rain.kind, pond.kind) == ("constant", "stock")
    assert "taken as a constant" in rain.assumed
    assert "taken as a stock" in pond.assumed
    assert not diagram.interventions
    assert "no intervention" in rain.assumed


def test_a_link_to_a_constant_is_kept_apart_with_its_reason(tmp_path):
    diagram = read_kumu(workbook(tmp_path / "c.xlsx", connections=[*CONNECTIONS, ("Frogs", "Rain", "+")]))
    gone = [x for x in diagram.link if x.left_out]
    assert [(x.source, x.target) for x in gone] == [("frogs", "rain")]
    assert gone[0] not in diagram.links
    assert "constant" in gone[0].left_out


def test_a_mutual_link_is_two(tmp_path):
    header, *rows = CONNECTIONS
    mutual = [(*header, "Direction"), *((*r, "directed") for r in rows), ("Frogs", "Reeds", "-", "mutual")]
    mutual.remove(("Reeds", "Frogs", None, "directed"))
    links = read_kumu(workbook(tmp_path / "m.xlsx", connections=mutual)).links
    assert {("frogs", "reeds"), ("reeds", "frogs")} <= {(x.source, x.target) for x in links}


def test_labels_become_distinct_words_and_stay_readable(tmp_path):
    elements = [
        ELEMENTS[0],
        ("Sleep", "constant", 1, None),
        ("Caf\u00e9 (a+b)", "stock", 1, "VOI"),
        ("Caf\u00e9 a b", "stock", 1, None),
        ("\u7761\u7720", "stock", 1, None),
        ("2nd", "stock", 0, None),
    ]
    links = [CONNECTIONS[0], *(("Sleep", label, "+") for label in ("Caf\u00e9 (a+b)", "Caf\u00e9 a b", "\u7761\u7720", "2nd"))]
    diagram = read_kumu(workbook(tmp_path / "l.xlsx", elements, links), reserved={"sleep"})
    words = [v.id for v in diagram.variable]
    assert words == ["sleep_2", "cafe_a_b", "cafe_a_b_2", "variable", "v_2nd"]
    assert diagram.of("\u7761\u7720").id == "variable"


def ranged(sign, low, high):
    """The links, the last with a sign and a range."""
    return [("From", "To", "Type", "LB", "UB"), *((*r, None, None) for r in CONNECTIONS[1:-1]), ("Reeds", "Frogs", sign, low, high)]


WRONG = {
    "no outcome": ([*ELEMENTS[:4], ("Frogs", "stock", 0, None)], None, ["outcome", "VOI"]),
    "two outcomes": ([*ELEMENTS, ("Newts", "constant", 0, "VOI")], None, ["Frogs, Newts"]),
    "unknown end": (None, [*CONNECTIONS, ("Pond", "Frgs", "+")], ["'Frgs'", "Frogs", "line 7"]),
    "unknown type": ([*ELEMENTS, ("Newts", "stok", 0, None)], None, ["'stok'", "stock", "line 6"]),
    "unknown sign": (None, [*CONNECTIONS, ("Rain", "Frogs", "positive")], ["'positive'", "line 7", "Write +."]),
    "twice, differing": (None, [*CONNECTIONS, ("Rain", "Pond", "-")], ["twice", "row 2"]),
    "same label": ([*ELEMENTS, ("frogs", "stock", 0, None)], None, ["twice", "row 5"]),
    "not a number": ([*ELEMENTS, ("Newts", "constant", "strong", None)], None, ["'strong'"]),
    "endless number": ([*ELEMENTS, ("Newts", "constant", "1e999", None)], None, ["1e999"]),
    "nan": ([*ELEMENTS, ("Newts", "constant", "nan", None)], None, ["nan"]),
    "nothing leads there": ([*ELEMENTS, ("Newts", "stock", 0, None)], None, ["Newts", "nothing leads"]),
    "no label": ([*ELEMENTS, (None, "stock", 0, None)], None, ["no Label"]),
    "no end": (None, [*CONNECTIONS, ("Rain", None, "+")], ["no From or no To"]),
    "long label": ([*ELEMENTS, ("x" * 300, "constant", 0, None)], None, ["longer"]),
    "one element": (ELEMENTS[:2], CONNECTIONS[:1], ["1 element"]),
    "no links": (None, CONNECTIONS[:1], ["0 connections"]),
    "no column": ([("Name", "Type"), ("a", "stock")], None, ["no column 'Label'"]),
    "half a range": (
        None,
        [("From", "To", "Type", "LB"), *((*r, None) for r in CONNECTIONS[1:-1]), ("Reeds", "Frogs", "+", 0.1)],
        ["both ends"],
    ),
    "range upside down": (
        None,
        [("From", "To", "Type", "LB", "UB"), *((*r, None, None) for r in CONNECTIONS[1:-1]), ("Reeds", "Frogs", "+", 1, 0)],
        ["above"],
    ),
    "no direction": (
        None,
        [("From", "To", "Type", "Direction"), *((*r, "undirected") for r in CONNECTIONS[1:])],
        ["undirected"],
    ),
    "huge tag": ([*ELEMENTS, ("Newts", "constant", 1e5, None)], None, ["100000", "from -8 to 8", "cell C6"]),
    "heavy link": (None, ranged("+", 0.1, 1e4), ["10000", "from -100 to 100", "cell E6"]),
    "sign against range": (None, ranged("+", -2, -1), ["contradict", "line 6", "LB 1 and UB 2"]),
    "sizes without sign": (None, ranged("-", 0.1, 0.3), ["contradict", "LB -0.3 and UB -0.1"]),
    "range on both sides": (None, ranged("+", -0.1, 0.3), ["contradict", "Leave Type empty"]),
    "decimal comma": ([*ELEMENTS, ("Newts", "constant", "0,5", None)], None, ["'0,5'", "Write 0.5"]),
    "two numbers": ([*ELEMENTS, ("Newts", "constant", "1; 2", None)], None, ["2 numbers", "cell C6"]),
    "sign elsewhere": (
        None,
        [("From", "To", "Type", "Polarity"), *((a, b, None, "+") for a, b, _ in CONNECTIONS[1:])],
        ["Polarity says +", "Write + in Type"],
    ),
    "all constant": (
        [ELEMENTS[0], ("Rain", "constant", 1, None), ("Pond", "constant", 0, "VOI")],
        CONNECTIONS[:2],
        ["every element is a constant", "nothing in this diagram can move"],
    ),
    "constant outcome": (
        [*ELEMENTS[:4], ("Frogs", "stock", 0, None), ("Newts", "constant", 0, "VOI")],
        None,
        ["'Newts' is a constant", "cell B6"],
    ),
    "another word": ([*ELEMENTS, ("Newts", "parameter", 0, None)], None, ["'parameter'", "Write constant"]),
    "turned text": ([*ELEMENTS, ("Newts\u202e", "constant", 0, None)], None, ["control characters", "cell A6"]),
    "too many elements": ([*ELEMENTS, *((f"n{i}", "constant", 0, None) for i in range(200))], None, ["204 elements", "2 to 200"]),
    "too many links": (None, [*CONNECTIONS, *[("Rain", "Pond", "+")] * 2000], ["2005 connections", "1 to 2000"]),
    "an equation": (None, [("From", "To", "Type", "Equation"), *((*r, "x*y") for r in CONNECTIONS[1:])], ["equation"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_name_the_row_and_the_cure(tmp_path, name):
    elements, connections, said = WRONG[name]
    with pytest.raises(SamenspelError) as wrong:
        read_kumu(workbook(tmp_path / "w.xlsx", elements, connections))
    assert "\n" not in str(wrong.value)
    assert "w.xlsx" in str(wrong.value)
    for part_of_it in said:
        assert part_of_it in str(wrong.value)
    assert wrong.value.cure


def test_a_missing_sheet_names_the_nearest(tmp_path):
    with pytest.raises(SamenspelError, match=r"'Elements'.*Nearest: Element"):
        read_kumu(workbook(tmp_path / "s.xlsx", titles=("Element", "Connections")))


def test_products_of_variables_are_not_dropped_in_silence(tmp_path):
    rows = {"Interactions": [("From1", "From2", "To", "Type"), ("Rain", "Pond", "Frogs", "+")]}
    with pytest.raises(SamenspelError, match="products of two variables"):
        read_kumu(workbook(tmp_path / "i.xlsx", extra=rows))
    read_kumu(workbook(tmp_path / "empty.xlsx", extra={"Interactions": rows["Interactions"][:1]}))


def hostile(tmp_path):
    """Each kind of file, and the words that must name it."""
    at = lambda name: workbook(tmp_path / name)  # noqa: E731
    formula = at("formula.xlsx")
    text = part(formula, SHEET).replace("</row>", '<c r="E1"><f>WEBSERVICE("http://x")</f><v>1</v></c></row>', 1)
    entity = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    outside = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    kinds = part(at("kinds.xlsx"), "[Content_Types].xml").replace(
        "spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
    )
    yield with_part(formula, SHEET, text, replace=True), "E1.*formula"
    yield with_part(at("macro.xlsx"), "xl/vbaProject.bin", b"\0"), "macros"
    yield with_part(at("kinds.xlsx"), "[Content_Types].xml", kinds, replace=True), "macros"
    yield with_part(at("link.xlsx"), "xl/externalLinks/externalLink1.xml", "<x/>"), "another file"
    yield with_part(at("rels.xlsx"), "xl/worksheets/_rels/sheet1.xml.rels", outside), "outside the workbook"
    yield with_part(at("object.xlsx"), "xl/embeddings/oleObject1.bin", b"\0"), "embedded"
    yield with_part(at("entity.xlsx"), "xl/theme/other.xml", entity), "document type or entities"
    yield with_part(at("wide.xlsx"), "xl/theme/other.xml", entity.encode("utf-16")), "document type or entities"
    yield with_part(at("torn.xlsx"), SHEET, part(at("torn.xlsx"), SHEET)[:-40], replace=True), "not well-formed"
    yield with_part(at("bomb.xlsx"), "xl/theme/big.xml", b"<x>" + b" " * (101 * 2**20) + b"</x>"), "unpacks to more"
    yield with_part(at("deep.xlsx"), "xl/theme/deep.xml", "<x>" * 200 + "</y>"), "not well-formed"


def test_hostile_workbooks_are_refused_by_name(tmp_path):
    for path, said in hostile(tmp_path):
        with pytest.raises(SamenspelError, match=said) as wrong:
            read_kumu(path)
        assert path.name in str(wrong.value)


def test_files_that_are_no_workbooks(tmp_path):
    (tmp_path / "text.xlsx").write_text("From,To\n")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(100))
    (tmp_path / "empty.xlsx").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("note.txt", "hello")
    whole = workbook(tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])
    for name, said in {
        "text.xlsx": "no .xlsx",
        "old.xls": "old .xls",
        "empty.xlsx": "no .xlsx",
        "zip.xlsx": "no worksheet",
        "half.xlsx": "no .xlsx",
        "absent.xlsx": "no such file",
        ".": "no file",
    }.items():
        with pytest.raises(SamenspelError, match=said):
            read_kumu(tmp_path / name)


@settings(max_examples=100)
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused_but_raises_nothing_else(tmp_path_factory, place, byte):
    folder = tmp_path_factory.mktemp("bytes")
    raw = bytearray(workbook(folder / "b.xlsx").read_bytes())
    raw[int(place * len(raw))] = byte
    (folder / "b.xlsx").write_bytes(bytes(raw))
    with contextlib.suppress(SamenspelError):
        read_kumu(folder / "b.xlsx")


def test_published_diagrams_are_read_whole():
    folder = os.environ.get("SAMENSPEL_PEERS")
    if not folder:
        pytest.skip("SAMENSPEL_PEERS names no folder with alzheimer.xlsx and sleep.xlsx")
    diagram = read_kumu(Path(folder) / "alzheimer.xlsx")
    kinds = [v.kind for v in diagram.variable]
    assert (kinds.count("stock"), kinds.count("auxiliary"), kinds.count("constant")) == (11, 10, 10)
    assert len(diagram.interventions) == 15
    assert diagram.outcome.label == "Cognitive functioning"
    sleep = read_kumu(Path(folder) / "sleep.xlsx")
    assert (len(sleep.variable), len(sleep.links)) == (8, 19)
