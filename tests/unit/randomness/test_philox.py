"""Philox4x32-10 gives the published words, and mixes every input bit into every word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.randomness import philox4x32

# Lines "philox4x32" of tests/kat_vectors in Random123 (github.com/DEShawResearch/random123, commit 9545ff6):
# rounds, four counter words, two key words, four expected words.
VECTORS = """
7  00000000 00000000 00000000 00000000 00000000 00000000 5f6fb709 0d893f64 4f121f81 4f730a48
7  ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 5207ddc2 45165e59 4d8ee751 8c52f662
7  243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 4dfccaba 190a87f0 c47362ba b6b5242a
10 00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8
10 ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd
10 243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1
"""
ROWS = [line.split() for line in VECTORS.split("\n") if line]
word = st.integers(0, 2**32 - 1)


def plain(counter: list[int], key: list[int]) -> list[int]:
    """The ten rounds on Python's unbounded integers: slow, and hard to get wrong."""
    c, k = list(counter), list(key)
    for n in range(10):
        if n:
            k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
        a, b = divmod(0xD2511F53 * c[0], 2**32), divmod(0xCD9E8D57 * c[2], 2**32)
        c = [b[0] ^ c[1] ^ k[0], b[1], a[0] ^ c[3] ^ k[1], a[1]]
    return c


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_known_answers_of_random123(row: list[str]) -> None:
    c0, c1, c2, c3, k0, k1, *expected = (int(text, 16) for text in row[1:])
    found = philox4x32((c0, c1, c2, c3), (k0, k1), rounds=int(row[0]))
    assert [int(value) for value in found] == expected


@given(st.tuples(word, word, word, word), st.tuples(word, word))
def test_arrays_and_plain_integers_agree(counter: tuple[int, int, int, int], key: tuple[int, int]) -> None:
    stacked = tuple(np.array([0, part, 2**32 - 1]) for part in counter)
    found = philox4x32((stacked[0], stacked[1], stacked[2], stacked[3]), key)
    assert [int(value[1]) for value in found] == plain(list(counter), list(key))


def test_one_changed_input_bit_changes_half_of_the_output_bits() -> None:
    """Seed 20, 192 input bits x 20 counters; the mean of 3,840 counts has SD 0.09: false-alarm rate below 1e-6."""
    rng = np.random.default_rng(20)
    inputs = rng.integers(0, 2**32, size=(6, 20), dtype=np.uint64)
    flips = []
    for part in range(6):
        for bit in range(32):
            other = inputs.copy()
            other[part] ^= np.uint64(1 << bit)
            for column in range(20):
                a, b = inputs[:, column].tolist(), other[:, column].tolist()
                one, two = philox4x32(tuple(a[:4]), (a[4], a[5])), philox4x32(tuple(b[:4]), (b[4], b[5]))
                flips.append(sum(int(x ^ y).bit_count() for x, y in zip(one, two, strict=True)))
    assert abs(np.mean(flips) - 64) < 0.5
