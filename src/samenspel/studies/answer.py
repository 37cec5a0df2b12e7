"""`Answer`: what a run found, as data. Its methods only read what was computed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

SCHEMA = 1
HEAD = ("scenario", "status", "key", "version")
BLOCKS = ("question", "published", "assumptions", "built_in_or_learned", "routes", "rivals", "rests_on", "purpose")


@dataclass(frozen=True)
class Size:
    """A number with its spread over worlds: 5th, 50th and 95th percentile of the within-world mean."""

    low: float
    middle: float
    high: float
    unit: str
    worlds: int


@dataclass(frozen=True, eq=False)
class Answer:
    """One question, answered as far as the evidence carries; `blocks` hold the seven blocks by name.

    Blocks: question, published, assumptions, built_in_or_learned, routes, rivals, rests_on, purpose.
    """

    scenario: str
    status: str  # NOT CALIBRATED | CALIBRATED ON n FACTS
    key: str
    blocks: Mapping[str, Any]
    trajectories: Mapping[str, Any] = field(default_factory=dict[str, Any])
    version: str = ""

    def effect(self, measure: str, week: int) -> Size:
        """The paired difference of treatment and comparator on a measure at the end of a week.

        Raises `SamenspelError` for a measure or week that was not computed.
        """
        table = self.blocks["assumptions"]["effects"]
        if measure not in table:
            raise SamenspelError(
                f"no effect on {measure!r}.{hint(measure, table)}",
                cure="Add it to the scenario's measures.",
            )
        weeks = table[measure]["weeks"]
        if str(week) not in weeks:
            raise SamenspelError(f"no effect at week {week}; computed: {sorted(map(int, weeks))}.")
        row = weeks[str(week)]
        return Size(row["low"], row["middle"], row["high"], table[measure]["unit"], row["worlds"])

    def rivals(self) -> list[dict[str, Any]]:
        """Open questions with their options and what each option would mean for the answer."""
        return list(self.blocks["rivals"]["hypotheses"])

    def routes(self) -> dict[str, Any]:
        """What part of the effect goes away when a system's influences are fed from the comparator arm."""
        return dict(self.blocks["routes"])

    def claims(self) -> list[str]:
        """Ids of all claims that the answer rests on."""
        return list(self.blocks["rests_on"]["claims"])

    def to_json(self) -> str:
        """The document of ``answer.json``: sorted keys, no clock, path or host; repeats byte for byte."""
        document = {
            "schema": SCHEMA,
            "scenario": self.scenario,
            "status": self.status,
            "key": self.key,
            "version": self.version,
            **self.blocks,
            "trajectories": self.trajectories,
        }
        try:
            return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
        except ValueError as fault:
            raise SamenspelError(
                f"the answer has no finite number at {', '.join(_unfinite(document, '')[:3])}.",
                cure="Look at the numbers of the scenario and of what it names, or ask for more people.",
            ) from fault

    @staticmethod
    def from_json(text: str) -> Answer:
        """Read ``answer.json`` back.

        Raises `SamenspelError` for a text that is no answer.
        """
        cure = "Give the text of an answer.json that samenspel wrote."
        try:
            d = json.loads(text)
        except (TypeError, ValueError, RecursionError) as fault:
            raise SamenspelError(f"this is no answer: {fault}.", cure=cure) from fault
        if not isinstance(d, dict):
            raise SamenspelError("this is no answer: it is no JSON object.", cure=cure)
        table = cast("dict[str, Any]", d)
        missing = [n for n in (*HEAD, *BLOCKS, "trajectories") if n not in table]
        if missing:
            raise SamenspelError(f"this is no answer: it lacks {', '.join(missing)}.", cure=cure)
        if table.get("schema") != SCHEMA:
            raise SamenspelError(f"this answer has schema {table.get('schema')!r}; this version reads {SCHEMA}.", cure=cure)
        scenario, status, key, version = (table[n] for n in HEAD)
        return Answer(scenario, status, key, {n: table[n] for n in BLOCKS}, table["trajectories"], version)


def _unfinite(part: Any, place: str) -> list[str]:
    """Where numbers stand that are not finite, as ``block.field.field``."""
    if isinstance(part, float):
        return [] if math.isfinite(part) else [place]
    rows: list[tuple[Any, Any]] = []
    if isinstance(part, Mapping):
        rows = list(cast("Mapping[Any, Any]", part).items())
    elif isinstance(part, list | tuple):
        rows = list(enumerate(cast("list[Any]", part)))
    return [found for name, inner in rows for found in _unfinite(inner, f"{place}.{name}".lstrip("."))]
