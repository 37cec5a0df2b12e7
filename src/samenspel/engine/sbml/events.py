"""Events of an imported model: what waits, in which order it is executed, and what it changes.

At one moment, until nothing is due: (1) every trigger is looked at; one that turned true puts its event in the queue,
with the values of its assignments if it uses those of that moment, due after its delay; one that turned false takes a
non-persistent event out. (2) Of all that is due, the one with the highest priority (worked out now) is executed; an
event without priority comes after those with one, in the order of the file, then of triggering. Between events of one
priority Level 3 asks for chance: each is drawn with the same probability, by the seed of the run.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from samenspel.declare.model import Model
from samenspel.engine.sbml.code import Code
from samenspel.quantities.errors import SamenspelError
from samenspel.randomness import uniform

#: executions at one moment, and in one run, after which the model is said to hang
AT_ONCE, IN_ALL = 10_000, 200_000
#: so many moments with executions within this share of a run, and the model is said to hang too: its clock does not get on
CROWD, SHARE = 2_000, 1e-6


@dataclass
class Waiting:
    """An event in the queue; `values` None means: work them out when it is executed."""

    event: int
    due: float
    values: list[float] | None


class Events:
    """The events of one model, compiled; `Queue` holds what happens in one run."""

    def __init__(self, model: Model, code: Code, rows: dict[str, int]) -> None:
        self.model, self.events, self.rows = model, model.events, rows
        self.triggers = code.function([e.trigger for e in self.events])
        self.values = [code.function(list(e.assignments.values())) for e in self.events]
        timed = [e.delay if e.delay is not None else sympy.Integer(0) for e in self.events]
        ranked = [e.priority if e.priority is not None else -sympy.oo for e in self.events]
        self.delays, self.priorities = code.function(timed), code.function(ranked)
        self.amounts = {s.name: (s.amount, i) for i, s in enumerate(model.species) if s.amount is not None}
        self.kept = [(i, rows[s.name]) for i, s in enumerate(model.species) if s.name in rows and not s.is_amount]
        self.sizes = code.function([sympy.Symbol(s.compartment, real=True) for s in model.species])

    def execute(self, k: int, values: Sequence[float], y: list[float], p: Sequence[float], t: float) -> None:
        """Apply one event to the states, all assignments at once.

        A concentration that is assigned is an amount in the volume from before the event; when the volume changes, it
        is the amount that stays.
        """
        targets = dict(zip(self.events[k].assignments, values, strict=True))
        before = self.sizes(y, p, t)
        for name, value in targets.items():
            if name in self.rows:
                y[self.rows[name]] = float(value)
        after = self.sizes(y, p, t)
        for i, row in self.kept:
            if before[i] != after[i]:
                y[row] = y[row] * before[i] / after[i] if after[i] else math.nan
        for name, value in targets.items():
            if name in self.amounts:
                amount, i = self.amounts[name]
                y[self.rows[amount]] = float(value * before[i])


class Queue:
    """Events waiting in one run."""

    def __init__(self, events: Events, file: str, seed: int = 1, span: float = 0.0) -> None:
        self.events, self.file, self.seed, self.ties = events, file, seed, 0
        self.crowd, self.moments = span * SHARE, deque[float](maxlen=CROWD)
        self.was = [e.initial_value for e in events.events]
        self.waiting: list[Waiting] = []
        self.total = 0

    @property
    def next(self) -> float:
        """The next moment at which something is due."""
        return min((w.due for w in self.waiting), default=math.inf)

    def settle(self, y: list[float], p: Sequence[float], t: float) -> None:
        """Do everything that is due at time t; `y` is changed in place.

        Raises `SamenspelError`, naming the last event, where they never stop.
        """
        name, before = "", self.total
        for _ in range(AT_ONCE):
            self._look(y, p, t)
            due = [w for w in self.waiting if w.due <= t]
            if not due:
                if self.total > before:
                    self._not_too_close(t, name)
                return
            chosen = self._first(due, self.events.priorities(y, p, t))
            self.waiting.remove(chosen)
            values = chosen.values if chosen.values is not None else self.events.values[chosen.event](y, p, t)
            self.events.execute(chosen.event, values, y, p, t)
            name = self.events.events[chosen.event].name
            self.total += 1
            if self.total > IN_ALL:
                break
        raise self._hangs(t, name)

    def _not_too_close(self, t: float, name: str) -> None:
        """Moments in which something was executed must let the clock get on."""
        self.moments.append(t)
        if len(self.moments) == CROWD and t - self.moments[0] < self.crowd:
            raise self._hangs(t, name)

    def _hangs(self, t: float, name: str) -> SamenspelError:
        cure = "Give the trigger a condition that the assignment undoes, for longer than a moment."
        return SamenspelError(f"events keep firing at time {t:g} (last one: {name!r}).", file=self.file, cure=cure)

    def _first(self, due: list[Waiting], priorities: Sequence[float]) -> Waiting:
        """The one to execute now."""
        rank = [-math.inf if v != v else v for v in (priorities[w.event] for w in due)]
        best = [w for w, v in zip(due, rank, strict=True) if v == max(rank)]
        if len(best) == 1 or max(rank) == -math.inf:
            return min(best, key=lambda w: w.event)
        self.ties += 1
        u = float(uniform(self.seed, person=0, world=0, day=self.ties, channel="sbml.tie"))
        return best[int(u * len(best))]

    def _look(self, y: list[float], p: Sequence[float], t: float) -> None:
        now = [bool(x) for x in self.events.triggers(y, p, t)]
        delays: list[float] | None = None
        for k, event in enumerate(self.events.events):
            if now[k] and not self.was[k]:
                delays = delays or self.events.delays(y, p, t)
                values = self.events.values[k](y, p, t) if event.use_values_from_trigger else None
                if not delays[k] >= 0:
                    raise SamenspelError(
                        f"event {event.name!r} has a delay of {delays[k]:g}.", file=self.file, cure="A delay is not negative."
                    )
                self.waiting.append(Waiting(k, t + delays[k], values))
            elif not now[k] and not event.persistent:
                self.waiting = [w for w in self.waiting if w.event != k]
        self.was = now
