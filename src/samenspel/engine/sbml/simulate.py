"""`simulate_sbml`: an imported model as a labelled table, for one set of numbers or many at once.

One run is done by the adaptive integrator (`adaptive`, the reference engine); many at once by the engines of the lattice
(`lattice`) where they can, else one after another.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.engine.native.kernel import unavailable
from samenspel.engine.people import Array, Numbers, Table
from samenspel.engine.sbml.adaptive import Run
from samenspel.engine.sbml.lattice import Batch, Index, Vector, array_columns, lattice_model, refused, unfit
from samenspel.engine.sbml.prepared import Prepared, prepared
from samenspel.quantities.errors import SamenspelError

log = logging.getLogger(__name__)
FINER = 1e-6  # share of the absolute tolerance in a second attempt, where the first went astray below zero


def simulate_sbml(
    model: Model, times: Sequence[float] | npt.NDArray[np.float64], rtol: float = 1e-8, atol: float = 1e-12, *,
    parameters: Numbers | None = None, start: Numbers | None = None, columns: Sequence[str] | None = None,
    amounts: Collection[str] | bool = (), concentrations: Collection[str] | bool = (), seed: int = 1, engine: str = "auto",
) -> Table:  # fmt: skip
    """An imported model from time 0, in the time unit of its file: one column per variable, one row per time.

    times           at least one, not falling, from 0
    rtol, atol      relative (0 to 1, at least 1e-13 is used) and absolute (above 0) tolerance: of one integration step
                    (reference), or between two estimates of every result (numpy, native). The absolute one counts in the
                    size of each variable at time 0, where that is below 1 (`engine.sbml.scales`)
    parameters      values instead of those of the file; initial assignments follow them
    start           values at time 0 instead of those of the file, by id
    columns         ids; all species, compartments, parameters, named stoichiometries and reactions otherwise
    amounts         species shown as an amount (True: all); concentrations likewise; otherwise as in the file's formulas
    seed            of the order of events with the same priority; nothing else is left to chance
    engine          reference, numpy, native; auto takes the reference for one run, and for many the fastest that can

    A parameter or start given as n numbers asks for n runs; the values then have the shape (columns, times, n).
    Runs too stiff for the engine of many are done by the reference, and said in the log.
    A run that leaves the finite numbers is no error: it is NaN from there on, and said in the log. Raises
    `SamenspelError` for unknown names, for numbers given that are not finite, when a derivative at time 0 is not, and
    where an engine was asked for that cannot run the model.
    """
    made, at = prepared(model), np.asarray(times, dtype=float)
    if at.ndim != 1 or len(at) < 1 or not np.isfinite(at).all() or at[0] < 0 or (np.diff(at) < 0).any():
        raise SamenspelError("times must be finite, not fall, and begin at 0 or later.", cure="Sort them.")
    if not (0 < rtol < 1 and 0 < atol < math.inf):
        raise SamenspelError(f"rtol={rtol:g}, atol={atol:g}: rtol must lie between 0 and 1, atol above 0.")
    p, begin = made.values(parameters or {}, start or {})
    many = any(np.ndim(v) for v in (*(parameters or {}).values(), *(start or {}).values()))
    names = list(columns) if columns is not None else list(model.outputs)
    shown = [made.shown(n, amounts, concentrations) for n in names]
    for wish in (amounts, concentrations):
        for name in wish if not isinstance(wish, bool) else ():
            made.species_of(name)
    values = np.empty((len(names), len(at), p.shape[1]))
    left = np.arange(p.shape[1])
    vector = _vector(made, engine, many)
    if vector is not None:
        left = _together(Batch(made, lattice_model(made), p, begin, at), vector, rtol, atol, shown, values)
        if len(left):
            log.warning("model %s: %d of %d runs were too stiff for equal steps, or leave the finite numbers; engine reference "
                        "did them", model.name, len(left), p.shape[1])  # fmt: skip
    look = made.code.function(shown)
    earlier = made.earlier(parameters or {}, start or {}) if model.delays else [None] * p.shape[1]
    for i in left:
        for small in (atol, atol * FINER):
            run = Run(made, p[:, i].tolist(), begin[:, i].tolist(), look, at, max(rtol, 1e-13), small, seed, earlier[i])
            values[:, :, i] = run.table()
            if not run.fault:
                break
        else:
            log.warning("model %s: %s; NaN from time %g on", model.name, run.fault, run.t)
    return Table(at, tuple(names), values if many else values[:, :, 0])


def _vector(made: Prepared, engine: str, many: bool) -> Vector | None:
    """The engine for all runs at once; None for the adaptive integrator."""
    if engine == "reference" or (engine == "auto" and not many):
        return None
    why = unfit(made) or (unavailable() if engine == "native" else None)
    if why and engine != "auto":
        raise refused(made, engine, why)
    if why:
        log.info("engine reference for model %s: %s", made.model.name, why)
        return None
    return "numpy" if engine == "numpy" or unavailable() else "native"


def _together(batch: Batch, engine: Vector, rtol: float, atol: float, shown: Sequence[Any], values: Array) -> Index:
    """Fill `values` by one of the engines for many; which runs it could not do well enough."""
    made, (states, left) = batch.prepared, batch.states_at(engine, rtol, atol)
    look = array_columns(made, shown)
    if look is not None:
        for k, t in enumerate(batch.times.tolist()):
            for c, row in enumerate(look(states[:, k], batch.parameters, (), (), t)):
                values[c, k] = row
        return left
    point = made.code.function(shown)
    for i in np.setdiff1d(np.arange(states.shape[2]), left):
        for k, t in enumerate(batch.times.tolist()):
            values[:, k, i] = point(states[:, k, i].tolist(), batch.parameters[:, i].tolist(), t)
    return left
