"""Logarithm, exponential and normal quantile from + - * / alone, so that every engine computes the same bits.

A mathematical library may round its last bit differently on another machine; IEEE addition, multiplication, division,
square root and integer operations on the bits of a number may not. Each function here is a fixed sequence of those, in
double precision, without fused multiply-add. An engine that repeats the sequence repeats the bits.

    log    x = 2^k m with m in [sqrt(1/2), sqrt(2));  f = m - 1,  s = f/(2 + f),  z = s²
           log x = k LN2_HIGH + (f - (s (f - 2 z A(z)) - k LN2_LOW)),   A(z) = Σ z^i/(2i + 3)
    exp    k = round(x/ln 2);  r = (x - k LN2_HIGH) - k LN2_LOW
           exp x = 2^k (1 + (r + r² E(r))),   E(r) = Σ r^i/(i + 2)!
    normal quantile
           the rational approximations PPND16 of M. J. Wichura, "Algorithm AS 241: The percentage points of the normal
           distribution", Applied Statistics 37 (1988) 477-484; polynomials by Horner's rule from the highest power.

Logarithm and exponential are within one unit in the last place of the exact value where tested, the quantile within
2e-15 of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# ln 2 split in two: the first part has 33 significant bits, so that k times it is exact
LN2_HIGH = float.fromhex("0x1.62e42fef00000p-1")
LN2_LOW = float.fromhex("0x1.473de6af278edp-34")
LN2 = LN2_HIGH + LN2_LOW
FULL = 700.0  # beyond, 1 - exp(-x) is 1
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
LOG_SERIES = tuple(1.0 / (2 * i + 3) for i in range(11))
EXP_SERIES = (
    1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320, 1 / 362880, 1 / 3628800, 1 / 39916800, 1 / 479001600,
    1 / 6227020800,
)  # fmt: skip

CENTRE_HALF_WIDTH, CENTRE_SHIFT = 0.425, 0.180625
TAIL_SPLIT, TAIL_SHIFT = 5.0, 1.6
# (numerator, denominator), lowest power first
CENTRE = (
    (3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)  # fmt: skip
TAIL = (
    (1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
     1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)  # fmt: skip
FAR_TAIL = (
    (6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)  # fmt: skip


def horner(coefficients: tuple[float, ...], x: Array) -> Array:
    """The polynomial with these coefficients, lowest power first."""
    value = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        value *= x
        value += c
    return value


def log(x: Any) -> Array:
    """Natural logarithm of positive numbers.

    x  in [2.3e-308, inf); below that range (0, negative, subnormal) and at infinity the result is not a number
    """
    x = np.asarray(x, dtype=np.float64)
    bits = np.ascontiguousarray(x).view(np.int64).reshape(x.shape)
    exponent = (bits - SQRT_HALF_BITS) >> 52
    f = (bits - (exponent << 52)).view(np.float64) - 1.0
    k = exponent.astype(np.float64)
    s = f / (2.0 + f)
    z = s * s
    value = k * LN2_HIGH + (f - (s * (f - 2.0 * (z * horner(LOG_SERIES, z))) - k * LN2_LOW))
    inside = (x >= np.finfo(np.float64).tiny) & (x <= np.finfo(np.float64).max)
    return np.where(inside, value, np.nan)


def exp(x: Any) -> Array:
    """Exponential; overflow gives infinity, underflow zero.

    x  any number
    """
    x = np.asarray(x, dtype=np.float64)
    held = np.clip(x, -800.0, 800.0)  # beyond, the answer is 0 or infinity anyway
    k = np.rint(held * (1.0 / LN2))
    r = (held - k * LN2_HIGH) - k * LN2_LOW
    value = 1.0 + (r + (r * r) * horner(EXP_SERIES, r))
    whole = np.where(np.isnan(k), 0.0, k).astype(np.int64)
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.ldexp(value, whole))


def risen(x: Any) -> Array:
    """The chance 1 - exp(-x) that what has the hazard integral x has happened.

    x  at least 0; not a number stays

    Absolute error about 1e-16: near 0 the relative error grows, which no comparison with a uniform draw can see.
    """
    return 1.0 - exp(-np.minimum(np.asarray(x, dtype=np.float64), FULL))


def normal_quantile(p: Any) -> Array:
    """Inverse of the standard normal distribution function.

    p  probability; 0 and 1 give minus and plus infinity, anything outside [0, 1] gives not a number

    Relative error at most about 2e-15; exactly odd around 1/2 where 1 - p is exact.
    """
    p = np.asarray(p, dtype=np.float64)
    q = p - 0.5
    side = np.abs(q)
    r = np.maximum(CENTRE_SHIFT - q * q, 0.0)
    value = np.asarray(q * horner(CENTRE[0], r) / horner(CENTRE[1], r))
    outer = (side > CENTRE_HALF_WIDTH) & (p > 0.0) & (p < 1.0)
    if outer.any():
        value[outer] = _tails(p[outer], q[outer])
    value = np.where(p == 0.0, -np.inf, np.where(p == 1.0, np.inf, value))
    return np.where((p >= 0.0) & (p <= 1.0), value, np.nan)


def _tails(p: Array, q: Array) -> Array:
    r = np.sqrt(-log(np.where(q < 0.0, p, 1.0 - p)))
    near, far = r - TAIL_SHIFT, r - TAIL_SPLIT
    value = horner(TAIL[0], near) / horner(TAIL[1], near)
    beyond = r > TAIL_SPLIT
    if beyond.any():
        value = np.where(beyond, horner(FAR_TAIL[0], far) / horner(FAR_TAIL[1], far), value)
    return np.where(q < 0.0, -value, value)
