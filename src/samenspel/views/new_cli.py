"""`samenspel new`: the folder of an atlas, made from a causal loop diagram."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from samenspel.views.catalogue import counted
from samenspel.views.remarks import remarks


def new(
    name: Annotated[str, typer.Argument(help="Name of the atlas and of its folder: small letters, digits, hyphens.")],
    from_kumu: Annotated[
        Path | None, typer.Option("--from-kumu", help="Spreadsheet (.xlsx) with the sheets Elements and Connections.")
    ] = None,
    into: Annotated[Path, typer.Option("--into", help="Folder in which the atlas is made.")] = Path(),
    outcome: Annotated[str | None, typer.Option(help="Label of the outcome, where no Description says VOI.")] = None,
    step: Annotated[float, typer.Option(help="Days of one step of the diagram.")] = 1.0,
    memory: Annotated[float, typer.Option(help="Steps in which a stock left alone returns to rest.")] = 10.0,
    bend: Annotated[float, typer.Option(help="SDs of the source at which an influence flattens.")] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens, on standard error.")] = False,
) -> None:
    """Make an atlas of plain systems from a diagram, and say what was assumed of each link."""
    remarks(verbose=verbose)
    from samenspel.evidence.kumu import read_kumu
    from samenspel.quantities.errors import SamenspelError
    from samenspel.studies.diagram import shared_names, write_atlas
    from samenspel.studies.diagram_files import Reading, coupling_ids

    if from_kumu is None:
        raise SamenspelError("nothing to make an atlas from.", cure="Name a spreadsheet: --from-kumu FILE.xlsx.")
    diagram = read_kumu(from_kumu, outcome, shared_names())
    folder = write_atlas(diagram, name, into, Reading(step, memory, bend))
    ids = coupling_ids(diagram)
    links = [
        {
            "id": None if x.left_out else ids[x.source, x.target],
            "from": diagram.of(x.source).label,
            "to": diagram.of(x.target).label,
            "sign": x.sign,
            "row": x.row,
            "left_out": x.left_out,
            "assumed": x.left_out or _assumed(x.sign),
        }
        for x in diagram.link
    ]
    if as_json:
        document = {
            "schema": 1,
            "folder": str(folder),
            "outcome": diagram.outcome.label,
            "unread": list(diagram.unread),
            "variables": [v.model_dump(mode="json") for v in diagram.variable],
            "links": links,
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for v in diagram.variable:
        if v.assumed:
            typer.echo(f"{v.label}: {v.assumed}")
    for x in links:
        typer.echo(f"{x['from']} -> {x['to']} ({x['sign']}): {x['assumed']}")
    if diagram.unread:
        typer.echo(f"Holds something, but is not read: {'; '.join(diagram.unread)}.")
    typer.echo(
        f"{folder}: {counted(len(diagram.variable), 'variable')}, "
        f"{counted(len(diagram.links), 'link')} of {len(diagram.link)}, "
        f"{counted(len(diagram.interventions), 'intervention')}, outcome {diagram.outcome.label}. "
        f"Next: samenspel check --atlas {folder}; samenspel leverage --atlas {folder}"
    )


def _assumed(sign: str) -> str:
    there = "taken as there because it is drawn; its size is a share of what all sources of the target carry together"
    return f"{there}; sign unknown, each one in half of the worlds" if sign == "?" else f"{there}; sign as drawn"
