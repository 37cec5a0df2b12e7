"""The reader takes only what is an atlas, and says where it is not."""

import pytest

from samenspel.evidence.reader import collect, read_atlas, shipped
from samenspel.quantities.errors import SamenspelError

from .conftest import claim


def test_every_claim_knows_its_line(kitchen):
    kitchen.source("cook-2001", claim(), claim("cook-2001.heat.lid", object="lid"))
    atlas = read_atlas(kitchen.root)
    lines = (kitchen.root / "sources/cook-2001.toml").read_text().split("\n")
    for name in atlas.claims:
        place = atlas.where("claim", name)
        assert place.file == "sources/cook-2001.toml"
        assert name in lines[place.line - 1]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"\xef\xbb\xbfid = 1\n", "byte order mark"),
        ('id = "caf\xe9"\n'.encode("latin-1"), "UTF-8"),
        (b'id = "x"\r\n', "CRLF"),
        (b'id = "x"\nid = "y"\n', "TOML"),
        (b"id = = 2\n", "TOML"),
    ],
)
def test_wrong_bytes_and_wrong_toml_are_refused_with_file_and_line(kitchen, raw, word):
    (kitchen.root / "sources").mkdir()
    (kitchen.root / "sources/bad.toml").write_bytes(raw)
    with pytest.raises(SamenspelError) as refused:
        read_atlas(kitchen.root)
    assert word in refused.value.message
    assert refused.value.file == "sources/bad.toml"
    assert refused.value.line is not None
    assert refused.value.cure


def test_line_of_a_toml_mistake(kitchen):
    kitchen.write("sources/cook-2001.toml", 'id = "cook-2001"\ntype = "article"\ntitle = = "x"\n')
    _, issues = collect(kitchen.root)
    assert [(issue.rule, issue.line) for issue in issues] == [("toml", 3)]


def test_unknown_field_gets_its_nearest_name_and_line(kitchen):
    kitchen.source("cook-2001", claim(more='lokator = "page 2"'))
    _, (issue,) = collect(kitchen.root)
    assert issue.rule == "unknown-field"
    assert "cook-2001.heat.steam" in issue.message
    assert "locator" in issue.cure
    text = (kitchen.root / "sources/cook-2001.toml").read_text().split("\n")
    assert text[issue.line - 1].startswith("lokator")


def test_unknown_field_inside_an_effect(kitchen):
    kitchen.source("cook-2001", claim(more='effect = {metric = "SMD", valeu = 1.0}'))
    _, (issue,) = collect(kitchen.root)
    assert "value" in issue.cure


def test_missing_field(kitchen):
    kitchen.source("cook-2001", claim().replace('locator = "page 1"\n', ""))
    _, (issue,) = collect(kitchen.root)
    assert "'locator'" in issue.message


def test_newer_format_is_refused(kitchen):
    kitchen.write("atlas.toml", 'id = "kitchen"\nformat = 2\n')
    with pytest.raises(SamenspelError, match="newer") as refused:
        read_atlas(kitchen.root)
    assert refused.value.line == 2
    assert "Install a newer samenspel" in (refused.value.cure or "")


def test_no_atlas_at_all(tmp_path):
    with pytest.raises(SamenspelError, match=r"no atlas\.toml"):
        read_atlas(tmp_path)


def test_unknown_shipped_atlas_names_those_there_are():
    with pytest.raises(SamenspelError) as refused:
        shipped("fibro")
    assert "fibromyalgia" in (refused.value.cure or "")


def test_duplicate_ids_name_the_first(kitchen):
    kitchen.source("cook-2001", claim(), claim())
    _, (issue,) = collect(kitchen.root)
    assert issue.rule == "duplicate-id"
    assert "sources/cook-2001.toml" in issue.message


def test_file_name_and_id_agree(kitchen):
    kitchen.write("sources/other.toml", 'id = "cook-2001"\ntype = "article"\ntitle = "x"\ndesign = "rct"\n')
    _, (issue,) = collect(kitchen.root)
    assert issue.rule == "file-name"


def test_all_mistakes_are_collected_and_the_rest_is_counted(kitchen):
    for name in ("a-2001", "b-2001", "c-2001"):
        kitchen.source(name, claim(f"{name}.heat.steam", more='wrong = "x"'))
    with pytest.raises(SamenspelError, match="2 more"):
        read_atlas(kitchen.root)


def test_dates_are_no_text(kitchen):
    kitchen.source("cook-2001", claim(more="certainty = 2001-01-01"))
    _, (issue,) = collect(kitchen.root)
    assert "quotes" in issue.cure


def test_nothing_in_the_folder_is_changed_by_reading(kitchen):
    kitchen.source("cook-2001", claim())
    before = {p: p.read_bytes() for p in kitchen.root.rglob("*") if p.is_file()}
    digest = read_atlas(kitchen.root).digest
    assert {p: p.read_bytes() for p in kitchen.root.rglob("*") if p.is_file()} == before
    assert read_atlas(kitchen.root).digest == digest


def test_digest_follows_the_content(kitchen):
    kitchen.source("cook-2001", claim())
    before = read_atlas(kitchen.root).digest
    kitchen.source("cook-2001", claim(en="Heat goes with much steam."))
    assert read_atlas(kitchen.root).digest != before
