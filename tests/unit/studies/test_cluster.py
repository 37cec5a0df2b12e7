"""A real scheduler and a real worker, where Dask is installed; and what is said where it is not."""

import subprocess
import sys
import time

import pytest
from test_chunks import bits, folder, serial, work_in  # noqa: F401 - fixtures

from samenspel.quantities.errors import SamenspelError
from samenspel.studies.cluster import fill_from_cluster


def test_an_address_that_is_none(folder, tmp_path):  # noqa: F811
    with pytest.raises(SamenspelError, match="no address"):
        fill_from_cluster(work_in(folder, tmp_path), "host:1")


def test_without_the_extra_the_cure_is_named(folder, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SamenspelError, match=r"pip install '\.\[cluster\]'"):
        fill_from_cluster(work_in(folder, tmp_path), "tcp://127.0.0.1:1")


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler and one worker with a store of its own, in processes of their own."""
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    import os
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    paths = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONPATH": paths, "SAMENSPEL_CACHE": str(tmp_path / "far")}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": tmp_path}
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "distributed.cli.dask_scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--no-dashboard",
            ],
            **quiet,
        ),
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"],
            **quiet,
        ),
    ]
    yield address, started
    for process in started:
        process.kill()
        process.wait()


def reached(work, address, tell=None):
    """The scheduler takes a moment to listen."""
    for _ in range(3):
        try:
            return fill_from_cluster(work, address, tell)
        except SamenspelError as wrong:
            if "no scheduler answers" not in str(wrong):
                raise
            time.sleep(1)
    raise AssertionError("no scheduler")


@pytest.mark.slow
def test_a_cluster_gives_the_bits_of_one_process(folder, tmp_path, serial, scheduler):  # noqa: F811
    work = work_in(folder, tmp_path / "here")
    reached(work, scheduler[0])
    assert work.missing() == []
    assert bits(work) == serial


@pytest.mark.slow
def test_a_lost_scheduler_loses_nothing(folder, tmp_path, serial, scheduler):  # noqa: F811
    address, (head, _) = scheduler
    work = work_in(folder, tmp_path / "here")
    reached(work, address)
    for k in (1, 2):
        work.store.path("trial", work.trial_key(k)).unlink()
    head.kill()
    head.wait()
    with pytest.raises(SamenspelError, match=r"scheduler|cluster"):
        fill_from_cluster(work, address)
    assert work.missing() == [1, 2]
    assert bits(work) == serial


@pytest.mark.slow
def test_a_scheduler_lost_half_way_keeps_what_came_back(folder, tmp_path, scheduler):  # noqa: F811
    address, (head, _) = scheduler
    work = work_in(folder, tmp_path / "here", worlds=200)
    arrived = []

    def cut(share):
        arrived.append(share)
        if len(arrived) == 2:
            head.kill()

    begin = time.monotonic()
    with pytest.raises(SamenspelError, match=r"scheduler|cluster"):
        reached(work, address, cut)
    assert time.monotonic() - begin < 150
    assert 2 <= len(work.chunks) - len(work.missing()) < len(work.chunks)
    kept = {k: work.store.get("trial", work.trial_key(k)) for k in range(len(work.chunks)) if k not in work.missing()}
    assert bits(work) == bits(work_in(folder, tmp_path / "fresh", worlds=200))
    assert all(work.store.get("trial", work.trial_key(k)) == content for k, content in kept.items())
