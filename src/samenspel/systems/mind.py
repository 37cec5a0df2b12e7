"""Appraisal of pain and mood: threat belief, self-efficacy, avoidance, distress."""

from __future__ import annotations

from typing import Any

from samenspel.declare import Input, Parameter, Port, Readout, State, System
from samenspel.declare.maths import exp, logistic, within
from samenspel.declare.system import Equations

View = Any


class Mind(System):
    r"""The slow states of a computational model of panic disorder, carried over to pain (the transfer is ours), and distress.

    dS/dt = (W(S_set + threat_up; 0, 1) - S)/tau_S         dX/dt = (W(X_set + efficacy_shift; 0, 1) - X)/tau_X
    dV/dt = (W(1/(1 + exp(-(V_set + k_S (S - S_ref) - k_X (X - X_ref)))) + avoidance_up; 0, 1) - V)/tau_V
    dD/dt = (W(D_set + distress_up; 0, 10) - D)/tau_D
    catastrophising = exp(c_S (S - S_ref) - c_X (X - X_ref))      attention = 1/(1 + exp(-(q + q_S (S - S_ref))))

    S  threat belief: how harmful pain is taken to be, 0 to 1      X  self-efficacy: trust in one's own ways to cope, 0 to 1
    V  avoidance of activity, 0 to 1                               V_set  log odds of avoiding at usual belief (person)
    D  distress: low mood and worry, 0 to 10                       contact, expectation  inputs that couplings read
    tau  in days      catastrophising  relative to general adults      attention  share that pain takes, 0 to 1
    From the published model come its three slow states (arousal schema, escape schema, avoidance) and that avoidance is a
    logistic function of belief. Its numbers belong to a source that examines the model, so all numbers here are ours; learning
    from single episodes is replaced by ports. Distress with day-to-day pushes is an Ornstein-Uhlenbeck process seen by the day.
    Left out: the minutes of an attack; acceptance, meaning and suffering; learning from single episodes.
    Reproduces: variance of mood in tests/published/test_mind.py, where the original panic model is run too (vicious circle,
    exposure).
    """

    system = "mind"
    feeds = "how belief turns into avoidance in panic disorder; the published anchor says nothing about fibromyalgia"
    threat = State(low=0.0, high=1.0, start="threat_set", doc="threat belief")
    efficacy = State(low=0.0, high=1.0, start="efficacy_set", doc="self-efficacy")
    avoidance = State(low=0.0, high=1.0, start="avoidance_start", doc="avoidance of activity")
    distress = State(unit="point", low=0.0, high=10.0, start="distress_set", doc="low mood and worry")
    threat_up = Port(combine="sum", shifts="threat")
    efficacy_shift = Port(combine="sum", shifts="efficacy")
    avoidance_up = Port(combine="sum", shifts="avoidance")
    distress_up = Port(unit="point", combine="sum", shifts="distress")
    contact = Input(unit="h/week", habitual=0.0, reference=1.0, low=0.0, high=168.0, doc="time with staff")
    expectation = Input(habitual=0.0, reference=1.0, doc="expected relief against usual care, in SDs")
    threat_set = Parameter()
    threat_usual = Parameter()
    threat_time = Parameter(unit="day")
    threat_daily = Parameter(unit="1/day")
    efficacy_set = Parameter()
    efficacy_usual = Parameter()
    efficacy_time = Parameter(unit="day")
    avoidance_set = Parameter(doc="log odds of avoiding at usual belief")
    avoidance_start = Parameter()
    avoidance_time = Parameter(unit="day")
    avoidance_per_threat = Parameter()
    avoidance_per_efficacy = Parameter()
    distress_set = Parameter(unit="point")
    distress_time = Parameter(unit="day")
    distress_daily = Parameter(unit="point/day")
    distress_high = Parameter(unit="point", doc="end of the rating scale")
    edge = Parameter(doc="width of the bend at a bound")
    distress_edge = Parameter(unit="point")
    catastrophising_per_threat = Parameter()
    catastrophising_per_efficacy = Parameter()
    attention_usual = Parameter(doc="log odds that pain holds attention at usual belief")
    attention_per_threat = Parameter()
    catastrophising = Readout(low=0.0, doc="thoughts that run to the worst, relative to general adults")
    attention = Readout(low=0.0, high=1.0, doc="share of attention that pain takes")

    @staticmethod
    def readouts(v: View) -> Equations:
        """Catastrophising and attention follow belief."""
        threat, efficacy = v.threat - v.threat_usual, v.efficacy - v.efficacy_usual
        return {
            "catastrophising": exp(v.catastrophising_per_threat * threat - v.catastrophising_per_efficacy * efficacy),
            "attention": logistic(v.attention_usual + v.attention_per_threat * threat),
        }

    @staticmethod
    def drift(v: View) -> Equations:
        """Return to set points; avoidance follows belief."""
        pull = logistic(
            v.avoidance_set
            + v.avoidance_per_threat * (v.threat - v.threat_usual)
            - v.avoidance_per_efficacy * (v.efficacy - v.efficacy_usual)
        )
        mood = within(v.distress_set + v.distress_up, 0, v.distress_high, v.distress_edge)
        return {
            "threat": (within(v.threat_set + v.threat_up, 0, 1, v.edge) - v.threat) / v.threat_time,
            "efficacy": (within(v.efficacy_set + v.efficacy_shift, 0, 1, v.edge) - v.efficacy) / v.efficacy_time,
            "avoidance": (within(pull + v.avoidance_up, 0, 1, v.edge) - v.avoidance) / v.avoidance_time,
            "distress": (mood - v.distress) / v.distress_time,
        }

    @staticmethod
    def noise(v: View) -> Equations:
        """Days differ in worry and mood."""
        return {"threat": v.threat_daily, "distress": v.distress_daily * v.distress / (v.distress + v.distress_edge)}
