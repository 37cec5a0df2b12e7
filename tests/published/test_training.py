"""Variable dose-response of training against its closed forms and the reference value of its best load.

Published form and numbers: Busso 2003 as held in third-party code that names it (k1 0.031, k3 3.5e-5, time constants 30.8,
16.8 and 2.3 days); not confirmed in the article. With G, H, K = 1/(1 - exp(-1/tau)) the load with the best performance is
k1 G/(2 k3 K H): an independent run gave G 31.3, H 17.3, K 2.84 and 282 units a day.
"""

import numpy as np
import pytest

from samenspel.composition import default_parameters, stand_alone
from samenspel.engine import People, Schedule, StepPlan, run, simulate
from samenspel.systems.training import Training, TrainingFull

K1, K3, T1, T2, T3 = 0.031, 3.5e-5, 30.8, 16.8, 2.3
# the units of Busso: no everyday load to compare with, performance in watts above the start
BUSSO = {
    "fitness_set": 0.0, "usual_load": 0.0, "everyday_load": 1.0, "unit_load": 1.0, "fitness_time": T1, "overload_time": T2,
    "sensitised_time": T3, "fitness_per_load": K1 * T1, "fatigue_cost": K3 * T3 * T2,
}  # fmt: skip
ATTENDS_ALL = {"attend_odds": 60.0, "stop_rate": 0.0}


def numbers(system, **own):
    return default_parameters(None, system) | {f"training.{k}": v for k, v in own.items()}


def steady(system, load):
    """States and read-outs under a constant load in the units of Busso, long after the start."""
    out = simulate(stand_alone(system), [0.0, 400.0], engine="reference", parameters=numbers(system, **BUSSO, **ATTENDS_ALL),
                   inputs={"training.session": load})  # fmt: skip
    return {name.removeprefix("training."): out.column(name)[-1] for name in out.names}


def best_load(system):
    """Top of the parabola through the steady performance at three loads, and its curvature."""
    loads = np.array([100.0, 250.0, 400.0])
    curve = np.polyfit(loads, [steady(system, w)["performance"] for w in loads], 2)
    return -curve[1] / (2 * curve[0]), curve


def test_daily_sums_of_the_published_form():
    at = steady(TrainingFull, 100.0)
    assert at["fitness"] / (K1 * 100) == pytest.approx(31.3, abs=0.05)
    assert at["overload"] * T2 / 100 == pytest.approx(17.3, abs=0.05)
    assert at["sensitised"] * T3 / 100 == pytest.approx(2.84, abs=0.005)


def test_performance_is_an_inverted_parabola_of_load_with_its_best_at_282_units_a_day():
    best, curve = best_load(TrainingFull)
    assert curve[0] < 0
    assert best == pytest.approx(282.0, abs=0.5)
    fourth = steady(TrainingFull, 320.0)["performance"]
    assert fourth == pytest.approx(np.polyval(curve, 320.0), rel=1e-6), "a parabola through three loads misses a fourth"


def test_the_continuous_form_has_its_best_load_where_its_integrals_say():
    best, curve = best_load(Training)
    assert curve[0] < 0
    assert best == pytest.approx(K1 * T1 / (2 * K3 * T3 * T2), rel=1e-4)


def bout(days):
    """One reference session on day 0: 35 minutes at 60 per cent from noon."""
    plan = np.zeros((days, 3))
    plan[0, 1] = 0.6 * 1440
    return Schedule(days, edges=(0.0, 0.5, 0.5 + 35 / 1440), inputs={"training.session": plan})


def test_one_bout_follows_its_closed_form():
    """Impulses D/tau exp(-t/tau) with D = 21/9 days of reference load; performance dips, then rises above, then fades."""
    p = numbers(Training, **ATTENDS_ALL)
    t1, t2, t3 = (p[f"training.{n}_time"] for n in ("fitness", "overload", "sensitised"))
    gain, cost, dose, centre = p["training.fitness_per_load"], p["training.fatigue_cost"], 21 / 9, 0.5 + 17.5 / 1440
    relative = dose / p["training.everyday_load"]
    times = np.arange(0.0, 61.0)
    out = simulate(stand_alone(Training), times, engine="reference", parameters=p, schedule=bout(61))
    times = times[1:]
    ago = times - centre
    own = p["training.fitness_set"]
    fitness = own + gain * dose / t1 * np.exp(-ago / t1)
    overload, sensitised = 1 + relative / t2 * np.exp(-ago / t2), 1 + relative / t3 * np.exp(-ago / t3)
    np.testing.assert_allclose(out.column("training.fitness")[1:], fitness, rtol=1e-5)
    np.testing.assert_allclose(out.column("training.overload")[1:], overload, rtol=1e-5)
    np.testing.assert_allclose(out.column("training.sensitised")[1:], sensitised, rtol=2e-4)
    expected = fitness - cost * (sensitised * overload - 1)
    np.testing.assert_allclose(out.column("training.performance")[1:], expected, rtol=1e-5)
    change = out.column("training.performance") - own
    assert change[1] < 0 < change[20]
    assert abs(change[-1]) < abs(change[20])


