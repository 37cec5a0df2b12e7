"""Redraws what a source shows about its own counts: one bar chart per property, its results table, its selection flow.

Everything is recounted from the claims under the source's own counting rule; nothing is copied. SVG with title,
description and a table beside it, readable in grey and without script.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.counts import Count, counts, rounded
from samenspel.evidence.page import short, text_of
from samenspel.evidence.phrases import Language, phrase
from samenspel.evidence.schema import Claim, Source
from samenspel.quantities.errors import SamenspelError

#: metrics of a selection flow, in their order
FLOW = ("records identified", "records screened", "full texts assessed", "articles included")
_PROPERTIES = ("population", "intervention", "system", "design", "year")
_WIDTH, _ROW, _LABEL = 860, 30, 380
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "population": "People studied",
        "intervention": "Treatments",
        "system": "Mechanisms by system",
        "design": "Study designs",
        "year": "Years of publication",
        "of": "{count} of {total} ({percent} %)",
        "recount": "Recounted from the claims; unit: {unit}.",
        "table": "Results table",
        "flow": "Selection of studies",
        "study": "Study",
        "year-column": "Year",
        "mechanisms": "Mechanisms",
        "number": "Number",
        "records identified": "records identified",
        "records screened": "records screened",
        "full texts assessed": "full texts assessed",
        "articles included": "articles included",
        "unit-item": "mechanism",
        "unit-study": "article",
        "unit-study-intervention": "article and treatment",
    },
    "nl": {
        "population": "Onderzochte mensen",
        "intervention": "Behandelingen",
        "system": "Mechanismen naar systeem",
        "design": "Onderzoeksopzetten",
        "year": "Jaren van publicatie",
        "of": "{count} van {total} ({percent} %)",
        "recount": "Herteld uit de beweringen; eenheid: {unit}.",
        "table": "Resultatentabel",
        "flow": "Selectie van studies",
        "study": "Studie",
        "year-column": "Jaar",
        "mechanisms": "Mechanismen",
        "number": "Aantal",
        "records identified": "gevonden verwijzingen",
        "records screened": "gescreende verwijzingen",
        "full texts assessed": "beoordeelde volledige teksten",
        "articles included": "opgenomen artikelen",
        "unit-item": "mechanisme",
        "unit-study": "artikel",
        "unit-study-intervention": "artikel en behandeling",
    },
}


@dataclass(frozen=True, slots=True)
class Box:
    """One step of a selection flow."""

    label: str
    count: float
    parts: tuple[tuple[str, float], ...] = ()
    locator: str = ""


def write_figures(atlas: Atlas, source_id: str, folder: Path, language: Language = "en") -> list[Path]:
    """Write the figures of a source as SVG and one HTML page with their tables; returns the files.

    Raises:
        SamenspelError: for an unknown source, one with nothing to count, or a folder that cannot be written.
    """
    source = atlas.source(source_id)
    charts = [(by, counts(atlas, source_id, by)) for by in _PROPERTIES]
    boxes = flow(source)
    drawn = {f"{source_id}-{by}.svg": bars(atlas, by, count, language) for by, count in charts}
    if boxes:
        drawn[f"{source_id}-flow.svg"] = flow_svg(boxes, language)
    suffix = ".html" if language == "en" else ".nl.html"
    drawn[f"{source_id}-figures{suffix}"] = _page(atlas, source, charts, boxes, drawn, language)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in drawn.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise SamenspelError(
            f"cannot write into {folder} ({wrong.strerror}).", cure="Choose another folder."
        ) from wrong
    return [folder / name for name in drawn]


def flow(source: Source) -> list[Box]:
    """The selection flow that a source prints: the numbers of its claims, in the order of a flow chart."""
    boxes: list[Box] = []
    for metric in FLOW:
        claims = [c for c in source.claim if c.effect is not None and c.effect.metric == metric]
        claims = [c for c in claims if c.effect is not None and c.effect.value is not None]
        if not claims:
            continue
        values = [(_label(c), c.effect.value or 0.0) for c in claims if c.effect is not None]
        several = len(values) > 1 and metric == FLOW[0]
        total = sum(value for _, value in values) if several else values[0][1]
        boxes.append(Box(metric, total, tuple(values) if several else (), claims[0].locator))
    return boxes


def _label(claim: Claim) -> str:
    return claim.id.rpartition(".")[2]


def results_table(atlas: Atlas, source_id: str, language: Language = "en") -> list[dict[str, Any]]:
    """Rows of the results table: one counted item each, with its study, people, treatment and claims."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for source, claim in atlas.pairs():
        if claim.item is None or source_id not in (source.id, source.via):
            continue
        key = (claim.system or "", claim.item)
        row = rows.setdefault(
            key,
            {
                "system": claim.system,
                "item": claim.item,
                "source": source.id,
                "short": short(source),
                "year": source.year,
                "design": source.design,
                "population": claim.population or source.population,
                "intervention": claim.intervention,
                "texts": [],
                "claims": [],
            },
        )
        row["texts"].append(text_of(claim, language))
        row["claims"].append(claim.id)
    return [rows[key] for key in sorted(rows)]


