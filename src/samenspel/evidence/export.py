"""The evidence base in the formats of others: CSV, Parquet, BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any, Literal

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.schema import Source
from samenspel.evidence.table import CLAIM_COLUMNS, SOURCE_COLUMNS, claim_rows, source_rows
from samenspel.quantities.errors import SamenspelError

Format = Literal["csv", "parquet", "bibtex", "ris", "csl-json"]
FORMATS: tuple[Format, ...] = ("csv", "parquet", "bibtex", "ris", "csl-json")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BIBTEX = {
    "article": "article",
    "review": "article",
    "report": "techreport",
    "thesis": "thesis",
    "book": "book",
    "guideline": "techreport",
    "web-article": "online",
    "software": "software",
    "dataset": "dataset",
    "preprint": "unpublished",
}
_RIS = {
    "article": "JOUR",
    "review": "JOUR",
    "report": "RPRT",
    "thesis": "THES",
    "book": "BOOK",
    "guideline": "RPRT",
    "web-article": "ELEC",
    "software": "COMP",
    "dataset": "DATA",
    "hearing": "HEAR",
    "preprint": "UNPB",
    "abstract": "ABST",
}
_CSL = {
    "article": "article-journal",
    "review": "article-journal",
    "report": "report",
    "thesis": "thesis",
    "book": "book",
    "guideline": "report",
    "web-article": "webpage",
    "software": "software",
    "dataset": "dataset",
    "hearing": "hearing",
    "preprint": "article",
    "registry": "dataset",
    "abstract": "paper-conference",
}


def export(atlas: Atlas, form: Format, folder: Path) -> list[Path]:
    """Write the evidence base into a folder that exists or can be made; returns the files.

    Raises:
        SamenspelError: for an unknown format or a folder that cannot be written.
    """
    if form not in FORMATS:
        raise SamenspelError(f"no format {form!r}.", cure=f"There is: {', '.join(FORMATS)}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if form == "csv":
            return [
                _write(folder / "claims.csv", csv_text(CLAIM_COLUMNS, claim_rows(atlas))),
                _write(folder / "sources.csv", csv_text(SOURCE_COLUMNS, source_rows(atlas))),
            ]
        if form == "parquet":
            return [
                _parquet(folder / "claims.parquet", claim_rows(atlas), CLAIM_COLUMNS, "claims"),
                _parquet(folder / "sources.parquet", source_rows(atlas), SOURCE_COLUMNS, "sources"),
            ]
        name, text = {
            "bibtex": ("sources.bib", bibtex),
            "ris": ("sources.ris", ris),
            "csl-json": ("sources.csl.json", csl_json),
        }[form]
        return [_write(folder / name, text(atlas))]
    except OSError as wrong:
        raise SamenspelError(
            f"cannot write into {folder} ({wrong.strerror}).", cure="Choose another folder."
        ) from wrong


def csv_text(columns: tuple[str, ...], rows: Any) -> str:
    """Rows as CSV; a cell that a spreadsheet would take for a formula is quoted with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return "" if value is None else value


def bibtex(atlas: Atlas) -> str:
    """All sources as BibTeX entries."""
    entries: list[str] = []
    for source in atlas.sources.values():
        fields = {
            "title": "{" + _tex(source.title) + "}",
            "author": " and ".join(_tex(a) for a in source.authors),
            "year": source.year,
            "journal": _tex(source.journal or ""),
            "doi": source.doi,
            "pmid": source.pmid,
            "url": source.url,
            "language": source.language,
        }
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        entries.append(f"@{_BIBTEX.get(source.type, 'misc')}{{{source.id},\n{body}}}\n")
    return "\n".join(entries)


def ris(atlas: Atlas) -> str:
    """All sources as RIS records."""
    records: list[str] = []
    for source in atlas.sources.values():
        lines = [("TY", _RIS.get(source.type, "GEN")), ("ID", source.id), ("TI", source.title)]
        lines += [("AU", author) for author in source.authors]
        lines += [
            ("PY", source.year),
            ("JO", source.journal),
            ("DO", source.doi),
            ("AN", source.pmid),
            ("UR", source.url),
            ("LA", source.language),
        ]
        records.append("".join(f"{tag}  - {_one_line(value)}\n" for tag, value in lines if value) + "ER  - \n")
    return "\n".join(records)


def csl_json(atlas: Atlas) -> str:
    """All sources as CSL-JSON."""
    return json.dumps([_csl(source) for source in atlas.sources.values()], ensure_ascii=False, indent=1) + "\n"


def _csl(source: Source) -> dict[str, Any]:
    item: dict[str, Any] = {"id": source.id, "type": _CSL.get(source.type, "document"), "title": source.title}
    if source.authors:
        item["author"] = [_name(author) for author in source.authors]
    if source.year is not None:
        item["issued"] = {"date-parts": [[source.year]]}
    extra = {"container-title": source.journal, "DOI": source.doi, "PMID": source.pmid, "URL": source.url}
    return {**item, **{name: value for name, value in extra.items() if value}, "language": source.language}


def _name(author: str) -> dict[str, str]:
    family, comma, given = author.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma else {"literal": author}


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text.replace("\\", ""))


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _parquet(path: Path, rows: Any, columns: tuple[str, ...], name: str) -> Path:
    import pyarrow.parquet as pq

    from samenspel.evidence.table import arrow_table

    pq.write_table(arrow_table(name, columns, rows), path)
    return path
