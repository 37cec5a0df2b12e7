"""A long table is whole or not there, and equal rows are equal bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from samenspel.quantities import SamenspelError
from samenspel.store import table_file
from samenspel.store.atomic import PART

FILL = """
import resource, sys
import numpy as np
from samenspel.quantities import SamenspelError
from samenspel.store import table_file
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
luck = np.random.default_rng(1)
try:
    with table_file(sys.argv[1]) as table:
        for _ in range(20):
            table.add({"x": luck.normal(size=10_000)})
except SamenspelError as wrong:
    print(wrong.message)
else:
    print("written")
"""


def rows(k: int) -> dict[str, object]:
    return {"n": np.arange(3) + k, "x": np.array([0.5, np.nan, -1.0]) * k, "who": (np.array([0, 1, 0], dtype=np.int8), ("a", "b"))}


def test_rows_come_back_group_by_group(tmp_path: Path) -> None:
    with table_file(tmp_path / "deep" / "t.parquet") as table:
        for k in range(4):
            table.add(rows(k))
        assert table.rows == 12
        assert not (tmp_path / "deep" / "t.parquet").exists()
    file = pq.ParquetFile(tmp_path / "deep" / "t.parquet")
    assert file.num_row_groups == 4
    for k in range(4):
        found = file.read_row_group(k).to_pydict()
        assert found["n"] == [k, k + 1, k + 2]
        assert found["who"] == ["a", "b", "a"]
        assert found["x"][0] == 0.5 * k
        assert np.isnan(found["x"][1])


def test_equal_rows_are_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with table_file(tmp_path / name) as table:
            table.add(rows(1))
            table.add(rows(2))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_error_half_way_leaves_what_stood_there(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("before")

    def half() -> None:
        with table_file(tmp_path / "t") as table:
            table.add(rows(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert [p.name for p in tmp_path.iterdir()] == ["t"]
    assert (tmp_path / "t").read_text() == "before"


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(SamenspelError, match="cannot write"), table_file(tmp_path / "f" / "t"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="limits of the size of files")
def test_a_file_that_cannot_grow_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    paths = os.pathsep.join(filter(None, sys.path))
    run = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path / "t.parquet")],
        env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 0
    assert run.stdout.startswith("cannot write")
    assert run.stderr == ""
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(PART)] == []
    assert list(tmp_path.iterdir()) == []
