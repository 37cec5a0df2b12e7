"""One worker process: ``python -m samenspel.studies.worker``. A job on the first line, then one number of a chunk per line.

For each chunk it answers one line of JSON: {"done": k}, or {"error": {...}} after a mistake that can be put right. It ends
when its input ends, so it does not outlive the process that started it by more than one chunk. Nothing is unpickled.
"""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from samenspel.quantities.errors import SamenspelError
from samenspel.studies.chunks import Job, Work


def serve(lines: TextIO, answers: TextIO) -> None:
    """Answer every line until there is no more."""

    def answer(document: dict[str, Any]) -> None:
        answers.write(json.dumps(document) + "\n")
        answers.flush()

    try:
        work = Work.rebuild(Job.of(lines.readline()))
        answer({"ready": len(work.chunks)})
        for line in lines:
            number = int(line)
            work.chunk(number)
            answer({"done": number})
    except SamenspelError as wrong:
        answer({"error": {"message": wrong.message, "file": wrong.file, "line": wrong.line, "cure": wrong.cure}})


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
