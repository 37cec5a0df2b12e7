"""The blocks of an answer as text: laid out by rich on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

from samenspel.studies.answer import Answer
from samenspel.views.blocks import blocks
from samenspel.views.catalogue import Language, of
from samenspel.views.content import Block, Entry, Heading, Item, Listing, Paragraph, Table
from samenspel.views.patients import without_simulation

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Reader = Literal["researchers", "patients"]
WIDTH = 100  # columns where the output is no terminal
WIDEST = 110  # longer lines are hard to read


def show(answer: Answer, console: Console, language: Language = "en", reader: Reader = "researchers") -> None:
    """Print an answer on a console; for `patients` nothing simulated is left in it."""
    if console.is_terminal:
        _print(answer, console, language, reader)
    else:
        console.file.write(as_text(answer, language, reader))


def as_text(answer: Answer, language: Language = "en", reader: Reader = "researchers", width: int = WIDTH) -> str:
    """An answer as plain text, without colours and without blanks at the end of lines."""
    from rich.console import Console

    out = io.StringIO()
    _print(answer, Console(file=out, width=width, color_system=None, force_terminal=False), language, reader)
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def _print(answer: Answer, console: Console, language: Language, reader: Reader) -> None:
    answer = Answer.from_json(answer.to_json())
    c = of(language)
    shown = without_simulation(answer) if reader == "patients" else answer
    width = min(console.width, WIDEST)
    for block in blocks(shown, c):
        _block(block, console, width)
    console.print(c.say("report.key", key=answer.key[:12], version=answer.version), style="dim", width=width, highlight=False)


def _block(block: Block, console: Console, width: int) -> None:
    from rich.text import Text

    console.print(Text(block.heading, style="bold"), width=width)
    if not console.is_terminal:
        console.print(Text("=" * min(len(block.heading), width)))
    for item in block.shown("text"):
        console.print(_render(item, console.is_terminal), width=width)
        if not isinstance(item, Heading):
            console.print()


def _render(item: Item, pretty: bool) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    if isinstance(item, Paragraph):
        return Text(item.text, style={"plain": "", "strong": "bold", "note": "dim"}[item.weight])
    if isinstance(item, Heading):
        return Text(item.text, style="italic")
    if isinstance(item, Listing):
        return Group(*(Padding(_entry(entry), (0, 0, 0, 2)) for entry in item.entries))
    if isinstance(item, Table):
        return _table(item, pretty)
    raise TypeError(f"text does not show {type(item).__name__}")


def _entry(entry: Entry) -> RenderableType:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column()
    grid.add_row("-", Text(entry.text))
    for detail in entry.details:
        grid.add_row("", Text(detail, style="dim"))
    return grid


def _table(table: Table, pretty: bool) -> RenderableType:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(
        title=Text(table.caption, style="italic"),
        title_justify="left",
        box=box.SIMPLE_HEAD if pretty else None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for k, name in enumerate(table.columns):
        grid.add_column(Text(name, style="bold"), justify="right" if k in table.numeric else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(str(cell)) for cell in row))
    return grid
