"""Which life events are under way when a person is first looked at."""

from __future__ import annotations

import numpy as np

from samenspel.composition.events import event_name
from samenspel.engine import Condition, People
from samenspel.evidence.schema_people import Event
from samenspel.population.worlds import Group
from samenspel.randomness import channel, uniform


def under_way(group: Group, people: People, at_rest: Condition, events: tuple[Event, ...], *, seed: int) -> Condition:
    """The condition at rest with each event under way in the share of people that its rate and length imply.

        share = a D/(1 + a D),    a = 1 - exp(-onset)

    onset per day, D days. Drawn from the event's own channel on day 0, which no midnight of a run that begins there uses.
    Left out: what an event that began earlier has already done to the states; the days up to the screening day see to that.
    """
    held = at_rest.held.copy()
    for event in events:
        name = event_name(event.id)
        if name not in group.model.held_names:
            continue
        often = -np.expm1(-np.asarray(people.parameters[f"{name}.onset"])) * event.days
        u = uniform(seed, person=people.person, world=people.world, day=0, channel=channel(name))
        held[group.model.held_names.index(name)] = u < often / (1 + often)
    return Condition(at_rest.states, held, at_rest.codes)


def event_flags(events: tuple[Event, ...], held_names: tuple[str, ...]) -> dict[str, str]:
    """Event id → held value that is 1 while it is under way, for the events that a model has."""
    return {e.id: event_name(e.id) for e in events if event_name(e.id) in held_names}
