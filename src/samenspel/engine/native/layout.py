"""Which numbers a model's kernel reads, and how often each is computed anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from samenspel.declare.model import NOISE
from samenspel.engine.compiled import Compiled
from samenspel.engine.native.graph import DAY, PERSON, SLOT, STEP, Graph, Rearranged, fuse
from samenspel.engine.native.rules import Rules, rules_of
from samenspel.randomness import channel


def symbol_levels(c: Compiled) -> list[int]:
    """How often each symbol of the tape changes."""
    m = c.model
    counts = ((STEP, len(m.states)), (PERSON, len(c.parameter_names)), (SLOT, len(m.inputs)), (DAY, len(m.held_names)))
    levels = [level for level, count in counts for _ in range(count)]
    return levels + [STEP] * (len(c.tape.symbols) - len(levels))


@dataclass(eq=False)
class Layout:
    """Buffers of the kernel of one model; places of symbols count as on the tape."""

    graph: Graph
    drift: list[int]
    watch: list[int]
    how: list[str]  # of each watched value: mean, max or integral
    closes: list[int]  # row of `held` that each watched value is written to, -1 for a hazard
    noise: list[tuple[int, int]]  # (row of `held`, channel)
    states: int
    inputs: int
    first_input: int
    first_held: int
    time: int
    rules: Rules | None = None  # of midnight, where nobody else is needed for them
    factors: dict[int, int] = field(default_factory=dict[int, int])  # state → node of person that scales its drift
    exports: dict[int, list[int]] = field(default_factory=dict[int, list[int]])  # level → nodes kept in its buffer
    held_used: list[int] = field(default_factory=list[int])
    inputs_used: list[int] = field(default_factory=list[int])

    @property
    def what(self) -> str:
        """Everything the kernel's code depends on, as text."""
        g = self.graph
        parts = [g.digest[k].hex() for k in (*self.drift, *self.watch)]
        parts += [f"{i} {g.digest[k].hex()}" for i, k in self.factors.items()] + ([self.rules.what] if self.rules else [])
        return f"day {parts} {self.how} {self.closes} {self.noise} {self.states} {self.inputs} {self.first_input} {self.time}"


def lay_out(c: Compiled) -> Layout:
    """Rearrange a model's drift and watched values, and find what is to be kept at each level.

    A drift that is a person's number times something else is kept without that factor, which its coefficients take in.
    """
    m = c.model
    arranged = Rearranged(c.tape, symbol_levels(c))
    roots = arranged.read([*c.drift_steps, *c.watch_steps])
    graph, roots = fuse(arranged.graph, roots)
    n, at = len(m.states), {name: i for i, name in enumerate(m.held_names)}
    first_input = n + len(c.parameter_names)
    first_held = first_input + len(m.inputs)
    drift = [_parted(graph, k) for k in roots[:n]]
    out = Layout(
        graph=graph,
        drift=[k for k, _ in drift],
        watch=roots[n:],
        how=[a.how for a in m.accumulators] + ["integral"] * len(c.arrows),
        closes=[at[a.name] for a in m.accumulators] + [-1] * len(c.arrows),
        noise=[(at[NOISE + s], channel(NOISE + s)) for s in m.noise],
        states=n,
        inputs=len(m.inputs),
        first_input=first_input,
        first_held=first_held,
        time=first_held + len(m.held_names),
        rules=rules_of(c),
        factors={i: factor for i, (_, factor) in enumerate(drift) if factor is not None},
    )
    _exports(out, [*out.drift, *out.watch])
    return out


def _parted(graph: Graph, k: int) -> tuple[int, int | None]:
    """A node as (what changes with the step, the person's number it is multiplied by)."""
    operation, arguments, _ = graph.nodes[k]
    if operation == "mul" and graph.level[k] == STEP:
        for factor, rest in (arguments, arguments[::-1]):
            if graph.level[factor] <= PERSON:
                return rest, factor
    return k, None


def _exports(out: Layout, roots: Sequence[int]) -> None:
    g = out.graph
    kept: dict[int, set[int]] = {PERSON: set(), DAY: set(), SLOT: set()}
    held: set[int] = set()
    inputs: set[int] = set()
    for level in (STEP, SLOT, DAY):
        for k in g.needed(list(roots) if level == STEP else sorted(kept[level]), level - 1):
            operation, _, number = g.nodes[k]
            mine = g.level[k]
            if operation == "symbol" and mine == DAY:
                held.add(int(number) - out.first_held)
            elif operation == "symbol" and mine == SLOT:
                inputs.add(int(number) - out.first_input)
            elif operation != "number" and mine < level:
                kept[mine].add(k)
    out.exports = {level: sorted(nodes) for level, nodes in kept.items()}
    out.held_used, out.inputs_used = sorted(held), sorted(inputs)
