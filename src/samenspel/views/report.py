"""report.html and report.nl.html: an answer as one page that needs no network and no script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from samenspel.store import atomic_write_text
from samenspel.studies.answer import Answer
from samenspel.views import figures
from samenspel.views.blocks import blocks
from samenspel.views.catalogue import LANGUAGES, Catalogue, Language, of
from samenspel.views.content import Block, Picture
from samenspel.views.split import for_each
from samenspel.views.words import headline, label, status, upper_first

FILES: dict[Language, str] = {"en": "report.html", "nl": "report.nl.html"}


@dataclass(frozen=True)
class Page:
    """What the template may use."""

    language: Language
    other_language: Language
    other_file: str
    c: Catalogue
    title: str
    status: str
    label: str
    headline: str
    question: Block
    blocks: tuple[Block, ...]
    svg: dict[str, str]
    number: dict[str, int]
    answer: Answer


def report(answer: Answer, folder: Path | str) -> list[Path]:
    """Write the report in English and in Dutch into a folder; returns both files.

    The same answer gives the same bytes. Raises `SamenspelError` if the folder cannot be written; then no file changed.
    """
    folder, texts = Path(folder), pages(answer)
    for name, text in texts.items():
        atomic_write_text(folder / name, text)
    return [folder / name for name in texts]


def pages(answer: Answer) -> dict[str, str]:
    """The page in every language, by name of file."""
    import matplotlib.backends.backend_svg  # pyright: ignore[reportUnusedImport] # noqa: F401 - once, before the process is copied

    return dict(zip(FILES.values(), for_each(partial(html, answer), list(FILES)), strict=True))


def html(answer: Answer, language: Language) -> str:
    """The page in one language."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("samenspel.views"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    text = environment.get_template("report.html").render(page=page(answer, language))
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def page(answer: Answer, language: Language) -> Page:
    """Everything that the page shows, figures drawn."""
    from markupsafe import Markup

    answer = Answer.from_json(answer.to_json())  # the order of a file, whether the answer was read or just computed
    c = of(language)
    other: Language = LANGUAGES[1 - LANGUAGES.index(language)]
    found = blocks(answer, c)
    pictures = [item for block in found for item in block.items if isinstance(item, Picture)]
    return Page(
        language=language, other_language=other, other_file=FILES[other], c=c,
        title=c.say("report.title", scenario=answer.scenario), status=status(answer, c), label=label(answer, c),
        headline=upper_first(headline(answer, c)), question=found[0], blocks=found[1:],
        svg={p.name: Markup(_drawn(p, answer, c)) for p in pictures},
        number={p.name: n for n, p in enumerate(pictures, 1)}, answer=answer,
    )  # fmt: skip


def _drawn(picture: Picture, answer: Answer, c: Catalogue) -> str:
    from samenspel.views.figures.frame import Frame

    said = c.say("status.picture", status=status(answer, c), label=label(answer, c))
    return figures.draw(picture.name, answer, c, Frame(picture.title, picture.description, said, c.say("status.use_short")))
