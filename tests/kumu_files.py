"""Small spreadsheets for tests, made with openpyxl; none of them is anybody's diagram."""

import zipfile

import openpyxl

ELEMENTS = [
    ("Label", "Type", "Tags", "Description"),
    ("Rain", "constant", 1, None),
    ("Pond", "stock", 2, None),
    ("Reeds", "auxiliary", -1, None),
    ("Frogs", "stock", 0, "VOI"),
]
CONNECTIONS = [
    ("From", "To", "Type"),
    ("Rain", "Pond", "+"),
    ("Pond", "Reeds", "+"),
    ("Reeds", "Pond", "-"),
    ("Pond", "Frogs", "+"),
    ("Reeds", "Frogs", None),
]


def workbook(path, elements=None, connections=None, titles=("Elements", "Connections"), extra=None):
    """Write a workbook; `extra` maps further sheet names to rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets = {titles[0]: elements or ELEMENTS, titles[1]: connections or CONNECTIONS, **(extra or {})}
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def with_part(path, name, data, replace=False):
    """Add (or replace) one part of the archive of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    assert (name in parts) == replace
    parts[name] = data if isinstance(data, bytes) else data.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, content in parts.items():
            archive.writestr(n, content)
    return path


def part(path, name):
    """One part as text."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()
