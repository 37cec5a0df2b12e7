"""Pages, wording, exports and what leans on a claim."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.evidence import json_schemas
from samenspel.evidence.export import FORMATS, bibtex, csl_json, csv_text, export, ris
from samenspel.evidence.gaps import KINDS, MOST, gaps, shares
from samenspel.evidence.grade import Grading
from samenspel.evidence.knockout import knockout
from samenspel.evidence.page import Notes
from samenspel.evidence.phrases import DIFFERENCES, PHRASES, counted
from samenspel.evidence.question import page
from samenspel.evidence.reader import read_atlas
from samenspel.evidence.render import html, markdown
from samenspel.evidence.show import show
from samenspel.evidence.site import write_site
from samenspel.evidence.summary import how, said_of
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
def test_one_is_never_counted_as_many(language):
    nouns = [key.removesuffix("-1") for key in PHRASES[language] if key.endswith("-1") and not key.startswith("level")]
    assert nouns
    for noun in nouns:
        one, many = counted(language, 1, noun), counted(language, 2, noun)
        assert one.replace("1", "#") != many.replace("2", "#") == counted(language, 0, noun).replace("0", "#")
    for key, text in PHRASES[language].items():
        after = [part.split("}")[1][:9] for part in text.split("{")[1:]]
        wrong = [part for part in after if part.startswith((" claims", " sources", " bronnen", " bewering"))]
        assert not wrong or key.endswith("-n") or key.endswith("-1"), key


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_sentence_of_every_question_page_has_a_note(atlas, language):
    """But for those that count what stands below them."""
    nothing = {PHRASES[language][key] for key in ("no-contradictions", "no-unknown", "no-interests")}
    counts = tuple(PHRASES[language][key].split("{")[0] for key in ("count", "named-count", "support"))
    for name in list(atlas.questions)[:10]:
        made = page(atlas, name, language)
        for section in made.sections:
            for sentence in section.sentences:
                assert sentence.notes or sentence.text in nothing or sentence.text.startswith(
                    (PHRASES[language]["nothing"].split("{")[0], *counts)), sentence.text  # fmt: skip
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


def test_a_page_is_found_by_the_text_of_a_question_or_word(atlas):
    for record in (next(iter(atlas.questions.values())), atlas.quantities["sleep-quality"]):
        pages = {language: markdown(page(atlas, record.id, language)) for language in ("en", "nl")}
        for text in (record.en, record.nl, record.en.upper()):
            assert markdown(page(atlas, text)) == pages["en"]
            assert markdown(page(atlas, text, "nl")) == pages["nl"]


def test_a_page_shows_what_its_question_names_first_and_says_what_it_leaves_off(atlas):
    for name in list(atlas.questions)[::7]:
        question = atlas.questions[name]
        made = page(atlas, name)
        shown = [s for section in made.sections if section.heading == PHRASES["en"]["named"] for s in section.sentences]
        texts = [atlas.claims[claim].en for claim in question.claims]
        assert [one.text[: len(text)] for one, text in zip(shown, texts, strict=True)] == texts
        every = page(atlas, name, everything=True)
        assert all(section.more is None for section in every.sections)
        assert len(every.notes) >= len(made.notes)
        assert {one.text for section in made.sections for one in section.sentences} <= {
            one.text for section in every.sections for one in section.sentences
        }


def kettle_page(kitchen, *claims, language="en", **source):
    kitchen.source("cook-2001", *claims, **source)
    return markdown(page(read_atlas(kitchen.root), "steam", language))


def test_remarks_and_interests_stand_beside_the_claim(kitchen):
    note = 'note = {en = "The lid was open.", nl = "Het deksel stond open."}'
    assert "Remark: The lid was open." in kettle_page(kitchen, claim(more=note))
    assert "Opmerking: Het deksel stond open." in kettle_page(kitchen, claim(more=note), language="nl")
    assert "Opmerking, in het Engels: The lid" in kettle_page(kitchen, claim(more='note = "The lid."'), language="nl")
    assert "(commercial text)" in kettle_page(kitchen, claim(), design="commercial")
    write_site(read_atlas(kitchen.root), kitchen.root / "site")
    kitchen.source("cook-2001", claim(more=note))
    write_site(read_atlas(kitchen.root), kitchen.root / "site")
    for file in ("index.html", "sources/cook-2001.html"):
        assert "The lid was open." in (kitchen.root / "site" / file).read_text(encoding="utf-8")


def test_a_promise_is_shown_with_what_would_have_to_be_true(kitchen):
    promise = claim(en="The seller says that heat resets steam.", relation="restores")
    heading = PHRASES["en"]["conditions"]
    text = kettle_page(kitchen, promise, design="commercial")
    assert heading in text
    assert "no such study" in text
    kitchen.source("brewer-2002", claim("brewer-2002.heat.steam", kind="effect", more='intervention = "heat"'), design="rct")
    assert "1 such study" in kettle_page(kitchen, promise, design="commercial")
    assert heading not in kettle_page(kitchen, claim(), design="commercial")
    assert heading not in kettle_page(kitchen, promise)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"relation": "increases", "kind": "mechanism"}, "rise"),
        ({"relation": "increases", "kind": "mechanism", "more": 'causal = "open"'}, "could-rise"),
        ({"relation": "decreases", "kind": "effect", "more": 'certainty = "possibly"'}, "could-fall"),
        ({"relation": "changes", "kind": "causal-status", "more": 'causal = "open"\ncertainty = "could"'}, "could-follow"),
        ({"relation": "associated", "more": 'certainty = "indications"'}, "could-link"),
        ({"relation": "higher-in", "kind": "difference", "more": 'causal = "open"'}, "higher"),
        ({"relation": "causes", "kind": "causal-status", "more": 'causal = "open"'}, "not-shown"),
        ({"relation": "associated", "more": 'certainty = "not clear"'}, "not-known"),
        ({"relation": "defined-as", "kind": "definition"}, None),
        ({"relation": "associated", "kind": "causal-status"}, None),
    ],
)
def test_the_summary_is_no_surer_than_the_claim(kitchen, fields, key):
    kitchen.source("cook-2001", claim(**fields))
    atlas = read_atlas(kitchen.root)
    assert how(atlas.claims["cook-2001.heat.steam"]) == key
    sentence = PHRASES["en"][key].partition("{n} ")[2].partition("{")[0] if key else None
    assert sentence is None or sentence in markdown(page(atlas, "steam"))


def test_some_higher_and_some_lower_of_one_passage_is_one_sentence(kitchen):
    up, down = (claim(f"cook-2001.heat.{r}", relation=r, kind="difference") for r in ("higher-in", "lower-in"))
    kitchen.source("cook-2001", up, down)
    atlas = read_atlas(kitchen.root)
    assert set(said_of(Grading(atlas), atlas.claims.values())["heat", "steam"]) == {"higher-and-lower"}
    kitchen.source("cook-2001", up, down.replace("page 1", "page 2"))
    atlas = read_atlas(kitchen.root)
    assert set(said_of(Grading(atlas), atlas.claims.values())["heat", "steam"]) == {"higher", "lower"}


def test_a_note_prints_no_title_twice(atlas):
    for source in atlas.sources.values():
        for one in source.claim[:1]:
            notes = Notes(atlas, "en")
            notes.of([one])
            assert notes.texts[0].count(source.title) == 1


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


def test_an_item_of_a_printed_table_is_shown_with_its_claims(atlas):
    for item in sorted({one.item for one in atlas.claims.values() if one.item is not None})[::25]:
        assert [c["id"] for c in show(atlas, item)["claims"]] == [
            one.id for _, one in atlas.pairs() if one.item == item
        ]


def test_a_commercial_claim_for_something_says_so(kitchen):
    kitchen.source("cook-2001", claim(), design="commercial")
    kitchen.coupling("cook-2001.heat.steam")
    (leaning,) = show(read_atlas(kitchen.root), "cook-2001.heat.steam")["leaning"]["coupling"]
    assert "commercial" in leaning


@given(st.lists(st.integers(0, 60), max_size=6), st.integers(0, 80))
def test_shares_are_as_even_as_sizes_allow(sizes, total):
    given = shares(sizes, total)
    assert sum(given) == min(total, sum(sizes))
    assert all(0 <= n <= size for n, size in zip(given, sizes, strict=True))
    most = max(given, default=0)
    assert all(n == size or n >= most - 1 for n, size in zip(given, sizes, strict=True))


def test_every_kind_of_gap_is_among_those_shown(atlas):
    every, shown = gaps(atlas, most=None), gaps(atlas)
    assert {gap.kind for gap in shown} == {gap.kind for gap in every}
    assert set(shown) <= set(every)
    assert "called-unknown" in {gap.kind for gap in shown}
    for kind in KINDS:  # of each kind the widest
        left_off = [gap.rank for gap in every if gap.kind == kind and gap not in shown]
        assert max(left_off, default=0) <= min((gap.rank for gap in shown if gap.kind == kind), default=0)


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
