"""One page on one question: a paragraph from fixed sentences with footnotes, claims by level, contradictions, unknowns.

Every sentence about the evidence carries notes, and every note a source with its locator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.conflicts import LINKS, MIXED, STATEMENTS, Conflict, conflicts, root, sign
from samenspel.evidence.grade import Grading
from samenspel.evidence.issues import say_nearest
from samenspel.evidence.phrases import DIFFERENCES, Language, phrase
from samenspel.evidence.schema import Claim, Source, remark
from samenspel.evidence.schema_ladder import LEVELS
from samenspel.evidence.schema_ledger import Question
from samenspel.quantities.errors import SamenspelError

MOST_PAIRS = 12
MOST_CONFLICTS = 20


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the numbers of its notes."""

    text: str
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading over sentences; `listed` sections print as a list."""

    heading: str
    sentences: tuple[Sentence, ...]
    listed: bool = True
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as data; `render` turns it into HTML or Markdown."""

    language: Language
    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    use: str


@dataclass
class _Notes:
    atlas: Atlas
    language: Language
    texts: list[str] = field(default_factory=list[str])
    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def of(self, claims: Iterable[Claim]) -> tuple[int, ...]:
        """Numbers of the notes that these claims stand under."""
        return tuple(sorted({self._number(claim.id, self._text(claim)) for claim in claims}))

    def place(self, key: str, text: str) -> tuple[int, ...]:
        """Number of a note with its own text."""
        return (self._number(key, text),)

    def _number(self, key: str, text: str) -> int:
        if key not in self.numbers:
            self.texts.append(text)
            self.numbers[key] = len(self.texts)
        return self.numbers[key]

    def _text(self, claim: Claim) -> str:
        source = self.atlas.source_with(claim.id)
        said = f"{short(source)}. {source.title}. {claim.locator}."
        if source.via is not None and source.via in self.atlas.sources and source.read == "secondary":
            said += f" ({phrase(self.language, 'secondary', via=short(self.atlas.sources[source.via]))})"
        return said


def short(source: Source) -> str:
    """First author and year, or the title when a source has no author."""
    who = source.authors[0] if source.authors else source.title
    more = " et al." if len(source.authors) > 1 else ""
    return f"{who}{more}" + (f" ({source.year})" if source.year is not None else "")


def page(atlas: Atlas, about: str, language: Language = "en") -> Page:
    """The page on a question id or a vocabulary id.

    Raises:
        SamenspelError: if the id is neither; names the nearest.
    """
    question = atlas.questions.get(about)
    if question is None and about not in atlas.quantities:
        raise SamenspelError(
            f"{about!r} is no question and no word of the vocabulary.",
            cure=say_nearest(about, [*atlas.questions, *atlas.quantities]),
        )
    words = question.about if question is not None else (about,)
    chosen = _claims(atlas, words, question.claims if question is not None else ())
    notes = _Notes(atlas, language)
    name = _listing([_word(atlas, word, language) for word in words] or [about], language)
    sections = [
        *_asked(atlas, question, words, language, notes),
        _summary(atlas, chosen, name, language, notes),
        *_levels(atlas, chosen, language, notes),
        _contradictions(atlas, chosen, words, language, notes),
        _unknowns(chosen, language, notes),
        _interests(atlas, chosen, language, notes),
    ]
    title = (question.nl if language == "nl" else question.en) if question is not None else None
    return Page(
        language=language,
        title=title or phrase(language, "title", word=name),
        sections=tuple(sections),
        notes=tuple(notes.texts),
        use=phrase(language, "use"),
    )


def _claims(atlas: Atlas, words: Iterable[str], named: Iterable[str]) -> list[Claim]:
    wanted = {root(atlas, word) for word in words}
    ids = set(named)
    return [
        claim
        for _, claim in atlas.pairs()
        if claim.id in ids
        or any(w is not None and root(atlas, w) in wanted for w in (claim.subject, claim.object, claim.intervention))
    ]


def _word(atlas: Atlas, word: str | None, language: Language) -> str:
    if word is None:
        return ""
    entry = atlas.quantities.get(word)
    return word if entry is None else entry.nl if language == "nl" else entry.en


def _text(claim: Claim, language: Language) -> str:
    return claim.nl if language == "nl" else claim.en


def _listing(words: list[str], language: Language) -> str:
    last = " en " if language == "nl" else " and "
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + last + words[-1]


def _asked(
    atlas: Atlas, question: Question | None, words: Iterable[str], language: Language, notes: _Notes
) -> list[Section]:
    wanted = set(words)
    asked = [question] if question is not None else [q for q in atlas.questions.values() if wanted & set(q.about)]
    if not asked:
        return []
    sentences: list[Sentence] = []
    for one in asked:
        source = atlas.sources.get(one.source)
        where = notes.place(f"question {one.id}", f"{short(source) if source else one.source}. {one.locator}.")
        text = one.nl if language == "nl" else one.en
        sentences.append(Sentence(phrase(language, "asked", who=_word(atlas, one.who, language), question=text), where))
        sentences.append(Sentence(phrase(language, f"status-{one.status}"), where))
    return [Section(phrase(language, "who-asked"), tuple(sentences), listed=False)]


