"""Rivals: what each option of an open question would mean, and where the options part most."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_model import Hypothesis, Option
from samenspel.insight.summary import counts
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
    """For each hypothesis: its options with the worlds that drew them, benefit and mean effect there; where they part.

    `difference` names the column of the paired difference on the outcome at the estimand's day; `better` is -1 where lower
    is better. Where they part: the measure and week with the largest gap between options' mean effects, in SDs over worlds.
    Worlds that drew different options differ in all else too; `with_paired` adds what the options do in the same worlds.
    Questions about persons follow, with the share of people that worlds give to each option.
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
            counted = counts(better * per_world[here], found.least)
            table.append({**_told(option), **counted, "benefit_share": share, "effect": mean})
        out.append({**_asked(record), "options": table, "parts": parts_most(found, names, weight)})
    out.sort(key=lambda r: -_gap(r["options"]))
    return [*out, *_about_persons(atlas, worlds, ids)]


def _asked(record: Hypothesis) -> dict[str, Any]:
    return {"id": record.id, "question": {"en": record.question.en, "nl": record.question.nl}, "scope": record.scope}


def _told(option: Option) -> dict[str, Any]:
    told = {"id": option.id, "en": option.en, "nl": option.nl}
    return {**told, "claims": list(option.claims), "against": list(option.against)}


def _about_persons(atlas: Atlas, worlds: Worlds, ids: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """Questions whose answer may differ between people: of 100 people, how many worlds give to each option."""
    out: list[dict[str, Any]] = []
    for h in sorted({h for group in worlds.groups for h in group.mixtures}):
        there = [group.mixtures[h][np.isin(group.ids, ids)] for group in worlds.groups]
        low, middle, high = np.quantile(100 * np.concatenate(there), [0.05, 0.5, 0.95], axis=0)
        nothing = {"worlds": None, "benefit_share": None, "effect": None}
        table = [
            {**_told(option), **nothing, "people": {"low": float(low[k]), "middle": float(middle[k]), "high": float(high[k])}}
            for k, option in enumerate(atlas.hypotheses[h].option)
        ]
        out.append({**_asked(atlas.hypotheses[h]), "options": table, "parts": None})
    return out


def with_paired(hypotheses: list[dict[str, Any]], paired: dict[str, Any] | None) -> dict[str, Any]:
    """The block of rivals: each hypothesis with its paired `contrast` (none where it was not made), and the subset's sizes.

    Those whose options part most in the same worlds come first: by the difference on the outcome, then by `gap_sd`.
    """
    found: dict[str, Any] = paired["hypotheses"] if paired is not None else {}
    subset = None if paired is None else {k: v for k, v in paired.items() if k != "hypotheses"}
    rows = [{**h, "contrast": found.get(h["id"])} for h in hypotheses]
    return {"hypotheses": sorted(rows, key=lambda row: _apart(row["contrast"])), "contrast_subset": subset}


def _apart(contrast: dict[str, Any] | None) -> tuple[float, float]:
    """What sorts the widest first, and those without a contrast last, in the order they had."""
    return (1.0, 0.0) if contrast is None else (-abs(contrast["difference"]["mean"]), -contrast["parts"]["gap_sd"])


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
