"""What a re-run of three further models of the stress-hormone axis printed; see `stress_models.py`."""

import numpy as np
import pytest
import sympy
from stress_models import MINUTE, PATIENT_F, SHIFT, STRESS_MEMORY, VINTHER, DayAndHours, Minimal, StressMemory

from samenspel.composition import stand_alone
from samenspel.declare import trace
from samenspel.engine import Schedule, simulate


@pytest.mark.parametrize(("days", "locked"), [(5, False), (10, False), (20, True), (39, True), (60, True)])
def test_long_stress_flips_the_axis_and_short_stress_does_not(days, locked):
    """Threefold drive: after 5 or 10 days cortisol returns to 1.00; after 20, 39 or 60 it stays at 4.0 with glands of 4.0."""
    length = days + 300
    plan = Schedule(length, inputs={"stress.stressor": np.where(np.arange(length) < days, 2.0, 0.0)[:, None]})
    out = simulate(stand_alone(StressMemory), [0.0, float(length)], parameters=STRESS_MEMORY, schedule=plan, engine="reference",
                   rtol=1e-6, atol=1e-8)  # fmt: skip
    end = [out.column(f"stress.{n}")[-1] for n in ("cortisol", "adrenal", "pituitary", "integrity")]
    np.testing.assert_allclose(end, [4.0, 4.0, 4.0, 0.25] if locked else [1.0, 1.0, 1.0, 1.0], atol=0.02)


def test_a_day_of_patient_f():
    """Day 10: ACTH 6.6 to 21.5 pg/ml, cortisol 0.92 to 7.79 µg/dl (mean 3.24), highest at 7.5 h, six peaks of cortisol."""
    times = np.concatenate([[0.0], 9 + np.arange(0, 1, 1 / 480)])
    out = simulate(stand_alone(DayAndHours), times, parameters=PATIENT_F, start={"hours.clock": 1 - SHIFT}, engine="reference",
                   rtol=1e-6, atol=1e-8)  # fmt: skip
    acth, cortisol = out.column("hours.acth")[1:], out.column("hours.cortisol")[1:]
    np.testing.assert_allclose([acth.min(), acth.max()], [6.6, 21.5], atol=0.1)
    np.testing.assert_allclose([cortisol.min(), cortisol.max(), cortisol.mean()], [0.92, 7.79, 3.24], atol=0.03)
    peaks = np.flatnonzero((cortisol[1:-1] > cortisol[:-2]) & (cortisol[1:-1] > cortisol[2:])) + 1
    assert len(peaks) == 6
    assert times[1:][cortisol.argmax()] % 1 * 24 == pytest.approx(7.5, abs=0.3)


def test_the_minimal_model_settles_without_a_rhythm():
    """Rest at CRH 7.659, ACTH 21.00, cortisol 3.055; eigenvalues -0.174 and -0.0214 ± 0.0131i per minute: no cycle of its own."""
    out = simulate(stand_alone(Minimal), [0.0, 2.0], parameters=VINTHER, engine="reference")
    rest = {n: out.column(n)[-1] for n in ("minimal.crh", "minimal.acth", "minimal.cortisol")}
    np.testing.assert_allclose(list(rest.values()), [7.659, 21.00, 3.055], rtol=5e-4)
    equations = trace(Minimal).drift
    values = {sympy.Symbol(k, real=True): v for k, v in (VINTHER | rest).items()}
    jacobian = [[float(equations[a].diff(sympy.Symbol(b, real=True)).subs(values)) * MINUTE for b in rest] for a in rest]
    found = sorted(np.linalg.eigvals(np.array(jacobian)), key=lambda z: (z.real, z.imag))
    np.testing.assert_allclose(found, [-0.174, -0.0214 - 0.0131j, -0.0214 + 0.0131j], atol=6e-4)
