"""People streamed range by range are those simulated at once."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from samenspel.composition import stand_alone
from samenspel.composition.values import shipped
from samenspel.engine import Result, Schedule, run
from samenspel.engine.lattice import plan_for
from samenspel.evidence.grade import Grading
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.stream import adults, stream
from samenspel.systems import catalogue
from toys import Clerk

PLAN = plan_for(1e-3, 2.0)


@pytest.fixture(scope="module")
def population():
    atlas = shipped()
    worlds = draw_worlds(atlas, catalogue(), Grading(atlas).couplings(), seed=7, ids=np.arange(3))
    return atlas, max(worlds.groups, key=lambda g: len(g.ids))


def test_ranges_change_no_number(population, tmp_path):
    atlas, group = population
    names = [s for s in group.model.state_names if not s.startswith("delay.")][:5]
    made = {}
    for at_once in (3, 8, 1000):
        people = adults(atlas, group, 17, seed=3, at_once=at_once)
        done = stream(tmp_path / "t", group.model, people, Schedule(15), save=names, save_days=[6, 13], plan=PLAN, seed=3)
        table = pq.read_table(tmp_path / "t").to_pydict()
        rows = zip(*(table[n] for n in ("world", "person", "day", *names)), strict=True)
        made[at_once] = sorted(rows)
        assert done.rows == len(made[at_once]) == 2 * done.people
        assert done.people + done.unsettled == 17
    people, start = next(adults(atlas, group, 17, seed=3))
    good = np.flatnonzero(start.codes == Result.OK)
    people, start = people.take(good), start.take(good)
    r = run(group.model, people, [Schedule(15)], start=start, seed=3, save=names, save_days=[6, 13], plan=PLAN)[0]
    whole = sorted(
        (int(people.world[i]), int(people.person[i]), int(d), *(float(np.float32(v)) for v in r.values[:, k, i]))
        for i in range(people.n)
        for k, d in enumerate(r.days)
    )
    assert made[3] == made[8] == made[1000] == whole


def test_nobody_and_an_unknown_output_leave_no_file(population, tmp_path):
    atlas, group = population
    with pytest.raises(SamenspelError, match="nobody"):
        stream(tmp_path / "t", group.model, [], Schedule(7), save=["sleep.debt"], save_days=[6], plan=PLAN)
    people = adults(atlas, group, 3, seed=1)
    with pytest.raises(SamenspelError, match="no 'slep"):
        stream(tmp_path / "t", group.model, people, Schedule(7), save=["slep.debt"], save_days=[6], plan=PLAN)
    assert list(tmp_path.iterdir()) == []


def test_people_who_meet_are_refused(tmp_path):
    model = stand_alone(Clerk)
    with pytest.raises(SamenspelError, match="meet"):
        stream(tmp_path / "t", model, [], Schedule(7), save=list(model.state_names), save_days=[6], plan=PLAN)
