"""The how-to pages are followed to the letter: their text makes an atlas without errors that does what they say."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from samenspel.composition import default_parameters, stand_alone
from samenspel.composition.addresses import addresses
from samenspel.composition.plain import full_catalogue
from samenspel.engine import simulate
from samenspel.evidence.grade import Grading
from samenspel.evidence.lint import check_folder
from samenspel.evidence.reader import read_atlas, shipped
from samenspel.studies.ends import REPORTING
from samenspel.systems import catalogue

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CLAIM, COUPLING = "example-2026.sleep-quality.pain", "better-sleep-lowers-pain-of-the-day"


def blocks(page: str, language: str) -> list[str]:
    return [code for kind, code in FENCE.findall((PAGES / f"{page}.md").read_text(encoding="utf-8")) if kind == language]


def place(text: str) -> str | None:
    """The file of an atlas that a piece of text belongs in; none for a piece that is no atlas text."""
    entry = re.search(r'^id = "([^"]+)"', text, flags=re.MULTILINE)
    if text.startswith("[project]") or entry is None:
        return None
    if text.startswith("[["):
        table = text[2 : text.index("]]")]
        folder = {"quantity": "vocabulary", "coupling": "couplings", "parameter": "parameters", "reference": "parameters"}[
            table
        ]
        return f"{folder}/{entry[1].partition('.')[0]}-example.toml"
    folder = "systems" if "[[state]]" in text else "hypotheses" if "question =" in text else "sources"
    return f"{folder}/{entry[1]}.toml"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The module of the page on systems, as a file of its own."""
    path = tmp_path_factory.mktemp("how-to") / "my_systems.py"
    path.write_text(blocks("add-a-system", "python")[0], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("my_systems", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped atlas with everything that the four pages add."""
    atlas = tmp_path_factory.mktemp("how-to") / "my-atlas"
    shutil.copytree(shipped(), atlas)
    written = 0
    for page in ("add-a-claim", "add-a-coupling", "add-a-rival", "add-a-system"):
        for text in blocks(page, "toml"):
            file = place(text)
            if file is not None:
                assert not (atlas / file).exists(), f"{page}: {file} is there already"
                (atlas / file).parent.mkdir(exist_ok=True)
                (atlas / file).write_text(text, encoding="utf-8")
                written += 1
    assert written == 9
    return atlas


def test_the_pages_make_an_atlas_without_errors(folder: Path, system: ModuleType):
    """Reader and all rules, ends of couplings included, find no error in what the pages add."""
    known = full_catalogue(read_atlas(folder), catalogue())
    ends = addresses([*known.values(), system.Vagal])
    own = {"example", "evening", "better", "sleep-and-pain-of-the-day", "vagal", "distress-lowers", "daylight"}
    _, issues = check_folder(folder, type(ends)(ends.sources, ends.ports, ends.inputs, ends.parameters | {REPORTING}))
    wrong = [str(i) for i in issues if i.severity == "error" and any(name in i.file or name in i.message for name in own)]
    assert wrong == []


def test_the_claim_has_the_level_that_the_page_says(folder: Path):
    """Level 4 with the other direction beside it, level 3 without."""
    atlas = read_atlas(folder)
    assert Grading(atlas).level(CLAIM) == "4"
    assert Grading(atlas, frozenset({"example-2026.pain.sleep-quality"})).level(CLAIM) == "3"


def test_the_coupling_is_graded_as_the_page_says(folder: Path):
    """The page prints existence and told sign; the ladder gives them."""
    atlas = read_atlas(folder)
    grade = Grading(atlas).coupling(atlas.couplings[COUPLING])
    page = (PAGES / "add-a-coupling.md").read_text(encoding="utf-8")
    assert f"`level: {grade.level}`, `exists: {grade.exists:g}`, `told_sign: {grade.told_sign:g}`" in page
    assert grade.articles == ("example-2026",)


def test_a_misspelt_end_is_answered_as_the_page_says(folder: Path, tmp_path: Path):
    """The nearest right address stands in the error."""
    copy = tmp_path / "atlas"
    shutil.copytree(folder, copy)
    file = copy / "couplings" / f"{COUPLING}-example.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"sleep.quality"', '"sleep.qualty"'), encoding="utf-8")
    _, issues = check_folder(copy, addresses(full_catalogue(read_atlas(copy), catalogue()).values()))
    found = [i for i in issues if COUPLING in i.message and i.severity == "error"]
    assert len(found) == 1
    assert "sleep.quality" in found[0].cure


def test_an_interval_that_runs_backwards_is_answered_as_the_page_says(folder: Path, tmp_path: Path):
    """The sentence that the page quotes is the one the program says."""
    copy = tmp_path / "atlas"
    shutil.copytree(folder, copy)
    file = copy / "sources" / "example-2026.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("high = -0.12, level", "high = -0.32, level"), encoding="utf-8")
    _, issues = check_folder(copy)
    page = (PAGES / "add-a-claim.md").read_text(encoding="utf-8")
    assert any(f"> {issue}" in page for issue in issues if issue.file == "sources/example-2026.toml")


def test_the_system_runs_as_the_page_says(folder: Path, system: ModuleType):
    """Vagal tone falls from 2 back towards 1: within a week by a factor e of the distance, as its time constant says."""
    atlas = read_atlas(folder)
    table = simulate(
        stand_alone(system.Vagal), [0, 7, 14, 28], parameters=default_parameters(atlas, system.Vagal), start={"vagal.tone": 2.0}
    )
    tone = table.column("vagal.tone")
    assert tone[1] - 1 == pytest.approx((tone[0] - 1) * 2.718281828**-1, rel=2e-2)
    assert all(tone[:-1] > tone[1:])
    assert tone[-1] > 1
