"""Which facts may teach the model (calibrate) and which may only examine it (check).

The rule is a hash of an id, so nobody chooses: a source is `check` if its hash is divisible by 4, a family if its hash
is divisible by 8, a row if either is. ``facts/split.toml`` writes the rule's outcome down; it only ever grows.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, cast

from samenspel.quantities.errors import SamenspelError

Role = Literal["calibrate", "check"]

SOURCE_MODULUS = 4
FAMILY_MODULUS = 8


class SplitError(SamenspelError):
    """The split file disagrees with its rule, has shrunk, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Split:
    """The roles as written down: `sources` and `families` map an id to its role."""

    sources: Mapping[str, Role]
    families: Mapping[str, Role]


def _role(identifier: str, modulus: int) -> Role:
    digest = int(hashlib.sha256(identifier.encode("utf-8")).hexdigest(), 16)
    return "check" if digest % modulus == 0 else "calibrate"


def role_of_source(source: str) -> Role:
    """Role of a source: `check` if sha256(id) mod 4 = 0.

    >>> role_of_source("mork-2012")
    'check'
    """
    return _role(source, SOURCE_MODULUS)


def role_of_family(family: str) -> Role:
    """Role of a family of facts: `check` if sha256(id) mod 8 = 0."""
    return _role(family, FAMILY_MODULUS)


def role_of_row(source: str, family: str) -> Role:
    """Role of one fact: `check` if its source or its family is, else `calibrate`."""
    return "check" if "check" in (role_of_source(source), role_of_family(family)) else "calibrate"


def read_split(path: Path) -> Split:
    """Read ``facts/split.toml`` and refuse it if one entry differs from the rule.

    Raises SplitError, naming the file, the id, the written role and the role by the rule.
    """
    name = path.name
    try:
        text = path.read_bytes().decode("utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise SplitError(f"cannot be read ({error.strerror}).", file=name, cure="Put it with the facts.") from error
    except UnicodeDecodeError as error:
        raise SplitError(f"byte {error.start} is not UTF-8.", file=name, cure="Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SplitError(f"this is not TOML: {error}.", file=name, cure="Mend the line.") from error
    unknown = set(document) - {"rule", "sources", "families"}
    if unknown:
        raise SplitError(f"unknown part {min(unknown)!r}.", file=name, cure="Keep [rule], [sources], [families].")
    return Split(
        sources=_part(document, "sources", SOURCE_MODULUS, text, name),
        families=_part(document, "families", FAMILY_MODULUS, text, name),
    )


def _part(document: dict[str, object], part: str, modulus: int, text: str, name: str) -> Mapping[str, Role]:
    written = document.get(part)
    if not isinstance(written, dict):
        raise SplitError(f"part [{part}] is missing.", file=name, cure="List every id with its role there.")
    entries = cast("dict[str, object]", written)
    for identifier, role in entries.items():
        expected = _role(identifier, modulus)
        if role != expected:
            raise SplitError(
                f"{identifier!r} in [{part}] is written as {role!r}, the rule makes it {expected!r}.",
                file=name,
                line=_line_of(text, part, identifier),
                cure=f"Write {expected!r}: roles are not chosen.",
            )
    ids = list(entries)
    for before, after in pairwise(ids):
        if before > after:
            line = _line_of(text, part, after)
            raise SplitError(f"{after!r} stands after {before!r} in [{part}].", file=name, line=line, cure="Sort ids.")
    return cast("Mapping[str, Role]", entries)


def refuse_shrinking(before: Split, after: Split) -> None:
    """Refuse a split that lost an id: `before` must be contained in `after`.

    Raises SplitError, naming every id that is gone.
    """
    gone = sorted((set(before.sources) - set(after.sources)) | (set(before.families) - set(after.families)))
    if gone:
        raise SplitError(f"the split only grows, but {', '.join(map(repr, gone))} left it.", cure="Put it back.")


def missing_from_split(split: Split, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Ids of sources and families used by `rows` (source, family) that the split does not list yet, sorted."""
    wanted_sources: set[str] = set()
    wanted_families: set[str] = set()
    for source, family in rows:
        wanted_sources.add(source)
        wanted_families.add(family)
    return sorted((wanted_sources - set(split.sources)) | (wanted_families - set(split.families)))


def _line_of(text: str, part: str, identifier: str) -> int | None:
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("["):
            inside = line.strip() == f"[{part}]"
        elif inside and line.split("=")[0].strip().strip('"') == identifier:
            return number
    return None
