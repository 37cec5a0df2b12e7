"""Appraisal of pain and mood: threat belief, self-efficacy, avoidance, distress."""

from __future__ import annotations

from samenspel.declare import Input, Parameter, Port, Readout, State, System
from samenspel.declare.maths import logistic, within
from samenspel.declare.system import Equations


class Mind(System):
    r"""The slow states of a computational model of panic disorder, transferred to pain (the transfer is ours), and distress.

    dS/dt = (W(S_set + threat_up; 0, 1) - S)/tau_S         dX/dt = (W(X_set + efficacy_shift; 0, 1) - X)/tau_X
    dV/dt = r_V (V_scale /(1 + exp(-k (S - X + X_ref - h))) + avoidance_up - V)     dD/dt = (W(D_set + distress_up; 0, 10) - D)/tau_D

    S  threat belief     X  self-efficacy     V  avoidance of activity     D  distress (low mood, worry), 0 to 10
    Left out: the minute-scale fast states (variant "full"), learning from single episodes.
    Reproduces: the vicious circle and exposure in the original model by the full form, tests/published/test_mind.py.
    """

    system = "mind"
    feeds = "how belief turns into avoidance in panic disorder; its use for pain is our transfer"
    threat = State(low=0.0, high=1.0, start="threat_set")
    efficacy = State(low=0.0, high=1.0, start="efficacy_set")
    avoidance = State(low=0.0, high=1.0, start="avoidance_start")
    distress = State(unit="point", low=0.0, high=10.0, start="distress_set")
    threat_up = Port(combine="sum", shifts="threat")
    efficacy_shift = Port(combine="sum", shifts="efficacy")
    avoidance_up = Port(combine="sum", shifts="avoidance")
    distress_up = Port(unit="point", combine="sum", shifts="distress")
    contact = Input(habitual=0.0, reference=1.0, doc="hours with staff per week")
    expectation = Input(habitual=0.0, reference=1.0, doc="expected relief against usual care, SDs")
    threat_set = Parameter()
    threat_time = Parameter(unit="day")
    threat_daily = Parameter(unit="1/day")
    efficacy_set = Parameter()
    efficacy_time = Parameter(unit="day")
    avoidance_start = Parameter()
    avoidance_rate = Parameter(unit="1/day")
    avoidance_slope = Parameter()
    avoidance_half = Parameter()
    efficacy_usual = Parameter()
    distress_set = Parameter(unit="point")
    distress_time = Parameter(unit="day")
    distress_daily = Parameter(unit="point/day")
    distress_high = Parameter(unit="point")
    edge = Parameter()
    distress_edge = Parameter(unit="point")
    catastrophising = Readout(low=0.0, doc="threat belief not held back by self-efficacy, relative")
    attention = Readout(low=0.0, high=1.0, doc="share of attention that pain takes")
    attention_usual = Parameter()
    attention_slope = Parameter()
    threat_usual = Parameter()

    @staticmethod
    def readouts(v) -> Equations:
        """Catastrophising and attention follow belief."""
        return {
            "catastrophising": v.threat * (2 - v.efficacy),
            "attention": logistic(v.attention_usual + v.attention_slope * (v.threat - v.threat_usual)),
        }

    @staticmethod
    def drift(v) -> Equations:
        """Return to set points; avoidance follows belief."""
        pull = logistic(v.avoidance_slope * (v.threat - v.efficacy + v.efficacy_usual - v.avoidance_half))
        return {
            "threat": (within(v.threat_set + v.threat_up, 0, 1, v.edge) - v.threat) / v.threat_time,
            "efficacy": (within(v.efficacy_set + v.efficacy_shift, 0, 1, v.edge) - v.efficacy) / v.efficacy_time,
            "avoidance": v.avoidance_rate * (within(pull + v.avoidance_up, 0, 1, v.edge) - v.avoidance),
            "distress": (within(v.distress_set + v.distress_up, 0, v.distress_high, v.distress_edge) - v.distress)
            / v.distress_time,
        }

    @staticmethod
    def noise(v) -> Equations:
        """Days differ in worry and mood."""
        return {"threat": v.threat_daily, "distress": v.distress_daily}
