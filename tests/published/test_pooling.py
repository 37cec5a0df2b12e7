"""Three published meta-analyses, their study tables typed in, pooled again with the same estimator.

BCG vaccine: Colditz et al. 1994, JAMA 271, 698-702, two-by-two tables as printed in dat.colditz1994 of the R package
metadat (data-raw/dat.colditz1994.txt). Pooled log risk ratio by DerSimonian-Laird: metafor,
tests/testthat/test_misc_metan_vs_rma.uni_with_dat.bcg.r (checked there against Stata's metan). By REML: printed
output of rma() at https://cttir.github.io/courses/course3_design_causal/labs/lab_week4_session2_slides.html.
Teacher expectancy: Raudenbush and Bryk 1985, Table 1, as in metadat data-raw/dat.raudenbush1985.txt; REML results of
pages 83-86 as in metafor, tests/testthat/test_analysis_example_raudenbush1985.r (Q = 35.83, 35.85 in the article).
Conscientiousness and adherence: Molloy et al. 2014, as in metadat data-raw/dat.molloy2014.txt; REML results as
printed at https://forum.jamovi.org/download/file.php?id=1129.
"""

import math

import pytest

from samenspel.evidence.pool import pool

# vaccinated with and without tuberculosis, not vaccinated with and without
BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
]  # fmt: skip
# standardised mean difference and its sampling variance
EXPECTANCY = [
    (0.03, 0.0156), (0.12, 0.0216), (-0.14, 0.0279), (1.18, 0.1391), (0.26, 0.1362), (-0.06, 0.0106), (-0.02, 0.0106),
    (-0.32, 0.0484), (0.27, 0.0269), (0.80, 0.0630), (0.54, 0.0912), (0.18, 0.0497), (-0.02, 0.0835), (0.23, 0.0841),
    (-0.18, 0.0253), (-0.06, 0.0279), (0.30, 0.0193), (0.07, 0.0088), (-0.07, 0.0303),
]  # fmt: skip
# sample size and correlation
ADHERENCE = [
    (109, 0.187), (749, 0.162), (55, 0.340), (107, 0.320), (72, 0.270), (65, 0.000), (174, 0.175), (326, 0.050),
    (58, 0.260), (771, 0.010), (56, -0.090), (91, 0.370), (116, 0.000), (537, 0.150), (158, 0.240), (65, 0.040),
]  # fmt: skip


def bcg_log_risk_ratios():
    values = [math.log(a / (a + b) * (c + d) / c) for a, b, c, d in BCG]
    variances = [1 / a - 1 / (a + b) + 1 / c - 1 / (c + d) for a, b, c, d in BCG]
    return values, variances


def test_bcg_by_dersimonian_laird():
    result = pool(*bcg_log_risk_ratios(), "dersimonian-laird")
    assert result.k == 13
    assert result.estimate == pytest.approx(-0.7141, abs=5e-5)
    assert (result.low, result.high) == pytest.approx((-1.0644, -0.3638), abs=5e-5)
    assert result.tau2 == pytest.approx(0.3088, abs=5e-5)
    assert result.i2 == pytest.approx(92.1173, abs=5e-5)
    assert result.q == pytest.approx(152.2330, abs=5e-5)


def test_bcg_by_reml():
    result = pool(*bcg_log_risk_ratios(), "reml")
    assert result.estimate == pytest.approx(-0.7145, abs=5e-5)
    assert (result.low, result.high) == pytest.approx((-1.0669, -0.3622), abs=5e-5)
    assert result.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert result.i2 == pytest.approx(92.22, abs=5e-3)


def test_teacher_expectancy_by_reml():
    result = pool([y for y, _ in EXPECTANCY], [v for _, v in EXPECTANCY], "reml")
    assert result.k == 19
    assert result.estimate == pytest.approx(0.0837, abs=5e-5)
    assert result.tau2 == pytest.approx(0.0188, abs=5e-5)
    assert result.q == pytest.approx(35.8295, abs=5e-5)
    assert result.estimate / result.estimate_se == pytest.approx(1.6208, abs=5e-5)


def test_conscientiousness_and_adherence_by_reml():
    result = pool([math.atanh(r) for _, r in ADHERENCE], [1 / (n - 3) for n, _ in ADHERENCE], "reml")
    assert result.k == 16
    assert result.estimate == pytest.approx(0.1499, abs=5e-5)
    assert (result.low, result.high) == pytest.approx((0.0881, 0.2118), abs=5e-5)
    assert result.tau2 == pytest.approx(0.0081, abs=5e-5)
    assert result.i2 == pytest.approx(61.73, abs=5e-3)
    assert result.q == pytest.approx(38.1595, abs=5e-5)
