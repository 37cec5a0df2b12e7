"""Exercise as a dose: sessions attended, fitness and overload that follow, and what a single bout leaves behind."""

from __future__ import annotations

from typing import Any

from samenspel.declare import Accumulator, Decision, Input, Parameter, Port, Readout, Stage, State, System
from samenspel.declare.maths import exp, log, logistic
from samenspel.declare.system import Equations

View = Any


class Training(System):
    r"""Variable dose-response (Busso 2003) in continuous time and relative units, with attendance and stopping.

    load = session (none first + enrolled attends)/unit                           1 is the reference programme, week in week out
    dF/dt = (F_set + c load - F)/t1                                               fitness
    dH/dt = (u + load/everyday - H)/t2,   dK/dt = (u + load/everyday - K)/t3      overload, and how sensitised to load
    performance = F - q (K H - u^2)       flare_drive = K H - u^2                 bout = mean load of the past day/session day
    P(attends) = odds/(1 + odds),  odds = exp(o_home + o_supervised supervision) w,  w = exp(o_person) attendance
    P(attends) = a w/(a w + 1 - a),  first = a  where a study gives its adherence a (0 to 1); else first = attends
    hazards: none -> enrolled  m session/unit;   enrolled -> stopped  stopping times stop_rate session/unit, or the hazard given

    session   intensity-minutes per day while a session runs (input, at least 0)      supervision  0 to 1 (input)
    a         share of planned sessions that the reference person (w = 1) does; with it o_home and o_supervised do not count
    F         aerobic fitness relative to general adults        F_set, everyday  the person's own fitness and everyday load
    H, K      load of past weeks, of past days, relative to what the person is used to; u = 1 at rest
    t1, t2, t3  days, t1 > t2 > t3        c  fitness gained per unit of load        q  performance lost per unit of fatigue
    attends   decision made as the day begins; programme: none until the first session, then enrolled, stopped
    first     what is done of the first session: the midnight before it lies outside the programme, and knows no adherence of it
    In the units of Busso, with u = 0 and everyday = 1: c = k1 t1, q = k3 t3 t2, and fatigue is K H, its time-varying gain k2
    times h. Without load all three fade: detraining.
    Left out: kinds of training beyond intensity and minutes; learning a skill; getting used to a higher everyday load.
    Reproduces: time course of one bout, inverted parabola of performance against load and its best load, detraining;
    tests/published/test_training.py.
    """

    system = "training"
    feeds = "how fitness and overload build and fade; the published anchor says nothing about fibromyalgia"
    fitness = State(low=0.0, start="fitness_set", doc="aerobic fitness, relative to general adults")
    overload = State(low=0.0, start="usual_load", doc="load of past weeks, relative to what the person is used to")
    sensitised = State(low=0.0, start="usual_load", doc="load of past days: how much fatigue further load leaves")
    attendance = Port(combine="product", shifts="attending", doc="factor on the odds of attending")
    stopping = Port(combine="hazard", shifts="stopping_rate", doc="factor on the hazard of stopping")
    session = Input(
        unit="min/day", habitual=0.0, reference=864.0, low=0.0, doc="intensity-minutes per day while a session runs"
    )
    supervision = Input(habitual=0.0, reference=1.0, low=0.0, high=1.0, doc="share of sessions with supervision")
    adherence = Input(
        low=0.0, high=1.0, doc="share of planned sessions done by the reference person, where adherence_given is 1"
    )
    adherence_given = Input(reference=0.0, low=0.0, high=1.0, doc="1 while a study gives its own adherence, else 0")
    stop_hazard = Input(unit="1/day", low=0.0, doc="hazard of stopping for the reference person, where stop_given is 1")
    stop_given = Input(reference=0.0, low=0.0, high=1.0, doc="1 while a study gives its own hazard of stopping, else 0")
    attends = Decision(start=1.0)
    programme = Stage(conditions=("none", "enrolled", "stopped"), start="none")
    day_load = Accumulator(of="load", how="mean")
    fitness_set = Parameter()
    fitness_time = Parameter(unit="day")
    fitness_per_load = Parameter()
    everyday_load = Parameter(doc="everyday load of the person, in units of the reference programme")
    usual_load = Parameter(doc="1: what a person is used to, on a relative scale")
    overload_time = Parameter(unit="day")
    sensitised_time = Parameter(unit="day")
    fatigue_cost = Parameter()
    unit_load = Parameter(unit="min/day", doc="intensity-minutes per day of the reference programme, averaged over the week")
    session_load = Parameter(doc="mean load of a day with one session of the reference programme")
    attend_home = Parameter(doc="log odds of attending a planned session at home, for the reference person")
    attend_odds = Parameter(doc="log odds that a person adds to them")
    attend_supervised = Parameter(doc="log odds added by full supervision")
    enrol_rate = Parameter(unit="1/day", doc="so large that the first session day enrols")
    stop_rate = Parameter(unit="1/day", doc="hazard of stopping at the dose of the reference programme")
    load = Readout(low=0.0, doc="load that is really done now")
    performance = Readout(doc="fitness less fatigue")
    bout = Readout(low=0.0, doc="what the past day's session leaves, in sessions of the reference programme")
    flare_drive = Readout(doc="fatigue above what the person is used to")
    attending = Readout(low=0.0, high=1.0, doc="probability of attending a planned session")
    stopping_rate = Readout(unit="1/day", low=0.0, doc="hazard of stopping at the dose of the reference programme")

    @staticmethod
    def readouts(v: View) -> Equations:
        """Load now; what past load left; willingness."""
        fatigue = v.sensitised * v.overload - v.usual_load**2
        return {
            "load": _load(v),
            "performance": v.fitness - v.fatigue_cost * fatigue,
            "bout": v.day_load / v.session_load,
            "flare_drive": fatigue,
            "attending": _attending(v),
            "stopping_rate": v.stop_rate * v.stopping,
        }

    @staticmethod
    def drift(v: View) -> Equations:
        """Fitness, overload and sensitisation follow load and fade without it."""
        load = _load(v)
        relative = v.usual_load + load / v.everyday_load
        return {
            "fitness": (v.fitness_set + v.fitness_per_load * load - v.fitness) / v.fitness_time,
            "overload": (relative - v.overload) / v.overload_time,
            "sensitised": (relative - v.sensitised) / v.sensitised_time,
        }

    @staticmethod
    def hazards(v: View) -> dict[str, dict[tuple[str, str], Any]]:
        """The first session enrols; every later one, or every day where a hazard is given, is an occasion to stop."""
        planned = v.session / v.unit_load
        stop = v.stop_given * v.stop_hazard + (1 - v.stop_given) * v.stop_rate * planned
        return {
            "programme": {
                ("none", "enrolled"): v.enrol_rate * planned,
                ("enrolled", "stopped"): v.stopping * stop,
            }
        }

    @staticmethod
    def decisions(v: View) -> Equations:
        """Attend the next day's session, if there is one."""
        return {"attends": _attending(v)}


