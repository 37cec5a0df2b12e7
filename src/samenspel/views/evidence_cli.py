"""`samenspel evidence …`: the evidence base on the command line; answers on standard output, the rest on error."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from samenspel.evidence.atlas import Atlas

app = typer.Typer(no_args_is_help=True, help="Claims, recounts, contradictions, gaps, questions, query, export.")

AtlasFolder = Annotated[Path | None, typer.Option("--atlas", help="Folder of an atlas; none: the one that ships.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Language = Annotated[Literal["en", "nl"], typer.Option(help="Language of the output.")]
Out = Annotated[Path, typer.Option("--out", help="Folder to write into; it is made if needed.")]


def _atlas(folder: Path | None) -> Atlas:
    from samenspel.evidence.lint import load

    return load(folder)


def _json(document: Any) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1))


def _written(files: list[Path]) -> None:
    for file in files[:20]:
        typer.echo(str(file))
    if len(files) > 20:
        typer.echo(f"… and {len(files) - 20} more", err=True)


@app.command("counts")
def counts_command(
    source: Annotated[str, typer.Option("--source", help="Id of the source to recount.")],
    by: Annotated[str, typer.Option("--by", help="system, population, intervention, design, year or all.")] = "system",
    unit: Annotated[
        str | None, typer.Option(help="item, study or study-intervention; none: as the source counts.")
    ] = None,
    atlas: AtlasFolder = None,
    as_json: AsJson = False,
) -> None:
    """Recount a source from its claims, under its own counting rule."""
    from samenspel.evidence.counts import counts, rounded
    from samenspel.quantities.errors import SamenspelError

    if unit not in (None, "item", "study", "study-intervention"):
        raise SamenspelError(f"no unit {unit!r}.", cure="There is: item, study, study-intervention.")
    result = counts(_atlas(atlas), source, by, unit)  # type: ignore[arg-type]  # counts() names what it knows
    if as_json:
        _json(result.as_json())
        return
    typer.echo(f"{result.source} by {result.by}, unit {result.unit}, total {result.total}")
    for row in result.rows:
        typer.echo(f"{row.count:6d}  {rounded(row.percent)!s:>3} %  {row.value}")


@app.command("printed")
def printed_command(
    source: Annotated[str | None, typer.Option("--source", help="One source; none: all.")] = None,
    atlas: AtlasFolder = None,
    as_json: AsJson = False,
) -> None:
    """Compare every printed count and percentage with what the claims give, and one printing with another."""
    from samenspel.evidence.printed import compare_printed

    result = compare_printed(_atlas(atlas), source)
    if as_json:
        _json(result.as_json())
        return
    typer.echo(f"printed numbers compared: {result.compared}; mismatches: {len(result.mismatches)}")
    for m in result.mismatches:
        group = f"{m.by} {m.value}" if m.value else m.by
        typer.echo(f"- {m.source}, {group}, {m.kind}: {m.printed:g} ({m.locator}) against {m.found:g} ({m.other})")


@app.command("conflicts")
def conflicts_command(
    about: Annotated[str | None, typer.Argument(help="A word of the vocabulary; none: all.")] = None,
    language: Language = "en",
    atlas: AtlasFolder = None,
    as_json: AsJson = False,
) -> None:
    """Claims that disagree on the same subject and object, with what differs between them."""
    from samenspel.evidence.conflicts import conflicts
    from samenspel.evidence.find import propose
    from samenspel.evidence.told import told_conflicts
    from samenspel.quantities.errors import SamenspelError

    base = _atlas(atlas)
    if about is not None and about not in base.quantities:
        cure = propose(base, about, list(base.quantities), ("quantity",))
        raise SamenspelError(f"{about!r} is not in the vocabulary.", cure=cure)
    found = conflicts(base, about)
    if as_json:
        _json({"schema": 1, "conflicts": [c.as_json() for c in found]})
        return
    typer.echo("\n".join(told_conflicts(base, found, about, language)))


@app.command("gaps")
def gaps_command(atlas: AtlasFolder = None, language: Language = "en", as_json: AsJson = False) -> None:
    """What the model leans on without a claim, and what sources call unknown; at most fifty, ranked, every kind among them."""
    from samenspel.evidence.gaps import gaps
    from samenspel.evidence.told import told_gaps

    base = _atlas(atlas)
    if as_json:
        _json({"schema": 1, "gaps": [gap.as_json() for gap in gaps(base)]})
        return
    typer.echo("\n".join(told_gaps(base, language)))


@app.command("find")
def find_command(
    words: Annotated[list[str], typer.Argument(help="Words in English or Dutch; beginnings of words will do.")],
    everything: Annotated[bool, typer.Option("--all", help="All that is found; else the first twenty.")] = False,
    language: Language = "en",
    atlas: AtlasFolder = None,
    as_json: AsJson = False,
) -> None:
    """Search questions, words of the vocabulary, sources and claims by words, best first."""
    from samenspel.evidence.find import MOST, find
    from samenspel.evidence.told import told_hits

    text = " ".join(words)
    found = find(_atlas(atlas), text)
    shown = found if everything else found[:MOST]
    if as_json:
        hits = [hit.as_json() for hit in shown]
        _json({"schema": 1, "words": text, "hits": hits, "left_off": len(found) - len(shown)})
        return
    typer.echo("\n".join(told_hits(text, shown, len(found), language)))


@app.command("sizes")
def sizes_command(atlas: AtlasFolder = None, language: Language = "en", as_json: AsJson = False) -> None:
    """Links whose size a level-5 trial sets, and which randomised claims miss level 5 by little."""
    from samenspel.evidence.grade import Grading
    from samenspel.evidence.phrases import phrase

    grading = Grading(_atlas(atlas))
    if as_json:
        _json({"schema": 1, "measured": grading.measured, "near_misses": grading.near_misses})
        return
    typer.echo(phrase(language, "measured-gains", n=len(grading.measured)))
    for coupling, claim in grading.measured.items():
        typer.echo(f"  - {coupling} [{claim}]")
    typer.echo(phrase(language, "near-misses", n=len(grading.near_misses)))
    for claim, lacks in grading.near_misses.items():
        typer.echo(f"  - {claim}: {'; '.join(phrase(language, condition) for condition in lacks)}")


@app.command("question")
def question_command(
    about: Annotated[str, typer.Argument(help="A question or a word of the vocabulary, by its id or its text.")],
    everything: Annotated[bool, typer.Option("--all", help="Leave nothing off.")] = False,
    language: Language = "en",
    form: Annotated[Literal["markdown", "html"], typer.Option("--format", help="markdown or html.")] = "markdown",
    out: Annotated[Path | None, typer.Option("--out", help="File to write; none: standard output.")] = None,
    atlas: AtlasFolder = None,
) -> None:
    """One page to paste: a paragraph with notes, claims by level, contradictions, conditions, unknowns, interests."""
    from samenspel.evidence.question import page
    from samenspel.evidence.render import html, markdown

    text = (html if form == "html" else markdown)(page(_atlas(atlas), about, language, everything=everything))
    if out is None:
        sys.stdout.write(text)
        return
    _write(out, text)
    typer.echo(str(out))


@app.command("table")
def table_command(
    where: Annotated[str, typer.Option("--where", help="One SQL condition over the claims.")] = "true",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows.")] = None,
    atlas: AtlasFolder = None,
    as_json: AsJson = False,
) -> None:
    """Claims for which one SELECT expression holds."""
    from samenspel.evidence.phrases import counted
    from samenspel.evidence.table import table

    result = table(_atlas(atlas), where, most=limit)
    if as_json:
        _json(result.as_json())
        return
    shown = [result.columns.index(name) for name in ("level", "id", "relation", "object", "en")]
    for row in result.rows:
        typer.echo("\t".join("" if row[i] is None else str(row[i]) for i in shown))
    typer.echo(counted("en", len(result.rows), "claim"), err=True)


@app.command("show")
def show_command(
    name: Annotated[str, typer.Argument(help="Id of a claim, source, item, coupling, hypothesis, parameter, word …")],
    atlas: AtlasFolder = None,
    as_json: AsJson = False,
) -> None:
    """A record with its source and level, and everything that leans on it."""
    from samenspel.evidence.show import show

    found = show(_atlas(atlas), name)
    if as_json:
        _json(found)
        return
    typer.echo("\n".join(_lines(found)))


@app.command("knockout")
def knockout_command(
    claim: Annotated[list[str] | None, typer.Option("--claim", help="Claim to take away; may be repeated.")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="Source to take away.")] = None,
    level: Annotated[list[str] | None, typer.Option("--level", help="Level of evidence to take away.")] = None,
    design: Annotated[
        list[str] | None, typer.Option("--design", help="Design to take away, for example animal.")
    ] = None,
    atlas: AtlasFolder = None,
    as_json: AsJson = False,
) -> None:
    """What is graded or pooled otherwise without some claims."""
    from samenspel.evidence.knockout import asked_away, knockout
    from samenspel.evidence.phrases import counted

    base = _atlas(atlas)
    gone = asked_away(base, claims=claim or (), sources=source or (), levels=level or (), designs=design or ())
    result = knockout(base, gone)
    if as_json:
        _json(result.as_json())
        return
    gone = counted("en", len(result.removed), "claim")
    typer.echo(f"{gone} taken away; contradictions {result.conflicts_before} → {result.conflicts_after}")
    for change in result.changes:
        typer.echo(f"- {change.kind} {change.entry}: {change.before} → {change.after}")


@app.command("figures")
def figures_command(
    source: Annotated[str, typer.Option("--source", help="Id of the source to redraw.")],
    out: Out = Path("samenspel-out/evidence"),
    language: Language = "en",
    atlas: AtlasFolder = None,
) -> None:
    """Redraw what a source shows of its counts: charts, results table, selection flow."""
    from samenspel.evidence.figures import write_figures

    _written(write_figures(_atlas(atlas), source, out, language))


@app.command("export")
def export_command(
    form: Annotated[
        Literal["csv", "parquet", "bibtex", "ris", "csl-json"],
        typer.Option("--format", help="csv, parquet, bibtex, ris, csl-json."),
    ] = "csv",
    out: Out = Path("samenspel-out/evidence"),
    atlas: AtlasFolder = None,
) -> None:
    """Write claims and sources in the format of other programs."""
    from samenspel.evidence.export import export

    _written(export(_atlas(atlas), form, out))


@app.command("site")
def site_command(out: Out = Path("samenspel-out/evidence-site"), atlas: AtlasFolder = None) -> None:
    """Write the evidence base as a static site in English and Dutch."""
    from samenspel.evidence.site import write_site

    _written(write_site(_atlas(atlas), out))


def _write(path: Path, text: str) -> None:
    from samenspel.quantities.errors import SamenspelError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise SamenspelError(f"cannot write {path} ({wrong.strerror}).", cure="Choose another file.") from wrong


def _lines(value: Any, indent: int = 0) -> list[str]:
    """Nested data as indented text."""
    pad, lines = "  " * indent, list[str]()
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict | list | tuple) and inner:
                lines += [f"{pad}{name}:", *_lines(inner, indent + 1)]
            else:
                lines.append(f"{pad}{name}: {inner if inner not in ([], (), {}, None) else '–'}")
    elif isinstance(value, list | tuple):
        for inner in value:
            nested = _lines(inner, indent + 1) if isinstance(inner, dict | list | tuple) else [f"{pad}- {inner}"]
            if isinstance(inner, dict | list | tuple) and nested:
                nested[0] = f"{pad}- {nested[0].strip()}"
            lines += nested
    return lines
