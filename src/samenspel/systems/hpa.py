"""The stress-hormone axis on the scale of weeks: gland masses, with hormones in balance with them."""

from __future__ import annotations

from samenspel.declare import Input, Parameter, Port, Readout, State, System
from samenspel.declare.language import View
from samenspel.declare.system import Equations


class Hpa(System):
    r"""Pituitary and adrenal mass under a daily drive; hormones are in balance with them within half a day.

    dP/dt = gP P (x1 (1 - P/K_P) - 1),  dA/dt = gA A (x2 (1 - A/K_A) - 1),  dx3/dt = (x2 A - x3)/tau
    x1 = u G(x3)/x3,  x2 = x1 P G(x3),  G(x) = 1/((x/K)^n + 1)

    P, A  pituitary and adrenal mass      x1, x2, x3  CRH, ACTH, cortisol; near 1 at rest      tau  half a day (ours)
    u     drive (1 + stressor) times the port        gP, gA  turnover per day       K, n  glucocorticoid receptor
    Left out: the daily and hourly rhythm (their means are kept); cortisol in saliva and urine follow blood.
    Reproduces: Karin 2020 / Milo 2025 blunting of ACTH after long stress, tests/published/test_hpa.py.
    """

    system = "hpa"
    feeds = "how cortisol and ACTH follow a drive over weeks; it says nothing about fibromyalgia itself"
    pituitary = State(low=0.0, start=1.0)
    adrenal = State(low=0.0, start=1.0)
    cortisol_blood = State(low=0.0, start=1.0)
    drive = Port(combine="product", shifts="cortisol_blood")
    stressor = Input(habitual=0.0, reference=1.0)
    pituitary_turnover = Parameter(unit="1/day")
    adrenal_turnover = Parameter(unit="1/day")
    hormone_time = Parameter(unit="day")
    receptor_half = Parameter()
    receptor_slope = Parameter()
    pituitary_capacity = Parameter()
    adrenal_capacity = Parameter()
    person_drive = Parameter()
    crh = Readout(low=0.0)
    acth = Readout(low=0.0)
    cortisol_saliva = Readout(low=0.0)
    cortisol_urine = Readout(low=0.0)
    cortisol_morning = Readout(low=0.0)

    @staticmethod
    def _above(v: View):
        """CRH and ACTH that go with the present cortisol and masses."""
        feedback = 1 / ((v.cortisol_blood / v.receptor_half) ** v.receptor_slope + 1)
        crh = v.person_drive * v.drive * (1 + v.stressor) * feedback / v.cortisol_blood
        return crh, crh * v.pituitary * feedback

    @staticmethod
    def readouts(v: View) -> Equations:
        """Hormones of the day."""
        crh, acth = Hpa._above(v)
        blood = v.cortisol_blood
        return {"crh": crh, "acth": acth, "cortisol_saliva": blood, "cortisol_urine": blood, "cortisol_morning": blood}

    @staticmethod
    def drift(v: View) -> Equations:
        """Gland masses grow where their hormone is above 1."""
        crh, acth = Hpa._above(v)
        return {
            "pituitary": v.pituitary_turnover * v.pituitary * (crh * (1 - v.pituitary / v.pituitary_capacity) - 1),
            "adrenal": v.adrenal_turnover * v.adrenal * (acth * (1 - v.adrenal / v.adrenal_capacity) - 1),
            "cortisol_blood": (acth * v.adrenal - v.cortisol_blood) / v.hormone_time,
        }


class HpaFull(Hpa):
    r"""The same axis with all five states, in minutes: the published form (Karin 2020; rates of Milo 2025).

    dx1/dt = g1 (u G(x3)/x3 - x1), dx2/dt = g2 (x1 P G(x3) - x2), dx3/dt = g3 (x2 A - x3); P and A as in the daily form.
    """

    variant = "full"
    hormone_1 = State(low=0.0, start=1.0, doc="CRH")
    hormone_2 = State(low=0.0, start=1.0, doc="ACTH")
    fast = ("hormone_1", "hormone_2", "cortisol_blood")
    crh_turnover = Parameter(unit="1/day")
    acth_turnover = Parameter(unit="1/day")
    cortisol_turnover = Parameter(unit="1/day")

    @staticmethod
    def readouts(v: View) -> Equations:
        """Hormones now."""
        blood = v.cortisol_blood
        return {
            "crh": v.hormone_1, "acth": v.hormone_2, "cortisol_saliva": blood, "cortisol_urine": blood,
            "cortisol_morning": blood,
        }  # fmt: skip

    @staticmethod
    def drift(v: View) -> Equations:
        """Hormones and gland masses."""
        u = v.person_drive * v.drive * (1 + v.stressor)
        feedback = 1 / ((v.cortisol_blood / v.receptor_half) ** v.receptor_slope + 1)
        return {
            "hormone_1": v.crh_turnover * (u * feedback / v.cortisol_blood - v.hormone_1),
            "hormone_2": v.acth_turnover * (v.hormone_1 * v.pituitary * feedback - v.hormone_2),
            "cortisol_blood": v.cortisol_turnover * (v.hormone_2 * v.adrenal - v.cortisol_blood),
            "pituitary": v.pituitary_turnover
            * v.pituitary
            * (v.hormone_1 * (1 - v.pituitary / v.pituitary_capacity) - 1),
            "adrenal": v.adrenal_turnover * v.adrenal * (v.hormone_2 * (1 - v.adrenal / v.adrenal_capacity) - 1),
        }
