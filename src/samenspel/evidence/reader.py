"""Reads the folder of an atlas into frozen records. Never runs anything that it finds there."""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from samenspel.evidence.atlas import Atlas, Where
from samenspel.evidence.issues import Issue, refuse, say_nearest
from samenspel.evidence.mistakes import issues_of
from samenspel.evidence.schema import FORMAT, Kin, Quantity, Record, Source
from samenspel.evidence.schema_ladder import Ladder
from samenspel.evidence.schema_ledger import LedgerEntry, Manifest, Question
from samenspel.evidence.schema_model import Coupling, Hypothesis, Loop, Parameter, PlainSystem
from samenspel.evidence.schema_people import Measure, People, Reference
from samenspel.evidence.schema_scenario import Scenario
from samenspel.evidence.text import decode, field_line, id_lines, line_with, parse, read_bytes, table_lines
from samenspel.quantities.errors import SamenspelError

AnyRecord = TypeVar("AnyRecord", bound=Record)

#: table name → record, for files that hold a list of ``[[table]]``; several kinds may share one file
LISTED: dict[str, type[Record]] = {
    "quantity": Quantity,
    "kin": Kin,
    "reference": Reference,
    "parameter": Parameter,
    "coupling": Coupling,
    "hypothesis": Hypothesis,
    "loop": Loop,
    "question": Question,
    "measure": Measure,
    "entry": LedgerEntry,
}
#: where each kind of list may stand
FOLDERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("vocabulary", ("quantity", "kin", "reference")),
    ("parameters", ("parameter", "reference")),
    ("couplings", ("coupling",)),
    ("hypotheses", ("hypothesis",)),
    ("questions", ("question",)),
    ("ledger", ("entry",)),
    ("loops.toml", ("loop",)),
    ("measures.toml", ("measure",)),
    ("reference.toml", ("reference",)),
    ("ledger.toml", ("entry",)),
)


def shipped(name: str = "fibromyalgia") -> Path:
    """Folder of an atlas that comes with the package.

    Raises:
        SamenspelError: if there is no such atlas; names those there are.
    """
    folder = Path(str(importlib.resources.files("samenspel"))) / "atlases"
    if not (folder / name / "atlas.toml").is_file():
        known = sorted(p.parent.name for p in folder.glob("*/atlas.toml"))
        raise SamenspelError(f"no atlas {name!r} comes with samenspel.", cure=f"There is: {', '.join(known)}.")
    return folder / name


def read_atlas(path: str | Path | None = None) -> Atlas:
    """The atlas in a folder (none: the shipped one), every record checked by itself; `lint` checks them together.

    Raises:
        SamenspelError: at the first thing that is not an atlas; says how many more there are.
    """
    atlas, issues = collect(path)
    refuse(issues)
    assert atlas is not None
    return atlas


def collect(path: str | Path | None = None) -> tuple[Atlas | None, list[Issue]]:
    """The atlas and everything the reader has to say about it; no atlas when there is no usable ``atlas.toml``."""
    root = Path(path) if path is not None else shipped()
    reading = _Reading(root)
    manifest = reading.manifest()
    if manifest is None:
        return None, reading.issues
    for place, kinds in FOLDERS:
        for file in reading.files(place):
            reading.lists(file, kinds)
    for file in reading.files("sources"):
        reading.source(file)
    for file in reading.files("scenarios"):
        reading.single(file, "scenario", Scenario)
    for file in reading.files("systems"):
        reading.single(file, "system", PlainSystem)
    people = reading.people()
    ladder = reading.whole("ladder.toml", Ladder)
    found: Any = reading.found
    return (
        Atlas(
            root=root,
            digest=reading.digest.hexdigest(),
            manifest=manifest,
            quantities=found["quantity"],
            kin=found["kin"],
            sources=found["source"],
            claims=found["claim"],
            source_of=reading.source_of,
            parameters=found["parameter"],
            couplings=found["coupling"],
            hypotheses=found["hypothesis"],
            systems=found["system"],
            loops=found["loop"],
            questions=found["question"],
            measures=found["measure"],
            reference=found["reference"],
            scenarios=found["scenario"],
            ledger=found["entry"],
            people=people,
            ladder=ladder,
            places=reading.places,
            broken=frozenset(reading.broken),
        ),
        reading.issues,
    )


