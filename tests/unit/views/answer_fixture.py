"""A complete answer made by hand, with the shapes of `insight`. Every number, author and DOI in it is made up."""

from __future__ import annotations

import math
from typing import Any

from samenspel.studies.answer import Answer

WEEKS = 24
ARMS = {
    "usual-care": {"en": "Usual care", "nl": "Gewone zorg", "programme": False},
    "aerobic": {
        "en": "Aerobic exercise on land for twelve weeks", "nl": "Twaalf weken aerobe training op het droge", "programme": True,
    },
}
PAIN = {
    "en": "Pain, 0 (none) to 10 (worst imaginable), average of the day",
    "nl": "Pijn, 0 (geen) tot 10 (ergst denkbaar), gemiddeld over de dag",
}


def answer() -> Answer:
    """The answer that view tests read."""
    blocks = {
        "question": question(), "published": {"rows": published()}, "assumptions": assumptions(),
        "built_in_or_learned": {
            "label": "DEPENDS ON", "share": 0.64, "hypothesis": "what-carries-exercise",
            "prior": {
                "specific_smd": {"q05": -0.52, "q25": -0.21, "q50": -0.081, "q75": 0.013, "q95": 0.19},
                "benefit_share": 0.64, "beyond_share": 0.17, "refused": 3,
            },
        },
        "routes": routes(ranked=False), "rivals": {"hypotheses": rivals(), "contrast_subset": {"worlds": 8, "people": 30, "day": 84.0}}, "rests_on": rests_on(),
        "purpose": {"intended_use": "research and teaching"},
    }  # fmt: skip
    return Answer("aerobic-12-weeks", "NOT CALIBRATED", "5e1f" * 16, blocks, trajectories(), "0.1.0")


def question() -> dict[str, Any]:
    return {
        "en": "What do twelve weeks of aerobic exercise on land do, compared with usual care, for adults who meet the "
        "2016 criteria with pain of at least 4 on the screening day, followed to week 24?",
        "nl": "Wat doen twaalf weken aerobe training op het droge, vergeleken met gewone zorg, bij volwassenen die op de "
        "dag van screening aan de criteria van 2016 voldoen met pijn van ten minste 4, gevolgd tot week 24?",
        "arms": ARMS, "weeks": float(WEEKS), "programme": {"planned_share": 0.7, "stopping_per_week": None},
        "estimand": {
            "population": "age >= 18 and fm2016 and pain_nrs >= 4", "treatment": "aerobic", "comparator": "usual-care",
            "outcome": "pain_nrs", "outcome_en": PAIN["en"], "outcome_nl": PAIN["nl"], "day": 84.0,
            "after_stopping": "treatment-policy", "summary": "mean-difference", "sd": "baseline-pooled",
            "responder_change": 2.0,
        },
    }  # fmt: skip


def published() -> list[dict[str, Any]]:
    def row(n: int, en: str, nl: str, effect: tuple[Any, ...] | None, **more: Any) -> dict[str, Any]:
        names = ("metric", "value", "low", "high", "level", "unit", "k", "n", "i2")
        return {
            "claim": f"example-{1990 + n}.exercise.pain", "en": en, "nl": nl, "locator": f"table {n}", "level": "T",
            "source": f"example-{1990 + n}", "authors": ["Voorbeeld", "Example"], "year": 1990 + n,
            "doi": f"10.5555/example.{n}", "design": "meta-analysis", "interest": None, "suspect": None, "note": None, "counts": "effect",
            "effect": None if effect is None else dict(zip(names, effect, strict=True)), "prediction": None,
            "contradicts": [], "used": "never used", **more,
        }  # fmt: skip

    return [
        row(1, "In an invented review, aerobic exercise goes together with pain 9 points of 100 lower than no exercise.",
            "In een verzonnen overzicht gaat aerobe training samen met 9 punten van de 100 minder pijn dan geen training.",
            ("MD", -9.1, -16.2, -2.0, 0.95, "points", 6, 320, 40.0), prediction={"low": -24.0, "high": 5.8}),
        row(2, "An invented older review found no sure effect on pain.",
            "Een verzonnen ouder overzicht vond geen zeker effect op pijn.",
            ("SMD", 0.45, -0.09, 0.99, 0.95, "1", 30, 2100, None), counts="review", contradicts=["example-1993.exercise.pain"]),
        row(3, "An invented network of trials reports a clear fall in pain with moderate training (-1.02, interval -1.50 to -0.54).",
            "Een verzonnen netwerk van trials meldt een duidelijke daling van pijn bij matige training (-1,02, interval -1,50 tot -0,54).",
            ("SMD", -1.02, -1.5, -0.54, 0.95, "1", 14, 770, 82.0), prediction={"low": -2.6, "high": 0.56},
            contradicts=["example-1992.exercise.pain"], authors=["Voorbeeld"], note="The curve is the authors' own."),
        row(4, "In an invented dose curve <b>50 minutes</b> a week & more go with less pain.",
            "In een verzonnen dosiscurve gaan <b>50 minuten</b> per week en meer samen met minder pijn.",
            ("SMD", -0.67, -0.7, -0.65, 0.95, "1", 23, None, None), suspect="the interval is narrower than one trial's",
            interest="paid by a maker of treadmills", doi=None),
        row(5, "One to six months later a little is left.", "Eén tot zes maanden later is er nog iets van over.", None, level="1"),
        row(6, "In an invented pooling, 20 per 100 stopped the programme and 17 per 100 the comparison.",
            "In een verzonnen samenvoeging stopten 20 van de 100 met het programma en 17 van de 100 met de vergelijking.",
            ("RR", 1.25, 0.89, 1.77, 0.95, "1", 8, 456, None), used="used for a gain", authors=[], year=None),
    ]  # fmt: skip


