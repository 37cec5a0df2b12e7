"""Who the virtual people are and what is read off them: reference adults, traits, conditions, events, measures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from samenspel.evidence.drawn import drawn_range
from samenspel.evidence.schema import LARGEST, Address, ClaimId, Number, QuantityId, Record, Text, Wording, Wrong
from samenspel.evidence.schema_model import Distribution


class Reference(Record):
    """Mean and SD of one quantity in general adults: what one unit of a gain means for it."""

    id: str  # vocabulary id or address
    mean: Number
    sd: Number = Field(gt=0)
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
    items: int | None = Field(default=None, ge=1, le=10_000)
    rule: Text | None = None  # criteria: text in the fact grammar
    mean: float | None = None  # printed mean and SD in general adults, on the form's own scale
    sd: float | None = Field(default=None, gt=0)
    slope: float = 1.0  # form SDs per SD of what it reads
    noise: float = Field(default=0.0, ge=0)  # SD of one reading, in the measure's unit
    reliability: float | None = Field(default=None, gt=0, le=1)
    window_days: int = Field(default=1, ge=1, le=3660)  # days over which it asks back
    self_report: bool = False  # open to reporting shift in unblinded arms
    higher_is: Literal["worse", "better", "neither"] = "neither"
    claims: tuple[ClaimId, ...] = ()
    assumption: Wording | None = None
    note: Text | None = None

    @property
    def towards(self) -> float:
        """+1 where a rise is what is counted for (better, or neither better nor worse), -1 where a fall is better."""
        return -1.0 if self.higher_is == "worse" else 1.0

    @model_validator(mode="after")
    def _complete(self) -> Measure:
        if self.kind == "criteria":
            if self.rule is None:
                raise Wrong("a criteria measure has no rule", 'Add rule = "…", in the grammar of facts.', "kind")
        elif self.reads is None:
            raise Wrong(f"a {self.kind} measure reads nothing", 'Add reads = "system.name".', "kind")
        if self.kind == "nrs" and self.scale is None:
            raise Wrong("an nrs measure has no scale", "Add scale = [low, high].", "kind")
        if self.kind in ("likert", "ordinal") and not self.cuts and self.scale is None:
            raise Wrong(f"a {self.kind} measure has neither cuts nor scale", "Add one of them.", "kind")
        if self.kind == "count-of-regions" and self.items is None:
            raise Wrong("a count-of-regions measure has no items", "Add items = …", "kind")
        if self.scale is not None and not self.scale[0] < self.scale[1]:
            raise Wrong(f"scale {list(self.scale)} must rise", "Write [low, high].", "scale")
        if any(b <= a for a, b in zip(self.cuts, self.cuts[1:], strict=False)):
            raise Wrong("cuts must rise", "Write them in order, each once.", "cuts")
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

    @model_validator(mode="after")
    def _two_traits(self) -> Correlation:
        if self.between[0] == self.between[1]:
            raise Wrong(f"{self.between[0]!r} is correlated with itself", "Name two traits.", "between")
        return self


class Push(Record):
    """What a condition or an event does to an input: adds `size`, in the input's unit."""

    input: Address
    size: Number
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

    @model_validator(mode="after")
    def _is_a_share(self) -> Condition:
        low, high = drawn_range(self.prevalence)
        if low < 0 or high > 1:
            what = f"prevalence can be {low if low < 0 else high:.3g}, and a share lies from 0 to 1"
            raise Wrong(what, "Correct the numbers, or add low = 0.0 and high = 1.0.", "prevalence")
        return self


class Event(Record):
    """Something that happens to people: infection, injury, loss. A rate with a spread differs from person to person."""

    id: QuantityId
    en: Text
    nl: Text
    rate_per_year: Distribution
    days: float = Field(ge=1, le=LARGEST)  # how long it pushes, on average
    push: tuple[Push, ...] = ()
    claim: ClaimId | None = None
    assumption: Wording | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _is_a_rate(self) -> Event:
        low, _ = drawn_range(self.rate_per_year)
        if low < 0:
            what = f"rate_per_year can be {low:.3g}, and a rate is not below 0"
            raise Wrong(what, "Correct the numbers, or add low = 0.0.", "rate_per_year")
        return self


class People(Record):
    """The whole of ``people.toml``."""

    trait: tuple[Trait, ...] = ()
    correlation: tuple[Correlation, ...] = ()
    condition: tuple[Condition, ...] = ()
    event: tuple[Event, ...] = ()

    @model_validator(mode="after")
    def _known_traits(self) -> People:
        names = {trait.id for trait in self.trait}
        seen: set[frozenset[str]] = set()
        for k, pair in enumerate(self.correlation):
            for name in pair.between:
                if name not in names:
                    what = f"correlation names {name!r}, which is no trait"
                    raise Wrong(what, f"There is: {', '.join(sorted(names))}.", "correlation", k, "between")
            if frozenset(pair.between) in seen:
                what = f"{' and '.join(pair.between)} are correlated twice"
                raise Wrong(what, "Remove one.", "correlation", k, "between")
            seen.add(frozenset(pair.between))
        return self
