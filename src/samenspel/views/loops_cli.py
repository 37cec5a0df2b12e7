"""`samenspel loops`: the feedback loops of the composed model, with sign and share of worlds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from samenspel.views.catalogue import Said
from samenspel.views.remarks import remarks

SHOWN = 40  # loops on the terminal; --json has all
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "status": "NOT CALIBRATED",
        "head": "{count:feedback loop|feedback loops} of at most {longest:coupling|couplings} in {worlds:world|worlds}{more}.",
        "more": ", and longer ones that are not listed",
        "columns": "worlds  sign         as drawn +/-/both",
        "reinforcing": "reinforcing",
        "balancing": "balancing",
        "ambiguous": "ambiguous",
        "none": "no effect",
        "shown": "The first {shown} are shown; --json gives all {count}.",
        "not_found": "Named, but not closed by the couplings or beyond the caps: {names}.",
        "sign": "Sign: one round pushes the same way (reinforcing) or back (balancing), with every coupling as it is told; "
        "ambiguous: that depends on the person or the day, or on a link of which nobody said the sign. As drawn: with the "
        "signs that the worlds drew.",
        "open": "sign open: {names}",
        "intended": "For research and teaching. A loop is a possibility that the claims leave open; it says nothing "
        "about any one person.",
    },
    "nl": {
        "status": "NIET GEKALIBREERD",
        "head": "{count:terugkoppeling|terugkoppelingen} van hoogstens {longest:koppeling|koppelingen} in "
        "{worlds:wereld|werelden}{more}.",
        "more": ", en langere die hier niet staan",
        "columns": "werelden teken        zoals getrokken +/-/beide",
        "reinforcing": "versterkend",
        "balancing": "dempend",
        "ambiguous": "wisselend",
        "none": "geen effect",
        "shown": "De eerste {shown} staan hier; --json geeft ze alle {count}.",
        "not_found": "Benoemd, maar niet gesloten door de koppelingen of te lang: {names}.",
        "sign": "Teken: een ronde duwt dezelfde kant op (versterkend) of terug (dempend), met elke koppeling zoals verteld; "
        "wisselend: dat hangt af van de persoon of de dag, of van een koppeling waarvan niemand het teken gaf. Zoals "
        "getrokken: met de tekens die de werelden trokken.",
        "open": "teken open: {names}",
        "intended": "Voor onderzoek en onderwijs. Een terugkoppeling is een mogelijkheid die de beweringen openlaten; "
        "zij zegt niets over een afzonderlijke persoon.",
    },
}


def loops(
    atlas: Annotated[Path | None, typer.Option("--atlas", help="Folder of an atlas; none: the one that ships.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of all draws, 0 or more.")] = 1,
    worlds: Annotated[int, typer.Option(help="Number of worlds.")] = 64,
    people: Annotated[int, typer.Option(help="Fictional people looked at in each world.")] = 4,
    longest: Annotated[int, typer.Option(help="Most couplings in a loop.")] = 6,
    most: Annotated[int, typer.Option(help="Most loops listed.")] = 2000,
    language: Annotated[Literal["en", "nl"], typer.Option(help="Language on the terminal and of the names.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens, on standard error.")] = False,
) -> None:
    """List the feedback loops: links, sign, share of worlds in which they close, and the claims behind them."""
    remarks(verbose=verbose)
    from samenspel.studies.sizes import check_sizes

    check_sizes(seed=seed, worlds=worlds, people=people, longest=longest, most=most, least={"people": 1})
    result = _find(atlas, seed, worlds, people, longest, most)
    for row in result["loops"]:
        row["name"] = row["name"][language] if row["name"] else None
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for line in _lines(result, WORDS[language]):
        typer.echo(line)


def _find(atlas: Path | None, seed: int, worlds: int, people: int, longest: int, most: int) -> dict[str, Any]:
    import numpy as np

    from samenspel.composition.plain import full_catalogue
    from samenspel.evidence.grade import Grading
    from samenspel.evidence.lint import load
    from samenspel.insight.loops import loops as find
    from samenspel.insight.loops import sample
    from samenspel.population.worlds import draw_worlds
    from samenspel.studies.ends import known_ends
    from samenspel.systems import catalogue

    base = load(atlas, known_ends(atlas))
    drawn = draw_worlds(base, full_catalogue(base, catalogue()), Grading(base).couplings(), seed=seed, ids=np.arange(worlds))
    points = sample(base, drawn, seed=seed, people=people)
    couplings = [base.couplings[i] for i in sorted(base.couplings)]
    named, rivals = list(base.loops.values()), list(base.hypotheses.values())
    found = find(points, couplings, named, rivals, longest=longest, most=most)
    return {
        "schema": 1, "atlas": base.manifest.id, "seed": seed, "sampled": {"worlds": len(drawn.ids), "people": people},
        **found, "status": "NOT CALIBRATED", "intended_use": WORDS["en"]["intended"],
    }  # fmt: skip


def _head(text: str, **values: object) -> str:
    return text.format(**{name: Said(value) for name, value in values.items()})


def _lines(result: dict[str, Any], say: dict[str, str]) -> list[str]:
    rows, n = result["loops"], result["sampled"]["worlds"]
    more = say["more"] if result["truncated"] else ""
    out = [
        f"{_head(say['head'], count=len(rows), longest=result['longest'], worlds=n, more=more)} {say['status']}",
        "",
        say["columns"],
    ]
    for r in rows[:SHOWN]:
        drawn = "/".join("–" if r["drawn"][k] is None else f"{r['drawn'][k]:.0%}" for k in ("reinforcing", "balancing", "both"))
        out.append(f"{r['worlds']:6.0%}  {say[r['sign']]:<12} {drawn:<16} {r['name'] or r['id']}")
        out.append("        " + " → ".join(r["links"]))
        if r["open"]:
            out.append("        " + say["open"].format(names=", ".join(r["open"])))
    out.append("")
    if len(rows) > SHOWN:
        out.append(say["shown"].format(shown=SHOWN, count=len(rows)))
    if result["not_found"]:
        out.append(say["not_found"].format(names=", ".join(result["not_found"])))
    return [*out, say["sign"], say["intended"]]
