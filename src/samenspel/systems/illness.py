"""What people report and criteria ask: expected scores read from the other systems; nobody is labelled."""

from __future__ import annotations

from samenspel.declare import Accumulator, Parameter, Port, Readout, State, System
from samenspel.declare.maths import logistic, within
from samenspel.declare.system import Equations


class Illness(System):
    r"""Expected scores of questionnaires, and for how long pain has been widespread.

    wpi = regions spread,  item = 3 /(1 + exp(-(c + s x)))  for fatigue, sleep and cognition;  sss = sum of the items
    function = W(f_0 - a (pain, fatigue, distress); 0, 100),  impact = W(i_0 + b (...); 0, 100)
    duration: + 1 day at midnight while regions >= wanted, else x keep (a daily map); saturates at ten years

    pain_in, spread_in, fatigue_in, sleep_in, cognition_in, mood_in   wired to other systems (what instruments ask about)
    Left out: symptoms of criteria without a state here (bowel, headache): one somatic item follows mood and spread (ours).
    Reproduces: truth tables of the criteria in tests/unit/population/test_criteria.py.
    """

    system = "illness"
    feeds = "the published anchor says nothing about fibromyalgia: scores only read other systems"
    duration = State(unit="day", low=0.0, start=0.0, doc="days with widespread pain")
    pain_in = Port(unit="point", combine="sum", shifts="impact")
    spread_in = Port(combine="sum", shifts="wpi")
    fatigue_in = Port(unit="point", combine="sum", shifts="impact")
    sleep_in = Port(unit="point", combine="sum", shifts="sss_sleep")
    cognition_in = Port(unit="point", combine="sum", shifts="sss_cognition")
    mood_in = Port(unit="point", combine="sum", shifts="sss_somatic")
    mean_spread = Accumulator(of="wpi", how="mean")
    regions = Parameter(doc="regions that the index counts")
    wanted_regions = Parameter(doc="regions from which pain counts as widespread")
    region_width = Parameter()
    keep = Parameter(doc="share of the duration kept over a day without")
    hold = Parameter(doc="share kept over a day with: bounds the count at about ten years")
    day_length = Parameter(unit="day")
    item_high = Parameter(doc="highest score of an item")
    fatigue_half = Parameter(unit="point")
    sleep_half = Parameter(unit="point")
    cognition_half = Parameter(unit="point")
    somatic_half = Parameter(unit="point")
    item_width = Parameter(unit="point")
    impact_base = Parameter()
    impact_per_pain = Parameter(unit="1/point")
    impact_per_fatigue = Parameter(unit="1/point")
    impact_per_mood = Parameter(unit="1/point")
    score_high = Parameter()
    score_edge = Parameter()
    wpi = Readout(low=0.0, high=19.0, doc="expected widespread pain index")
    body_regions = Readout(low=0.0, high=5.0, doc="expected number of five body regions with pain")
    sss_fatigue = Readout(low=0.0, high=3.0)
    sss_sleep = Readout(low=0.0, high=3.0)
    sss_cognition = Readout(low=0.0, high=3.0)
    sss_somatic = Readout(low=0.0, high=3.0)
    sss = Readout(low=0.0, high=12.0, doc="expected symptom severity score")
    impact = Readout(low=0.0, high=100.0)
    function = Readout(low=0.0, high=100.0)
    participation = Readout(low=0.0, high=100.0)
    body_region_count = Parameter(doc="number of body regions in the generalised-pain criterion")

    @staticmethod
    def readouts(v) -> Equations:
        """Expected scores."""
        item = lambda x, half: v.item_high * logistic((x - half) / v.item_width)  # noqa: E731
        fatigue, sleep = item(v.fatigue_in, v.fatigue_half), item(v.sleep_in, v.sleep_half)
        cognition, somatic = item(v.cognition_in, v.cognition_half), item(v.mood_in, v.somatic_half)
        burden = (
            v.impact_base
            + v.impact_per_pain * v.pain_in
            + v.impact_per_fatigue * v.fatigue_in
            + v.impact_per_mood * v.mood_in
        )
        impact = within(burden, 0, v.score_high, v.score_edge)
        return {
            "wpi": v.regions * v.spread_in,
            "body_regions": v.body_region_count * (1 - (1 - v.spread_in) ** 4),
            "sss_fatigue": fatigue, "sss_sleep": sleep, "sss_cognition": cognition, "sss_somatic": somatic,
            "sss": fatigue + sleep + cognition + somatic,
            "impact": impact, "function": v.score_high - impact, "participation": v.score_high - impact,
        }  # fmt: skip

    @staticmethod
    def daily(v) -> Equations:
        """Count days with widespread pain; lose them fast without."""
        there = logistic((v.mean_spread - v.wanted_regions) / v.region_width)
        return {"duration": (v.duration + v.day_length) * (there * v.hold + (1 - there) * v.keep)}
