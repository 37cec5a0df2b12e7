"""What the model is made of, as an atlas writes it: parameters, couplings, rivals, loops, plain systems."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from samenspel.evidence.drawn import drawn_range
from samenspel.evidence.schema import LARGEST, Address, ClaimId, EntryId, Number, QuantityId, Record, Text, Wording, Wrong
from samenspel.quantities.errors import SamenspelError

#: numbers each kind of distribution needs, in the order of its inverse distribution function
DISTRIBUTION_NUMBERS: dict[str, tuple[str, ...]] = {
    "point": ("value",),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "beta": ("a", "b"),
    "half-normal": ("sigma",),
    "gamma": ("shape", "scale"),
}
#: numbers each form of coupling needs
FORM_NUMBERS: dict[str, tuple[str, ...]] = {
    "linear": (),
    "saturating": ("s",),
    "hill": ("n", "k"),
    "threshold": ("c", "w"),
    "inverted-u": ("m", "w"),
    "identity": (),
}


class Distribution(Record):
    """A spread of plausible values.

    point value; normal mean, sd; lognormal median, sigma (SD of the natural logarithm); uniform and loguniform low,
    high; beta a, b (on low..high if given, else 0..1); half-normal sigma; gamma shape, scale. `low` and `high`
    truncate the others.
    """

    kind: Literal["point", "normal", "lognormal", "uniform", "loguniform", "beta", "half-normal", "gamma"]
    value: float | None = None
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    sigma: float | None = None
    low: float | None = None
    high: float | None = None
    a: float | None = None
    b: float | None = None
    shape: float | None = None
    scale: float | None = None

    @model_validator(mode="after")
    def _complete(self) -> Distribution:
        needed = DISTRIBUTION_NUMBERS[self.kind]
        given = {n for n in _DISTRIBUTION_FIELDS if getattr(self, n) is not None}
        missing = [n for n in needed if n not in given]
        extra = sorted(given - set(needed) - ({"low", "high"} if self.kind != "point" else set()))
        if missing or extra:
            wrong = [f"missing {', '.join(missing)}"] if missing else []
            wrong += [f"not used {', '.join(extra)}"] if extra else []
            what = f"a {self.kind} distribution takes {', '.join(needed)}; {'; '.join(wrong)}"
            raise Wrong(what, "Give exactly these numbers.")
        for name in ("sd", "sigma", "a", "b", "shape", "scale"):
            number = getattr(self, name)
            if number is not None and number <= 0:
                raise Wrong(f"{name} must be above 0, got {number:g}", "Correct the number.", name)
        if self.kind == "lognormal" and (self.median or 0.0) <= 0:
            raise Wrong("the median of a lognormal must be above 0", "Correct the number.", "median")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise Wrong(f"low {self.low:g} must lie below high {self.high:g}", "Swap them.", "low")
        if self.kind == "loguniform" and (self.low or 0.0) <= 0:
            raise Wrong("the low end of a loguniform must be above 0", "Correct the number.", "low")
        try:
            low, high = drawn_range(self)
        except (SamenspelError, ValueError, OverflowError) as fault:
            raise Wrong(f"nothing can be drawn from this distribution: {fault}", "Correct its numbers.") from fault
        if not max(abs(low), abs(high)) <= LARGEST:
            worst = low if not abs(low) <= LARGEST else high
            raise Wrong(f"it can be {worst:.3g}; at most {LARGEST:g} can be computed with", "Choose another unit.")
        return self


_DISTRIBUTION_FIELDS = tuple(name for name in Distribution.model_fields if name != "kind")


class Rule(Record):
    """A named way to get one number out of several claims."""

    name: Literal["single", "random-effects"]
    claims: tuple[ClaimId, ...]
    method: Literal["dersimonian-laird", "paule-mandel", "reml"] = "reml"


class Convert(Record):
    """A change of unit or scale between what the source prints and what the model holds: model = factor × printed."""

    factor: Number
    en: Text
    nl: Text

    @model_validator(mode="after")
    def _keeps_the_number(self) -> Convert:
        if self.factor == 0:
            raise Wrong("a factor of 0 takes the number away", "Write model = factor × printed.", "factor")
        return self


class Parameter(Record):
    """A number of a system, with its address. Level: fixed (same everywhere), world (unknown), person (differs)."""

    id: Address
    en: Text | None = None
    nl: Text | None = None
    level: Literal["fixed", "world", "person"] = "fixed"
    distribution: Distribution | None = None  # may be left out with a claim or rule: then the claim's own numbers
    unit: str = "1"
    claim: ClaimId | None = None
    rule: Rule | None = None
    assumption: Wording | None = None
    convert: Convert | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _fixed_is_a_point(self) -> Parameter:
        if self.distribution is None and self.assumption is not None:
            raise Wrong("an assumed parameter has no distribution", "Add distribution = {kind = …}.", "assumption")
        if self.level == "fixed" and self.distribution is not None and self.distribution.kind != "point":
            what = f"level fixed needs a point distribution, got {self.distribution.kind}"
            raise Wrong(what, 'Write kind = "point", or level = "world" or "person".', "distribution")
        return self

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of the claims that this number rests on."""
        if self.rule is not None:
            return self.rule.claims
        return (self.claim,) if self.claim is not None else ()


