"""The whole command under real disasters: killed at random moments, on a full disk, among damaged files.

Nothing that was finished is lost, nothing half-written stays, and the same command ends with the files of an undisturbed,
serial run, byte for byte. Worlds here have more people than one block, so that they are cut.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_workers import alive, children

from kumu_files import workbook
from samenspel.evidence.kumu import read_kumu
from samenspel.store.atomic import PART
from samenspel.studies.diagram import write_atlas

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds children through /proc")]
PROGRAM = "from samenspel.views.cli import main; main()"
FILES = ("answer.json", "people.parquet", "report.html", "report.nl.html", "trajectories.parquet")
KILLS = 20


def command(atlas, cache, out, workers, **options):
    """The run as a process of its own."""
    words = [sys.executable, "-c", PROGRAM, "run", "push-rain", "--atlas", atlas, "--worlds", 3, "--people", 2100, "--seed", 4,
             "--save-people", "--quiet", "--workers", workers, "--out", out]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "SAMENSPEL_CACHE": str(cache)}
    return subprocess.Popen(
        [str(w) for w in words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options
    )


def finished(process):
    """Exit code and what was said."""
    said = process.communicate(timeout=120)[1]
    return process.returncode, said


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    base = tmp_path_factory.mktemp("disasters")
    return write_atlas(read_kumu(workbook(base / "pond.xlsx")), "pond", base)


@pytest.fixture(scope="module")
def undisturbed(atlas, tmp_path_factory):
    """The cache and folder of a serial run."""
    base = tmp_path_factory.mktemp("undisturbed")
    assert finished(command(atlas, base / "cache", base / "out", 1)) == (0, "")
    return base


def same(out, undisturbed):
    return all((out / name).read_bytes() == (undisturbed / "out" / name).read_bytes() for name in FILES)


def entries(cache, kind):
    """Finished entries of a kind."""
    return {p.name: p.read_bytes() for p in (cache / kind).glob("*/*") if not p.name.startswith(PART)}


def test_killed_at_twenty_random_moments(atlas, undisturbed, tmp_path):
    """SIGKILL to the driver or to one of its workers; whoever was killed last, the same command is given again."""
    luck, kills, seen = random.Random(11), 0, set()
    cache, out = tmp_path / "cache", tmp_path / "out"
    process, orphans = command(atlas, cache, out, 2), set()
    while kills < KILLS:
        time.sleep(luck.uniform(0.1, 3.0))
        if process.poll() is not None:  # it got through: check, and begin from nothing
            assert finished(process) == (0, "")
            assert same(out, undisturbed)
            shutil.rmtree(out)
            shutil.rmtree(cache)
            seen = set()
            process = command(atlas, cache, out, 2)
            continue
        workers = children(process.pid)
        victim = luck.choice([process.pid, *workers])
        orphans |= set(workers)
        kept = {n for kind in ("reservoir", "trial") for n in entries(cache, kind)}
        assert seen <= kept
        seen = kept
        os.kill(victim, signal.SIGKILL)
        kills += 1
        if victim == process.pid:
            process.communicate()
            process = command(atlas, cache, out, 2)
    assert finished(process) == (0, "")
    assert same(out, undisturbed)
    for kind in ("reservoir", "trial"):
        assert entries(cache, kind) == entries(undisturbed / "cache", kind)
    until = time.monotonic() + 60
    while any(alive(p) for p in orphans) and time.monotonic() < until:
        time.sleep(0.2)
    assert not any(alive(p) for p in orphans)


def test_a_limit_on_files_is_said_and_what_fitted_is_kept(atlas, undisturbed, tmp_path):
    """No file may outgrow 200,000 bytes: reservoirs do, trials would not."""

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    cache, out = tmp_path / "cache", tmp_path / "out"
    for workers in (1, 2):
        code, said = finished(command(atlas, cache, out, workers, preexec_fn=limited))
        assert code == 2
        assert "File too large" in said
        assert not out.exists()
        assert entries(cache, "reservoir") == {}
        assert list(cache.glob(f"reservoir/*/{PART}*")) == []
    assert finished(command(atlas, cache, out, 2)) == (0, "")
    assert same(out, undisturbed)


def test_a_full_disk_keeps_what_was_finished(atlas, undisturbed, tmp_path):
    """A store on a file system of 700 kB, which holds less than half of the chunks; then it is made larger."""
    cache, out = tmp_path / "cache", tmp_path / "out"
    cache.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k,mode=700", "tmpfs", str(cache)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    try:
        for workers in (1, 2):
            code, said = finished(command(atlas, cache, out, workers))
            assert code == 2
            assert "No space left on device" in said
            assert not out.exists()
            whole = entries(undisturbed / "cache", "trial")
            kept = entries(cache, "trial")
            assert kept.items() <= whole.items()
            assert 1 <= len(kept) < len(whole)
        subprocess.run(["mount", "-o", "remount,size=64m", str(cache)], check=True)
        assert entries(cache, "trial").items() >= kept.items()
        assert finished(command(atlas, cache, out, 2)) == (0, "")
        assert same(out, undisturbed)
        assert entries(cache, "trial") == whole
    finally:
        subprocess.run(["umount", str(cache)], check=False)


@pytest.mark.parametrize("harm", ["truncated", "flipped", "swapped", "emptied"])
def test_damaged_files_are_made_again(atlas, undisturbed, tmp_path, harm):
    """Every entry of the store is harmed; none is trusted."""
    cache, out, luck = tmp_path / "cache", tmp_path / "out", random.Random(harm)
    shutil.copytree(undisturbed / "cache", cache)
    for kind in ("reservoir", "trial", "route", "contrast"):
        paths = sorted(cache.glob(f"{kind}/*/*"))
        raw = [p.read_bytes() for p in paths]
        for k, path in enumerate(paths):
            changed = bytearray(raw[k])
            if harm == "truncated":
                del changed[luck.randrange(len(changed)) :]
            elif harm == "flipped":
                changed[luck.randrange(len(changed))] ^= 1 << luck.randrange(8)
            elif harm == "swapped":
                changed = bytearray(raw[k - 1]) if len(raw) > 1 else changed[::-1]
            else:
                changed = bytearray()
            path.write_bytes(bytes(changed))
    assert finished(command(atlas, cache, out, 2))[0] == 0
    assert same(out, undisturbed)
    for kind in ("reservoir", "trial"):
        assert entries(cache, kind) == entries(undisturbed / "cache", kind)
