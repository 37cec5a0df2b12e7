"""Muscles: what stays unrecovered over a day, oxidative capacity, tension."""

from __future__ import annotations

from typing import Any

from samenspel.declare import Input, Parameter, Port, Readout, State, System
from samenspel.declare.maths import exp, log, sqrt, tanh, within
from samenspel.declare.system import Equations

View = Any


class Muscle(System):
    r"""Unrecovered fatigue by the balance of the three-compartment model, oxidative capacity, tension.

    f_bal = F u/(R (1 + (r - 1) rho))
    df/dt = (W(f_bal + fatigue_up; 0, 1) - f)/tau_f       do/dt = (W(o_set + oxidative_up; 0, 3) - o) ln 2/half
    ds/dt = (W(s_set + tension_up; 0, 4) - s)/tau_s
    strength = m (1 - f)/(1 - f_ref) (1 + k_o (o - 1))    lactate, pyruvate = exp(k_f (f - f_ref) - k (o - 1))

    f     share of muscle that is fatigued and not recovered, mean of the day, 0 to 1
    u     mean activation over the day as a share of maximum (person), 0 to 1      rho  share of the day at rest, 0 to 1
    F, R  rates of fatigue and recovery (published per second, held per day)
    r     how much faster recovery is at rest (published)
    o     oxidative capacity relative to general adults, 0 to 3     half  detraining half-time (published, days)
    s     tension relative to general adults, 0 to 4                m  strength of the person, relative
    f_bal is the mean of MF' = F MA - R MF (at rest r R) over a day with mean MA = u. That it holds over days with tau_f is
    ours, and so are tension and the read-outs.
    Left out: single contractions (variant "full"), fibre types, damage, growth of muscle.
    Reproduces: the detraining half-time here, endurance times in variant "full"; tests/published/test_muscle.py.
    """

    system = "muscle"
    feeds = "how fast muscle recovers and loses oxidative capacity; the published anchor says nothing about fibromyalgia"
    fatigue = State(low=0.0, high=1.0, start="fatigue_usual", doc="unrecovered share of muscle")
    oxidative = State(low=0.0, high=3.0, start="oxidative_set", doc="oxidative capacity, relative")
    tension = State(low=0.0, high=4.0, start="tension_set", doc="muscle tension, relative")
    fatigue_up = Port(combine="sum", shifts="fatigue")
    oxidative_up = Port(combine="sum", shifts="oxidative")
    tension_up = Port(combine="sum", shifts="tension")
    activation = Parameter(doc="mean activation over the day, share of maximum")
    rest_share = Parameter(doc="share of the day at rest")
    fatigue_rate = Parameter(unit="1/day")
    recovery_rate = Parameter(unit="1/day")
    rest_factor = Parameter(doc="recovery at rest over recovery under load")
    fatigue_usual = Parameter()
    fatigue_time = Parameter(unit="day")
    oxidative_set = Parameter()
    oxidative_half = Parameter(unit="day")
    tension_set = Parameter()
    tension_time = Parameter(unit="day")
    tension_daily = Parameter(unit="1/day")
    edge = Parameter(doc="width of the bend at a bound")
    strength_set = Parameter()
    strength_per_oxidative = Parameter()
    metabolite_per_fatigue = Parameter()
    lactate_per_oxidative = Parameter()
    pyruvate_per_oxidative = Parameter()
    lactate = Readout(low=0.0, doc="in muscle at rest, relative")
    pyruvate = Readout(low=0.0, doc="in muscle at rest, relative")
    strength = Readout(low=0.0, doc="largest voluntary force, relative")

    @staticmethod
    def readouts(v: View) -> Equations:
        """Metabolites rise with fatigue and fall with capacity; strength the other way round."""
        tired, fit = v.fatigue - v.fatigue_usual, v.oxidative - 1
        return {
            "lactate": exp(v.metabolite_per_fatigue * tired - v.lactate_per_oxidative * fit),
            "pyruvate": exp(v.metabolite_per_fatigue * tired - v.pyruvate_per_oxidative * fit),
            "strength": v.strength_set * (1 - v.fatigue) / (1 - v.fatigue_usual) * (1 + v.strength_per_oxidative * fit),
        }

    @staticmethod
    def drift(v: View) -> Equations:
        """Return to balance."""
        return _returning(v, _balance(v) + v.fatigue_up)

    @staticmethod
    def noise(v: View) -> Equations:
        """Day-to-day push on tension."""
        return {"tension": v.tension_daily}


class MuscleFull(Muscle):
    r"""Three compartments with faster recovery at rest (3CC-r, Looft 2018), in seconds: the published form.

    dMA/dt = C - F MA      dMF/dt = F MA - R_now MF      MR = 1 - MA - MF
    C = L min(TL - MA, MR)           R_now = R (r - (r - 1) tanh(TL/w))          capacity = 1 - MF

    MA, MF, MR  active, fatigued, resting share      TL  target load, share of maximum (input)
    L  rate of bringing muscle in and out            w   load below which a muscle counts as resting
    C is the published controller in one expression: below the target it is limited by what is rested, above it muscle is
    let go. The minimum is taken smoothly, min(x, y) = (x + y - sqrt((x - y)^2 + e^2))/2. At rest TL = 0 and recovery is r R.
    df/dt follows f_bal + MF instead of f_bal; ports and read-outs as in the daily form.
    Left out: the moment of letting go between two targets, in which the published form already uses r R.
    Reproduces: endurance times at five loads in three joints, tests/published/test_muscle.py.
    """

    variant = "full"
    fast = ("active", "fatigued")
    active = State(low=0.0, high=1.0, start=0.0, doc="MA")
    fatigued = State(low=0.0, high=1.0, start=0.0, doc="MF")
    target_load = Input(habitual=0.0, reference=0.5, low=0.0, high=1.0, doc="TL")
    control_rate = Parameter(unit="1/day")
    rest_load = Parameter()
    smallest = Parameter(doc="width of the bend of the minimum")
    capacity = Readout(low=0.0, high=1.0, doc="share of maximal force still within reach")

    @staticmethod
    def readouts(v: View) -> Equations:
        """As in the daily form, with what force is left now."""
        return Muscle.readouts(v) | {"capacity": 1 - v.fatigued}

    @staticmethod
    def drift(v: View) -> Equations:
        """Flow between the compartments."""
        short, rested = v.target_load - v.active, 1 - v.active - v.fatigued
        brought_in = v.control_rate * (short + rested - sqrt((short - rested) ** 2 + v.smallest**2)) / 2
        recovery = v.recovery_rate * (v.rest_factor - (v.rest_factor - 1) * tanh(v.target_load / v.rest_load))
        return _returning(v, _balance(v) + v.fatigued + v.fatigue_up) | {
            "active": brought_in - v.fatigue_rate * v.active,
            "fatigued": v.fatigue_rate * v.active - recovery * v.fatigued,
        }


def _balance(v: View) -> Any:
    """Mean fatigued share over a day of usual activation and rest."""
    return v.fatigue_rate * v.activation / (v.recovery_rate * (1 + (v.rest_factor - 1) * v.rest_share))


def _returning(v: View, tired: Any) -> Equations:
    return {
        "fatigue": (within(tired, 0, 1, v.edge) - v.fatigue) / v.fatigue_time,
        "oxidative": (within(v.oxidative_set + v.oxidative_up, 0, 3, v.edge) - v.oxidative) * log(2) / v.oxidative_half,
        "tension": (within(v.tension_set + v.tension_up, 0, 4, v.edge) - v.tension) / v.tension_time,
    }