class Form(Record):
    """Shape of an influence: f = [h(x) − h(x_ref)]/D (see the design of gains), with x written in its own unit.

    identity is wiring, not influence: the port holds the source's own value (what an instrument asks about); no gain.
    """

    kind: Literal["linear", "saturating", "hill", "threshold", "inverted-u", "identity"] = "linear"
    s: float | None = None  # saturating: tanh((x − x_ref)/s)
    n: float | None = None  # hill: x^n/(K^n + x^n)
    k: float | None = None
    c: float | None = None  # threshold: 1/(1 + exp(−(x − c)/w))
    w: float | None = None
    m: float | None = None  # inverted-u: exp(−(x − m)²/2w²)
    assumption: Wording | None = None
    claim: ClaimId | None = None

    @model_validator(mode="after")
    def _complete(self) -> Form:
        needed = FORM_NUMBERS[self.kind]
        given = {n for n in ("s", "n", "k", "c", "w", "m") if getattr(self, n) is not None}
        if given != set(needed):
            what = f"form {self.kind} takes {', '.join(needed) or 'no number'}; got {', '.join(sorted(given)) or 'none'}"
            raise Wrong(what, "Give exactly these numbers.")
        for name in ("s", "n", "k", "w"):
            number = getattr(self, name)
            if number is not None and number <= 0:
                raise Wrong(f"form number {name} must be above 0, got {number:g}", "Correct the number.", name)
        return self


class Delay(Record):
    """A gamma-distributed delay of `mean` days; `shape` hidden states in a row."""

    mean: Number = Field(gt=0)
    shape: int = Field(default=1, ge=1, le=20)
    assumption: Wording | None = None
    claim: ClaimId | None = None


class Trial(Record):
    """What a size needs beside its claim, as the claim's source prints it."""

    days: float = Field(gt=0)  # from the start of treatment to the day of both changes
    start: float | None = None  # mean of the source before, in the unit of its change; none: as in general adults
    source_sd: float | None = Field(default=None, gt=0)  # the trial's SD, where the change of the source is standardised
    target_sd: float | None = Field(default=None, gt=0)
    transport: Literal["same", "other-chronic-pain", "healthy"]  # whom the trial studied, seen from whom the coupling is about


