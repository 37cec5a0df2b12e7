"""The paragraph "In short" of a page: fixed sentences that count who says what, no surer than the claims are.

A found difference is reported; what could be so is said with "could"; a cause that a source calls not established, and
what it calls unknown, are said so. Several things of one word that one passage finds higher and lower stay one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from samenspel.evidence.certainty import standing
from samenspel.evidence.disagreement import LINKS, MIXED, STATEMENTS, leaves_open, sign
from samenspel.evidence.grade import Grading
from samenspel.evidence.page import Notes, Section, Sentence, word_of
from samenspel.evidence.phrases import Language, counted, phrase
from samenspel.evidence.schema import Claim

MOST_PAIRS = 12
#: what can be said of two words, in the order it is said
SAID = (
    "rise", "fall", "rise-and-fall", "none", "higher", "lower", "higher-and-lower", "equal", "mixed", "link",
    "could-rise", "could-fall", "could-follow", "could-link", "not-shown", "not-known",
)  # fmt: skip
#: relations that lead from one thing to the other
_DIRECTED = frozenset({"changes", "causes", "precedes"})
_BOTH = {"rise": "rise-and-fall", "fall": "rise-and-fall", "higher": "higher-and-lower", "lower": "higher-and-lower"}


def summary(
    grading: Grading, chosen: Sequence[Claim], named: Sequence[Claim], name: str, language: Language, notes: Notes
) -> Section:
    """The paragraph over `chosen` claims; where a question names claims, only what these speak of is put in words."""
    heading = phrase(language, "summary")
    if not chosen:
        return Section(heading, (Sentence(phrase(language, "nothing", word=name)),), listed=False)
    pairs = {(claim.subject, claim.object) for claim in named or chosen}
    groups = said_of(grading, (claim for claim in chosen if (claim.subject, claim.object) in pairs))
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), -sum(map(len, item[1].values())), item[0]))
    sentences = [Sentence(text) for text in _counts(grading, chosen, named, name, language)]
    for (subject, target), said in ranked[:MOST_PAIRS]:
        words = {"object": word_of(grading.atlas, target, language), "subject": word_of(grading.atlas, subject, language)}
        for key in SAID:
            if key in said:
                reported = counted(language, len({grading.article(claim.id) for claim in said[key]}), "report")
                sentences.append(Sentence(phrase(language, key, n=reported, **words), notes.of(said[key])))
    return Section(heading, tuple(sentences), listed=False)


def _counts(
    grading: Grading, chosen: Sequence[Claim], named: Sequence[Claim], name: str, language: Language
) -> tuple[str, ...]:
    """How much there is; what is counted stands below with its notes."""
    sources = {grading.atlas.source_of[claim.id] for claim in chosen}
    counts = {
        "claims": counted(language, len(chosen), "claim"),
        "sources": counted(language, len(sources), "source"),
    }
    holds = phrase(language, "count", word=name, **counts)
    support = phrase(language, "support", articles=len(grading.support(claim.id for claim in chosen)))
    if not named:
        return holds, support
    return phrase(language, "named-count", claims=counted(language, len(named), "claim")), holds, support


def said_of(grading: Grading, claims: Iterable[Claim]) -> dict[tuple[str, str], dict[str, list[Claim]]]:
    """What claims say of each pair of words, by how they say it."""
    groups: dict[tuple[str, str], dict[str, list[Claim]]] = {}
    for claim in claims:
        key = how(claim)
        status = claim.kind == "causal-status" and grading.atlas.design_of(claim) != "commercial"
        counts = grading.counts_as_support(claim.id) or status
        if key is not None and claim.object is not None and counts:
            groups.setdefault((claim.subject, claim.object), {}).setdefault(key, []).append(claim)
    return {pair: _joined(grading, said) for pair, said in groups.items()}


def how(claim: Claim) -> str | None:
    """How a claim says it, one of `SAID`; none for what states no relation."""
    if leaves_open(claim):
        return "not-shown"
    sure = standing(claim)
    if claim.kind not in STATEMENTS or (claim.kind == "causal-status" and sure == "stated"):
        return None
    if claim.relation in MIXED:
        return "mixed"
    told = sign(claim)
    if told == 0:
        return "equal" if claim.kind == "difference" else "none"
    if claim.relation in ("higher-in", "lower-in"):
        return "higher" if told == 1 else "lower"
    if told is None and claim.relation not in LINKS:
        return None
    if sure == "open":
        return "not-known"
    if sure == "possible":
        directed = "could-follow" if claim.relation in _DIRECTED else "could-link"
        return directed if told is None else "could-rise" if told > 0 else "could-fall"
    return "link" if told is None else "rise" if told > 0 else "fall"


def _joined(grading: Grading, said: dict[str, list[Claim]]) -> dict[str, list[Claim]]:
    """The same, with both directions that one passage reports in one sentence: it speaks of some and of others."""
    joined: dict[str, list[Claim]] = {}
    for up, down in (("rise", "fall"), ("higher", "lower")):
        both = _passages(grading, said.get(up, [])) & _passages(grading, said.get(down, []))
        for key in (up, down):
            for claim in said.get(key, []):
                told = _BOTH[key] if _passages(grading, [claim]) & both else key
                joined.setdefault(told, []).append(claim)
    return {**{key: claims for key, claims in said.items() if key not in _BOTH}, **joined}


def _passages(grading: Grading, claims: Sequence[Claim]) -> set[tuple[str, str]]:
    return {(grading.atlas.source_of[claim.id], claim.locator) for claim in claims}
