"""The reference person: where each system rests on its own, and how far a push on a port finally moves its target.

With f the drift and h a read-out of one system at its uncoupled rest x*, and p one of its ports:

    dx*/dp = -J^-1 f_p,   dy*/dp = h_p + h_x dx*/dp        (G for sum ports, L for product ports, at p neutral)
    H(w)   = h_p + h_x (i w I - J)^-1 f_p                    (response at frequency w per day)

Nothing here is typed: all derivatives come from the declared equations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from samenspel.composition.compose import compose
from samenspel.declare.language import Port
from samenspel.declare.model import Model
from samenspel.declare.system import System
from samenspel.engine.compiled import Compiled, compiled, rows
from samenspel.engine.people import People, Result
from samenspel.engine.settle import habitual_inputs, held_at_start, parameter_rows, settle

Array = npt.NDArray[np.float64]
#: angular frequencies per day at which the largest response is looked for; 0 is the final shift
FREQUENCIES = np.concatenate([[0.0], np.logspace(-3, 1.5, 28)])


@dataclass(frozen=True, eq=False)
class Rest:
    """Reference rest of all systems in W worlds.

    `at` address → rest value (W,); `final` port → dy*/dp of the quantity it shifts (W,); `peak` (port, source) → largest
    |H| over frequencies (W,); `settled` (W,) whether every system found its rest.
    """

    at: dict[str, Array]
    final: dict[str, Array]
    peak: dict[tuple[str, str], Array]
    settled: npt.NDArray[np.bool_]
    linear: dict[str, Linear]


@dataclass(frozen=True, eq=False)
class Linear:
    """One system near its rest, in W worlds: Jacobian (W, m, m), and how ports and states move states and read-outs."""

    ports: list[str]
    wanted: list[str]
    jacobian: Array
    push: Array  # (m, ports, W)
    by_state: Array  # (wanted, m, W)
    by_port: Array  # (wanted, ports, W)

    def of(self, port: str, target: str) -> tuple[Array, Array, Array, Array]:
        """(W, m, m), (W, m), (W, m), (W,) for one port and one read-out."""
        k, h = self.ports.index(port), self.wanted.index(target)
        return self.jacobian, self.push[:, k].T, self.by_state[h].T, self.by_port[h, k]


def rest(
    systems: Sequence[type[System]], parameters: Mapping[str, Array | float], worlds: int, sources: Sequence[str] = ()
) -> Rest:
    """Rest, final shifts and peak responses; `parameters` hold numbers or arrays (W,), `sources` are coupling sources."""
    at: dict[str, Array] = {}
    final: dict[str, Array] = {}
    peak: dict[tuple[str, str], Array] = {}
    settled = np.ones(worlds, dtype=bool)
    linear: dict[str, Linear] = {}
    for system in systems:
        model = _alone(system)
        own = {k: v for k, v in parameters.items() if k in model.parameter_names}
        ids = np.arange(worlds, dtype=np.int64)
        people = People(ids, ids, own)
        c = compiled(model)
        condition = settle(model, people)
        settled &= condition.codes == Result.OK
        p, u, held = parameter_rows(c, own), habitual_inputs(model), held_at_start(model, worlds)
        x = condition.states
        names = [n for n in c.outputs if n.startswith(system.system + ".")]
        for name, value in zip(
            names, rows(c.function([c.outputs[n] for n in names])(x, p, u, held, 0.0), worlds), strict=True
        ):
            at[name] = value
        ports = system.of(Port)
        targets = {port.address: f"{port.system}.{port.shifts}" for port in ports}
        wanted = sorted({*targets.values(), *(s for s in sources if s.startswith(system.system + ".") and s in names)})
        if not ports or not wanted:
            continue
        near = linear[system.system] = _near(c, x, p, u, held, [port.address for port in ports], wanted, worlds)
        response = _responses(near)
        for (port, name), (still, largest) in response.items():
            if targets[port] == name:
                final[port] = still
            if name in sources:
                peak[port, name] = largest
    return Rest(at, final, peak, settled, linear)


@cache
def _alone(system: type[System]) -> Model:
    """The system with every port as a parameter."""
    return compose([system], name=system.system, open_ports=True)


def _near(
    c: Compiled, x: Array, p: list[float | Array], u: list[float], held: Array, ports: list[str], wanted: list[str], worlds: int
) -> Linear:
    """The linear form, from the symbols of one system."""
    model, m = c.model, len(c.model.states)
    jacobian = np.zeros((worlds, m, m))
    for (i, j), value in zip(c.jacobian_entries, c.jacobian(x, p, u, held, 0.0), strict=True):
        jacobian[:, i, j] = value
    values = lambda of, by: rows(c.slopes(of, by)(x, p, u, held, 0.0), worlds).reshape(len(of), len(by), worlds)  # noqa: E731
    push = values(c.settled_steps, ports)
    readout = [c.resting.at[w] for w in wanted]
    by_state, by_port = values(readout, model.state_names), values(readout, ports)
    return Linear(ports, wanted, jacobian, push, by_state, by_port)


def _responses(near: Linear) -> dict[tuple[str, str], tuple[Array, Array]]:
    """(port, quantity) → (final shift, largest response)."""
    worlds, m, _ = near.jacobian.shape
    ports, wanted, jacobian, by_state, by_port = near.ports, near.wanted, near.jacobian, near.by_state, near.by_port
    push = near.push.transpose(2, 0, 1)
    moved = np.empty((len(FREQUENCIES), worlds, m, len(ports)), dtype=complex)
    for k, w in enumerate(FREQUENCIES):
        moved[k] = np.linalg.solve(1j * w * np.eye(m) - jacobian, push) if m else 0
    total = by_port.transpose(2, 0, 1)[None] + np.einsum("hmw,kwmp->kwhp", by_state, moved)
    return {
        (port, name): (total[0, :, h, k].real, np.abs(total[:, :, h, k]).max(0))
        for k, port in enumerate(ports)
        for h, name in enumerate(wanted)
    }
