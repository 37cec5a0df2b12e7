"""Sizes that a course can have: refused with the nearest right one, or counted where chance brings them about."""

import json
import logging
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kumu_files import CONNECTIONS, workbook
from samenspel.evidence.diagram import Diagram, Link, Variable, read_diagram
from samenspel.evidence.kumu import read_kumu
from samenspel.evidence.reader import read_atlas
from samenspel.insight import pushes
from samenspel.insight.leverage import leverage, linear_leverage
from samenspel.insight.linear import LinearSettings
from samenspel.insight.pushes import in_days
from samenspel.insight.ranking import LARGEST, Effects, ranking
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.diagram import write_atlas
from samenspel.views.cli import app


@pytest.fixture(scope="module")
def pond(tmp_path_factory):
    base = tmp_path_factory.mktemp("pond")
    return write_atlas(read_kumu(workbook(base / "d.xlsx")), "d", base)


def ring(low, high):
    """Two stocks that raise each other with weights in a range."""
    stocks = (Variable(id="a", label="A", kind="stock", strength=1.0), Variable(id="b", label="B", kind="stock", outcome=True))
    ends = (("a", "b"), ("b", "a"))
    return Diagram(variable=stocks, link=tuple(Link(source=s, target=t, sign="+", low=low, high=high) for s, t in ends))


@given(st.floats(1e-3, 1000), st.floats(0.5, 3650))
def test_horizons_are_whole_days_or_refused(horizon, step):
    if 0.5 <= horizon * step <= pushes.MOST_DAYS:
        (days,) = in_days([horizon], step)
        assert days >= 1
        assert abs(days - horizon * step) <= 0.5
    else:
        with pytest.raises(SamenspelError, match=r"horizon.*--horizons") as wrong:
            in_days([horizon], step)
        assert wrong.value.cure


def test_draws_that_leave_the_numbers_are_counted_and_no_warning_is_shown():
    """Two weights v and w let the effect grow as exp(sqrt(v w) 150), which passes 1e100 where sqrt(v w) > 1.54."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (table,) = linear_leverage(ring(0.0, 2.0), draws=200, horizons=[150.0])["rankings"]
        assert 0 < table["lost"] < 100
        assert all(np.isfinite(v) for x in table["interventions"] for v in x.values() if isinstance(v, float))
        with pytest.raises(SamenspelError, match=r"horizon 1000.*of 200 draws.*--horizons"):
            linear_leverage(ring(0.0, 100.0), draws=200, horizons=[1.0, 1000.0])


def test_a_horizon_that_can_be_followed_is_not_moved_by_one_that_cannot():
    short = linear_leverage(ring(0.0, 2.0), draws=50, horizons=[20.0])["rankings"][0]
    both = linear_leverage(ring(0.0, 2.0), draws=50, horizons=[20.0, 150.0])["rankings"][0]
    assert short["interventions"][0]["median_size"] == pytest.approx(both["interventions"][0]["median_size"], rel=1e-9)


def test_fast_weights_that_damp_are_followed_no_further_than_they_can_be():
    """A weight of -100 per step for 1000 steps: refused at once, instead of 25,000 sub-steps."""
    stocks = (Variable(id="a", label="A", kind="stock", strength=1.0, outcome=True), Variable(id="b", label="B", kind="constant"))
    fast = Diagram(variable=stocks, link=(Link(source="a", target="a", sign="-", low=-100.0, high=-100.0),))
    assert linear_leverage(fast, draws=3, horizons=[1.0])["rankings"][0]["interventions"][0]["median_size"] < 1e-12
    with pytest.raises(SamenspelError, match="3 of 3 draws"):
        linear_leverage(fast, draws=3, horizons=[1000.0])


def test_lost_worlds_are_left_out_of_every_number():
    effect = np.array([[[1.0, np.nan, 2.0, 3.0, 4 * LARGEST]], [[0.5, 1.0, 1.0, 1.0, 1.0]]])
    diagram = ring(0.0, 1.0)
    pushed = tuple(v.model_copy(update={"strength": 1.0}) for v in diagram.variable)
    table = ranking(diagram.model_copy(update={"variable": pushed}), Effects("straight", 1.0, effect), 0, 20.0)
    assert table["lost"] == 2
    assert [x["mean"] for x in table["interventions"]] == pytest.approx([2.0, 2.5 / 3])


def test_blocks_of_worlds_change_nothing(pond, monkeypatch):
    atlas, diagram = read_atlas(pond), read_diagram(pond)
    whole = leverage(atlas, diagram, worlds=7, horizons=[4.0], ranges=[0.3, 1.0])
    monkeypatch.setattr(pushes, "MOST_NUMBERS", 2 * 2 * 4**2)
    assert json.dumps(leverage(atlas, diagram, worlds=7, horizons=[4.0], ranges=[0.3, 1.0])) == json.dumps(whole)


def test_the_largest_tags_and_horizons_stay_finite(tmp_path):
    elements = [("Label", "Type", "Tags", "Description"), ("Rain", "constant", 8, None), ("Pond", "stock", -8, "VOI")]
    folder = write_atlas(read_kumu(workbook(tmp_path / "b.xlsx", elements, CONNECTIONS[:2])), "b", tmp_path)
    result = leverage(read_atlas(folder), read_diagram(folder), worlds=3, horizons=[1000.0], ranges=[1.0])
    for r in result["rankings"]:
        assert r["lost"] == 0
        assert all(np.isfinite(x["median_size"]) for x in r["interventions"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--linear", "--ranges", "0.3"], "--ranges has no effect with --linear"),
        (["--stock-range", "0.2"], "--stock-range has no effect without --linear"),
        (["--half-normal"], "--half-normal has no effect without --linear"),
        (["--horizons", "0.01"], "looked at once a day"),
        (["--horizons", "4,4"], "4 twice"),
    ],
)
def test_options_without_effect_are_refused(pond, options, said):
    result = CliRunner().invoke(app, ["leverage", "--atlas", str(pond), "--worlds", "2", *options])
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("command", ["leverage", "loops"])
def test_more_can_be_told_on_standard_error(pond, command):
    result = CliRunner().invoke(app, [command, "--atlas", str(pond), "--worlds", "2", "-v"])
    assert result.exit_code == 0
    assert logging.getLogger("samenspel").level == logging.DEBUG
    assert CliRunner().invoke(app, [command, "--atlas", str(pond), "--worlds", "2"]).exit_code == 0
    assert logging.getLogger("samenspel").level == logging.WARNING


def test_the_linear_ranges_act(pond):
    diagram = read_diagram(pond)
    one, two = (linear_leverage(diagram, draws=20, settings=LinearSettings(stock_range=s)) for s in (0.05, 0.5))
    assert one["rankings"] != two["rankings"]
