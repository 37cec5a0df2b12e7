"""What of a run's insight any process can do by itself: a model's routes, and a model's paired rivals.

Tasks beside those of `studies.tasks`: {"task": "routes" | "contrasts", "part": k, "worlds": [...]}, the worlds being those
with somebody to study.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from samenspel.insight.contrasts import PEOPLE as CONTRAST_PEOPLE
from samenspel.insight.contrasts import WORLDS as CONTRAST_WORLDS
from samenspel.insight.contrasts import Paired
from samenspel.insight.routes import Walk
from samenspel.population.reservoir import Reservoir
from samenspel.studies import tasks
from samenspel.studies.chunks import Work
from samenspel.studies.first_people import first_people
from samenspel.studies.tasks import Task

ROUTE_WORLDS, ROUTE_PEOPLE = 16, 40  # subset on which routes are followed; printed with them


@lru_cache(maxsize=1)
def _first(work: Work, worlds: tuple[int, ...]) -> Reservoir:
    return first_people(work, worlds[: max(ROUTE_WORLDS, CONTRAST_WORLDS)], max(ROUTE_PEOPLE, CONTRAST_PEOPLE))


@lru_cache(maxsize=1)
def walk(work: Work, worlds: tuple[int, ...]) -> Walk:
    """The routes of a run; the reference engine cannot feed one arm from another."""
    job = work.job
    return Walk(work.atlas, work.scenario, _first(work, worlds), job.seed, ROUTE_WORLDS, min(ROUTE_PEOPLE, job.people),
                "numpy" if job.engine == "numpy" else "auto", work.store, work.plans)  # fmt: skip


@lru_cache(maxsize=1)
def paired(work: Work, worlds: tuple[int, ...]) -> Paired:
    """The paired rivals of a run."""
    job = work.job
    return Paired(work.atlas, work.scenario, work.drawn, _first(work, worlds), job.seed, job.ladder, job.engine, work.store,
                  work.plans)  # fmt: skip


def insight_tasks(work: Work, worlds: Sequence[int], *, with_routes: bool, with_contrasts: bool) -> Iterator[Task]:
    """One task for every part whose result is not in the store."""
    of = tuple(worlds)
    for k in walk(work, of).missing() if with_routes else []:
        yield {"task": "routes", "part": k, "worlds": list(of)}
    for k in paired(work, of).missing() if with_contrasts else []:
        yield {"task": "contrasts", "part": k, "worlds": list(of)}


def do(work: Work, task: Task) -> None:
    """Do one task.

    Raises `SamenspelError` for a kind that is not known.
    """
    match task:
        case {"task": "routes", "part": int(k), "worlds": list(worlds)}:
            walk(work, tuple(worlds)).effects(k)
        case {"task": "contrasts", "part": int(k), "worlds": list(worlds)}:
            paired(work, tuple(worlds)).effects(k)
        case _:
            tasks.do(work, task)
