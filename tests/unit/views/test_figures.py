"""Figures say what the answer says, and can be told apart without colour."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.views import figures
from samenspel.views.catalogue import of
from samenspel.views.figures.frame import DARK, GREY, LIGHT, MIDDLE, Frame, fragment, wrapped
from samenspel.views.figures.map import LABEL, edges, free
from samenspel.views.figures.published import grouped
from samenspel.views.words import better_same_worse, hundred
from views.answer_fixture import answer

FRAME = Frame("A title", "A description.", "NOT CALIBRATED", "For research.")


@given(st.lists(st.floats(0, 1e4), min_size=2, max_size=6).filter(lambda parts: sum(parts) > 1e-3))
def test_parts_of_a_hundred_add_up_and_are_off_by_less_than_one(parts):
    shares = {str(k): part for k, part in enumerate(parts)}
    whole = hundred(shares)
    assert sum(whole.values()) == 100
    assert all(abs(whole[k] - 100 * part / sum(parts)) < 1 for k, part in shares.items())


@pytest.mark.parametrize("arm", ["usual-care", "aerobic"])
def test_the_first_figure_draws_a_hundred_people_per_arm(arm):
    assert sum(better_same_worse(answer(), arm).values()) == 100
    svg = figures.draw("hundred", answer(), of("en"), FRAME)
    marks = len(re.findall(r"<use [^>]*", svg))
    assert marks == 2 * (100 + 3)  # people, and one of each in the key


@pytest.mark.parametrize("name", ["hundred", "course", "published", "rivals", "map"])
def test_a_figure_repeats_byte_for_byte(name):
    first = figures.draw(name, answer(), of("nl"), FRAME)
    assert first == figures.draw(name, answer(), of("nl"), FRAME)
    assert "<metadata" not in first
    assert "<script" not in first


PLACE = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


@given(st.lists(PLACE, min_size=1, max_size=9), st.lists(PLACE, max_size=9))
def test_a_label_covers_another_only_where_every_place_does(places, taken):
    def covers(a, b):
        return abs(a[0] - b[0]) < LABEL[0] and abs(a[1] - b[1]) < LABEL[1]

    chosen = free(places, taken)
    assert chosen in places
    if any(not any(covers(p, t) for t in taken) for p in places):
        assert not any(covers(chosen, t) for t in taken)


def test_dutch_figures_use_the_decimal_comma():
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", figures.draw("rivals", answer(), of("nl"), FRAME))
    assert any(re.fullmatch(r"\u2212?\d+,\d+", text.strip()) for text in texts)
    assert not any(re.fullmatch(r"-?\u2212?\d+\.\d+", text.strip()) for text in texts)


def test_every_published_effect_is_drawn_once_under_its_number():
    rows = answer().blocks["published"]["rows"]
    numbered = [n for group in grouped(rows).values() for n, _ in group]
    assert sorted(numbered) == [n for n, row in enumerate(rows, 1) if row["effect"]]
    svg = figures.draw("published", answer(), of("en"), FRAME)
    assert all(f"[{n}]" in svg for n in numbered)


def test_the_map_bundles_links_and_keeps_sign_level_and_openness():
    couplings = answer().blocks["rests_on"]["couplings"]
    found = edges(couplings)
    between = [x for x in couplings if x["from"].split(".")[0] != x["to"].split(".")[0]]
    assert sum(e.count for e in found) == len(between)
    for x in between:
        match = [e for e in found if (e.source, e.target, e.sign, e.open)
                 == (x["from"].split(".")[0], x["to"].split(".")[0], x["sign"], bool(x["hypotheses"]))]  # fmt: skip
        assert len(match) == 1
    assert edges(couplings) == edges(list(reversed(couplings)))


def test_open_links_are_dashed():
    svg = figures.draw("map", answer(), of("en"), FRAME)
    assert svg.count("stroke-dasharray") >= sum(e.open for e in edges(answer().blocks["rests_on"]["couplings"]))


def test_colours_differ_in_grey():
    def grey(colour: str) -> float:
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * r + 0.587 * g + 0.114 * b

    tones = sorted(grey(colour) for colour in (DARK, MIDDLE, LIGHT, "#ffffff"))
    assert all(b - a >= 30 for a, b in pairwise(tones))
    assert grey(GREY) < 140


def test_a_fragment_keeps_texts_and_takes_ids_for_itself():
    svg = '<?xml version="1.0"?><svg viewBox="0 0 9 9"><g id="a"/><use xlink:href="#a"/><text>0.12345 a&amp;b</text></svg>'
    out = fragment(svg, "me", FRAME)
    assert 'id="me-a"' in out
    assert 'href="#me-a"' in out
    assert "0.12345 a&amp;b" in out


@given(st.text(alphabet="abc defgh", max_size=300), st.integers(8, 60), st.integers(1, 4))
def test_wrapped_text_keeps_to_its_box(text, width, lines):
    out = wrapped(text, width, lines).split("\n")
    assert len(out) <= lines
    assert all(len(line) <= width for line in out)


def test_an_unknown_figure_is_refused_by_name():
    with pytest.raises(KeyError, match="nonsense"):
        figures.draw("nonsense", answer(), of("en"), FRAME)


def test_text_and_help_load_no_drawing_library():
    code = (
        "import sys; from typer.testing import CliRunner; from samenspel.views.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "print([m for m in ('matplotlib', 'numpy', 'scipy', 'pyarrow', 'pydantic', 'jinja2', 'networkx', 'sympy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
