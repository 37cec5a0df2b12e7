"""Midnight rules that need nobody else, inside the kernel: daily maps, stages, decisions, in double precision.

They follow `engine.midnight` operation by operation, so that a midnight in here and one out there give the same bits.
Pools, society states and feeds bring people together and stay outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from samenspel.declare.model import Model
from samenspel.engine.compiled import Compiled
from samenspel.engine.native.chance import Chance
from samenspel.engine.native.graph import STEP, Graph, Rearranged, fuse
from samenspel.randomness import channel


@dataclass(frozen=True)
class StageRule:
    """One stage: its rows of `held`, its channel, and its arrows as (from, to, row of `hazard`) with places in `rows`."""

    rows: tuple[int, ...]
    channel: int
    arrows: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of one model; a value is ("made", place among roots), ("symbol", place on the tape) or ("number", value)."""

    graph: Graph
    roots: list[int]
    values: list[tuple[str, float]]
    daily: list[tuple[int, int]]  # (row of states, value)
    stages: list[StageRule]
    decisions: list[tuple[int, int, int]]  # (row of `held`, value, channel)

    @property
    def what(self) -> str:
        """Everything the code depends on, as text."""
        digests = [self.graph.digest[k].hex() for k in self.roots]
        return f"rules {digests} {self.values} {self.daily} {self.stages} {self.decisions}"

    @property
    def bare(self) -> list[int]:
        """Symbols that are a value by themselves."""
        return [int(x) for kind, x in self.values if kind == "symbol"]


def together(m: Model) -> bool:
    """Whether midnight brings people together."""
    return bool(m.pools or m.society or m.feeds)


def rules_of(c: Compiled) -> Rules | None:
    """The rules of a model, or None where it has none or one of them needs others."""
    m = c.model
    if together(m) or not (m.daily or m.stages or m.decisions):
        return None
    held, states = ({n: i for i, n in enumerate(names)} for names in (m.held_names, m.state_names))
    outputs = [c.tape.read(e) for e in (*m.daily.values(), *(d.probability for d in m.decisions))]
    steps = [c.tape.steps[k] for k in outputs]
    made = [k for k, step in zip(outputs, steps, strict=True) if step[0] not in ("symbol", "number")]
    arranged = Rearranged(c.tape, [STEP] * len(c.tape.symbols))
    graph, roots = fuse(arranged.graph, arranged.read(made))
    place = iter(range(len(made)))
    stages, hazard = [], 0
    for s in m.stages:
        at = {name: i for i, name in enumerate(s.conditions)}
        arrows = tuple((at[a], at[b], hazard + k) for k, (a, b) in enumerate(s.hazards))
        hazard += len(arrows)
        stages.append(StageRule(tuple(held[f"{s.name}.{c}"] for c in s.conditions), channel(s.name), arrows))
    return Rules(
        graph, roots,
        [(kind, number) if kind in ("symbol", "number") else ("made", float(next(place))) for kind, _, number in steps],
        [(states[name], i) for i, name in enumerate(m.daily)],
        stages,
        [(held[d.name], len(m.daily) + i, channel(d.name)) for i, d in enumerate(m.decisions)],
    )  # fmt: skip


class Turn:
    """Writes the rules of one midnight for one block, where `b` stands."""

    def __init__(
        self, module: ir.Module, b: ir.IRBuilder, width: int, rules: Rules, row: Callable[[str, int], Any],
        value: Callable[[int], Any], draw: Callable[[int], Any],
    ) -> None:  # fmt: skip
        self.chance, self.b, self.rules = Chance(module, b, width), b, rules
        self.row, self.value, self.draw = row, value, draw  # place of a row; value of a rule; uniform draws of a channel

    def write(self) -> None:
        """All rules, in the order of `engine.midnight`."""
        for state, i in self.rules.daily:
            self.b.store(self.value(i), self.row("x", state), align=8)
        for stage in self.rules.stages:
            self._stage(stage)
        for held, i, name in self.rules.decisions:
            yes = self.b.fcmp_ordered("<", self.draw(name), self.value(i))
            self._put(held, self.b.select(yes, self.chance.number(1.0), self.chance.number(0.0)))

    def _get(self, name: str, row: int) -> Any:
        return self.b.load(self.row(name, row), typ=self.chance.type, align=8)

    def _put(self, held: int, value: Any) -> None:
        self.b.store(value, self.row("held", held), align=8)

    def _stage(self, stage: StageRule) -> None:
        b, zero, one = self.b, self.chance.number(0.0), self.chance.number(1.0)
        above = lambda x: b.select(b.fcmp_ordered("<", x, zero), zero, x)  # noqa: E731
        u = self.draw(stage.channel)
        now = [self._get("held", row) for row in stage.rows]
        after = list(now)
        for place in range(len(stage.rows)):
            leaving = [(goal, above(self._get("hazard", k))) for origin, goal, k in stage.arrows if origin == place]
            if not leaving:
                continue
            total = leaving[0][1]
            for _, h in leaving[1:]:
                total = b.fadd(total, h)
            leave = self.chance.risen(total)
            there = b.fcmp_ordered(">", now[place], self.chance.number(0.5))
            goes = b.and_(b.and_(there, b.fcmp_ordered("<", u, leave)), b.fcmp_ordered("ord", total, total))
            share = b.fdiv(u, b.select(b.fcmp_ordered(">", leave, zero), leave, one))
            divisor = b.select(b.fcmp_ordered(">", total, zero), total, one)
            bound = zero
            for goal, h in leaving:
                low, bound = bound, b.fadd(bound, b.fdiv(h, divisor))
                taken = b.and_(goes, b.and_(b.fcmp_ordered(">=", share, low), b.fcmp_ordered("<", share, bound)))
                after[place] = b.select(taken, zero, after[place])
                after[goal] = b.select(taken, one, after[goal])
        for row, value in zip(stage.rows, after, strict=True):
            self._put(row, value)
