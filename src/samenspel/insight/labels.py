"""The four labels of a conclusion, in their order: BUILT IN, ROBUST, DEPENDS ON h, CANNOT TELL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SURE = 0.95  # share of worlds with one sign
RARE = 0.05  # options of less weight do not count
FEWEST = 5  # worlds an option needs before it can decide a label: fewer agree by chance


@dataclass(frozen=True)
class Label:
    """`name` is one of the four; `hypothesis` is set with DEPENDS ON; `share` is the share of worlds with benefit."""

    name: str
    share: float
    hypothesis: str | None = None


def shares(
    benefit: npt.NDArray[np.float64] | npt.NDArray[np.bool_], weight: npt.NDArray[np.float64], options: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Option → (share of worlds with benefit within it, weight of the option)."""
    chosen = np.array(options)
    out: dict[str, tuple[float, float]] = {}
    for option in sorted(set(options)):
        here = chosen == option
        w = float(weight[here].sum())
        out[option] = (float(weight[here] @ benefit[here]) / w if w > 0 else float("nan"), w / float(weight.sum()))
    return out


def label(
    benefit: npt.NDArray[np.float64] | npt.NDArray[np.bool_],
    weight: npt.NDArray[np.float64],
    options: Mapping[str, Sequence[str]],
    prior_share: float | None = None,
    core_share: float | None = None,
) -> Label:
    """The label of "the treatment helps" over worlds.

    `benefit` is 1 where it helps, 0 where it harms and a half where nothing changes at all. `prior_share` is the share
    before calibration (none: these worlds are the prior), `core_share` the share in the core model; without a calibrated
    core ROBUST is never given.
    """
    share = float(weight @ benefit) / float(weight.sum())
    prior = share if prior_share is None else prior_share
    if max(prior, 1 - prior) >= SURE:
        return Label("BUILT IN", share)
    by_option = {h: shares(benefit, weight, o) for h, o in options.items()}
    heavy = {h: {o: s for o, (s, w) in table.items() if w >= RARE} for h, table in by_option.items()}
    one_sign = [s for table in heavy.values() for s in table.values()]
    if prior_share is not None and core_share is not None:
        up = min([share, core_share, *one_sign]) >= SURE
        down = max([share, core_share, *one_sign]) <= 1 - SURE
        if up or down:
            return Label("ROBUST", share)
    known = {h: t for h, t in heavy.items() if all(list(options[h]).count(o) >= FEWEST for o in t)}
    splits = {
        h: max(t.values()) - min(t.values())
        for h, t in known.items()
        if len(t) > 1
        and all(s >= SURE or s <= 1 - SURE for s in t.values())
        and max(t.values()) - min(t.values()) > 0.5
    }
    if splits:
        return Label("DEPENDS ON", share, max(sorted(splits), key=lambda h: splits[h]))
    return Label("CANNOT TELL", share)
