"""From a formula as plain data to SymPy, kept as written: nothing is simplified, so infinities and NaN survive.

Numbers and truth values are two kinds in SymPy; SBML Level 3 Version 2 lets one stand for the other (0 is false, any
other number true), so each is turned into the other where it is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import sympy
from sympy.codegen.cfunctions import log10
from sympy.logic.boolalg import Boolean

from samenspel.declare.model import TIME
from samenspel.engine.sbml.document import Node
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

_Piecewise: Any = sympy.Piecewise
_And: Any = sympy.And
_Or: Any = sympy.Or

#: the number SBML Level 3 prescribes for its csymbol (CODATA 2006), 1/mol
AVOGADRO = 6.02214179e23
#: deepest formula after functions are written out
DEEPEST = 150
#: steps of all formulas of one file after functions are written out
LARGEST = 400_000

Value = Any  # a number or a truth value of SymPy
ONE, MINUS_ONE, ZERO, HALF = sympy.Integer(1), sympy.Integer(-1), sympy.Integer(0), sympy.Rational(1, 2)


def symbol(name: str) -> sympy.Symbol:
    """The symbol of an address."""
    return sympy.Symbol(name, real=True)


def _is_truth(value: Value) -> bool:
    return isinstance(value, Boolean) and not isinstance(value, sympy.Symbol)


def number(value: Value) -> Value:
    """A truth value as 0 or 1; numbers pass."""
    if _is_truth(value):
        return _Piecewise((ONE, value), (ZERO, True), evaluate=False)
    return value


def truth(value: Value) -> Value:
    """A number as a truth value (not 0); truth values pass."""
    if _is_truth(value):
        return value
    return sympy.Ne(value, ZERO, evaluate=False)


def plus(*terms: Value) -> Value:
    """The sum, in the order given."""
    return sympy.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0] if terms else ZERO


def times(*factors: Value) -> Value:
    """The product, in the order given."""
    return sympy.Mul(*factors, evaluate=False) if len(factors) > 1 else factors[0] if factors else ONE


def power(base: Value, exponent: Value) -> Value:
    """Base ** exponent."""
    return sympy.Pow(base, exponent, evaluate=False)


def divide(upper: Value, lower: Value) -> Value:
    """Upper / lower; division by zero is left to the moment of evaluation."""
    return times(upper, power(lower, MINUS_ONE))


def negative(value: Value) -> Value:
    """-value."""
    return times(MINUS_ONE, value)


def literal(value: float) -> Value:
    """A number of the file."""
    if math.isnan(value):
        return sympy.nan
    if math.isinf(value):
        return sympy.oo if value > 0 else -sympy.oo
    return sympy.Integer(int(value)) if value == int(value) and abs(value) < 1e9 else sympy.Float(value)


def _call(function: Any) -> Callable[[Value], Value]:
    return lambda x: function(x, evaluate=False)


def _inverse(function: Any) -> Callable[[Value], Value]:
    return lambda x: function(power(x, MINUS_ONE), evaluate=False)


def _reciprocal(function: Any) -> Callable[[Value], Value]:
    return lambda x: power(function(x, evaluate=False), MINUS_ONE)


def _ratio(upper: Any, lower: Any) -> Callable[[Value], Value]:
    return lambda x: divide(upper(x, evaluate=False), lower(x, evaluate=False))


def _whole(x: Value) -> Value:
    """X without its fraction, toward zero."""
    down, up = sympy.floor(x, evaluate=False), sympy.ceiling(x, evaluate=False)
    return _Piecewise((down, sympy.Ge(x, ZERO, evaluate=False)), (up, True), evaluate=False)


_ONE_ARGUMENT: dict[str, Callable[[Value], Value]] = {
    "abs": _call(sympy.Abs), "exp": _call(sympy.exp), "ln": _call(sympy.log), "floor": _call(sympy.floor),
    "ceiling": _call(sympy.ceiling), "factorial": _call(sympy.factorial), "sin": _call(sympy.sin),
    "cos": _call(sympy.cos), "tan": _call(sympy.tan), "sinh": _call(sympy.sinh), "cosh": _call(sympy.cosh),
    "tanh": _call(sympy.tanh), "arcsin": _call(sympy.asin), "arccos": _call(sympy.acos), "arctan": _call(sympy.atan),
    "arcsinh": _call(sympy.asinh), "arccosh": _call(sympy.acosh), "arctanh": _call(sympy.atanh),
    "sec": _reciprocal(sympy.cos), "csc": _reciprocal(sympy.sin), "cot": _ratio(sympy.cos, sympy.sin),
    "sech": _reciprocal(sympy.cosh), "csch": _reciprocal(sympy.sinh), "coth": _ratio(sympy.cosh, sympy.sinh),
    "arcsec": _inverse(sympy.acos), "arccsc": _inverse(sympy.asin), "arccot": _inverse(sympy.atan),
    "arcsech": _inverse(sympy.acosh), "arccsch": _inverse(sympy.asinh), "arccoth": _inverse(sympy.atanh),
}  # fmt: skip
_RELATIONS: dict[str, Any] = {"lt": sympy.Lt, "leq": sympy.Le, "gt": sympy.Gt, "geq": sympy.Ge, "eq": sympy.Eq, "neq": sympy.Ne}
_CONSTANTS: dict[str, Value] = {
    "time": TIME, "avogadro": sympy.Float(AVOGADRO), "pi": sympy.pi, "exponentiale": sympy.E,
    "true": sympy.true, "false": sympy.false,
}  # fmt: skip
_COUNTS = {**dict.fromkeys(_ONE_ARGUMENT, (1, 1)), **dict.fromkeys(("power", "divide", "quotient", "rem", "implies"), (2, 2)),
           "minus": (1, 2), "not": (1, 1), "rateOf": (1, 1), "log": (1, 2), "root": (1, 2),
           "min": (1, 10**6), "max": (1, 10**6)}  # fmt: skip


class Translator:
    """Turns the formulas of one file into SymPy.

    names      every id that maths may use, and what stands for it
    functions  the function definitions of the file
    """

    def __init__(self, names: Mapping[str, Value], functions: Mapping[str, Node], file: str) -> None:
        self.names, self.functions, self.file = names, functions, file
        self.rates: set[str] = set()  # ids whose rate of change some formula asks for
        self.parts: dict[str, Value] = {}  # piecewise formulas that stand inside a condition, by the name they got
        self.delays: dict[str, tuple[Value, Value]] = {}  # what is asked about the past, and how far back, by the name it got
        self.steps = 0
        self._open: list[str] = []

    def number(self, node: Node, line: int, local: Mapping[str, Value] | None = None) -> Value:
        """The formula as a number."""
        return number(self._walk(node, local or {}, line, 0))

    def truth(self, node: Node, line: int) -> Value:
        """The formula as a truth value."""
        return self._truth(self._walk(node, {}, line, 0))

    def _error(self, message: str, line: int, cure: str) -> SamenspelError:
        return SamenspelError(message, file=self.file, line=line or None, cure=cure)

    def _walk(self, node: Node, local: Mapping[str, Value], line: int, depth: int) -> Value:
        self.steps += 1
        if depth > DEEPEST or self.steps > LARGEST:
            what = f"nested more than {DEEPEST} deep" if depth > DEEPEST else f"longer than {LARGEST} steps in all"
            raise self._error(
                f"with functions written out, formulas are {what}.", line, "Name parts of it by assignment rules."
            )
        kind = node.kind
        if kind == "number":
            return literal(node.value)
        if kind == "name":
            return self._name(node.name, local, line)
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind == "rateOf":
            return self._rate_of(node, local, line)
        if kind == "delay":
            return self._past(node, local, line, depth)
        below = [self._walk(c, local, line, depth + 1) for c in _flat(node)]
        if kind == "call":
            return self._call(node.name, below, line, depth)
        low, high = _COUNTS.get(kind, (0, 10**6))
        if not low <= len(below) <= high:
            raise self._error(
                f"{kind!r} has {len(below)} arguments, needs {low if low == high else f'{low} to {high}'}.",
                line,
                "Correct the formula.",
            )
        if kind in ("and", "or", "xor", "not", "implies"):
            return _logical(kind, [self._truth(b) for b in below])
        if kind in ("eq", "neq") and len(below) == 2 and all(_is_truth(b) for b in below):
            differ = _logical("xor", below)
            return differ if kind == "neq" else _logical("not", [differ])
        if kind in _RELATIONS:
            return _relation(kind, [self._named(number(b)) for b in below])
        if kind == "piecewise":
            return _piecewise([self._truth(b) if i % 2 else b for i, b in enumerate(below)])
        parts = [number(b) for b in below]
        if kind in ("min", "max"):
            parts = [self._named(x) if x.has(sympy.nan) else x for x in parts]
        return _arithmetic(kind, parts)

    def _named(self, value: Value) -> Value:
        """A value for a condition: SymPy rewrites what is piecewise and compares no NaN, so those become assignments."""
        if not value.has(sympy.Piecewise, sympy.nan):
            return value
        for name, part in self.parts.items():
            if part == value:
                return symbol(name)
        name = f"part.{len(self.parts) + 1}"
        self.parts[name] = value
        return symbol(name)

    def _truth(self, value: Value) -> Value:
        return value if _is_truth(value) else truth(self._named(value))

    def _name(self, name: str, local: Mapping[str, Value], line: int) -> Value:
        if name in local:
            return local[name]
        if self._open or name not in self.names:
            known = local if self._open else self.names
            where = (
                f"function {self._open[-1]!r} uses {name!r}, which is not one of its arguments"
                if self._open
                else f"nothing is called {name!r}"
            )
            raise self._error(f"{where}.{hint(name, known)}", line, "Declare it, or correct the name.")
        return self.names[name]

    def _rate_of(self, node: Node, local: Mapping[str, Value], line: int) -> Value:
        target = node.children[0] if len(node.children) == 1 else Node("none")
        value = self._walk(target, local, line, 0) if target.kind == "name" else None
        if not isinstance(value, sympy.Symbol):
            raise self._error(
                "'rateOf' needs exactly one variable.", line, "Give it the id of a species, compartment or parameter."
            )
        self.rates.add(value.name)
        return symbol(f"rate.{value.name}")

    def _past(self, node: Node, local: Mapping[str, Value], line: int, depth: int) -> Value:
        if len(node.children) != 2:
            raise self._error("'delay' needs a formula and a time.", line, "Give it both.")
        of, by = (number(self._walk(c, local, line, depth + 1)) for c in node.children)
        for name, pair in self.delays.items():
            if pair == (of, by):
                return symbol(name)
        name = f"past.{len(self.delays) + 1}"
        self.delays[name] = (of, by)
        return symbol(name)

    def _call(self, name: str, arguments: list[Value], line: int, depth: int) -> Value:
        definition = self.functions.get(name)
        if definition is None:
            raise self._error(f"no function {name!r}.{hint(name, self.functions)}", line, "Define it.")
        if name in self._open:
            raise self._error(f"function {name!r} calls itself.", line, "Functions of SBML cannot be recursive.")
        formal = definition.name.split() if definition.kind == "lambda" else []
        if len(formal) != len(arguments):
            raise self._error(
                f"function {name!r} takes {len(formal)} arguments, got {len(arguments)}.", line, "Correct the call."
            )
        self._open.append(name)
        body = definition.children[0] if definition.kind == "lambda" else definition
        out = self._walk(body, dict(zip(formal, arguments, strict=True)), line, depth + 1)
        self._open.pop()
        return out


def _flat(node: Node) -> list[Node]:
    """The arguments of a step, with those of a sum within a sum (product, and, or) in its place: writers bracket long ones."""
    if node.kind not in ("plus", "times", "and", "or"):
        return list(node.children)
    found, todo = list[Node](), list(reversed(node.children))
    while todo:
        child = todo.pop()
        if child.kind == node.kind:
            todo += reversed(child.children)
        else:
            found.append(child)
    return found


def _logical(kind: str, parts: list[Value]) -> Value:
    if kind == "not":
        return sympy.Not(parts[0], evaluate=False)
    if kind == "implies":
        return _Or(sympy.Not(parts[0], evaluate=False), parts[1], evaluate=False)
    if kind == "xor":
        out = parts[0] if parts else sympy.false
        for part in parts[1:]:
            out = sympy.Xor(out, part)
        return out
    if len(parts) == 1:
        return parts[0]
    return (_And if kind == "and" else _Or)(*parts, evaluate=False)


def _relation(kind: str, parts: list[Value]) -> Value:
    pairs = [_RELATIONS[kind](a, b, evaluate=False) for a, b in pairwise(parts)]
    return sympy.true if not pairs else pairs[0] if len(pairs) == 1 else _And(*pairs, evaluate=False)


def _piecewise(parts: list[Value]) -> Value:
    pairs = [(parts[i], parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
    values = [v for v, _ in pairs] + (parts[-1:] if len(parts) % 2 else [])
    logical = bool(values) and all(_is_truth(v) for v in values)
    last = number(parts[-1]) if len(parts) % 2 else sympy.nan
    if not pairs:
        return last
    out = _Piecewise(*((number(v), c) for v, c in pairs), (last, True), evaluate=False)
    return sympy.Ne(out, ZERO, evaluate=False) if logical else out


def _arithmetic(kind: str, parts: list[Value]) -> Value:
    if kind in _ONE_ARGUMENT:
        return _ONE_ARGUMENT[kind](parts[0])
    if kind == "plus":
        return plus(*parts)
    if kind == "times":
        return times(*parts)
    if kind == "minus":
        return negative(parts[0]) if len(parts) == 1 else plus(parts[0], negative(parts[1]))
    if kind == "divide":
        return divide(*parts)
    if kind == "power":
        return power(*parts)
    if kind == "root":
        degree, x = parts if len(parts) == 2 else (sympy.Integer(2), parts[0])
        return power(x, HALF) if degree == 2 else power(x, power(degree, MINUS_ONE))
    if kind == "log":
        base, x = parts if len(parts) == 2 else (sympy.Integer(10), parts[0])
        if base == 10:
            return log10(x, evaluate=False)  # exact at powers of ten
        return divide(sympy.log(x, evaluate=False), sympy.log(base, evaluate=False))
    if kind in ("min", "max"):
        return (sympy.Min if kind == "min" else sympy.Max)(*parts, evaluate=False) if len(parts) > 1 else parts[0]
    whole = _whole(divide(*parts))  # quotient, rem
    return whole if kind == "quotient" else plus(parts[0], negative(times(parts[1], whole)))
