"""Precision of the contradictions: fifty pairs, evenly spaced through the sorted list, read by a person.

`contradiction` in the table is the reader's verdict, `why_not` the reason against. The pairs that the rules still
find keep the share of true ones; pairs whose claims have since been rewritten or removed drop out.
"""

import csv
from pathlib import Path

from samenspel.evidence.conflicts import conflicts

READ = Path(__file__).parents[2] / "data" / "conflicts_read_by_hand.tsv"


def test_most_of_what_is_found_is_a_contradiction(atlas):
    with READ.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 50
    found = {(one.first, one.second) for one in conflicts(atlas)}
    left = [row for row in rows if (row["first"], row["second"]) in found]
    true = [row for row in left if row["contradiction"] == "yes"]
    assert len(left) >= 25, "read a new sample: too few of the fifty are still found"
    assert len(true) / len(left) >= 0.7
    assert all(row["why_not"] for row in rows if row["contradiction"] == "no")
