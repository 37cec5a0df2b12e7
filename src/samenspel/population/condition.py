"""Conditions of the fact grammar, evaluated on measured values: who is in, who is out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from samenspel.evidence.facts_grammar import WORDS, And, Comparison, Condition, Flag, Not, Or, Percentile
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

Flags = npt.NDArray[np.bool_]


def holds(condition: Condition, values: Mapping[str, npt.NDArray[np.float64]]) -> Flags:
    """Where `condition` holds; percentiles are taken within the people given (the last axis).

    Raises `SamenspelError` for a word that was not measured.
    """
    match condition:
        case Flag(name):
            return _value(name, values) > 0.5
        case Comparison(name, operator, value):
            x = _value(name, values)
            if isinstance(value, Percentile):
                y = np.percentile(x, value.percent, axis=-1, keepdims=True)
            elif isinstance(value, str):
                if value not in WORDS:
                    raise SamenspelError(f"{name} cannot equal {value!r}.{hint(value, WORDS)}")
                y = WORDS[value]
            else:
                y = value
            return {"==": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[operator]
        case Not(part):
            return ~holds(part, values)
        case And(parts):
            return np.logical_and.reduce([holds(p, values) for p in parts])
        case Or(parts):
            return np.logical_or.reduce([holds(p, values) for p in parts])


def _value(name: str, values: Mapping[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    if name not in values:
        raise SamenspelError(
            f"{name!r} is not measured in this study.{hint(name, values)}",
            cure="Add a measure with this id to measures.toml.",
        )
    return values[name]
