"""A run in chunks: some worlds with all their people, or one block of a world's people, kept in the store under what made it.

A chunk's reservoir and trial are entries of the content-addressed store: written whole or not at all, with a checksum. One
process or many only differ in who fills the store first: the run itself always walks the chunks in order, reads what is
there and makes what is missing or damaged, and lets each go before the next. So any number of workers, killed at any moment,
gives the bits of one process, the same command goes on where it stopped, and memory does not grow with people.

Nobody's numbers depend on who shares his chunk: blocks are drawn by themselves, and the steps of each model are chosen once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from samenspel.composition.plain import full_catalogue
from samenspel.composition.values import quantile, spread
from samenspel.engine.accuracy import checked
from samenspel.engine.lattice import StepPlan
from samenspel.engine.run import Engine
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.evidence.reader import read_atlas, shipped
from samenspel.evidence.removal import without_claims
from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.blocks import Block
from samenspel.population.measure import least_change
from samenspel.population.reservoir import Reservoir, part_of
from samenspel.population.stock import blocks_of, reservoir_for, reservoir_key
from samenspel.population.worlds import Variation, Worlds, draw_worlds, world_uniform
from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store, key
from samenspel.studies.ends import REPORTING
from samenspel.studies.findings import Findings, Gatherer
from samenspel.studies.steps import Steps, Study, measured_steps
from samenspel.studies.trial import Trial, check_failures, run_trial, trial_measures
from samenspel.studies.trial_arrays import FORM, pack, unpack
from samenspel.systems import catalogue

WORLDS, PEOPLE = 8, 4000  # of a chunk, at most (a world of fewer than 2,000 people is never cut); never part of a result
ACCURACY = 1e-3  # of the steps, unless another is asked
KIND = "trial"
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
    accuracy: float = ACCURACY

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


@dataclass(frozen=True, eq=False)
class Chunk:
    """These worlds, and the same block of people in each."""

    worlds: npt.NDArray[np.int64]
    block: Block


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
        return Work.of(atlas, job)

    @staticmethod
    def of(atlas: Atlas, job: Job) -> Work:
        """The work of a job on its atlas, with the claims of `removed` taken away.

        Raises `SamenspelError` for a scenario that is not there, and as `draw` does.
        """
        scenario = atlas.scenarios.get(job.scenario)
        if scenario is None:
            raise SamenspelError(f"the atlas has no scenario {job.scenario!r}.", cure="Run again.")
        removed = frozenset(job.removed)
        left, _ = without_claims(atlas, removed)
        return Work(left, scenario, draw(left, Grading(left, removed), job), job)

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """In order of world, then of block."""
        ids = self.drawn.ids
        meet = any(g.model.pools or g.model.society for g in self.drawn.groups)
        blocks = blocks_of(self.scenario, self.job.people, whole=meet)
        size = 1 if len(blocks) > 1 else max(1, min(WORLDS, PEOPLE // self.job.people))
        return tuple(Chunk(ids[k : k + size], b) for k in range(0, len(ids), size) for b in blocks)

    @cached_property
    def steps(self) -> Steps:
        """The steps of each model, tried once for all chunks, and how exact they are."""
        return measured_steps(self.study)

    @property
    def study(self) -> Study:
        """What the steps depend on."""
        return Study(self.atlas, self.scenario, self.drawn, self.job.accuracy, self.job.seed, self.store)

    @property
    def plans(self) -> dict[str, StepPlan]:
        """The steps of each model."""
        return {model: plan for model, (plan, _) in self.steps.items()}

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
        groups = (part_of(g, np.flatnonzero(np.isin(g.ids, self.chunks[k].worlds))) for g in self.drawn.groups)
        return Worlds(tuple(g for g in groups if len(g.ids)), {}, self.drawn.supports)

    def reservoir_key(self, k: int) -> str:
        """What made the reservoir of chunk k."""
        measures, block = trial_measures(self.scenario), self.chunks[k].block
        return reservoir_key(self.atlas, self.part(k), self.scenario, block, self.job.seed, measures, self.plans)

    def trial_key(self, k: int) -> str:
        """What made the trial of chunk k."""
        job, study = self.job, hashlib.sha256(repr(self.scenario).encode()).hexdigest()
        shift = {str(int(w)): self.reporting.get(int(w), 0.0) for w in self.chunks[k].worlds}
        return key(
            {
                "form": FORM,
                "version": job.version,
                "reservoir": self.reservoir_key(k),
                "study": study,
                "engine": job.engine,
                "seed": job.seed,
                "shift": shift,
            }
        )

    def missing(self) -> list[int]:
        """Chunks whose trial is not in the store."""
        return [k for k in range(len(self.chunks)) if not self.store.holds(KIND, self.trial_key(k))]

    def reservoir(self, k: int, tell: Tell | None = None) -> Reservoir:
        """The people of chunk k, read back or made and kept."""
        return reservoir_for(
            self.atlas,
            self.part(k),
            self.scenario,
            people=self.chunks[k].block,
            seed=self.job.seed,
            measures=trial_measures(self.scenario),
            plans=self.plans,
            progress=tell,
            store=self.store,
        )

    def chunk(self, k: int, tell: Tell | None = None) -> tuple[Reservoir, Trial | None]:
        """Reservoir and trial of chunk k, read back or made and kept; no trial where nobody qualifies."""
        reservoir, name = self.reservoir(k, tell), self.trial_key(k)
        found = self.store.get_arrays(KIND, name)
        trial = unpack(self.scenario, *found) if found is not None else None
        if found is None or (trial is None and reservoir.cohorts):
            trial = None
            if reservoir.cohorts:
                trial = run_trial(
                    self.atlas,
                    self.scenario,
                    reservoir,
                    seed=self.job.seed,
                    engine=self.job.engine,
                    reporting=self.reporting,
                    allow_failures=True,
                    plans=self.plans,
                )
            self.store.put_arrays(KIND, name, *pack(trial))
        return reservoir, trial

    def walk(self, tell: Tell | None = None) -> Iterator[tuple[Reservoir, Trial | None]]:
        """All chunks in order, one at a time."""
        say, count = tell or (lambda _share: None), len(self.chunks)
        for k in range(count):
            yield self.chunk(k, lambda share, k=k: say((k + 0.6 * share) / count))
            say((k + 1) / count)


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


def run_chunks(work: Work, *, filled: bool = False, allow_failures: bool = False, tell: Tell | None = None) -> Findings:
    """What the whole run found; `filled`: others have filled the store, and the walk has only to read.

    Raises `SamenspelError` if nobody can be studied, or too many runs of an arm failed.
    """
    say = tell or (lambda _share: None)
    outcome = work.atlas.measures[work.scenario.estimand.outcome]
    gatherer = Gatherer(work.scenario, outcome.towards, least_change(work.atlas, outcome.id, work.job.accuracy))
    for reservoir, trial in work.walk(None if filled else say):
        gatherer.screened(reservoir)
        if trial is not None:
            gatherer.tried(trial)
    findings = gatherer.findings()
    check_failures(findings.failures, allow_failures)
    say(1.0)
    return findings


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
    accuracy: float = ACCURACY,
) -> Job:
    """The plain data of a run.

    Raises `SamenspelError` for an accuracy that no steps can be found for.
    """
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
        checked(accuracy),
    )
