"""Mood as an Ornstein-Uhlenbeck process; the panic model on its own ground; what the mind system borrows from it.

The process: variance Gamma/(2 Theta) in continuous time; the documentation of the R package affectOU uses Theta 0.7 and 0.3
with Gamma 1. No numbers were printed for the panic model, so its tests state its published behaviour: a vicious circle at a
high arousal schema, and exposure without escape that lowers it.
"""

import numpy as np
import pytest
from panic_model import MINUTE, PUBLISHED, Panic

from samenspel.composition import default_parameters, stand_alone
from samenspel.engine import People, Schedule, StepPlan, run, simulate
from samenspel.systems.mind import Mind


@pytest.mark.parametrize("theta", [0.7, 0.3])
def test_mood_has_the_variance_of_its_process(theta):
    """Day-constant pushes s: variance (s tau (1 - a))²/(1 - a²), a = exp(-theta); within 5 per cent of s²/(2 theta).

    3,000 people for 40 days; 4 standard errors of a variance.
    """
    n, push = 3000, 0.3
    p = default_parameters(None, Mind) | {
        "mind.distress_time": 1 / theta, "mind.distress_daily": push, "mind.distress_set": 5.0, "mind.threat_daily": 0.0,
    }  # fmt: skip
    ids = np.arange(n, dtype=np.int64)
    r = run(stand_alone(Mind), People(ids, ids, p), [Schedule(40)], save=["mind.distress"], save_days=[39], engine="numpy",
            plan=StepPlan(longest=0.25, depth=0), seed=3)[0]  # fmt: skip
    a = np.exp(-theta)
    by_day = (push / theta * (1 - a)) ** 2 / (1 - a**2)
    assert abs(by_day / (push**2 / (2 * theta)) - 1) < 0.05
    assert abs(r.of("mind.distress")[0].var() / by_day - 1) < 4 * np.sqrt(2 / n)


def days_of(pulses, length=20 * MINUTE):
    """A schedule with one pulse of the perturbation at noon of each day; escape reduction as given."""
    plan = np.zeros((len(pulses), 3))
    plan[:, 1] = [size for size, _ in pulses]
    held = np.repeat(np.array([[reduction] for _, reduction in pulses]), 3, axis=1)
    inputs = {"panic.perturbation": plan, "panic.escape_reduction": held}
    return Schedule(len(pulses), edges=(0.0, 0.5, 0.5 + length), inputs=inputs)


def live(pulses, schema, efficacy):
    """Days of the panic model; fear within the day is looked at every minute around noon."""
    start = {"panic.arousal_schema": schema, "panic.escape_schema": efficacy}
    around = 0.5 + np.arange(0, 121) * MINUTE
    times = np.concatenate([[0.0], *(d + around for d in range(len(pulses)))])
    out = simulate(stand_alone(Panic), times, engine="reference", parameters=PUBLISHED, start=start, schedule=days_of(pulses),
                   rtol=1e-6, atol=1e-8)  # fmt: skip
    return out, out.column("panic.fear")[1:].reshape(len(pulses), -1)


def test_the_same_arousal_ends_in_panic_only_at_a_high_arousal_schema():
    """A perturbation of 0.3: circle of arousal and threat when the schema is high, nothing when it is low."""
    (_, calm), (_, panic) = (live([(0.3, 0.0)], s, 0.5) for s in (0.25, 0.9))
    assert calm.max() < 0.1
    assert panic.max() > 0.6


def test_an_attack_feeds_itself_and_then_ends_by_itself():
    """Fear grows beyond what the perturbation alone gives; homeostatic feedback ends it within two hours."""
    out, fear = live([(0.4, 0.0)], 0.9, 0.5)
    at = fear[0]
    assert at.max() > 0.6 > 0.4
    assert at[-1] < 0.1
    assert out.column("panic.arousal").max() > 0.4 + 0.3


def test_attacks_with_escape_raise_the_schema_until_small_arousal_is_enough():
    """Ten days of strong arousal, with escape: belief in threat rises, efficacy falls, and a pulse that was harmless panics."""
    small = (0.25, 0.0)
    _, before = live([small], 0.6, 0.3)
    out, _ = live([(0.6, 0.0)] * 10, 0.6, 0.3)
    schema, efficacy = out.column("panic.arousal_schema")[-1], out.column("panic.escape_schema")[-1]
    assert schema > 0.85
    assert efficacy < 0.1
    _, after = live([small], schema, efficacy)
    assert before.max() < 0.2 < 0.5 < after.max()
    assert out.column("panic.avoidance")[-1] > 0.8


def test_exposure_without_escape_lowers_the_schema_and_ends_the_circle():
    """21 days of rising arousal with escape reduced by 0.6, as in the coded treatment; without reduction the schema stays up."""
    steps = [(size, 0.6) for size in np.repeat([0.25, 0.5, 0.75, 1.0], [5, 5, 5, 6])]
    treated, _ = live(steps, 0.9, 0.3)
    untreated, _ = live([(size, 0.0) for size, _ in steps], 0.9, 0.3)
    assert treated.column("panic.arousal_schema")[-1] < 0.45
    assert untreated.column("panic.arousal_schema")[-1] > 0.85
    _, fear = live([(0.4, 0.0)], treated.column("panic.arousal_schema")[-1], treated.column("panic.escape_schema")[-1])
    assert fear.max() < 0.5


def at_rest(**own):
    model = stand_alone(Mind)
    p = default_parameters(None, Mind) | {"mind.threat_daily": 0.0, "mind.distress_daily": 0.0}
    p |= {f"mind.{k}": v for k, v in own.items()}
    out = simulate(model, [0.0, 150.0], parameters=p, engine="reference", rtol=1e-6)
    return {n.removeprefix("mind."): out.column(n)[-1] for n in out.names}


def test_avoidance_follows_belief_along_a_logistic_curve_as_in_the_panic_model():
    """Log odds of avoidance rise in a straight line with belief and fall with self-efficacy."""
    log_odds = lambda x: np.log(x / (1 - x))  # noqa: E731
    beliefs = [0.2, 0.35, 0.5]
    rise = [log_odds(at_rest(threat_set=s)["avoidance"]) for s in beliefs]
    assert rise[0] < rise[1] < rise[2]
    assert rise[2] - rise[1] == pytest.approx(rise[1] - rise[0], rel=0.02)
    assert at_rest(efficacy_set=0.8)["avoidance"] < at_rest(efficacy_set=0.4)["avoidance"]


def test_the_transferred_mind_forgets_where_it_started():
    """Unlike the panic model, slow states return to their set points: one resting point."""
    model = stand_alone(Mind)
    p = default_parameters(None, Mind) | {"mind.threat_daily": 0.0, "mind.distress_daily": 0.0}
    ends = []
    for level in (0.05, 0.95):
        start = {"mind.threat": level, "mind.efficacy": 1 - level, "mind.avoidance": level, "mind.distress": 10 * level}
        out = simulate(model, [0.0, 250.0], parameters=p, start=start, engine="reference", rtol=1e-6)
        ends.append([out.column(s)[-1] for s in model.state_names])
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-3)
