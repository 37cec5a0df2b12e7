"""What the store gives back is what was put in under that name, or nothing."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.quantities import SamenspelError
from samenspel.store import Store, key
from samenspel.store.atomic import PART

K = key({"scenario": "rest", "seed": 1})
DATA = bytes(range(256)) * 40

HAMMER = """
import sys
from samenspel.store import Store
store, key, own = Store(sys.argv[1]), sys.argv[2], sys.argv[3].encode() * 100_000
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
wrong = 0
for _ in range(60):
    store.put("chunk", key, own)
    found = store.get("chunk", key)
    wrong += found is None or len(set(found)) != 1 or len(found) != 100_000
sys.stdout.write(f"{wrong}\\n")
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


@given(data=st.binary(max_size=2000), other=st.binary(max_size=20))
def test_what_is_put_comes_back(tmp_path_factory: pytest.TempPathFactory, data: bytes, other: bytes) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    assert store.get("run", K) is None
    store.put("run", K, data)
    store.put("kernel", K, other)
    assert (store.get("run", K), store.get("kernel", K), store.get("run", "b" * 64)) == (data, other, None)


def test_the_environment_moves_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMENSPEL_CACHE", str(tmp_path / "here"))
    assert Store().root == tmp_path / "here"
    monkeypatch.delenv("SAMENSPEL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    assert "samenspel" in Store().root.parts


def test_entries_and_folders_are_for_the_owner_alone(store: Store) -> None:
    path = store.put("run", K, DATA)
    modes = [p.stat().st_mode & 0o777 for p in (path, path.parent, path.parent.parent, store.root)]
    assert modes == [0o600, 0o700, 0o700, 0o700]


@pytest.mark.parametrize("length", [0, 1, 17, 18, 19, 49, 50, 51, 5000, 10289])
def test_a_truncated_file_is_absent_and_is_made_again(store: Store, caplog, length: int) -> None:
    path = store.put("run", K, DATA)
    assert path.stat().st_size > length
    os.truncate(path, length)
    with caplog.at_level(logging.WARNING, "samenspel.store"):
        assert store.get("run", K) is None
    assert "made again" in caplog.text
    store.put("run", K, DATA)
    assert store.get("run", K) == DATA


@given(place=st.integers(0, 18 + 32 + len(DATA) - 1), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_makes_it_absent(tmp_path_factory, place: int, bit: int) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    path = store.put("run", K, DATA)
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1 << bit
    path.write_bytes(bytes(raw))
    assert store.get("run", K) is None


@pytest.mark.parametrize("foreign", [b"", b"PK\x03\x04 a zip of somebody else", b"samenspel-store-1\n" + bytes(64)])
def test_a_foreign_file_is_absent(store: Store, foreign: bytes) -> None:
    store.put("run", K, DATA).write_bytes(foreign)
    assert store.get("run", K) is None


def test_an_entry_under_another_name_is_absent(store: Store) -> None:
    """A checksum over the data alone would accept the answer to another question."""
    raw = store.put("run", K, DATA).read_bytes()
    other = key({"scenario": "rest", "seed": 2})
    store.put("run", other, b"x").write_bytes(raw)
    store.put("kernel", K, b"x").write_bytes(raw)
    assert store.get("run", other) is None
    assert store.get("kernel", K) is None


def test_what_others_may_write_is_absent(store: Store) -> None:
    path = store.put("kernel", K, DATA)
    for place, loose, tight in ((path, 0o666, 0o600), (path.parent, 0o777, 0o700), (path.parent.parent, 0o755, 0o700)):
        place.chmod(loose)
        assert store.get("kernel", K) is None, place
        place.chmod(tight)
        assert store.get("kernel", K) == DATA
    path.parent.chmod(0o777)
    store.put("kernel", K, DATA)
    assert store.get("kernel", K) == DATA


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_absent(store: Store) -> None:
    path = store.put("kernel", K, DATA)
    os.chown(path, 12345, 12345)
    assert store.get("kernel", K) is None


def test_links_are_not_followed(store: Store, tmp_path: Path) -> None:
    path = store.put("kernel", K, DATA)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert store.get("kernel", K) is None
    store.put("kernel", K, DATA)
    assert not path.is_symlink()


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "a\0b", "x" * 300, "a\n"])
def test_names_cannot_lead_out(store: Store, name: str) -> None:
    for kind, entry in ((name, K), ("run", name)):
        with pytest.raises(ValueError, match="cannot name a store entry"):
            store.put(kind, entry, b"")


