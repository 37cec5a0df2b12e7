"""What happens at midnight, in the one order that all engines share.

accumulators close; (the caller saves and measures); daily maps; stages; decisions; pools; society; noise of the day.
Chance is addressed by (seed, person, world, day, channel = name), so arms and chunks meet the same luck.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samenspel.declare.model import FEED, NOISE
from samenspel.engine.compiled import Compiled
from samenspel.engine.people import Array
from samenspel.randomness import channel, normal, uniform
from samenspel.randomness.elementary import risen


class Midnight:
    """Midnight rules of one model for people stacked as (arms, persons)."""

    def __init__(
        self, c: Compiled, seed: int, person: npt.NDArray[np.int64], world: npt.NDArray[np.int64], arms: int
    ) -> None:
        self.c, self.model, self.seed = c, c.model, seed
        self.person, self.world, self.arms = person, world, arms
        self.at = {name: i for i, name in enumerate(c.model.held_names)}
        self.state = {name: i for i, name in enumerate(c.model.state_names)}
        model = c.model
        names = [NOISE + s for s in model.noise]
        self._pushed = [self.at[name] for name in names]
        self._channels = np.array([[channel(name)] for name in names], dtype=np.int64)
        self.means = c.means
        self._of_means = c.function([c.outputs[n.removeprefix("mean.")] for n in self.means])
        self._groups = np.unique(world, return_inverse=True)[1] if (model.pools or model.society) else None

    def _tiled(self, draw: Array) -> Array:
        return np.tile(draw, self.arms)

    def _uniform(self, name: str, day: int) -> Array:
        return self._tiled(uniform(self.seed, person=self.person, world=self.world, day=day, channel=channel(name)))

    def close(self, held: Array, integrals: Array) -> Array:
        """Write closed accumulators into `held`; returns the hazard integrals that remain."""
        k = len(self.model.accumulators)
        for a, value in zip(self.model.accumulators, integrals[:k], strict=True):
            held[self.at[a.name]] = value
        return integrals[k:]

    def turn(self, x: Array, held: Array, p: list[float | Array], u: list[Array], hazard: Array, day: int) -> None:
        """Everything discrete after saving; `day` is the day that begins. Changes `x` and `held` in place."""
        m = self.model
        values = self.c.midnight(x, p, u, held, float(day))
        daily, rest = values[: len(m.daily)], values[len(m.daily) :]
        for name, value in zip(m.daily, daily, strict=True):
            x[self.state[name]] = value
        self._stages(held, hazard, day)
        for d, probability in zip(m.decisions, rest, strict=False):
            held[self.at[d.name]] = self._uniform(d.name, day) < probability
        rest = rest[len(m.decisions) :]
        for k, pool in enumerate(m.pools):
            self._serve(pool.name, held, rest[k], rest[len(m.pools) + k])
        self._society(x, held, p, u, day)
        self.begin(x, held, p, u, day)

    def begin(self, x: Array, held: Array, p: list[float | Array], u: list[Array], day: int) -> None:
        """What a day begins with: its noise, and the first arm's values where couplings may be fed with them."""
        self.noise(held, day)
        if self.model.feeds:
            n, total = len(self.person), held.shape[1]
            for name, value in zip(self.model.feeds, self.c.feeds(x, p, u, held, float(day)), strict=True):
                held[self.at[FEED + name]] = np.tile(np.broadcast_to(value, (total,))[:n], self.arms)

    def noise(self, held: Array, day: int) -> None:
        """Standard-normal pushes of the day that begins."""
        if self._pushed:
            z = normal(self.seed, person=self.person, world=self.world, day=day, channel=self._channels)
            held[self._pushed] = np.tile(z, self.arms)

    def _stages(self, held: Array, hazard: Array, day: int) -> None:
        k = 0
        for stage in self.model.stages:
            arrows = list(stage.hazards)
            h = hazard[k : k + len(arrows)]
            k += len(arrows)
            u = self._uniform(stage.name, day)
            now = {c: held[self.at[f"{stage.name}.{c}"]].copy() for c in stage.conditions}
            for condition in stage.conditions:
                leaving = [i for i, (a, _) in enumerate(arrows) if a == condition]
                if not leaving:
                    continue
                total = np.maximum(h[leaving], 0.0).sum(0)
                leave = risen(total)
                goes = (now[condition] > 0.5) & (u < leave)
                share = np.where(goes, u / np.where(leave > 0, leave, 1.0), 1.0)  # the same u, rescaled
                bound = np.zeros_like(u)
                for i in leaving:
                    low = bound
                    bound = bound + np.maximum(h[i], 0.0) / np.where(total > 0, total, 1.0)
                    taken = goes & (share >= low) & (share < bound)
                    held[self.at[f"{stage.name}.{condition}"]][taken] = 0.0
                    held[self.at[f"{stage.name}.{arrows[i][1]}"]][taken] = 1.0

    def _groups_of_arms(self) -> list[npt.NDArray[np.int64]]:
        assert self._groups is not None
        n = len(self.person)
        return [
            np.flatnonzero(self._groups == g) + arm * n
            for arm in range(self.arms)
            for g in range(int(self._groups.max()) + 1)
        ]

    def _serve(self, name: str, held: Array, request: Array | float, capacity: Array | float) -> None:
        served, waiting = self.at[name], self.at[f"{name}_waiting"]
        total = held.shape[1]
        asks, places = np.broadcast_to(request, (total,)) > 0.5, np.broadcast_to(capacity, (total,))
        held[waiting] = np.where(asks, held[waiting] + 1.0, 0.0)
        held[served] = 0.0
        for group in self._groups_of_arms():
            queue = group[asks[group]]
            order = np.lexsort((np.tile(self.person, self.arms)[queue], -held[waiting][queue]))
            n_places = int(np.floor(places[group[0]] * len(group) / 1000.0 / 7.0 + 1e-9))
            first = queue[order[:n_places]]
            held[served][first] = 1.0
            held[waiting][first] = 0.0

    def _society(self, x: Array, held: Array, p: list[float | Array], u: list[Array], day: int) -> None:
        m = self.model
        if not m.society:
            return
        total = held.shape[1]
        own = [np.broadcast_to(v, (total,)) for v in self._of_means(x, p, u, held, float(day))]
        means = {n: np.empty(total) for n in self.means}
        for group in self._groups_of_arms():
            for name, value in zip(self.means, own, strict=True):
                means[name][group] = np.add.reduce(value[group]) / len(group)  # persons in fixed order
        new = self.c.society_step(x, p, u, held, float(day), *means.values())
        for s, value in zip(m.society, new, strict=True):
            held[self.at[s.name]] = value
