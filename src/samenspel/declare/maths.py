"""The few functions an equation may use, read four ways: arrays, symbols, units, touched names.

A value that is neither an array nor a symbol says how it behaves through methods called ``exp``, ``log``, ``tanh``,
``sin``, ``cos``, ``sqrt``; `exp` and its sisters only pass the call on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

FUNCTIONS = (sympy.exp, sympy.log, sympy.tanh, sympy.sin, sympy.cos)  # that an equation may hold; roots and powers need none
Value = Any  # array, symbol, dimensioned value or recorder: the four readings share one arithmetic


def _apply(name: str, value: Value) -> Value:
    if isinstance(value, sympy.Basic):
        if name == "sqrt" or value.is_number:
            return getattr(sympy, name)(value)
        return getattr(sympy, name)(value, evaluate=False)  # as written: looking for simplifications takes long
    method = getattr(value, name, None)
    if method is not None and not isinstance(value, np.ndarray | np.generic):
        return method()
    return getattr(np, name)(value)


def exp(value: Value) -> Value:
    """The exponential function; the argument has no unit."""
    return _apply("exp", value)


def log(value: Value) -> Value:
    """The natural logarithm; the argument is positive and has no unit."""
    return _apply("log", value)


def tanh(value: Value) -> Value:
    """The hyperbolic tangent; the argument has no unit."""
    return _apply("tanh", value)


def sin(value: Value) -> Value:
    """The sine; the argument is an angle in radians and has no unit."""
    return _apply("sin", value)


def cos(value: Value) -> Value:
    """The cosine; the argument is an angle in radians and has no unit."""
    return _apply("cos", value)


def sqrt(value: Value) -> Value:
    """The square root; halves the unit's exponents."""
    return _apply("sqrt", value)


def logistic(value: Value) -> Value:
    """1 / (1 + exp(-x)), from 0 to 1; the argument has no unit."""
    return 1 / (1 + exp(-value))


def softplus(value: Value) -> Value:
    """log(1 + exp(x)): a smooth max(x, 0); the argument has no unit."""
    return log(1 + exp(value))


def hill(value: Value, half: Value, exponent: Value) -> Value:
    """x^n / (K^n + x^n) for x >= 0; `half` is K, in the unit of x, `exponent` is n, without unit."""
    ratio = (value / half) ** exponent
    return ratio / (1 + ratio)


def within(value: Value, low: Value, high: Value, edge: Value) -> Value:
    """`value` kept smoothly between `low` and `high`, with a slope between 0 and 1 everywhere.

    low + e (softplus((x - low)/e) - softplus((x - high)/e)); `edge` e is the width of the bend, in the unit of x. Far
    inside it returns x. Because the slope never exceeds 1, a bound cannot make a loop stronger than it is at rest.
    """
    return low + edge * (softplus((value - low) / edge) - softplus((value - high) / edge))
