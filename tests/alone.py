"""People of one shipped system on its own, its ports pushed at random, at rest."""

import numpy as np

from samenspel.composition import compose
from samenspel.composition.single import default_parameters
from samenspel.composition.values import shipped
from samenspel.declare import Port, Switch
from samenspel.engine import People, Result, habits, settle
from samenspel.systems import catalogue

DAILY = {f"{c.system}-{c.variant or 'daily'}": c for _, c in sorted(catalogue().items()) if not c.fast and not c.of(Switch)}


def alone(system, n, seed=5):
    """Model, people and where they rest; people who find no rest are left out."""
    atlas, rng = shipped(), np.random.default_rng(seed)
    model = compose([system], open_ports=True)
    ids, pushed = np.arange(n, dtype=np.int64), {}
    for p in system.of(Port):
        scale = atlas.reference[f"{p.system}.{p.shifts}"].sd if p.combine == "sum" else 1.0
        draw = rng.normal(0, 1, n)
        pushed[p.address] = 0.5 * scale * draw if p.combine == "sum" else np.exp(0.3 * draw)
    people = People(ids, ids * 0, {**default_parameters(atlas, system), **pushed})
    still = settle(model, people)
    people = People(ids, people.world, {**people.parameters, **habits(model, people, still)})
    good = np.flatnonzero(still.codes == Result.OK)
    return model, people.take(good), still.take(good)
