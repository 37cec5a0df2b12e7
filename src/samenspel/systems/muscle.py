"""Muscles: what stays unrecovered overnight, oxidative capacity, tension."""

from __future__ import annotations

from samenspel.declare import Parameter, Port, Readout, State, System
from samenspel.declare.maths import within
from samenspel.declare.system import Equations


class Muscle(System):
    r"""Residual fatigue, mitochondrial capacity with published turnover, tension; each returns to a set point.

    df/dt = (W(f_set + fatigue_up; 0, 1) - f)/tau_f       do/dt = (W(o_set + oxidative_up; 0, 3) - o) ln2/half
    ds/dt = (W(s_set + tension_up; 0, 4) - s)/tau_s

    f  unrecovered share, 0 to 1     o  oxidative capacity relative to general adults     s  tension, relative
    half  detraining half-time of oxidative capacity (published)
    Left out: single contractions (full form 3CC-r), fibre types. lactate, pyruvate, strength are proportional read-outs (ours).
    Reproduces: the detraining half-time; endurance times by the full form, tests/published/test_muscle.py.
    """

    system = "muscle"
    feeds = "how fast oxidative capacity is lost after training stops; it says nothing about fibromyalgia"
    fatigue = State(low=0.0, high=1.0, start="fatigue_set")
    oxidative = State(low=0.0, high=3.0, start="oxidative_set")
    tension = State(low=0.0, high=4.0, start="tension_set")
    fatigue_up = Port(combine="sum", shifts="fatigue")
    oxidative_up = Port(combine="sum", shifts="oxidative")
    tension_up = Port(combine="sum", shifts="tension")
    fatigue_set = Parameter()
    fatigue_time = Parameter(unit="day")
    oxidative_set = Parameter()
    oxidative_half = Parameter(unit="day")
    tension_set = Parameter()
    tension_time = Parameter(unit="day")
    half_log = Parameter(doc="natural logarithm of 2")
    edge = Parameter()
    lactate = Readout(low=0.0)
    pyruvate = Readout(low=0.0)
    strength = Readout(low=0.0)

    @staticmethod
    def readouts(v) -> Equations:
        """Metabolites fall as capacity rises; strength falls with what is unrecovered."""
        return {
            "lactate": 2 / (1 + v.oxidative),
            "pyruvate": 2 / (1 + v.oxidative),
            "strength": (1 - v.fatigue) * (1 + v.oxidative) / 2,
        }

    @staticmethod
    def drift(v) -> Equations:
        """Return to the set point."""
        return {
            "fatigue": (within(v.fatigue_set + v.fatigue_up, 0, 1, v.edge) - v.fatigue) / v.fatigue_time,
            "oxidative": (within(v.oxidative_set + v.oxidative_up, 0, 3, v.edge) - v.oxidative)
            * v.half_log
            / v.oxidative_half,
            "tension": (within(v.tension_set + v.tension_up, 0, 4, v.edge) - v.tension) / v.tension_time,
        }


class MuscleFull(Muscle):
    r"""Three compartments with enhanced recovery at rest (3CC-r, Looft 2018) in seconds: the published form.

    dMA/dt = C - F MA,  dMF/dt = F MA - r R MF,  MR = 1 - MA - MF,  C = L (TL - MA) limited by what is rested
    Under a held target load with MA = min(TL, 1 - MF) this is one equation for MF; it ends where 1 - MF falls below TL.
    """

    variant = "full"
    fatigued = State(low=0.0, high=1.0, start=0.0, doc="MF")
    target = Parameter(doc="target load, share of maximum")
    fatigue_rate = Parameter(unit="1/s")
    recovery_rate = Parameter(unit="1/s")
    fast = ("fatigued",)

    @staticmethod
    def drift(v) -> Equations:
        """The held load while it can be held."""
        return {
            **Muscle.drift(v),
            "fatigued": v.fatigue_rate * v.target - v.recovery_rate * v.fatigued,
        }
