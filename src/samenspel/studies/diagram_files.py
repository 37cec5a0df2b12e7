"""The files of an atlas made from a diagram: systems, couplings, set points, the measure of the outcome, scenarios.

Each variable has one state x in SDs; a stock keeps its memory for `Reading.memory` steps, an auxiliary for a twentieth of one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samenspel.composition.plain import PUSH, SET, TO
from samenspel.evidence.diagram import FILE, Diagram, Link, Variable, as_toml, toml_value
from samenspel.evidence.reader import shipped
from samenspel.quantities.errors import SamenspelError
from samenspel.studies import diagram_texts as texts

STATE = "level"
BOUND = 4.0  # reference SDs: the range of every variable is ± this
PART_OF_STEP = 20.0  # an auxiliary follows its sources within a step / this
SCENARIO_STEPS = 20.0  # length of the what-if scenarios
_WORDS = {"+": "raises", "-": "lowers", "?": "moves"}


@dataclass(frozen=True)
class Reading:
    """How a drawing without units is read.

    step      days of one step of the drawing
    memory    steps in which a stock returns to rest when nothing acts on it
    bend      reference SDs of the source at which an influence flattens: tanh(x / bend)
    """

    step: float = 1.0
    memory: float = 10.0
    bend: float = 2.0

    def __post_init__(self) -> None:
        for name, low, high in (("step", 0.5, 3650.0), ("memory", 0.5, 1000.0), ("bend", 0.1, 100.0)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise SamenspelError(
                    f"{name} must lie from {low:g} to {high:g}, got {value:g}.", cure=f"Give --{name} within these bounds."
                )

    def time_constant(self, kind: str) -> float:
        """Days."""
        return self.step * self.memory if kind == "stock" else self.step / PART_OF_STEP


def entry_id(variable: str) -> str:
    """A variable's word as the id of a file or entry."""
    return variable.replace("_", "-")


def files_of(diagram: Diagram, name: str, reading: Reading) -> dict[str, str]:
    """Every file of the atlas, by its place in the folder."""
    files = {
        "atlas.toml": _manifest(diagram, name),
        FILE: as_toml(diagram.model_copy(update={"step": reading.step})),
        "ladder.toml": (shipped() / "ladder.toml").read_text(encoding="utf-8"),
        "people.toml": "# People differ in their set points (parameters/diagram.toml) and in nothing else.\n",
        "vocabulary/diagram.toml": _tables("quantity", [_quantity(v) for v in diagram.variable]),
        "reference.toml": _tables("reference", [_reference(v) for v in diagram.variable]),
        "parameters/diagram.toml": _tables("parameter", [_set_point(v) for v in differing(diagram)]),
        "measures.toml": _tables("measure", [_measure(diagram.outcome)]),
        "couplings/diagram.toml": _tables("coupling", _couplings(diagram, reading)),
    }
    for v in diagram.variable:
        files[f"systems/{entry_id(v.id)}.toml"] = _system(v, v in differing(diagram), reading)
    for v in diagram.interventions:
        files[f"scenarios/push-{entry_id(v.id)}.toml"] = _scenario(v, diagram.outcome, reading)
    return files


def differing(diagram: Diagram) -> tuple[Variable, ...]:
    """Variables in whose set point people differ: the constants, or the stocks where there is none.

    Where none of these leads to the outcome, people differ in the outcome itself: else all would be alike in it.
    """
    constants = tuple(v for v in diagram.variable if v.kind == "constant")
    found = constants or tuple(v for v in diagram.variable if v.kind == "stock")
    behind = diagram.sources_of(diagram.outcome.id)
    return found if any(v.id in behind for v in found) else (*found, diagram.outcome)


def coupling_ids(diagram: Diagram) -> dict[tuple[str, str], str]:
    """(source, target) → the sentence that a link of the model stands for; a number follows where two would read alike."""
    out: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for link in diagram.links:
        sentence = f"{entry_id(link.source)}-{_WORDS[link.sign]}-{entry_id(link.target)}"
        name, count = sentence, 1
        while name in taken:
            count += 1
            name = f"{sentence}-{count}"
        taken.add(name)
        out[link.source, link.target] = name
    return out


def _manifest(diagram: Diagram, name: str) -> str:
    first = diagram.interventions[0] if diagram.interventions else None
    fields: dict[str, Any] = {
        "format": 1,
        "id": name,
        **texts.title(name),
        "licence": "as the diagram's",
        **texts.manifest_note(diagram.unread),
    }
    if first is not None:
        fields["scenario"] = f"push-{entry_id(first.id)}"
    linked = {end for x in diagram.links for end in (x.source, x.target)}
    if any(v.id not in linked for v in diagram.variable):  # the others are named by their couplings
        fields["systems"] = [v.id for v in diagram.variable]
    return _fields(fields)


