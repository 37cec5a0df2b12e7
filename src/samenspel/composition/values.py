"""Numbers of an atlas as distributions: quantiles of a parameter's spread, wherever its address points.

A parameter that names a claim and no distribution takes the claim's value, with the spread of its printed interval.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_model import Distribution, Parameter
from samenspel.quantities.errors import SamenspelError

Array = npt.NDArray[np.float64]


@lru_cache(maxsize=4)
def shipped(path: Path | str | None = None) -> Atlas:
    """The atlas at `path`, or the one about fibromyalgia that ships with the package; read once."""
    from samenspel.evidence.reader import read_atlas

    return read_atlas(Path(path) if path else Path(__file__).parents[1] / "atlases" / "fibromyalgia")


def spread(atlas: Atlas, entry: Parameter) -> Distribution:
    """The distribution of a parameter: its own, or the one its claim or rule prints.

    Raises `SamenspelError` if a claim has no value to take.
    """
    if entry.distribution is not None:
        return entry.distribution
    place = atlas.where("parameter", entry.id)
    if entry.rule is not None:
        from samenspel.evidence.pool import pool_claims

        pooled = pool_claims(atlas, entry.rule.claims, entry.rule.name, entry.rule.method)
        value, se = float(pooled.value), float(pooled.se)
    else:
        effect = atlas.claim(entry.claims[0]).effect if entry.claims else None
        if effect is None or effect.value is None:
            raise SamenspelError(
                f"parameter {entry.id} rests on a claim without a value.",
                file=place.file,
                line=place.line,
                cure="Give the claim an effect, or the parameter a distribution.",
            )
        value, se = effect.value, 0.0
        if effect.low is not None and effect.high is not None:
            se = (effect.high - effect.low) / (2 * float(special.ndtri(0.5 + (effect.level or 0.95) / 2)))
    factor = entry.convert.factor if entry.convert is not None else 1.0
    if entry.level == "fixed" or se == 0:
        return Distribution(kind="point", value=value * factor)
    return Distribution(kind="normal", mean=value * factor, sd=abs(se * factor))


def centre(atlas: Atlas, entry: Parameter) -> float:
    """The median of a parameter."""
    return float(quantile(spread(atlas, entry), np.array([0.5]))[0])


def quantile(d: Distribution, u: Any) -> Array:
    """Inverse distribution function at u in (0, 1); `low` and `high` truncate, except where they define the kind."""
    u = np.asarray(u, dtype=float)
    if d.kind == "point":
        return np.full(u.shape, d.value)
    if d.kind == "uniform":
        return _need(d.low) + u * (_need(d.high) - _need(d.low))
    if d.kind == "loguniform":
        return np.exp(np.log(_need(d.low)) + u * np.log(_need(d.high) / _need(d.low)))
    if d.kind == "beta":
        low, high = d.low or 0.0, 1.0 if d.high is None else d.high
        return low + (high - low) * special.betaincinv(d.a, d.b, u)
    below = _below(d, d.low) if d.low is not None else 0.0
    above = _below(d, d.high) if d.high is not None else 1.0
    return _inverse(d, below + u * (above - below))


def _inverse(d: Distribution, u: Array) -> Array:
    if d.kind == "normal":
        return _need(d.mean) + _need(d.sd) * special.ndtri(u)
    if d.kind == "lognormal":
        return _need(d.median) * np.exp(_need(d.sigma) * special.ndtri(u))
    if d.kind == "half-normal":
        return _need(d.sigma) * special.ndtri(0.5 + u / 2)
    return _need(d.scale) * special.gammaincinv(d.shape, u)


def _below(d: Distribution, x: float) -> float:
    if d.kind == "normal":
        return float(special.ndtr((x - _need(d.mean)) / _need(d.sd)))
    if d.kind == "lognormal":
        return float(special.ndtr(np.log(x / _need(d.median)) / _need(d.sigma))) if x > 0 else 0.0
    if d.kind == "half-normal":
        return float(2 * special.ndtr(x / _need(d.sigma)) - 1)
    return float(special.gammainc(d.shape, x / _need(d.scale)))


def _need(value: float | None) -> float:
    assert value is not None
    return value
