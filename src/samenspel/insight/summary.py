"""From a trial to numbers: effects with their spread over worlds, people per hundred, and how an effect splits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.evidence.atlas import Atlas
from samenspel.population.ensemble import Ensemble
from samenspel.population.reservoir import Reservoir
from samenspel.studies.trial import Trial, trial_measures

Array = npt.NDArray[np.float64]
BEYOND = 0.3  # standard deviations: a specific effect that would be told from none
PERSONS = 6  # single fictional people shown in figures: the first of the first world, always the same


def better_sign(atlas: Atlas, measure: str) -> float:
    """+1 where higher is better, else -1."""
    return 1.0 if atlas.measures[measure].higher_is == "better" else -1.0


def at_day(trial: Trial, arm: str, measure: str, day: float) -> Array:
    """Measured values at the week that ends on `day`, shape (n,)."""
    week = int(np.argmin(np.abs(trial.weeks * 7 - day)))
    return trial.arms[arm].measured[measure][week]


def baseline_sd(trial: Trial, measure: str) -> Array:
    """SD between people at screening, per person's world."""
    e = trial.ensemble
    row = np.searchsorted(e.worlds, e.world)
    sd = e.sd(trial.baseline[measure])
    return np.where(sd > 0, sd, np.nan)[row]


def difference(trial: Trial, measure: str, day: float) -> Array:
    """Paired difference of treatment and comparator, per person."""
    s = trial.scenario.estimand
    return at_day(trial, s.treatment, measure, day) - at_day(trial, s.comparator, measure, day)


def helped(gain: Array) -> Array:
    """Per world: 1 where the mean gain is above 0, 0 below, a half where it is 0."""
    return 0.5 * (np.sign(gain) + 1.0)


def interval(e: Ensemble, values: Array) -> dict[str, float]:
    """World interval of a mean: 5th, 50th, 95th percentile."""
    low, middle, high = e.interval(values)
    return {"low": low, "middle": middle, "high": high}


def effects(atlas: Atlas, trial: Trial) -> dict[str, Any]:
    """Paired difference by measure and week, in the measure's unit."""
    out: dict[str, Any] = {}
    for measure in trial_measures(trial.scenario):
        weeks = {
            str(int(w)): {
                **interval(trial.ensemble, difference(trial, measure, 7 * w)),
                "worlds": len(trial.ensemble.worlds),
            }
            for w in trial.weeks
        }
        m = atlas.measures[measure]
        out[measure] = {"unit": m.unit, "en": m.en, "nl": m.nl, "higher_is": m.higher_is, "weeks": weeks}
    return out


def headline(atlas: Atlas, trial: Trial) -> dict[str, Any]:
    """Direction, size and split of the effect on the outcome at the estimand's day."""
    s = trial.scenario.estimand
    e, day, sign = trial.ensemble, s.day, better_sign(atlas, s.outcome)
    d = difference(trial, s.outcome, day)
    sd = baseline_sd(trial, s.outcome)
    base = trial.baseline[s.outcome]
    comparator = at_day(trial, s.comparator, s.outcome, day)
    treated = at_day(trial, s.treatment, s.outcome, day)
    contact = trial.contact_arm()
    attention = at_day(trial, contact, s.outcome, day) - comparator if contact else np.zeros_like(d)
    specific = treated - comparator - attention
    benefit = sign * e.mean(d) > 0
    beyond = sign * e.mean(specific / sd) > BEYOND
    w = e.weights_of_worlds()
    spread = e.person_spread(d)
    return {
        "measure": s.outcome,
        "day": s.day,
        "week": round(s.day / 7),
        "better": sign,
        "benefit_worlds": int(benefit.sum()),
        "worlds": len(benefit),
        "benefit_share": float(w @ helped(sign * e.mean(d))),
        "beyond_share": float(w @ beyond),
        "md": interval(e, d),
        "smd": interval(e, d / sd),
        "sd_kind": s.sd,
        "person_spread": {"low": spread[0], "high": spread[1]},
        "split": {
            "comparator_change": interval(e, comparator - base),
            "attention": interval(e, attention),
            "specific": interval(e, specific),
        },
        "specific_smd": {
            name: float(q)
            for name, q in zip(
                ("q05", "q25", "q50", "q75", "q95"),
                np.quantile(e.mean(specific / sd), [0.05, 0.25, 0.5, 0.75, 0.95]),
                strict=True,
            )
        },
    }


def per_hundred(atlas: Atlas, trial: Trial) -> dict[str, Any]:
    """Of 100 people in each arm: better, same, worse at the estimand's day; stopped; flare in the first four weeks."""
    s = trial.scenario.estimand
    sign, need = better_sign(atlas, s.outcome), s.responder_change or 0.0
    out: dict[str, Any] = {}
    for arm in (s.comparator, s.treatment):
        gain = sign * (at_day(trial, arm, s.outcome, s.day) - trial.baseline[s.outcome])
        better, worse = gain >= need, gain <= -need
        parts = {
            "better": better,
            "same": ~better & ~worse,
            "worse": worse,
            "stopped": trial.arms[arm].stopped > 0.5,
            "flare": trial.arms[arm].flare > 0.5,
        }
        out[arm] = {
            k: {n: 100 * x for n, x in interval(trial.ensemble, v.astype(float)).items()} for k, v in parts.items()
        }
        for k, v in parts.items():
            out[arm][k]["mean"] = 100 * float(trial.ensemble.weights_of_worlds() @ trial.ensemble.mean(v.astype(float)))
    return {"change_needed": need, "arms": out}


def trajectories(trial: Trial) -> dict[str, Any]:
    """Outcome per arm by week: band over worlds, and `PERSONS` single fictional people of the first world."""
    s, e = trial.scenario.estimand, trial.ensemble
    first = np.flatnonzero(e.world == e.worlds[0])[:PERSONS]
    weeks = [0, *(int(w) for w in trial.weeks)]
    out: dict[str, Any] = {"measure": s.outcome, "weeks": weeks, "arms": {}}
    for name, arm in trial.arms.items():
        rows = [trial.baseline[s.outcome], *arm.measured[s.outcome]]
        band = [interval(e, r) for r in rows]
        persons = [{"id": f"person-{k + 1}", "values": [float(r[i]) for r in rows]} for k, i in enumerate(first)]
        out["arms"][name] = {"band": band, "persons": persons}
    return out


def screening(trial: Trial, reservoir: Reservoir, refused: dict[int, str]) -> dict[str, Any]:
    """How many were screened and included, the prevalence this implies, and what was refused or failed."""
    share = np.array([100 * p for p in reservoir.prevalence.values()])
    e = trial.ensemble
    return {
        "drawn": int(sum(reservoir.drawn.values())),
        "included": int(reservoir.included),
        "effective_size": float(np.median(e.effective_size())),
        "prevalence_percent": {
            n: float(q) for n, q in zip(("low", "middle", "high"), np.quantile(share, [0.05, 0.5, 0.95]), strict=True)
        },
        "worlds": len(e.worlds),
        "nobody_to_study": len(reservoir.empty),
        "refused": {reason: sum(r == reason for r in refused.values()) for reason in sorted(set(refused.values()))},
        "unsettled": int(sum(reservoir.failures.values())),
        "failures": trial.failures,
    }
