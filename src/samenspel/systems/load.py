"""Daily load against capacity: strain, reserve, felt fatigue."""

from __future__ import annotations

from samenspel.declare import Parameter, Port, Readout, State, System
from samenspel.declare.maths import within
from samenspel.declare.system import Equations


class Load(System):
    r"""Strain draws on a reserve that refills slowly; what is owed comes back as fatigue, later (ours).

    ds/dt = (W(s_set + strain_up; 0, 4) - s)/tau_s
    dr/dt = (W(r_set - draw (s - 1) + reserve_shift; 0, 2) - r)/tau_r
    df/dt = (W(f_set + a_s (s - 1) + a_r (1 - r) + fatigue_up; 0, 10) - f)/tau_f

    s  strain: daily load (physical, cognitive, sensory, emotional) over capacity, relative to general adults
    r  reserve, relative      f  felt fatigue, 0 to 10      tau_r > tau_s: the delayed pay-back
    Left out: single activities; pacing as a plan (a person's own swing stands in the noise).
    Reproduces: nothing published; boom and bust as behaviour, tests/published/test_load.py. Ours.
    """

    system = "load"
    feeds = "the published anchor says nothing about fibromyalgia: there is none; equations are ours"
    strain = State(low=0.0, high=4.0, start="strain_set")
    reserve = State(low=0.0, high=2.0, start="reserve_set")
    fatigue = State(unit="point", low=0.0, high=10.0, start="fatigue_set")
    strain_up = Port(combine="sum", shifts="strain")
    reserve_shift = Port(combine="sum", shifts="reserve")
    fatigue_up = Port(unit="point", combine="sum", shifts="fatigue")
    strain_set = Parameter()
    strain_time = Parameter(unit="day")
    strain_daily = Parameter(unit="1/day")
    reserve_set = Parameter()
    reserve_time = Parameter(unit="day")
    reserve_draw = Parameter()
    fatigue_set = Parameter(unit="point")
    fatigue_time = Parameter(unit="day")
    fatigue_per_strain = Parameter(unit="point")
    fatigue_per_reserve = Parameter(unit="point")
    fatigue_high = Parameter(unit="point")
    edge = Parameter()
    fatigue_edge = Parameter(unit="point")
    exertion = Readout(low=0.0, doc="strain over reserve: how heavy the day feels")

    @staticmethod
    def readouts(v) -> Equations:
        """How heavy the day feels."""
        return {"exertion": v.strain / (v.reserve + v.edge)}

    @staticmethod
    def drift(v) -> Equations:
        """Draw on the reserve, and pay back."""
        reserve = v.reserve_set - v.reserve_draw * (v.strain - 1) + v.reserve_shift
        felt = v.fatigue_set + v.fatigue_per_strain * (v.strain - 1) + v.fatigue_per_reserve * (1 - v.reserve) + v.fatigue_up
        return {
            "strain": (within(v.strain_set + v.strain_up, 0, 4, v.edge) - v.strain) / v.strain_time,
            "reserve": (within(reserve, 0, 2, v.edge) - v.reserve) / v.reserve_time,
            "fatigue": (within(felt, 0, v.fatigue_high, v.fatigue_edge) - v.fatigue) / v.fatigue_time,
        }

    @staticmethod
    def noise(v) -> Equations:
        """Days differ in what they ask."""
        return {"strain": v.strain_daily}
