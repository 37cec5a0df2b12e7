"""Skeldon 2023: sleep of about eight hours at 30 years; shorter and earlier at 65 years.

Printed by a re-run of the published equations: 8.14 h from 00:01 to 08:10 at 30 years, 7.36 h from 23:14 to 06:35 at 65 years.
At 30 years the clock comes to rest slowly, over months; at rest sleep runs from 00:07 to 08:15.
Light follows the authors' code: 40 lux in the evening, 700 lux by day, a smooth rise around 7:30 and fall around 16:30.
"""

import numpy as np
import pytest

from samenspel.composition import default_parameters, stand_alone
from samenspel.engine import Schedule, simulate
from samenspel.systems.sleep import Sleep
from samenspel.systems.sleep_full import SleepFull

DAYS, SLOTS = 8, 48
#: sleep drive while awake and size of the circadian level, as the authors' code gives them
AGES = {30: (18.67, 2.72), 65: (17.87, 1.72)}
PRINTED = {30: (8.14, 0 + 1 / 60, 8 + 10 / 60), 65: (7.36, 23 + 14 / 60, 6 + 35 / 60)}
#: hour of waking, and pressure, body clock and receptors then, after a year: started there, nights repeat if nothing is wrong
WAKING = {
    30: (8.2566, 11.1942, 0.98748, -0.38877, 0.00055),
    65: (6.5486, 11.3412, 0.91891, -0.55392, 0.00103),
}


def daylight(per_hour=0.6):
    """Half-hourly light; `per_hour` is the steepness of dawn and dusk."""
    hour = (np.arange(SLOTS) + 0.5) * 24 / SLOTS
    lux = 40 + 330 * (np.tanh(per_hour * (hour - 7.5)) - np.tanh(per_hour * (hour - 16.5)))
    return Schedule(DAYS, edges=tuple(np.arange(SLOTS) / SLOTS), inputs={"sleep.light": np.tile(lux, (DAYS, 1))})


def nights(age, system=SleepFull):
    """(hours asleep per night, falling asleep, waking) by the clock, over the last three nights.

    At 20:00 and at noon everybody is awake and at 3:00 asleep, so hours slept in between tell when sleep began and ended.
    """
    drive, size = AGES[age]
    parameters = default_parameters(None, system) | {"sleep.drive_awake": drive, "sleep.circadian_size": size}
    hour, *state = WAKING[age]
    start = dict(zip(("sleep.pressure", "sleep.clock_x", "sleep.clock_y", "sleep.receptors"), state, strict=True))
    last = DAYS - 4
    times = np.concatenate([[hour / 24], *(last + k + np.array([20, 27, 36]) / 24 for k in range(3))])
    out = simulate(stand_alone(system), times, parameters=parameters, start=start, schedule=daylight(),
                   engine="reference", rtol=1e-7, atol=1e-9)  # fmt: skip
    evening, deep, noon = (out.column("sleep.slept")[1:] * 24).reshape(3, 3).T
    return np.mean(noon - evening), np.mean(3 - (deep - evening)) % 24, np.mean(3 + noon - deep)


def apart(hour, other):
    """Distance between two clock times, in hours."""
    return abs((hour - other + 12) % 24 - 12)


@pytest.fixture(scope="module")
def slept():
    return {age: nights(age) for age in AGES}


@pytest.mark.parametrize("age", sorted(AGES))
def test_hours_and_clock_times_of_sleep(slept, age):
    """Hours within a minute, clock times within twelve: half-hourly light moves them by four, creeping to rest by six."""
    hours, asleep, up = slept[age]
    assert hours == pytest.approx(PRINTED[age][0], abs=0.015)
    assert apart(asleep, PRINTED[age][1]) < 0.2
    assert apart(up, PRINTED[age][2]) < 0.2


def test_sleep_is_shorter_and_earlier_with_age(slept):
    young, old = slept[30], slept[65]
    assert old[0] < young[0] - 0.5
    assert 0.5 < (young[1] - old[1]) % 24 < 1.5


def test_changing_one_equation_is_noticed():
    """Without the clock's answer to light sleep drifts away from the night: its own period is 24.2 hours."""

    class Blind(SleepFull):
        variant = "blind"

        @staticmethod
        def drift(v):
            return SleepFull.drift(v) | {"receptors": 0 * v.receptor_rate, "clock_y": v.clock_x / v.clock_unit}

    hours, asleep, _ = nights(30, Blind)
    assert apart(asleep, PRINTED[30][1]) > 1 or abs(hours - PRINTED[30][0]) > 0.1


def test_a_debt_is_paid_off_with_the_published_time_constant():
    """After short nights end, what is left of the debt falls by e every 45 hours."""
    short = Schedule(20, inputs={"sleep.time_in_bed_lost": np.where(np.arange(20) < 10, 2.0, 0.0)[:, None]})
    times = [0.0, 10.0, 10.0 + 45 / 24]
    table = simulate(
        stand_alone(Sleep), times, parameters=default_parameters(None, Sleep), schedule=short, engine="reference",
        start={"sleep.debt": 1.0},
    )  # fmt: skip
    debt = table.column("sleep.debt") - 1
    assert debt[1] > 0.1
    assert debt[2] / debt[1] == pytest.approx(np.exp(-1), rel=1e-3)
