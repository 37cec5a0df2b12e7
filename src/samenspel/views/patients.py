"""An answer without anything simulated: what people with fibromyalgia are shown until the worlds are calibrated."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from samenspel.studies.answer import SCHEMA, Answer


def without_simulation(answer: Answer) -> Answer:
    """The question, what is published, the open questions and what the answer rests on; nothing simulated is left.

    Label, hypothesis and the names of measures stay, as words. Shares of worlds, effects, tiers, courses and prevalences
    are taken out, so that no skin can show them.
    """
    b = answer.blocks
    options = ("id", "en", "nl", "claims", "against")
    blocks: dict[str, Any] = {
        "question": b["question"],
        "published": b["published"],
        "rests_on": b["rests_on"],
        "purpose": b["purpose"],
        "assumptions": {"effects": {m: {"en": e["en"], "nl": e["nl"]} for m, e in b["assumptions"]["effects"].items()}},
        "built_in_or_learned": {
            "label": b["built_in_or_learned"]["label"],
            "hypothesis": b["built_in_or_learned"]["hypothesis"],
        },
        "routes": {
            "rows": [
                {"system": r["system"], "couplings": r["couplings"]}
                for r in sorted(b["routes"]["rows"], key=lambda r: r["system"])
            ],
            "ranked": False,
        },
        "rivals": {
            "hypotheses": [
                {
                    "id": h["id"],
                    "question": h["question"],
                    "scope": h["scope"],
                    "options": [{n: o[n] for n in options} for o in h["options"]],
                    "parts": None,
                }
                for h in sorted(b["rivals"]["hypotheses"], key=lambda h: h["id"])
            ]
        },
    }
    return replace(answer, blocks=blocks, trajectories={})


def is_without_simulation(answer: Answer) -> bool:
    """Whether the simulated parts were taken out."""
    return "headline" not in answer.blocks["assumptions"]


def patients_json(answer: Answer) -> str:
    """The JSON document of an answer without simulated numbers."""
    shown = without_simulation(answer)
    document = {
        "schema": SCHEMA,
        "scenario": shown.scenario,
        "status": shown.status,
        "key": shown.key,
        "version": shown.version,
        "simulated": "hidden",
        **shown.blocks,
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
