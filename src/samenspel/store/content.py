"""One content-addressed place for what can be computed again: reservoirs, chunks, runs, banks, kernels.

An entry is named by a kind and the key of what made it. Its file is

    the line "samenspel-store-3"  +  SHA-256 of (kind, key, data), 32 bytes  +  data

and is written whole or not at all, into folders that only the owner may open. Nothing is locked: two processes that
make the same entry write the same content, and the last move wins. A file that is truncated, altered, moved from
another entry, not the user's own, or standing in a folder that others may enter, counts as absent and is made again.
Nothing is unpickled. Left out: expiry; the user may delete the folder at any time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs

from samenspel.quantities.errors import SamenspelError
from samenspel.store.atomic import atomic_write_bytes, sweep

log = logging.getLogger(__name__)
MAGIC = b"samenspel-store-3\n"
ENVIRONMENT = "SAMENSPEL_CACHE"
Array = npt.NDArray[Any]
WORD = 16  # bytes: every array of an entry begins at a multiple of it
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Store:
    """A folder of checked files, by kind and key.

    root  where it stands; if not given, the folder named by SAMENSPEL_CACHE, else the user's own cache folder
    """

    def __init__(self, root: Path | str | None = None) -> None:
        given = root or os.environ.get(ENVIRONMENT)
        self.root = Path(given) if given else Path(platformdirs.user_cache_dir("samenspel"))

    def path(self, kind: str, key: str) -> Path:
        """Where an entry stands, whether or not it is there.

        Raises `ValueError` if kind or key could lead out of the store.
        """
        for name in (kind, key):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot name a store entry; use letters, digits, and - _ . inside")
        return self.root / kind / key[:2] / key

    def put(self, kind: str, key: str, data: bytes) -> Path:
        """Store bytes and return their place.

        Raises `SamenspelError` if the store cannot be written.
        """
        path = self.path(kind, key)
        self._make_private(path.parent)
        sweep(path.parent)
        if path.is_dir() and not path.is_symlink():
            _remove_empty(path)
        atomic_write_bytes(path, MAGIC + _checksum(kind, key, data) + data, mode=0o600)
        return path

    def holds(self, kind: str, key: str) -> bool:
        """Whether a sound entry is there."""
        return self.get(kind, key) is not None

    def get(self, kind: str, key: str) -> bytes | None:
        """The bytes of an entry; None when it is absent, damaged, or not the user's own (logged)."""
        path = self.path(kind, key)
        raw = self._read_own(path)
        if raw is None:
            return None
        start = len(MAGIC) + 32
        data = raw[start:]
        if raw[:start] != MAGIC + _checksum(kind, key, data):
            log.warning("ignored %s: truncated, altered or foreign; it will be made again", path)
            return None
        return data

    def put_arrays(
        self, kind: str, key: str, arrays: Mapping[str, Array], notes: Mapping[str, Any] | None = None
    ) -> Path:
        """Store named arrays of numbers, truth values or texts, with plain notes (JSON) beside them.

        Raises `SamenspelError` if the store cannot be written, `ValueError` for arrays of Python objects.
        """
        index: list[tuple[str, str, tuple[int, ...]]] = []
        parts: list[bytes] = []
        for name, array in sorted(arrays.items()):
            if array.dtype.hasobject:
                raise ValueError(f"array {name!r} holds Python objects; store numbers, truth values or texts")
            index.append((name, array.dtype.str, array.shape))
            parts.append(array.tobytes() + bytes(-array.nbytes % WORD))
        head = {"arrays": index, "notes": dict(notes or {})}
        line = json.dumps(head, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()
        return self.put(kind, key, line + b" " * (-(len(line) + 1) % WORD) + b"\n" + b"".join(parts))

    def get_arrays(self, kind: str, key: str) -> tuple[dict[str, Array], dict[str, Any]] | None:
        """Named arrays and notes of an entry; None as in `get`."""
        data = self.get(kind, key)
        if data is None:
            return None
        try:
            end = data.index(b"\n")
            head = json.loads(data[:end])
            arrays: dict[str, Array] = {}
            place, memory = end + 1, bytearray(data)  # of our own, so that the arrays can be written
            for name, kind_of, shape in head["arrays"]:
                one = np.ndarray(tuple(shape), np.dtype(kind_of), memory, place)
                if one.dtype.hasobject:
                    raise ValueError("no numbers")
                arrays[name] = one
                place += one.nbytes + -one.nbytes % WORD
            return arrays, head["notes"]
        except (ValueError, KeyError, TypeError):
            log.warning("ignored %s: it holds no arrays; it will be made again", self.path(kind, key))
            return None

    def _make_private(self, folder: Path) -> None:
        """Make the folders below the root, each for the owner alone, and close those of ours that stand open."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for level in (folder.parent, folder):
                level.mkdir(exist_ok=True, mode=0o700)
                if not _private(level.lstat()):
                    os.chmod(level, 0o700)
        except OSError as fault:
            where = f" at {fault.filename}" if fault.filename and str(fault.filename) != str(self.root) else ""
            raise SamenspelError(
                f"cannot write into the store {self.root}: {fault.strerror}{where}.",
                cure=f"Choose another folder by the environment variable {ENVIRONMENT}.",
            ) from fault

    def _read_own(self, path: Path) -> bytes | None:
        """The raw file, if it and the two folders above it are the user's own and closed to others."""
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        except FileNotFoundError:
            return None
        except OSError as fault:
            log.warning("ignored %s: %s", path, fault.strerror)
            return None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            log.warning("ignored %s: it is no file", path)
            return None
        with os.fdopen(handle, "rb") as file:
            standing = [path.parent.parent.lstat(), path.parent.lstat()]
            if not all(_private(level) for level in standing) or not _own_file(os.fstat(file.fileno())):
                log.warning("ignored %s: others may write it; it will be made again", path)
                return None
            try:
                return file.read()
            except OSError as fault:
                log.warning("ignored %s: %s", path, fault.strerror)
                return None


def _remove_empty(folder: Path) -> None:
    """Make room for an entry where a folder stands; one that holds something is somebody's, and is left."""
    try:
        folder.rmdir()
    except OSError as fault:
        raise SamenspelError(
            f"a folder stands at {folder}, where an entry of the store belongs ({fault.strerror}).",
            cure=f"Remove it, or choose another store by the environment variable {ENVIRONMENT}.",
        ) from fault


def _checksum(kind: str, key: str, data: bytes) -> bytes:
    digest = hashlib.sha256(f"{kind}\n{key}\n".encode())
    digest.update(data)
    return digest.digest()


def _private(status: os.stat_result) -> bool:
    """A real folder of the user, that nobody else may enter."""
    if not hasattr(os, "getuid"):
        return True
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and status.st_mode & 0o077 == 0


def _own_file(status: os.stat_result) -> bool:
    """A plain file of the user, that nobody else may write."""
    if not hasattr(os, "getuid"):
        return True
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid() and status.st_mode & 0o022 == 0
