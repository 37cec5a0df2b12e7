"""Which states need no short steps, so that a plan may take them across many steps of the others in one.

Inputs jump at slot edges, held values (noise, stages, decisions, what was added up) at midnight. A state is shaken if it
reads one of these, or a shaken state, and follows within a step: rate x step > `FOLLOWS`. Shaken states and whoever reads
one need the short steps; a state that reads only what changes smoothly does not, however fast it is itself: its own decay
is exact in an exponential step. Where the steady step is longer than the others' longest, every fast state counts as shaken.
"""

from __future__ import annotations

import math

import numpy as np

from samenspel.declare.model import Model
from samenspel.engine.compiled import compiled
from samenspel.engine.lattice import StepPlan, plan_for
from samenspel.engine.people import People
from samenspel.engine.settle import habitual_inputs, parameter_rows

FOLLOWS = 0.5  # ours: at 0.5 a state has gone four tenths of the way to where a jump leads it
SHORTEST = 1 / 512  # days; of the steps of states declared fast, before halving


def mean_rates(model: Model, people: People) -> dict[str, float]:
    """Diagonal of the Jacobian, per day, of every state at its declared start and the mean parameters of `people`."""
    c = compiled(model)
    p = [float(np.mean(v)) for v in parameter_rows(c, people.parameters)]
    inputs, held = habitual_inputs(model), [0.0] * len(model.held_names)
    x = c.function([s.start for s in model.states])([0.0] * len(model.states), p, inputs, held, 0.0)
    rates = c.diagonal(x, p, inputs, held, 0.0)
    return {s: float(r) for s, r in zip(model.state_names, rates, strict=True)}


def steady_states(model: Model, people: People, stride: float, longest: float | None = None) -> tuple[str, ...]:
    """States that are neither shaken nor read a shaken one, at the mean parameters of `people`, in the model's order.

    stride     step of the steady states, days, > 0
    longest    step of the others before halving, days, > 0; as long as `stride` if not given
    """
    c = compiled(model)
    named = {c.tape.at[n]: n for n in (*model.state_names, *c.input_names, *model.held_names)}
    reads = {
        s: {named[k] for k in c.tape.uses(f) if k in named} - {s}
        for s, f in zip(model.state_names, c.drift_steps, strict=True)
    }
    jumping = {*c.input_names, *model.held_names}
    quick = {s for s, r in mean_rates(model, people).items() if not abs(r) * stride <= FOLLOWS}  # no number: quick
    shaken = {s for s in quick if reads[s] & jumping or stride > (longest or stride)}
    while more := {s for s in quick - shaken if reads[s] & shaken}:
        shaken |= more
    return tuple(s for s in model.state_names if s not in shaken and not reads[s] & shaken)


def usual_plan(model: Model, people: People, accuracy: float) -> StepPlan:
    """Steps by estimate, from the rates at the mean parameters; states declared fast take shorter ones than the others."""
    rates = {s: abs(r) for s, r in mean_rates(model, people).items() if math.isfinite(r)}
    slow = [rates[s.name] for s in model.states if not s.fast and s.name in rates]
    plan = plan_for(accuracy, max(slow, default=1.0))
    fine = plan_for(accuracy, max(rates.values(), default=1.0), SHORTEST)
    stride = plan.longest / 2**plan.depth  # what a jump asks of the slow states, all the time: the others see straight lines
    if len(slow) == len(model.states) or fine.longest >= stride:
        return plan
    return StepPlan(fine.longest, fine.depth, steady=steady_states(model, people, stride, fine.longest), stride=stride)
