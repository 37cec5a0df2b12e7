"""Between which two numbers everything lies that a distribution can draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from samenspel.evidence.schema_model import Distribution

EDGE = 2.0**-24  # the smallest uniform that is ever drawn (randomness.address); the largest is 1 less this


def drawn_range(d: Distribution) -> tuple[float, float]:
    """The smallest and the largest number that can be drawn.

    Raises `SamenspelError` for numbers that no distribution of this kind can have.
    """
    from samenspel.randomness import distribution_from_mapping

    low, high = distribution_from_mapping(d.model_dump()).quantile(np.array([EDGE, 1.0 - EDGE]))
    return float(low), float(high)
