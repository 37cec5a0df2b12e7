"""The shipped atlas as a whole: many people over years, every day with noise and midnight rules, saved weekly.

Run: ``python benchmarks/whole.py [--people 10000] [--years 5] [--worlds 16]``. Prints how long composing, settling, the first
kernel and the run take, and the largest memory; the limit is 60 s and 2 GiB for the run of 10,000 people over 5 years.

``--million`` streams 1,000,000 people through one year into a Parquet file, range by range, all states weekly in single
precision; the limit is 4 GiB. ``--people`` and ``--years`` change it; ``--into FILE`` keeps the file, which is removed else.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from samenspel.composition.values import shipped
from samenspel.engine import People, Result, Schedule, habits, run, settle
from samenspel.engine.people import Condition
from samenspel.engine.steady import usual_plan
from samenspel.evidence.grade import Grading
from samenspel.population.people import draw_candidates
from samenspel.population.worlds import draw_worlds
from samenspel.studies.stream import adults, stream
from samenspel.systems import catalogue

AT_ONCE = 2000


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Run once and print wall and processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    out = work()
    print(f"{name:34s} {time.perf_counter() - wall:8.2f} s by the clock {time.process_time() - cpu:8.2f} s of processors", flush=True)
    return out


def million(people: int, years: float, worlds: int, into: Path | None) -> None:
    """Draw, settle, simulate and write `people` in ranges."""
    atlas = shipped()
    drawn = draw_worlds(atlas, catalogue(), Grading(atlas).couplings(), seed=7, ids=np.arange(worlds))
    group = max(drawn.groups, key=lambda g: len(g.ids))
    m, days = group.model, round(365.25 * years)
    names = [s for s in m.state_names if not s.startswith("delay.")]
    first, _ = next(adults(atlas, group, 2 * len(group.ids), seed=7))
    plan = usual_plan(m, first, 1e-3)
    with tempfile.TemporaryDirectory(dir=into.parent if into else None) as folder:
        place = into or Path(folder) / "people.parquet"
        done = timed(f"{people} people x {days} days, streamed", lambda: stream(
            place, m, adults(atlas, group, people, seed=7), Schedule(days), save=names, save_days=range(6, days, 7), plan=plan,
            seed=7, engine="native"))  # fmt: skip
        print(f"{'followed':34s} {done.people:8d} people ({done.unsettled} did not settle), {done.rows} rows of {len(names)} states")
        print(f"{'left the finite numbers':34s} {done.diverged:8d}")
        print(f"{'file':34s} {place.stat().st_size / 2**30:8.2f} GiB")
    print(f"{'largest memory':34s} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:8.2f} GiB")


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--people", type=int)
    parser.add_argument("--years", type=float)
    parser.add_argument("--worlds", type=int, default=16)
    parser.add_argument("--into", type=Path)
    wanted = parser.parse_args()
    if wanted.million:
        million(wanted.people or 1_000_000, wanted.years or 1.0, wanted.worlds, wanted.into)
        return
    wanted.people, wanted.years = wanted.people or 10_000, wanted.years or 5.0
    atlas = shipped()
    worlds = timed("compose and draw worlds", lambda: draw_worlds(atlas, catalogue(), Grading(atlas).couplings(), seed=7,
                                                                  ids=np.arange(wanted.worlds)))  # fmt: skip
    group = max(worlds.groups, key=lambda g: len(g.ids))
    m = group.model
    print(f"{len(m.states)} states, {len(m.parameters)} parameters, {len(m.noise)} noise channels, {len(m.stages)} stages, "
          f"{len(m.decisions)} decisions, {len(m.daily)} daily maps, {len(m.pools)} pools; {os.cpu_count()} processors", flush=True)  # fmt: skip
    per_world = -(-wanted.people // len(group.ids)) + 20
    people = draw_candidates(atlas, group, per_world, seed=7, enrich={}).people

    def rest() -> Condition:
        parts = [settle(m, people.take(np.arange(a, min(a + AT_ONCE, people.n))), many=True) for a in range(0, people.n, AT_ONCE)]
        join = lambda name: np.concatenate([getattr(p, name) for p in parts], axis=-1)  # noqa: E731
        return Condition(join("states"), join("held"), join("codes"))

    still = timed(f"settle {people.n} candidates", rest)
    people = People(people.person, people.world, {**people.parameters, **habits(m, people, still)})
    good = np.flatnonzero(still.codes == Result.OK)[: wanted.people]
    people, still = people.take(good), still.take(good)
    days = round(365.25 * wanted.years)
    names = [s for s in m.state_names if not s.startswith("delay.")]
    timed("first kernels, one day", lambda: run(m, people, [Schedule(1)], start=still, save=names, save_days=[0], engine="native"))
    timed("again, one day", lambda: run(m, people, [Schedule(1)], start=still, save=names, save_days=[0], engine="native"))
    r = timed(f"{people.n} people x {days} days, weekly", lambda: run(
        m, people, [Schedule(days)], start=still, save=names, save_days=range(6, days, 7), engine="native"))[0]  # fmt: skip
    print(f"{'left the finite numbers':34s} {int((r.end.codes == Result.DIVERGED).sum()):8d}")
    print(f"{'largest memory':34s} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:8.2f} GiB")


if __name__ == "__main__":
    main()
