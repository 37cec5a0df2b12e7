"""A causal loop diagram read linearly: this program against the authors' own package, per draw of the weights.

Run: ``python benchmarks/diagrams.py FILE.xlsx [--draws 10000] [--peer PYTHON] [--peer-draws 1000]``. The file is the
Alzheimer diagram of the SystemsInsightPipeline tutorials (or any other; without one a random diagram of the same size is made).
The peer is `systemdynamics` 0.3.0, a non-commercial outside tool: it is never imported here. ``--peer`` names the Python of an
environment of its own in which it is installed; without one, an environment is tried in a temporary folder, and when that
fails the peer is said to be missing and left out.

Both sides draw the weights and compute the effect of all interventions at the same horizon, with the same ranges; best of
several runs. The peer is timed twice: all that it does to give the effects (best of two, the first of which compiles), and
its solver alone, compiled beforehand, which is faster than the package itself uses it. The last line is
``diagrams ratio R (...)``: the smaller of the two ratios.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from samenspel.evidence.diagram import Diagram, Link, Variable
from samenspel.evidence.kumu import read_kumu
from samenspel.insight.linear import LinearSettings, linear_effects

PACKAGE = "systemdynamics==0.3.0"
HORIZON, SEED, AUXILIARY, STOCK = 20.0, 1912884, 0.3, 0.1
#: run in the peer's own environment; prints one JSON line: seconds for the whole and for the solver alone
PEER = """
import io, json, sys, time, contextlib, warnings
warnings.simplefilter("ignore")
path, draws, horizon, seed, auxiliary, stock = sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:7])
quiet = io.StringIO()
with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
    import jax, numpy
    from funcs.cld import Extract
    from funcs.d2d import D2D
    settings = Extract(path).extract_settings()
    settings.t_end, settings.seed = horizon, int(seed)
    settings.parameter_value_aux, settings.parameter_value_stocks = auxiliary, stock
    settings.N = draws
    tool = D2D(settings)
    solve, keys = jax.jit(jax.vmap(tool._solve_single_sample)), jax.random.split(tool.key, draws)
    jax.block_until_ready(solve(keys))

    def best(work, times):
        seconds = []
        for _ in range(times):
            begin = time.perf_counter()
            result = work()
            seconds.append(time.perf_counter() - begin)
        return min(seconds), result

    out = {"solver": best(lambda: jax.block_until_ready(solve(keys)), 3)[0]}
    out["whole"], effects = best(lambda: (tool.run_simulations(), tool.get_intervention_effects())[1], 2)
    if isinstance(effects, dict) and effects:
        first = next(iter(effects.values()))
        out["medians"] = {str(k): float(numpy.median(numpy.abs(numpy.asarray(v, dtype=float)))) for k, v in (first if isinstance(first, dict) else effects).items()}
print(json.dumps(out))
"""


def random_diagram(stocks: int = 11, auxiliaries: int = 10, constants: int = 10, links: int = 107) -> Diagram:
    """A diagram as large as the published one, with nothing in it that means anything."""
    rng = np.random.default_rng(1)
    kinds = ["stock"] * stocks + ["auxiliary"] * auxiliaries + ["constant"] * constants
    names = [f"{kind}_{i}" for i, kind in enumerate(kinds)]
    variables = tuple(
        Variable(id=n, label=n, kind=k, strength=1.0 if i % 2 else 0.0, outcome=i == 0)  # type: ignore[arg-type]
        for i, (n, k) in enumerate(zip(names, kinds, strict=True))
    )
    pairs: dict[tuple[int, int], str] = {}
    moved = stocks + auxiliaries
    for target in range(moved):  # something leads to everything
        pairs[int(rng.choice([s for s in range(stocks) if s != target])), target] = "+"
    while len(pairs) < links:
        source, target = int(rng.integers(len(names))), int(rng.integers(moved))
        circle = kinds[source] == kinds[target] == "auxiliary" and source >= target
        if source != target and not circle:
            pairs.setdefault((source, target), "+" if rng.random() < 0.6 else "-")
    return Diagram(
        variable=variables, link=tuple(Link(source=names[s], target=names[t], sign=x) for (s, t), x in pairs.items())
    )  # type: ignore[arg-type]


def peer_python(given: str | None, folder: Path) -> tuple[str | None, str]:
    """A Python that has the peer, or none and the reason."""
    if given is not None:
        return given, ""
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "peer")], check=True, capture_output=True, timeout=120)
        python = str(folder / "peer" / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", PACKAGE], check=True, capture_output=True, timeout=400)
    except (subprocess.SubprocessError, OSError) as fault:
        return None, f"{PACKAGE} cannot be installed ({type(fault).__name__})"
    return python, ""


def peer(python: str, file: Path, draws: int) -> tuple[dict | None, str]:
    """What the peer's run printed, or none and the reason."""
    arguments = [str(file), str(draws), str(HORIZON), str(SEED), str(AUXILIARY), str(STOCK)]
    try:
        done = subprocess.run([python, "-c", PEER, *arguments], capture_output=True, text=True, timeout=420, check=False)
    except (subprocess.SubprocessError, OSError) as fault:
        return None, type(fault).__name__
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or ["no message"])[-1][:200]
    return json.loads(done.stdout.strip().splitlines()[-1]), ""


def processor() -> str:
    """The name of this machine's processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown processor"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--peer", help="Python of an environment that has the peer")
    parser.add_argument("--peer-draws", type=int, default=1000)
    given = parser.parse_args()
    diagram = read_kumu(given.file) if given.file else random_diagram()
    settings = LinearSettings(AUXILIARY, STOCK)
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        ours = linear_effects(diagram, seed=SEED, draws=given.draws, horizons=[HORIZON], settings=settings)
        seconds.append(time.perf_counter() - begin)
    each = min(seconds) / given.draws
    print(
        f"{processor()}; {len(diagram.variable)} variables, {len(diagram.links)} links, {len(diagram.interventions)} interventions, horizon {HORIZON:g}"
    )
    print(f"{'samenspel --linear':32s} {1e6 * each:10.1f} us per draw ({given.draws} draws)")
    if given.file is None:
        print("peer left out: it reads spreadsheets, and no file was named")
        return
    with tempfile.TemporaryDirectory() as folder:
        python, why = peer_python(given.peer, Path(folder))
        theirs, why = peer(python, given.file, given.peer_draws) if python else (None, why)
    if theirs is None:
        print(f"peer missing: systemdynamics ({why}); left out")
        return
    ratios = {}
    for name, label in (("whole", "systemdynamics, all it does"), ("solver", "systemdynamics, its solver alone")):
        cost = theirs[name] / given.peer_draws
        ratios[name] = cost / each
        print(f"{label:32s} {1e6 * cost:10.1f} us per draw ({given.peer_draws} draws): ratio {ratios[name]:.0f}")
    medians = theirs.get("medians")
    if medians:
        mine = {v.label: float(np.median(np.abs(ours.effect[k, 0]))) for k, v in enumerate(diagram.interventions)}
        both = [n for n in mine if n in medians]
        rank = lambda table: np.argsort(np.argsort([table[n] for n in both]))  # noqa: E731
        print(
            f"rank correlation of the two tools' median effects: {np.corrcoef(rank(mine), rank(medians))[0, 1]:.2f} ({len(both)} interventions)"
        )
    print(
        f"diagrams ratio {min(ratios.values()):.0f} (whole {ratios['whole']:.0f}, solver alone {ratios['solver']:.0f}; {given.draws} draws)"
    )


if __name__ == "__main__":
    main()
