"""`samenspel knockout`: what an answer owes to a claim, a source, a kind of evidence, or one coupling."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

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
    _must_be_known("level", level or [])
    _must_be_known("design", design or [])
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


def _must_be_known(name: str, given: list[str]) -> None:
    """Levels and designs are closed lists."""
    from typing import get_args

    from samenspel.evidence.schema import Design
    from samenspel.evidence.schema_ladder import LEVELS
    from samenspel.quantities.errors import SamenspelError
    from samenspel.quantities.names import hint

    known = LEVELS if name == "level" else get_args(Design)
    for word in given:
        if word not in known:
            raise SamenspelError(
                f"--{name} {word!r} is unknown.{hint(word, known)}", cure=f"There is: {', '.join(known)}."
            )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2g}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _lines(r: dict[str, Any]) -> list[str]:
    """What was taken away; the answer on both sides; gains, parameters and rivals that changed."""
    a, b = r["answer"]["before"], r["answer"]["after"]
    what = f"coupling {r['asked']['coupling']}" if r["asked"]["coupling"] else f"{len(r['removed'])} claims"
    label = lambda s: s["label"] + (f" ({s['hypothesis']})" if s["hypothesis"] else "")  # noqa: E731
    side = lambda s: (  # noqa: E731
        f"{label(s)}; better in {s['benefit_worlds']} of {_count(s['worlds'], 'world')}, worse in {s['worse_worlds']}, "
        f"no change in {s['same_worlds']}; "
        f"effect {_number(s['effect']['middle'])} [{_number(s['effect']['low'])}, {_number(s['effect']['high'])}]"
    )
    out = [
        f"{r['scenario']} without {what}: {r['worlds']} worlds, {r['people']} people in each. {r['status']}",
        "",
        f"before  {side(a)}",
        f"after   {side(b)}",
        "",
        f"couplings that changed: {len(r['couplings'])}",
    ]
    for c in r["couplings"][:SHOWN]:
        two = lambda key, c=c: f"{_number(c[key]['before'])} > {_number(c[key]['after'])}"  # noqa: E731
        grade = f"level {c['level']['before']} > {c['level']['after']}, exists {two('exists')}, told sign {two('told_sign')}"
        kind = "cut" if c["cut"] else grade if c["graded"] else "same grade"
        out.append(f"  {c['id']}: {kind}; mean size {two('size')}; changed in {c['worlds_changed']} worlds")
    if len(r["couplings"]) > SHOWN:
        out.append(f"  … and {len(r['couplings']) - SHOWN} more (--json)")
    for p in r["parameters"]:
        out.append(f"  parameter {p['entry']}: {p['before']} > {p['after']}" + (" (keeps its number)" if p["bare"] else ""))
    out += ["", f"contradictions: {r['conflicts']['before']} > {r['conflicts']['after']}", "", "rivals that changed:"]
    for h in r["rivals"][:SHOWN]:
        options = "; ".join(
            f"{o['id']} {_number(o['effect']['before'])} > {_number(o['effect']['after'])}" for o in h["options"]
        )
        out.append(f"  {h['id']} ({len(h['claims_lost'])} claims lost): {options}")
    if not r["rivals"]:
        out.append("  none")
    for row in r["routes"] or []:
        out.append(f"  route {row['system']}: {_number(row['lost']['before'])} > {_number(row['lost']['after'])}")
    return [*out, "", INTENDED]
