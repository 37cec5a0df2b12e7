"""An SBML file as plain data: what `adaptor` reads, and what the rest of the package sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Node(NamedTuple):
    """One step of a formula.

    kind      'number', 'name', 'call' (a function of the file), 'lambda', 'time', 'avogadro', or an operator's name
    children  arguments in order; for 'piecewise' value, condition, value, condition, …, otherwise
    name      of 'name' and 'call'; for 'lambda' the arguments, separated by spaces
    value     of 'number'
    """

    kind: str
    children: tuple[Node, ...] = ()
    name: str = ""
    value: float = 0.0


@dataclass(frozen=True)
class Variable:
    """A compartment or parameter; `value` None means that the file gives none."""

    id: str
    value: float | None
    constant: bool
    unit: str
    line: int
    dimensions: float = 3.0
    name: str = ""


@dataclass(frozen=True)
class Species:
    """A species; `amount_only` is hasOnlySubstanceUnits: its id then means an amount, else a concentration."""

    id: str
    compartment: str
    amount: float | None
    concentration: float | None
    amount_only: bool
    boundary: bool
    constant: bool
    conversion: str
    unit: str
    line: int


@dataclass(frozen=True)
class Reference:
    """A reactant (sign -1) or product (+1) of a reaction."""

    id: str
    species: str
    sign: int
    stoichiometry: float | None
    maths: Node | None
    constant: bool
    line: int


@dataclass(frozen=True)
class Reaction:
    """A reaction; `rate` None means that it has no kinetic law and moves nothing."""

    id: str
    rate: Node | None
    local: tuple[Variable, ...]
    references: tuple[Reference, ...]
    line: int


@dataclass(frozen=True)
class Rule:
    """`kind` is 'rate', 'assignment', 'algebraic' or 'initial' (an initial assignment)."""

    kind: str
    variable: str
    maths: Node
    line: int


@dataclass(frozen=True)
class Event:
    """An event with its assignments in file order."""

    id: str
    trigger: Node
    assignments: tuple[tuple[str, Node], ...]
    initial_value: bool
    persistent: bool
    use_values_from_trigger: bool
    delay: Node | None
    priority: Node | None
    line: int


@dataclass(frozen=True)
class Document:
    """A whole model."""

    file: str
    name: str
    level: int
    version: int
    conversion: str = ""
    time_unit: str = ""
    functions: dict[str, Node] = field(default_factory=dict[str, Node])
    compartments: tuple[Variable, ...] = ()
    species: tuple[Species, ...] = ()
    parameters: tuple[Variable, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    rules: tuple[Rule, ...] = ()
    events: tuple[Event, ...] = ()
