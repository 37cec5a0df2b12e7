"""Routes: what part of the effect goes away when one system's influence is fed from the comparator arm.

For system s all couplings from s to others read the value that the same person has in the comparator arm (design of
"fed" couplings in `composition.compose`). Part lost: 1 - E_fed / E. Parts are not forced to add up to 1. Order only in
tiers: A stands above B where A takes away more than B in at least 90 % of worlds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.composition.compose import compose, word
from samenspel.composition.events import with_events
from samenspel.declare.model import GATE
from samenspel.engine import Schedule, StepPlan, run
from samenspel.engine.run import Engine
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema_scenario import Scenario
from samenspel.population.ensemble import Ensemble
from samenspel.population.measure import expected
from samenspel.population.reservoir import Included, Reservoir
from samenspel.store import Store, key
from samenspel.studies.schedule import schedules

Array = npt.NDArray[np.float64]
ABOVE = 0.9  # share of worlds in which one route must take away more than another to stand above it
KIND, FORM = "route", 1


def systems_that_feed(atlas: Atlas) -> dict[str, list[str]]:
    """System → ids of its couplings to other systems (inputs and wiring apart)."""
    out: dict[str, list[str]] = {}
    for c in atlas.couplings.values():
        source, target = c.source.split(".")[0], c.to.split(".")[0]
        if not c.input and c.form.kind != "identity" and source != target:
            out.setdefault(source, []).append(c.id)
    return {s: sorted(ids) for s, ids in sorted(out.items())}


@dataclass(frozen=True, eq=False)
class Walk:
    """The people whose routes are followed: the first `people` of each of the first `worlds` worlds of a reservoir."""

    atlas: Atlas
    scenario: Scenario
    reservoir: Reservoir
    seed: int
    worlds: int
    people: int
    engine: Engine
    store: Store
    plans: Mapping[str, StepPlan]  # steps by key of the cohort's model; one without gets estimated ones

    @cached_property
    def feeding(self) -> dict[str, list[str]]:
        """As in `systems_that_feed`."""
        return systems_that_feed(self.atlas)

    @cached_property
    def parts(self) -> list[tuple[Included, npt.NDArray[np.int64]]]:
        """The cohort of each model, and who of it is followed."""
        cohorts = self.reservoir.cohorts
        chosen = sorted(int(w) for c in cohorts for w in np.unique(c.people.world))[: self.worlds]
        parts = [(c, _first(c, chosen, self.people)) for c in cohorts]
        return [(c, index) for c, index in parts if len(index)]

    def missing(self) -> list[int]:
        """Parts whose effects are not in the store."""
        return [k for k in range(len(self.parts)) if not self.store.holds(KIND, self._key(k))]

    def effects(self, k: int) -> Array:
        """(1 + systems, n) effects of part k, whole and then fed, read back or made and kept."""
        name = self._key(k)
        found = self.store.get_arrays(KIND, name)
        if found is not None:
            return found[0]["effects"]
        effects = _fed(self, *self.parts[k])
        self.store.put_arrays(KIND, name, {"effects": effects})
        return effects

    def _key(self, k: int) -> str:
        cohort, index = self.parts[k]
        people, begin = cohort.people.take(index), cohort.condition.take(index)
        digest = hashlib.sha256()
        columns = [people.person, people.world, begin.states, begin.held, begin.codes]
        for column in (*columns, *(np.asarray(people.parameters[n], dtype=float) for n in sorted(people.parameters))):
            digest.update(np.ascontiguousarray(column).tobytes())
        reads = self.atlas.measures[self.scenario.estimand.outcome]
        return key({
            "form": FORM, "model": cohort.group.model.key, "people": digest.hexdigest(), "names": sorted(people.parameters),
            "feeding": self.feeding, "study": repr(self.scenario), "measure": repr(reads), "seed": self.seed,
            "first": self.reservoir.first_day, "engine": self.engine, "plan": repr(self.plans.get(cohort.group.model.key)),
        })  # fmt: skip


def routes(walk: Walk, *, calibrated: bool = False) -> dict[str, Any]:
    """Effect lost per system on a printed subset.

    Routes are never ranked before `calibrated`: no fact has told them apart.
    """
    names, people = list(walk.feeding), walk.people
    effects = [walk.effects(k) for k in range(len(walk.parts))]
    ensembles = [Ensemble(cohort.people.world[index], cohort.weight[index]) for cohort, index in walk.parts]
    ensemble = Ensemble(np.concatenate([e.world for e in ensembles]), np.concatenate([e.weight for e in ensembles]))
    stacked = np.concatenate(effects, axis=1)
    whole = ensemble.mean(stacked[0])
    lost = (
        np.stack([ensemble.mean(stacked[0] - stacked[1 + k]) for k in range(len(names))])
        if names
        else np.zeros((0, len(whole)))
    )
    rows = []
    for k, name in enumerate(names):
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(np.abs(whole) > 1e-6, lost[k] / whole, np.nan)
        ok = np.isfinite(part)
        rows.append(
            {
                "system": name,
                "couplings": walk.feeding[name],
                "lost_median": float(np.median(lost[k])),
                "lost_low": float(np.quantile(lost[k], 0.05)),
                "lost_high": float(np.quantile(lost[k], 0.95)),
                "part_median": float(np.median(part[ok])) if ok.any() else None,
                "tier": 0,
            }
        )
    _tiers(rows, lost)
    total = whole - lost.sum(0) if names else whole
    return {
        "worlds": len(ensemble.worlds),
        "people": people,
        "rows": rows,
        "remainder_median": float(np.median(total)),
        "effect_median": float(np.median(whole)),
        "ranked": calibrated and len({r["tier"] for r in rows}) > 1,
    }


def _first(cohort: Included, worlds: Sequence[int], people: int) -> npt.NDArray[np.int64]:
    keep = []
    for w in worlds:
        keep.append(np.flatnonzero(cohort.people.world == w)[:people])
    return np.concatenate(keep) if keep else np.zeros(0, dtype=np.int64)


def _fed(walk: Walk, cohort: Included, index: npt.NDArray[np.int64]) -> Array:
    """(1 + systems, n) difference from the comparator on the true outcome at the estimand's day: whole, then fed."""
    atlas, scenario, feeding, first_day = walk.atlas, walk.scenario, walk.feeding, walk.reservoir.first_day
    group = cohort.group
    couplings = sorted(atlas.couplings.values(), key=lambda c: c.id)
    model = with_events(compose(group.systems, couplings, name=group.model.name + "+fed", fed=True), atlas.people.event)
    e = scenario.estimand
    comparator = next(a for a in scenario.arm if a.id == e.comparator)
    treatment = next(a for a in scenario.arm if a.id == e.treatment)
    base, treated = schedules(model, scenario, first_day, (comparator, treatment))
    days = int(e.day)
    cut = lambda s, extra: Schedule(days, s.first_day, s.edges, {**{k: v[:days] for k, v in s.inputs.items()}, **extra})  # noqa: E731
    ones = np.ones((days, len(base.edges)))
    plans = [cut(base, {}), cut(treated, {})]
    plans += [cut(treated, {f"{GATE}{word(c)}": ones for c in feeding[s]}) for s in feeding]
    outcome = atlas.measures[e.outcome]
    assert outcome.reads is not None
    start = cohort.condition.take(index)
    held = np.zeros((len(model.held_names), len(index)))
    old = {n: i for i, n in enumerate(group.model.held_names)}
    for i, n in enumerate(model.held_names):
        if n in old:
            held[i] = start.held[old[n]]
    start = type(start)(start.states, held, start.codes)
    runs = run(
        model,
        cohort.people.take(index),
        plans,
        start=start,
        seed=walk.seed,
        save=[outcome.reads],
        save_days=[first_day + days - 1],
        engine=walk.engine,
        plan=walk.plans.get(group.model.key),
        once=True,
    )
    values = [expected(atlas, e.outcome, {outcome.reads: np.nan_to_num(r.values[0, 0])}) for r in runs]
    return np.stack([v - values[0] for v in values[1:]])


def _tiers(rows: list[dict[str, Any]], lost: Array) -> None:
    """Number of systems that take away more in at least `ABOVE` of worlds, as a tier (0 is the top)."""
    size = np.abs(lost)
    for k, row in enumerate(rows):
        row["tier"] = int(sum(np.mean(size[j] > size[k]) >= ABOVE for j in range(len(rows)) if j != k))
    order = {t: i for i, t in enumerate(sorted({r["tier"] for r in rows}))}
    for row in rows:
        row["tier"] = order[row["tier"]]
