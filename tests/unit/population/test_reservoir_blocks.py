"""People screened in blocks are a fair sample of the same people: weights, prevalence and measured values agree.

Two independent screenings of one world of the shipped atlas (other seeds of people, the same world), one in a single block
and one in many small ones, are compared at five standard errors of their difference: chance alone exceeds that less than
once in a million for a normal statistic; with eight statistics and weighted samples of hundreds, about once in ten thousand.
"""

import numpy as np
import pytest

from samenspel.composition.values import shipped
from samenspel.evidence.grade import Grading
from samenspel.population import blocks as cutting
from samenspel.population.ensemble import Ensemble
from samenspel.population.stock import blocks_of, reservoir_for
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store
from samenspel.systems import catalogue

MEASURES = ("pain_nrs", "fatigue_nrs", "wpi")


@pytest.fixture(scope="module")
def world():
    atlas = shipped()
    return atlas, atlas.scenarios["aerobic-12-weeks"], draw_worlds(atlas, catalogue(), Grading(atlas).couplings(), seed=1, ids=[0])


def screened(world, seed, blocks, root):
    """Weights and values of everybody included, and weight that qualifies and in all by block."""
    atlas, scenario, drawn = world
    parts = [
        reservoir_for(atlas, drawn, scenario, people=b, seed=seed, measures=MEASURES, store=Store(root)) for b in blocks
    ]
    cohorts = [c for r in parts for c in r.cohorts]
    values = {n: np.concatenate([c.measured[n] for c in cohorts]) for n in (*MEASURES, "age", "gain_habit")}
    weight = np.concatenate([c.weight for c in cohorts])
    person = np.concatenate([c.people.person for c in cohorts])
    return weight, values, person, np.array([r.found[0] for r in parts])


@pytest.mark.slow
def test_blocks_are_a_fair_sample(world, tmp_path, monkeypatch):
    scenario = world[1]
    whole = screened(world, 11, blocks_of(scenario, 900), tmp_path)
    monkeypatch.setattr(cutting, "PEOPLE", 150)
    small = blocks_of(scenario, 900)
    assert len(small) == 6
    cut = screened(world, 12, small, tmp_path)
    assert len(set(cut[2].tolist())) == len(cut[2])
    ensembles = [Ensemble(np.zeros(len(w), dtype=np.int64), w) for w, *_ in (whole, cut)]
    for name in whole[1]:
        means = [e.mean(s[1][name])[0] for e, s in zip(ensembles, (whole, cut), strict=True)]
        errors = [e.error(s[1][name])[0] for e, s in zip(ensembles, (whole, cut), strict=True)]
        assert abs(means[0] - means[1]) < 5 * np.hypot(*errors), name
    shares = [s[3][:, 0].sum() / s[3][:, 1].sum() for s in (whole, cut)]
    sizes = [e.effective_size()[0] for e in ensembles]
    assert abs(np.log(shares[0] / shares[1])) < 5 * np.sqrt(1 / sizes[0] + 1 / sizes[1])


def test_a_percentile_in_the_eligibility_is_refused(world, tmp_path):
    atlas, scenario, drawn = world
    estimand = scenario.estimand.model_copy(update={"population": "age >= p75"})
    ranked = scenario.model_copy(update={"estimand": estimand})
    with pytest.raises(SamenspelError, match="percentile"):
        reservoir_for(atlas, drawn, ranked, people=2, seed=1, measures=MEASURES, store=Store(tmp_path))
