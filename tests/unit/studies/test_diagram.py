"""From a drawing to an atlas: it reads, checks, composes, and says what was assumed; all of it or nothing."""

import shutil

import pytest
from typer.testing import CliRunner

from kumu_files import CONNECTIONS, ELEMENTS, workbook
from samenspel.composition.plain import full_catalogue
from samenspel.evidence.grade import Grading
from samenspel.evidence.kumu import read_kumu
from samenspel.evidence.lint import check_folder
from samenspel.evidence.reader import read_atlas
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.diagram import shared_names, write_atlas
from samenspel.studies.diagram_files import Reading
from samenspel.studies.ends import known_ends
from samenspel.systems import catalogue
from samenspel.views import new_cli


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("diagrams")
    return write_atlas(read_kumu(workbook(base / "pond.xlsx"), reserved=shared_names()), "pond", base, Reading(memory=5.0))


def test_the_atlas_passes_reader_and_linter(folder):
    atlas, issues = check_folder(folder, known_ends(folder))
    assert [str(i) for i in issues] == []
    assert set(atlas.systems) == {"rain", "pond", "reeds", "frogs"}
    assert len(atlas.couplings) == 5
    assert set(atlas.scenarios) == {"push-rain", "push-pond", "push-reeds"}


def test_stocks_remember_and_auxiliaries_follow_within_a_twentieth_of_a_step(folder):
    state = {name: s.state[0] for name, s in read_atlas(folder).systems.items()}
    assert state["pond"].time_constant == 5.0
    assert state["reeds"].time_constant == pytest.approx(1 / 20)
    assert state["rain"].set_point == "parameter"


def test_every_link_says_in_both_languages_what_was_assumed(folder):
    for c in read_atlas(folder).couplings.values():
        assert "premise" in c.assumption.en
        assert "uitgangspunt" in c.assumption.nl
        assert c.premise is not None
        assert not c.claims


def test_a_drawn_link_is_certain_and_an_unsigned_one_is_a_toss_of_the_sign(folder):
    atlas = read_atlas(folder)
    grades = Grading(atlas).couplings()
    drawn, open_ = grades["pond-raises-frogs"], grades["reeds-moves-frogs"]
    assert (drawn.exists, drawn.told_sign, drawn.level) == (1.0, 1.0, "none")
    assert (open_.exists, open_.told_sign) == (1.0, 0.5)
    assert Grading(atlas, frozenset()).couplings()["rain-raises-pond"].articles == ()


def test_a_premise_is_no_evidence(folder, tmp_path):
    """A coupling cannot be a premise and rest on claims, nor be a premise that nobody declared."""
    copy = tmp_path / "pond"
    shutil.copytree(folder, copy)
    file = copy / "couplings/diagram.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('premise = "link-and-sign"', 'premise = "link-and-sign"\nclaims = ["a.b"]', 1), encoding="utf-8"
    )
    with pytest.raises(SamenspelError, match="premise or rests on claims"):
        read_atlas(copy)


def test_a_variable_named_as_a_shared_system_gets_another_word(tmp_path):
    elements = [("Sleep" if row[0] == "Pond" else row[0], *row[1:]) for row in ELEMENTS]
    links = [tuple("Sleep" if cell == "Pond" else cell for cell in row) for row in CONNECTIONS]
    diagram = read_kumu(workbook(tmp_path / "s.xlsx", elements, links), reserved=shared_names())
    atlas = read_atlas(write_atlas(diagram, "s", tmp_path))
    assert ("sleep_2", "") in full_catalogue(atlas, catalogue())
    clash = read_kumu(workbook(tmp_path / "t.xlsx", elements, links))
    with pytest.raises(SamenspelError, match="'sleep'"):
        write_atlas(clash, "t", tmp_path)
    assert not (tmp_path / "t").exists()


def test_all_or_nothing(tmp_path, monkeypatch):
    diagram = read_kumu(workbook(tmp_path / "pond.xlsx"))
    (tmp_path / "there").mkdir()
    with pytest.raises(SamenspelError, match="already there"):
        write_atlas(diagram, "there", tmp_path)
    for wrong in ("", "Pond", "a b", "../pond", "a--b", "-a", "caf\u00e9"):
        with pytest.raises(SamenspelError, match="cannot name"):
            write_atlas(diagram, wrong, tmp_path)

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("samenspel.studies.diagram._must_compose", full)
    with pytest.raises(SamenspelError, match="No space left"):
        write_atlas(diagram, "pond", tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pond.xlsx", "there"]


@pytest.mark.parametrize("wrong", [{"step": 0.0}, {"memory": float("nan")}, {"bend": -1.0}])
def test_readings_that_make_no_sense(wrong):
    with pytest.raises(SamenspelError, match=next(iter(wrong))):
        Reading(**wrong)


def test_the_command_says_what_it_assumed_and_prints_one_document(tmp_path):
    import json

    import typer

    app = typer.Typer()
    app.command("new")(new_cli.new)
    file = workbook(tmp_path / "pond.xlsx", connections=[*CONNECTIONS, ("Frogs", "Rain", "-")])
    told = CliRunner().invoke(app, ["pond", "--from-kumu", str(file), "--into", str(tmp_path)])
    assert told.exit_code == 0
    assert "Frogs -> Rain (-): leads to a constant" in told.output
    assert "Reeds -> Frogs (?)" in told.output
    document = json.loads(
        CliRunner().invoke(app, ["again", "--from-kumu", str(file), "--into", str(tmp_path), "--json"]).output
    )
    assert document["schema"] == 1
    assert len(document["links"]) == 6
    assert all(x["assumed"] for x in document["links"])


def test_the_atlas_runs_and_its_answer_is_no_finding(folder):
    """A push on the rain, as the drawing has it: more water, and a status that says what it is."""
    from samenspel.insight.run import run

    answer = run("push-rain", atlas=folder, worlds=4, people=12, seed=2, with_routes=False)
    assert answer.status == "NOT CALIBRATED"
    rests = answer.blocks["rests_on"]
    assert rests["claims"] == []
    assert {c["level"] for c in rests["couplings"]} == {"none"}
    assert answer.blocks["assumptions"]["headline"]["worlds"] == 4
