"""The native engine against the array engine and adaptive integration; its bits against everything that may not matter."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samenspel
from alone import DAILY, alone
from samenspel.composition import compose
from samenspel.declare import Input, Parameter, State, System
from samenspel.declare.maths import cos, exp, hill, log, logistic, sin, softplus, sqrt, tanh
from samenspel.engine import People, Result, Schedule, StepPlan, habits, run, settle
from samenspel.engine.native import kernel as kernels
from samenspel.engine.native.run_native import run_native
from samenspel.engine.numpy_engine import run_numpy
from samenspel.engine.run import choose, first_condition
from samenspel.quantities.errors import SamenspelError
from samenspel.randomness import normal
from samenspel.store import Store
from toys import Bell, Clerk, Tank
from village import CLERK, GIVEN, LINK, TANK, bits, village

pytestmark = pytest.mark.skipif(kernels.unavailable() is not None, reason=f"no native engine: {kernels.unavailable()}")

@pytest.mark.parametrize(("precision", "tolerance"), [("double", 1e-10), ("single", 2e-6)])
def test_all_toys_together_agree_with_the_array_engine(precision, tolerance):
    """States, accumulators, stages, decisions, queues, society, daily maps and noise, in both arms, every day."""
    model, people, arms, still = village(37)
    expected = run_numpy(model, people, arms, still, **GIVEN)
    got = run_native(model, people, arms, still, precision=precision, **GIVEN)
    for a, b in zip(expected, got, strict=True):
        np.testing.assert_allclose(b.values, a.values, atol=tolerance, rtol=tolerance)
        np.testing.assert_allclose(b.end.states, a.end.states, atol=tolerance, rtol=tolerance)
        np.testing.assert_allclose(b.end.held, a.end.held, atol=tolerance, rtol=tolerance)
        np.testing.assert_array_equal(b.end.codes, a.end.codes)


def test_the_kernel_draws_the_bits_of_the_address():
    model = compose([Tank])
    ids = np.array([0, 1, 5, 2**32 - 1, 77, 78, 79, 80, 123456789], dtype=np.int64)
    people = People(ids, ids // 3, TANK)
    seed = 2**63 + 12345
    r = run_native(model, people, [Schedule(400, 3)], settle(model, people), seed=seed, save=["noise.tank.level"],
                   save_days=range(3, 403), plan=StepPlan())[0]  # fmt: skip
    for k, day in enumerate(r.days):
        z = normal(seed, person=ids, world=ids // 3, day=int(day), channel="noise.tank.level")
        np.testing.assert_array_equal(r.values[0, k], z)


@pytest.mark.parametrize("precision", ["single", "double"])
def test_bits_depend_on_nothing_but_the_person(precision):
    """Threads, people per block, instruction set, order and company leave every bit as it is."""
    model, people, arms, still = village(45)
    model_free = compose([Tank, Bell], [LINK])  # nobody meets anybody: one call over many days
    numbers = {k: v for k, v in people.parameters.items() if k.split(".")[0] in ("tank", "bell", "gain", "base", "habit")}
    alone = People(people.person, people.world, numbers)
    rest = settle(model_free, alone)
    targets = ["avx2", "host"]
    try:
        kernels.target("avx512")
        targets.append("avx512")
    except SamenspelError:
        pass
    free_given = dict(seed=3, save=["tank.level", "bell.x", "tank.highest"], save_days=[2, 8], plan=StepPlan())
    whole = free = None
    for isa in targets:
        for width in (4, 8, 16):
            for threads in (1, 3):
                one = run_native(model, people, arms, still, precision=precision, isa=isa, width=width, threads=threads, **GIVEN)
                two = run_native(model_free, alone, arms, rest, precision=precision, isa=isa, width=width, threads=threads, **free_given)
                whole, free = whole or bits(one), free or bits(two)
                assert bits(one) == whole, (isa, width, threads)
                assert bits(two) == free, (isa, width, threads)
    some = np.array([31, 4, 17, 44, 0, 8, 9, 10, 11, 12, 13])
    expected = run_native(model_free, alone, arms, rest, precision=precision, **free_given)
    fewer = run_native(model_free, alone.take(some), arms[1:], rest.take(some), precision=precision, **free_given)
    np.testing.assert_array_equal(fewer[0].values, expected[1].values[:, :, some])
    days = [2, 3, 5, 8]  # how often one looks does not matter either
    often = run_native(model_free, alone, arms, rest, precision=precision, **{**free_given, "save_days": days})
    np.testing.assert_array_equal(often[0].values[:, [0, 3]], expected[0].values)


PROGRAM = """
import sys
sys.path[:0] = {paths!r}
from test_native import GIVEN, bits, village
from samenspel.engine.native.run_native import run_native
print(bits(run_native(*village(21), **GIVEN)))
"""


def in_new_process(cache: Path) -> subprocess.Popen:
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(samenspel.__file__).parents[1])]
    where = {**os.environ, "SAMENSPEL_CACHE": str(cache)}
    return subprocess.Popen([sys.executable, "-c", PROGRAM.format(paths=paths)], env=where, stdout=subprocess.PIPE, text=True)


def test_two_processes_share_one_empty_cache_and_agree(tmp_path):
    both = [in_new_process(tmp_path) for _ in range(2)]
    told = [p.communicate(timeout=120)[0].split() for p in both]
    assert [p.returncode for p in both] == [0, 0]
    model, people, arms, still = village(21)
    assert told[0] == told[1] == [bits(run_native(model, people, arms, still, **GIVEN))]
    kept = [p for p in (tmp_path / "kernel").rglob("*") if p.is_file()]
    assert kept
    assert not [p for p in kept if p.name.startswith(".part-")]


@pytest.mark.parametrize("damage", ["truncated", "foreign", "altered", "open to others", "empty"])
def test_a_damaged_kernel_is_built_again(damage, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("SAMENSPEL_CACHE", str(tmp_path))
    monkeypatch.setattr(kernels, "_LOADED", {})
    model = compose([Bell])
    people = People(np.arange(3), np.zeros(3, dtype=np.int64), {"bell.quick": 1.0, "bell.slow": 0.2})
    given_ = (model, people, [Schedule(3)], settle(model, people))
    options = dict(seed=1, save=["bell.x"], save_days=[2], plan=StepPlan())
    whole = bits(run_native(*given_, **options))
    entries = sorted(p for p in (tmp_path / "kernel").rglob("*") if p.is_file())
    before = {p: p.read_bytes() for p in entries}
    for p in entries:
        raw = before[p]
        if damage == "truncated":
            p.write_bytes(raw[: len(raw) // 2])
        elif damage == "foreign":
            p.write_bytes(before[entries[0] if p != entries[0] else entries[-1]])
        elif damage == "altered":
            p.write_bytes(raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:])
        elif damage == "empty":
            p.write_bytes(b"")
        else:
            p.chmod(0o666)
    monkeypatch.setattr(kernels, "_LOADED", {})
    with caplog.at_level(logging.WARNING):
        assert bits(run_native(*given_, **options)) == whole
    assert "ignored" in caplog.text
    assert all(p.read_bytes() == before[p] for p in entries)  # the same code, made again


def test_a_file_that_is_no_code_is_built_again(tmp_path, monkeypatch):
    """An entry with a right checksum and a wrong inside."""
    monkeypatch.setenv("SAMENSPEL_CACHE", str(tmp_path))
    monkeypatch.setattr(kernels, "_LOADED", {})
    model = compose([Bell])
    people = People(np.arange(3), np.zeros(3, dtype=np.int64), {"bell.quick": 1.0, "bell.slow": 0.2})
    given_ = (model, people, [Schedule(3)], settle(model, people))
    options = dict(seed=1, save=["bell.x"], save_days=[2], plan=StepPlan())
    whole = bits(run_native(*given_, **options))
    for p in [p for p in (tmp_path / "kernel").rglob("*") if p.is_file()]:
        Store().put("kernel", p.name, b'{"used": []}\nno object file')
    monkeypatch.setattr(kernels, "_LOADED", {})
    assert bits(run_native(*given_, **options)) == whole


def test_no_cache_is_no_obstacle(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SAMENSPEL_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(kernels, "_LOADED", {})
    model = compose([Bell])
    people = People(np.arange(1), np.zeros(1, dtype=np.int64), {"bell.quick": 1.0, "bell.slow": 0.2})
    assert run_native(model, people, [Schedule(1)], settle(model, people), seed=1, save=["bell.x"], save_days=[0], plan=StepPlan())


class Functions(System):
    """Every function of the language and the shapes that the rearrangement treats apart."""

    system = "functions"
    a = State(start=0.5)
    b = State(start=1.5)
    c = State(start=0.2)
    push = Input()
    k = Parameter()
    n = Parameter()
    tau = Parameter(unit="day")

    @staticmethod
    def drift(v):
        up = v.k * hill(v.b, v.k, v.n) * logistic(3 * (v.a - v.k)) + v.b**2 / (v.k**2 + v.b**2) - 0.3 * tanh(v.c / v.k)
        up += 0.2 * sin(6.3 * v.b) * v.k - 0.1 * cos(v.a / v.k)
        down = softplus((v.a - 0.5) / 0.01) * 0.01 + sqrt(v.b + 1) * log(1.5 + v.c**2) / (v.k + v.n) - (v.push - v.a) * v.k
        return {
            "a": (up - v.a * (0.5 + v.n * 0.1) - down) / v.tau,
            "b": (1 + 0.2 * v.b ** (-0.5) + exp(-v.a) * v.k / v.n - v.b - v.b * v.c / (v.k * v.tau)) / (2 * v.tau),
            "c": (v.a * v.b * v.k * 0.1 - v.c**3 - v.c + v.n * (v.k - 0.2) * 0.1) / v.tau,
        }


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.floats(0.4, 3.0), st.floats(0.5, 4.0), st.floats(0.3, 20.0))
def test_every_function_agrees_with_the_array_engine(seed, k, n, tau):
    model = compose([Functions])
    rng = np.random.default_rng(seed)
    ids = np.arange(11, dtype=np.int64)
    spread = {"functions.k": k * np.exp(0.2 * rng.normal(size=11)), "functions.n": n, "functions.tau": tau}
    people = People(ids, ids, spread)
    start = first_condition(model, people, {"functions.b": 1.2})
    arm = Schedule(6, edges=(0.0, 0.25), inputs={"functions.push": rng.normal(size=(6, 2))})
    options = dict(seed=1, save=list(model.state_names), save_days=range(6), plan=StepPlan())
    expected = run_numpy(model, people, [arm], start, **options)[0]
    double = run_native(model, people, [arm], start, precision="double", **options)[0]
    single = run_native(model, people, [arm], start, **options)[0]
    np.testing.assert_allclose(double.values, expected.values, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(single.values, expected.values, rtol=2e-5, atol=2e-5)


@settings(max_examples=10)
@given(st.floats(-30, 30), st.sampled_from(["tanh", "exp", "log", "softplus", "sin", "cos"]))
def test_own_functions_are_the_mathematical_ones(x, name):
    """One state driven by f(input): x(1) = f, to a few units in the last place of double precision."""

    class One(System):
        system = "one"
        y = State(start=0.0)
        put = Input()

        @staticmethod
        def drift(v):
            f = {"tanh": tanh, "exp": exp, "softplus": softplus, "log": lambda u: log(exp(u)), "sin": sin, "cos": cos}[name]
            return {"y": f(v.put) + 0 * v.y}

    model = compose([One])
    people = People(np.arange(1), np.arange(1), {})
    arm = Schedule(1, inputs={"one.put": np.full((1, 1), x)})
    r = run_native(model, people, [arm], first_condition(model, people, {}), seed=1, save=["one.y"], save_days=[0],
                   plan=StepPlan(longest=1.0, depth=0), precision="double")[0]  # fmt: skip
    exact = {"tanh": np.tanh(x), "exp": np.exp(x), "softplus": np.logaddexp(0, x), "log": x, "sin": np.sin(x), "cos": np.cos(x)}[name]
    np.testing.assert_allclose(r.values[0, 0, 0], exact, rtol=1e-13, atol=1e-15)


def test_somebody_who_leaves_the_numbers_is_counted_and_harms_nobody():
    class Runaway(System):
        system = "runaway"
        y = State(start=1.0)
        rate = Parameter(unit="1/day")

        @staticmethod
        def drift(v):
            return {"y": v.rate * v.y * v.y}

    model = compose([Runaway])
    ids = np.arange(9, dtype=np.int64)
    rate = np.where(ids == 4, 5.0, -0.1)
    people = People(ids, ids, {"runaway.rate": rate})
    options = dict(seed=1, save=["runaway.y"], save_days=[39], plan=StepPlan())
    r = run_native(model, people, [Schedule(40)], first_condition(model, people, {}), **options)[0]
    assert r.end.codes[4] == Result.DIVERGED
    assert (np.delete(r.end.codes, 4) == Result.OK).all()
    others = people.take(np.flatnonzero(ids != 4))
    alone = run_native(model, others, [Schedule(40)], first_condition(model, others, {}), **options)[0]
    np.testing.assert_array_equal(np.delete(r.values, 4, axis=2), alone.values)


@pytest.mark.slow
@pytest.mark.parametrize("name", DAILY)
def test_every_shipped_system_agrees(name):
    """RMS over persons with the same discrete history at most 1e-3 of the state's spread; double precision to 1e-9."""
    model, people, still = alone(DAILY[name], 20)
    options = dict(seed=2, save=[*model.state_names, *model.held_names], save_days=range(4, 30, 5), plan=StepPlan())
    expected = run_numpy(model, people, [Schedule(30)], still, **options)[0]
    for precision, allowed in (("double", 1e-9), ("single", 1e-3)):
        got = run_native(model, people, [Schedule(30)], still, precision=precision, **options)[0]
        held = len(model.state_names)
        discrete = [held + i for i, h in enumerate(model.held_names) if "." in h and set(np.unique(expected.values[held + i])) <= {0.0, 1.0}]
        same = (got.values[discrete] == expected.values[discrete]).all((0, 1))
        assert same.mean() >= 0.999
        a, b = expected.values[:held][:, :, same], got.values[:held][:, :, same]
        error, spread = np.sqrt(((a - b) ** 2).mean((1, 2))), a.std((1, 2)) + 1e-3 * np.abs(a).mean((1, 2)) + 1e-9
        assert (error <= allowed * spread).all(), dict(zip(model.state_names, error / spread, strict=True))


