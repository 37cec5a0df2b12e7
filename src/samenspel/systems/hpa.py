"""The stress-hormone axis on the scale of weeks: gland masses, with hormones in balance with them."""

from __future__ import annotations

from samenspel.declare import Input, Parameter, Port, Readout, State, System
from samenspel.declare.maths import log, exp
from samenspel.declare.system import Equations


class Hpa(System):
    r"""Pituitary and adrenal mass under a daily drive; hormones are the quasi-steady state of the minute equations.

    dP/dt = gP P (x1 (1 - P/K_P) - 1),  dA/dt = gA A (x2 (1 - A/K_A) - 1)
    x1 = u G(x3)/x3,  x2 = x1 P G(x3),  x3 = x2 A,  G(x) = 1/((x/K)^n + 1);  so  x3^2 = u G(x3)^2 P A

    P, A  pituitary and adrenal mass, 1 at rest      x1, x2, x3  CRH, ACTH, cortisol, 1 at rest without feedback loss
    u     drive (1 + stressor) times the port        gP, gA  turnover per day       K, n  glucocorticoid receptor
    Left out: the daily and hourly rhythm (their means are kept). The root for x3 is ten unrolled Newton steps in ln x3.
    Reproduces: Karin 2020 / Milo 2025 blunting of ACTH after long stress, tests/published/test_hpa.py.
    """

    system = "hpa"
    feeds = "how cortisol and ACTH follow a drive over weeks; it says nothing about fibromyalgia itself"
    pituitary = State(low=0.0, start=1.0)
    adrenal = State(low=0.0, start=1.0)
    drive = Port(combine="product", shifts="cortisol_blood")
    stressor = Input(habitual=0.0, reference=1.0)
    pituitary_turnover = Parameter(unit="1/day")
    adrenal_turnover = Parameter(unit="1/day")
    receptor_half = Parameter()
    receptor_slope = Parameter()
    pituitary_capacity = Parameter()
    adrenal_capacity = Parameter()
    person_drive = Parameter()
    crh = Readout(low=0.0)
    acth = Readout(low=0.0)
    cortisol_blood = Readout(low=0.0)
    cortisol_saliva = Readout(low=0.0)
    cortisol_urine = Readout(low=0.0)
    cortisol_morning = Readout(low=0.0)
    cortisol_level = Readout(low=0.0, doc="what gland masses alone would give: a source for others")

    @staticmethod
    def _cortisol(v, u):
        """Positive root of x^2 ((x/K)^n + 1)^2 = u P A; with y = ln x the left side is monotone, so Newton converges."""
        goal = log(u * v.pituitary * v.adrenal)
        y = goal / (2 + 2 * v.receptor_slope / (1 + v.receptor_half**v.receptor_slope))
        for _ in range(6):
            bend = exp(v.receptor_slope * (y - log(v.receptor_half)))
            y = y - (2 * y + 2 * log(1 + bend) - goal) / (2 + 2 * v.receptor_slope * bend / (1 + bend))
        return exp(y)

    @staticmethod
    def _hormones(v, u):
        x3 = Hpa._cortisol(v, u)
        feedback = 1 / ((x3 / v.receptor_half) ** v.receptor_slope + 1)
        x1 = u * feedback / x3
        return x1, x1 * v.pituitary * feedback, x3

    @staticmethod
    def readouts(v) -> Equations:
        """Hormones of the day."""
        x1, x2, x3 = Hpa._hormones(v, v.person_drive * v.drive * (1 + v.stressor))
        level = Hpa._cortisol(v, v.person_drive)
        return {
            "crh": x1, "acth": x2, "cortisol_blood": x3, "cortisol_saliva": x3, "cortisol_urine": x3,
            "cortisol_morning": x3, "cortisol_level": level,
        }  # fmt: skip

    @staticmethod
    def drift(v) -> Equations:
        """Gland masses grow where their hormone is above 1."""
        x1, x2, _ = Hpa._hormones(v, v.person_drive * v.drive * (1 + v.stressor))
        return {
            "pituitary": v.pituitary_turnover * v.pituitary * (x1 * (1 - v.pituitary / v.pituitary_capacity) - 1),
            "adrenal": v.adrenal_turnover * v.adrenal * (x2 * (1 - v.adrenal / v.adrenal_capacity) - 1),
        }


class HpaFull(Hpa):
    r"""The same axis with all five states, in minutes: the published form (Karin 2020; rates of Milo 2025).

    dx1/dt = g1 (u G(x3)/x3 - x1), dx2/dt = g2 (x1 P G(x3) - x2), dx3/dt = g3 (x2 A - x3); P and A as in the daily form.
    """

    variant = "full"
    hormone_1 = State(low=0.0, start=1.0)
    hormone_2 = State(low=0.0, start=1.0)
    hormone_3 = State(low=0.0, start=1.0)
    fast = ("hormone_1", "hormone_2", "hormone_3")
    crh_turnover = Parameter(unit="1/day")
    acth_turnover = Parameter(unit="1/day")
    cortisol_turnover = Parameter(unit="1/day")

    @staticmethod
    def readouts(v) -> Equations:
        """Hormones now."""
        return {
            "crh": v.hormone_1, "acth": v.hormone_2, "cortisol_blood": v.hormone_3, "cortisol_saliva": v.hormone_3,
            "cortisol_urine": v.hormone_3, "cortisol_morning": v.hormone_3, "cortisol_level": v.hormone_3,
        }  # fmt: skip

    @staticmethod
    def drift(v) -> Equations:
        """Hormones and gland masses."""
        u = v.person_drive * v.drive * (1 + v.stressor)
        feedback = 1 / ((v.hormone_3 / v.receptor_half) ** v.receptor_slope + 1)
        return {
            "hormone_1": v.crh_turnover * (u * feedback / v.hormone_3 - v.hormone_1),
            "hormone_2": v.acth_turnover * (v.hormone_1 * v.pituitary * feedback - v.hormone_2),
            "hormone_3": v.cortisol_turnover * (v.hormone_2 * v.adrenal - v.hormone_3),
            "pituitary": v.pituitary_turnover
            * v.pituitary
            * (v.hormone_1 * (1 - v.pituitary / v.pituitary_capacity) - 1),
            "adrenal": v.adrenal_turnover * v.adrenal * (v.hormone_2 * (1 - v.adrenal / v.adrenal_capacity) - 1),
        }
