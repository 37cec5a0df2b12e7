"""A system of linear equations solved on the tape: elimination written out once for the pattern of one model.

    (s I - J) d = f

J is sparse and its pattern is known, so the order of elimination (Markowitz: fewest products first) is chosen once and
every person runs the same straight steps. No rows are exchanged: a vanishing pivot gives a result that is not finite,
which the caller sees. Source of the order: H. M. Markowitz, Management Science 3 (1957) 255-269.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from samenspel.engine.tape import Tape


def solved(tape: Tape, jacobian: Mapping[tuple[int, int], int], shift: int, f: Sequence[int]) -> list[int]:
    """Tape steps of d.

    jacobian  (row, column) → step of an entry that is not zero by structure
    shift     step of s, per day
    f         steps of the right-hand side
    """
    m = len(f)
    rows: list[dict[int, int]] = [{i: shift} for i in range(m)]
    for (i, j), entry in jacobian.items():
        rows[i][j] = tape.apply("sub", rows[i][j], entry) if j in rows[i] else tape.apply("neg", entry)
    right, left, done = list(f), set(range(m)), list[tuple[int, int]]()
    while left:
        i = min(left, key=lambda i: (_products(rows, left, i), i))
        left.remove(i)
        inverse = tape.apply("div", tape.one, rows[i][i])
        done.append((i, inverse))
        for r in sorted(left):
            if i not in rows[r]:
                continue
            factor = tape.apply("mul", rows[r].pop(i), inverse)
            for j in sorted(left & rows[i].keys()):
                product = tape.apply("mul", factor, rows[i][j])
                rows[r][j] = tape.apply("sub", rows[r][j], product) if j in rows[r] else tape.apply("neg", product)
            right[r] = tape.apply("sub", right[r], tape.apply("mul", factor, right[i]))
    d: dict[int, int] = {}
    for i, inverse in reversed(done):
        value = right[i]
        for j in sorted(rows[i].keys() & d.keys()):
            value = tape.apply("sub", value, tape.apply("mul", rows[i][j], d[j]))
        d[i] = tape.apply("mul", value, inverse)
    return [d[i] for i in range(m)]


def _products(rows: list[dict[int, int]], left: set[int], i: int) -> int:
    """Products that eliminating state i next would cost."""
    across = sum(j in left for j in rows[i]) - 1
    down = sum(i in rows[r] for r in left) - 1
    return across * down
