"""What a foreign SBML file must pass before any other library sees it: size, XML without tricks, bounded nesting."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as safe
from defusedxml.common import DefusedXmlException

from samenspel.quantities.errors import SamenspelError

#: largest file that is read, in bytes
LARGEST = 20_000_000
#: deepest nesting of elements; published models stay below about 40
DEEPEST = 200
#: packages of Level 3 that are refused even where a file says that they change nothing
REFUSED = frozenset({"fbc", "qual"})
#: packages that are read: the functions of Version 2 in Version 1, and models put together from models
UNDERSTOOD = frozenset({"l3v2extendedmath", "comp"})
#: an element of the package comp that names another file
FOREIGN = "externalModelDefinition"
#: what a number of a formula may look like; `sep` parts the two halves of a fraction or of mantissa and exponent
NUMBER = re.compile(r"\s*[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf(inity)?|nan)\s*", re.IGNORECASE | re.ASCII)
MATHML = "{http://www.w3.org/1998/Math/MathML}"


class _TooDeep(Exception):
    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


class _Elsewhere(Exception):
    pass


class _NoNumber(Exception):
    pass


class _Watch:
    """A parser target that only counts: nothing of the file is kept."""

    def __init__(self) -> None:
        self.depth = 0
        self.root = ""
        self.packages: dict[str, bool] = {}
        self.number: list[str] | None = None  # the halves of the number that is open

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        self.depth += 1
        if not self.root:
            self.root = tag
            for name, value in attributes.items():
                if name.endswith("}required"):
                    parts = name[1 : -len("}required")].split("/")
                    self.packages[parts[-2] if len(parts) > 1 else parts[-1]] = value.strip() in ("true", "1")
        if self.depth > DEEPEST:
            raise _TooDeep(tag)
        if local(tag) == FOREIGN:
            raise _Elsewhere
        if tag == MATHML + "cn":
            self.number = [""]
        elif tag == MATHML + "sep" and self.number is not None:
            self.number.append("")

    def end(self, tag: str) -> None:
        """An element closes."""
        self.depth -= 1
        if tag == MATHML + "cn" and self.number is not None:
            halves, self.number = self.number, None
            if not all(NUMBER.fullmatch(h) for h in halves):
                raise _NoNumber(" / ".join(halves).strip())

    def data(self, text: str) -> None:
        """Text counts in numbers alone."""
        if self.number is not None:
            self.number[-1] += text

    def close(self) -> _Watch:
        """What was seen."""
        return self


def checked_text(path: str | Path) -> str:
    """The text of an SBML file that is safe to hand to libsbml.

    Raises `SamenspelError` for a file that is absent, larger than 20 MB, no well-formed XML, with a document type or
    entities of its own, nested deeper than 200 elements, not SBML at all, put together from other files, with a formula
    that holds something else where a number has to stand, or with a package that changes the mathematics and is not read.
    """
    path = Path(path)
    name = str(path)
    try:
        if path.stat().st_size > LARGEST:
            raise SamenspelError(
                f"the file is larger than {LARGEST // 1_000_000} MB.", file=name, cure="Split the model, or remove notes."
            )
        raw = path.read_bytes()
    except OSError as fault:
        raise SamenspelError(f"cannot be read: {fault.strerror}.", file=name, cure="Give the path of an SBML file.") from fault
    watch = _Watch()
    parser = safe.DefusedXMLParser(target=watch, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        for i in range(0, len(raw), 1 << 16):
            parser.feed(raw[i : i + (1 << 16)])
        parser.close()
    except _TooDeep as fault:
        raise SamenspelError(
            f"elements are nested more than {DEEPEST} deep (at {local(fault.tag)!r}).",
            file=name,
            cure="Write the expression with fewer brackets, or name its parts by assignment rules.",
        ) from None
    except _Elsewhere:
        raise SamenspelError(
            "the model is put together from another file, which is not opened.",
            file=name,
            cure=f"Write that model into this file instead of {FOREIGN}.",
        ) from None
    except _NoNumber as fault:
        raise SamenspelError(
            f"a formula holds {str(fault)[:40]!r} where a number has to stand.",
            file=name,
            line=parser.parser.CurrentLineNumber,
            cure="Write it as 12, -0.5 or 1.5e-3.",
        ) from None
    except DefusedXmlException as fault:
        raise SamenspelError(
            f"the XML declares a document type or entities ({type(fault).__name__}), which is refused.",
            file=name,
            cure="Save the model again without a DOCTYPE.",
        ) from fault
    except (ParseError, ValueError, LookupError) as fault:
        line = getattr(fault, "position", (None,))[0]
        raise SamenspelError(
            f"this is no well-formed XML: {fault}.",
            file=name,
            line=line,
            cure="Save the model again from the tool that made it.",
        ) from fault
    if local(watch.root) != "sbml":
        raise SamenspelError(f"the root element is {local(watch.root)!r}, not 'sbml'.", file=name, cure="Give an SBML file.")
    for package, required in watch.packages.items():
        if (required or package in REFUSED) and package not in UNDERSTOOD:
            raise SamenspelError(
                f"the SBML package {package!r} is not supported.", file=name, cure="Write the model in SBML core."
            )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SamenspelError(
            "the text is not UTF-8, which SBML asks for.", file=name, cure="Save the file as UTF-8."
        ) from fault


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rsplit("}", 1)[-1]
