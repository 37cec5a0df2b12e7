"""Which words the program may use about people who are ill, in English and Dutch.

Binds the program's own sentences. A claim may use such a word when its sentence says who says so ("the practice says
…"). Causal verbs only for a claim that says cause, or a randomised effect named with its comparator.
"""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["en", "nl"]

#: words of cure, reset and certainty
PROMISES: dict[str, tuple[str, ...]] = {
    "en": ("never", "always", "cure", "cures", "cured", "curing", "reset", "resets", "resetting", "guaranteed",
           "miracle",
           "proven to work"),
    "nl": ("nooit", "altijd", "genezen", "geneest", "genezing", "geneesmiddel voor iedereen", "reset", "resetten",
           "gereset",
           "gegarandeerd", "wonder", "bewezen werkzaam"),
}  # fmt: skip
#: words about people
PEOPLE: dict[str, tuple[str, ...]] = {
    "en": ("sufferers", "sufferer", "fibromyalgia patient", "fibromyalgia patients", "dropped out", "drop-out",
           "drop-outs",
           "dropouts", "complainers", "victims"),
    "nl": ("lijders", "fibromyalgiepatiënt", "fibromyalgiepatiënten", "uitvallers", "uitgevallen", "afgehaakt",
           "slachtoffers"),
}  # fmt: skip
#: words that address or advise one person, or choose a treatment
ADVICE: dict[str, tuple[str, ...]] = {
    "en": ("you", "your", "recommended dose", "optimal dose", "best dose", "you should"),
    "nl": ("u", "uw", "jij", "jouw", "je", "aanbevolen dosis", "optimale dosis", "beste dosis"),
}  # fmt: skip
#: verbs that claim a cause
CAUSAL: dict[str, tuple[str, ...]] = {
    "en": ("causes", "cause", "caused by", "leads to", "results in", "makes worse", "triggers", "due to"),
    "nl": ("veroorzaakt", "veroorzaken", "leidt tot", "leiden tot", "zorgt voor", "doordat", "komt door"),
}  # fmt: skip
_ATTRIBUTION: dict[str, str] = {
    "en": r"\b(says?|said|state[sd]?|claim(s|ed)?|according to|reports?|reported|writes?|wrote|argues?|argued|"
    r"asks?|asked|"
    r"tells?|told|calls?|called|hopes?|mentions?|mentioned|believes?|suggests?|names?|describes?|promises?|advertises?|"
    r"thinks?|feels?|finds?|expects?|wants?|fears?|holds?|recommends?|advises?|quotes?|doubts?|stresses|explains?)\b",
    "nl": r"\b(zegt|zeggen|zei|stelt|stellen|volgens|meldt|melden|schrijft|schrijven|betoogt|vraagt|vragen|"
    r"vertelt|noemt|"
    r"noemen|hoopt|gelooft|suggereert|beschrijft|beschrijven|belooft|beweert|vindt|vinden|verwacht|wil|vreest|raadt|"
    r"adviseert|citeert|twijfelt|benadrukt|legt uit|denkt|ervaart|geeft aan|geven aan)\b",
}
_NEGATED: dict[str, str] = {
    "en": r"\b(no|not|without|cannot|nor|neither|none)\b[^.;,]{0,40}$",
    "nl": r"\b(geen|niet|zonder|noch)\b[^.;,]{0,40}$",
}


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(" + "|".join(re.escape(word) for word in words) + r")(?![\w-])", re.IGNORECASE)


_PROMISE_PATTERNS = {language: _pattern(words) for language, words in PROMISES.items()}
_PEOPLE_PATTERNS = {language: _pattern(words) for language, words in PEOPLE.items()}
_ADVICE_PATTERNS = {language: _pattern(words) for language, words in ADVICE.items()}
_CAUSAL_PATTERNS = {language: _pattern(words) for language, words in CAUSAL.items()}
_ATTRIBUTION_PATTERNS = {language: re.compile(words, re.IGNORECASE) for language, words in _ATTRIBUTION.items()}
_NEGATED_PATTERNS = {language: re.compile(words, re.IGNORECASE) for language, words in _NEGATED.items()}


def is_attributed(text: str, language: str) -> bool:
    """Whether the sentence says who says so."""
    return _ATTRIBUTION_PATTERNS[language].search(text) is not None


def unattributed_words(text: str, language: str, *, may_promise: bool = False) -> list[str]:
    """Words of cure, reset and certainty in a claim that names nobody who says them; denials ("no cure") are fine."""
    return [] if may_promise or is_attributed(text, language) else promises(text, language)


def promises(text: str, language: str) -> list[str]:
    """Words of cure, reset and certainty that a sentence uses and does not deny."""
    found = _PROMISE_PATTERNS[language].finditer(text)
    return [hit.group(0) for hit in found if _NEGATED_PATTERNS[language].search(text[: hit.start()]) is None]


def program_sentence(text: str, language: Language, *, causal: bool = False) -> list[str]:
    """What is wrong with a sentence of the program's own; empty when nothing is.

    With `causal`, the sentence reports a claim that says cause or a randomised effect with its comparator, and may
    use a causal verb.
    """
    wrong = [f"promise: {hit}" for hit in _hits(_PROMISE_PATTERNS, text, language)]
    wrong += [f"word about people: {hit}" for hit in _hits(_PEOPLE_PATTERNS, text, language)]
    wrong += [f"advice: {hit}" for hit in _hits(_ADVICE_PATTERNS, text, language)]
    if not causal:
        wrong += [f"causal verb: {hit}" for hit in _hits(_CAUSAL_PATTERNS, text, language)]
    return wrong


def _hits(patterns: dict[str, re.Pattern[str]], text: str, language: str) -> list[str]:
    return [hit.group(0) for hit in patterns[language].finditer(text)]
