"""Level-5 gains: what a made-up trial measured is what the coupling does, and nothing weaker may set a size."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from samenspel.composition.plain import full_catalogue
from samenspel.evidence.grade import Grading
from samenspel.evidence.lint import check_folder
from samenspel.evidence.reader import read_atlas
from samenspel.evidence.schema_model import Coupling
from samenspel.population.measured import response
from samenspel.population.reference import Linear
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.systems import catalogue

POND = Path(__file__).parents[1] / "data" / "toy-atlas"
CLAIM = "net-trial.fleas.algae"
TAU = 10.0  # days, of algae
IDS = np.arange(400)
SOURCE = """
id = "net-trial"
type = "article"
title = "A made-up trial that took water fleas out with a net"
language = "en"
design = "rct"
access = "open"
read = "full"

[[claim]]
id = "net-trial.fleas.algae"
en = "Ponds whose fleas were netted had more algae."
nl = "Vijvers waar de vlooien uit geschept waren hadden meer algen."
locator = "table 1"
kind = "effect"
subject = "fleas"
relation = "decreases"
object = "algae"
intervention = "netting"
moved = true
effect = { metric = "MD", value = 0.3, low = 0.2, high = 0.4, level = 0.95 }
source_change = { metric = "MD", value = -0.8, low = -1.0, high = -0.6, level = 0.95 }
"""
WORD = '\n[[quantity]]\nid = "netting"\nen = "Netting"\nnl = "Scheppen"\nsystem = "fleas"\nkind = "input"\nseveral_routes = false\n'


def pond(folder, trial="days = 14.0, transport = \"same\"", source=SOURCE, more=""):
    """The toy atlas with one trial, and a coupling that takes its size from it."""
    root = folder / "pond"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(POND, root)
    (root / "sources" / "net-trial.toml").write_text(source)
    words = root / "vocabulary" / "pond.toml"
    words.write_text(words.read_text() + WORD)
    links = root / "couplings" / "pond.toml"
    old = '"tank-study.fleas.algae", "pond-talk.fleas.algae"]'
    new = old[:-1] + f', "{CLAIM}"]\nsize = "{CLAIM}"\ntrial = {{ {trial} }}\n{more}'
    assert old in links.read_text()
    links.write_text(links.read_text().replace(old, new, 1))
    return read_atlas(root)


def drawn(atlas, removed=frozenset(), ids=IDS):
    grades = Grading(atlas, frozenset(removed)).couplings()
    return draw_worlds(atlas, full_catalogue(atlas, catalogue()), grades, seed=2, ids=ids)


def gammas(worlds, name="fleas-eat-algae"):
    return np.concatenate([g.gamma[name][g.gamma[name] != 0] for g in worlds.groups])


def measured(worlds, name="fleas-eat-algae"):
    return {name in g.measured for g in worlds.groups}


def test_the_gain_is_what_the_trial_measured(tmp_path):
    """One rate and a step: R = 1 - exp(-T/τ), by hand."""
    worlds = drawn(pond(tmp_path))
    assert measured(worlds) == {True}
    wanted = 0.3 / (-0.8 * (1 - np.exp(-14 / TAU)))
    assert np.median(gammas(worlds)) == pytest.approx(wanted, rel=0.05)
    assert 0.05 < np.std(gammas(worlds)) / abs(wanted) < 0.5


def test_a_delay_takes_its_part_of_the_time(tmp_path):
    plain = np.median(gammas(drawn(pond(tmp_path))))
    late = np.median(gammas(drawn(pond(tmp_path, more="delay = { mean = 5.0, shape = 2, assumption = { en = \"x\", nl = \"x\" } }\n"))))
    assert abs(late) > 1.2 * abs(plain)


def test_without_the_claim_the_ladder_says_how_large(tmp_path):
    atlas = pond(tmp_path)
    without = drawn(atlas, {CLAIM})
    assert measured(without) == {False}
    bare = drawn(read_atlas(POND))
    assert np.allclose(np.sort(gammas(without)), np.sort(gammas(bare)))


def test_a_trial_too_short_sets_nothing(tmp_path):
    assert measured(drawn(pond(tmp_path, "days = 1.0, transport = \"same\""))) == {False}


def test_transport_widens_and_keeps_the_middle(tmp_path):
    same, far = (gammas(drawn(pond(tmp_path, f'days = 14.0, transport = "{t}"'))) for t in ("same", "healthy"))
    spread = lambda g: np.std(np.log(np.abs(g)))  # noqa: E731
    assert spread(far) > 1.3 * spread(same)
    assert np.median(far) == pytest.approx(np.median(same), rel=0.15)


def test_a_standardised_difference_needs_the_sd_of_its_trial(tmp_path):
    smd = SOURCE.replace('effect = { metric = "MD"', 'effect = { metric = "SMD"')
    plain = gammas(drawn(pond(tmp_path)))
    halved = gammas(drawn(pond(tmp_path, 'days = 14.0, transport = "same", target_sd = 0.5', smd)))
    assert np.allclose(halved, 0.5 * plain)
    with pytest.raises(SamenspelError, match="gives no SD"):
        drawn(pond(tmp_path, source=smd))
    with pytest.raises(SamenspelError, match="not standardised"):
        drawn(pond(tmp_path, 'days = 14.0, transport = "same", target_sd = 0.5'))


def test_who_else_is_drawn_changes_no_measured_gain(tmp_path):
    atlas = pond(tmp_path)
    few = drawn(atlas, ids=IDS[100:110])
    at = lambda w: {int(i): g.gamma["fleas-eat-algae"][k] for g in w.groups for k, i in enumerate(g.ids)}  # noqa: E731
    every = at(drawn(atlas))
    assert all(every[w] == pytest.approx(v, rel=1e-12) for w, v in at(few).items())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("moved = true", "moved = false", "moved"),
        ("low = -1.0, high = -0.6", "low = -1.7, high = 0.1", "moved"),
        ('design = "rct"', 'design = "cohort"', "level"),
        (", low = 0.2, high = 0.4, level = 0.95", "", "level T"),
    ],
)
def test_a_size_from_below_level_five_is_refused(tmp_path, old, new, said):
    assert old in SOURCE
    pond(tmp_path, source=SOURCE.replace(old, new))
    issues = [i for i in check_folder(tmp_path / "pond")[1] if "size" in i.message]
    assert issues
    assert any(said in f"{i.message} {i.cure}" for i in issues)


def test_size_and_trial_go_together_and_the_claim_must_speak_of_the_ends(tmp_path):
    for kind in ({"size": "a.b"}, {"trial": {"days": 3.0, "transport": "same"}}):
        with pytest.raises(ValueError, match="go together"):
            Coupling.model_validate({"id": "a", "from": "a.x", "to": "b.y", "sign": "raises", **kind})
    other = pond(tmp_path, source=SOURCE.replace('object = "algae"', 'object = "plants"'))
    with pytest.raises(SamenspelError, match="speaks of 'plants'"):
        drawn(other)


def test_near_misses_name_their_conditions(tmp_path):
    atlas = pond(tmp_path, source=SOURCE.replace("moved = true", "moved = false"))
    assert Grading(atlas).near_misses == {CLAIM: ["not-moved"]}
    assert Grading(atlas).measured == {}
    whole = pond(tmp_path)
    assert Grading(whole).near_misses == {}
    assert Grading(whole).measured == {"fleas-eat-algae": CLAIM}
    assert Grading(whole, frozenset({CLAIM})).measured == {}


@given(st.floats(0.5, 60), st.floats(0.5, 60), st.floats(0.2, 30), st.integers(1, 5), st.floats(0.1, 80))
def test_the_response_is_that_of_the_equations(slow, fast, mean, shape, days):
    """Two states behind a chain of delays, integrated by an independent library."""
    jacobian = np.array([[[-1 / fast, 0.0], [1 / slow, -1 / slow]]])
    linear = Linear(["s.p"], ["s.y"], jacobian, np.array([[[1.0]], [[0.0]]]), np.array([[[0.0], [1.0]]]), np.zeros((1, 1, 1)))
    link = Coupling.model_validate(
        {"id": "a", "from": "a.x", "to": "s.p", "sign": "raises", "delay": {"mean": mean, "shape": shape}}
    )

    def slope(_t, z):
        chain, x, y = z[:shape], z[shape], z[shape + 1]
        before = np.concatenate([[1.0], chain[:-1]])
        return [*(shape / mean * (before - chain)), chain[-1] - x / fast, (x - y) / slow]

    end = solve_ivp(slope, (0, days), np.zeros(shape + 2), rtol=1e-9, atol=1e-11, method="LSODA").y[-1, -1]
    assert response(linear, "s.p", "s.y", link, days)[0] == pytest.approx(end / fast, abs=1e-6)
