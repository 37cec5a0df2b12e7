"""The order in which read-outs and ports are evaluated, found once from what each one uses."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import sympy

from samenspel.quantities.errors import SamenspelError


def in_order(assignments: Mapping[str, sympy.Expr]) -> tuple[tuple[str, sympy.Expr], ...]:
    """Assignments so that each uses earlier ones only; a circle is an algebraic loop and an error."""
    uses = {
        name: sorted({s.name for s in e.free_symbols} & set(assignments))  # pyright: ignore[reportAttributeAccessIssue]
        for name, e in sorted(assignments.items())
    }
    try:
        order = list(TopologicalSorter(uses).static_order())
    except CycleError as fault:
        circle = " -> ".join(reversed(fault.args[1]))
        raise SamenspelError(f"algebraic loop: {circle}.", cure="Put a state (a delay) between two of them.") from fault
    return tuple((name, assignments[name]) for name in order)
