"""Speed of the native engine against other simulators and against this processor's arithmetic, at a stated error.

Run: ``python benchmarks/engine.py [--peers] [--limit] [--people 1024]``; about five minutes on two cores. The model is
`fifty.py`: one year, exercise on three days of the week, no noise, saved weekly; the step plan has 52 steps a week, of
which states that nothing shakes (`samenspel.engine.steady`) take 28.

    error   worst state's root mean square over people and weeks of (x - reference)/(its standard deviation + 0.01)
    reference  double precision at 32 times as many steps; its own change on halving is printed
    speed   patient-years per second of processor time, times the number of processors, so that a busy machine counts alike
            for all; the best of several runs

Peers run as a user would run them: a loop over people and a restart at every input edge, or (JAX) the same step plan in one
compiled function, with and without steady states, the better of the two. A peer with adaptive steps is timed at several
tolerances and read off at the native engine's error. A peer that is not installed is said to be missing and left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import peak
import sympy
from fifty import NAMES, SCALE_FLOOR, S, every_day, model, people, segments, with_days, year

from samenspel.declare.model import Model
from samenspel.engine import People, Schedule, StepPlan
from samenspel.engine.compiled import compiled
from samenspel.engine.native import kernel as kernels
from samenspel.engine.native.driver import build_day
from samenspel.engine.native.run_native import layout_of, run_native
from samenspel.engine.native.tables import coefficients, inputs_table, steps_table
from samenspel.engine.run import first_condition
from samenspel.engine.sbml.export import write_sbml
from samenspel.engine.steady import steady_states

Array = np.ndarray[Any, Any]
ALL = StepPlan(longest=0.25, depth=4, quiet_midnights=True)  # every state in every step
ENDS = {"fma": 3, "add": 3}  # per state: what the ends of the two halves hold, of which each half does its own
WEEKS, CHECKED, CORES = 52, 64, os.cpu_count() or 1


def years(n: int, weeks: int = WEEKS) -> float:
    """Patient-years of n people."""
    return n * weeks * 7 / 365.25


def best(work: Callable[[], Any], repeats: int) -> tuple[float, float, Any]:
    """Least processor time, least wall time, last result."""
    cpu, wall, out = [], [], None
    for _ in range(repeats):
        c, w = time.process_time(), time.perf_counter()
        out = work()
        cpu.append(time.process_time() - c)
        wall.append(time.perf_counter() - w)
    return min(cpu), min(wall), out


class Task:
    """The year, its reference, and the native engine on it."""

    def __init__(self, n: int, m: Model | None = None, crowd: People | None = None) -> None:
        self.model = m or model()
        self.n, self.people = n, crowd or people(n)
        self.start = first_condition(self.model, self.people, {})
        self.plan = replace(ALL, steady=steady_states(self.model, self.people, ALL.longest))
        self.reference = self.scale = np.zeros(0)

    def native(
        self, n: int | None = None, plan: StepPlan | None = None, precision: Any = "single", threads: int = 1, arm: Schedule | None = None
    ) -> Array:
        """Weekly states, shape (states, weeks, people)."""
        index = np.arange(n or self.n)
        return run_native(self.model, self.people.take(index), [arm or year(WEEKS)], self.start.take(index), seed=1, save=list(NAMES),
                          save_days=range(6, 7 * WEEKS, 7), plan=plan or self.plan, threads=threads, precision=precision)[0].values  # fmt: skip

    def prepare(self) -> None:
        """Make the reference."""
        self.reference = self.native(CHECKED, replace(ALL, refine=32), "double", CORES)
        self.scale = self.reference.std((1, 2)) + SCALE_FLOOR
        half = self.native(CHECKED, replace(ALL, refine=16), "double", CORES)
        print(f"reference: {CHECKED} people, changes by {self.error(half):.1e} on halving", flush=True)

    def error(self, y: Array) -> float:
        """Worst state's scaled error over the first people and weeks."""
        part = self.reference[:, : y.shape[1], : min(y.shape[2], CHECKED)]
        d = (y[:, :, : part.shape[2]] - part) / self.scale[:, None, None]
        return float(np.sqrt((d**2).mean((1, 2))).max())

    def speed(self, repeats: int = 8, plan: StepPlan | None = None) -> float:
        """Patient-years per second now."""
        return CORES * years(self.n) / best(lambda: self.native(plan=plan), repeats)[0]


