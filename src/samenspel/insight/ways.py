"""Ways inside one system, from a port to a quantity that is the source of a coupling, and how much each way carries.

A way is a chain of states without repetition, read off the equations: state i stands behind port p where ∂f_i/∂p is not
zero by structure, behind state j where ∂f_i/∂x_j is not. With J_ii the own decay, a way over states a, b, … to a read-out h
carries, at any point,

    (∂f_a/∂p / |J_aa|) (∂f_b/∂x_a / |J_bb|) … ∂h/∂x

the final shift of h per unit of p when only this way is open. Accumulators count with their present source, daily maps with
their change per midnight. What jumps counts with what makes it more likely: a decision with its probability, a condition of a
stage with the hazards into it less those out of it, both with decay 1. Where a way carries nothing because an input is off,
it is read with all inputs at their reference dose. Left out: ways through pools and society states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import sympy

from samenspel.composition.compose import compose
from samenspel.declare.language import Input, Port
from samenspel.declare.system import System
from samenspel.engine.compiled import Compiled, compiled, rows
from samenspel.engine.settle import habitual_inputs
from samenspel.engine.tape import Program

Array = npt.NDArray[np.float64]
Way = tuple[str, ...]  # addresses passed after the port, the source last
SLOWEST = 1e-6  # per day: decay taken for a state that has none of its own
MOST_WAYS = 64  # of one passage; more are not followed


class Ways:
    """All ways of one system, once per class; `values` evaluates what they carry."""

    def __init__(self, system: type[System], sources: Sequence[str]) -> None:
        self.system = system
        self.model = compose([system], name=system.system, open_ports=True)
        self.compiled: Compiled = compiled(self.model)
        self.ports = tuple(p.address for p in system.of(Port))
        self.sources = tuple(sorted({s for s in sources if s in self.compiled.resting.at}))
        self.jumps = self._jumps()
        self.passed = (*self.model.state_names, *self.jumps)
        self._entries: dict[tuple[str, str], int] = {}  # (of, by) → tape step of the derivative
        self._find_entries()
        self._program = Program(self.compiled.tape, list(self._entries.values()))
        self.between = {(p, s): w for p in self.ports for s in self.sources if (w := self._ways(p, s))}

    def _jumps(self) -> dict[str, int]:
        """Decisions and conditions of stages with the tape step of what makes them more likely."""
        read = lambda e: self.compiled.resting.read(sympy.sympify(e))  # noqa: E731
        out = {d.name: read(d.probability) for d in self.model.decisions}
        for stage in self.model.stages:
            for condition in stage.conditions:
                into = [h for (_, b), h in stage.hazards.items() if b == condition]
                away = [-h for (a, _), h in stage.hazards.items() if a == condition]
                out[f"{stage.name}.{condition}"] = read(sympy.Add(*into, *away))
        return out

    def _find_entries(self) -> None:
        c = self.compiled
        states = self.model.state_names
        readouts = [s for s in self.sources if s not in states]
        of = dict(zip(states, c.settled_steps, strict=True)) | self.jumps | {r: c.resting.at[r] for r in readouts}
        for name, step in of.items():
            for by in (*self.passed, *self.ports):
                slope = c.tape.slope(step, c.tape.at[by])
                if slope is not None and slope != c.tape.zero:
                    self._entries[name, by] = slope

    def _ways(self, port: str, source: str) -> tuple[Way, ...]:
        """Chains of states from a port to a source, shortest first."""
        states, found = self.passed, list[Way]()
        open_: list[Way] = [(port,)]
        while open_ and len(found) < MOST_WAYS:
            longer: list[Way] = []
            for way in open_:
                if (source, way[-1]) in self._entries and source not in way:
                    found.append((*way[1:], source))
                longer += [(*way, s) for s in states if s != source and s not in way and (s, way[-1]) in self._entries]
            open_ = longer
        return tuple(found[:MOST_WAYS])

    def values(self, people: int, at: Mapping[str, Array | float]) -> dict[tuple[str, Way], Array]:
        """(port, way) → what it carries (n,); `at` address → value of states, parameters, ports and held values."""
        now = self._values(people, at, habitual_inputs(self.model))
        dosed = self._values(people, at, [i.reference for i in self.system.of(Input)])
        return {k: np.where(v == 0, dosed[k], v) for k, v in now.items()}

    def _values(self, people: int, at: Mapping[str, Array | float], inputs: Sequence[float]) -> dict[tuple[str, Way], Array]:
        c, names = self.compiled, list(self._entries)
        program = self._program
        x = [np.broadcast_to(at[s], (people,)) for s in self.model.state_names]
        p = [at[n] for n in c.parameter_names]
        held = [at.get(h, 0.0) for h in self.model.held_names]
        table = dict(zip(names, rows(program([*x, *p, *inputs, *held, 0.0]), people), strict=True))
        slow = np.full(people, SLOWEST)
        decay = {s: np.maximum(np.abs(table.get((s, s), slow)), SLOWEST) for s in self.model.state_names}

        def carried(port: str, way: Way) -> Array:
            out, before = np.ones(people), port
            for name in way:
                out = out * table[name, before] / decay.get(name, 1.0)
                before = name
            return out

        return {(port, way): carried(port, way) for (port, _), ways in self.between.items() for way in ways}
