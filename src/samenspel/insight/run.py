"""From the evidence to an answer that says what it rests on: the whole path, once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, get_args

from samenspel.engine.run import Engine, named
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading, removed_by
from samenspel.evidence.schema_scenario import Scenario
from samenspel.insight import summary
from samenspel.insight.contrasts import contrasts
from samenspel.insight.labels import label
from samenspel.insight.published import published
from samenspel.insight.rests import rests_on
from samenspel.insight.rivals import options_of_worlds, rivals, with_paired
from samenspel.insight.routes import routes
from samenspel.insight.tasks import do, insight_tasks, paired, walk
from samenspel.insight.worker import PROGRAM
from samenspel.population.worlds import Variation, Worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint
from samenspel.store import Store
from samenspel.store import key as content_key
from samenspel.studies.answer import Answer
from samenspel.studies.chunks import ACCURACY, Work, job_of, run_chunks
from samenspel.studies.chunks import WORLDS as CHUNK
from samenspel.studies.ends import sound_atlas
from samenspel.studies.findings import Findings
from samenspel.studies.people_file import write_people
from samenspel.studies.sizes import check_sizes
from samenspel.studies.steps import Steps
from samenspel.studies.workers import Crew, fill_store

STATUS = "NOT CALIBRATED"
FORM = 4  # of an answer: raised when its shape or its numbers change, so that a folder written before is not shown as this one
WHOLE = "whole"  # marks in the store that all parts of a run stand there: a hint that others need not be started
Progress = Callable[[str, float], None]


def scenario_of(atlas: Atlas, name: str | None) -> Scenario:
    """A scenario by id, or the atlas's default.

    Raises `SamenspelError` for an unknown one; names the nearest.
    """
    wanted = name or atlas.manifest.scenario or next(iter(sorted(atlas.scenarios)), None)
    if wanted is None or wanted not in atlas.scenarios:
        near = hint(str(wanted or ""), atlas.scenarios)
        cure = f"There is: {', '.join(sorted(atlas.scenarios))}." if atlas.scenarios else "Add scenarios/<id>.toml."
        if not name:
            what = f"no default scenario {wanted!r}.{near}" if wanted else "the atlas has no scenario."
            raise SamenspelError(what, file=str(atlas.root / "atlas.toml"), cure=cure)
        raise SamenspelError(f"no scenario {wanted!r}.{near}", cure=cure)
    return atlas.scenarios[wanted]


def run_key(
    atlas: Atlas, scenario: Scenario, seed: int, worlds: int, people: int, ladder: str, engine: str, removed: frozenset[str],
    accuracy: float = ACCURACY,
) -> str:  # fmt: skip
    """Content key of a run: atlas, version, scenario, seed, sizes, options and engine; not language, threads or place."""
    from samenspel import __version__

    return content_key({
        "form": FORM, "atlas": atlas.digest, "version": __version__, "scenario": scenario.id, "seed": seed, "worlds": worlds,
        "people": people, "ladder": ladder, "engine": engine, "removed": sorted(removed),
        "accuracy": accuracy,
    })  # fmt: skip


def run(
    scenario: str | None = None, *, atlas: Atlas | Path | str | None = None, seed: int = 1, worlds: int = 64,
    people: int = 200, engine: Engine = "auto", ladder: Literal["as-is", "half", "double"] = "as-is",
    removed: frozenset[str] = frozenset(), with_routes: bool = True, with_contrasts: bool = True,
    accuracy: float = ACCURACY, allow_failures: bool = False, workers: int = 1, cluster: str | None = None,
    progress: Progress | None = None,
) -> Answer:  # fmt: skip
    """Simulate a scenario in `worlds` worlds of `people` people each and say what follows, and from what.

    `removed` are claim ids taken out of the evidence first, with what only repeats them: links are graded and parameters
    pooled without them. `workers` processes, or a `cluster`, share the work and change no bit. `accuracy` is that of the
    steps, in spreads of a state (`engine.accuracy`).
    Raises `SamenspelError` for wrong sizes, an unknown scenario, nobody to study, or too many failed runs.
    """
    check_sizes(option="", seed=seed, worlds=worlds, people=people, workers=workers)
    _check_words(engine, ladder)
    tell = progress or (lambda _stage, _share: None)
    tell("reading the evidence", 0.0)
    crew = Crew(workers, PROGRAM, do)
    base = sound_atlas(atlas)
    study = scenario_of(base, scenario)
    removed = removed_by(base, claims=removed)
    tell("drawing worlds", 0.02)
    job = job_of(
        base, study, seed=seed, worlds=worlds, people=people, ladder=ladder, engine=engine, removed=removed, accuracy=accuracy
    )
    key = run_key(base, study, seed, worlds, people, ladder, engine, removed, accuracy)
    store = Store()
    said = lambda share: tell("screening people" if share < 0.6 else "running the trial", 0.05 + 0.75 * share)  # noqa: E731
    with crew:
        if cluster is None and not store.holds(WHOLE, key):
            crew.ready(job.text(), -(-worlds // CHUNK))
        work = Work.of(base, job)
        filled = _filled(work, crew, cluster, lambda share: said(0.95 * share))
        found = run_chunks(work, filled=filled, allow_failures=allow_failures, tell=said)
        worlds_of = tuple(found.worlds.tolist())
        tell("following routes", 0.8)
        if crew.others:
            todo = insight_tasks(work, worlds_of, with_routes=with_routes, with_contrasts=with_contrasts)
            crew.do(work, todo, lambda share: tell("following routes", 0.8 + 0.15 * share))
    way = routes(walk(work, worlds_of)) if with_routes else None
    compared: dict[str, Any] | None = None
    if with_contrasts:
        tell("comparing rivals", 0.9 if workers == 1 else 0.95)
        compared = contrasts(paired(work, worlds_of))
    tell("writing the answer", 0.97)
    with suppress(SamenspelError):
        store.put(WHOLE, key, b"")
    answer = assemble(work.atlas, Grading(work.atlas, removed), study, work.drawn, found, way, key=key, paired=compared)
    answer.blocks["assumptions"]["steps"] = said_steps(work.steps, accuracy)
    return answer


def said_steps(steps: Steps, accuracy: float) -> dict[str, Any]:
    """How exact the steps were found to be: the worst of the run's models, and how many people were tried in all."""
    found = [exactness for _, exactness in steps.values()]
    worst = max(found, key=lambda e: e.error)
    return {
        "asked": accuracy, "error": worst.error, "state": worst.state, "people": sum(e.people for e in found),
        "other_history": max(e.other_history for e in found),
    }  # fmt: skip


