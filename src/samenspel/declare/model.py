"""`Model`: frozen equations as data, blind to medicine; `composition` and `engine.sbml` build it, engines run it.

All expressions are SymPy over symbols named by address. Time is in days for composed models; an imported model keeps
its own unit. The right-hand side is read in this order: assignments (read-outs and ports, topologically ordered),
then drift. Values constant over a day ("held") are stage conditions, decisions, accumulators, pool places, noise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Literal

import sympy

Expr = sympy.Expr
TIME = sympy.Symbol("time", real=True)
#: prefix of the standard-normal daily push on a state: ``noise.<state>``
NOISE = "noise."
#: prefix of a person's own habitual fixed point of a source: ``habit.<address>``
HABIT = "habit."
#: prefix of the value that the same person has in the first arm at the midnight that began the day: ``feed.<address>``
FEED = "feed."
#: prefix of the input that opens a feed: ``gate.<coupling>`` is 1 in an arm whose coupling is fed by the first arm
GATE = "gate."


@dataclass(frozen=True)
class StateVar:
    """A state: unit, natural bounds, and the expression over parameters where the search for a start begins."""

    name: str
    unit: str = "1"
    low: float | None = None
    high: float | None = None
    start: Expr = field(default_factory=lambda: sympy.Float(0))
    fast: bool = False


@dataclass(frozen=True)
class ParameterVar:
    """A parameter; `value` None means that every run must give it."""

    name: str
    unit: str = "1"
    value: float | None = None


@dataclass(frozen=True)
class InputVar:
    """An input, constant between lattice edges; `habitual` where no schedule speaks."""

    name: str
    unit: str = "1"
    habitual: float = 0.0


@dataclass(frozen=True)
class AccumulatorVar:
    """Closed at midnight over the past day; its own name holds the closed value."""

    name: str
    of: Expr
    how: Literal["mean", "max", "integral"]


@dataclass(frozen=True)
class StageVar:
    """Conditions and arrows; ``<name>.<condition>`` is the held 0/1 symbol."""

    name: str
    conditions: tuple[str, ...]
    start: str
    hazards: dict[tuple[str, str], Expr]


@dataclass(frozen=True)
class DecisionVar:
    """Drawn at midnight: 1 if u < probability; addressed by channel = name."""

    name: str
    probability: Expr
    start: float = 0.0


@dataclass(frozen=True)
class PoolVar:
    """Places per week per 1,000 people; ``<name>`` is 1 while served, ``<name>_waiting`` counts days."""

    name: str
    request: Expr
    capacity: Expr


@dataclass(frozen=True)
class SocietyVar:
    """A state of a world and arm, stepped at midnight; ``mean.<address>`` symbols are means over persons."""

    name: str
    unit: str
    start: Expr
    step: Expr


@dataclass(frozen=True)
class EventVar:
    """State-triggered jump (full forms and SBML); only the reference engine runs it."""

    name: str
    trigger: Expr | sympy.logic.boolalg.Boolean
    assignments: dict[str, Expr]
    initial_value: bool = True
    persistent: bool = True
    use_values_from_trigger: bool = True
    delay: Expr | None = None
    priority: Expr | None = None


@dataclass(frozen=True)
class SpeciesVar:
    """A species of an imported model: `name` means an amount if `is_amount`, else amount / size of `compartment`.

    `amount` is the state that holds the amount, where that is not `name` itself.
    """

    name: str
    compartment: str
    is_amount: bool
    amount: str | None = None


@dataclass(frozen=True, eq=False)
class Model:
    """A composed or imported model."""

    name: str
    states: tuple[StateVar, ...]
    parameters: tuple[ParameterVar, ...]
    drift: dict[str, Expr]
    assignments: tuple[tuple[str, Expr], ...] = ()  # read-outs and ports, in order of evaluation
    inputs: tuple[InputVar, ...] = ()
    noise: dict[str, Expr] = field(default_factory=dict[str, Expr])  # already inside drift as amplitude * noise.<state>
    daily: dict[str, Expr] = field(default_factory=dict[str, Expr])
    accumulators: tuple[AccumulatorVar, ...] = ()
    stages: tuple[StageVar, ...] = ()
    decisions: tuple[DecisionVar, ...] = ()
    pools: tuple[PoolVar, ...] = ()
    society: tuple[SocietyVar, ...] = ()
    events: tuple[EventVar, ...] = ()
    habits: tuple[str, ...] = ()  # addresses whose habitual value is a parameter ``habit.<address>``
    feeds: tuple[str, ...] = ()  # addresses whose first-arm value is held as ``feed.<address>``
    outputs: tuple[str, ...] = ()  # states and assignments a caller may save, in order
    units: dict[str, str] = field(default_factory=dict[str, str])
    initial: dict[str, Expr] = field(default_factory=dict[str, Expr])  # imported models: start of a state at time 0
    species: tuple[SpeciesVar, ...] = ()  # imported models
    delays: tuple[tuple[str, Expr, Expr], ...] = ()  # imported models: symbol, what it was, how long ago
    origin: str = ""  # imported models: the file

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """States in declared order; the row order of every array."""
        return tuple(s.name for s in self.states)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """Parameters in declared order."""
        return tuple(p.name for p in self.parameters)

    @cached_property
    def held_names(self) -> tuple[str, ...]:
        """Everything that is constant from one midnight to the next."""
        names = [f"{s.name}.{c}" for s in self.stages for c in s.conditions]
        names += [d.name for d in self.decisions] + [a.name for a in self.accumulators]
        names += [n for p in self.pools for n in (p.name, f"{p.name}_waiting")]
        names += [s.name for s in self.society] + [NOISE + s for s in self.noise]
        return tuple(names + [FEED + a for a in self.feeds])

    def names_in(self, expressions: Iterable[Expr]) -> set[str]:
        """Names of all free symbols."""
        return {s.name for e in expressions for s in e.free_symbols}  # pyright: ignore[reportAttributeAccessIssue]

    @cached_property
    def discrete_only_reference(self) -> str | None:
        """Why only the reference engine can run this model, or None."""
        return f"event {self.events[0].name!r} inside the day" if self.events else None

    @cached_property
    def key(self) -> str:
        """Content hash of all equations: equal models share compiled kernels."""
        parts = [
            self.name,
            repr(self.states),
            repr(self.parameters),
            repr(self.inputs),
            repr(self.habits),
            repr(self.feeds),
        ]
        parts += [f"{n}={_digest(e)}" for n, e in (*self.assignments, *self.drift.items(), *self.daily.items())]
        parts += [f"{n}~{_digest(e)}" for n, e in (*self.noise.items(), *self.initial.items())]
        parts += [repr(x) for x in (*self.accumulators, *self.stages, *self.decisions, *self.pools, *self.society)]
        parts += [repr(x) for x in (*self.events, *self.delays)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _digest(e: sympy.Basic) -> str:
    """Digest of an expression; parts that expressions share are read once."""
    if not e.args:
        return sympy.srepr(e)
    parts = sorted(map(_digest, e.args)) if e.is_Add or e.is_Mul else map(_digest, e.args)
    return hashlib.sha256(f"{e.func.__name__}({','.join(parts)})".encode()).hexdigest()
