"""The vectorised engine: all people and arms at once on the lattice, second-order exponential steps (ETD2RK).

With frozen diagonal L of a person's Jacobian at the start, z = L h, f the full drift:

    a  = x + h phi1(z) f(x)
    x' = a + h phi2(z) (f(a) - exp(z) f(x)),   phi1 = (e^z - 1)/z, phi2 = (phi1 - 1)/z

Cox and Matthews 2002 (J Comput Phys 176:430), written for f instead of its nonlinear part. States that a plan calls
steady take the same kind of step over a whole group of steps of the others, who see them on the line from x to a; the
second half of the steady step comes last and sees the others where they arrived. Runs every construct but events and
switches inside the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.engine.compiled import Compiled, compiled, rows
from samenspel.engine.lattice import Schedule, StepPlan, align
from samenspel.engine.midnight import Midnight
from samenspel.engine.people import Array, Condition, People, Result, Trajectories, tiled
from samenspel.engine.settle import parameter_rows
from samenspel.engine.threads import threads as default_threads

Kind = type[np.float32] | type[np.float64]
BLOCK = 3072  # people per block, at most: a call costs as much as its work on a thousand; never part of a result


def coefficients(rate: Array, h: float) -> tuple[Array, Array, Array]:
    """(h phi1, h phi2, exp) of z = rate * h; series near z = 0."""
    z = rate * h
    small = np.abs(z) < 0.05
    safe = np.where(small, 1.0, z)
    series1 = 1 + z * (1 / 2 + z * (1 / 6 + z * (1 / 24 + z * (1 / 120 + z / 720))))
    series2 = 1 / 2 + z * (1 / 6 + z * (1 / 24 + z * (1 / 120 + z * (1 / 720 + z / 5040))))
    phi1 = np.where(small, series1, np.expm1(safe) / safe)
    phi2 = np.where(small, series2, (phi1 - 1) / safe)
    return h * phi1, h * phi2, np.exp(z)


class _Day:
    """Integrates one block of people from one midnight to the next.

    Drifts, coefficients and changes have the kind of `rows`; states and sums are in double precision.
    """

    def __init__(self, c: Compiled, plan: StepPlan, p: list[float | Array], rate: Array, kind: npt.DTypeLike) -> None:
        self.plan, self.rate = plan, rate
        self.people = c.registers(p, rate.shape[1], kind)
        self.near, self.given = np.split(self.people.rows, [len(rate)])
        moves = np.array([s not in plan.steady for s in c.model.state_names], dtype=bool)
        self.all_move = bool(moves.all())
        self.moving, self.steady = slice(None) if self.all_move else moves, ~moves
        self.drift, self.drift_steady = (
            self.people.program([k for k, its in zip(c.drift_steps, mine, strict=True) if its]) for mine in (moves, ~moves)
        )
        self.watch = self.people.program(c.watch_steps)
        self.highest = np.array([a.how == "max" for a in c.model.accumulators] + [False] * len(c.arrows), dtype=bool)
        self.known: dict[float, tuple[Array, Array, Array]] = {}

    def run(
        self, x: Array, held: Array, inputs: list[list[Array]], slots: Sequence[tuple[float, float]], jumps: list[bool],
        day: int,
    ) -> tuple[Array, Array]:  # fmt: skip
        """New states and the day's integrals; `inputs[slot]` are the input rows of that slot."""
        x, total = x.copy(), np.zeros((len(self.highest), x.shape[1]))
        total[self.highest] = -np.inf
        own = len(self.given) - len(held)
        self.given[own:] = held
        self.near[:] = x
        with np.errstate(all="ignore"):
            for (start, end), u, jumped in zip(slots, inputs, jumps, strict=True):
                t = day + start
                for row, value in zip(self.given[:own], u, strict=True):
                    row[:] = value
                self.people.renew()
                before = self.watch(t).copy()
                for group in self.plan.strides(end - start, jumped):
                    for h in self._stride(x, t, group):
                        t += h
                        self.near[:] = x
                        before = self._gather(total, before, self.watch(t), h)
        return x, total

    def _stride(self, x: Array, t: float, group: tuple[float, ...]) -> Iterator[float]:
        """Carry `x` over each step of a group, and yield its length; the steady states step once, the whole group long."""
        near, m, s, gone, whole = self.near, self.moving, self.steady, 0.0, sum(group)
        begun = reach = kept = slow = near[:0]
        if not self.all_move:
            first, slow, e = (c[s] for c in self._coefficients(whole))
            begun, fs = x[s], self.drift_steady(t)
            reach, kept = first * fs, e * fs
        for k, h in enumerate(group, 1):
            c1, c2, e = (c[m] for c in self._coefficients(h))
            f = self.drift(t + gone)
            change, f = c1 * f, e * f
            gone += h
            near[m] += change
            if not self.all_move:
                x[s] = near[s] = begun + (gone / whole) * reach
            change += c2 * (self.drift(t + gone) - f)
            x[m] += change
            if k == len(group) and not self.all_move:
                near[:] = x
                x[s] = begun + (reach + slow * (self.drift_steady(t + whole) - kept))
            yield h

    def _coefficients(self, h: float) -> tuple[Array, Array, Array]:
        if h not in self.known:
            c1, c2, e = (c.astype(self.near.dtype) for c in coefficients(self.rate, h))
            self.known[h] = c1, c2, e
        return self.known[h]

    def _gather(self, total: Array, before: Array, after: Array, h: float) -> Array:
        if len(total):
            high = self.highest
            total[high] = np.maximum(total[high], np.maximum(before[high], after[high]))
            total[~high] += (0.5 * h) * (before[~high] + after[~high])
        return after.copy()


