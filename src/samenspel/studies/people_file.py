"""Everybody of a run as a Parquet file, read from the store chunk by chunk.

One row per person, arm and week (week 0: screening), in order of world, person, arm, week; one row group per world and block
of people, so that the file is the same byte for byte however many processes made the run.

    world, person   address of the person: with the seed it says everything that chance decided
    weight          of the person within his world
    arm, week       the end of this week of this arm
    failed          1 if the run of this person in this arm failed: his measures then mean nothing
    <measure>       as on the form, with its noise

Worlds with nobody to study are left out, as in the answer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from samenspel.population.reservoir import RAREST, prevalence
from samenspel.quantities.errors import SamenspelError
from samenspel.store.table import Column, table_file
from samenspel.studies.chunks import Tell, Work
from samenspel.studies.trial import Trial


def write_people(work: Work, path: Path | str, tell: Tell | None = None) -> int:
    """Write everybody and return the number of rows; chunks that are not in the store are made.

    Raises `SamenspelError` if the file cannot be written or nobody was included; it then is not there.
    """
    say, count = tell or (lambda _share: None), len(work.chunks)
    empty = _empty(work)
    with table_file(path) as table:
        for k, (_, trial) in enumerate(work.walk()):
            for world in () if trial is None else trial.ensemble.worlds:
                if trial is not None and int(world) not in empty:
                    table.add(_rows(trial, np.flatnonzero(trial.ensemble.world == world)))
            say((k + 1) / count)
        if not table.rows:
            raise SamenspelError("nobody to save: in no world do enough people meet the criteria.", cure="Widen the criteria.")
        return table.rows


def _empty(work: Work) -> frozenset[int]:
    """Worlds in which too few qualify, all blocks together."""
    inside: dict[int, float] = {}
    total: dict[int, float] = {}
    for k in range(len(work.chunks)):
        for w, (a, b) in work.reservoir(k).found.items():
            inside[w], total[w] = inside.get(w, 0.0) + a, total.get(w, 0.0) + b
    return frozenset(w for w in total if prevalence(inside[w], total[w]) < RAREST)


def _rows(trial: Trial, here: npt.NDArray[np.int64]) -> dict[str, Column]:
    """The rows of some people of one world."""
    arms, weeks, n = tuple(trial.arms), np.concatenate([[0], trial.weeks]), len(here)
    shape = (n, len(arms), len(weeks))
    spread = lambda v, axis: np.broadcast_to(np.expand_dims(v, tuple(i for i in range(3) if i != axis)), shape).ravel()  # noqa: E731
    out: dict[str, Column] = {
        "world": spread(trial.ensemble.world[here].astype(np.int32), 0),
        "person": spread(trial.person[here], 0),
        "weight": spread(trial.ensemble.weight[here], 0),
        "arm": (spread(np.arange(len(arms), dtype=np.int8), 1), arms),
        "week": spread(weeks.astype(np.int16), 2),
    }
    failed = np.stack([trial.arms[a].failed[here] for a in arms], 1).astype(np.int8)
    out["failed"] = np.broadcast_to(failed[:, :, None], shape).ravel()
    for m in trial.arms[arms[0]].measured:
        values = np.empty(shape)
        values[:, :, 0] = trial.baseline[m][here][:, None] if m in trial.baseline else np.nan
        for k, a in enumerate(arms):
            values[:, k, 1:] = trial.arms[a].measured[m][:, here].T
        out[m] = values.ravel()
    return out
