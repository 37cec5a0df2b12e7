"""Numbers of an atlas as distributions: quantiles of a parameter's spread, wherever its address points.

A parameter that names a claim and no distribution takes the claim's value, with the spread of its printed interval.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.scales import CUSTOM, Scale, se_of
from samenspel.evidence.schema_model import Distribution, Parameter
from samenspel.quantities.errors import SamenspelError
from samenspel.randomness import distribution_from_mapping

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
        effect = atlas.claim(entry.claims[0]).counted if entry.claims else None
        if effect is None or effect.value is None:
            raise SamenspelError(
                f"parameter {entry.id} rests on a claim without a value.",
                file=place.file,
                line=place.line,
                cure="Give the claim an effect, or the parameter a distribution.",
            )
        has_interval = effect.low is not None and effect.high is not None
        value, se = effect.value, se_of(effect, Scale.identity(), unsaid=CUSTOM) if has_interval else None
    factor = entry.convert.factor if entry.convert is not None else 1.0
    if entry.level == "fixed" or not se:
        return Distribution(kind="point", value=value * factor)
    return Distribution(kind="normal", mean=value * factor, sd=abs(se * factor))


def centre(atlas: Atlas, entry: Parameter) -> float:
    """The median of a parameter."""
    return float(quantile(spread(atlas, entry), np.array([0.5]))[0])


def quantile(d: Distribution, u: Any) -> Array:
    """Inverse distribution function at u in (0, 1); `low` and `high` truncate, except where they define the kind."""
    return distribution_from_mapping(d.model_dump()).quantile(u)
