"""What pushes on a diagram do in the worlds of one model: bent, on the engine, or straight, from the slopes at rest.

Both follow the reference person of every world; a range r multiplies every gain. Worlds in which that person finds no rest, or
whose course diverges, carry NaN. They are taken in blocks, so that memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from samenspel.composition.plain import PUSH
from samenspel.composition.values import quantile
from samenspel.engine import People, Result, Schedule, run, settle
from samenspel.engine.compiled import compiled, rows
from samenspel.engine.settle import habitual_inputs, held_at_start, parameter_rows
from samenspel.evidence.diagram import Diagram
from samenspel.population.worlds import Group
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.diagram_files import STATE

Array = npt.NDArray[np.float64]
MOST_DAYS = 36_500  # of a course: a hundred years, day by day
MOST_NUMBERS = 2**24  # of the Jacobians of a block of worlds: 128 MB


def in_days(horizons: Sequence[float], step: float) -> list[int]:
    """Horizons in steps of the drawing as whole days.

    Raises `SamenspelError` for one shorter than a day, or longer than `MOST_DAYS`.
    """
    for h in horizons:
        if h * step < 0.5:
            raise SamenspelError(
                f"horizon {h:g} is {h * step:g} days, and the outcome is looked at once a day.",
                cure=f"Give --horizons {1 / step:g} or more, or import the diagram with a longer --step.",
            )
        if h * step > MOST_DAYS:
            raise SamenspelError(
                f"horizon {h:g} is {h * step:g} days with steps of {step:g} days; at most {MOST_DAYS} can be run.",
                cure=f"Give --horizons {int(MOST_DAYS / step)} or less, or import the diagram with a shorter --step.",
            )
    return [max(1, round(h * step)) for h in horizons]


def saturating(group: Group, diagram: Diagram, ranges: Sequence[float], days: Sequence[int]) -> Array:
    """(ranges, interventions, horizons, worlds) from the engine: one arm per push, the first without."""
    return np.concatenate([_saturating(part, diagram, ranges, days) for part in _blocks(group, len(ranges))], axis=3)


def straight(group: Group, diagram: Diagram, reach: float, days: Sequence[int]) -> Array:
    """(interventions, horizons, worlds) exactly, from the slopes at rest."""
    return np.concatenate([_straight(part, diagram, reach, days) for part in _blocks(group, 1)], axis=2)


def _blocks(group: Group, copies: int) -> Iterator[Group]:
    """The group's worlds, so many at a time that their Jacobians fit."""
    size = max(1, MOST_NUMBERS // (copies * max(1, len(group.model.states)) ** 2))
    for k in range(0, len(group.ids), size):
        here = slice(k, k + size)
        numbers = {n: v[here] if isinstance(v, np.ndarray) and v.ndim else v for n, v in group.parameters.items()}
        yield replace(group, ids=group.ids[here], parameters=numbers)


def _inputs(group: Group, diagram: Diagram) -> dict[int, str]:
    """Place of an intervention → its input; an intervention that no coupling names is in no model, and moves nothing.

    Raises `SamenspelError` if the outcome is in no model.
    """
    if _outcome(diagram) not in group.model.state_names:
        raise SamenspelError(
            f"the outcome {diagram.outcome.label!r} is in no coupling of this atlas.", file="diagram.toml",
            cure="Add a coupling that leads to it, or import the drawing again.",
        )  # fmt: skip
    known = {i.name for i in group.model.inputs}
    names = {k: f"{v.id}.{PUSH}{STATE}" for k, v in enumerate(diagram.interventions)}
    return {k: name for k, name in names.items() if name in known}


def _outcome(diagram: Diagram) -> str:
    return f"{diagram.outcome.id}.{STATE}"


def _people(group: Group, ranges: Sequence[float]) -> People:
    """The reference person of every world, once per range with every gain times it; range by range."""
    count, reach = len(ranges), np.repeat(np.asarray(ranges, dtype=float), len(group.ids))
    stacked: dict[str, float | Array] = {}
    for name, value in _parameters(group).items():
        row = np.tile(value, count) if isinstance(value, np.ndarray) and value.ndim else value
        stacked[name] = row * reach if name.startswith("gain.") else row
    return People(np.zeros(count * len(group.ids), dtype=np.int64), np.tile(group.ids, count), stacked)


def _parameters(group: Group) -> dict[str, float | Array]:
    """The group's parameters, people at the middle of what they differ in."""
    middle = {a: float(quantile(d, np.array([0.5]))[0]) * f for a, (d, f) in group.person.items()}
    return {**group.parameters, **middle}


def _saturating(group: Group, diagram: Diagram, ranges: Sequence[float], ends: Sequence[int]) -> Array:
    people, last = _people(group, ranges), max(ends)
    inputs = _inputs(group, diagram)
    plans = [Schedule(last)] + [
        Schedule(last, inputs={name: np.full((last, 1), diagram.interventions[k].strength)}) for k, name in inputs.items()
    ]
    outcome, rest = _outcome(diagram), settle(group.model, people)
    runs = run(
        group.model,
        people,
        plans,
        start=rest,
        save=[outcome],
        save_days=sorted({e - 1 for e in ends}),
        engine="numpy",
    )
    at = [int(np.searchsorted(runs[0].days, e - 1)) for e in ends]
    base = runs[0].of(outcome)
    effect = np.zeros((len(diagram.interventions), len(ends), people.n))
    for k, r in zip(inputs, runs[1:], strict=True):
        effect[k] = (r.of(outcome) - base)[at]
    lost = np.logical_or.reduce([condition.codes != Result.OK for condition in (rest, *(r.end for r in runs))])
    effect[:, :, lost] = np.nan
    return effect.reshape(*effect.shape[:2], len(ranges), len(group.ids)).transpose(2, 0, 1, 3)


def _straight(group: Group, diagram: Diagram, reach: float, ends: Sequence[int]) -> Array:
    from scipy.linalg import expm

    c, world, m = compiled(group.model), group.ids, len(group.model.states)
    people = _people(group, [reach])
    rest = settle(group.model, people)
    p, held = parameter_rows(c, people.parameters), held_at_start(group.model, len(world))
    inputs = _inputs(group, diagram)
    u = habitual_inputs(group.model)
    jacobian = np.zeros((len(world), m, m))
    for (i, j), value in zip(c.jacobian_entries, c.jacobian(rest.states, p, u, held, 0.0), strict=True):
        jacobian[:, i, j] = value
    slopes = c.slopes(c.settled_steps, list(inputs.values()))(rest.states, p, u, held, 0.0)
    push = rows(slopes, len(world)).reshape(m, len(inputs), len(world))
    strength = np.array([diagram.interventions[k].strength for k in inputs])
    out_row = group.model.state_names.index(_outcome(diagram))
    effect = np.zeros((len(diagram.interventions), len(ends), len(world)))
    for w in range(len(world)):
        if rest.codes[w] != Result.OK:
            effect[:, :, w] = np.nan
            continue
        # the row e_yᵀ J⁻¹ (exp(J h) - I): one matrix exponential per horizon, all pushes at once
        for k, days in enumerate(ends):
            block = np.zeros((m + 1, m + 1))
            block[:m, :m] = jacobian[w].T * days
            block[out_row, m] = days
            effect[list(inputs), k, w] = strength * (expm(block)[:m, m] @ push[:, :, w])
    return effect
