"""Several processes on one machine do the tasks of a run and fill the store; whoever dies is replaced.

This process does its share. Each other worker is a new Python that rebuilds the model from the job and writes what it finished
into the store itself, so nothing passes between processes but text. The task of a worker that died is given out again.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from samenspel.engine.threads import ENVIRONMENT as THREADS
from samenspel.engine.threads import threads
from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store
from samenspel.store.content import ENVIRONMENT as STORE
from samenspel.studies.chunks import Work
from samenspel.studies.sizes import LIMITS
from samenspel.studies.tasks import Task, chunk_tasks, do, step_tasks

MOST_DEATHS = 25  # of workers on one task before the run gives up: a machine without memory, not bad luck
MOST_WORKERS = LIMITS["workers"][1]
PROGRAM = "samenspel.studies.worker"
Tell = Callable[[float], None]


class Crew:
    """A number of processes, this one among them, for the tasks of one run.

    program, here  what the others run, and how this process does a task: both know the same kinds of task

    Raises `SamenspelError` for a number of processes that is none.
    """

    def __init__(
        self, workers: int, program: str = PROGRAM, here: Callable[[Work, Task], None] = do, store: Store | None = None
    ) -> None:  # fmt: skip
        if not 1 <= workers <= MOST_WORKERS:
            raise SamenspelError(
                f"workers must lie from 1 to {MOST_WORKERS}, got {workers}.", cure="Give --workers about the number of cores."
            )
        self.others, self.program, self.here = workers - 1, program, here
        self._shared = {STORE: str((store or Store()).root), THREADS: str(max(1, threads() // workers))}
        self._todo: queue.Queue[Task] = queue.Queue()  # a SimpleQueue of 3.11 can forget the timeout of a second taker
        self._left, self._named, self._deaths = 0, 0, dict[str, int]()
        self._wrong: SamenspelError | None = None
        self._tell: Tell = lambda _left: None
        self._threads: list[threading.Thread] = []
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def ready(self, job: str, chunks: int) -> None:
        """Have the others read the evidence and draw the worlds of a run of so many chunks while this process does."""
        for _ in range(min(self.others, chunks) if chunks > 1 else 0):
            self._join(job, at_once=True)

    def do(self, work: Work, tasks: Iterable[Task], tell: Tell | None = None) -> None:
        """Have all these tasks of a run done; the others begin while later ones are still being named.

        tell  hears the share of the tasks named so far that is done

        Raises `SamenspelError` with a worker's own words, or if workers keep dying on one task; finished tasks stay.
        """
        self._deaths.clear()
        self._tell = tell or (lambda _share: None)
        self._named = 0
        for task in tasks:
            with self._lock:
                self._named += 1
                self._left += 1
            self._todo.put(task)
            if self._named > 1 and len(self._threads) < min(self.others, self._named):
                self._join(work.job.text())
        while self._left > 0 and self._wrong is None:
            try:
                task = self._todo.get(timeout=0.05)  # in short turns, so that an interrupt from the keyboard is heard
            except queue.Empty:
                continue  # another worker may yet die and give its task back
            self.here(work, task)
            self._note(task, {})
        if self._wrong is not None:
            raise self._wrong

    def close(self) -> None:
        """End all workers; a task in the making is lost, a finished one is not."""
        self._closed.set()
        with self._lock:
            running = list(self._running)
        for process in running:
            process.kill()
        for thread in self._threads:
            thread.join()

    def _join(self, job: str, *, at_once: bool = False) -> None:
        thread = threading.Thread(target=self._lead, args=(job, at_once), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _lead(self, job: str, at_once: bool) -> None:
        """One thread, one worker at a time, until the crew is closed."""
        process: subprocess.Popen[str] | None = None
        if at_once:
            with suppress(OSError):  # then it is tried again with the first task
                process = self._start(job)
        while not self._closed.is_set():
            try:
                task = self._todo.get(timeout=0.05)
            except queue.Empty:
                continue
            try:
                if process is None:
                    process = self._start(job)
                answer = self._ask(process, task)
            except OSError:  # it died between two lines, or could not be started
                answer = None
            if answer is None:
                self._end(process)
                process = None
            self._note(task, answer)
        self._end(process)

    def _note(self, task: Task, answer: dict[str, Any] | None) -> None:
        with self._lock:
            if answer is not None and "error" in answer:
                self._wrong = self._wrong or SamenspelError(answer["error"].pop("message"), **answer["error"])
            elif answer is not None:
                self._left -= 1
                self._tell(1 - self._left / self._named)
            else:
                name = json.dumps(task)
                self._deaths[name] = self._deaths.get(name, 0) + 1
                if self._deaths[name] > MOST_DEATHS:
                    self._wrong = SamenspelError(
                        f"workers died {self._deaths[name]} times on one task: {name}.",
                        cure="Look at the memory of the machine, or use fewer workers.",
                    )
                self._todo.put(task)

    def _start(self, job: str) -> subprocess.Popen[str]:
        import samenspel

        home = str(Path(samenspel.__file__).parents[1])
        paths = os.pathsep.join(p for p in (home, os.environ.get("PYTHONPATH", "")) if p)
        with self._lock:
            if self._closed.is_set():
                raise OSError("closed")
            process = subprocess.Popen(
                [sys.executable, "-m", self.program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": paths, **self._shared},
            )
            self._running.add(process)
        assert process.stdin is not None
        process.stdin.write(job + "\n")
        process.stdin.flush()
        return process

    def _ask(self, process: subprocess.Popen[str], task: Task) -> dict[str, Any] | None:
        """The worker's answer about a task; None when it died."""
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
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
        with self._lock:
            self._running.discard(process)
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


def fill_store(work: Work, crew: Crew, tell: Tell | None = None) -> None:
    """Have the crew make every missing chunk, the steps of the models first; raises as `Crew.do` does."""
    say = tell or (lambda _share: None)
    crew.do(work, step_tasks(work), lambda share: say(0.2 * share))
    crew.do(work, chunk_tasks(work), lambda share: say(0.2 + 0.8 * share))
