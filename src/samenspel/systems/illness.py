"""What people report and criteria ask: expected scores read from the other systems; nobody is labelled."""

from __future__ import annotations

from typing import Any

from samenspel.declare import Accumulator, Parameter, Port, Readout, State, System
from samenspel.declare.maths import log, logistic, within
from samenspel.declare.system import Equations

View = Any


class Illness(System):
    r"""Expected scores of questionnaires and criteria, and for how long the criteria have nearly been met (ours).

    wpi = 19 p        body_regions = 5 (1 - (1 - p)^3)        tender_points = 18 L(t, ln(p/(1 - p)) - ln(w/(1 - w)), t_p)
    item = 3 L(m, x - x_ref, 1/s) for fatigue, sleep, cognition and the somatic item;        sss = sum of the four
    impact = W(b_p pain + b_f fatigue + b_s sleep + b_m mood; 0, 100)      function, participation = 100 - W(same form; 0, 100)
    duration, at midnight: x <- near (x + 1 day - x day/longest) + (1 - near) keep x
    near = 1/(1 + exp(-(wpi_day - wpi_0)/w_w)) 1/(1 + exp(-(sss_day - sss_0)/w_s))
    L(m, x, k) = 1/(1 + exp(-(ln(m/(1 - m)) + k x)))

    p     share of the 19 regions that hurt (wired), 0 to 1; 15 of them form five body regions of three
    x     rating that the item asks about (wired), 0 to 10; m  item as a share of its range at the reference person
    duration  days for which the criteria have nearly been met, 0 to longest      keep  share kept over a day without
    pain_in, spread_in, fatigue_in, sleep_in, cognition_in, mood_in: not influences but wires to what instruments ask about
    Left out: bowel and head complaints and depression one by one (one somatic item follows mood); other explanations of pain;
    the body map (regions hurt independently). No person is given a diagnosis here.
    Reproduces: printed mean scores of general adults at the reference person, tests/published/test_illness.py; the criteria
    themselves are in `population.criteria`.
    """

    system = "illness"
    feeds = "what questionnaires would show; scores read other systems and feed none"
    duration = State(unit="day", low=0.0, start=0.0, doc="days for which the criteria have nearly been met")
    pain_in = Port(unit="point", combine="sum", shifts="impact")
    spread_in = Port(combine="sum", shifts="wpi")
    fatigue_in = Port(unit="point", combine="sum", shifts="sss_fatigue")
    sleep_in = Port(unit="point", combine="sum", shifts="sss_sleep")
    cognition_in = Port(unit="point", combine="sum", shifts="sss_cognition")
    mood_in = Port(unit="point", combine="sum", shifts="sss_somatic")
    mean_regions = Accumulator(of="wpi", how="mean")
    mean_severity = Accumulator(of="sss", how="mean")
    regions = Parameter(doc="regions that the index counts")
    region_groups = Parameter(doc="body regions of the 2016 criteria")
    sites_per_group = Parameter(doc="index regions in each body region")
    spread_usual = Parameter()
    spread_floor = Parameter(doc="keeps the logarithm finite at no pain at all")
    tender_sites = Parameter(doc="sites of the 1990 criteria")
    tender_usual = Parameter(doc="share of sites that are tender at the reference person")
    tender_per_spread = Parameter()
    item_high = Parameter(doc="highest score of an item")
    item_span = Parameter(unit="point", doc="change of rating that multiplies the odds of an item by e")
    fatigue_item = Parameter(doc="item as a share of its range at the reference person")
    fatigue_usual = Parameter(unit="point")
    sleep_item = Parameter()
    sleep_usual = Parameter(unit="point")
    cognition_item = Parameter()
    cognition_usual = Parameter(unit="point")
    somatic_item = Parameter()
    mood_usual = Parameter(unit="point")
    score_high = Parameter(doc="end of the scales from 0 to 100")
    score_edge = Parameter()
    impact_per_pain = Parameter(unit="1/point")
    impact_per_fatigue = Parameter(unit="1/point")
    impact_per_sleep = Parameter(unit="1/point")
    impact_per_mood = Parameter(unit="1/point")
    function_per_pain = Parameter(unit="1/point")
    function_per_fatigue = Parameter(unit="1/point")
    participation_per_pain = Parameter(unit="1/point")
    participation_per_fatigue = Parameter(unit="1/point")
    participation_per_mood = Parameter(unit="1/point")
    near_regions = Parameter()
    near_severity = Parameter()
    near_regions_width = Parameter()
    near_severity_width = Parameter()
    keep = Parameter(doc="share of the duration kept over a day without")
    longest = Parameter(unit="day")
    day = Parameter(unit="day", doc="one day")
    wpi = Readout(low=0.0, high=19.0, doc="expected widespread pain index")
    body_regions = Readout(low=0.0, high=5.0, doc="expected number of five body regions with pain")
    tender_points = Readout(low=0.0, high=18.0, doc="expected number of tender points")
    sss_fatigue = Readout(low=0.0, high=3.0)
    sss_sleep = Readout(low=0.0, high=3.0)
    sss_cognition = Readout(low=0.0, high=3.0)
    sss_somatic = Readout(low=0.0, high=3.0)
    sss = Readout(low=0.0, high=12.0, doc="expected symptom severity score")
    impact = Readout(low=0.0, high=100.0, doc="higher is worse")
    function = Readout(low=0.0, high=100.0, doc="higher is better")
    participation = Readout(low=0.0, high=100.0, doc="higher is better")

    @staticmethod
    def readouts(v: View) -> Equations:
        """Expected scores."""

        def item(share: Any, rating: Any, usual: Any) -> Any:
            return v.item_high * logistic(_odds(share) + (rating - usual) / v.item_span)

        def score(*terms: Any) -> Any:
            return within(sum(terms[1:], terms[0]), 0, v.score_high, v.score_edge)

        fatigue = item(v.fatigue_item, v.fatigue_in, v.fatigue_usual)
        sleep = item(v.sleep_item, v.sleep_in, v.sleep_usual)
        cognition = item(v.cognition_item, v.cognition_in, v.cognition_usual)
        somatic = item(v.somatic_item, v.mood_in, v.mood_usual)
        spread = log((v.spread_in + v.spread_floor) / (1 - v.spread_in + v.spread_floor)) - _odds(v.spread_usual)
        limited = score(v.function_per_pain * v.pain_in, v.function_per_fatigue * v.fatigue_in)
        held_back = score(
            v.participation_per_pain * v.pain_in,
            v.participation_per_fatigue * v.fatigue_in,
            v.participation_per_mood * v.mood_in,
        )
        return {
            "wpi": v.regions * v.spread_in,
            "body_regions": v.region_groups * (1 - (1 - v.spread_in) ** v.sites_per_group),
            "tender_points": v.tender_sites * logistic(_odds(v.tender_usual) + v.tender_per_spread * spread),
            "sss_fatigue": fatigue,
            "sss_sleep": sleep,
            "sss_cognition": cognition,
            "sss_somatic": somatic,
            "sss": fatigue + sleep + cognition + somatic,
            "impact": score(
                v.impact_per_pain * v.pain_in,
                v.impact_per_fatigue * v.fatigue_in,
                v.impact_per_sleep * v.sleep_in,
                v.impact_per_mood * v.mood_in,
            ),
            "function": v.score_high - limited,
            "participation": v.score_high - held_back,
        }

    @staticmethod
    def daily(v: View) -> Equations:
        """Count days on which the criteria are nearly met; lose them fast without."""
        near = logistic((v.mean_regions - v.near_regions) / v.near_regions_width) * logistic(
            (v.mean_severity - v.near_severity) / v.near_severity_width
        )
        longer = v.duration + v.day - v.duration * v.day / v.longest
        return {"duration": near * longer + (1 - near) * v.keep * v.duration}


def _odds(share: Any) -> Any:
    return log(share / (1 - share))
