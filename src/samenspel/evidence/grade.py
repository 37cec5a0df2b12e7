"""The level of every claim and coupling on the ladder, computed from what the records say; nobody types a level.

A pooled claim takes the lowest of the designs it pools. Of a coupling counts its best supporting claim, and how many
independent articles stand behind it. Numbers (existence, sign) are those of ``ladder.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.routes import Routes
from samenspel.evidence.schema import Claim, Effect, Source
from samenspel.evidence.schema_ladder import LEVELS
from samenspel.evidence.schema_model import Coupling

#: levels of the ladder, and none for what asserts no relation in the world (a definition, a step of a method …)
Level = Literal["5", "T", "4", "3", "2", "1", "0", "none"]
#: conditions of level 5 that a randomised claim may fail
Condition = Literal[
    "not-moved", "source-interval", "target-interval", "holds-zero", "suspect", "no-treatment", "several-routes", "pooled"
]
NEAR = 2  # conditions that a near miss may fail
RANDOMISED = frozenset({"rct", "cross-over"})
POOLING = frozenset({"meta-analysis", "systematic-review"})
#: designs whose best level is that they argue
ARGUING = frozenset(
    {
        "narrative-review",
        "systematic-review",
        "meta-analysis",
        "non-randomised-trial",
        "pre-post",
        "animal",
        "cells",
        "case",
        "expert",
        "guideline",
    }
)
ASSERTS_NOTHING = frozenset(
    {"definition", "method-limit", "method-step", "unknown", "recommendation", "number", "causal-status"}
)
#: testimony on these is about how care and society work, not about biology
SOCIAL_SYSTEMS = frozenset({"care", "work", "agencies", "support", "knowledge", "society"})
#: relations that say a link was looked for and not (clearly) found
NULL_RELATIONS = frozenset({"no-difference", "inconsistent", "contradicts"})
_RANK: dict[Level, int] = {name: -rank for rank, name in enumerate((*LEVELS, "none"))}

_LOWEST: Level = "0"


def _extreme(levels: Sequence[Level], *, lowest: bool = False) -> Level:
    """The highest (or lowest) of some levels."""
    found = levels[0]
    for level in levels[1:]:
        if higher(found, level) if lowest else higher(level, found):
            found = level
    return found


def higher(one: Level, other: Level) -> bool:
    """Whether `one` stands above `other` on the ladder."""
    return _RANK[one] > _RANK[other]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What the evidence says of one coupling.

    exists, told_sign: probabilities by the ladder. statement: the article whose statements share one draw of existence
    and sign (the coupling's own id when several independent articles carry it). body: the body of evidence selected on
    its outcome that all support comes from, if any. articles: independent articles for it, at any level.
    """

    level: Level
    exists: float
    told_sign: float
    statement: str
    body: str | None = None
    best: tuple[str, ...] = ()  # claims at the level
    articles: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    levels: Mapping[str, Level] = field(default_factory=dict[str, Level])  # of each claim for and against

    def sets_size(self, coupling: Coupling) -> bool:
        """Whether a level-5 claim that is left sets the size of the coupling this is the grade of."""
        return coupling.size is not None and self.levels.get(coupling.size) == "5"


