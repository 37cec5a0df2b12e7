"""How far a run is, on standard error: a bar on a terminal, lines with percentages elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from samenspel.views.catalogue import Catalogue

Tell = Callable[[str, float], None]
STEP = 0.1  # share between two lines of the same stage
END = 0.98  # share at which a bar leaves, and its thread with it: the reports are drawn by copies of this process


@contextmanager
def progress(c: Catalogue, *, quiet: bool) -> Generator[Tell]:
    """A function that takes a stage and a share of 1."""
    if quiet:
        yield lambda _stage, _share: None
    elif sys.stderr.isatty():
        with _bar(c) as tell:
            yield tell
    else:
        yield _lines(c)


def stage_name(stage: str, c: Catalogue) -> str:
    """A stage in the catalogue's language, or as the run names it."""
    named = c.name("stage", stage.replace(" ", "_"))
    return stage if named == stage.replace(" ", "_") else named


@contextmanager
def _bar(c: Catalogue) -> Generator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def tell(stage: str, share: float) -> None:
            bar.update(task, completed=share, description=stage_name(stage, c))
            if share >= END:
                bar.stop()

        yield tell


def _lines(c: Catalogue) -> Tell:
    last: dict[str, float] = {}

    def tell(stage: str, share: float) -> None:
        if stage not in last or share >= last[stage] + STEP:
            last[stage] = share
            sys.stderr.write(f"{share:4.0%} {stage_name(stage, c)}\n")
            sys.stderr.flush()

    return tell