def test_a_store_that_cannot_be_written_names_the_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SamenspelError, match="SAMENSPEL_CACHE"):
        Store(tmp_path / "file").put("run", K, b"")
    assert Store(tmp_path / "file").get("run", K) is None


def test_arrays_and_notes_come_back_with_type_and_shape(store: Store) -> None:
    arrays = {
        "x/y": np.linspace(0, 1, 7).reshape(7, 1), "f": np.float32([1, np.nan, -np.inf]), "n": np.int64(3).reshape(()),
        "flag": np.array([True, False]), "text": np.array(["één", "b"]), "none": np.zeros((0, 4)),
        "columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
    }  # fmt: skip
    store.put_arrays("bank", K, arrays, {"weeks": 12, "why": "één"})
    found = store.get_arrays("bank", K)
    assert found is not None
    assert found[1] == {"weeks": 12, "why": "één"}
    assert set(found[0]) == set(arrays)
    for name, array in arrays.items():
        assert found[0][name].dtype == array.dtype
        np.testing.assert_array_equal(found[0][name], array)


def test_the_same_arrays_make_the_same_bytes(store: Store) -> None:
    one = store.put_arrays("bank", K, {"a": np.arange(5), "b": np.ones(2)}).read_bytes()
    two = store.put_arrays("bank", K, {"b": np.ones(2), "a": np.arange(5)}).read_bytes()
    assert one == two


def test_objects_are_never_stored_nor_read(store: Store) -> None:
    with pytest.raises(ValueError, match="'a' holds Python objects"):
        store.put_arrays("bank", K, {"a": np.array([{}, None], dtype=object)})
    assert store.get_arrays("bank", K) is None
    for bad in (b"", b"no arrays", b"PK\x05\x06" + bytes(18)):
        store.put("bank", K, bad)
        assert store.get_arrays("bank", K) is None


def test_two_processes_writing_one_entry_never_show_a_mixture(store: Store) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", HAMMER, store.root, K, letter],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for letter in "ab"
    ]  # fmt: skip
    for w in writers:
        assert w.stdout is not None
        w.stdout.readline()
    for w in writers:
        assert w.stdin is not None
        w.stdin.write("go\n")
        w.stdin.flush()
    seen = {store.get("chunk", K) for _ in range(200)} - {None}
    answers = [w.communicate(timeout=60)[0].strip() for w in writers]
    assert answers == ["0", "0"]
    assert seen <= {b"a" * 100_000, b"b" * 100_000}
    assert [p.name for p in store.path("chunk", K).parent.iterdir() if p.name.startswith(PART)] == []


def test_a_folder_in_place_of_an_entry_is_no_entry_and_makes_room_if_it_is_empty(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    path = store.put("kind", "key", b"data")
    path.unlink()
    path.mkdir()
    assert store.get("kind", "key") is None
    store.put("kind", "key", b"data")
    assert store.get("kind", "key") == b"data"


def test_a_full_folder_in_place_of_an_entry_is_named_and_left(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    path = store.put("kind", "key", b"data")
    path.unlink()
    path.mkdir()
    (path / "mine").write_text("mine")
    assert store.get("kind", "key") is None
    with pytest.raises(SamenspelError, match="a folder stands at") as caught:
        store.put("kind", "key", b"data")
    assert str(path) in str(caught.value)
    assert (path / "mine").read_text() == "mine"
