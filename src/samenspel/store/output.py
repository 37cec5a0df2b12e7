"""The output folder of a run: one run per folder, recognised by its content key, never half-written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from samenspel.quantities.errors import SamenspelError
from samenspel.store.content import atomic_write_bytes

MANIFEST = "manifest.json"
Standing = Literal["new", "continue", "finished"]


def output_folder(path: Path, key: str, overwrite: bool = False) -> Standing:
    """Claim `path` for the run with this content key, and say what stands there already.

    Raises `SamenspelError` when it holds another run, or something that is no run, or cannot be written.
    """
    if path.exists() and not path.is_dir():
        raise SamenspelError(f"{path} is a file, not a folder.", cure="Choose another --out.")
    found = _manifest(path)
    if found is None and path.is_dir() and any(path.iterdir()) and not overwrite:
        raise SamenspelError(f"{path} holds files that are not a run of samenspel.", cure="Choose another --out, or pass --overwrite.")
    if found is not None and found.get("key") == key and not overwrite:
        return "finished" if found.get("finished") is True else "continue"
    if found is not None and not overwrite:
        raise SamenspelError(f"{path} holds another run ({found.get('scenario', 'unknown')}).",
                             cure="Choose another --out, or pass --overwrite.")  # fmt: skip
    atomic_write_bytes(path / MANIFEST, json.dumps({"key": key, "finished": False}).encode())
    return "new"


def _manifest(path: Path) -> dict[str, object] | None:
    try:
        found = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "key" in found else None