def _system(v: Variable, differs: bool, reading: Reading) -> str:
    state: dict[str, Any] = {
        "id": STATE,
        "en": v.label,
        "nl": v.label,
        "unit": "1",
        "range": [-BOUND, BOUND],
        "start": 0.0,
        "set_point": "parameter" if differs else None,
        "time_constant": reading.time_constant(v.kind),
        "assumption": texts.state(v, reading),
    }
    return _fields({"id": entry_id(v.id), "en": v.label, "nl": v.label}) + "\n[[state]]\n" + _fields(state)


def _quantity(v: Variable) -> dict[str, Any]:
    return {
        "id": v.id,
        "en": v.label,
        "nl": v.label,
        "system": entry_id(v.id),
        "kind": "outcome" if v.outcome else "state",
        "range": [-BOUND, BOUND],
        "reads": f"{v.id}.{STATE}",
    }


def _reference(v: Variable) -> dict[str, Any]:
    return {"id": f"{v.id}.{STATE}", "mean": 0.0, "sd": 1.0, "assumption": texts.reference()}


def _set_point(v: Variable) -> dict[str, Any]:
    distribution = {"kind": "normal", "mean": 0.0, "sd": 1.0, "low": -3.0, "high": 3.0}
    return {"id": f"{v.id}.{SET}{STATE}", "level": "person", "distribution": distribution, "assumption": texts.set_point(v)}


def _measure(v: Variable) -> dict[str, Any]:
    return {
        "id": v.id,
        "en": v.label,
        "nl": v.label,
        "kind": "continuous",
        "reads": f"{v.id}.{STATE}",
        "higher_is": "neither",
        "assumption": texts.measure(),
    }


def _couplings(diagram: Diagram, reading: Reading) -> list[dict[str, Any]]:
    ids = coupling_ids(diagram)
    return [_coupling(diagram, x, ids[x.source, x.target], reading) for x in diagram.links]


def _coupling(diagram: Diagram, link: Link, name: str, reading: Reading) -> dict[str, Any]:
    return {
        "id": name,
        **texts.sentence(diagram, link),
        "from": f"{link.source}.{STATE}",
        "to": f"{link.target}.{TO}{STATE}",
        "sign": "lowers" if link.sign == "-" else "raises",
        "form": {"kind": "saturating", "s": reading.bend, "assumption": texts.bend(reading)},
        "premise": "link" if link.sign == "?" else "link-and-sign",
        "assumption": texts.link(diagram, link),
    }


def _scenario(v: Variable, outcome: Variable, reading: Reading) -> str:
    weeks = max(1, math.ceil(SCENARIO_STEPS * reading.step / 7))
    fields = {
        "id": f"push-{entry_id(v.id)}",
        "question": texts.question(v, outcome),
        "weeks": float(weeks),
        "assumption": texts.push(v),
    }
    estimand = {
        "population": f"{outcome.id} >= -100",
        "comparator": "as-it-is",
        "treatment": "pushed",
        "outcome": outcome.id,
        "day": float(7 * weeks),
        "after_stopping": "treatment-policy",
        "summary": "mean-difference",
        "sd": "baseline-pooled",
    }
    arms = [{"id": "as-it-is", **texts.arm_as_is()}, {"id": "pushed", **texts.arm_pushed(v)}]
    push = {"input": f"{v.id}.{PUSH}{STATE}", "value": v.strength, "assumption": texts.push(v)}
    return "\n".join(
        [
            _fields(fields),
            "[[arm]]",
            _fields(arms[0]),
            "[[arm]]",
            _fields(arms[1]),
            "[[arm.inputs]]",
            _fields(push),
            "[estimand]",
            _fields(estimand),
            "[recruitment]",
            _fields({"candidates": 200, "settle_days": 0}),
        ]
    )


def _tables(table: str, entries: list[dict[str, Any]]) -> str:
    return "\n".join(f"[[{table}]]\n{_fields(entry)}" for entry in entries)


def _fields(entry: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in entry.items() if value is not None)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = [f"{name} = {_value(part)}" for name, part in value.items() if part is not None]  # pyright: ignore[reportUnknownArgumentType]
        return "{ " + ", ".join(inner) + " }"
    return toml_value(value)
