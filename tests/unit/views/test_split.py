"""Copies of a process: the same texts in order, mistakes come through, and no copy outlives its use or its process."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from samenspel.quantities.errors import SamenspelError
from samenspel.views import split

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copied is only on Linux")


def where(thing):
    return f"{thing} {os.getpid()}"


def wrong(thing):
    if thing == "b":
        raise SamenspelError("no b.")
    return thing


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(split, "processors", lambda: 2)


def test_two_things_are_made_by_two_processes_in_order(two):
    made = [text.split() for text in split.for_each(where, ["a", "b", "c"])]
    assert [thing for thing, _ in made] == ["a", "b", "c"]
    assert made[0][1] == str(os.getpid())
    assert len({pid for _, pid in made}) == (3 if threading.active_count() == 1 else 1)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_long_text_comes_whole(two):
    texts = split.for_each(lambda n: "é" * n, [10, 1_000_000])
    assert [len(t) for t in texts] == [10, 1_000_000]


def test_beside_another_thread_nothing_is_copied(two):
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert {t.split()[1] for t in split.for_each(where, ["a", "b"])} == {str(os.getpid())}
    finally:
        stop.set()
        other.join()


def test_a_mistake_comes_through_from_any_of_them(two):
    for things in (["a", "b"], ["b", "a"]):
        with pytest.raises(SamenspelError, match="no b"):
            split.for_each(wrong, things)
    assert split.for_each(wrong, []) == []
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_copy_that_dies_is_done_without(two):
    here = os.getpid()

    def dies(thing):
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return thing

    assert split.for_each(dies, ["a", "b"]) == ["a", "b"]


def test_a_copy_ends_when_its_process_is_killed(tmp_path):
    """Its text is larger than a pipe holds, so that it would wait for ever for somebody to read."""
    program = (
        "import os, sys, time; from pathlib import Path; from samenspel.views import split; split.processors = lambda: 2\n"
        "def work(thing):\n"
        "    if thing: Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(0.5); return 'x' * 10**6\n"
        "    time.sleep(60)\n"
        "split.for_each(work, [0, 1])\n"
    )
    mark = tmp_path / "pid"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen([sys.executable, "-c", program, str(mark)], env=environment)
    until = time.monotonic() + 60
    while not (mark.exists() and mark.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    copy = int(mark.read_text())
    process.kill()
    process.wait()
    alive = lambda: Path(f"/proc/{copy}/stat").exists() and Path(f"/proc/{copy}/stat").read_text().split()[2] != "Z"  # noqa: E731
    while alive() and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive()