def save_people(
    path: Path | str, scenario: str | None = None, *, atlas: Atlas | Path | str | None = None, seed: int = 1, worlds: int = 64,
    people: int = 200, engine: Engine = "auto", ladder: Literal["as-is", "half", "double"] = "as-is",
    removed: frozenset[str] = frozenset(), accuracy: float = ACCURACY, workers: int = 1, cluster: str | None = None,
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write everybody of a run into a Parquet file, week by week, and return its rows; options as in `run`.

    After `run` the people stand in the store and are only copied. Memory does not grow with people. The columns are told in
    `studies.people_file`. Raises `SamenspelError` as `run` does, and if the file cannot be written.
    """
    check_sizes(option="", seed=seed, worlds=worlds, people=people, workers=workers)
    _check_words(engine, ladder)
    tell = progress or (lambda _stage, _share: None)
    base = sound_atlas(atlas)
    study = scenario_of(base, scenario)
    removed = removed_by(base, claims=removed)
    job = job_of(
        base, study, seed=seed, worlds=worlds, people=people, ladder=ladder, engine=engine, removed=removed, accuracy=accuracy
    )
    work = Work.of(base, job)
    with Crew(workers, PROGRAM, do) as crew:
        _filled(work, crew, cluster, lambda share: tell("running the trial", 0.9 * share))
    return write_people(work, path, lambda share: tell("saving people", 0.9 + 0.1 * share))


def _filled(work: Work, crew: Crew, cluster: str | None, tell: Callable[[float], None]) -> bool:
    """Let a cluster, or the crew's other processes, make the missing chunks; False: nobody helps, and the walk makes them.

    Raises `SamenspelError` if they cannot do their part; finished chunks stay.
    """
    if cluster is not None:
        from samenspel.studies.cluster import fill_from_cluster

        fill_from_cluster(work, cluster, tell)
    elif crew.others:
        fill_store(work, crew, tell)
    return cluster is not None or crew.others > 0


def _check_words(engine: str, ladder: str) -> None:
    named(engine)
    known = get_args(Variation)
    if ladder not in known:
        raise SamenspelError(f"no ladder {ladder!r}.{hint(str(ladder), known)}", cure=f"There is: {', '.join(known)}.")


def _programme(scenario: Scenario) -> dict[str, float | None] | None:
    """What the scenario itself says about who comes and who stops in the treated arm (None: left to the parameters)."""
    dose = next(a for a in scenario.arm if a.id == scenario.estimand.treatment).exercise
    if dose is None:
        return None
    return {
        "planned_share": None if dose.adherence is None else dose.adherence.planned_share,
        "stopping_per_week": None if dose.stopping is None else dose.stopping.per_week,
    }


def assemble(
    atlas: Atlas, grading: Grading, scenario: Scenario, worlds: Worlds, found: Findings, way: dict[str, Any] | None, *,
    key: str, paired: dict[str, Any] | None = None,
) -> Answer:  # fmt: skip
    """The seven blocks of an answer."""
    from samenspel import __version__

    e = scenario.estimand
    head = summary.headline(atlas, found)
    d = summary.difference(found, e.outcome, e.day)
    sign = atlas.measures[e.outcome].towards
    chosen = options_of_worlds(worlds)
    ids = found.worlds
    states = summary.names_of_states(g.model for g in worlds.groups)
    options = {h: [table[int(w)] for w in ids] for h, table in chosen.items()}
    verdict = label(summary.helped(sign * found.mean(d), found.least), found.weights_of_worlds(), options)
    arms = {a.id: {"en": a.en, "nl": a.nl, "programme": a.exercise is not None} for a in scenario.arm}
    outcome = atlas.measures[e.outcome]
    blocks = {
        "question": {
            "en": scenario.question.en, "nl": scenario.question.nl, "arms": arms, "weeks": scenario.weeks,
            "estimand": {
                "population": e.population, "treatment": e.treatment, "comparator": e.comparator, "outcome": e.outcome,
                "outcome_en": outcome.en, "outcome_nl": outcome.nl, "day": e.day, "after_stopping": e.after_stopping,
                "summary": e.summary, "sd": e.sd, "responder_change": e.responder_change,
                "headline_measures": list(e.headline_measures),
            },
            "programme": _programme(scenario),
        },
        "published": {"rows": published(atlas, grading, scenario, worlds)},
        "assumptions": {
            "headline": head, "effects": summary.effects(atlas, found, states), "per_hundred": summary.per_hundred(found),
            "screening": summary.screening(found, worlds.refused),
        },
        "built_in_or_learned": {
            "label": verdict.name, "share": verdict.share, "hypothesis": verdict.hypothesis,
            "prior": {
                "specific_smd": head["specific_smd"], "benefit_share": head["benefit_share"],
                "beyond_share": head["beyond_share"], "refused": len(worlds.refused),
            },
        },
        "routes": way or {"rows": [], "ranked": False, "worlds": 0, "people": 0},
        "rivals": with_paired(rivals(atlas, worlds, found, d, sign), paired),
        "rests_on": rests_on(atlas, grading, worlds),
        "purpose": {"intended_use": "research and teaching"},
    }  # fmt: skip
    return Answer(scenario.id, STATUS, key, blocks, summary.trajectories(found), __version__)
