"""Acute inflammation after endotoxin: cytokines, temperature and the pressure pain threshold, hour by hour."""

from __future__ import annotations

from samenspel.declare import Parameter, Readout, State
from samenspel.declare.language import View
from samenspel.declare.maths import hill, sqrt
from samenspel.declare.system import Equations
from samenspel.systems.immune import Immune


class ImmuneAcute(Immune):
    r"""The endotoxin part of Dobreva 2021: monocytes, four cytokines, temperature, pain perception threshold.

    E' = -k_E E          R' = k_R R (1 - R/R_max) - J          A' = J - k_A A          f(v; x, h) = v^h/(v^h + x^h)
    J  = f(E; x_E, 1) (s_m + k_mT f(T; x_mT, h_mT) x_mT^h_mT) (1 - f(I10; x_m10, h_m10)) R
    T'   = k_T,m A (1 - f(I10; x_T10, 3)) (1 - f(I6; x_T6, 2)) - k_T (T - s_T)
    I6'  = A (k_6m + k_6T f(T; x_6T, 2)) (1 - f(I6; x_66, 1)) (1 - f(I10; x_610, 4)) - k_6 (I6 - s_6)
    I8'  = A (k_8m + k_8T f(T; x_8T, 3)) (1 - f(I10; x_810, 1.5)) - k_8 (I8 - s_8)
    I10' = A (k_10m + k_106 f(I6; x_106, 3.675)) - k_10 (I10 - s_10)
    C'   = (F - C)/tau_1,   P' = -k_PE E P + k_P (P_max - P)

    E  endotoxin, ng/kg     R, A  resting and activated monocytes     T, I6, I8, I10  cytokines, pg/ml
    C  temperature, degC    P  pressure pain threshold, kPa           F  set temperature, from cytokines above their base
    Left out: heart rate, blood pressure, nitric oxide and the circulation of the paper.
    Reproduces: peaks of cytokines and temperature and the dip of the pain threshold, tests/published/test_immune_acute.py.
    """

    variant = "acute"
    fast = (
        "endotoxin", "resting", "activated", "tnf_level", "il6_level", "il8_level", "il10_level", "temperature", "threshold",
    )  # fmt: skip
    endotoxin = State(unit="ng/kg", low=0.0, start=0.0)
    resting = State(low=0.0, start="resting_start")
    activated = State(low=0.0, start=0.0)
    tnf_level = State(low=0.0, start="base_tnf")
    il6_level = State(low=0.0, start="base_il6")
    il8_level = State(low=0.0, start="base_il8")
    il10_level = State(low=0.0, start="base_il10")
    temperature = State(unit="degC", start="temperature_low")
    threshold = State(unit="kPa", low=0.0, start="threshold_high")
    fever = Readout(unit="degC")
    endotoxin_loss = Parameter(unit="1/day")
    resting_start = Parameter()
    resting_growth = Parameter(unit="1/day")
    resting_most = Parameter()
    activated_loss = Parameter(unit="1/day")
    activation = Parameter(unit="1/day")
    activation_by_tnf = Parameter(unit="1/day")
    half_endotoxin = Parameter(unit="ng/kg")
    half_m_tnf = Parameter()
    slope_m_tnf = Parameter()
    half_m_il10 = Parameter()
    slope_m_il10 = Parameter()
    tnf_made = Parameter(unit="1/day")
    tnf_loss = Parameter(unit="1/day")
    half_tnf_il10 = Parameter()
    half_tnf_il6 = Parameter()
    il6_made = Parameter(unit="1/day")
    il6_by_tnf = Parameter(unit="1/day")
    il6_loss = Parameter(unit="1/day")
    half_il6_tnf = Parameter()
    half_il6_il6 = Parameter()
    half_il6_il10 = Parameter()
    il8_made = Parameter(unit="1/day")
    il8_by_tnf = Parameter(unit="1/day")
    il8_loss = Parameter(unit="1/day")
    half_il8_tnf = Parameter()
    half_il8_il10 = Parameter()
    il10_made = Parameter(unit="1/day")
    il10_by_il6 = Parameter(unit="1/day")
    il10_loss = Parameter(unit="1/day")
    half_il10_il6 = Parameter()
    base_tnf = Parameter()
    base_il6 = Parameter()
    base_il8 = Parameter()
    base_il10 = Parameter()
    slope_three = Parameter()
    slope_two = Parameter()
    slope_four = Parameter()
    slope_il8 = Parameter()
    slope_il10 = Parameter()
    slope_fever = Parameter()
    slope_one = Parameter()
    temperature_time = Parameter(unit="day")
    temperature_low = Parameter(unit="degC")
    temperature_high = Parameter(unit="degC")
    fever_size = Parameter()
    fever_tnf = Parameter()
    fever_il6 = Parameter()
    fever_il10 = Parameter()
    half_fever_tnf = Parameter()
    half_fever_il6 = Parameter()
    half_fever_il10 = Parameter()
    threshold_by_endotoxin = Parameter(unit="kg/ng/day")
    threshold_return = Parameter(unit="1/day")
    threshold_high = Parameter(unit="kPa")
    smallest = Parameter(doc="keeps a distance from the base differentiable")

    @staticmethod
    def _above(value: View, base: View, smallest: View) -> View:
        """Distance of a cytokine from its base, smooth at zero."""
        return sqrt((value - base) ** 2 + smallest**2)

    @staticmethod
    def readouts(v: View) -> Equations:
        """The temperature that cytokines aim at, beside the markers of the daily form."""
        above = lambda x, base: ImmuneAcute._above(x, base, v.smallest)  # noqa: E731
        aim = (
            v.fever_tnf * hill(above(v.tnf_level, v.base_tnf), v.half_fever_tnf, v.slope_fever)
            + v.fever_il6 * hill(above(v.il6_level, v.base_il6), v.half_fever_il6, v.slope_fever)
            - v.fever_il10 * hill(above(v.il10_level, v.base_il10), v.half_fever_il10, v.slope_one)
        )
        rise = v.fever_size * (v.temperature_high - v.temperature_low) * aim
        return {**Immune.readouts(v), "fever": v.temperature_low + rise}

    @staticmethod
    def drift(v: View) -> Equations:
        """The cascade after a dose of endotoxin."""
        less = lambda value, half, slope: 1 / (1 + (value / half) ** slope)  # noqa: E731
        tnf, il6, il10 = v.tnf_level, v.il6_level, v.il10_level
        started = (
            hill(v.endotoxin, v.half_endotoxin, 1)
            * (v.activation + v.activation_by_tnf * v.half_m_tnf**v.slope_m_tnf * hill(tnf, v.half_m_tnf, v.slope_m_tnf))
            * less(il10, v.half_m_il10, v.slope_m_il10)
            * v.resting
        )
        a = v.activated
        aim = ImmuneAcute.readouts(v)["fever"]
        return {
            **Immune.drift(v),
            "endotoxin": -v.endotoxin_loss * v.endotoxin,
            "resting": v.resting_growth * v.resting * (1 - v.resting / v.resting_most) - started,
            "activated": started - v.activated_loss * a,
            "tnf_level": v.tnf_made * a * less(il10, v.half_tnf_il10, v.slope_three) * less(il6, v.half_tnf_il6, v.slope_two)
            - v.tnf_loss * (tnf - v.base_tnf),
            "il6_level": a
            * (v.il6_made + v.il6_by_tnf * hill(tnf, v.half_il6_tnf, v.slope_two))
            * less(il6, v.half_il6_il6, v.slope_one)
            * less(il10, v.half_il6_il10, v.slope_four)
            - v.il6_loss * (il6 - v.base_il6),
            "il8_level": a
            * (v.il8_made + v.il8_by_tnf * hill(tnf, v.half_il8_tnf, v.slope_three))
            * less(il10, v.half_il8_il10, v.slope_il8)
            - v.il8_loss * (v.il8_level - v.base_il8),
            "il10_level": a * (v.il10_made + v.il10_by_il6 * hill(il6, v.half_il10_il6, v.slope_il10))
            - v.il10_loss * (il10 - v.base_il10),
            "temperature": (aim - v.temperature) / v.temperature_time,
            "threshold": -v.threshold_by_endotoxin * v.endotoxin * v.threshold
            + v.threshold_return * (v.threshold_high - v.threshold),
        }