def bars(atlas: Atlas, by: str, count: Count, language: Language) -> str:
    """One bar chart as SVG, longest bar first, numbers printed on the rows."""
    words = _WORDS[language]
    height = 60 + _ROW * len(count.rows)
    most = max((row.count for row in count.rows), default=1)
    unit = words["recount"].format(unit=words[f"unit-{count.unit}"])
    parts = [_head(_WIDTH, height, words[by], unit)]
    for i, row in enumerate(count.rows):
        y = 46 + i * _ROW
        width = (_WIDTH - _LABEL - 170) * row.count / most
        text = words["of"].format(count=row.count, total=count.total, percent=rounded(row.percent))
        parts.append(
            f'<text x="{_LABEL - 10}" y="{y + 15}" text-anchor="end">{escape(_name(atlas, row.value, language))}</text>'
            f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="20" fill="#666"/>'
            f'<text x="{_LABEL + width + 8:.1f}" y="{y + 15}">{escape(text)}</text>'
        )
    return "".join(parts) + "</svg>\n"


def flow_svg(boxes: list[Box], language: Language) -> str:
    """The selection flow as SVG."""
    words, step, high = _WORDS[language], 100, 58
    parts = [_head(_WIDTH, 40 + step * len(boxes), words["flow"], words["flow"])]
    for i, box in enumerate(boxes):
        y = 40 + i * step
        if i:
            parts.append(f'<path d="M430 {y - step + high} V{y}" stroke="#000" marker-end="url(#tip)"/>')
        detail = ", ".join(f"{label}: {value:g}" for label, value in box.parts)
        parts.append(
            f'<rect x="60" y="{y}" width="740" height="{high}" fill="#fff" stroke="#000"/>'
            f'<text x="430" y="{y + 24}" text-anchor="middle">{escape(words[box.label])}: {box.count:g}</text>'
            f'<text x="430" y="{y + 46}" text-anchor="middle" font-size="12">{escape(detail or box.locator)}</text>'
        )
    return "".join(parts) + "</svg>\n"


def _head(width: int, height: int, title: str, description: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" '
        f'font-size="14"><title>{escape(title)}</title><desc>{escape(description)}</desc>'
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z"/></marker></defs>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f'<text x="10" y="24" font-size="17" font-weight="bold">{escape(title)}</text>'
    )


def _name(atlas: Atlas, word: str | None, language: Language) -> str:
    entry = atlas.quantities.get(word or "")
    if entry is None:
        return (word or "").replace("-", " ")
    return entry.nl if language == "nl" else entry.en


_PAGE = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title><style>{{ style }} table{border-collapse:collapse}td,th{border:1px solid;padding:.2rem .5rem;
text-align:left;vertical-align:top}svg{max-width:100%;height:auto}</style></head><body><main><h1>{{ title }}</h1>
<p class="use">{{ use }}</p>
{% for chart in charts %}<h2>{{ chart.title }}</h2><figure>{{ chart.svg }}<figcaption>{{ chart.caption
}}</figcaption></figure> <table><thead><tr><th scope="col">{{ chart.title }}</th><th scope="col">{{ words.number
}}</th><th scope="col">%</th></tr> </thead><tbody>{% for row in chart.rows %}<tr><th scope="row">{{ row[0]
}}</th><td>{{ row[1] }}</td><td>{{ row[2] }}</td></tr> {% endfor %}</tbody></table>{% endfor %}
{% if flow %}<h2>{{ words.flow }}</h2><figure>{{ flow }}</figure>{% endif %}
<h2>{{ words.table }}</h2><table><thead><tr>{% for h in heads %}<th scope="col">{{ h }}</th>{% endfor
%}</tr></thead><tbody> {% for row in table %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor
%}</tbody></table> </main></body></html>
"""


def _page(
    atlas: Atlas,
    source: Source,
    charts: list[tuple[str, Count]],
    boxes: list[Box],
    drawn: dict[str, str],
    language: Language,
) -> str:
    from markupsafe import Markup

    from samenspel.evidence.render import STYLE, environment

    words = _WORDS[language]
    shown = [
        {
            "title": words[by],
            "svg": Markup(drawn[f"{source.id}-{by}.svg"]),
            "caption": words["recount"].format(unit=words[f"unit-{count.unit}"]),
            "rows": [(_name(atlas, r.value, language), r.count, rounded(r.percent)) for r in count.rows],
        }
        for by, count in charts
    ]
    heads = [
        words["system"],
        words["study"],
        words["year-column"],
        words["design"],
        words["population"],
        words["intervention"],
        words["mechanisms"],
    ]
    rows = [
        (
            _name(atlas, r["system"], language),
            r["short"],
            r["year"] or "",
            r["design"],
            _name(atlas, r["population"], language),
            _name(atlas, r["intervention"], language),
            " ".join(r["texts"]),
        )
        for r in results_table(atlas, source.id, language)
    ]
    drawing = drawn.get(f"{source.id}-flow.svg")
    return str(
        environment()
        .from_string(_PAGE)
        .render(
            language=language,
            title=short(source),
            use=phrase(language, "use"),
            style=Markup(STYLE),
            charts=shown,
            words=words,
            flow=Markup(drawing) if drawing else "",
            heads=heads,
            table=rows,
        )
    )
