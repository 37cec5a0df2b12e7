"""What a command tells beside its answer, on standard error."""

from __future__ import annotations

import logging
import sys


def remarks(*, quiet: bool = False, verbose: bool = False) -> None:
    """Show warnings; all that happens where `verbose`, errors alone where `quiet`."""
    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("samenspel").setLevel(level)
