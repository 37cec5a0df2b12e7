"""Who is simulated and what comes back: bare arrays, people on the last axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

Array = npt.NDArray[np.float64]
Numbers = Mapping[str, "float | Array"]


class Result(IntEnum):
    """What became of a person's run; failures of nature are values, and counted."""

    OK = 0
    DIVERGED = 1  # a state left the finite numbers
    NOT_SETTLED = 2  # no fixed point was found


@dataclass(frozen=True, eq=False)
class People:
    """Addresses and parameters of n persons; a parameter is one number or an array of shape (n,)."""

    person: npt.NDArray[np.int64]
    world: npt.NDArray[np.int64]
    parameters: Numbers

    @property
    def n(self) -> int:
        """Number of persons."""
        return len(self.person)

    def take(self, index: npt.NDArray[np.int64]) -> People:
        """The persons at `index`, in that order."""
        chosen = {k: v[index] if isinstance(v, np.ndarray) and v.ndim else v for k, v in self.parameters.items()}
        return People(self.person[index], self.world[index], chosen)


@dataclass(frozen=True, eq=False)
class Condition:
    """Where people stand at a midnight: `states` (states, n), `held` (held values, n), `codes` (n,)."""

    states: Array
    held: Array
    codes: npt.NDArray[np.int8]

    def take(self, index: npt.NDArray[np.int64]) -> Condition:
        """The persons at `index`, in that order."""
        return Condition(self.states[:, index], self.held[:, index], self.codes[index])


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Saved values of one arm: `values` (names, days, n), at the midnight that closes day `days[k]`."""

    names: tuple[str, ...]
    days: npt.NDArray[np.int64]
    values: Array
    end: Condition
    notes: dict[str, str] = field(default_factory=dict[str, str])

    def of(self, name: str) -> Array:
        """Values of one name, shape (days, n)."""
        if name not in self.names:
            raise SamenspelError(f"{name!r} was not saved.{hint(name, self.names)}", cure="Save it.")
        return self.values[self.names.index(name)]


@dataclass(frozen=True, eq=False)
class Table:
    """A labelled result: `values` (columns, times), or (columns, times, runs) where many sets of numbers were given."""

    times: Array
    names: tuple[str, ...]
    values: Array

    def column(self, name: str) -> Array:
        """One column by name."""
        if name not in self.names:
            raise SamenspelError(
                f"no column {name!r}.{hint(name, self.names)}", cure="Ask for a state or read-out."
            )
        return self.values[self.names.index(name)]


def parameter_values(model: Model, given: Numbers) -> dict[str, float | Array]:
    """Every parameter of the model with its value; a missing or unknown one is an error."""
    known = {*model.parameter_names, *(f"habit.{h}" for h in model.habits)}
    for name in given:
        if name not in known:
            raise SamenspelError(f"model {model.name!r} has no parameter {name!r}.{hint(name, known)}")
    out: dict[str, float | Array] = {}
    for p in model.parameters:
        value = given.get(p.name, p.value)
        if value is None:
            raise SamenspelError(
                f"parameter {p.name!r} ({p.unit}) has no value.", cure="Give it, or add it to parameters/."
            )
        out[p.name] = value
    for h in model.habits:
        out[f"habit.{h}"] = given.get(f"habit.{h}", 0.0)
    return out


def tiled(value: float | Array, arms: int) -> float | Array:
    """A parameter of n persons, repeated for every arm; one number stays one number."""
    return np.tile(value, arms) if isinstance(value, np.ndarray) and value.ndim else value
