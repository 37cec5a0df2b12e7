"""Addressed gamma and beta draws: the inverse distribution function of the uniform at the address."""

from __future__ import annotations

from typing import Any

from samenspel.randomness.address import Array, uniform
from samenspel.randomness.special import beta_quantile, gamma_quantile


def gamma(seed: int, *, person: Any, world: Any, day: Any, channel: int | str, shape: Any) -> Array:
    """One gamma draw with scale 1 per address.

    shape  above 0, broadcast against the address; gammas divided by their sum make a Dirichlet draw
    """
    return gamma_quantile(shape, uniform(seed, person=person, world=world, day=day, channel=channel))


def beta(seed: int, *, person: Any, world: Any, day: Any, channel: int | str, a: Any, b: Any) -> Array:
    """One beta draw per address, in [0, 1].

    a, b  above 0, broadcast against the address
    """
    return beta_quantile(a, b, uniform(seed, person=person, world=world, day=day, channel=channel))
