"""Several processes on one machine fill the store with the chunks of a run; whoever dies is replaced.

Each worker is a new Python that rebuilds the model from the job and writes finished chunks into the store itself, so nothing
passes between processes but text. A chunk whose worker died is given out again.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samenspel.quantities.errors import SamenspelError
from samenspel.store.content import ENVIRONMENT
from samenspel.studies.chunks import Work

MOST_DEATHS = 25  # of workers on one chunk before the run gives up: a machine without memory, not bad luck
MOST_WORKERS = 256


def fill_store(work: Work, workers: int, tell: Callable[[float], None] | None = None) -> None:
    """Make every missing chunk with `workers` processes.

    Raises `SamenspelError` with a worker's own words, or if workers keep dying on one chunk; finished chunks stay.
    """
    if not 1 <= workers <= MOST_WORKERS:
        raise SamenspelError(
            f"workers must lie from 1 to {MOST_WORKERS}, got {workers}.", cure="Give --workers about the number of cores."
        )
    missing = work.missing()
    if not missing:
        return
    crew = _Crew(work, missing, tell)
    threads = [threading.Thread(target=crew.lead, daemon=True) for _ in range(min(workers, len(missing)))]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # in short turns, so that an interrupt from the keyboard is heard
    finally:
        crew.close()
    if crew.wrong is not None:
        raise crew.wrong


class _Crew:
    """The queue of chunks and the processes that work on it."""

    def __init__(self, work: Work, missing: list[int], tell: Callable[[float], None] | None) -> None:
        self.job, self.root, self.tell = work.job.text(), work.store.root, tell
        self.all, self.total = len(work.chunks), len(missing)
        self.todo: queue.SimpleQueue[int] = queue.SimpleQueue()
        for k in missing:
            self.todo.put(k)
        self.left, self.deaths = len(missing), dict.fromkeys(missing, 0)
        self.wrong: SamenspelError | None = None
        self.running: set[subprocess.Popen[str]] = set()
        self.lock = threading.Lock()
        self.closed = threading.Event()

    def lead(self) -> None:
        """One thread, one worker at a time, until nothing is left to do."""
        process: subprocess.Popen[str] | None = None
        while not self.closed.is_set() and self.left > 0:
            try:
                k = self.todo.get(timeout=0.2)
            except queue.Empty:
                continue  # another worker may yet die and give its chunk back
            try:
                if process is None:
                    process = self._start()
                answer = self._ask(process, k)
            except OSError:  # it died between two lines, or could not be started
                answer = None
            if answer is None:
                self._end(process)
                process = None
            self._note(k, answer)
        self._end(process)

    def close(self) -> None:
        """End all workers; a chunk in the making is lost, a finished one is not."""
        self.closed.set()
        with self.lock:
            running = list(self.running)
        for process in running:
            process.kill()

    def _note(self, k: int, answer: dict[str, Any] | None) -> None:
        with self.lock:
            if answer is not None and "error" in answer:
                self.wrong = self.wrong or SamenspelError(answer["error"].pop("message"), **answer["error"])
                self.closed.set()
            elif answer is not None:
                self.left -= 1
                if self.tell is not None:
                    self.tell(1 - self.left / self.total)
            else:
                self.deaths[k] += 1
                if self.deaths[k] > MOST_DEATHS:
                    self.wrong = SamenspelError(
                        f"workers died {self.deaths[k]} times on part {k + 1} of {self.all}.",
                        cure="Look at the memory of the machine, or use fewer workers.",
                    )
                    self.closed.set()
                self.todo.put(k)

    def _start(self) -> subprocess.Popen[str]:
        import samenspel

        home = str(Path(samenspel.__file__).parents[1])
        paths = os.pathsep.join(p for p in (home, os.environ.get("PYTHONPATH", "")) if p)
        environment = {**os.environ, "PYTHONPATH": paths, ENVIRONMENT: str(self.root)}
        process = subprocess.Popen(
            [sys.executable, "-m", "samenspel.studies.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment,
        )
        with self.lock:
            self.running.add(process)
        assert process.stdin is not None
        process.stdin.write(self.job + "\n")
        return process

    def _ask(self, process: subprocess.Popen[str], k: int) -> dict[str, Any] | None:
        """The worker's answer about chunk k; None when it died."""
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{k}\n")
        process.stdin.flush()
        for line in process.stdout:
            try:
                answer = json.loads(line)
            except ValueError:
                return None  # torn off in the middle
            if "ready" not in answer:
                return answer
        return None

    def _end(self, process: subprocess.Popen[str] | None) -> None:
        if process is None:
            return
        with self.lock:
            self.running.discard(process)
        for stream in (process.stdin, process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                pass
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
