"""Everything the linter may be pointed at: the systems' addresses and the parameters that studies themselves read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

from samenspel.composition.addresses import addresses
from samenspel.composition.compose import compose
from samenspel.composition.plain import plain_catalogue
from samenspel.declare.system import System
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.lint import load
from samenspel.evidence.lint_rule import Ends
from samenspel.evidence.reader import collect, read_atlas
from samenspel.population.worlds import pick_system, used_systems
from samenspel.quantities.errors import SamenspelError
from samenspel.systems import catalogue

#: how much kinder people report who know that they got something, in baseline SDs
REPORTING = "reporting.shift"


def known_ends(folder: Path | str | None = None) -> Ends:
    """Addresses of all installed systems and of the plain ones in an atlas's folder, and the parameters of studies."""
    known = catalogue()
    shared = frozenset(name for name, _ in known)
    if folder is not None and any((Path(folder) / "systems").glob("*.toml")):
        atlas, _ = collect(folder)
        own = {} if atlas is None else plain_catalogue(atlas)
        known = {**{end: system for end, system in own.items() if end[0] not in shared}, **known}
    ends = addresses(known.values())
    return dataclasses.replace(
        ends, parameters=ends.parameters | {REPORTING}, composes=_composing(known), shared=shared, variants=frozenset(known)
    )


def sound_atlas(atlas: Atlas | Path | str | None) -> Atlas:
    """An atlas at hand as it is; the one in a folder, found free of errors; none: the one that ships.

    Raises `SamenspelError` for the first error of a folder; says how many more there are.
    """
    if isinstance(atlas, Atlas):
        return atlas
    return read_atlas() if atlas is None else load(atlas, known_ends(atlas))


def _composing(catalogue: Mapping[tuple[str, str], type[System]]) -> Callable[[Atlas], SamenspelError | None]:
    """Whether the systems of an atlas, in their daily forms, join through its couplings: the first thing that stops it."""

    def composes(atlas: Atlas) -> SamenspelError | None:
        try:
            systems = [pick_system(catalogue, s, "") for s in used_systems(atlas)]
            compose(systems, sorted(atlas.couplings.values(), key=lambda c: c.id))
        except SamenspelError as wrong:
            return wrong
        return None

    return composes
