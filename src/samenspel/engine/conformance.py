"""Run a folder of cases of the SBML Test Suite: ``python -m samenspel.engine.conformance DIR``.

A case is a folder with ``<name>-sbml-…xml`` or ``model.xml``, its settings and its results. A value agrees if
|computed - published| <= absolute + relative * |published|; infinities and NaN must be the same. A case that is refused
has failed. The last line reads ``N passed, N failed``.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from samenspel.quantities.errors import SamenspelError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """What became of one case; `fault` is empty when it passed."""

    case: str
    fault: str
    seconds: float


@dataclass(frozen=True)
class Case:
    """One case: the model file, what to compare, how closely, and the published numbers."""

    name: str
    model: Path
    amounts: frozenset[str]
    concentrations: frozenset[str]
    absolute: float
    relative: float
    columns: tuple[str, ...]
    times: Array
    published: Array


def read_case(folder: Path) -> Case:
    """The files of one case.

    Raises `SamenspelError` when one is absent or cannot be read.
    """
    model = _one(folder, "model.xml", "*-sbml-l3v2.xml", "*-sbml-l3v1.xml", "*-sbml-l2v[45].xml", "*-sbml-*.xml")
    settings_file, results_file = _one(folder, "settings.txt", "*-settings.txt"), _one(folder, "results.csv", "*-results.csv")
    settings: dict[str, str] = {}
    for line in settings_file.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        settings[name.strip()] = value.strip()
    rows = [r for r in csv.reader(results_file.read_text(encoding="utf-8").splitlines()) if r]
    try:
        numbers = np.array([[float(x) for x in r] for r in rows[1:]])
        absolute, relative = float(settings["absolute"]), float(settings["relative"])
    except (ValueError, KeyError) as fault:
        raise SamenspelError(f"settings or results cannot be read: {fault}.", file=str(folder)) from fault
    many = lambda key: frozenset(x.strip() for x in settings.get(key, "").split(",") if x.strip())  # noqa: E731
    columns = tuple(c.strip() for c in rows[0][1:])
    return Case(
        folder.name, model, many("amount"), many("concentration"), absolute, relative, columns, numbers[:, 0], numbers[:, 1:].T
    )


def _one(folder: Path, *patterns: str) -> Path:
    for pattern in patterns:
        found = sorted(folder.glob(pattern))
        if found:
            return found[0]
    raise SamenspelError(f"no {patterns[0]} here.", file=str(folder), cure="Give a folder with one folder per case.")


def run_case(folder: Path, engine: str = "reference") -> Outcome:
    """Simulate one case and compare; nothing a case does ends the whole run."""
    from samenspel.engine.sbml.read import read_sbml
    from samenspel.engine.sbml.simulate import simulate_sbml

    began = time.perf_counter()
    try:
        case = read_case(folder)
        model = read_sbml(case.model)
        species = {s.name for s in model.species}  # some settings list compartments too
        table = simulate_sbml(
            model, case.times, *tolerances(case, engine), columns=case.columns, engine=engine,
            amounts=case.amounts & species, concentrations=case.concentrations & species,
        )  # fmt: skip
        fault = compare(case, table.values)
    except SamenspelError as mistake:
        fault = f"refused: {mistake}"
    except Exception as mistake:
        fault = f"stopped by {type(mistake).__name__}: {mistake}"
    return Outcome(folder.name, fault, time.perf_counter() - began)


def tolerances(case: Case, engine: str) -> tuple[float, float]:
    """Relative and absolute tolerance to ask for: far below those of the case where that is cheap."""
    if engine == "reference":
        return 1e-9, min(1e-12, 1e-5 * case.absolute)
    return 0.01 * case.relative, 0.01 * case.absolute


def compare(case: Case, computed: Array) -> str:
    """Empty if all values agree, else the worst column."""
    with np.errstate(invalid="ignore"):
        allowed = case.absolute + case.relative * np.abs(case.published)
        excess = np.abs(computed - case.published) / allowed
    same = (computed == case.published) | (np.isnan(computed) & np.isnan(case.published))
    unequal = ~same & ~(np.isfinite(computed) & np.isfinite(case.published))
    excess = np.where(same, 0.0, np.where(unequal, math.inf, excess))
    if not (excess > 1).any():
        return ""
    c, t = np.unravel_index(int(np.argmax(excess)), excess.shape)
    return (
        f"worst column {case.columns[c]}: {computed[c, t]:.9g} at time {case.times[t]:g}, published {case.published[c, t]:.9g} "
        f"({excess[c, t]:.3g} times the tolerance); {int((excess > 1).any(1).sum())} of {len(case.columns)} columns"
    )


def run_folder(folder: Path, workers: int = 2, engine: str = "reference") -> list[Outcome]:
    """All cases of a folder, in order of name.

    Raises `SamenspelError` when the folder holds none.
    """
    if not folder.is_dir():
        raise SamenspelError("this is no folder.", file=str(folder), cure="Give a folder with one folder per case.")
    cases = sorted(p for p in folder.iterdir() if p.is_dir() and (any(p.glob("*settings.txt"))))
    if not cases:
        raise SamenspelError("no case here: a case is a folder with model, settings and results.", file=str(folder))
    if workers == 1 or len(cases) == 1:
        return [run_case(c, engine) for c in cases]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(run_case, cases, [engine] * len(cases), chunksize=8))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 if every case passed, 1 if one failed, 2 for wrong use."""
    parser = argparse.ArgumentParser(
        prog="python -m samenspel.engine.conformance", description="Run a folder of SBML Test Suite cases."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--engine", choices=("reference", "numpy", "native"), default="reference", help="default reference")
    given = parser.parse_args(arguments)
    try:
        outcomes = run_folder(given.folder, max(1, given.workers), given.engine)
    except SamenspelError as mistake:
        sys.stderr.write(f"{mistake}\n")
        return 2
    failed = [o for o in outcomes if o.fault]
    for o in failed:
        sys.stdout.write(f"{o.case}: {o.fault}\n")
    sys.stdout.write(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
