"""A run in chunks: one process or many, whole or interrupted, fresh or damaged store: the same bits."""

import dataclasses
import io

import numpy as np
import pytest

from kumu_files import workbook
from samenspel.evidence.grade import Grading
from samenspel.evidence.kumu import read_kumu
from samenspel.evidence.reader import read_atlas
from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store
from samenspel.studies.chunks import KIND, WORLDS, Job, Work, draw, job_of, run_chunks
from samenspel.studies.diagram import write_atlas
from samenspel.studies.worker import serve


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("chunks")
    return write_atlas(read_kumu(workbook(base / "pond.xlsx")), "pond", base)


def work_in(folder, root, worlds=20, people=6):
    atlas = read_atlas(folder)
    job = job_of(
        atlas,
        atlas.scenarios["push-rain"],
        seed=4,
        worlds=worlds,
        people=people,
        ladder="as-is",
        engine="numpy",
        removed=frozenset(),
    )
    return Work(atlas, atlas.scenarios["push-rain"], draw(atlas, Grading(atlas), job), job, Store(root))


def bits(result):
    """Everything a trial and its reservoir hold, as bytes."""
    reservoir, trial = result
    out = [
        trial.ensemble.world,
        trial.ensemble.weight,
        trial.person,
        trial.weeks,
        trial.shift,
        np.array([*trial.failures.values()]),
    ]
    out += [v for _, v in sorted(trial.baseline.items())]
    for _, arm in sorted(trial.arms.items()):
        out += [arm.flare, arm.stopped, *(v for _, v in sorted(arm.measured.items()))]
    for c in reservoir.cohorts:
        out += [
            c.condition.states,
            c.condition.held,
            c.condition.codes,
            c.weight,
            c.people.world,
            c.people.person,
            c.candidates.row,
        ]
        out += [np.asarray(v, dtype=float) for _, v in sorted(c.people.parameters.items())]
    return b"".join(np.ascontiguousarray(v).tobytes() for v in out)


@pytest.fixture(scope="module")
def serial(folder, tmp_path_factory):
    return bits(run_chunks(work_in(folder, tmp_path_factory.mktemp("serial"))))


def test_chunks_hold_every_world_once_in_order(folder, tmp_path):
    work = work_in(folder, tmp_path)
    assert np.concatenate(work.chunks).tolist() == work.drawn.ids.tolist()
    assert [len(c) for c in work.chunks] == [WORLDS, WORLDS, 20 - 2 * WORLDS]


def test_people_come_out_in_order_of_world_and_person(folder, tmp_path):
    reservoir, trial = run_chunks(work_in(folder, tmp_path))
    assert list(zip(trial.ensemble.world, trial.person, strict=True)) == sorted(
        zip(trial.ensemble.world, trial.person, strict=True)
    )
    assert len(trial.person) == 20 * 6 == reservoir.included
    for cohort in reservoir.cohorts:
        assert (cohort.group.ids[cohort.candidates.row] == cohort.people.world).all()


def test_order_of_chunks_does_not_matter(folder, tmp_path, serial):
    work = work_in(folder, tmp_path)
    for k in (2, 0):
        work.chunk(k)
    assert work.missing() == [1]
    assert bits(run_chunks(work)) == serial


@pytest.mark.parametrize("harm", ["truncated", "altered", "foreign", "absent"])
def test_a_damaged_chunk_is_made_again(folder, tmp_path, serial, harm):
    work = work_in(folder, tmp_path)
    assert bits(run_chunks(work)) == serial
    path = work.store.path(KIND, work.trial_key(1))
    raw = path.read_bytes()
    other = work.store.path(KIND, work.trial_key(0)).read_bytes()
    changed = {"truncated": raw[: len(raw) // 2], "altered": raw[:-9] + b"\0" * 9, "foreign": other, "absent": b""}[harm]
    path.unlink()
    if harm != "absent":
        path.write_bytes(changed)
        path.chmod(0o600)
    assert work.missing() == [1]
    assert bits(run_chunks(work_in(folder, tmp_path))) == serial


def test_a_full_disk_loses_nothing_that_was_finished(folder, tmp_path, serial, monkeypatch):
    work, put, calls = work_in(folder, tmp_path), Store.put, []

    def full(self, kind, key, data):
        calls.append(kind)
        if calls.count(KIND) > 1:
            raise SamenspelError("cannot write: No space left on device.", cure="Free some room.")
        return put(self, kind, key, data)

    monkeypatch.setattr(Store, "put", full)
    with pytest.raises(SamenspelError, match="No space left"):
        run_chunks(work)
    monkeypatch.setattr(Store, "put", put)
    assert work.missing() == [1, 2]
    assert bits(run_chunks(work)) == serial


def test_a_chunk_is_known_by_all_that_made_it(folder, tmp_path):
    work = work_in(folder, tmp_path)
    keys = {work.trial_key(k) for k in range(3)}
    others = {
        Work(work.atlas, work.scenario, work.drawn, dataclasses.replace(work.job, **change), work.store).trial_key(0)
        for change in ({"seed": 5}, {"people": 7}, {"engine": "reference"}, {"version": "0"})
    }
    longer = work.scenario.model_copy(update={"weeks": 9.0})
    others.add(Work(work.atlas, longer, work.drawn, work.job, work.store).trial_key(0))
    assert len(keys | others) == 8


def test_a_worker_refuses_another_version_and_another_atlas(folder, tmp_path):
    job = work_in(folder, tmp_path).job
    assert Job.of(job.text()) == job
    for change, said in (
        ({"version": "0.0.0"}, "0.0.0"),
        ({"digest": "0" * 64}, "not the one"),
        ({"scenario": "none"}, "no scenario"),
    ):
        with pytest.raises(SamenspelError, match=said):
            Work.rebuild(dataclasses.replace(job, **change))
    for text in ("", "{}", "[]", "not json", '{"folder": 1}'):
        with pytest.raises(SamenspelError, match="no job"):
            Job.of(text)


def test_a_worker_answers_line_by_line_and_says_what_is_wrong(folder, tmp_path, monkeypatch):
    import json

    monkeypatch.setenv("SAMENSPEL_CACHE", str(tmp_path))
    job = work_in(folder, tmp_path).job
    answers = io.StringIO()
    serve(io.StringIO(job.text() + "\n1\n"), answers)
    assert [json.loads(line) for line in answers.getvalue().splitlines()] == [{"ready": 3}, {"done": 1}]
    assert work_in(folder, tmp_path).missing() == [0, 2]
    answers = io.StringIO()
    serve(io.StringIO(dataclasses.replace(job, version="9").text() + "\n0\n"), answers)
    assert "samenspel of 9" in answers.getvalue() or "of samenspel 9" in answers.getvalue()
