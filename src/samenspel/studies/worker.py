"""One worker process: a job on the first line of input, then one task per line.

For each task it answers one line of JSON: {"done": task}, or {"error": {...}} after a mistake that can be put right. It ends
when its input ends, so it does not outlive the process that started it by more than one task. Nothing is unpickled.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TextIO

from samenspel.quantities.errors import SamenspelError
from samenspel.studies.chunks import Job, Work
from samenspel.studies.tasks import Task, do


def serve(lines: TextIO, answers: TextIO, do: Callable[[Work, Task], None] = do) -> None:
    """Answer every line until there is no more."""

    def answer(document: dict[str, Any]) -> None:
        answers.write(json.dumps(document) + "\n")
        answers.flush()

    try:
        work = Work.rebuild(Job.of(lines.readline()))
        answer({"ready": len(work.chunks)})
        for line in lines:
            task = json.loads(line)
            do(work, task)
            answer({"done": task})
    except SamenspelError as wrong:
        answer({"error": {"message": wrong.message, "file": wrong.file, "line": wrong.line, "cure": wrong.cure}})


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
