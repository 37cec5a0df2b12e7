"""`samenspel check`: everything that is wrong with an atlas, all at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samenspel.views.catalogue import counted

if TYPE_CHECKING:
    from samenspel.evidence.lint_rule import Ends


def check(
    atlas: Annotated[Path | None, typer.Option("--atlas", help="Folder of an atlas; none: the one that ships.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    warnings: Annotated[bool, typer.Option("--warnings/--errors-only", help="Show warnings too.")] = True,
) -> None:
    """List every mistake in an atlas with file, line and cure. Exit code 0 without errors, else 1."""
    raise typer.Exit(run(atlas, as_json=as_json, warnings=warnings))


def run(folder: Path | None, ends: Ends | None = None, *, as_json: bool = False, warnings: bool = True) -> int:
    """Print the findings about an atlas and return the exit code; `ends` are the addresses that the systems define."""
    from samenspel.evidence.lint import check_folder, counts

    atlas, issues = check_folder(folder, ends)
    errors, others = counts(issues)
    shown = [issue for issue in issues if warnings or issue.severity == "error"]
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "schema": 1,
                    "errors": errors,
                    "warnings": others,
                    "issues": [issue.as_json() for issue in shown],
                    "claims": len(atlas.claims) if atlas else 0,
                    "sources": len(atlas.sources) if atlas else 0,
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for issue in shown:
            typer.echo(str(issue))
        if atlas is not None:
            typer.echo(
                f"{counted(len(atlas.sources), 'source')}, {counted(len(atlas.claims), 'claim')}, "
                f"{counted(len(atlas.couplings), 'coupling')}; {counted(errors, 'error')}, {counted(others, 'warning')}"
            )
    return 1 if errors else 0