def _interval(low: float, middle: float, high: float) -> dict[str, float]:
    return {"low": low, "middle": middle, "high": high}


def assumptions() -> dict[str, Any]:
    def effect(unit: str, en: str, nl: str, higher_is: str, last: float) -> dict[str, Any]:
        def week(w: int) -> dict[str, Any]:
            middle = last * (1 - math.exp(-w / 5)) * (1.0 if w <= 12 else math.exp(-(w - 12) / 8))
            return {**_interval(middle - abs(last), middle, middle + 0.8 * abs(last)), "worlds": 61}

        return {
            "unit": unit,
            "en": en,
            "nl": nl,
            "higher_is": higher_is,
            "reads": None if "2016" in en else f"example.{len(en) % 5}",
            "counts_people": "2016" in en,
            "weeks": {str(w): week(w) for w in range(1, WEEKS + 1)},
        }

    def counts(better: float, worse: float, stopped: float, flare: float) -> dict[str, Any]:
        values = {"better": better, "same": 100 - better - worse, "worse": worse, "stopped": stopped, "flare": flare}
        return {k: {**_interval(max(0.0, v - 9), v - 0.4, v + 9), "mean": v} for k, v in values.items()}

    return {
        "headline": {
            "measure": "pain_nrs", "day": 84.0, "week": 12, "better": -1.0, "benefit_worlds": 39, "worse_worlds": 12, "same_worlds": 10, "worlds": 61,
            "benefit_share": 0.64, "beyond_share": 0.17, "md": _interval(-0.943, -0.274, 0.161),
            "smd": _interval(-0.61, -0.18, 0.104), "sd_kind": "baseline-pooled", "person_spread": {"low": -2.13, "high": 1.42},
            "split": {
                "comparator_change": _interval(-0.83, -0.41, -0.127), "attention": _interval(-0.35, -0.11, 0.0),
                "specific": _interval(-0.71, -0.153, 0.268),
            },
            "specific_smd": {"q05": -0.52, "q25": -0.21, "q50": -0.081, "q75": 0.013, "q95": 0.19},
        },
        "effects": {
            "pain_nrs": effect("1", PAIN["en"], PAIN["nl"], "worse", -0.3),
            "fatigue_nrs": effect("1", "Fatigue, 0 (none) to 10 (worst imaginable)", "Vermoeidheid, 0 (geen) tot 10 (ergst denkbaar)", "worse", -0.22),
            "physical_function": effect("1", "Physical function, 0 (worst) to 100 (best)", "Lichamelijk functioneren, 0 (slechtst) tot 100 (best)", "better", 3.1),
            "fm2016": effect("1", "Meets the 2016 criteria on this day", "Voldoet op deze dag aan de criteria van 2016", "worse", -0.04),
            "self_efficacy": effect("1", "Confidence in managing pain (z)", "Vertrouwen in het omgaan met pijn (z)", "better", 0.17),
        },
        "per_hundred": {
            "change_needed": 2.0,
            "arms": {"usual-care": counts(17.4, 9.3, 0.0, 21.6), "aerobic": counts(24.5, 10.5, 19.2, 31.3)},
        },
        "screening": {
            "drawn": 214312, "included": 12200, "effective_size": 143.7, "prevalence_percent": _interval(1.13, 2.41, 5.92),
            "worlds": 61, "nobody_to_study": 2, "refused": {"runs away": 3}, "unsettled": 4,
            "failures": {"usual-care": 0.0, "aerobic": 0.0004},
        },
    }  # fmt: skip


