"""Three outcomes of one infection (Reynolds 2006), as a re-run of the published file printed them at 500 hours."""

import numpy as np
import pytest
from acute_inflammation_model import HOURS, PUBLISHED, AcuteInflammation

from samenspel.composition import stand_alone
from samenspel.engine import simulate

#: growth of the pathogen per hour, how much of it at the start: pathogen, phagocytes, damage, anti-inflammatory signal
OUTCOMES = {
    "health": (0.3, 1.0, (0.0, None, 7e-4, 0.139)),
    "inflammation without a pathogen": (0.3, 1.5, (0.0, 0.635, 17.4, 0.523)),
    "septic": (0.6, 1.0, (4.94, 0.981, 17.49, None)),
}


@pytest.mark.parametrize("outcome", list(OUTCOMES))
def test_outcome(outcome):
    growth, dose, printed = OUTCOMES[outcome]
    out = simulate(stand_alone(AcuteInflammation), [0.0, 500 / HOURS], parameters=PUBLISHED | {"acute.k_pg": growth},
                   start={"acute.pathogen": dose}, engine="reference")  # fmt: skip
    for name, value in zip(("pathogen", "phagocytes", "damage", "calming"), printed, strict=True):
        if value is not None:
            room = 6e-5 if name == "damage" else 6e-4
            assert out.column(f"acute.{name}")[-1] == pytest.approx(value, rel=2e-3, abs=room), name


def test_a_larger_infection_crosses_from_health_to_lasting_inflammation_once():
    """Between 1.0 and 1.5 lies one threshold; damage after it is a thousand times larger."""
    damage = [
        simulate(stand_alone(AcuteInflammation), [0.0, 500 / HOURS], parameters=PUBLISHED, start={"acute.pathogen": float(p)},
                 engine="reference").column("acute.damage")[-1]
        for p in np.linspace(1.0, 1.5, 6)
    ]  # fmt: skip
    ill = [d > 1 for d in damage]
    assert ill == sorted(ill)
    assert ill[-1]
    assert not ill[0]
