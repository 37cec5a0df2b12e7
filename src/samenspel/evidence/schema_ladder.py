"""The ladder: how much existence and sign each level of evidence buys, and every other number of the gains.

Each number is a declared assumption with its reason; nothing here is estimated.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from samenspel.evidence.schema import Record, Text

LevelName = Literal["5", "T", "4", "3", "2", "1", "0"]
#: from strongest to weakest; a pooled claim takes the last of the designs it pools
LEVELS: tuple[LevelName, ...] = ("5", "T", "4", "3", "2", "1", "0")


class Assumed(Record):
    """One number with the reason why it is taken."""

    value: float
    en: Text
    nl: Text


class LadderLevel(Record):
    """Probability that a link of this level exists, and that its told sign is right (level 5: drawn with size)."""

    level: LevelName
    name: Text
    naam: Text
    exists: float | None = Field(default=None, ge=0, le=1)
    told_sign: float | None = Field(default=None, ge=0, le=1)
    may_set_size: bool = False
    en: Text  # reason
    nl: Text


class Ladder(Record):
    """The whole of ``ladder.toml``."""

    level: tuple[LadderLevel, ...]
    animal_told_sign: Assumed  # level 1 from animals or cells alone
    selected_all_null: Assumed  # body of evidence selected on its outcome: all its links absent
    selected_all_reversed: Assumed  # … or all with the other sign
    budget_a: Assumed  # B ~ Beta(a, b)
    budget_b: Assumed
    budget_source_concentration: Assumed  # Dirichlet over source systems
    budget_pair_concentration: Assumed  # Dirichlet over (source, target) pairs
    budget_measured_limit: Assumed  # M at or above it: world refused
    input_sigma: Assumed  # HalfNormal of the direct effect of an input at reference dose, in U
    transport_chronic_pain: Assumed  # σ of exp(σz) on γ from another chronic pain
    transport_healthy: Assumed  # … from healthy adults
    stability_limit: Assumed  # spectral radius of K above which unmeasured γ are scaled
    stability_refuse: Assumed  # still at or above it: world refused
    minimum_response: Assumed  # R below it: a fact only
    hazard_sigma: Assumed  # HalfNormal of |log hazard ratio| per SD

    @model_validator(mode="after")
    def _every_level_once(self) -> Ladder:
        names = [row.level for row in self.level]
        if sorted(names) != sorted(LEVELS):
            raise ValueError(f"the ladder needs each of the levels {list(LEVELS)} once, got {names}")
        return self

    def row(self, level: str) -> LadderLevel:
        """The row of one level."""
        return next(row for row in self.level if row.level == level)

    def varied(self, how: Literal["as-is", "half", "double"]) -> Ladder:
        """The ladder with the odds of existence and of the told sign halved or doubled (certainties stay certain)."""
        if how == "as-is":
            return self
        factor = 0.5 if how == "half" else 2.0
        rows = tuple(
            row.model_copy(
                update={"exists": _odds_times(row.exists, factor), "told_sign": _odds_times(row.told_sign, factor)}
            )
            for row in self.level
        )
        animal = self.animal_told_sign.model_copy(update={"value": _odds_times(self.animal_told_sign.value, factor)})
        return self.model_copy(update={"level": rows, "animal_told_sign": animal})


def _odds_times(share: float | None, factor: float) -> float | None:
    if share is None or share in (0.0, 1.0):
        return share
    odds = factor * share / (1.0 - share)
    return odds / (1.0 + odds)
