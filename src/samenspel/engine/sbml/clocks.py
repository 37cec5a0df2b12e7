"""Moments that are known before they come: where a condition on time alone may change, and only there.

A comparison of g(t) with 0, or the floor or ceiling of it, can change where g is 0, or a whole number. The integrator
stops there, so that it passes over no short pulse and meets ``time == c``, which is true for one moment only, also in
each period of a clock that begins anew (a remainder of time). g is linear in time from one such moment to the next, and
may hang on parameters and on what only events change. What is left out: conditions that are not linear in time, and
equality with something that moves, which is met by chance alone.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from typing import Any

import sympy

from samenspel.declare.model import Model
from samenspel.engine.sbml.code import Code
from samenspel.engine.sbml.maths import negative, plus
from samenspel.engine.sbml.order import needs, reachable, under

log = logging.getLogger(__name__)
STEP = 1e-7  # of the run: how far ahead a clock is read to see how fast it goes
CURVED = 1e-6  # a clock that goes by this share faster or slower along its way is not linear
CORRECTIONS = 3
COMPARISONS = (sympy.Lt, sympy.Le, sympy.Gt, sympy.Ge, sympy.Eq, sympy.Ne)
ROUNDED = (sympy.floor, sympy.ceiling)


class Clocks:
    """The clocks in the conditions of one model."""

    def __init__(self, model: Model, code: Code, conditions: Sequence[Any]) -> None:
        assigned = dict(model.assignments)
        moving = {"time", *(s for s in model.state_names if model.drift[s] != 0), *(n for n, _, _ in model.delays)}
        found: set[Any] = set()
        for c in conditions:
            parts = [c, *(assigned[n] for n in reachable(needs(c), assigned))]
            found |= {a for part in parts for a in part.atoms(*COMPARISONS, *ROUNDED)}
        timed = [a for a in found if under(a, assigned) & moving == {"time"}]
        relations = sorted((a for a in timed if isinstance(a, COMPARISONS)), key=sympy.default_sort_key)
        rounded = sorted((a.args[0] for a in timed if isinstance(a, ROUNDED)), key=sympy.default_sort_key)
        zero = [plus(r.args[0], negative(r.args[1])) for r in relations]
        self.zeros, self.read = len(zero), code.function([*zero, *rounded])
        for a in found - set(timed):
            if isinstance(a, sympy.Eq) and under(a, assigned) & moving:
                log.warning("model %s: a condition asks whether two things that move are equal; this is met by chance only",
                            model.name)  # fmt: skip

    def next(self, y: list[float], p: Sequence[float], t: float, span: float) -> float:
        """The first such moment after t, or infinity; `span` is the length of the run."""
        return min(self._after(y, p, t, span * STEP), default=math.inf)

    def _after(self, y: list[float], p: Sequence[float], t: float, h: float) -> Iterator[float]:
        for i, (a, b, c) in enumerate(zip(*(self.read(y, p, t + k * h) for k in (1.0, 2.0, 3.0)), strict=True)):
            slope = (b - a) / h
            if slope and abs(c - b - slope * h) <= CURVED * abs(slope) * h:
                k = 0.0 if i < self.zeros else math.floor(a) + 1.0 if slope > 0 else math.ceil(a) - 1.0
                moment = self._moment(i, k, t + h, slope, y, p)
                if moment > t:
                    yield moment

    def _moment(self, i: int, k: float, t: float, slope: float, y: list[float], p: Sequence[float]) -> float:
        """When clock i shows k, to the last bit if it can be; -infinity if the line it is on does not lead there."""
        begin = t
        for _ in range(CORRECTIONS):
            t -= (self.read(y, p, t)[i] - k) / slope
        if not abs(self.read(y, p, t)[i] - k) <= CURVED * abs(slope * (t - begin)):
            return -math.inf
        around = (t, math.nextafter(t, math.inf), math.nextafter(t, -math.inf))
        return next((x for x in around if self.read(y, p, x)[i] == k), t)
