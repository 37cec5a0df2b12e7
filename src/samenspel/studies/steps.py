"""The steps of a run's models: chosen once, by trying them on a few people of the first worlds, and kept in the store.

Who is tried depends on the run's worlds and seed alone, so every chunk, worker and machine takes the same steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

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


@dataclass(frozen=True, eq=False)
class Study:
    """What the steps of every model of a run depend on, beside the model's own worlds."""

    atlas: Atlas
    scenario: Scenario
    drawn: Worlds
    accuracy: float
    seed: int
    store: Store


def measured_steps(given: Study) -> dict[str, tuple[StepPlan, Exactness]]:
    """For each model the coarsest steps whose error is at most half of the accuracy (see `engine.accuracy`)."""
    return {group.model.key: steps_of(group, given) for group in given.drawn.groups}


def steps_stand(group: Group, given: Study) -> bool:
    """Whether the steps of a model are in the store."""
    return given.store.holds(KIND, _name(group, given))


def steps_of(group: Group, given: Study) -> tuple[StepPlan, Exactness]:
    """The steps of one model and how exact they are, read back or tried and kept."""
    name = _name(group, given)
    found = given.store.get_arrays(KIND, name)
    if found is not None:
        return StepPlan(**found[1]["plan"]), Exactness(**found[1]["exactness"])
    plan, exactness = _tried(given.atlas, given.scenario, _part(group), given.accuracy, given.seed)
    given.store.put_arrays(KIND, name, {}, {"plan": asdict(plan), "exactness": exactness.as_json()})
    return plan, exactness


def _part(group: Group) -> Group:
    return part_of(group, np.arange(min(WORLDS, len(group.ids))))


def _name(group: Group, given: Study) -> str:
    tried = Worlds((_part(group),), {}, given.drawn.supports)
    return key({
        "form": FORM, "worlds": reservoir_key(given.atlas, tried, given.scenario, None, given.seed, ()),
        "study": repr(given.scenario), "accuracy": given.accuracy, "seed": given.seed, "candidates": repr(CANDIDATES),
    })  # fmt: skip


def _tried(atlas: Atlas, scenario: Scenario, group: Group, accuracy: float, seed: int) -> tuple[StepPlan, Exactness]:
    people = draw_candidates(atlas, group, PEOPLE, seed=seed, enrich=dict(scenario.recruitment.enrich)).people
    rest = settle(group.model, people, many=True)
    people = People(people.person, people.world, {**people.parameters, **habits(group.model, people, rest)})
    good = np.flatnonzero(rest.codes == Result.OK)
    arms = schedules(group.model, scenario, scenario.recruitment.settle_days, trial_arms(scenario))
    return Pilot(group.model, people.take(good), arms, rest.take(good), seed=seed).coarsest(accuracy)
