"""What the archive of a workbook holds, looked at part by part before anything is read from it.

An .xlsx file is a zip archive of XML parts. Refused by name: macros, formulas, links to other files, embedded objects,
document types and entities, encryption, archives that unpack to far more than they weigh.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from samenspel.quantities.errors import SamenspelError

MOST_UNPACKED = 100 * 2**20  # of all parts together
MOST_PARTS = 2000
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


def refused(what: str, file: str, cure: str) -> SamenspelError:
    """An error about a whole file."""
    return SamenspelError(what, file=file, cure=cure)


def look_through(raw: bytes, file: str) -> list[str]:
    """Look at every part of the archive; returns the names of the sheet parts.

    Raises `SamenspelError` for the first part that does not belong into a plain workbook of values.
    """
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
        raise refused("the archive of the workbook is damaged or truncated.", file, "Export or save it again.") from fault
    if not sheets:
        raise refused("the file holds no worksheet.", file, "Export the diagram from Kumu as a spreadsheet.")
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
        raise refused(
            f"{part} declares a document type or entities.", file, "Save it again from a spreadsheet program."
        ) from fault
    except ParseError as fault:
        raise refused(f"{part} is not well-formed ({fault.msg}).", file, "Export or save it again.") from fault


def _sizes(parts: list[zipfile.ZipInfo], file: str) -> None:
    if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
        raise refused(
            f"the workbook unpacks to more than {MOST_UNPACKED // 2**20} MB or {MOST_PARTS} parts.",
            file,
            "Keep only the two sheets of the diagram.",
        )
    names = [p.filename for p in parts]
    if len(set(names)) < len(names):
        raise refused("the archive holds one part twice.", file, "Export or save it again.")


def _kind_of(name: str, part: zipfile.ZipInfo, file: str) -> None:
    if part.flag_bits & 1:
        raise refused("the workbook is encrypted.", file, "Save it without a password.")
    if "vbaproject" in name or "macrosheets" in name or "dialogsheets" in name or "/activex" in name:
        raise refused(f"the workbook holds macros ({part.filename}).", file, "Save it as .xlsx without macros.")
    if "externallinks" in name:
        raise refused(f"the workbook links to another file ({part.filename}).", file, "Break the links and save again.")
    if "embeddings" in name or name.startswith("xl/connections") or name.startswith("xl/querytables"):
        raise refused(
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
                raise refused(
                    f"cell {element.get('r', '?')} of {f'sheet {sheet!r}' if sheet else part} is a formula.",
                    file,
                    "Paste it as a value, or remove the sheet; formulas are not computed.",
                )
            element.clear()
        elif cells and tag == "row":
            element.clear()  # rows of empty styled cells would pile up
        elif tag in ("Override", "Default") and "macroenabled" in element.get("ContentType", "").lower():
            raise refused("the workbook is of the kind that holds macros.", file, "Save it as .xlsx without macros.")
        elif tag == "Relationship":
            _relationship(element, part, file)
        elif tag in ("ddeLink", "oleLink"):
            raise refused(f"{part} links to another program.", file, "Break the links and save again.")


def _relationship(element: Element, part: str, file: str) -> None:
    outside = element.get("TargetMode", "").lower() == "external"
    if outside and not element.get("Type", "").endswith("/hyperlink"):
        raise refused(
            f"{part} points outside the workbook ({element.get('Target', '?')[:80]}).", file, "Break the links and save again."
        )