@dataclass(frozen=True)
class Grading:
    """All levels of one atlas, after leaving out what a knock-out removes."""

    atlas: Atlas
    removed: frozenset[str] = frozenset()  # claim ids

    @cached_property
    def routes(self) -> Routes:
        """Which treatments reach what by how many ways."""
        return Routes(self.atlas)

    @cached_property
    def _reversed_pairs(self) -> frozenset[tuple[str, str, str | None]]:
        return frozenset(
            (source.id, claim.subject, claim.object)
            for source, claim in self.atlas.pairs()
            if claim.timing == "lagged-within" and claim.id not in self.removed
        )

    @cached_property
    def levels(self) -> dict[str, Level]:
        """Level of every claim that is left."""
        return {
            claim.id: self._level(claim, source) for source, claim in self.atlas.pairs() if claim.id not in self.removed
        }

    def level(self, claim_id: str) -> Level:
        """Level of one claim; `none` when it was removed."""
        return self.levels.get(claim_id, "none")

    def _level(self, claim: Claim, source: Source) -> Level:
        if claim.kind in ASSERTS_NOTHING or source.status == "retracted":
            return "none"
        design = claim.design or source.design
        pools = claim.pools if design in POOLING or claim.pools else ()
        if not pools:
            return self._of_design(design, claim, source, pooled=False)
        levels: list[Level] = [self._of_design(each, claim, source, pooled=True) for each in pools]
        return _extreme(levels, lowest=True)

    def _of_design(self, design: str, claim: Claim, source: Source, *, pooled: bool) -> Level:
        if design == "commercial":
            return "0"
        if design == "testimony":
            return "1" if self._is_social(claim) else "0"
        if claim.species != "human" or design in ARGUING:
            return "0" if "commercial" in claim.limits else "1"
        if design in RANDOMISED and (claim.intervention is not None or claim.kind in ("effect", "dose")):
            return "T" if pooled or self.short_of_five(claim) else "5"
        return self._observed(design, claim, source)

    def _observed(self, design: str, claim: Claim, source: Source) -> Level:
        """Level of what was watched, not assigned: ordered within persons, between persons, or side by side."""
        if claim.timing == "lagged-within":
            both_ways = (source.id, claim.object, claim.subject) in self._reversed_pairs
            return "4" if both_ways else "3"
        if design == "mendelian-randomisation" or claim.timing == "lagged-between":
            return "3"
        followed = design in ("cohort", "registry") and claim.kind in ("risk", "course", "time-course")
        return "3" if followed and claim.timing != "same-time" else "2"

    def _is_social(self, claim: Claim) -> bool:
        if claim.kind in ("need", "care-process"):
            return True
        if claim.system is not None:
            return claim.system in SOCIAL_SYSTEMS
        ends = (claim.subject, claim.object or claim.subject)
        words = [self.atlas.quantities.get(end) for end in ends]
        return all(word is not None and word.system in SOCIAL_SYSTEMS for word in words)

    def short_of_five(self, claim: Claim) -> list[Condition]:
        """What a randomised claim lacks of level 5; nothing where it has all."""
        change, effect = claim.source_change, claim.effect
        lacks: dict[Condition, bool] = {
            "not-moved": not claim.moved,
            "source-interval": not _bounded(change),
            "target-interval": not _bounded(effect),
            "holds-zero": _holds_zero(change),
            "suspect": claim.suspect is not None,
            "no-treatment": claim.intervention is None,
            "several-routes": claim.intervention is not None
            and self.routes.several(claim.intervention, claim.subject, claim.object),
            "pooled": bool(claim.pools),
        }
        return [condition for condition, true in lacks.items() if true]

    @cached_property
    def near_misses(self) -> dict[str, list[Condition]]:
        """Randomised claims that fail at most `NEAR` conditions of level 5, and which; the nearest first."""
        found = {c.id: self.short_of_five(c) for _, c in self.atlas.pairs() if self.levels.get(c.id) == "T"}
        return {c: lacks for c, lacks in sorted(found.items(), key=lambda e: (len(e[1]), e[0])) if len(lacks) <= NEAR}

    @cached_property
    def measured(self) -> dict[str, str]:
        """Couplings whose size a level-5 claim sets that is left, and the claim: the number that README prints."""
        couplings, grades = self.atlas.couplings, self.couplings()
        return {c: couplings[c].size or "" for c, grade in grades.items() if grade.sets_size(couplings[c])}

    def article(self, claim_id: str) -> str:
        """The study that a claim goes back to: its primary's source, else its own."""
        seen: set[str] = set()
        here = claim_id
        while here not in seen:
            seen.add(here)
            claim = self.atlas.claims.get(here)
            if claim is None:
                return here  # `primary` named a source
            if claim.primary is None:
                return self.atlas.source_of[here]
            here = claim.primary
        return self.atlas.source_of.get(here, here)

    def body(self, source_id: str) -> str | None:
        """The outcome-selected body of literature that a source belongs to."""
        source = self.atlas.sources.get(source_id)
        if source is None:
            return None
        if source.selected_on_outcome:
            return source.id
        via = self.atlas.sources.get(source.via) if source.via else None
        return via.id if via is not None and via.selected_on_outcome else None

    def counts_as_support(self, claim_id: str) -> bool:
        """Whether a claim may stand among the claims for something: left in, at level 1 or above, not commercial."""
        return self.level(claim_id) not in ("0", "none")

    def support(self, claim_ids: Iterable[str]) -> tuple[str, ...]:
        """Independent articles behind these claims, sorted; repetition of one primary study counts once."""
        return tuple(sorted({self.article(c) for c in claim_ids if self.counts_as_support(c)}))

    def coupling(self, coupling: Coupling) -> Grade:
        """The grade of a coupling from the claims that are left; a premise is certain, has no level and heeds no ladder."""
        if coupling.premise is not None:
            told = 1.0 if coupling.premise == "link-and-sign" else 0.5
            return Grade(level="none", exists=1.0, told_sign=told, statement=coupling.id)
        ladder = self.atlas.need_ladder()
        left = [c for c in coupling.claims if c in self.atlas.claims and c not in self.removed]
        positive = [c for c in left if self.atlas.claims[c].relation not in NULL_RELATIONS and self.level(c) != "none"]
        links: list[Level] = [self._for_link(c) for c in positive]
        level = _extreme(links) if links else _LOWEST
        best = tuple(sorted(c for c in positive if self._for_link(c) == level))
        row = ladder.row(level)
        told = row.told_sign if row.told_sign is not None else 1.0
        if level == "1" and best and all(self._from_animals(c) for c in best):
            told = ladder.animal_told_sign.value
        articles = self.support(positive)
        bodies = {self.body(article) for article in articles}
        body = bodies.pop() if len(bodies) == 1 else None
        lead = sorted({self.article(c) for c in best})
        against = tuple(c for c in coupling.against if c in self.atlas.claims and c not in self.removed)
        return Grade(
            level=level,
            exists=row.exists if row.exists is not None else 0.0,
            told_sign=told,
            statement=lead[0] if len(lead) == 1 else coupling.id,
            body=body,
            best=best,
            articles=articles,
            against=against,
            levels={c: self.level(c) for c in (*left, *against)},
        )

    def couplings(self) -> dict[str, Grade]:
        """The grade of every coupling, by id."""
        return {name: self.coupling(coupling) for name, coupling in sorted(self.atlas.couplings.items())}

    def _for_link(self, claim_id: str) -> Level:
        """What a claim does for the existence of one link: a trial with several routes argues that route, no more."""
        level = self.level(claim_id)
        return "1" if level == "T" else level

    def _from_animals(self, claim_id: str) -> bool:
        claim = self.atlas.claims[claim_id]
        design = self.atlas.design_of(claim)
        return claim.species in ("animal", "cells") or design in ("animal", "cells")


