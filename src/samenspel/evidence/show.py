"""Everything known about one id: the record, its source and level, and all that leans on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.conflicts import conflicts
from samenspel.evidence.facts import Fact, read_facts
from samenspel.evidence.find import propose
from samenspel.evidence.grade import Grading
from samenspel.evidence.references import references
from samenspel.evidence.schema import Record, remark
from samenspel.quantities.errors import SamenspelError


def show(atlas: Atlas, name: str) -> dict[str, Any]:
    """A claim, source, counted item, coupling, hypothesis, parameter or word, with what it rests on and what leans on it.

    Raises:
        SamenspelError: for an id that nothing has; names what is near by its words and by its spelling.
    """
    if name in atlas.claims:
        return _claim(atlas, name)
    if name in atlas.sources:
        return _source(atlas, name)
    if name in atlas.couplings:
        return _coupling(atlas, name)
    tables: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("hypothesis", atlas.hypotheses),
        ("parameter", atlas.parameters),
        ("question", atlas.questions),
        ("measure", atlas.measures),
        ("loop", atlas.loops),
        ("scenario", atlas.scenarios),
        ("quantity", atlas.quantities),
    )
    for kind, table in tables:
        if name in table:
            extra = {"claims": _claims_about(atlas, name)} if kind == "quantity" else {}
            return {
                "schema": 1,
                "kind": kind,
                "id": name,
                **_place(atlas, kind, name),
                "record": _plain(table[name]),
                **extra,
            }
    items = {claim.item: None for claim in atlas.claims.values() if claim.item is not None}
    if name in items:
        return _item(atlas, name)
    known = [*atlas.claims, *atlas.sources, *atlas.couplings, *items, *(key for _, table in tables for key in table)]
    raise SamenspelError(f"nothing has the id {name!r}.", cure=propose(atlas, name, known))


def leaning(atlas: Atlas, claim_id: str) -> dict[str, list[str]]:
    """What leans on a claim, by kind: couplings, hypotheses, parameters, questions, facts and claims that repeat it.

    A commercial claim may be named as one for something; it says then that it counts as no support.
    """
    found: dict[str, set[str]] = {}
    commercial = atlas.design_of(atlas.claims[claim_id]) == "commercial"
    for pointer in references(atlas):
        if pointer.claim == claim_id:
            side = "against" if pointer.field == "against" else "for, commercial: no support" if commercial else "for"
            found.setdefault(pointer.kind, set()).add(f"{pointer.entry} ({side})")
    found["claim"] = {claim.id for claim in atlas.claims.values() if claim.primary == claim_id}
    found["fact"] = {fact.id for fact in _facts(atlas) if fact.claim == claim_id}
    return {kind: sorted(names) for kind, names in sorted(found.items()) if names}


def _claim(atlas: Atlas, name: str) -> dict[str, Any]:
    claim, source = atlas.claims[name], atlas.source_with(name)
    grading = Grading(atlas)
    return {
        "schema": 1,
        "kind": "claim",
        "id": name,
        **_place(atlas, "claim", name),
        "record": _plain(claim),
        "source": {
            "id": source.id,
            "title": source.title,
            "year": source.year,
            "design": source.design,
            "interest": remark(source.interest, "en"),
            "status": source.status,
            "via": source.via,
        },
        "level": grading.level(name),
        "article": grading.article(name),
        "selected_body": grading.body(source.id),
        "leaning": leaning(atlas, name),
        "conflicts": [c.as_json() for c in conflicts(atlas) if name in (c.first, c.second)],
    }


def _source(atlas: Atlas, name: str) -> dict[str, Any]:
    source = atlas.sources[name]
    levels = Grading(atlas).levels
    record = _plain(source)
    record.pop("claim", None)
    return {
        "schema": 1,
        "kind": "source",
        "id": name,
        **_place(atlas, "source", name),
        "record": record,
        "claims": [
            {"id": c.id, "level": levels[c.id], "en": c.en, "nl": c.nl, "locator": c.locator} for c in source.claim
        ],
        "reports": sorted(other.id for other in atlas.sources.values() if other.via == name),
        "facts": sorted(fact.id for fact in _facts(atlas) if fact.source == name),
    }


def _item(atlas: Atlas, name: str) -> dict[str, Any]:
    levels = Grading(atlas).levels
    return {
        "schema": 1,
        "kind": "item",
        "id": name,
        "claims": [
            {"id": claim.id, "source": source.id, "level": levels[claim.id], "en": claim.en, "nl": claim.nl}
            for source, claim in atlas.pairs()
            if claim.item == name
        ],
    }


def _coupling(atlas: Atlas, name: str) -> dict[str, Any]:
    coupling = atlas.couplings[name]
    grade = Grading(atlas).coupling(coupling)
    return {
        "schema": 1,
        "kind": "coupling",
        "id": name,
        **_place(atlas, "coupling", name),
        "record": _plain(coupling),
        "level": grade.level,
        "exists": grade.exists,
        "told_sign": grade.told_sign,
        "independent_articles": list(grade.articles),
        "selected_body": grade.body,
        "levels": dict(grade.levels),
        "hypotheses": sorted(
            f"{h.id}/{option.id}" for h in atlas.hypotheses.values() for option in h.option if name in option.on
        ),
        "loops": sorted(loop.id for loop in atlas.loops.values() if name in loop.links),
    }


def _claims_about(atlas: Atlas, word: str) -> list[dict[str, str]]:
    levels = Grading(atlas).levels
    return [
        {"id": claim.id, "level": levels[claim.id], "relation": claim.relation, "en": claim.en, "nl": claim.nl}
        for _, claim in atlas.pairs()
        if word in (claim.subject, claim.object, claim.population, claim.intervention)
    ]


def _place(atlas: Atlas, kind: str, name: str) -> dict[str, Any]:
    place = atlas.where(kind, name)
    return {"file": place.file, "line": place.line}


def _plain(record: Record) -> dict[str, Any]:
    return record.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _facts(atlas: Atlas) -> tuple[Fact, ...]:
    folder = atlas.root / "facts"
    return read_facts(folder) if any(folder.glob("*.tsv")) else ()
