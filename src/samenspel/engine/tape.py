"""Expressions as a flat list of elementary steps (a tape), shared between all that a model computes.

Equal sub-expressions are one step. Terms of a sum or product are ordered by a digest of what they compute, with symbols
counted by their place in the model: neither names nor the order of listing change a result. Derivatives are steps too.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from sympy.codegen.cfunctions import log10

Step = tuple[str, tuple[int, ...], float]  # operation, argument steps, number (of a constant, or a power)


def _square(x: Any) -> Any:
    return x * x


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "square": _square,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "pow": np.power,
}
UNARY = {sympy.exp: "exp", sympy.log: "log", sympy.tanh: "tanh", sympy.sin: "sin", sympy.cos: "cos", sympy.Abs: "abs"}
WRITTEN_OUT: dict[Any, Callable[..., Any]] = {
    log10: lambda x: sympy.log(x) / sympy.log(10),
    sympy.tan: lambda x: sympy.sin(x) / sympy.cos(x),
    sympy.sinh: lambda x: (sympy.exp(x) - sympy.exp(-x)) / 2,
    sympy.cosh: lambda x: (sympy.exp(x) + sympy.exp(-x)) / 2,
}


class Tape:
    """A growing list of steps; step k may use earlier steps only."""

    def __init__(self, symbols: Sequence[str]) -> None:
        self.steps: list[Step] = []
        self.digests: list[bytes] = []
        self._known: dict[Step, int] = {}
        self._of: dict[sympy.Basic, int] = {}
        self._slopes: dict[tuple[int, int], int | None] = {}
        self._uses: list[int] = []  # bit k: rests on symbol step k
        self._same: dict[int, int] = {}  # one number for all steps that rest on the same symbols
        self._sets: dict[int, frozenset[int]] = {}
        self.symbols = list(symbols)
        self.at: dict[str, int] = {}
        for place, name in enumerate(symbols):
            self.at[name] = self._append(("symbol", (), float(place)))
        self.zero, self.one = self.number(0.0), self.number(1.0)

    def forget(self) -> None:
        """Read expressions anew: some names stand for other steps now."""
        self._of.clear()

    def fork(self, replaced: Mapping[str, int]) -> Tape:
        """The same tape for reading expressions in which some names stand for other steps."""
        other = Tape.__new__(Tape)
        other.__dict__.update(self.__dict__)
        other._of = {}
        other.at = {**self.at, **replaced}
        return other

    def _append(self, step: Step) -> int:
        if step in self._known:
            return self._known[step]
        operation, arguments, number = step
        text = f"{operation}|{number!r}|".encode() + b"".join(self.digests[a] for a in arguments)
        self.steps.append(step)
        self.digests.append(hashlib.blake2b(text, digest_size=8).digest())
        uses = 1 << (len(self.steps) - 1) if operation == "symbol" else 0
        for a in arguments:
            uses |= self._uses[a]
        self._uses.append(self._same.setdefault(uses, uses))
        self._known[step] = len(self.steps) - 1
        return len(self.steps) - 1

    def number(self, value: float) -> int:
        """A constant."""
        return self._append(("number", (), float(value)))

    def _constant(self, k: int) -> float | None:
        operation, _, number = self.steps[k]
        return number if operation == "number" else None

    def apply(self, operation: str, *arguments: int) -> int:
        """A step, with the simplest identities of numbers applied."""
        values = [self._constant(a) for a in arguments]
        if all(v is not None for v in values):
            with np.errstate(all="ignore"):
                return self.number(float(OPERATIONS[operation](*[np.float64(v) for v in values])))
        first, second = values[0], values[-1]
        if operation in ("add", "sub") and second == 0:
            return arguments[0]
        if operation == "add" and first == 0:
            return arguments[1]
        if operation == "sub" and first == 0:
            return self.apply("neg", arguments[1])
        if operation == "mul" and (first == 0 or second == 0):
            return self.zero
        if operation == "mul" and first in (1, -1):
            return arguments[1] if first == 1 else self.apply("neg", arguments[1])
        if operation in ("mul", "div") and second in (1, -1):
            return arguments[0] if second == 1 else self.apply("neg", arguments[0])
        if operation == "div" and first == 0:
            return self.zero
        if operation == "neg" and self.steps[arguments[0]][0] == "neg":
            return self.steps[arguments[0]][1][0]
        return self._append((operation, tuple(arguments), 0.0))

    def _chain(self, operation: str, terms: list[int]) -> int:
        ordered = sorted(terms, key=lambda k: (self._constant(k) is None, self.digests[k]))
        out = ordered[0]
        for term in ordered[1:]:
            out = self.apply(operation, out, term)
        return out

    def read(self, expression: sympy.Basic) -> int:
        """The step that computes a symbolic expression.

        Raises `NotImplementedError` for a function that no engine of the lattice has, `KeyError` for an unknown name.
        """
        if expression in self._of:
            return self._of[expression]
        out = self._read(expression)
        self._of[expression] = out
        return out

    def _read(self, e: sympy.Basic) -> int:
        if isinstance(e, sympy.Symbol):
            return self.at[e.name]
        if e.is_number:
            return self.number(float(e))  # pyright: ignore[reportArgumentType]
        if isinstance(e, sympy.Add):
            plus, minus = [], []
            for term in e.args:
                positive = -term if term.could_extract_minus_sign() else term  # pyright: ignore[reportOperatorIssue]
                (minus if positive is not term else plus).append(self.read(positive))
            if not plus:
                return self.apply("neg", self._chain("add", minus))
            total = self._chain("add", plus)
            return self.apply("sub", total, self._chain("add", minus)) if minus else total
        if isinstance(e, sympy.Mul):
            above, below = [], []
            for factor in e.args:
                if isinstance(factor, sympy.Pow) and factor.exp.could_extract_minus_sign():
                    below.append(self.read(sympy.Pow(factor.base, -factor.exp)))
                else:
                    above.append(self.read(factor))
            top = self._chain("mul", above) if above else self.one
            return self.apply("div", top, self._chain("mul", below)) if below else top
        if isinstance(e, sympy.Pow):
            return self._power(e.base, e.exp)
        for kind, name in UNARY.items():
            if isinstance(e, kind):
                return self.apply(name, self.read(e.args[0]))
        if e.func in WRITTEN_OUT:
            return self.read(WRITTEN_OUT[e.func](*e.args))
        raise NotImplementedError(f"{type(e).__name__} in {e}")

    def _power(self, base: sympy.Basic, exponent: sympy.Basic) -> int:
        if exponent.could_extract_minus_sign():  # pyright: ignore[reportAttributeAccessIssue]
            return self.apply("div", self.one, self.read(sympy.Pow(base, -exponent)))  # pyright: ignore[reportOperatorIssue, reportArgumentType]
        x = self.read(base)
        if exponent == sympy.Rational(1, 2):
            return self.apply("sqrt", x)
        if exponent.is_number and float(exponent).is_integer() and float(exponent) <= 64:  # pyright: ignore[reportArgumentType]
            return self._whole(x, int(float(exponent)))  # pyright: ignore[reportArgumentType]
        return self.apply("pow", x, self.read(exponent))

    def _whole(self, x: int, n: int) -> int:
        if n == 0:
            return self.one
        if n == 1:
            return x
        half = self.apply("square", self._whole(x, n // 2))
        return self.apply("mul", half, x) if n % 2 else half

    def slope(self, k: int, by: int) -> int | None:
        """The derivative of step k with respect to symbol step `by`; None where it is zero by structure."""
        if not self._uses[k] >> by & 1:
            return None
        if (k, by) not in self._slopes:
            self._slopes[k, by] = self._slope(k, by)
        return self._slopes[k, by]

    def _slope(self, k: int, by: int) -> int | None:
        operation, arguments, _ = self.steps[k]
        if operation == "symbol":
            return self.one
        inner = [self.slope(a, by) for a in arguments]
        a, da = arguments[0], inner[0]
        if operation == "add" or operation == "sub":
            if inner[1] is None:
                return da
            if da is None:
                return inner[1] if operation == "add" else self.apply("neg", inner[1])
            return self.apply(operation, da, inner[1])
        if operation in ("mul", "div", "pow"):
            return self._two(operation, k, arguments, da, inner[1])
        assert da is not None
        if operation == "neg":
            return self.apply("neg", da)
        if operation == "square":
            return self.apply("mul", self.apply("mul", self.number(2.0), a), da)
        if operation == "exp":
            return self.apply("mul", k, da)
        if operation == "log":
            return self.apply("div", da, a)
        if operation == "sqrt":
            return self.apply("div", da, self.apply("mul", self.number(2.0), k))
        if operation == "sin":
            return self.apply("mul", self.apply("cos", a), da)
        if operation == "cos":
            return self.apply("neg", self.apply("mul", self.apply("sin", a), da))
        if operation == "abs":
            return self.apply("mul", self.apply("div", a, k), da)  # at 0 not a number: the caller has no slope there
        return self.apply("mul", self.apply("sub", self.one, self.apply("square", k)), da)  # tanh

    def _two(self, operation: str, k: int, arguments: tuple[int, ...], da: int | None, db: int | None) -> int | None:
        a, b = arguments
        if operation == "mul":
            parts = [self.apply("mul", d, o) for d, o in ((da, b), (db, a)) if d is not None]
            return parts[0] if len(parts) == 1 else self.apply("add", *parts)
        if operation == "div":
            if db is None:
                return self.apply("div", self.zero if da is None else da, b)
            top = self.apply("mul", k, db)
            return self.apply("div", self.apply("sub", da, top) if da is not None else self.apply("neg", top), b)
        parts = []
        if da is not None:  # b a^(b-1) a'
            parts.append(self.apply("mul", self.apply("div", self.apply("mul", b, k), a), da))
        if db is not None:
            parts.append(self.apply("mul", self.apply("mul", k, self.apply("log", a)), db))
        return parts[0] if len(parts) == 1 else self.apply("add", *parts)

    def uses(self, k: int) -> frozenset[int]:
        """Symbol steps that step k rests on."""
        mask = self._uses[k]
        if mask not in self._sets:
            self._sets[mask] = frozenset(i for i, bit in enumerate(reversed(f"{mask:b}")) if bit == "1")
        return self._sets[mask]

    def needed(self, outputs: Sequence[int]) -> list[int]:
        """Steps that the outputs rest on, in order."""
        seen: set[int] = set()
        stack = list(outputs)
        while stack:
            k = stack.pop()
            if k not in seen:
                seen.add(k)
                stack.extend(self.steps[k][1])
        return sorted(seen)


class Program:
    """The steps behind some outputs, ready to run on arrays or numbers."""

    def __init__(self, tape: Tape, outputs: Sequence[int]) -> None:
        order = tape.needed(outputs)
        self._place = {k: i for i, k in enumerate(order)}
        self._load: list[tuple[int, int]] = []
        self._fixed: list[tuple[int, float]] = []
        self._run: list[tuple[Callable[..., Any], int, int, int]] = []
        last: dict[int, int] = {}
        for k in order:
            operation, arguments, number = tape.steps[k]
            place = self._place[k]
            if operation == "symbol":
                self._load.append((place, int(number)))
            elif operation == "number":
                self._fixed.append((place, number))
            else:
                spots = [self._place[a] for a in arguments]
                self._run.append((OPERATIONS[operation], place, spots[0], spots[1] if len(spots) > 1 else -1))
            for a in arguments:
                last[self._place[a]] = place
        self._out = [self._place[k] for k in outputs]
        kept = set(self._out)
        self._free: list[list[int]] = [[] for _ in self._run]
        when = {place: i for i, (_, place, _, _) in enumerate(self._run)}
        for spot, user in last.items():
            if spot not in kept:
                self._free[when[user]].append(spot)
        self._size = len(order)

    def __call__(self, symbols: Sequence[Any]) -> list[Any]:
        """Values of the outputs; `symbols` in the order of the tape."""
        v: list[Any] = [None] * self._size
        for place, symbol in self._load:
            v[place] = symbols[symbol]
        for place, number in self._fixed:
            v[place] = number
        with np.errstate(all="ignore"):  # what overflows becomes a value, and its owner a counted failure
            for (f, place, a, b), free in zip(self._run, self._free, strict=True):
                v[place] = f(v[a]) if b < 0 else f(v[a], v[b])
                for spot in free:
                    v[spot] = None
        return [v[k] for k in self._out]
