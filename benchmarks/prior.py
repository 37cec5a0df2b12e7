"""What the prior says before any fact is used: the headline of a scenario over many worlds.

Run: ``python benchmarks/prior.py [SCENARIO …] [--worlds 512] [--people 40] [--seed 1] [--engine auto] [--atlas DIR]``.
For every headline measure: quantiles over worlds of the specific effect in baseline SDs (whole effect less attention and
expectation, minus sign where less is better), share of worlds with benefit (whole effect) and with more than 0.3 SD of it,
whole and specific; share of worlds refused, and the prevalence of the entry criteria that the reservoir implies.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from samenspel.evidence.grade import Grading
from samenspel.evidence.reader import read_atlas
from samenspel.insight import summary
from samenspel.insight.run import scenario_of
from samenspel.insight.summary import BEYOND
from samenspel.studies.chunks import Work, draw, job_of, run_chunks
from samenspel.studies.columns import main_measures

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def predictive(atlas: Any, name: str | None, *, seed: int, worlds: int, people: int, engine: Any) -> list[str]:
    """The lines of one scenario."""
    study = scenario_of(atlas, name)
    job = job_of(atlas, study, seed=seed, worlds=worlds, people=people, ladder="as-is", engine=engine, removed=frozenset())
    work = Work(atlas, study, draw(atlas, Grading(atlas), job), job)
    found = run_chunks(work, allow_failures=True)
    day = study.estimand.day
    refused = len(work.drawn.refused)
    share = 100 * np.array(list(found.screening.prevalence.values()))
    low, middle, high = np.quantile(share, [0.05, 0.5, 0.95])
    out = [
        f"{study.id}, day {day:g}: {worlds} worlds drawn, {refused} refused ({refused / worlds:.1%}), "
        f"{len(found.screening.empty)} with nobody to study, {len(found.worlds)} with an effect; {people} people in each",
        f"criteria: {study.estimand.population}",
        f"prevalence of the criteria: {middle:.2f} % of adults [{low:.2f}, {high:.2f}]",
        f"{'measure':<22}" + "".join(f"{f'q{q:g}':>8}" for q in QUANTILES) + f"{'benefit':>10}{f'> {BEYOND} SD':>10}{'specific':>10}",
    ]
    for m in main_measures(study):
        sign, d, sd = atlas.measures[m].towards, found.mean(summary.difference(found, m, day)), found.sd(f"base/{m}")
        specific, whole = found.mean(f"specific/{m}") / sd, d / sd
        numbers = "".join(f"{q:8.2f}" for q in np.nanquantile(specific, QUANTILES))
        shares = np.mean(sign * d > 0), np.mean(sign * whole > BEYOND), np.mean(sign * specific > BEYOND)
        out.append(f"{m:<22}{numbers}" + "".join(f"{share:10.0%}" for share in shares))
    return out


def main() -> None:
    """Print the prior predictive of the scenarios asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", nargs="*")
    parser.add_argument("--worlds", type=int, default=512)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="auto", choices=("auto", "numpy", "native"))
    parser.add_argument("--atlas", type=Path, default=None)
    given = parser.parse_args()
    atlas = read_atlas(given.atlas)
    for name in given.scenario or [None]:
        lines = predictive(atlas, name, seed=given.seed, worlds=given.worlds, people=given.people, engine=given.engine)
        print("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
