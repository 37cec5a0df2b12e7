"""Gains of the couplings in many worlds: existence and sign from the ladder, size from a budget or a trial.

γ has one meaning: by how many reference SDs the target finally shifts when the source is held one reference SD up.
Per target, over couplings from states that exist in a world:

    M = Σ measured |γ| s,   (1 - M) B is shared,  B ~ Beta(a, b),  s the largest slope of f
    over source systems by Dirichlet(1), then over (source, target) pairs by Dirichlet(1);
    k parallel couplings of a pair take equal shares and one draw of existence and sign.

Inputs stand outside the budget: |γ| ~ HalfNormal. Hazard ports too, with a declared bound. Every draw is addressed by
(seed, world, name), so that removing a claim shifts a gain and reshuffles nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from samenspel.evidence.grade import Grade
from samenspel.evidence.schema_ladder import Ladder
from samenspel.evidence.schema_model import Coupling
from samenspel.randomness import channel, uniform

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
MOST_NUMBERS = 2**23  # of the matrices that are looked at together: 64 MB each


@dataclass(frozen=True, eq=False)
class Drawn:
    """γ of one coupling per world (0 when absent), and whether it was measured."""

    gamma: Array
    measured: bool


def world_uniform(seed: int, worlds: npt.NDArray[np.int64], name: str) -> Array:
    """One uniform per world for a named draw."""
    return uniform(seed, person=np.zeros_like(worlds), world=worlds, day=0, channel=channel(name))


def existence_and_sign(seed: int, worlds: npt.NDArray[np.int64], support: Grade, ladder: Ladder) -> tuple[Flags, Array]:
    """Whether the link exists in each world, and +1 where its told sign is right, else -1.

    Statements of one article share a draw; parallel couplings of one pair share that of the best supported one.
    A body of evidence selected on its outcome may be null, or reversed, as a whole.
    """
    exists = world_uniform(seed, worlds, f"exists/{support.statement}") < support.exists
    right = world_uniform(seed, worlds, f"sign/{support.statement}") < support.told_sign
    if support.body is not None:
        u = world_uniform(seed, worlds, f"body/{support.body}")
        null, reversed_ = ladder.selected_all_null.value, ladder.selected_all_reversed.value
        exists = exists & (u >= null)
        right = right & ~((u >= null) & (u < null + reversed_))
    return exists, np.where(right, 1.0, -1.0)


def draw(
    seed: int,
    worlds: npt.NDArray[np.int64],
    couplings: Sequence[Coupling],
    supports: Mapping[str, Grade],
    on: Mapping[str, Flags],
    slopes: Mapping[str, Array],
    targets: Mapping[str, str],
    hazards: frozenset[str],
    ladder: Ladder,
    sizes: Mapping[str, Array] | None = None,
) -> tuple[dict[str, Drawn], Flags]:
    """γ of every coupling in every world, and which worlds are refused because measured gains fill a budget.

    `on[id]` (W,) says where the chosen options switch a coupling on; `slopes[id]` (W,) its largest slope; `targets[id]`
    the target quantity of its port; `hazards` the couplings into hazard ports; `sizes[id]` (W,) gains that a trial measured.
    """
    sizes = sizes or {}
    present: dict[str, Flags] = {}
    signs: dict[str, Array] = {}
    for c in couplings:
        pair = [d for d in couplings if (d.source, targets[d.id]) == (c.source, targets[c.id])]
        lead = max(pair, key=lambda d: (supports[d.id].exists, supports[d.id].statement))
        exists, right = existence_and_sign(seed, worlds, supports[lead.id], ladder)
        present[c.id], signs[c.id] = exists & on[c.id], c.told_sign * right
    out: dict[str, Drawn] = {}
    refused = np.zeros(len(worlds), dtype=bool)
    in_budget: dict[str, list[Coupling]] = {}
    for c in sorted(couplings, key=lambda c: c.id):
        if c.form.kind == "identity":
            continue
        if c.id in sizes:
            out[c.id] = Drawn(np.where(on[c.id], sizes[c.id], 0.0), True)
        elif c.input or c.id in hazards:
            sigma = ladder.input_sigma.value if c.input else ladder.hazard_sigma.value
            size = sigma * special.ndtri(0.5 + 0.5 * world_uniform(seed, worlds, f"size/{c.id}"))
            if c.bound is not None:
                size = np.minimum(size, c.bound)
            out[c.id] = Drawn(np.where(present[c.id], signs[c.id] * size, 0.0), False)
            continue
        in_budget.setdefault(targets[c.id], []).append(c)
    for target, group in in_budget.items():
        refused |= _share(seed, worlds, target, group, present, signs, slopes, out, ladder)
    return out, refused


def _share(
    seed: int, worlds: npt.NDArray[np.int64], target: str, group: list[Coupling], present: Mapping[str, Flags],
    signs: Mapping[str, Array], slopes: Mapping[str, Array], out: dict[str, Drawn], ladder: Ladder,
) -> Flags:  # fmt: skip
    """Share one target's budget; returns where measured gains leave no room."""
    measured = np.zeros(len(worlds))
    for c in group:
        if c.id in out:
            measured += np.abs(out[c.id].gamma) * slopes[c.id]
    refused = measured >= ladder.budget_measured_limit.value
    b = special.betaincinv(
        ladder.budget_a.value, ladder.budget_b.value, world_uniform(seed, worlds, f"budget/{target}")
    )
    room = np.clip(1.0 - measured, 0.0, 1.0) * b
    open_ = [c for c in group if c.id not in out]
    systems = sorted({c.source.split(".")[0] for c in open_})
    pairs = {s: sorted({c.source for c in open_ if c.source.split(".")[0] == s}) for s in systems}
    there = {
        pair: np.any([present[c.id] for c in open_ if c.source == pair], axis=0) for s in systems for pair in pairs[s]
    }
    weight = {}
    for s in systems:
        any_pair = np.any([there[pair] for pair in pairs[s]], axis=0)
        g = special.gammaincinv(
            ladder.budget_source_concentration.value, world_uniform(seed, worlds, f"share/{target}/{s}")
        )
        weight[s] = np.where(any_pair, g, 0.0)
    total = np.sum([weight[s] for s in systems], axis=0) if systems else np.ones(len(worlds))
    for s in systems:
        inner = {
            pair: np.where(
                there[pair],
                special.gammaincinv(
                    ladder.budget_pair_concentration.value, world_uniform(seed, worlds, f"share/{target}/{pair}")
                ),
                0.0,
            )
            for pair in pairs[s]
        }
        sum_inner = np.sum(list(inner.values()), axis=0)
        for pair in pairs[s]:
            parallel = [c for c in open_ if c.source == pair]
            count = np.sum([present[c.id] for c in parallel], axis=0)
            with np.errstate(invalid="ignore", divide="ignore"):
                share = room * (weight[s] / total) * (inner[pair] / sum_inner) / count
            for c in parallel:
                size = np.where(present[c.id], share / slopes[c.id], 0.0)
                out[c.id] = Drawn(signs[c.id] * np.nan_to_num(size), False)
    return refused


