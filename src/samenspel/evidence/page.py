"""What a page of the evidence base is made of: sections of sentences, and notes that each name a source and a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.phrases import Language, phrase
from samenspel.evidence.schema import Claim, Source, Wording


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the numbers of its notes."""

    text: str
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading over sentences; `listed` sections print as a list, and `more` says what the list leaves off."""

    heading: str
    sentences: tuple[Sentence, ...]
    listed: bool = True
    level: int = 2
    more: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as data; `render` turns it into HTML or Markdown."""

    language: Language
    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    use: str


@dataclass
class Notes:
    """The notes of one page, numbered as they are first used."""

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
        title = f" {source.title}." if source.authors else ""  # without an author the title names the source already
        said = f"{short(source)}.{title} {claim.locator}."
        if source.via is not None and source.via in self.atlas.sources and source.read == "secondary":
            said += f" ({phrase(self.language, 'secondary', via=short(self.atlas.sources[source.via]))})"
        return said


def short(source: Source) -> str:
    """First author and year, or the title when a source has no author."""
    who = source.authors[0] if source.authors else source.title
    more = " et al." if len(source.authors) > 1 else ""
    return f"{who}{more}" + (f" ({source.year})" if source.year is not None else "")


def text_of(claim: Claim, language: Language) -> str:
    """What a claim says, in one language."""
    return claim.nl if language == "nl" else claim.en


def marked(atlas: Atlas, claim: Claim, language: Language) -> str:
    """What a claim says, with the word that it stands in a commercial text where it does."""
    text = text_of(claim, language)
    if atlas.design_of(claim) != "commercial":
        return text
    return phrase(language, "in-brackets", text=text, kind=phrase(language, "is-commercial"))


def remark_on(claim: Claim, language: Language) -> str | None:
    """The remark on a claim as a reader sees it; one written in English alone is shown so, and says so in Dutch."""
    note = claim.note
    if note is None:
        return None
    if isinstance(note, Wording):
        return phrase(language, "remark-is", remark=note.nl if language == "nl" else note.en)
    return phrase(language, "remark-in-english", remark=note)


def word_of(atlas: Atlas, word: str | None, language: Language) -> str:
    """A word of the vocabulary in one language; a word that is not in it as it stands."""
    entry = atlas.quantities.get(word or "")
    return (word or "") if entry is None else entry.nl if language == "nl" else entry.en


def listing(words: list[str], language: Language) -> str:
    """Words in a row, with "and" or "en" before the last."""
    last = " en " if language == "nl" else " and "
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + last + words[-1]
