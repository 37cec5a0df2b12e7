"""How a command ends: every mistake is one paragraph on standard error, and the exit code says of which kind it was.

0 ok, 1 issues found, 2 wrong use, 3 internal, 130 interrupted.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup

from samenspel.quantities.errors import SamenspelError

OK, ISSUES, WRONG_USE, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130
log = logging.getLogger("samenspel")


class GuardedGroup(TyperGroup):
    """The commands, with one door for all errors."""

    def main(  # type: ignore[override]  # the further arguments differ between versions of the library
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **more: Any
    ) -> Any:
        """Run a command and leave with its exit code; without `standalone_mode` return the code."""
        standalone = more.pop("standalone_mode", True)
        code = self._code(args, prog_name or "samenspel", more)
        if standalone:
            sys.exit(code)
        return code

    def _code(self, args: Sequence[str] | None, prog_name: str, more: dict[str, Any]) -> int:
        try:
            result = super().main(args=args, prog_name=prog_name, standalone_mode=False, **more)
            sys.stdout.flush()
        except SamenspelError as wrong:
            return _say(str(wrong), WRONG_USE)
        except KeyboardInterrupt:
            return _interrupted()
        except BrokenPipeError:
            _close_quietly()
            return OK
        except Exception as wrong:
            return _other(wrong)
        code = result if isinstance(result, int) else OK
        return _interrupted() if code == INTERRUPTED else code


def _other(wrong: Exception) -> int:
    """Wrong use as the command-line library reports it (known by its face: it is vendored in some versions), or ours."""
    kind = type(wrong).__name__
    if kind == "Abort":
        return _interrupted()
    if kind == "NoArgsIsHelpError":
        wrong.show()  # type: ignore[attr-defined]
        return WRONG_USE
    if hasattr(wrong, "format_message") and hasattr(wrong, "exit_code"):
        context = getattr(wrong, "ctx", None)
        path = getattr(context, "command_path", "samenspel")
        said = wrong.format_message().rstrip(".").replace("Value error, ", "")  # type: ignore[attr-defined]
        return _say(f"{said}. See '{path} --help'.", WRONG_USE)  # type: ignore[attr-defined]
    if isinstance(wrong, OSError) and wrong.errno == errno.ENOSPC:
        _close_quietly()
        return _say("cannot write the output: no space left on the device. Make room, or write somewhere else.", WRONG_USE)
    log.debug("", exc_info=wrong)
    return _say(f"internal error, {kind}: {wrong}. Run again with -v for the whole story, and please report it.", INTERNAL)


def _say(message: str, code: int) -> int:
    sys.stderr.write("samenspel: " + " ".join(message.split()) + "\n")
    return code


def _interrupted() -> int:
    return _say("interrupted. Nothing is half-written; the same command goes on.", INTERRUPTED)


def _close_quietly() -> None:
    """The reader went away: point standard output at nothing, so that closing it says nothing."""
    handle = os.open(os.devnull, os.O_WRONLY)
    os.dup2(handle, sys.stdout.fileno())
