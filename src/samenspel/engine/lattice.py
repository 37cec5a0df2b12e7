"""Time as engines see it: days, slots between edges, and the graded steps inside a slot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Schedule:
    """What comes from outside in one arm.

    `edges` are slot starts as fractions of a day, the first one 0; `inputs[name]` has shape (days, slots). An input
    that is not listed keeps its habitual value. Arms of one run share `first_day`, `days` and `edges`.
    """

    days: int
    first_day: int = 0
    edges: tuple[float, ...] = (0.0,)
    inputs: Mapping[str, Array] = field(default_factory=dict[str, Array])

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError(f"a schedule needs at least one day, got {self.days}")
        rising = all(a < b for a, b in zip(self.edges, self.edges[1:], strict=False))
        if not self.edges or self.edges[0] != 0.0 or not rising or self.edges[-1] >= 1.0:
            raise ValueError(f"slot edges must rise from 0.0 and stay below 1.0, got {self.edges}")
        for name, plan in self.inputs.items():
            if plan.shape != (self.days, len(self.edges)):
                raise ValueError(f"input {name!r}: shape {plan.shape}, expected {(self.days, len(self.edges))}")

    @property
    def slots(self) -> tuple[tuple[float, float], ...]:
        """(start, end) of each slot, in days."""
        return tuple(zip(self.edges, (*self.edges[1:], 1.0), strict=True))


@dataclass(frozen=True)
class StepPlan:
    """How a slot is cut: steps of at most `longest`; the first is halved `depth` times where an input jumped.

    A slot of length L after an edge becomes L/2^k, L/2^k, L/2^(k-1), …, L/2, so that fast states relax in short steps
    and the rest of the day in long ones. `refine` splits every step again; halving is how a run reports its error.
    Every midnight counts as a jump; with `quiet_midnights` only those at which an input changes, and the first: for
    models without noise and without rules at midnight. The states named in `steady` take no part in the halving: they
    cross a slot in steps of at most `stride` (`longest`, if that is longer), and the others see them on a straight line
    in between (`engine.steady` says which states that suits).
    """

    longest: float = 0.25
    depth: int = 4
    refine: int = 1
    quiet_midnights: bool = False
    steady: tuple[str, ...] = ()
    stride: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "steady", tuple(self.steady))  # a list, when read back from a file

    def steps(self, length: float, jumped: bool) -> tuple[float, ...]:
        """Step lengths that add up to `length`."""
        pieces = max(1, math.ceil(length / self.longest - 1e-9))
        size = length / pieces
        out = [size] * pieces
        if jumped and self.depth > 0:
            graded = [2.0**-self.depth] + [2.0**-k for k in range(self.depth, 0, -1)]
            out = [size * g for g in graded] + out[1:]
        return tuple(h / self.refine for h in out for _ in range(self.refine))

    def strides(self, length: float, jumped: bool) -> tuple[tuple[float, ...], ...]:
        """The same steps in groups: the steady states cross each group in one step."""
        steps = self.steps(length, jumped)
        if not self.steady:
            return tuple((h,) for h in steps)
        count = max(1, math.ceil(length / max(self.longest, self.stride) - 1e-9)) * self.refine
        out: list[tuple[float, ...]] = []
        group: list[float] = []
        gone = 0.0
        for h in steps:
            group.append(h)
            gone += h
            if gone >= length * (len(out) + 1) / count - 1e-9:
                out.append(tuple(group))
                group = []
        return tuple(out)


def plan_for(accuracy: float, fastest: float, shortest: float = 1 / 64) -> StepPlan:
    """The coarsest plan expected to meet an RMS error of `accuracy` of a state's spread, with a factor two.

    `fastest` is the largest rate (per day) among the states, `shortest` the least length of a step before halving. The
    error of a second-order step is about (rate * h)^3 / 12 of a unit jump.
    """
    wanted = (12 * accuracy / 2) ** (1 / 3) / max(fastest, 1e-6)
    longest = min(0.5, max(shortest, 2.0 ** math.floor(math.log2(min(wanted * 8, 0.5)))))
    depth = max(0, min(6, math.ceil(math.log2(max(longest / wanted, 1.0)))))
    return StepPlan(longest=longest, depth=depth)


def align(schedules: Sequence[Schedule]) -> list[Schedule]:
    """Give all arms the union of their edges; values between old edges are carried on."""
    first, days = schedules[0].first_day, schedules[0].days
    if any(s.first_day != first or s.days != days for s in schedules):
        raise ValueError("arms of one run start on the same day and last equally long")
    edges = tuple(sorted({e for s in schedules for e in s.edges}))
    out: list[Schedule] = []
    for s in schedules:
        index = np.searchsorted(np.asarray(s.edges), np.asarray(edges), side="right") - 1
        out.append(Schedule(days, first, edges, {n: a[:, index] for n, a in s.inputs.items()}))
    return out
