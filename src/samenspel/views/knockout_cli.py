"""`samenspel knockout`: what an answer owes to a claim, a source, a kind of evidence, or one coupling."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from samenspel.views.catalogue import counted

INTENDED = "For research and teaching. It says what the model's answer rests on, not what helps anybody."
SHOWN = 15  # rows of a list on the terminal


def knockout(
    scenario: Annotated[str | None, typer.Argument(help="Id of a scenario; none: the default of the atlas.")] = None,
    claim: Annotated[list[str] | None, typer.Option("--claim", help="Take away this claim (may be repeated).")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="Take away all claims of this source.")] = None,
    level: Annotated[
        list[str] | None, typer.Option("--level", help="Take away all claims of this level: 5, T, 4, 3, 2, 1 or 0.")
    ] = None,
    design: Annotated[
        list[str] | None, typer.Option("--design", help="Take away all claims of this design, such as animal.")
    ] = None,
    coupling: Annotated[
        str | None, typer.Option("--coupling", help="Cut this coupling; all other gains stay as drawn.")
    ] = None,
    atlas: Annotated[Path | None, typer.Option("--atlas", help="Folder of an atlas; none: the one that ships.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of all draws, 0 or more.")] = 1,
    worlds: Annotated[int, typer.Option(help="Number of worlds.")] = 64,
    people: Annotated[int, typer.Option(help="Fictional people in each world.")] = 60,
    with_routes: Annotated[bool, typer.Option("--routes", help="Compare routes too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Answer a scenario with and without some of its evidence, or one coupling, and show what differs."""
    from samenspel.evidence.lint import load
    from samenspel.insight.knockout import knockout as take_away
    from samenspel.studies.ends import known_ends
    from samenspel.studies.sizes import check_sizes

    check_sizes(seed=seed, worlds=worlds, people=people)
    said = {"stage": ""}

    def tell(stage: str, _share: float) -> None:
        if stage != said["stage"] and not quiet and sys.stderr.isatty():
            typer.echo(f"{stage} …", err=True)
        said["stage"] = stage

    result = take_away(
        scenario, atlas=load(atlas, known_ends(atlas)), claims=claim or (), sources=source or (), levels=level or (),
        designs=design or (), coupling=coupling, seed=seed, worlds=worlds, people=people, with_routes=with_routes,
        progress=tell,
    )  # fmt: skip
    result = {"schema": 1, **result, "intended_use": INTENDED}
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for line in _lines(result):
        typer.echo(line)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2g}"


def _lines(r: dict[str, Any]) -> list[str]:
    """What was taken away; the answer on both sides; gains, parameters and rivals that changed."""
    a, b = r["answer"]["before"], r["answer"]["after"]
    what = f"coupling {r['asked']['coupling']}" if r["asked"]["coupling"] else counted(len(r["removed"]), "claim")
    label = lambda s: s["label"] + (f" ({s['hypothesis']})" if s["hypothesis"] else "")  # noqa: E731
    up, down = ("higher", "lower") if r["answer"]["higher_is"] == "neither" else ("better", "worse")
    side = lambda s: (  # noqa: E731
        f"{label(s)}; {up} in {s['benefit_worlds']} of {counted(s['worlds'], 'world')}, {down} in {s['worse_worlds']}, "
        f"no change in {s['same_worlds']}; "
        f"effect {_number(s['effect']['middle'])} [{_number(s['effect']['low'])}, {_number(s['effect']['high'])}]"
    )
    out = [
        f"{r['scenario']} without {what}: {counted(r['worlds'], 'world')}, {counted(r['people'], 'person', 'people')} in each. "
        f"{r['status']}",
        "",
        f"before  {side(a)}",
        f"after   {side(b)}",
        "",
        f"couplings that changed: {len(r['couplings'])}",
    ]
    out += [f"  {c['id']}: {_coupling(c)}" for c in r["couplings"][:SHOWN]]
    if len(r["couplings"]) > SHOWN:
        out.append(f"  … and {len(r['couplings']) - SHOWN} more (--json)")
    for p in r["parameters"]:
        out.append(f"  parameter {p['entry']}: {p['before']} → {p['after']}" + (" (keeps its number)" if p["bare"] else ""))
    out += ["", _moved("contradictions", r["conflicts"], str) or f"contradictions: {r['conflicts']['before']}, unchanged", ""]
    out += ["rivals that changed:", *(f"  {h['id']}: {_rival(h)}" for h in r["rivals"][:SHOWN])]
    if not r["rivals"]:
        out.append("  none")
    for row in r["routes"] or []:
        name = f"  route {row['system']}"
        out.append(_moved(name, row["lost"]) or f"{name}: {_number(row['lost']['before'])}, unchanged")
    return [*out, "", INTENDED]


def _moved(name: str, pair: dict[str, Any], say: Callable[[Any], str] = _number) -> str:
    """A name with what it was and what it is now; empty where both read the same."""
    before, after = say(pair["before"]), say(pair["after"])
    return "" if before == after else f"{name}: {before} → {after}"


def _coupling(c: dict[str, Any]) -> str:
    """What changed about a coupling: its grade, its size, or that it is cut."""
    grade = [_moved("level", c["level"], str), _moved("chance to exist", c["exists"])]
    grade += [_moved("chance of the told sign", c["told_sign"]), _moved("articles", c["articles"], str)]
    parts = ["cut"] if c["cut"] else [p for p in grade if p] or ["same grade"]
    size = _moved("mean size", c["size"]) or f"mean size: {_number(c['size']['before'])}, as before"
    return "; ".join([*parts, size, f"changed in {counted(c['worlds_changed'], 'world')}"])


def _rival(h: dict[str, Any]) -> str:
    """What changed about an open question: its claims, its couplings, and the effects of the answers that moved."""
    parts = [f"{counted(len(h[name]), what)} {verb}" for name, what, verb in
             (("claims_lost", "claim", "lost"), ("couplings_cut", "coupling", "cut")) if h[name]]  # fmt: skip
    moved = [text for o in h["options"] if (text := _moved(o["id"], o["effect"]))]
    if not moved:
        about_persons = all(o["effect"]["before"] is None for o in h["options"])
        moved = ["about persons, no effect given" if about_persons else "no effect of an answer moved by a printed digit"]
    return "; ".join([*parts, *moved])
