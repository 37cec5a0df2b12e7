"""The headline on a trial written by hand: what is specific is told apart from what contact alone does."""

import numpy as np
import pytest

from samenspel.composition.plain import full_catalogue
from samenspel.composition.values import shipped
from samenspel.evidence.grade import Grading
from samenspel.insight.summary import headline, names_of_states
from samenspel.population.ensemble import Ensemble
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.columns import main_measures
from samenspel.studies.findings import Gatherer
from samenspel.studies.trial import ArmResult, Trial
from samenspel.systems import catalogue

ATLAS = shipped()
SCENARIO = ATLAS.scenarios["aerobic-12-weeks"]
E = SCENARIO.estimand
BASE = np.array([4.0, 6.0, 4.0, 6.0])  # two worlds of two people; SD 1 in both


def test_read_outs_computed_alike_are_one_quantity():
    """Blood and saliva read the same cortisol, CRP and interleukin-6 the same tone; pain reads neither."""
    names = names_of_states([compose_shipped()])
    assert names["hpa.cortisol_saliva"] == "hpa.cortisol_blood"
    assert names.get("immune.crp", "immune.crp") == names.get("immune.il6", "immune.il6")
    assert names.get("immune.il10", "immune.il10") != names.get("immune.il6", "immune.il6")
    assert names.get("nervous.pain", "nervous.pain") == "nervous.pain"


def compose_shipped():
    grades = Grading(ATLAS).couplings()
    return draw_worlds(ATLAS, full_catalogue(ATLAS, catalogue()), grades, seed=1, ids=np.arange(1)).groups[0].model


def trial(attention, specific, base=BASE):
    """Falls of the outcome by contact alone and by the treatment itself, one number per world."""
    weeks = np.arange(1, int(SCENARIO.weeks) + 1)
    world = np.array([0, 0, 1, 1])
    fall = {E.comparator: 0.0, f"{E.treatment}-contact-only": np.array(attention)[world],
            E.treatment: (np.array(attention) + np.array(specific))[world]}  # fmt: skip
    rows = {a: np.tile(base - f, (len(weeks), 1)) for a, f in fall.items()}
    measures = main_measures(SCENARIO)
    arms = {a: ArmResult(a, dict.fromkeys(measures, v), *np.zeros((3, 4))) for a, v in rows.items()}
    people = np.array([0, 1, 0, 1])
    gatherer = Gatherer(SCENARIO, -1.0)
    gatherer.tried(Trial(SCENARIO, Ensemble(world, np.ones(4)), people, weeks, {E.outcome: base}, arms, np.zeros(4)))
    return gatherer.findings()


def test_attention_alone_is_a_benefit_and_no_specific_effect():
    said = headline(ATLAS, trial([2.0, 2.0], [0.0, 0.0]))
    assert (said["benefit_share"], said["beyond_share"]) == (1.0, 0.0)
    assert said["split"]["attention"]["middle"] == pytest.approx(-2.0)
    assert said["split"]["specific"]["middle"] == pytest.approx(0.0)


def test_worlds_beyond_the_mark_are_counted_by_the_specific_effect():
    said = headline(ATLAS, trial([-3.0, 0.0], [1.0, 0.1]))
    assert said["beyond_share"] == pytest.approx(0.5)
    assert said["benefit_share"] == pytest.approx(0.5)


@pytest.mark.parametrize(("falls", "better", "worse", "same"), [((2, 1), 2, 0, 0), ((-2, 0), 0, 1, 1), ((0, 0), 0, 0, 2), ((1, -1), 1, 1, 0)])
def test_every_world_is_counted_once_as_better_worse_or_the_same(falls, better, worse, same):
    said = headline(ATLAS, trial([float(f) for f in falls], [0.0, 0.0]))
    assert (said["benefit_worlds"], said["worse_worlds"], said["same_worlds"], said["worlds"]) == (better, worse, same, 2)
    assert said["benefit_share"] == pytest.approx((better + same / 2) / 2)


def test_a_world_in_which_all_are_equal_takes_the_spread_of_the_others():
    found = trial([0.0, 0.0], [1.0, 1.0], np.array([5.0, 5.0, 3.0, 7.0]))
    assert found.sd(f"base/{E.outcome}").tolist() == [2.0, 2.0]
    assert headline(ATLAS, found)["smd"]["middle"] == pytest.approx(-0.5)


def test_where_nobody_differs_no_standardised_size_is_said():
    with pytest.raises(SamenspelError, match="do not differ"):
        headline(ATLAS, trial([0.0, 0.0], [1.0, 1.0], np.array([5.0, 5.0, 3.0, 3.0])))
