"""A mapping file → `MappingDocument`, whichever language it is written in."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from kg.tables.read.checks import check_triples_maps, with_members
from kg.tables.read.constants import settle_triples_map
from kg.tables.read.turtle import read_mapping
from kg.tables.rml import MappingDocument, QuotedTriplesMap, TermMap
from kg.tables.wording import YARRRML_ENDINGS, find_kind, is_yarrrml
from kg.text.diagnostic import Diagnostic, KgError, Mark, SourceText
from kg.text.findings import Findings

_YARRRML = re.compile(r"^(mappings?:)(?:\s*\{|[ \t]*(?:#.*)?$)", re.MULTILINE)  # no statement of Turtle ends there


def read_mapping_text(path: Path) -> SourceText:
    """A mapping file as text, named as the user named it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise KgError(f"cannot read `{path}`: {error.strerror}") from error
    except UnicodeDecodeError as error:
        found = find_kind(error.object)
        looks = f": it begins as {found[0]} does" if found else ""
        raise KgError(f"`{path}` is not UTF-8 (byte {error.start + 1}){looks}") from error
    return SourceText(path.as_posix(), text)


def read_any_mapping(source: SourceText, base: str | None = None) -> MappingDocument:
    """The triples maps of a mapping, in YARRRML where the file's name ends so, else in Turtle.

    YARRRML ends in `.yml`, `.yaml` or `.yarrrml`. *base* is the base IRI of a mapping in Turtle that declares none.
    All mistakes are told, at their own lines; the mapping must not be run when `diagnostics` holds an error.

    >>> text = "mappings: {p: {sources: [[a.csv~csv]], s: 'http://e.org/$(id)', po: [[http://e.org/n, $(n)]]}}"
    >>> (found,) = read_any_mapping(SourceText("m.yml", text)).triples_maps
    >>> str(found.predicate_objects[0].objects[0].mark)
    'm.yml:1:87'
    """
    if not is_yarrrml(source.name):
        document = read_mapping(source, base)
        return replace(document, diagnostics=tell_language(source, document.diagnostics))
    from kg.tables.read.yarrrml.document import read_yarrrml

    return check_document(read_yarrrml(source).document)


def tell_language(source: SourceText, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The diagnostics of a mapping in Turtle; of YARRRML, which is read as Turtle, one for all of them."""
    found = _YARRRML.search(source.text)
    if found is None or not any(d.code.startswith("turtle-") for d in diagnostics):
        return diagnostics
    line = source.text.count("\n", 0, found.start(1)) + 1
    mark = Mark(source=source, line=line, column=1, end_line=line, end_column=1 + len(found[1]))
    hint = f"end its name in `{YARRRML_ENDINGS[0]}`, or translate it: `kg yarrrml - | kg map - -o OUT`"
    return (Diagnostic(code="turtle-syntax", mark=mark, message="YARRRML, where Turtle is read", hint=hint),)


def check_document(document: MappingDocument) -> MappingDocument:
    """A YARRRML mapping with what is wrong between its triples maps, which a translation passes on as it is."""
    if document.has_errors:
        return replace(document, triples_maps=())
    stars = (each for t in document.triples_maps for each in with_members(t.resource_maps) if isinstance(each, TermMap))
    quoted = {star.expression.name for star in stars if isinstance(star.expression, QuotedTriplesMap)}
    known = {t.name for t in document.triples_maps}
    findings = Findings()
    findings.add(document.diagnostics)
    check_triples_maps(findings, document.triples_maps, known=known, quoted=quoted)
    settled = tuple(settle_triples_map(findings, t) for t in document.triples_maps)
    return replace(document, triples_maps=settled, diagnostics=findings.diagnostics)
