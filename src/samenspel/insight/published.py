"""What is published on the scenario's question, which results contradict each other, and what the model used."""

from __future__ import annotations

from typing import Any

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.conflicts import conflicts
from samenspel.evidence.grade import Grading
from samenspel.evidence.scales import CUSTOM, scale_of, se_of
from samenspel.evidence.schema import Claim, remark
from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.worlds import Worlds

OF_THE_REVIEW = "Numbers of studies and people are those of"  # how a claim's note begins that says so


def published(atlas: Atlas, grading: Grading, scenario: Scenario, worlds: Worlds) -> list[dict[str, Any]]:
    """The scenario's claims in order, each with its contradictions and "used by the model?"."""
    known = [c for c in scenario.claims if c in atlas.claims]
    used = used_for_gains(atlas, worlds)
    against: dict[str, dict[str, str]] = {claim_id: {} for claim_id in known}
    for found in conflicts(atlas, removed=grading.removed, claims=known):
        against[found.first][found.second] = against[found.second][found.first] = found.kind
    rows = []
    for claim_id in known:
        claim, source = atlas.claim(claim_id), atlas.source_with(claim_id)
        e = claim.effect
        rows.append(
            {
                "claim": claim_id,
                "en": claim.en,
                "nl": claim.nl,
                "locator": claim.locator,
                "level": grading.level(claim_id),
                "source": source.id,
                "authors": list(source.authors),
                "year": source.year,
                "doi": source.doi,
                "design": atlas.design_of(claim),
                "interest": remark(source.interest, "en"),
                "interest_nl": remark(source.interest, "nl"),
                "suspect": remark(claim.suspect, "en"),
                "suspect_nl": remark(claim.suspect, "nl"),
                "note": None if counts_review(claim) else remark(claim.note, "en"),
                "note_nl": None if counts_review(claim) else remark(claim.note, "nl"),
                "counts": "review" if counts_review(claim) else "effect",
                "effect": None
                if e is None
                else {
                    "metric": e.metric,
                    "value": e.value,
                    "low": e.low,
                    "high": e.high,
                    "level": e.level,
                    "unit": e.unit,
                    "k": e.k,
                    "n": e.n,
                    "i2": e.i2,
                    "mirrored": e.mirrored,
                },
                "prediction": prediction_interval(claim),
                "contradicts": sorted(against[claim_id]),
                "disagree": dict(sorted(against[claim_id].items())),
                "used": "used for a gain" if grading.article(claim_id) in used else "never used",
            }
        )
    return rows


def counts_review(claim: Claim) -> bool:
    """Whether the studies and people beside a size are those of the whole review, not of this effect: its note says so."""
    return (remark(claim.note, "en") or "").startswith(OF_THE_REVIEW)


def used_for_gains(atlas: Atlas, worlds: Worlds) -> set[str]:
    """Articles behind a gain's size or a parameter's value."""
    grading = Grading(atlas)
    out = {grading.article(c) for e in atlas.parameters.values() for c in e.claims if c in atlas.claims}
    for coupling, grade in worlds.supports.items():
        entry = atlas.couplings[coupling]
        if grade.sets_size(entry):
            out.add(grading.article(entry.size or ""))
    return out


def prediction_interval(claim: Claim) -> dict[str, float] | None:
    """95 % prediction interval from a printed estimate, interval, k and I²; None where one of them is not printed.

    Nor is there one where the studies counted are those of the whole review.

    On the scale of the metric (log for ratios …), with se from the interval and tau² = se² k I²/(1 - I²) (equal study
    sizes assumed): mean ± t(k-2) sqrt(tau² + se²).
    """
    from scipy.special import stdtrit

    e = claim.effect
    if e is None or e.value is None or e.low is None or e.high is None or e.k is None or e.i2 is None or e.k < 3:
        return None
    if counts_review(claim):
        return None
    scale = scale_of(e.metric, e.unit)
    se = se_of(e, scale, unsaid=CUSTOM)
    if se is None or not e.low <= e.value <= e.high:  # a value outside its own interval predicts nothing
        return None
    share = min(e.i2 / 100 if e.i2 > 1 else e.i2, 0.999)
    half = float(stdtrit(e.k - 2, 0.975)) * (se**2 * e.k * share / (1 - share) + se**2) ** 0.5
    return {"low": scale.back(scale.to(e.value) - half), "high": scale.back(scale.to(e.value) + half)}
