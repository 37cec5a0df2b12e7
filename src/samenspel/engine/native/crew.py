"""Threads that share the blocks of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from samenspel.engine.native.memory import Desk, Memory


class Crew:
    """Threads that share blocks; who takes which is never part of a result."""

    def __init__(self, pool: ThreadPoolExecutor, workers: int) -> None:
        self._pool, self._workers = pool, workers

    def pieces(self, blocks: int) -> int:
        """Into how many parts a number of blocks is cut."""
        return max(1, min(blocks, self._workers))

    def share(self, work: Callable[[int, int], None], blocks: int) -> None:
        """Run `work` over all blocks."""
        cuts = self._cuts(blocks)
        if len(cuts) == 2:
            work(cuts[0], cuts[1])
        else:
            list(self._pool.map(work, cuts[:-1], cuts[1:]))

    def _cuts(self, blocks: int) -> list[int]:
        k = self.pieces(blocks)
        return [i * blocks // k for i in range(k + 1)]

    def run(self, block: Memory, desks: Sequence[Desk], day: int, until: int) -> None:
        """All blocks from `day` to `until`."""
        cuts = self._cuts(block.blocks)
        tasks = range(len(cuts) - 1)
        if len(tasks) == 1:
            block.run(desks[0], cuts[0], cuts[1], day, until)
        else:
            list(self._pool.map(lambda i: block.run(desks[i], cuts[i], cuts[i + 1], day, until), tasks))
