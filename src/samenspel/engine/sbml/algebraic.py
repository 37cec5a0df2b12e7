"""Algebraic rules: each determines one variable that nothing else determines; solved where they are linear in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy
from sympy.solvers.solveset import NonlinearError

from samenspel.engine.sbml.maths import Value, symbol
from samenspel.engine.sbml.order import needs, ordered, reachable, under

if TYPE_CHECKING:
    from samenspel.engine.sbml.read import Builder


def solve_algebraic(b: Builder) -> None:
    """Replace the algebraic rules of a document by assignments of the variables they determine.

    0 = A z + c, with z one undetermined variable per rule. Raises `SamenspelError` when a rule leaves no variable to
    determine, or is not linear in it.
    """
    from samenspel.engine.sbml.read import address

    rules = [r for r in b.d.rules if r.kind == "algebraic"]
    if not rules:
        return
    undetermined = _undetermined(b)
    zeros = [b.maths.number(r.maths, r.line) for r in rules]
    choices: list[set[str]] = []
    for zero in zeros:
        seen = under(zero, b.assigned)
        choices.append({n for n in undetermined if address(n) in seen})
    chosen = _match(choices)
    for k, rule in enumerate(rules):
        if k not in chosen:
            raise b.error("an algebraic rule leaves no variable for it to determine.", rule.line,
                          "Remove it, or free one variable (not constant, no rule, in no reaction).")  # fmt: skip
    for name in chosen.values():
        _release(b, name)
    unknown = [symbol(address(chosen[k])) for k in range(len(rules))]
    written: dict[sympy.Symbol, Value] = {}
    for name, expression in ordered(b.assigned, b.file):
        if reachable([name], b.assigned) and any(
            needs(b.assigned[d]) & {u.name for u in unknown} for d in reachable([name], b.assigned)
        ):
            written[symbol(name)] = expression.xreplace(written)
    equations = [zero.xreplace(written) for zero in zeros]
    solution = _linear(equations, unknown)
    if solution is None:
        raise b.error("algebraic rules that are not linear in what they determine are not supported.", rules[0].line,
                      "Write them as assignment rules.")  # fmt: skip
    for u, value in zip(unknown, solution, strict=True):
        b.assigned[u.name] = value


def _undetermined(b: Builder) -> list[str]:
    moved = {r.species for x in b.d.reactions for r in x.references}
    free = [s.id for s in b.d.species if not s.constant and (s.boundary or s.id not in moved)]
    free += [v.id for v in b.variables.values() if not v.constant]
    free += [r.id for r in b.references.values() if not r.constant]
    return [n for n in free if n not in b.rules and n not in b.changed]


def _match(choices: list[set[str]]) -> dict[int, str]:
    """A variable of its own for each rule (augmenting paths)."""
    owner: dict[str, int] = {}

    def place(k: int, seen: set[str]) -> bool:
        for name in sorted(choices[k]):
            if name not in seen:
                seen.add(name)
                if name not in owner or place(owner[name], seen):
                    owner[name] = k
                    return True
        return False

    for k in range(len(choices)):
        place(k, set())
    return {k: name for name, k in owner.items()}


def _release(b: Builder, name: str) -> None:
    """Forget that a variable was a constant or a state."""
    from samenspel.engine.sbml.read import address

    names = {address(name), f"amount.{name}"}
    b.states = [s for s in b.states if s.name not in names]
    b.parameters = [p for p in b.parameters if p.name not in names]
    for n in names:
        b.drift.pop(n, None)
        b.initial.pop(n, None)
        b.assigned.pop(n, None)


def _linear(equations: list[Value], unknown: list[sympy.Symbol]) -> list[Value] | None:
    try:
        matrix, right = sympy.linear_eq_to_matrix(equations, unknown)
        return list(matrix.LUsolve(right))
    except (NonlinearError, ValueError, ZeroDivisionError):
        return None
