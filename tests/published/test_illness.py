"""Expected scores: printed means of general adults at the reference person, the criteria's own arithmetic, and duration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samenspel.composition import default_parameters, stand_alone
from samenspel.composition.values import shipped
from samenspel.engine import simulate
from samenspel.population.criteria import acr_2016
from samenspel.systems.illness import Illness

WIRES = {
    "pain_in": "nervous.pain", "spread_in": "nervous.widespreadness", "fatigue_in": "load.fatigue",
    "sleep_in": "sleep.unrefreshed", "cognition_in": "load.fatigue", "mood_in": "mind.distress",
}  # fmt: skip
MODEL = stand_alone(Illness, open_ports=True)
NUMBERS = default_parameters(None, Illness)


def scores(days=0.0, duration=0.0, **wired):
    """All read-outs (and the count of days) with the wires held at given values."""
    p = NUMBERS | {f"illness.{k}": v for k, v in wired.items()}
    out = simulate(MODEL, [0.0, days], engine="reference", parameters=p, start={"illness.duration": duration})
    return {n.removeprefix("illness."): out.column(n)[-1] for n in out.names}


def reference_person():
    reference = shipped().reference
    return {port: reference[address].mean for port, address in WIRES.items()}


def test_general_adults_score_what_is_printed():
    """Elderly women in the general population: 2.8 of 19 regions, 2.9 of 12 severity (conference abstract, 2013)."""
    at = scores(**reference_person())
    assert at["wpi"] == pytest.approx(2.8, abs=0.02)
    assert at["sss"] == pytest.approx(2.9, abs=0.05)


def test_every_reference_of_the_scores_holds_at_the_wired_reference_person():
    at, reference = scores(**reference_person()), shipped().reference
    for name, value in at.items():
        entry = reference.get(f"illness.{name}")
        if entry is not None and not name.endswith("_in"):
            assert abs(value - entry.mean) < 0.1 * entry.sd, name


def test_body_regions_are_what_independent_sites_give():
    """A body region of three sites hurts unless none of them does; by drawing 200,000 body maps."""
    rng = np.random.default_rng(7)
    for share in (0.1, 0.3, 0.6):
        hurts = rng.random((200_000, 5, 3)) < share
        drawn = hurts.any(2).sum(1)
        assert scores(spread_in=share)["body_regions"] == pytest.approx(drawn.mean(), abs=4 * drawn.std() / np.sqrt(len(drawn)))


RATINGS = st.fixed_dictionaries(
    {"spread_in": st.floats(0, 1)} | {k: st.floats(0, 10) for k in WIRES if k != "spread_in"}
)


@settings(max_examples=25)
@given(RATINGS)
def test_scores_stay_on_their_scales(wired):
    at = scores(**wired)
    for name, top in (("wpi", 19), ("sss", 12), ("body_regions", 5), ("tender_points", 18), ("sss_fatigue", 3), ("sss_somatic", 3),
                      ("impact", 100), ("function", 100), ("participation", 100)):  # fmt: skip
        assert -1e-9 <= at[name] <= top + 1e-9, name
    assert at["sss"] == pytest.approx(at["sss_fatigue"] + at["sss_sleep"] + at["sss_cognition"] + at["sss_somatic"])


@settings(max_examples=25)
@given(RATINGS, st.sampled_from([k for k in WIRES if k != "spread_in"]))
def test_worse_ratings_give_worse_scores(wired, one):
    worse = wired | {one: min(wired[one] + 0.5, 10.0)}
    a, b = scores(**wired), scores(**worse)
    assert b["sss"] >= a["sss"] - 1e-9
    assert b["impact"] >= a["impact"] - 1e-9
    assert b["function"] <= a["function"] + 1e-9


def test_three_months_of_symptoms_are_counted_as_three_months():
    """Clearly meeting: about a day per day. Clearly not: nothing. The count then passes 90 as the criteria ask."""
    ill = {"pain_in": 7.0, "spread_in": 0.6, "fatigue_in": 7.0, "sleep_in": 7.0, "cognition_in": 6.0, "mood_in": 5.0}
    for days, met in ((80.0, False), (95.0, True)):
        at = scores(days=days, **ill)
        assert at["duration"] == pytest.approx(days - 1, abs=2.5)
        whole = {k: np.floor(at[k]) for k in ("wpi", "sss", "body_regions")}
        assert acr_2016(whole["wpi"], whole["sss"], whole["body_regions"], at["duration"]) == met
    assert scores(days=120.0, **reference_person())["duration"] < 1.0


def test_a_few_good_days_keep_the_count_and_two_months_clear_it():
    at = [scores(days=d, duration=1000.0, **reference_person())["duration"] for d in (4.0, 61.0)]
    assert at[0] > 600
    assert at[1] < 10


def test_the_count_levels_off_at_ten_years():
    ill = {"spread_in": 0.7, "fatigue_in": 8.0, "sleep_in": 8.0, "cognition_in": 8.0, "mood_in": 6.0, "pain_in": 8.0}
    at = scores(days=50.0, duration=3650.0, **ill)["duration"]
    assert at == pytest.approx(3650.0, rel=1e-3)
