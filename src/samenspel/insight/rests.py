"""What an answer rests on: claims by level, assumptions, the weakest parts, and what is not in the model."""

from __future__ import annotations

from collections import Counter
from typing import Any

from samenspel.composition.events import event_name
from samenspel.composition.plain import plain_word
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.evidence.schema_model import Coupling
from samenspel.population.worlds import Worlds


def rests_on(atlas: Atlas, grading: Grading, worlds: Worlds) -> dict[str, Any]:
    """Claims behind the couplings and parameters in use, by level; declared assumptions; weakest couplings; left out."""
    used = {p.name for g in worlds.groups for p in g.model.parameters}
    entries = [e for e in atlas.parameters.values() if e.id in used]
    from_parameters = {c for e in entries for c in e.claims}
    couplings = [c for c in sorted(atlas.couplings.values(), key=lambda c: c.id) if c.form.kind != "identity"]
    grades = worlds.supports
    from_couplings = {c for x in couplings for c in (*x.claims, *x.against)}
    claims = sorted((from_parameters | from_couplings) & set(atlas.claims))
    assumptions = [
        {"id": e.id, "en": e.assumption.en, "nl": e.assumption.nl} for e in entries if e.assumption is not None
    ]
    assumptions += [
        {"id": c.id, "en": c.assumption.en, "nl": c.assumption.nl} for c in couplings if c.assumption is not None
    ]
    assumptions += _about_people(atlas, used)
    weakest = sorted(couplings, key=lambda c: (grades[c.id].exists, grades[c.id].told_sign, c.id))[:5]
    left_out = [e for e in atlas.ledger.values() if e.fate == "left_out"]
    return {
        "claims": claims,
        "claims_by_level": dict(sorted(Counter(grading.level(c) for c in claims).items())),
        "couplings": [
            {
                "id": c.id,
                "from": c.source,
                "to": c.to,
                "sign": c.told_sign,
                "level": grades[c.id].level,
                "exists": grades[c.id].exists,
                "articles": list(grades[c.id].articles),
                "claims": list(c.claims),
                "against": list(c.against),
                "en": c.en or c.id.replace("-", " "),
                "nl": c.nl or c.id.replace("-", " "),
                "lever": c.lever,
                "input": c.input,
                "hypotheses": sorted(h.id for h in atlas.hypotheses.values() if any(c.id in o.on for o in h.option)),
            }
            for c in couplings
        ],
        "systems": _plain_names(atlas, couplings),
        "level_5_gains": len(grading.measured),
        "assumptions": assumptions,
        "weakest": [c.id for c in weakest],
        "left_out": len(left_out),
        "not_modelled": _not_modelled(atlas),
        "parameters": {
            "claim": sum(bool(e.claims) for e in entries),
            "assumption": len([e for e in entries if e.assumption]),
        },
    }


def _plain_names(atlas: Atlas, couplings: list[Coupling]) -> dict[str, dict[str, str]]:
    """Names of the atlas's own systems at either end of a coupling."""
    ends = {end.split(".")[0] for c in couplings for end in (c.source, c.to)}
    named = {plain_word(s.id): {"en": s.en, "nl": s.nl} for s in atlas.systems.values()}
    return {id: named[id] for id in sorted(set(named) & ends)}


def _about_people(atlas: Atlas, used: set[str]) -> list[dict[str, str]]:
    """Assumptions about other conditions and life events, for those that push something in the model."""
    acting = [c for c in atlas.people.condition if any(p.input in used for p in c.push)]
    events = [e for e in atlas.people.event if f"{event_name(e.id)}.onset" in used]
    named = [(r.id, r.assumption) for r in (*acting, *events)]
    named += [(f"{r.id} > {p.input}", p.assumption) for r in (*acting, *events) for p in r.push]
    return [{"id": i, "en": a.en, "nl": a.nl} for i, a in named if a is not None]


def _not_modelled(atlas: Atlas) -> int:
    path = atlas.root / "facts" / "not-modelled.tsv"
    return max(0, len(path.read_text(encoding="utf-8").splitlines()) - 1) if path.is_file() else 0
