"""The sheet Elements: labels, kinds, strengths of pushes, and which one is the outcome."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from samenspel.evidence.diagram import STRONGEST, Kind, Variable
from samenspel.evidence.issues import say_nearest
from samenspel.evidence.kumu_sheet import Line, Sheet, number_of, plain
from samenspel.quantities.errors import SamenspelError

ELEMENT_COLUMNS = ("label", "type", "tags", "description")
MOST_VARIABLES = 200  # measured: with 2,000 links among them, leverage takes some minutes and 1.5 GB
KINDS: dict[str, Kind] = {"stock": "stock", "auxiliary": "auxiliary", "constant": "constant"}
#: other words of the trade for the same
OTHER_WORDS: dict[str, Kind] = {
    "level": "stock", "state": "stock", "variable": "auxiliary", "converter": "auxiliary", "flow": "auxiliary",
    "rate": "auxiliary", "parameter": "constant", "exogenous": "constant", "driver": "constant",
}  # fmt: skip
OUTCOME = "voi"  # variable of interest
Labels = Mapping[str, tuple[str, int]]


def labels_of(elements: Sheet) -> dict[str, tuple[str, int]]:
    """Label as it is compared → (label, row).

    Raises `SamenspelError` for an element without a label, a label that stands twice, and too few or too many.
    """
    found: dict[str, tuple[str, int]] = {}
    for row in elements.rows:
        label = elements.text(row, "label")
        if not label:
            raise elements.wrong(row, "an element has no Label.", "Name it, or empty the row.", "label")
        row["label"] = label
        known = found.setdefault(plain(label), (label, number_of(row)))
        if known[1] != number_of(row):
            raise elements.wrong(
                row, f"{label!r} stands twice, first in row {known[1]}.", "Rename or remove one.", "label"
            )
    if not 2 <= len(found) <= MOST_VARIABLES:
        raise SamenspelError(
            f"sheet {elements.title!r} has {len(found)} element{'' if len(found) == 1 else 's'}; "
            f"from 2 to {MOST_VARIABLES} can be read.",
            file=elements.file,
            cure="Split or complete the diagram.",
        )
    return found


def variables_of(
    elements: Sheet, labels: Labels, reached: set[str], outcome: str | None, taken: set[str]
) -> tuple[Variable, ...]:
    """One variable per row; `reached` are the labels that a link leads to, `taken` the words that no variable may have.

    Raises `SamenspelError` for a Type or strength that is none, and unless exactly one element is the outcome.
    """
    wanted = plain(" ".join(outcome.split())) if outcome is not None else None
    if wanted is not None and wanted not in labels:
        raise SamenspelError(
            f"the outcome {outcome!r} is no element.",
            file=elements.file,
            cure=say_nearest(str(outcome), [label for label, _ in labels.values()]),
        )
    out: list[Variable] = []
    for row in elements.rows:
        label, assumed = str(row["label"]), list[str]()
        kind = _kind(elements, row)
        if kind is None:
            kind = "stock" if plain(label) in reached else "constant"
            assumed.append(f"no type given: taken as a {kind}")
        strength, others = _strength(elements, row)
        if strength is None:
            assumed.append("no tag given: no intervention")
        if others:
            assumed.append(f"tags not read: {', '.join(others)}")
        said = plain(elements.text(row, "description")) == OUTCOME
        out.append(
            Variable(
                id=_own_word(label, taken),
                label=label,
                kind=kind,
                strength=strength or 0.0,
                row=number_of(row),
                outcome=said if wanted is None else plain(label) == wanted,
                assumed="; ".join(assumed) or None,
            )
        )
    marked = [v.label for v in out if v.outcome]
    if len(marked) != 1:
        what = (
            f"{len(marked)} elements are marked as outcome: {', '.join(marked)}"
            if marked
            else "no element is marked as the outcome"
        )
        raise SamenspelError(
            f"sheet {elements.title!r}: {what}.",
            file=elements.file,
            cure="Write VOI in the Description of one element, or give --outcome LABEL.",
        )
    return tuple(out)


def _kind(elements: Sheet, row: Line) -> Kind | None:
    written = elements.text(row, "type")
    kind = KINDS.get(plain(written))
    if written and kind is None:
        other = OTHER_WORDS.get(plain(written))
        cure = f"Write {other}, or leave it empty." if other else f"Use {', '.join(KINDS)}, or leave it empty."
        raise elements.wrong(
            row, f"{row['label']!r} has the Type {written!r}.", say_nearest(plain(written), KINDS, cure), "type"
        )
    return kind


def _strength(elements: Sheet, row: Line) -> tuple[float | None, list[str]]:
    """The one number among the tags, which may stand in a list with ; or |, and the tags beside it."""
    written = elements.text(row, "tags")
    parts = [p for p in (part.strip() for part in re.split(r"[;|]", written)) if p]
    if len(parts) < 2:
        return elements.number({**row, "tags": parts[0] if parts else None}, "tags", STRONGEST, "SDs"), []
    numbers = [p for p in parts if re.match(r"[+-]?[.\d]", p.replace("\u2212", "-"))]
    if len(numbers) > 1:
        raise elements.wrong(row, f"Tags holds {len(numbers)} numbers: {written!r}.", "Keep one: the strength.", "tags")
    strength = elements.number({**row, "tags": numbers[0]}, "tags", STRONGEST, "SDs") if numbers else None
    return strength, [p for p in parts if p not in numbers]


def _own_word(label: str, taken: set[str]) -> str:
    """A label as a word of small letters, digits and underscores that no other variable has."""
    bare = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")[:60].strip("_") or "variable"
    word = word if word[0].isalpha() else f"v_{word}"
    name, count = word, 1
    while name in taken:
        count += 1
        name = f"{word}_{count}"
    taken.add(name)
    return name
