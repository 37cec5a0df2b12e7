"""Systems are found, not registered: by module, by entry point, one class per name."""

import sys
import types
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import samenspel.systems as systems
from samenspel.declare import Port, Readout, State, System
from samenspel.quantities.errors import SamenspelError
from samenspel.systems import catalogue


@pytest.fixture(autouse=True)
def forget():
    """Each test reads the catalogue anew."""
    catalogue.cache_clear()
    yield
    catalogue.cache_clear()


def test_every_module_of_the_package_gives_at_least_one_system():
    modules = {p.stem for p in Path(systems.__file__).parent.glob("*.py")} - {"__init__"}
    assert {c.__module__.rsplit(".", 1)[-1] for c in catalogue().values()} == modules


def test_a_class_stands_under_its_own_name():
    for (system, variant), found in catalogue().items():
        assert (found.system, found.variant) == (system, variant)
        assert issubclass(found, System)


def test_every_variant_has_a_default_form_with_the_same_ports():
    """Couplings are written against ports: what a variant lacks would be a dangling end in half of the worlds."""
    for (system, variant), found in catalogue().items():
        base = catalogue()[system, ""]
        assert {p.name: p for p in found.of(Port)} == {p.name: p for p in base.of(Port)}, (system, variant)
        names = {w.name for w in (*found.of(State), *found.of(Readout))}
        assert names >= {w.name for w in (*base.of(State), *base.of(Readout))}, (system, variant)


def point_to(monkeypatch, *classes):
    """One installed package whose entry point is a module with `classes`."""
    module = types.ModuleType("guest_of_the_catalogue")
    for c in classes:
        c.__module__ = module.__name__
        setattr(module, c.__name__, c)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    point = EntryPoint("guest", module.__name__, systems.GROUP)
    monkeypatch.setattr(systems, "entry_points", lambda group: [point] if group == systems.GROUP else [])


def test_an_installed_package_may_bring_a_system(monkeypatch):
    class Guest(System):
        system = "guest"
        level = State()

        @staticmethod
        def drift(v):
            return {"level": -v.level}

    point_to(monkeypatch, Guest)
    assert catalogue()["guest", ""] is Guest


def test_two_classes_under_one_name_are_refused(monkeypatch):
    class Sleep(System):
        system = "sleep"

    point_to(monkeypatch, Sleep)
    with pytest.raises(SamenspelError, match="two systems"):
        catalogue()
