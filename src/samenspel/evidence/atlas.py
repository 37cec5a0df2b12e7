"""An atlas in memory: frozen records by id, and the file and line where each one stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from samenspel.evidence.issues import say_nearest
from samenspel.evidence.schema import Claim, Design, Kin, Quantity, Source
from samenspel.evidence.schema_ladder import Ladder
from samenspel.evidence.schema_ledger import LedgerEntry, Manifest, Question
from samenspel.evidence.schema_model import Coupling, Hypothesis, Loop, Parameter, PlainSystem
from samenspel.evidence.schema_people import Measure, People, Reference
from samenspel.evidence.schema_scenario import Scenario
from samenspel.quantities.errors import SamenspelError


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the text of an atlas; `file` is relative to its folder, `line` counts from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """All records of one atlas. Nothing is computed here; grading, pooling and composing read it."""

    root: Path
    digest: str  # sha256 of every file read, in order of name
    manifest: Manifest
    quantities: Mapping[str, Quantity] = field(default_factory=dict[str, Quantity])
    kin: Mapping[str, Kin] = field(default_factory=dict[str, Kin])  # by the narrower word
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    claims: Mapping[str, Claim] = field(default_factory=dict[str, Claim])
    source_of: Mapping[str, str] = field(default_factory=dict[str, str])  # claim id → source id
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    couplings: Mapping[str, Coupling] = field(default_factory=dict[str, Coupling])
    hypotheses: Mapping[str, Hypothesis] = field(default_factory=dict[str, Hypothesis])
    systems: Mapping[str, PlainSystem] = field(default_factory=dict[str, PlainSystem])
    loops: Mapping[str, Loop] = field(default_factory=dict[str, Loop])
    questions: Mapping[str, Question] = field(default_factory=dict[str, Question])
    measures: Mapping[str, Measure] = field(default_factory=dict[str, Measure])
    reference: Mapping[str, Reference] = field(default_factory=dict[str, Reference])
    scenarios: Mapping[str, Scenario] = field(default_factory=dict[str, Scenario])
    ledger: Mapping[str, LedgerEntry] = field(default_factory=dict[str, LedgerEntry])  # by claim id
    people: People = field(default_factory=People)
    ladder: Ladder | None = None
    places: Mapping[tuple[str, str], Where] = field(default_factory=dict[tuple[str, str], Where])
    broken: frozenset[str] = frozenset()  # ids of entries that stand in the text and could not be read

    def where(self, kind: str, entry: str) -> Where:
        """File and line of one record; kind is "claim", "source", "coupling" … ."""
        return self.places.get((kind, entry), Where("atlas.toml", 0))

    def claim(self, claim_id: str) -> Claim:
        """The claim with this id.

        Raises:
            SamenspelError: if there is none; names the nearest.
        """
        found = self.claims.get(claim_id)
        if found is None:
            raise SamenspelError(f"no claim {claim_id!r}.", cure=say_nearest(claim_id, self.claims))
        return found

    def design_of(self, claim: Claim) -> Design:
        """The design of a claim: its own, else that of its source."""
        return claim.design or self.sources[self.source_of[claim.id]].design

    def source(self, source_id: str) -> Source:
        """The source with this id.

        Raises:
            SamenspelError: if there is none; names the nearest.
        """
        found = self.sources.get(source_id)
        if found is None:
            raise SamenspelError(f"no source {source_id!r}.", cure=say_nearest(source_id, self.sources))
        return found

    def source_with(self, claim_id: str) -> Source:
        """The source that makes this claim."""
        return self.sources[self.source_of[claim_id]]

    def claims_of(self, source_id: str) -> tuple[Claim, ...]:
        """The claims of one source, in the order of its file."""
        return self.source(source_id).claim

    def need_ladder(self) -> Ladder:
        """The ladder.

        Raises:
            SamenspelError: if the atlas has no ``ladder.toml``.
        """
        if self.ladder is None:
            raise SamenspelError(
                "this atlas has no ladder.toml, so no level of evidence has a meaning.",
                file="ladder.toml",
                cure="Copy the one of the shipped atlas and change its reasons.",
            )
        return self.ladder

    def pairs(self) -> Iterator[tuple[Source, Claim]]:
        """Every claim with its source, in order of file name and line."""
        for source in self.sources.values():
            for claim in source.claim:
                yield source, claim
