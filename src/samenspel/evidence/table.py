"""The claims as a table that one SELECT expression can filter, behind a locked door.

The database lives in memory and holds three tables (claims, sources, quantities). Reading files, loading extensions and
changing settings are switched off and locked before the expression is looked at; it must be one expression, and time,
memory and rows are limited.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.evidence.schema import remark
from samenspel.quantities.errors import SamenspelError

MOST_CHARACTERS = 4_000
MOST_BRACKETS = 100
SECONDS = 5.0
MEMORY = "512MB"

CLAIM_COLUMNS = (
    "id",
    "source",
    "level",
    "kind",
    "subject",
    "relation",
    "object",
    "system",
    "population",
    "comparator",
    "species",
    "intervention",
    "design",
    "timing",
    "causal",
    "certainty",
    "limits",
    "metric",
    "value",
    "low",
    "high",
    "interval_level",
    "unit",
    "k",
    "n",
    "i2",
    "moved",
    "suspect",
    "item",
    "speaker",
    "locator",
    "en",
    "nl",
)
_NUMBERS = frozenset({"value", "low", "high", "interval_level", "i2"})
_WHOLE = frozenset({"k", "n", "year"})
_FLAGS = frozenset({"moved", "selected_on_outcome"})
SOURCE_COLUMNS = (
    "id",
    "type",
    "title",
    "authors",
    "year",
    "journal",
    "doi",
    "pmid",
    "language",
    "design",
    "n",
    "population",
    "interest",
    "via",
    "access",
    "read",
    "status",
    "selected_on_outcome",
)
QUANTITY_COLUMNS = ("id", "en", "nl", "system", "kind", "unit", "reads")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of claims, with the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def as_json(self) -> dict[str, object]:
        """The shape that `evidence table --json` prints."""
        return {"schema": 1, "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows]}


def claim_rows(atlas: Atlas) -> Iterator[dict[str, Any]]:
    """One flat row per claim, in order of file."""
    levels = Grading(atlas).levels
    for source, claim in atlas.pairs():
        effect = claim.effect
        yield {
            "id": claim.id,
            "source": source.id,
            "level": levels[claim.id],
            "kind": claim.kind,
            "subject": claim.subject,
            "relation": claim.relation,
            "object": claim.object,
            "system": claim.system,
            "population": claim.population or source.population,
            "comparator": claim.comparator,
            "species": claim.species,
            "intervention": claim.intervention,
            "design": claim.design or source.design,
            "timing": claim.timing,
            "causal": claim.causal,
            "certainty": claim.certainty,
            "limits": ", ".join(claim.limits),
            "metric": effect.metric if effect else None,
            "value": effect.value if effect else None,
            "low": effect.low if effect else None,
            "high": effect.high if effect else None,
            "interval_level": effect.level if effect else None,
            "unit": effect.unit if effect else None,
            "k": effect.k if effect else None,
            "n": effect.n if effect else source.n,
            "i2": effect.i2 if effect else None,
            "moved": claim.moved,
            "suspect": remark(claim.suspect, "en"),
            "item": claim.item,
            "speaker": claim.speaker,
            "locator": claim.locator,
            "en": claim.en,
            "nl": claim.nl,
        }


def source_rows(atlas: Atlas) -> Iterator[dict[str, Any]]:
    """One flat row per source."""
    for source in atlas.sources.values():
        row = {name: getattr(source, name) for name in SOURCE_COLUMNS}
        yield {**row, "authors": "; ".join(source.authors), "interest": remark(source.interest, "en")}


def table(atlas: Atlas, where: str = "true", *, seconds: float = SECONDS, most: int | None = None) -> Table:
    """Claims for which one SELECT expression holds, for example ``level = '2' AND subject LIKE 'sleep%'``.

    Raises:
        SamenspelError: if the text is not one expression, names something that is not there, reaches outside, or
        takes too
            long.
    """
    import duckdb

    expression = one_expression(where)
    limit = "" if most is None else f" LIMIT {int(most)}"
    query = f"SELECT * FROM claims WHERE (\n{expression}\n){limit}"
    connection = duckdb.connect(
        ":memory:", config={"memory_limit": MEMORY, "threads": 1, "max_temp_directory_size": "0B"}
    )
    try:
        _fill(connection, atlas)
        _lock(connection)
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise _refused(where, "it is not one SELECT expression.")
        alarm = threading.Timer(seconds, connection.interrupt)
        alarm.start()
        try:
            rows = connection.execute(query).fetchall()
        finally:
            alarm.cancel()
    except duckdb.InterruptException as wrong:
        raise _refused(where, f"it takes longer than {seconds:g} seconds.") from wrong
    except (duckdb.Error, RuntimeError, UnicodeError) as wrong:
        raise _refused(where, str(wrong).split("\n")[0].rstrip(".") + ".") from wrong
    finally:
        connection.close()
    return Table(CLAIM_COLUMNS, tuple(rows))


def one_expression(where: str) -> str:
    """The text, if its quotes and brackets close and it holds no second statement or comment.

    Raises:
        SamenspelError: otherwise.
    """
    if len(where) > MOST_CHARACTERS:
        raise _refused(where, f"it is longer than {MOST_CHARACTERS} characters.")
    if not where.strip() or "\0" in where:
        raise _refused(where, "it is empty or holds a null byte.")
    depth, i = 0, 0
    while i < len(where):
        letter = where[i]
        if letter in "'\"":
            end = where.find(letter, i + 1)
            if end < 0:
                raise _refused(where, "a quote is not closed.")
            i = end + 1
            continue
        if letter == ";" or letter == "$" or where.startswith(("--", "/*"), i):
            raise _refused(where, "semicolons, comments and dollar quotes are not part of an expression.")
        depth += (letter == "(") - (letter == ")")
        if depth < 0 or depth > MOST_BRACKETS:
            raise _refused(where, "its brackets do not match, or nest too deeply.")
        i += 1
    if depth:
        raise _refused(where, "a bracket is not closed.")
    return where


def _fill(connection: Any, atlas: Atlas) -> None:
    tables: tuple[tuple[str, tuple[str, ...], Iterator[dict[str, Any]]], ...] = (
        ("claims", CLAIM_COLUMNS, claim_rows(atlas)),
        ("sources", SOURCE_COLUMNS, source_rows(atlas)),
        (
            "quantities",
            QUANTITY_COLUMNS,
            ({c: getattr(q, c) for c in QUANTITY_COLUMNS} for q in atlas.quantities.values()),
        ),
    )
    for name, columns, rows in tables:
        connection.register("incoming", arrow_table(name, columns, rows))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        connection.unregister("incoming")


def arrow_table(name: str, columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> Any:
    """Rows as an Arrow table with the types of the named table (claims, sources, quantities)."""
    import pyarrow as pa

    listed = list(rows)
    return pa.table({c: pa.array([row[c] for row in listed], type=_type(c, name)) for c in columns})


def _type(column: str, table_name: str) -> Any:
    import pyarrow as pa

    if column in _FLAGS:
        return pa.bool_()
    if column in _WHOLE and table_name != "quantities":
        return pa.int64()
    return pa.float64() if column in _NUMBERS and table_name == "claims" else pa.string()


def _lock(connection: Any) -> None:
    """Nothing outside can be reached after this, and the lock itself cannot be opened."""
    for setting in (
        "enable_external_access = false",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")


def _refused(where: str, why: str) -> SamenspelError:
    shown = where if len(where) <= 60 else where[:57] + "…"
    return SamenspelError(
        f"cannot filter claims by {shown!r}: {why}",
        cure=f"Write one condition over these columns: {', '.join(CLAIM_COLUMNS)}.",
    )
