"""RDF/XML in any encoding: what XML cannot hold is found before a file is written that no parser reads.

The serialiser writes control characters as they are, and names of properties that no XML has.
"""

from __future__ import annotations

import codecs
import re
from functools import partial
from pathlib import Path

from kg.rdf.rdfxml import RESERVED

# https://www.w3.org/TR/xml/#charsets: all characters but these. It is compiled (5 ms) where RDF/XML is written
_NO_XML = "[^\\t\\n\\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_NAMELESS = re.compile(r'<oxprefix:[\s>][^"]*xmlns:oxprefix="([^"]*)"')
_IN_TAG = re.compile(r"</?[^<>\s\"'=]*\Z")
XML_NAMES = {"utf-8-sig": "utf-8"}  # what XML calls an encoding


class UnfitError(ValueError):
    """Quads that a syntax or an encoding cannot hold, in words."""


def refuse_properties(iris: set[str]) -> None:
    """Raise UnfitError for a property that RDF/XML has another use for."""
    for iri in sorted(RESERVED & iris):
        raise UnfitError(f"RDF/XML cannot say the property `{iri}`")


def recode_xml(made: Path, encoding: str, recoded: Path) -> None:
    """A file of RDF/XML in another encoding. Raises UnfitError.

    A CR in a value is written as a reference: XML reads it as a line end (https://www.w3.org/TR/xml/#sec-line-ends).
    """
    unfit = re.compile(_NO_XML)
    codecs.register_error("kg-xml", partial(refer_to_character, encoding=encoding))
    with (
        made.open(encoding="utf-8", newline="\n") as lines,
        recoded.open("w", encoding=encoding, errors="kg-xml", newline="") as out,
    ):
        head = next(lines, "")
        out.write(head.replace('encoding="UTF-8"', f'encoding="{XML_NAMES.get(encoding, encoding)}"', 1))
        for line in lines:
            if found := unfit.search(line):
                raise UnfitError(f"XML has no character U+{ord(found[0]):04X}, and a value does")
            if found := _NAMELESS.search(line):
                raise UnfitError(f"RDF/XML cannot say the property `{found[1]}`, whose end is no name of XML")
            out.write(line.replace("\r", "&#13;"))


def refer_to_character(error: UnicodeError, encoding: str) -> tuple[str, int]:
    """Characters that an encoding does not have, as references; in the name of an element there are none."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end]
    if _IN_TAG.search(error.object[: error.start]):
        raise UnfitError(f"{encoding.upper()} has no `{text[0]}`, which stands in the name of a property")
    return "".join(f"&#{ord(c)};" for c in text), error.end
