"""A file is there whole or not at all, whatever happens to its writer."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samenspel.quantities import SamenspelError
from samenspel.store import atomic_write_bytes, atomic_write_text
from samenspel.store.atomic import PART, sweep

WRITER = """
import sys
from samenspel.store import atomic_write_bytes
n = 0
while True:
    atomic_write_bytes(sys.argv[1], bytes([n % 256]) * 4_000_000)
    n += 1
    if n == 1:
        sys.stdout.write("started\\n"); sys.stdout.flush()
"""


def parts(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if p.name.startswith(PART)]


def test_writes_bytes_and_text_as_given(tmp_path: Path) -> None:
    atomic_write_bytes(tmp_path / "deep" / "er" / "a", b"\x00\r\n\xff")
    atomic_write_text(tmp_path / "b", "één\r\n")
    assert (tmp_path / "deep" / "er" / "a").read_bytes() == b"\x00\r\n\xff"
    assert (tmp_path / "b").read_bytes() == "één\r\n".encode()
    assert parts(tmp_path) == []


def test_permissions_follow_the_mask_of_the_user(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        atomic_write_bytes(tmp_path / "a", b"")
        atomic_write_bytes(tmp_path / "b", b"", mode=0o600)
    finally:
        os.umask(old)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in "ab"] == [0o640, 0o600]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    atomic_write_bytes(tmp_path / "a", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SamenspelError, match="No space left on device"):
        atomic_write_bytes(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert parts(tmp_path) == []


def test_a_really_full_disk_is_a_named_error(tmp_path: Path) -> None:
    """A limit on file size makes the kernel refuse the rest of a write, as a full disk does."""
    script = (
        "import resource, signal, sys\n"
        "from samenspel.store import atomic_write_bytes\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "atomic_write_bytes(sys.argv[1], b'x' * 100_000)\n"
    )
    (tmp_path / "a").write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "a"], capture_output=True, text=True, check=False)
    assert "SamenspelError: cannot write" in done.stderr
    assert (tmp_path / "a").read_bytes() == b"old"
    assert parts(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SamenspelError, match=r"cannot write into .*file"):
        atomic_write_bytes(tmp_path / "file" / "a", b"")


def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    """Twelve real SIGKILLs at random moments (seed 4): the file is always one of the whole versions."""
    moment = random.Random(4)
    target = tmp_path / "a"
    for _ in range(12):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, target], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(moment.uniform(0, 0.03))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        data = target.read_bytes()
        assert len(data) == 4_000_000
        assert data == data[:1] * len(data)
        sweep(tmp_path)
        assert parts(tmp_path) == []


def test_sweep_spares_the_living_and_other_machines(tmp_path: Path) -> None:
    atomic_write_bytes(tmp_path / "a", b"")
    from samenspel.store.atomic import _host

    mine, elsewhere = f"{PART}{_host()}-{os.getpid()}-00", f"{PART}ffffffff-1-00"
    old, odd = f"{PART}ffffffff-2-00", f"{PART}nonsense"
    for name in (mine, elsewhere, old, odd):
        (tmp_path / name).write_bytes(b"")
    os.utime(tmp_path / old, (0, 0))
    sweep(tmp_path)
    assert sorted(parts(tmp_path)) == sorted([mine, elsewhere, odd])
