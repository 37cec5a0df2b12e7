"""The output folder of a run: one run per folder, recognised by its content key, never half-written.

`manifest.json` in the folder says which run it holds (`key`), whether it is complete (`finished`), which files belong
to it (`files`), and whatever else the run notes (time, host, path: what must not stand in the answer itself).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, cast

from samenspel.quantities.errors import SamenspelError
from samenspel.store.atomic import atomic_write_text, sweep

MANIFEST = "manifest.json"
#: what a run writes; an overwritten run is cleared of these and of what its manifest lists, and of nothing else
ANSWER_FILES = ("answer.json", "report.html", "report.nl.html", "trajectories.parquet", "people.parquet")
Standing = Literal["new", "continue", "finished"]


def output_folder(
    path: Path | str, key: str, overwrite: bool = False, notes: Mapping[str, Any] | None = None
) -> Standing:
    """Claim a folder for the run with this content key, and say what stands there.

    new       nothing, or something that was overwritten: the folder now holds an unfinished run
    continue  the same run, unfinished: its files are whole, some may be missing
    finished  the same run, complete: nothing was touched

    overwrite  clear the folder of another run; files that no run wrote are left alone, and where they bear the names of
               what a run writes the folder is refused
    notes      further lines of the manifest, such as the scenario

    Raises `SamenspelError`, naming --out and --overwrite, when the folder holds another run or other files; also when
    it is a file or cannot be read or written.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_dir():
            raise SamenspelError(f"{path} is a file, not a folder.", cure="Choose another --out.")
        if path.is_dir():
            sweep(path)
        found = read_manifest(path)
        empty = not path.is_dir() or not any(path.iterdir())
    except OSError as fault:
        raise SamenspelError(f"cannot read {path}: {fault.strerror}.", cure="Choose another --out.") from fault
    if not overwrite and found is not None and found["key"] == key:
        return "finished" if found.get("finished") is True else "continue"
    if not overwrite and not empty:
        whose = _whose(found) if found is not None else "files that are not a run of samenspel"
        raise SamenspelError(f"{path} holds {whose}.", cure="Choose another --out, or pass --overwrite.")
    if found is not None:
        _clear(path, found)
    else:
        check_foreign(path)
    _write(path, {**(notes or {}), "key": key, "finished": False, "files": []})
    return "new"


def check_foreign(path: Path | str) -> None:
    """Refuse a folder without a run in which files stand under the names that a run writes.

    Raises `SamenspelError` naming them.
    """
    path = Path(path)
    there = [name for name in (*ANSWER_FILES, MANIFEST) if (path / name).exists() or (path / name).is_symlink()]
    if there and read_manifest(path) is None:
        raise SamenspelError(
            f"{path} holds {', '.join(there)}, which no run of samenspel is known to have written.",
            cure="Choose another --out, or move them away.",
        )


def finish_output(path: Path | str, key: str, files: Iterable[str], notes: Mapping[str, Any] | None = None) -> None:
    """Mark the run in a folder as complete: the last thing a run writes.

    files  names of what belongs to it, relative to the folder

    Raises `SamenspelError` when the folder meanwhile holds another run, lacks one of the files, or cannot be written.
    """
    path, names = Path(path), sorted(files)
    found = read_manifest(path)
    if found is None or found["key"] != key:
        whose = _whose(found) if found else "something else"
        raise SamenspelError(f"{path} was taken by {whose} meanwhile.", cure="Choose another --out.")
    missing = [name for name in names if not (path / name).is_file()]
    if missing:
        raise SamenspelError(f"{path} lacks {', '.join(missing)}.", cure="Run again: what is there will be used.")
    _write(path, {**found, **(notes or {}), "key": key, "finished": True, "files": names})


def read_manifest(path: Path | str) -> dict[str, Any] | None:
    """The manifest of a folder; None if there is none, or it is no manifest of a run."""
    try:
        found = json.loads((Path(path) / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    table = cast("dict[str, Any]", found)
    return table if isinstance(table.get("key"), str) else None


def _whose(found: Mapping[str, Any]) -> str:
    name = found.get("scenario")
    state = "finished" if found.get("finished") is True else "unfinished"
    return f"another {state} run" + (f", of {name}" if isinstance(name, str) else "")


def _write(path: Path, manifest: Mapping[str, Any]) -> None:
    atomic_write_text(path / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _clear(path: Path, found: Mapping[str, Any]) -> None:
    """Remove an old run; it is first marked unfinished, so that a kill in between leaves no answer called finished."""
    _write(path, {**found, "finished": False})
    listed = found.get("files") if isinstance(found.get("files"), list) else []
    names = {*ANSWER_FILES, *(str(name) for name in cast("list[object]", listed))}
    try:
        for name in names:
            target = path / name
            if target.parent.resolve().is_relative_to(path.resolve()) and target.is_file():
                target.unlink()
    except OSError as fault:
        raise SamenspelError(f"cannot clear {path}: {fault.strerror}.", cure="Choose another --out.") from fault
