"""A run in chunks: one process or many, whole or interrupted, fresh or damaged store: the same bits."""

import dataclasses
import gc
import io
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from kumu_files import workbook
from samenspel.evidence.grade import Grading
from samenspel.evidence.kumu import read_kumu
from samenspel.evidence.reader import read_atlas
from samenspel.population.worlds import Worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store
from samenspel.studies.chunks import KIND, WORLDS, Job, Work, draw, job_of, run_chunks
from samenspel.studies.diagram import write_atlas
from samenspel.studies.first_people import first_people
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


def bits(work):
    """Everything the chunks of a run hold, one row per person in order of world and number, and what was found, as bytes."""
    rows = {}

    def note(world, person, columns):
        table = np.column_stack([np.asarray(c, dtype=float) for c in columns])
        for w, p, row in zip(world, person, table, strict=True):
            rows.setdefault((int(w), int(p)), []).append(row.tobytes())

    for reservoir, trial in work.walk():
        for c in reservoir.cohorts:
            own = [v for _, v in sorted(c.people.parameters.items()) if np.ndim(v)]
            note(c.people.world, c.people.person, [*c.condition.states, *c.condition.held, c.weight, *own])
        if trial is not None:
            columns = [trial.ensemble.weight, trial.shift, *(v for _, v in sorted(trial.baseline.items()))]
            for _, arm in sorted(trial.arms.items()):
                columns += [arm.flare, arm.stopped, arm.failed]
                columns += [week for _, v in sorted(arm.measured.items()) for week in v]
            note(trial.ensemble.world, trial.person, columns)
    return b"".join(part for _, parts in sorted(rows.items()) for part in parts) + said(run_chunks(work))


def said(found):
    """What was found, as bytes."""
    m = found.moments
    rows = [m.worlds, m.weight, m.square, m.means, m.spread, m.error, m.tilt, np.array(list(found.spreads.values()))]
    rows += [v for _, v in sorted(found.persons.items())]
    texts = repr((m.names, found.failures, sorted(found.screening.found.items()), sorted(found.screening.included.items())))
    return b"".join(np.ascontiguousarray(v).tobytes() for v in rows) + texts.encode()


@pytest.fixture(scope="module")
def serial(folder, tmp_path_factory):
    return bits(work_in(folder, tmp_path_factory.mktemp("serial")))


def test_chunks_hold_every_world_once_in_order(folder, tmp_path):
    work = work_in(folder, tmp_path)
    assert np.concatenate([c.worlds for c in work.chunks]).tolist() == work.drawn.ids.tolist()
    assert [len(c.worlds) for c in work.chunks] == [WORLDS, WORLDS, 20 - 2 * WORLDS]


def test_people_come_out_in_order_of_world_and_person(folder, tmp_path):
    work, seen = work_in(folder, tmp_path), []
    for reservoir, trial in work.walk():
        seen += list(zip(trial.ensemble.world.tolist(), trial.person.tolist(), strict=True))
        assert len(trial.person) == reservoir.included
        for cohort in reservoir.cohorts:
            assert (cohort.group.ids[cohort.candidates.row] == cohort.people.world).all()
    assert seen == sorted(set(seen))
    assert len(seen) == 20 * 6 == sum(run_chunks(work).screening.included.values())


@pytest.fixture
def small_blocks(monkeypatch):
    """Worlds of twenty people or more are cut."""
    monkeypatch.setattr("samenspel.population.blocks.PEOPLE", 10)


def test_blocks_of_a_world_are_people_of_their_own(folder, tmp_path, small_blocks):
    work = work_in(folder, tmp_path, worlds=2, people=25)
    assert [(c.worlds.tolist(), c.block.people) for c in work.chunks] == [([0], 12), ([0], 13), ([1], 12), ([1], 13)]
    seen = [list(zip(t.ensemble.world.tolist(), t.person.tolist(), strict=True)) for _, t in work.walk()]
    assert [len(s) for s in seen] == [12, 13, 12, 13]
    flat = [pair for s in seen for pair in s]
    assert flat == sorted(set(flat))


