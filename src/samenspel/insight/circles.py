"""Elementary circles of a graph, shortest first, in an order that does not depend on how the graph was listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]
STEPS = 200_000  # of the search for one circle beyond the longest wanted


def circles(graph: Graph, length: int) -> Iterator[tuple[str, ...]]:
    """All circles of exactly `length` nodes, each once, starting at its first node by name."""
    for start in sorted(graph):
        back = _distances(graph, start)
        if start in back:
            yield from _from(graph, [start], back, length)


def any_longer(graph: Graph, length: int) -> bool:
    """Whether there may be a circle of more than `length` nodes (yes, if the search grows too long to tell)."""
    steps = 0
    for start in sorted(graph):
        back = _distances(graph, start)
        stack: list[tuple[str, ...]] = [(start,)] if start in back else []
        while stack:
            way = stack.pop()
            steps += 1
            if steps > STEPS:
                return True
            for node in graph.get(way[-1], ()):
                if node == start and len(way) > length:
                    return True
                if node > start and node in back and node not in way:
                    stack.append((*way, node))
    return False


def _distances(graph: Graph, start: str) -> dict[str, int]:
    """Steps from each node back to `start`, over nodes that do not come before it by name; `start` itself: its circle."""
    arriving: dict[str, list[str]] = {}
    for a, targets in graph.items():
        for b in targets:
            if a >= start and b >= start:
                arriving.setdefault(b, []).append(a)
    out: dict[str, int] = {}
    here, step = [start], 0
    while here:
        step += 1
        there = sorted({a for b in here for a in arriving.get(b, ()) if a not in out})
        out |= dict.fromkeys(there, step)
        here = [a for a in there if a != start]
    return out


def _from(graph: Graph, way: list[str], back: Mapping[str, int], length: int) -> Iterator[tuple[str, ...]]:
    start, left = way[0], length - len(way)
    for node in sorted(set(graph.get(way[-1], ()))):
        if left == 0:
            if node == start:
                yield tuple(way)
        elif node > start and node not in way and back.get(node, length + 1) <= left:
            yield from _from(graph, [*way, node], back, length)
