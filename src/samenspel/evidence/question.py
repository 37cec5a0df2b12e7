"""One page on one question: a paragraph with notes, claims by level, contradictions, conditions, unknowns, interests.

Every sentence about the evidence carries notes, and every note a source with its locator. What the question itself names
comes first; of the rest each part shows its first few and says how many it leaves off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.certainty import is_open
from samenspel.evidence.conditions import conditions
from samenspel.evidence.conflicts import Conflict, conflicts, gathered
from samenspel.evidence.find import propose, same_text
from samenspel.evidence.grade import Grading
from samenspel.evidence.kinship import root
from samenspel.evidence.page import Notes, Page, Section, Sentence, listing, marked, remark_on, short, word_of
from samenspel.evidence.phrases import DIFFERENCES, Language, counted, phrase
from samenspel.evidence.schema import Claim, remark
from samenspel.evidence.schema_ladder import LEVELS
from samenspel.evidence.schema_ledger import Question
from samenspel.evidence.summary import summary
from samenspel.quantities.errors import SamenspelError

_T = TypeVar("_T")
#: how many a part shows unless all are asked for
MOST_CLAIMS, MOST_CONFLICTS, MOST_UNKNOWNS = 10, 20, 10


def page(
    atlas: Atlas,
    about: str,
    language: Language = "en",
    *,
    everything: bool = False,
    disagreements: Sequence[Conflict] | None = None,
) -> Page:
    """The page on a question or a word of the vocabulary, by its id or its text; `everything` leaves nothing off.

    disagreements: those of the whole atlas, where they are known already.

    Raises:
        SamenspelError: if it is neither; names what is near by its words and by its spelling.
    """
    known = [*atlas.questions, *atlas.quantities]
    found = about if about in known else same_text(atlas, about)
    if found is None:
        raise SamenspelError(
            f"{about!r} is no question and no word of the vocabulary.",
            cure=propose(atlas, about, known, ("question", "quantity")),
        )
    every = conflicts(atlas) if disagreements is None else disagreements
    return _Writing(atlas, found, language, everything, every).page()


@dataclass(frozen=True)
class _Writing:
    """One page while it is written."""

    atlas: Atlas
    about: str
    language: Language
    everything: bool
    disagreements: Sequence[Conflict]

    @cached_property
    def question(self) -> Question | None:
        return self.atlas.questions.get(self.about)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return self.question.about if self.question is not None else (self.about,)

    @cached_property
    def named(self) -> list[Claim]:
        """The claims that the question names, in its order."""
        ids = self.question.claims if self.question is not None else ()
        return [self.atlas.claims[name] for name in ids if name in self.atlas.claims]

    @cached_property
    def chosen(self) -> list[Claim]:
        """All claims of the page: those named, those of their kinds, then the rest."""
        wanted = {root(self.atlas, word) for word in self.words}
        kinds = {claim.kind for claim in self.named}
        ids = {claim.id for claim in self.named}
        others = [
            claim
            for _, claim in self.atlas.pairs()
            if claim.id not in ids
            and any(w and root(self.atlas, w) in wanted for w in (claim.subject, claim.object, claim.intervention))
        ]
        return [*self.named, *sorted(others, key=lambda claim: claim.kind not in kinds)]

    @cached_property
    def grading(self) -> Grading:
        return Grading(self.atlas)

    @cached_property
    def notes(self) -> Notes:
        return Notes(self.atlas, self.language)

    def page(self) -> Page:
        """All sections in their order."""
        name = listing([word_of(self.atlas, word, self.language) for word in self.words] or [self.about], self.language)
        sections = [
            *self._asked(),
            summary(self.grading, self.chosen, self.named, name, self.language, self.notes),
            *self._claims(),
            self._contradictions(),
            *self._conditions(),
            self._unknowns(),
            self._interests(),
        ]
        title = None if self.question is None else self.question.nl if self.language == "nl" else self.question.en
        return Page(
            language=self.language,
            title=title or self.say("title", word=name),
            sections=tuple(sections),
            notes=tuple(self.notes.texts),
            use=self.say("use"),
        )

    def say(self, key: str, **values: object) -> str:
        """A fixed sentence in the language of the page."""
        return phrase(self.language, key, **values)

    def _asked(self) -> list[Section]:
        atlas, wanted = self.atlas, set(self.words)
        asked = [q for q in atlas.questions.values() if wanted & set(q.about)] if self.question is None else [self.question]
        sentences: list[Sentence] = []
        for one in asked:
            source = atlas.sources.get(one.source)
            where = self.notes.place(f"question {one.id}", f"{short(source) if source else one.source}. {one.locator}.")
            text = one.nl if self.language == "nl" else one.en
            who = word_of(atlas, one.who, self.language)
            sentences.append(Sentence(self.say("asked", who=who, question=text), where))
            sentences.append(Sentence(self.say(f"status-{one.status}"), where))
        return [Section(self.say("who-asked"), tuple(sentences), listed=False)] if asked else []

    def _claims(self) -> list[Section]:
        """The claims that the question names with their levels, then the others by level."""
        sections: list[Section] = []
        if self.named:
            sentences = tuple(self._sentence(claim, with_level=True) for claim in self.named)
            sections.append(Section(self.say("named"), sentences))
        others = self.chosen[len(self.named) :]
        if others:
            sections.append(Section(self.say("levels"), (), listed=False))
        for level in (*LEVELS, "none"):
            of_level = [claim for claim in others if self.grading.level(claim.id) == level]
            if of_level:
                shown = self._first(of_level, MOST_CLAIMS)
                sentences = tuple(self._sentence(claim) for claim in shown)
                more = self._left_off(len(of_level) - len(shown))
                sections.append(Section(self.say(f"level-{level}"), sentences, level=3, more=more))
        return sections

    def _sentence(self, claim: Claim, *, with_level: bool = False) -> Sentence:
        text = marked(self.atlas, claim, self.language)
        if with_level:
            text = self.say("in-brackets", text=text, kind=self.say(f"level-{self.grading.level(claim.id)}"))
        said = remark_on(claim, self.language)
        return Sentence(text if said is None else f"{text} {said}", self.notes.of([claim]))

    def _contradictions(self) -> Section:
        heading = self.say("contradictions")
        ids, named = {claim.id for claim in self.chosen}, {claim.id for claim in self.named}
        found = [one for one in self.disagreements if {one.first, one.second} & ids]
        found.sort(key=lambda one: not {one.first, one.second} & named)
        every = gathered(self.grading, found)
        if not every:
            return Section(heading, (Sentence(self.say("no-contradictions")),), listed=False)
        shown = self._first(every, MOST_CONFLICTS)
        left = len(every) - len(shown)
        more = self.say("more-pairs", pairs=counted(self.language, left, "pair")) if left else None
        return Section(heading, tuple(self._conflict(*one) for one in shown), more=more)

    def _conflict(self, one: Conflict, others: int) -> Sentence:
        first, second = self.atlas.claims[one.first], self.atlas.claims[one.second]
        both = f"“{marked(self.atlas, first, self.language)}” – “{marked(self.atlas, second, self.language)}”"
        return Sentence(f"{both} {' '.join(explained(one, others, self.language))}", self.notes.of([first, second]))

    def _conditions(self) -> list[Section]:
        sentences: list[Sentence] = []
        for one in conditions(self.grading, self.chosen):
            n = len(one.studies)
            studies = counted(self.language, n, "study") if n else self.say("no-study")
            words = {
                "means": word_of(self.atlas, one.means, self.language),
                "outcome": word_of(self.atlas, one.outcome, self.language),
            }
            text = self.say("condition", studies=studies, **words)
            sentences.append(Sentence(text, self.notes.of((*one.claims, *one.studies))))
        return [Section(self.say("conditions"), tuple(sentences))] if sentences else []

    def _unknowns(self) -> Section:
        unknown = [claim for claim in self.chosen if is_open(claim)]
        heading = self.say("unknown")
        if not unknown:
            return Section(heading, (Sentence(self.say("no-unknown")),), listed=False)
        shown = self._first(unknown, max(MOST_UNKNOWNS, len(self.named)))
        sentences = tuple(Sentence(marked(self.atlas, claim, self.language), self.notes.of([claim])) for claim in shown)
        return Section(heading, sentences, more=self._left_off(len(unknown) - len(shown)))

    def _interests(self) -> Section:
        """The interests of the sources that the page has named so far."""
        shown = [claim for claim in self.chosen if claim.id in self.notes.numbers]
        sources = {self.atlas.source_of[claim.id]: claim for claim in reversed(shown)}
        sentences: list[Sentence] = []
        for name, claim in sorted(sources.items()):
            source, where = self.atlas.sources[name], self.notes.of([claim])
            if source.design == "commercial":
                sentences.append(Sentence(self.say("commercial", source=short(source)), where))
            elif source.interest:
                interest = str(remark(source.interest, self.language)).rstrip(".")
                sentences.append(Sentence(self.say("interest", source=short(source), interest=interest), where))
            if source.selected_on_outcome:
                sentences.append(Sentence(self.say("selected", source=short(source)), where))
        if not sentences:
            return Section(self.say("interests"), (Sentence(self.say("no-interests")),), listed=False)
        return Section(self.say("interests"), tuple(sentences))

    def _first(self, found: Sequence[_T], most: int) -> Sequence[_T]:
        return found if self.everything else found[:most]

    def _left_off(self, n: int) -> str | None:
        return self.say("more", claims=counted(self.language, n, "claim")) if n else None


def explained(one: Conflict, others: int, language: Language) -> list[str]:
    """How two claims disagree, what differs between them, and how many more pairs this one stands for."""
    names = [DIFFERENCES[language].get(name, name) for name in one.differs]
    said = [phrase(language, one.kind)]
    said.append(
        phrase(language, "differs", differs=listing(names, language)) if names else phrase(language, "differs-nothing")
    )
    if one.kind != "told-or-found":  # there both can hold, and the sentence says so
        said.append(phrase(language, "reconcilable" if one.reconcilable else "irreconcilable"))
    if others:
        said.append(phrase(language, "more-findings", findings=counted(language, others, "finding")))
    return said