@pytest.mark.slow
def test_fifty_stiff_states_keep_their_accuracy_and_order(fifty):
    """Time constants from 0.02 to 300 days: single precision adds less than 1e-4 of the spread; halving gains a factor four."""
    model, people, arm = fifty.model(), fifty.people(24), fifty.year(12)
    start = first_condition(model, people, {})

    def year(refine: int, precision: str):
        plan = StepPlan(refine=refine, quiet_midnights=True)
        return run_native(model, people, [arm], start, seed=1, save=list(fifty.NAMES), save_days=range(6, 84, 7), plan=plan,
                          precision=precision)[0].values  # fmt: skip

    best = year(32, "double")
    scale = best.std((1, 2)) + fifty.SCALE_FLOOR
    error = lambda y, z: np.sqrt((((y - z) / scale[:, None, None]) ** 2).mean((1, 2))).max()  # noqa: E731
    assert error(year(1, "single"), year(1, "double")) < 1e-4
    assert error(year(1, "single"), best) < 2e-3
    order = np.log2(error(year(4, "double"), best) / error(year(8, "double"), best))
    assert abs(order - 2) < 0.3, order


def test_nobody_is_nothing():
    model = compose([Bell])
    none = np.zeros(0, dtype=np.int64)
    people = People(none, none, {"bell.quick": 1.0, "bell.slow": 0.2})
    r = run_native(model, people, [Schedule(2)], first_condition(model, people, {}), seed=1, save=["bell.x"], save_days=[1], plan=StepPlan())
    assert r[0].values.shape == (1, 1, 0)


