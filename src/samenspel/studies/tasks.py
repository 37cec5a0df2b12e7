"""Pieces of a run that any process can do by itself: it rebuilds the work from its job and leaves its result in the store.

A task is plain data, one line of JSON: {"task": "steps", "group": g} or {"task": "chunk", "number": k}.
"""

from __future__ import annotations

from typing import Any

from samenspel.quantities.errors import SamenspelError
from samenspel.studies.chunks import Work
from samenspel.studies.steps import steps_of, steps_stand

Task = dict[str, Any]


def step_tasks(work: Work) -> list[Task]:
    """One task for each model whose steps have not been tried."""
    given = work.study
    missing = [g for g, group in enumerate(work.drawn.groups) if not steps_stand(group, given)]
    return [{"task": "steps", "group": g} for g in missing]


def chunk_tasks(work: Work) -> list[Task]:
    """One task for each chunk whose trial is not in the store."""
    return [{"task": "chunk", "number": k} for k in work.missing()]


def do(work: Work, task: Task) -> None:
    """Do one task.

    Raises `SamenspelError` for a kind that is not known.
    """
    match task:
        case {"task": "steps", "group": int(g)} if 0 <= g < len(work.drawn.groups):
            steps_of(work.drawn.groups[g], work.study)
        case {"task": "chunk", "number": int(k)} if 0 <= k < len(work.chunks):
            work.chunk(k)
        case _:
            raise SamenspelError(f"no such task: {task}.", cure="Start workers through `samenspel run --workers`.")
