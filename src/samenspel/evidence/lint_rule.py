"""What a rule is: one sentence (its docstring), one severity, a name made of its class name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.facts import Fact, NotModelled, collect_facts
from samenspel.evidence.grade import Grading
from samenspel.evidence.issues import Issue, Severity
from samenspel.evidence.text import line_with
from samenspel.quantities.errors import SamenspelError

_WORDS = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Ends:
    """Addresses that the systems define."""

    sources: frozenset[str]  # states and read-outs of states alone
    ports: frozenset[str]
    inputs: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict[str, str])  # declared, of inputs and parameters
    composes: Callable[[Atlas], SamenspelError | None] | None = None  # what stands in the way of joining the systems
    divisors: Callable[[], frozenset[str]] | None = None  # parameters that equations divide by
    ranges: Mapping[str, tuple[float | None, float | None]] = field(
        default_factory=dict[str, tuple[float | None, float | None]]
    )  # declared, of inputs
    shared: frozenset[str] = frozenset()  # names of the installed systems
    variants: frozenset[tuple[str, str]] = frozenset()  # (system, variant) of all systems
    held: frozenset[str] = frozenset()  # addresses constant over a day: decisions, conditions of stages, daily means

    @property
    def readable(self) -> frozenset[str]:
        """What a measure may read."""
        return self.sources | self.ports | self.inputs

    @property
    def passed(self) -> frozenset[str]:
        """What a loop may lead through."""
        return self.readable | self.held


@dataclass(frozen=True)
class Context:
    """What rules may look at."""

    atlas: Atlas
    ends: Ends | None = None

    @cached_property
    def grading(self) -> Grading:
        """Levels, computed once."""
        return Grading(self.atlas)

    @cached_property
    def _facts(self) -> tuple[tuple[Fact, ...], tuple[NotModelled, ...], list[Issue]]:
        return collect_facts(self.atlas.root / "facts")

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Published facts that can be read."""
        return self._facts[0]

    @property
    def set_aside(self) -> tuple[NotModelled, ...]:
        """Published rows that no model computes."""
        return self._facts[1]

    @property
    def fact_issues(self) -> list[Issue]:
        """What is wrong with the fact tables."""
        return self._facts[2]


class Rule:
    """Base of all rules."""

    severity: ClassVar[Severity] = "error"

    @property
    def name(self) -> str:
        """The class name in kebab case."""
        return _WORDS.sub("-", type(self).__name__).lower()

    @property
    def sentence(self) -> str:
        """What the rule demands."""
        return (type(self).__doc__ or "").strip().split("\n")[0]

    def check(self, context: Context) -> Iterator[Issue]:
        """Every place where the atlas breaks the rule."""
        raise NotImplementedError

    def issue(self, context: Context, kind: str, entry: str, message: str, cure: str, near: str | None = None) -> Issue:
        """A finding about one record, at the first of its lines that holds `near`."""
        place = context.atlas.where(kind, entry)
        line = place.line
        if near is not None:
            line = line_with((context.atlas.root / place.file).read_text(encoding="utf-8"), line, near)
        return Issue(self.name, self.severity, f"{entry}: {message}", place.file, line, cure)
