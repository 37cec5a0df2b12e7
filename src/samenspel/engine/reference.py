"""The oracle: adaptive double-precision integration (SciPy), person by person, with events inside the day.

Slow and plain on purpose. Same lattice and midnight rules as the other engines; day integrals are extra states, so
their error is controlled as well. An event is a condition that turns true; its assignments are applied at the root
found on the dense solution, then integration starts again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import sympy
from scipy.integrate import solve_ivp

from samenspel.declare.model import EventVar, Model
from samenspel.engine.compiled import Compiled, compiled
from samenspel.engine.lattice import Schedule, align
from samenspel.engine.midnight import Midnight
from samenspel.engine.people import Array, Condition, People, Result, Trajectories
from samenspel.engine.settle import parameter_rows
from samenspel.quantities.errors import SamenspelError

SMALLEST = 1e-9  # days stepped past an event before looking again


class Guards:
    """Root functions and jumps of the events of one model."""

    def __init__(self, c: Compiled) -> None:
        self.events: tuple[EventVar, ...] = c.model.events
        self.roots = c.function([_root(e) for e in self.events])
        self.jumps: list[Callable[..., list[Any]]] = [c.function(list(e.assignments.values())) for e in self.events]
        self.rows = [[c.model.state_names.index(n) for n in e.assignments] for e in self.events]


def _root(event: EventVar) -> sympy.Expr:
    trigger = event.trigger
    if isinstance(trigger, sympy.core.relational.Relational):
        left, right = cast(sympy.Expr, trigger.lhs), cast(sympy.Expr, trigger.rhs)
        rising = isinstance(trigger, sympy.StrictGreaterThan | sympy.GreaterThan)
        return left - right if rising else right - left
    raise SamenspelError(f"event {event.name!r}: its trigger is no comparison.", cure="Write it as a guard above 0.")


class _Person:
    """One person's integrator between two edges."""

    def __init__(
        self, c: Compiled, guards: Guards | None, p: list[float], rtol: float, atol: float, method: str
    ) -> None:
        self.c, self.guards, self.p, self.rtol, self.atol, self.method = c, guards, p, rtol, atol, method
        kinds = [a.how for a in c.model.accumulators] + ["integral"] * len(c.arrows)
        self.integral = np.array([how != "max" for how in kinds], dtype=bool)

    def day(
        self,
        x: Array,
        held: Array,
        inputs: list[list[float]],
        slots: Sequence[tuple[float, float]],
        day: int,
    ) -> tuple[Array, Array]:
        """State and day integrals at the next midnight."""
        watched = np.where(self.integral, 0.0, -np.inf)
        for (start, end), u in zip(slots, inputs, strict=True):
            x, watched = self._span(x, watched, held, u, day + start, day + end)
        return x, watched

    def _span(self, x: Array, watched: Array, held: Array, u: list[float], t0: float, t1: float) -> tuple[Array, Array]:
        n, c, g = len(x), self.c, self.guards

        def slope(t: float, y: Array) -> Array:
            f = np.asarray(c.drift(y[:n], self.p, u, held, t), dtype=float)
            w = np.asarray(c.watch(y[:n], self.p, u, held, t), dtype=float)
            return np.concatenate([f, np.where(self.integral, w, 0.0)])

        stops: list[Callable[[float, Array], float]] = []
        if g is not None:
            for k in range(len(g.events)):

                def stop(t: float, y: Array, k: int = k) -> float:
                    return float(g.roots(y[:n], self.p, u, held, t)[k])

                stop.terminal, stop.direction = True, 1.0  # type: ignore[attr-defined]
                stops.append(stop)
        t, y = t0, np.concatenate([x, np.where(self.integral, watched, 0.0)])
        while t < t1:
            out = solve_ivp(slope, (t, t1), y, method=self.method, rtol=self.rtol, atol=self.atol, events=stops or None)
            if (~self.integral).any():
                seen = np.array([c.watch(col[:n], self.p, u, held, s) for s, col in zip(out.t, out.y.T, strict=True)])
                watched = np.where(self.integral, watched, np.maximum(watched, seen.max(0)))
            t, y = float(out.t[-1]), out.y[:, -1]
            if out.status == -1 or not np.isfinite(y).all():
                return np.full(n, np.nan), watched
            if out.status == 1 and g is not None:
                t, y = self._jump(t, y, u, held, out.t_events, n)
        return y[:n], np.where(self.integral, y[n:], watched)

    def _jump(self, t: float, y: Array, u: list[float], held: Array, hits: list[Array], n: int) -> tuple[float, Array]:
        assert self.guards is not None
        before = y.copy()
        for k, times in enumerate(hits):
            if len(times):
                y[self.guards.rows[k]] = self.guards.jumps[k](before[:n], self.p, u, held, t)
        step = np.asarray(self.c.drift(y[:n], self.p, u, held, t), dtype=float)
        y[:n] += SMALLEST * step
        return t + SMALLEST, y


def run_reference(
    model: Model,
    people: People,
    schedules: Sequence[Schedule],
    start: Condition,
    *,
    seed: int,
    save: Sequence[str],
    save_days: Sequence[int],
    rtol: float = 1e-8,
    atol: float = 1e-10,
    method: str = "LSODA",
) -> list[Trajectories]:
    """Simulate all arms with adaptive steps; interface and meaning as `run_numpy`."""
    if model.feeds and len(schedules) > 1:
        raise SamenspelError(
            "the reference engine runs arms one by one, so it cannot feed one arm from another.",
            cure="Use engine='numpy' for routes.",
        )
    c, n = compiled(model), people.n
    schedules = align(schedules)
    guards = Guards(c) if model.events else None
    saver = c.function([c.outputs[name] for name in save])
    rows_of = [np.broadcast_to(np.asarray(v, dtype=float), (n,)) for v in parameter_rows(c, people.parameters)]
    out: list[Trajectories] = []
    for s in schedules:
        x, held, codes = start.states.copy(), start.held.copy(), start.codes.copy()
        midnight = Midnight(c, seed, people.person, people.world, 1)
        midnight.begin(x, held, list(rows_of), [np.full(n, i.habitual) for i in model.inputs], s.first_day)
        persons = [_Person(c, guards, [float(r[i]) for r in rows_of], rtol, atol, method) for i in range(n)]
        wanted = sorted({d for d in save_days if s.first_day <= d < s.first_day + s.days})
        kept = np.empty((len(save), len(wanted), n))
        integrals = np.zeros((len(model.accumulators) + len(c.arrows), n))
        p_all: list[float | Array] = list(rows_of)
        for k in range(s.days):
            day = s.first_day + k
            u_slots = [
                [float(s.inputs[i.name][k, j]) if i.name in s.inputs else i.habitual for i in model.inputs]
                for j in range(len(s.edges))
            ]
            for i, person in enumerate(persons):
                x[:, i], integrals[:, i] = person.day(x[:, i], held[:, i], u_slots, s.slots, day)
            hazard = midnight.close(held, integrals)
            u_last = [np.full(n, v) for v in u_slots[-1]]
            if day in wanted:
                for r, value in enumerate(saver(x, p_all, u_last, held, float(day + 1))):
                    kept[r, wanted.index(day)] = value
            midnight.turn(x, held, p_all, u_last, hazard, day + 1)
        codes[(codes == Result.OK) & ~np.isfinite(x).all(0)] = Result.DIVERGED
        out.append(Trajectories(tuple(save), np.array(wanted), kept, Condition(x, held, codes)))
    return out
