"""Leverage in the bounded modes: exact answers, bounds that hold, and what is reported."""

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from kumu_files import workbook
from samenspel.composition.plain import full_catalogue
from samenspel.evidence.diagram import read_diagram
from samenspel.evidence.grade import Grading
from samenspel.evidence.kumu import read_kumu
from samenspel.evidence.reader import read_atlas
from samenspel.insight.leverage import leverage, linear_leverage
from samenspel.insight.ranking import compare, rank_correlation
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.diagram import write_atlas
from samenspel.studies.diagram_files import Reading
from samenspel.systems import catalogue
from samenspel.views import leverage_cli

CHAIN = [
    ("Label", "Type", "Tags", "Description"),
    ("Rain", "constant", 1, None),
    ("Pond", "stock", 1, None),
    ("Frogs", "stock", 0, "VOI"),
]
LINKS = [("From", "To", "Type"), ("Rain", "Pond", "+"), ("Pond", "Frogs", "-")]


def made(base, **sheets):
    folder = write_atlas(read_kumu(workbook(base / "d.xlsx", **sheets)), "d", base, Reading(memory=4.0))
    return folder, read_atlas(folder), read_diagram(folder)


@pytest.fixture(scope="module")
def pond(tmp_path_factory):
    return made(tmp_path_factory.mktemp("pond"))


@pytest.fixture(scope="module")
def result(pond):
    return leverage(pond[1], pond[2], worlds=12, horizons=[4, 40], ranges=[0.1, 1.0])


def table(result, **want):
    found = [r for r in result["rankings"] if all(r[k] == v for k, v in want.items())]
    assert len(found) == 1
    return {x["label"]: x for x in found[0]["interventions"]}


def test_a_straight_chain_has_the_answer_of_the_textbook(tmp_path):
    """A held push on a stock of memory tau, one link of gain g further, tau again: g (1 - (1 + t/tau) exp(-t/tau))."""
    _, atlas, diagram = made(tmp_path, elements=CHAIN, connections=LINKS)
    out = leverage(atlas, diagram, worlds=5, horizons=[8], ranges=[1.0])
    drawn = draw_worlds(atlas, full_catalogue(atlas, catalogue()), Grading(atlas).couplings(), seed=1, ids=np.arange(5))
    # the reading's straight slope at rest is gamma times that of the bent form there: (1/s) / tanh(1/s)
    gain = drawn.groups[0].gamma["pond-lowers-frogs"] * (1 / 2) / np.tanh(1 / 2)
    assert (gain < 0).all()
    wanted = gain * (1 - (1 + 8 / 4) * np.exp(-8 / 4))
    found = table(out, mode="straight")["Pond"]
    assert found["mean"] == pytest.approx(wanted.mean(), rel=1e-4)
    assert found["sd"] == pytest.approx(wanted.std(), rel=1e-3)


def test_bending_can_only_take_away_in_a_chain(tmp_path):
    _, atlas, diagram = made(tmp_path, elements=CHAIN, connections=LINKS)
    out = leverage(atlas, diagram, worlds=6, horizons=[40], ranges=[1.0])
    for label in ("Rain", "Pond"):
        assert table(out, mode="saturating")[label]["median_size"] < table(out, mode="straight")[label]["median_size"]
        assert table(out, mode="saturating")[label]["share_up"] == 0.0


def test_modes_agree_where_pushes_are_small(result):
    """At a tenth of the budget next to nothing is bent."""
    for horizon in (4.0, 40.0):
        bent, straight = (
            table(result, mode="saturating", range=0.1, horizon=horizon),
            table(result, mode="straight", range=0.1, horizon=horizon),
        )
        assert bent["Rain"]["median_size"] == pytest.approx(straight["Rain"]["median_size"], rel=0.1)


def test_in_the_bent_mode_nobody_leaves_the_range(result):
    """Every variable stays within four SDs, so no push can move the outcome by more than eight."""
    for r in result["rankings"]:
        for x in r["interventions"]:
            assert np.isfinite([x["mean"], x["low"], x["high"]]).all()
            assert r["mode"] == "straight" or max(abs(x["low"]), abs(x["high"])) <= 8


