"""`read_sbml`: an SBML file as a `Model`.

An id of the file keeps its name and means what SBML means by it in a formula: a species is an amount if
hasOnlySubstanceUnits is true, else a concentration. What is integrated:

amount.S        for a species whose id means a concentration: its amount, so that a changing volume leaves it alone;
                S itself is then the assignment amount.S / volume
S               for a species whose id means an amount, or whose concentration has a rate rule
reaction id     an assignment: the extent per unit of time
reaction.k      a local parameter
rate.x          an assignment: the rate of change of x, where a formula asks for rateOf(x)

An element without its formula (allowed in Level 3 Version 2) is left out. A variable without a value starts as NaN;
a compartment without a size and a stoichiometry without a value count as 1, which the log says. Time has the unit of
the file. An id 'time' is called 'id.time', because 'time' is the clock.
"""

from __future__ import annotations

import logging
import math
from pathlib import Path

import sympy

from samenspel.declare.model import EventVar, Model, ParameterVar, SpeciesVar, StateVar
from samenspel.engine.sbml.adaptor import read_document
from samenspel.engine.sbml.determined import rules_of
from samenspel.engine.sbml.document import Document, Event, Reaction, Reference, Species, Variable
from samenspel.engine.sbml.maths import ONE, Translator, Value, divide, literal, negative, plus, symbol, times
from samenspel.engine.sbml.order import ordered
from samenspel.engine.sbml.slopes import slope
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

log = logging.getLogger(__name__)
ZERO = sympy.Integer(0)


def read_sbml(path: str | Path) -> Model:
    """The model of an SBML file (Level 2 to Level 3 Version 2).

    Raises `SamenspelError` with file and line for a file that is malformed or hostile, for unknown ids, circular
    definitions, a variable determined twice, and constructs that are not supported: fast reactions, algebraic rules that
    are not linear, other files, and packages that change the mathematics (but comp).
    """
    try:
        return Builder(read_document(path)).model()
    except RecursionError as fault:
        raise SamenspelError(
            "a formula is nested too deeply.", file=str(path), cure="Name parts of it by assignment rules."
        ) from fault


def address(name: str) -> str:
    """The name in the model of an id of the file."""
    return "id.time" if name == "time" else name


