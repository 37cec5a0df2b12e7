"""One content-addressed place for what can be computed again: reservoirs, chunks, runs, kernels.

A file is named by the key of what made it, carries a checksum, is written beside its place and moved there in one step.
A truncated, foreign or altered file counts as absent. Nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs

from samenspel.quantities.errors import SamenspelError

log = logging.getLogger(__name__)
MAGIC = b"samenspel-store-1\n"
ENVIRONMENT = "SAMENSPEL_CACHE"
Array = npt.NDArray[Any]


def key(content: Mapping[str, Any]) -> str:
    """sha256 of the canonical JSON of `content`.

    Raises `SamenspelError` for what JSON cannot say exactly (NaN, arrays, objects).
    """
    try:
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as fault:
        raise SamenspelError(f"a content key needs plain values: {fault}.", cure="Give numbers, texts, lists and tables.") from fault
    return hashlib.sha256(text.encode()).hexdigest()


def atomic_write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside its place first, then moved.

    Raises `SamenspelError` if the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    except OSError as fault:
        raise SamenspelError(f"cannot write into {path.parent}: {fault.strerror}.", cure="Choose a folder you may write to.") from fault
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as fault:
        raise SamenspelError(f"cannot write {path}: {fault.strerror}.", cure="Free some room, or choose another folder.") from fault
    finally:
        if os.path.exists(name):
            os.unlink(name)


def atomic_write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all."""
    atomic_write_bytes(path, text.encode())


class Store:
    """A folder of checked files, by kind and key; by default in the user's cache, for the owner alone."""

    def __init__(self, root: Path | None = None) -> None:
        given = os.environ.get(ENVIRONMENT)
        self.root = root or (Path(given) if given else Path(platformdirs.user_cache_dir("samenspel")))

    def path(self, kind: str, name: str) -> Path:
        """Where an entry stands."""
        return self.root / kind / name[:2] / name

    def put(self, kind: str, name: str, data: bytes) -> Path:
        """Store bytes under a key; the last writer of equal content wins, which changes nothing."""
        path = self.path(kind, name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        atomic_write_bytes(path, MAGIC + hashlib.sha256(data).digest() + data)
        os.chmod(path, 0o600)
        return path

    def get(self, kind: str, name: str) -> bytes | None:
        """The bytes of an entry; None when it is absent, not ours, or damaged."""
        path = self.path(kind, name)
        try:
            status = path.stat()
            raw = path.read_bytes()
        except OSError:
            return None
        if hasattr(os, "getuid") and status.st_uid != os.getuid():
            log.warning("ignored %s: it belongs to another user", path)
            return None
        head = len(MAGIC)
        data = raw[head + 32 :]
        if raw[:head] != MAGIC or raw[head : head + 32] != hashlib.sha256(data).digest():
            log.warning("ignored %s: damaged or foreign; it will be made again", path)
            return None
        return data

    def put_arrays(self, kind: str, name: str, arrays: Mapping[str, Array], notes: Mapping[str, Any] | None = None) -> Path:
        """Store named arrays, with plain notes beside them."""
        buffer = io.BytesIO()
        text = np.frombuffer(json.dumps(dict(notes or {}), sort_keys=True).encode(), dtype=np.uint8)
        np.savez(buffer, **{"notes": text, **{f"a/{k}": v for k, v in arrays.items()}})  # pyright: ignore[reportArgumentType]
        return self.put(kind, name, buffer.getvalue())

    def get_arrays(self, kind: str, name: str) -> tuple[dict[str, Array], dict[str, Any]] | None:
        """Named arrays and notes of an entry; None as in `get`."""
        data = self.get(kind, name)
        if data is None:
            return None
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                notes = json.loads(bytes(file["notes"]).decode())
                return {k.removeprefix("a/"): file[k] for k in file.files if k.startswith("a/")}, notes
        except (ValueError, KeyError, OSError):
            log.warning("ignored %s: not readable; it will be made again", self.path(kind, name))
            return None
