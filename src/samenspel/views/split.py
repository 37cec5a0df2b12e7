"""One piece of work for several things at once, by copies of this process where copying is safe; else one after another."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from typing import TypeVar

from samenspel.engine.threads import processors

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def for_each(work: Callable[[Thing], Made], things: Sequence[Thing]) -> list[Made]:
    """`work` of every thing, in order; raises what it raises.

    This process does the first. Copied is only on Linux, where there is a second processor and no other thread of Python:
    a lock held by another thread would stay locked in the copy.
    """
    safe = sys.platform == "linux" and processors() > 1 and threading.active_count() == 1
    if not safe or len(things) < 2:
        return [work(t) for t in things]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 counts the idle threads of NumPy's libraries too
            with ProcessPoolExecutor(len(things) - 1, multiprocessing.get_context("fork")) as pool:
                others = [pool.submit(work, t) for t in things[1:]]
                return [work(things[0]), *(o.result() for o in others)]
    except (BrokenExecutor, OSError):  # no memory or no process for a copy
        return [work(t) for t in things]
