"""The report: one page without script and network, whole in both languages, the same bytes every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from samenspel.evidence.wording import program_sentence
from samenspel.studies.answer import Answer
from samenspel.views.catalogue import LANGUAGES, of
from samenspel.views.report import FILES, html, report
from views.answer_fixture import answer, routes

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags in order, with attributes; fails on tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def text(language):
    return html(answer(), language)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_language_is_set_and_the_other_version_is_named(page, language):
    assert page.all("html") == [{"lang": language}]
    other = next(a for a in page.all("a") if "hreflang" in a)
    assert other["href"] == FILES["nl" if language == "en" else "en"]


def test_no_script_and_nothing_from_outside(text, page):
    assert page.all("script") == []
    assert page.all("link") == []
    assert page.all("img") == []
    assert page.all("iframe") == []
    assert not [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)]
    assert "javascript:" not in text
    assert "@import" not in text
    addresses = re.findall(r"https?://[^\s\"'<>)]+", text)
    assert addresses
    assert all(address.startswith("https://doi.org/10.") for address in addresses)


def test_each_figure_has_title_description_table_status_and_use(text, page, language):
    c = of(language)
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(figures) == 5
    for figure in figures:
        svg = re.search(r"<svg.*?</svg>", figure, re.DOTALL)[0]
        assert 'role="img"' in svg
        name, description = re.search(r'aria-labelledby="(\S+) (\S+)"', svg).groups()
        assert f'<title id="{name}">' in svg
        assert f'<desc id="{description}">' in svg
        drawn = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
        assert c.say("status.not_calibrated") in drawn
        assert c.say("status.use_short") in drawn
        assert re.search(r"<details>.*<table>.*</table>.*</details>", figure, re.DOTALL)


def test_first_figure_shows_both_arms_per_hundred(text):
    assert re.search(r'<figure id="([^"]+)"', text)[1] == "figure-hundred"


def test_ids_are_unique_and_every_reference_meets_one(text, page):
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    asked = re.findall(r'(?:href="|url\()#([^")]+)', text)
    asked += [name for attrs in (a for _, a in page.tags) for name in (attrs.get("aria-labelledby") or "").split()]
    assert set(asked) <= set(ids)


def test_headings_do_not_skip_a_level(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_table_headers_have_a_scope_and_tables_a_caption(text, page):
    assert all(th.get("scope") in ("col", "row") for th in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))
    for table in re.findall(r"<table>.*?</table>", text, re.DOTALL):
        rows = re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        assert len({len(re.findall(r"<t[hd][ >]", row)) for row in rows}) == 1


def test_texts_of_the_atlas_are_escaped(text):
    assert "<b>" not in text
    assert "&lt;b&gt;50" in text


def test_no_sentence_is_left_in_the_other_language(text, language):
    c, other = of(language), of("nl" if language == "en" else "en")
    for key in ("status.use", "report.reading_world", "published.intro", "assumptions.intro", "routes.how", "purpose.good"):
        assert c.say(key) in text
        assert other.say(key) not in text


def test_only_atlas_texts_escape_the_wording_rules(page, language):
    own = [t.strip() for t in page.texts if t.strip() and "invented" not in t and "verzonnen" not in t and "{" not in t]
    questions = {h["question"][language] for h in answer().blocks["rivals"]["hypotheses"]}
    broken = {t: wrong for t in own if t not in questions and (wrong := program_sentence(t, language))}
    assert {t for t in broken if not any(q.startswith(t) or t in q for q in questions)} == set()


def test_same_answer_same_bytes_whether_computed_or_read(tmp_path):
    first = report(answer(), tmp_path / "a")
    second = report(Answer.from_json(answer().to_json()), tmp_path / "b")
    assert [f.name for f in first] == ["report.html", "report.nl.html"]
    assert [f.read_bytes() for f in first] == [f.read_bytes() for f in second]


def test_ranked_routes_are_drawn_and_unranked_ones_are_not(text):
    a = answer()
    ranked = Answer(a.scenario, a.status, a.key, {**a.blocks, "routes": routes(ranked=True)}, a.trajectories, a.version)
    assert 'id="figure-routes"' in html(ranked, "en")
    assert 'id="figure-routes"' not in text


def test_no_clock_path_or_host_in_the_page(text):
    assert not re.search(r"\b20[2-9]\d-\d\d-\d\d\b|/home/|/tmp/|/root/", text)


def _luminance(colour: str) -> float:
    if len(colour) == 4:
        colour = "#" + "".join(2 * x for x in colour[1:])
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_colours_stand_out_from_every_ground():
    css = (files("samenspel.views") / "templates" / "report.css").read_text(encoding="utf-8")
    inks = set(re.findall(r"(?<![-\w])color: (#\w+)", css))
    grounds = set(re.findall(r"background: (#\w+)", css))
    assert inks
    assert grounds
    for ink in inks:
        for ground in grounds:
            dark, light = sorted((_luminance(ink), _luminance(ground)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"