@settings(max_examples=4)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 3.0), st.floats(0.05, 1.0), st.floats(-0.5, 0.5))
def test_adaptive_integration_agrees(seed, fast, slow, gain):
    model = compose([Tank, Bell, Clerk], [LINK])
    numbers = {**TANK, **CLERK, "bell.quick": fast, "bell.slow": slow, "gain.pulls": gain, "base.pulls": 2.0}
    ids = np.arange(3, dtype=np.int64)
    people = People(ids, ids, numbers)
    still = settle(model, people)
    people = People(ids, ids, {**numbers, **habits(model, people, still)})
    arms = [Schedule(5), Schedule(5, edges=(0.0, 0.5, 0.6), inputs={"tank.tap": np.tile([0.0, 3.0, 0.0], (5, 1))})]
    save = ["tank.level", "tank.highest", "bell.x", "clerk.desk.busy"]
    a = run(model, people, arms, start=still, save=save, engine="native", seed=seed)
    b = run(model, people, arms, start=still, save=save, engine="reference", seed=seed)
    for x, y in zip(a, b, strict=True):
        np.testing.assert_allclose(x.values[:3], y.values[:3], atol=2e-3)
        np.testing.assert_array_equal(x.values[3], y.values[3])


def test_auto_takes_the_native_engine_and_falls_back_where_it_cannot(monkeypatch, caplog):
    from samenspel.engine import run as _  # noqa: F401  (the function; its module is patched below)

    model = compose([Tank], name="said-once")
    assert choose(model, "auto") == "native"
    module = sys.modules["samenspel.engine.run"]
    monkeypatch.setattr(module, "unavailable", lambda: "the processor has no fma")
    with caplog.at_level(logging.INFO):
        assert choose(model, "auto") == choose(model, "auto") == "numpy"
    assert caplog.text.count("the processor has no fma") == 1
    with pytest.raises(SamenspelError, match="no fma"):
        choose(model, "native")
