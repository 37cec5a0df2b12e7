"""A study to run: arms with timed inputs, an exercise dose, and the question in the form of an estimand."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from samenspel.evidence.schema import Address, ClaimId, EntryId, Number, QuantityId, Record, Text, Wording, Wrong

LONGEST_SESSION = 720  # minutes: 12 hours, from noon to midnight
MOST_SESSIONS = 7  # a week: one a day
HOURS_OF_A_WEEK = 168
LONGEST_STUDY = 1040  # weeks: 20 years
LONGEST_SETTLING = 36525  # days: 100 years
MOST_CANDIDATES = 10_000_000
FARTHEST = 5.0  # SD by which candidates may be shifted: beyond it nearly all weight falls on a few of them


class TimedInput(Record):
    """An input held at `value` from day `start` to day `stop`; `from_hour`/`to_hour` limit it to a part of each day."""

    input: Address
    value: Number
    start: float = Field(default=0.0, ge=0, multiple_of=1)  # whole days
    stop: float | None = Field(default=None, multiple_of=1)  # none: to the end of the study
    from_hour: float | None = Field(default=None, ge=0, le=24)
    to_hour: float | None = Field(default=None, ge=0, le=24)
    every_days: int = Field(default=1, ge=1)
    unit: str = "1"
    claims: tuple[ClaimId, ...] = ()
    assumption: Wording | None = None

    @model_validator(mode="after")
    def _runs_forward(self) -> TimedInput:
        if self.stop is not None and not self.start < self.stop:
            what = f"input {self.input} stops on day {self.stop:g} and starts on day {self.start:g}"
            raise Wrong(what, "Let it stop after it starts.", "stop")
        if (self.from_hour is None) != (self.to_hour is None):
            given = "from_hour" if self.to_hour is None else "to_hour"
            raise Wrong(f"input {self.input} has {given} alone", "Give both from_hour and to_hour, or neither.", given)
        if self.from_hour is not None and self.to_hour is not None and not self.from_hour < self.to_hour:
            what = f"input {self.input} is held from hour {self.from_hour:g} to hour {self.to_hour:g} of a day"
            raise Wrong(what, "Write hours across midnight as two inputs, one to 24 and one from 0.", "from_hour")
        return self


class Intensity(Record):
    """Share of a person's own capacity, 0 to 1, in the first and the last week; a straight line between."""

    start: float = Field(gt=0, le=1)
    end: float = Field(gt=0, le=1)
    of: Literal["heart-rate-reserve", "maximum-heart-rate", "vo2max", "one-repetition-maximum", "exertion-scale"]


class Adherence(Record):
    """Share of planned sessions that the reference person does; people's own habits and couplings move it from there."""

    planned_share: float = Field(ge=0, le=1)
    claims: tuple[ClaimId, ...] = ()
    assumption: Wording | None = None


class Stopping(Record):
    """Hazard of stopping per week of the programme for the reference person; couplings multiply it."""

    per_week: float = Field(ge=0, lt=1)
    claims: tuple[ClaimId, ...] = ()
    assumption: Wording | None = None


class ExerciseDose(Record):
    """Exercise as a dose; without `adherence` or `stopping` the parameters of training say who comes and who stops."""

    mode: Literal["aerobic-land", "aerobic-water", "strength", "stretching", "body-mind", "mixed", "stabilisation"]
    minutes: float = Field(gt=0)  # per session, at full dose
    sessions_per_week: float = Field(gt=0)
    intensity: Intensity
    progression: Literal["none", "linear", "stepped"] = "linear"
    start_minutes: float | None = Field(default=None, gt=0)  # starting light
    weeks_to_full: float = Field(default=0, ge=0)
    supervision: Literal["supervised", "home", "mixed"]
    weeks: float = Field(gt=0, le=520)
    start_day: float = Field(default=0, ge=0)
    adherence: Adherence | None = None
    stopping: Stopping | None = None
    claims: tuple[ClaimId, ...] = ()
    assumption: Wording | None = None

    @field_validator("minutes")
    @classmethod
    def _within_a_day(cls, minutes: float) -> float:
        if minutes > LONGEST_SESSION:
            what = f"impossible dose: {minutes:g} minutes a session; at most {LONGEST_SESSION} (12 hours)"
            raise Wrong(what, "Correct minutes.")
        return minutes

    @field_validator("sessions_per_week")
    @classmethod
    def _within_a_week(cls, sessions: float) -> float:
        if sessions > MOST_SESSIONS:
            what = f"impossible dose: {sessions:g} sessions a week; at most {MOST_SESSIONS}, one a day"
            raise Wrong(what, "Correct sessions_per_week.")
        return sessions

    @model_validator(mode="after")
    def _possible(self) -> ExerciseDose:
        if self.start_minutes is not None and self.start_minutes > self.minutes:
            what = f"start_minutes {self.start_minutes:g} lies above minutes {self.minutes:g}"
            raise Wrong(what, "Start with at most the full dose.", "start_minutes")
        if self.weeks_to_full > self.weeks:
            what = f"weeks_to_full {self.weeks_to_full:g} lies after the last week {self.weeks:g}"
            raise Wrong(what, "Reach the full dose within the programme.", "weeks_to_full")
        return self


