"""How many threads the engines of one process use; never part of a result."""

from __future__ import annotations

import os

ENVIRONMENT = "SAMENSPEL_THREADS"


def processors() -> int:
    """Processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """The number that SAMENSPEL_THREADS names, if it is one above 0; else one thread per processor."""
    given = os.environ.get(ENVIRONMENT, "")
    return max(1, int(given)) if given.isdecimal() else processors()
