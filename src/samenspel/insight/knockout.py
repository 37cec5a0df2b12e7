"""What an answer owes to a claim, a source, a level or a design of evidence, or to one coupling.

Two questions, never mixed:

    evidence   claims are taken away; couplings are graded again and parameters pooled again, with the same addressed draws.
               A coupling that loses its support falls to the level that is left; it keeps existing where its draw says so.
    coupling   the gain of one coupling is 0; all other gains stay as drawn. The population is rebuilt without it, so that who
               qualifies may change too.

The scenario is answered twice, before and after, in the same worlds with the same people's draws. A parameter whose every
claim is taken away keeps its number, and the answer says that it now rests on nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from samenspel.composition.plain import full_catalogue
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grade, Grading
from samenspel.evidence.knockout import asked_away
from samenspel.evidence.knockout import knockout as evidence_knockout
from samenspel.evidence.removal import without_claims
from samenspel.evidence.schema_scenario import Scenario
from samenspel.insight.routes import routes
from samenspel.insight.run import assemble, scenario_of
from samenspel.insight.tasks import walk
from samenspel.population.worlds import Worlds, draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint
from samenspel.studies.answer import Answer
from samenspel.studies.chunks import Work, job_of, run_chunks
from samenspel.studies.ends import sound_atlas
from samenspel.studies.sizes import check_sizes
from samenspel.systems import catalogue

WORLDS, PEOPLE = 64, 60  # by default: as many worlds as a run, since labels count worlds; fewer people, since it runs twice
SAME = 1e-9  # two gains or effects that differ by less are the same
Tell = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class Side:
    """An answer with the worlds and grades behind it."""

    answer: Answer
    worlds: Worlds
    grades: dict[str, Grade]


def knockout(
    scenario: str | None = None, *, atlas: Atlas | Path | str | None = None, claims: Iterable[str] = (),
    sources: Iterable[str] = (), levels: Iterable[str] = (), designs: Iterable[str] = (), coupling: str | None = None,
    seed: int = 1, worlds: int = WORLDS, people: int = PEOPLE, with_routes: bool = False, progress: Tell | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Answer a scenario with and without some evidence, or with and without one coupling, and list what differs.

    Raises `SamenspelError` for an unknown claim, source, coupling or scenario, when nothing is taken away, and when evidence
    and a coupling are asked for at once.
    """
    check_sizes(option="", seed=seed, worlds=worlds, people=people)
    base = sound_atlas(atlas)
    study = scenario_of(base, scenario)
    asked = {"claims": sorted(claims), "sources": sorted(sources), "levels": sorted(levels), "designs": sorted(designs)}
    removed = _removed(base, asked, coupling)
    tell = progress or (lambda _stage, _share: None)
    run = _Run(study, seed, worlds, people, with_routes)
    before = run.answer(base, frozenset(), frozenset(), lambda s: tell("before", 0.5 * s))
    changed, bare = without_claims(base, removed)
    cut = frozenset({coupling} if coupling is not None else ())
    after = run.answer(changed, removed, cut, lambda s: tell("after", 0.5 + 0.5 * s))
    evidence = evidence_knockout(base, removed)
    return {
        "scenario": study.id, "seed": seed, "worlds": worlds, "people": people,
        "asked": {**asked, "coupling": coupling}, "removed": sorted(removed),
        "couplings": _couplings(base, before, after, cut),
        "parameters": [{**c.as_json(), "bare": c.entry in bare} for c in evidence.changes if c.kind == "parameter"],
        "conflicts": {"before": evidence.conflicts_before, "after": evidence.conflicts_after},
        "answer": _answers(before.answer, after.answer),
        "rivals": _rivals(base, before.answer, after.answer, removed, cut),
        "routes": _routes(before.answer, after.answer) if with_routes else None,
        "status": before.answer.status,
    }  # fmt: skip


def _removed(atlas: Atlas, asked: dict[str, list[str]], coupling: str | None) -> frozenset[str]:
    if coupling is not None and any(asked.values()):
        raise SamenspelError(
            "evidence and a coupling cannot be taken away at once: they are different questions.",
            cure="Ask one after the other.",
        )
    if coupling is not None:
        if coupling not in atlas.couplings or atlas.couplings[coupling].form.kind == "identity":
            gains = [i for i, c in atlas.couplings.items() if c.form.kind != "identity"]
            raise SamenspelError(
                f"no coupling {coupling!r} with a gain.{hint(coupling, gains)}", cure="Correct --coupling."
            )
        return frozenset()
    if not any(asked.values()):
        raise SamenspelError("nothing is taken away.", cure="Name --claim, --source, --level, --design or --coupling.")
    return asked_away(atlas, **asked)


@dataclass(frozen=True)
class _Run:
    scenario: Scenario
    seed: int
    worlds: int
    people: int
    with_routes: bool

    def answer(self, atlas: Atlas, removed: frozenset[str], cut: frozenset[str], tell: Callable[[float], None]) -> Side:
        grading = Grading(atlas, removed)
        grades = grading.couplings()
        systems = full_catalogue(atlas, catalogue())
        drawn = draw_worlds(atlas, systems, grades, seed=self.seed, ids=np.arange(self.worlds), without=cut)
        if not drawn.groups:
            raise SamenspelError(
                "every world was refused: " + ", ".join(sorted(set(drawn.refused.values()))) + ".",
                cure="Look at the ladder and the measured gains.",
            )
        job = job_of(
            atlas, self.scenario, seed=self.seed, worlds=self.worlds, people=self.people, ladder="as-is", engine="auto",
            removed=removed,
        )  # fmt: skip
        work = Work(atlas, self.scenario, drawn, job)
        found = run_chunks(work, tell=tell)
        way = None
        if self.with_routes:
            way = routes(walk(work, tuple(found.worlds.tolist())))
        return Side(assemble(atlas, grading, self.scenario, drawn, found, way, key="knockout"), drawn, grades)


