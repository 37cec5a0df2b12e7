"""A small atlas about pots and kettles, written as text, so that tests can break one thing at a time."""

from pathlib import Path

import pytest

from samenspel.evidence.reader import shipped

VOCABULARY = """
[[quantity]]
id = "heat"
en = "heat"
nl = "warmte"
system = "stove"
[[quantity]]
id = "steam"
en = "steam"
nl = "stoom"
system = "kettle"
[[quantity]]
id = "steam-copper"
en = "steam from copper"
nl = "stoom uit koper"
system = "kettle"
[[quantity]]
id = "lid"
en = "lid"
nl = "deksel"
system = "kettle"
[[quantity]]
id = "stoking"
en = "stoking"
nl = "stoken"
system = "care"
[[quantity]]
id = "one-burner"
en = "one burner"
nl = "één pit"
system = "stove"
several_routes = false
[[quantity]]
id = "kettles"
en = "kettles"
nl = "ketels"
system = "population"
[[kin]]
narrow = "steam-copper"
broad = "steam"
by = "matrix"
"""
SOURCE = """
id = "{id}"
type = "article"
title = "On {id}"
authors = ["Cook, A.", "Brewer, B."]
year = 2001
design = "{design}"
population = "kettles"
{more}
"""
CLAIM = """
[[claim]]
id = "{id}"
en = "{en}"
nl = "{nl}"
locator = "page 1"
kind = "{kind}"
subject = "{subject}"
relation = "{relation}"
object = "{object}"
{more}
"""
COUPLING = """
[[coupling]]
id = "{id}"
en = "Heat raises steam."
nl = "Warmte geeft meer stoom."
from = "stove.heat"
to = "kettle.warming"
sign = "raises"
claims = [{claims}]
{more}
"""


class Kitchen:
    """Writes the files of a small atlas and reads them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("atlas.toml", 'format = 1\nid = "kitchen"\nen = "Kitchen"\nnl = "Keuken"\nlicence = "CC-BY-4.0"\n')
        self.write("vocabulary/words.toml", VOCABULARY)
        self.write("ladder.toml", (shipped() / "ladder.toml").read_text(encoding="utf-8"))

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    def source(self, id: str = "cook-2001", *claims: str, design: str = "cross-sectional", more: str = "") -> None:
        self.write(f"sources/{id}.toml", SOURCE.format(id=id, design=design, more=more) + "".join(claims))

    def coupling(self, *claims: str, id: str = "heat-raises-steam", more: str = "") -> None:
        listed = ", ".join(f'"{claim}"' for claim in claims)
        self.write(f"couplings/{id}.toml", COUPLING.format(id=id, claims=listed, more=more))


def claim(id: str = "cook-2001.heat.steam", **fields: str) -> str:
    """Text of one claim; `more` holds further lines."""
    values = {
        "en": "Heat goes with steam.", "nl": "Warmte gaat samen met stoom.", "kind": "association", "subject": "heat",
        "relation": "increases", "object": "steam", "more": "",
    }  # fmt: skip
    return CLAIM.format(id=id, **{**values, **fields})


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    return Kitchen(tmp_path)


@pytest.fixture(scope="session")
def atlas():
    from samenspel.evidence.reader import read_atlas

    return read_atlas()
