"""`run_native`: interface and meaning of `run_numpy`, in vector code of single (compensated) or double precision.

Days are run in one call per block until the next day to save, with the midnights in between (`rules`). Where a rule needs
others (pools, society, feeds) every midnight is a barrier at which the shared `Midnight` acts on double-precision rows, as
it does after each saved day. A person's numbers depend on his own row alone: not on the block, thread, lane or order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np

from samenspel.declare.model import Model
from samenspel.engine.compiled import Compiled, compiled, rows
from samenspel.engine.lattice import Schedule, StepPlan, align
from samenspel.engine.midnight import Midnight
from samenspel.engine.native.chance import uniform_module
from samenspel.engine.native.crew import Crew
from samenspel.engine.native.driver import build_day
from samenspel.engine.native.kernel import Kernel, kernel, target
from samenspel.engine.native.layout import Layout, lay_out
from samenspel.engine.native.memory import Memory
from samenspel.engine.native.program import NativeCompiled
from samenspel.engine.native.rules import together
from samenspel.engine.native.tables import inputs_table, steps_table
from samenspel.engine.numpy_engine import run_numpy
from samenspel.engine.people import Array, Condition, People, Result, Trajectories, tiled
from samenspel.engine.settle import parameter_rows
from samenspel.engine.threads import threads as default_threads
from samenspel.randomness import channel, words

Precision = Literal["single", "double"]
_LAYOUTS: dict[str, Layout] = {}


class _Midnight(Midnight):
    """The shared rules; chance is drawn by native code with the same bits, noise by the kernel as its day begins."""

    def __init__(self, c: Compiled, seed: int, people: People, arms: int, isa: str) -> None:
        super().__init__(c, seed, people.person, people.world, arms)
        self.quiet = False
        words(seed, person=people.person, world=people.world, day=0, channel=0)  # refuses what is no address
        pad = -people.n % 8
        self._padded = [np.pad(v, (0, pad), mode="edge").astype(np.uint64) for v in (people.person, people.world)]
        self._draw = kernel("uniform", isa, uniform_module).function("uniform", 8)

    def _uniform(self, name: str, day: int) -> Array:
        out = np.empty(len(self._padded[0]))
        persons, worlds = (v.ctypes.data for v in self._padded)
        key = (self.seed & 0xFFFFFFFF, self.seed >> 32)
        self._draw(persons, worlds, out.ctypes.data, len(out) // 8, day, channel(name), *key)
        return self._tiled(out[: len(self.person)])

    def noise(self, held: Array, day: int) -> None:
        """Left to the kernel while days follow each other."""
        if not self.quiet or self.model.feeds:
            super().noise(held, day)


def layout_of(c: Compiled) -> Layout:
    """The kernel's layout of a model, made once."""
    if c.model.key not in _LAYOUTS:
        _LAYOUTS[c.model.key] = lay_out(c)
    return _LAYOUTS[c.model.key]


def day_kernel(
    c: Compiled, width: int, precision: Precision, isa: str, steady: Collection[str] = (), *, once: bool = False
) -> tuple[Layout, Kernel]:
    """The kernel that runs the days of a model with some states steady; `once`: made quickly."""
    layout = layout_of(c)
    single, still = precision == "single", [i for i, s in enumerate(c.model.state_names) if s in steady]
    what, registers = f"{precision} {width} {layout.what} {still}", target(isa).registers(width, single)
    return layout, kernel(what, isa, lambda: build_day(layout, width, single, still, registers), quick=once)