class Coupling(Record):
    """One influence between two systems; its id is a sentence that can be true or false."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    id: EntryId
    en: Text | None = None
    nl: Text | None = None
    source: Address = Field(alias="from")  # a state, or a read-out of states alone, or (input = true) an input
    to: Address  # a port
    sign: Literal["raises", "lowers"]  # as told; the world may draw the other one
    input: bool = False
    form: Form = Form()
    delay: Delay | None = None
    level: Literal["within", "between", "both"] = "both"
    claims: tuple[ClaimId, ...] = ()
    against: tuple[ClaimId, ...] = ()
    size: ClaimId | None = None  # the one level-5 claim that sets the gain; none: the budget does
    trial: Trial | None = None  # goes with size
    assumption: Wording | None = None  # why it is listed at all when no claim states it
    premise: Literal["link", "link-and-sign"] | None = None  # a drawing's own: taken as there, or there and as told
    lever: Literal[
        "person", "partner", "provider", "employer", "insurer", "agency", "government", "research", "none"
    ] = "none"
    bound: float | None = Field(default=None, gt=0)  # hazard ports: largest |log hazard ratio| per SD
    note: Text | None = None

    @model_validator(mode="after")
    def _premise_is_no_evidence(self) -> Coupling:
        if self.premise is not None and self.assumption is None:
            raise Wrong("a premise is assumed", "Say so in assumption = {en, nl}.", "premise")
        if self.premise is not None and (self.claims or self.against or self.size):
            what = "a coupling is a premise or rests on claims, not both"
            raise Wrong(what, "Remove premise and let the claims grade it.", "premise")
        return self

    @model_validator(mode="after")
    def _size_and_trial(self) -> Coupling:
        if (self.size is None) != (self.trial is None):
            given = "size" if self.trial is None else "trial"
            cure = "Write trial = { days = …, transport = … } beside size, or neither."
            raise Wrong("size and trial go together", cure, given)
        if self.size is not None and (self.input or self.form.kind == "identity" or self.bound is not None):
            raise Wrong("size is for influences between states; an input, a wire or a hazard has none", "Remove it.", "size")
        return self

    @property
    def told_sign(self) -> int:
        """+1 when told to raise its target, −1 when told to lower it."""
        return 1 if self.sign == "raises" else -1


class Option(Record):
    """A rival answer to a hypothesis: the couplings, parameter spreads and system variants it switches on."""

    id: EntryId
    en: Text
    nl: Text
    role: Literal["told", "reverse", "common-cause", "both", "neither", "other"] = "other"
    on: tuple[EntryId, ...] = ()
    parameters: dict[Address, Distribution] = Field(default_factory=dict[str, Distribution])
    variants: dict[str, str] = Field(default_factory=dict[str, str])  # system name → variant name
    claims: tuple[ClaimId, ...] = ()
    against: tuple[ClaimId, ...] = ()
    weight: float | None = Field(default=None, gt=0)  # only with weight_claim; else all options weigh the same
    weight_claim: ClaimId | None = None
    assumption: Wording | None = None
    note: Text | None = None


class Hypothesis(Record):
    """An open question with at least two rival options. Couplings that no option lists are always on."""

    id: EntryId
    question: Wording
    scope: Literal["world", "person"] = "world"
    option: tuple[Option, ...] = Field(min_length=2)
    claims: tuple[ClaimId, ...] = ()
    pairs: tuple[EntryId, ...] = ()  # hypotheses whose joint weights are reported too
    note: Text | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Hypothesis:
        names = [option.id for option in self.option]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            again = max(k for k, name in enumerate(names) if name == twice[0])
            raise Wrong(f"two options are called {twice[0]!r}", "Give each an id of its own.", "option", again, "id")
        return self


class Loop(Record):
    """A named chain of links that ends where it began. A link is a coupling id or an address inside a system."""

    id: EntryId
    en: Text
    nl: Text
    links: tuple[str, ...] = Field(min_length=2)
    sign: Literal["reinforcing", "balancing", "ambiguous"]
    claims: tuple[ClaimId, ...] = ()
    note: Text | None = None


class PlainState(Record):
    """State of a system without equations of its own: it returns to `start` with `time_constant` days."""

    id: QuantityId
    en: Text
    nl: Text
    unit: str = "1"
    range: tuple[Number, Number]
    start: Number
    set_point: Literal["start", "parameter"] = "start"  # parameter: ``<system>.set_<state>`` of the atlas; people may differ
    time_constant: Number = Field(gt=0)
    assumption: Wording | None = None
    claim: ClaimId | None = None

    @model_validator(mode="after")
    def _starts_inside(self) -> PlainState:
        low, high = self.range
        if not low < high:
            raise Wrong(f"range [{low:g}, {high:g}] must rise", "Write [low, high].", "range")
        if not low <= self.start <= high:
            what = f"start {self.start:g} does not lie in its range [{low:g}, {high:g}]"
            raise Wrong(what, "Correct start or range.", "start")
        return self


class PlainSystem(Record):
    """A system in text: states only; everything else comes by couplings."""

    id: EntryId
    en: Text
    nl: Text
    state: tuple[PlainState, ...] = Field(min_length=1)
    note: Text | None = None

    @model_validator(mode="after")
    def _distinct(self) -> PlainSystem:
        words = [state.id.replace("-", "_") for state in self.state]
        for k, name in enumerate(words):
            if name in words[:k]:
                raise Wrong(f"two states are called {name!r}", "Give each an id of its own.", "state", k, "id")
        return self
