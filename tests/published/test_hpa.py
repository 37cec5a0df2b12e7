"""Karin 2020 / Milo 2025: after long stress cortisol returns within weeks while ACTH stays blunted for months."""

import numpy as np
import pytest

from samenspel.composition import default_parameters, stand_alone
from samenspel.engine import Schedule, simulate
from samenspel.systems.hpa import Hpa, HpaFull

DAYS = 240
STRESS = Schedule(DAYS, inputs={"hpa.stressor": np.where(np.arange(DAYS) < 60, 1.0, 0.0)[:, None]})
REST = {"hpa.pituitary": 1.01472, "hpa.adrenal": 0.98551, "hpa.cortisol_blood": 0.98551}


def course(system, times, schedule=STRESS):
    table = simulate(
        stand_alone(system),
        times,
        parameters=default_parameters(None, system),
        schedule=schedule,
        start=REST,
        engine="reference",
    )
    return table.column("hpa.cortisol_blood") / REST["hpa.cortisol_blood"], table.column("hpa.acth")


def test_published_course_of_cortisol_and_acth():
    """Printed by a re-run of the published equations: day 59 1.87 / 1.21, day 90 1.20 / 0.845, day 150 1.01 / 0.87."""
    cortisol, acth = course(HpaFull, [0.0, 59.0, 90.0, 150.0])
    np.testing.assert_allclose(cortisol[1:], [1.87, 1.20, 1.01], atol=0.006)
    np.testing.assert_allclose(acth[1:], [1.21, 0.845, 0.87], atol=0.006)


def test_acth_is_still_blunted_when_cortisol_is_back():
    cortisol, acth = course(HpaFull, [0.0, 150.0])
    assert abs(cortisol[1] - 1) < 0.02
    assert acth[1] < 0.9


def test_acth_is_back_within_three_per_cent_about_half_a_year_after():
    _, acth = course(HpaFull, [0.0, 239.0])
    assert abs(acth[1] - 1) < 0.03


def test_the_daily_form_follows_the_full_one_over_weeks():
    """Away from the switch days the two forms differ by less than 1 % in cortisol and 0.5 % in ACTH."""
    times = np.concatenate([[0.0], np.arange(3, 59), np.arange(63, 235, 4)]).astype(float)
    full, daily = course(HpaFull, times), course(Hpa, times)
    np.testing.assert_allclose(daily[0][1:], full[0][1:], rtol=0.01)
    np.testing.assert_allclose(daily[1][1:], full[1][1:], rtol=0.005)


def test_changing_one_equation_is_noticed():
    """Without feedback of cortisol on the pituitary the course is another one."""

    class NoFeedback(HpaFull):
        variant = "no-feedback"

        @staticmethod
        def drift(v):
            equations = dict(HpaFull.drift(v))
            equations["hormone_2"] = v.acth_turnover * (v.hormone_1 * v.pituitary - v.hormone_2)
            return equations

    cortisol, _ = course(NoFeedback, [0.0, 59.0])
    assert cortisol[1] != pytest.approx(1.87, abs=0.006)
