"""The output folder of a run: answer, two reports, trajectories, and last the manifest that calls them finished."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from samenspel.quantities.errors import SamenspelError
from samenspel.store import (
    MANIFEST,
    atomic_write_bytes,
    atomic_write_text,
    check_foreign,
    finish_output,
    output_folder,
    read_manifest,
)  # fmt: skip
from samenspel.studies.answer import Answer
from samenspel.views.report import FILES, pages

ANSWER, TRAJECTORIES = "answer.json", "trajectories.parquet"
PEOPLE = "people.parquet"  # written before the others, where it was asked for
NAMES = (ANSWER, *FILES.values(), TRAJECTORIES)
PACKAGES = ("samenspel", "numpy", "scipy", "matplotlib", "pyarrow")


def write(answer: Answer, folder: Path, *, notes: Mapping[str, Any] | None = None) -> list[Path]:
    """Write everything that belongs to a run into a folder that was claimed for it; returns the files.

    All contents are made before the first is written, each is moved into place whole, and the manifest says "finished"
    only after the last. Files but the manifest hold no clock, path or host. Raises `SamenspelError` if the folder cannot
    be written.
    """
    contents: dict[str, str | bytes] = {TRAJECTORIES: trajectories(answer)}
    contents |= pages(answer)
    contents[ANSWER] = answer.to_json()
    for name, content in contents.items():
        if isinstance(content, str):
            atomic_write_text(folder / name, content)
        else:
            atomic_write_bytes(folder / name, content)
    names = (*NAMES, PEOPLE) if (folder / PEOPLE).is_file() else NAMES
    finish_output(folder, answer.key, names, {**machine(), **(notes or {})})
    return [folder / name for name in (*names, MANIFEST)]


def read(folder: Path, key: str) -> Answer | None:
    """The answer with this key that a folder holds, or None."""
    try:
        answer = Answer.from_json((folder / ANSWER).read_text(encoding="utf-8"))
    except (OSError, ValueError, SamenspelError):
        return None
    return answer if answer.key == key else None


def lost(folder: Path) -> list[str]:
    """Files of a finished run that are not there any more."""
    listed = (read_manifest(folder) or {}).get("files")
    names = [str(n) for n in listed] if isinstance(listed, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return [name for name in (*NAMES, PEOPLE) if (name in names or name != PEOPLE) and not (folder / name).is_file()]


def machine() -> dict[str, Any]:
    """What a manifest notes about the moment and the machine."""
    versions: dict[str, str] = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "written": datetime.now(UTC).isoformat(timespec="seconds"), "host": platform.node(), "system": platform.platform(),
        "processors": os.cpu_count(), "versions": versions, "command": sys.argv[1:],
    }  # fmt: skip


def check_writable(folder: Path) -> None:
    """Refuse early what cannot be written into: a file, or a folder that is not ours to write.

    Raises `SamenspelError` naming --out.
    """
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise SamenspelError(f"{place} is a file, not a folder.", cure="Choose another --out.")
    if not os.access(place, os.W_OK | os.X_OK):
        raise SamenspelError(f"cannot write into {place}: permission denied.", cure="Choose another --out.")


def claim(folder: Path, key: str, notes: Mapping[str, Any], *, overwrite: bool) -> str:
    """Claim the folder before the work; with `overwrite` an old run stays until `take_over`.

    Returns "new", "continue" or "finished". Raises `SamenspelError` for another run's folder, naming --overwrite.
    """
    check_writable(folder)
    if overwrite and folder.is_dir() and any(folder.iterdir()):
        check_foreign(folder)
        return "new"
    return output_folder(folder, key, notes=notes)


def take_over(folder: Path, key: str, notes: Mapping[str, Any]) -> None:
    """After the work, clear the old run out of the folder that is overwritten."""
    output_folder(folder, key, overwrite=True, notes=notes)


def release(folder: Path, present: bool) -> None:
    """Undo a new claim after a mistake: nothing of a run that cannot be made is left. `present`: the folder was there."""
    (folder / MANIFEST).unlink(missing_ok=True)
    if not present:
        for place in (folder, folder.parent):
            if place.is_dir() and not any(place.iterdir()) and place != Path.cwd():
                place.rmdir()


def trajectories(answer: Answer) -> bytes:
    """One long table as Parquet: bands over worlds per arm, single fictional people, and paired differences per measure.

    Columns: kind (band, person, effect), measure, arm, week, person, low, middle, high. A person's value stands in
    `middle`; `arm` is empty for effects, which compare two arms.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("kind", "measure", "arm", "week", "person", "low", "middle", "high")
    rows = sorted(_rows(answer), key=lambda r: tuple("" if x is None else x for x in r[:5]))
    kinds = (pa.string(), pa.string(), pa.string(), pa.int32(), pa.string(), pa.float64(), pa.float64(), pa.float64())
    columns = [pa.array([row[k] for row in rows], type=kind) for k, kind in enumerate(kinds)]
    out = pa.BufferOutputStream()
    pq.write_table(pa.table(columns, names=list(names)), out, compression="none", version="2.6")
    return out.getvalue().to_pybytes()


def _rows(answer: Answer) -> list[tuple[Any, ...]]:
    t = answer.trajectories
    rows: list[tuple[Any, ...]] = []
    for arm, table in t.get("arms", {}).items():
        for week, band in zip(t["weeks"], table["band"], strict=True):
            rows.append(("band", t["measure"], arm, int(week), None, band["low"], band["middle"], band["high"]))
        for person in table["persons"]:
            for week, value in zip(t["weeks"], person["values"], strict=True):
                rows.append(("person", t["measure"], arm, int(week), person["id"], None, float(value), None))
    for measure, table in answer.blocks["assumptions"]["effects"].items():
        for week, row in table["weeks"].items():
            rows.append(("effect", measure, None, int(week), None, row["low"], row["middle"], row["high"]))
    return rows
