"""The manual is tested: what exists is documented, what is documented exists, and every link leads somewhere."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from samenspel.evidence import json_schemas
from samenspel.evidence.schema import Claim, Quantity, Source
from samenspel.evidence.schema_model import Coupling, Hypothesis, Option, Parameter
from samenspel.evidence.schema_people import Measure
from samenspel.evidence.schema_scenario import Arm, Contact, Estimand, ExerciseDose, Recruitment, Scenario, TimedInput
from samenspel.systems import catalogue

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "decisions").glob("*.md")])
#: pages that others write from a template have the same duties
MANUAL = [page for page in PAGES if page.parent.name != "systems"]
TWO_COMMANDS = [
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/samenspel run",
    ".venv/bin/pip install '.[test]' && .venv/bin/python -m pytest",
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return [code for kind, code in FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


def application() -> Any:
    from samenspel.views.cli import app

    return typer.main.get_command(app)


def commands(command: Any, path: tuple[str, ...] = ("samenspel",)) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, child in inner.items():
        if not child.hidden:
            yield from commands(child, (*path, name))


def sections(page: Path) -> dict[str, str]:
    """Heading in code marks → text under it, up to the next heading."""
    found: dict[str, str] = {}
    for part in re.split(r"^#{2,4} ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        found[heading.strip().strip("`")] = text
    return found


# --- commands -----------------------------------------------------------------------------------------------------------


def test_every_command_has_a_section_and_every_section_a_command():
    """Nothing is undocumented, and nothing is promised that is not there."""
    documented = {h for h in sections(DOCS / "reference" / "commands.md") if h.startswith("samenspel")}
    existing = {name for name, _ in commands(application())}
    assert existing - documented == set(), "commands without a section in docs/reference/commands.md"
    assert documented - existing == set(), "sections without a command: register them in views/cli.py, or take them out"


def test_every_option_and_argument_is_documented():
    """Every option of every command is named in its section, and no section names another."""
    pages = sections(DOCS / "reference" / "commands.md")
    for name, command in commands(application()):
        text = pages[name]
        known: set[str] = {"--help"}
        for parameter in command.params:
            if getattr(parameter, "hidden", False):
                continue
            spelled = [*parameter.opts, *parameter.secondary_opts]
            if parameter.param_type_name == "argument":
                word = str(parameter.name).upper()
                assert word in text, f"{name}: argument {word} is not documented"
                continue
            known.update(spelled)
            longest = max(parameter.opts, key=len)
            assert longest in text, f"{name}: option {longest} is not documented"
        for option in re.findall(r"^\| `(--[a-z-]+)", text, flags=re.MULTILINE):
            assert option in known, f"{name}: documented option {option} does not exist"


def shell_lines() -> list[tuple[str, str]]:
    """Every line in the manual that calls samenspel."""
    out: list[tuple[str, str]] = []
    for page in MANUAL:
        for code in blocks(page, "sh"):
            for line in code.splitlines():
                for part in re.split(r"&&|\|", line.split("#")[0]):
                    if re.match(r"^\s*(\.venv/bin/)?samenspel\b", part):
                        out.append((named(page), part.strip().removeprefix(".venv/bin/")))
    return out


def test_commands_in_examples_exist_with_their_options():
    """An example that is copied into a terminal is understood."""
    known = dict(commands(application()))
    assert len(shell_lines()) > 20
    for page, line in shell_lines():
        words = line.split()
        name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in known), None)
        assert name is not None, f"{page}: no such command: {line}"
        options = {o for p in known[name].params for o in (*p.opts, *p.secondary_opts)}
        for word in words:
            assert not word.startswith("--") or word in options, f"{page}: no option {word}: {line}"


# --- records ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [Claim, Source, Quantity, Parameter, Coupling, Hypothesis, Option, Measure, Scenario, Arm, TimedInput, ExerciseDose, Contact,
     Estimand, Recruitment],
    ids=lambda record: record.__name__,
)  # fmt: skip
def test_every_field_of_the_format_is_documented(record):
    """Whoever may write a field can look it up."""
    text = (DOCS / "reference" / "atlas-format.md").read_text(encoding="utf-8")
    for name, info in record.model_fields.items():
        word = info.alias or name
        if word in ("claim", "option", "arm"):
            word = f"[[{word}]]"
        assert any(form in text for form in (f"`{word}`", f"`{word} =", f"`[{word}]`")), (
            f"{record.__name__}.{word} is not in docs/reference/atlas-format.md"
        )


def test_closed_lists_of_a_claim_are_documented_whole():
    """Every allowed word of every closed list stands in the format page."""
    text = (DOCS / "reference" / "atlas-format.md").read_text(encoding="utf-8")
    words: set[str] = set()
    for field in json_schemas()["source"]["$defs"]["Claim"]["properties"].values():
        for part in (field, field.get("items", {}), *field.get("anyOf", [])):
            words.update(w for w in part.get("enum", ()) if isinstance(w, str))
    assert len(words) > 60
    assert sorted(w for w in words if w not in text) == []


def answer_parts() -> dict[str, object]:
    """A complete answer with the shapes of a real one."""
    from unit.views.answer_fixture import answer

    return dict(answer().blocks)


def keys_of(value: object) -> Iterator[str]:
    """Names of fields in nested data: identifiers with an underscore, which no id of an atlas has."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if "_" in name:
                yield name
            yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def test_every_part_of_an_answer_is_documented():
    """Each block has its section, and each compound field name stands in the page."""
    page = DOCS / "reference" / "answer-json.md"
    text, parts = page.read_text(encoding="utf-8"), answer_parts()
    assert set(parts) <= set(sections(page))
    measures = set(parts["assumptions"]["effects"])  # type: ignore[index]  # ids of measures are no field names
    missing = sorted({k for k in keys_of(parts) if k not in measures and k not in parts and f"`{k}`" not in text})
    assert missing == []


