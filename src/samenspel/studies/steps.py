"""The steps of a run's models: chosen once, by trying them on a few people of the first worlds, and kept in the store.

Who is tried depends on the run's worlds and seed alone, so every chunk, worker and machine takes the same steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from samenspel.engine import People, Result, StepPlan, habits, settle
from samenspel.engine.accuracy import CANDIDATES, Exactness, Pilot
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.people import draw_candidates
from samenspel.population.reservoir import part_of
from samenspel.population.stock import reservoir_key
from samenspel.population.worlds import Group, Worlds
from samenspel.store import Store, key
from samenspel.studies.schedule import schedules
from samenspel.studies.trial import trial_arms

WORLDS, PEOPLE = 16, 8  # tried: so many people in each of so many worlds
KIND, FORM = "steps", 1
Steps = Mapping[str, tuple[StepPlan, Exactness]]  # key of a model → its steps, and how exact they were found to be


def measured_steps(
    atlas: Atlas, scenario: Scenario, drawn: Worlds, *, accuracy: float, seed: int, store: Store
) -> dict[str, tuple[StepPlan, Exactness]]:
    """For each model the coarsest steps whose error is at most half of `accuracy` (see `engine.accuracy`)."""
    out: dict[str, tuple[StepPlan, Exactness]] = {}
    for group in drawn.groups:
        part = part_of(group, np.arange(min(WORLDS, len(group.ids))))
        worlds = reservoir_key(atlas, Worlds((part,), {}, drawn.supports), scenario, None, seed, ())
        name = key({
            "form": FORM, "worlds": worlds, "study": repr(scenario), "accuracy": accuracy, "seed": seed,
            "candidates": repr(CANDIDATES),
        })  # fmt: skip
        found = store.get_arrays(KIND, name)
        if found is None:
            plan, exactness = _tried(atlas, scenario, part, accuracy, seed)
            notes = {"plan": asdict(plan), "exactness": exactness.as_json()}
            store.put_arrays(KIND, name, {}, notes)
        else:
            plan, exactness = StepPlan(**found[1]["plan"]), Exactness(**found[1]["exactness"])
        out[group.model.key] = plan, exactness
    return out


def _tried(atlas: Atlas, scenario: Scenario, group: Group, accuracy: float, seed: int) -> tuple[StepPlan, Exactness]:
    people = draw_candidates(atlas, group, PEOPLE, seed=seed, enrich=dict(scenario.recruitment.enrich)).people
    rest = settle(group.model, people, many=True)
    people = People(people.person, people.world, {**people.parameters, **habits(group.model, people, rest)})
    good = np.flatnonzero(rest.codes == Result.OK)
    arms = schedules(group.model, scenario, scenario.recruitment.settle_days, trial_arms(scenario))
    return Pilot(group.model, people.take(good), arms, rest.take(good), seed=seed).coarsest(accuracy)
