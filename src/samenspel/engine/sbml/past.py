"""What formulas ask about the past: delay(x, d) at time t is x at t - d, looked up in what a run has been through.

Before time 0 an initial assignment holds at its own time, and nothing has a rate of change. What lies inside the step being
made, because a delay has become shorter than it, is drawn straight from the step's beginning to the point asked about.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from typing import Any

from samenspel.quantities.errors import SamenspelError

DEEPEST = 60  # delays of delays followed back
States = Callable[[float], list[float]]


class History:
    """The states of one run at all times so far.

    of, before, by  what each delay asks about, the same before time 0, and how far back
    earlier         the states before time 0
    """

    def __init__(
        self, of: Sequence[Any], before: Sequence[Any], by: Sequence[Any], earlier: States, y: Sequence[float], file: str
    ) -> None:  # fmt: skip
        self.of, self.before, self.by, self.earlier, self.file = of, before, by, earlier, file
        self.first, self.end, self.last = list(y), 0.0, list(y)
        self._begins: list[float] = []
        self._pieces: list[States] = []
        self._depth = 0

    def add(self, begin: float, end: float, states: States) -> None:
        """A stretch that the run has been through."""
        self._begins.append(begin)
        self._pieces.append(states)
        self.end, self.last = end, states(end)

    def at(self, time: float, y: Sequence[float], now: float) -> Sequence[float]:
        """The states at `time`; they are `y` now."""
        if time >= now:
            return y
        if time < 0:
            return self.earlier(time)
        if time == 0 and not self._pieces:
            return self.first
        if time > self.end or not self._pieces:
            share = (time - self.end) / (now - self.end)
            return [a + share * (b - a) for a, b in zip(self.last, y, strict=True)]
        return self._pieces[max(0, bisect.bisect_right(self._begins, time) - 1)](time)

    def value(self, k: int, y: Sequence[float], p: Past, t: float) -> float:
        """Delay k at time t."""
        if self._depth > DEEPEST:
            raise SamenspelError(f"delays are followed back more than {DEEPEST} times at time {t:g}.", file=self.file,
                                 cure="Let no delayed value be its own past before time 0.")  # fmt: skip
        self._depth += 1
        try:
            then = t - float(self.by[k](y, p, t)[0])
            of = self.of if then >= 0 else self.before
            return float(of[k](self.at(then, y, t), p, then)[0])
        finally:
            self._depth -= 1


class Past(list[float]):
    """The parameters of a run with delays: whoever evaluates a formula asks for those that it needs, at that moment."""

    def __init__(self, parameters: Sequence[float], history: History, more: Sequence[float] = ()) -> None:
        super().__init__(parameters)
        self.history, self.more = history, list(more)

    def at(self, y: Sequence[float], t: float, asked: Sequence[int]) -> list[float]:
        """Parameters, delays (those not asked for are not a number), and what follows them."""
        delays = [float("nan")] * len(self.history.of)
        for k in asked:
            delays[k] = self.history.value(k, y, self, t)
        return [*self, *delays, *self.more]
