"""What became of every mechanism claim: a coupling, a read-out, or left out with a reason. Nothing vanishes quietly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from samenspel.evidence.atlas import Atlas


@dataclass(frozen=True, slots=True)
class Fate:
    """Where one mechanism claim went; exactly one place is right."""

    claim: str
    places: tuple[str, ...]  # "coupling", "read-out", "left_out"
    couplings: tuple[str, ...] = ()
    reason_en: str | None = None
    reason_nl: str | None = None


def watched_sources(atlas: Atlas) -> frozenset[str]:
    """Sources whose mechanism claims need a fate: those the manifest lists, and what they report from other studies."""
    listed = set(atlas.manifest.ledger)
    return frozenset(listed | {source.id for source in atlas.sources.values() if source.via in listed})


def fates(atlas: Atlas, sources: Iterable[str] | None = None) -> list[Fate]:
    """The fate of every mechanism claim of the watched sources, in order of file."""
    watched = frozenset(sources) if sources is not None else watched_sources(atlas)
    cited: dict[str, list[str]] = {}
    for coupling in atlas.couplings.values():
        for claim in (*coupling.claims, *coupling.against):
            cited.setdefault(claim, []).append(coupling.id)
    for hypothesis in atlas.hypotheses.values():
        for option in hypothesis.option:
            for claim in (*option.claims, *option.against):
                cited.setdefault(claim, []).extend(c for c in option.on if c not in cited.get(claim, []))
    found: list[Fate] = []
    for source, claim in atlas.pairs():
        if source.id not in watched or claim.kind != "mechanism":
            continue
        entry = atlas.ledger.get(claim.id)
        couplings = tuple(cited.get(claim.id, ()))
        places = ("coupling",) if couplings else ()
        if entry is not None and not (entry.fate == "coupling" and couplings):
            places = (*places, entry.fate)
        reason = entry.reason if entry is not None else None
        found.append(Fate(claim.id, places, couplings, reason.en if reason else None, reason.nl if reason else None))
    return found


def summary(atlas: Atlas) -> dict[str, int]:
    """How many mechanism claims went where; `none` and `several` are mistakes."""
    count = {"coupling": 0, "read-out": 0, "left_out": 0, "none": 0, "several": 0}
    for fate in fates(atlas):
        key = fate.places[0] if len(fate.places) == 1 else "several" if fate.places else "none"
        count[key] += 1
    return count
