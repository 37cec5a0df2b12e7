"""Sleep from night to night: debt, broken sleep, and how it is felt."""

from __future__ import annotations

from samenspel.declare import Input, Parameter, Port, Readout, State, System
from samenspel.declare.language import View
from samenspel.declare.maths import exp, within
from samenspel.declare.system import Equations


class Sleep(System):
    r"""Homeostatic debt with the time constant of the published model, fragmentation, and felt quality.

    dd/dt = (W(1 + lost c + debt_up; 0, 3) - d)/chi             c  debt per lost hour (`debt_per_hour`), 1/h
    df/dt = (W(f_set + arousal; 0, 1) - f)/tau_f
    dq/dt = (W(q_set - a_f (f - f_ref) - a_d (d - 1) + quality_shift; 0, 10) - q)/tau_q
    duration = usual (1 - f + f_ref) - lost + rebound (d - 1) exp(-lost c)
    unrefreshed = 10 - q,   efficiency = 100 (1 - f)

    d  sleep pressure at the usual wake time relative to own need, 1 at rest     f  share of the night broken up
    q  felt quality, 0 worst to 10 best     lost  hours of time in bed taken away     chi  homeostatic time constant
    Left out: the hour of sleep and light (the full form has them), stages of sleep, naps.
    Reproduces: the full form reproduces Skeldon 2023 at two ages, tests/published/test_sleep.py; chi is shared with it.
    """

    system = "sleep"
    feeds = "the time constant with which a debt builds and is paid off; no link between sleep and pain"
    debt = State(low=0.0, high=3.0, start=1.0)
    fragmentation = State(low=0.0, high=1.0, start="fragmentation_set")
    quality = State(unit="point", low=0.0, high=10.0, start="quality_set")
    debt_up = Port(combine="sum", shifts="debt")
    arousal = Port(combine="sum", shifts="fragmentation")
    quality_shift = Port(unit="point", combine="sum", shifts="quality")
    time_in_bed_lost = Input(unit="h", habitual=0.0, reference=2.0, low=0.0, high=24.0)
    homeostatic_time = Parameter(unit="day")
    usual_sleep = Parameter(unit="h")
    debt_per_hour = Parameter(unit="1/h")
    rebound = Parameter(unit="h")
    fragmentation_set = Parameter()
    fragmentation_usual = Parameter()
    fragmentation_time = Parameter(unit="day")
    fragmentation_daily = Parameter(unit="1/day")
    quality_set = Parameter(unit="point")
    quality_high = Parameter(unit="point")
    quality_time = Parameter(unit="day")
    quality_per_fragmentation = Parameter(unit="point")
    quality_per_debt = Parameter(unit="point")
    edge = Parameter()
    quality_edge = Parameter(unit="point")
    duration = Readout(unit="h", low=0.0)
    unrefreshed = Readout(unit="point", low=0.0, high=10.0)
    efficiency = Readout(low=0.0, high=100.0, doc="per cent of time in bed asleep")

    @staticmethod
    def readouts(v: View) -> Equations:
        """Duration sees the input; the other two may act on other systems."""
        return {
            "duration": v.usual_sleep * (1 - v.fragmentation + v.fragmentation_usual)
            - v.time_in_bed_lost
            + v.rebound * (v.debt - 1) * exp(-v.time_in_bed_lost * v.debt_per_hour),
            "unrefreshed": v.quality_high - v.quality,
            "efficiency": 100 * (1 - v.fragmentation),
        }

    @staticmethod
    def drift(v: View) -> Equations:
        """Debt follows lost hours; quality follows fragmentation and debt."""
        felt = (
            v.quality_set
            - v.quality_per_fragmentation * (v.fragmentation - v.fragmentation_usual)
            - v.quality_per_debt * (v.debt - 1)
            + v.quality_shift
        )
        return {
            "debt": (within(1 + v.time_in_bed_lost * v.debt_per_hour + v.debt_up, 0, 3, v.edge) - v.debt)
            / v.homeostatic_time,
            "fragmentation": (within(v.fragmentation_set + v.arousal, 0, 1, v.edge) - v.fragmentation)
            / v.fragmentation_time,
            "quality": (within(felt, 0, v.quality_high, v.quality_edge) - v.quality) / v.quality_time,
        }

    @staticmethod
    def noise(v: View) -> Equations:
        """Night-to-night push on how broken up sleep is."""
        return {"fragmentation": v.fragmentation_daily}
