"""Putting definitions in the order in which they can be computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy

from samenspel.quantities.errors import SamenspelError


def needs(expression: sympy.Basic) -> set[str]:
    """Names of all free symbols."""
    return {s.name for s in expression.free_symbols}  # pyright: ignore[reportAttributeAccessIssue]


def ordered(definitions: Mapping[str, sympy.Basic], file: str, lines: Mapping[str, int] | None = None,
            ) -> list[tuple[str, Any]]:  # fmt: skip
    """Definitions such that each uses only earlier ones (and names that are not defined here).

    Among those that are free, declared order is kept. Raises `SamenspelError` naming the members of a circle.
    """
    waits = {n: needs(e) & definitions.keys() for n, e in definitions.items()}
    users: dict[str, list[str]] = {n: [] for n in definitions}
    for n, below in waits.items():
        for b in below:
            users[b].append(n)
    free = [n for n, below in waits.items() if not below]
    out: list[tuple[str, Any]] = []
    i = 0
    while i < len(free):
        name = free[i]
        i += 1
        out.append((name, definitions[name]))
        for user in users[name]:
            waits[user].discard(name)
            if not waits[user]:
                free.append(user)
    if len(out) < len(definitions):
        circle = _circle({n: b for n, b in waits.items() if b})
        raise SamenspelError(
            f"these define each other in a circle: {' -> '.join(circle)}.",
            file=file,
            line=(lines or {}).get(circle[0]) or None,
            cure="Break the circle, for example by a rate rule.",
        )
    return out


def _circle(waits: Mapping[str, set[str]]) -> list[str]:
    name = next(iter(waits))
    path: list[str] = []
    while name not in path:
        path.append(name)
        name = min(b for b in waits[name] if b in waits)
    return [*path[path.index(name) :], name]


def reachable(wanted: Iterable[str], definitions: Mapping[str, sympy.Basic]) -> set[str]:
    """Names among `definitions` that are needed, directly or not, to know `wanted`."""
    found: set[str] = set()
    todo = [n for n in wanted if n in definitions]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [n for n in needs(definitions[name]) if n in definitions and n not in found]
    return found


def under(expression: sympy.Basic, definitions: Mapping[str, sympy.Basic]) -> set[str]:
    """All names that an expression hangs on, those of the definitions it needs among them."""
    first = needs(expression)
    return first | {n for d in reachable(first, definitions) for n in needs(definitions[d])}
