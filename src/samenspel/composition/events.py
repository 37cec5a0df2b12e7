r"""Life events of people.toml as part of a model: one decision per event, drawn every midnight from addressed chance.

    P(under way tomorrow) = 1 - 1/days   where the event is under way,      1 - exp(-onset)   where it is not
    target -> target + size under way      for every push of the event

onset  per day, a person's own (rate per year over the days of a year)      days  mean length, at least 1
size   in the unit of the target

An event lasts `days` on average, whatever time has passed (geometric); a second one of the same kind waits until the first is
over. The share of people in whom it is under way comes to a D/(1 + a D), with a = 1 - exp(-onset) and D = days.
As a decision it needs nothing new of any engine, costs no step inside the day, has its own channel (its name), is the same in
every arm, and stands at 0 for the person at rest: set points, gains and habits know no event.
Left out: events that follow from a person's state, and events that come together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from samenspel.composition.values import quantile
from samenspel.declare.model import DecisionVar, Expr, Model, ParameterVar
from samenspel.declare.view import symbol
from samenspel.evidence.schema_model import Distribution
from samenspel.evidence.schema_people import Event, Push

DAYS_PER_YEAR = 365.25


def event_name(event: str) -> str:
    """The decision of an event, and the channel of its luck."""
    return f"event.{event}"


def with_events(model: Model, events: Sequence[Event]) -> Model:
    """The model in which each event pushes the inputs and parameters that it names.

    A push on something that this model does not have does nothing; an event with no other push is left out.
    """
    names: set[str] = {*model.parameter_names, *(i.name for i in model.inputs)}
    acting = [(e, tuple(p for p in e.push if p.input in names)) for e in events]
    acting = [(e, pushes) for e, pushes in acting if pushes]
    if not acting:
        return model
    parameters: list[ParameterVar] = []
    decisions: list[DecisionVar] = []
    pushed: dict[sympy.Symbol, Expr] = {}
    for event, pushes in acting:
        name = event_name(event.id)
        onset, days, now = symbol(f"{name}.onset"), symbol(f"{name}.days"), symbol(name)
        parameters += [ParameterVar(onset.name, "1/day"), ParameterVar(days.name, "day", event.days)]
        decisions.append(DecisionVar(name, now * (1 - 1 / days) + (1 - now) * (1 - sympy.exp(-onset))))
        for push in pushes:
            size, target = symbol(_size(event, push)), symbol(push.input)
            parameters.append(ParameterVar(size.name, _unit(model, push), push.size))
            pushed[target] = pushed.get(target, target) + size * now
    put = lambda e: sympy.sympify(e).xreplace(pushed)  # noqa: E731
    return dataclasses.replace(
        model,
        parameters=(*model.parameters, *parameters),
        assignments=tuple((n, put(e)) for n, e in model.assignments),
        drift={k: put(e) for k, e in model.drift.items()},
        noise={k: put(e) for k, e in model.noise.items()},
        daily={k: put(e) for k, e in model.daily.items()},
        accumulators=tuple(_put(a, put, "of") for a in model.accumulators),
        stages=tuple(dataclasses.replace(s, hazards={k: put(e) for k, e in s.hazards.items()}) for s in model.stages),
        decisions=(*(_put(d, put, "probability") for d in model.decisions), *decisions),
        pools=tuple(_put(p, put, "request", "capacity") for p in model.pools),
        society=tuple(_put(s, put, "step") for s in model.society),
    )


def event_numbers(model: Model, events: Sequence[Event]) -> tuple[dict[str, float], dict[str, tuple[Distribution, float]]]:
    """Onset per day of the events in a model: numbers that all share, and spreads over people with the factor to per day."""
    fixed: dict[str, float] = {}
    person: dict[str, tuple[Distribution, float]] = {}
    for event in events:
        onset = f"{event_name(event.id)}.onset"
        if onset not in model.parameter_names:
            continue
        if event.rate_per_year.kind == "point":
            fixed[onset] = float(quantile(event.rate_per_year, np.array([0.5]))[0]) / DAYS_PER_YEAR
        else:
            person[onset] = (event.rate_per_year, 1 / DAYS_PER_YEAR)
    return fixed, person


def _size(event: Event, push: Push) -> str:
    return f"{event_name(event.id)}.size.{push.input}"


def _unit(model: Model, push: Push) -> str:
    return next(w.unit for w in (*model.inputs, *model.parameters) if w.name == push.input)


def _put(part: Any, put: Any, *names: str) -> Any:
    return dataclasses.replace(part, **{n: put(getattr(part, n)) for n in names})