def _gammas(worlds: Worlds, coupling: str) -> dict[int, float]:
    return {
        int(w): float(g)
        for group in worlds.groups
        for w, g in zip(group.ids, group.gamma.get(coupling, np.zeros(len(group.ids))), strict=True)
    }


def _couplings(atlas: Atlas, before: Side, after: Side, cut: frozenset[str]) -> list[dict[str, Any]]:
    """Couplings whose grade or gain changed anywhere, those graded otherwise first."""
    out: list[dict[str, Any]] = []
    for name in sorted(atlas.couplings):
        if atlas.couplings[name].form.kind == "identity":
            continue
        a, b = before.grades[name], after.grades[name]
        was, now = _gammas(before.worlds, name), _gammas(after.worlds, name)
        both = sorted(set(was) & set(now))
        moved = sum(abs(was[w] - now[w]) > SAME for w in both)
        graded = (a.level, a.exists, a.told_sign, a.articles) != (b.level, b.exists, b.told_sign, b.articles)
        if not graded and not moved and name not in cut:
            continue
        mean = lambda g: float(np.mean([abs(v) for v in g.values()])) if g else None  # noqa: E731
        there = lambda g: float(np.mean([v != 0 for v in g.values()])) if g else None  # noqa: E731
        pair = lambda x, y: {"before": x, "after": y}  # noqa: E731
        out.append({
            "id": name, "cut": name in cut, "graded": graded, "level": pair(a.level, b.level),
            "exists": pair(a.exists, b.exists), "told_sign": pair(a.told_sign, b.told_sign),
            "articles": pair(len(a.articles), len(b.articles)), "present": pair(there(was), there(now)),
            "size": pair(mean(was), mean(now)), "worlds_changed": moved, "worlds_compared": len(both),
        })  # fmt: skip
    return sorted(out, key=lambda r: (not r["cut"], not r["graded"], -r["worlds_changed"], r["id"]))


def _answers(before: Answer, after: Answer) -> dict[str, Any]:
    """Label, effect, split, people per hundred and prevalence on both sides."""

    def side(a: Answer) -> dict[str, Any]:
        block = a.blocks["assumptions"]
        head, built = block["headline"], a.blocks["built_in_or_learned"]
        return {
            "label": built["label"], "hypothesis": built["hypothesis"], "benefit_share": head["benefit_share"],
            **{n: head[n] for n in ("benefit_worlds", "worse_worlds", "same_worlds", "worlds")},
            "effect": head["md"], "smd": head["smd"], "specific": head["split"]["specific"],
            "included": block["screening"]["included"], "prevalence_percent": block["screening"]["prevalence_percent"],
            "refused": block["screening"]["refused"],
        }  # fmt: skip

    a, b = side(before), side(after)
    e = before.blocks["question"]["estimand"]
    higher_is = before.blocks["assumptions"]["effects"][e["outcome"]]["higher_is"]
    return {
        "measure": e["outcome"], "higher_is": higher_is, "day": e["day"], "before": a, "after": b,
        "label_changed": (a["label"], a["hypothesis"]) != (b["label"], b["hypothesis"]),
    }  # fmt: skip


def _rivals(atlas: Atlas, before: Answer, after: Answer, removed: frozenset[str], cut: frozenset[str]) -> list[dict[str, Any]]:
    """Rivals whose claims were taken away, or whose options mean something else now."""
    later = {h["id"]: h for h in after.rivals()}
    out: list[dict[str, Any]] = []
    for h in before.rivals():
        record = atlas.hypotheses[h["id"]]
        lost = sorted(removed & {c for o in record.option for c in (*o.claims, *o.against)} | removed & set(record.claims))
        switched = sorted({c for o in record.option for c in o.on} & cut)
        new = {o["id"]: o for o in later[h["id"]]["options"]} if h["id"] in later else {}
        options = [
            {
                "id": o["id"], "worlds": o["worlds"],
                "effect": {"before": o["effect"], "after": new.get(o["id"], {}).get("effect")},
                "benefit_share": {"before": o["benefit_share"], "after": new.get(o["id"], {}).get("benefit_share")},
            }
            for o in h["options"]
        ]  # fmt: skip
        moved = any(_differ(o["effect"]["before"], o["effect"]["after"]) for o in options)
        if lost or switched or moved:
            out.append({"id": h["id"], "claims_lost": lost, "couplings_cut": switched, "options": options})
    return sorted(out, key=lambda r: (not r["claims_lost"] and not r["couplings_cut"], r["id"]))


def _differ(a: float | None, b: float | None) -> bool:
    return (a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > SAME)


def _routes(before: Answer, after: Answer) -> list[dict[str, Any]]:
    later = {r["system"]: r["lost_median"] for r in after.routes()["rows"]}
    rows = before.routes()["rows"]
    return [{"system": r["system"], "lost": {"before": r["lost_median"], "after": later.get(r["system"])}} for r in rows]