class Builder:
    """Puts one document together as a model."""

    def __init__(self, document: Document) -> None:
        self.d = document
        self.file = document.file
        self.species = {s.id: s for s in document.species}
        self.variables: dict[str, Variable] = {v.id: v for v in (*document.compartments, *document.parameters)}
        self.compartments = {c.id for c in document.compartments}
        self.references = {r.id: r for x in document.reactions for r in x.references if r.id}
        self.reactions = {r.id: r for r in document.reactions}
        self.lines = {
            x.id: x.line for x in (*document.compartments, *document.species, *document.parameters, *document.reactions)
        }
        self.changed = {n for e in document.events for n, _ in e.assignments}
        self.maths = Translator(self._names(), document.functions, self.file)
        self.states: list[StateVar] = []
        self.parameters: list[ParameterVar] = []
        self.drift: dict[str, Value] = {}
        self.initial: dict[str, Value] = {}
        self.assigned: dict[str, Value] = {}
        self.missing: list[str] = []  # what the file does not give and counts as 1
        self.rules, self.initials = rules_of(document, {**self.species, **self.variables, **self.references}, self.error)
        self._check_places()

    def _names(self) -> dict[str, Value]:
        ids = [*self.variables, *self.species, *self.references, *self.reactions]
        return {n: symbol(address(n)) for n in ids}

    def error(self, message: str, line: int = 0, cure: str = "Correct the file.") -> SamenspelError:
        """A mistake in the file."""
        return SamenspelError(message, file=self.file, line=line or None, cure=cure)

    def _check_places(self) -> None:
        for s in self.d.species:
            if s.compartment not in self.compartments:
                raise self.error(
                    f"species {s.id!r} stands in {s.compartment!r}, which is no compartment."
                    f"{hint(s.compartment, self.compartments)}",
                    s.line,
                )

    def model(self) -> Model:
        """The model."""
        from samenspel.engine.sbml.algebraic import solve_algebraic

        for v in self.variables.values():
            self._variable(v)
        for x in self.d.reactions:
            self._reaction(x)
        for s in self.d.species:
            self._one_species(s)
        solve_algebraic(self)
        events = tuple(self._event(e) for e in self.d.events)
        self._rates()
        self.assigned |= self.maths.parts
        assignments = ordered(self.assigned, self.file, self.lines)
        ordered({**self.assigned, **self.initial}, self.file, self.lines)  # a circle among starting values is an error too
        species = tuple(
            SpeciesVar(
                address(s.id),
                address(s.compartment),
                s.amount_only,
                f"amount.{s.id}" if f"amount.{s.id}" in self.drift else None,
            )
            for s in self.d.species
        )
        if self.missing:
            listed = ", ".join(self.missing[:5]) + (", …" if len(self.missing) > 5 else "")
            log.warning("model %s: the file does not give %s: taken as 1", self.d.name, listed)
        units = {address(x.id): x.unit for x in (*self.variables.values(), *self.d.species) if x.unit}
        return Model(
            name=self.d.name, states=tuple(self.states), parameters=tuple(self.parameters), drift=self.drift,
            assignments=tuple(assignments), events=events, outputs=tuple(self._outputs()), units=units,
            initial=self.initial, species=species, origin=self.file,
            delays=tuple((n, of, by) for n, (of, by) in self.maths.delays.items()),
        )  # fmt: skip

    def _outputs(self) -> list[str]:
        ids = [*self.species, *self.variables, *self.references, *(r.id for r in self.d.reactions if r.rate is not None)]
        return [address(n) for n in ids]

    def state(self, name: str, initial: Value, drift: Value = ZERO, unit: str = "") -> None:
        """A variable that rules, reactions or events change, or that starts from a formula."""
        self.states.append(StateVar(name, unit or "1"))
        self.drift[name], self.initial[name] = drift, initial

    def _determined(self, name: str, value: float | None, changes: bool, unit: str) -> None:
        """A compartment, parameter or species reference: assignment, state or constant."""
        at, rule, start = address(name), self.rules.get(name), self.initials.get(name)
        if rule is not None and rule.kind == "assignment":
            self.assigned[at] = self.maths.number(rule.maths, rule.line)
            return
        begin = self.maths.number(start.maths, start.line) if start else literal(math.nan if value is None else value)
        if rule is not None:
            self.state(at, begin, self.maths.number(rule.maths, rule.line), unit)
        elif start is not None or changes or name in self.changed:
            self.state(at, begin, ZERO, unit)
        else:
            self.parameters.append(ParameterVar(at, unit or "1", math.nan if value is None else value))

    def _variable(self, v: Variable) -> None:
        self._determined(v.id, self._size(v) if v.id in self.compartments else v.value, False, v.unit)

    def _size(self, c: Variable) -> float:
        """The size of a compartment; 1 where the file gives none."""
        if c.value is None and c.dimensions != 0 and c.id not in self.rules and c.id not in self.initials:
            self.missing.append(f"the size of {c.id}")
        return 1.0 if c.value is None else c.value

    def _reaction(self, x: Reaction) -> None:
        local: dict[str, Value] = {}
        for p in x.local:
            if p.id in local:
                raise self.error(f"reaction {x.id!r} has two local parameters {p.id!r}.", p.line, "Rename one.")
            self.parameters.append(ParameterVar(f"{x.id}.{p.id}", p.unit or "1", math.nan if p.value is None else p.value))
            local[p.id] = symbol(f"{x.id}.{p.id}")
        for r in x.references:
            if r.species not in self.species:
                raise self.error(
                    f"reaction {x.id!r} uses {r.species!r}, which is no species.{hint(r.species, self.species)}",
                    r.line,
                )
            if r.id:
                if r.maths is not None:
                    self.assigned[address(r.id)] = self.maths.number(r.maths, r.line)
                else:
                    self._determined(r.id, self._count(r), False, "")
        self.assigned[address(x.id)] = self.maths.number(x.rate, x.line, local) if x.rate is not None else sympy.nan

    def volume(self, s: Species) -> sympy.Symbol:
        """The size of a species' compartment."""
        return symbol(address(s.compartment))

    def _one_species(self, s: Species) -> None:
        at, rule, start = address(s.id), self.rules.get(s.id), self.initials.get(s.id)
        if rule is not None and rule.kind == "assignment":
            self.assigned[at] = self.maths.number(rule.maths, rule.line)
            return
        size = self.volume(s)
        if start is not None:
            begin, is_amount = self.maths.number(start.maths, start.line), s.amount_only
        elif s.amount is not None or s.concentration is None:
            begin, is_amount = literal(math.nan if s.amount is None else s.amount), True
        else:
            begin, is_amount = literal(s.concentration), False
        if rule is not None:
            drift, as_amount, name = self.maths.number(rule.maths, rule.line), s.amount_only, at
        else:
            drift, as_amount, name = self._turnover(s), True, at if s.amount_only else f"amount.{s.id}"
        begin = begin if is_amount == as_amount else times(begin, size) if as_amount else divide(begin, size)
        self.state(name, begin, drift, s.unit)
        if name != at:
            self.assigned[at] = divide(symbol(name), size)

    def _turnover(self, s: Species) -> Value:
        """What reactions do to the amount of a species per unit of time."""
        if s.boundary or s.constant:
            return ZERO
        terms: list[Value] = []
        for x in self.d.reactions:
            if x.rate is None:
                continue
            for r in x.references:
                if r.species == s.id:
                    terms.append(self._term(r, x))
        total = plus(*terms)
        factor = s.conversion or self.d.conversion
        if not terms or not factor:
            return total
        if factor not in self.variables:
            raise self.error(f"the conversion factor {factor!r} of species {s.id!r} is no parameter.", s.line)
        return times(symbol(address(factor)), total)

    def _term(self, r: Reference, x: Reaction) -> Value:
        rate = symbol(address(x.id))
        if r.id:
            much: Value = symbol(address(r.id))
        elif r.maths is not None:
            much = self.maths.number(r.maths, r.line)
        else:
            much = literal(self._count(r))
        moved = rate if much == ONE else times(much, rate)
        return moved if r.sign > 0 else negative(moved)

    def _count(self, r: Reference) -> float:
        """A stoichiometry; 1 where the file gives none."""
        if r.stoichiometry is None and r.id not in self.rules and r.id not in self.initials:
            self.missing.append(f"a stoichiometry of {r.species}")
        return 1.0 if r.stoichiometry is None else r.stoichiometry

    def _event(self, e: Event) -> EventVar:
        number = lambda node: self.maths.number(node, e.line) if node is not None else None  # noqa: E731
        return EventVar(
            e.id, self.maths.truth(e.trigger, e.line), {address(n): self.maths.number(m, e.line) for n, m in e.assignments},
            e.initial_value, e.persistent, e.use_values_from_trigger, number(e.delay), number(e.priority),
        )  # fmt: skip

    def _rates(self) -> None:
        """One assignment ``rate.x`` for each x whose rate of change a formula asks for."""
        todo, amounts = sorted(self.maths.rates), {f"amount.{s.id}" for s in self.d.species}
        done: set[str] = set()
        while todo:
            name = todo.pop()
            if name in done:
                continue
            done.add(name)
            if name in self.drift:
                value = self.drift[name]
            elif name in self.assigned:
                value = self._chain(name, amounts, todo)
            else:
                value = ZERO
            self.assigned[f"rate.{name}"] = value

    def _chain(self, name: str, amounts: set[str], todo: list[str]) -> Value:
        """d/dt of an assignment by the chain rule; for amount/size written out, so that it stays as exact as the parts."""
        definition = self.assigned[name]
        below = sorted(s.name for s in definition.free_symbols)
        if any(b in self.maths.delays for b in below):
            what = f"the rate of change of {name!r} hangs on a delay."
            raise self.error(what, self.lines.get(name, 0), "Ask for no rateOf here.")
        moving = [b for b in below if b == "time" or b in self.assigned or (b in self.drift and self.drift[b] != ZERO)]
        todo += [b for b in moving if b != "time"]
        terms: list[Value] = []
        for b in moving:
            by = slope(definition, symbol(b))
            if by is None:
                what = f"the rate of change of {name!r} cannot be written as a formula."
                raise self.error(what, self.lines.get(name, 0), "Ask for no rateOf here.")
            terms.append(times(by, ONE if b == "time" else symbol(f"rate.{b}")))
        return plus(*terms)
