"""Inflammatory tone: pro- and anti-inflammatory signals, and activated microglia."""

from __future__ import annotations

from samenspel.declare import Parameter, Port, Readout, State, System
from samenspel.declare.language import View
from samenspel.declare.maths import within
from samenspel.declare.system import Equations


class Immune(System):
    r"""The two-cytokine model of Baker 2013 as slow tone, with microglia following it (ours).

    da/dt = (-a + anti_up a4 p^2/(a3^2 + p^2))/theta
    dp/dt = (-gamma p + pro_up/(1 + a^2) (a1 + a2 p^2/(1 + p^2)))/theta
    dm/dt = (W(m_set + microglia_up; 0, 4) - m)/tau_m

    p, a  pro- and anti-inflammatory signal, dimensionless as published      theta  days per published unit of time (ours)
    m     activated microglia relative to general adults, 0 to 4
    Left out: single cytokines (read-outs are proportional to p or a), antibodies, acute infection (variant "acute").
    Reproduces: the published bistability in a2, tests/published/test_immune.py.
    """

    system = "immune"
    feeds = "the shape of inflammatory tone; sizes of links to pain do not come from it"
    pro = State(low=0.0, start="pro_start")
    anti = State(low=0.0, start=0.0)
    microglia = State(low=0.0, high=4.0, start="microglia_set")
    pro_up = Port(combine="product", shifts="pro")
    anti_up = Port(combine="product", shifts="anti")
    microglia_up = Port(combine="sum", shifts="microglia")
    pro_start = Parameter()
    base_production = Parameter(doc="alpha 1")
    self_production = Parameter(doc="alpha 2")
    anti_half = Parameter(doc="alpha 3")
    anti_production = Parameter(doc="alpha 4")
    clearance = Parameter(doc="gamma")
    tone_time = Parameter(unit="day", doc="days per published unit of time")
    person_production = Parameter()
    microglia_set = Parameter()
    microglia_time = Parameter(unit="day")
    edge = Parameter()
    pro_usual = Parameter()
    anti_usual = Parameter()
    il6 = Readout(low=0.0, doc="relative to general adults")
    il8 = Readout(low=0.0)
    tnf = Readout(low=0.0)
    crp = Readout(low=0.0)
    il10 = Readout(low=0.0)

    @staticmethod
    def readouts(v: View) -> Equations:
        """Markers are proportional to the tone they stand for."""
        pro, anti = v.pro / v.pro_usual, v.anti / v.anti_usual
        return {"il6": pro, "il8": pro, "tnf": pro, "crp": pro, "il10": anti}

    @staticmethod
    def drift(v: View) -> Equations:
        """Published equations, in days."""
        made = v.base_production + v.self_production * v.pro**2 / (1 + v.pro**2)
        return {
            "anti": (-v.anti + v.anti_up * v.anti_production * v.pro**2 / (v.anti_half**2 + v.pro**2)) / v.tone_time,
            "pro": (-v.clearance * v.pro + v.pro_up * v.person_production * made / (1 + v.anti**2)) / v.tone_time,
            "microglia": (within(v.microglia_set + v.microglia_up, 0, 4, v.edge) - v.microglia) / v.microglia_time,
        }
