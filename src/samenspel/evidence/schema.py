"""What an atlas may say: one frozen record per kind of entry, unknown fields refused.

The records are the format (``format = 1``); `reader` finds the files, `lint` judges what the records say.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

FORMAT = 1

#: kebab-case file or entry id, with an optional leading part per word
EntryId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
#: vocabulary id: kebab-case entity, snake_case measure
QuantityId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
#: ``source-id.what.onwhat``
ClaimId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*){1,3}$")]
#: ``system.name`` of a state, read-out, port or parameter
Address = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

Design = Literal[
    "meta-analysis", "systematic-review", "narrative-review", "rct", "cross-over", "non-randomised-trial",
    "pre-post", "cohort", "registry", "mendelian-randomisation", "diary", "case-control", "cross-sectional",
    "case", "animal", "cells", "expert", "testimony", "commercial", "guideline",
]  # fmt: skip
ClaimKind = Literal[
    "mechanism", "association", "difference", "effect", "risk", "prevalence", "course", "time-course", "dose",
    "definition", "causal-status", "method-limit", "method-step", "unknown", "need", "care-process", "testimony",
    "recommendation", "number",
]  # fmt: skip
Relation = Literal[
    "increases", "decreases", "changes", "restores", "delays", "blocks", "enables", "causes", "precedes",
    "associated", "higher-in", "lower-in", "differs", "no-difference", "inconsistent", "part-of", "defined-as",
    "measures", "requires", "needs", "uses", "recommends", "contradicts", "has-value",
]  # fmt: skip
Limit = Literal[
    "cross-sectional", "retrospective", "confounding", "small", "self-report", "heterogeneity", "publication-bias",
    "animal-only", "uncontrolled", "commercial", "single-case", "unblinded", "selection", "indirect", "abstract-only",
    "short-follow-up", "attrition", "no-control-group", "imprecise", "secondary",
]  # fmt: skip


#: metrics that are ratios of two numbers: compared on the log scale, without a sign
RATIOS = frozenset({"OR", "RR", "HR", "ratio", "IRR"})


#: beyond this no number is computed with: its square must stay finite in single precision
LARGEST = 1e18
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]


class Wrong(ValueError):
    """A mistake that one record shows by itself: what to do about it, and the field it stands in, seen from the record."""

    def __init__(self, message: str, cure: str, *at: int | str) -> None:
        super().__init__(message)
        self.cure, self.at = cure, at


class Record(BaseModel):
    """Frozen entry; an unknown field is an error, never a silent default, and a number is finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Wording(Record):
    """The same sentence, written in English and in Dutch."""

    en: Text
    nl: Text


def remark(text: str | Wording | None, language: Literal["en", "nl"]) -> str | None:
    """A remark in one language; a plain text is said in both as it stands."""
    return getattr(text, language) if isinstance(text, Wording) else text


class Quantity(Record):
    """One word of the vocabulary: something that is stated, measured, moved or asked about."""

    id: QuantityId
    en: Text
    nl: Text
    system: EntryId
    kind: Literal["state", "trait", "input", "measure", "outcome", "entity"] = "entity"
    unit: str = "1"
    range: tuple[float, float] | None = None
    codes: dict[str, str] = Field(default_factory=dict[str, str])
    reads: Address | None = None  # where the model holds it
    several_routes: bool | None = None  # a treatment that acts on many things at once; empty: yes for training and care

    @model_validator(mode="after")
    def _range_rises(self) -> Quantity:
        if self.range is not None and not self.range[0] < self.range[1]:
            raise Wrong(f"range {list(self.range)} must rise", "Write [low, high].", "range")
        return self


class Kin(Record):
    """Two words that claims may be compared across: `narrow` is a kind of `broad`, and `by` says in which respect.

    A `member` is no kind of its collective: only what is said of none of the members is said against each.
    """

    narrow: QuantityId
    broad: QuantityId
    by: Literal["matrix", "mode", "population", "part", "measure", "member"]


