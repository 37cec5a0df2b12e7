"""Shared test set-up: an own cache, and hypothesis without a clock."""

import os
import tempfile

from hypothesis import HealthCheck, settings

os.environ.setdefault("SAMENSPEL_CACHE", tempfile.mkdtemp(prefix="samenspel-tests-"))
settings.register_profile(
    "samenspel", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("samenspel")
