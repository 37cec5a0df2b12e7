"""One finding about an atlas: what is wrong, where, and how to put it right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint
from samenspel.quantities.names import nearest as nearest

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding of the reader or of one rule. `line` counts from 1; 0 means the file as a whole."""

    rule: str
    severity: Severity
    message: str
    file: str
    line: int
    cure: str

    def __str__(self) -> str:
        """The finding on one line, in the form editors jump to."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.severity}: {self.message} {self.cure}".rstrip()

    def as_json(self) -> dict[str, str | int]:
        """The finding as a JSON object."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "cure": self.cure,
        }


def errors_of(issues: Iterable[Issue]) -> list[Issue]:
    """Only the findings that make an atlas unusable."""
    return [issue for issue in issues if issue.severity == "error"]


def refuse(issues: Sequence[Issue]) -> None:
    """Raise the first error and say how many are left.

    Raises:
        SamenspelError: if any finding is an error.
    """
    errors = errors_of(issues)
    if not errors:
        return
    first, left = errors[0], len(errors) - 1
    more = f" ({left} more: run `samenspel check`)" if left else ""
    raise SamenspelError(first.message + more, file=first.file, line=first.line or None, cure=first.cure)


def say_nearest(name: str, known: Iterable[str], otherwise: str = "Correct the name, or add it to the atlas.") -> str:
    """The sentence that offers the nearest names, or `otherwise` when none is near."""
    return hint(name, known).strip() or otherwise
