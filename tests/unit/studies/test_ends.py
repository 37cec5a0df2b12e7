"""What stands in the way of joining the systems of an atlas is found by the linter, with file and line."""

import shutil
from pathlib import Path

import pytest

from samenspel.evidence.lint import check_folder
from samenspel.studies.ends import known_ends

POND = Path(__file__).parents[2] / "data" / "toy-atlas"
LINK = """
[[coupling]]
id = "{id}"
en = "A link."
nl = "Een verband."
from = "{source}"
to = "{to}"
sign = "raises"
form = {{ kind = "{kind}" }}
assumption = {{ en = "For a test.", nl = "Voor een proef." }}
"""


def issues(folder, *links):
    shutil.copytree(POND, folder, dirs_exist_ok=True)
    (folder / "couplings" / "more.toml").write_text("# more\n" + "".join(LINK.format(**link) for link in links))
    return [i for i in check_folder(folder, known_ends(folder))[1] if i.severity == "error"]


def link(id, source, to, kind="linear"):
    return {"id": id, "source": source, "to": to, "kind": kind}


@pytest.mark.parametrize(
    ("links", "said", "line"),
    [
        ([link("one-wire", "fleas.level", "algae.to_level", "identity")], "wired by 'one-wire' and reached by others", 4),
        ([link("wild-guess", "fleas.levle", "algae.to_level")], "'fleas.levle' is no state or read-out", 4),
        ([link("to-nowhere", "fleas.level", "algae.to_levl")], "'algae.to_levl' is no port", 4),
    ],
)
def test_a_link_that_cannot_be_is_an_error_on_its_line(tmp_path, links, said, line):
    found = issues(tmp_path / "pond", *links)
    assert [i for i in found if said in i.message], [str(i) for i in found]
    assert all((i.file, i.line) == ("couplings/more.toml", line) and i.cure for i in found)


def test_the_pond_as_it_stands_composes(tmp_path):
    assert issues(tmp_path / "pond") == []
