"""What an answer says, as blocks of paragraphs, lists, tables and pictures; text and report are skins on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Where = Literal["both", "text", "report"]


@dataclass(frozen=True)
class Link:
    """A text that leads to an address outside."""

    text: str
    address: str

    def __str__(self) -> str:
        return self.text


Cell = str | Link


@dataclass(frozen=True)
class Paragraph:
    """Running text; `weight` says how loudly."""

    text: str
    weight: Literal["plain", "strong", "note"] = "plain"
    where: Where = "both"
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Heading:
    """A heading within a block."""

    text: str
    where: Where = "both"
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Entry:
    """One entry of a list, with what belongs under it."""

    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """Entries without a further order, unless their text numbers them."""

    entries: tuple[Entry, ...]
    where: Where = "both"
    kind: Literal["list"] = "list"


@dataclass(frozen=True)
class Table:
    """Rows under columns; the first column heads its row. `numeric` columns are set to the right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: frozenset[int] = frozenset()
    folded: bool = False
    where: Where = "both"
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Picture:
    """A figure by the name of the module that draws it, with the table of its numbers; text shows neither."""

    name: str
    title: str
    description: str
    table: Table
    notes: tuple[str, ...] = ()
    where: Where = "report"
    kind: Literal["picture"] = "picture"


Item = Paragraph | Heading | Listing | Table | Picture


@dataclass(frozen=True)
class Block:
    """One of the blocks of an answer."""

    id: str
    heading: str
    items: tuple[Item, ...]

    def shown(self, where: Literal["text", "report"]) -> tuple[Item, ...]:
        """The items that a skin shows."""
        return tuple(item for item in self.items if item.where in ("both", where))
