"""Acute inflammation after an infection (Reynolds and others 2006), declared as a system for its own test.

Equations and numbers as in the curated model file (BIOMD0000000714), re-implemented. None of the numbers enters the atlas.
"""

from samenspel.declare import Parameter, State, System

HOURS = 24.0  # hours per day


class AcuteInflammation(System):
    r"""Pathogen, activated phagocytes, damage and an anti-inflammatory signal; rates per hour, held per day.

    P' = k_pg P (1 - P/P_inf) - k_pm s_m P/(mu_m + k_mp P) - k_pn f(N) P       f(V) = V/(1 + (C/c_inf)^2)
    N' = s_nr R/(mu_nr + R) - mu_n N,  R = f(k_nn N + k_np P + k_nd D)
    D' = k_dn f(N)^6/(x_dn^6 + f(N)^6) - mu_d D,  C' = s_c + k_cn f(N + k_cnd D)/(1 + f(N + k_cnd D)) - mu_c C
    """

    system = "acute"
    pathogen = State(low=0.0, start=1.0)
    phagocytes = State(low=0.0, start=0.0)
    damage = State(low=0.0, start=0.0)
    calming = State(low=0.0, start=0.125)
    k_pm, k_mp, s_m, mu_m, k_pg, p_inf, k_pn, k_np, k_nn, s_nr = (Parameter() for _ in range(10))
    mu_nr, mu_n, k_nd, k_dn, x_dn, mu_d, c_inf, s_c, k_cn, k_cnd, mu_c = (Parameter() for _ in range(11))
    hours = Parameter(unit="1/day")

    @staticmethod
    def drift(v):
        held = lambda value: value / (1 + (v.calming / v.c_inf) ** 2)  # noqa: E731
        p, n, d = v.pathogen, v.phagocytes, v.damage
        called, seen = held(v.k_nn * n + v.k_np * p + v.k_nd * d), held(n + v.k_cnd * d)
        harm = held(n) ** 6
        per_hour = {
            "pathogen": v.k_pg * p * (1 - p / v.p_inf) - v.k_pm * v.s_m * p / (v.mu_m + v.k_mp * p) - v.k_pn * held(n) * p,
            "phagocytes": v.s_nr * called / (v.mu_nr + called) - v.mu_n * n,
            "damage": v.k_dn * harm / (v.x_dn**6 + harm) - v.mu_d * d,
            "calming": v.s_c + v.k_cn * seen / (1 + seen) - v.mu_c * v.calming,
        }
        return {name: rate * v.hours for name, rate in per_hour.items()}


PUBLISHED = {
    "acute.k_pm": 0.6, "acute.k_mp": 0.01, "acute.s_m": 0.005, "acute.mu_m": 0.002, "acute.k_pg": 0.3, "acute.p_inf": 20.0,
    "acute.k_pn": 1.8, "acute.k_np": 0.1, "acute.k_nn": 0.01, "acute.s_nr": 0.08, "acute.mu_nr": 0.12, "acute.mu_n": 0.05,
    "acute.k_nd": 0.02, "acute.k_dn": 0.35, "acute.x_dn": 0.06, "acute.mu_d": 0.02, "acute.c_inf": 0.28, "acute.s_c": 0.0125,
    "acute.k_cn": 0.04, "acute.k_cnd": 48.0, "acute.mu_c": 0.1, "acute.hours": HOURS,
}  # fmt: skip
