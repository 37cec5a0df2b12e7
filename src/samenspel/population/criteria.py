"""Criteria for fibromyalgia as they are printed: pure functions of measured values, person by person.

    1990   widespread pain (left and right, above and below the waist, along the spine), 11 of 18 tender points, 3 months
    2010   index >= 7 and severity >= 5, or index 3-6 and severity >= 9; 3 months; nothing else explains the pain
    2011   the same from a questionnaire, without the clause on other explanations
    2016   index >= 7 and severity >= 5, or index 4-6 and severity >= 9; pain in 4 of 5 body regions; 3 months;
           whether another illness is present does not matter

Widespread pain index (WPI) 0 to 19, symptom severity scale (SSS) 0 to 12. Three months are taken as 90 days. The thresholds
are definitions of the American College of Rheumatology; nothing is fitted. Nobody is diagnosed here: the result says whether
values meet a rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from samenspel.quantities.errors import SamenspelError

Flags = npt.NDArray[np.bool_]
Array = npt.NDArray[np.float64]

REGIONS_COUNTED, SEVERITY_HIGHEST, BODY_REGIONS, TENDER_SITES = 19, 12, 5, 18
THREE_MONTHS = 90.0  # days
MANY_REGIONS, ENOUGH_SEVERITY = 7, 5
SOME_REGIONS_2010, SOME_REGIONS_2016, HIGH_SEVERITY = 3, 4, 9
GENERALISED, TENDER_ENOUGH = 4, 11


def widespread_1990(left: Any, right: Any, above_waist: Any, below_waist: Any, spine: Any) -> Flags:
    """Widespread pain of 1990: pain on both sides, above and below the waist, and along the spine.

    Each argument says whether there is pain there (anything numpy reads as true or false).
    """
    return np.logical_and.reduce([np.asarray(x, dtype=bool) for x in (left, right, above_waist, below_waist, spine)])


def acr_1990(widespread: Any, tender_points: Any, days: Any) -> Flags:
    """Criteria of 1990: widespread pain for three months and at least 11 of 18 tender points.

    `widespread` true or false; `tender_points` 0 to 18; `days` that the pain has lasted, at least 0.
    Raises `SamenspelError` for a value outside its range.
    """
    tender = _within("tender points", tender_points, TENDER_SITES)
    return np.asarray(widespread, dtype=bool) & (tender >= TENDER_ENOUGH) & _lasting(days)


def acr_2010(wpi: Any, sss: Any, days: Any, explained_otherwise: Any = False) -> Flags:
    """Criteria of 2010: (WPI >= 7 and SSS >= 5) or (WPI 3 to 6 and SSS >= 9), three months, no other explanation.

    `explained_otherwise` says whether another disorder explains the pain.
    Raises `SamenspelError` for a value outside its range.
    """
    return acr_2011(wpi, sss, days) & ~np.asarray(explained_otherwise, dtype=bool)


def acr_2011(wpi: Any, sss: Any, days: Any) -> Flags:
    """Criteria of 2010 as modified in 2011 for questionnaires: the same scores, no judgement about other explanations.

    Raises `SamenspelError` for a value outside its range.
    """
    return _scores(wpi, sss, SOME_REGIONS_2010) & _lasting(days)


def acr_2016(wpi: Any, sss: Any, regions: Any, days: Any) -> Flags:
    """Criteria of 2016: (WPI >= 7 and SSS >= 5) or (WPI 4 to 6 and SSS >= 9), pain in 4 of 5 body regions, three months.

    `regions` counts body regions with pain, 0 to 5; jaws, chest and abdomen do not count toward them.
    Raises `SamenspelError` for a value outside its range.
    """
    return _scores(wpi, sss, SOME_REGIONS_2016) & generalised_pain(regions) & _lasting(days)


def generalised_pain(regions: Any) -> Flags:
    """Generalised pain of 2016: at least 4 of 5 body regions hurt.

    Raises `SamenspelError` for a value outside its range.
    """
    return _within("body regions", regions, BODY_REGIONS) >= GENERALISED


def polysymptomatic_distress(wpi: Any, sss: Any) -> Array:
    """Polysymptomatic distress: WPI + SSS, 0 to 31.

    Raises `SamenspelError` for a value outside its range.
    """
    return _within("WPI", wpi, REGIONS_COUNTED) + _within("SSS", sss, SEVERITY_HIGHEST)


def _scores(wpi: Any, sss: Any, some: int) -> Flags:
    regions, severity = _within("WPI", wpi, REGIONS_COUNTED), _within("SSS", sss, SEVERITY_HIGHEST)
    many = (regions >= MANY_REGIONS) & (severity >= ENOUGH_SEVERITY)
    fewer = (regions >= some) & (regions < MANY_REGIONS) & (severity >= HIGH_SEVERITY)
    return many | fewer


def _lasting(days: Any) -> Flags:
    return _within("days", days, np.inf) >= THREE_MONTHS


def _within(name: str, value: Any, highest: float) -> Array:
    x = np.asarray(value, dtype=float)
    wrong = ~((x >= 0) & (x <= highest))
    if wrong.any():
        upper = "no limit" if np.isinf(highest) else f"{highest:g}"
        raise SamenspelError(
            f"{name} of {float(x[wrong].flat[0]):g} lies outside 0 to {upper}.",
            cure="Pass measured values on the printed scale; leave out people whose value is missing.",
        )
    return x
