"""Blocks: the people of a world cut into groups that are drawn, screened and added up each on its own.

A block has its own range of candidate numbers and takes the first who qualify there, so it needs nobody outside itself: any
process may make it, at any time, and the bits are the same. With N people asked of a world and B = `PEOPLE`,

    blocks = max(1, floor(N / B)),  sizes differ by at most one,  block k tries candidates k C, …, (k + 1) C - 1

C = candidates of the scenario for every `PER` people of the largest block. Stopping at the first who qualify leaves those
taken a fair sample: candidates are independent, and when to stop rests on who qualifies and on nothing else about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from samenspel.quantities.errors import SamenspelError

PEOPLE = 1000  # of a block, at least, once a world has two; fewer than 2,000 people are one block
PER = 200  # people for whom a scenario's `candidates` are meant, the default size of a world
MOST_CANDIDATES = 2**32  # numbers that an address of chance can hold


@dataclass(frozen=True)
class Block:
    """`people` wanted of each world from its candidates `first`, …, `first` + `most` - 1, tried `batch` at a time."""

    number: int
    people: int
    first: int
    most: int
    batch: int


def blocks(people: int, candidates: int, batch: int, *, whole: bool = False) -> tuple[Block, ...]:
    """The blocks of a world of `people`; `whole`: one block, for models in which all people of a world meet.

    candidates, batch  that may be drawn, and are drawn at once, for every `PER` people
    Raises `SamenspelError` if the candidates outnumber the addresses of chance.
    """
    count = 1 if whole else max(1, people // PEOPLE)
    cuts = [people * k // count for k in range(count + 1)]
    sizes = [b - a for a, b in pairwise(cuts)]
    times = max(1, -(-max(sizes) // PER))
    most = candidates * times
    if most * count > MOST_CANDIDATES:
        raise SamenspelError(
            f"{people} people of a world may need {most * count} candidates; {MOST_CANDIDATES} can be told apart.",
            cure="Ask for fewer people, or more worlds.",
        )
    return tuple(Block(k, n, k * most, most, batch * times) for k, n in enumerate(sizes))
