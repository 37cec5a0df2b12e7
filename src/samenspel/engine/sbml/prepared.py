"""What is made once of an imported model: its code, the conditions at which it may jump, and its start."""

from __future__ import annotations

import logging
import math
import weakref
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import sympy

from samenspel.declare.model import Model
from samenspel.engine.people import Array, Numbers
from samenspel.engine.sbml.clocks import Clocks
from samenspel.engine.sbml.code import Code
from samenspel.engine.sbml.events import Events
from samenspel.engine.sbml.order import needs, ordered, reachable
from samenspel.engine.sbml.read import address
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

log = logging.getLogger(__name__)
TOLD = "told."  # before the name of a number given instead of the file's start
_PREPARED: weakref.WeakKeyDictionary[Model, Prepared] = weakref.WeakKeyDictionary()


def prepared(model: Model) -> Prepared:
    """What is made once of a model."""
    if model not in _PREPARED:
        _PREPARED[model] = Prepared(model)
    return _PREPARED[model]


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
        first = len(model.parameter_names) + len(model.delays)
        self.slope = self.code.function(drift)
        self.smooth = self.code.function(drift, frozen={e: f"p[{first + i}]" for i, e in enumerate(switches)})
        self.events = Events(model, self.code, self.rows)
        self.guards = self.code.function([*(e.trigger for e in model.events), *switches])
        self.guarded, self.triggers = len(model.events) + len(switches), len(model.events)
        self.species = {s.name: s for s in model.species}
        self.kinds, sizes = self._kinds(moving)
        self.sizes = self.code.function(sizes)
        self.of = [self.code.function([of]) for _, of, _ in model.delays]
        still = {sympy.Symbol(n, real=True): "(0.0)" for n, _ in model.assignments if n.startswith("rate.")}
        self.before = [self.code.function([of], frozen=still) for _, of, _ in model.delays]
        self.by = [self.code.function([by]) for _, _, by in model.delays]
        self._starts: dict[tuple[str, ...], Any] = {}
        self.clocks = Clocks(model, self.code, [*(e.trigger for e in model.events), *switches])

    def _switches(self, drift: Sequence[Any]) -> list[Any]:
        """Where the drift may jump: conditions of piecewise formulas, floor and ceiling."""
        assigned = dict(self.model.assignments)
        used = reachable({n for e in drift for n in needs(e)}, assigned)
        found: set[Any] = set()
        for e in [*drift, *(assigned[n] for n in used)]:
            found |= e.atoms(sympy.Lt, sympy.Le, sympy.Gt, sympy.Ge, sympy.floor, sympy.ceiling)
        return sorted((r for r in found if r.free_symbols), key=sympy.default_sort_key)

    def _kinds(self, moving: Sequence[str]) -> tuple[list[str], list[Any]]:
        """For each moving state what it is compared with (`scales`), and the size that makes a concentration of it."""
        of = {s.amount or s.name: s for s in self.model.species}
        kinds, sizes = list[str](), list[Any]()
        for name in moving:
            s = of.get(name)
            kinds.append("" if s is None else f"{s.compartment} {s.is_amount}")
            sizes.append(sympy.Symbol(s.compartment, real=True) if s is not None and s.amount else sympy.Integer(1))
        return kinds, sizes

    def species_of(self, name: str) -> Any:
        """The species of that name."""
        if name not in self.species:
            raise SamenspelError(f"model {self.model.name!r} has no species {name!r}.{hint(name, self.species)}")
        return self.species[name]

    def shown(self, name: str, amounts: Collection[str] | bool, concentrations: Collection[str] | bool) -> Any:
        """The expression of a column."""
        at = address(name)
        if at not in self.code.places:
            raise SamenspelError(f"model {self.model.name!r} has no {name!r}.{hint(name, self.model.outputs)}",
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

    def values(self, parameters: Numbers, start: Numbers) -> tuple[Array, Array]:
        """Parameters (parameters, n) and states at time 0 (states, n); n is 1 where only single numbers are given.

        Raises `SamenspelError` for a name that cannot be given, a number that is not finite, or unequally many of them.
        """
        begin, rows = self._beginning(parameters, start)
        blank = [math.nan] * len(self.states)
        states = np.array([begin(blank, one, 0.0) for one in rows.T.tolist()], dtype=float)
        states = states.reshape(rows.shape[1], len(self.states))
        return rows[: len(self.model.parameters)], states.T

    def earlier(self, parameters: Numbers, start: Numbers) -> list[Any]:
        """For every run its states as a function of a time before 0."""
        begin, rows = self._beginning(parameters, start)
        blank = [math.nan] * len(self.states)
        return [lambda t, numbers=one: begin(blank, numbers, t) for one in rows.T.tolist()]

    def _beginning(self, parameters: Numbers, start: Numbers) -> tuple[Any, Array]:
        """A function of (nothing, numbers, time) for the states, and the numbers of every run: parameters and what was told."""
        told = {address(n): _numbers(n, v) for n, v in (*parameters.items(), *start.items())}
        lengths = {len(v) for v in told.values() if v.ndim}
        if len(lengths) > 1 or 0 in lengths:
            raise SamenspelError(
                f"parameters and start give {' and '.join(map(str, sorted(lengths)))} values.",
                cure="Give each one number, or all equally many.",
            )
        n = lengths.pop() if lengths else 1
        p = np.empty((len(self.model.parameters), n))
        blank = [name for name, start in self.model.initial.items() if start is sympy.nan and name not in told]
        for i, q in enumerate(self.model.parameters):
            if q.name not in told and (q.value is None or math.isnan(q.value)):
                blank.append(q.name)
            p[i] = told.pop(q.name, math.nan if q.value is None else q.value)
        if blank:
            log.warning("model %s: no value for %s: what hangs on it is NaN", self.model.name, ", ".join(blank[:5]))
        names = sorted(told)
        past = np.full((len(self.model.delays), n), math.nan)  # a delay before time 0 is written out in `_start`
        return self._start(tuple(names)), np.vstack([p, past, *(np.broadcast_to(told[t], (1, n)) for t in names)])

    def _start(self, told: tuple[str, ...]) -> Any:
        """The states at time 0 from (nothing, parameters and told numbers, 0)."""
        if told not in self._starts:
            m, initial, assigned = self.model, dict(self.model.initial), dict(self.model.assignments)
            for name in told:
                s, number = self.species.get(name), sympy.Symbol(TOLD + name, real=True)
                if name in initial:
                    initial[name] = number
                elif s is not None and s.amount:
                    initial[s.amount] = sympy.Mul(number, sympy.Symbol(s.compartment, real=True), evaluate=False)
                else:
                    known = [*m.parameter_names, *initial, *self.species]
                    near = f"is not in the model.{hint(name, known)}"
                    what = "is determined by a rule." if name in assigned else near
                    raise SamenspelError(
                        f"model {m.name!r}: {name!r} {what}", cure="Give a parameter, or a variable that has a start."
                    )
            code = Code(m, self.states, [TOLD + name for name in told])
            delays = {name: of for name, of, _ in m.delays}  # before time 0 nothing was different
            before = ordered({**assigned, **initial, **delays}, m.origin)
            self._starts[told] = code.function([sympy.Symbol(s, real=True) for s in self.states], before=before)
        return self._starts[told]


def _numbers(name: str, value: Any) -> Array:
    try:
        given = np.asarray(value, dtype=float)
    except (TypeError, ValueError, OverflowError):
        given = np.array(math.nan)
    if given.ndim > 1 or not np.isfinite(given).all():
        raise SamenspelError(f"{name!r} is given as {value!r}.", cure="Give a finite number, or one number for each run.")
    return given
