"""Several studies into one number: random effects with heterogeneity; one study stays itself.

On the scale of the metric (log for ratios, logit for proportions, Fisher z for correlations, else as printed)

    y_i ~ N(μ, v_i + τ²),   w_i = 1/(v_i + τ²),   μ = Σ w y / Σ w,   se² = 1/Σ w

y_i value of study i, v_i its sampling variance, μ the pooled value, τ² the variance between studies; I² = τ²/(τ² + s²)
with s² the typical sampling variance (k − 1) Σu / ((Σu)² − Σu²), u_i = 1/v_i. Metrics are never mixed, and an article
counts once. Left out: moderators, multivariate outcomes, small-study adjustments. Source: DerSimonian and Laird 1986;
Paule and Mandel 1982; Higgins and Thompson 2002; Hartung and Knapp 2001 (methods, not their texts).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grading
from samenspel.evidence.scales import Scale, scale_of, se_of
from samenspel.evidence.schema import remark
from samenspel.quantities.errors import SamenspelError

Method = Literal["dersimonian-laird", "paule-mandel", "reml"]
_DOUBLINGS, _HALVINGS = 200, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A pooled number. `estimate`, `estimate_se` and `tau2` are on the scale of the metric, the rest as printed."""

    metric: str
    unit: str
    k: int
    value: float
    se: float  # as printed, by the slope of the scale at the value
    low: float
    high: float
    level: float
    estimate: float
    estimate_se: float
    tau2: float
    i2: float  # percent
    q: float
    method: str
    claims: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()  # repeats of an article that is already in

    def as_json(self) -> dict[str, object]:
        """The result as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


def pool(
    values: Sequence[float],
    variances: Sequence[float],
    method: Method = "reml",
    *,
    level: float = 0.95,
    hartung_knapp: bool = False,
    scale: Scale | None = None,
    metric: str = "",
    unit: str = "1",
) -> Pooled:
    """Pool values that are on the scale of their metric.

    Raises:
        SamenspelError: for no study, unequal lengths, or a variance that is not above 0.
    """
    if not values or len(values) != len(variances):
        raise SamenspelError(
            f"cannot pool {len(values)} values with {len(variances)} variances.",
            cure="Give one variance per value, and at least one.",
        )
    if not all(math.isfinite(y) for y in values) or not all(math.isfinite(v) and v > 0 for v in variances):
        raise SamenspelError("a study has no finite value or no variance above 0.", cure="Leave it out.")
    pairs = sorted(zip(values, variances, strict=True))  # the order of studies does not matter, to the last bit
    y, v = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    k = len(y)
    tau2 = 0.0 if k == 1 else _TAU2[method](y, v)
    mean, se = _mean(y, v, tau2)
    quantile = NormalDist().inv_cdf(0.5 + level / 2)
    if hartung_knapp and k > 1:
        w = [1 / (x + tau2) for x in v]
        se = math.sqrt(math.fsum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True)) / ((k - 1) * math.fsum(w)))
        quantile = _t_quantile(0.5 + level / 2, k - 1)
    scale = scale or Scale.identity()
    return Pooled(
        metric=metric,
        unit=unit,
        k=k,
        value=scale.back(mean),
        se=se * scale.slope_back(mean),
        low=scale.back(mean - quantile * se),
        high=scale.back(mean + quantile * se),
        level=level,
        estimate=mean,
        estimate_se=se,
        tau2=tau2,
        i2=_i2(v, tau2),
        q=_q(y, v, 0.0),
        method=method if k > 1 else "single",
    )


def pool_claims(
    atlas: Atlas,
    claims: Iterable[str],
    rule: Literal["single", "random-effects"] = "random-effects",
    method: Method = "reml",
    *,
    removed: frozenset[str] = frozenset(),
    hartung_knapp: bool = False,
    level: float = 0.95,
) -> Pooled:
    """Pool the effects of claims by a named rule; claims in `removed` are left out.

    Raises:
        SamenspelError: for an unknown claim, mixed metrics or units, a claim without value or spread, two claims of one
            article, nothing left, or more than one claim under the rule `single`.
    """
    grading = Grading(atlas, removed)
    articles: dict[str, str] = {}
    dropped: list[str] = []
    for claim_id in sorted(set(claims) - removed):
        claim = atlas.claim(claim_id)
        article = grading.article(claim_id)
        if article in articles:
            other = articles[article]
            if claim.primary is None and atlas.claim(other).primary is None:
                raise _wrong(
                    atlas, claim_id, f"{claim_id} and {other} are of one article and count once.", "Name one of them."
                )
            repeat, kept = (claim_id, other) if claim.primary is not None else (other, claim_id)
            articles[article] = kept
            dropped.append(repeat)
            continue
        articles[article] = claim_id
    kept = sorted(articles.values())
    if not kept:
        raise SamenspelError("no claim is left to pool.", cure="Name at least one claim with a value and an interval.")
    if rule == "single" and len(kept) != 1:
        raise SamenspelError(
            f"the rule single takes one claim, got {len(kept)}: {', '.join(kept)}.",
            cure='Use name = "random-effects", or name one claim.',
        )
    metric, unit = _common_metric(atlas, kept)
    scale = scale_of(metric, unit)
    values: list[float] = []
    variances: list[float] = []
    for claim_id in kept:
        effect = atlas.claim(claim_id).counted
        assert effect is not None
        se = se_of(effect, scale)
        if effect.value is None or se is None:
            raise _wrong(
                atlas,
                claim_id,
                f"{claim_id} has no value with an interval or sample size.",
                "Leave it out of the rule.",
            )
        values.append(scale.to(effect.value))
        variances.append(se**2)
    pooled = pool(
        values, variances, method, level=level, hartung_knapp=hartung_knapp, scale=scale, metric=metric, unit=unit
    )
    return replace(pooled, claims=tuple(kept), dropped=tuple(dropped))


def _common_metric(atlas: Atlas, claims: Sequence[str]) -> tuple[str, str]:
    metrics: dict[tuple[str, str], str] = {}
    for claim_id in claims:
        claim = atlas.claim(claim_id)
        if claim.effect is None:
            raise _wrong(atlas, claim_id, f"{claim_id} has no effect.", "Name a claim with a number.")
        if claim.suspect is not None:
            raise _wrong(atlas, claim_id, f"{claim_id} is suspect: {remark(claim.suspect, 'en')}", "Leave it out of the rule.")
        metrics.setdefault((claim.effect.metric, claim.effect.unit), claim_id)
    if len(metrics) > 1:
        listed = ", ".join(f"{m} in {u} ({c})" for (m, u), c in sorted(metrics.items()))
        raise SamenspelError(f"metrics are never mixed: {listed}.", cure="Pool one metric and unit at a time.")
    return next(iter(metrics))


def _wrong(atlas: Atlas, claim_id: str, message: str, cure: str) -> SamenspelError:
    place = atlas.where("claim", claim_id)
    return SamenspelError(message, file=place.file, line=place.line, cure=cure)


def _mean(y: Sequence[float], v: Sequence[float], tau2: float) -> tuple[float, float]:
    w = [1 / (x + tau2) for x in v]
    total = math.fsum(w)
    if len(y) == 1:
        return y[0], math.sqrt(v[0])
    return math.fsum(a * b for a, b in zip(w, y, strict=True)) / total, math.sqrt(1 / total)


def _q(y: Sequence[float], v: Sequence[float], tau2: float) -> float:
    mean, _ = _mean(y, v, tau2)
    return math.fsum((b - mean) ** 2 / (x + tau2) for b, x in zip(y, v, strict=True))


def _i2(v: Sequence[float], tau2: float) -> float:
    if len(v) == 1 or tau2 == 0.0:
        return 0.0
    u = [1 / x for x in v]
    total = math.fsum(u)
    typical = (len(v) - 1) * total / (total**2 - math.fsum(x * x for x in u))
    return 100.0 * tau2 / (tau2 + typical)


def _dersimonian_laird(y: Sequence[float], v: Sequence[float]) -> float:
    u = [1 / x for x in v]
    total = math.fsum(u)
    spread = total - math.fsum(x * x for x in u) / total
    return max(0.0, (_q(y, v, 0.0) - (len(y) - 1)) / spread)


def _paule_mandel(y: Sequence[float], v: Sequence[float]) -> float:
    """τ² at which the generalised Q equals its expectation k − 1."""
    return _falling_root(lambda tau2: _q(y, v, tau2) - (len(y) - 1), max(v))


def _reml(y: Sequence[float], v: Sequence[float]) -> float:
    """τ² at which the restricted likelihood has slope 0: Σ w²(y − μ)² = Σ w − Σ w²/Σ w."""

    def slope(tau2: float) -> float:
        w = [1 / (x + tau2) for x in v]
        mean, _ = _mean(y, v, tau2)
        fitted = math.fsum((a * (b - mean)) ** 2 for a, b in zip(w, y, strict=True))
        total = math.fsum(w)
        return (fitted - total + math.fsum(a * a for a in w) / total) / total

    return _falling_root(slope, max(v))


def _falling_root(f: Callable[[float], float], step: float) -> float:
    """The τ² ≥ 0 at which f turns from above to below 0; 0 when f starts at or below it."""
    if f(0.0) <= 0.0:
        return 0.0
    low, high = 0.0, step
    for _ in range(_DOUBLINGS):
        if f(high) <= 0.0:
            break
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (middle, high) if f(middle) > 0.0 else (low, middle)
    return 0.5 * (low + high)


def _t_quantile(share: float, degrees: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, share))


_TAU2: dict[str, Callable[[Sequence[float], Sequence[float]], float]] = {
    "dersimonian-laird": _dersimonian_laird,
    "paule-mandel": _paule_mandel,
    "reml": _reml,
}
