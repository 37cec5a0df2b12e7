"""From arms in text to what the engine reads: inputs by day and slot.

An exercise session occupies one slot at `SESSION_START`; its slot is as long as the longest session, and a shorter one is
a proportionally lower rate in it, so that the day's dose is exact. While a session runs the input ``training.session`` is

    intensity(t) · minutes(t) / minutes_of_slot · 1440        (intensity-minutes per day)

which integrates over a session day to intensity x minutes. Sessions are spread over the week as evenly as whole days allow.
Adherence and stopping that a scenario gives hold on the days of the programme: ``training.adherence`` = planned_share and
``training.stop_hazard`` = per_week/7, each with its flag; without them the flags stay 0 and the parameters of training act.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.engine import Schedule, align
from samenspel.evidence.schema_scenario import Arm, ExerciseDose, Scenario, TimedInput
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint
from samenspel.quantities.units import parse_unit

Array = npt.NDArray[np.float64]
MINUTES = 1440.0
SESSION_START = 0.5  # noon: a convention, no effect is claimed for the hour
STEPS = 4  # stepped progression rises in this many equal steps
SESSION, SUPERVISION, CONTACT, EXPECTATION = (
    "training.session",
    "training.supervision",
    "mind.contact",
    "mind.expectation",
)
ADHERENCE, STOPPING = (
    ("training.adherence", "training.adherence_given"),
    ("training.stop_hazard", "training.stop_given"),
)


def session_days(sessions_per_week: float, week: int) -> tuple[int, ...]:
    """Days of one week (0-6) with a session; a fraction alternates between weeks so that the mean is met."""
    before, after = round(sessions_per_week * week), round(sessions_per_week * (week + 1))
    count = min(after - before, 7)
    return tuple(int(i * 7 / count) for i in range(count))


def minutes_on(dose: ExerciseDose, day: float) -> float:
    """Planned minutes of a session `day` days after the start."""
    if dose.start_minutes is None or dose.progression == "none" or dose.weeks_to_full == 0:
        return dose.minutes
    share = min(day / (7 * dose.weeks_to_full), 1.0)
    if dose.progression == "stepped":
        share = np.floor(share * STEPS) / STEPS
    return float(dose.start_minutes + share * (dose.minutes - dose.start_minutes))


def intensity_on(dose: ExerciseDose, day: float) -> float:
    """Planned share of capacity `day` days after the start."""
    share = min(day / max(7 * dose.weeks, 1e-9), 1.0)
    return dose.intensity.start + share * (dose.intensity.end - dose.intensity.start)


def schedules(model: Model, scenario: Scenario, first_day: int, arms: tuple[Arm, ...] | None = None) -> list[Schedule]:
    """One schedule per arm, all with the union of edges.

    Raises `SamenspelError` when an arm names an input that the model does not have.
    """
    return align([_arm(model, scenario, arm, first_day) for arm in (arms or scenario.arm)])


def contact_only(arm: Arm) -> Arm:
    """The same contact and expectation without the treatment itself: what attention alone does."""
    return arm.model_copy(update={"id": f"{arm.id}-contact-only", "inputs": (), "exercise": None})


def _arm(model: Model, scenario: Scenario, arm: Arm, first_day: int) -> Schedule:
    days = round(scenario.weeks * 7)
    known = {i.name: i.habitual for i in model.inputs}
    units = {i.name: i.unit for i in model.inputs}
    edges = {0.0}
    for i in arm.inputs:
        if i.from_hour is not None and i.to_hour is not None:
            edges |= {i.from_hour / 24, i.to_hour / 24}
    dose = arm.exercise
    if dose is not None:
        edges |= {SESSION_START, SESSION_START + dose.minutes / MINUTES}
    cut = tuple(sorted(e for e in edges if e < 1.0))
    start = np.array(cut)
    plans: dict[str, Array] = {}

    def plan(name: str) -> Array:
        if name not in known:
            raise SamenspelError(
                f"scenario {scenario.id!r}, arm {arm.id!r}: the model has no input {name!r}.{hint(name, known)}",
                file=f"scenarios/{scenario.id}.toml",
                cure="Correct the input, or list the system that declares it.",
            )
        return plans.setdefault(name, np.full((days, len(cut)), known[name]))

    for i in arm.inputs:
        a, b = int(i.start), days if i.stop is None else min(int(i.stop), days)
        hours = np.ones(len(cut), dtype=bool)
        if i.from_hour is not None and i.to_hour is not None:
            hours = (start >= i.from_hour / 24 - 1e-12) & (start < i.to_hour / 24 - 1e-12)
        rows = np.arange(a, b, i.every_days)
        held = plan(i.input)
        held[np.ix_(rows, np.flatnonzero(hours))] = i.value * _factor(scenario, i, units[i.input])
    if dose is not None:
        _exercise(dose, plan(SESSION), plan(SUPERVISION) if SUPERVISION in known else None, start, days)
        for names, value in given(dose).items():
            for name, level in zip(names, (value, 1.0), strict=True):
                plan(name)[_programme(dose, days)] = level
    if arm.contact is not None:
        until = days if dose is None else min(days, round(dose.start_day + 7 * dose.weeks))
        if CONTACT in known:
            plan(CONTACT)[:until] = arm.contact.hours_per_week
        if EXPECTATION in known:
            plan(EXPECTATION)[:until] = arm.contact.expectation
    return Schedule(days, first_day, cut, plans)


def _factor(scenario: Scenario, given: TimedInput, declared: str) -> float:
    """From the unit that a scenario writes an input in to the declared one."""
    here, wanted = parse_unit(given.unit), parse_unit(declared)
    if here.base != wanted.base:
        raise SamenspelError(
            f"scenario {scenario.id!r}: {given.input} is held in {given.unit!r}, and the system declares it in {declared!r}.",
            file=f"scenarios/{scenario.id}.toml",
            cure="Correct the unit, and the number with it.",
        )
    return here.scale / wanted.scale


def given(dose: ExerciseDose) -> dict[tuple[str, str], float]:
    """(input, its flag) → value, for what the scenario itself says about who comes and who stops."""
    out: dict[tuple[str, str], float] = {}
    if dose.adherence is not None:
        out[ADHERENCE] = dose.adherence.planned_share
    if dose.stopping is not None:
        out[STOPPING] = dose.stopping.per_week / 7
    return out


def _programme(dose: ExerciseDose, days: int) -> slice:
    """The days of the programme."""
    return slice(round(dose.start_day), min(days, round(dose.start_day + 7 * dose.weeks)))


def _exercise(dose: ExerciseDose, session: Array, supervision: Array | None, start: Array, days: int) -> None:
    slot = int(np.flatnonzero(np.isclose(start, SESSION_START))[0])
    last = _programme(dose, days).stop
    for week in range(int(np.ceil(dose.weeks))):
        for d in session_days(dose.sessions_per_week, week):
            since = week * 7 + d
            day = round(dose.start_day) + since
            if day < last:
                rate = intensity_on(dose, since) * minutes_on(dose, since) / dose.minutes * MINUTES
                session[day, slot] = rate
    if supervision is not None:
        share = {"supervised": 1.0, "mixed": 0.5, "home": 0.0}[dose.supervision]
        supervision[_programme(dose, days)] = share
