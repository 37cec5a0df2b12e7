"""Sizes that cannot be are refused before any work, in words."""

from __future__ import annotations

import numpy as np
import pytest

import samenspel
from samenspel.insight.knockout import knockout
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.sizes import LIMITS, check_sizes

WRONG = [("worlds", 0), ("worlds", 100_000_000), ("worlds", "8"), ("people", 1), ("people", 2.0), ("seed", 1.5), ("seed", -1),
         ("seed", 2**64), ("seed", True), ("workers", 0), ("workers", 10_000)]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_size_that_cannot_be_is_named(name: str, value: object) -> None:
    with pytest.raises(SamenspelError, match=name):
        samenspel.run("short-sleep", **{name: value})


@pytest.mark.parametrize(("name", "value"), [w for w in WRONG if w[0] != "workers"])
def test_a_knockout_has_the_same_limits(name: str, value: object) -> None:
    with pytest.raises(SamenspelError, match=name):
        knockout("short-sleep", levels=["1"], **{name: value})


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_both_ends_of_a_limit_are_allowed_also_as_numpy_numbers(name: str) -> None:
    low, high = LIMITS[name]
    check_sizes(**{name: low})
    check_sizes(**{name: high})
    check_sizes(**{name: np.int64(max(low, 2))})
