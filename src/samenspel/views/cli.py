"""The command line. Modules that take time to load are imported inside the commands, so that help comes at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from samenspel.views import evidence_cli, export_cli, knockout_cli, leverage_cli, loops_cli, new_cli, run_cli
from samenspel.views.guard import GuardedGroup

app = typer.Typer(
    cls=GuardedGroup, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Contested evidence about a condition, as a system that can be run, questioned and corrected. "
    "For research and teaching; not for choosing a treatment or assessing anyone.",
)  # fmt: skip


def _version(wanted: bool) -> None:
    if wanted:
        from samenspel import __version__

        typer.echo(f"samenspel {__version__}")
        raise typer.Exit


@app.callback()
def _root(  # pyright: ignore[reportUnusedFunction]
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Version, and leave.")] = False,
) -> None:
    """Options before a command."""
    del version


app.command("run")(run_cli.run)
app.add_typer(evidence_cli.app, name="evidence")
app.add_typer(export_cli.app, name="export")
app.command("new")(new_cli.new)
app.command("leverage")(leverage_cli.leverage)
app.command("loops")(loops_cli.loops)
app.command("knockout")(knockout_cli.knockout)


@app.command("check")
def check(
    atlas: Annotated[Path | None, typer.Option("--atlas", help="Folder of an atlas; none: the one that ships.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    warnings: Annotated[bool, typer.Option("--warnings/--errors-only", help="Show warnings too.")] = True,
) -> None:
    """List every mistake in an atlas with file, line and cure. Exit code 0 without errors, else 1."""
    from samenspel.studies.ends import known_ends
    from samenspel.views.check_cli import run

    raise typer.Exit(run(atlas, known_ends(atlas), as_json=as_json, warnings=warnings))


@app.command("version")
def version_command() -> None:
    """Print the version."""
    from samenspel import __version__

    typer.echo(f"samenspel {__version__}")


def main() -> None:
    """Entry point of the command `samenspel`."""
    app()


if __name__ == "__main__":
    main()