def trajectories() -> dict[str, Any]:
    weeks = list(range(WEEKS + 1))

    def course(gain: float, w: int) -> float:
        drop = 0.45 * (1 - math.exp(-w / 6))
        extra = gain * (1 - math.exp(-w / 5)) * (1.0 if w <= 12 else math.exp(-(w - 12) / 9))
        return 6.1 - drop - extra

    def person(k: int, gain: float) -> list[float]:
        return [
            float(min(10, max(0, round(course(gain, w) + 1.1 * math.sin(1.3 * w + 2.1 * k) + (k - 2.5) * 0.5)))) for w in weeks
        ]

    arms = {}
    for name, gain in (("usual-care", 0.0), ("aerobic", 0.32), ("aerobic-contact-only", 0.1)):
        spread = [0.3 + 0.02 * w for w in weeks]
        band = [
            _interval(course(gain, w) - s, course(gain, w), course(gain, w) + 0.8 * s)
            for w, s in zip(weeks, spread, strict=True)
        ]
        arms[name] = {"band": band, "persons": [{"id": f"person-{k + 1}", "values": person(k, gain)} for k in range(6)]}
    return {"measure": "pain_nrs", "weeks": weeks, "arms": arms}


SYSTEMS = ("hpa", "immune", "load", "mind", "muscle", "nervous", "nociception", "sleep", "training")


def routes(*, ranked: bool) -> dict[str, Any]:
    def row(k: int, system: str) -> dict[str, Any]:
        middle = -0.12 + 0.017 * k
        return {
            "system": system, "couplings": [f"{system}-link-{i}" for i in range(1 + k % 4)], "lost_median": middle,
            "lost_low": middle - 0.11, "lost_high": middle + 0.09, "part_median": -middle, "tier": k // 4 if ranked else 0,
        }  # fmt: skip

    return {
        "worlds": 16, "people": 40, "rows": [row(k, s) for k, s in enumerate(SYSTEMS)], "remainder_median": -0.104,
        "effect_median": -0.283, "ranked": ranked,
    }  # fmt: skip


def rivals() -> list[dict[str, Any]]:
    questions = {
        "what-carries-exercise": ("If exercise eases pain, what carries the effect?", "Als bewegen pijn verlicht, wat draagt dat effect dan?",
            [("Fitness: stronger, fitter and more reserve.", "Conditie: sterker, fitter en meer reserve."),
             ("The nervous system: more inhibition, less gain.", "Het zenuwstelsel: meer remming, minder versterking."),
             ("Nothing of the exercise itself: attention and expectation.", "Niets van het bewegen zelf: aandacht en verwachting."),
             ("All of these together.", "Al deze samen.")]),
        "hpa": ("Are changes in the stress hormone axis a cause of pain, a consequence of it, or a companion of distress?",
            "Zijn veranderingen in de stresshormoonas een oorzaak van pijn, een gevolg ervan, of een metgezel van spanning?",
            [("Cortisol acts on the central gain.", "Cortisol werkt op de centrale versterking."),
             ("Lasting pain drives the axis.", "Aanhoudende pijn drijft de as aan."),
             ("The axis and pain have nothing to do with each other.", "De as en pijn hebben niets met elkaar te maken.")]),
        "sleep-and-pain": ("Does poor sleep add to pain, does pain spoil sleep, or does distress do both?",
            "Draagt slechte slaap bij aan pijn, bederft pijn de slaap, of doet spanning beide?",
            [("Poor sleep adds to pain.", "Slechte slaap draagt bij aan pijn."), ("Pain spoils sleep.", "Pijn bederft de slaap."),
             ("Distress does both.", "Spanning doet beide.")]),
    }  # fmt: skip
    out = []
    for h, (en, nl, options) in questions.items():
        table = []
        for k, (option_en, option_nl) in enumerate(options):
            seen = not (h == "sleep-and-pain" and k == 2)
            n, better = (15 + k, (14, 13, 1, 12)[k]) if seen else (0, 0)
            number: dict[str, Any] = {
                "worlds": n, "benefit_worlds": better, "worse_worlds": n - better, "same_worlds": 0,
                "benefit_share": better / n if seen else None,
                "effect": (-0.61, -0.32, 0.043, -0.24)[k] * (1.0 if h.startswith("what") else 0.4) if seen else None,
            }
            if h == "hpa":  # about persons
                number = {"worlds": None, "benefit_share": None, "effect": None, "people": _interval(3.0 + k, 31.0 + k, 78.0 + k)}
            table.append({
                "id": f"option-{k}", "en": option_en, "nl": option_nl, **number,
                "claims": ["example-1991.exercise.pain"] * k, "against": ["example-1992.exercise.pain"] * (k % 2),
            })  # fmt: skip
        parts = {"measure": "self_efficacy", "week": 9, "gap_sd": 1.73} if h != "hpa" else None
        out.append(
            {
                "id": h,
                "question": {"en": en, "nl": nl},
                "scope": "person" if h == "hpa" else "world",
                "options": table,
                "parts": parts,
                "contrast": contrast(table) if h.startswith("what") else None,
            }
        )
    return sorted(out, key=lambda row: row["scope"] == "person")


