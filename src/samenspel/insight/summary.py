"""From a trial to numbers: effects with their spread over worlds, people per hundred, and how an effect splits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.declare import Model
from samenspel.evidence.atlas import Atlas
from samenspel.studies.columns import HUNDRED
from samenspel.studies.findings import Findings
from samenspel.studies.trial import trial_measures

Array = npt.NDArray[np.float64]
NIL = 1e-9  # of the outcome's unit: what is nearer to 0 is rounding of the computer
BEYOND = 0.3  # standard deviations: a specific effect that would be told from none


def difference(found: Findings, measure: str, day: float) -> str:
    """The column of the paired difference of treatment and comparator at the week that ends on `day`."""
    return f"effect/{measure}/{found.week(day)}"


def helped(gain: Array, least: float = 0.0) -> Array:
    """Per world: 1 where the mean gain is above 0, 0 below, a half where it is 0, as `counts` tells them apart."""
    return 0.5 * (np.sign(np.where(np.abs(gain) > max(NIL, least), gain, 0.0)) + 1.0)


def counts(gain: Array, least: float = 0.0) -> dict[str, int]:
    """Worlds in which the mean gain is above 0, below 0, and 0 (or no larger than `least`), and all of them."""
    nil = max(NIL, least)
    better, worse = int((gain > nil).sum()), int((gain < -nil).sum())
    return {
        "benefit_worlds": better,
        "worse_worlds": worse,
        "same_worlds": len(gain) - better - worse,
        "worlds": len(gain),
    }


def names_of_states(models: Iterable[Model]) -> dict[str, str]:
    """Read-outs that in every model are another quantity, or computed just as another one: address → address of that one."""
    every: list[dict[str, str]] = []
    for model in models:
        same: dict[str, str] = {}
        seen: dict[Any, str] = {}
        for name, e in model.assignments:
            first = str(e) if e.is_Symbol else seen.setdefault(e, name)
            if first != name:
                same[name] = same.get(first, first)
        every.append(same)
    return {n: s for n, s in every[0].items() if all(other.get(n) == s for other in every)} if every else {}


def effects(atlas: Atlas, found: Findings, states: Mapping[str, str]) -> dict[str, Any]:
    """Paired difference by measure and week, in the measure's unit; `reads` is the quantity read, by its name in `states`."""
    out: dict[str, Any] = {}
    for measure in trial_measures(found.scenario):
        weeks = {
            str(int(w)): {**found.interval(f"effect/{measure}/{w}"), "worlds": len(found.worlds)} for w in found.weeks
        }
        m = atlas.measures[measure]
        out[measure] = {
            "unit": m.unit, "en": m.en, "nl": m.nl, "higher_is": m.higher_is, "weeks": weeks,
            "reads": states.get(str(m.reads), m.reads), "counts_people": m.kind == "criteria",
        }  # fmt: skip
    return out


def headline(atlas: Atlas, found: Findings) -> dict[str, Any]:
    """Direction, size and split of the effect on the outcome at the estimand's day."""
    s, sign = found.scenario.estimand, atlas.measures[found.scenario.estimand.outcome].towards
    d, specific = difference(found, s.outcome, s.day), f"specific/{s.outcome}"
    sd = found.sd(f"base/{s.outcome}")
    gain = sign * found.mean(d)
    beyond = sign * found.mean(specific) / sd > BEYOND
    w = found.weights_of_worlds()
    low, high = np.median(np.array(list(found.spreads.values())), axis=0)
    return {
        "measure": s.outcome,
        "day": s.day,
        "week": round(s.day / 7),
        "better": sign,
        **counts(gain, found.least),
        "benefit_share": float(w @ helped(gain, found.least)),
        "beyond_share": float(w @ beyond),
        "md": _seen(found.interval(d), found.least),
        "smd": found.interval(d, sd),
        "sd_kind": s.sd,
        "person_spread": {"low": float(low), "high": float(high)},
        "split": {
            "comparator_change": _seen(found.interval("change"), found.least),
            "attention": _seen(found.interval(f"attention/{s.outcome}"), found.least),
            "specific": _seen(found.interval(specific), found.least),
        },
        "specific_smd": {
            name: float(q)
            for name, q in zip(
                ("q05", "q25", "q50", "q75", "q95"),
                np.quantile(found.mean(specific) / sd, [0.05, 0.25, 0.5, 0.75, 0.95]),
                strict=True,
            )
        },
    }


def _seen(interval: dict[str, float], least: float) -> dict[str, float]:
    """An interval, or 0 where all of it is smaller than the steps can tell."""
    return interval if max(map(abs, interval.values())) > least else dict.fromkeys(interval, 0.0)


def per_hundred(found: Findings) -> dict[str, Any]:
    """Of 100 people in each arm: better, same, worse at the estimand's day; stopped; flare in the first four weeks."""
    s, w = found.scenario.estimand, found.weights_of_worlds()
    out: dict[str, Any] = {}
    for arm in (s.comparator, s.treatment):
        out[arm] = {}
        for what in HUNDRED:
            column = f"hundred/{arm}/{what}"
            out[arm][what] = {n: 100 * x for n, x in found.interval(column).items()}
            out[arm][what]["mean"] = 100 * float(w @ found.mean(column))
    return {"change_needed": s.responder_change or found.least, "arms": out}


def trajectories(found: Findings) -> dict[str, Any]:
    """Outcome per arm by week: band over worlds, and single fictional people of the first world."""
    s = found.scenario.estimand
    out: dict[str, Any] = {"measure": s.outcome, "weeks": [0, *(int(w) for w in found.weeks)], "arms": {}}
    for name in found.arms:
        band = [found.interval(c) for c in (f"base/{s.outcome}", *(f"level/{name}/{w}" for w in found.weeks))]
        persons = [{"id": f"person-{k + 1}", "values": v.tolist()} for k, v in enumerate(found.persons[name].T)]
        out["arms"][name] = {"band": band, "persons": persons}
    return out


def screening(found: Findings, refused: dict[int, str]) -> dict[str, Any]:
    """How many were screened and included, the prevalence this implies, and what was refused or failed."""
    s = found.screening
    share = np.array([100 * p for p in s.prevalence.values()])
    return {
        "drawn": int(sum(s.drawn.values())),
        "included": sum(s.included[int(w)] for w in found.worlds),
        "effective_size": float(np.median(found.moments.effective_size())),
        "prevalence_percent": {
            n: float(q) for n, q in zip(("low", "middle", "high"), np.quantile(share, [0.05, 0.5, 0.95]), strict=True)
        },
        "worlds": len(found.worlds),
        "nobody_to_study": len(s.empty),
        "refused": {reason: sum(r == reason for r in refused.values()) for reason in sorted(set(refused.values()))},
        "unsettled": int(sum(s.failures.values())),
        "failures": found.failures,
    }
