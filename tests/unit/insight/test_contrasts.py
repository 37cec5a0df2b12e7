"""Paired rivals: forcing an option touches nothing else, and options that switch nothing differ by nothing."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition.plain import full_catalogue
from samenspel.evidence.grade import Grading
from samenspel.evidence.reader import read_atlas
from samenspel.evidence.schema_model import Hypothesis
from samenspel.insight.contrasts import Paired, contrasts
from samenspel.population.stock import reservoir_for
from samenspel.population.worlds import choose_options, draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store
from samenspel.studies.trial import trial_measures
from samenspel.systems import catalogue

POND = Path(__file__).parents[2] / "data" / "toy-atlas"
IDLE = Hypothesis.model_validate(
    {
        "id": "idle",
        "question": {"en": "Does the colour of the bench matter?", "nl": "Doet de kleur van de bank ertoe?"},
        "option": ({"id": "red", "en": "Red.", "nl": "Rood."}, {"id": "green", "en": "Green.", "nl": "Groen."}),
    }
)


@pytest.fixture(scope="module")
def pond():
    atlas = read_atlas(POND)
    return dataclasses.replace(atlas, hypotheses={**atlas.hypotheses, "idle": IDLE})


def drawn(atlas, ids, **more):
    systems, grades = full_catalogue(atlas, catalogue()), Grading(atlas).couplings()
    return draw_worlds(atlas, systems, grades, seed=3, ids=ids, **more)


def compared(atlas, study, worlds, reservoir):
    return contrasts(Paired(atlas, study, worlds, reservoir, 3, "as-is", "numpy", Store(), {}, most_worlds=6, most_people=8))


@pytest.fixture(scope="module")
def answered(pond):
    study, worlds = pond.scenarios["planting"], drawn(pond, np.arange(6))
    reservoir = reservoir_for(pond, worlds, study, people=8, seed=3, measures=trial_measures(study))
    return study, worlds, reservoir, compared(pond, study, worlds, reservoir)


def test_options_that_switch_nothing_differ_by_nothing(answered):
    idle = answered[3]["hypotheses"]["idle"]
    assert idle["options"][0]["effect"] == idle["options"][1]["effect"]
    assert idle["difference"] == {"mean": 0.0, "low": 0.0, "middle": 0.0, "high": 0.0}
    assert idle["parts"]["gap_sd"] == 0


def test_another_open_question_changes_no_contrast(answered):
    study, worlds, reservoir, both = answered
    alone = compared(read_atlas(POND), study, _without_idle(worlds), reservoir)
    a, b = alone["hypotheses"]["what-clears"], both["hypotheses"]["what-clears"]
    assert a["pair"] == b["pair"]
    assert a["difference"]["mean"] == pytest.approx(b["difference"]["mean"], abs=1e-9)


def _without_idle(worlds):
    cut = lambda g: dataclasses.replace(g, options={h: o for h, o in g.options.items() if h != "idle"})  # noqa: E731
    return dataclasses.replace(worlds, groups=tuple(cut(g) for g in worlds.groups))


def test_sizes_are_told_and_the_pair_is_the_widest(answered):
    study, _, _, result = answered
    assert (result["worlds"], result["people"], result["day"]) == (6, 8, study.estimand.day)
    rows = result["hypotheses"]["what-clears"]
    effect = {o["id"]: o["effect"] for o in rows["options"]}
    low, high = rows["pair"]
    assert rows["difference"]["mean"] == pytest.approx(effect[low] - effect[high], abs=1e-12)
    assert rows["difference"]["mean"] == pytest.approx(min(effect.values()) - max(effect.values()), abs=1e-12)
    assert 0 <= rows["same_sign"] <= 1
    assert 1 <= rows["parts"]["week"] <= 8


def test_an_option_without_its_only_way_has_no_effect(pond):
    """Without the link from fleas to algae, planting reaches algae only by the silt."""
    study = pond.scenarios["planting"]
    cut = {i: c for i, c in pond.couplings.items() if i != "fleas-eat-algae"}
    smaller = dataclasses.replace(pond, couplings=cut)
    worlds = drawn(smaller, np.arange(6))
    reservoir = reservoir_for(smaller, worlds, study, people=8, seed=3, measures=trial_measures(study))
    result = compared(smaller, study, worlds, reservoir)
    effect = {o["id"]: o["effect"] for o in result["hypotheses"]["what-clears"]["options"]}
    assert effect["through-fleas"] == pytest.approx(0, abs=1e-6)
    assert effect["through-silt"] != pytest.approx(0, abs=1e-6)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6, unique=True), st.sampled_from(["through-fleas", "through-silt"]))
def test_forcing_an_option_leaves_every_other_draw(pond, ids, option):
    """Own option forced: the same world. Another: only what the option switches, and what shares a budget with it."""
    free, forced = drawn(pond, ids), drawn(pond, ids, force={"what-clears": option})
    a, b = free.groups[0], forced.groups[0]
    assert set(b.options["what-clears"]) == {option}
    assert a.options["idle"] == b.options["idle"]
    own = np.array(a.options["what-clears"]) == option
    for name, gain in a.gamma.items():
        np.testing.assert_array_equal(b.gamma[name][own], gain[own], name)
    off = {"through-fleas": "plants-hold-silt", "through-silt": "plants-shelter-fleas"}[option]
    assert not b.gamma[off].any()


def test_one_option_per_entry_and_ids_twice(pond):
    wanted = ["through-fleas", "through-silt", None]
    chosen, _ = choose_options(pond, 3, np.array([4, 4, 4]), {"what-clears": wanted})
    own, _ = choose_options(pond, 3, np.array([4]))
    assert chosen["what-clears"] == ["through-fleas", "through-silt", own["what-clears"][0]]
    rows = drawn(pond, [4, 4], force={"what-clears": wanted[:2]}).groups[0]
    for k, option in enumerate(wanted[:2]):
        one = drawn(pond, [4], force={"what-clears": option}).groups[0]
        for name, gain in one.gamma.items():
            assert rows.gamma[name][k] == gain[0], name


@pytest.mark.parametrize(("force", "said"), [({"what-cleans": "x"}, "what-clears"), ({"what-clears": "through-flea"}, "through-fleas")])
def test_mistakes_name_the_nearest(pond, force, said):
    with pytest.raises(SamenspelError, match=said):
        drawn(pond, [0], force=force)
