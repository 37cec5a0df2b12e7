"""Real processes, really killed: nothing that was finished is lost, and the bits are those of one process."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_chunks import bits, folder, serial, work_in  # noqa: F401 - fixtures

from samenspel.quantities.errors import SamenspelError
from samenspel.studies.chunks import run_chunks
from samenspel.studies.workers import Crew, fill_store

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds children through /proc")]
DRIVER = "import sys; from pathlib import Path; from test_chunks import work_in; from test_workers import together; together(work_in(Path(sys.argv[1]), sys.argv[2]))"


def together(work, workers=3):
    """Fill the store with a crew, then walk through it."""
    with Crew(workers, store=work.store) as crew:
        fill_store(work, crew)
    return run_chunks(work, filled=True)


def children(process):
    """Process ids of the direct children of a process."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*"):
        try:
            found += [int(n) for n in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def drive(folder, root):  # noqa: F811
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parents[1]), *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(folder), str(root)], env={**os.environ, "PYTHONPATH": paths}, start_new_session=True
    )


def test_two_processes_give_the_bits_of_one(folder, tmp_path, serial):  # noqa: F811
    work = work_in(folder, tmp_path)
    with Crew(2, store=work.store) as crew:
        fill_store(work, crew)
    assert work.missing() == []
    assert bits(work) == serial


def test_killed_workers_are_replaced(folder, tmp_path, serial):  # noqa: F811
    """SIGKILL to a worker at ten random moments; the run ends by itself."""
    luck, driver = random.Random(1), drive(folder, tmp_path)
    killed = 0
    while driver.poll() is None and killed < 10:
        time.sleep(luck.uniform(0.05, 1.5))
        victims = children(driver.pid)
        if victims:
            os.kill(luck.choice(victims), signal.SIGKILL)
            killed += 1
    assert driver.wait(timeout=120) == 0
    assert killed > 0
    assert work_in(folder, tmp_path).missing() == []
    assert bits(work_in(folder, tmp_path)) == serial


def test_a_killed_driver_goes_on_where_it_stopped(folder, tmp_path, serial):  # noqa: F811
    """SIGKILL to the driver at ten random moments; finished chunks stay, workers do not live on, the bits are the same."""
    luck, work = random.Random(2), work_in(folder, tmp_path)
    left, orphans = len(work.chunks), set()
    for _ in range(10):
        driver = drive(folder, tmp_path)
        time.sleep(luck.uniform(0.2, 6.0))
        orphans |= set(children(driver.pid))
        driver.kill()
        driver.wait()
        now = len(work.missing())
        assert now <= left
        left = now
    until = time.monotonic() + 60
    while any(alive(p) for p in orphans) and time.monotonic() < until:
        time.sleep(0.2)
    assert not any(alive(p) for p in orphans)
    together(work)
    assert bits(work) == serial


def test_a_workers_own_words_reach_the_user(folder, tmp_path):  # noqa: F811
    import dataclasses

    work = work_in(folder, tmp_path)
    work.job = dataclasses.replace(work.job, version="0.0.0")
    with pytest.raises(SamenspelError, match=r"run is of samenspel 0\.0\.0"):
        together(work)
    for workers in (0, 257):
        with pytest.raises(SamenspelError, match="workers must"):
            Crew(workers)


def test_a_task_that_nobody_knows_is_said(folder, tmp_path):  # noqa: F811
    work = work_in(folder, tmp_path)
    for task in ({"task": "tea"}, {"task": "chunk", "number": 99}):
        with Crew(1, store=work.store) as crew, pytest.raises(SamenspelError, match="no such task"):
            crew.do(work, [task])


def test_an_answer_does_not_say_how_many_processes_made_it(folder, tmp_path, monkeypatch):  # noqa: F811
    from samenspel.insight.run import run

    texts = []
    for workers in (1, 2):
        monkeypatch.setenv("SAMENSPEL_CACHE", str(tmp_path / str(workers)))
        texts.append(run("push-rain", atlas=folder, worlds=20, people=6, seed=4, with_routes=False, workers=workers).to_json())
    assert texts[0] == texts[1]
