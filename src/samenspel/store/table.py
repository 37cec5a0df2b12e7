"""A table too long for memory: a Parquet file written row group by row group, in its place only when it is whole."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

from samenspel.store.atomic import atomic_file, sweep

Column = npt.NDArray[Any] | tuple[npt.NDArray[np.int8], tuple[str, ...]]


class TableFile:
    """Takes row groups; the first one names the columns and their types."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._writer: Any = None
        self.rows = 0

    def add(self, columns: Mapping[str, Column]) -> None:
        """One row group: arrays of equal length, or for texts (numbers, names) with 0 for the first name."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        arrays = [_texts(c) if isinstance(c, tuple) else pa.array(c) for c in columns.values()]
        table = cast("Any", pa).table(arrays, names=list(columns))
        if self._writer is None:
            self._writer = cast("Any", pq).ParquetWriter(self._out, table.schema, compression="zstd", version="2.6")
        self._writer.write_table(table, row_group_size=max(len(table), 1))
        self.rows += len(table)

    def close(self) -> None:
        """Write what Parquet keeps at the end."""
        if self._writer is not None:
            self._writer.close()

    def drop(self) -> None:
        """Let go after an error, without another one."""
        if self._writer is not None:
            with contextlib.suppress(Exception):
                self._writer.close()
            self._writer.is_open = False


def _texts(column: tuple[npt.NDArray[np.int8], tuple[str, ...]]) -> Any:
    import pyarrow as pa

    return cast("Any", pa).DictionaryArray.from_arrays(column[0], list(column[1]))


@contextlib.contextmanager
def table_file(path: Path | str) -> Generator[TableFile]:
    """A table to add row groups to. Equal row groups make equal bytes: no clock, path or host.

    Raises `SamenspelError` if it cannot be written; what stood there before stays after any error.
    """
    if Path(path).parent.is_dir():
        sweep(Path(path).parent)
    with atomic_file(path) as out:
        table = TableFile(out)
        try:
            yield table
            table.close()
        except BaseException:
            table.drop()
            raise