class Effect(Record):
    """A published size. `low` and `high` bound the interval at `level`; empty stays empty."""

    metric: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    unit: str = "1"
    k: int | None = Field(default=None, ge=0)
    n: int | None = Field(default=None, ge=0)
    i2: float | None = Field(default=None, ge=0, le=100)
    sd_kind: str | None = None
    p: str | None = None
    values: str | None = None  # several numbers of one statement, as printed
    mirrored: bool = False  # printed with a plus where its measure counts a minus: "positive favours treatment"

    @model_validator(mode="after")
    def _possible(self) -> Effect:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise Wrong(f"effect interval [{self.low}, {self.high}] runs backwards", "Swap low and high.", "low")
        if self.mirrored and self.metric in RATIOS:
            raise Wrong(f"effect metric {self.metric} is a ratio, which has no sign to mirror", "Remove mirrored.", "mirrored")
        return self

    @property
    def turned(self) -> Effect:
        """The same effect with the sign its measure has; what is not mirrored stays."""
        if not self.mirrored:
            return self
        minus = lambda x: None if x is None else -x  # noqa: E731
        new = {"value": minus(self.value), "low": minus(self.high), "high": minus(self.low), "mirrored": False}
        return self.model_copy(update=new)


class Printed(Record):
    """A count or percentage that a source prints about itself, to be recomputed from its own claims."""

    unit: Literal["item", "study", "study-intervention"]
    by: Literal["system", "population", "intervention", "design", "year", "all"]
    value: str | None = None  # the group counted; none with by = "all"
    count: int | None = Field(default=None, ge=0)
    percent: float | None = Field(default=None, ge=0)
    total: int | None = Field(default=None, ge=0)
    where: str = "text"  # text, abstract, table, figure …: the same number may stand twice and disagree


class Claim(Record):
    """One statement as its source makes it, in our words."""

    id: ClaimId
    en: Text
    nl: Text
    locator: Text
    kind: ClaimKind
    subject: QuantityId
    relation: Relation
    object: QuantityId | None = None
    system: EntryId | None = None  # as the source files it
    population: EntryId | None = None
    comparator: EntryId | None = None
    species: Literal["human", "animal", "cells", "unclear"] = "human"
    intervention: EntryId | None = None
    dose_protocol: Text | None = None
    dose_effect: Text | None = None
    control_kind: Literal["none", "usual-care", "waitlist", "attention", "active", "placebo"] | None = None
    effect: Effect | None = None
    suspect: Text | Wording | None = None
    design: Design | None = None  # when it differs from the source's own design
    pools: tuple[Design, ...] = ()
    timing: Literal["same-time", "lagged-within", "lagged-between", "none"] = "none"
    moved: bool = False
    source_change: Effect | None = None
    causal: Literal["cause", "consequence", "both", "marker", "open", "not-stated"] = "not-stated"
    certainty: Text | None = None
    limits: tuple[Limit, ...] = ()
    risk_of_bias: Text | None = None
    primary: str | None = None  # id of the primary claim or source that this repeats
    item: EntryId | None = None  # the printed row, figure or paragraph counted as one
    printed: Printed | None = None
    values: str | None = None  # "tables/x.tsv": a printed table is one claim
    speaker: EntryId | None = None  # hearing: the role, never a name
    note: Text | Wording | None = None  # "Contradicted by <claim>": a contradiction that no field shows

    @property
    def counted(self) -> Effect | None:
        """The effect as calculations read it, with the sign its measure has; `effect` is what is printed."""
        return None if self.effect is None else self.effect.turned


class Source(Record):
    """A document or study with its claims."""

    id: EntryId
    type: Literal[
        "article", "review", "report", "hearing", "thesis", "web-article", "guideline", "preprint", "registry",
        "dataset", "software", "book", "abstract",
    ]  # fmt: skip
    title: Text
    authors: tuple[str, ...] = ()
    year: int | None = Field(default=None, ge=1400, le=2200)
    journal: str | None = None
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    language: Text = "en"
    design: Design
    n: int | None = Field(default=None, ge=0)
    population: EntryId | None = None
    interest: Text | Wording | None = None  # funding, commercial interest
    via: EntryId | None = None  # the review that reports it
    access: Literal["open", "abstract", "closed"] = "abstract"
    read: Literal["full", "abstract", "secondary"] = "abstract"
    status: Literal["current", "superseded", "retracted"] = "current"
    superseded_by: EntryId | None = None
    licence: str | None = None
    selected_on_outcome: bool = False  # a body of evidence searched for one direction of result
    count_unit: dict[str, Literal["item", "study", "study-intervention"]] = Field(
        default_factory=dict[str, Literal["item", "study", "study-intervention"]]
    )
    note: Text | None = None
    claim: tuple[Claim, ...] = ()
