"""The readings of one declaration: symbols, arrays and units. Which names it touches follows from the symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from samenspel.declare.language import Accumulator, Decision, Pool, Port, Readout, Stage, State, Word
from samenspel.declare.system import System
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint


def symbol(address: str) -> sympy.Symbol:
    """The one symbol of an address; real, so that derivatives stay simple."""
    return sympy.Symbol(address, real=True)


class Conditions:
    """``v.stage.condition``: 1 for the condition a person is in, else 0."""

    def __init__(self, stage: Stage, value: Callable[[str], Any]) -> None:
        self._stage, self._value = stage, value

    def __getattr__(self, condition: str) -> Any:
        if condition not in self._stage.conditions:
            raise SamenspelError(
                f"stage {self._stage.address} has no condition {condition!r}.",
                cure=f"Use one of {list(self._stage.conditions)}.",
            )
        return self._value(f"{self._stage.address}.{condition}")


class Reading:
    """A view of one system whose values come from `value(address, word)`; unknown names are errors."""

    def __init__(self, system: type[System], value: Callable[[str, Word], Any]) -> None:
        self._system, self._value = system, value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        words, base = self._system.words, name.removesuffix("_waiting")
        word = words.get(name) or (words.get(base) if isinstance(words.get(base), Pool) else None)
        if word is None:
            raise SamenspelError(
                f"system {self._system.system} declares no {name!r}.{hint(name, words)}",
                cure=f"Declare it in class {self._system.__name__}, or correct the name.",
            )
        if isinstance(word, Stage):
            return Conditions(word, lambda address: self._value(address, word))
        if isinstance(word, State) and word.size > 1:
            return tuple(self._value(f"{word.address}_{i + 1}", word) for i in range(word.size))
        return self._value(f"{word.system}.{name}", word)

    def mean_of(self, name: str) -> Any:
        """In `society` equations: the mean of a person's quantity over the people of one world and arm."""
        return self._value(f"mean.{self._system.system}.{name}", self._system.words[name])


def symbols(system: type[System]) -> Reading:
    """The symbolic reading: every name is a symbol."""
    return Reading(system, lambda address, _word: symbol(address))


def arrays(system: type[System], values: Mapping[str, Any]) -> Reading:
    """The numeric reading: every name is an array or number from `values`, keyed by address."""

    def value(address: str, word: Word) -> Any:
        if address in values:
            return values[address]
        if isinstance(word, Port):
            return 0.0 if word.combine == "sum" else 1.0
        if isinstance(word, Readout):
            return system.readouts(view)[word.name]
        if isinstance(word, Decision | Accumulator | Pool):
            return 0.0
        raise SamenspelError(f"no value for {address!r}.{hint(address, values)}", cure="Give one.")

    view = Reading(system, value)
    return view
