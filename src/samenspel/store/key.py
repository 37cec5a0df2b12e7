"""Content keys: what made a thing, said canonically and hashed."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from samenspel.quantities.errors import SamenspelError


def key(content: Mapping[str, Any]) -> str:
    """SHA-256, as 64 hexadecimal digits, of the canonical JSON of `content`.

    content  texts, whole numbers, finite floats, booleans, None, and lists or string-keyed tables of these

    Canonical: keys sorted, no spaces, floats by `repr`, so 1, 1.0 and "1" differ. A tuple counts as a list.
    Raises `SamenspelError` naming the part that JSON cannot say exactly (NaN, sets, arrays, objects, number keys).
    """
    text = json.dumps(_plain(content, "content"), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def sources(part: str = "") -> str:
    """Digest of the Python files of this package or a part of it: what they made is kept only as long as they stay the same."""
    root, digest = Path(__file__).parents[1] / part, hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _plain(value: Any, place: str) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, list | tuple):
        parts = cast("list[Any] | tuple[Any, ...]", value)
        return [_plain(part, f"{place}[{n}]") for n, part in enumerate(parts)]
    if isinstance(value, Mapping):
        table = cast("Mapping[Any, Any]", value)
        odd = [name for name in table if not isinstance(name, str)]
        if odd:
            raise _refused(f"{place} has the name {odd[0]!r}, which is no text", "Use texts as names.")
        return {name: _plain(part, f"{place}.{name}") for name, part in table.items()}
    raise _refused(f"{place} is {value!r} ({type(value).__name__})", "Give texts, finite numbers, lists and tables.")


def _refused(what: str, cure: str) -> SamenspelError:
    return SamenspelError(f"a content key cannot be made: {what}.", cure=cure)
