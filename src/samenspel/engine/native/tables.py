"""The numbers a kernel reads beside people: the plan of steps, inputs by day, slot and arm, exponential coefficients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import Model
from samenspel.engine.lattice import Schedule, StepPlan
from samenspel.engine.people import Array
from samenspel.randomness.elementary import exp, horner

SMALL = 0.25  # of |z|: below, the series; above, the quotient loses at most four bits
PHI2 = tuple(1.0 / math.factorial(k) for k in range(2, 14))  # φ₂ = 1/2! + z/3! + ..., φ₁ = 1 + z φ₂


@dataclass(frozen=True, eq=False)
class Steps:
    """All steps of a run, day by day; `sizes` are the distinct step lengths."""

    day_start: npt.NDArray[np.int32]
    size: npt.NDArray[np.int32]
    slot: npt.NDArray[np.int32]  # number of the slot that a step opens, else -1
    last: npt.NDArray[np.int32]  # 1 for the last step of a slot
    begin: Array
    end: Array
    half: Array
    opens: npt.NDArray[np.int32]  # for the first step of a group: the size of the whole group, else -1
    closes: npt.NDArray[np.int32]  # the same for its last step
    before: Array  # part of the group that lies behind as the step begins
    after: Array  # the same as it ends
    sizes: list[float]


def inputs_table(model: Model, schedules: Sequence[Schedule]) -> Array:
    """Inputs, shape (days, slots, arms, inputs)."""
    s = schedules[0]
    out = np.empty((s.days, len(s.edges), len(schedules), len(model.inputs)))
    for a, schedule in enumerate(schedules):
        for i, one in enumerate(model.inputs):
            out[:, :, a, i] = schedule.inputs[one.name] if one.name in schedule.inputs else one.habitual
    return out


def steps_table(inputs: Array, s: Schedule, plan: StepPlan) -> Steps:
    """The graded steps of every day: after each midnight, and where an input of any arm changes within the day."""
    days, slots = inputs.shape[:2]
    flat = inputs.reshape(days * slots, -1)
    jumps = np.ones(days * slots, dtype=bool)
    jumps[1:] = (flat[1:] != flat[:-1]).any(1)
    jumps = jumps.reshape(days, slots)
    if not plan.quiet_midnights:
        jumps[:, 0] = True
    sizes: dict[float, int] = {}
    kinds, which = np.unique(jumps, axis=0, return_inverse=True)
    which = which.reshape(-1)
    whole, real = zip(*(_one_day(s, plan, kind, sizes) for kind in kinds.tolist()), strict=True)
    size, slot, last, opens, closes = np.concatenate([whole[k] for k in which], axis=1)
    begin, end, half, before, after = np.concatenate([real[k] for k in which], axis=1)
    count = np.array([w.shape[1] for w in whole])[which]
    midnight = np.repeat(s.first_day + np.arange(days, dtype=float), count)
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    return Steps(start, size, slot, last, midnight + begin, midnight + end, half, opens, closes, before, after, list(sizes))


def _one_day(
    s: Schedule, plan: StepPlan, jumps: Sequence[bool], sizes: dict[float, int]
) -> tuple[npt.NDArray[np.int32], Array]:
    """Rows of `Steps` for a day from its midnight, those of whole numbers and the others; new lengths go into `sizes`."""
    whole: list[tuple[int, ...]] = []
    real: list[tuple[float, ...]] = []
    for k, ((t, high), jumped) in enumerate(zip(s.slots, jumps, strict=True)):
        groups = plan.strides(high - t, jumped)
        for g, group in enumerate(groups):
            length, gone = sum(group), 0.0
            for j, h in enumerate(group):
                ends = j == len(group) - 1
                own, all_ = sizes.setdefault(h, len(sizes)), sizes.setdefault(length, len(sizes))
                whole.append((own, k if g == j == 0 else -1, int(ends and g == len(groups) - 1), all_ if j == 0 else -1,
                              all_ if ends else -1))  # fmt: skip
                real.append((t, t + h, 0.5 * h, gone / length, (gone + h) / length))
                t, gone = t + h, gone + h
    return np.array(whole, dtype=np.int32).T, np.array(real).T


def coefficients(rate: Array, h: float) -> Array:
    """(h φ₁, h φ₁ - h φ₂ e^z, h φ₂) of z = rate h, stacked; from + - * / alone, so that every machine has the same bits."""
    z = rate * h
    e = exp(z)
    near = np.abs(z) < SMALL
    s = np.where(near, z, 0.0)
    two = horner(PHI2, s)
    divisor = np.where(near, 1.0, z)
    phi1 = np.where(near, 1.0 + s * two, (e - 1.0) / divisor)
    phi2 = np.where(near, two, (phi1 - 1.0) / divisor)
    return np.stack([h * phi1, h * (phi1 - phi2 * e), h * phi2])


def blocked(rows: Array, width: int, kind: npt.DTypeLike) -> npt.NDArray[np.floating]:
    """(…, rows, people) → (blocks, …, rows, width); the last person fills the last block."""
    n = rows.shape[-1]
    blocks = -(-n // width)
    padded = np.empty((*rows.shape[:-1], blocks * width), dtype=kind)
    padded[..., :n] = rows
    padded[..., n:] = rows[..., -1:]
    parts = padded.reshape(*rows.shape[:-1], blocks, width)
    return np.ascontiguousarray(np.moveaxis(parts, -2, 0))


def aligned(shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[np.floating]:
    """An empty array that starts on a 64-byte boundary."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    raw = np.empty(size + 64, dtype=np.uint8)
    offset = -raw.ctypes.data % 64
    return raw[offset : offset + size].view(kind).reshape(shape)
