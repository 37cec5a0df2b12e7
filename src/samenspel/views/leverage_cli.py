"""`samenspel leverage`: which push on a diagram moves its outcome most, and how far that order can be trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from samenspel.views.catalogue import counted
from samenspel.views.remarks import remarks

INTENDED = "For research and teaching. The order says what the drawing implies; it chooses no treatment and assesses nobody."


def leverage(
    atlas: Annotated[Path, typer.Option("--atlas", help="Folder of an atlas made with `samenspel new --from-kumu`.")],
    seed: Annotated[int, typer.Option(help="Seed of all draws, 0 or more.")] = 1,
    worlds: Annotated[int, typer.Option(help="Worlds (or, with --linear, draws of the weights).")] = 64,
    horizons: Annotated[str, typer.Option(help="Horizons in steps of the diagram, with commas.")] = "",
    ranges: Annotated[str, typer.Option(help="Shares of the budget, above 0 to 1, with commas; none: 0.1,0.3,1.")] = "",
    linear: Annotated[
        bool, typer.Option("--linear", help="The diagram's authors' own reading: no decay, no bound, no budget.")
    ] = False,
    auxiliary_range: Annotated[
        float | None, typer.Option(help="With --linear: largest weight of a link to an auxiliary, per step; none: 0.3.")
    ] = None,
    stock_range: Annotated[
        float | None, typer.Option(help="With --linear: largest weight of a link to a stock, per step; none: 0.1.")
    ] = None,
    half_normal: Annotated[bool, typer.Option("--half-normal", help="With --linear: half-normal weights.")] = False,
    against: Annotated[
        Path | None, typer.Option("--against", help="Text file with an order found elsewhere, one label per line, best first.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens, on standard error.")] = False,
) -> None:
    """Rank the interventions of a diagram by the effect of a push on its outcome, with its spread over worlds."""
    remarks(verbose=verbose)
    from samenspel.evidence.diagram import read_diagram
    from samenspel.evidence.reader import read_atlas
    from samenspel.insight import leverage as insight
    from samenspel.insight.linear import LinearSettings
    from samenspel.insight.ranking import compare
    from samenspel.studies.sizes import check_sizes

    check_sizes(seed=seed, worlds=worlds)
    own = {"auxiliary_range": auxiliary_range, "stock_range": stock_range, "half_normal": half_normal or None}
    _has_effect(linear, {"ranges": ranges or None} if linear else own)
    diagram = read_diagram(atlas)
    if linear:
        settings = LinearSettings(**{name: value for name, value in own.items() if value is not None})  # type: ignore[arg-type]
        times = _numbers("horizons", horizons or "20")
        result = insight.linear_leverage(diagram, seed=seed, draws=worlds, horizons=times, settings=settings)
    else:
        times = _numbers("horizons", horizons) if horizons else insight.HORIZONS
        reach = _numbers("ranges", ranges) if ranges else insight.RANGES
        result = insight.leverage(read_atlas(atlas), diagram, seed=seed, worlds=worlds, horizons=times, ranges=reach)
    if against is not None:
        result = compare(result, diagram, _order(against))
    result = {"schema": 1, "atlas": read_id(atlas), **result, "status": "NOT CALIBRATED", "intended_use": INTENDED}
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for line in _lines(result):
        typer.echo(line)


def _has_effect(linear: bool, given: dict[str, Any]) -> None:
    """Refuse options that the mode does not look at."""
    from samenspel.quantities.errors import SamenspelError

    for name, value in given.items():
        if value is not None:
            option = f"--{name.replace('_', '-')}"
            raise SamenspelError(
                f"{option} has no effect {'with' if linear else 'without'} --linear.",
                cure=f"Leave out {option}{', or --linear' if linear else ', or add --linear'}.",
            )


def read_id(atlas: Path) -> str:
    """The folder's own name: the id of the atlas."""
    return atlas.resolve().name


def _order(path: Path) -> list[str]:
    from samenspel.quantities.errors import SamenspelError

    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise SamenspelError(f"{path} cannot be read as text.", cure="Name a text file with one label per line.") from fault


def _numbers(name: str, text: str) -> list[float]:
    from samenspel.quantities.errors import SamenspelError

    try:
        return [float(part) for part in text.split(",")]
    except ValueError as fault:
        raise SamenspelError(f"--{name} {text!r} is no list of numbers.", cure=f"Write --{name} 4,20,80.") from fault


def _lines(result: dict[str, Any]) -> list[str]:
    """Tables at the central setting, then how the order changes elsewhere."""
    unit = "SDs" if result["mode"] == "bounded" else "units of the drawing"
    count = counted(result["worlds"], "world") if "worlds" in result else counted(result["draws"], "draw")
    out = [f"Effect of each push on {result['outcome']}, in {unit}, over {count} (5th, 50th, 95th percentile). NOT CALIBRATED"]
    shown = result["rankings"]
    if result["mode"] == "bounded":
        central = result["agreement"]["with"]
        shown = [r for r in shown if r["range"] == central["range"] and r["horizon"] == central["horizon"]]
    for r in shown:
        range_ = f", range {r['range']:g}" if "range" in r else ""
        day = f" (day {result['days'][result['horizons'].index(r['horizon'])]})" if "days" in result else ""
        out += [
            "",
            f"{r['mode']}, horizon {r['horizon']:g} {'step' if r['horizon'] == 1 else 'steps'}{day}{range_}",
            f"{'rank':>4} {'tier':>4}  {'low':>10} {'middle':>10} {'high':>10}  push",
        ]
        for x in r["interventions"]:
            numbers = " ".join(f"{x[n]:10.3g}" for n in ("low", "middle", "high"))
            out.append(f"{x['rank']:4d} {x['tier']:4d}  {numbers}  {x['label']} ({x['strength']:+g})")
        if r["lost"]:
            what = "draws" if result["mode"] == "linear" else "worlds"
            out.append(f"{r['lost']} {what} could not be followed and are left out: there the effects may be the largest.")
        if "against" in r:
            out.append(f"rank correlation with the order given: {'-' if r['against'] is None else format(r['against'], '.2f')}")
    if result["mode"] == "bounded":
        out += ["", "Rank correlation with the saturating order above:"]
        for row in result["agreement"]["rows"]:
            value = "-" if row["rank_correlation"] is None else f"{row['rank_correlation']:.2f}"
            out.append(f"  {row['mode']:<10} range {row['range']:<4g} horizon {row['horizon']:<4g} {value}")
    else:
        out += ["", "Linear reading: no decay, no bound, no budget; effects grow without limit with horizon and range."]
    out += [
        "",
        "A stands in a higher tier than B only where fewer pushes move the outcome more in nine of ten worlds.",
        INTENDED,
    ]
    return out
