"""Array functions of a model, made once per model from its symbols.

Every function takes (states, parameters, inputs, held, time); all but time are sequences of arrays or numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from samenspel.declare.model import FEED, HABIT, NOISE, TIME, Model
from samenspel.engine.elimination import solved
from samenspel.engine.registers import Registers
from samenspel.engine.tape import Program, Tape

Array = npt.NDArray[np.float64]
ArrayFunction = Callable[..., list[Any]]
SHIFT = "settle.shift"  # symbol of one over the step of pseudo-time
_CACHE: dict[str, Compiled] = {}


def compiled(model: Model) -> Compiled:
    """The compiled form of a model; equal models share one."""
    if model.key not in _CACHE:
        _CACHE[model.key] = Compiled(model)
    return _CACHE[model.key]


class Compiled:
    """The tape of one model and the programs cut from it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._society: dict[tuple[str, ...], ArrayFunction] = {}
        self.arrows = [(s.name, a, b) for s in model.stages for a, b in s.hazards]
        self.parameter_names = (*model.parameter_names, *(HABIT + h for h in model.habits))
        self.input_names = tuple(i.name for i in model.inputs)
        self.means = tuple(sorted(n for n in model.names_in(s.step for s in model.society) if n.startswith("mean.")))
        names = [
            *model.state_names,
            *self.parameter_names,
            *self.input_names,
            *model.held_names,
            TIME.name,
            *self.means,
            SHIFT,
        ]
        self.tape = Tape(names)
        for name, expression in model.assignments:
            self.tape.at[name] = self.tape.read(expression)
        self._rest: Tape | None = None

    def _callable(self, outputs: Sequence[int]) -> ArrayFunction:
        program = Program(self.tape, outputs)

        def call(states: Any, parameters: Any, inputs: Any, held: Any, time: float, *means: Any) -> list[Any]:
            return program([*states, *parameters, *inputs, *held, time, *means])

        return call

    def function(self, expressions: Sequence[sympy.Expr]) -> ArrayFunction:
        """An array function that returns the values of `expressions` in order."""
        return self._callable([self.tape.read(sympy.sympify(e)) for e in expressions])

    @cached_property
    def integrands(self) -> list[sympy.Expr]:
        """What is integrated or watched over the day: accumulators, then hazards."""
        watched = [a.of for a in self.model.accumulators]
        return watched + [s.hazards[a, b] for s in self.model.stages for a, b in s.hazards]

    @cached_property
    def drift_steps(self) -> list[int]:
        """Tape steps of the change of each state per day."""
        return [self.tape.read(self.model.drift[s]) for s in self.model.state_names]

    @cached_property
    def drift(self) -> ArrayFunction:
        """Change of each state per day."""
        return self._callable(self.drift_steps)

    def registers(self, parameters: Sequence[Any], n: int, kind: npt.DTypeLike) -> Registers:
        """Rows for n people with these parameters; the rows of states, inputs and held values, in order, are the caller's.

        Inputs and held values are those that change seldom.
        """
        m = self.model
        fixed = {self.tape.at[name]: v for name, v in zip(self.parameter_names, parameters, strict=True)}
        often, seldom = ([self.tape.at[n] for n in names] for names in (m.state_names, (*self.input_names, *m.held_names)))
        return Registers(self.tape, fixed, often, seldom, self.tape.at[TIME.name], n, kind)

    @cached_property
    def watch_steps(self) -> list[int]:
        """Tape steps of `integrands`."""
        return [self.tape.read(sympy.sympify(e)) for e in self.integrands]

    @cached_property
    def watch(self) -> ArrayFunction:
        """Values of `integrands`."""
        return self.function(self.integrands)

    @cached_property
    def midnight(self) -> ArrayFunction:
        """Daily maps, decision probabilities, pool requests, capacities, in that order."""
        m = self.model
        return self.function(
            [
                *m.daily.values(),
                *(d.probability for d in m.decisions),
                *(p.request for p in m.pools),
                *(p.capacity for p in m.pools),
            ]
        )

    @cached_property
    def feeds(self) -> ArrayFunction:
        """Current values of the addresses that later arms may be fed with."""
        return self.function([self.outputs[a] for a in self.model.feeds])

    @cached_property
    def society_step(self) -> ArrayFunction:
        """Next society values; the means over persons follow time, in the order of `means`."""
        return self.function([s.step for s in self.model.society])

    @cached_property
    def outputs(self) -> dict[str, sympy.Expr]:
        """Everything that can be saved, by name."""
        m = self.model
        names = (*m.state_names, *m.held_names, *self.input_names, *(n for n, _ in m.assignments))
        return {n: sympy.Symbol(n, real=True) for n in names}

    @cached_property
    def resting(self) -> Tape:
        """The tape read at rest: habits and feeds are the present values, accumulators their own source, no noise."""
        m, at = self.model, self.tape.at
        replaced = {HABIT + h: at[h] for h in m.habits} | {FEED + f: at[f] for f in m.feeds}
        replaced |= {NOISE + s: self.tape.zero for s in m.noise}
        tape = self.tape
        for a in m.accumulators:
            replaced[a.name] = self.tape.fork(replaced).read(a.of)
        rest = tape.fork(replaced)
        for _ in range(2):  # twice: a source may itself use an accumulator
            for name, expression in m.assignments:
                rest.forget()
                rest.at[name] = rest.read(expression)
            for h in m.habits:
                rest.at[HABIT + h] = rest.at[h]
            for f in m.feeds:
                rest.at[FEED + f] = rest.at[f]
            for a in m.accumulators:
                rest.forget()
                rest.at[a.name] = rest.read(a.of)
        rest.forget()
        return rest

    @cached_property
    def settled_steps(self) -> list[int]:
        """Tape steps of the drift at rest; a daily map counts with its change per midnight."""
        m, rest, out = self.model, self.resting, []
        for s in m.state_names:
            step = rest.read(m.drift[s])
            if s in m.daily:
                change = rest.apply("sub", rest.read(m.daily[s]), rest.at[s])
                step = rest.apply("add", step, change)
            out.append(step)
        return out

    @cached_property
    def settled(self) -> ArrayFunction:
        """Drift at rest."""
        return self._callable(self.settled_steps)

    @cached_property
    def jacobian_steps(self) -> dict[tuple[int, int], int]:
        """Entries of the Jacobian at rest that are not zero by structure."""
        columns = [self.tape.at[s] for s in self.model.state_names]
        slopes = {
            (i, j): self.tape.slope(f, x) for i, f in enumerate(self.settled_steps) for j, x in enumerate(columns)
        }
        return {k: v for k, v in slopes.items() if v is not None}

    @cached_property
    def jacobian_entries(self) -> list[tuple[int, int]]:
        """Positions of those entries."""
        return list(self.jacobian_steps)

    @cached_property
    def jacobian(self) -> ArrayFunction:
        """Values of those entries."""
        return self._callable(list(self.jacobian_steps.values()))

    @cached_property
    def settling_steps(self) -> list[int]:
        """Drift at rest f, then d of (s I - J) d = f; s is the symbol `SHIFT`, which follows time and means."""
        f = self.settled_steps
        return [*f, *solved(self.tape, self.jacobian_steps, self.tape.at[SHIFT], f)]

    @cached_property
    def settling(self) -> ArrayFunction:
        """Values of `settling_steps`."""
        return self._callable(self.settling_steps)

    def slopes(self, of: Sequence[int], by: Sequence[str]) -> ArrayFunction:
        """Derivatives of tape steps by named symbols, row by row."""
        steps = [self.tape.slope(f, self.tape.at[s]) for f in of for s in by]
        return self._callable([self.tape.zero if s is None else s for s in steps])

    @cached_property
    def diagonal(self) -> ArrayFunction:
        """Diagonal of the Jacobian of the running drift (habits held), the frozen part of the exponential steps."""
        pairs = zip(self.drift_steps, self.model.state_names, strict=True)
        steps = [self.tape.slope(f, self.tape.at[s]) for f, s in pairs]
        return self._callable([self.tape.zero if s is None else s for s in steps])


def rows(values: Sequence[Any], n: int) -> Array:
    """Stack values that may be numbers or arrays into shape (len, n)."""
    out = np.empty((len(values), n))
    for i, v in enumerate(values):
        out[i] = v
    return out
