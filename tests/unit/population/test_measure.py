"""Readings: many days at once are the readings of each day, and chance never knows of other days, people or arms."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition.values import shipped
from samenspel.population.measure import needed_outputs, take
from samenspel.studies.trial import trial_measures

ATLAS = shipped()
MEASURES = trial_measures(ATLAS.scenarios["aerobic-12-weeks"])


def readings(values, person, day, measures=MEASURES):
    return take(ATLAS, measures, values, seed=5, person=person, world=person * 0 + 2, day=day)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=4, unique=True), st.integers(1, 6), st.integers(0, 10**6))
def test_many_days_at_once_are_the_readings_of_each_day(days, people, luck):
    rng = np.random.default_rng(luck)
    person = np.arange(people)
    values = {n: rng.uniform(0, 10, (len(days), people)) for n in needed_outputs(ATLAS, MEASURES)}
    together = readings(values, person, np.array(days)[:, None])
    for k, day in enumerate(days):
        alone = readings({n: v[k] for n, v in values.items()}, person, day)
        for m in MEASURES:
            np.testing.assert_array_equal(np.broadcast_to(together[m], (len(days), people))[k], alone[m])


def test_a_measure_more_and_a_person_less_change_no_reading():
    person = np.arange(5)
    values = {n: np.linspace(1, 9, 5) for n in needed_outputs(ATLAS, MEASURES)}
    whole = readings(values, person, 7)
    alone = readings({n: v[2:] for n, v in values.items()}, person[2:], 7, MEASURES[:1])
    np.testing.assert_array_equal(whole[MEASURES[0]][2:], alone[MEASURES[0]])
