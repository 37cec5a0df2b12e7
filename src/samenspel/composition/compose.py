"""`compose`: systems + couplings → `Model`, every end resolved before any number.

A port collects its couplings: sum p = Σ g_j (h_j - h_j,ref); product and hazard p = exp Σ g_j (h_j - h_j,ref). Per coupling
the model has parameters ``gain.<id>`` (g_j = γ_j U_y / (G_y D_j), 0 when absent), ``base.<id>`` (h_j at the reference
person) and, where the form or level needs it, ``center.<id>`` (x_ref).
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from samenspel.composition.ends import Ends, resolve
from samenspel.composition.forms import symbolic
from samenspel.composition.order import in_order
from samenspel.declare.language import (
    Accumulator,
    Decision,
    Input,
    Parameter,
    Pool,
    Port,
    Readout,
    Stage,
    State,
    Switch,
)
from samenspel.declare.model import (
    FEED,
    GATE,
    HABIT,
    NOISE,
    AccumulatorVar,
    DecisionVar,
    EventVar,
    InputVar,
    Model,
    ParameterVar,
    PoolVar,
    SocietyVar,
    StageVar,
    StateVar,
)
from samenspel.declare.system import System
from samenspel.declare.trace import Trace, trace
from samenspel.declare.view import symbol, symbols
from samenspel.evidence.schema_model import Coupling

Expr = sympy.Expr


def word(coupling_id: str) -> str:
    """A coupling id as part of a parameter name."""
    return coupling_id.replace("-", "_")


def compose(
    systems: Sequence[type[System]],
    couplings: Sequence[Coupling] = (),
    *,
    name: str = "model",
    open_ports: bool = False,
    fed: bool = False,
) -> Model:
    """Join systems through couplings into one frozen model.

    With `fed`, each coupling reads x + gate (feed - x): an arm whose input ``gate.<id>`` is 1 gets the source's value of the
    same person in the first arm. `open_ports` turns every port into a parameter with its neutral value.
    Raises `SamenspelError` for a dangling or doubly defined end, a source that sees a port, and an algebraic loop.
    """
    traces = {s.system: trace(s) for s in sorted(systems, key=lambda s: s.system)}
    ends = resolve(traces, couplings)
    parts = _Parts(fed)
    for t in traces.values():
        parts.add_system(t)
    for port in ends.ports.values():
        arriving = sorted((c for c in couplings if c.to == port.address), key=lambda c: c.id)
        if open_ports:
            parts.parameters.append(ParameterVar(port.address, port.unit, 0.0 if port.combine == "sum" else 1.0))
        else:
            parts.assignments[port.address] = parts.port(port, arriving, ends)
    return parts.model(name)


class _Parts:
    """Collects the pieces of a model, in declared order."""

    def __init__(self, fed: bool) -> None:
        self.fed = fed
        self.feeds: list[str] = []
        self.states: list[StateVar] = []
        self.parameters: list[ParameterVar] = []
        self.inputs: list[InputVar] = []
        self.assignments: dict[str, Expr] = {}
        self.drift: dict[str, Expr] = {}
        self.noise: dict[str, Expr] = {}
        self.daily: dict[str, Expr] = {}
        self.accumulators: list[AccumulatorVar] = []
        self.stages: list[StageVar] = []
        self.decisions: list[DecisionVar] = []
        self.pools: list[PoolVar] = []
        self.society: list[SocietyVar] = []
        self.events: list[EventVar] = []
        self.habits: list[str] = []
        self.units: dict[str, str] = {}

    def add_system(self, t: Trace) -> None:
        """All declarations of one system."""
        s = t.system
        for w in s.of(Parameter):
            self.parameters.append(ParameterVar(w.address, w.unit))
        for w in s.of(Input):
            self.inputs.append(InputVar(w.address, w.unit, w.habitual))
        for w in s.of(State):
            start: Expr = symbol(f"{w.system}.{w.start}") if isinstance(w.start, str) else sympy.Float(w.start)
            if w.scope == "society":
                self.society.append(SocietyVar(w.address, w.unit, start, t.society[w.address]))
                continue
            for a in [w.address] if w.size == 1 else [f"{w.address}_{i + 1}" for i in range(w.size)]:
                self.states.append(StateVar(a, w.unit, w.low, w.high, start, w.name in s.fast))
                self.units[a] = w.unit
        for a, e in t.drift.items():
            amplitude = t.noise.get(a)
            self.drift[a] = e if amplitude is None else e + amplitude * symbol(NOISE + a)
        self.noise |= t.noise
        self.daily |= t.daily
        self.assignments |= t.readouts
        self.units |= {w.address: w.unit for w in (*s.of(Readout), *s.of(Port))}
        for w in s.of(Accumulator):
            self.accumulators.append(AccumulatorVar(w.address, symbol(f"{w.system}.{w.of}"), w.how))
        for w in s.of(Stage):
            self.stages.append(StageVar(w.address, w.conditions, w.start, t.hazards.get(w.address, {})))
        for w in s.of(Decision):
            self.decisions.append(DecisionVar(w.address, t.decisions[w.address], w.start))
        for w in s.of(Pool):
            self.pools.append(PoolVar(w.address, t.requests[w.address], symbol(f"{w.system}.{w.capacity}")))
        v = symbols(s)
        for w in s.of(Switch):
            jumps = {f"{w.system}.{n}": sympy.sympify(e) for n, e in w.reset(v).items()}
            self.events.append(EventVar(w.address, sympy.sympify(w.guard(v)) > 0, jumps))

    def port(self, port: Port, arriving: list[Coupling], ends: Ends) -> Expr:
        """What arrives at one port."""
        terms: list[Expr] = []
        for c in arriving:
            if c.form.kind == "identity":
                return symbol(c.source)
            self.parameters.append(ParameterVar(f"gain.{word(c.id)}", "1"))
            self.parameters.append(ParameterVar(f"base.{word(c.id)}", "1"))
            terms.append(symbol(f"gain.{word(c.id)}") * self._deviation(c))
        total = sympy.Add(*terms) if terms else sympy.Float(0)
        return total if port.combine == "sum" else sympy.exp(total)

    def _deviation(self, c: Coupling) -> Expr:
        x: Expr = symbol(c.source)
        if self.fed and not c.input:
            gate = symbol(GATE + word(c.id))
            self.inputs.append(InputVar(gate.name))
            if c.source not in self.feeds:
                self.feeds.append(c.source)
            x = x + gate * (symbol(FEED + c.source) - x)
        center = symbol(f"center.{word(c.id)}")
        if c.level != "both" or c.form.kind == "saturating":
            self.parameters.append(ParameterVar(center.name, "1"))
        if c.level != "both":
            if c.source not in self.habits:
                self.habits.append(c.source)
            habit = symbol(HABIT + c.source)
            x = habit if c.level == "between" else x - habit + center
        value = symbolic(c.form, x, center) - symbol(f"base.{word(c.id)}")
        if c.delay is None:
            return value
        rate = sympy.Float(c.delay.shape / c.delay.mean)
        for k in range(1, c.delay.shape + 1):
            here = symbol(f"delay.{word(c.id)}_{k}")
            self.states.append(StateVar(here.name, "1"))
            self.drift[here.name] = rate * (value - here)
            value = here
        return value

    def model(self, name: str) -> Model:
        """The frozen model; assignments in an order in which each sees only earlier ones."""
        ordered = in_order(self.assignments)
        order = {s.name: i for i, s in enumerate(self.states)}
        return Model(
            name=name,
            states=tuple(self.states),
            parameters=tuple(self.parameters),
            drift={k: self.drift[k] for k in sorted(self.drift, key=order.__getitem__)},
            assignments=ordered,
            inputs=tuple(self.inputs),
            noise=self.noise,
            daily=self.daily,
            accumulators=tuple(self.accumulators),
            stages=tuple(self.stages),
            decisions=tuple(self.decisions),
            pools=tuple(self.pools),
            society=tuple(self.society),
            events=tuple(self.events),
            habits=tuple(self.habits),
            feeds=tuple(self.feeds),
            outputs=(*order, *(a for a, _ in ordered)),
            units=self.units,
        )
