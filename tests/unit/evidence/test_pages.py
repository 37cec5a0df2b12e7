"""Pages, wording, exports and what leans on a claim."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest

from samenspel.evidence import json_schemas
from samenspel.evidence.export import FORMATS, bibtex, csl_json, csv_text, export, ris
from samenspel.evidence.gaps import MOST, gaps
from samenspel.evidence.knockout import knockout
from samenspel.evidence.phrases import DIFFERENCES, PHRASES
from samenspel.evidence.question import page
from samenspel.evidence.reader import read_atlas
from samenspel.evidence.render import html, markdown
from samenspel.evidence.show import show
from samenspel.evidence.site import write_site
from samenspel.evidence.table import CLAIM_COLUMNS, claim_rows
from samenspel.evidence.wording import program_sentence, unattributed_words
from samenspel.quantities.errors import SamenspelError

from .conftest import claim


def test_both_languages_have_the_same_phrases_and_places():
    assert set(PHRASES["en"]) == set(PHRASES["nl"])
    assert set(DIFFERENCES["en"]) == set(DIFFERENCES["nl"])
    for key, text in PHRASES["en"].items():
        holes = {part.split("}")[0] for part in text.split("{")[1:]}
        assert holes == {part.split("}")[0] for part in PHRASES["nl"][key].split("{")[1:]}, key


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_programs_own_sentences_pass_the_wording_lint(language, atlas):
    for text in PHRASES[language].values():
        assert program_sentence(text, language) == []
    for row in atlas.need_ladder().level:
        assert program_sentence(row.en if language == "en" else row.nl, language) == []


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("Exercise causes less pain.", "en", ["causal verb: causes"]),
        ("You will be cured.", "en", ["promise: cured", "advice: You"]),
        ("Fibromyalgia patients dropped out.", "en", ["word about people: Fibromyalgia patients",
                                                      "word about people: dropped out"]),
        ("Bewegen zorgt voor minder pijn.", "nl", ["causal verb: zorgt voor"]),
        ("Less pain goes together with exercise.", "en", []),
    ],
)  # fmt: skip
def test_wording_lint(text, language, wrong):
    assert sorted(program_sentence(text, language)) == sorted(wrong)


def test_words_of_cure_need_somebody_who_says_them():
    assert unattributed_words("This resets the system.", "en") == ["resets"]
    assert unattributed_words("The practice says that this resets the system.", "en") == []
    assert unattributed_words("There is no cure.", "en") == []
    assert unattributed_words("De praktijk zegt dat dit het systeem reset.", "nl") == []


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_sentence_of_every_question_page_has_a_note(atlas, language):
    nothing = {PHRASES[language][key] for key in ("no-contradictions", "no-unknown", "no-interests")}
    for name in list(atlas.questions)[:10]:
        made = page(atlas, name, language)
        for section in made.sections:
            for sentence in section.sentences:
                assert sentence.notes or sentence.text in nothing or sentence.text.startswith(
                    PHRASES[language]["nothing"].split("{")[0]), sentence.text  # fmt: skip
                assert all(1 <= number <= len(made.notes) for number in sentence.notes)


class Closing(HTMLParser):
    """Checks that tags close in order."""

    VOID = frozenset({"meta", "input", "path", "rect", "br"})

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"][1:]] if given.get("href", "").startswith("#") else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_well_formed_escaped_and_its_notes_resolve(kitchen):
    kitchen.source("cook-2001", claim(en="Heat <script>alert(1)</script> & steam.", nl="Warmte."))
    text = html(page(read_atlas(kitchen.root), "steam"))
    assert "<script>" not in text
    parser = Closing()
    parser.feed(text)
    assert parser.open == []
    assert parser.links
    assert set(parser.links) <= set(parser.ids)
    assert 'lang="en"' in text
    assert "http" not in text.replace("http-equiv", "")


def test_markdown_has_a_footnote_for_every_mark(atlas):
    import re

    text = markdown(page(atlas, next(iter(atlas.questions)), "nl"))
    used = set(re.findall(r"\[\^(\d+)\](?!:)", text))
    assert used == set(re.findall(r"(?m)^\[\^(\d+)\]:", text))


def test_an_unknown_subject_names_the_nearest(atlas):
    with pytest.raises(SamenspelError) as refused:
        page(atlas, "fibromyalgai")
    assert "fibromyalgia" in (refused.value.cure or "")


def test_formulas_are_quoted_in_csv():
    rows = [dict.fromkeys(CLAIM_COLUMNS, "") | {"id": "=1+1", "en": "+x", "nl": "-x", "locator": "@x", "value": -1.5}]
    (_, row) = list(csv.reader(io.StringIO(csv_text(CLAIM_COLUMNS, rows))))
    read = dict(zip(CLAIM_COLUMNS, row, strict=True))
    assert [read[c][0] for c in ("id", "en", "nl", "locator")] == ["'"] * 4
    assert read["value"] == "-1.5"


def test_every_source_is_in_every_export(atlas, tmp_path):
    for form in FORMATS:
        for file in export(atlas, form, tmp_path):
            assert file.stat().st_size > 0
    assert {item["id"] for item in json.loads(csl_json(atlas))} == set(atlas.sources)
    assert bibtex(atlas).count("\n@") + 1 == len(atlas.sources)
    assert ris(atlas).count("TY  - ") == ris(atlas).count("ER  - ") == len(atlas.sources)
    read = list(csv.DictReader((tmp_path / "claims.csv").open(encoding="utf-8", newline="")))
    assert [row["id"] for row in read] == [row["id"] for row in claim_rows(atlas)]


def test_the_site_has_every_claim_and_its_links_lead_somewhere(kitchen, tmp_path):
    kitchen.source("cook-2001", claim(), claim("cook-2001.heat.lid", object="lid"))
    folder = tmp_path / "site"
    files = write_site(read_atlas(kitchen.root), folder)
    for name in ("index.html", "index.nl.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert 'id="cook-2001.heat.steam"' in text
        assert 'id="cook-2001.heat.lid"' in text
    assert (folder / "sources/cook-2001.nl.html") in files


def test_show_says_what_leans_on_a_claim(kitchen):
    kitchen.source("cook-2001", claim())
    kitchen.source("brewer-2002", claim("brewer-2002.heat.steam", relation="decreases"))
    kitchen.coupling("cook-2001.heat.steam")
    atlas = read_atlas(kitchen.root)
    shown = show(atlas, "cook-2001.heat.steam")
    assert shown["leaning"] == {"coupling": ["heat-raises-steam (for)"]}
    assert shown["level"] == "2"
    assert [c["second"] for c in shown["conflicts"]] == ["cook-2001.heat.steam"]
    assert show(atlas, "heat-raises-steam")["independent_articles"] == ["cook-2001"]
    with pytest.raises(SamenspelError, match="nothing has the id"):
        show(atlas, "heat-raises-steem")


def test_gaps_are_few_ranked_and_resolve(atlas):
    found = gaps(atlas)
    assert len(found) <= MOST
    assert [gap.rank for gap in found] == sorted((gap.rank for gap in found), reverse=True)
    assert all(claim in atlas.claims for gap in found for claim in gap.claims)


def test_a_coupling_that_loses_its_claim_becomes_a_gap(kitchen):
    kitchen.source("cook-2001", claim())
    kitchen.coupling("cook-2001.heat.steam")
    atlas = read_atlas(kitchen.root)
    assert gaps(atlas) == []
    (gap,) = gaps(atlas, removed=frozenset({"cook-2001.heat.steam"}))
    assert (gap.kind, gap.about) == ("coupling-without-claim", "heat-raises-steam")
    (change,) = knockout(atlas, frozenset({"cook-2001.heat.steam"})).changes
    assert change.before.startswith("level 2")
    assert change.after.startswith("level 0")


def test_knocking_out_nothing_changes_nothing(atlas):
    result = knockout(atlas, frozenset())
    assert result.changes == ()
    assert result.conflicts_before == result.conflicts_after


def test_json_schemas_are_closed_and_described():
    for name, schema in json_schemas().items():
        assert schema["additionalProperties"] is False, name
        assert json.loads(json.dumps(schema)) == schema
