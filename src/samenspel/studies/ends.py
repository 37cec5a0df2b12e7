"""Everything the linter may be pointed at: the systems' addresses and the parameters that studies themselves read."""

from __future__ import annotations

import dataclasses

from samenspel.composition.addresses import addresses
from samenspel.evidence.lint_rule import Ends
from samenspel.systems import catalogue

#: how much kinder people report who know that they got something, in baseline SDs
REPORTING = "reporting.shift"


def known_ends() -> Ends:
    """Addresses of all installed systems, and the parameters of studies."""
    ends = addresses(catalogue().values())
    return dataclasses.replace(ends, parameters=ends.parameters | {REPORTING})
