"""Speed and memory of the evidence base: read and lint, queries, and a synthetic atlas of many claims.

Run: ``python benchmarks/evidence.py [--claims 100000]``. Limits: the shipped atlas read and linted under 1.5 s, any
query under 0.3 s after start, 100,000 claims under 60 s and 2 GiB.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from samenspel.evidence.conflicts import conflicts
from samenspel.evidence.counts import counts
from samenspel.evidence.gaps import gaps
from samenspel.evidence.lint import check_folder
from samenspel.evidence.printed import compare_printed
from samenspel.evidence.question import page
from samenspel.evidence.reader import shipped
from samenspel.evidence.show import show
from samenspel.evidence.table import table

SOURCE = """id = "{id}"
type = "article"
title = "Synthetic source {id}"
year = 2001
design = "cross-sectional"
"""
CLAIM = """
[[claim]]
id = "{source}.claim.n{n}"
en = "Synthetic statement."
nl = "Synthetische bewering."
locator = "page {n}"
kind = "association"
subject = "word-{a}"
relation = "{relation}"
object = "word-{b}"
effect = {{metric = "SMD", value = 0.1, low = 0.0, high = 0.2, level = 0.95}}
"""
WORD = '[[quantity]]\nid = "word-{n}"\nen = "word {n}"\nnl = "woord {n}"\nsystem = "test"\n'
WORDS, PER_SOURCE = 400, 20


def timed(name: str, work: Callable[[], object]) -> None:
    """Run once and print the wall time."""
    start = time.perf_counter()
    work()
    print(f"{name:40s} {time.perf_counter() - start:8.3f} s")


def synthetic(root: Path, claims: int) -> None:
    """Write an atlas of many claims."""
    (root / "sources").mkdir()
    (root / "vocabulary").mkdir()
    (root / "atlas.toml").write_text('format = 1\nid = "many"\nen = "Many"\nnl = "Veel"\nlicence = "CC0-1.0"\n')
    (root / "ladder.toml").write_text((shipped() / "ladder.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (root / "vocabulary/words.toml").write_text("".join(WORD.format(n=n) for n in range(WORDS)))
    relations = ("increases", "increases", "associated", "decreases", "no-difference")
    for s in range(claims // PER_SOURCE):
        source = f"source-{s}"
        text = SOURCE.format(id=source) + "".join(
            CLAIM.format(source=source, n=n, a=(s * 7 + n * 13) % WORDS, b=(s * 11 + n * 17) % WORDS,
                         relation=relations[(s + n) % len(relations)])
            for n in range(PER_SOURCE)
        )
        (root / f"sources/{source}.toml").write_text(text)


def main() -> None:
    """Print the table of times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=100_000)
    wanted = parser.parse_args().claims
    timed("read and lint the shipped atlas", check_folder)
    atlas, _ = check_folder()
    assert atlas is not None
    counted = max(atlas.sources.values(), key=lambda s: sum(c.printed is not None for c in s.claim)).id
    some = next(iter(atlas.claims))
    table(atlas)  # the first query loads the database
    timed("counts", lambda: counts(atlas, counted, "system"))
    timed("printed", lambda: compare_printed(atlas))
    timed("conflicts", lambda: conflicts(atlas))
    timed("gaps", lambda: gaps(atlas))
    timed("question", lambda: page(atlas, next(iter(atlas.questions)), "nl"))
    timed("show", lambda: show(atlas, some))
    timed("table", lambda: table(atlas, "level = '2'"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        synthetic(root, wanted)
        timed(f"read and lint {wanted} claims", lambda: check_folder(root))
    print(f"{'largest memory':40s} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:8.2f} GiB")


if __name__ == "__main__":
    main()
