"""The evidence base as a static site: one list of claims with a search box, one page per source, in both languages.

The search box is the only script and may be missing: then the list is simply long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.conflicts import conflicts
from samenspel.evidence.grade import Grading
from samenspel.evidence.page import remark_on, short, text_of
from samenspel.evidence.phrases import Language, phrase
from samenspel.evidence.question import page
from samenspel.evidence.render import STYLE, environment, html
from samenspel.evidence.schema import Source, remark
from samenspel.quantities.errors import SamenspelError

_SCRIPT = """
const box=document.getElementById("search"),rows=[...document.querySelectorAll("li[data-claim]")];
box.addEventListener("input",()=>{const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);
for(const row of rows){const text=row.textContent.toLowerCase();row.hidden=!words.every(w=>text.includes(w));}});
"""
_HEAD = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title><style>{{ style }}</style></head><body><main><h1>{{ title }}</h1>
<p class="use">{{ use }}</p>
"""
_INDEX = (
    _HEAD
    + """<p><a href="{{ other_file }}" hreflang="{{ other }}" lang="{{ other }}">{{ other_name }}</a></p>
<label class="search" for="search">{{ search }}</label><input id="search" type="search" aria-describedby="help">
<p id="help" class="meta">{{ help }}</p>
<h2>{{ all_claims }}</h2><ul>{% for row in rows %}
<li data-claim id="{{ row.id }}">{{ row.text }} {{ row.remark }}
<span class="meta">[{{ row.level }}] <a href="sources/{{ row.source
}}{{ suffix }}"> {{ row.short }}</a>, {{ row.locator }} <code>{{ row.id }}</code></span></li>{% endfor %}</ul>
<h2>{{ all_sources }}</h2><ul>{% for s in sources %}
<li><a href="sources/{{ s.id }}{{ suffix }}">{{ s.short }}</a>: {{ s.title }}</li>{% endfor %}</ul>
<script>{{ script }}</script></main></body></html>
"""
)
_SOURCE = (
    _HEAD
    + """<p><a href="../{{ index }}">{{ site }}</a></p><dl>{% for name, value in facts %}<dt>{{ name }}</dt><dd>{{
    value }}</dd>
{% endfor %}</dl><h2>{{ all_claims }}</h2><ul>{% for row in rows %}
<li id="{{ row.id }}">{{ row.text }} {{ row.remark }}
<span class="meta">[{{ row.level }}] {{ row.locator }} <code>{{ row.id }}</code>
</span></li>{% endfor %}</ul></main></body></html>
"""
)
_NAMES: dict[Language, str] = {"en": "English", "nl": "Nederlands"}


@lru_cache(maxsize=4)
def _template(text: str) -> Any:
    return environment().from_string(text)


def write_site(atlas: Atlas, folder: Path) -> list[Path]:
    """Write the site into a folder; returns the files. Existing files of the same name are replaced.

    Raises:
        SamenspelError: if the folder cannot be written.
    """
    levels, written = Grading(atlas).levels, list[Path]()
    disagreements = conflicts(atlas)
    disagreeing = Counter(
        source for one in disagreements for source in {atlas.source_of[one.first], atlas.source_of[one.second]}
    )
    try:
        for part in ("sources", "questions"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        for language in ("en", "nl"):
            suffix = ".html" if language == "en" else ".nl.html"
            written.append(_write(folder / f"index{suffix}", _index(atlas, language, suffix, levels)))
            for source in atlas.sources.values():
                text = _source(atlas, source, language, suffix, levels, disagreeing[source.id])
                written.append(_write(folder / "sources" / f"{source.id}{suffix}", text))
            for question in atlas.questions:
                text = html(page(atlas, question, language, everything=True, disagreements=disagreements))
                written.append(_write(folder / "questions" / f"{question}{suffix}", text))
    except OSError as wrong:
        raise SamenspelError(
            f"cannot write the site into {folder} ({wrong.strerror}).", cure="Choose another folder."
        ) from wrong
    return written


def _index(atlas: Atlas, language: Language, suffix: str, levels: Mapping[str, str]) -> str:
    from markupsafe import Markup

    other: Language = "nl" if language == "en" else "en"
    name = atlas.manifest.nl if language == "nl" else atlas.manifest.en
    rows = [
        {
            "id": claim.id,
            "text": text_of(claim, language),
            "remark": remark_on(claim, language) or "",
            "level": levels[claim.id],
            "source": source.id,
            "short": short(source),
            "locator": claim.locator,
        }
        for source, claim in atlas.pairs()
    ]
    sources = [{"id": s.id, "short": short(s), "title": s.title} for s in atlas.sources.values()]
    return str(
        _template(_INDEX).render(
            language=language,
            title=phrase(language, "site", name=name),
            use=phrase(language, "use"),
            style=Markup(STYLE),
            other=other,
            other_name=_NAMES[other],
            other_file="index.nl.html" if other == "nl" else "index.html",
            search=phrase(language, "search"),
            help=phrase(language, "search-help"),
            rows=rows,
            sources=sources,
            suffix=suffix,
            all_claims=phrase(language, "all-claims"),
            all_sources=phrase(language, "all-sources"),
            script=Markup(_SCRIPT),
        )
    )


def _source(
    atlas: Atlas, source: Source, language: Language, suffix: str, levels: Mapping[str, str], disagreements: int
) -> str:
    from markupsafe import Markup

    shown = (
        "authors",
        "year",
        "journal",
        "doi",
        "pmid",
        "url",
        "design",
        "n",
        "population",
        "interest",
        "via",
        "access",
        "read",
        "status",
        "licence",
        "note",
    )
    facts: list[tuple[str, str]] = []
    for name in shown:
        value: Any = remark(getattr(source, name), language)
        if value:
            facts.append((name, "; ".join(value) if isinstance(value, tuple) else str(value)))
    if disagreements:
        facts.append((phrase(language, "contradictions"), str(disagreements)))
    rows = [
        {
            "id": claim.id,
            "text": text_of(claim, language),
            "remark": remark_on(claim, language) or "",
            "level": levels[claim.id],
            "locator": claim.locator,
        }
        for claim in source.claim
    ]
    name = atlas.manifest.nl if language == "nl" else atlas.manifest.en
    return str(
        _template(_SOURCE).render(
            language=language,
            title=source.title,
            use=phrase(language, "use"),
            style=Markup(STYLE),
            facts=facts,
            rows=rows,
            index=f"index{suffix}",
            site=phrase(language, "site", name=name),
            all_claims=phrase(language, "all-claims"),
        )
    )


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
