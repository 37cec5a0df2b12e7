"""Published facts as records: what a study found, in words the model can be asked about.

Each row of ``facts/*.tsv`` is one `Fact`; ``facts/not-modelled.tsv`` holds the rows that no simulator of these measures
can compute, each with its reason. Reading checks every cell and names file, line and column of what is wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from samenspel.evidence.facts_grammar import names_in, parse_contrast, parse_population
from samenspel.evidence.issues import Issue, nearest, refuse
from samenspel.evidence.schema import ClaimId, EntryId, QuantityId, Record, Text
from samenspel.evidence.split import Role, role_of_row
from samenspel.evidence.text import decode, read_bytes

Study = Literal[
    "cross-section", "case-control", "cohort", "mendelian-randomisation", "trial", "time-course", "diary", "mediation"
]
Metric = Literal[
    "mean", "sd", "median", "proportion", "ratio", "MD", "SMD", "OR", "RR", "HR", "r", "rg", "beta", "ICC", "AUC",
    "incidence", "percent-change", "sign", "h2",
]  # fmt: skip
Arm = Literal["treatment", "comparator", "treatment vs comparator"]
MeasureId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
FactId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]

_SPAN = r"[0-9]+(?:\.[0-9]+)?(?:min|h|d|w|m|y)"
_TIME = re.compile(rf"^(?:baseline|end|lag[0-9]+|(?:end\+)?{_SPAN}(?:\.\.{_SPAN})?)$")
_NUMBER = re.compile(r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$")
_NEEDS_TWO_GROUPS = frozenset({"OR", "RR", "HR", "SMD", "MD", "AUC", "ratio"})
_NEEDS_TWO_MEASURES = frozenset({"r", "rg", "beta"})

NOT_MODELLED = "not-modelled.tsv"


class Fact(Record):
    """One published value with the question it answers.

    `population` and `contrast` are in the fact grammar. `time` is ``baseline``, ``end`` (of treatment), ``end+24w``,
    ``12w``, ``6w..24w`` or ``lag1`` (one diary prompt). `value`, `low`, `high` stand as printed, in `unit`; a
    percentage stays a percentage. `level` is the interval's level where the source states it; where it is empty, a
    reader of the interval takes 0.95, the custom of the field, and says so. Metric `sign` has value -1, 0 or 1: the
    printed direction, 0 for no difference. `arm` treatment or comparator means that arm itself, and for MD, SMD,
    percent-change and sign its change from the start; ``treatment vs comparator`` is the difference between the arms.
    `measure2` is the second variable of a correlation, the predictor of a lagged path, or the variables adjusted for
    (separated by spaces). `between_sd` is the SD between pooled studies where printed.
    """

    id: FactId
    family: EntryId
    study: Study
    population: str = ""  # empty: everyone
    contrast: str = ""
    exposure: QuantityId | None = None
    scenario: EntryId | None = None
    arm: Arm | None = None
    measure: MeasureId
    measure2: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*( [a-z][a-z0-9_]*)*$")] | None = None
    metric: Metric
    time: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: Annotated[float, Field(gt=0, lt=1)] | None = None
    unit: str = ""
    k: Annotated[int, Field(ge=1)] | None = None
    n: Annotated[int, Field(ge=1)] | None = None
    between_sd: Annotated[float, Field(ge=0)] | None = None
    source: EntryId
    note: str = ""
    claim: ClaimId
    original: FactId

    @field_validator("population")
    @classmethod
    def _population_is_grammar(cls, text: str) -> str:
        if text:
            parse_population(text)
        return text

    @field_validator("contrast")
    @classmethod
    def _contrast_is_grammar(cls, text: str) -> str:
        if text:
            parse_contrast(text)
        return text

    @field_validator("time")
    @classmethod
    def _time_is_known(cls, text: str) -> str:
        if text and not _TIME.match(text):
            raise ValueError(f"{text!r} is not a time; write baseline, end, end+24w, 12w, 6w..24w or lag1")
        return text

    @field_validator("value", "low", "high", "between_sd")
    @classmethod
    def _finite(cls, number: float | None) -> float | None:
        if number is not None and not math.isfinite(number):
            raise ValueError(f"{number} is not a finite number")
        return number

    @model_validator(mode="after")
    def _fits_together(self) -> Fact:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"interval [{self.low}, {self.high}] runs backwards; swap low and high")
        if self.metric == "sign" and self.value not in (-1.0, 0.0, 1.0):
            raise ValueError(f"metric sign needs value -1, 0 or 1, got {self.value}")
        if self.metric in _NEEDS_TWO_GROUPS and not self.contrast and self.arm is None:
            raise ValueError(f"metric {self.metric} compares two groups; give contrast or arm")
        if self.metric in _NEEDS_TWO_MEASURES and self.measure2 is None and not self.contrast:
            raise ValueError(f"metric {self.metric} needs measure2 (or a contrast)")
        if (self.arm is None) != (self.scenario is None):
            raise ValueError("scenario and arm belong together; give both or neither")
        if not self.claim.startswith(f"{self.source}."):
            raise ValueError(f"claim {self.claim!r} is not of source {self.source!r}")
        return self

    @property
    def role(self) -> Role:
        """`check` or `calibrate`, by the rule of `split`."""
        return role_of_row(self.source, self.family)

    @property
    def suspect(self) -> bool:
        """Whether the printed value contradicts itself or its own interval; such a row is listed, never scored."""
        outside_low = self.value is not None and self.low is not None and self.value < self.low
        outside_high = self.value is not None and self.high is not None and self.value > self.high
        return outside_low or outside_high or self.note.startswith("suspect:")


class NotModelled(Record):
    """A published row that the simulator cannot compute, with the reason."""

    original: FactId
    claim: ClaimId
    reason_en: Text


COLUMNS = tuple(Fact.model_fields)
_NUMERIC = frozenset({"value", "low", "high", "level", "between_sd"})
_WHOLE = frozenset({"k", "n"})
_TEXTS = frozenset({"population", "contrast", "time", "unit", "note"})


def read_facts(folder: Path) -> tuple[Fact, ...]:
    """All facts of the folder's ``*.tsv`` files, in order of file name and line.

    Raises SamenspelError at the first thing that is not a fact, with file and line, and says how many more there are.
    """
    facts, _, issues = collect_facts(folder)
    refuse(issues)
    return facts


def read_not_modelled(folder: Path) -> tuple[NotModelled, ...]:
    """The rows set aside in ``not-modelled.tsv``; none without such a file. Raises SamenspelError as `read_facts`."""
    _, set_aside, issues = collect_facts(folder)
    refuse(issues)
    return set_aside


def collect_facts(folder: Path) -> tuple[tuple[Fact, ...], tuple[NotModelled, ...], list[Issue]]:
    """Facts, rows set aside, and everything that is wrong with them."""
    reading = _Reading()
    for path in sorted(folder.glob("*.tsv")):
        reading.file(path)
    return tuple(reading.facts), tuple(reading.set_aside), reading.issues


def computable(fact: Fact, available: Iterable[str]) -> str | None:
    """Why the model cannot compute a fact, in words; None when it can.

    `available` holds the ids of the measures, traits, conditions, events and scenarios that exist. Words such as
    `female` are values and are not looked up.
    """
    known = frozenset(available)
    wanted: list[tuple[str, str]] = [("measure", fact.measure)]
    wanted += [("measure", name) for name in (fact.measure2 or "").split()]
    asked: set[str] = set()
    if fact.population:
        asked |= names_in(parse_population(fact.population))
    if fact.contrast:
        asked |= names_in(parse_contrast(fact.contrast))
    wanted += [("measure, trait, condition or event", name) for name in sorted(asked)]
    if fact.scenario is not None:
        wanted.append(("scenario", fact.scenario))
    for what, name in wanted:
        if name not in known:
            close = nearest(name, known, 1)
            hint = f"; the nearest name is {close[0]!r}" if close else ""
            return f"there is no {what} {name!r} in this atlas{hint}"
    if fact.value is None and fact.low is None and fact.high is None:
        return "the source prints no number that could be compared"
    return None


@dataclass
class _Reading:
    facts: list[Fact] = field(default_factory=list[Fact])
    set_aside: list[NotModelled] = field(default_factory=list[NotModelled])
    issues: list[Issue] = field(default_factory=list[Issue])
    first_seen: dict[str, str] = field(default_factory=dict[str, str])

    def file(self, path: Path) -> None:
        """Read one table; every wrong row becomes an issue and the others are kept."""
        raw = read_bytes(path)
        text = raw if isinstance(raw, Issue) else decode(raw, path.name)
        if isinstance(text, Issue):
            self.issues.append(text)
            return
        columns = tuple(NotModelled.model_fields) if path.name == NOT_MODELLED else COLUMNS
        lines = text.split("\n")
        if tuple(lines[0].split("\t")) != columns:
            self._wrong(path, 1, _header_message(lines[0].split("\t"), columns), f"Columns: {' '.join(columns)}.")
            return
        for number, cells in _rows(lines):
            if len(cells) != len(columns):
                message = f"the row has {len(cells)} cells, {len(columns)} are needed."
                self._wrong(path, number, message, "Separate cells by one tab, also empty ones.")
            else:
                self._row(path, number, dict(zip(columns, cells, strict=True)))

    def _row(self, path: Path, line: int, cells: dict[str, str]) -> None:
        name = cells.get("id") or cells["original"]
        try:
            if path.name == NOT_MODELLED:
                self.set_aside.append(NotModelled.model_validate(cells))
                return
            fact = Fact.model_validate(_typed(cells))
        except ValidationError as wrong:
            for error in wrong.errors():
                column = str(error["loc"][0]) if error["loc"] else "row"
                message = str(error["msg"]).removeprefix("Value error, ").removesuffix(".")
                cure = _cure(column, cells.get(column, ""))
                self._wrong(path, line, f"fact {name!r}, column {column}: {message}.", cure)
            return
        except ValueError as wrong:
            self._wrong(path, line, f"fact {name!r}: {wrong}.", "Write a plain number or leave the cell empty.")
            return
        if fact.id in self.first_seen:
            message = f"fact {fact.id!r} stands twice, first in {self.first_seen[fact.id]}."
            self._wrong(path, line, message, "Rename one.")
            return
        self.first_seen[fact.id] = f"{path.name}:{line}"
        self.facts.append(fact)

    def _wrong(self, path: Path, line: int, message: str, cure: str) -> None:
        self.issues.append(Issue("fact", "error", message, f"facts/{path.name}", line, cure))


def _rows(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines[1:], start=2):
        if line:
            yield number, line.split("\t")


def _typed(cells: dict[str, str]) -> dict[str, object]:
    typed: dict[str, object] = {}
    for column, cell in cells.items():
        if column in _TEXTS:
            typed[column] = cell
        elif cell == "":
            continue
        elif column in _NUMERIC:
            if not _NUMBER.match(cell):
                raise ValueError(f"column {column} holds {cell!r}, which is not a number")
            typed[column] = float(cell)
        elif column in _WHOLE:
            if not re.fullmatch(r"[0-9]{1,12}", cell):
                raise ValueError(f"column {column} holds {cell!r}, which is not a whole number")
            typed[column] = int(cell)
        else:
            typed[column] = cell
    return typed


def _header_message(found: list[str], columns: tuple[str, ...]) -> str:
    missing = [name for name in columns if name not in found]
    unknown = [name for name in found if name not in columns]
    parts = [f"missing column {missing[0]!r}"] if missing else []
    parts += [f"unknown column {unknown[0]!r}"] if unknown else []
    return f"the header is not that of this table: {', '.join(parts) or 'the columns stand in another order'}."


def _cure(column: str, cell: str) -> str:
    choices = {"study": Study, "metric": Metric, "arm": Arm}.get(column)
    if choices is None:
        return ""
    allowed = [str(choice) for choice in get_args(choices)]
    close = nearest(cell, allowed, 1)
    return f"Nearest: {close[0]}." if close else f"One of: {', '.join(allowed)}."