def test_every_system_has_a_page():
    """A system without a page is not finished."""
    systems = {system for system, _ in catalogue()}
    assert len(systems) >= 10
    assert sorted(s for s in systems if not (DOCS / "systems" / f"{s}.md").is_file()) == []


# --- pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", sorted((ROOT / "decisions").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_has_its_three_parts(page):
    """Context, choice, what would change our mind; numbered like its file."""
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE)[:3] == ["Context", "Choice", "What would change our mind"]
    assert text.startswith(f"# {page.stem[:4]}. ")


def test_decisions_are_numbered_without_gaps():
    """0001, 0002, … each once."""
    numbers = [int(p.stem[:4]) for p in sorted((ROOT / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 10


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_internal_links_resolve(page):
    """A link to a file of the project leads to one."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"^[a-z]+:", target) or target.startswith("#"):
            continue
        path = (page.parent / target.split("#")[0]).resolve()
        assert path.exists(), f"{named(page)}: {target} does not exist"
        assert path.is_relative_to(ROOT), f"{named(page)}: {target} leads out of the project"


def test_every_page_of_the_manual_is_reached_from_the_index():
    """No page hides."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    reached = {(DOCS / target).resolve() for target in LINK.findall(index)}
    own = {page.resolve() for page in DOCS.rglob("*.md") if page.parent.name != "systems" and page.name != "index.md"}
    assert sorted(str(p) for p in own - reached) == []


@pytest.mark.parametrize("page", [p for p in MANUAL if blocks(p, "python")], ids=named)
def test_python_examples_parse(page):
    """Examples are Python."""
    for code in blocks(page, "python"):
        ast.parse(code)


def test_the_readme_uses_only_what_the_package_offers():
    """Every `sp.name` of an example is a name of the package."""
    import samenspel

    for page in MANUAL:
        for code in blocks(page, "python"):
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sp":
                    assert node.attr in samenspel.__all__, f"{named(page)}: samenspel has no {node.attr}"


@pytest.mark.parametrize("page", [p for p in MANUAL if blocks(p, "toml")], ids=named)
def test_toml_examples_parse(page):
    """Examples of atlas text are TOML."""
    for code in blocks(page, "toml"):
        tomllib.loads(code)


def test_the_readme_sets_up_with_exactly_two_commands():
    """Issue: two commands do all the set-up, and the README adds none of its own."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first = blocks(ROOT / "README.md", "sh")[0]
    assert first.splitlines() == TWO_COMMANDS
    assert [text.count(command) for command in TWO_COMMANDS] == [1, 1]
    lines = [line for code in blocks(ROOT / "README.md", "sh") for line in code.splitlines() if "pip" in line]
    assert lines == TWO_COMMANDS


def test_the_readme_says_what_it_must():
    """Status, intended use, number of measured gains, and the headings of the output."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for words in ("NOT CALIBRATED", "research and teaching", "not a medical device", "PUBLISHED", "ASSUMPTIONS", "ROUTES", "RIVALS",
                  "BUILT IN OR LEARNED", "RESTS ON", "Apache-2.0", "CC BY 4.0"):  # fmt: skip
        assert words in text


def test_the_readme_prints_the_number_of_measured_gains():
    """The number is the one the program computes for the shipped atlas."""
    from samenspel.evidence.grade import Grading
    from samenspel.evidence.reader import read_atlas

    gains = len(Grading(read_atlas()).measured)
    assert f"**Measured gains: {gains}.**" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_ids_in_examples_are_in_the_atlas():
    """`evidence show`, `conflicts` and `question` in examples name what the atlas has, or what the example adds."""
    from samenspel.evidence.reader import read_atlas

    atlas = read_atlas()
    known = {*atlas.claims, *atlas.sources, *atlas.couplings, *atlas.quantities, *atlas.questions, *atlas.hypotheses}
    added = {
        e for page in MANUAL for code in blocks(page, "toml") for e in re.findall(r'^id = "([^"]+)"', code, flags=re.MULTILINE)
    }
    for page, line in shell_lines():
        found = re.match(r"samenspel evidence (?:show|conflicts|question) ([a-z][^\s]+)", line)
        if found:
            assert found.group(1) in known | added, f"{page}: {line}"


def test_example_scenarios_are_in_the_atlas():
    """`samenspel run NAME` in an example names a scenario."""
    from samenspel.evidence.reader import read_atlas

    scenarios = set(read_atlas().scenarios)
    for page, line in shell_lines():
        found = re.match(r"samenspel run ([a-z][^\s]*)", line)
        assert found is None or found.group(1) in scenarios, f"{page}: {line}"


def test_the_glossary_is_large_enough_and_in_two_languages():
    """Every row has an English word, a Dutch word and a meaning, and no English word stands twice."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("|") and not set(line) <= set("|- ") and "Nederlands" not in line
    ]
    assert len(rows) >= 80
    assert [row for row in rows if len(row) != 3 or not all(row)] == []
    words = [row[0].lower() for row in rows]
    assert sorted({w for w in words if words.count(w) > 1}) == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_that_a_page_names_are_there(page):
    """A path in code marks that begins in a folder of the project leads to something."""
    for path in re.findall(r"`((?:src|tests|docs|decisions|benchmarks|LICENSES)/[\w./-]+)`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), f"{named(page)}: {path} does not exist"
    for path in re.findall(r"python (benchmarks/\w+\.py)", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), f"{named(page)}: {path} does not exist"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_pages_hold_no_path_of_a_machine(page):
    """Nothing in the manual points at the disk of whoever wrote it."""
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.~-])/(?:home|root|tmp|mnt|opt|Users)/\S*", text) == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_manual_speaks_of_people_as_the_program_does(page):
    """No word of cure, miracle or blame; the page that lists such words may name them.

    "Never" and "always" are left to authors: here they speak of software ("never imported"), not of people.
    """
    from samenspel.evidence.wording import PEOPLE, PROMISES

    text = FENCE.sub("", page.read_text(encoding="utf-8")).lower()
    banned = {*PEOPLE["en"], *PROMISES["en"]} - {"never", "always", "cure"}  # the cure of an error message is no promise
    lists_them = {"CONTRIBUTING.md": {"reset", "dropped out"}}
    said = {w for w in banned if re.search(rf"(?<![\w-]){re.escape(w)}(?![\w-])", text)}
    assert said - lists_them.get(named(page), set()) == set()


def test_citation_and_changelog_name_the_version():
    """One version everywhere."""
    import samenspel

    assert f"version: {samenspel.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {samenspel.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == samenspel.__version__
