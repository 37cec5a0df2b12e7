"""Exercise as a dose: sessions attended, fitness and overload that follow, and what a single bout leaves behind."""

from __future__ import annotations

from samenspel.declare import Accumulator, Decision, Input, Parameter, Port, Readout, Stage, State, System
from samenspel.declare.maths import log, logistic
from samenspel.declare.system import Equations


class Training(System):
    r"""The variable dose-response of Busso 2003 in continuous time, with attendance and stopping.

    w = session attends going / unit_load                                  (training units per day)
    dg/dt = w - g/t1      dh/dt = w - h/t2      dk/dt = k3 w - k/t3        performance = k1 g - (k2 + k) h
    fitness = g/g_unit,  overload = h/h_unit,  bout = load of the past day / reference day

    session  intensity-minutes per day while a session runs (input)     attends  decision of the day
    programme  going or stopped; the hazard of stopping acts while the input `enrolled` is 1
    Left out: kinds of training beyond the dose; learning a skill. The units make 1 the reference programme at steady state (ours).
    Reproduces: the inverted parabola of gain against load, tests/published/test_training.py.
    """

    system = "training"
    feeds = "how fitness and overload build and fade; it says nothing about pain"
    g = State(low=0.0, start=0.0, doc="fitness impulse")
    h = State(low=0.0, start=0.0, doc="fatigue impulse")
    k = State(low=0.0, start=0.0, doc="gain of the fatigue impulse")
    attendance = Port(combine="hazard", shifts="g", doc="factor on the odds of attending")
    stopping = Port(combine="hazard", shifts="g", doc="factor on the hazard of stopping")
    session = Input(habitual=0.0, reference=1.0, doc="intensity-minutes per day")
    supervision = Input(habitual=0.0, reference=1.0)
    enrolled = Input(habitual=0.0, reference=1.0, doc="1 while a programme runs")
    attends = Decision(start=0.0)
    programme = Stage(conditions=("going", "stopped"), start="going")
    day_load = Accumulator(of="load", how="mean")
    fitness_time = Parameter(unit="day")
    fatigue_time = Parameter(unit="day")
    gain_time = Parameter(unit="day")
    gain_rate = Parameter()
    fitness_gain = Parameter()
    fatigue_gain = Parameter()
    day_length = Parameter(unit="day", doc="one day: turns a load per day into a rate")
    unit_load = Parameter(doc="intensity-minutes of one training unit")
    fitness_unit = Parameter()
    overload_unit = Parameter()
    bout_unit = Parameter()
    attend_odds = Parameter(doc="log odds of attending a planned session at home")
    attend_supervised = Parameter(doc="log odds added by full supervision")
    stop_rate = Parameter(unit="1/day")
    load = Readout(low=0.0, doc="intensity-minutes per day that are really done")
    performance = Readout()
    fitness = Readout(low=0.0)
    overload = Readout(low=0.0)
    bout = Readout(low=0.0)

    @staticmethod
    def readouts(v) -> Equations:
        """Load now; the rest follows from states and yesterday."""
        return {
            "load": v.session * v.attends * v.programme.going,
            "performance": v.fitness_gain * v.g - (v.fatigue_gain + v.k) * v.h,
            "fitness": v.g / v.fitness_unit,
            "overload": v.h / v.overload_unit,
            "bout": v.day_load / v.bout_unit,
        }

    @staticmethod
    def drift(v) -> Equations:
        """Impulses build with load and fade."""
        w = v.session * v.attends * v.programme.going / v.unit_load
        return {
            "g": w / v.day_length - v.g / v.fitness_time,
            "h": w / v.day_length - v.h / v.fatigue_time,
            "k": v.gain_rate * w / v.day_length - v.k / v.gain_time,
        }

    @staticmethod
    def hazards(v):
        """Stopping, while a programme runs."""
        return {"programme": {("going", "stopped"): v.stop_rate * v.stopping * v.enrolled}}

    @staticmethod
    def decisions(v) -> Equations:
        """Attend the day's session, if there is one."""
        return {"attends": logistic(v.attend_odds + v.attend_supervised * v.supervision + log(v.attendance))}
