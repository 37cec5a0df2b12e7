"""A synthetic model for measuring engines: fifty states, eighty couplings, no meaning.

Twelve chains of four states with a `load` that exercise raises and a slow after-effect `pem`; time constants from 0.02 to
300 days; couplings that saturate in five ways; production that saturates in every fourth state of a chain, clearance that
is modulated in every third and limited in every second. One person has 150 numbers of his own. Exercise: six hours on three
days of the week. Every draw is seeded, so that the model and its people are the same everywhere.

With days of their own, an input for each day of the week is there for all, and three numbers 1 among seven numbers 0 or 1 of a
person say which of them are his.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import sympy

from samenspel.declare.model import InputVar, Model, ParameterVar, StateVar
from samenspel.engine import People, Schedule

CHAINS = ("imm", "mito", "ans", "hpa", "endo", "gut", "musc", "cns", "slp", "vol", "met", "psy")
NAMES = (*(f"{chain}{place}" for chain in CHAINS for place in (1, 2, 3, 4)), "load", "pem")
PUSHED = ("imm1", "mito1", "ans1", "cns1", "slp1", "met1")  # with a production of their own
NOISY = ("imm1", "gut1", "ans2", "hpa1", "cns2", "slp1", "met2", "psy1")
SESSIONS = ((1, 1), (3, 1), (5, 1))  # (day of the week, quarter of the day)
SCALE_FLOOR = 0.01
S = lambda name: sympy.Symbol(name, real=True)  # noqa: E731


def _time_constants(rng: np.random.Generator) -> dict[str, float]:
    ladder = np.geomspace(0.02, 300.0, len(NAMES))
    ladder = np.exp(np.linspace(np.log(0.02), np.log(300), len(NAMES)))
    out = dict(zip((str(n) for n in rng.permutation(list(NAMES[:48]))), ladder[1:-1], strict=True))
    return {**out, "load": 0.02, "pem": 2.0, "imm4": 300.0}


def _links(rng: np.random.Generator) -> list[tuple[str, str]]:
    links = [(f"{chain}{k}", f"{chain}{k + 1}") for chain in CHAINS for k in (1, 2, 3)]
    links += [("load", "pem"), ("pem", "imm1"), ("load", "mito1"), ("load", "ans1")]
    while len(links) < 80:
        source, goal = (str(n) for n in rng.choice(list(NAMES), 2, replace=False))
        if goal != "load" and (source, goal) not in links:
            links.append((source, goal))
    return links


WEEK = tuple(range(7))


@cache
def model(noise: float = 0.0, own_days: bool = False) -> Model:
    """The fifty states; `noise` pushes eight of them every day; with `own_days` people exercise on days of their own."""
    rng = np.random.default_rng(7)
    tau, links = _time_constants(rng), _links(rng)
    kinds = np.repeat(["hill2", "hilln", "tanh", "logistic", "exp"], [20, 12, 22, 18, 8])
    rng.shuffle(kinds)
    numbers = {f"tau_{n}": float(f"{tau[n]:.6g}") for n in NAMES}
    arriving: dict[str, list[sympy.Expr]] = {n: [] for n in NAMES}
    for k, ((source, goal), kind) in enumerate(zip(links, kinds, strict=True)):
        x = S(source)
        sign = rng.choice([-1, 1])
        numbers[f"g{k}"] = float(np.round(sign * rng.uniform(0.04, 0.16), 4))
        middle = float(np.round(rng.uniform(0.7, 1.6), 3))
        half: sympy.Expr = sympy.Float(middle)
        if k % 6 == 0:
            numbers[f"K{k}"], half = middle, S(f"K{k}")
        if kind == "hill2":
            form = x**2 / (half**2 + x**2)
        elif kind == "hilln":
            n = sympy.Float(float(np.round(rng.uniform(1.5, 4), 2)))
            form = x**n / (half**n + x**n)
        elif kind == "tanh":
            form = sympy.tanh(float(f"{rng.uniform(0.8, 2.5):.3f}") * (x - half))
        elif kind == "logistic":
            form = 1 / (1 + sympy.exp(-float(f"{rng.uniform(2, 5):.3f}") * (x - half)))
        else:
            form = sympy.exp(-float(f"{rng.uniform(0.5, 1.5):.3f}") * x)
        arriving[goal].append(S(f"g{k}") * form)
    numbers |= {f"b_{n}": 0.1 for n in PUSHED}
    drift = {n: _equation(n, arriving[n], noise) for n in NAMES}
    own: tuple[ParameterVar, ...] = ()
    inputs = (InputVar("exercise"),)
    if own_days:
        exercise = sympy.Add(*(S(f"does_{k}") * S(f"day_{k}") for k in WEEK))
        drift = {n: e.xreplace({S("exercise"): exercise}) for n, e in drift.items()}
        own, inputs = tuple(ParameterVar(f"does_{k}", value=0.0) for k in WEEK), tuple(InputVar(f"day_{k}") for k in WEEK)
    return Model(
        name="fifty" + ("-noise" if noise else ""),
        states=tuple(StateVar(n, start=sympy.Float(0.1 if n == "load" else 1.0)) for n in NAMES),
        parameters=(*(ParameterVar(n, value=v) for n, v in numbers.items()), ParameterVar("amount", value=1.0), *own),
        drift=drift,
        inputs=inputs,
        noise={n: sympy.Float(noise) for n in NOISY} if noise else {},
    )


def _equation(name: str, terms: list[sympy.Expr], noise: float) -> sympy.Expr:
    x, place = S(name), name[-1]
    base = 0.1 + 2.0 * S("amount") * S("exercise") if name == "load" else sympy.Float(0.9)
    made = base + (S(f"b_{name}") if name in PUSHED else 0) + sympy.Add(*terms)
    if noise and name in NOISY:
        made += noise * S(f"noise.{name}")
    if place == "4":
        made = 2 / (1 + sympy.exp(-2 * (made - 1)))
    lost = x
    if place == "3":
        lost = x * (0.7 + 0.3 * S(name[:-1] + "1"))
    if place == "2":
        lost = 0.5 * x + 0.8 * x / (0.6 + x)
    return (made - lost) / S(f"tau_{name}")


def people(n: int) -> People:
    """Persons 0 to n - 1; person j is the same in any number. About one gain in five is 0."""
    central = {p.name: p.value for p in model().parameters if p.name != "amount"}
    drawn = np.empty((len(central), n))
    amount = np.empty(n)
    for j in range(n):
        rng = np.random.Generator(np.random.Philox(key=3, counter=[0, 0, 0, j]))
        z, u = rng.standard_normal(len(central)), rng.random(len(central) + 1)
        for i, (name, value) in enumerate(central.items()):
            spread = 0.15 if name.startswith("tau_") else 0.25 if name.startswith("g") else 0.05
            drawn[i, j] = value * np.exp(spread * z[i]) * (u[i] > 0.2 if name.startswith("g") else 1.0)
        amount[j] = 0.5 + u[-1]
    ids = np.arange(n, dtype=np.int64)
    return People(ids, ids * 0, {**dict(zip(central, drawn, strict=True)), "amount": amount})


def with_days(crowd: People) -> People:
    """The same people, each with three days of the week."""
    days = np.zeros((7, crowd.n))
    for j, person in enumerate(crowd.person.tolist()):
        rng = np.random.Generator(np.random.Philox(key=4, counter=[0, 0, 0, person]))
        days[rng.permutation(7)[:3], j] = 1.0
    return People(crowd.person, crowd.world, {**crowd.parameters, **{f"does_{k}": days[k] for k in WEEK}})


def every_day(weeks: int = 52) -> Schedule:
    """A session in the second quarter of every day, each day of the week an input of its own."""
    plans = np.zeros((7, weeks * 7, 4))
    for day in WEEK:
        plans[day, day::7, 1] = 1.0
    return Schedule(weeks * 7, edges=(0.0, 0.25, 0.5, 0.75), inputs={f"day_{k}": plans[k] for k in WEEK})


def year(weeks: int = 52) -> Schedule:
    """The weekly sessions in quarters of a day."""
    plan = np.zeros((weeks * 7, 4))
    for day, quarter in SESSIONS:
        plan[day::7, quarter] = 1.0
    return Schedule(weeks * 7, edges=(0.0, 0.25, 0.5, 0.75), inputs={"exercise": plan})


def segments() -> list[tuple[float, float]]:
    """One week as (duration, input), for solvers that restart at every edge."""
    out: list[tuple[float, float]] = []
    for u in year(1).inputs["exercise"].reshape(-1):
        if out and out[-1][1] == u:
            out[-1] = (out[-1][0] + 0.25, u)
        else:
            out.append((0.25, float(u)))
    return out