def test_what_a_bout_leaves_is_gone_after_a_day():
    out = simulate(stand_alone(Training), [0.0, 0.9, 1.5, 2.5], parameters=numbers(Training, **ATTENDS_ALL), schedule=bout(4))
    np.testing.assert_allclose(out.column("training.bout"), [0.0, 0.0, 1.0, 0.0], atol=2e-3)


def test_detraining_halves_fitness_in_its_half_time():
    p = numbers(Training)
    half = p["training.fitness_time"] * np.log(2)
    own = p["training.fitness_set"]
    out = simulate(stand_alone(Training), [0.0, half, 2 * half], parameters=p, start={"training.fitness": own + 0.4})
    np.testing.assert_allclose(out.column("training.fitness") - own, [0.4, 0.2, 0.1], rtol=1e-4)


def programme(days, active=None):
    """Three reference sessions a week for the first `active` days."""
    plan = np.zeros((days, 3))
    plan[np.arange(days) % 7 % 2 == 0, 1] = 0.6 * 1440
    plan[np.arange(days) % 7 == 6] = 0.0
    plan[active if active is not None else days :] = 0.0
    return Schedule(days, edges=(0.0, 0.5, 0.5 + 35 / 1440), inputs={"training.session": plan})


def test_both_clocks_differ_by_the_step_of_a_day_alone():
    """Means of midnight values over the twelfth week: a session at noon has faded for half a day in one form, not in the other."""
    weeks, p = 12, numbers(Training, **ATTENDS_ALL)
    times = np.arange(0.0, 7 * weeks, 1.0)
    smooth, stepped = (
        simulate(stand_alone(s), times, engine="reference", parameters=numbers(s, **ATTENDS_ALL), schedule=programme(7 * weeks))
        for s in (Training, TrainingFull)
    )
    for name, rest in (("fitness", p["training.fitness_set"]), ("overload", 1.0), ("sensitised", 1.0)):
        tau = p[f"training.{name}_time"]
        means = [t.column(f"training.{name}")[-7:].mean() - rest for t in (stepped, smooth)]
        assert means[0] / means[1] == pytest.approx(np.exp(0.5 / tau), rel=0.03)


def crowd(days, active, **own):
    """4,000 people with the same numbers, in a programme for the first `active` of `days` days; read-outs at the end."""
    n = 4000
    ids = np.arange(n, dtype=np.int64)
    save = ["training.programme.stopped", "training.programme.enrolled", "training.fitness"]
    return run(stand_alone(Training), People(ids, ids, numbers(Training, **own)), [programme(days, active)], save=save, save_days=[days - 1],
               engine="numpy", plan=StepPlan(longest=0.5, depth=2), seed=5)[0]  # fmt: skip


@pytest.mark.parametrize("active", [56, 28])
def test_people_stop_at_the_stated_rate_and_only_in_a_programme(active):
    """Share stopped after 56 days = 1 - exp(-rate · planned load), 4 standard errors: nobody stops once it has ended."""
    rate = 0.004
    planned = (3 * active / 7 - 1) * 21 / 9  # the first session enrols
    share = 1 - np.exp(-rate * planned)
    stopped = crowd(56, active, stop_rate=rate).of("training.programme.stopped")[0].mean()
    assert abs(stopped - share) < 4 * np.sqrt(share * (1 - share) / 4000)


def test_nobody_is_enrolled_without_a_session():
    assert crowd(28, 0, stop_rate=0.004).of("training.programme.enrolled")[0].sum() == 0


def test_who_attends_half_of_the_sessions_gains_half_of_the_fitness():
    """Gain over 4,000 people against full attendance; the first session is attended, later ones by a fair coin; 4 standard errors."""
    days, p = 42, numbers(Training)
    full = crowd(days, days, **ATTENDS_ALL).of("training.fitness")[0] - p["training.fitness_set"]
    half = crowd(days, days, attend_home=0.0, attend_odds=0.0, stop_rate=0.0).of("training.fitness")[0] - p["training.fitness_set"]
    time = p["training.fitness_time"]
    first = p["training.fitness_per_load"] * 21 / 9 / time * np.exp(-(days - 0.5) / time)
    expected = first + 0.5 * (full.mean() - first)
    assert abs(half.mean() - expected) < 4 * half.std() / np.sqrt(4000) + 1e-4