class Contact(Record):
    """Attention and expectation that an arm gives whatever its content: hours with staff, and hope told."""

    hours_per_week: float = Field(ge=0, le=HOURS_OF_A_WEEK)
    expectation: Number = 0.0  # SD of expected relief against usual care
    blinded: bool = False
    claims: tuple[ClaimId, ...] = ()
    assumption: Wording | None = None


class Arm(Record):
    """What one group gets."""

    id: EntryId
    en: Text
    nl: Text
    inputs: tuple[TimedInput, ...] = ()
    exercise: ExerciseDose | None = None
    contact: Contact | None = None


class Estimand(Record):
    """What exactly is asked: for whom, against what, on which outcome and day, counting whom, summarised how.

    The words stand for what a run computes; whatever else a study may ask is refused until a run computes it.
    """

    population: Text  # criteria, in the grammar of facts
    measured_day: Literal[0] = 0  # the screening day, on which the study begins
    comparator: EntryId
    treatment: EntryId
    outcome: QuantityId
    day: float = Field(gt=0, multiple_of=7)  # forms are filled in as a week ends
    after_stopping: Literal["treatment-policy"]
    summary: Literal["mean-difference"]
    sd: Literal["baseline-pooled", "none"]
    responder_change: float | None = Field(default=None, gt=0)  # what counts as better, in the outcome's unit
    headline_measures: tuple[QuantityId, ...] = ()


class Recruitment(Record):
    """How people come to the study: candidates are drawn, settled for `settle_days`, measured and screened."""

    candidates: int = Field(default=4000, ge=1, le=MOST_CANDIDATES)
    settle_days: int = Field(default=364, ge=0, le=LONGEST_SETTLING)
    enrich: dict[str, float] = Field(default_factory=dict[str, float])  # trait → shift in SD, undone by weights

    @model_validator(mode="after")
    def _not_too_far(self) -> Recruitment:
        for name, shift in self.enrich.items():
            if abs(shift) > FARTHEST:
                what = f"enrich shifts {name} by {shift:g} SD; at most {FARTHEST:g}, beyond which a few people bear all weight"
                raise Wrong(what, "Shift less.", "enrich", name)
        return self


class Scenario(Record):
    """One study."""

    id: EntryId
    question: Wording
    weeks: float = Field(gt=0, le=LONGEST_STUDY)
    arm: tuple[Arm, ...] = Field(min_length=1)
    estimand: Estimand
    recruitment: Recruitment = Recruitment()
    measures: tuple[QuantityId, ...] = ()
    claims: tuple[ClaimId, ...] = ()  # what is published on this very question
    assumption: Wording | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _arms_resolve(self) -> Scenario:
        names = [arm.id for arm in self.arm]
        e, days = self.estimand, 7 * self.weeks
        for k, name in enumerate(names):
            if name in names[:k]:
                raise Wrong(f"two arms are called {name!r}", "Give each arm an id of its own.", "arm", k, "id")
        for role in ("comparator", "treatment"):
            wanted = getattr(e, role)
            if wanted not in names:
                raise Wrong(f"estimand {role} {wanted!r} is no arm", f"There is: {', '.join(names)}.", "estimand", role)
        if e.comparator == e.treatment:
            what = f"the treatment {e.treatment!r} is compared with itself"
            raise Wrong(what, "Name two different arms.", "estimand", "comparator")
        if e.day > days:
            what = f"estimand day {e.day:g} lies after the end of the study, day {days:g}"
            raise Wrong(what, "Ask for a day within the study, or lengthen weeks.", "estimand", "day")
        for k, arm in enumerate(self.arm):
            dose = arm.exercise
            if dose is not None and dose.start_day + 7 * dose.weeks > days:
                what = f"arm {arm.id} exercises beyond the end of the study (week {self.weeks:g})"
                raise Wrong(what, "Shorten the programme, or lengthen weeks.", "arm", k, "exercise", "weeks")
            for n, timed in enumerate(arm.inputs):
                last, field = (timed.start, "start") if timed.stop is None else (timed.stop, "stop")
                if last > days or timed.start >= days:
                    what = f"arm {arm.id}: {timed.input} {field}s on day {last:g}, and the study ends on day {days:g}"
                    raise Wrong(what, f"Correct {field}, or lengthen weeks.", "arm", k, "inputs", n, field)
        return self
