"""Which numbers about every person an answer is made of: named columns, summed over people and then let go.

    effect/<measure>/<week>     treatment less comparator, paired
    base/<measure>              at screening
    attention/<measure>         contact and expectation alone less comparator, at the estimand's day
    specific/<measure>          treatment less contact and expectation alone, at that day
    change                      comparator less screening, of the outcome at that day
    level/<arm>/<week>          the outcome
    hundred/<arm>/<what>        1 for whom it holds: better, same, worse at that day, stopped, flare; higher and lower take the
                                places of better and worse where a measure is neither

Means and errors of these, per world, are all that an answer says about people.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samenspel.evidence.schema_scenario import Scenario
from samenspel.studies.trial import Trial

Array = npt.NDArray[np.float64]
HUNDRED = ("better", "same", "worse", "stopped", "flare")


def week_of(weeks: npt.NDArray[np.int64], day: float) -> int:
    """Index of the week that ends nearest to `day`."""
    return int(np.argmin(np.abs(weeks * 7 - day)))


def main_measures(scenario: Scenario) -> tuple[str, ...]:
    """The outcome and the headline measures: those whose effect is split."""
    return tuple(dict.fromkeys((scenario.estimand.outcome, *scenario.estimand.headline_measures)))


def columns(trial: Trial, better: float, least: float = 0.0) -> dict[str, Array]:
    """The columns of these people, each (n,).

    better  +1 where more of the outcome is better, or neither better nor worse, else -1
    least   change that counts where the scenario names none: what is smaller may be an error of the steps
    """
    s = trial.scenario.estimand
    treated, comparator = trial.arms[s.treatment].measured, trial.arms[s.comparator].measured
    day = week_of(trial.weeks, s.day)
    out: dict[str, Array] = {}
    for m, values in treated.items():
        gap = values - comparator[m]
        out |= {f"effect/{m}/{week}": gap[k] for k, week in enumerate(trial.weeks)}
    out |= {f"base/{m}": v for m, v in trial.baseline.items()}
    contact = trial.contact_arm()
    for m in main_measures(trial.scenario):
        gap = treated[m][day] - comparator[m][day]
        attention = trial.arms[contact].measured[m][day] - comparator[m][day] if contact else np.zeros_like(gap)
        out |= {f"attention/{m}": attention, f"specific/{m}": gap - attention}
    base = trial.baseline[s.outcome]
    out["change"] = comparator[s.outcome][day] - base
    for a, arm in trial.arms.items():
        out |= {f"level/{a}/{week}": arm.measured[s.outcome][k] for k, week in enumerate(trial.weeks)}
    need = s.responder_change or least
    for a in (s.comparator, s.treatment):
        arm = trial.arms[a]
        gain = better * (arm.measured[s.outcome][day] - base)
        improved, worse = gain >= need, gain <= -need
        found = (improved, ~improved & ~worse, worse, arm.stopped > 0.5, arm.flare > 0.5)
        out |= {f"hundred/{a}/{what}": holds.astype(float) for what, holds in zip(HUNDRED, found, strict=True)}
    return out
