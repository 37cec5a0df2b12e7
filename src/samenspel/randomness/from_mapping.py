"""Read a distribution as an atlas writes it: ``{kind = "lognormal", median = 2.0, gsd = 1.5}``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint
from samenspel.randomness.distributions import (
    Beta,
    Distribution,
    Fixed,
    Gamma,
    HalfNormal,
    LogNormal,
    LogUniform,
    Normal,
    Triangular,
    Truncated,
    Uniform,
)

#: kind → (record, the numbers it needs); `low` and `high` truncate any kind that does not itself need them
KINDS: dict[str, tuple[Callable[..., Distribution], tuple[str, ...]]] = {
    "fixed": (Fixed, ("value",)),
    "normal": (Normal, ("mean", "sd")),
    "lognormal": (LogNormal, ("median", "gsd")),
    "uniform": (Uniform, ("low", "high")),
    "loguniform": (LogUniform, ("low", "high")),
    "beta": (Beta, ("a", "b")),
    "gamma": (Gamma, ("shape", "scale")),
    "halfnormal": (HalfNormal, ("sd",)),
    "triangular": (Triangular, ("low", "mode", "high")),
    "truncated-normal": (Normal, ("mean", "sd")),
}
ALSO_CALLED = {"point": "fixed", "half-normal": "halfnormal"}


def distribution_from_mapping(
    mapping: Mapping[str, Any], *, file: str | None = None, line: int | None = None
) -> Distribution:
    """The distribution record that a mapping describes.

    mapping     `kind` and its numbers (`KINDS`); a lognormal takes `gsd`, or `sigma` = ln gsd; a half-normal `sd`, or
                `sigma`, the same
    file, line  where it stands, for the error

    Raises `SamenspelError` for an unknown kind, a missing, unknown or non-finite number, and numbers out of range.
    """

    def wrong(message: str, cure: str) -> SamenspelError:
        return SamenspelError(message, file=file, line=line, cure=cure)

    given = {name: value for name, value in mapping.items() if value is not None}
    said = given.pop("kind", None)
    kind = ALSO_CALLED.get(str(said), str(said))
    if said is None or kind not in KINDS:
        near = hint(str(said), [*KINDS, *ALSO_CALLED])
        raise wrong(
            "a distribution has no kind." if said is None else f"no distribution {said!r}.{near}",
            f"Kinds: {', '.join(KINDS)}.",
        )
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise wrong(f"{name} of a {kind} distribution must be a finite number, got {value!r}.", "Write a number.")
    if "sigma" in given and "sigma" not in KINDS[kind][1]:
        given = _without_sigma(kind, given)
    record, needed = KINDS[kind]
    missing = [name for name in needed if name not in given]
    allowed = {*needed, "low", "high"} if kind not in ("fixed", "triangular") else set(needed)
    unknown = sorted(set(given) - allowed)
    if missing or unknown or (kind == "truncated-normal" and not {"low", "high"} & set(given)):
        ends = " and low, high or both" if kind == "truncated-normal" else ""
        raise wrong(
            f"a {kind} distribution takes {', '.join(needed)}{ends}; missing {missing}, not used {unknown}.",
            "Give exactly these numbers.",
        )
    numbers = {name: float(value) for name, value in given.items()}
    try:
        if kind == "beta" or {"low", "high"} <= set(needed) or not {"low", "high"} & set(numbers):
            return record(**numbers)
        ends_of = {name: numbers.pop(name) for name in ("low", "high") if name in numbers}
        return Truncated(record(**numbers), **ends_of)
    except ValueError as fault:
        raise wrong(f"a {kind} distribution cannot have these numbers: {fault}.", "Correct the number.") from fault


def _without_sigma(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """Rewrite the other usual way to give a spread."""
    out = dict(given)
    if kind == "lognormal" and "gsd" not in given:
        out["gsd"] = math.exp(out.pop("sigma"))
    elif kind == "halfnormal" and "sd" not in given:
        out["sd"] = out.pop("sigma")
    return out
