"""Mistakes of a user or author, said in one paragraph: where, what, and the cure."""

from __future__ import annotations


class SamenspelError(Exception):
    """A mistake that can be put right; it says where it stands, what is wrong, and how to cure it.

    message  what is wrong, naming the culprit
    file     the file it stands in, as the user knows it, or None
    line     the line in that file, counted from 1, or None
    cure     what to do about it, or None

    The text of the error is one paragraph: ``file, line n: message cure``. Failures of nature (a person whose equations
    diverge) are not errors but counted results.
    """

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, cure: str | None = None
    ) -> None:
        self.message, self.file, self.line, self.cure = message, file, line, cure
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from all four fields, so that an error crosses from a worker process unharmed."""
        return _rebuild, (type(self), self.message, self.file, self.line, self.cure)

    def __str__(self) -> str:
        """One paragraph; line breaks inside the parts become spaces."""
        place = f"{self.file}, line {self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        return " ".join(f"{place}{self.message} {self.cure or ''}".split())


class UnitMismatch(SamenspelError):
    """Two quantities that measure different things were added, compared, or put where no unit belongs."""


def _rebuild(
    kind: type[SamenspelError], message: str, file: str | None, line: int | None, cure: str | None
) -> SamenspelError:
    return kind(message, file=file, line=line, cure=cure)
