"""Shared test set-up: an own cache, and hypothesis without a clock."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("SAMENSPEL_CACHE", tempfile.mkdtemp(prefix="samenspel-tests-"))
settings.register_profile(
    "samenspel", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("samenspel")


@pytest.fixture
def fifty(monkeypatch):
    """The synthetic model of the benchmarks, where they are part of this copy."""
    folder = Path(__file__).parents[1] / "benchmarks"
    if not (folder / "fifty.py").exists():
        pytest.skip("the benchmarks are not part of this copy")
    monkeypatch.syspath_prepend(str(folder))
    import fifty

    return fifty
