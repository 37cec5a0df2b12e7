"""A large population through the engine, range by range, into one Parquet file: memory holds one range, whatever the number.

    rows     one per person and saved day, in the order in which people come; one row group per range
    columns  person, world, day, then what is saved (single precision; the engine's own rounding is of that size)

`adults` draws general adults of some worlds and settles them, by address; `stream` takes people from there or elsewhere.
Nobody meets anybody: models with pools or society states are refused. Steps are chosen once, by the caller, so that
no number depends on how people are cut into ranges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from samenspel.declare.model import Model
from samenspel.engine import Condition, People, Result, Schedule, habits, run, settle
from samenspel.engine.lattice import StepPlan
from samenspel.engine.run import Engine
from samenspel.evidence.atlas import Atlas
from samenspel.population.people import draw_candidates
from samenspel.population.worlds import Group
from samenspel.quantities.errors import SamenspelError
from samenspel.store.table import Column, TableFile, table_file

AT_ONCE = 8192  # people of a range, about
Range = tuple[People, Condition]


@dataclass(frozen=True)
class Streamed:
    """People followed, who did not settle and were left out, whose run left the finite numbers, and rows written."""

    people: int
    unsettled: int
    diverged: int
    rows: int


def adults(atlas: Atlas, group: Group, people: int, *, seed: int, at_once: int = AT_ONCE) -> Iterator[Range]:
    """Settled general adults of the worlds of a group: the first `people`, counted person by person over all worlds.

    Ranges hold the same persons of all worlds, about `at_once` in all, and are never part of a result. Who does not settle
    carries his code.
    """
    worlds = len(group.ids)
    step = max(1, at_once // worlds)
    for first in range(0, -(-people // worlds), step):
        c = draw_candidates(atlas, group, step, seed=seed, enrich={}, first=first)
        drawn = c.people.take(np.flatnonzero(c.people.person * worlds + c.row < people))
        still = settle(group.model, drawn, many=True)
        yield People(drawn.person, drawn.world, {**drawn.parameters, **habits(group.model, drawn, still)}), still


def stream(
    path: Path | str, model: Model, ranges: Iterable[Range], schedule: Schedule, *, save: Sequence[str],
    save_days: Sequence[int], plan: StepPlan, seed: int = 1, engine: Engine = "auto", threads: int | None = None,
) -> Streamed:  # fmt: skip
    """Follow everybody of `ranges` under one schedule and write what is saved on the days asked for.

    Raises `SamenspelError` for a model whose people meet, an unknown output, nobody at all, or a file that cannot be written;
    no part of it is left then.
    """
    if model.pools or model.society:
        where = ", ".join(x.name for x in (*model.pools, *model.society))
        raise SamenspelError(
            f"model {model.name!r} cannot be streamed: its people meet ({where}).",
            cure="Simulate them at once with `run`.",
        )
    total = Streamed(0, 0, 0, 0)
    with table_file(path) as table:
        for people, start in ranges:
            new = _follow(table, model, people, start, schedule, save, save_days, plan, seed, engine, threads)
            total = Streamed(*(a + b for a, b in zip(astuple(total), astuple(new), strict=True)))
        if not table.rows:
            raise SamenspelError("nobody to follow.", cure="Give at least one person who settles.")
        return total


def _follow(
    table: TableFile, model: Model, people: People, start: Condition, schedule: Schedule, save: Sequence[str],
    save_days: Sequence[int], plan: StepPlan, seed: int, engine: Engine, threads: int | None,
) -> Streamed:  # fmt: skip
    """One range."""
    good = np.flatnonzero(start.codes == Result.OK)
    unsettled = people.n - len(good)
    if not len(good):
        return Streamed(0, unsettled, 0, 0)
    people, start = people.take(good), start.take(good)
    r = run(model, people, [schedule], start=start, seed=seed, save=save, save_days=save_days, engine=engine, plan=plan,
            threads=threads)[0]  # fmt: skip
    columns: dict[str, Column] = {
        "person": np.repeat(people.person, len(r.days)),
        "world": np.repeat(people.world.astype(np.int32), len(r.days)),
        "day": np.tile(r.days.astype(np.int32), people.n),
    }
    columns |= {name: r.values[k].T.astype(np.float32).ravel() for k, name in enumerate(save)}
    table.add(columns)
    return Streamed(people.n, unsettled, int((r.end.codes == Result.DIVERGED).sum()), people.n * len(r.days))
