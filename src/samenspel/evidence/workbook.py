"""A spreadsheet of strangers as plain values: checked before anything is parsed, and nothing in it is computed.

An .xlsx file is a zip archive of XML parts. Refused by name: macros, formulas, links to other files, embedded objects,
document types and entities, encryption, archives that unpack to far more than they weigh. What is left is read by
openpyxl in read-only mode, values only. Cells that hold a style and no value do not count.
"""

from __future__ import annotations

import io
import posixpath
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from samenspel.quantities.errors import SamenspelError

MOST_BYTES = 20 * 2**20  # of the file
MOST_UNPACKED = 100 * 2**20  # of all its parts together
MOST_PARTS, MOST_ROWS, MOST_COLUMNS = 2000, 20_000, 100
#: what the standard library raises over a damaged archive
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
    OSError,
)
OLE = b"\xd0\xcf\x11\xe0"  # an old .xls, or an encrypted .xlsx

Cell = str | float | None
Row = tuple[int, tuple[Cell, ...]]  # number of the row, its cells


def read_sheets(path: Path | str) -> dict[str, list[Row]]:
    """Sheet name → rows with something in them; texts are stripped, empty cells are None.

    Raises `SamenspelError` for a file that is no plain workbook of values; names what is in the way and where.
    """
    path = Path(path)
    raw = _bytes(path)
    sheets = _inspect(raw, path.name)
    import openpyxl  # slow to import, and only needed here

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on styles and extensions that are not read anyway
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
            try:
                return {sheet.title: list(_rows(sheet, path.name)) for sheet in book.worksheets}
            finally:
                book.close()
    except SamenspelError:
        raise
    except Exception as fault:  # openpyxl raises whatever a broken part makes it stumble over
        raise _refused(
            f"the workbook cannot be read ({type(fault).__name__}); it has {len(sheets)} sheets.",
            path.name,
            "Open it in a spreadsheet program and save it again as .xlsx.",
        ) from fault


def _refused(what: str, file: str, cure: str) -> SamenspelError:
    return SamenspelError(what, file=file, cure=cure)


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise _refused(
                "there is no such file." if not path.exists() else "this is no file.", str(path), "Name an .xlsx file."
            )
        if path.stat().st_size > MOST_BYTES:
            raise _refused(
                f"the file is larger than {MOST_BYTES // 2**20} MB.", path.name, "Keep only the two sheets of the diagram."
            )
        raw = path.read_bytes()
    except OSError as fault:
        raise _refused(
            f"the file cannot be read: {fault.strerror}.", str(path), "Check the path and its permissions."
        ) from fault
    if raw.startswith(OLE):
        raise _refused(
            "this is an old .xls or a workbook with a password.", path.name, "Save it as .xlsx, without password or macros."
        )
    if not zipfile.is_zipfile(io.BytesIO(raw)):
        raise _refused(
            "this is no .xlsx workbook.", path.name, "Export the diagram from Kumu as a spreadsheet, or save it as .xlsx."
        )
    return raw


def _inspect(raw: bytes, file: str) -> list[str]:
    """Look at every part of the archive; returns the names of the sheet parts."""
    sheets: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            _sizes(parts, file)
            titles = _titles(archive, file)
            for part in parts:
                name = part.filename.lower()
                _kind_of(name, part, file)
                if name.endswith((".xml", ".rels", ".vml")):
                    with archive.open(part) as stream:
                        _xml(stream, part.filename, file, titles.get(part.filename))
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    sheets.append(part.filename)
    except DAMAGED as fault:
        raise _refused("the archive of the workbook is damaged or truncated.", file, "Export or save it again.") from fault
    if not sheets:
        raise _refused("the file holds no worksheet.", file, "Export the diagram from Kumu as a spreadsheet.")
    return sheets


def _titles(archive: zipfile.ZipFile, file: str) -> dict[str, str]:
    """Part of a sheet → its title, so that an error can name the sheet; empty where the workbook does not say."""
    names, places = dict[str, str](), dict[str, str]()
    known = {p.filename for p in archive.infolist() if not p.flag_bits & 1}
    for part, tag, key, value, found in (
        ("xl/workbook.xml", "sheet", "id", "name", names),
        ("xl/_rels/workbook.xml.rels", "Relationship", "Id", "Target", places),
    ):
        if part not in known:
            return {}
        with archive.open(part) as stream:
            for element in _elements(stream, part, file):
                if _plain(element.tag) == tag:
                    own = {_plain(k): v for k, v in element.attrib.items()}
                    found[own.get(key, "")] = own.get(value, "")
    whole = lambda target: posixpath.normpath(posixpath.join("xl", target)).removeprefix("/")  # noqa: E731
    return {whole(places[i]): title for i, title in names.items() if i in places}