def run_numpy(
    model: Model,
    people: People,
    schedules: Sequence[Schedule],
    start: Condition,
    *,
    seed: int,
    save: Sequence[str],
    save_days: Sequence[int],
    plan: StepPlan,
    threads: int | None = None,
    precision: Literal["single", "double"] = "double",
) -> list[Trajectories]:
    """Simulate all arms; one `Trajectories` per schedule, in order.

    With `precision` single, drifts and increments are computed in single precision; states and sums are double in any case.
    """
    c, arms, n = compiled(model), len(schedules), people.n
    schedules = align(schedules)
    first, days, slots = schedules[0].first_day, schedules[0].days, schedules[0].slots
    p = [tiled(v, arms) for v in parameter_rows(c, people.parameters)]
    x, held = np.tile(start.states, (1, arms)), np.tile(start.held, (1, arms))
    codes = np.tile(start.codes, arms)
    midnight = Midnight(c, seed, people.person, people.world, arms)
    habitual = [np.full(arms * n, i.habitual) for i in model.inputs]
    midnight.begin(x, held, p, habitual, first)
    with np.errstate(all="ignore"):
        rate = rows(c.diagonal(x, p, habitual, held, float(first)), arms * n)
    rate = np.where(np.isfinite(rate), np.minimum(rate, 0.0), 0.0)
    cuts = np.linspace(0, arms * n, -(-arms * n // BLOCK) + 1).astype(int)
    blocks = [slice(int(a), int(b)) for a, b in pairwise(cuts)]
    cut = lambda v, b: v[..., b] if isinstance(v, np.ndarray) and v.ndim else v  # noqa: E731
    kind = np.float32 if precision == "single" else np.float64
    workers = [_Day(c, plan, [cut(v, b) for v in p], rate[:, b], kind) for b in blocks]
    saver = c.function([c.outputs[name] for name in save])
    wanted = sorted({d for d in save_days if first <= d < first + days})
    kept = np.empty((len(save), len(wanted), arms * n))
    names = [i.name for i in model.inputs]
    integrals = np.zeros((len(model.accumulators) + len(c.arrows), arms * n))
    u_last: list[Array] = habitual
    with ThreadPoolExecutor(threads or default_threads()) as pool:
        for k in range(days):
            u_slots = [_inputs(schedules, names, habitual, k, s, n) for s in range(len(slots))]
            jumps = [_differs(u_slots[s], u_slots[s - 1] if s else u_last) for s in range(len(slots))]
            jumps[0] |= k == 0 or not plan.quiet_midnights

            def work(i: int, u_slots: list[list[Array]] = u_slots, jumps: list[bool] = jumps, k: int = k) -> None:
                b = blocks[i]
                u = [[v[b] for v in us] for us in u_slots]
                x[:, b], integrals[:, b] = workers[i].run(x[:, b], held[:, b], u, slots, jumps, first + k)

            list(pool.map(work, range(len(blocks))))
            u_last = u_slots[-1]
            hazard = midnight.close(held, integrals)
            day = first + k
            if day in wanted:
                with np.errstate(all="ignore"):
                    kept[:, wanted.index(day)] = rows(saver(x, p, u_last, held, float(day + 1)), arms * n)
            with np.errstate(all="ignore"):
                midnight.turn(x, held, p, u_last, hazard, day + 1)
    codes[(codes == Result.OK) & ~np.isfinite(x).all(0)] = Result.DIVERGED
    out: list[Trajectories] = []
    for a in range(arms):
        part = slice(a * n, (a + 1) * n)
        end = Condition(x[:, part].copy(), held[:, part].copy(), codes[part].copy())
        out.append(Trajectories(tuple(save), np.array(wanted), kept[:, :, part].copy(), end))
    return out


def _inputs(
    schedules: Sequence[Schedule], names: list[str], habitual: list[Array], k: int, s: int, n: int
) -> list[Array]:
    out: list[Array] = []
    for i, name in enumerate(names):
        values = [sch.inputs[name][k, s] if name in sch.inputs else habitual[i][0] for sch in schedules]
        out.append(np.repeat(np.array(values, dtype=float), n))
    return out


def _differs(u: list[Array], before: list[Array]) -> bool:
    return any(not np.array_equal(a, b) for a, b in zip(u, before, strict=True))
