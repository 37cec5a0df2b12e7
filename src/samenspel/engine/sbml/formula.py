"""From SymPy back to formulas as plain data, for writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.codegen.cfunctions import log10

from samenspel.declare.model import TIME
from samenspel.engine.sbml.document import Node
from samenspel.quantities.errors import SamenspelError

_FUNCTIONS: dict[Any, str] = {
    sympy.exp: "exp", sympy.log: "ln", sympy.sin: "sin", sympy.cos: "cos", sympy.tan: "tan", sympy.sinh: "sinh",
    sympy.cosh: "cosh", sympy.tanh: "tanh", sympy.asin: "arcsin", sympy.acos: "arccos", sympy.atan: "arctan",
    sympy.asinh: "arcsinh", sympy.acosh: "arccosh", sympy.atanh: "arctanh", sympy.floor: "floor",
    sympy.ceiling: "ceiling", sympy.Abs: "abs", sympy.factorial: "factorial", sympy.Min: "min", sympy.Max: "max",
    sympy.And: "and", sympy.Or: "or", sympy.Not: "not", sympy.Xor: "xor", sympy.Add: "plus",
}  # fmt: skip
_RELATIONS = {"<": "lt", "<=": "leq", ">": "gt", ">=": "geq", "==": "eq", "!=": "neq"}


def formula(e: Any, names: Mapping[str, str]) -> Node:
    """The formula of an expression; `names` gives the id of each symbol.

    Raises `SamenspelError` naming a function that SBML does not have.
    """
    if isinstance(e, sympy.Symbol):
        return Node("time") if e == TIME else Node("name", name=names[e.name])
    if isinstance(e, sympy.Number):
        return Node("number", value=float(e))
    if e is sympy.pi or e is sympy.E:
        return Node("pi" if e is sympy.pi else "exponentiale")
    if e is sympy.true or e is sympy.false:
        return Node("true" if e is sympy.true else "false")
    if isinstance(e, sympy.Mul):
        return _product(e, names)
    if isinstance(e, sympy.Pow):
        return _power(e, names)
    if isinstance(e, sympy.Piecewise):
        pairs: Any = e.args
        parts = [x for value, condition in pairs if condition is not sympy.true for x in (value, condition)]
        last = [value for value, condition in pairs if condition is sympy.true][:1]
        return Node("piecewise", tuple([formula(x, names) for x in (*parts, *last)]))
    if isinstance(e, sympy.ITE):
        return Node("piecewise", tuple([formula(e.args[i], names) for i in (1, 0, 2)]))
    below = tuple([formula(a, names) for a in e.args])
    if e.func is log10:
        return Node("log", (Node("number", value=10.0), *below))
    if isinstance(e, sympy.core.relational.Relational):
        return Node(_RELATIONS[e.rel_op], below)  # pyright: ignore[reportAttributeAccessIssue]
    if e.func not in _FUNCTIONS:
        raise SamenspelError(
            f"SBML has no function {e.func.__name__!r}.", cure="Write it with exp, ln, piecewise and the like."
        )
    return Node(_FUNCTIONS[e.func], below)


def _product(e: Any, names: Mapping[str, str]) -> Node:
    upper: list[Any] = []
    lower: list[Any] = []
    for a in e.args:
        if isinstance(a, sympy.Pow) and isinstance(a.args[1], sympy.Number) and a.args[1] < 0:
            lower.append(sympy.Pow(a.args[0], -a.args[1], evaluate=False) if a.args[1] != -1 else a.args[0])
        else:
            upper.append(a)
    top, bottom = _times(upper, names), _times(lower, names)
    return Node("divide", (top, bottom)) if lower else top


def _times(factors: list[Any], names: Mapping[str, str]) -> Node:
    nodes = tuple([formula(f, names) for f in factors])
    return Node("number", value=1.0) if not nodes else nodes[0] if len(nodes) == 1 else Node("times", nodes)


def _power(e: Any, names: Mapping[str, str]) -> Node:
    base, exponent = e.args
    if exponent == sympy.S.Half:
        return Node("root", (Node("number", value=2.0), formula(base, names)))
    if exponent == sympy.S.NegativeOne:
        return Node("divide", (Node("number", value=1.0), formula(base, names)))
    if base is sympy.E:
        return Node("exp", (formula(exponent, names),))
    return Node("power", (formula(base, names), formula(exponent, names)))
