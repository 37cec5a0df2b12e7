"""What changes in the evidence when claims are taken away: levels, existence, signs, pooled parameters, conflicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.conflicts import conflicts
from samenspel.evidence.grade import Grading, removed_by
from samenspel.evidence.pool import pool_claims
from samenspel.evidence.schema import Design
from samenspel.evidence.schema_ladder import LEVELS
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint


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


def asked_away(
    atlas: Atlas,
    *,
    claims: Iterable[str] = (),
    sources: Iterable[str] = (),
    levels: Iterable[str] = (),
    designs: Iterable[str] = (),
) -> frozenset[str]:
    """Ids of the claims that somebody asks to take away (see `grade.removed_by`).

    Raises `SamenspelError` where nothing is named, a name is unknown, or no claim has what is named.
    """
    asked = {"claim": tuple(claims), "source": tuple(sources), "level": tuple(levels), "design": tuple(designs)}
    if not any(asked.values()):
        raise SamenspelError("nothing is taken away.", cure="Name --claim, --source, --level or --design.")
    for kind, known in (("level", LEVELS), ("design", get_args(Design))):
        for word in asked[kind]:
            if word not in known:
                raise SamenspelError(f"no {kind} {word!r}.{hint(word, known)}", cure=f"There is: {', '.join(known)}.")
    removed = removed_by(
        atlas, claims=asked["claim"], sources=asked["source"], levels=asked["level"], designs=asked["design"]
    )
    if not removed:
        named = "; ".join(f"{kind} {', '.join(names)}" for kind, names in asked.items() if names)
        raise SamenspelError(f"no claim of this atlas has {named}.", cure="Name a level or design that occurs.")
    return removed


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
