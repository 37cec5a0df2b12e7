"""How exact a plan of steps is, measured: the same people again with finer steps.

    error = max over states of  RMS over arms, days and people of (x_plan - x_fine) / (SD of x_fine + FLOOR)

taken over people whose discrete history (stages, decisions, events) is the same under both; the share of the others is
reported beside it. A second-order step has about a quarter of the error at half the length, so a difference between a plan
and its halves is three quarters of the plan's error; `error_by_halving` makes up for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.engine.lattice import Schedule, StepPlan
from samenspel.engine.people import Condition, People, Result, Trajectories
from samenspel.engine.run import Engine, run
from samenspel.engine.steady import SHORTEST, steady_states
from samenspel.quantities.errors import SamenspelError

FLOOR = 0.01  # added to each state's SD: some hardly move
LOOSEST, STRICTEST = 0.1, 1e-4  # of accuracies that may be asked: below, single precision is the limit
SINGLE = 5e-4  # accuracy asked down to which single precision, compensated, is fine enough to measure by
STRIDE = 0.25  # days; longest step of the other states where some are declared fast
FINE = StepPlan(1 / 64, 4)  # what candidates are measured against
CANDIDATES = tuple(StepPlan(1 / n, depth) for n in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32) for depth in range(5))


@dataclass(frozen=True)
class Exactness:
    """What a comparison of two plans found; `state` is the one with the largest error, shares and errors without unit."""

    error: float
    state: str
    other_history: float
    people: int

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def _number(given: object) -> bool:
    return isinstance(given, int | float | np.number)


def checked(accuracy: float) -> float:
    """The accuracy asked, if a plan can be found for it.

    Raises `SamenspelError` outside `STRICTEST` to `LOOSEST`.
    """
    if not _number(accuracy) or not STRICTEST <= accuracy <= LOOSEST:  # refuses NaN too
        raise SamenspelError(
            f"accuracy must lie from {STRICTEST:g} to {LOOSEST:g} of a state's spread, got {accuracy!r}.",
            cure="Give --accuracy 1e-3, the default, or a number in that range.",
        )
    return accuracy


def compare(plan: Sequence[Trajectories], fine: Sequence[Trajectories], states: Sequence[str]) -> Exactness:
    """Error of the arms `plan` against the arms `fine`; all that was saved beside `states` is discrete history."""
    x, y = (np.stack([r.values for r in arms]) for arms in (plan, fine))
    m = len(states)
    alive = np.logical_and.reduce([r.end.codes == Result.OK for r in (*plan, *fine)])
    same = (x[:, m:] == y[:, m:]).all(axis=(0, 1, 2)) & alive
    if not same.any() or not m:
        return Exactness(float("inf") if m else 0.0, "", 1.0 if m else 0.0, int(alive.sum()))
    scale = y[:, :m][..., alive].std(axis=(0, 2, 3)) + FLOOR
    away: npt.NDArray[np.float64] = np.sqrt(((x[:, :m] - y[:, :m])[..., same] ** 2).mean(axis=(0, 2, 3))) / scale
    k = int(np.argmax(away))
    return Exactness(float(away[k]), states[k], 1.0 - float(np.mean(same[alive])), int(alive.sum()))


class Pilot:
    """A few people run under several plans: the same chance, the same arms, every day looked at."""

    def __init__(
        self, model: Model, people: People, schedules: Sequence[Schedule], start: Condition, *, seed: int, days: int = 28,
        engine: Engine = "auto",
    ) -> None:  # fmt: skip
        days = min(days, schedules[0].days)
        self.model, self.people, self.start, self.seed = model, people, start, seed
        self.engine: Engine = engine
        self.schedules = [
            replace(s, days=days, inputs={k: v[:days] for k, v in s.inputs.items()}) for s in schedules
        ]
        smooth = {f"noise.{s}" for s in model.noise} | {f"feed.{a}" for a in model.feeds}
        smooth |= {v.name for v in (*model.accumulators, *model.society)}
        self.discrete = [n for n in model.held_names if n not in smooth]
        self.first, self.days = schedules[0].first_day, days

    def run(self, plan: StepPlan, *, exact: bool = False) -> list[Trajectories]:
        """All arms under a plan; `exact`: in double precision."""
        return run(
            self.model, self.people, self.schedules, start=self.start, seed=self.seed, plan=plan, engine=self.engine,
            save=[*self.model.state_names, *self.discrete], save_days=range(self.first, self.first + self.days),
            precision="double" if exact else "single",
        )  # fmt: skip

    def cost(self, plan: StepPlan) -> float:
        """Steps of a state, in the mean over states, on a day on which every edge is a jump."""
        edges = sorted({edge for s in self.schedules for edge in s.edges} | {1.0})
        groups = [group for a, b in pairwise(edges) for group in plan.strides(b - a, True)]
        share = len(plan.steady) / max(1, len(self.model.states))
        return (1 - share) * sum(len(group) for group in groups) + share * len(groups)

    def coarsest(self, accuracy: float) -> tuple[StepPlan, Exactness]:
        """The cheapest candidate whose error is at most half the accuracy, or the most exact one; and its error.

        If that plan halves steps after a jump, states that nothing shakes are then spared the short steps, provided the
        error stays within that half.
        """
        fine = self.run(self._finest(), exact=accuracy < SINGLE)
        best: tuple[StepPlan, Exactness] | None = None
        for plan in sorted(self._candidates(), key=lambda p: (self.cost(p), p.depth)):
            found = compare(self.run(plan), fine, self.model.state_names)
            if found.error <= accuracy / 2:
                return self._spared(plan, found, fine, accuracy)
            if best is None or found.error < best[1].error:
                best = plan, found
        assert best is not None
        return best

    def _spared(
        self, plan: StepPlan, found: Exactness, fine: list[Trajectories], accuracy: float
    ) -> tuple[StepPlan, Exactness]:
        steady = steady_states(self.model, self.people, plan.longest) if plan.depth and not plan.steady else ()
        if steady:
            other = replace(plan, steady=steady)
            spared = compare(self.run(other), fine, self.model.state_names)
            if spared.error <= accuracy / 2:
                return other, spared
        return plan, found

    @cached_property
    def _slow(self) -> tuple[str, ...]:
        """States that may be left out of the short steps which states declared fast ask for."""
        fast = any(s.fast for s in self.model.states)
        return steady_states(self.model, self.people, STRIDE, SHORTEST) if fast else ()

    def _candidates(self) -> tuple[StepPlan, ...]:
        slow = self._slow
        if not slow:
            return CANDIDATES
        tried = product((8 * SHORTEST, 4 * SHORTEST, 2 * SHORTEST, SHORTEST), (0, 2, 4), (STRIDE, STRIDE / 2, STRIDE / 4))
        return tuple(StepPlan(h, depth, steady=slow, stride=stride) for h, depth, stride in tried)

    def _finest(self) -> StepPlan:
        slow = self._slow
        return StepPlan(SHORTEST / 2, 4, steady=slow, stride=STRIDE / 16) if slow else FINE


def error_by_halving(
    model: Model, people: People, schedules: Sequence[Schedule], start: Condition, plan: StepPlan, *, seed: int,
    days: int = 28, engine: Engine = "auto",
) -> Exactness:  # fmt: skip
    """The error of `plan` over the first `days`, from a second run with every step halved (and in double precision)."""
    pilot = Pilot(model, people, schedules, start, seed=seed, days=days, engine=engine)
    found = compare(pilot.run(plan), pilot.run(replace(plan, refine=2 * plan.refine), exact=True), model.state_names)
    return replace(found, error=found.error * 4 / 3)
