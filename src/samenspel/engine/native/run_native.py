"""`run_native`: interface and meaning of `run_numpy`, in vector code of single (compensated) or double precision.

Days are run in one call per block until the next day to save, with the midnights in between (`rules`). Where a rule needs
others (pools, society, feeds) every midnight is a barrier at which the shared `Midnight` acts on double-precision rows, as
it does after each saved day. A person's numbers depend on his own row alone: not on the block, thread, lane or order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.engine.compiled import Compiled, compiled, rows
from samenspel.engine.lattice import Schedule, StepPlan, align
from samenspel.engine.midnight import Midnight
from samenspel.engine.native.chance import uniform_module
from samenspel.engine.native.driver import TABLE, build_day
from samenspel.engine.native.kernel import Kernel, kernel
from samenspel.engine.native.layout import Layout, lay_out
from samenspel.engine.native.program import NativeCompiled, RowsFunction
from samenspel.engine.native.rules import rules_of
from samenspel.engine.native.tables import Steps, aligned, blocked, coefficients, inputs_table, steps_table
from samenspel.engine.numpy_engine import run_numpy
from samenspel.engine.people import Array, Condition, People, Result, Trajectories, tiled
from samenspel.engine.settle import parameter_rows
from samenspel.engine.threads import threads as default_threads
from samenspel.randomness import channel, words

Precision = Literal["single", "double"]
AT_ONCE = 256  # people whose constants are prepared together; never part of a result
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
    rules = rules_of(c)
    what = f"{precision} {width} {layout.what} {still} {rules.what if rules else ''}"
    return layout, kernel(what, isa, lambda: build_day(layout, width, single, still, rules), quick=once)


@dataclass(frozen=True, eq=False)
class _Desk:
    """What one thread works with: scratch memory, addresses of what midnight rules read, and the time they see."""

    scratch: npt.NDArray[Any]
    sources: npt.NDArray[np.int64]
    time: Array


class _Block:
    """Memory of one run that the kernel reads and writes, and the calls into it."""

    def __init__(
        self, c: Compiled, code: Kernel, layout: Layout, width: int, kind: type, x: Array, held: Array, n: int, total: int
    ) -> None:
        self.c, self.code, self.layout, self.width, self.kind = c, code, layout, width, kind
        self.x, self.held, self.total = x, held, total
        self.blocks = x.shape[1] // width
        self.hazard = np.zeros((max(len(c.arrows), 1), x.shape[1]))
        self._keep: dict[str, Any] = {}
        self.table: dict[str, int] = dict.fromkeys(TABLE, 0)
        for name, memory in (("x", x), ("held", held), ("hazard", self.hazard)):
            self.table[name] = memory.ctypes.data
        self.table["row"] = x.shape[1]
        self._run = code.function("run", 5)

    def give(self, name: str, array: Any) -> None:
        """Keep an array, in one piece, alive and put its address in the table."""
        self._keep[name] = np.ascontiguousarray(array)
        self.table[name] = self._keep[name].ctypes.data

    def people(self, people: People, arms: int, seed: int, first_day: int) -> None:
        """Addresses of chance and arms of every lane."""
        n, pad = people.n, self.x.shape[1] - self.total
        for name, one in (("person", people.person), ("world", people.world)):
            self.give(name, np.pad(np.tile(one, arms), (0, pad), mode="edge").astype(np.uint64))
        self.give("arm", np.pad(np.repeat(np.arange(arms), n), (0, pad), mode="edge").astype(np.int64))
        self.table |= {"key_low": seed & 0xFFFFFFFF, "key_high": seed >> 32, "first_day": first_day, "arms": arms}

    def plan(self, steps: Steps, inputs: Array) -> None:
        """The steps of all days and the inputs of all slots."""
        pairs = (("day_start", steps.day_start), ("step_size", steps.size), ("step_slot", steps.slot),
                 ("step_last", steps.last), ("step_opens", steps.opens), ("step_closes", steps.closes))  # fmt: skip
        for name, whole in pairs:
            self.give(name, whole)
        reals = (("step_begin", steps.begin), ("step_end", steps.end), ("step_half", steps.half),
                 ("step_before", steps.before), ("step_after", steps.after))  # fmt: skip
        for name, real in reals:
            self.give(name, real.astype(self.kind))
        self.give("inputs", inputs)
        self.table |= {"slots": inputs.shape[1], "sizes": len(steps.sizes)}

    def person_numbers(self, parameters: Sequence[Any], rate: Array, steps: Steps, steady: npt.NDArray[np.bool_]) -> None:
        """What rests on parameters alone, computed in double precision and rounded once.

        Numbers that the drift uses, and the exponential coefficients of every step length for the states that take such
        steps, times the factor of the drift.
        """
        count, n, states = int(self.code.header["person"]), self.total, len(rate)
        scaled: list[int] = self.code.header["factors"]
        numbers = aligned((self.blocks, max(count, 1), self.width), self.kind)
        out = aligned((self.blocks, len(steps.sizes), 3, states, self.width), self.kind)
        taken = [np.flatnonzero(np.where(steady, j in steps.opens, j in steps.size)) for j in range(len(steps.sizes))]
        outputs = count + len(scaled)
        for a in range(0, n, AT_ONCE):
            part, factor = slice(a, min(a + AT_ONCE, n)), np.ones((states, min(AT_ONCE, n - a)))
            if outputs:
                cut = [v[part] if isinstance(v, np.ndarray) and v.ndim else v for v in parameters]
                prepare = RowsFunction(self.code, "prepare", self.code.header["used"], outputs)
                values = prepare([0.0] * states + cut, part.stop - a)
                factor[scaled] = values[count:]
                own = blocked(values[:count], self.width, self.kind)
                numbers[a // self.width : a // self.width + len(own), :count] = own
            for j, (h, mine) in enumerate(zip(steps.sizes, taken, strict=True)):
                own = blocked(coefficients(rate[mine, part], h) * factor[mine], self.width, self.kind)
                out[a // self.width : a // self.width + len(own), j, :, mine] = np.moveaxis(own, 2, 0)
        self.give("person_numbers", numbers)
        self.give("coefficients", out)

    def rules(self, parameters: Sequence[Any]) -> None:
        """Where the rules of midnight find what they read, and put what they make."""
        m, used, row = self.c.model, list[int](self.code.header["rules"]), self.x.shape[1]
        inputs, made = np.zeros((max(len(m.inputs), 1), row)), np.zeros((max(len(m.daily) + len(m.decisions), 1), row))
        own = [np.full(self.width, v) if np.ndim(v) == 0 else np.pad(v, (0, row - self.total), mode="edge")
               for v in (parameters[k - len(m.states)] for k in used if 0 <= k - len(m.states) < len(parameters))]  # fmt: skip
        rest = iter(own)
        tables = ((self.x, len(m.states)), (None, len(parameters)), (inputs, len(m.inputs)), (self.held, len(m.held_names)))
        address, stride = np.zeros(len(used), dtype=np.int64), np.full(len(used), 8 * self.width, dtype=np.int64)
        for i, k in enumerate(used):
            for table, count in tables:
                if 0 <= k < count:
                    array = next(rest) if table is None else table[k]
                    address[i], stride[i] = array.ctypes.data, stride[i] * (array.size >= row)
                    break
                k -= count
            else:
                stride[i] = 0  # the time, which every desk has for itself
        self.sources = address
        self.give("rule_strides", stride)
        self.give("rule_sinks", np.array([v.ctypes.data for v in made], dtype=np.int64))
        self.give("rule_values", made)
        self.give("rule_inputs", inputs)
        self._keep["rule_parameters"] = own

    def desk(self) -> _Desk:
        """Working memory of one thread."""
        time = np.zeros(self.width)
        sources = np.where(self.sources == 0, time.ctypes.data, self.sources)
        return _Desk(aligned((max(int(self.code.header["scratch"]), 1), self.width), self.kind), sources, time)

    def run(self, desk: _Desk, first: int, last: int, day: int, until: int) -> None:
        """Days `day` to `until` (exclusive) of the blocks `first` to `last` (exclusive), and the midnights between them."""
        words = np.array([*self.table.values()], dtype=np.uint64)
        for name, array in (("scratch", desk.scratch), ("rule_sources", desk.sources), ("rule_time", desk.time)):
            words[TABLE.index(name)] = array.ctypes.data
        self._run(words.ctypes.data, first, last, day, until)


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
        crew = _Crew(pool, workers)
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
        block = _Block(base, code, layout, width, kind, x, held, n, total)
        block.people(people, arms, seed, first)
        block.plan(steps, inputs)
        block.person_numbers(p, rate, steps, np.array([s in plan.steady for s in model.state_names], dtype=bool))
        block.rules(p)
        desks = [block.desk() for _ in range(crew.pieces(block.blocks))]
        wanted = sorted({d for d in save_days if first <= d < first + days})
        kept = np.empty((len(save), len(wanted), total))
        saver = c.function([c.outputs[name] for name in save])
        barrier = bool(model.pools or model.society or model.feeds)
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


class _Crew:
    """Threads that share blocks; who takes which is never part of a result."""

    def __init__(self, pool: ThreadPoolExecutor, workers: int) -> None:
        self._pool, self._workers = pool, workers

    def pieces(self, blocks: int) -> int:
        """Into how many parts a number of blocks is cut."""
        return max(1, min(blocks, self._workers))

    def share(self, work: Callable[[int, int], None], blocks: int) -> None:
        """Run `work` over all blocks."""
        cuts = self._cuts(blocks)
        if len(cuts) == 2:
            work(cuts[0], cuts[1])
        else:
            list(self._pool.map(work, cuts[:-1], cuts[1:]))

    def _cuts(self, blocks: int) -> list[int]:
        k = self.pieces(blocks)
        return [i * blocks // k for i in range(k + 1)]

    def run(self, block: _Block, desks: Sequence[_Desk], day: int, until: int) -> None:
        """All blocks from `day` to `until`."""
        cuts = self._cuts(block.blocks)
        tasks = range(len(cuts) - 1)
        if len(tasks) == 1:
            block.run(desks[0], cuts[0], cuts[1], day, until)
        else:
            list(self._pool.map(lambda i: block.run(desks[i], cuts[i], cuts[i + 1], day, until), tasks))
