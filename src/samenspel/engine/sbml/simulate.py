"""Simulation of an imported model: adaptive integration between moments at which something jumps.

dy/dt = f(y, p, t) is integrated by LSODA (Radau where that fails) with dense output. Conditions of piecewise formulas,
floor and ceiling keep the value they had when integration (re)started, so that f is smooth within a step. After each
step they and all triggers are looked at in four points; where one changes, the moment is found by bisection to the last
bit, integration ends there, events are settled (`events`), and integration starts again. It also stops where a
condition on time alone changes. A result asked for at exactly such a moment shows the state after the events. States
that nothing moves are not integrated, so they may be infinite or NaN. What is left out: a condition on states that is
true for less than a quarter of a step may be missed.
"""

from __future__ import annotations

import logging
import math
import warnings
import weakref
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy
from scipy.integrate import LSODA, Radau

from samenspel.declare.model import Model
from samenspel.engine.people import Array, Table
from samenspel.engine.sbml.code import Code
from samenspel.engine.sbml.events import Events, Queue
from samenspel.engine.sbml.order import needs, ordered, reachable
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import nearest

log = logging.getLogger(__name__)
SAMPLES = (0.25, 0.5, 0.75, 1.0)
SWITCHES = 2_000  # restarts for conditions of piecewise formulas, after which they are integrated through
STUCK = 200  # steps in a row that hardly move the clock, after which a solver gives up
STEPS = 500_000  # steps of one run, after which it counts as changing too fast to follow
_PREPARED: weakref.WeakKeyDictionary[Model, Prepared] = weakref.WeakKeyDictionary()


def simulate_sbml(
    model: Model, times: Sequence[float] | npt.NDArray[np.float64], rtol: float = 1e-8, atol: float = 1e-12, *,
    parameters: Mapping[str, float] | None = None, start: Mapping[str, float] | None = None,
    columns: Sequence[str] | None = None, amounts: Collection[str] | bool = (),
    concentrations: Collection[str] | bool = (), seed: int = 1,
) -> Table:  # fmt: skip
    """An imported model from time 0, in the time unit of its file: one column per variable, one row per time.

    times           at least one, not falling, from 0
    rtol, atol      relative (0 to 1, at least 1e-13 is used) and absolute (above 0) tolerance of one integration step
    parameters      values instead of those of the file; initial assignments follow them
    start           values at time 0 instead of those of the file, by id
    columns         ids; all species, compartments, parameters, named stoichiometries and reactions otherwise
    amounts         species shown as an amount (True: all); concentrations likewise; otherwise as in the file's formulas
    seed            of the order of events with the same priority; nothing else is left to chance

    A run that leaves the finite numbers is no error: it is NaN from there on, and said in the log. Raises
    `SamenspelError` for unknown names, for numbers given that are not finite, and when a derivative at time 0 is not.
    """
    prepared = _PREPARED.get(model)
    if prepared is None:
        prepared = _PREPARED[model] = Prepared(model)
    at = np.asarray(times, dtype=float)
    if at.ndim != 1 or len(at) < 1 or not np.isfinite(at).all() or at[0] < 0 or (np.diff(at) < 0).any():
        raise SamenspelError("times must be finite, not fall, and begin at 0 or later.", cure="Sort them.")
    if not (0 < rtol < 1 and 0 < atol < math.inf):
        raise SamenspelError(f"rtol={rtol:g}, atol={atol:g}: rtol must lie between 0 and 1, atol above 0.")
    p, begin = prepared.values(parameters or {}, start or {})
    names = list(columns) if columns is not None else list(model.outputs)
    look = prepared.code.function([prepared.shown(n, amounts, concentrations) for n in names])
    for wish in (amounts, concentrations):
        for name in wish if not isinstance(wish, bool) else ():
            prepared.species_of(name)
    run = _Run(prepared, p, begin, look, at, max(rtol, 1e-13), atol, seed)
    return Table(at, tuple(names), run.table())


