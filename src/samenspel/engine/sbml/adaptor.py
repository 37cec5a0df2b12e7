"""The only module that speaks with libsbml: from checked text to plain data (`document`), and back."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import libsbml

from samenspel.engine.sbml.document import Document, Event, Node, Reaction, Reference, Rule, Species, Variable
from samenspel.engine.sbml.guard import checked_text
from samenspel.engine.sbml.together import flattened
from samenspel.quantities.errors import SamenspelError

_OPERATORS = {
    "PLUS": "plus", "MINUS": "minus", "TIMES": "times", "DIVIDE": "divide", "POWER": "power",
    "FUNCTION_POWER": "power", "FUNCTION_ROOT": "root", "FUNCTION_ABS": "abs", "FUNCTION_EXP": "exp",
    "FUNCTION_LN": "ln", "FUNCTION_LOG": "log", "FUNCTION_FLOOR": "floor", "FUNCTION_CEILING": "ceiling",
    "FUNCTION_FACTORIAL": "factorial", "FUNCTION_PIECEWISE": "piecewise", "FUNCTION_DELAY": "delay",
    "FUNCTION_MAX": "max", "FUNCTION_MIN": "min", "FUNCTION_QUOTIENT": "quotient", "FUNCTION_REM": "rem",
    "FUNCTION_RATE_OF": "rateOf", "LOGICAL_AND": "and", "LOGICAL_OR": "or", "LOGICAL_XOR": "xor",
    "LOGICAL_NOT": "not", "LOGICAL_IMPLIES": "implies", "RELATIONAL_EQ": "eq", "RELATIONAL_NEQ": "neq",
    "RELATIONAL_LT": "lt", "RELATIONAL_LEQ": "leq", "RELATIONAL_GT": "gt", "RELATIONAL_GEQ": "geq",
    "NAME_TIME": "time", "NAME_AVOGADRO": "avogadro", "CONSTANT_PI": "pi", "CONSTANT_E": "exponentiale",
    "CONSTANT_TRUE": "true", "CONSTANT_FALSE": "false",
}  # fmt: skip
for _base in ("SIN", "COS", "TAN", "SEC", "CSC", "COT"):
    for _name in (_base, f"{_base}H", f"ARC{_base}", f"ARC{_base}H"):
        _OPERATORS[f"FUNCTION_{_name}"] = _name.lower()
_KINDS: dict[int, str] = {getattr(libsbml, f"AST_{k}"): v for k, v in _OPERATORS.items()}
#: stands beside a function that means rateOf, in files older than rateOf
DERIVATIVE = "http://en.wikipedia.org/wiki/Derivative"
#: how libsbml names the packages that say what a model looks like
DRAWING = re.compile(r"package '(layout|render)\w*'|Package (layout|render) Version")
_TYPE_NAMES: dict[int, str] = {getattr(libsbml, n): n for n in dir(libsbml) if n.startswith("AST_")}


def read_document(path: str | Path) -> Document:
    """The model of an SBML file as plain data.

    A file that names no encoding is in UTF-8, as XML has it. Raises `SamenspelError` for what `guard` refuses, for faults
    libsbml finds in the XML, and for Level 1.
    """
    text = checked_text(path)
    file = str(path)
    document = libsbml.readSBMLFromString(text)
    for i in range(document.getNumErrors()):
        fault = document.getError(i)
        if fault.getSeverity() >= libsbml.LIBSBML_SEV_ERROR and not _harmless(fault):
            what = " ".join(f"{fault.getShortMessage()}: {fault.getMessage()}".split())
            raise SamenspelError(
                what if len(what) < 500 else f"{what[:240]} … {what[-240:]}",
                file=file,
                line=fault.getLine(),
                cure="Correct it.",
            )
    flattened(document, file)
    level, version = document.getLevel(), document.getVersion()
    if level < 2:
        raise SamenspelError(
            f"SBML Level {level} is not read.", file=file, cure="Convert it to Level 3 Version 2, for example with libsbml."
        )
    model = document.getModel()
    if model is None:
        raise SamenspelError("the file holds no model.", file=file, cure="Add a <model>.")
    return _Reader(model, file, level, version).document()


def _harmless(fault: Any) -> bool:
    """Whether a fault leaves the mathematics alone: an encoding not named, or a drawing that is wrong or out of place."""
    return fault.getErrorId() == libsbml.MissingXMLEncoding or DRAWING.search(" ".join(fault.getMessage().split())) is not None


class _Reader:
    """One pass over a libsbml model."""

    def __init__(self, model: Any, file: str, level: int, version: int) -> None:
        self.model, self.file, self.level, self.version = model, file, level, version
        self.derivatives: set[str] = set()

    def document(self) -> Document:
        m = self.model
        own = list(m.getListOfFunctionDefinitions())
        self.derivatives = {f.getIdAttribute() for f in own if DERIVATIVE in f.getAnnotationString()}
        functions = {f.getIdAttribute(): self.node(f.getMath(), f) for f in own if f.getMath() is not None}
        initial = [
            Rule("initial", a.getSymbol(), self.node(a.getMath(), a), a.getLine())
            for a in m.getListOfInitialAssignments()
            if a.getMath() is not None
        ]
        out = Document(
            file=self.file, name=m.getIdAttribute() or Path(self.file).stem, level=self.level, version=self.version,
            conversion=m.getConversionFactor() if self.level > 2 else "",
            time_unit=m.getTimeUnits() if self.level > 2 else "second",
            functions=functions,
            compartments=tuple(
                self.variable(c, c.isSetSize(), c.getSize, c.getSpatialDimensionsAsDouble())
                for c in m.getListOfCompartments()
            ),
            species=tuple(self.species(s) for s in m.getListOfSpecies()),
            parameters=tuple(self.variable(p, p.isSetValue(), p.getValue) for p in m.getListOfParameters()),
            reactions=tuple(self.reaction(r) for r in m.getListOfReactions()),
            rules=tuple(self.rules()) + tuple(initial),
            events=tuple(e for i, raw in enumerate(m.getListOfEvents()) if (e := self.event(raw, i)) is not None),
        )  # fmt: skip
        self.unique(out)
        return out

    def refuse(self, what: str, element: Any, cure: str) -> SamenspelError:
        return SamenspelError(what, file=self.file, line=element.getLine() or None, cure=cure)

    def unique(self, d: Document) -> None:
        """Ids are present and given once."""
        groups = (
            ("compartment", d.compartments),
            ("species", d.species),
            ("parameter", d.parameters),
            ("reaction", d.reactions),
        )
        seen: dict[str, str] = {}
        named: list[tuple[str, str, int]] = [(x.id, kind, x.line) for kind, group in groups for x in group]
        named += [(r.id, "species reference", r.line) for x in d.reactions for r in x.references if r.id]
        for name, kind, line in named:
            if not name:
                raise SamenspelError(f"a {kind} has no id.", file=self.file, line=line, cure="Give it an id.")
            if name in seen:
                raise SamenspelError(
                    f"the id {name!r} is given to a {seen[name]} and to a {kind}.",
                    file=self.file,
                    line=line,
                    cure="Rename one.",
                )
            seen[name] = kind

    def variable(self, x: Any, given: bool, value: Any, dimensions: float = 3.0) -> Variable:
        constant = x.getConstant() if hasattr(x, "getConstant") else True
        return Variable(
            x.getIdAttribute(), float(value()) if given else None, bool(constant), x.getUnits(), x.getLine(), dimensions
        )

    def species(self, s: Any) -> Species:
        return Species(
            s.getIdAttribute(), s.getCompartment(), s.getInitialAmount() if s.isSetInitialAmount() else None,
            s.getInitialConcentration() if s.isSetInitialConcentration() else None, s.getHasOnlySubstanceUnits(),
            s.getBoundaryCondition(), s.getConstant(), s.getConversionFactor() if self.level > 2 else "",
            s.getSubstanceUnits(), s.getLine(),
        )  # fmt: skip

    def reaction(self, r: Any) -> Reaction:
        if r.isSetFast() and r.getFast():
            raise self.refuse(f"reaction {r.getIdAttribute()!r} is marked fast, which is not supported.", r,
                              "Replace it by an algebraic relation, or give it a large rate.")  # fmt: skip
        references = [self.reference(x, -1) for x in r.getListOfReactants()] + [
            self.reference(x, 1) for x in r.getListOfProducts()
        ]
        law = r.getKineticLaw()
        if law is None or law.getMath() is None:
            return Reaction(r.getIdAttribute(), None, (), tuple(references), r.getLine())
        own = law.getListOfLocalParameters() if self.level > 2 else law.getListOfParameters()
        local = tuple(self.variable(p, p.isSetValue(), p.getValue) for p in own)
        return Reaction(r.getIdAttribute(), self.node(law.getMath(), law), local, tuple(references), r.getLine())

    def reference(self, x: Any, sign: int) -> Reference:
        maths = x.getStoichiometryMath().getMath() if self.level == 2 and x.isSetStoichiometryMath() else None
        given = x.isSetStoichiometry() or self.level == 2
        return Reference(
            x.getIdAttribute(), x.getSpecies(), sign, float(x.getStoichiometry()) if given else None,
            self.node(maths, x) if maths is not None else None, bool(x.getConstant()) if self.level > 2 else True, x.getLine(),
        )  # fmt: skip

    def rules(self) -> list[Rule]:
        out: list[Rule] = []
        for r in self.model.getListOfRules():
            if r.getMath() is not None:
                kind = "rate" if r.isRate() else "assignment" if r.isAssignment() else "algebraic"
                out.append(Rule(kind, "" if kind == "algebraic" else r.getVariable(), self.node(r.getMath(), r), r.getLine()))
        return out

    def event(self, e: Any, number: int) -> Event | None:
        trigger = e.getTrigger()
        if trigger is None or trigger.getMath() is None:
            return None
        part = lambda x: self.node(x.getMath(), x) if x is not None and x.getMath() is not None else None  # noqa: E731
        assignments = tuple(
            (a.getVariable(), self.node(a.getMath(), a)) for a in e.getListOfEventAssignments() if a.getMath() is not None
        )
        three = self.level > 2
        return Event(
            e.getIdAttribute() or f"event.{number + 1}", self.node(trigger.getMath(), trigger), assignments,
            trigger.getInitialValue() if three else True, trigger.getPersistent() if three else True,
            e.getUseValuesFromTriggerTime(), part(e.getDelay()), part(e.getPriority()) if three else None, e.getLine(),
        )  # fmt: skip

    def node(self, a: Any, element: Any) -> Node:
        """A formula as plain data; `element` tells where it stands."""
        kind = a.getType()
        if kind == libsbml.AST_NAME:
            return Node("name", name=a.getName())
        if kind == libsbml.AST_INTEGER:
            return Node("number", value=float(a.getInteger()))
        if kind in (libsbml.AST_REAL, libsbml.AST_REAL_E):
            return Node("number", value=math.nan if a.isNaN() else float(a.getReal()))
        if kind == libsbml.AST_RATIONAL:
            lower = a.getDenominator()
            return Node("number", value=a.getNumerator() / lower if lower else math.copysign(math.inf, a.getNumerator()))
        children = [a.getChild(i) for i in range(a.getNumChildren())]
        if kind == libsbml.AST_LAMBDA:
            names = " ".join(c.getName() for c in children[:-1])
            return Node("lambda", (self.node(children[-1], element),), name=names)
        below = tuple([self.node(c, element) for c in children])
        if kind == libsbml.AST_FUNCTION:
            return Node("rateOf", below) if a.getName() in self.derivatives else Node("call", below, name=a.getName())
        if kind not in _KINDS:
            name = a.getName() or ("empty or unknown" if kind == libsbml.AST_UNKNOWN else _TYPE_NAMES.get(kind, str(kind)))
            raise self.refuse(f"the mathematical element {name!r} is not supported.", element,
                              "Write the formula with the functions of SBML core.")  # fmt: skip
        return Node(_KINDS[kind], below)


def document_text(d: Document) -> str:
    """A document of parameters, rules and events as SBML text.

    Raises `SamenspelError` if libsbml finds it inconsistent.
    """
    document = libsbml.SBMLDocument(3, 2)
    m = document.createModel()
    m.setId(d.name)
    if d.time_unit == "day":
        definition = m.createUnitDefinition()
        definition.setId("day")
        unit = definition.createUnit()
        unit.setKind(libsbml.UNIT_KIND_SECOND)
        unit.setExponent(1.0)
        unit.setScale(0)
        unit.setMultiplier(86400.0)
        m.setTimeUnits("day")
    for v in d.parameters:
        p = m.createParameter()
        p.setId(v.id)
        p.setName(v.name or v.id)
        p.setConstant(v.constant)
        if v.value is not None:
            p.setValue(v.value)
    for r in d.rules:
        rule = m.createRateRule() if r.kind == "rate" else m.createAssignmentRule()
        rule.setVariable(r.variable)
        rule.setMath(_tree(r.maths))
    for e in d.events:
        event = m.createEvent()
        event.setId(e.id)
        event.setUseValuesFromTriggerTime(e.use_values_from_trigger)
        trigger = event.createTrigger()
        trigger.setInitialValue(e.initial_value)
        trigger.setPersistent(e.persistent)
        trigger.setMath(_tree(e.trigger))
        for maths, create in ((e.delay, event.createDelay), (e.priority, event.createPriority)):
            if maths is not None:
                create().setMath(_tree(maths))
        for name, maths in e.assignments:
            a = event.createEventAssignment()
            a.setVariable(name)
            a.setMath(_tree(maths))
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.checkConsistency()
    for i in range(document.getNumErrors()):
        fault = document.getError(i)
        if fault.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            what = " ".join(fault.getMessage().split())[:300]
            raise SamenspelError(f"what would be written is not consistent: {what}", file=d.file,
                                 cure="Report this with the model.")  # fmt: skip
    return libsbml.writeSBMLToString(document)


_TYPES: dict[str, int] = {v: k for k, v in _KINDS.items()}
_TYPES["power"] = libsbml.AST_POWER


def _tree(node: Node) -> Any:
    """A formula as libsbml keeps it."""
    if node.kind == "number":
        out = libsbml.ASTNode(libsbml.AST_REAL)
        out.setValue(float(node.value))
        return out
    if node.kind == "name":
        out = libsbml.ASTNode(libsbml.AST_NAME)
        out.setName(node.name)
        return out
    out = libsbml.ASTNode(_TYPES[node.kind])
    if node.kind == "time":
        out.setName("time")
    for child in node.children:
        out.addChild(_tree(child))
    return out
