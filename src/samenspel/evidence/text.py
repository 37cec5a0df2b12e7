"""Atlas text to plain data: encoding, line ends and TOML, with the line of everything that is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from samenspel.evidence.issues import Issue

try:  # the compiled wheel reads an atlas in half the time; the standard library reads the same language
    import tomli as toml
except ModuleNotFoundError:  # pragma: no cover - depends on what is installed
    import tomllib as toml

_AT_LINE = re.compile(r"\(at line (\d+)")
_HEADER = re.compile(r"^[ \t]*\[\[?[ \t]*([A-Za-z0-9_.-]+)[ \t]*\]\]?", re.MULTILINE)

_ID = re.compile(r'^[ \t]*(?:id|claim)[ \t]*=[ \t]*"([^"\n]*)"', re.MULTILINE)


def decode(raw: bytes, file: str) -> str | Issue:
    """Text of a file, or what is wrong with its bytes. Only UTF-8 with LF is an atlas."""
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return Issue(
            "encoding", "error", "the file starts with a byte order mark.", file, 1, "Save it as UTF-8 without BOM."
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        byte = raw[wrong.start]
        return Issue(
            "encoding",
            "error",
            f"byte 0x{byte:02x} is not UTF-8 (Latin-1 or Windows-1252?).",
            file,
            line,
            "Save the file as UTF-8.",
        )
    if "\r" in text:
        return Issue(
            "encoding",
            "error",
            "a line ends with CR or CRLF.",
            file,
            text.count("\n", 0, text.index("\r")) + 1,
            "Save the file with LF line ends.",
        )
    return text


def parse(text: str, file: str) -> dict[str, Any] | Issue:
    """The TOML document as plain data, or its first mistake."""
    try:
        return toml.loads(text)
    except toml.TOMLDecodeError as wrong:
        found = _AT_LINE.search(str(wrong))
        line = int(found.group(1)) if found else text.count("\n") + 1
        message = _AT_LINE.split(str(wrong))[0].strip().rstrip(".")
        return Issue("toml", "error", f"this is not TOML: {message}.", file, line, "Mend the line.")
    except RecursionError:
        return Issue("toml", "error", "brackets are nested too deeply.", file, 1, "Write it flat.")


def table_lines(text: str) -> dict[str, list[int]]:
    """Line of every table header, by table name, in one pass."""
    lines: dict[str, list[int]] = {}
    line, last = 1, 0
    for found in _HEADER.finditer(text):
        line += text.count("\n", last, found.start())
        last = found.start()
        lines.setdefault(found.group(1), []).append(line)
    return lines


def id_lines(text: str) -> dict[str, int]:
    """Line of every ``id = "…"`` (and of a ledger's ``claim = "…"``) at the start of a line, first one kept."""
    lines: dict[str, int] = {}
    line, last = 1, 0
    for found in _ID.finditer(text):
        line += text.count("\n", last, found.start())
        last = found.start()
        lines.setdefault(found.group(1), line)
    return lines


def line_with(text: str, begin: int, part: str) -> int:
    """First line at or after line `begin` that holds `part`; `begin` itself if none does."""
    for number, line in enumerate(text.split("\n")[max(begin - 1, 0) :], start=max(begin, 1)):
        if part in line:
            return number
    return begin


def field_line(text: str, begin: int, name: str) -> int:
    """Line of ``name = …`` at or after line `begin`; `begin` itself if it is not found."""
    pattern = re.compile(rf"(^|[{{,])\s*\"?{re.escape(name)}\"?\s*=")
    for number, line in enumerate(text.split("\n")[max(begin - 1, 0) :], start=max(begin, 1)):
        if pattern.search(line):
            return number
        if number > begin and line.startswith("[["):
            break
    return begin


def read_bytes(path: Path) -> bytes | Issue:
    """Bytes of a file, or why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as wrong:
        return Issue("file", "error", f"the file cannot be read ({wrong.strerror}).", str(path), 0, "Check the path.")
