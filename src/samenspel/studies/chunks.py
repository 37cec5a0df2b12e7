"""A run in chunks: worlds by eights, each screened and tried once, kept in the store under what made it.

A chunk's reservoir and trial are entries of the content-addressed store: written whole or not at all, with a checksum. One
process or many only differ in who fills the store first: the run itself always walks the chunks in order, reads what is
there and makes what is missing or damaged. So any number of workers, killed at any moment, gives the bits of one process,
and the same command goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from samenspel.composition.plain import full_catalogue
from samenspel.composition.values import quantile, spread
from samenspel.engine import Condition, People
from samenspel.engine.run import Engine
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.evidence.reader import read_atlas, shipped
from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.ensemble import Ensemble
from samenspel.population.people import Candidates
from samenspel.population.reservoir import Included, Reservoir, part_of
from samenspel.population.stock import reservoir_for, reservoir_key
from samenspel.population.worlds import Variation, Worlds, draw_worlds, world_uniform
from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store, key
from samenspel.studies.ends import REPORTING
from samenspel.studies.trial import ArmResult, Trial, check_failures, run_trial, trial_measures
from samenspel.systems import catalogue

WORLDS = 8  # of a chunk: part of a result through the step plan, so the same for any number of workers
KIND = "trial"
FORM = 1  # of the stored arrays
Array = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[Any]]
Tell = Callable[[float], None]


@dataclass(frozen=True)
class Job:
    """What a worker needs to rebuild a run, as plain data.

    `folder` is where the atlas stands ("": it comes with the package), `digest` what it must hold.
    """

    folder: str
    digest: str
    version: str
    scenario: str
    seed: int
    worlds: int
    people: int
    ladder: Variation
    engine: Engine
    removed: tuple[str, ...] = ()

    def text(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @staticmethod
    def of(text: str) -> Job:
        """The job in a line of JSON.

        Raises `SamenspelError` if it is none.
        """
        try:
            return TypeAdapter(Job).validate_json(text, strict=True)
        except ValidationError as fault:
            raise SamenspelError(
                "a worker was given no job.", cure="Start workers through `samenspel run --workers`."
            ) from fault


class Work:
    """Everything that the chunks of one run share."""

    def __init__(self, atlas: Atlas, scenario: Scenario, drawn: Worlds, job: Job, store: Store | None = None) -> None:
        self.atlas, self.scenario, self.drawn, self.job = atlas, scenario, drawn, job
        self.store = store or Store()

    @staticmethod
    def rebuild(job: Job) -> Work:
        """The same work in another process.

        Raises `SamenspelError` if this process runs another version, or the atlas has changed since.
        """
        from samenspel import __version__

        if job.version != __version__:
            raise SamenspelError(
                f"the run is of samenspel {job.version}, this worker of {__version__}.", cure="Install one version everywhere."
            )
        atlas = read_atlas(job.folder or None)
        if atlas.digest != job.digest:
            raise SamenspelError(
                f"the atlas {job.folder or 'of this package'} is not the one the run began with.",
                cure="Let it stand while a run works, or run again.",
            )
        scenario = atlas.scenarios.get(job.scenario)
        if scenario is None:
            raise SamenspelError(f"the atlas has no scenario {job.scenario!r}.", cure="Run again.")
        return Work(atlas, scenario, draw(atlas, Grading(atlas, frozenset(job.removed)), job), job)

    @cached_property
    def chunks(self) -> tuple[npt.NDArray[np.int64], ...]:
        """Ids of the accepted worlds, by chunk."""
        ids = self.drawn.ids
        return tuple(ids[k : k + WORLDS] for k in range(0, len(ids), WORLDS))

    @cached_property
    def reporting(self) -> dict[int, float]:
        """Reporting shift per world in baseline SDs: how much kinder people report who know that they got something."""
        entry = self.atlas.parameters.get(REPORTING)
        if entry is None:
            return {}
        ids = self.drawn.ids
        values = quantile(spread(self.atlas, entry), world_uniform(self.job.seed, ids, f"parameter/{REPORTING}"))
        return {int(w): float(v) for w, v in zip(ids, values, strict=True)}

    def part(self, k: int) -> Worlds:
        """The worlds of chunk k."""
        groups = (part_of(g, np.flatnonzero(np.isin(g.ids, self.chunks[k]))) for g in self.drawn.groups)
        return Worlds(tuple(g for g in groups if len(g.ids)), {}, self.drawn.supports)

    def trial_key(self, k: int) -> str:
        """What made the trial of chunk k."""
        job, measures = self.job, trial_measures(self.scenario)
        made = reservoir_key(self.atlas, self.part(k), self.scenario, job.people, job.seed, measures)
        study = hashlib.sha256(repr(self.scenario).encode()).hexdigest()
        shift = {str(int(w)): self.reporting.get(int(w), 0.0) for w in self.chunks[k]}
        return key(
            {
                "form": FORM,
                "version": job.version,
                "reservoir": made,
                "study": study,
                "engine": job.engine,
                "seed": job.seed,
                "shift": shift,
            }
        )

    def missing(self) -> list[int]:
        """Chunks whose trial is not in the store."""
        return [k for k in range(len(self.chunks)) if self.store.get(KIND, self.trial_key(k)) is None]

    def chunk(self, k: int, tell: Tell | None = None) -> tuple[Reservoir, Trial | None]:
        """Reservoir and trial of chunk k, read back or made and kept; no trial where nobody qualifies."""
        job, worlds = self.job, self.part(k)
        reservoir = reservoir_for(
            self.atlas,
            worlds,
            self.scenario,
            people=job.people,
            seed=job.seed,
            measures=trial_measures(self.scenario),
            progress=tell,
            store=self.store,
        )
        name = self.trial_key(k)
        found = self.store.get_arrays(KIND, name)
        trial = _unpack(self.scenario, *found) if found is not None else None
        if found is None or (trial is None and reservoir.cohorts):
            trial = None
            if reservoir.cohorts:
                trial = run_trial(
                    self.atlas,
                    self.scenario,
                    reservoir,
                    seed=job.seed,
                    engine=job.engine,
                    reporting=self.reporting,
                    allow_failures=True,
                )
            self.store.put_arrays(KIND, name, *_pack(trial))
        return reservoir, trial


def draw(atlas: Atlas, grading: Grading, job: Job) -> Worlds:
    """The worlds of a run.

    Raises `SamenspelError` if every one was refused.
    """
    drawn = draw_worlds(
        atlas,
        full_catalogue(atlas, catalogue()),
        grading.couplings(),
        seed=job.seed,
        ids=np.arange(job.worlds),
        ladder=job.ladder,
    )
    if not drawn.groups:
        raise SamenspelError(
            "every world was refused: " + ", ".join(sorted(set(drawn.refused.values()))) + ".",
            cure="Look at the ladder and the measured gains.",
        )
    return drawn


def run_chunks(
    work: Work, *, workers: int = 1, cluster: str | None = None, allow_failures: bool = False, tell: Tell | None = None
) -> tuple[Reservoir, Trial]:
    """Reservoir and trial of the whole run; a cluster, or several `workers`, fill the store first.

    Raises `SamenspelError` if nobody can be studied, too many runs of an arm failed, or workers cannot do their part.
    """
    say = tell or (lambda _share: None)
    count = len(work.chunks)
    helped = cluster is not None or (workers > 1 and count > 1)
    if cluster is not None:
        from samenspel.studies.cluster import fill_from_cluster

        fill_from_cluster(work, cluster, lambda share: say(0.95 * share))
    elif helped:
        from samenspel.studies.workers import fill_store

        fill_store(work, workers, lambda share: say(0.95 * share))
    parts: list[tuple[Reservoir, Trial | None]] = []
    for k in range(count):
        parts.append(work.chunk(k, None if helped else lambda share, k=k: say((k + 0.6 * share) / count)))
        if not helped:
            say((k + 1) / count)
    trials = [t for _, t in parts if t is not None]
    reservoir = _join_reservoirs(work.drawn, [r for r, _ in parts])
    if not trials:
        raise SamenspelError(
            "nobody to study: in no world do enough people meet the criteria.",
            cure="Widen the criteria of the scenario, or draw more candidates.",
        )
    trial = _join_trials(work.scenario, trials)
    check_failures(trial.failures, allow_failures)
    say(1.0)
    return reservoir, trial


def _join_reservoirs(drawn: Worlds, parts: Sequence[Reservoir]) -> Reservoir:
    cohorts: list[Included] = []
    for g in drawn.groups:
        found = [c for r in parts for c in r.cohorts if c.group.model.key == g.model.key]
        if not found:
            continue
        people = _join_people([c.people for c in found])
        table = lambda get, found=found: {n: np.concatenate([get(c)[n] for c in found]) for n in get(found[0])}  # noqa: E731
        candidates = Candidates(
            people,
            np.searchsorted(g.ids, people.world),
            table(lambda c: c.candidates.traits),
            table(lambda c: c.candidates.conditions),
            table(lambda c: c.candidates.options),
            np.concatenate([c.candidates.weight for c in found]),
        )
        condition = Condition(
            *(np.concatenate([getattr(c.condition, n) for c in found], -1) for n in ("states", "held", "codes"))
        )
        cohorts.append(
            Included(g, candidates, people, condition, np.concatenate([c.weight for c in found]), table(lambda c: c.measured))
        )
    union = lambda get: {w: v for r in parts for w, v in get(r).items()}  # noqa: E731
    empty = tuple(sorted(w for r in parts for w in r.empty))
    return Reservoir(
        tuple(cohorts),
        union(lambda r: r.drawn),
        union(lambda r: r.prevalence),
        union(lambda r: r.failures),
        empty,
        parts[0].first_day,
    )


def _join_people(parts: Sequence[People]) -> People:
    row = lambda p, n: np.broadcast_to(np.asarray(p.parameters[n], dtype=float), (p.n,))  # noqa: E731
    shared = [n for n in parts[0].parameters if all(np.ndim(p.parameters[n]) == 0 for p in parts)]
    parameters: dict[str, float | Array] = {n: parts[0].parameters[n] for n in shared}
    parameters |= {n: np.concatenate([row(p, n) for p in parts]) for n in parts[0].parameters if n not in shared}
    join = lambda get: np.concatenate([get(p) for p in parts])  # noqa: E731
    return People(join(lambda p: p.person), join(lambda p: p.world), parameters)


def _join_trials(scenario: Scenario, parts: Sequence[Trial]) -> Trial:
    """Chunks follow each other in order of world, and each is in order of world and person."""
    first = parts[0]
    people = np.array([len(t.person) for t in parts])
    join = lambda get, axis=0: np.concatenate([get(t) for t in parts], axis)  # noqa: E731
    arms = {
        a: ArmResult(
            a,
            {m: join(lambda t, a=a, m=m: t.arms[a].measured[m], 1) for m in arm.measured},
            join(lambda t, a=a: t.arms[a].flare),
            join(lambda t, a=a: t.arms[a].stopped),
        )
        for a, arm in first.arms.items()
    }
    return Trial(
        scenario,
        Ensemble(join(lambda t: t.ensemble.world), join(lambda t: t.ensemble.weight)),
        join(lambda t: t.person),
        first.weeks,
        {m: join(lambda t, m=m: t.baseline[m]) for m in first.baseline},
        arms,
        {a: float(people @ np.array([t.failures[a] for t in parts]) / people.sum()) for a in first.failures},
        join(lambda t: t.shift),
    )


def _pack(trial: Trial | None) -> tuple[Arrays, dict[str, Any]]:
    if trial is None:
        return {}, {"arms": []}
    arrays: Arrays = {
        "world": trial.ensemble.world,
        "weight": trial.ensemble.weight,
        "person": trial.person,
        "weeks": trial.weeks,
        "shift": trial.shift,
    }
    arrays |= {f"baseline/{m}": v for m, v in trial.baseline.items()}
    for a, arm in trial.arms.items():
        arrays |= {f"arm/{a}/flare": arm.flare, f"arm/{a}/stopped": arm.stopped}
        arrays |= {f"arm/{a}/measured/{m}": v for m, v in arm.measured.items()}
    order = {a: list(arm.measured) for a, arm in trial.arms.items()}
    return arrays, {"arms": list(trial.arms), "measures": order, "baseline": list(trial.baseline), "failures": trial.failures}


def _unpack(scenario: Scenario, arrays: Arrays, notes: dict[str, Any]) -> Trial | None:
    if not notes["arms"]:
        return None
    arms = {
        a: ArmResult(
            a,
            {m: arrays[f"arm/{a}/measured/{m}"] for m in notes["measures"][a]},
            arrays[f"arm/{a}/flare"],
            arrays[f"arm/{a}/stopped"],
        )
        for a in notes["arms"]
    }
    ensemble = Ensemble(arrays["world"], arrays["weight"])
    baseline = {m: arrays[f"baseline/{m}"] for m in notes["baseline"]}
    return Trial(
        scenario, ensemble, arrays["person"], arrays["weeks"], baseline, arms, dict(notes["failures"]), arrays["shift"]
    )


def job_of(
    atlas: Atlas,
    scenario: Scenario,
    *,
    seed: int,
    worlds: int,
    people: int,
    ladder: Variation,
    engine: Engine,
    removed: frozenset[str],
) -> Job:
    """The plain data of a run."""
    from samenspel import __version__

    comes_with_us = Path(atlas.root).resolve() == shipped().resolve()  # then it stands elsewhere on another machine
    return Job(
        "" if comes_with_us else str(Path(atlas.root).resolve()),
        atlas.digest,
        __version__,
        scenario.id,
        seed,
        worlds,
        people,
        ladder,
        engine,
        tuple(sorted(removed)),
    )
