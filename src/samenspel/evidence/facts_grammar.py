"""The small safe language in which a fact says who was studied and what was compared.

    population   sex == female and age >= 45 and not fm_diagnosed
    contrast     crp >= p75 vs crp < p25

Grammar (words are measures, traits, conditions or events; `pNN` is a percentile within the population)::

    contrast   = condition "vs" condition
    condition  = both { "or" both }
    both       = single { "and" single }
    single     = "not" single | "(" condition ")" | word [ comparison value ]
    comparison = "==" | "!=" | "<" | "<=" | ">" | ">="
    value      = number | percentile | word

There are no calls, attributes, indices or arithmetic, nothing is evaluated as code, and nesting is limited.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from samenspel.quantities.errors import SamenspelError

MAX_DEPTH = 32
Operator = Literal["==", "!=", "<", "<=", ">", ">="]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z_.]))|(?P<word>[a-z][a-z0-9_]*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|\(|\)))"
)
_PERCENTILE = re.compile(r"^p([0-9]{1,2})$")
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
#: words that a value may be compared with when people are screened
WORDS = {"female": 1.0, "male": 0.0, "yes": 1.0, "no": 0.0}
_KEYWORDS = frozenset({"and", "or", "not", "vs"})
_ADVICE = {
    "=": "write == to compare",
    ".": "attributes are not part of the language; use one word per measure",
    "+": "arithmetic is not part of the language",
    "-": "arithmetic is not part of the language; words use _ and not -",
    "*": "arithmetic is not part of the language",
    "/": "arithmetic is not part of the language",
    "&": "write and",
    "|": "write or",
    "!": "write not, or != to compare",
    "[": "indices are not part of the language",
    "'": "write words without quotation marks",
    '"': "write words without quotation marks",
}


class FactGrammarError(SamenspelError, ValueError):
    """A population or contrast that the language does not allow; says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A word that holds or does not hold: ``fm_diagnosed``."""

    name: str


@dataclass(frozen=True, slots=True)
class Percentile:
    """A percentile within the population: ``p75`` is the 75th."""

    percent: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A word held against a number, a percentile or a word: ``age >= 45``, ``sex == female``."""

    name: str
    operator: Operator
    value: float | str | Percentile


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class And:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition = Flag | Comparison | Not | And | Or
_Part = Callable[[int], Condition]


@dataclass(frozen=True, slots=True)
class Contrast:
    """The group of interest against its comparison group: ``left vs right``."""

    left: Condition
    right: Condition


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Literal["number", "word", "sign", "end"]
    text: str
    position: int


def parse_population(text: str) -> Condition:
    """Read a condition such as ``sex == female and age >= 45``.

    Raises FactGrammarError for anything outside the grammar or nested deeper than MAX_DEPTH.
    """
    reader = _Reader(text)
    condition = reader.condition(0)
    reader.finish("a population is one condition")
    return condition


def parse_contrast(text: str) -> Contrast:
    """Read a comparison of two groups such as ``crp >= p75 vs crp < p25``.

    Raises FactGrammarError for anything outside the grammar or nested deeper than MAX_DEPTH.
    """
    reader = _Reader(text)
    left = reader.condition(0)
    if reader.here.text != "vs":
        raise reader.error(reader.here, "a contrast needs two groups; write: group vs comparison group")
    reader.step()
    right = reader.condition(0)
    reader.finish("a contrast has exactly one vs")
    return Contrast(left, right)


def names_in(tree: Condition | Contrast) -> frozenset[str]:
    """The measures, traits, conditions and events that a condition or contrast asks about.

    A word on the right of == (such as `female`) is a value, not a measure, and is left out.
    """
    match tree:
        case Contrast(left, right):
            return names_in(left) | names_in(right)
        case Flag(name) | Comparison(name, _, _):
            return frozenset({name})
        case Not(part):
            return names_in(part)
        case And(parts) | Or(parts):
            return frozenset[str]().union(*(names_in(part) for part in parts))


def has_percentile(tree: Condition) -> bool:
    """Whether a condition asks where somebody stands among the others."""
    match tree:
        case Flag():
            return False
        case Comparison(_, _, value):
            return isinstance(value, Percentile)
        case Not(part):
            return has_percentile(part)
        case And(parts) | Or(parts):
            return any(has_percentile(part) for part in parts)


def words_in(tree: Condition) -> frozenset[str]:
    """The words that values are compared with, such as `female`."""
    match tree:
        case Comparison(_, _, str() as word):
            return frozenset({word})
        case Not(part):
            return words_in(part)
        case And(parts) | Or(parts):
            return frozenset[str]().union(*(words_in(part) for part in parts))
        case _:
            return frozenset()


