"""How small is small, for each state of an imported model.

    e[i] = atol size[i] min(1, typical[i])

e        absolute tolerance of state i, in its own unit
atol     absolute tolerance asked for
size     size of the compartment, for an amount whose id means a concentration; else 1
typical  |x[i]| at time 0 (a concentration where size counts); for what begins at 0, the smallest such value of its
         kind (species of one compartment, or all other states), and where all of a kind begin at 0, the smallest that the
         first rates of change make of them by the end

Files count in moles or in molecules, so no one number is small for all of them. What is left out: states that begin
large and matter when they are far below 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from samenspel.engine.people import Array
from samenspel.engine.sbml.prepared import Prepared

LEAST = 1e-250  # so that no tolerance is 0


def _finite(x: float) -> float:
    return x if math.isfinite(x) else 0.0


def tolerances(prepared: Prepared, y: Sequence[float], p: Sequence[float], span: float, atol: float) -> Array:
    """The absolute tolerance of every moving state, shape (moving states,)."""
    kinds, sizes = prepared.kinds, prepared.sizes(y, p, 0.0)
    size = np.array([_finite(abs(v)) or 1.0 for v in sizes])
    first = np.array([_finite(abs(v)) for v in y[: prepared.n]]) / size
    slopes = np.array([_finite(abs(v)) for v in prepared.slope(y, p, 0.0)]) * span / size
    smallest = _smallest(kinds, slopes) | _smallest(kinds, first)
    typical = [x or smallest.get(kind, 1.0) for kind, x in zip(kinds, first.tolist(), strict=True)]
    return np.maximum(atol * size * np.minimum(typical, 1.0), LEAST)


def _smallest(kinds: Sequence[str], values: Array) -> dict[str, float]:
    """The smallest value other than 0 of every kind that has one."""
    found: dict[str, float] = {}
    for kind, x in zip(kinds, values.tolist(), strict=True):
        if x:
            found[kind] = min(found.get(kind, x), x)
    return found
