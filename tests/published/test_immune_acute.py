"""Dobreva 2021: what a bolus of endotoxin (2 ng/kg) does to cytokines, temperature and the pain threshold."""

import numpy as np
import pytest

from samenspel.composition import default_parameters, stand_alone
from samenspel.engine import simulate
from samenspel.systems.immune_acute import ImmuneAcute

HOURS = np.arange(0, 12.01, 0.02)


@pytest.fixture(scope="module")
def bolus():
    return simulate(
        stand_alone(ImmuneAcute),
        HOURS / 24,
        parameters=default_parameters(None, ImmuneAcute),
        start={"immune.endotoxin": 2.0},
        engine="reference",
        rtol=1e-7,
        atol=1e-8,
    )


@pytest.mark.parametrize(
    ("state", "size", "hour"), [("tnf_level", 257, 1.7), ("il6_level", 791, 2.1), ("il8_level", 248, 2.1), ("il10_level", 41, 2.5)]
)
def test_cytokines_peak_when_and_as_high_as_printed(bolus, state, size, hour):
    course = bolus.column(f"immune.{state}")
    assert course.max() == pytest.approx(size, abs=0.5)
    assert HOURS[course.argmax()] == pytest.approx(hour, abs=0.06)


def test_temperature_peaks_after_three_and_a_half_hours(bolus):
    course = bolus.column("immune.temperature")
    assert course.max() == pytest.approx(38.24, abs=0.01)
    assert HOURS[course.argmax()] == pytest.approx(3.6, abs=0.06)


def test_the_pain_threshold_falls_to_81_per_cent_after_two_hours(bolus):
    course = bolus.column("immune.threshold")
    assert course.min() == pytest.approx(577.8, abs=0.3)
    assert course.min() / course[0] == pytest.approx(0.810, abs=0.001)
    assert HOURS[course.argmin()] == pytest.approx(2.04, abs=0.03)
