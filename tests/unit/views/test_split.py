"""Copies of a process: the same results in order, mistakes come through, and nothing is copied beside another thread."""

import os
import threading

import pytest

from samenspel.quantities.errors import SamenspelError
from samenspel.views import split


def where(thing):
    return thing, os.getpid()


def wrong(thing):
    if thing == "b":
        raise SamenspelError("no b.")
    return thing


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(split, "processors", lambda: 2)


@pytest.mark.skipif(split.sys.platform != "linux", reason="copied is only on Linux")
def test_two_things_are_made_by_two_processes_in_order(two):
    made = split.for_each(where, ["a", "b"])
    assert [m[0] for m in made] == ["a", "b"]
    assert made[0][1] == os.getpid()
    assert (made[1][1] != os.getpid()) == (threading.active_count() == 1)


def test_beside_another_thread_nothing_is_copied(two):
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert {pid for _, pid in split.for_each(where, ["a", "b"])} == {os.getpid()}
    finally:
        stop.set()
        other.join()


def test_a_mistake_comes_through(two):
    with pytest.raises(SamenspelError, match="no b"):
        split.for_each(wrong, ["a", "b"])
    assert split.for_each(wrong, []) == []


def dies(thing):
    if os.getpid() != dies.here:
        os._exit(1)
    return thing


def test_a_copy_that_dies_is_done_without(two):
    dies.here = os.getpid()
    assert split.for_each(dies, ["a", "b"]) == ["a", "b"]
