"""A spreadsheet of strangers as plain values: checked before anything is parsed, and nothing in it is computed.

What `workbook_parts` lets through is read by openpyxl in read-only mode, values only. Cells that hold a style and no value do
not count.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samenspel.evidence.workbook_parts import look_through, refused
from samenspel.quantities.errors import SamenspelError

MOST_BYTES = 20 * 2**20  # of the file
MOST_ROWS, MOST_COLUMNS = 20_000, 100
OLE = b"\xd0\xcf\x11\xe0"  # an old .xls, or an encrypted .xlsx

Cell = str | float | None
Row = tuple[int, tuple[Cell, ...]]  # number of the row, its cells


def read_sheets(path: Path | str) -> dict[str, list[Row]]:
    """Sheet name → rows with something in them; texts are stripped, empty cells are None.

    Raises `SamenspelError` for a file that is no plain workbook of values; names what is in the way and where.
    """
    path = Path(path)
    raw = _bytes(path)
    sheets = look_through(raw, path.name)
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
        raise refused(
            f"the workbook cannot be read ({type(fault).__name__}); it has {len(sheets)} sheets.",
            path.name,
            "Open it in a spreadsheet program and save it again as .xlsx.",
        ) from fault


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise refused(
                "there is no such file." if not path.exists() else "this is no file.", str(path), "Name an .xlsx file."
            )
        if path.stat().st_size > MOST_BYTES:
            raise refused(
                f"the file is larger than {MOST_BYTES // 2**20} MB.", path.name, "Keep only the two sheets of the diagram."
            )
        raw = path.read_bytes()
    except OSError as fault:
        raise refused(
            f"the file cannot be read: {fault.strerror}.", str(path), "Check the path and its permissions."
        ) from fault
    if raw.startswith(OLE):
        raise refused(
            "this is an old .xls or a workbook with a password.", path.name, "Save it as .xlsx, without password or macros."
        )
    if not zipfile.is_zipfile(io.BytesIO(raw)):
        raise refused(
            "this is no .xlsx workbook.", path.name, "Export the diagram from Kumu as a spreadsheet, or save it as .xlsx."
        )
    return raw


def _rows(sheet: Any, file: str) -> Iterator[Row]:
    """Rows of one sheet, without the empty cells at their end; a sheet too large to be a diagram is cut short by an error."""
    sheet.reset_dimensions()  # what the file says about its own size is not trusted
    found = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        filled = [k for k, cell in enumerate(cells) if cell.value is not None]
        if number > 50 * MOST_ROWS or found > MOST_ROWS or (filled and filled[-1] >= MOST_COLUMNS):
            raise refused(
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
        raise refused(f"cell {cell.coordinate} of sheet {sheet!r} holds the error {value}.", file, "Correct or empty it.")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return float(value)
    return str(value).strip() or None
