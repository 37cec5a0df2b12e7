"""The program's sentences in English and Dutch, and how numbers are said in each."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

Language = Literal["en", "nl"]
LANGUAGES: tuple[Language, ...] = ("en", "nl")
MINUS = "\u2212"


@cache
def sentences(language: Language) -> dict[str, str]:
    """Key → sentence, keys as "table.name"; read once from the file of the language."""
    text = (files("samenspel.views") / "strings" / f"{language}.toml").read_text(encoding="utf-8")
    tables = cast("dict[str, dict[str, str]]", tomllib.loads(text))
    return {f"{table}.{name}": text for table, rows in tables.items() for name, text in rows.items()}


class Said(str):
    """A text that counts: as `{n:world|worlds}` it is said with the word that fits, "1 world" or "2 worlds"."""

    __slots__ = ()

    def __format__(self, words: str, /) -> str:
        one, _, many = words.partition("|")
        return f"{self!s} {one if self == '1' else many}" if many else super().__format__(words)


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its word: "1 world", "2 worlds"."""
    return format(Said(n), f"{one}|{many or one + 's'}")


@dataclass(frozen=True)
class Catalogue:
    """Says things in one language."""

    language: Language

    def say(self, key: str, /, **values: object) -> str:
        """A sentence, filled in; floats get two significant digits. Raises `KeyError` for an unknown key."""
        filled = {n: Said(self.number(v) if isinstance(v, float) else v) for n, v in values.items()}
        return sentences(self.language)[key].format(**filled)

    def name(self, table: str, id: str) -> str:
        """The word for an id of a closed list, or the id itself where there is none."""
        return sentences(self.language).get(f"{table}.{id}", id)

    def pick(self, record: Mapping[str, Any]) -> str:
        """The text of a record that holds `en` and `nl`."""
        return str(record[self.language])

    def number(self, value: float | None, digits: int = 2) -> str:
        """A number with so many significant digits, a real minus, and the language's decimal sign; – for none."""
        if value is None or not math.isfinite(value):
            return "–"
        if value == 0:
            return "0"
        places = max(0, digits - 1 - math.floor(math.log10(abs(float(f"{value:.{digits}g}")))))
        text = f"{float(f'{value:.{digits}g}'):.{places}f}"
        return self._signs(text)

    def together(self, *values: float, digits: int = 2) -> tuple[str, ...]:
        """Numbers said to the same decimal: that of the second digit of the largest, so that an interval reads as one."""
        finite = [abs(v) for v in values if math.isfinite(v)]
        largest = float(f"{max(finite, default=0.0):.{digits}g}")
        places = max(0, digits - 1 - math.floor(math.log10(largest))) if largest else 0
        rounded = [round(v, places) + 0.0 for v in values]  # + 0.0: no minus before a zero
        return tuple("–" if not math.isfinite(v) else self._signs(f"{v:.{places}f}") for v in rounded)

    def printed(self, value: float | None, places: int = 0) -> str:
        """A number as its source prints it: all its digits, and zeros up to so many decimals."""
        if value is None or not math.isfinite(value):
            return "–"
        text = f"{value:.10g}"
        return self._signs(text if len(text.partition(".")[2]) >= places else f"{value:.{places}f}")

    def count(self, value: float) -> str:
        """A whole number, thousands set apart."""
        return f"{round(value):,}".replace(",", "." if self.language == "nl" else ",")

    def per_hundred(self, value: float) -> str:
        """A share as a whole number of 100."""
        return str(round(value))

    def _signs(self, text: str) -> str:
        return text.replace("-", MINUS).replace(".", "," if self.language == "nl" else ".")


def of(language: Language) -> Catalogue:
    """The catalogue of a language."""
    return Catalogue(language)