def contrast(options: list[dict[str, Any]]) -> dict[str, Any]:
    """What the options do in the same eight worlds."""
    rows = [
        {"id": o["id"], "effect": -0.4 + 0.13 * k, "benefit_worlds": 7 - 2 * k, "worse_worlds": 1 + k, "same_worlds": k, "worlds": 8}
        for k, o in enumerate(options)
    ]
    return {
        "worlds": 8, "options": rows, "pair": [rows[0]["id"], rows[-1]["id"]], "same_sign": 0.75,
        "difference": {**_interval(-1.1, -0.35, 0.2), "mean": -0.39}, "parts": {"measure": "self_efficacy", "week": 11, "gap_sd": 2.65},
    }  # fmt: skip


def rests_on() -> dict[str, Any]:
    levels = ("5", "4", "3", "2", "1", "0")
    couplings = []
    for k, source in enumerate(SYSTEMS):
        for step in (1, 2, 4):
            target = SYSTEMS[(k + step) % len(SYSTEMS)]
            n = len(couplings)
            couplings.append({
                "id": f"{source}-acts-on-{target}", "from": f"{source}.state", "to": f"{target}.port", "sign": -1 if n % 3 == 0 else 1,
                "level": levels[n % 6], "exists": (1.0, 0.8, 0.7, 0.5, 0.5, 0.1)[n % 6], "articles": [], "claims": ["example-1991.exercise.pain"] * (n % 3),
                "against": [], "en": f"{source.capitalize()} could act on {target}.", "nl": f"{source.capitalize()} zou op {target} kunnen werken.",
                "lever": "provider" if n % 2 else "none", "input": False, "hypotheses": ["hpa"] if n % 4 == 0 else [],
            })  # fmt: skip
    couplings.append({**couplings[0], "id": "nervous-keeps-itself", "from": "nervous.pain", "to": "nervous.entrenchment_up", "sign": 0,
                      "en": "Lasting pain could entrench itself.", "nl": "Aanhoudende pijn zou zich kunnen vastzetten."})  # fmt: skip
    return {
        "claims": [f"example-{1990 + n}.exercise.pain" for n in range(1, 7)], "claims_by_level": {"1": 2, "2": 1, "T": 2, "none": 1},
        "couplings": couplings, "level_5_gains": 1, "systems": {"muscle": {"en": "Muscle of our own", "nl": "Eigen spier"}},
        "assumptions": [{"id": f"nervous.part_{k}", "en": f"Reason {k} of the example.", "nl": f"Reden {k} van het voorbeeld."} for k in range(9)],
        "weakest": [c["id"] for c in couplings[5:8]], "left_out": 212, "not_modelled": 37,
        "parameters": {"claim": 31, "assumption": 64},
    }  # fmt: skip
