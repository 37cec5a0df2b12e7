"""Where a person stands at rest: the fixed point under habitual inputs, reached from the low branch.

Pseudo-transient continuation: implicit Euler steps (I/h - J) d = f(x), x += d, with h growing as the drift shrinks.
Small steps follow the flow, so the branch that the flow reaches from the start is kept; large steps are Newton steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import HABIT, Model
from samenspel.engine.compiled import Compiled, compiled, rows
from samenspel.engine.people import Array, Condition, Numbers, People, Result, parameter_values

TOLERANCE = 1e-9  # of drift per day, relative to 1 + |x|


def held_at_start(model: Model, n: int) -> Array:
    """Held values before the first midnight: stages at their start, decisions as declared, the rest 0."""
    held = np.zeros((len(model.held_names), n))
    at = {name: i for i, name in enumerate(model.held_names)}
    for stage in model.stages:
        held[at[f"{stage.name}.{stage.start}"]] = 1.0
    for decision in model.decisions:
        held[at[decision.name]] = decision.start
    return held


def parameter_rows(c: Compiled, parameters: Numbers) -> list[float | Array]:
    """Parameter values in the order of the compiled functions."""
    values = parameter_values(c.model, parameters)
    return [values[name] for name in c.parameter_names]


def habitual_inputs(model: Model) -> list[float]:
    """Inputs at their habitual values."""
    return [i.habitual for i in model.inputs]


def settle(model: Model, people: People, start: Array | None = None, rounds: int = 200) -> Condition:
    """Fixed points of all persons; who does not converge carries `Result.NOT_SETTLED`.

    `start` (states, n) overrides the declared starting points.
    """
    c, n = compiled(model), people.n
    p = parameter_rows(c, people.parameters)
    u, held = habitual_inputs(model), held_at_start(model, n)
    if start is None:
        zeros: Sequence[float] = [0.0] * len(model.states)
        start = rows(c.function([s.start for s in model.states])(zeros, p, u, held, 0.0), n)
    x, codes = _march(c, np.array(start, dtype=float), p, u, held, rounds)
    at = {name: i for i, name in enumerate(model.held_names)}
    if model.accumulators:
        closed = c.function([a.of for a in model.accumulators])(x, _with_habits(c, p, x, u, held), u, held, 0.0)
        for a, value in zip(model.accumulators, closed, strict=True):
            held[at[a.name]] = value
    return Condition(x, held, codes)


def habits(model: Model, people: People, condition: Condition) -> dict[str, Array]:
    """The parameters ``habit.<address>`` that belong to a settled condition."""
    c = compiled(model)
    p = parameter_rows(c, people.parameters)
    values = _with_habits(c, p, condition.states, habitual_inputs(model), condition.held)
    first = len(model.parameters)
    return {
        HABIT + h: np.broadcast_to(values[first + i], (people.n,)).astype(float) for i, h in enumerate(model.habits)
    }


def _with_habits(c: Compiled, p: list[float | Array], x: Array, u: Sequence[float], held: Array) -> list[float | Array]:
    model = c.model
    if not model.habits:
        return p
    own = c.function([c.outputs[h] for h in model.habits])(x, p, u, held, 0.0)
    return [*p[: len(model.parameters)], *own]


def _march(
    c: Compiled, x: Array, p: list[float | Array], u: Sequence[float], held: Array, rounds: int
) -> tuple[Array, npt.NDArray[np.int8]]:
    n, m = x.shape[1], x.shape[0]
    codes = np.full(n, Result.NOT_SETTLED, dtype=np.int8)
    todo, step = np.arange(n), np.full(n, 0.1)
    size_before = np.full(n, np.inf)
    i, j = np.array(c.jacobian_entries, dtype=int).reshape(-1, 2).T
    for _ in range(rounds):
        if not len(todo):
            break
        pick = [v[todo] if isinstance(v, np.ndarray) and v.ndim else v for v in p]
        y, h = x[:, todo], held[:, todo]
        with np.errstate(all="ignore"):
            both = rows(c.settled_and_jacobian(y, pick, u, h, 0.0), len(todo))
        f, entries = both[:m], both[m:]
        matrix = np.zeros((len(todo), m, m))
        matrix[:, i, j] = -entries.T
        size = np.abs(f / (1 + np.abs(y))).max(0)
        finite = np.isfinite(size) & np.isfinite(entries).all(0)
        done = finite & (size < TOLERANCE)
        codes[todo[done]] = Result.OK
        codes[todo[~finite]] = Result.DIVERGED
        go = finite & ~done
        grow = np.where(size_before[todo] > 0, size_before[todo] / np.maximum(size, 1e-300), 1.0)
        step[todo] = np.clip(step[todo] * np.clip(grow, 0.5, 4.0) * 1.2, 1e-3, 1e9)
        size_before[todo] = size
        matrix[:, range(m), range(m)] += (1 / step[todo])[:, None]
        todo, matrix, f = todo[go], matrix[go], f[:, go]
        if len(todo):
            x[:, todo] += np.linalg.solve(matrix, f.T[..., None])[..., 0].T
    return x, codes
