"""One file per system; they do not know each other. What exists is found, not registered."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from importlib.metadata import entry_points

from samenspel.declare.system import System
from samenspel.quantities.errors import SamenspelError

GROUP = "samenspel.systems"


@lru_cache(maxsize=1)
def catalogue() -> dict[tuple[str, str], type[System]]:
    """(system, variant) → class, from this package and from installed packages with the entry point group.

    Raises `SamenspelError` when two classes claim one name.
    """
    modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    modules += [point.load() for point in entry_points(group=GROUP)]
    found: dict[tuple[str, str], type[System]] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, System) and value.__module__ == module.__name__:
                key = (value.system, value.variant)
                if key in found and found[key] is not value:
                    raise SamenspelError(f"two systems are called {key}: {found[key]} and {value}.", cure="Rename one.")
                found[key] = value
    return found
