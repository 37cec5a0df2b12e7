"""`samenspel export`: what leaves for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Write models for other programs.")


@app.callback()
def _root() -> None:  # pyright: ignore[reportUnusedFunction]
    """Keep `sbml` a command of its own."""


@app.command("sbml")
def sbml(
    out: Annotated[Path, typer.Argument(help="File to write.")],
    systems: Annotated[str, typer.Option("--systems", help="Names with commas between; none: all.")] = "",
    atlas: Annotated[Path | None, typer.Option("--atlas", help="Folder of an atlas; none: the one that ships.")] = None,
    world: Annotated[int, typer.Option("--world", min=0, help="Which world's options and gains.")] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the worlds.")] = 1,
) -> None:
    """Write the reference person of one world as SBML (Level 3 Version 2), from rest, without noise.

    What happens at midnight (attending, stopping, counting days) cannot be said in SBML rules and is refused by name:
    choose systems without it.
    """
    from samenspel.engine.sbml.export import write_sbml
    from samenspel.evidence.reader import read_atlas
    from samenspel.studies.deterministic import reference_person
    from samenspel.systems import catalogue

    names = [n.strip() for n in systems.split(",") if n.strip()]
    person = reference_person(read_atlas(atlas), catalogue(), world=world, seed=seed, systems=names)
    write_sbml(person.model, person.parameters, out, start=person.start)
    typer.echo(str(out))
