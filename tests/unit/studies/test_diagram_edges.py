"""Drawings with loose ends: each still becomes an atlas that checks, ranks and answers, and says what it can."""

import re

import pytest
from typer.testing import CliRunner

from kumu_files import CONNECTIONS, ELEMENTS, workbook
from samenspel.evidence.diagram import read_diagram
from samenspel.evidence.kumu import read_kumu
from samenspel.evidence.lint import check_folder
from samenspel.evidence.reader import read_atlas
from samenspel.insight.leverage import leverage, linear_leverage
from samenspel.insight.run import run
from samenspel.studies.diagram import shared_names, write_atlas
from samenspel.studies.diagram_files import coupling_ids, differing
from samenspel.studies.ends import known_ends
from samenspel.views.cli import app
from samenspel.views.text import as_text

LONELY = [*ELEMENTS, ("Lonely", "constant", 1, None)]
APART = [
    ELEMENTS[0],
    ("K", "constant", 1, None),
    ("L", "stock", 1, None),
    ("A", "stock", 1, None),
    ("B", "stock", 0, "VOI"),
]
APART_LINKS = [CONNECTIONS[0], ("K", "L", "+"), ("A", "B", "+"), ("B", "A", "-")]
ALIKE = [ELEMENTS[0], *((x, "stock", 1, None) for x in ("A", "A raises B", "B raises C")), ("C", "stock", 0, "VOI")]
ALIKE_LINKS = [CONNECTIONS[0], ("A raises B", "C", "+"), ("A", "B raises C", "+"), ("C", "A", "+"), ("C", "A raises B", "+")]


def made(base, elements=None, connections=None):
    diagram = read_kumu(workbook(base / "d.xlsx", elements, connections), reserved=shared_names())
    return write_atlas(diagram, "d", base)


@pytest.fixture(scope="module")
def lonely(tmp_path_factory):
    return made(tmp_path_factory.mktemp("lonely"), LONELY)


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    return made(tmp_path_factory.mktemp("apart"), APART, APART_LINKS)


def sizes(result):
    return {x["label"]: x["median_size"] for r in result["rankings"] for x in r["interventions"]}


def test_a_push_on_what_nothing_is_linked_to_moves_nothing(lonely):
    assert [str(i) for i in check_folder(lonely, known_ends(lonely))[1]] == []
    atlas, diagram = read_atlas(lonely), read_diagram(lonely)
    assert "lonely" in atlas.manifest.systems
    bounded, linear = leverage(atlas, diagram, worlds=3, horizons=[4.0], ranges=[1.0]), linear_leverage(diagram, draws=5)
    for result in (bounded, linear):
        assert sizes(result)["Lonely"] == 0.0
        assert sizes(result)["Pond"] > 0.0


def test_an_intervention_that_left_the_atlas_moves_nothing(lonely):
    """Who takes couplings out by hand may leave a pushed variable in no model."""
    atlas = read_atlas(lonely)
    bare = atlas.manifest.model_copy(update={"systems": ()})
    object.__setattr__(atlas, "manifest", bare)
    assert sizes(leverage(atlas, read_diagram(lonely), worlds=3, horizons=[4.0], ranges=[1.0]))["Lonely"] == 0.0


def test_where_no_constant_leads_to_the_outcome_people_differ_in_the_outcome(apart):
    diagram = read_diagram(apart)
    assert {v.id for v in differing(diagram)} == {"k", "b"}
    assert not {"k", "l"} & diagram.sources_of("b")
    answer = run("push-l", atlas=apart, worlds=3, people=12, seed=2, with_routes=False)
    head = answer.blocks["assumptions"]["headline"]
    assert (head["benefit_worlds"], head["worse_worlds"], head["same_worlds"]) == (0, 0, 3)


def test_no_two_links_share_an_id(tmp_path):
    folder = made(tmp_path, ALIKE, ALIKE_LINKS)
    ids = coupling_ids(read_diagram(folder))
    assert len(set(ids.values())) == len(ids) == 4
    assert set(read_atlas(folder).couplings) == set(ids.values())
    assert {"a-raises-b-raises-c", "a-raises-b-raises-c-2"} <= set(ids.values())


@pytest.mark.parametrize("target", ["Pond", "Reeds"])
def test_a_variable_that_acts_on_itself_has_a_course(tmp_path, target):
    folder = made(tmp_path, None, [*CONNECTIONS, (target, target, "-")])
    assert sizes(leverage(read_atlas(folder), read_diagram(folder), worlds=3, horizons=[8.0], ranges=[1.0]))["Pond"] > 0


def test_labels_of_any_kind_stay_readable(tmp_path):
    labels = ('He said "no"\\', "</script> & 100 %", "{x}", "[b]rich[/b]", "a" * 200, "a" * 199 + "b")
    elements = [ELEMENTS[0], (labels[0], "constant", 1, None), (labels[1], "stock", 1, "VOI"), *((x, "stock", 0, None) for x in labels[2:])]
    links = [CONNECTIONS[0], (labels[0], labels[1], "+"), *((labels[1], x, "?") for x in labels[2:]), (labels[4], labels[5], "+")]
    folder = made(tmp_path, elements, links)
    assert [str(i) for i in check_folder(folder, known_ends(folder))[1]] == []
    assert [v.label for v in read_diagram(folder).variable] == list(labels)


@pytest.mark.parametrize(("language", "up", "judged"), [("en", "higher", "better|worse"), ("nl", "hoger", "beter|slechter")])
def test_an_outcome_that_is_neither_good_nor_bad_rises_and_falls(lonely, language, up, judged):
    """No sentence calls a rise better or worse, but the one that says so; what the steps cannot tell is no change."""
    answer = run("push-pond", atlas=lonely, worlds=3, people=12, seed=2, with_routes=False)
    text = " ".join(as_text(answer, language).split())
    assert f" {up} " in text
    said = re.findall(rf"[^.]*\b(?:{judged})\b[^.]*\.", text)
    assert len(said) == 1
    arms = answer.blocks["assumptions"]["per_hundred"]
    assert arms["arms"]["as-it-is"]["same"]["mean"] == pytest.approx(100.0)
    assert arms["change_needed"] == pytest.approx(1e-3)


def test_the_command_names_what_it_does_not_read_and_the_atlas_keeps_it(tmp_path):
    links = [(*CONNECTIONS[0], "Delay"), *((*r, 2) for r in CONNECTIONS[1:])]
    file = workbook(tmp_path / "u.xlsx", None, links)
    told = CliRunner().invoke(app, ["new", "u", "--from-kumu", str(file), "--into", str(tmp_path)])
    assert told.output.count("Connections: Delay") == 1
    manifest = read_atlas(tmp_path / "u").manifest
    assert "Connections: Delay" in manifest.en_note
    assert "Connections: Delay" in manifest.nl_note
