"""Philox4x32-10: a keyed scrambling of a counter, so that chance has addresses instead of a history.

Ten rounds on four 32-bit words c and two key words k, with the products taken in 64 bits:

    c0' = high(M1 c2) ^ c1 ^ k0      c1' = low(M1 c2)
    c2' = high(M0 c0) ^ c3 ^ k1      c3' = low(M0 c0)      then k0 += W0, k1 += W1 (modulo 2^32)

Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011).
The known-answer vectors of its reference library, Random123, are in the tests. Left out: other widths.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

ROUNDS = 10
M0, M1 = 0xD2511F53, 0xCD9E8D57  # multipliers
W0, W1 = 0x9E3779B9, 0xBB67AE85  # what each round adds to the key: golden ratio, square root of three minus one
WORD = 0xFFFFFFFF

_LOW = np.uint64(WORD)
_HALF = np.uint64(32)


def philox4x32(
    counter: tuple[Any, Any, Any, Any], key: tuple[int, int], rounds: int = ROUNDS
) -> tuple[Words, Words, Words, Words]:
    """Four scrambled words for every counter.

    counter  four whole numbers or arrays of them, each in [0, 2^32); they are broadcast against each other
    key      two whole numbers in [0, 2^32)
    rounds   number of rounds; 10 everywhere in samenspel

    The words are 32 bits wide and held in 64-bit arrays. Values out of range are not checked here.
    """
    m0, m1 = np.uint64(M0), np.uint64(M1)
    k0, k1 = key
    c0, c1, c2, c3 = (np.asarray(word, dtype=np.uint64) for word in counter)
    for _ in range(rounds):
        p0, p1 = c0 * m0, c2 * m1
        c0, c1, c2, c3 = (
            (p1 >> _HALF) ^ c1 ^ np.uint64(k0),
            p1 & _LOW,
            (p0 >> _HALF) ^ c3 ^ np.uint64(k1),
            p0 & _LOW,
        )
        k0, k1 = (k0 + W0) & WORD, (k1 + W1) & WORD
    return c0, c1, c2, c3
