"""Mappings that declare no base: relative IRIs name their own nodes (`<#People>`), and may stand for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox

from kg.rdf.turtle.document import MarkedTerm, RdfDocument, read_turtle
from kg.tables.vocabulary import RML, translate_iri
from kg.text.diagnostic import Diagnostic, SourceText

_NOWHERE, _DOCUMENT = "nowhere:", "nowhere://mapping/"  # a scheme of its own, which `<//host/>` keeps
# What these are given comes into the data, or is known by its IRI, even where it is the name of a node as well.
_WRITTEN = frozenset(
    RML + word
    for word in (
        "class", "constant", "subject", "predicate", "object", "graph", "datatype", "termType", "language",
        "function", "parameter", "return", "inputValue", "gatherAs", "strategy", "baseIRI",
        "referenceFormulation", "serialization", "encoding", "compression", "root", "path",
    )
)  # fmt: skip
# What is missing under these is told by its name (`there is no triples map ...`).
_NAMING = frozenset(
    RML + word
    for word in (
        "parentTriplesMap", "quotedTriplesMap", "subjectMap", "predicateObjectMap", "predicateMap", "objectMap",
        "graphMap",
    )
)  # fmt: skip


def read_document(source: SourceText, base: str | None) -> RdfDocument:
    """The statements of a mapping; without a *base*, its nodes may have relative IRIs for their names.

    Turtle resolves them against the address of the document (RFC 3986 §5.1), which nothing that is written may
    depend on: a relative IRI that is no such name is an error.
    """
    document = read_turtle(source, base=_DOCUMENT if base is None else base)
    if base is not None:
        return document
    mistakes = list(_find_strays(document))
    return replace(
        document,
        base=None if (document.base or "").startswith(_NOWHERE) else document.base,  # `@base <x/>` is none alone
        diagnostics=(*document.diagnostics, *mistakes),
    )


def show_relative(iri: str) -> str:
    """The IRI as it was written, where there was no base."""
    return iri.removeprefix(_DOCUMENT).removeprefix(_NOWHERE)


def _find_strays(document: RdfDocument) -> Iterator[Diagnostic]:
    """Relative IRIs that are not the name of a node of the mapping."""
    nodes = {quad.subject.term for quad in document.quads}
    for quad in document.quads:
        used: list[MarkedTerm] = [quad.predicate]
        word = translate_iri(quad.predicate.term.value) if isinstance(quad.predicate.term, ox.NamedNode) else ""
        if word in _WRITTEN or (quad.object.term not in nodes and word not in _NAMING):
            used.append(quad.object)
        for each in used:
            iri = _iri_of(each)
            if iri is not None and iri.startswith(_NOWHERE):
                message = f"the relative IRI `<{show_relative(iri)}>` without a base"
                hint = "declare one: `@base <https://...> .`"
                yield Diagnostic(code="turtle-iri", mark=each.mark, message=message, hint=hint)


def _iri_of(found: MarkedTerm) -> str | None:
    if isinstance(found.term, ox.NamedNode):
        return found.term.value
    return found.term.datatype.value if isinstance(found.term, ox.Literal) else None
