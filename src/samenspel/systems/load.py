"""Daily load against capacity: strain, reserve, felt fatigue."""

from __future__ import annotations

from typing import Any

from samenspel.declare import Parameter, Port, Readout, State, System
from samenspel.declare.maths import tanh, within
from samenspel.declare.system import Equations

View = Any


class Load(System):
    r"""Strain draws on a reserve that refills slowly; what is owed comes back as fatigue, later (ours).

    ds/dt = (W(s_set + (1 - pacing) swing tanh((m - f)/span) + strain_up; 0, 4) - s)/tau_s
    dr/dt = (W(r_set - draw (s - 1) + reserve_shift; 0, 2) - r)/tau_r
    df/dt = (W(f_set + a_s (s - 1) + a_r (1 - r) + fatigue_up; 0, 10) - f)/tau_f          dm/dt = (f - m)/tau_m
    exertion = s/(r + r_0)

    s  strain: daily load (physical, cognitive, sensory, emotional) over capacity, relative to general adults, 0 to 4
    r  reserve, relative, 0 to 2       f  felt fatigue, 0 to 10       m  fatigue one is used to, 0 to 10
    tau  in days: tau_s < tau_f < tau_r, so that pay-back is delayed, and tau_m of weeks: a good day is good compared with them
    pacing  share of activity that follows a plan, 0 (all by how one feels) to 1 (all by plan); person
    swing   how much more is done on a good day      span  points of fatigue within which it changes      draw, a  strengths
    With low pacing a good spell invites more load, the reserve runs down, fatigue follows days later and load is cut: boom and
    bust. With full pacing the same push fades without rebound. At rest m = f, so pacing shapes the days, not the resting point.
    A fourth state because without what one is used to, pacing would hold every symptom near the average of others.
    Left out: single activities; over-persistence (doing more the more tired one is); load that work or care impose by the hour.
    Reproduces: nothing published was found; boom and bust as behaviour, tests/published/test_load.py. Ours.
    """

    system = "load"
    feeds = "there is no published anchor; the equations are ours and say nothing about fibromyalgia"
    strain = State(low=0.0, high=4.0, start="strain_set", doc="daily load over capacity, relative")
    reserve = State(low=0.0, high=2.0, start="reserve_set", doc="what can still be asked, relative")
    fatigue = State(unit="point", low=0.0, high=10.0, start="fatigue_set", doc="felt fatigue")
    accustomed = State(unit="point", low=0.0, high=10.0, start="fatigue_set", doc="fatigue one is used to")
    strain_up = Port(combine="sum", shifts="strain")
    reserve_shift = Port(combine="sum", shifts="reserve")
    fatigue_up = Port(unit="point", combine="sum", shifts="fatigue")
    strain_set = Parameter()
    strain_time = Parameter(unit="day")
    strain_daily = Parameter(unit="1/day")
    pacing = Parameter()
    swing = Parameter()
    swing_span = Parameter(unit="point")
    reserve_set = Parameter()
    reserve_time = Parameter(unit="day")
    reserve_draw = Parameter()
    reserve_floor = Parameter(doc="keeps exertion finite when nothing is left")
    fatigue_set = Parameter(unit="point")
    fatigue_time = Parameter(unit="day")
    accustomed_time = Parameter(unit="day")
    fatigue_per_strain = Parameter(unit="point")
    fatigue_per_reserve = Parameter(unit="point")
    fatigue_high = Parameter(unit="point", doc="end of the rating scale")
    edge = Parameter(doc="width of the bend at a bound")
    fatigue_edge = Parameter(unit="point")
    exertion = Readout(low=0.0, doc="strain over reserve: how heavy the day feels")

    @staticmethod
    def readouts(v: View) -> Equations:
        """How heavy the day feels."""
        return {"exertion": v.strain / (v.reserve + v.reserve_floor)}

    @staticmethod
    def drift(v: View) -> Equations:
        """Draw on the reserve, and pay back."""
        by_feel = (1 - v.pacing) * v.swing * tanh((v.accustomed - v.fatigue) / v.swing_span)
        reserve = v.reserve_set - v.reserve_draw * (v.strain - 1) + v.reserve_shift
        felt = v.fatigue_set + v.fatigue_per_strain * (v.strain - 1) + v.fatigue_per_reserve * (1 - v.reserve) + v.fatigue_up
        return {
            "strain": (within(v.strain_set + by_feel + v.strain_up, 0, 4, v.edge) - v.strain) / v.strain_time,
            "reserve": (within(reserve, 0, 2, v.edge) - v.reserve) / v.reserve_time,
            "fatigue": (within(felt, 0, v.fatigue_high, v.fatigue_edge) - v.fatigue) / v.fatigue_time,
            "accustomed": (v.fatigue - v.accustomed) / v.accustomed_time,
        }

    @staticmethod
    def noise(v: View) -> Equations:
        """Days differ in what they ask."""
        return {"strain": v.strain_daily}