class Prepared:
    """Everything about a model that does not depend on numbers."""

    def __init__(self, model: Model) -> None:
        self.model = model
        moving = [s for s in model.state_names if model.drift[s] != 0]
        self.states = [*moving, *(s for s in model.state_names if model.drift[s] == 0)]
        self.n = len(moving)
        self.rows = {s: i for i, s in enumerate(self.states)}
        self.code = Code(model, self.states)
        drift = [model.drift[s] for s in moving]
        switches = self._switches(drift)
        first = len(model.parameter_names)
        self.slope = self.code.function(drift)
        self.smooth = self.code.function(drift, frozen={e: f"p[{first + i}]" for i, e in enumerate(switches)})
        self.events = Events(model, self.code, self.rows)
        self.guards = self.code.function([*(e.trigger for e in model.events), *switches])
        self.guarded, self.triggers = len(model.events) + len(switches), len(model.events)
        self.species = {s.name: s for s in model.species}
        self.clocks = self.code.function(self._clocks([*(e.trigger for e in model.events), *switches]))

    def _switches(self, drift: Sequence[Any]) -> list[Any]:
        """Where the drift may jump: conditions of piecewise formulas, floor and ceiling."""
        assigned = dict(self.model.assignments)
        used = reachable({n for e in drift for n in needs(e)}, assigned)
        found: set[Any] = set()
        for e in [*drift, *(assigned[n] for n in used)]:
            found |= e.atoms(sympy.Lt, sympy.Le, sympy.Gt, sympy.Ge, sympy.floor, sympy.ceiling)
        return sorted((r for r in found if r.free_symbols), key=sympy.default_sort_key)

    def _clocks(self, conditions: Sequence[Any]) -> list[Any]:
        """Left minus right of every comparison that hangs on time and parameters alone."""
        fixed = {"time", *self.model.parameter_names}
        relations = {r for c in conditions for r in c.atoms(sympy.Lt, sympy.Le, sympy.Gt, sympy.Ge)}
        timed = [r for r in relations if "time" in needs(r) and needs(r) <= fixed]
        return [
            sympy.Add(r.args[0], sympy.Mul(-1, r.args[1], evaluate=False), evaluate=False)
            for r in sorted(timed, key=sympy.default_sort_key)
        ]

    def alarms(self, y: list[float], p: list[float]) -> list[float]:
        """Moments at which comparisons linear in time change, so that no step passes over a short pulse."""
        found: set[float] = set()
        for a, b, c in zip(*(self.clocks(y, p, t) for t in (0.0, 1.0, 2.0)), strict=True):
            slope = b - a
            if slope and abs(c - b - slope) <= 1e-9 * abs(slope) and math.isfinite(a / slope):
                found.add(float(-a / slope))
        return sorted(t for t in found if t > 0)

    def species_of(self, name: str) -> Any:
        """The species of that name."""
        if name not in self.species:
            raise SamenspelError(f"model {self.model.name!r} has no species {name!r}. Nearest: {nearest(name, self.species)}.")
        return self.species[name]

    def shown(self, name: str, amounts: Collection[str] | bool, concentrations: Collection[str] | bool) -> Any:
        """The expression of a column."""
        from samenspel.engine.sbml.read import address

        at = address(name)
        if at not in self.code.places:
            raise SamenspelError(f"model {self.model.name!r} has no {name!r}. Nearest: {nearest(name, self.model.outputs)}.",
                                 cure="Ask for an id of the file.")  # fmt: skip
        value, s = sympy.Symbol(at, real=True), self.species.get(at)
        if s is None:
            return value
        asked = lambda wish: wish if isinstance(wish, bool) else name in wish  # noqa: E731
        size = sympy.Symbol(s.compartment, real=True)
        if asked(amounts) and not s.is_amount:
            return sympy.Symbol(s.amount, real=True) if s.amount else sympy.Mul(value, size, evaluate=False)
        if asked(concentrations) and s.is_amount:
            return sympy.Mul(value, sympy.Pow(size, -1, evaluate=False), evaluate=False)
        return value

    def values(self, parameters: Mapping[str, float], start: Mapping[str, float]) -> tuple[list[float], list[float]]:
        """Parameters and states at time 0."""
        from samenspel.engine.sbml.read import address

        m = self.model
        initial: dict[str, Any] = dict(m.initial)
        numbers = {q.name: q.value for q in m.parameters}
        assigned = dict(m.assignments)
        for name, value in (*parameters.items(), *start.items()):
            at, s = address(name), self.species.get(address(name))
            if not math.isfinite(value):
                raise SamenspelError(f"{name!r} is given as {value}.", cure="Give a finite number.")
            if at in numbers:
                numbers[at] = float(value)
            elif at in initial:
                initial[at] = sympy.Float(value)
            elif s is not None and s.amount:
                initial[s.amount] = sympy.Mul(sympy.Float(value), sympy.Symbol(s.compartment, real=True), evaluate=False)
            else:
                known = [*numbers, *initial, *self.species]
                what = "is determined by a rule" if at in assigned else f"is not in the model. Nearest: {nearest(name, known)}"
                raise SamenspelError(
                    f"model {m.name!r}: {name!r} {what}.", cure="Give a parameter, or a variable that has a start."
                )
        p = [math.nan if (v := numbers[n]) is None else float(v) for n in m.parameter_names]
        before = ordered({**assigned, **initial}, m.origin)
        begin = self.code.function([sympy.Symbol(s, real=True) for s in self.states], before=before)
        return p, [float(v) for v in begin([math.nan] * len(self.states), p, 0.0)]


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