def test_every_mode_range_and_horizon_is_reported_once(result):
    keys = [(r["mode"], r["range"], r["horizon"]) for r in result["rankings"]]
    assert len(set(keys)) == len(keys) == 2 * 2 * 2
    for r in result["rankings"]:
        assert [x["rank"] for x in r["interventions"]] == [1, 2, 3]
        sizes = [x["median_size"] for x in r["interventions"]]
        assert sizes == sorted(sizes, reverse=True)
        assert min(x["tier"] for x in r["interventions"]) == 1
        assert all(x["low"] <= x["middle"] <= x["high"] and 0 <= x["share_up"] <= 1 for x in r["interventions"])
    rows = result["agreement"]["rows"]
    central = result["agreement"]["with"]
    own = [r for r in rows if all(r[k] == central[k] for k in ("mode", "range", "horizon"))]
    assert own[0]["rank_correlation"] == pytest.approx(1.0)
    assert result["agreement"]["lowest"] == min(r["rank_correlation"] for r in rows)


def test_the_same_seed_gives_the_same_bits_and_worlds_do_not_depend_on_their_number(pond, result):
    again = leverage(pond[1], pond[2], worlds=12, horizons=[4, 40], ranges=[0.1, 1.0])
    assert json.dumps(again) == json.dumps(result)
    assert leverage(pond[1], pond[2], worlds=12, horizons=[4], ranges=[1.0], seed=2)["rankings"] != result["rankings"]


def test_signs_follow_the_drawing(result):
    """Rain feeds the pond, the pond feeds the frogs; reeds hold water back and are pushed down."""
    assert table(result, mode="saturating", range=1.0, horizon=40.0)["Pond"]["share_up"] > 0.5


def test_wrong_sizes_are_refused(pond, tmp_path):
    for wrong in ({"horizons": []}, {"horizons": [0]}, {"ranges": [1.5]}, {"ranges": [0.0]}, {"horizons": [float("nan")]}):
        with pytest.raises(SamenspelError, match=next(iter(wrong))):
            leverage(pond[1], pond[2], worlds=2, **wrong)
    _, atlas, diagram = made(
        tmp_path, elements=[(a, b, 0, d) if a != "Label" else (a, b, c, d) for a, b, c, d in CHAIN], connections=LINKS
    )
    with pytest.raises(SamenspelError, match="no intervention"):
        leverage(atlas, diagram, worlds=2)
    with pytest.raises(SamenspelError, match="no intervention"):
        linear_leverage(diagram)


def test_an_order_found_elsewhere_is_compared(pond, result):
    central = [x["label"] for x in result["rankings"][0]["interventions"]]
    assert compare(result, pond[2], central)["rankings"][0]["against"] == pytest.approx(1.0)
    assert compare(result, pond[2], [*reversed(central), " "])["rankings"][0]["against"] == pytest.approx(-1.0)
    for wrong, said in ((["Rain", "Pond"], "at least three"), (["Rain", "Rain", "Pond"], "once"), (["Rain", "Pont", "Reeds"], "Pond")):
        with pytest.raises(SamenspelError, match=said):
            compare(result, pond[2], wrong)


def test_rank_correlation_of_nothing_is_nothing():
    assert rank_correlation(np.zeros(3), np.arange(3.0)) is None
    assert rank_correlation(np.arange(3.0), np.arange(3.0)) == pytest.approx(1.0)


def test_the_command_prints_a_table_or_one_document(pond):
    app = typer.Typer()
    app.command("leverage")(leverage_cli.leverage)
    options = ["--atlas", str(pond[0]), "--worlds", "4"]
    text = CliRunner().invoke(app, [*options, "--horizons", "4", "--ranges", "1"])
    assert text.exit_code == 0
    assert "NOT CALIBRATED" in text.output
    assert "Rain (+1)" in text.output
    linear = json.loads(CliRunner().invoke(app, [*options, "--linear", "--json"]).output)
    assert linear["schema"] == 1
    assert linear["mode"] == "linear"
    assert {x["label"] for x in linear["rankings"][0]["interventions"]} == {"Rain", "Pond", "Reeds"}
    wrong = CliRunner().invoke(app, [*options, "--horizons", "soon"])
    assert isinstance(wrong.exception, SamenspelError)
