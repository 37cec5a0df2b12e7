"""The memory that a kernel works in: people in rows, prepared numbers, plans of steps, what midnight rules read and make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.engine.compiled import Compiled
from samenspel.engine.native.access import TABLE
from samenspel.engine.native.kernel import Kernel
from samenspel.engine.native.layout import Layout
from samenspel.engine.native.program import RowsFunction
from samenspel.engine.native.tables import Steps, aligned, blocked, coefficients
from samenspel.engine.people import Array, People

AT_ONCE = 256  # people whose constants are prepared together; never part of a result


@dataclass(frozen=True, eq=False)
class Desk:
    """What one thread works with: scratch memory, addresses of what midnight rules read, and the time they see."""

    scratch: npt.NDArray[Any]
    sources: npt.NDArray[np.int64]
    time: Array


class Memory:
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
        m, row = self.c.model, self.x.shape[1]
        inputs, made = (np.zeros((count, row)) for count in (len(m.inputs), len(m.daily) + len(m.decisions)))

        def array(k: int) -> Array | None:
            for table in (self.x, parameters, inputs, self.held):
                if k < len(table):
                    return self._row(table[k])
                k -= len(table)
            return None  # the time, which every desk has for itself

        read = [array(k) for k in self.code.header["rules"]]
        self._keep["rule_reads"] = read
        self.sources = np.array([0 if v is None else v.ctypes.data for v in read], dtype=np.int64)
        strides = [8 * self.width if v is not None and v.size == row else 0 for v in read]
        self.give("rule_strides", np.array(strides, dtype=np.int64))
        self.give("rule_sinks", np.array([v.ctypes.data for v in made], dtype=np.int64))
        self.give("rule_values", made)
        self.give("rule_inputs", inputs)

    def _row(self, value: Any) -> Array:
        """A row as long as those of the states, itself if it is one; a number for everybody fills one block."""
        if np.ndim(value) == 0:
            return np.full(self.width, float(value))
        short = self.x.shape[1] - len(value)
        return np.pad(value, (0, short), mode="edge") if short else value

    def desk(self) -> Desk:
        """Working memory of one thread."""
        time = np.zeros(self.width)
        sources = np.where(self.sources == 0, time.ctypes.data, self.sources)
        return Desk(aligned((max(int(self.code.header["scratch"]), 1), self.width), self.kind), sources, time)

    def run(self, desk: Desk, first: int, last: int, day: int, until: int) -> None:
        """Days `day` to `until` (exclusive) of the blocks `first` to `last` (exclusive), and the midnights between them."""
        words = np.array([*self.table.values()], dtype=np.uint64)
        for name, array in (("scratch", desk.scratch), ("rule_sources", desk.sources), ("rule_time", desk.time)):
            words[TABLE.index(name)] = array.ctypes.data
        self._run(words.ctypes.data, first, last, day, until)
