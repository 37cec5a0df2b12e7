"""Files written whole or not at all.

The content goes into a hidden part file in the same folder, is flushed to the disk, and is moved into place in one
step. A process killed in between leaves a part file and never a half-written answer; `sweep` removes what dead writers
left.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import socket
import time
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

from samenspel.quantities.errors import SamenspelError

PART = ".part-"
_A_DAY = 86400.0


@contextlib.contextmanager
def atomic_file(path: Path | str, *, mode: int = 0o666) -> Generator[BinaryIO]:
    """A file to write into, moved to its place whole when the block ends, making its folder if need be.

    mode  permissions of a new file, before the user's mask

    Raises `SamenspelError` if the folder cannot be written or the disk is full. After any error in the block what stood
    there before stays.
    """
    path = Path(path)
    part = path.parent / f"{PART}{_host()}-{os.getpid()}-{secrets.token_hex(8)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    except OSError as fault:
        raise SamenspelError(
            f"cannot write into {path.parent}: {fault.strerror}.", cure="Choose a folder you may write to."
        ) from fault
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
        _flush_folder(path.parent)
    except OSError as fault:
        cure = "Choose another name." if path.is_dir() else "Free some room, or choose another folder."
        raise SamenspelError(f"cannot write {path}: {fault.strerror or fault}.", cure=cure) from fault
    finally:
        part.unlink(missing_ok=True)


def atomic_write_bytes(path: Path | str, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file whole or not at all; `mode`, errors and what stays as in `atomic_file`."""
    with atomic_file(path, mode=mode) as out:
        out.write(data)


def atomic_write_text(path: Path | str, text: str, *, mode: int = 0o666) -> None:
    """Write UTF-8 text, line ends as given, whole or not at all; errors as in `atomic_write_bytes`."""
    atomic_write_bytes(path, text.encode(), mode=mode)


def sweep(folder: Path) -> None:
    """Remove part files whose writer is gone: a dead process of this machine, or any that is a day old."""
    for part in folder.glob(f"{PART}*"):
        with contextlib.suppress(OSError, ValueError):
            host, process, _ = part.name.removeprefix(PART).split("-")
            old = time.time() - part.stat().st_mtime > _A_DAY
            if old or (host == _host() and not _alive(int(process))):
                part.unlink()


def _alive(process: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 would end the process there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _host() -> str:
    return hashlib.blake2s(socket.gethostname().encode()).hexdigest()[:8]


def _flush_folder(folder: Path) -> None:
    """Make the move itself last through a power cut, where the system allows it."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
