"""Rivals: what each option of an open question would mean, and where the options part most."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.evidence.atlas import Atlas
from samenspel.population.worlds import Worlds
from samenspel.studies.findings import Findings
from samenspel.studies.trial import trial_measures

Array = npt.NDArray[np.float64]


def options_of_worlds(worlds: Worlds) -> dict[str, dict[int, str]]:
    """World-scope hypothesis → world → option."""
    out: dict[str, dict[int, str]] = {}
    for group in worlds.groups:
        for h, options in group.options.items():
            out.setdefault(h, {}).update({int(w): o for w, o in zip(group.ids, options, strict=True)})
    return out


def rivals(atlas: Atlas, worlds: Worlds, found: Findings, difference: str, better: float) -> list[dict[str, Any]]:
    """For each hypothesis: its options with number of worlds, share with benefit, mean effect; where they part.

    `difference` names the column of the paired difference on the outcome at the estimand's day; `better` is -1 where lower
    is better. Where they part: the measure and week with the largest gap between options' mean effects, in SDs over worlds.
    """
    per_world, weight, ids = found.mean(difference), found.weights_of_worlds(), found.worlds
    chosen = options_of_worlds(worlds)
    out: list[dict[str, Any]] = []
    for h in sorted(chosen):
        names = np.array([chosen[h][int(w)] for w in ids])
        record = atlas.hypotheses[h]
        table = []
        for option in record.option:
            here = names == option.id
            mean = float(np.average(per_world[here], weights=weight[here])) if here.any() else None
            share = float(np.average(better * per_world[here] > 0, weights=weight[here])) if here.any() else None
            table.append({
                "id": option.id, "en": option.en, "nl": option.nl, "worlds": int(here.sum()), "benefit_share": share,
                "effect": mean, "claims": list(option.claims), "against": list(option.against),
            })  # fmt: skip
        out.append({
            "id": h, "question": {"en": record.question.en, "nl": record.question.nl}, "scope": record.scope,
            "options": table, "parts": parts_most(found, names, weight),
        })  # fmt: skip
    out.sort(key=lambda r: -_gap(r["options"]))
    return out


def with_paired(hypotheses: list[dict[str, Any]], paired: dict[str, Any] | None) -> dict[str, Any]:
    """The block of rivals: each hypothesis with its paired `contrast` (none where it was not made), and the subset's sizes."""
    found: dict[str, Any] = paired["hypotheses"] if paired is not None else {}
    subset = None if paired is None else {k: v for k, v in paired.items() if k != "hypotheses"}
    return {"hypotheses": [{**h, "contrast": found.get(h["id"])} for h in hypotheses], "contrast_subset": subset}


def _gap(options: list[dict[str, Any]]) -> float:
    known = [o["effect"] for o in options if o["effect"] is not None]
    return max(known) - min(known) if len(known) > 1 else 0.0


def parts_most(found: Findings, names: npt.NDArray[np.str_], weight: Array) -> dict[str, Any] | None:
    """Measure and week at which the options' mean effects differ most, in SDs over worlds; none with a single option."""
    groups = [names == n for n in sorted(set(names.tolist()))]
    if len(groups) < 2:
        return None
    at = [(measure, int(week)) for measure in trial_measures(found.scenario) for week in found.weeks]
    m = np.array([found.mean(f"effect/{measure}/{week}") for measure, week in at])
    average = lambda rows, who: (rows[:, who] * weight[who]).sum(1) / weight[who].sum()  # noqa: E731
    every = np.ones(len(weight), dtype=bool)
    sd = np.sqrt(average((m - average(m, every)[:, None]) ** 2, every))
    means = np.array([average(m, g) for g in groups])
    apart = means.max(0) - means.min(0)
    gap = np.where(sd > 0, apart / np.where(sd > 0, sd, 1.0), 0.0)
    k = int(np.argmax(gap))
    return {"measure": at[k][0], "week": at[k][1], "gap_sd": float(gap[k])}
