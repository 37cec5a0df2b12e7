"""The chunks of a run on a Dask cluster (extra ``[cluster]``): many machines fill one store.

Each task rebuilds the model from the job on its own machine, makes one chunk in that machine's store, and sends back the two
entries; here they are kept like any other. The job is refused by another version and by another atlas. An atlas that does
not come with the package must stand under the same path on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from samenspel.population.stock import KIND as RESERVOIR
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.chunks import KIND, Job, Work

WAIT = 20.0  # seconds for the scheduler to answer
Entries = list[tuple[str, str, bytes]]  # kind, key, content


def fill_from_cluster(work: Work, address: str, tell: Callable[[float], None] | None = None) -> None:
    """Make every missing chunk on the cluster whose scheduler listens at `address` (``tcp://host:port``).

    Raises `SamenspelError` if the extra is not installed, nobody answers, a task fails, or the scheduler is lost; chunks that
    came back stay, and the same command goes on.
    """
    if not address.startswith(("tcp://", "tls://")):
        raise SamenspelError(f"{address!r} is no address of a scheduler.", cure="Write --cluster tcp://host:8786.")
    distributed = _library()
    missing = work.missing()
    if not missing:
        return
    try:
        client = distributed.Client(address, timeout=WAIT, set_as_default=False)
    except Exception as fault:  # the library raises what its transport raises
        raise SamenspelError(
            f"no scheduler answers at {address} ({type(fault).__name__}).", cure="Start `dask scheduler`, or correct --cluster."
        ) from fault
    try:
        with client.as_current():
            _gather(distributed, client, work, missing, tell)
    except SamenspelError:
        raise
    except Exception as fault:  # a lost scheduler, a worker that dies again and again, a task that cannot be sent
        raise SamenspelError(
            f"the cluster at {address} failed ({type(fault).__name__}: {str(fault)[:200]}).",
            cure="What came back is kept; give the same command again.",
        ) from fault
    finally:
        client.close(timeout=2)


def _library() -> Any:
    """The optional library.

    Raises `SamenspelError` naming the extra.
    """
    from importlib import import_module

    try:
        return import_module("distributed")
    except ImportError as fault:
        raise SamenspelError(
            "--cluster needs Dask, which is not installed.",
            cure="Install it: pip install '.[cluster]' in the folder of samenspel.",
        ) from fault


def _gather(distributed: Any, client: Any, work: Work, missing: list[int], tell: Callable[[float], None] | None) -> None:
    text, made = work.job.text(), 0
    futures = {client.submit(remote_chunk, text, k, pure=False, retries=3): k for k in missing}
    waiting = set(futures)
    while waiting:
        try:
            finished = distributed.wait(waiting, timeout=WAIT, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            client.scheduler_info()
            if client.status != "running":
                raise SamenspelError(
                    "the scheduler is lost.", cure="What came back is kept; give the same command again."
                ) from None
            continue
        for future in finished:
            for kind, key, content in future.result():
                work.store.put(kind, key, content)
            waiting.discard(future)
            made += 1
            if tell is not None:
                tell(made / len(missing))


def remote_chunk(text: str, k: int) -> Entries:
    """One task: make chunk k of a job in this machine's store and return its entries."""
    work = _work(text)
    work.chunk(k)
    entries: Entries = []
    for kind, key in ((RESERVOIR, work.reservoir_key(k)), (KIND, work.trial_key(k))):
        content = work.store.get(kind, key)
        if content is not None:
            entries.append((kind, key, content))
    return entries


@lru_cache(maxsize=2)
def _work(text: str) -> Work:
    return Work.rebuild(Job.of(text))
