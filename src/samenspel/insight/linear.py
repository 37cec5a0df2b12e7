"""The linear reading of a causal loop diagram, a named mode kept apart: no decay, no bound, no budget.

Stocks z, constants c, auxiliaries a, all zero before anything is pushed; weights W drawn per link and draw:

    dz/dt = W_zz z + W_za a + W_zc c,    a = W_az z + W_aa a + W_ac c + b,

weights per step; auxiliaries are substituted: (I - W_aa) a = W_az z + W_ac c + b. A push on a stock adds its strength to
the start, on a constant to its level, on an auxiliary to b. The effect is the outcome after `horizon` steps. All pushes
come from one adjoint solution: with e the outcome and A the reduced matrix, r(t) = eᵀ exp(A t) and q(t) = ∫ r give the
effect of a pulse (r) and of a level (q), for every intervention at once.

|W| ~ Uniform(0, s) or |Normal(0, s)| with the sign drawn; an unknown sign is symmetric; a link with its own range is
Uniform(low, high). s is `auxiliary_range` for links to auxiliaries, `stock_range` for links to stocks.

Source: the method of Uleman and co-workers as described for their package; written anew from that description. Left out:
products of two variables, half strength in pairs of interventions. Effects grow without limit: that is this mode's point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samenspel.evidence.diagram import Diagram, Link
from samenspel.quantities.errors import SamenspelError
from samenspel.randomness import channel, uniform
from samenspel.randomness.elementary import normal_quantile
from samenspel.studies.sizes import check_sizes

Array = npt.NDArray[np.float64]
LONGEST = 4.0  # |A| h of a sub-step: cancellation in the series costs less than two digits
TERMS = 40  # at most, of the series in a sub-step; the rest is then below 1e-24
NEGLIGIBLE = 1e-16  # a term this small against the sum ends the series
BATCH = 512  # draws at once: temporaries stay in the processor's cache
FASTEST = 4000.0  # |A| t up to which a draw is followed: 1000 sub-steps


@dataclass(frozen=True)
class LinearSettings:
    """Ranges of the weights per step, and how they are spread."""

    auxiliary_range: float = 0.3
    stock_range: float = 0.1
    half_normal: bool = False

    def __post_init__(self) -> None:
        for name in ("auxiliary_range", "stock_range"):
            value = getattr(self, name)
            if not 0 < value <= 100:
                raise SamenspelError(
                    f"{name} must lie above 0 and at most at 100, got {value}.", cure="The usual range is 0.1 to 1."
                )


@dataclass(frozen=True, eq=False)
class LinearEffects:
    """`effect` (interventions, horizons, draws) of each push on the outcome; `weights` (links, draws).

    NaN, or larger than any number, where a draw cannot be followed to a horizon: it grows beyond the computer's numbers, or
    its weights times the horizon exceed `FASTEST`.
    """

    interventions: tuple[str, ...]
    horizons: tuple[float, ...]
    effect: Array
    weights: Array


def linear_effects(
    diagram: Diagram,
    *,
    seed: int,
    draws: int,
    horizons: Sequence[float] = (20.0,),
    settings: LinearSettings | None = None,
) -> LinearEffects:
    """Effects of all interventions at all horizons (in steps) in `draws` draws of the weights.

    Raises `SamenspelError` for a circle of auxiliaries without a stock, and for sizes that make no sense.
    """
    check_sizes(option="", seed=seed, draws=draws)
    times = np.array(sorted(set(horizons)), dtype=float)
    if not len(times) or not 0 < times[0] <= times[-1] <= 1000:
        raise SamenspelError(
            f"horizons must lie above 0 and at most at 1000 steps, got {list(horizons)}.", cure="The usual range is 4 to 80."
        )
    order = auxiliary_order(diagram)
    weights = draw_weights(diagram, seed=seed, draws=draws, settings=settings or LinearSettings())
    with np.errstate(over="ignore", invalid="ignore"):  # what leaves the numbers is counted by who asks
        parts = [_effects(diagram, order, weights[:, k : k + BATCH], times) for k in range(0, draws, BATCH)]
    effect = np.concatenate(parts, axis=2)
    back = np.searchsorted(times, np.asarray(horizons, dtype=float))
    return LinearEffects(
        tuple(v.id for v in diagram.interventions), tuple(float(h) for h in horizons), effect[:, back], weights
    )


def draw_weights(diagram: Diagram, *, seed: int, draws: int, settings: LinearSettings) -> Array:
    """Weights per step, shape (links, draws); addressed by seed, draw and the names of both ends."""
    of = {v.id: v for v in diagram.variable}
    number = np.arange(draws, dtype=np.int64)
    out = np.empty((len(diagram.links), draws))
    for k, link in enumerate(diagram.links):
        u = uniform(
            seed, person=np.zeros_like(number), world=number, day=0, channel=channel(f"weight/{link.source}/{link.target}")
        )
        spread = settings.auxiliary_range if of[link.target].kind == "auxiliary" else settings.stock_range
        out[k] = _weight(link, u, spread, settings.half_normal)
    return out


def _weight(link: Link, u: Array, spread: float, half_normal: bool) -> Array:
    if link.low is not None and link.high is not None:
        return link.low + u * (link.high - link.low)
    if link.sign == "?":
        return spread * normal_quantile(u) if half_normal else spread * (2 * u - 1)
    size = spread * normal_quantile(0.5 + 0.5 * u) if half_normal else spread * u
    return size if link.sign == "+" else -size


def auxiliary_order(diagram: Diagram) -> tuple[str, ...]:
    """Auxiliaries in an order in which each rests on earlier ones only.

    Raises `SamenspelError` naming a circle of auxiliaries: without a stock in it, it has no course in time.
    """
    from graphlib import CycleError, TopologicalSorter

    kinds = {v.id: v.kind for v in diagram.variable}
    uses = {
        v.id: sorted({x.source for x in diagram.links if x.target == v.id and kinds[x.source] == "auxiliary"})
        for v in diagram.variable
        if v.kind == "auxiliary"
    }
    try:
        return tuple(TopologicalSorter(uses).static_order())
    except CycleError as fault:
        circle = " -> ".join(reversed(fault.args[1]))
        raise SamenspelError(
            f"a circle of auxiliaries without a stock cannot be substituted: {circle}.",
            cure="Make one of them a stock, or use the bounded mode, in which auxiliaries carry memory.",
        ) from fault


def _effects(diagram: Diagram, order: Sequence[str], weights: Array, times: Array) -> Array:
    """(interventions, times, draws) by substitution and the adjoint; arrays carry the draws on the last axis."""
    draws = weights.shape[1]
    stocks = [v.id for v in diagram.variable if v.kind == "stock"]
    driven = [v.id for v in diagram.interventions if v.kind != "stock"]
    columns = {name: i for i, name in enumerate([*stocks, *driven])}
    arriving: dict[str, list[tuple[str, Array]]] = {}
    for link, weight in zip(diagram.links, weights, strict=True):
        arriving.setdefault(link.target, []).append((link.source, weight))
    # an auxiliary is a row over stocks and pushed levels; a stock or level is its own column, the rest is 0
    rows: dict[str, Array] = {}
    kinds = {v.id: v.kind for v in diagram.variable}

    def row(name: str) -> Array:
        """What arrives at a variable, pushes on itself apart."""
        out = np.zeros((len(columns), draws))
        for source, weight in arriving.get(name, ()):
            if kinds[source] == "auxiliary":
                out += weight * rows[source]
            elif source in columns:
                out[columns[source]] += weight
        return out

    for name in order:
        rows[name] = row(name)
        if name in columns:
            rows[name][columns[name]] += 1.0
    rates = np.stack([row(s) for s in stocks]) if stocks else np.zeros((0, len(columns), draws))
    m = len(stocks)
    matrix, inflow = np.ascontiguousarray(rates[:, :m].transpose(2, 0, 1)), rates[:, m:]
    outcome = diagram.outcome.id
    own = np.zeros((len(columns), draws))
    if outcome in columns:
        own[columns[outcome]] = 1.0
    out_row = rows.get(outcome, own)
    pulse, held = _adjoint(matrix, out_row[:m].T, times)  # (times, draws, m) each
    effect = np.empty((len(diagram.interventions), len(times), draws))
    for k, v in enumerate(diagram.interventions):
        if kinds[v.id] == "stock":
            effect[k] = v.strength * pulse[:, :, columns[v.id]]
        else:
            j = columns[v.id] - m
            effect[k] = v.strength * (np.einsum("tdm,md->td", held, inflow[:, j]) + out_row[columns[v.id]])
    return effect


def _adjoint(matrix: Array, start: Array, times: Array) -> tuple[Array, Array]:
    """r(t) = startᵀ exp(A t) and q(t) = ∫₀ᵗ r for each draw, at rising times; `matrix` (draws, m, m), `start` (draws, m).

    Taylor series in sub-steps so short that |A| h <= `LONGEST`: r_k = r_{k-1} A h / k, q gains h r_k / (k + 1).
    """
    draws, m = start.shape
    norms = np.abs(matrix).sum(-1).max(-1, initial=0.0)
    pulse, held = np.empty((len(times), draws, m)), np.empty((len(times), draws, m))
    r, q, t, left = start[:, None, :].copy(), np.zeros((draws, 1, m)), 0.0, np.arange(draws)
    for k, until in enumerate(times):
        slow = norms[left] * until <= FASTEST  # refuses NaN too
        if not slow.all():
            left, matrix, r, q = left[slow], matrix[slow], r[slow], q[slow]
        norm = float(norms[left].max(initial=0.0))
        pieces = max(1, int(np.ceil((until - t) * norm / LONGEST)))
        h = (until - t) / pieces
        for _ in range(pieces):
            term, r_sum, q_sum = r, r.copy(), h * r
            for n in range(1, TERMS + 1):
                term = (term @ matrix) * (h / n)
                r_sum += term
                q_sum += term * (h / (n + 1))
                if n >= LONGEST and np.abs(term).max(initial=0.0) <= NEGLIGIBLE * np.abs(r_sum).max(initial=0.0):
                    break
            r, q = r_sum, q + q_sum
        t = float(until)
        pulse[k], held[k] = np.nan, np.nan
        pulse[k, left], held[k, left] = r[:, 0], q[:, 0]
    return pulse, held