def run_native(
    model: Model, people: People, schedules: Sequence[Schedule], start: Condition, *, seed: int, save: Sequence[str],
    save_days: Sequence[int], plan: StepPlan, threads: int | None = None, precision: Precision = "single", isa: str = "host",
    width: int | None = None, once: bool = False,
) -> list[Trajectories]:  # fmt: skip
    """Simulate all arms; one `Trajectories` per schedule, in order.

    threads    how many; all processors if not given
    precision  of states and drift; everything at midnight is in double precision
    isa        instruction set: host, avx2 or avx512; never part of a result
    width      people per block; never part of a result
    once       this model will hardly be run again: its code is made quickly; never part of a result

    Left out: events and switches inside the day.
    """
    base, arms, n = compiled(model), len(schedules), people.n
    if not n or not model.states:  # nothing for vectors to do
        return run_numpy(model, people, schedules, start, seed=seed, save=save, save_days=save_days, plan=plan, threads=threads)
    width = width or (16 if precision == "single" else 8)
    kind = np.float32 if precision == "single" else np.float64
    schedules = align(schedules)
    first, days = schedules[0].first_day, schedules[0].days
    total = arms * n
    layout, code = day_kernel(base, width, precision, isa, plan.steady, once=once)
    workers = threads or default_threads()
    with ThreadPoolExecutor(workers) as pool:
        crew = Crew(pool, workers)
        c = NativeCompiled(base, isa, total, crew.share)
        row = -(-total // width) * width
        row += width if row % 512 == 0 else 0  # rows a power of two apart would share few sets of the cache
        x, held = _rows(start.states, arms, row), _rows(start.held, arms, row)
        p = [tiled(v, arms) for v in parameter_rows(base, people.parameters)]
        midnight = _Midnight(c, seed, people, arms, isa)
        xs, hs = x[:, :total], held[:, :total]
        habitual = [np.full(total, i.habitual) for i in model.inputs]
        midnight.begin(xs, hs, p, habitual, first)
        _fill(x, total)
        _fill(held, total)
        rate = rows(c.diagonal(xs, p, habitual, hs, float(first)), total)
        rate = np.where(np.isfinite(rate), np.minimum(rate, 0.0), 0.0)
        inputs = inputs_table(model, schedules)
        steps = steps_table(inputs, schedules[0], plan)
        block = Memory(base, code, layout, width, kind, x, held, n, total)
        block.people(people, arms, seed, first)
        block.plan(steps, inputs)
        block.person_numbers(p, rate, steps, np.array([s in plan.steady for s in model.state_names], dtype=bool))
        block.rules(p)
        desks = [block.desk() for _ in range(crew.pieces(block.blocks))]
        wanted = sorted({d for d in save_days if first <= d < first + days})
        kept = np.empty((len(save), len(wanted), total))
        saver = c.function([c.outputs[name] for name in save])
        barrier = together(model)
        ruled = barrier or bool(model.stages or model.decisions or model.daily)
        midnight.quiet = True
        u_last = habitual
        day = 0
        while day < days:
            later = [d - first + 1 for d in wanted if d - first >= day]
            until = day + 1 if barrier else min([*later[:1], days])
            crew.run(block, desks, day, until)
            u_last = [np.repeat(inputs[until - 1, -1, :, i], n) for i in range(len(model.inputs))]
            today = first + until - 1
            if today in wanted:
                place = wanted.index(today)
                for k, value in enumerate(saver(xs, p, u_last, hs, float(today + 1))):
                    kept[k, place] = value
            midnight.quiet = until < days
            if ruled or until == days:
                with np.errstate(all="ignore"):
                    midnight.turn(xs, hs, p, u_last, block.hazard[: len(base.arrows), :total], today + 1)
            day = until
    codes = np.tile(start.codes, arms)
    codes[(codes == Result.OK) & ~np.isfinite(xs).all(0)] = Result.DIVERGED
    out: list[Trajectories] = []
    for a in range(arms):
        part = slice(a * n, (a + 1) * n)
        end = Condition(xs[:, part].copy(), hs[:, part].copy(), codes[part].copy())
        values = kept if arms == 1 else kept[:, :, part].copy()
        out.append(Trajectories(tuple(save), np.array(wanted), values, end))
    return out


def _rows(values: Array, arms: int, row: int) -> Array:
    out = np.empty((max(values.shape[0], 1), row))
    total = arms * values.shape[1]
    out[: values.shape[0], :total] = np.tile(values, (1, arms))
    _fill(out, total)
    return out[: values.shape[0]] if values.shape[0] else out[:0]


def _fill(rows: Array, total: int) -> None:
    """Lanes beyond the last person repeat him."""
    if total < rows.shape[1]:
        rows[:, total:] = rows[:, total - 1 : total]