class _Run:
    """One run, from time 0 to the last time asked for."""

    def __init__(
        self, prepared: Prepared, p: list[float], y: list[float], look: Any, times: Array, rtol: float, atol: float, seed: int
    ) -> None:  # fmt: skip
        self.m, self.p, self.y, self.look, self.times, self.rtol, self.atol = prepared, p, y, look, times, rtol, atol
        self.k, self.t, self.switched = 0, 0.0, 0
        self.steps, self.stuck = 0, 0
        self.queue = Queue(prepared.events, prepared.model.origin, seed)
        self.rows: list[list[Any]] = []
        span = float(times[-1])
        self.longest = span / 100 if prepared.guarded and span > 0 else math.inf

    def table(self) -> Array:
        """Values of all columns, shape (columns, times)."""
        end = float(self.times[-1])
        self.queue.settle(self.y, self.p, 0.0)
        self._check_start()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                alarms = self.m.alarms(self.y, self.p)
                while self.t < end:
                    alarms = [a for a in alarms if a > self.t]
                    self._span(min([end, self.queue.next, *alarms[:1]]))
                    self.queue.settle(self.y, self.p, self.t)
            self._record(math.inf, None)
        except _Failed as fault:
            log.warning("model %s: %s; NaN from time %g on", self.m.model.name, fault, self.t)
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
        assigned = dict(model.assignments)
        first = needs(model.drift[state])
        used = first | {n for d in reachable(first, assigned) for n in (d, *needs(assigned[d]))}
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
        whole, held = len(finite) == n, self.y[n:]

        def full(x: Array) -> list[float]:
            if whole:
                return [*x.tolist(), *held]
            y = list(self.y)
            for i, v in zip(finite, x.tolist(), strict=True):
                y[i] = v
            return y

        truth = self._truth(self.y, self.t)
        modes = [*self.p, *(math.nan if v is None else v for v in truth[m.triggers :])]

        def rough(t: float, x: Array) -> Any:
            f = m.slope(full(x), self.p, t)
            return f if whole else [f[i] for i in finite]

        def smooth(t: float, x: Array) -> Any:
            f = m.smooth(full(x), modes, t)
            return f if whole else [f[i] for i in finite]

        ways = [(LSODA, rough), (Radau, rough)]
        if m.guarded > m.triggers and self.switched < SWITCHES:
            ways.insert(0, (LSODA, smooth))
        solver: Any = self._solver(*ways.pop(0), self.t, np.array([self.y[i] for i in finite]), stop)
        while True:
            x_before, t_before = solver.y.copy(), solver.t
            if not self._step(solver):
                if not ways or not finite:
                    raise _Failed("the solution leaves the finite numbers, or changes too fast to follow")
                self.stuck = 0
                solver = self._solver(*ways.pop(0), t_before, x_before, stop)
                continue
            change = None
            if self.m.guarded:
                change = self._change(solver, full, truth)
            needed = self.k < len(self.times) and self.times[self.k] < solver.t
            dense = solver.dense_output() if needed or change is not None else None
            moment = solver.t if change is None else change
            if dense is not None:
                self._record(moment, lambda t, d=dense: full(d(t)))
            if change is not None and dense is not None:
                self.t, self.y = change, full(dense(change))
                return
            if solver.status == "finished":
                self.t, self.y = solver.t, full(solver.y)
                return
            self.t = solver.t

    def _solver(self, kind: Any, slope: Any, t: float, x: Array, stop: float) -> Any:
        if len(x) == 0:
            return _Still(t, x, stop, min(self.longest, stop - t))
        rtol = self.rtol if kind is LSODA else max(self.rtol, 1e-10)
        return kind(slope, t, x, stop, rtol=rtol, atol=self.atol, max_step=self.longest)

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
