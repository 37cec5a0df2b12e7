"""Three more published models of the stress-hormone axis, declared as systems for their own tests.

None of their numbers enters the atlas. Equations and numbers as held in public code that names the articles, re-implemented:
a switch with a memory of stress (code of a study of depression and bistability), Bangsgaard and Ottesen 2017 with the numbers of
their patient f, and the minimal model of Vinther, Andersen and Ottesen 2011, whose form is recalled, not confirmed.
"""

import numpy as np

from samenspel.declare import Input, Parameter, Readout, State, Switch, System
from samenspel.declare.maths import hill, logistic

MINUTE = 1.0 / 1440.0  # days


class StressMemory(System):
    r"""Glands and a mark that lasting stress leaves (h), which then keeps cortisol high.

    A' = gA A (x2 - 1),  P' = gP P (x1 - 1),  h' = (1/(1 + 3 [x3 >= 1.5]) - h)/tau
    x1' = g1 (u/(h x3) - x1),  x2' = g2 (x1 P/x3 - x2),  x3' = g3 (x2 A - x3);  u = 1 + stressor
    """

    system = "stress"
    fast = ("crh", "acth", "cortisol")
    crh = State(start=1.0)
    acth = State(start=1.0)
    cortisol = State(start=1.0)
    adrenal = State(start=1.0)
    pituitary = State(start=1.0)
    integrity = State(start=1.0)
    stressor = Input()
    adrenal_rate = Parameter(unit="1/day")
    pituitary_rate = Parameter(unit="1/day")
    crh_rate = Parameter(unit="1/day")
    acth_rate = Parameter(unit="1/day")
    cortisol_rate = Parameter(unit="1/day")
    integrity_time = Parameter(unit="day")
    harmful = Parameter()
    harm = Parameter()
    gate = Parameter()

    @staticmethod
    def drift(v):
        harmed = logistic((v.cortisol - v.harmful) / v.gate)
        return {
            "crh": v.crh_rate * ((1 + v.stressor) / (v.integrity * v.cortisol) - v.crh),
            "acth": v.acth_rate * (v.crh * v.pituitary / v.cortisol - v.acth),
            "cortisol": v.cortisol_rate * (v.acth * v.adrenal - v.cortisol),
            "adrenal": v.adrenal_rate * v.adrenal * (v.acth - 1),
            "pituitary": v.pituitary_rate * v.pituitary * (v.crh - 1),
            "integrity": (1 / (1 + v.harm * harmed) - v.integrity) / v.integrity_time,
        }


STRESS_MEMORY = {
    "stress.adrenal_rate": 0.099, "stress.pituitary_rate": 0.049, "stress.crh_rate": 0.17 / MINUTE,
    "stress.acth_rate": 0.035 / MINUTE, "stress.cortisol_rate": 0.0086 / MINUTE, "stress.integrity_time": 21.0,
    "stress.harmful": 1.5, "stress.harm": 3.0, "stress.gate": 0.005,
}  # fmt: skip


class DayAndHours(System):
    r"""Cortisol over the day with its bursts (Bangsgaard and Ottesen 2017); time in minutes in the rates.

    x1' = a0 + c a1/(1 + a2 x3^2) x1/(mu + x1) - w1 x1,  x2' = a3 x1/(1 + a4 x3) - w2 x2,  x3' = a5 x2^2 - w3 x3
    c = N (m^k/(m^k + al^k) (T - m)^l/((T - m)^l + be^l) + eps),  m  minutes since the clock's own zero
    """

    system = "hours"
    fast = ("crh", "acth", "cortisol", "clock")
    crh = State(start=2.0)
    acth = State(start=8.725)
    cortisol = State(start=1.159)
    clock = State(start=0.0, doc="m/T, 0 to 1")
    a0, a1, a2, a3, a4, a5 = (Parameter() for _ in range(6))
    w1, w2, w3, mu = (Parameter() for _ in range(4))
    size, rise, fall, steep_rise, steep_fall, floor, minutes = (Parameter() for _ in range(7))
    drive = Readout()

    @staticmethod
    def readouts(v):
        rising = hill(v.clock * v.minutes, v.rise, v.steep_rise)
        return {"drive": v.size * (rising * hill((1 - v.clock) * v.minutes, v.fall, v.steep_fall) + v.floor)}

    @staticmethod
    def drift(v):
        per_minute = {
            "crh": v.a0 + v.drive * v.a1 / (1 + v.a2 * v.cortisol**2) * v.crh / (v.mu + v.crh) - v.w1 * v.crh,
            "acth": v.a3 * v.crh / (1 + v.a4 * v.cortisol) - v.w2 * v.acth,
            "cortisol": v.a5 * v.acth**2 - v.w3 * v.cortisol,
        }
        return {name: rate * v.minutes for name, rate in per_minute.items()} | {"clock": 1 + 0 * v.minutes}

    midnight = Switch(guard=lambda v: v.clock - 1, reset=lambda v: {"clock": v.clock - 1})


PATIENT_F = {
    "hours.a0": 3.9031e-4, "hours.a1": 6.839e12, "hours.a2": 1.7809e9, "hours.a3": 2.2803e4, "hours.a4": 1.7745e5,
    "hours.a5": 4.617e-4, "hours.w1": 0.0337, "hours.w2": 0.0205, "hours.w3": 0.0238, "hours.mu": 583.0,
    "hours.size": 0.5217, "hours.rise": 300.0, "hours.fall": 950.0, "hours.steep_rise": 5.0, "hours.steep_fall": 6.0,
    "hours.floor": 0.01, "hours.minutes": 1440.0,
}  # fmt: skip
SHIFT = 83.8 / 1440.0  # days by which the clock of patient f runs behind midnight


class Minimal(System):
    r"""Three hormones with saturating feedback (Vinther, Andersen and Ottesen 2011); rates per minute, held per day.

    x1' = k0 (1 - rho H) - w1 x1,  x2' = k1 (1 - mu H) x1 - w2 x2,  x3' = k2 x2 - w3 x3,  H = x3^al/(c^al + x3^al)
    """

    system = "minimal"
    fast = ("crh", "acth", "cortisol")
    crh = State(start=5.0)
    acth = State(start=15.0)
    cortisol = State(start=2.0)
    k0, k1, k2, w1, w2, w3, rho, mu, al, c = (Parameter() for _ in range(10))

    @staticmethod
    def drift(v):
        back = hill(v.cortisol, v.c, v.al)
        return {
            "crh": v.k0 * (1 - v.rho * back) - v.w1 * v.crh,
            "acth": v.k1 * (1 - v.mu * back) * v.crh - v.w2 * v.acth,
            "cortisol": v.k2 * v.acth - v.w3 * v.cortisol,
        }


VINTHER = {f"minimal.{name}": value for name, value in zip(
    ("k0", "k1", "k2", "w1", "w2", "w3", "rho", "mu", "al", "c"),
    (*(np.array([1.7696, 0.12734, 0.0013198, 0.17329, 0.034832, 0.0090726]) / MINUTE), 0.5, 0.5, 3.0, 3.055),
    strict=True)}  # fmt: skip
