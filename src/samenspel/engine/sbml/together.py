"""Models put together from models (package comp) as one model of SBML core, by libsbml's own converter.

How large the whole would be is counted first, because a short file can ask for any number of copies of copies.
"""

from __future__ import annotations

from typing import Any

import libsbml

from samenspel.quantities.errors import SamenspelError

MOST = 200_000  # elements of the whole


def flattened(document: Any, file: str) -> None:
    """Make a libsbml document that uses comp one of SBML core, in place; any other is left alone.

    Raises `SamenspelError` for a submodel that is not there, models that hold each other, a whole that is too large, and
    whatever libsbml cannot put together.
    """
    parts = document.getPlugin("comp")
    if parts is None or document.getModel() is None:
        return
    models = {m.getId(): m for m in (parts.getModelDefinition(i) for i in range(parts.getNumModelDefinitions()))}
    size = _size(document.getModel(), models, {}, (), file)
    if size > MOST:
        raise SamenspelError(
            f"put together, the model would have about {size} elements; at most {MOST} are read.",
            file=file,
            cure="Use fewer copies of submodels.",
        )
    wishes = libsbml.ConversionProperties()
    for name, value in (("flatten comp", True), ("leavePorts", False), ("performValidation", False)):
        wishes.addOption(name, value)
    if document.convert(wishes) != libsbml.LIBSBML_OPERATION_SUCCESS:
        faults = (document.getError(i) for i in range(document.getNumErrors()))
        why = next((" ".join(f.getMessage().split()) for f in faults if f.getSeverity() >= libsbml.LIBSBML_SEV_ERROR), "")
        raise SamenspelError(f"the submodels cannot be put together. {why[:300]}".rstrip(), file=file,
                             cure="Check ids, ports and replacements of the package comp.")  # fmt: skip


def _size(model: Any, models: dict[str, Any], known: dict[str, int], inside: tuple[str, ...], file: str) -> int:
    """Elements of a model with all its submodels."""
    own = 1 + int(model.getListOfAllElements().getSize())
    part: Any = model.getPlugin("comp")
    for name in [] if part is None else [part.getSubmodel(i).getModelRef() for i in range(part.getNumSubmodels())]:
        if name in inside:
            raise SamenspelError(
                f"these models hold each other in a circle: {' -> '.join((*inside[inside.index(name):], name))}.",
                file=file,
                cure="Break the circle.",
            )
        if name not in models:
            raise SamenspelError(
                f"a submodel is {name!r}, which is no model of this file.", file=file, cure="Correct its modelRef."
            )
        if name not in known:
            known[name] = _size(models[name], models, known, (*inside, name), file)
        own += known[name]
    return own
