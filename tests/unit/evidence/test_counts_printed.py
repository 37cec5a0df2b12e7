"""Recounts add up, and one removed claim and one altered number give exactly the mismatches they must."""

import re
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.evidence.counts import PROPERTIES, counts, rounded
from samenspel.evidence.printed import compare_printed
from samenspel.evidence.reader import read_atlas, shipped
from samenspel.quantities.errors import SamenspelError


def counted_source(atlas):
    """The source with the most printed numbers, whatever it is called."""
    return max(atlas.sources.values(), key=lambda s: sum(c.printed is not None for c in s.claim)).id


@pytest.mark.parametrize("by", PROPERTIES)
def test_counts_add_up(atlas, by):
    result = counts(atlas, counted_source(atlas), by)
    added = sum(row.count for row in result.rows)
    assert added == result.total  # each item and study of this source has one value of each property
    for row in result.rows:
        assert row.percent == pytest.approx(100 * row.count / result.total)


@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(0, 2))
def test_percentages_round_half_up(count, total, decimals):
    percent = 100 * count / total
    assert abs(float(rounded(percent, decimals)) - percent) <= 0.5 * 10**-decimals + 1e-9
    assert rounded(0.5) == 1
    assert rounded(2.5) == 3


def as_set(comparison):
    return {(m.kind, m.by, m.value, m.printed, m.found, m.claims) for m in comparison.mismatches}


def edited(tmp_path, atlas, change):
    """A copy of the shipped atlas with the file of one source changed."""
    root = tmp_path / "atlas"
    shutil.copytree(shipped(), root)
    source, text = change
    path = root / atlas.where("source", source).file
    path.write_text(text(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    return root


def without_claim(name):
    def cut(text):
        blocks = re.split(r"(?m)^(?=\[\[claim\]\])", text)
        kept = [block for block in blocks if f'id = "{name}"' not in block]
        assert len(kept) == len(blocks) - 1
        return "".join(kept)

    return cut


def test_a_removed_item_and_an_altered_number_are_found_and_nothing_else(atlas, tmp_path):
    source = counted_source(atlas)
    before = as_set(compare_printed(atlas))
    # an item that only one claim holds, of a study with further items, so that only items and one system lose one
    items = {}
    for member, claim in atlas.pairs():
        if claim.item is not None and source in (member.id, member.via):
            items.setdefault((member.id, claim.item), []).append(claim)
    studies = [study for study, _ in items]
    (study, _), (gone,) = next(
        (key, held) for key, held in sorted(items.items()) if len(held) == 1 and studies.count(key[0]) > 2
    )
    root = edited(tmp_path, atlas, (study, without_claim(gone.id)))
    after = as_set(compare_printed(read_atlas(root), source))
    new = after - before
    assert {(kind, by) for kind, by, *_ in new} <= {("count", "system"), ("count", "all"), ("total", "system"),
                                                   ("percent", "system"), ("sum", "system")}  # fmt: skip
    recount = counts(read_atlas(root), source, "system")
    assert recount.total == counts(atlas, source, "system").total - 1
    for c in atlas.sources[
        source
    ].claim:  # every printing of the system that lost an item is now wrong, and no other count
        p = c.printed
        if p is None or p.unit != "item" or p.count is None:
            continue
        touched = p.value in (None, gone.system)
        assert any(kind == "count" and claims == (c.id,) for kind, _, _, _, _, claims in new) == touched


def test_an_altered_printed_number_is_found_and_nothing_else(atlas, tmp_path):
    source = counted_source(atlas)
    before = as_set(compare_printed(atlas))
    changed = next(
        c for c in atlas.sources[source].claim
        if c.printed is not None and c.printed.by == "year" and c.printed.count is not None
    )  # fmt: skip
    count = changed.printed.count

    def raise_by_one(text):
        blocks = re.split(r"(?m)^(?=\[\[claim\]\])", text)
        return "".join(
            b.replace(f"count = {count}", f"count = {count + 1}") if f'id = "{changed.id}"' in b else b for b in blocks
        )

    root = edited(tmp_path, atlas, (source, raise_by_one))
    new = as_set(compare_printed(read_atlas(root))) - before
    total = changed.printed.total
    assert {(kind, printed, found) for kind, _, _, printed, found, _ in new} == {
        ("count", count + 1, count), ("sum", total, total + 1),
    }  # fmt: skip


def test_mismatches_name_two_places(atlas):
    for m in compare_printed(atlas).mismatches:
        assert m.locator
        assert m.other
        assert m.printed != m.found
        for claim in m.claims:
            assert claim in atlas.claims


def test_nothing_to_count_is_said(atlas):
    bare = next(s.id for s in atlas.sources.values() if not any(c.item for c in s.claim) and not any(
        o.via == s.id for o in atlas.sources.values()))  # fmt: skip
    with pytest.raises(SamenspelError, match="nothing to count"):
        counts(atlas, bare, "system")
    with pytest.raises(SamenspelError, match="cannot count by"):
        counts(atlas, counted_source(atlas), "colour")