def _plain(name: str) -> str:
    """A tag or attribute without its namespace."""
    return name.rsplit("}", 1)[-1]


def _elements(stream: Any, part: str, file: str) -> Iterator[Element]:
    """Elements of a part as they end.

    Raises `SamenspelError` for document types, entities and what is not well-formed.
    """
    try:
        for _, element in iterparse(stream, events=("end",), forbid_dtd=True):
            yield element
    except DefusedXmlException as fault:
        raise _refused(
            f"{part} declares a document type or entities.", file, "Save it again from a spreadsheet program."
        ) from fault
    except ParseError as fault:
        raise _refused(f"{part} is not well-formed ({fault.msg}).", file, "Export or save it again.") from fault


def _sizes(parts: list[zipfile.ZipInfo], file: str) -> None:
    if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
        raise _refused(
            f"the workbook unpacks to more than {MOST_UNPACKED // 2**20} MB or {MOST_PARTS} parts.",
            file,
            "Keep only the two sheets of the diagram.",
        )
    names = [p.filename for p in parts]
    if len(set(names)) < len(names):
        raise _refused("the archive holds one part twice.", file, "Export or save it again.")


def _kind_of(name: str, part: zipfile.ZipInfo, file: str) -> None:
    if part.flag_bits & 1:
        raise _refused("the workbook is encrypted.", file, "Save it without a password.")
    if "vbaproject" in name or "macrosheets" in name or "dialogsheets" in name or "/activex" in name:
        raise _refused(f"the workbook holds macros ({part.filename}).", file, "Save it as .xlsx without macros.")
    if "externallinks" in name:
        raise _refused(f"the workbook links to another file ({part.filename}).", file, "Break the links and save again.")
    if "embeddings" in name or name.startswith("xl/connections") or name.startswith("xl/querytables"):
        raise _refused(
            f"the workbook holds embedded objects or data connections ({part.filename}).",
            file,
            "Keep only the two sheets of the diagram.",
        )


def _xml(stream: Any, part: str, file: str, sheet: str | None) -> None:
    """One pass over a part, element by element: entities, formulas, macro content, links to outside."""
    cells = part.lower().startswith("xl/worksheets/")
    for element in _elements(stream, part, file):
        tag = _plain(element.tag)
        if cells and tag == "c":
            if any(_plain(child.tag) == "f" for child in element):
                raise _refused(
                    f"cell {element.get('r', '?')} of {f'sheet {sheet!r}' if sheet else part} is a formula.",
                    file,
                    "Paste it as a value, or remove the sheet; formulas are not computed.",
                )
            element.clear()
        elif cells and tag == "row":
            element.clear()  # rows of empty styled cells would pile up
        elif tag in ("Override", "Default") and "macroenabled" in element.get("ContentType", "").lower():
            raise _refused("the workbook is of the kind that holds macros.", file, "Save it as .xlsx without macros.")
        elif tag == "Relationship":
            _relationship(element, part, file)
        elif tag in ("ddeLink", "oleLink"):
            raise _refused(f"{part} links to another program.", file, "Break the links and save again.")


def _relationship(element: Element, part: str, file: str) -> None:
    outside = element.get("TargetMode", "").lower() == "external"
    if outside and not element.get("Type", "").endswith("/hyperlink"):
        raise _refused(
            f"{part} points outside the workbook ({element.get('Target', '?')[:80]}).", file, "Break the links and save again."
        )


def _rows(sheet: Any, file: str) -> Iterator[Row]:
    """Rows of one sheet, without the empty cells at their end; a sheet too large to be a diagram is cut short by an error."""
    sheet.reset_dimensions()  # what the file says about its own size is not trusted
    found = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        filled = [k for k, cell in enumerate(cells) if cell.value is not None]
        if number > 50 * MOST_ROWS or found > MOST_ROWS or (filled and filled[-1] >= MOST_COLUMNS):
            raise _refused(
                f"sheet {sheet.title!r} has values in more than {MOST_ROWS} rows or {MOST_COLUMNS} columns.",
                file,
                "Keep only the diagram.",
            )
        if not filled:
            continue
        values = tuple(_value(cell, sheet.title, file) for cell in cells[: filled[-1] + 1])
        if any(v is not None for v in values):
            found += 1
            yield number, values


def _value(cell: Any, sheet: str, file: str) -> Cell:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "e":
        raise _refused(f"cell {cell.coordinate} of sheet {sheet!r} holds the error {value}.", file, "Correct or empty it.")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return float(value)
    return str(value).strip() or None
