"""Feedback loops of the composed model: found in its structure, signed by its Jacobian, counted over worlds.

A loop leads from quantity to quantity and back without meeting one twice; between systems it goes by couplings, inside a
system by the ways of `ways.py`. Its sign at a point is that of

    Π over links of (∂p/∂x of the coupling) · (what the way from port p to the next source carries)

summed over the ways that do not cross. + is reinforcing, - balancing. Three levels are kept apart:

    sign       with every coupling as told, over the sampled people and days; both signs occur, or a link is a premise whose
               sign nobody drew (`open` lists those): ambiguous
    drawn      with the signs drawn there: share of the worlds in which it closes for somebody looked at, and is reinforcing,
               balancing, or both in one world
    worlds     share of all worlds in which every link is present (γ ≠ 0)

Points: people of every world at rest, and after `NOISE_DAYS` days of their ordinary noise. Links that no single option of a
hypothesis about persons has together form no loop: nobody has them all. Left out: loops that stay inside one system (they
are its own equations).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.composition.compose import word
from samenspel.declare.language import Port
from samenspel.declare.model import HABIT, Model
from samenspel.declare.system import System
from samenspel.engine import Condition, People, Result, Schedule, habits, run, settle
from samenspel.engine.compiled import compiled, rows
from samenspel.engine.settle import habitual_inputs, parameter_rows
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_model import Coupling, Hypothesis, Loop
from samenspel.insight.circles import any_longer, circles
from samenspel.insight.ways import Way, Ways
from samenspel.population.people import draw_candidates
from samenspel.population.worlds import Worlds

Array = npt.NDArray[np.float64]
LONGEST = 6  # links of a loop
MOST = 2000  # loops listed
NOISE_DAYS = 28  # of ordinary days between the two points at which each person is looked at
Links = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Points:
    """Where the worlds of one model are looked at: people of worlds `ids`, in one or more conditions each."""

    systems: tuple[type[System], ...]
    model: Model
    ids: npt.NDArray[np.int64]
    gamma: Mapping[str, Array]  # coupling → (W,); missing: wiring, always there
    people: People
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Found:
    """One loop of one model: its links, and for each set of ways that do not cross, the way after each link."""

    links: Links
    ways: tuple[tuple[Way, ...], ...]


def sample(atlas: Atlas, worlds: Worlds, *, seed: int, people: int) -> tuple[Points, ...]:
    """`people` of the general adults of each world, at rest and after ordinary noise; who finds no rest is left out."""
    out: list[Points] = []
    for group in worlds.groups:
        drawn = draw_candidates(atlas, group, people, seed=seed, enrich={}).people
        still = settle(group.model, drawn)
        own = habits(group.model, drawn, still)
        good = np.flatnonzero(still.codes == Result.OK)
        who = People(drawn.person, drawn.world, {**drawn.parameters, **own}).take(good)
        still = still.take(good)
        plan = [Schedule(NOISE_DAYS)]
        later = run(group.model, who, plan, start=still, seed=seed, save=[], save_days=[], engine="numpy")[0]
        out.append(Points(group.systems, group.model, group.ids, group.gamma, who, (still, later.end)))
    return tuple(out)


def find(
    systems: Sequence[type[System]], couplings: Sequence[Coupling], *, longest: int = LONGEST, most: int = MOST
) -> tuple[tuple[Found, ...], bool]:
    """Loops in the structure of systems and couplings, shortest first; and whether some were left out by either cap."""
    links = sorted((c for c in couplings if not c.input), key=lambda c: c.id)
    sources = sorted({c.source for c in links})
    between = {k: w for s in systems for k, w in Ways(s, sources).between.items()}
    steps: dict[str, dict[str, list[str]]] = {s: {} for s in sources}
    for c in links:
        for t in sources:
            if (c.to, t) in between:
                steps[c.source].setdefault(t, []).append(c.id)
    of = {c.id: c for c in links}
    found: list[Found] = []
    for loop in _chains(steps, longest):
        ports, targets = [of[i].to for i in loop], [of[i].source for i in (*loop[1:], loop[0])]
        ways = tuple(_apart([between[k] for k in zip(ports, targets, strict=True)]))
        if ways:
            found.append(Found(loop, ways))
        if len(found) > most:
            return tuple(found[:most]), True
    return tuple(found), any_longer({s: sorted(t) for s, t in steps.items()}, longest)


def _chains(steps: Mapping[str, Mapping[str, list[str]]], longest: int) -> Iterator[Links]:
    graph = {s: sorted(t) for s, t in steps.items()}
    for length in range(1, longest + 1):
        for circle in circles(graph, length):
            around = zip(circle, (*circle[1:], circle[0]), strict=True)
            for loop in itertools.product(*(steps[a][b] for a, b in around)):
                first = loop.index(min(loop))
                yield (*loop[first:], *loop[:first])


def _apart(choices: Sequence[tuple[Way, ...]]) -> Iterator[tuple[Way, ...]]:
    """One way per link, such that no address is met twice."""

    def further(k: int, met: frozenset[str]) -> Iterator[tuple[Way, ...]]:
        if k == len(choices):
            yield ()
            return
        for way in choices[k]:
            if not met & set(way):
                for rest in further(k + 1, met | set(way)):
                    yield (way, *rest)

    return further(0, frozenset())


def possible(links: Links, hypotheses: Sequence[Hypothesis]) -> bool:
    """Whether one person in one world can have all these links: of each hypothesis some option has those that it lists."""
    for h in hypotheses:
        asked = {i for i in links if any(i in o.on for o in h.option)}
        if asked and not any(asked <= set(o.on) for o in h.option):
            return False
    return True


def loops(
    points: Sequence[Points], couplings: Sequence[Coupling], named: Sequence[Loop] = (),
    hypotheses: Sequence[Hypothesis] = (), *, longest: int = LONGEST, most: int = MOST,
) -> dict[str, Any]:  # fmt: skip
    """All loops with sign, share of worlds and claims, in the order: share of worlds, length, links.

    `longest` and `most` cap length and number; then `truncated` is true. A named loop that nobody can have whole is kept, with
    `worlds` 0; one that the structure does not hold, or that a cap cuts, is listed in `not_found`.
    """
    of = {c.id: c for c in couplings}
    names = {_rotated(tuple(x for x in n.links if x in of)): n for n in named}
    seen: dict[Links, dict[str, Any]] = {}
    total, truncated = sum(len(p.ids) for p in points), False
    for p in points:
        found, cut = find(p.systems, couplings, longest=longest, most=most)
        truncated |= cut
        signed = _Signed(p, couplings)
        for f in found:
            can = possible(f.links, hypotheses)
            if not can and _rotated(f.links) not in names:
                continue
            row = seen.setdefault(f.links, {"through": f.ways[0], "ways": 0, "told": set(), "far": set(), "worlds": []})
            row["ways"] = max(row["ways"], len(f.ways))
            signed.add(f, row)
            if not can:
                row["worlds"] = []
    out = [_row(links, row, names.get(_rotated(links)), of, total) for links, row in seen.items()]
    out.sort(key=lambda r: (-r["worlds"], r["length"], r["links"]))
    there = {r["id"] for r in out[:most]}
    return {
        "loops": out[:most], "truncated": truncated or len(out) > most, "longest": longest, "most": most,
        "not_found": sorted(n.id for n in named if n.id not in there),
    }  # fmt: skip


def _row(links: Links, row: dict[str, Any], name: Loop | None, of: Mapping[str, Coupling], total: int) -> dict[str, Any]:
    signs = row["told"] or row["far"]
    start = next((k for k, i in enumerate(links) if name is not None and i == next(x for x in name.links if x in of)), 0)
    turn = lambda xs: [*xs[start:], *xs[:start]]  # noqa: E731
    links = tuple(turn(links))
    told = {1: "reinforcing", -1: "balancing"}
    unsigned = [i for i in links if of[i].premise == "link"]
    one = len(signs) == 1 and not unsigned
    closed = [w for w in row["worlds"] if w]
    count = lambda what: sum(w == what for w in closed) / len(closed) if closed else None  # noqa: E731
    claims = [c for i in links for c in of[i].claims] + list(name.claims if name is not None else ())
    return {
        "id": name.id if name is not None else "loop-" + hashlib.sha256("|".join(_rotated(links)).encode()).hexdigest()[:10],
        "name": {"en": name.en, "nl": name.nl} if name is not None else None,
        "links": list(links), "through": [list(w) for w in turn(row["through"])], "ways": row["ways"],
        "sign": told[next(iter(signs))] if one else "ambiguous" if signs else "none", "open": unsigned,
        "drawn": {"reinforcing": count({1}), "balancing": count({-1}), "both": count({1, -1})},
        "length": len(links), "worlds": len(row["worlds"]) / total if total else 0.0, "claims": list(dict.fromkeys(claims)),
        "levers": sorted({of[i].lever for i in links} - {"none"}),
    }  # fmt: skip


def _rotated(links: Sequence[str]) -> Links:
    """The same circle from its first link by name."""
    first = min(range(len(links)), key=lambda k: links[k]) if links else 0
    return (*links[first:], *links[:first])


class _Signed:
    """What every coupling and every way does at every point of one model."""

    def __init__(self, points: Points, couplings: Sequence[Coupling]) -> None:
        self.points = points
        self.of = {c.id: c for c in couplings}
        self.n = points.people.n
        self.row = np.searchsorted(points.ids, points.people.world)
        ports = [p.address for s in points.systems for p in s.of(Port)]
        model, c = points.model, compiled(points.model)
        p = parameter_rows(c, points.people.parameters)
        known = dict(zip(c.parameter_names, p, strict=True))
        read = c.function([c.outputs[n] for n in (*ports, *sorted({x.source for x in couplings if not x.input}))])
        names = (*ports, *sorted({x.source for x in couplings if not x.input}))
        self.slope: dict[str, list[Array]] = {}  # sign of h' by coupling, one array per condition
        self.way: list[dict[tuple[str, Way], Array]] = []
        for condition in points.conditions:
            values = rows(read(condition.states, p, habitual_inputs(model), condition.held, 0.0), self.n)
            at: dict[str, Array | float] = {**known, **dict(zip(names, values, strict=True))}
            at |= dict(zip(model.state_names, condition.states, strict=True))
            at |= dict(zip(model.held_names, condition.held, strict=True))
            sources = sorted({x.source for x in couplings if not x.input})
            table: dict[tuple[str, Way], Array] = {}
            for s in points.systems:
                table |= Ways(s, sources).values(self.n, at)
            self.way.append(table)
            for x in couplings:
                if not x.input:
                    self.slope.setdefault(x.id, []).append(self._slope(x, at))

    def _slope(self, c: Coupling, at: Mapping[str, Array | float]) -> Array:
        """Sign of h' where the person is; only the inverted u has two."""
        if c.form.kind != "inverted-u":
            return np.ones(self.n)
        x = at[HABIT + c.source if c.level == "between" else c.source]
        return np.broadcast_to(np.sign((c.form.m or 0.0) - np.asarray(x)), (self.n,))

    def _gain(self, c: Coupling) -> tuple[Array, Array]:
        """(sign of the gain as drawn, as told) of each person; 0 drawn where absent."""
        if c.form.kind == "identity":
            return np.ones(self.n), np.ones(self.n)
        gain = np.sign(np.broadcast_to(np.asarray(self.points.people.parameters[f"gain.{word(c.id)}"]), (self.n,)))
        of_world = np.sign(self.points.gamma[c.id])[self.row]
        turned = np.sign((gain * of_world).sum()) or 1.0  # a port that pushes its target down turns γ's sign over
        return gain, np.full(self.n, c.told_sign * turned)

    def add(self, found: Found, row: dict[str, Any]) -> None:
        """Signs at all points into `row`: as told where the loop closes (`told`) or nowhere (`far`), as drawn by world."""
        links = [self.of[i] for i in found.links]
        gains = [self._gain(c) for c in links]
        drawn = np.prod([g for g, _ in gains], 0)
        told = np.prod([t for _, t in gains], 0)
        by_world: dict[int, set[int]] = {}
        for k, table in enumerate(self.way):
            carried = np.zeros(self.n)
            for ways in found.ways:
                carried = carried + np.prod([table[c.to, w] for c, w in zip(links, ways, strict=True)], 0)
            passed = np.sign(carried) * np.prod([self.slope[c.id][k] for c in links], 0)
            good = np.isfinite(passed)
            closes = good & (drawn != 0)
            row["told"] |= {int(s) for s in np.unique((told * passed)[closes]) if s}
            row["far"] |= {int(s) for s in np.unique((told * passed)[good]) if s}
            for w, s in set(zip(self.points.people.world[closes].tolist(), (drawn * passed)[closes].tolist(), strict=True)):
                by_world.setdefault(int(w), set()).update({int(s)} if s else set())
        present = np.ones(len(self.points.ids), dtype=bool)
        for c in links:
            if c.form.kind != "identity":
                present &= self.points.gamma[c.id] != 0
        row["worlds"] += [by_world.get(int(w), set()) for w in self.points.ids[present]]


__all__ = ["Points", "find", "loops", "sample"]
