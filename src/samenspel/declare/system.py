"""`System`: one class per body, mind or care system; what exists is what the class body says.

A system declares words (`language.py`) and pure functions of a view `v`:

    drift(v)      state -> change per day              noise(v)      state -> standard deviation of the day's push
    readouts(v)   read-out -> value                    hazards(v)    stage -> {(from, to): rate per day}
    daily(v)      state -> value after midnight        decisions(v)  decision -> probability
    requests(v)   pool -> 1 or 0                       society(v)    society state -> value after midnight

They see states, parameters, ports, inputs, read-outs and held values by attribute, and nothing else.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, TypeVar

from samenspel.declare.language import (
    Accumulator,
    Decision,
    Input,
    Parameter,
    Pool,
    Port,
    Readout,
    Stage,
    State,
    Switch,
    View,
    Word,
)
from samenspel.quantities.errors import SamenspelError

Equations = dict[str, Any]
W = TypeVar("W", bound=Word)


class System:
    """Base of all systems; subclass attributes that are words become its declarations, in order."""

    system: ClassVar[str] = ""
    variant: ClassVar[str] = ""  # an option of a hypothesis: same ports, other equations
    fast: ClassVar[tuple[str, ...]] = ()  # states declared fast: an eigenvalue beyond 50 per day is meant
    words: ClassVar[dict[str, Word]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.system = cls.__dict__.get("system", cls.system) or cls.__name__.lower()
        words = dict(cls.words)
        for name, value in list(vars(cls).items()):
            if isinstance(value, Word):
                if name in vars(System):
                    raise SamenspelError(
                        f"{cls.__name__}.{name}: this name has a meaning of its own in every system.",
                        cure="Give the declaration another name.",
                    )
                words[name] = dataclasses.replace(value, name=name)
        cls.words = {name: dataclasses.replace(word, system=cls.system) for name, word in words.items()}
        for port in cls.of(Port):
            if port.shifts not in cls.words:
                raise SamenspelError(
                    f"port {port.address}: shifts={port.shifts!r} is no state or read-out of {cls.system}.",
                    cure=f"Name one of {[w.name for w in (*cls.of(State), *cls.of(Readout))]}.",
                )

    @classmethod
    def of(cls, kind: type[W]) -> tuple[W, ...]:
        """The declarations of one kind, in the order of the class body."""
        return tuple(word for word in cls.words.values() if isinstance(word, kind))

    # What a system does not have stays empty.
    @staticmethod
    def drift(v: View) -> Equations:
        """Change of each state per day."""
        return {}

    @staticmethod
    def readouts(v: View) -> Equations:
        """Value of each read-out; a they see no other read-out (use a local name)."""
        return {}

    @staticmethod
    def noise(v: View) -> Equations:
        """Standard deviation, per day, of the day-constant push on a state."""
        return {}

    @staticmethod
    def daily(v: View) -> Equations:
        """New value of a state at midnight."""
        return {}

    @staticmethod
    def hazards(v: View) -> dict[str, dict[tuple[str, str], Any]]:
        """Rate per day of each arrow of each stage."""
        return {}

    @staticmethod
    def decisions(v: View) -> Equations:
        """Probability of each decision."""
        return {}

    @staticmethod
    def requests(v: View) -> Equations:
        """1 where a person asks for a place in a pool."""
        return {}

    @staticmethod
    def society(v: View) -> Equations:
        """New value of a society state; ``v.mean_of("name")`` is the mean over the people of world and arm."""
        return {}


__all__ = [
    "Accumulator",
    "Decision",
    "Equations",
    "Input",
    "Parameter",
    "Pool",
    "Port",
    "Readout",
    "Stage",
    "State",
    "Switch",
    "System",
]
