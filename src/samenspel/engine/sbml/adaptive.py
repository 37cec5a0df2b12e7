"""One run of an imported model by adaptive integration between moments at which something jumps.

dy/dt = f(y, p, t) is integrated by LSODA (Radau where that fails) with dense output. Conditions of piecewise formulas,
floor and ceiling keep the value they had when integration (re)started, so that f is smooth within a step. After each
step they and all triggers are looked at in four points; where one changes, the moment is found by bisection to the last
bit, integration ends there, events are settled (`events`), and integration starts again. It also stops where a
condition on time alone changes. A result asked for at exactly such a moment shows the state after the events. States
that nothing moves are not integrated, so they may be infinite or NaN. What is left out: a condition on states that is
true for less than a quarter of a step may be missed.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import sympy
from scipy.integrate import LSODA, Radau

from samenspel.engine.people import Array
from samenspel.engine.sbml.events import Queue
from samenspel.engine.sbml.order import under
from samenspel.engine.sbml.past import History, Past
from samenspel.engine.sbml.prepared import Prepared
from samenspel.engine.sbml.scales import tolerances
from samenspel.quantities.errors import SamenspelError

SAMPLES = (0.25, 0.5, 0.75, 1.0)
SWITCHES = 2_000  # restarts for conditions of piecewise formulas, after which they are integrated through
STUCK = 200  # steps in a row that hardly move the clock, after which a solver gives up
STEPS = 3_000_000  # steps of one run, after which it counts as changing too fast to follow


class _Failed(Exception):
    """Integration cannot go on: a failure of nature."""


class _Still:
    """Stands in for an integrator when nothing moves: time passes, in steps."""

    def __init__(self, t: float, x: Array, end: float, step: float) -> None:
        self.t, self.y, self.end, self.longest, self.t_old = t, x, end, step, t
        self.status = "running"

    def step(self) -> None:
        """One step."""
        self.t_old, self.t = self.t, min(self.t + self.longest, self.end)
        self.status = "finished" if self.t >= self.end else "running"

    def dense_output(self) -> Any:
        """The state at any time."""
        return lambda t: self.y


class Run:
    """One run, from time 0 to the last time asked for."""

    def __init__(
        self, prepared: Prepared, p: list[float], y: list[float], look: Any, times: Array, rtol: float, atol: float, seed: int,
        earlier: Any = None,
    ) -> None:  # fmt: skip
        self.m, self.p, self.y, self.look, self.times, self.rtol, self.asked = prepared, p, y, look, times, rtol, atol
        self.k, self.t, self.switched, self.fault = 0, 0.0, 0, ""
        self.steps, self.stuck = 0, 0
        self.queue = Queue(prepared.events, prepared.model.origin, seed, float(times[-1]))
        self.rows: list[list[Any]] = []
        span = float(times[-1])
        self.longest = span / 100 if prepared.guarded and span > 0 else math.inf
        self.history: History | None = None
        if prepared.of:
            self.history = History(prepared.of, prepared.before, prepared.by, earlier, y, prepared.model.origin)
            self.p = Past(p, self.history)
            back = [d for by in prepared.by if (d := float(by(y, self.p, 0.0)[0])) > 0]
            self.longest = min([self.longest, *back])  # so that no step asks about itself

    def table(self) -> Array:
        """Values of all columns, shape (columns, times); NaN from a failure of nature on, which is kept as `fault`."""
        end = float(self.times[-1])
        self.queue.settle(self.y, self.p, 0.0)
        self._check_start()
        self.atol = tolerances(self.m, self.y, self.p, end, self.asked)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                while self.t < end:
                    self._span(min(end, self.queue.next, self.m.clocks.next(self.y, self.p, self.t, end)))
                    self.queue.settle(self.y, self.p, self.t)
            self._record(math.inf, None)
        except _Failed as fault:
            self.fault = str(fault)
        out = np.full((len(self.rows[0]) if self.rows else len(self.look(self.y, self.p, self.t)), len(self.times)), np.nan)
        for k, row in enumerate(self.rows):
            out[:, k] = row
        return out

    def _check_start(self) -> None:
        slopes = self.m.slope(self.y, self.p, self.t)
        for state, x, f in zip(self.m.states, self.y, slopes, strict=False):
            if math.isfinite(x) and not math.isfinite(f):
                raise SamenspelError(
                    f"at time 0 the rate of change of {_plain(state)!r} is {f:g}{self._culprits(state)}.",
                    file=self.m.model.origin or None,
                    cure="Give every parameter it needs a finite value, and let nothing be divided by zero.",
                )  # fmt: skip

    def _culprits(self, state: str) -> str:
        """Which numbers behind a state's drift are not finite."""
        model, code = self.m.model, self.m.code
        used = under(model.drift[state], dict(model.assignments))
        names = [n for n in sorted(used) if n in code.places and n != "time"]
        values = code.function([sympy.Symbol(n, real=True) for n in names])(self.y, self.p, self.t)
        bad = [f"{_plain(n)} = {v:g}" for n, v in zip(names, values, strict=True) if not math.isfinite(v)]
        return f" ({', '.join(bad[:5])})" if bad else ""

    def _record(self, before: float, dense: Any) -> None:
        """Keep the results asked for at times below `before`."""
        while self.k < len(self.times) and self.times[self.k] < before:
            t = float(self.times[self.k])
            y = self.y if dense is None else dense(t)
            self.rows.append(self.look(y, self.p, t))
            self.k += 1

    def _span(self, stop: float) -> None:
        """Integrate to `stop`, or to the first moment at which a condition changes."""
        m, n = self.m, self.m.n
        if stop <= self.t:
            return
        finite = [i for i in range(n) if math.isfinite(self.y[i])]
        whole, held, begin = len(finite) == n, self.y[n:], list(self.y)

        def full(x: Array) -> list[float]:
            if whole:
                return [*x.tolist(), *held]
            y = list(begin)
            for i, v in zip(finite, x.tolist(), strict=True):
                y[i] = v
            return y

        truth = self._truth(self.y, self.t)
        held_true = [math.nan if v is None else v for v in truth[m.triggers :]]
        modes = [*self.p, *held_true] if self.history is None else Past(self.p, self.history, held_true)

        def rough(t: float, x: Array) -> Any:
            f = m.slope(full(x), self.p, t)
            return f if whole else [f[i] for i in finite]

        def smooth(t: float, x: Array) -> Any:
            f = m.smooth(full(x), modes, t)
            return f if whole else [f[i] for i in finite]

        ways = [(LSODA, rough), (Radau, rough)]
        if m.guarded > m.triggers and self.switched < SWITCHES:
            ways.insert(0, (LSODA, smooth))
        solver: Any = self._solver(*ways.pop(0), self.t, np.array([self.y[i] for i in finite]), stop, finite)
        while True:
            x_before, t_before = solver.y.copy(), solver.t
            if not self._step(solver):
                if not ways or not finite:
                    raise _Failed("the solution leaves the finite numbers, or changes too fast to follow")
                self.stuck = 0
                solver = self._solver(*ways.pop(0), t_before, x_before, stop, finite)
                continue
            change = None
            if self.m.guarded:
                change = self._change(solver, full, truth)
            needed = self.k < len(self.times) and self.times[self.k] < solver.t
            dense = solver.dense_output() if needed or change is not None or self.history is not None else None
            moment = solver.t if change is None else change
            if self.history is not None and dense is not None:
                self.history.add(t_before, moment, lambda t, d=dense: full(d(t)))
            if dense is not None:
                self._record(moment, lambda t, d=dense: full(d(t)))
            if change is not None and dense is not None:
                self.t, self.y = change, full(dense(change))
                return
            if solver.status == "finished":
                self.t, self.y = solver.t, full(solver.y)
                return
            self.t = solver.t

    def _solver(self, kind: Any, slope: Any, t: float, x: Array, stop: float, finite: list[int]) -> Any:
        if len(x) == 0:
            return _Still(t, x, stop, min(self.longest, stop - t))
        rtol = self.rtol if kind is LSODA else max(self.rtol, 1e-10)
        atol: Any = self.atol[finite]
        return kind(slope, t, x, stop, rtol=rtol, atol=atol, max_step=self.longest)

    def _step(self, solver: Any) -> bool:
        """One step; False if the solver cannot make it."""
        self.steps += 1
        if self.steps > STEPS:
            raise _Failed(f"more than {STEPS} steps")
        before = solver.t
        try:
            solver.step()
        except ValueError:  # a Newton matrix that is not finite
            return False
        self.stuck = self.stuck + 1 if solver.t - before <= 1e-13 * solver.t and solver.status == "running" else 0
        return solver.status != "failed" and self.stuck < STUCK and bool(np.isfinite(solver.y).all())

    def _truth(self, y: list[float], t: float) -> list[Any]:
        """Triggers, then switches; None for NaN, so that it equals itself."""
        values = [v if v == v else None for v in self.m.guards(y, self.p, t)]
        return values if self.switched < SWITCHES else values[: self.m.triggers]

    def _change(self, solver: Any, full: Any, truth: list[Any]) -> float | None:
        """The first moment in the last step at which a condition differs from `truth`."""
        low, high, dense = solver.t_old, None, solver.dense_output()
        for share in SAMPLES:
            t = solver.t if share == 1.0 else solver.t_old + share * (solver.t - solver.t_old)
            if self._truth(full(dense(t)), t) != truth:
                high = t
                break
            low = t
        if high is None:
            return None
        while low < (middle := 0.5 * (low + high)) < high:
            if self._truth(full(dense(middle)), middle) != truth:
                high = middle
            else:
                low = middle
        self.switched += 1
        return high


def _plain(name: str) -> str:
    return name.removeprefix("amount.").removeprefix("id.")
