"""A study to run: arms with timed inputs, an exercise dose, and the question in the form of an estimand."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from samenspel.evidence.schema import Address, ClaimId, EntryId, QuantityId, Record, Text, Wording

LONGEST_SESSION = 720  # minutes: 12 hours, from noon to midnight
MOST_SESSIONS = 7  # a week: one a day


class TimedInput(Record):
    """An input held at `value` from day `start` to day `stop`; `from_hour`/`to_hour` limit it to a part of each day."""

    input: Address
    value: float
    start: float = 0.0
    stop: float | None = None  # none: to the end of the study
    from_hour: float | None = Field(default=None, ge=0, le=24)
    to_hour: float | None = Field(default=None, ge=0, le=24)
    every_days: int = Field(default=1, ge=1)
    unit: str = "1"
    claims: tuple[ClaimId, ...] = ()
    assumption: Wording | None = None

    @model_validator(mode="after")
    def _runs_forward(self) -> TimedInput:
        if self.stop is not None and not self.start < self.stop:
            raise ValueError(f"input {self.input} stops on day {self.stop}, before it starts on day {self.start}")
        if (self.from_hour is None) != (self.to_hour is None):
            raise ValueError(f"input {self.input} needs both from_hour and to_hour, or neither")
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
            raise ValueError(f"impossible dose: {minutes:g} minutes a session; at most {LONGEST_SESSION} (12 hours)")
        return minutes

    @field_validator("sessions_per_week")
    @classmethod
    def _within_a_week(cls, sessions: float) -> float:
        if sessions > MOST_SESSIONS:
            raise ValueError(f"impossible dose: {sessions:g} sessions a week; at most {MOST_SESSIONS}, one a day")
        return sessions

    @model_validator(mode="after")
    def _possible(self) -> ExerciseDose:
        if self.start_minutes is not None and self.start_minutes > self.minutes:
            raise ValueError(f"start_minutes {self.start_minutes:g} lies above minutes {self.minutes:g}")
        if self.weeks_to_full > self.weeks:
            raise ValueError(f"weeks_to_full {self.weeks_to_full:g} lies after the last week {self.weeks:g}")
        return self


class Contact(Record):
    """Attention and expectation that an arm gives whatever its content: hours with staff, and hope told."""

    hours_per_week: float = Field(ge=0)
    expectation: float = Field(default=0.0)  # SD of expected relief against usual care
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
    responder_change: float | None = None  # what counts as better, in the outcome's unit
    headline_measures: tuple[QuantityId, ...] = ()


class Recruitment(Record):
    """How people come to the study: candidates are drawn, settled for `settle_days`, measured and screened."""

    candidates: int = Field(default=4000, ge=1)
    settle_days: int = Field(default=364, ge=0)
    enrich: dict[str, float] = Field(default_factory=dict[str, float])  # trait → shift in SD, undone by weights


class Scenario(Record):
    """One study."""

    id: EntryId
    question: Wording
    weeks: float = Field(gt=0)
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
        if len(set(names)) != len(names):
            raise ValueError(f"arm ids must differ: {names}")
        for role in ("comparator", "treatment"):
            wanted = getattr(self.estimand, role)
            if wanted not in names:
                raise ValueError(f"estimand {role} {wanted!r} is no arm; arms: {names}")
        if self.estimand.day > self.weeks * 7:
            raise ValueError(
                f"estimand day {self.estimand.day:g} lies after the end of the study, day {self.weeks * 7:g}"
            )
        for arm in self.arm:
            dose = arm.exercise
            if dose is not None and dose.start_day + 7 * dose.weeks > 7 * self.weeks:
                raise ValueError(f"arm {arm.id} exercises beyond the end of the study (week {self.weeks:g})")
        return self
