"""Pages of the evidence base as HTML and Markdown. HTML works without script and network and prints on A4."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from samenspel.evidence.page import Page, Section, Sentence
from samenspel.evidence.phrases import phrase

STYLE = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{line-height:1.2}h3{margin-bottom:.2rem}li{margin:.25rem 0}
sup a{text-decoration:none}a:focus,input:focus{outline:3px solid currentColor;outline-offset:2px}
.use{border:1px solid currentColor;padding:.5rem 1rem}
.meta{font-size:.9rem}
input{font:inherit;width:100%;padding:.4rem;box-sizing:border-box}
@page{size:A4;margin:20mm}@media print{body{max-width:none;margin:0}input,label.search{display:none}}
"""
_PAGE = """<!doctype html>
<html lang="{{ page.language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ page.title }}</title><style>{{ style }}</style></head><body><main>
<h1>{{ page.title }}</h1>
<p class="use">{{ page.use }}</p>
{% for section in page.sections %}
<h{{ section.level }}>{{ section.heading }}</h{{ section.level }}>
{% if section.listed %}<ul>{% for s in section.sentences %}<li>{{ s.text }}{{ notes(s) }}</li>{% endfor %}</ul>
{% elif section.sentences %}<p>{% for s in section.sentences %}{{ s.text }}{{ notes(s) }} {% endfor %}</p>{% endif %}
{% if section.more %}<p>{{ section.more }}</p>{% endif %}
{% endfor %}
<h2>{{ heading }}</h2>
<ol>{% for note in page.notes %}<li id="note-{{ loop.index }}">{{ note }}</li>{% endfor %}</ol>
</main></body></html>
"""


@lru_cache(maxsize=1)
def environment() -> Any:
    """The template environment: everything is escaped."""
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@lru_cache(maxsize=1)
def _page_template() -> Any:
    return environment().from_string(_PAGE)


def html(page: Page) -> str:
    """The page as one self-contained HTML document."""
    from markupsafe import Markup

    def notes(sentence: Sentence) -> Markup:
        links = Markup(", ").join(Markup('<a href="#note-{0}">{0}</a>').format(number) for number in sentence.notes)
        return Markup("<sup>{}</sup>").format(links) if sentence.notes else Markup("")

    return str(
        _page_template().render(page=page, notes=notes, style=Markup(STYLE), heading=phrase(page.language, "notes"))
    )


def markdown(page: Page) -> str:
    """The page as Markdown with footnotes."""
    lines = [f"# {escape(page.title)}", "", f"> {escape(page.use)}", ""]
    for section in page.sections:
        lines += [f"{'#' * section.level} {escape(section.heading)}", ""]
        lines += [*_markdown_sentences(section), ""] if section.sentences else []
        lines += [escape(section.more), ""] if section.more else []
    lines += [f"## {phrase(page.language, 'notes')}", ""]
    lines += [f"[^{number}]: {escape(note)}" for number, note in enumerate(page.notes, start=1)]
    return "\n".join(lines) + "\n"


def _markdown_sentences(section: Section) -> list[str]:
    texts = [escape(s.text) + "".join(f"[^{n}]" for n in s.notes) for s in section.sentences]
    return [f"- {text}" for text in texts] if section.listed else [" ".join(texts)] if texts else []


def escape(text: str) -> str:
    """Text without Markdown or HTML meaning."""
    for letter in "\\`*_[]<>#|":
        text = text.replace(letter, "\\" + letter)
    return text.replace("\n", " ")
