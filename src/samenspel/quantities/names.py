"""Nearest names for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Up to `count` known names most like `name`."""
    return difflib.get_close_matches(name, list(known), n=count, cutoff=0.5)
