"""The computational model of panic disorder (Robinaugh and others 2019, 2024), declared as a system for its own tests.

Minutes: arousal A, perceived threat PT, homeostatic feedback H, escape E. Days: arousal schema S, escape schema X, avoidance V.
Equations and numbers as in the authors' public code (core form), re-implemented. Its source examines the model by the rule of
the fact split, so none of these numbers enters the atlas; the mind system borrows the shape of the slow states only.
"""

from samenspel.declare import Accumulator, Input, Parameter, Readout, State, System
from samenspel.declare.maths import logistic, sqrt

MINUTE = 1.0 / 1440.0  # days


class Panic(System):
    r"""Vicious circle of arousal and perceived threat, with beliefs that change overnight.

    A' = r_A (s PT + N - H - A)                PT' = r_PT (L(k_S (A - s_E E - h_S)) - PT)
    H' = r_H (L(k_H (A - h_H)) - H/2)          E' = r_E (L(k_E (PT - X - T - h_E)) - E)
    k_S = 20 - 10 0.1^S + 5 C,  h_S = 0.25^S - 0.1 C;  N perturbation, C context, T escape reduction by treatment
    at midnight, if fear = sqrt(A PT) reached 0.5: S and X learn (safety if there was no escape, threat if there was)
    """

    system = "panic"
    fast = ("arousal", "threat", "homeostasis", "escape")
    arousal = State(start=0.0)
    threat = State(start=0.0)
    homeostasis = State(start=0.0)
    escape = State(start=0.0)
    arousal_schema = State(start=0.5)
    escape_schema = State(start=0.5)
    avoidance = State(start=0.0)
    perturbation = Input()
    context = Input()
    escape_reduction = Input()
    fear = Readout()
    most_fear = Accumulator(of="fear", how="max")
    most_threat = Accumulator(of="threat", how="max")
    most_escape = Accumulator(of="escape", how="max")
    arousal_rate = Parameter(unit="1/day")
    threat_rate = Parameter(unit="1/day")
    homeostasis_rate = Parameter(unit="1/day")
    escape_rate = Parameter(unit="1/day")
    threat_on_arousal = Parameter()
    escape_on_threat = Parameter()
    homeostasis_slope = Parameter()
    homeostasis_half = Parameter()
    escape_slope = Parameter()
    escape_half = Parameter()
    avoidance_slope = Parameter()
    avoidance_half = Parameter()
    learn_threat = Parameter()
    learn_safety = Parameter()
    gain_efficacy = Parameter()
    lose_efficacy = Parameter()
    fear_that_teaches = Parameter()
    escape_that_counts = Parameter()
    gate = Parameter()

    @staticmethod
    def readouts(v):
        both = v.arousal * v.threat
        return {"fear": sqrt((both + sqrt(both**2 + 1e-16)) / 2)}

    @staticmethod
    def drift(v):
        slope = 20 - 10 * 0.1**v.arousal_schema + 5 * v.context
        half = 0.25**v.arousal_schema - 0.1 * v.context
        calm = v.threat - v.escape_schema - v.escape_reduction - v.escape_half
        return {
            "arousal": v.arousal_rate * (v.threat_on_arousal * v.threat + v.perturbation - v.homeostasis - v.arousal),
            "threat": v.threat_rate * (logistic(slope * (v.arousal - v.escape_on_threat * v.escape - half)) - v.threat),
            "homeostasis": v.homeostasis_rate
            * (logistic(v.homeostasis_slope * (v.arousal - v.homeostasis_half)) - v.homeostasis / 2),
            "escape": v.escape_rate * (logistic(v.escape_slope * calm) - v.escape),
        }

    @staticmethod
    def daily(v):
        feared = logistic((v.most_fear - v.fear_that_teaches) / v.gate)
        fled = logistic((v.most_escape - v.escape_that_counts) / v.gate)
        s, x = v.arousal_schema, v.escape_schema
        above_s, above_x = ((d + sqrt(d**2 + 1e-12)) / 2 for d in (v.most_threat - s, v.most_threat - x))
        return {
            "arousal_schema": s + feared * (fled * v.learn_threat * above_s - (1 - fled) * v.learn_safety * s),
            "escape_schema": x + feared * (-fled * v.lose_efficacy * x + (1 - fled) * v.gain_efficacy * above_x),
            "avoidance": logistic(v.avoidance_slope * (s - v.avoidance_half)),
        }


PUBLISHED = {
    "panic.arousal_rate": 0.5 / MINUTE, "panic.threat_rate": 1.0 / MINUTE, "panic.homeostasis_rate": 0.05 / MINUTE,
    "panic.escape_rate": 0.25 / MINUTE, "panic.threat_on_arousal": 1.0, "panic.escape_on_threat": 0.25,
    "panic.homeostasis_slope": 20.0, "panic.homeostasis_half": 0.4, "panic.escape_slope": 10.0, "panic.escape_half": 0.5,
    "panic.avoidance_slope": 15.0, "panic.avoidance_half": 0.75, "panic.learn_threat": 0.25, "panic.learn_safety": 0.10,
    "panic.gain_efficacy": 0.10, "panic.lose_efficacy": 0.25, "panic.fear_that_teaches": 0.5,
    "panic.escape_that_counts": 0.25, "panic.gate": 0.002,
}  # fmt: skip
