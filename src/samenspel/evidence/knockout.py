"""What changes in the evidence when claims are taken away: levels, existence, signs, pooled parameters, conflicts."""

from __future__ import annotations

from dataclasses import dataclass

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.conflicts import conflicts
from samenspel.evidence.grade import Grading
from samenspel.evidence.pool import pool_claims
from samenspel.quantities.errors import SamenspelError


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is graded or pooled otherwise; empty when it is gone."""

    kind: str  # coupling, parameter
    entry: str
    before: str
    after: str

    def as_json(self) -> dict[str, str]:
        """The change as a JSON object."""
        return {"kind": self.kind, "entry": self.entry, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Knockout:
    """The effect of removing claims on the evidence; what it does to an answer is computed from the new grades."""

    removed: tuple[str, ...]
    changes: tuple[Change, ...]
    conflicts_before: int
    conflicts_after: int

    def as_json(self) -> dict[str, object]:
        """The effect as a JSON object."""
        return {
            "schema": 1,
            "removed": list(self.removed),
            "changes": [c.as_json() for c in self.changes],
            "conflicts": {"before": self.conflicts_before, "after": self.conflicts_after},
        }


def knockout(atlas: Atlas, removed: frozenset[str]) -> Knockout:
    """Grade and pool again without the `removed` claims (see `grade.removed_by`)."""
    changes: list[Change] = []
    if atlas.ladder is not None:
        before, after = Grading(atlas).couplings(), Grading(atlas, removed).couplings()
        for name, grade in before.items():
            new = after[name]
            old_text, new_text = _grade_text(grade.level, grade.articles), _grade_text(new.level, new.articles)
            if old_text != new_text:
                changes.append(Change("coupling", name, old_text, new_text))
    for entry in atlas.parameters.values():
        if not removed & set(entry.claims):
            continue
        changes.append(
            Change("parameter", entry.id, _pooled(atlas, entry.id, frozenset()), _pooled(atlas, entry.id, removed))
        )
    return Knockout(
        tuple(sorted(removed)), tuple(changes), len(conflicts(atlas)), len(conflicts(atlas, removed=removed))
    )


def _grade_text(level: str, articles: tuple[str, ...]) -> str:
    return f"level {level}, independent articles {len(articles)}"


def _pooled(atlas: Atlas, parameter: str, removed: frozenset[str]) -> str:
    entry = atlas.parameters[parameter]
    left = [claim for claim in entry.claims if claim not in removed]
    if not left:
        return "no claim left"
    if entry.rule is None:
        return f"claim {left[0]}"
    try:
        pooled = pool_claims(atlas, left, entry.rule.name, entry.rule.method)
    except SamenspelError as wrong:
        return f"cannot be pooled: {wrong.message}"
    return f"{pooled.value:.4g} [{pooled.low:.4g}, {pooled.high:.4g}], k = {pooled.k}"
