"""Many runs of an imported model at once, on the engines of the lattice: a day is the time from one result to the next.

    dx/dd = m s f(x, p, t)      dt/dd = m s      m s = times[k+1] - times[k]

with m (`MEAN`, a parameter) the mean of these spans and s (`SPAN`, an input) the span of day k in units of m. States that
nothing moves become parameters. Each day is cut into r equal steps; r is doubled until, for every run and result, two
estimates differ by at most e + rtol |x|, with e the absolute tolerance of the state (`scales`). Estimate j of r is the
extrapolation of the last j + 1 halvings:

    T[0] = the run with r steps a day      T[j] = T[j-1] + (T[j-1] - T[j-1] of r/2) / (2^(j+1) - 1)

because the error of the steps (`numpy_engine`) is a series in 1/r from the second power on. Runs that need more than
`STEPS` steps, or have no end in the finite numbers, are named to the caller: the adaptive integrator has to look at them.

Left out: events, conditions inside the motion, inverse circular and hyperbolic functions, min, max, factorial: the adaptive
integrator does those. A pulse in time much shorter than the first steps may be missed: ask for results around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import sympy

from samenspel.declare.model import TIME, InputVar, Model, ParameterVar, StateVar
from samenspel.engine.compiled import ArrayFunction, Compiled, compiled
from samenspel.engine.lattice import Schedule, StepPlan
from samenspel.engine.people import Array, Condition, People
from samenspel.engine.sbml.order import needs, reachable
from samenspel.engine.sbml.prepared import Prepared
from samenspel.engine.sbml.scales import tolerances
from samenspel.quantities.errors import SamenspelError

MEAN, SPAN, CLOCK = "lattice.mean", "lattice.span", "lattice.clock"
FIRST, COLUMNS = 4, 4  # steps a day to begin with, and how many halvings are extrapolated
STEPS = 50_000  # of one run at most
Vector = Literal["numpy", "native"]
Index = npt.NDArray[np.int64]


def unfit(prepared: Prepared) -> str | None:
    """Why these engines cannot run a model, or None."""
    if prepared.model.events:
        return f"it has events ({prepared.model.events[0].name!r})"
    if prepared.model.delays:
        return "its formulas ask about the past (delay)"
    if prepared.guarded:
        return "its motion has conditions (piecewise, floor or ceiling)"
    try:
        compiled(lattice_model(prepared)).diagonal  # noqa: B018 - reads every formula and its derivatives
    except NotImplementedError as fault:
        return f"it has no {fault}".replace(CLOCK, "time")
    except (ArithmeticError, TypeError, KeyError) as fault:
        return f"a formula cannot be read ({fault})"
    return None


def lattice_model(prepared: Prepared) -> Model:
    """The model in days of one result each, with nothing but what its motion needs."""
    m, moving = prepared.model, prepared.states[: prepared.n]
    mean, span, clock = (sympy.Symbol(n, real=True) for n in (MEAN, SPAN, CLOCK))
    used = reachable({n for s in moving for n in needs(m.drift[s])}, dict(m.assignments))
    now = lambda e: e.xreplace({TIME: clock})  # noqa: E731
    drift = {s: sympy.Mul(mean, span, now(m.drift[s]), evaluate=False) for s in moving}
    still = [s for s in prepared.states if s not in drift]
    return Model(
        name=m.name,
        states=tuple(StateVar(s) for s in (*moving, CLOCK)),
        parameters=(*m.parameters, *(ParameterVar(s) for s in (*still, MEAN))),
        drift={**drift, CLOCK: mean * span},
        assignments=tuple((n, now(e)) for n, e in m.assignments if n in used),
        inputs=(InputVar(SPAN, habitual=1.0),),
        origin=m.origin,
    )


def array_columns(prepared: Prepared, shown: Sequence[Any]) -> ArrayFunction | None:
    """A function of (states, parameters, (), (), time), all arrays, for the values of expressions; None if it cannot be had."""
    m = prepared.model
    used = reachable({n for e in shown for n in needs(e)}, dict(m.assignments))
    view = Model(name=m.name, states=tuple(map(StateVar, prepared.states)), parameters=m.parameters, drift={},
                 assignments=tuple((n, e) for n, e in m.assignments if n in used))  # fmt: skip
    try:
        return Compiled(view).function(shown)
    except (NotImplementedError, ArithmeticError, TypeError, KeyError):
        return None


@dataclass(frozen=True, eq=False)
class Batch:
    """Runs of one model: parameters (parameters, n) and states at time 0 (states, n), as `Prepared.values` gives them."""

    prepared: Prepared
    model: Model  # its `lattice_model`
    parameters: Array
    states: Array
    times: Array

    def take(self, index: Index) -> Batch:
        """The runs at `index`."""
        return replace(self, parameters=self.parameters[:, index], states=self.states[:, index])

    def states_at(self, engine: Vector, rtol: float, atol: float) -> tuple[Array, Index]:
        """All states at all times, shape (states, times, n), and which runs did not come within the tolerances."""
        n, rows = self.states.shape[1], self.prepared.n
        moments = np.unique(np.concatenate([[0.0], self.times]))
        out = np.repeat(self.states[:, None, :], len(moments), axis=1)
        small = np.array([self._small(i, float(moments[-1]), atol) for i in range(n)]).T.reshape(rows, 1, n)
        open_, steps, last = np.arange(n if rows and len(moments) > 1 else 0), FIRST, list[Array]()
        while len(open_) and steps * (len(moments) - 1) <= STEPS:
            part = self.take(open_)
            now = [part.run(engine, moments, steps)]
            with np.errstate(all="ignore"):
                for j, before in enumerate(last[:COLUMNS]):
                    now.append(now[-1] + (now[-1] - before) / (2 ** (j + 2) - 1))
                ready = np.zeros(len(open_), dtype=bool)
                if last:
                    ready = (np.abs(now[-1] - last[-1]) <= small[..., open_] + rtol * np.abs(now[-1])).all(axis=(0, 1))
            out[:rows, 1:, open_] = now[-1]
            last = [t[:, :, ~ready] for t in now]
            open_, steps = open_[~ready], steps * 2
        return out[:, np.searchsorted(moments, self.times)], open_

    def _small(self, i: int, end: float, atol: float) -> Array:
        """The absolute tolerances of run i."""
        return tolerances(self.prepared, self.states[:, i].tolist(), self.parameters[:, i].tolist(), end, atol)

    def run(self, engine: Vector, moments: Array, steps: int) -> Array:
        """The moving states after each moment but the first, with so many steps from one to the next."""
        model, rows, n = self.model, self.prepared.n, self.states.shape[1]
        still = dict(zip(self.prepared.states[rows:], self.states[rows:], strict=True))
        own = dict(zip(self.prepared.model.parameter_names, self.parameters, strict=True))
        spans = np.diff(moments)
        mean = float(np.mean(spans))
        people = People(np.arange(n), np.zeros(n, dtype=np.int64), {**own, **still, MEAN: mean})
        start = Condition(np.vstack([self.states[:rows], np.zeros((1, n))]), np.zeros((0, n)), np.zeros(n, dtype=np.int8))
        schedule = Schedule(len(spans), inputs={SPAN: spans[:, None] / mean})
        plan = StepPlan(longest=1.0, depth=0, refine=steps)
        given: dict[str, Any] = {
            "seed": 1, "save": model.state_names[:rows], "save_days": range(schedule.days), "plan": plan,
        }  # fmt: skip
        if engine == "native":
            from samenspel.engine.native.run_native import run_native

            return run_native(model, people, [schedule], start, precision="double", **given)[0].values
        from samenspel.engine.numpy_engine import run_numpy

        return run_numpy(model, people, [schedule], start, **given)[0].values


def refused(prepared: Prepared, engine: str, why: str) -> SamenspelError:
    """What to say where an engine was asked for that cannot run the model."""
    return SamenspelError(f"engine {engine!r} cannot run {prepared.model.name!r}: {why}.", file=prepared.model.origin or None,
                          cure="Use engine='reference', or 'auto'.")  # fmt: skip
