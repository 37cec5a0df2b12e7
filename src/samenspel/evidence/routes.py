"""By how many ways a treatment reaches something in the atlas: only a single way lets a trial set a gain."""

from __future__ import annotations

from collections import deque
from functools import cached_property

from samenspel.evidence.atlas import Atlas

#: treatments of these systems act on many things at once unless the vocabulary says otherwise
MANY_ROUTES = frozenset({"training", "care", "drugs"})


class Routes:
    """Ways from treatments through couplings, one node per system (inside a system everything may move everything)."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas

    @cached_property
    def _next(self) -> dict[str, set[str]]:
        ways: dict[str, set[str]] = {}
        for coupling in self._atlas.couplings.values():
            ways.setdefault(_system(coupling.source), set()).add(_system(coupling.to))
        return ways

    def several(self, intervention: str, source: str, target: str | None) -> bool:
        """Whether a treatment has, or must be thought to have, another way to `target` than through `source`.

        Declared in the vocabulary (`several_routes`), else by its system; a single declared way is checked against the
        couplings: an input of the treatment that leads elsewhere and from there to the target is another way.
        """
        word = self._atlas.quantities.get(intervention)
        if word is None:
            return True
        several = word.several_routes if word.several_routes is not None else word.system in MANY_ROUTES
        if several:
            return True
        if word.reads is None or target is None:
            return False
        source_system, target_system = self._system_of(source), self._system_of(target)
        first = {
            _system(c.to) for c in self._atlas.couplings.values() if c.source == word.reads or c.source == intervention
        }
        return any(self._reaches(start, target_system) for start in first if start != source_system)

    def _system_of(self, quantity: str) -> str:
        word = self._atlas.quantities.get(quantity)
        if word is None:
            return quantity
        return _system(word.reads) if word.reads is not None else word.system

    def _reaches(self, start: str, goal: str) -> bool:
        seen, queue = {start}, deque([start])
        while queue:
            here = queue.popleft()
            if here == goal:
                return True
            for step in self._next.get(here, set()) - seen:
                seen.add(step)
                queue.append(step)
        return False


def _system(address: str) -> str:
    return address.partition(".")[0]
