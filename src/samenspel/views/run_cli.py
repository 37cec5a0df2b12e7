"""`samenspel run`: a scenario answered, printed in seven blocks, and written into a folder."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from samenspel.views.catalogue import Catalogue, Language, of
from samenspel.views.remarks import remarks

if TYPE_CHECKING:
    from samenspel.studies.answer import Answer
    from samenspel.views.text import Reader


def run(
    scenario: Annotated[str | None, typer.Argument(help="Id of a scenario; none: the default of the atlas.")] = None,
    atlas: Annotated[Path | None, typer.Option("--atlas", help="Folder of an atlas; none: the one that ships.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of all draws, 0 or more.")] = 1,
    worlds: Annotated[int, typer.Option(help="Number of worlds.")] = 64,
    people: Annotated[int, typer.Option(help="Number of fictional people in each world.")] = 200,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write into; none: samenspel-out/<scenario>.")] = None,
    language: Annotated[Language, typer.Option(help="Language on the terminal; both reports are written.")] = "en",
    reader: Annotated[
        Literal["researchers", "patients"], typer.Option("--for", help="For patients no simulated number is shown.")
    ] = "researchers",
    engine: Annotated[
        Literal["auto", "reference", "numpy", "native"], typer.Option(help="What does the calculations.")
    ] = "auto",
    ladder: Annotated[
        Literal["as-is", "half", "double"], typer.Option(help="The evidence ladder as declared, halved or doubled.")
    ] = "as-is",
    accuracy: Annotated[
        float, typer.Option(help="Largest error of the steps, as a share of a state's spread between people.")
    ] = 1e-3,
    workers: Annotated[
        int | None, typer.Option(help="Processes that share the work; none: one per processor. The answer is the same.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="Address of a Dask scheduler (tcp://host:port) whose machines do the work.")
    ] = None,
    save_people: Annotated[
        bool, typer.Option("--save-people", help="Also write every fictional person, week by week, into people.parquet.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace another run in the folder.")] = False,
    allow_failures: Annotated[bool, typer.Option("--allow-failures", help="Answer although calculations failed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens, on standard error.")] = False,
) -> None:
    """Answer a question: what is published, what would follow from the assumptions, and what the answer rests on."""
    remarks(quiet=quiet, verbose=verbose)
    from samenspel.studies.sizes import check_sizes

    check_sizes(seed=seed, worlds=worlds, people=people, workers=1 if workers is None else workers)
    from samenspel.engine.threads import processors
    from samenspel.studies.workers import MOST_WORKERS

    c = of(language)
    answer, folder, again = _answer(
        c,
        scenario,
        atlas,
        out,
        save_people=save_people,
        overwrite=overwrite,
        quiet=quiet,
        options={
            "seed": seed,
            "worlds": worlds,
            "people": people,
            "engine": engine,
            "ladder": ladder,
            "accuracy": accuracy,
            "allow_failures": allow_failures,
            "workers": min(processors(), MOST_WORKERS) if workers is None else workers,
            "cluster": cluster,
        },
    )
    if again and not quiet:
        typer.echo(c.say("command.again", folder=folder), err=True)
    _print(answer, language, reader, as_json=as_json)
    if not quiet:
        _say_files(folder, c, reader)


def _answer(
    c: Catalogue,
    scenario: str | None,
    atlas: Path | None,
    out: Path | None,
    *,
    save_people: bool,
    overwrite: bool,
    quiet: bool,
    options: dict[str, Any],
) -> tuple[Answer, Path, bool]:
    """The answer, its folder, and whether it was there before."""
    from samenspel.views import files
    from samenspel.views.progress import progress

    with progress(c, quiet=quiet) as tell:
        tell("reading the evidence", 0.0)
        base, study, key = _plan(scenario, atlas, options)
        folder = out or Path("samenspel-out") / study
        present, notes = folder.is_dir(), {"scenario": study}
        kept = overwrite and present and any(folder.iterdir())  # an old run, left alone until the new one is there
        standing = files.claim(folder, key, notes, overwrite=overwrite)
        if standing != "new" and (found := files.read(folder, key)) is not None:
            lost = files.lost(folder)
            more = files.PEOPLE in lost or (save_people and not (folder / files.PEOPLE).is_file())
            if more:
                _save_people(folder / files.PEOPLE, study, base, tell, options)
            if more or lost or standing == "continue":
                files.write(found, folder)
            return found, folder, standing == "finished"
        if standing == "finished":
            standing = "new"  # its answer was lost: make it again
        try:
            answer = _run(study, base, tell, options)
        except Exception:  # whatever went wrong: a run that cannot be made leaves nothing behind
            if standing == "new" and not kept:
                files.release(folder, present)
            raise
        tell("drawing the report", 0.98)
        if kept:
            files.take_over(folder, key, notes)
        if save_people:
            _save_people(folder / files.PEOPLE, study, base, tell, options)
        files.write(answer, folder)
        tell("drawing the report", 1.0)
    return answer, folder, False


def _plan(scenario: str | None, atlas: Path | None, options: dict[str, Any]) -> tuple[Any, str, str]:
    """The atlas without errors, the scenario's id and the content key."""
    from samenspel.engine.accuracy import checked
    from samenspel.evidence.lint import load
    from samenspel.insight.run import run_key, scenario_of
    from samenspel.studies.ends import known_ends

    checked(options["accuracy"])
    base = load(atlas, known_ends(atlas))
    study = scenario_of(base, scenario)
    sizes = {name: options[name] for name in ("seed", "worlds", "people", "ladder", "engine", "accuracy")}
    return base, study.id, run_key(base, study, **sizes, removed=frozenset())


def _run(study: str, base: Any, tell: Any, options: dict[str, Any]) -> Answer:
    from samenspel.insight.run import run as answer_question

    return answer_question(study, atlas=base, progress=tell, **options)


def _save_people(path: Path, study: str, base: Any, tell: Any, options: dict[str, Any]) -> None:
    from samenspel.insight.run import save_people

    save_people(path, study, atlas=base, progress=tell, **{n: v for n, v in options.items() if n != "allow_failures"})


def _print(answer: Answer, language: Language, reader: Reader, *, as_json: bool) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a sign still gets the rest
    if as_json:
        from samenspel.views.patients import patients_json

        sys.stdout.write(patients_json(answer) if reader == "patients" else answer.to_json())
        return
    from rich.console import Console

    from samenspel.views.text import show

    show(answer, Console(file=sys.stdout), language, reader)


def _say_files(folder: Path, c: Catalogue, reader: Reader) -> None:
    from samenspel.views.files import ANSWER, PEOPLE, TRAJECTORIES
    from samenspel.views.report import FILES

    report = folder / FILES[c.language]
    saved = (PEOPLE,) if (folder / PEOPLE).is_file() else ()
    others = ", ".join(n for n in (*FILES.values(), ANSWER, TRAJECTORIES, *saved, "manifest.json") if n != report.name)
    typer.echo(c.say("command.researchers_report" if reader == "patients" else "command.wrote", report=report), err=True)
    typer.echo(c.say("command.also", folder=folder, files=others), err=True)
