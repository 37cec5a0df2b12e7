"""Disagreements, gaps and what a search found, as lines of text in English or Dutch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.conflicts import Conflict, gathered
from samenspel.evidence.find import Hit
from samenspel.evidence.gaps import Gap, gaps, widest
from samenspel.evidence.grade import Grading
from samenspel.evidence.kinship import root
from samenspel.evidence.page import marked, remark_on, word_of
from samenspel.evidence.phrases import Language, counted, phrase
from samenspel.evidence.question import explained
from samenspel.evidence.schema_model import Parameter

MOST_CLAIMS = 3  # that a gap quotes


def told_conflicts(atlas: Atlas, found: Iterable[Conflict], about: str | None, language: Language) -> Iterator[str]:
    """Each disagreement with its two claims, their remarks and what differs; where there is none, what was looked at."""
    every = gathered(Grading(atlas), found)
    if not every:
        near = None if about is None else root(atlas, about)
        looked = [
            claim
            for claim in atlas.claims.values()
            if near is None or near in {root(atlas, word) for word in (claim.subject, claim.object) if word}
        ]
        word = atlas.manifest.nl if language == "nl" else atlas.manifest.en
        word = word if about is None else word_of(atlas, about, language)
        yield phrase(language, "no-conflicts", word=word, claims=counted(language, len(looked), "claim"))
    for one, others in every:
        kind, *why = explained(one, others, language)
        yield kind
        for claim in (atlas.claims[one.first], atlas.claims[one.second]):
            said = remark_on(claim, language)
            yield f"  - {marked(atlas, claim, language)} [{claim.id}; {claim.locator}]" + (f" {said}" if said else "")
        yield f"  {' '.join(why)}\n"


def told_gaps(atlas: Atlas, language: Language) -> Iterator[str]:
    """The gaps by kind, and how many of each kind are shown."""
    found = gaps(atlas, most=None)
    if not found:
        yield phrase(language, "no-gaps")
    shown, every = widest(found), Counter(gap.kind for gap in found)
    for kind in dict.fromkeys(gap.kind for gap in shown):
        of_kind = [gap for gap in shown if gap.kind == kind]
        heading = phrase(language, f"gap-{kind}")
        yield phrase(language, "shown-of", heading=heading, shown=len(of_kind), all=every[kind])
        for gap in of_kind:
            name = _name(atlas, gap, language)
            yield "  " + (phrase(language, "on-a-loop", name=name) if gap.on_loop else name)
            for claim in gap.claims[:MOST_CLAIMS]:
                yield f"    - {marked(atlas, atlas.claims[claim], language)} [{claim}]"


def told_hits(text: str, shown: Sequence[Hit], total: int, language: Language) -> Iterator[str]:
    """What was found, by kind in the order of its best entry."""
    if not shown:
        yield phrase(language, "nothing-found", text=text)
        return
    yield phrase(language, "found", hits=counted(language, total, "hit"), text=text)
    for kind in dict.fromkeys(hit.kind for hit in shown):
        yield phrase(language, f"hit-{kind}")
        yield from (f"  - {hit.nl if language == 'nl' else hit.en} [{hit.id}]" for hit in shown if hit.kind == kind)
    if total > len(shown):
        yield phrase(language, "more-hits", hits=counted(language, total - len(shown), "hit"))


def _name(atlas: Atlas, gap: Gap, language: Language) -> str:
    """What a gap is about, in words where the record has them, with its id."""
    hypothesis, _, option = gap.about.partition("/")
    rivals = atlas.hypotheses[hypothesis].option if hypothesis in atlas.hypotheses else ()
    record = (
        atlas.quantities.get(gap.about)
        or atlas.couplings.get(gap.about)
        or atlas.parameters.get(gap.about)
        or next((rival for rival in rivals if rival.id == option), None)
    )
    if record is None:
        return gap.about
    said = record.nl if language == "nl" else record.en
    if said is None and isinstance(record, Parameter) and record.assumption is not None:
        said = record.assumption.nl if language == "nl" else record.assumption.en
    return gap.about if said is None else f"{said} [{gap.about}]"
