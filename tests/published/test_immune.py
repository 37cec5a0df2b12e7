"""Baker 2013: two resting points of inflammatory tone where self-amplification is strong."""

import numpy as np
import pytest

from samenspel.composition import default_parameters, stand_alone
from samenspel.engine import simulate
from samenspel.systems.immune import Immune


def resting_points(self_production):
    """Pro-inflammatory signal after 4,000 published units of time, from a low and from a high start."""
    parameters = {
        **default_parameters(None, Immune),
        "immune.self_production": self_production,
        "immune.tone_time": 1.0,
    }
    found = []
    for start in (0.0, 1.5):
        table = simulate(
            stand_alone(Immune),
            [0.0, 4000.0],
            parameters=parameters,
            start={"immune.pro": start, "immune.anti": start},
            engine="reference",
        )
        found.append(float(table.column("immune.pro")[-1]))
    return found


def test_the_published_default_has_one_resting_point():
    low, high = resting_points(1.0)
    assert low == pytest.approx(0.0203, abs=5e-5)
    assert high == pytest.approx(low, abs=1e-6)


@pytest.mark.parametrize(("strength", "low", "high"), [(10.0, 0.025, 0.391), (12.0, 0.027, 0.476), (15.0, 0.033, 0.608)])
def test_two_resting_points_from_ten_on(strength, low, high):
    found = resting_points(strength)
    np.testing.assert_allclose(found, [low, high], atol=6e-4)


@pytest.mark.parametrize("strength", [3.0, 6.0, 9.0])
def test_one_resting_point_up_to_nine(strength):
    low, high = resting_points(strength)
    assert high == pytest.approx(low, abs=1e-4)