def _summary(atlas: Atlas, chosen: list[Claim], name: str, language: Language, notes: _Notes) -> Section:
    heading = phrase(language, "summary")
    if not chosen:
        return Section(heading, (Sentence(phrase(language, "nothing", word=name)),), listed=False)
    grading = Grading(atlas)
    sources = {atlas.source_of[claim.id] for claim in chosen}
    first = phrase(language, "count", claims=len(chosen), word=name, sources=len(sources))
    articles = grading.support(claim.id for claim in chosen)
    sentences = [Sentence(first), Sentence(phrase(language, "support", articles=len(articles)))]
    groups: dict[tuple[str, str], dict[str, list[Claim]]] = {}
    for claim in chosen:
        said = _said(claim)
        if said is not None and claim.object is not None and grading.counts_as_support(claim.id):
            groups.setdefault((claim.subject, claim.object), {}).setdefault(said, []).append(claim)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), -sum(map(len, item[1].values())), item[0]))
    for (subject, target), said in ranked[:MOST_PAIRS]:
        for key in ("rise", "fall", "none", "higher", "lower", "equal", "mixed", "link"):
            claims = said.get(key, [])
            if claims:
                n = len({grading.article(claim.id) for claim in claims})
                count = phrase(language, "source" if n == 1 else "sources", n=n)
                words = {"object": _word(atlas, target, language), "subject": _word(atlas, subject, language)}
                sentences.append(Sentence(_number_agrees(phrase(language, key, n=count, **words), n), notes.of(claims)))
    everything = notes.of(chosen)
    sentences[0] = Sentence(first, everything)
    sentences[1] = Sentence(sentences[1].text, notes.of(c for c in chosen if grading.counts_as_support(c.id)))
    return Section(heading, tuple(sentences), listed=False)


def _said(claim: Claim) -> str | None:
    if claim.kind not in STATEMENTS or claim.kind == "causal-status":
        return None
    if claim.relation in MIXED:
        return "mixed"
    told = sign(claim)
    if told is not None and (claim.relation in ("higher-in", "lower-in") or (told == 0 and claim.kind == "difference")):
        return {1: "higher", -1: "lower", 0: "equal"}[told]
    if told is not None:
        return {1: "rise", -1: "fall", 0: "none"}[told]
    return "link" if claim.relation in LINKS else None


def _number_agrees(sentence: str, n: int) -> str:
    """English verbs follow the number of sources."""
    if n != 1:
        return sentence
    for many, one in ((" source report ", " source reports "), (" source call ", " source calls ")):
        sentence = sentence.replace(many, one, 1)
    return sentence


def _levels(atlas: Atlas, chosen: list[Claim], language: Language, notes: _Notes) -> list[Section]:
    levels = Grading(atlas).levels
    sections = [Section(phrase(language, "levels"), (), listed=False)]
    for level in (*LEVELS, "none"):
        of_level = [claim for claim in chosen if levels[claim.id] == level]
        if of_level:
            sentences = tuple(Sentence(_text(claim, language), notes.of([claim])) for claim in of_level)
            sections.append(Section(phrase(language, f"level-{level}"), sentences, level=3))
    return sections


def _contradictions(
    atlas: Atlas, chosen: list[Claim], words: Iterable[str], language: Language, notes: _Notes
) -> Section:
    del words
    heading = phrase(language, "contradictions")
    found = conflicts(atlas, claims=[claim.id for claim in chosen])
    if not found:
        return Section(heading, (Sentence(phrase(language, "no-contradictions")),), listed=False)
    sentences = tuple(_conflict(atlas, one, language, notes) for one in found[:MOST_CONFLICTS])
    return Section(heading, sentences)


def _conflict(atlas: Atlas, one: Conflict, language: Language, notes: _Notes) -> Sentence:
    first, second = atlas.claims[one.first], atlas.claims[one.second]
    names = [DIFFERENCES[language].get(name, name) for name in one.differs]
    differs = (
        phrase(language, "differs", differs=_listing(names, language)) if names else phrase(language, "differs-nothing")
    )
    why = phrase(language, "reconcilable" if one.reconcilable else "irreconcilable")
    both = f"“{_text(first, language)}” – “{_text(second, language)}”"
    return Sentence(f"{both} {phrase(language, one.kind)} {differs} {why}", notes.of([first, second]))


def _unknowns(chosen: list[Claim], language: Language, notes: _Notes) -> Section:
    unknown = [claim for claim in chosen if _is_open(claim)]
    heading = phrase(language, "unknown")
    if not unknown:
        return Section(heading, (Sentence(phrase(language, "no-unknown")),), listed=False)
    return Section(heading, tuple(Sentence(_text(claim, language), notes.of([claim])) for claim in unknown))


def _is_open(claim: Claim) -> bool:
    """Whether a source says that it does not know: something unknown, or a causal status left open."""
    return claim.kind == "unknown" or (claim.kind == "causal-status" and claim.causal == "open")


def _interests(atlas: Atlas, chosen: list[Claim], language: Language, notes: _Notes) -> Section:
    sources = {atlas.source_of[claim.id]: claim for claim in reversed(chosen)}
    sentences: list[Sentence] = []
    for name, claim in sorted(sources.items()):
        source, where = atlas.sources[name], notes.of([claim])
        if source.design == "commercial":
            sentences.append(Sentence(phrase(language, "commercial", source=short(source)), where))
        elif source.interest:
            interest = str(remark(source.interest, language)).rstrip(".")
            sentences.append(Sentence(phrase(language, "interest", source=short(source), interest=interest), where))
        if source.selected_on_outcome:
            sentences.append(Sentence(phrase(language, "selected", source=short(source)), where))
    heading = phrase(language, "interests")
    if not sentences:
        return Section(heading, (Sentence(phrase(language, "no-interests")),), listed=False)
    return Section(heading, tuple(sentences))
