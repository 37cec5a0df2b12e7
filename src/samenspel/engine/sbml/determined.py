"""What determines each variable of a file: at most one rule, and no rule, event or reaction beside what forbids it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from samenspel.engine.sbml.document import Document, Reference, Rule, Species, Variable
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

Known = Mapping[str, Species | Variable | Reference]
Error = Callable[..., SamenspelError]


def rules_of(d: Document, known: Known, error: Error) -> tuple[dict[str, Rule], dict[str, Rule]]:
    """The rate and assignment rules of a document by variable, and its initial assignments.

    `known` are its variables by id, `error` makes an error of (message, line, cure). Raises it for a rule or event about
    something that is no variable or is constant, a variable determined twice, and an event or a reaction that would
    change what a rule determines.
    """
    rules, initials = dict[str, Rule](), dict[str, Rule]()
    for rule in d.rules:
        if rule.kind == "algebraic":
            continue
        name, kept = rule.variable, initials if rule.kind == "initial" else rules
        if name not in known:
            raise error(f"{_kind(rule)} for {name!r}, which is no variable.{hint(name, known)}", rule.line)
        if name in kept:
            raise error(f"{name!r} is determined by two {_kind(rule)}s.", rule.line, "Keep one.")
        if rule.kind != "initial":
            _may_change(known, name, f"{_kind(rule)} for", rule.line, error)
        kept[name] = rule
    for name, start in initials.items():
        if name in rules and rules[name].kind == "assignment":
            raise error(f"{name!r} has an initial assignment and an assignment rule.", start.line, "Keep one.")
    _events(d, known, rules, error)
    _reactions(d, known, rules, error)
    return rules, initials


def _events(d: Document, known: Known, rules: Mapping[str, Rule], error: Error) -> None:
    for event in d.events:
        for name, _ in event.assignments:
            what = f"event {event.id!r} changes"
            if name not in known:
                raise error(f"{what} {name!r}, which is no variable.{hint(name, known)}", event.line)
            _may_change(known, name, what, event.line, error)
            if name in rules and rules[name].kind == "assignment":
                raise error(f"{what} {name!r}, which an assignment rule determines.", event.line, "Keep one.")


def _reactions(d: Document, known: Known, rules: Mapping[str, Rule], error: Error) -> None:
    for x in d.reactions:
        for r in x.references:
            rule, s = rules.get(r.species), known.get(r.species)
            if rule is not None and isinstance(s, Species) and not s.boundary:
                what = f"species {s.id!r} is changed by reaction {x.id!r} and by a rule."
                raise error(what, rule.line, "Remove one, or set the boundaryCondition of the species.")


def _may_change(known: Known, name: str, what: str, line: int, error: Error) -> None:
    if known[name].constant:
        raise error(f"{what} {name!r}, which is constant.", line, 'Write constant="false" where it is declared.')


def _kind(rule: Rule) -> str:
    return "initial assignment" if rule.kind == "initial" else f"{rule.kind} rule"
