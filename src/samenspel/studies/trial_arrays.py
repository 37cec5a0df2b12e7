"""A trial as named arrays with notes, the way the store keeps it, and back."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.ensemble import Ensemble
from samenspel.studies.trial import ArmResult, Trial

FORM = 2  # of the stored arrays
Arrays = dict[str, npt.NDArray[Any]]


def pack(trial: Trial | None) -> tuple[Arrays, dict[str, Any]]:
    """Arrays and notes; none of either where nobody qualifies."""
    if trial is None:
        return {}, {"arms": []}
    arrays: Arrays = {
        "world": trial.ensemble.world,
        "weight": trial.ensemble.weight,
        "person": trial.person,
        "weeks": trial.weeks,
        "shift": trial.shift,
    }
    arrays |= {f"baseline/{m}": v for m, v in trial.baseline.items()}
    for a, arm in trial.arms.items():
        arrays |= {f"arm/{a}/flare": arm.flare, f"arm/{a}/stopped": arm.stopped, f"arm/{a}/failed": arm.failed}
        arrays |= {f"arm/{a}/measured/{m}": v for m, v in arm.measured.items()}
    order = {a: list(arm.measured) for a, arm in trial.arms.items()}
    return arrays, {"arms": list(trial.arms), "measures": order, "baseline": list(trial.baseline)}


def unpack(scenario: Scenario, arrays: Arrays, notes: dict[str, Any]) -> Trial | None:
    """The trial again."""
    if not notes["arms"]:
        return None
    arms = {
        a: ArmResult(
            a,
            {m: arrays[f"arm/{a}/measured/{m}"] for m in notes["measures"][a]},
            arrays[f"arm/{a}/flare"],
            arrays[f"arm/{a}/stopped"],
            arrays[f"arm/{a}/failed"],
        )
        for a in notes["arms"]
    }
    ensemble = Ensemble(arrays["world"], arrays["weight"])
    baseline = {m: arrays[f"baseline/{m}"] for m in notes["baseline"]}
    return Trial(scenario, ensemble, arrays["person"], arrays["weeks"], baseline, arms, arrays["shift"])
