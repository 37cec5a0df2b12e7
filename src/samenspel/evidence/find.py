"""Search by words over questions, words of the vocabulary, sources and claims, in English and Dutch.

A word of the search fits every word that begins with it, and a long one also the end of a word (Dutch *kosten* in
*zorgkosten*); accents, capitals and the marks inside 340,000 do not count. What holds all words comes first, then what
holds most; of equals whole words before parts, questions before words before sources before claims, short before long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.issues import say_nearest
from samenspel.evidence.schema import remark

Kind = Literal["question", "quantity", "source", "claim"]
_KINDS: tuple[Kind, ...] = ("question", "quantity", "source", "claim")
MOST = 20
_LONG = 5  # letters from which the end of a word counts: shorter ones end words they have nothing to do with
_THOUSANDS = re.compile(r"(?<=\d)[.,   ](?=\d{3}(?!\d))")
_WORD = re.compile(r"[^\W_]+")
#: words that tell nothing apart, unless there are no others
_SMALL = frozenset(
    "a an and are as at be by can do does for from have how in is it of on or that the this to what when where which who "
    "why with aan al als bij dat de die dit door een en er het hoe in is kan met naar of om op te tot uit van voor waar "
    "wat welke wie zijn".split()
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; `share` of the words of the search it holds."""

    kind: Kind
    id: str
    en: str
    nl: str
    share: float

    def as_json(self) -> dict[str, object]:
        """The hit as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


def words_of(text: str) -> list[str]:
    """The words of a text without accents and capitals; a number is one word, however it is printed."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return _WORD.findall(_THOUSANDS.sub("", plain).casefold())


def find(atlas: Atlas, text: str) -> list[Hit]:
    """Everything that holds most of the words, best first; nothing for a text without words."""
    every = list(dict.fromkeys(words_of(text)))
    wanted = [word for word in every if word not in _SMALL] or every
    found: list[tuple[tuple[float, int, int, int, str], Hit]] = []
    for kind, name, en, nl, more in _texts(atlas):
        held = set(words_of(f"{name} {en} {nl} {more}"))
        fits = [_fit(word, held) for word in wanted]
        share = sum(fit > 0 for fit in fits) / len(wanted) if wanted else 0.0
        if share > 0.5:
            found.append(((-share, -sum(fits), _KINDS.index(kind), len(held), name), Hit(kind, name, en, nl, share)))
    return [hit for _, hit in sorted(found, key=lambda pair: pair[0])]


def same_text(atlas: Atlas, text: str) -> str | None:
    """Id of the question or word of the vocabulary that reads exactly so in one of the languages."""
    wanted = words_of(text)
    for kind, name, en, nl, _ in _texts(atlas):
        if kind in ("question", "quantity") and wanted in (words_of(en), words_of(nl)):
            return name
    return None


def propose(atlas: Atlas, name: str, known: list[str], kinds: tuple[Kind, ...] = _KINDS) -> str:
    """The sentence that offers what is near a name: by the words it holds, and by its spelling."""
    hits = [hit.id for hit in find(atlas, name) if hit.kind in kinds and hit.share == 1.0][:3]
    by_text = f"Found by its words: {', '.join(hits)}. " if hits else ""
    if words_of(name):
        by_text += f"`samenspel evidence find {' '.join(words_of(name)[:6])}` searches all texts. "
    return by_text + say_nearest(name, known, "")


def _fit(word: str, held: set[str]) -> int:
    """3 for the word itself, 2 for a word that begins with it, 1 for one that ends with it, 0 for none."""
    if word in held:
        return 3
    if any(other.startswith(word) for other in held):
        return 2
    return int(len(word) >= _LONG and any(other.endswith(word) for other in held))


def _texts(atlas: Atlas) -> Iterator[tuple[Kind, str, str, str, str]]:
    """(kind, id, English, Dutch, other text that is searched) of everything that can be found."""
    for question in atlas.questions.values():
        yield "question", question.id, question.en, question.nl, " ".join(question.about)
    for quantity in atlas.quantities.values():
        yield "quantity", quantity.id, quantity.en, quantity.nl, quantity.system
    for source in atlas.sources.values():
        more = " ".join((*source.authors, str(source.year or ""), source.journal or ""))
        yield "source", source.id, source.title, source.title, more
    for claim in atlas.claims.values():
        note = f"{remark(claim.note, 'en') or ''} {remark(claim.note, 'nl') or ''}"
        more = f"{claim.kind} {claim.subject} {claim.object or ''} {claim.item or ''} {note}"
        yield "claim", claim.id, claim.en, claim.nl, more
