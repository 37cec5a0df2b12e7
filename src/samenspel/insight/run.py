"""From the evidence to an answer that says what it rests on: the whole path, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from samenspel.composition.plain import full_catalogue
from samenspel.engine.run import Engine
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.evidence.reader import read_atlas
from samenspel.evidence.schema_scenario import Scenario
from samenspel.insight import summary
from samenspel.insight.labels import label
from samenspel.insight.published import published
from samenspel.insight.rests import rests_on
from samenspel.insight.rivals import options_of_worlds, rivals
from samenspel.insight.routes import routes
from samenspel.population.reservoir import Reservoir
from samenspel.population.stock import reservoir_for
from samenspel.population.worlds import Worlds, draw_worlds, world_uniform
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import nearest
from samenspel.store import key as content_key
from samenspel.studies.answer import Answer
from samenspel.studies.ends import REPORTING
from samenspel.studies.trial import Trial, run_trial, trial_measures
from samenspel.systems import catalogue

STATUS = "NOT CALIBRATED"
ROUTE_WORLDS, ROUTE_PEOPLE = 16, 40  # subset on which routes are followed; printed with them
Progress = Callable[[str, float], None]


def scenario_of(atlas: Atlas, name: str | None) -> Scenario:
    """A scenario by id, or the atlas's default.

    Raises `SamenspelError` for an unknown one; names the nearest.
    """
    wanted = name or atlas.manifest.scenario or next(iter(sorted(atlas.scenarios)), None)
    if wanted is None or wanted not in atlas.scenarios:
        raise SamenspelError(f"no scenario {wanted!r}. Nearest: {nearest(wanted or '', atlas.scenarios)}.",
                             cure=f"There is: {', '.join(sorted(atlas.scenarios)) or 'none'}.")  # fmt: skip
    return atlas.scenarios[wanted]


def run_key(atlas: Atlas, scenario: Scenario, seed: int, worlds: int, people: int, ladder: str, engine: str, removed: frozenset[str]) -> str:
    """Content key of a run: atlas, version, scenario, seed, sizes, options and engine; not language, threads or place."""
    from samenspel import __version__

    return content_key({
        "atlas": atlas.digest, "version": __version__, "scenario": scenario.id, "seed": seed, "worlds": worlds,
        "people": people, "ladder": ladder, "engine": engine, "removed": sorted(removed),
    })  # fmt: skip


def run(
    scenario: str | None = None, *, atlas: Atlas | Path | str | None = None, seed: int = 1, worlds: int = 64,
    people: int = 200, engine: Engine = "auto", ladder: Literal["as-is", "half", "double"] = "as-is",
    removed: frozenset[str] = frozenset(), with_routes: bool = True, allow_failures: bool = False,
    progress: Progress | None = None,
) -> Answer:  # fmt: skip
    """Simulate a scenario in `worlds` worlds of `people` people each and say what follows, and from what.

    `removed` are claim ids taken out of the evidence first. Raises `SamenspelError` for wrong sizes, an unknown scenario,
    nobody to study, or too many failed runs.
    """
    for name, value, least in (("seed", seed, 0), ("worlds", worlds, 1), ("people", people, 1)):
        if value < least:
            raise SamenspelError(f"{name} must be at least {least}, got {value}.", cure=f"Give --{name} {least} or more.")
    tell = progress or (lambda _stage, _share: None)
    tell("reading the evidence", 0.0)
    base = atlas if isinstance(atlas, Atlas) else read_atlas(atlas)
    study = scenario_of(base, scenario)
    grading = Grading(base, removed)
    tell("drawing worlds", 0.02)
    drawn = draw_worlds(base, full_catalogue(base, catalogue()), grading.couplings(), seed=seed, ids=np.arange(worlds), ladder=ladder)
    if not drawn.groups:
        raise SamenspelError("every world was refused: " + ", ".join(sorted(set(drawn.refused.values()))) + ".",
                             cure="Look at the ladder and the measured gains.")  # fmt: skip
    reservoir = reservoir_for(base, drawn, study, people=people, seed=seed, measures=trial_measures(study),
                              progress=lambda share: tell("screening people", 0.05 + 0.45 * share))  # fmt: skip
    tell("running the trial", 0.5)
    trial = run_trial(base, study, reservoir, seed=seed, engine=engine, reporting=_reporting(base, drawn, seed),
                      allow_failures=allow_failures)  # fmt: skip
    tell("following routes", 0.8)
    way: dict[str, Any] | None = None
    if with_routes:
        way = routes(base, study, reservoir, seed=seed, worlds=ROUTE_WORLDS, people=ROUTE_PEOPLE)
    tell("writing the answer", 0.97)
    key = run_key(base, study, seed, worlds, people, ladder, engine, removed)
    return assemble(base, grading, study, drawn, reservoir, trial, way, key=key)


def _reporting(atlas: Atlas, worlds: Worlds, seed: int) -> dict[int, float]:
    """Reporting shift per world in baseline SDs: how much kinder people report who know that they got something."""
    from samenspel.composition.values import quantile, spread

    entry = atlas.parameters.get(REPORTING)
    if entry is None:
        return {}
    ids = worlds.ids
    values = quantile(spread(atlas, entry), world_uniform(seed, ids, f"parameter/{REPORTING}"))
    return {int(w): float(v) for w, v in zip(ids, values, strict=True)}


def assemble(
    atlas: Atlas, grading: Grading, scenario: Scenario, worlds: Worlds, reservoir: Reservoir, trial: Trial,
    way: dict[str, Any] | None, *, key: str,
) -> Answer:  # fmt: skip
    """The seven blocks of an answer."""
    from samenspel import __version__

    e = scenario.estimand
    head = summary.headline(atlas, trial)
    d = summary.difference(trial, e.outcome, e.day)
    sign = summary.better_sign(atlas, e.outcome)
    chosen = options_of_worlds(worlds)
    ids = trial.ensemble.worlds
    options = {h: [table[int(w)] for w in ids] for h, table in chosen.items()}
    verdict = label(sign * trial.ensemble.mean(d) > 0, trial.ensemble.weights_of_worlds(), options)
    arms = {a.id: {"en": a.en, "nl": a.nl} for a in scenario.arm}
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
        },
        "published": {"rows": published(atlas, grading, scenario, worlds)},
        "assumptions": {
            "headline": head, "effects": summary.effects(atlas, trial), "per_hundred": summary.per_hundred(atlas, trial),
            "screening": summary.screening(trial, reservoir, worlds.refused),
        },
        "built_in_or_learned": {
            "label": verdict.name, "share": verdict.share, "hypothesis": verdict.hypothesis,
            "prior": {
                "specific_smd": head["specific_smd"], "benefit_share": head["benefit_share"],
                "beyond_share": head["beyond_share"], "refused": len(worlds.refused),
            },
        },
        "routes": way or {"rows": [], "ranked": False, "worlds": 0, "people": 0},
        "rivals": {"hypotheses": rivals(atlas, worlds, trial, d, sign)},
        "rests_on": rests_on(atlas, grading, worlds),
        "purpose": {"intended_use": "research and teaching"},
    }  # fmt: skip
    return Answer(scenario.id, STATUS, key, blocks, summary.trajectories(trial), __version__)
