"""The command line: exit codes, one paragraph per mistake, one document with --json."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from samenspel.quantities.errors import SamenspelError
from samenspel.views import cli, files, run_cli
from samenspel.views.report import FILES
from views.answer_fixture import answer

runner = CliRunner()


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """A command line whose answer is made by hand; counts how often it was computed."""
    count: list[dict] = []

    def compute(study, base, tell, options):
        count.append(options)
        tell("running the trial", 0.5)
        return answer()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run_cli, "_plan", lambda scenario, atlas, options: (None, scenario or "aerobic-12-weeks", answer().key))
    monkeypatch.setattr(run_cli, "_run", compute)
    drawn = lambda a: {name: f"<html lang={language}>{a.key}</html>" for language, name in FILES.items()}  # noqa: E731
    monkeypatch.setattr(files, "pages", drawn)  # drawn in test_report
    return count


def invoke(*args):
    return runner.invoke(cli.app, list(args))


def test_a_run_prints_the_answer_and_writes_its_files(runs, tmp_path):
    result = invoke("run")
    assert result.exit_code == 0
    assert "1. PUBLISHED" in result.stdout
    assert "%" in result.stderr
    names = {f.name for f in (tmp_path / "samenspel-out" / "aerobic-12-weeks").iterdir()}
    assert names == {"answer.json", "report.html", "report.nl.html", "trajectories.parquet", "manifest.json"}


def test_the_same_run_again_is_only_printed(runs):
    first, second = invoke("run"), invoke("run")
    assert len(runs) == 1
    assert (second.exit_code, second.stdout) == (0, first.stdout)


def test_people_are_saved_when_asked_for_and_only_once(runs, tmp_path, monkeypatch):
    saved: list[dict] = []

    def save(path, study, base, tell, options):
        saved.append(options)
        path.write_text("everybody")

    monkeypatch.setattr(run_cli, "_save_people", save)
    invoke("run", "--out", "o")
    assert not (tmp_path / "o" / "people.parquet").exists()
    first, second = invoke("run", "--out", "o", "--save-people"), invoke("run", "--out", "o", "--save-people")
    assert (first.exit_code, second.exit_code, len(runs), len(saved)) == (0, 0, 1, 1)
    assert "people.parquet" in second.stderr
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text())
    assert manifest["finished"] is True
    assert "people.parquet" in manifest["files"]
    assert invoke("run", "--out", "o", "--overwrite", "--save-people").exit_code == 0
    assert len(saved) == 2
    assert invoke("run", "--out", "o", "--overwrite").exit_code == 0
    assert not (tmp_path / "o" / "people.parquet").exists()


def test_an_unfinished_run_goes_on_from_its_answer(runs, tmp_path):
    invoke("run", "--out", "o")
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text())
    (tmp_path / "o" / "manifest.json").write_text(json.dumps({**manifest, "finished": False}))
    (tmp_path / "o" / "report.html").unlink()
    assert invoke("run", "--out", "o").exit_code == 0
    assert len(runs) == 1
    assert (tmp_path / "o" / "report.html").is_file()


def test_json_is_one_document_and_all_else_goes_to_standard_error(runs):
    result = invoke("run", "--json")
    assert json.loads(result.stdout)["schema"] == 1
    assert result.stdout == answer().to_json()
    assert result.stderr


def test_json_for_patients_holds_no_simulated_number(runs):
    document = json.loads(invoke("run", "--json", "--for", "patients").stdout)
    assert document["simulated"] == "hidden"
    assert "39" not in json.dumps(document["built_in_or_learned"])


def test_language_changes_the_terminal_only(runs, tmp_path):
    invoke("run", "--out", "en")
    result = invoke("run", "--out", "nl", "--language", "nl")
    assert "1. GEPUBLICEERD" in result.stdout
    assert "bewijs" in result.stderr
    for name in ("answer.json", "report.html", "report.nl.html", "trajectories.parquet"):
        assert (tmp_path / "en" / name).read_bytes() == (tmp_path / "nl" / name).read_bytes()


def test_quiet_says_nothing_beside_the_answer(runs):
    assert invoke("run", "--quiet").stderr == ""


@pytest.mark.parametrize(
    ("args", "culprit"),
    [
        (("run", "--seed", "-1"), "seed"), (("run", "--worlds", "0"), "worlds"), (("run", "--people", "0"), "people"),
        (("run", "--seed", "x"), "seed"), (("run", "--language", "de"), "language"), (("run", "--engine", "fast"), "engine"),
        (("frob",), "frob"), (("run", "--nonsense"), "nonsense"), (("run", "a", "b"), "b"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_paragraph_with_exit_code_two(runs, tmp_path, args, culprit):
    result = invoke(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert culprit in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_another_run_in_the_folder_is_left_alone_until_overwrite(runs, tmp_path, monkeypatch):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "manifest.json").write_text(json.dumps({"key": "other", "scenario": "x", "finished": True, "files": []}))
    refused = invoke("run", "--out", "o")
    assert refused.exit_code == 2
    assert "--overwrite" in refused.stderr
    assert "--out" in refused.stderr
    assert runs == []
    assert invoke("run", "--out", "o", "--overwrite").exit_code == 0
    assert json.loads((tmp_path / "o" / "manifest.json").read_text())["key"] == answer().key


def test_a_mistake_found_while_running_leaves_nothing(runs, tmp_path, monkeypatch):
    def wrong(*_):
        raise SamenspelError("an impossible dose.", file="scenarios/a.toml", line=12, cure="Lower it.")

    monkeypatch.setattr(run_cli, "_run", wrong)
    result = invoke("run", "--quiet")
    assert result.exit_code == 2
    assert result.stderr == "samenspel: scenarios/a.toml, line 12: an impossible dose. Lower it.\n"
    assert list(tmp_path.iterdir()) == []


def test_interrupted_is_130_and_the_same_command_goes_on(runs, tmp_path, monkeypatch):
    compute = run_cli._run

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_cli, "_run", stop)
    result = invoke("run", "--out", "o", "--quiet")
    assert result.exit_code == 130
    assert [f.name for f in (tmp_path / "o").iterdir()] == ["manifest.json"]
    monkeypatch.setattr(run_cli, "_run", compute)
    assert invoke("run", "--out", "o", "--quiet").exit_code == 0


def test_an_internal_error_is_three_in_one_paragraph(runs, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(run_cli, "_run", broken)
    result = invoke("run", "--quiet")
    assert result.exit_code == 3
    assert "ZeroDivisionError" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_standard_output_is_two_in_one_paragraph():
    program = "from samenspel.views.cli import main; main()"
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "-c", program, "evidence", "gaps"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert "no space left" in done.stderr
    assert done.stderr.count("\n") == 1


def test_version_and_help():
    assert invoke("version").stdout == invoke("--version").stdout
    for args in ((), ("run",), ("check",), ("evidence",)):
        result = invoke(*args, "--help")
        assert result.exit_code == 0
        assert "Usage" in result.stdout


def test_check_gives_its_own_exit_code(monkeypatch):
    from samenspel.views import check_cli

    monkeypatch.setattr(check_cli, "run", lambda *_, **__: 1)
    assert invoke("check").exit_code == 1


@pytest.mark.parametrize("name", ["report.html", "report.nl.html", "trajectories.parquet", "answer.json"])
def test_a_file_lost_from_a_finished_run_is_made_again(runs, tmp_path, name):
    invoke("run", "--out", "o")
    before = {f.name: f.read_bytes() for f in (tmp_path / "o").iterdir() if f.name != "manifest.json"}
    (tmp_path / "o" / name).unlink()
    assert invoke("run", "--out", "o").exit_code == 0
    after = {f.name: f.read_bytes() for f in (tmp_path / "o").iterdir() if f.name != "manifest.json"}
    assert after == before


def test_files_of_somebody_else_are_not_replaced(runs, tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "report.html").write_text("mine")
    result = invoke("run", "--out", "o", "--overwrite")
    assert (result.exit_code, len(runs)) == (2, 0)
    assert "report.html" in result.stderr
    assert [f.name for f in (tmp_path / "o").iterdir()] == ["report.html"]


@pytest.mark.parametrize("fault", [SamenspelError("too few."), ValueError("nan"), ZeroDivisionError("zero")])
def test_a_run_that_cannot_be_made_leaves_nothing(runs, tmp_path, monkeypatch, fault):
    def fail(*_):
        raise fault

    monkeypatch.setattr(run_cli, "_run", fail)
    assert invoke("run", "--out", "o").exit_code in (2, 3)
    assert not (tmp_path / "o").exists()
