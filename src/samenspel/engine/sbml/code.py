"""From SymPy to fast functions of one point: every number a Python float, with IEEE rules where Python would stop.

Each function exists twice. The quick one uses `math`; when that raises (division by zero, overflow, a logarithm of a
negative number) the careful one repeats the evaluation with NumPy scalars, which give infinities and NaN. Names of the
file never reach the generated text: a symbol is printed as a position in a list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from sympy.codegen.cfunctions import log10

from samenspel.declare.model import TIME, Model
from samenspel.engine.sbml.order import reachable
from samenspel.engine.sbml.past import Past

DEEP = 30  # parts nested deeper are computed on a line of their own, because Python's parser has a limit
Function = Callable[[Sequence[float], Sequence[float], float], list[Any]]


def _factorial(x: float) -> float:
    if math.isnan(x) or x < 0:
        return math.nan
    if x > 170:
        return math.inf
    return float(math.factorial(int(x))) if x == int(x) else math.gamma(x + 1)


def _floor(x: float) -> float:
    return float(math.floor(x))


def _ceiling(x: float) -> float:
    return float(math.ceil(x))


def _smaller(*parts: float) -> float:
    return math.nan if any(p != p for p in parts) else min(parts)


def _larger(*parts: float) -> float:
    return math.nan if any(p != p for p in parts) else max(parts)


_QUICK: dict[str, Any] = {
    **{n: getattr(math, n) for n in ("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
                                     "tanh", "asinh", "acosh", "atanh", "pow", "log10")},
    "floor": _floor, "ceiling": _ceiling, "absolute": abs, "factorial": _factorial, "smaller": _smaller,
    "larger": _larger, "F": float, "inf": math.inf, "nan": math.nan,
}  # fmt: skip
_CAREFUL: dict[str, Any] = {
    **{n: getattr(np, n) for n in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "floor", "log10")},
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "pow": np.power, "ceiling": np.ceil, "absolute": abs, "factorial": _factorial,
    "smaller": _smaller, "larger": _larger, "F": np.float64, "inf": np.float64(np.inf), "nan": np.float64(np.nan),
}  # fmt: skip
_NAMED: dict[Any, str] = {
    sympy.exp: "exp", sympy.log: "log", sympy.sin: "sin", sympy.cos: "cos", sympy.tan: "tan", sympy.sinh: "sinh",
    sympy.cosh: "cosh", sympy.tanh: "tanh", sympy.asin: "asin", sympy.acos: "acos", sympy.atan: "atan",
    sympy.asinh: "asinh", sympy.acosh: "acosh", sympy.atanh: "atanh", sympy.floor: "floor", sympy.ceiling: "ceiling",
    sympy.Abs: "absolute", sympy.factorial: "factorial", sympy.Min: "smaller", sympy.Max: "larger", log10: "log10",
}  # fmt: skip


class Printer:
    """Prints expressions as lines of a function.

    places  how each symbol is written
    wrap    whether numbers are made NumPy scalars
    frozen  expressions that are printed as a place instead
    lines   (name, text) to be computed first; parts deeper than `DEEP` get a line of their own
    """

    def __init__(self, places: Mapping[str, str], wrap: bool, frozen: Mapping[Any, str]) -> None:
        self.places, self.wrap, self.frozen, self.depth = places, wrap, frozen, 0
        self.lines: list[tuple[str, str]] = []

    def __call__(self, e: Any) -> str:
        """The text of an expression."""
        if self.depth == DEEP:
            self.depth = 0
            text = self._text(e)
            self.depth = DEEP
            self.lines.append((f"x_{len(self.lines)}", text))
            return self.lines[-1][0]
        self.depth += 1
        text = self._text(e)
        self.depth -= 1
        return text

    def _text(self, e: Any) -> str:
        if self.frozen and e in self.frozen:
            return self.frozen[e]
        if isinstance(e, sympy.Symbol):
            return self.places[e.name]
        if isinstance(e, sympy.Number | sympy.NumberSymbol):
            return self._constant(e)
        kind = e.func
        if kind is sympy.Add:
            return f"({' + '.join([self(a) for a in e.args])})"
        if kind is sympy.Mul:
            return self._product(e)
        if kind is sympy.Pow:
            return self._power(*e.args)
        if kind in _NAMED:
            return f"{_NAMED[kind]}({', '.join([self(a) for a in e.args])})"
        if kind is sympy.Piecewise:
            return self._choice(e)
        return self._condition(e)

    def _constant(self, e: Any) -> str:
        if e is sympy.nan:
            return "nan"
        if e in (sympy.oo, -sympy.oo):
            return "inf" if e is sympy.oo else "(-inf)"
        try:
            value = float(e)
        except OverflowError:
            return "inf" if e > 0 else "(-inf)"
        text = repr(value) if value >= 0 else f"({value!r})"
        return f"F({text})" if self.wrap else text

    def _product(self, e: Any) -> str:
        upper, lower = [], []
        for a in e.args:
            if a.func is sympy.Pow and a.args[1] is sympy.S.NegativeOne:
                lower.append(self(a.args[0]))
            else:
                upper.append(self(a))
        top = " * ".join(upper) if upper else self._constant(sympy.Integer(1))
        return f"({' / '.join([f'({top})' if len(upper) > 1 else top, *lower])})" if lower else f"({top})"

    def _power(self, base: Any, exponent: Any) -> str:
        if exponent is sympy.S.NegativeOne:
            return f"({self._constant(sympy.Integer(1))} / {self(base)})"
        if exponent is sympy.S.Half:
            return f"sqrt({self(base)})"
        return f"pow({self(base)}, {self(exponent)})"

    def _choice(self, e: Any) -> str:
        text = "nan"
        for value, condition in reversed(e.args):
            text = self(value) if condition is sympy.true else f"({self(value)} if {self(condition)} else {text})"
        return text

    def _condition(self, e: Any) -> str:
        if e is sympy.true or e is sympy.false:
            return "True" if e is sympy.true else "False"
        if isinstance(e, sympy.core.relational.Relational):
            return f"({self(e.args[0])} {e.rel_op} {self(e.args[1])})"  # pyright: ignore[reportAttributeAccessIssue]
        if e.func in (sympy.And, sympy.Or):
            return f"({(' and ' if e.func is sympy.And else ' or ').join([self(a) for a in e.args])})"
        if e.func is sympy.Not:
            return f"(not {self(e.args[0])})"
        if e.func is sympy.Xor:
            return f"(({' + '.join([f'bool({self(a)})' for a in e.args])}) % 2 == 1)"
        if e.func is sympy.ITE:
            return f"({self(e.args[1])} if {self(e.args[0])} else {self(e.args[2])})"
        if e is sympy.zoo:
            return "nan"
        raise NotImplementedError(f"no code for {e.func.__name__}")


class Code:
    """Functions of (states, parameters, time) for one model; states in the order given, `more` names after the parameters."""

    def __init__(self, model: Model, states: Sequence[str], more: Sequence[str] = ()) -> None:
        self.assigned: dict[str, Any] = dict(model.assignments)
        self.order = [n for n, _ in model.assignments]
        self.places = {n: f"v_{i}" for i, n in enumerate(self.order)}
        self.places |= {n: f"y[{i}]" for i, n in enumerate(states)}
        self.places |= {n: f"p[{i}]" for i, n in enumerate((*model.parameter_names, *(n for n, _, _ in model.delays), *more))}
        self.places[TIME.name] = "t"
        self.past = [n for n, _, _ in model.delays]

    def function(self, wanted: Sequence[Any], before: Sequence[tuple[str, Any]] | None = None,
                 frozen: Mapping[Any, str] | None = None) -> Function:  # fmt: skip
        """A function that returns the values of `wanted` in order, computing only the assignments they need.

        `before` replaces the assignments of the model by other definitions, already in order. `frozen` gives
        expressions that are taken from a place (such as ``p[7]``) instead of being computed.
        """
        if not wanted:
            return lambda y, p, t: []
        definitions = dict(before) if before is not None else self.assigned
        order = [n for n, _ in before] if before is not None else self.order
        used = reachable({s.name for e in wanted for s in e.free_symbols}, definitions)
        steps = [(n, definitions[n]) for n in order if n in used]
        places = self.places
        if before is not None:
            places = {**places, **{n: f"w_{i}" for i, n in enumerate(order)}}
        made: list[Any] = [_compile(wanted, steps, Printer(places, False, frozen or {}), _QUICK)]
        touched = {s.name for e in (*wanted, *(e for _, e in steps)) for s in e.free_symbols} if self.past else set[str]()
        asked = [k for k, name in enumerate(self.past) if name in touched]

        def evaluate(y: Sequence[float], p: Sequence[float], t: float) -> list[Any]:
            p = p.at(y, t, asked) if isinstance(p, Past) else p
            try:
                return made[0](y, p, t)
            except (ArithmeticError, ValueError):
                if len(made) == 1:
                    made.append(_compile(wanted, steps, Printer(places, True, frozen or {}), _CAREFUL))
                with np.errstate(all="ignore"):
                    return made[1]([np.float64(x) for x in y], [np.float64(x) for x in p], np.float64(t))

        return evaluate


class _AsIs:
    """The printing interface that `lambdify` asks for: the lines are printed already."""

    @staticmethod
    def doprint(text: str) -> str:
        """The text itself."""
        return text


def _compile(wanted: Sequence[Any], steps: Sequence[tuple[str, Any]], printer: Printer, names: dict[str, Any]) -> Any:
    for name, e in steps:
        text = printer(e)
        printer.lines.append((printer.places[name], text))
    result = f"[{', '.join([printer(e) for e in wanted])}]"
    arguments = [sympy.Symbol(n) for n in ("y", "p", "t")]
    lines: Any = lambda e: (printer.lines, e)  # noqa: E731
    return sympy.lambdify(arguments, result, modules=[names], printer=_AsIs, cse=lines, docstring_limit=0)