def as_text(tree: Condition | Contrast) -> str:
    """Write a condition or contrast back in the language; reading it again gives the same tree."""
    match tree:
        case Contrast(left, right):
            return f"{as_text(left)} vs {as_text(right)}"
        case Flag(name):
            return name
        case Comparison(name, operator, value):
            return f"{name} {operator} {_value_text(value)}"
        case Not(part):
            return f"not {_bracketed(part)}"
        case And(parts):
            return " and ".join(_bracketed(part) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part) for part in parts)


def _value_text(value: float | str | Percentile) -> str:
    if isinstance(value, Percentile):
        return f"p{value.percent}"
    if isinstance(value, str):
        return value
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def _bracketed(part: Condition) -> str:
    return f"({as_text(part)})" if isinstance(part, And | Or) else as_text(part)


class _Reader:
    """Recursive descent over the tokens of one text; `depth` counts open brackets and nots."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = _tokens(text)
        self._at = 0

    @property
    def here(self) -> _Token:
        return self._tokens[self._at]

    def step(self) -> _Token:
        token = self.here
        if token.kind != "end":
            self._at += 1
        return token

    def error(self, token: _Token, cure: str) -> FactGrammarError:
        found = f"{token.text!r} at character {token.position + 1}" if token.kind != "end" else "the end"
        return FactGrammarError(f"cannot read {_shortened(self.text)!r}: found {found}.", cure=_sentence(cure))

    def finish(self, cure: str) -> None:
        if self.here.kind != "end":
            raise self.error(self.here, cure)

    def condition(self, depth: int) -> Condition:
        parts = self._joined("or", depth, self._both)
        return parts[0] if len(parts) == 1 else Or(parts)

    def _both(self, depth: int) -> Condition:
        parts = self._joined("and", depth, self._single)
        return parts[0] if len(parts) == 1 else And(parts)

    def _joined(self, keyword: str, depth: int, part: _Part) -> tuple[Condition, ...]:
        parts = [part(depth)]
        while self.here.text == keyword:
            self.step()
            parts.append(part(depth))
        return tuple(parts)

    def _single(self, depth: int) -> Condition:
        token = self.here
        if token.text in ("not", "("):
            if depth >= MAX_DEPTH:
                raise self.error(token, f"nested deeper than {MAX_DEPTH}; use fewer brackets or nots")
            self.step()
            if token.text == "not":
                return Not(self._single(depth + 1))
            inner = self.condition(depth + 1)
            if self.here.text != ")":
                raise self.error(self.here, "a bracket was opened and not closed; write )")
            self.step()
            return inner
        if token.kind != "word" or token.text in _KEYWORDS:
            raise self.error(token, "a measure, trait, condition or event was expected")
        self.step()
        if self.here.text == "(":
            raise self.error(self.here, f"{token.text!r} cannot be called; calls are not part of the language")
        if self.here.text not in _COMPARISONS:
            return Flag(token.text)
        return self._comparison(token.text)

    def _comparison(self, name: str) -> Comparison:
        operator = cast("Operator", self.step().text)
        token = self.step()
        if token.kind == "number":
            number = float(token.text)
            if not math.isfinite(number):
                raise self.error(token, "the number is too large")
            return Comparison(name, operator, number)
        if token.kind != "word" or token.text in _KEYWORDS:
            raise self.error(token, f"a number, a percentile or a word was expected after {operator}")
        percentile = _PERCENTILE.match(token.text)
        if percentile:
            return Comparison(name, operator, Percentile(int(percentile.group(1))))
        if operator not in ("==", "!="):
            raise self.error(token, f"words have no order; use a number or percentile after {operator}")
        return Comparison(name, operator, token.text)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            bad = len(text) - len(text[position:].lstrip())
            cure = _ADVICE.get(text[bad], "use words in lower case, numbers, == != < <= > >=, and, or, not, ( )")
            raise FactGrammarError(
                f"cannot read {_shortened(text)!r}: found {text[bad]!r} at character {bad + 1}.", cure=_sentence(cure)
            )
        kind = cast("Literal['number', 'word', 'sign']", found.lastgroup)
        tokens.append(_Token(kind, found.group(kind), found.start(kind)))
        position = found.end()
    tokens.append(_Token("end", "", len(text)))
    return tokens


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def _sentence(cure: str) -> str:
    return f"{cure[0].upper()}{cure[1:]}."
