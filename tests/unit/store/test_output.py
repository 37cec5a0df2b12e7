"""One run per folder: continue your own, never mix with another's, never delete what no run wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from samenspel.quantities import SamenspelError
from samenspel.store import MANIFEST, atomic_write_text, finish_output, output_folder, read_manifest
from samenspel.store import output as output_module


def run(folder: Path, key: str, **options) -> str:
    """A whole run of two files."""
    standing = output_folder(folder, key, notes={"scenario": "rest"}, **options)
    if standing != "finished":
        for name in ("answer.json", "figure.svg"):
            atomic_write_text(folder / name, key)
        finish_output(folder, key, ["figure.svg", "answer.json"], {"seconds": 3})
    return standing


def test_new_then_continue_then_finished(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "rest"
    assert output_folder(folder, "k1") == "new"
    assert output_folder(folder, "k1") == "continue"
    assert run(folder, "k1") == "continue"
    before = {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}
    assert run(folder, "k1") == "finished"
    assert {p.name: p.stat().st_mtime_ns for p in folder.iterdir()} == before


def test_a_finished_manifest_says_what_belongs_to_the_run(tmp_path: Path) -> None:
    run(tmp_path, "k1")
    assert read_manifest(tmp_path) == {
        "key": "k1", "finished": True, "files": ["answer.json", "figure.svg"], "scenario": "rest", "seconds": 3,
    }  # fmt: skip


@pytest.mark.parametrize("finished", [True, False])
def test_another_key_is_refused_and_nothing_changes(tmp_path: Path, finished: bool) -> None:
    run(tmp_path, "k1") if finished else output_folder(tmp_path, "k1", notes={"scenario": "rest"})
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(SamenspelError) as caught:
        output_folder(tmp_path, "k2")
    text = str(caught.value)
    assert "--out" in text
    assert "--overwrite" in text
    assert ("another finished run, of rest" if finished else "another unfinished run, of rest") in text
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_overwrite_clears_the_other_run_and_spares_the_rest(tmp_path: Path) -> None:
    run(tmp_path, "k1")
    atomic_write_text(tmp_path / "trajectories.parquet", "of k1, not listed")
    (tmp_path / "my-notes.txt").write_text("mine")
    assert output_folder(tmp_path, "k2", overwrite=True) == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == [MANIFEST, "my-notes.txt"]
    assert read_manifest(tmp_path) == {"key": "k2", "finished": False, "files": []}


def test_overwrite_runs_the_same_run_again(tmp_path: Path) -> None:
    run(tmp_path, "k1")
    assert run(tmp_path, "k1", overwrite=True) == "new"


def test_a_manifest_cannot_name_files_outside(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    output_folder(folder, "k1")
    for victim in (tmp_path / "victim", tmp_path / "absolute"):
        victim.write_text("keep")
    atomic_write_text(
        folder / MANIFEST,
        json.dumps({"key": "k1", "finished": True, "files": ["../victim", str(tmp_path / "absolute"), "", ".", 7]}),
    )
    output_folder(folder, "k2", overwrite=True)
    assert (tmp_path / "victim").read_text() == (tmp_path / "absolute").read_text() == "keep"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": 3}', "[" * 100_000, "\x00"])
def test_a_folder_without_a_readable_manifest_is_not_a_run(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(SamenspelError, match=r"holds files that are not a run.*--out.*--overwrite"):
        output_folder(tmp_path, "k1")
    with pytest.raises(SamenspelError, match="move them away"):
        output_folder(tmp_path, "k1", overwrite=True)
    assert (tmp_path / MANIFEST).read_text() == content


def test_overwriting_leaves_what_bears_no_name_of_ours(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not ours")
    with pytest.raises(SamenspelError, match="--overwrite"):
        output_folder(tmp_path, "k1")
    output_folder(tmp_path, "k1", overwrite=True)
    assert (tmp_path / "notes.txt").read_text() == "not ours"


def test_a_file_or_a_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SamenspelError, match=r"--out|folder"):
            output_folder(place, "k1", overwrite=True)


def test_killed_while_clearing_leaves_no_answer_called_finished(tmp_path: Path, monkeypatch) -> None:
    run(tmp_path, "k1")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(output_module.Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            output_folder(tmp_path, "k2", overwrite=True)
    found = read_manifest(tmp_path)
    assert found is not None
    assert found["finished"] is False
    assert output_folder(tmp_path, "k2", overwrite=True) == "new"
    assert [p.name for p in tmp_path.iterdir()] == [MANIFEST]


def test_leavings_of_a_dead_writer_do_not_make_a_folder_foreign(tmp_path: Path) -> None:
    from samenspel.store.atomic import PART, _host

    (tmp_path / f"{PART}{_host()}-{2**22 + 1}-00").write_bytes(b"half")  # above the largest process number of Linux
    assert output_folder(tmp_path, "k1") == "new"
    assert [p.name for p in tmp_path.iterdir()] == [MANIFEST]


def test_finishing_needs_the_files_and_the_folder(tmp_path: Path) -> None:
    output_folder(tmp_path, "k1")
    with pytest.raises(SamenspelError, match=r"lacks answer\.json"):
        finish_output(tmp_path, "k1", ["answer.json"])
    output_folder(tmp_path, "k2", overwrite=True)
    with pytest.raises(SamenspelError, match="taken by another unfinished run"):
        finish_output(tmp_path, "k1", [])
    assert read_manifest(tmp_path) == {"key": "k2", "finished": False, "files": []}


@pytest.mark.parametrize("name", ["report.html", "answer.json", MANIFEST])
def test_files_that_no_run_wrote_are_not_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(SamenspelError, match=name):
        output_folder(tmp_path, "k1", overwrite=True)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {name: "mine"}
