"""Who the virtual people are and what is read off them: reference adults, traits, conditions, events, measures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from samenspel.evidence.schema import Address, ClaimId, QuantityId, Record, Text, Wording
from samenspel.evidence.schema_model import Distribution


class Reference(Record):
    """Mean and SD of one quantity in general adults: what one unit of a gain means for it."""

    id: str  # vocabulary id or address
    mean: float
    sd: float = Field(gt=0)
    unit: str = "1"
    claim: ClaimId | None = None
    assumption: Wording | None = None
    note: Text | None = None


class Measure(Record):
    """How a hidden state becomes a number on a form or a machine.

    nrs whole steps on `scale`; likert and ordinal steps with `cuts`; count-of-regions 0..`items`; continuous
    unbounded or on `scale`; criteria a rule over other measures (`rule`).
    """

    id: QuantityId
    en: Text
    nl: Text
    kind: Literal["nrs", "likert", "ordinal", "count-of-regions", "continuous", "criteria"]
    reads: Address | None = None  # state or read-out; none for criteria
    unit: str = "1"
    scale: tuple[float, float] | None = None
    step: float | None = Field(default=None, gt=0)
    cuts: tuple[float, ...] = ()
    items: int | None = Field(default=None, ge=1)
    rule: Text | None = None  # criteria: text in the fact grammar
    mean: float | None = None  # printed mean and SD in general adults, on the form's own scale
    sd: float | None = Field(default=None, gt=0)
    slope: float = 1.0  # form SDs per SD of what it reads
    noise: float = Field(default=0.0, ge=0)  # SD of one reading, in the measure's unit
    reliability: float | None = Field(default=None, gt=0, le=1)
    window_days: int = Field(default=1, ge=1)  # days over which it asks back
    self_report: bool = False  # open to reporting shift in unblinded arms
    higher_is: Literal["worse", "better", "neither"] = "neither"
    claims: tuple[ClaimId, ...] = ()
    assumption: Wording | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> Measure:
        if self.kind == "criteria":
            if self.rule is None:
                raise ValueError('a criteria measure needs rule = "…"')
        elif self.reads is None:
            raise ValueError(f'a {self.kind} measure needs reads = "system.name"')
        if self.kind == "nrs" and self.scale is None:
            raise ValueError("an nrs measure needs scale = [low, high]")
        if self.kind in ("likert", "ordinal") and not self.cuts and self.scale is None:
            raise ValueError(f"a {self.kind} measure needs cuts or a scale")
        if self.kind == "count-of-regions" and self.items is None:
            raise ValueError("a count-of-regions measure needs items")
        if self.scale is not None and not self.scale[0] < self.scale[1]:
            raise ValueError(f"scale {list(self.scale)} must rise")
        if any(b <= a for a, b in zip(self.cuts, self.cuts[1:], strict=False)):
            raise ValueError("cuts must rise")
        return self


class Trait(Record):
    """Something lasting in which people differ. New traits go last: earlier ones then keep their draws."""

    id: QuantityId
    en: Text
    nl: Text
    distribution: Distribution
    unit: str = "1"
    reads: Address | None = None  # the parameter or input that it sets
    claim: ClaimId | None = None
    assumption: Wording | None = None
    note: Text | None = None


class Correlation(Record):
    """Correlation of two traits on the Gaussian scale of the copula."""

    between: tuple[QuantityId, QuantityId]
    value: float = Field(gt=-1, lt=1)
    claim: ClaimId | None = None
    assumption: Wording | None = None


class Push(Record):
    """What a condition or an event does to an input: adds `size`, in the input's unit."""

    input: Address
    size: float
    claim: ClaimId | None = None
    assumption: Wording | None = None


class Condition(Record):
    """Another illness that some people have."""

    id: QuantityId
    en: Text
    nl: Text
    prevalence: Distribution  # share of general adults
    push: tuple[Push, ...] = ()
    claim: ClaimId | None = None
    assumption: Wording | None = None
    note: Text | None = None


class Event(Record):
    """Something that happens to people: infection, injury, loss. A rate with a spread differs from person to person."""

    id: QuantityId
    en: Text
    nl: Text
    rate_per_year: Distribution
    days: float = Field(ge=1)  # how long it pushes, on average
    push: tuple[Push, ...] = ()
    claim: ClaimId | None = None
    assumption: Wording | None = None
    note: Text | None = None


class People(Record):
    """The whole of ``people.toml``."""

    trait: tuple[Trait, ...] = ()
    correlation: tuple[Correlation, ...] = ()
    condition: tuple[Condition, ...] = ()
    event: tuple[Event, ...] = ()

    @model_validator(mode="after")
    def _known_traits(self) -> People:
        names = {trait.id for trait in self.trait}
        for pair in self.correlation:
            for name in pair.between:
                if name not in names:
                    raise ValueError(f"correlation names {name!r}, which is no trait; known: {sorted(names)}")
        return self