def at_error(points: list[tuple[float, float]], wanted: float) -> float:
    """Speed at a wanted error, on the line through the two nearest (error, speed) in logarithms."""
    points = sorted(points, key=lambda p: abs(np.log(p[0] / wanted)))[:2]
    (e0, s0), (e1, s1) = sorted(points)
    slope = np.log(s1 / s0) / np.log(e1 / e0)
    return float(s0 * (wanted / e0) ** slope)


def adaptive(task: Task, n: int, weeks: int, start: Callable[[int], Array], step: Callable[..., Array]) -> tuple[float, float]:
    """(error, speed) of a stepper that restarts at each edge."""
    out = np.empty((len(NAMES), weeks, n))

    def loop() -> None:
        for j in range(n):
            x, t = start(j), 0.0
            for w in range(weeks):
                for length, u in segments():
                    x = step(j, x, t, length, u)
                    t += length
                out[:, w, j] = x

    cpu, _, _ = best(loop, 4)
    return task.error(out), CORES * years(n, weeks) / cpu


def libroadrunner(task: Task, wanted: float) -> tuple[float, float, int]:
    """CVODE on the exported SBML."""
    import roadrunner

    n, weeks = 4, 52
    m, numbers = task.model, {k: np.broadcast_to(v, (task.n,)) for k, v in task.people.parameters.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fifty.xml"
        ids = write_sbml(m, {k: float(v[0]) for k, v in numbers.items()}, path)
        r = roadrunner.RoadRunner(str(path))
    r.timeCourseSelections = ["time", *(ids[s] for s in NAMES)]
    points = []
    for tolerance in (1e-4, 2e-5, 5e-6):
        r.getIntegrator().setValue("relative_tolerance", tolerance)
        r.getIntegrator().setValue("absolute_tolerance", tolerance / 10)

        def start(j: int) -> Array:
            r.resetAll()
            for name, value in numbers.items():
                r[ids[name]] = float(value[j])
            for k, s in enumerate(NAMES):
                r[ids[s]] = float(task.start.states[k, j])
            return task.start.states[:, j]

        def step(j: int, x: Array, t: float, length: float, u: float) -> Array:
            r[ids["exercise"]] = u
            return np.array(r.simulate(t, t + length, 2))[-1, 1:]

        points.append(adaptive(task, n, weeks, start, step))
        print(f"  libroadrunner {roadrunner.__version__} tolerance {tolerance:g}: error {points[-1][0]:.1e}, {points[-1][1]:.1f} py/s", flush=True)
    return at_error(points, wanted), wanted, n


def scipy_lsoda(task: Task, wanted: float) -> tuple[float, float, int]:
    """LSODA on a function made by `sympy.lambdify`."""
    from scipy.integrate import solve_ivp

    n, weeks, m = 2, 26, task.model
    names = list(m.parameter_names)
    f = sympy.lambdify([[S(s) for s in NAMES], [S(p) for p in names], S("exercise")], list(m.drift.values()), "math", cse=True)
    numbers = [np.broadcast_to(task.people.parameters[p], (task.n,)) for p in names]
    points = []
    for tolerance in (1e-4, 1e-5):

        def step(j: int, x: Array, t: float, length: float, u: float, tolerance: float = tolerance) -> Array:
            p = [float(v[j]) for v in numbers]
            r = solve_ivp(lambda _t, y: f(y.tolist(), p, u), (0, length), x, method="LSODA", rtol=tolerance, atol=tolerance / 10, t_eval=[length])
            return r.y[:, -1]

        points.append(adaptive(task, n, weeks, lambda j: task.start.states[:, j].copy(), step))
        print(f"  scipy-lsoda tolerance {tolerance:g}: error {points[-1][0]:.1e}, {points[-1][1]:.2f} py/s", flush=True)
    return at_error(points, wanted), wanted, n


def jax(task: Task, _wanted: float) -> tuple[float, float, int]:
    """The same plan and scheme in single precision, people on the last axis of one stacked state."""
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax as jx

    n = 1024
    crowd = people(n)
    tried: list[tuple[float, float]] = []
    for plan in (ALL, task.plan):
        work = _jax_run(task.model, crowd, plan)
        work()
        cpu, wall, y = best(work, 4)
        tried.append((CORES * years(n) / cpu, task.error(np.moveaxis(y, 0, 1))))
        told = f"{len(plan.steady)} steady states, {tried[-1][0]:.0f} py/s, error {tried[-1][1]:.1e}"
        print(f"  jax {jx.__version__}: {told}; {years(n) / wall:.0f} py/s by the clock", flush=True)
    return (*max(tried), n)


def _jax_run(m: Model, crowd: People, plan: StepPlan) -> Callable[[], Array]:
    """One year under a plan, as one compiled function."""
    import jax as jx
    import jax.numpy as jnp

    n, names = crowd.n, list(m.parameter_names)
    own = [[i for i, s in enumerate(NAMES) if (s in plan.steady) == still] for still in (False, True)]
    f, g = (sympy.lambdify([[S(s) for s in NAMES], [S(p) for p in names], S("exercise")],
                           [m.drift[NAMES[i]] for i in places], "jax", cse=True) for places in own)  # fmt: skip
    move, still = (jnp.array(places, int) for places in own)
    p = np.array([np.broadcast_to(crowd.parameters[k], (n,)) for k in names])
    x0 = first_condition(m, crowd, {}).states
    rate = np.minimum(np.array([np.broadcast_to(r, (n,)) for r in compiled(m).diagonal(x0, p, [0.0], [], 0.0)]), 0.0)
    table = inputs_table(m, [year(2)])
    steps = steps_table(table, year(2), plan)
    flat, u_of = table.reshape(-1), np.cumsum(steps.slot >= 0) - 1
    c = jnp.array(np.stack([coefficients(rate, h) for h in steps.sizes]), jnp.float32)
    c_move, c_still = c[:, :, move], c[:, :, still]
    bounds = [0, steps.day_start[7], steps.day_start[14]]
    whole, parts = (steps.size, steps.opens, steps.closes), (flat[u_of], steps.before, steps.after)
    first, later = [(*(jnp.array(v[a:b]) for v in whole), *(jnp.array(v[a:b], jnp.float32) for v in parts))
                    for a, b in itertools.pairwise(bounds)]  # fmt: skip

    def run(x: Any, q: Any) -> Any:
        def step(carry: Any, row: Any) -> Any:
            x, reached, fs = carry
            size, opens, closes, u, before, after = row

            def opening(_: Any) -> Any:
                fs = jnp.stack(g(x, q, u))
                return x[still] + c_still[opens, 0] * fs, fs

            def closing(y: Any) -> Any:
                z = y.at[still].set(reached)
                _, ours, theirs = c_still[closes]
                return z.at[still].set(x[still] + ours * fs + theirs * jnp.stack(g(z, q, u)))

            if own[1]:
                reached, fs = jx.lax.cond(opens >= 0, opening, lambda _: (reached, fs), None)
            seen = lambda part: x.at[still].set(x[still] + part * (reached - x[still])) if own[1] else x  # noqa: E731
            c1, ours, theirs = c_move[size]
            now = jnp.stack(f(seen(before), q, u))
            a = seen(after).at[move].set(x[move] + c1 * now)
            y = x.at[move].set(x[move] + ours * now + theirs * jnp.stack(f(a, q, u)))
            if own[1]:
                y = jx.lax.cond(closes >= 0, closing, lambda y: y, y)
            return (y, reached, fs), None

        blank = jnp.zeros((len(own[1]), n), jnp.float32)
        carry, _ = jx.lax.scan(step, (x, blank, blank), first)

        def week(carry: Any, _: Any) -> Any:
            after, _ = jx.lax.scan(step, carry, later)
            return after, carry[0]

        return jx.lax.scan(week, carry, None, length=WEEKS)[1]

    compiled_run = jx.jit(run)
    args = (jnp.array(x0, jnp.float32), jnp.array(p, jnp.float32))
    return lambda: np.asarray(compiled_run(*args))


PEERS: dict[str, tuple[str, Callable[[Task, float], tuple[float, float, int]]]] = {
    "libroadrunner": ("roadrunner", libroadrunner), "jax": ("jax", jax), "scipy-lsoda": ("scipy", scipy_lsoda),
}  # fmt: skip


def compare(task: Task, own_error: float) -> list[str]:
    """One closing line per peer that is installed."""
    lines = []
    for name, (package, work) in PEERS.items():
        if importlib.util.find_spec(package) is None:
            print(f"{name} is not installed: left out", flush=True)
            continue
        before = task.speed()
        speed, error, n = work(task, own_error)
        ours = max(before, task.speed())
        lines.append(f"{name} ratio {ours / speed:.4g} ({speed:.4g} patient-years/s, rms error {error:.1e}, {n})")
    return lines


def limit(task: Task) -> str:
    """The share of what the counted multiply-adds and divisions would allow, one after the other."""
    lanes = kernels.target().lanes
    steady = [i for i, s in enumerate(NAMES) if s in task.plan.steady]
    text, _ = build_day(layout_of(compiled(task.model)), 16, True, steady, kernels.target().registers(16, single=True))
    code, year_ = kernels.assembly(text), dict.fromkeys(("fma", "mul", "add", "div"), 0.0)
    for name, states, times in (("moving", len(NAMES) - len(steady), 52), ("steady", len(steady), 28)):
        for k, v in peak.counts(code, tuple(f"{name}{part or ''}" for part in range(999)), lanes).items():
            both = 2 * v / (16 / lanes) - ENDS.get(k, 0) * states  # halves of a step share their code but for its end
            year_[k] += both * times * 365.25 / 7  # in registers of `lanes` numbers, for `lanes` people
    rates, ours = peak.rates(), 0.0
    for _ in range(4):
        ours, again = max(ours, task.speed()), peak.rates()
        rates = {k: max(v, again[k]) for k, v in rates.items()}
    most = CORES / ((year_["fma"] + year_["mul"]) / rates["fma"] + year_["div"] / rates["div"])
    told = ", ".join(f"{k} {v / 1e6:.2f}" for k, v in year_.items())
    return (f"limit fraction {ours / most:.3f} ({told} million per {lanes} people and year; fma {rates['fma'] / 1e9:.1f}, "
            f"division {rates['div'] / 1e9:.2f} G/s per processor; limit {most:.0f}, reached {ours:.0f} patient-years/s)")  # fmt: skip


def shaken(what: str, task: Task, arm: Schedule, plain: float) -> None:
    """Print the speed with something that happens to people every day, and its error."""
    plan = replace(task.plan, quiet_midnights=False)
    task.reference = task.native(CHECKED, replace(plan, steady=(), refine=16), "double", CORES, arm)
    task.scale = task.reference.std((1, 2)) + SCALE_FLOOR
    cpu, _, y = best(lambda: task.native(plan=plan, arm=arm), 8)
    speed = CORES * years(task.n) / cpu
    print(f"native with {what}: {speed:.0f} patient-years/s, {speed / plain:.2f} of it, rms error {task.error(y):.1e}", flush=True)


def main() -> None:
    """Print the table and the closing lines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--limit", action="store_true")
    parser.add_argument("--people", type=int, default=1024)
    wanted = parser.parse_args()
    begin = time.perf_counter()
    print(f"{CORES} processors, {kernels.target().cpu}, {kernels.target().lanes} lanes of single precision", flush=True)
    task = Task(max(wanted.people, CHECKED))
    task.prepare()
    y = task.native()
    own_error = task.error(y)
    speed, plain = task.speed(), task.speed(plan=ALL)
    _, wall, again = best(lambda: task.native(threads=CORES), 3)
    assert (again == y).all(), "threads changed a bit"
    print(f"native: {speed:.0f} patient-years/s by processor time, {years(task.n) / wall:.0f} by the clock on {CORES} threads, "
          f"rms error {own_error:.2e}; {len(task.plan.steady)} states steady; with every state in every step {plain:.0f}", flush=True)  # fmt: skip
    shaken("daily noise", Task(task.n, model(0.15)), year(WEEKS), speed)
    shaken("daily noise and days of their own", Task(task.n, model(0.15, own_days=True), with_days(task.people)), every_day(WEEKS), speed)
    lines = compare(task, own_error) if wanted.peers else []
    lines += [limit(task)] if wanted.limit else []
    print(f"{time.perf_counter() - begin:.0f} s in all")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
