"""Chance by address: the same person, world, day and channel always meet the same luck.

    key     = seed, as two 32-bit words, low word first
    counter = (person, world, day, channel), each in [0, 2^32)
    uniform = (floor(word / 2^9) + 1/2) 2^-23
    normal  = Φ⁻¹(uniform)

Arm, option, engine, chunk, thread and order are never part of an address. A uniform is the midpoint of one of 2^23
equal cells: strictly between 0 and 1, symmetric about 1/2, and exact in single as well as in double precision (with
2^24 cells the last midpoint would round to 1 in single precision). A normal therefore reaches ±5.3 standard deviations.

Left out: several draws from one address by request; a second draw is a second channel, so that no draw shifts another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.quantities.errors import SamenspelError
from samenspel.randomness.elementary import normal_quantile
from samenspel.randomness.philox import WORD, Words, philox4x32

Array = npt.NDArray[np.float64]

DISCARDED_BITS = 9
CELL = 2.0**-23


def channel(name: str) -> int:
    """A stable 32-bit number for the name of a draw: the first four bytes of its BLAKE2s digest, low byte first.

    name  what the draw decides, such as "sleep.quality.noise"; renaming a channel reshuffles that draw and no other
    """
    return int.from_bytes(hashlib.blake2s(name.encode()).digest()[:4], "little")


def distinct_channels(names: Iterable[str]) -> dict[str, int]:
    """The channel numbers of `names`, after checking that no two share one.

    Raises `SamenspelError` naming both names where two would meet the same luck (about 1 in 10,000 for 1,000 names).
    """
    holder: dict[int, str] = {}
    for name in names:
        first = holder.setdefault(channel(name), name)
        if first != name:
            raise SamenspelError(
                f"the draws {first!r} and {name!r} share channel {channel(name)} and would always agree.",
                cure="Rename one of them.",
            )
    return {name: number for number, name in holder.items()}


def words(seed: int, *, person: Any, world: Any, day: Any, channel: Any) -> tuple[Words, Words, Words, Words]:
    """The four 32-bit words at each address, held in 64-bit arrays.

    seed                whole number in [0, 2^64)
    person, world, day  whole numbers or arrays of them in [0, 2^32), broadcast against each other
    channel             a channel number or its name, or an array of numbers, broadcast as the others are

    Raises `SamenspelError` for a seed out of range, `ValueError` for any other part of an address.
    """
    if not 0 <= seed < 2**64:
        raise SamenspelError(f"the seed {seed} does not lie from 0 to 2^64 - 1.", cure="Choose another --seed.")
    parts = {"person": person, "world": world, "day": day, "channel": _number(channel)}
    counter = tuple(_checked(name, part) for name, part in parts.items())
    return philox4x32((counter[0], counter[1], counter[2], counter[3]), (seed & WORD, seed >> 32))


def uniform(seed: int, *, person: Any, world: Any, day: Any, channel: Any) -> Array:
    """One uniform draw per address, strictly between 0 and 1, from word 0; arguments and errors as in `words`."""
    return _unit_interval(words(seed, person=person, world=world, day=day, channel=channel)[0])


def uniform4(seed: int, *, person: Any, world: Any, day: Any, channel: Any) -> tuple[Array, Array, Array, Array]:
    """The four independent uniform draws of each address; the first is that of `uniform`."""
    a, b, c, d = words(seed, person=person, world=world, day=day, channel=channel)
    return _unit_interval(a), _unit_interval(b), _unit_interval(c), _unit_interval(d)


def normal(seed: int, *, person: Any, world: Any, day: Any, channel: Any) -> Array:
    """One standard normal draw per address: the normal quantile of `uniform` there."""
    return normal_quantile(uniform(seed, person=person, world=world, day=day, channel=channel))


def _unit_interval(word: Words) -> Array:
    return np.asarray(((word >> np.uint64(DISCARDED_BITS)).astype(np.float64) + 0.5) * CELL)


def _number(given: Any) -> Any:
    return channel(given) if isinstance(given, str) else given


def _checked(name: str, part: Any) -> npt.NDArray[Any]:
    numbers = np.asarray(part)
    if numbers.dtype.kind not in "iu" or (numbers.size and not 0 <= int(numbers.min()) <= int(numbers.max()) <= WORD):
        raise ValueError(f"{name} of a random address must be whole numbers from 0 to 2^32 - 1, got {part!r}")
    return numbers