def test_people_who_meet_are_never_cut(folder, tmp_path, small_blocks):
    work = work_in(folder, tmp_path, worlds=2, people=60)
    assert len(work.chunks) > 2
    for words in ({"pools": ("queue",), "society": ()}, {"pools": (), "society": ("money",)}):
        group = SimpleNamespace(ids=np.arange(2), model=SimpleNamespace(**words))
        together = Work(work.atlas, work.scenario, Worlds((group,), {}, {}), work.job, work.store)
        assert [(c.worlds.tolist(), c.block.people) for c in together.chunks] == [([0, 1], 60)]


def test_first_people_are_those_of_the_walk(folder, tmp_path, small_blocks):
    work = work_in(folder, tmp_path, worlds=3, people=25)
    every = [list(zip(t.ensemble.world.tolist(), t.person.tolist(), strict=True)) for _, t in work.walk()]
    for people in (5, 20):
        got = first_people(work, [0, 2], people)
        pairs = [(int(w), int(p)) for c in got.cohorts for w, p in zip(c.people.world, c.people.person, strict=True)]
        wanted = [x for w in (0, 2) for x in [pair for s in every for pair in s if pair[0] == w][:people]]
        assert sorted(pairs) == wanted


def test_a_run_holds_one_chunk_at_a_time(folder, tmp_path, small_blocks, monkeypatch):
    """Trials and reservoirs are let go: however many chunks, never more than the one at hand and the one before it."""
    work, alive, most = work_in(folder, tmp_path, worlds=3, people=60), [], []
    chunk = Work.chunk

    def counted(self, k, tell=None):
        gc.collect()
        most.append(sum(r() is not None for r in alive))
        reservoir, trial = chunk(self, k, tell)
        alive.extend((weakref.ref(reservoir), weakref.ref(trial)))
        return reservoir, trial

    monkeypatch.setattr(Work, "chunk", counted)
    run_chunks(work)
    assert len(most) == 3 * 6
    assert max(most) <= 2


@pytest.mark.parametrize("worlds", [1, 3, 20])
def test_who_shares_a_chunk_changes_no_bit(folder, tmp_path, serial, monkeypatch, worlds):
    monkeypatch.setattr("samenspel.studies.chunks.WORLDS", worlds)
    assert bits(work_in(folder, tmp_path)) == serial


@pytest.mark.slow
def test_who_shares_a_chunk_changes_no_bit_in_the_shipped_atlas(tmp_path, monkeypatch):
    atlas = read_atlas(None)
    study = atlas.scenarios["aerobic-12-weeks"]
    job = job_of(atlas, study, seed=2, worlds=4, people=5, ladder="as-is", engine="auto", removed=frozenset())
    drawn, found = draw(atlas, Grading(atlas), job), []
    for worlds in (4, 3, 1):
        monkeypatch.setattr("samenspel.studies.chunks.WORLDS", worlds)
        found.append(bits(Work(atlas, study, drawn, job, Store(tmp_path / str(worlds)))))
    assert found[0] == found[1] == found[2]


def test_order_of_chunks_does_not_matter(folder, tmp_path, serial):
    work = work_in(folder, tmp_path)
    for k in (2, 0):
        work.chunk(k)
    assert work.missing() == [1]
    assert bits(work) == serial


@pytest.mark.parametrize("harm", ["truncated", "altered", "foreign", "absent"])
def test_a_damaged_chunk_is_made_again(folder, tmp_path, serial, harm):
    work = work_in(folder, tmp_path)
    assert bits(work) == serial
    path = work.store.path(KIND, work.trial_key(1))
    raw = path.read_bytes()
    other = work.store.path(KIND, work.trial_key(0)).read_bytes()
    changed = {"truncated": raw[: len(raw) // 2], "altered": raw[:-9] + b"\0" * 9, "foreign": other, "absent": b""}[harm]
    path.unlink()
    if harm != "absent":
        path.write_bytes(changed)
        path.chmod(0o600)
    assert work.missing() == [1]
    assert bits(work_in(folder, tmp_path)) == serial


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
    assert bits(work) == serial


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
    task = {"task": "chunk", "number": 1}
    serve(io.StringIO(f"{job.text()}\n{json.dumps(task)}\n"), answers)
    assert [json.loads(line) for line in answers.getvalue().splitlines()] == [{"ready": 3}, {"done": task}]
    assert work_in(folder, tmp_path).missing() == [0, 2]
    answers = io.StringIO()
    serve(io.StringIO(dataclasses.replace(job, version="9").text() + "\n0\n"), answers)
    assert "samenspel of 9" in answers.getvalue() or "of samenspel 9" in answers.getvalue()
