"""Everybody of a run in one file: what the chunks hold, in fixed order, the same bytes however it was made."""

import dataclasses

import pyarrow.parquet as pq
import pytest
from test_chunks import folder, small_blocks, work_in  # noqa: F401 - fixtures

from samenspel.quantities.errors import SamenspelError
from samenspel.studies.chunks import KIND, run_chunks
from samenspel.studies.people_file import write_people


def test_rows_hold_everybody_in_every_arm_and_week(folder, tmp_path):  # noqa: F811
    work = work_in(folder, tmp_path / "store", worlds=9, people=3)
    count = write_people(work, tmp_path / "people.parquet")
    table = pq.read_table(tmp_path / "people.parquet")
    column = {n: table.column(n).to_numpy(zero_copy_only=False) for n in table.column_names}
    trials = [t for _, t in work.walk()]
    arms, weeks = list(trials[0].arms), [0, *trials[0].weeks.tolist()]
    assert count == table.num_rows == 9 * 3 * len(arms) * len(weeks)
    assert pq.ParquetFile(tmp_path / "people.parquet").num_row_groups == 9
    place = [arms.index(a) for a in column["arm"]]
    keys = list(zip(column["world"], column["person"], place, column["week"], strict=True))
    assert keys == sorted(set(keys))
    at = {k: i for i, k in enumerate(keys)}
    for trial in trials:
        for i, (w, p) in enumerate(zip(trial.ensemble.world, trial.person, strict=True)):
            for k, a in enumerate(arms):
                for m, values in trial.arms[a].measured.items():
                    said = [column[m][at[w, p, k, week]] for week in weeks]
                    assert said == [trial.baseline[m][i], *values[:, i]]
                assert column["weight"][at[w, p, k, 0]] == trial.ensemble.weight[i]


@pytest.mark.parametrize("worlds", [1, 5])
def test_chunks_change_no_byte(folder, tmp_path, monkeypatch, worlds):  # noqa: F811
    write_people(work_in(folder, tmp_path / "a"), tmp_path / "a.parquet")
    monkeypatch.setattr("samenspel.studies.chunks.WORLDS", worlds)
    write_people(work_in(folder, tmp_path / "b"), tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_blocks_of_a_world_follow_each_other(folder, tmp_path, small_blocks):  # noqa: F811
    write_people(work_in(folder, tmp_path, worlds=2, people=25), tmp_path / "p")
    table = pq.read_table(tmp_path / "p", columns=["world", "person"])
    pairs = list(zip(*(table.column(n).to_pylist() for n in ("world", "person")), strict=True))
    assert pairs == sorted(pairs)
    assert len(set(pairs)) == 50
    assert pq.ParquetFile(tmp_path / "p").num_row_groups == 4


def test_worlds_with_nobody_to_study_are_left_out(folder, tmp_path, monkeypatch):  # noqa: F811
    work = work_in(folder, tmp_path, worlds=3)
    found = work.reservoir(0).found
    few = {w: (1e-4 * total if w == 1 else inside, total) for w, (inside, total) in found.items()}
    reservoir = type(work).reservoir
    monkeypatch.setattr(type(work), "reservoir", lambda *a, **k: dataclasses.replace(reservoir(*a, **k), found=few))
    write_people(work, tmp_path / "p")
    assert sorted(set(pq.read_table(tmp_path / "p").column("world").to_pylist())) == [0, 2]
    assert run_chunks(work).worlds.tolist() == [0, 2]


def test_a_failed_writing_leaves_no_file_and_the_next_one_is_whole(folder, tmp_path, monkeypatch):  # noqa: F811
    work = work_in(folder, tmp_path / "store", worlds=17, people=2)
    whole = tmp_path / "whole"
    write_people(work, whole)
    made = work.chunk

    def broken(k, tell=None):
        if k == 1:
            raise SamenspelError("cannot write: No space left on device.")
        return made(k, tell)

    monkeypatch.setattr(work, "chunk", broken)
    with pytest.raises(SamenspelError, match="No space"):
        write_people(work, tmp_path / "p")
    assert not (tmp_path / "p").exists()
    monkeypatch.setattr(work, "chunk", made)
    work.store.path(KIND, work.trial_key(0)).write_bytes(b"")
    write_people(work, tmp_path / "p")
    assert (tmp_path / "p").read_bytes() == whole.read_bytes()
