"""The four labels, in their order, against an independent reading of their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.insight.labels import FEWEST, RARE, SURE, label

NAMES = ("BUILT IN", "ROBUST", "DEPENDS ON", "CANNOT TELL")


@st.composite
def situations(draw):
    """Worlds with benefit or not, weights, and up to three hypotheses of two or three options."""
    n = draw(st.integers(1, 60))
    tilt = draw(st.sampled_from([0.02, 0.5, 0.98]))
    seed = draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.1, 2.0, n) if draw(st.booleans()) else np.ones(n)
    options = {f"h{k}": [f"o{i}" for i in rng.integers(0, draw(st.integers(2, 3)), n)] for k in range(draw(st.integers(0, 3)))}
    if options and draw(st.booleans()):  # one hypothesis decides
        deciding = options[sorted(options)[0]]
        benefit = np.array([o == "o0" for o in deciding])
    else:
        benefit = rng.uniform(size=n) < tilt
    return benefit, weight, options


def share(benefit, weight):
    return float(weight[benefit].sum() / weight.sum())


def heavy(benefit, weight, options):
    """Hypothesis → share with benefit within every option of weight at least RARE."""
    out = {}
    for h, chosen in options.items():
        table = {}
        for o in set(chosen):
            here = np.array(chosen) == o
            if weight[here].sum() / weight.sum() >= RARE:
                table[o] = share(benefit[here], weight[here])
        out[h] = table
    return out


@given(situations())
def test_before_calibration(case):
    """BUILT IN if the share is already lopsided; else the hypothesis that decides; else CANNOT TELL. ROBUST never."""
    benefit, weight, options = case
    p = share(benefit, weight)
    tables = heavy(benefit, weight, options)
    decides = {
        h for h, t in tables.items()
        if len(t) > 1 and all(options[h].count(o) >= FEWEST for o in t) and all(s >= SURE or s <= 1 - SURE for s in t.values()) and max(t.values()) >= SURE and min(t.values()) <= 1 - SURE
    }  # fmt: skip
    found = label(benefit, weight, options)
    assert found.name in NAMES
    assert found.share == pytest.approx(p)
    if abs(max(p, 1 - p) - SURE) < 1e-9 or any(abs(s - SURE) < 1e-9 for t in tables.values() for s in t.values()):
        return  # on the edge rounding decides
    if max(p, 1 - p) >= SURE:
        assert (found.name, found.hypothesis) == ("BUILT IN", None)
    elif decides:
        assert found.name == "DEPENDS ON"
        assert found.hypothesis in decides
        gap = lambda h: max(tables[h].values()) - min(tables[h].values())  # noqa: E731
        assert gap(found.hypothesis) == pytest.approx(max(gap(h) for h in decides))
    else:
        assert (found.name, found.hypothesis) == ("CANNOT TELL", None)


@given(situations())
def test_worse_mirrors_better(case):
    """Turning every sign over keeps the label and turns the share."""
    benefit, weight, options = case
    one, other = label(benefit, weight, options), label(~benefit, weight, options)
    assert one.name == other.name
    assert one.share == pytest.approx(1 - other.share)


@given(situations(), st.randoms())
def test_order_of_worlds_does_not_matter(case, random):
    benefit, weight, options = case
    order = list(range(len(benefit)))
    random.shuffle(order)
    mixed = {h: [o[i] for i in order] for h, o in options.items()}
    one, other = label(benefit, weight, options), label(benefit[order], weight[order], mixed)
    assert (one.name, one.hypothesis) == (other.name, other.hypothesis)


def worlds(better, of, options=()):
    return np.arange(of) < better, np.ones(of), {h: list(o) for h, o in options}


def test_robust_needs_calibration_the_core_and_every_rival():
    """95 of 100 worlds after, 50 before: robust only if the core and every option of weight agree."""
    even = [("h", ["a", "b"] * 50)]
    benefit, weight, options = worlds(98, 100, even)
    assert label(benefit, weight, options, prior_share=0.5, core_share=0.97).name == "ROBUST"
    assert label(benefit, weight, options, prior_share=0.5).name == "CANNOT TELL"
    assert label(benefit, weight, options, prior_share=0.5, core_share=0.9).name == "CANNOT TELL"
    assert label(benefit, weight, options, prior_share=0.97, core_share=0.97).name == "BUILT IN"
    one_sided = [("h", ["a"] * 94 + ["b"] * 6)]  # the two worlds without benefit are two of six under b
    benefit, weight, options = worlds(98, 100, one_sided)
    assert label(benefit, weight, options, prior_share=0.5, core_share=0.97).name == "CANNOT TELL"


def test_a_rare_option_does_not_count():
    benefit, weight, options = worlds(98, 100, [("h", ["a"] * 98 + ["b"] * 2)])
    assert label(benefit, weight, options, prior_share=0.5, core_share=0.99).name == "ROBUST"


def test_of_several_that_decide_the_one_with_the_largest_difference_is_named():
    n = 200
    exact = ["yes"] * 100 + ["no"] * 100
    nearly = ["yes"] * 98 + ["no"] * 2 + ["no"] * 98 + ["yes"] * 2
    benefit, weight, options = worlds(100, n, [("nearly", nearly), ("exact", exact)])
    found = label(benefit, weight, options)
    assert (found.name, found.hypothesis) == ("DEPENDS ON", "exact")


def test_built_in_comes_before_depends():
    benefit, weight, options = worlds(97, 100, [("h", ["a"] * 97 + ["b"] * 3)])
    assert label(benefit, weight, options).name == "BUILT IN"
