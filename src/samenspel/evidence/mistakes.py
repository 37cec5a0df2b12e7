"""What a record says against its schema, as findings in plain words: which field, which line, what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from samenspel.evidence.issues import Issue, say_nearest
from samenspel.evidence.schema import Wrong
from samenspel.evidence.text import field_line, table_lines

Path = tuple[int | str, ...]
#: how ids are written, by their pattern: what to do about one that is not
WRITTEN = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "Write small letters and digits with single hyphens between, such as short-sleep.",
    r"^[a-z0-9]+([-_][a-z0-9]+)*$": "Write small letters and digits with single - or _ between, such as pain_nrs.",
    r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*){1,3}$": "Write source-id.what.onwhat, such as wolfe-1995.sex.pain.",
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": "Write system.name, such as sleep.quality.",
}
#: kind of pydantic error → what the field must be
KINDS = {
    "string_type": "text between quotes",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list, [...]",
    "list_type": "a list, [...]",
    "dict_type": "a table, {...}",
    "model_type": "a table, {...}",
    "model_attributes_type": "a table, {...}",
}
BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}


def issues_of(
    errors: Sequence[Any], model: type[BaseModel], data: Any, file: str, text: str, line: int, table: str = ""
) -> Iterator[Issue]:
    """What pydantic says about one record; a list is not called too short where it is its entries that are wrong."""
    places: list[Path] = [tuple(error["loc"]) for error in errors]
    for error, place in zip(errors, places, strict=True):
        inner = any(len(other) > len(place) and other[: len(place)] == place for other in places)
        if not (error["type"] == "too_short" and inner):
            yield issue_of(error, model, data, file, text, line, table)


def issue_of(error: Any, model: type[BaseModel], data: Any, file: str, text: str, line: int, table: str = "") -> Issue:
    """One pydantic error as a finding with the line it is about; `table` is the list that the record stands in."""
    told = error.get("ctx", {}).get("error")
    more: Path = told.at if isinstance(told, Wrong) else ()
    path: Path = (*tuple(error["loc"]), *more)
    who = _culprit(data, path)
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    if error["type"] == "missing" and isinstance(path[-1], str):
        place = _place(text, path[:-1], line, table)
        return Issue("missing-field", "error", f"{who}field {name!r} is missing.", file, place, f"Add {name} = …")
    place = _place(text, path, line, table)
    if error["type"] == "extra_forbidden":
        inner = _model_at(model, path[:-1])
        known = sorted(f.alias or n for n, f in inner.model_fields.items())
        cure = say_nearest(name, known, f"Known: {', '.join(known)}.")
        return Issue("unknown-field", "error", f"{who}unknown field {name!r}.", file, place, cure)
    label = "" if isinstance(told, ValueError) else _label(path)
    message, cure = _said(error, told, name)
    return Issue("schema", "error", f"{who}{label}{message.removesuffix('.')}.", file, place, cure)


def _said(error: Any, told: Any, name: str) -> tuple[str, str]:
    """What is wrong and what to do about it, after the name of the field."""
    kind, ctx, given = error["type"], error.get("ctx", {}), error.get("input")
    if isinstance(told, ValueError):
        return str(told), told.cure if isinstance(told, Wrong) else f"Correct {name}." if name else "Correct the entry."
    if kind in BOUNDS:
        bound, word = BOUNDS[kind]
        limit = f"{ctx[bound]:,}" if isinstance(ctx[bound], int) else f"{ctx[bound]:g}"
        return f"must be {word} {limit}, got {_short(given)}", "Correct the number."
    if kind == "finite_number":
        return "must be a finite number, got nan or inf", "Write the number, or leave the field out."
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(ctx.get("expected", "")))
        allowed = ", ".join(words) or str(ctx.get("expected"))
        near = say_nearest(given, words, "") if isinstance(given, str) else ""
        return f"{_short(given)} is not one of: {allowed}", near or "Choose one of these."
    if kind == "string_pattern_mismatch":
        return f"{_short(given)} is not written as ids are", WRITTEN.get(str(ctx.get("pattern")), "Correct the id.")
    if kind == "string_too_short":
        return "is empty", "Write something, or leave the field out."
    if kind == "missing":
        return "is missing from the list", "Add it."
    if kind == "too_short":
        least, count = ctx.get("min_length", 1), ctx.get("actual_length", 0)
        return f"needs at least {least} {'entries' if least != 1 else 'entry'}, got {count}", "Add what is missing."
    if kind == "too_long":
        return f"takes at most {ctx.get('max_length')} entries, got {ctx.get('actual_length')}", "Remove what is too much."
    if kind in KINDS:
        return f"must be {KINDS[kind]}, got {_short(given)}", "Correct the value."
    return str(error["msg"]), "Correct the value."


def _short(given: Any) -> str:
    """What was given, as TOML writes it, at most a line."""
    if isinstance(given, bool):
        return "true" if given else "false"
    said = repr(given)
    return said if len(said) <= 60 else f"{said[:57]}..."


def _label(path: Path) -> str:
    """The fields that lead to the mistake, as the start of a sentence; entries of a list are counted from 1."""
    out = ""
    for step in path:
        out += f" {step + 1}" if isinstance(step, int) else f"{'.' if out else ''}{step}"
    return f"{out}: " if out else ""


def _place(text: str, path: Path, begin: int, table: str) -> int:
    """The line of a field: tables on the way are looked up, the last field is searched from there."""
    headers = table_lines(text)
    name, end = table, 1 << 60
    if table:
        end = next((line for line in headers.get(table, ()) if line > begin), end)
    for k, step in enumerate(path):
        if isinstance(step, int):
            continue
        name = f"{name}.{step}".lstrip(".")
        found = [line for line in headers.get(name, ()) if begin <= line < end]
        which = next((s for s in path[k + 1 : k + 2] if isinstance(s, int)), 0)
        if which < len(found):
            begin, end = found[which], found[which + 1] if which + 1 < len(found) else end
    for step in reversed(path):
        if isinstance(step, str) and (line := field_line(text, begin, step)) != begin:
            return line
    return begin


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The record that the fields on an error's path lead to."""
    for step in path:
        if isinstance(step, int):
            continue
        info = next((f for n, f in model.model_fields.items() if step in (n, f.alias)), None)
        inner = _model_in(info.annotation) if info is not None else None
        if inner is None:
            return model
        model = inner
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None


def _culprit(data: Any, path: Path) -> str:
    """The id of the innermost record on the path, as the start of a sentence."""
    name = data.get("id") if isinstance(data, dict) else None
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            name = data["id"]
    return f"{name}: " if isinstance(name, str) else ""
