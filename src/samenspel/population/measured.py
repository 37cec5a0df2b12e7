"""A gain from a level-5 trial: how far the target moved when a treatment moved the source, and nothing else.

    γ = (Δy / U_y) · exp(σ z) / {[f(x0 + Δx) - f(x0)] · R}

Δy, Δx  differences between the arms in target and source, each drawn from its printed interval (normal; Δx keeps its printed
        sign), in the units of the two quantities; a standardised difference is multiplied by that trial's SD
U_y     reference SD of the target; f = [h(x) - h(x_ref)] / D the coupling's form; x0 the source before (x_ref, if not printed)
R       share of the final response that the target, behind the coupling's delay, has reached after the trial's days, with the
        source held where the treatment brought it: from the declared equations, 1 - exp(-T/τ) for one rate
σ z     transport from another population (`ladder.toml`), z standard normal

All draws are addressed by the coupling's id. Below `minimum_response` at the middle of all parameters the trial is too short
and sets nothing; in a world where R is less than that, the least response is taken. Left out: couplings into hazard ports, and
sources that drift during the trial. Source: the definition of γ; the ladder's rules are ours.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import scipy.linalg

from samenspel.composition.forms import numeric
from samenspel.composition.values import quantile
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grade
from samenspel.evidence.scales import Scale, se_of
from samenspel.evidence.schema import Effect
from samenspel.evidence.schema_ladder import Ladder
from samenspel.evidence.schema_model import Coupling, Distribution
from samenspel.population.gains import world_uniform
from samenspel.population.reference import Linear
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.units import conversion
from samenspel.randomness import normal_quantile

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


def sized(couplings: list[Coupling], supports: Mapping[str, Grade]) -> list[Coupling]:
    """Couplings whose size a level-5 claim sets that has not been taken away."""
    return [c for c in couplings if supports[c.id].sets_size(c)]


def response(linear: Linear, port: str, target: str, coupling: Coupling, days: float) -> Array:
    """R (W,): the response of `target` to a step on `port` behind the coupling's delay, as a share of the final one."""
    jacobian, push, by_state, by_port = linear.of(port, target)
    worlds, m = push.shape
    k = coupling.delay.shape if coupling.delay is not None else 0
    out = np.empty(worlds)
    for w in range(worlds):
        a = np.zeros((m + k + 1, m + k + 1))  # states, chain, and the step itself as a last row that stays 1
        a[:m, :m] = jacobian[w]
        last = m + k - 1 if k else m + k
        a[:m, last] += push[w]
        if coupling.delay is not None:
            rate = k / coupling.delay.mean
            for i in range(k):
                a[m + i, m + i] = -rate
                a[m + i, m + i - 1 if i else m + k] += rate
        start = np.zeros(m + k + 1)
        start[-1] = 1.0
        now = scipy.linalg.expm(a * days) @ start
        final = by_port[w] - (by_state[w] @ np.linalg.solve(jacobian[w], push[w]) if m else 0.0)
        out[w] = (by_state[w] @ now[:m] + by_port[w] * now[last]) / final
    return out


def gain(
    atlas: Atlas, coupling: Coupling, ladder: Ladder, *, seed: int, worlds: Ids, x_ref: Array, scale: Array, reached: Array,
    target: str,
) -> Array:  # fmt: skip
    """γ (W,) of a coupling with a size; `scale` is D, `reached` R, both by world.

    Raises `SamenspelError` naming the coupling if the claim's words are not held at the coupling's ends, a change has no
    interval, a standardised one no SD, or units differ.
    """
    claim, trial = atlas.claim(coupling.size or ""), coupling.trial
    assert trial is not None
    assert claim.counted is not None
    assert claim.source_change is not None
    x_unit, y_unit = _units(atlas, coupling, target)
    draw = lambda name: world_uniform(seed, worlds, name)  # noqa: E731
    dy = _drawn(coupling, claim.counted, trial.target_sd, y_unit, draw(f"size/{coupling.id}"))
    moved_by = claim.source_change.turned
    dx = _drawn(coupling, moved_by, trial.source_sd, x_unit, draw(f"size/{coupling.id}/source"), one_sign=True)
    x0 = x_ref if trial.start is None else np.full_like(x_ref, trial.start * conversion(claim.source_change.unit, x_unit))
    moved = (numeric(coupling.form, x0 + dx, x_ref) - numeric(coupling.form, x0, x_ref)) / scale
    sigma = {"same": 0.0, "other-chronic-pain": ladder.transport_chronic_pain.value,
             "healthy": ladder.transport_healthy.value}[trial.transport]  # fmt: skip
    carried = np.exp(sigma * normal_quantile(draw(f"size/{coupling.id}/transport")))
    least = ladder.minimum_response.value
    with np.errstate(divide="ignore", invalid="ignore"):
        out = dy / atlas.reference[target].sd * carried / (moved * np.maximum(reached, least))
    return np.where(np.isfinite(out), out, 0.0)


def _units(atlas: Atlas, coupling: Coupling, target: str) -> tuple[str, str]:
    """The units of source and target; the claim must speak of what stands at the coupling's ends."""
    claim = atlas.claim(coupling.size or "")
    out: list[str] = []
    for word, address in ((claim.subject, coupling.source), (claim.object or "", target)):
        quantity = atlas.quantities.get(word)
        if quantity is None or quantity.reads != address:
            place = atlas.where("coupling", coupling.id)
            raise SamenspelError(
                f"coupling {coupling.id} takes its size from {claim.id}, which speaks of {word!r}, not of {address}.",
                file=place.file, line=place.line, cure=f"Let {word!r} read {address} in the vocabulary, or remove size.",
            )  # fmt: skip
        out.append(quantity.unit)
    return out[0], out[1]


def _drawn(
    coupling: Coupling, effect: Effect, sd: float | None, unit: str, u: Array, *, one_sign: bool = False
) -> Array:
    """Draws of a printed difference in a unit, from its interval; `one_sign`: none crosses 0."""
    se = se_of(effect, Scale.identity())
    standardised = effect.metric.upper() == "SMD"
    if se is None or effect.value is None or standardised != (sd is not None):
        what = (
            "has no interval with its level" if se is None or effect.value is None
            else "is standardised and trial gives no SD" if standardised
            else "is not standardised, yet trial gives an SD"
        )  # fmt: skip
        raise SamenspelError(
            f"coupling {coupling.id}: a change printed by {coupling.size} {what}.",
            cure="Correct the claim, or trial.source_sd and trial.target_sd, or remove size.",
        )
    side = {"low": 0.0} if effect.value > 0 else {"high": 0.0}
    spread = Distribution(kind="normal", mean=effect.value, sd=se, **(side if one_sign else {}))
    return (sd or 1.0) * conversion(effect.unit, unit) * quantile(spread, u)
