"""`run` and `simulate`: the two doors of all engines."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.engine.compiled import compiled
from samenspel.engine.lattice import Schedule, StepPlan
from samenspel.engine.native.kernel import unavailable
from samenspel.engine.people import Array, Condition, Numbers, People, Table, Trajectories
from samenspel.engine.settle import held_at_start, parameter_rows, settle
from samenspel.engine.steady import usual_plan
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

log = logging.getLogger(__name__)
Engine = Literal["auto", "reference", "numpy", "native"]
_SAID: set[tuple[str, str]] = set()


def named(engine: str) -> None:
    """Raise `SamenspelError` for a word that is no engine."""
    known = get_args(Engine)
    if engine not in known:
        raise SamenspelError(f"no engine {engine!r}.{hint(str(engine), known)}", cure=f"There is: {', '.join(known)}.")


def choose(model: Model, engine: Engine) -> Engine:
    """The engine that will run; `auto` takes the fastest that can, and says once which and why."""
    named(engine)
    why = model.discrete_only_reference
    if engine in ("numpy", "native") and why:
        raise SamenspelError(f"engine {engine!r} cannot run {model.name!r}: {why}.", cure="Use engine='reference'.")
    cannot = None if engine in ("reference", "numpy") or why else unavailable()
    if engine == "native" and cannot:
        raise SamenspelError(f"engine 'native' cannot run here: {cannot}.", cure="Use engine='numpy' or engine='auto'.")
    if engine == "auto":
        engine = "reference" if why else "numpy" if cannot else "native"
        if (model.name, engine) not in _SAID:
            _SAID.add((model.name, engine))
            reason = why or cannot
            log.info("engine %s for model %s%s", engine, model.name, f": {reason}" if reason else "")
    return engine


def run(
    model: Model, people: People, schedules: Sequence[Schedule], *, start: Condition | None = None, seed: int = 1,
    save: Sequence[str], save_days: Sequence[int] | None = None, engine: Engine = "auto", accuracy: float = 1e-3,
    plan: StepPlan | None = None, threads: int | None = None, precision: Literal["single", "double"] = "single",
    once: bool = False,
) -> list[Trajectories]:  # fmt: skip
    """Simulate the same people under each schedule (arm), from `start` or from rest; one result per arm.

    `precision` is that of the arithmetic inside a step; states are carried with double precision, or compensated, in either
    case, and the reference engine always runs in double. `once` tells the native engine
    that this model will hardly be run again, so that quickly made code will do; it changes no bit.
    """
    _check_names(model, save, compiled(model).outputs, "Save a state or read-out.")
    begin = settle(model, people) if start is None else start
    days = schedules[0].days
    wanted = range(schedules[0].first_day, schedules[0].first_day + days) if save_days is None else save_days
    chosen = choose(model, engine)
    if chosen == "reference":
        from samenspel.engine.reference import run_reference

        return run_reference(model, people, schedules, begin, seed=seed, save=save, save_days=list(wanted))
    plan = plan or usual_plan(model, people, accuracy)
    _check_names(model, plan.steady, model.state_names, "Give StepPlan(steady=...) names of states, or none.")
    if chosen == "native":
        from samenspel.engine.native.run_native import run_native

        return run_native(
            model, people, schedules, begin, seed=seed, save=save, save_days=list(wanted), plan=plan, threads=threads,
            precision=precision, once=once,
        )  # fmt: skip
    from samenspel.engine.numpy_engine import run_numpy

    return run_numpy(
        model, people, schedules, begin, seed=seed, save=save, save_days=list(wanted), plan=plan, threads=threads,
        precision=precision,
    )  # fmt: skip


def simulate(
    model: Model, times: Sequence[float] | npt.NDArray[np.float64], *, engine: Engine = "auto",
    parameters: Numbers | None = None, start: Numbers | None = None,
    inputs: Mapping[str, float] | None = None, schedule: Schedule | None = None, columns: Sequence[str] | None = None,
    rtol: float = 1e-8, atol: float = 1e-10, seed: int = 1, amounts: Collection[str] | bool = (),
    concentrations: Collection[str] | bool = (),
) -> Table:  # fmt: skip
    """One person, any times: a labelled table of states and read-outs.

    `start` gives states at the first time (the others begin at their declared start); `inputs` are constant, or
    `schedule` gives them by day and slot. Time is in days. An imported model begins at time 0 and keeps the time unit
    of its file; `amounts` and `concentrations` say how its species are shown (`engine.sbml.simulate_sbml`).
    Raises `SamenspelError` for what is no number, name or engine.
    """
    named(engine)
    try:
        times, rtol, atol = np.asarray(times, dtype=float), float(rtol), float(atol)
    except (TypeError, ValueError) as fault:
        raise SamenspelError(f"times, rtol and atol must be numbers: {fault}.", cure="Give numbers.") from fault
    if not _whole(seed):
        raise SamenspelError(f"seed must be a whole number, got {seed!r}.", cure="Give a whole number from 0 up.")
    if model.origin:
        if inputs or schedule is not None:
            raise SamenspelError(f"an input or schedule is not for imported models ({model.name!r}).", file=model.origin,
                                 cure="Give parameters or start instead.")  # fmt: skip
        from samenspel.engine.sbml.simulate import simulate_sbml

        return simulate_sbml(model, times, rtol, atol, parameters=parameters, start=start, columns=columns,
                             amounts=amounts, concentrations=concentrations, seed=seed, engine=engine)  # fmt: skip
    if amounts or concentrations:
        raise SamenspelError(f"model {model.name!r} has no species: amounts and concentrations are for imported models.")
    from samenspel.engine.single import simulate_single

    chosen = choose(model, engine) if engine != "auto" or model.events else "numpy"
    chosen = "numpy" if chosen == "native" else chosen  # one person at any times: nothing for blocks of people to do
    numbers, begin = ({n: _single(n, v) for n, v in (given or {}).items()} for given in (parameters, start))
    return simulate_single(
        model, times, chosen, numbers, begin, inputs or {}, schedule,
        list(columns) if columns is not None else None, rtol, atol, seed,
    )  # fmt: skip


def _whole(given: object) -> bool:
    return isinstance(given, int | np.integer) and not isinstance(given, bool)


def _single(name: str, value: Any) -> float:
    if np.ndim(value):
        raise SamenspelError(f"{name!r} is given as {np.size(value)} numbers: many runs at once are for imported models.",
                             cure="Use samenspel.engine.run with people, or one number.")  # fmt: skip
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as fault:
        raise SamenspelError(f"{name!r} is given as {value!r}.", cure="Give a number.") from fault


def _check_names(model: Model, names: Sequence[str], known: Collection[str], cure: str) -> None:
    for name in names:
        if name not in known:
            raise SamenspelError(f"model {model.name!r} has no {name!r}.{hint(name, known)}", cure=cure)


def first_condition(model: Model, people: People, start: Mapping[str, float]) -> Condition:
    """Declared starting points with some states overridden."""
    c, n = compiled(model), people.n
    p = parameter_rows(c, people.parameters)
    values = c.function([s.start for s in model.states])([0.0] * len(model.states), p, [i.habitual for i in model.inputs],
                                                         [0.0] * len(model.held_names), 0.0)  # fmt: skip
    states: Array = np.empty((len(model.states), n))
    for i, (name, value) in enumerate(zip(model.state_names, values, strict=True)):
        states[i] = start.get(name, value)
    return Condition(states, held_at_start(model, n), np.zeros(n, dtype=np.int8))
