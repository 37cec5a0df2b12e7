"""One piece of work for several things at once, by copies of this process where copying is safe; else one after another."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO, TypeVar

from samenspel.engine.threads import processors

Thing = TypeVar("Thing")


def for_each(work: Callable[[Thing], str], things: Sequence[Thing]) -> list[str]:
    """The texts that `work` makes of the things, in order; raises what it raises.

    This process does the first. Copied is only on Linux, where there is a second processor and no other thread of Python: a
    lock held by another thread would stay locked in the copy. What a copy could not do, this process does. A copy whose
    process was killed finds nobody to write to, and ends.
    """
    safe = sys.platform == "linux" and processors() > 1 and threading.active_count() == 1
    copies = [_copy(work, t) for t in things[1:]] if safe else []
    try:
        out = [work(t) for t in things[:1]]
        for thing, copy in zip(things[1:], copies or [None] * len(things[1:]), strict=True):
            text = None if copy is None else _answer(*copy)
            out.append(work(thing) if text is None else text)
    finally:
        for copy in copies:
            if copy is not None:
                _end(*copy)
    return out


def _copy(work: Callable[[Thing], str], thing: Thing) -> tuple[int, BinaryIO] | None:
    """Process and pipe of a copy that does the work; None where no copy can be had."""
    try:
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 counts the idle threads of NumPy's libraries too
            process = os.fork()
    except OSError:  # no memory, process or handle to be had
        return None
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb")
    code = 1
    try:  # from here on in the copy, which must never return
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(work(thing).encode())
        code = 0
    except BaseException:  # the other process does it again, and says what is wrong
        pass
    finally:
        os._exit(code)


def _answer(process: int, pipe: BinaryIO) -> str | None:
    """What a copy wrote; None if it did not end well."""
    text = pipe.read()
    _, status = os.waitpid(process, 0)
    return text.decode() if status == 0 else None


def _end(process: int, pipe: BinaryIO) -> None:
    """Leave no copy behind."""
    pipe.close()
    with suppress(ChildProcessError, ProcessLookupError):  # it was waited for
        if os.waitpid(process, os.WNOHANG) == (0, 0):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
