"""Knock-outs on a toy atlas about a pond: what falls, what stays, and that nothing else is reshuffled."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from samenspel.composition.plain import full_catalogue
from samenspel.evidence.grade import Grading
from samenspel.evidence.lint import check_folder
from samenspel.evidence.reader import read_atlas
from samenspel.evidence.removal import without_claims
from samenspel.evidence.schema_model import Parameter
from samenspel.insight.knockout import knockout
from samenspel.insight.run import run
from samenspel.population.worlds import draw_worlds
from samenspel.quantities.errors import SamenspelError
from samenspel.studies.ends import known_ends
from samenspel.systems import catalogue
from samenspel.views.knockout_cli import knockout as command

POND = Path(__file__).parents[2] / "data" / "toy-atlas"
SMALL = {"worlds": 10, "people": 8}


@pytest.fixture(scope="module")
def pond():
    return read_atlas(POND)


def ids(result):
    return {c["id"] for c in result["couplings"]}


def test_the_pond_has_no_fault():
    assert not check_folder(POND, known_ends(POND))[1]


def test_a_claim_takes_its_repetition_along_and_its_coupling_falls_to_what_is_left(pond):
    result = knockout(atlas=pond, claims=["pond-survey.fleas.algae"], **SMALL)
    assert result["removed"] == ["pond-survey.fleas.algae", "pond-talk.fleas.algae"]
    row = next(c for c in result["couplings"] if c["id"] == "fleas-eat-algae")
    ladder = pond.need_ladder()
    assert row["level"] == {"before": "3", "after": "1"}
    assert row["exists"] == {"before": ladder.row("3").exists, "after": ladder.row("1").exists}
    assert row["told_sign"] == {"before": ladder.row("3").told_sign, "after": ladder.animal_told_sign.value}
    assert row["articles"] == {"before": 2, "after": 1}


def test_what_shares_no_budget_keeps_its_gain(pond):
    """Only couplings to algae share the budget of the one that fell, and none of them is graded anew."""
    result = knockout(atlas=pond, claims=["pond-survey.fleas.algae"], **SMALL)
    to_algae = {i for i, c in pond.couplings.items() if c.to.startswith("algae.")}
    assert ids(result) <= to_algae
    assert {c["id"] for c in result["couplings"] if c["graded"]} == {"fleas-eat-algae"}


def test_a_repetition_alone_supports_nothing(pond):
    result = knockout(atlas=pond, claims=["pond-talk.fleas.algae"], **SMALL)
    assert not result["couplings"]
    assert not result["rivals"]
    assert result["answer"]["before"] == result["answer"]["after"]
    assert not result["answer"]["label_changed"]


def test_source_level_and_design_take_the_claims_that_have_them(pond):
    by_source = knockout(atlas=pond, sources=["tank-study"], **SMALL)
    by_design = knockout(atlas=pond, designs=["animal"], **SMALL)
    assert by_source["removed"] == by_design["removed"] == ["tank-study.algae.fleas", "tank-study.fleas.algae"]
    by_level = knockout(atlas=pond, levels=["3"], **SMALL)
    assert set(by_level["removed"]) >= {"pond-survey.fleas.algae", "pond-survey.algae.plants"}
    assert all(Grading(pond).level(c) == "3" or pond.claims[c].primary for c in by_level["removed"])


def test_rivals_that_lose_a_claim_are_named(pond):
    result = knockout(atlas=pond, claims=["pond-talk.plants.silt"], **SMALL)
    assert result["rivals"][0]["claims_lost"] == ["pond-talk.plants.silt"]


def test_a_cut_coupling_leaves_every_other_gain_as_drawn(pond):
    result = knockout(atlas=pond, coupling="fleas-eat-algae", **SMALL)
    assert ids(result) == {"fleas-eat-algae"}
    assert result["couplings"][0]["cut"]
    assert result["couplings"][0]["size"]["after"] == 0
    assert result["removed"] == []
    grades = Grading(pond).couplings()
    systems = full_catalogue(pond, catalogue())
    whole, cut = (
        draw_worlds(pond, systems, grades, seed=1, ids=np.arange(10), without=w).groups[0].gamma
        for w in (frozenset(), frozenset({"fleas-eat-algae"}))
    )
    for name, gain in whole.items():
        np.testing.assert_array_equal(cut[name], np.zeros(10) if name == "fleas-eat-algae" else gain)


def test_without_the_last_link_of_a_way_its_option_has_no_effect(pond):
    """Through silt, plants reach algae only by silt-feeds-algae."""
    result = knockout(atlas=pond, coupling="silt-feeds-algae", **SMALL)
    options = {o["id"]: o for h in result["rivals"] for o in h["options"]}
    assert options["through-silt"]["effect"]["before"] != 0
    assert options["through-silt"]["effect"]["after"] == pytest.approx(0, abs=1e-6)


def test_parameters_are_pooled_from_what_is_left(pond):
    three = ("tank-study.algae.fleas", "tank-study.fleas.algae", "pond-talk.plants.silt")
    pooled = Parameter.model_validate({"id": "pond.rate", "level": "world", "rule": {"name": "random-effects", "claims": three}})
    single = Parameter.model_validate({"id": "pond.other", "claim": three[2]})
    atlas = dataclasses.replace(pond, parameters={"pond.rate": pooled, "pond.other": single})
    left, bare = without_claims(atlas, frozenset({three[0], three[2]}))
    assert left.parameters["pond.rate"].claims == (three[1],)
    assert left.parameters["pond.other"].claims == (three[2],)
    assert bare == ("pond.other",)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"claims": ["pond-survey.fleas.alge"]}, "pond-survey.fleas.algae"),
        ({"sources": ["tank"]}, "tank-study"),
        ({"coupling": "fleas-eat-alga"}, "fleas-eat-algae"),
        ({}, "nothing is taken away"),
        ({"levels": ["5"]}, "no claim of this atlas has level 5"),
        ({"coupling": "fleas-eat-algae", "levels": ["3"]}, "different questions"),
    ],
)
def test_mistakes_name_the_nearest(pond, asked, said):
    with pytest.raises(SamenspelError, match=said):
        knockout(atlas=pond, **asked, **SMALL)


def test_the_command_gives_one_document():
    app = typer.Typer()
    app.command()(command)
    options = ["planting", "--atlas", str(POND), "--design", "animal", "--worlds", "4", "--people", "6", "--json"]
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["schema"] == 1
    assert document["status"] == "NOT CALIBRATED"
    wrong = CliRunner().invoke(app, ["--design", "animals"])
    assert isinstance(wrong.exception, SamenspelError)
    assert "animal" in str(wrong.exception)


def test_a_run_without_claims_is_the_second_half_of_the_knock_out(tmp_path, monkeypatch):
    """The same evidence is left, in one process or two; an unknown claim is an error."""
    gone = frozenset({"pond-survey.fleas.algae"})
    told = knockout(atlas=POND, claims=gone, **SMALL)["answer"]
    texts = []
    for workers in (1, 2):
        monkeypatch.setenv("SAMENSPEL_CACHE", str(tmp_path / str(workers)))
        texts.append(run(atlas=POND, removed=gone, with_routes=False, with_contrasts=False, workers=workers, **SMALL))
    assert texts[0].to_json() == texts[1].to_json()
    head = texts[0].blocks["assumptions"]["headline"]
    assert head["benefit_share"] == told["after"]["benefit_share"]
    assert texts[0].to_json() != run(atlas=POND, with_routes=False, with_contrasts=False, **SMALL).to_json()
    with pytest.raises(SamenspelError, match=r"pond-survey\.fleas\.algae"):
        run(atlas=POND, removed=frozenset({"pond-survey.fleas.alge"}), **SMALL)


def test_a_worker_pools_parameters_as_the_run_does(pond, tmp_path):
    """Three claims pooled; one taken away: the parameter that a rebuilt work reads is the one of the run."""
    from samenspel.insight.run import scenario_of
    from samenspel.studies.chunks import Work, job_of

    gone = frozenset({"tank-study.algae.fleas"})
    study = scenario_of(pond, None)
    job = job_of(pond, study, seed=1, ladder="as-is", engine="numpy", removed=gone, **SMALL)
    left, _ = without_claims(pond, gone)
    assert Work.rebuild(job).atlas.parameters == left.parameters
