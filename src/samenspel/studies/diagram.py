"""From a causal loop diagram to the folder of an atlas: plain systems, couplings, and for each link what was assumed.

A variable becomes a plain system with one state, in reference SDs around 0. Stocks keep their memory for `memory` steps,
auxiliaries for a twentieth of a step, constants stay where a person's own set point holds them. A link becomes a coupling
whose existence is the drawing's premise; its size comes from the budget. The folder is written whole or not at all.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from samenspel.composition.compose import compose
from samenspel.composition.plain import full_catalogue
from samenspel.evidence.diagram import Diagram
from samenspel.evidence.reader import read_atlas
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.diagram_files import Reading, files_of
from samenspel.systems import catalogue

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def write_atlas(diagram: Diagram, name: str, into: Path, reading: Reading | None = None) -> Path:
    """Write the atlas `name` into the folder `into`; returns its place.

    Variables must not bear the names of shared systems: read the drawing with `reserved = shared_names()`.

    Raises `SamenspelError` if a folder of that name is there, the name is no id, or a variable bears the name of a shared
    system. Nothing is left behind when anything fails.
    """
    reading = reading or Reading()
    if not _NAME.fullmatch(name):
        raise SamenspelError(
            f"{name!r} cannot name an atlas.", cure="Use small letters, digits and single hyphens, such as my-diagram."
        )
    target = into / name
    if target.exists():
        raise SamenspelError(f"{target} is already there.", cure="Choose another name, or remove the folder.")
    try:
        into.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".part-{name}-", dir=into))
    except OSError as fault:
        raise SamenspelError(
            f"cannot write into {into}: {fault.strerror}.", cure="Choose a folder that can be written."
        ) from fault
    try:
        for file, text in files_of(diagram, name, reading).items():
            path = part / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        _must_compose(part)
        part.chmod(0o755)
        part.rename(target)
    except OSError as fault:
        raise SamenspelError(
            f"cannot write {target}: {fault.strerror}.", cure="Free some room, or choose another folder."
        ) from fault
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def shared_names() -> frozenset[str]:
    """Names that a plain system may not have."""
    return frozenset(name for name, _ in catalogue())


def _must_compose(folder: Path) -> None:
    """The new atlas is read and composed once, before anybody sees it."""
    atlas = read_atlas(folder)
    own = full_catalogue(atlas, catalogue())
    systems = [own[s.replace("-", "_"), ""] for s in atlas.systems]
    compose(systems, sorted(atlas.couplings.values(), key=lambda c: c.id))