def _bounded(effect: Effect | None) -> bool:
    return effect is not None and None not in (effect.value, effect.low, effect.high)


def _holds_zero(effect: Effect | None) -> bool:
    low, high = (effect.low, effect.high) if effect is not None else (None, None)
    return low is not None and high is not None and low <= 0.0 <= high


def removed_by(
    atlas: Atlas,
    *,
    claims: Iterable[str] = (),
    sources: Iterable[str] = (),
    levels: Iterable[str] = (),
    designs: Iterable[str] = (),
) -> frozenset[str]:
    """Ids of the claims that a knock-out takes away, with every claim that only repeats one of them.

    Raises:
        SamenspelError: for an unknown claim or source; names the nearest.
    """
    gone = {atlas.claim(claim).id for claim in claims}
    sources = {atlas.source(source).id for source in sources}
    levels, designs = set(levels), set(designs)
    by_level = Grading(atlas).levels if levels else {}
    for source, claim in atlas.pairs():
        design = {claim.design or source.design, *claim.pools}
        if source.id in sources or by_level.get(claim.id) in levels or design & designs:
            gone.add(claim.id)
        elif "animal" in designs and claim.species == "animal":
            gone.add(claim.id)
    repeats = {claim.id for _, claim in atlas.pairs() if claim.primary in gone or claim.primary in sources}
    return frozenset(gone | repeats)
