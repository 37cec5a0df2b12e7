"""People of all toys together, everything discrete included, and one digest of all that a run gives back."""

import hashlib

import numpy as np

from samenspel.composition import compose
from samenspel.engine import People, Schedule, StepPlan, habits, settle
from samenspel.evidence.schema_model import Coupling
from toys import Bell, Clerk, Pump, Tank, Town

TANK = {"tank.set_level": 1.0, "tank.tau": 3.0, "tank.push": 0.3}
CLERK = {"clerk.busy_rate": 0.2, "clerk.free_rate": 0.5, "clerk.chance": 0.3, "clerk.places": 700.0, "clerk.tau": 1.0}
LINK = Coupling.model_validate({"id": "pulls", "from": "tank.double", "to": "bell.pull", "sign": "raises"})
SAVE = ["tank.level", "tank.highest", "tank.mean_level", "tank.double", "bell.x", "bell.y", "clerk.desk.busy", "clerk.calls",
        "clerk.counter_waiting", "town.stock", "town.days", "pump.speed", "noise.tank.level"]  # fmt: skip


def village(n: int, days: int = 9, first_day: int = 0):
    """People of all toys together, everything discrete included, in two arms."""
    model = compose([Tank, Bell, Clerk, Town, Pump], [LINK])
    ids, rng = np.arange(n, dtype=np.int64), np.random.default_rng(n)
    numbers = {
        **TANK, **CLERK, "tank.tau": rng.uniform(1, 5, n), "bell.quick": 2.0, "bell.slow": rng.uniform(0.1, 0.5, n), "gain.pulls": 0.2,
        "base.pulls": 2.0, "town.own": rng.normal(size=n), "town.tau": 3.0, "town.pull": 0.2, "pump.rate": 0.4,
    }  # fmt: skip
    people = People(ids, ids % 3, numbers)
    still = settle(model, people)
    people = People(ids, people.world, {**numbers, **habits(model, people, still)})
    tap = np.tile([0.0, 3.0, 0.0], (days, 1))
    arms = [Schedule(days, first_day), Schedule(days, first_day, edges=(0.0, 0.5, 0.6), inputs={"tank.tap": tap})]
    return model, people, arms, still


def bits(results) -> str:
    """One digest of everything a run gives back."""
    digest = hashlib.sha256()
    for r in results:
        for part in (r.values, r.end.states, r.end.held, r.end.codes):
            digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


GIVEN = dict(seed=3, save=SAVE, save_days=range(9), plan=StepPlan())
