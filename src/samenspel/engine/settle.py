"""Where a person stands at rest: the fixed point under habitual inputs, reached from the low branch.

Pseudo-transient continuation: implicit Euler steps (I/h - J) d = f(x), x += d, with h growing as the drift shrinks.
Small steps follow the flow, so the branch that the flow reaches from the start is kept; large steps are Newton steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import HABIT, Model
from samenspel.engine.compiled import Compiled, compiled, rows
from samenspel.engine.native.kernel import unavailable
from samenspel.engine.people import Array, Condition, Numbers, People, Result, parameter_values
from samenspel.engine.threads import threads

TOLERANCE = 1e-9  # of drift per day, relative to 1 + |x|
FIRST_STEP = 0.1  # of pseudo-time, days
STEPS = (1e-3, 1e9)  # least and most
PACKED = 0.7  # share of rows still at work below which the others are put aside


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


def settle(
    model: Model, people: People, start: Array | None = None, rounds: int = 200, *, many: bool = False
) -> Condition:
    """Fixed points of all persons; who does not converge carries `Result.NOT_SETTLED`.

    start  (states, n), instead of the declared starting points
    many   worth native code, where it works; then both cores and the same bits on every machine
    """
    c, n = compiled(model), people.n
    p = parameter_rows(c, people.parameters)
    u, held = habitual_inputs(model), held_at_start(model, n)
    if start is None:
        zeros: Sequence[float] = [0.0] * len(model.states)
        start = rows(c.function([s.start for s in model.states])(zeros, p, u, held, 0.0), n)
    begin = np.array(start, dtype=float)
    if many and model.states and unavailable() is None:
        x, codes = _march_natively(c, begin, p, u, held, rounds)
    else:
        x, codes = _march(c, begin, p, u, held, rounds)
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


def _march_natively(
    c: Compiled, x: Array, p: list[float | Array], u: Sequence[float], held: Array, rounds: int
) -> tuple[Array, npt.NDArray[np.int8]]:
    from samenspel.engine.native.resting import Limits, march  # needs llvmlite

    limits = Limits(rounds, TOLERANCE, FIRST_STEP, *STEPS, Result.OK, Result.DIVERGED, Result.NOT_SETTLED)
    symbols = [*x, *p, *u, *held, 0.0, *[0.0] * len(c.means), 0.0]
    workers = threads()
    with ThreadPoolExecutor(workers) as pool:

        def share(work: Callable[[int, int], None], blocks: int) -> None:
            cuts = [k * blocks // (4 * workers) for k in range(4 * workers + 1)]
            list(pool.map(work, cuts[:-1], cuts[1:]))

        return x, march(c, x, symbols, limits, share)


def _march(
    c: Compiled, x: Array, p: list[float | Array], u: Sequence[float], held: Array, rounds: int
) -> tuple[Array, npt.NDArray[np.int8]]:
    m, n = x.shape
    means = [0.0] * len(c.means)
    codes = np.full(n, Result.NOT_SETTLED, dtype=np.int8)
    todo, active = np.arange(n), np.ones(n, dtype=bool)  # rows at work; of these, who still moves
    y, q, h = x.copy(), p, held
    step, before = np.full(n, FIRST_STEP), np.full(n, np.inf)
    for _ in range(rounds):
        if active.sum() < PACKED * len(todo):
            x[:, todo], keep = y, np.flatnonzero(active)
            todo, y, step, before, active = todo[keep], y[:, keep], step[keep], before[keep], active[keep]
            q = [v[keep] if isinstance(v, np.ndarray) and v.ndim else v for v in q]
            h = h[:, keep]
        if not len(todo):
            break
        with np.errstate(all="ignore"):
            f, d = np.split(rows(c.settling(y, q, u, h, 0.0, *means, 1 / step), len(todo)), [m])
            size = np.abs(f / (1 + np.abs(y))).max(0, initial=0.0)
            grow = np.where(before > 0, before / np.maximum(size, 1e-300), 1.0)
        finite, solved = np.isfinite(size), np.isfinite(d).all(0)
        codes[todo[active & finite & (size < TOLERANCE)]] = Result.OK
        codes[todo[active & ~finite]] = Result.DIVERGED
        active &= finite & (size >= TOLERANCE)
        go = active & solved
        step = np.where(active, np.clip(step * np.where(solved, np.clip(grow, 0.5, 4.0) * 1.2, 0.1), *STEPS), step)
        before = size
        y[:, go] += d[:, go]
    x[:, todo] = y
    return x, codes
