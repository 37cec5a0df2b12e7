"""What re-runs of Phillips and Robinson 2007 and 2008 printed; see `sleep_switch_model.py`."""

import numpy as np
import pytest
from sleep_switch_model import HIGHEST, OF_2007, OF_2008, SleepSwitch

from samenspel.composition import stand_alone
from samenspel.engine import simulate


def last_day(parameters):
    """(hours, awake or not, states) over the day after ten days."""
    angle = -2 * np.pi * HIGHEST / 24
    start = {"switch.cosine": float(np.cos(angle)), "switch.sine": float(np.sin(angle))}
    hours = np.arange(0.0, 24.0, 0.02)
    out = simulate(stand_alone(SleepSwitch), np.concatenate([[0.0], 10 + hours / 24]), parameters=parameters, start=start,
                   engine="reference", rtol=1e-6, atol=1e-8)  # fmt: skip
    named = {n.removeprefix("switch."): out.column(n)[1:] for n in out.names}
    return hours, named["awake"] > 0, named


def test_2008_baseline():
    """6.35 h of sleep a day from 0.23 h to 6.58 h, pressure 8.18 to 14.08."""
    hours, awake, at = last_day(OF_2008)
    assert 24 * (1 - awake.mean()) == pytest.approx(6.35, abs=0.03)
    change = np.diff(awake.astype(int))
    assert hours[1:][change < 0] == pytest.approx([0.23], abs=0.05)
    assert hours[1:][change > 0] == pytest.approx([6.58], abs=0.05)
    np.testing.assert_allclose([at["pressure"].min(), at["pressure"].max()], [8.18, 14.08], atol=0.02)


def test_2007_with_the_numbers_of_its_file():
    """Awake for 0.792 of the time, pressure 9.67 to 15.19, potential of the wake neurons -11.9 to +0.99 mV."""
    _, awake, at = last_day(OF_2007)
    assert awake.mean() == pytest.approx(0.792, abs=0.002)
    np.testing.assert_allclose([at["pressure"].min(), at["pressure"].max()], [9.67, 15.19], atol=0.02)
    np.testing.assert_allclose([at["wake_neurons"].min(), at["wake_neurons"].max()], [-11.9, 0.99], atol=0.05)