_BARE = re.compile(r"the bare value (\S+)")
_KINDS = (*LISTED, "source", "claim", "scenario", "system", "people")


def _no_records() -> dict[str, dict[str, Record]]:
    return {kind: {} for kind in _KINDS}


@dataclass
class _Reading:
    """One pass over one folder."""

    root: Path
    issues: list[Issue] = field(default_factory=list[Issue])
    found: dict[str, dict[str, Record]] = field(default_factory=_no_records)
    source_of: dict[str, str] = field(default_factory=dict[str, str])
    places: dict[tuple[str, str], Where] = field(default_factory=dict[tuple[str, str], Where])
    digest: Any = field(default_factory=hashlib.sha256)
    broken: set[str] = field(default_factory=set[str])  # ids of what stands in the text and could not be read

    def files(self, place: str) -> list[str]:
        """Files of one folder, or the one file, relative to the root and in order of name."""
        path = self.root / place
        if place.endswith(".toml"):
            return [place] if path.is_file() else []
        return [f"{place}/{file.name}" for file in sorted(path.glob("*.toml"))]

    def document(self, file: str) -> tuple[str, dict[str, Any]] | None:
        """Text and data of one file, or none after noting what is wrong with it."""
        raw = read_bytes(self.root / file)
        if isinstance(raw, Issue):
            return self._note(Issue(raw.rule, raw.severity, raw.message, file, 0, raw.cure))
        self.digest.update(file.encode() + b"\0" + len(raw).to_bytes(8, "big") + raw)
        text = decode(raw, file)
        if isinstance(text, Issue):
            return self._note(text)
        data = parse(text, file)
        if isinstance(data, Issue):
            self.broken |= set(id_lines(text))
            return self._note(data)
        return text, data

    def manifest(self) -> Manifest | None:
        """The manifest; a newer format is refused before anything else is looked at."""
        if not (self.root / "atlas.toml").is_file():
            self._note(
                Issue(
                    "file",
                    "error",
                    f"{self.root} is no atlas: it has no atlas.toml.",
                    "atlas.toml",
                    0,
                    "Name the folder that holds atlas.toml.",
                )
            )
            return None
        document = self.document("atlas.toml")
        if document is None:
            return None
        text, data = document
        version = data.get("format")
        if version != FORMAT:
            newer = isinstance(version, int) and version > FORMAT
            cure = "Install a newer samenspel." if newer else f"Write format = {FORMAT} on the first line."
            what = f"format {version!r} is {'newer than' if newer else 'not'} the format this version reads ({FORMAT})."
            self._note(Issue("format", "error", what, "atlas.toml", field_line(text, 1, "format"), cure))
            return None
        return self._record(Manifest, data, "atlas.toml", text, 1)

    def lists(self, file: str, kinds: tuple[str, ...]) -> None:
        """A file of ``[[table]]`` entries; a hypothesis may also stand alone at the top of its own file."""
        document = self.document(file)
        if document is None:
            return
        text, data = document
        if kinds == ("hypothesis",) and "hypothesis" not in data:
            self._single(file, text, data, "hypothesis", Hypothesis)
            return
        lines, ids = table_lines(text), id_lines(text)
        for table, entries in data.items():
            if table not in kinds or not isinstance(entries, list):
                self._note(
                    Issue(
                        "unknown-field",
                        "error",
                        f"{table!r} does not belong in this file.",
                        file,
                        field_line(text, 1, table) if table not in lines else lines[table][0],
                        f"It holds [[{']], [['.join(kinds)}]]. {say_nearest(table, kinds, '')}".strip(),
                    )
                )
                continue
            headers = lines.get(table, [])
            for number, entry in enumerate(entries):
                line = headers[number] if number < len(headers) else 1
                record = self._record(LISTED[table], entry, file, text, line, table)
                if record is not None:
                    again = _id_of(record) in self.found[table]
                    self._keep(table, record, file, line if again else ids.get(_id_of(record), line))

    def single(self, file: str, kind: str, record_type: type[Record]) -> None:
        """A file that is one record; its id is its name."""
        document = self.document(file)
        if document is not None:
            self._single(file, *document, kind, record_type)

    def _single(self, file: str, text: str, data: dict[str, Any], kind: str, record_type: type[Record]) -> None:
        record = self._record(record_type, data, file, text, 1)
        if record is None:
            return
        line = field_line(text, 1, "id")
        self._keep(kind, record, file, line)
        self._named_after_file(record, file, line)

    def source(self, file: str) -> None:
        """A source with its claims."""
        document = self.document(file)
        if document is None:
            return
        text, data = document
        record = self._record(Source, data, file, text, 1)
        if record is None:
            return
        line = field_line(text, 1, "id")
        self._keep("source", record, file, line)
        self._named_after_file(record, file, line)
        lines, headers = id_lines(text), table_lines(text).get("claim", [])
        for number, claim in enumerate(record.claim):
            again = claim.id in self.found["claim"] and number < len(headers)
            self._keep("claim", claim, file, headers[number] if again else lines.get(claim.id, line))
            self.source_of.setdefault(claim.id, record.id)

    def whole(self, file: str, record_type: type[AnyRecord]) -> AnyRecord | None:
        """A file that is one record without an id."""
        if not (self.root / file).is_file():
            return None
        document = self.document(file)
        return None if document is None else self._record(record_type, document[1], file, document[0], 1)

    def people(self) -> People:
        """Traits, conditions and events: one file, in which an id stands once."""
        file = "people.toml"
        document = self.document(file) if (self.root / file).is_file() else None
        people = None if document is None else self._record(People, document[1], file, document[0], 1)
        if document is None or people is None:
            return People()
        headers = table_lines(document[0])
        for table in ("trait", "condition", "event"):
            for record, line in zip(getattr(people, table), headers.get(table, ()), strict=False):
                self._keep("people", record, file, line)
        return people

    def _record(
        self, record_type: type[AnyRecord], data: Any, file: str, text: str, line: int, table: str = ""
    ) -> AnyRecord | None:
        try:
            # by way of JSON: lists become tuples and whole numbers become floats, all else stays strict
            return record_type.model_validate_json(json.dumps(data, default=_no_dates))
        except ValidationError as wrong:
            self.issues.extend(issues_of(wrong.errors(include_url=False), record_type, data, file, text, line, table))
        except TypeError as wrong:
            bare = _BARE.search(str(wrong))
            place = line_with(text, line, bare.group(1)) if bare else line
            self._note(Issue("schema", "error", str(wrong), file, place, "Write it between quotes."))
        self.broken |= set(_ids_in(data))
        return None

    def _keep(self, kind: str, record: Any, file: str, line: int) -> None:
        entry = _id_of(record)
        known = self.found[kind]
        if entry in known:
            first = self.places[kind, entry]
            self._note(
                Issue(
                    "duplicate-id",
                    "error",
                    f"{kind} {entry!r} stands twice; first in {first.file}:{first.line}.",
                    file,
                    line,
                    "Rename or remove one.",
                )
            )
            return
        known[entry] = record
        self.places[kind, entry] = Where(file, line)

    def _named_after_file(self, record: Any, file: str, line: int) -> None:
        stem = Path(file).stem
        if record.id != stem:
            self._note(
                Issue(
                    "file-name",
                    "error",
                    f"id {record.id!r} differs from the file name {stem!r}.",
                    file,
                    line,
                    f"Rename the file to {record.id}.toml or the id to {stem}.",
                )
            )

    def _note(self, issue: Issue) -> None:
        self.issues.append(issue)


def _id_of(record: Any) -> str:
    """What a record is found by: its id, the claim that a ledger entry is about, the narrower of two words."""
    if isinstance(record, LedgerEntry):
        return record.claim
    return record.narrow if isinstance(record, Kin) else record.id


def _ids_in(data: Any) -> Iterator[str]:
    """Every id inside plain data."""
    if isinstance(data, dict):
        for name, inner in data.items():
            if name in ("id", "claim", "narrow") and isinstance(inner, str):
                yield inner
            else:
                yield from _ids_in(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from _ids_in(inner)


def _no_dates(value: object) -> Any:
    raise TypeError(f"the bare value {value} is a {type(value).__name__}; an atlas holds text and numbers.")