class TrainingFull(Training):
    r"""The published form: one step a day, with impulses decaying between days (Busso 2003).

    F <- F_set + (F - F_set) exp(-1d/t1) + c w 1d/t1,   likewise H with t2 and K with t3;   w  mean load of the day that closed

    Symbols, ports and read-outs as in the continuous form. Left out: anything within a day.
    Reproduces: sums of decays and the load with the best performance, tests/published/test_training.py.
    """

    variant = "full"
    day = Parameter(unit="day", doc="one day")

    @staticmethod
    def drift(v: View) -> Equations:
        """Nothing happens between midnights."""
        return {}

    @staticmethod
    def daily(v: View) -> Equations:
        """Yesterday's load is added to what is left."""

        def step(x: Any, rest: Any, time: Any, gained: Any) -> Any:
            return rest + (x - rest) * exp(-v.day / time) + gained * v.day / time

        relative = v.day_load / v.everyday_load
        return {
            "fitness": step(v.fitness, v.fitness_set, v.fitness_time, v.fitness_per_load * v.day_load),
            "overload": step(v.overload, v.usual_load, v.overload_time, relative),
            "sensitised": step(v.sensitised, v.usual_load, v.sensitised_time, relative),
        }


def _load(v: View) -> Any:
    first = v.adherence_given * v.adherence + (1 - v.adherence_given) * v.attends
    return v.session / v.unit_load * (v.programme.none * first + v.programme.enrolled * v.attends)


def _attending(v: View) -> Any:
    own = v.attend_odds + log(v.attendance)
    done = v.adherence * exp(own)
    given = done / (done + 1 - v.adherence)
    return v.adherence_given * given + (1 - v.adherence_given) * logistic(
        v.attend_home + v.attend_supervised * v.supervision + own
    )
