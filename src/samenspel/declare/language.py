"""The words a system is declared in: states, ports, read-outs and what happens at midnight.

Each word is a frozen record. Its name is the attribute it is assigned to; `system.py` collects them. Units are
written as text ("1", "pg/ml", "1/day"); time is in days everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

#: one of the four readings of a system: attribute access gives the value of a declared name
View = Any


@dataclass(frozen=True, kw_only=True)
class Word:
    """What all declarations share: the owner fills in `system` and `name` at class creation."""

    unit: str = "1"
    doc: str = ""
    name: str = field(default="", compare=False)
    system: str = field(default="", compare=False)

    @property
    def address(self) -> str:
        """``system.name``, the only way others refer to it."""
        return f"{self.system}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class State(Word):
    """A quantity that carries memory; `start` names the parameter (or gives the number) it is first tried at.

    `low` and `high` are natural bounds in `unit`: at a bound the drift points inward. `size` > 1 declares a vector.
    `scope` "society" belongs to a world and arm and changes at midnight only, through `society`.
    """

    low: float | None = None
    high: float | None = None
    start: str | float = 0.0
    size: int = 1
    scope: Literal["person", "society"] = "person"


@dataclass(frozen=True, kw_only=True)
class Readout(Word):
    """A pure function of states, parameters and ports, given in `readouts(v)`."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Port(Word):
    """Where influences of other systems arrive; `shifts` is the state or read-out that a gain refers to.

    sum: starts at 0, influences add, in `unit`; product: starts at 1, influences multiply; hazard: starts at 1,
    influences multiply a rate, outside the budget.
    """

    combine: Literal["sum", "product", "hazard"] = "sum"
    shifts: str = ""


@dataclass(frozen=True, kw_only=True)
class Parameter(Word):
    """A number that the atlas gives, with its address."""


@dataclass(frozen=True, kw_only=True)
class Input(Word):
    """A treatment or event from outside, constant between two edges of the lattice; `habitual` is its usual value.

    `low` and `high` bound what a scenario may hold it at, in `unit`; None: no bound.
    """

    habitual: float = 0.0
    reference: float = 1.0  # the dose that a direct effect refers to
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Accumulator(Word):
    """Daily mean, maximum or integral of a state or read-out; closes at midnight and is held for the next day."""

    of: str
    how: Literal["mean", "max", "integral"] = "mean"


@dataclass(frozen=True, kw_only=True)
class Stage(Word):
    """A finite set of conditions a person is in; `hazards(v)` gives a rate per day for each arrow (from, to).

    In equations ``v.name.condition`` is 1 or 0 and constant over the day.
    """

    conditions: tuple[str, ...] = ()
    start: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision(Word):
    """A yes or no drawn at midnight with the probability given in `decisions(v)`; 1 or 0 during the next day."""

    start: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Pool(Word):
    """Places shared by the people of one world and arm: `capacity` per week per 1,000 people.

    `requests(v)` gives 1 for a person who asks at midnight, else 0. Who waited longest is served first, ties by
    person number. During the next day ``v.name`` is 1 for a person who was served; ``v.name_waiting`` counts days.
    """

    capacity: str = ""  # name of the parameter


@dataclass(frozen=True, kw_only=True)
class Switch(Word):
    """An event inside the day: when `guard(v)` becomes positive, `reset(v)` gives new values; reference engine only."""

    guard: Callable[[View], Any]
    reset: Callable[[View], dict[str, Any]]
