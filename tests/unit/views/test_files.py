"""The output folder: everything or nothing, and the same bytes every time."""

from __future__ import annotations

import io
import json

import pyarrow.parquet as pq
import pytest

from samenspel.quantities.errors import SamenspelError
from samenspel.store import output_folder, read_manifest
from samenspel.views import files
from views.answer_fixture import answer


def test_a_finished_folder_holds_what_its_manifest_lists(tmp_path):
    output_folder(tmp_path / "run", answer().key)
    written = files.write(answer(), tmp_path / "run")
    assert {f.name for f in written} == {f.name for f in (tmp_path / "run").iterdir()}
    manifest = read_manifest(tmp_path / "run")
    assert manifest["finished"] is True
    assert {*manifest["files"], "manifest.json"} == {f.name for f in written}
    assert files.read(tmp_path / "run", answer().key).to_json() == answer().to_json()


def test_everything_but_the_manifest_repeats_byte_for_byte(tmp_path):
    for name in ("a", "b"):
        output_folder(tmp_path / name, answer().key)
        files.write(answer(), tmp_path / name, notes={"remark": name})
    for name in files.NAMES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_report_that_cannot_be_drawn_leaves_no_answer(tmp_path, monkeypatch):
    output_folder(tmp_path / "run", answer().key)

    def fail(*_):
        raise RuntimeError("no ink")

    monkeypatch.setattr(files, "pages", fail)
    with pytest.raises(RuntimeError):
        files.write(answer(), tmp_path / "run")
    assert [f.name for f in (tmp_path / "run").iterdir()] == ["manifest.json"]
    assert read_manifest(tmp_path / "run")["finished"] is False


def test_trajectories_hold_every_band_person_and_effect():
    table = pq.read_table(io.BytesIO(files.trajectories(answer()))).to_pylist()
    t = answer().trajectories
    kinds = {kind: [row for row in table if row["kind"] == kind] for kind in ("band", "person", "effect")}
    assert len(kinds["band"]) == len(t["arms"]) * len(t["weeks"])
    assert len(kinds["person"]) == len(t["arms"]) * 6 * len(t["weeks"])
    effects = answer().blocks["assumptions"]["effects"]
    assert len(kinds["effect"]) == sum(len(e["weeks"]) for e in effects.values())
    at = next(r for r in kinds["band"] if r["arm"] == "aerobic" and r["week"] == 7)
    assert (at["low"], at["middle"], at["high"]) == tuple(t["arms"]["aerobic"]["band"][7][k] for k in ("low", "middle", "high"))


def test_an_answer_of_another_key_or_a_broken_one_is_not_read(tmp_path):
    (tmp_path / "answer.json").write_text(answer().to_json())
    assert files.read(tmp_path, "other") is None
    (tmp_path / "answer.json").write_text(answer().to_json()[:500])
    assert files.read(tmp_path, answer().key) is None


def test_overwriting_leaves_the_old_run_until_the_new_one_is_there(tmp_path):
    output_folder(tmp_path / "run", "old")
    (tmp_path / "run" / "answer.json").write_text(json.dumps({"old": 1}))
    assert files.claim(tmp_path / "run", "new", {}, overwrite=True) == "new"
    assert read_manifest(tmp_path / "run")["key"] == "old"
    files.take_over(tmp_path / "run", "new", {})
    assert read_manifest(tmp_path / "run")["key"] == "new"
    assert not (tmp_path / "run" / "answer.json").exists()


def test_a_file_in_the_way_is_refused_with_a_cure(tmp_path):
    (tmp_path / "x").write_text("")
    for folder in (tmp_path / "x", tmp_path / "x" / "y"):
        with pytest.raises(SamenspelError, match="--out"):
            files.claim(folder, "k", {}, overwrite=False)


def test_release_takes_back_what_was_claimed(tmp_path):
    folder = tmp_path / "samenspel-out" / "s"
    files.claim(folder, "k", {}, overwrite=False)
    files.release(folder, present=False)
    assert not folder.exists()
    assert not folder.parent.exists()
