"""Shapes of influence as symbols: h(x) for each named form, its scale D and its largest slope.

f = [h(x) - h(x_ref)] / D, D = h(x_ref + U) - h(x_ref) for linear and saturating, else max |h - h(x_ref)| on the range.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from samenspel.evidence.schema_model import Form

Array = npt.NDArray[np.float64]
POINTS = 401  # grid on the source's range for D and the largest slope


def shape(form: Form, x: Any, x_ref: Any, exp: Callable[[Any], Any], tanh: Callable[[Any], Any]) -> Any:
    """h(x) of a form, for symbols or arrays alike."""
    if form.kind in ("linear", "identity"):
        return x
    if form.kind == "saturating":
        return tanh((x - x_ref) / form.s)
    if form.kind == "hill":
        ratio = (x / form.k) ** form.n
        return ratio / (1 + ratio)
    if form.kind == "threshold":
        return 1 / (1 + exp(-(x - form.c) / form.w))
    assert form.m is not None
    assert form.w is not None
    return exp(-((x - form.m) ** 2) / (2 * form.w**2))


def symbolic(form: Form, x: sympy.Expr, x_ref: sympy.Expr) -> sympy.Expr:
    """h(x) as a symbolic expression."""
    return sympy.sympify(shape(form, x, x_ref, sympy.exp, sympy.tanh))


def numeric(form: Form, x: Array, x_ref: Array) -> Array:
    """h(x) as an array."""
    return np.asarray(shape(form, x, x_ref, np.exp, np.tanh), dtype=float)


def scale_and_slope(form: Form, x_ref: Array, sd: float, low: float, high: float) -> tuple[Array, Array]:
    """(D, largest |df/dz| with z in reference SDs) at each x_ref, shape of x_ref; `low`..`high` is the source's range."""
    if form.kind in ("linear", "identity"):
        return np.full_like(x_ref, sd), np.ones_like(x_ref)
    grid = np.linspace(low, high, POINTS)[:, None]
    h = numeric(form, grid, x_ref[None, :])
    base = numeric(form, x_ref, x_ref)
    d = numeric(form, x_ref + sd, x_ref) - base if form.kind == "saturating" else np.abs(h - base).max(0)
    slope = np.abs(np.gradient(h, grid[:, 0], axis=0)).max(0) * sd / np.abs(d)
    return d, slope
