"""Time and memory of the default run, from start to report, and of help; a line is added to ``benchmarks/history.md``.

Run: ``python benchmarks/run_default.py [--worlds 64] [--people 200] [--engine numpy] [--scenario ID] [--atlas DIR] [--workers 1] [--dry]``.
Three runs with a store of their own: nothing kept; people kept, all else (kernels too) made anew; everything kept. Limits for the default
run on two cores with the NumPy engine: 5 minutes, 60 s with the reservoir kept, 2 GiB; help under 0.5 s.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from samenspel import __version__

HISTORY = Path(__file__).with_name("history.md")
HEAD = """# Default runs, timed

Each line is one call of `benchmarks/run_default.py`. Wall time in seconds from start to report; memory is the peak of the
process. "shared": something else used the machine (load above half a core per core when the benchmark began).

| date | version | machine | run | first | reservoir kept | all kept | peak GiB | help |
|---|---|---|---|---|---|---|---|---|
"""
REMADE = ("trial", "contrast", "route", "steps", "kernel")  # kinds in the store thrown away for the second run: all but people


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall time (s) and peak memory (GiB) of one process.

    Raises `RuntimeError` if it fails.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if process.returncode != 0:
            said.seek(0)
            raise RuntimeError(said.read().decode(errors="replace")[-2000:])
    return wall, usage.ru_maxrss / 2**20


def machine() -> str:
    """Shape of the machine: nothing that names it."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    shared = ", shared" if os.getloadavg()[0] > 0.5 * cores else ""
    return f"{cores} cores, {memory:.0f} GiB, {platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}{shared}"


def main() -> None:
    """Time the three runs and help, print the line, and add it to the history."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=64)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--engine", default="numpy", choices=("auto", "numpy", "native"))
    parser.add_argument("--scenario", default=None)
    parser.add_argument("--atlas", type=Path, default=None)
    parser.add_argument("--dry", action="store_true", help="print the line and leave the history alone")
    given = parser.parse_args()
    shape = machine()
    python = [sys.executable, "-m", "samenspel.views.cli"]
    with tempfile.TemporaryDirectory(prefix="samenspel-benchmark-") as folder:
        store = Path(folder) / "store"
        environment = {**os.environ, "SAMENSPEL_CACHE": str(store)}
        command = [*python, "run", "--quiet", "--worlds", str(given.worlds), "--people", str(given.people), "--engine", given.engine]
        command += ["--workers", str(given.workers)]
        command += [given.scenario] if given.scenario else []
        command += ["--atlas", str(given.atlas)] if given.atlas else []
        walls, peaks = [], []
        for k in range(3):
            if k == 1:
                for kind in REMADE:
                    for kept in store.rglob(kind):
                        if kept.is_dir():
                            shutil.rmtree(kept)
            wall, peak = timed([*command, "--out", f"{folder}/out-{k}"], environment)
            walls.append(wall)
            peaks.append(peak)
            print(f"{('first', 'reservoir kept', 'all kept')[k]:<16}{wall:8.1f} s  {peak:6.2f} GiB", flush=True)
        helps = min(timed([*python, "--help"], environment)[0] for _ in range(3))
    print(f"{'help':<16}{helps:8.2f} s")
    what = f"{given.scenario or 'default'}, {given.worlds} x {given.people}, {given.engine}, {given.workers} worker{'s' * (given.workers > 1)}"
    date = datetime.now(UTC).date().isoformat()
    times = " | ".join(f"{w:.1f}" for w in walls)
    line = f"| {date} | {__version__} | {shape} | {what} | {times} | {max(peaks):.2f} | {helps:.2f} |\n"
    print(line, end="")
    if not given.dry:
        text = HISTORY.read_text(encoding="utf-8") if HISTORY.is_file() else HEAD
        table = text.index(HEAD[HEAD.index("| date") :].split("\n")[0])  # the first table; others may follow it
        end = text.find("\n\n", table)
        end = len(text.rstrip("\n")) if end < 0 else end
        HISTORY.write_text(text[:end] + "\n" + line.rstrip("\n") + text[end:], encoding="utf-8")


if __name__ == "__main__":
    main()
