"""Which facts may teach the model (calibrate) and which may only examine it (check).

The rule is a hash of an id, so nobody chooses: a source is `check` if its hash is divisible by 4, a family if its hash
is divisible by 8, a row if either is. ``facts/split.toml`` writes the rule's outcome down; it only ever grows.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Role = Literal["calibrate", "check"]

SOURCE_MODULUS = 4
FAMILY_MODULUS = 8


class SplitError(ValueError):
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
    try:
        text = path.read_bytes().decode("utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise SplitError(f"{path.name}: cannot be read ({error.strerror}); it must stand beside the facts") from error
    except UnicodeDecodeError as error:
        raise SplitError(f"{path.name}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SplitError(f"{path.name}: not valid TOML: {error}") from error
    unknown = set(document) - {"rule", "sources", "families"}
    if unknown:
        raise SplitError(f"{path.name}: unknown part {sorted(unknown)[0]!r}; it holds [rule], [sources] and [families]")
    roles: dict[str, dict[str, Role]] = {}
    for part, modulus in (("sources", SOURCE_MODULUS), ("families", FAMILY_MODULUS)):
        written = document.get(part)
        if not isinstance(written, dict):
            raise SplitError(f"{path.name}: part [{part}] is missing; list every id with its role there")
        entries = cast("dict[str, object]", written)
        for identifier, role in entries.items():
            expected = _role(identifier, modulus)
            if role != expected:
                line = _line_of(text, identifier)
                raise SplitError(
                    f"{path.name}, line {line}: {identifier!r} in [{part}] is written as {role!r}, "
                    f"the rule makes it {expected!r}; write {expected!r}, roles are not chosen"
                )
        if list(entries) != sorted(entries):
            raise SplitError(f"{path.name}: ids in [{part}] are not sorted; sort them by id")
        roles[part] = cast("dict[str, Role]", entries)
    return Split(sources=roles["sources"], families=roles["families"])


def refuse_shrinking(before: Split, after: Split) -> None:
    """Refuse a split that lost an id: `before` must be contained in `after`.

    Raises SplitError, naming every id that is gone.
    """
    gone = sorted((set(before.sources) - set(after.sources)) | (set(before.families) - set(after.families)))
    if gone:
        raise SplitError(f"the split only grows, but {', '.join(map(repr, gone))} left it; put it back")


def missing_from_split(split: Split, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Ids of sources and families used by `rows` (source, family) that the split does not list yet, sorted."""
    wanted_sources: set[str] = set()
    wanted_families: set[str] = set()
    for source, family in rows:
        wanted_sources.add(source)
        wanted_families.add(family)
    return sorted((wanted_sources - set(split.sources)) | (wanted_families - set(split.families)))


def _line_of(text: str, identifier: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.split("=")[0].strip().strip('"') == identifier:
            return number
    return 0
