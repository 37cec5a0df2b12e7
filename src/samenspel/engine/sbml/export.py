"""`write_sbml`: a deterministic model as SBML Level 3 Version 2, for other tools.

A state becomes a parameter with a rate rule, an assignment (read-out, port) a parameter with an assignment rule,
parameters, habits and inputs become constants, the latter at their habitual value. Noise is left out (its value is 0).
Time is in days. An id of SBML has no dots: they become underscores, and the address stands in the attribute `name`.

What is left out, and refused by name, is what happens at midnight: stages, decisions, daily maps, accumulators, pools,
states of society.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sympy

from samenspel.declare.model import FEED, GATE, NOISE, Model
from samenspel.engine.people import Array
from samenspel.engine.sbml.document import Document, Event, Rule, Variable
from samenspel.engine.sbml.formula import formula
from samenspel.quantities.errors import SamenspelError
from samenspel.store import atomic_write_text

Numbers = Mapping[str, "float | Array"]


def write_sbml(model: Model, parameters: Mapping[str, float], path: str | Path, *, start: Mapping[str, float] | None = None,
               inputs: Mapping[str, float] | None = None) -> dict[str, str]:  # fmt: skip
    """Write a model with these parameters; returns the SBML id of every address.

    start   states at time 0 that differ from the declared start (for example a person's own fixed point)
    inputs  inputs that differ from their habitual value; constant as well

    Raises `SamenspelError` when the model has parts SBML cannot say, a parameter has no value, or the file cannot be
    written. The text is checked for consistency before it is written.
    """
    from samenspel.engine.sbml.adaptor import document_text

    _refuse(model)
    numbers = _numbers(model, parameters, inputs or {})
    begin = _starts(model, parameters, start or {})
    assigned = [(n, _quiet(model, e)) for n, e in model.assignments]
    drift = {n: _quiet(model, e) for n, e in model.drift.items()}
    ids = identifiers([*model.state_names, *numbers, *(n for n, _ in assigned)])
    variables = [Variable(ids[n], begin[n], False, "", 0, name=n) for n in model.state_names]
    variables += [Variable(ids[n], v, True, "", 0, name=n) for n, v in numbers.items()]
    variables += [Variable(ids[n], None, False, "", 0, name=n) for n, _ in assigned]
    rules = [Rule("assignment", ids[n], formula(e, ids), 0) for n, e in assigned]
    rules += [Rule("rate", ids[n], formula(drift[n], ids), 0) for n in model.state_names if drift[n] != 0]
    name = identifiers([model.name])[model.name]
    document = Document(str(path), name, 3, 2, time_unit="" if model.origin else "day", parameters=tuple(variables),
                        rules=tuple(rules), events=tuple(_events(model, ids)))  # fmt: skip
    atomic_write_text(Path(path), document_text(document))
    return ids


def identifiers(names: list[str]) -> dict[str, str]:
    """An SBML id for each address: letters, digits and underscores, no two alike."""
    out: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
        plain = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
        candidate, k = plain, 2
        while candidate in taken:
            candidate, k = f"{plain}_{k}", k + 1
        taken.add(candidate)
        out[name] = candidate
    return out


def _refuse(model: Model) -> None:
    if model.delays:
        raise SamenspelError(f"model {model.name!r} cannot be written as SBML: its formulas ask about the past (delay).",
                             file=model.origin or None, cure="Keep the file it came from.")  # fmt: skip
    groups: list[tuple[str, list[str]]] = [
        ("stage", [x.name for x in model.stages]), ("decision", [x.name for x in model.decisions]),
        ("daily map", list(model.daily)), ("accumulator", [x.name for x in model.accumulators]),
        ("pool", [x.name for x in model.pools]), ("state of society", [x.name for x in model.society]),
    ]  # fmt: skip
    found = [f"{kind} {n!r}" for kind, names in groups for n in names]
    if found:
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise SamenspelError(f"model {model.name!r} cannot be written as SBML: {', '.join(found[:5])}{more}.",
                             cure="Compose it from systems without them; SBML knows no midnight.")  # fmt: skip
    for event in model.events:
        for target in event.assignments:
            if target not in model.state_names:
                raise SamenspelError(f"event {event.name!r} changes {target!r}, which is no state of the model.",
                                     cure="Keep the SBML file it came from.")  # fmt: skip


def _quiet(model: Model, e: Any) -> Any:
    """An expression without noise, and without what one arm is fed from another."""
    out = {s: sympy.Integer(0) for s in e.free_symbols if s.name.startswith((NOISE, FEED)) and s.name in model.held_names}
    if model.feeds:
        out |= {s: sympy.Integer(0) for s in e.free_symbols if s.name.startswith(GATE)}
    return e.xreplace(out) if out else e


def _numbers(model: Model, parameters: Numbers, inputs: Mapping[str, float]) -> dict[str, float]:
    """All constants: parameters, habits, inputs."""
    from samenspel.engine.people import parameter_values
    from samenspel.quantities.names import hint

    known = {i.name: i.habitual for i in model.inputs if not (model.feeds and i.name.startswith(GATE))}
    for name in inputs:
        if name not in known:
            raise SamenspelError(f"model {model.name!r} has no input {name!r}.{hint(name, known)}")
    out = {n: float(v) for n, v in parameter_values(model, parameters).items()}
    out |= {n: float(inputs.get(n, v)) for n, v in known.items()}
    for name, value in out.items():
        if not math.isfinite(value) and not model.origin:
            raise SamenspelError(f"{name!r} is {value}.", cure="Give a finite number.")
    return out


def _starts(model: Model, parameters: Mapping[str, float], start: Mapping[str, float]) -> dict[str, float]:
    if model.origin:
        from samenspel.engine.sbml.prepared import prepared

        made = prepared(model)
        _, values = made.values(parameters, start)
        return dict(zip(made.states, values[:, 0].tolist(), strict=True))
    import numpy as np

    from samenspel.engine.people import People
    from samenspel.engine.run import first_condition
    from samenspel.quantities.names import hint

    for name in start:
        if name not in model.state_names:
            raise SamenspelError(f"model {model.name!r} has no state {name!r}.{hint(name, model.state_names)}")
    one = People(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), dict(parameters))
    states = first_condition(model, one, start).states[:, 0]
    return {n: float(v) for n, v in zip(model.state_names, states, strict=True)}


def _events(model: Model, ids: Mapping[str, str]) -> list[Event]:
    names = identifiers([f"event_{e.name}" for e in model.events])
    part = lambda e: None if e is None else formula(e, ids)  # noqa: E731
    out: list[Event] = []
    for e in model.events:
        changes = tuple((ids[n], formula(_quiet(model, x), ids)) for n, x in e.assignments.items())
        out.append(Event(names[f"event_{e.name}"], formula(e.trigger, ids), changes, e.initial_value, e.persistent,
                         e.use_values_from_trigger, part(e.delay), part(e.priority), 0))  # fmt: skip
    return out