def stabilise(
    drawn: Mapping[str, Drawn],
    couplings: Sequence[Coupling],
    slopes: Mapping[str, Array],
    peaks: Mapping[tuple[str, str], Array],
    ladder: Ladder,
) -> tuple[dict[str, Drawn], Flags]:
    """Scale unmeasured gains until the loop matrix K has a spectral radius below the limit; flags what stays unstable.

    K[j → k] = |γ_j| s_j · R, R the largest response, in SDs, from the port of coupling j to the source of coupling k.
    """
    loops = [c for c in couplings if c.id in drawn and not c.input]
    if not loops:
        return dict(drawn), np.zeros(0, dtype=bool)
    worlds, sources = len(next(iter(drawn.values())).gamma), len({c.source for c in loops})
    block = max(1, MOST_NUMBERS // sources**2)
    parts = [
        _stable(_round(loops, drawn, slopes, peaks, slice(k, k + block)), ladder.stability_limit.value)
        for k in range(0, worlds, block)
    ]
    scale, final = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    changed = {c.id: drawn[c.id] if drawn[c.id].measured else Drawn(drawn[c.id].gamma * scale, False) for c in loops}
    return {**drawn, **changed}, final >= ladder.stability_refuse.value


def _round(
    loops: Sequence[Coupling], drawn: Mapping[str, Drawn], slopes: Mapping[str, Array],
    peaks: Mapping[tuple[str, str], Array], at: slice,
) -> tuple[Array, Array]:  # fmt: skip
    """What one round through the couplings carries from source to source (worlds, sources, sources): measured, and drawn.

    K sees the coupling it leads to by its source alone, so this smaller matrix has the same eigenvalues, zeros apart.
    """
    row = {s: i for i, s in enumerate(sorted({c.source for c in loops}))}
    worlds = len(drawn[loops[0].id].gamma[at])
    measured, free = np.zeros((2, worlds, len(row), len(row)))
    for c in loops:
        size = np.abs(drawn[c.id].gamma[at]) * slopes[c.id][at]
        into = measured if drawn[c.id].measured else free
        for source, i in row.items():
            if (c.id, source) in peaks:
                into[:, i, row[c.source]] += peaks[c.id, source][at] * size
    return measured, free


def _stable(parts: tuple[Array, Array], limit: float) -> tuple[Array, Array]:
    """(scale of the drawn gains, spectral radius with it) of each world."""
    measured, free = parts
    radius = _radius(measured + free)
    scale, final = np.ones(len(radius)), radius.copy()
    wild = np.flatnonzero(radius >= limit)
    if len(wild):
        measured, free = measured[wild], free[wild]
        low, high = np.zeros(len(wild)), np.ones(len(wild))
        alone = not measured.any()  # then the radius grows in proportion
        for _ in range(30):
            middle = 0.5 * (low + high)
            found = radius[wild] * middle if alone else _radius(measured + free * middle[:, None, None])
            high, low = np.where(found >= limit, middle, high), np.where(found >= limit, low, middle)
        scale[wild], final[wild] = low, _radius(measured + free * low[:, None, None])
    return scale, final


def _radius(matrices: Array) -> Array:
    return np.abs(np.linalg.eigvals(matrices)).max(-1)
