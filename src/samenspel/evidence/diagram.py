"""A causal loop diagram as data: variables, signed links, and everything that had to be assumed to read it.

``diagram.toml`` keeps it in the folder of an atlas that was made from a drawing, so that the authors' own linear reading
(`insight.linear`) can be computed from the same text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from samenspel.evidence.issues import Issue, say_nearest
from samenspel.evidence.schema import Record, Text
from samenspel.evidence.text import decode, parse, read_bytes
from samenspel.quantities.errors import SamenspelError

FILE = "diagram.toml"
Kind = Literal["stock", "auxiliary", "constant"]
Sign = Literal["+", "-", "?"]
STRONGEST = 8.0  # reference SDs of a push: from one end of a variable's range to the other
HEAVIEST = 100.0  # of a link's weight per step
#: a variable's own word; also the name of its system
VariableId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=80)]


class Variable(Record):
    """One box of the drawing. `strength` is the push of an intervention, in reference SDs; 0: nothing pushes it."""

    id: VariableId
    label: Text
    kind: Kind
    strength: float = Field(default=0.0, ge=-STRONGEST, le=STRONGEST, allow_inf_nan=False)
    outcome: bool = False
    row: int = 0  # of the sheet Elements
    assumed: Text | None = None  # what the sheet did not say


class Link(Record):
    """One arrow. `low` and `high` bound its weight per step, where the drawing gives them."""

    source: VariableId
    target: VariableId
    sign: Sign
    low: float | None = Field(default=None, ge=-HEAVIEST, le=HEAVIEST, allow_inf_nan=False)
    high: float | None = Field(default=None, ge=-HEAVIEST, le=HEAVIEST, allow_inf_nan=False)
    row: int = 0  # of the sheet Connections
    left_out: Text | None = None  # why it is in no model

    @model_validator(mode="after")
    def _range_rises(self) -> Link:
        if (self.low is None) != (self.high is None):
            raise ValueError("a link's range needs both ends, or neither")
        if self.low is None or self.high is None:
            return self
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} must not lie above high {self.high:g}")
        if (self.sign == "+" and self.low < 0) or (self.sign == "-" and self.high > 0):
            raise ValueError(f"the sign {self.sign} and weights from {self.low:g} to {self.high:g} contradict each other")
        return self


class Diagram(Record):
    """A whole drawing. `step` days of the model make one step of the drawing, which has no unit of time of its own.

    `unread` names what the spreadsheet holds and nothing here uses: columns, each after the name of its sheet, and sheets.
    """

    step: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    unread: tuple[Text, ...] = ()
    variable: tuple[Variable, ...] = Field(min_length=2)
    link: tuple[Link, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _resolves(self) -> Diagram:
        names = [v.id for v in self.variable]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"variables stand twice: {twice}")
        for link in self.link:
            for end in (link.source, link.target):
                if end not in names:
                    raise ValueError(f"a link names {end!r}, which is no variable. {say_nearest(end, names)}")
        if sum(v.outcome for v in self.variable) != 1:
            raise ValueError("exactly one variable is the outcome")
        return self

    def sources_of(self, name: str) -> frozenset[str]:
        """Variables from which a chain of links leads to this one, and itself."""
        back: dict[str, list[str]] = {}
        for x in self.links:
            back.setdefault(x.target, []).append(x.source)
        found, open_ = {name}, [name]
        while open_:
            for source in back.get(open_.pop(), ()):
                if source not in found:
                    found.add(source)
                    open_.append(source)
        return frozenset(found)

    @property
    def outcome(self) -> Variable:
        """The variable of interest."""
        return next(v for v in self.variable if v.outcome)

    @property
    def interventions(self) -> tuple[Variable, ...]:
        """Variables that something pushes, in the order of the drawing."""
        return tuple(v for v in self.variable if v.strength != 0.0)

    @property
    def links(self) -> tuple[Link, ...]:
        """Links that are part of the model."""
        return tuple(x for x in self.link if x.left_out is None)

    def of(self, name: str) -> Variable:
        """The variable with this id or label.

        Raises `SamenspelError` for an unknown one; names the nearest.
        """
        for v in self.variable:
            if name in (v.id, v.label):
                return v
        raise SamenspelError(f"the diagram has no variable {name!r}.", cure=say_nearest(name, [v.label for v in self.variable]))


def as_toml(diagram: Diagram) -> str:
    """The text of ``diagram.toml``."""
    lines = ["# The drawing as it was read. Links with `left_out` are in no model; the reason stands beside them.", ""]
    lines += [f"step = {diagram.step!r}  # days"]
    lines += [f"unread = {toml_value(diagram.unread)}  # in the spreadsheet, and used by nothing"] if diagram.unread else []
    lines.append("")
    for table, entries in (("variable", diagram.variable), ("link", diagram.link)):
        for entry in entries:
            lines.append(f"[[{table}]]")
            data = entry.model_dump(mode="json", exclude_defaults=True)
            lines += [f"{name} = {toml_value(value)}" for name, value in data.items()]
            lines.append("")
    return "\n".join(lines)


def toml_value(value: Any) -> str:
    """A text, truth value, number or list as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    return repr(value)


def read_diagram(folder: Path | str) -> Diagram:
    """The drawing that an atlas was made from.

    Raises `SamenspelError` if the folder has none or it is not as written.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        raise SamenspelError(
            f"{folder} holds no {FILE}: this atlas was not made from a diagram.",
            cure="Make one with `samenspel new NAME --from-kumu FILE.xlsx`.",
        )
    raw = read_bytes(path)
    text = raw if isinstance(raw, Issue) else decode(raw, FILE)
    data = text if isinstance(text, Issue) else parse(text, FILE)
    if isinstance(data, Issue):
        raise SamenspelError(data.message, file=FILE, line=data.line or None, cure=data.cure)
    try:
        return Diagram.model_validate_json(json.dumps(data))
    except (ValidationError, TypeError) as fault:
        raise SamenspelError(
            f"this is no diagram: {first_fault(fault)}.", file=FILE, cure="Import the drawing again."
        ) from fault


def first_fault(fault: Exception) -> str:
    """The first thing that a record refuses, in one line."""
    if isinstance(fault, ValidationError):
        error = fault.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in error["loc"])
        return f"{where + ': ' if where else ''}{str(error['msg']).removeprefix('Value error, ')}".rstrip(".")
    return str(fault)
