"""The reservoir of a scenario, taken from the store when it is there."""

from __future__ import annotations

from collections.abc import Callable

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.reservoir import Reservoir, fill
from samenspel.population.worlds import Worlds


def reservoir_for(
    atlas: Atlas, worlds: Worlds, scenario: Scenario, *, people: int, seed: int, measures: tuple[str, ...],
    progress: Callable[[float], None] | None = None,
) -> Reservoir:  # fmt: skip
    """Fill, or read back, the reservoir that a scenario draws its people from."""
    r = scenario.recruitment
    total = max(len(worlds.groups), 1)
    done = {"groups": 0}

    def tell(have: float, want: float) -> None:
        if progress is not None:
            progress((done["groups"] + have / max(want, 1.0)) / total)

    return fill(atlas, worlds.groups, population=scenario.estimand.population, people=people, seed=seed,
                settle_days=r.settle_days, most=r.candidates, enrich=dict(r.enrich), measures=measures, progress=tell)  # fmt: skip
