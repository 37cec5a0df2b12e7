"""Mistakes of a user or author, said in one paragraph: what, where, and the cure."""

from __future__ import annotations


class SamenspelError(Exception):
    """A mistake that can be put right; `message` names the culprit, `cure` says how."""

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None, cure: str | None = None) -> None:
        self.message, self.file, self.line, self.cure = message, file, line, cure
        super().__init__(str(self))

    def __str__(self) -> str:
        """One paragraph."""
        place = f"{self.file}, line {self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.message}" + (f" {self.cure}" if self.cure else "")
