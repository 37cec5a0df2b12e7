"""One person at any times, through the numpy or the reference engine: the door for anchors, tests and imports."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.engine.compiled import Compiled, compiled
from samenspel.engine.lattice import Schedule, StepPlan
from samenspel.engine.people import Array, People, Table
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint


def simulate_single(
    model: Model,
    times: Array,
    engine: str,
    parameters: Mapping[str, float],
    start: Mapping[str, float],
    inputs: Mapping[str, float],
    schedule: Schedule | None,
    columns: list[str] | None,
    rtol: float,
    atol: float,
    seed: int,
) -> Table:
    """See `engine.run.simulate`. Between midnights the held values and the day's noise are constant."""
    from samenspel.engine.midnight import Midnight
    from samenspel.engine.reference import Guards, _Person  # pyright: ignore[reportPrivateUsage]
    from samenspel.engine.run import first_condition
    from samenspel.engine.settle import parameter_rows

    if times.ndim != 1 or len(times) < 1 or not np.isfinite(times).all() or (np.diff(times) < 0).any():
        raise SamenspelError("times must be given, finite, and must not fall.", cure="Sort them.")
    for group, known in (("start", model.state_names), ("input", tuple(i.name for i in model.inputs))):
        for name in start if group == "start" else inputs:
            if name not in known:
                raise SamenspelError(f"no {group} {name!r} in model {model.name!r}.{hint(name, known)}")
    c = compiled(model)
    people = People(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), dict(parameters))
    condition = first_condition(model, people, start)
    names = columns if columns is not None else [*model.state_names, *(n for n, _ in model.assignments)]
    saver = c.function([c.outputs[n] for n in names])
    rows = parameter_rows(c, people.parameters)
    p = [float(np.asarray(v).reshape(-1)[0]) for v in rows]
    x, held = condition.states[:, 0].copy(), condition.held.copy()
    midnight = Midnight(c, seed, people.person, people.world, 1)
    first = int(np.floor(times[0]))
    midnight.noise(held, first)
    guards = Guards(c) if model.events else None
    person = _Person(c, guards, p, rtol, atol, "LSODA")
    out = np.empty((len(names), len(times)))
    t, k = float(times[0]), 0
    watched = np.where(person.integral, 0.0, -np.inf)
    while k < len(times):
        day = int(np.floor(t + 1e-12))
        edges = [day + e for e in schedule.edges] if schedule else [float(day)]
        later = [e for e in edges if e > t + 1e-12]
        edge = later[0] if later else float(day + 1)
        u = _inputs_at(model, inputs, schedule, t)
        target = min(edge, float(times[k]))
        if target > t:
            if engine == "reference":
                x, watched = person._span(x, watched, held[:, 0], u, t, target)  # pyright: ignore[reportPrivateUsage]
            else:
                x, watched = _exponential(c, x, watched, person.integral, held[:, 0], p, u, t, target)
            t = target
        if t == times[k]:
            for r, value in enumerate(saver(x, p, u, held[:, 0], t)):
                out[r, k] = value
            k += 1
        if t == day + 1:
            hazard = midnight.close(held, watched[:, None])
            column = x[:, None].copy()
            midnight.turn(column, held, rows, [np.array([v]) for v in u], hazard, day + 1)
            x, watched = column[:, 0], np.where(person.integral, 0.0, -np.inf)
    return Table(times, tuple(names), out)


def _inputs_at(model: Model, inputs: Mapping[str, float], schedule: Schedule | None, t: float) -> list[float]:
    values = []
    for i in model.inputs:
        if schedule is not None and i.name in schedule.inputs:
            day = int(np.floor(t + 1e-12)) - schedule.first_day
            slot = int(np.searchsorted(np.asarray(schedule.edges), t - np.floor(t + 1e-12) + 1e-12, side="right")) - 1
            inside = 0 <= day < schedule.days
            values.append(float(schedule.inputs[i.name][day, max(slot, 0)]) if inside else i.habitual)
        else:
            values.append(float(inputs.get(i.name, i.habitual)))
    return values


def _exponential(
    c: Compiled, x: Array, watched: Array, integral: npt.NDArray[np.bool_], held: Array, p: list[float], u: list[float],
    t: float, end: float,
) -> tuple[Array, Array]:  # fmt: skip
    """Short exponential steps from t to end, and the integrals on the way."""
    from samenspel.engine.numpy_engine import coefficients

    rate = np.minimum(np.asarray(c.diagonal(x, p, u, held, t), dtype=float), 0.0)
    for h in StepPlan(longest=1 / 64, depth=4).steps(end - t, True):
        w0 = np.asarray(c.watch(x, p, u, held, t), dtype=float)
        c1, c2, e = coefficients(rate, h)
        f = np.asarray(c.drift(x, p, u, held, t), dtype=float)
        a = x + c1 * f
        x = a + c2 * (np.asarray(c.drift(a, p, u, held, t + h), dtype=float) - e * f)
        t += h
        w1 = np.asarray(c.watch(x, p, u, held, t), dtype=float)
        watched = np.where(integral, watched + h * 0.5 * (w0 + w1), np.maximum(watched, np.maximum(w0, w1)))
    return x, watched
