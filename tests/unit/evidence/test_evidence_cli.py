"""The command line of the evidence base: one JSON document each, exit codes, and refusals that change nothing."""

import json

import pytest
from typer.testing import CliRunner

from samenspel.quantities.errors import SamenspelError
from samenspel.views import cli
from samenspel.views.check_cli import run
from samenspel.views.evidence_cli import app

from .conftest import claim


@pytest.fixture
def invoke(kitchen):
    kitchen.source("review-2000", claim("review-2000.count.all", kind="number", relation="has-value",
                   more='printed = {unit = "item", by = "all", count = 3}'), design="narrative-review")  # fmt: skip
    kitchen.source("cook-2001", claim(more='item = "row-1"'), more='via = "review-2000"')
    kitchen.source("brewer-2002", claim("brewer-2002.heat.steam", relation="decreases", more='item = "row-2"'),
                   more='via = "review-2000"')  # fmt: skip

    def call(*arguments):
        return CliRunner().invoke(app, [*arguments, "--atlas", str(kitchen.root)])

    return call


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("counts", "--source", "review-2000", "--by", "year"), {"schema", "source", "by", "unit", "total", "rows"}),
        (("printed",), {"schema", "compared", "mismatches"}),
        (("conflicts",), {"schema", "conflicts"}),
        (("gaps",), {"schema", "gaps"}),
        (("find", "heat"), {"schema", "words", "hits", "left_off"}),
        (("sizes",), {"schema", "measured", "near_misses"}),
        (("table", "--where", "kind = 'association'"), {"schema", "rows"}),
        (("knockout", "--source", "cook-2001"), {"schema", "removed", "changes", "conflicts"}),
    ],
)
def test_one_json_document(invoke, arguments, keys):
    result = invoke(*arguments, "--json")
    assert result.exit_code == 0
    assert set(json.loads(result.stdout)) == keys


def test_what_the_commands_say(invoke):
    assert json.loads(invoke("counts", "--source", "review-2000", "--json").stdout)["total"] == 2
    (mismatch,) = json.loads(invoke("printed", "--json").stdout)["mismatches"]
    assert (mismatch["kind"], mismatch["printed"], mismatch["found"]) == ("count", 3, 2)
    (one,) = json.loads(invoke("conflicts", "--json").stdout)["conflicts"]
    assert {one["first"], one["second"]} == {"cook-2001.heat.steam", "brewer-2002.heat.steam"}
    after = json.loads(invoke("knockout", "--source", "cook-2001", "--json").stdout)
    assert after["conflicts"] == {"before": 1, "after": 0}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_question_prints_a_page(invoke, language):
    result = invoke("question", "steam", "--language", language)
    assert result.exit_code == 0
    assert result.stdout.startswith("# ")


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("arguments", [("conflicts",), ("conflicts", "lid"), ("gaps",), ("find", "stoom"), ("find", "qx")])
def test_an_answer_for_people_is_never_empty(invoke, arguments, language):
    result = invoke(*arguments, "--language", language)
    assert result.exit_code == 0
    assert result.stdout.strip()


def test_what_is_left_off_is_counted(invoke):
    few = json.loads(invoke("find", "cook", "--json").stdout)
    every = json.loads(invoke("find", "cook", "--all", "--json").stdout)
    assert every["left_off"] == 0
    assert len(few["hits"]) + few["left_off"] == len(every["hits"]) > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("counts", "--source", "nobody"),
        ("counts", "--source", "review-2000", "--by", "colour"),
        ("conflicts", "nothing"),
        ("question", "nothing"),
        ("show", "nothing"),
        ("table", "--where", "true; DROP TABLE claims"),
        ("knockout", "--claim", "nothing"),
    ],
)
def test_wrong_use_is_one_error_with_a_cure(invoke, arguments):
    result = invoke(*arguments)
    assert isinstance(result.exception, SamenspelError)
    assert result.exception.cure
    assert result.stdout == ""


def test_check_lists_everything_and_says_so_by_its_exit_code(kitchen, capsys):
    kitchen.source("cook-2001", claim())
    assert run(kitchen.root) == 0
    kitchen.source("cook-2001", claim(object="steem"), claim("cook-2001.heat.lid", object="lit"))
    capsys.readouterr()
    assert run(kitchen.root, as_json=True) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["errors"] == len(document["issues"]) == 2


@pytest.mark.parametrize("asked", [[], ["--level", "9"], ["--design", "animals"], ["--claim", "nobody"], ["--source", "nobody"]])
@pytest.mark.parametrize("command", [["evidence", "knockout"], ["knockout", "-q"]])
def test_a_knockout_that_takes_nothing_away_is_wrong_use(asked, command):
    result = CliRunner().invoke(cli.app, [*command, *asked])
    assert result.exit_code == 2
    assert "[]" not in result.stderr
    assert result.stdout == ""
