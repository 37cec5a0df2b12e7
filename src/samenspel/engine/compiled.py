"""Array functions of a model, made once per model from its symbols."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from samenspel.declare.model import FEED, HABIT, TIME, Model

Array = npt.NDArray[np.float64]
_CACHE: dict[str, "Compiled"] = {}


def compiled(model: Model) -> Compiled:
    """The compiled form of a model; equal models share one."""
    if model.key not in _CACHE:
        _CACHE[model.key] = Compiled(model)
    return _CACHE[model.key]


class Compiled:
    """Functions of (states, parameters, inputs, held, time); every argument but time is a sequence of arrays."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._society: dict[tuple[str, ...], Callable[..., list[Any]]] = {}
        self.arrows = [(s.name, a, b) for s in model.stages for a, b in s.hazards]
        self.parameter_names = (*model.parameter_names, *(HABIT + h for h in model.habits))

    def _arguments(self) -> list[Sequence[sympy.Symbol]]:
        make = lambda names: [sympy.Symbol(n, real=True) for n in names]  # noqa: E731
        m = self.model
        return [make(m.state_names), make(self.parameter_names), make(i.name for i in m.inputs), make(m.held_names)]

    def function(self, expressions: Sequence[sympy.Expr]) -> Callable[..., list[Any]]:
        """An array function that returns the values of `expressions` in order."""
        flat = [self.model.expand(sympy.sympify(e)) for e in expressions]
        if not flat:
            return lambda *_: []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return sympy.lambdify([*self._arguments(), TIME], flat, modules="numpy", cse=True)

    @cached_property
    def integrands(self) -> list[sympy.Expr]:
        """What is integrated or watched over the day: accumulators, then hazards."""
        watched = [a.of for a in self.model.accumulators]
        return watched + [s.hazards[a, b] for s in self.model.stages for a, b in s.hazards]

    @cached_property
    def drift(self) -> Callable[..., list[Any]]:
        """Change of each state per day."""
        return self.function([self.model.drift[s] for s in self.model.state_names])

    @cached_property
    def watch(self) -> Callable[..., list[Any]]:
        """Values of `integrands`."""
        return self.function(self.integrands)

    @cached_property
    def midnight(self) -> Callable[..., list[Any]]:
        """Daily maps, decision probabilities, pool requests, capacities, in that order."""
        m = self.model
        return self.function(
            [*m.daily.values(), *(d.probability for d in m.decisions), *(p.request for p in m.pools),
             *(p.capacity for p in m.pools)]
        )  # fmt: skip

    @cached_property
    def feeds(self) -> Callable[..., list[Any]]:
        """Current values of the addresses that later arms may be fed with."""
        return self.function([self.outputs[a] for a in self.model.feeds])

    def society_step(self, means: tuple[str, ...]) -> Callable[..., list[Any]]:
        """Next society values; `means` are further arguments after time."""
        if means not in self._society:
            steps = [self.model.expand(s.step) for s in self.model.society]
            extra = [sympy.Symbol(n, real=True) for n in means]
            self._society[means] = sympy.lambdify([*self._arguments(), TIME, *extra], steps, modules="numpy", cse=True)
        return self._society[means]

    @cached_property
    def outputs(self) -> dict[str, sympy.Expr]:
        """Everything that can be saved, by name."""
        m = self.model
        names = {n: sympy.Symbol(n, real=True) for n in (*m.state_names, *m.held_names, *(i.name for i in m.inputs))}
        return {**names, **{n: sympy.Symbol(n, real=True) for n, _ in m.assignments}}

    @cached_property
    def settled_drift(self) -> list[sympy.Expr]:
        """Drift at rest: habits are the states themselves, accumulators hold their own mean, no noise, no daily map."""
        m, rest = self.model, {}
        for h in m.habits:
            own = m.flat.get(h, sympy.Symbol(h, real=True))
            rest[sympy.Symbol(HABIT + h, real=True)] = own
        for a in m.accumulators:
            rest[sympy.Symbol(a.name, real=True)] = m.expand(a.of)
        for f in m.feeds:
            rest[sympy.Symbol(FEED + f, real=True)] = m.flat.get(f, sympy.Symbol(f, real=True))
        for s in m.noise:
            rest[sympy.Symbol(f"noise.{s}", real=True)] = sympy.Float(0)
        out = []
        for s in m.state_names:
            e = m.expand(m.drift[s]).xreplace(rest)
            if s in m.daily:
                e = e + m.expand(m.daily[s]).xreplace(rest) - sympy.Symbol(s, real=True)
            out.append(e)
        return out

    @cached_property
    def settled(self) -> Callable[..., list[Any]]:
        """Values of `settled_drift`."""
        return self.function(self.settled_drift)

    @cached_property
    def jacobian_entries(self) -> list[tuple[int, int]]:
        """Positions of entries of the Jacobian at rest that are not zero by structure."""
        names = self.model.state_names
        return [
            (i, j)
            for i, e in enumerate(self.settled_drift)
            for j, s in enumerate(names)
            if sympy.Symbol(s, real=True) in e.free_symbols
        ]

    @cached_property
    def jacobian(self) -> Callable[..., list[Any]]:
        """Values of `jacobian_entries`."""
        names = self.model.state_names
        entries = [self.settled_drift[i].diff(sympy.Symbol(names[j], real=True)) for i, j in self.jacobian_entries]
        return self.function(entries)

    @cached_property
    def diagonal(self) -> Callable[..., list[Any]]:
        """Diagonal of the Jacobian of the running drift (habits held), the frozen part of the exponential steps."""
        m = self.model
        return self.function([m.expand(m.drift[s]).diff(sympy.Symbol(s, real=True)) for s in m.state_names])


def rows(values: Sequence[Any], n: int) -> Array:
    """Stack values that may be numbers or arrays into shape (len, n)."""
    out = np.empty((len(values), n))
    for i, v in enumerate(values):
        out[i] = v
    return out
