"""An RML graph → `MappingDocument`: triples maps, with every mistake as a diagnostic at its mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from kg.rdf.turtle.document import MarkedTerm, RdfDocument
from kg.tables.read.checks import check_triples_maps
from kg.tables.read.graph import build_graph
from kg.tables.read.reader import Reader, node_name
from kg.tables.read.relative import read_document
from kg.tables.read.sources import read_logical_source
from kg.tables.read.termmaps import read_predicate_object_map, read_term_maps
from kg.tables.rml import (
    LogicalSource,
    LogicalView,
    MappingDocument,
    Position,
    Reference,
    TriplesMap,
    find_nouns,
    single_row,
)
from kg.tables.vocabulary import NO_EFFECT, PROPERTIES, REFUSED, RESTRICTING, RML
from kg.tables.wording import show_node
from kg.text.diagnostic import Diagnostic, SourceText, did_you_mean, has_errors, mark_of_file

# what a node is that has one of these properties, or is their object: no term map
_NO_TERM_MAPS = {
    "predicateObjectMap": "triples map",
    "logicalSource": "triples map",
    "subjectMap": "triples map",
    "predicate": "predicate-object map",
    "predicateMap": "predicate-object map",
    "object": "predicate-object map",
    "objectMap": "predicate-object map",
}


def read_mapping(source: SourceText, base: str | None = None) -> MappingDocument:
    """The triples maps of an RML or R2RML mapping in Turtle, and all its mistakes.

    A triples map with a mistake is left out; the mapping must not be run when `diagnostics` holds an error.

    >>> text = '''@prefix rml: <http://w3id.org/rml/> . @base <http://example.org/> .
    ... <#people> rml:logicalSource [ rml:source "people.csv"; rml:referenceFormulation rml:CSV ];
    ...   rml:subjectMap [ rml:template "person/{id}" ];
    ...   rml:predicateObjectMap [ rml:predicate <name>; rml:objectMap [ rml:reference "name" ] ] .'''
    >>> document = read_mapping(SourceText("people.ttl", text))
    >>> [t.name for t in document.triples_maps], document.diagnostics
    (['http://example.org/#people'], ())
    """
    document = read_document(source, base)
    document, warnings = mend_escapes(source, base, document)
    return read_rml(replace(document, diagnostics=(*warnings, *document.diagnostics)))


def read_rml(document: RdfDocument) -> MappingDocument:
    """The triples maps of an RML graph, whatever it was written in: mistakes are told at the marks of its terms.

    A triples map with a mistake is left out; the mapping must not be run when `diagnostics` holds an error.
    """
    if has_errors(document.diagnostics):
        return MappingDocument(triples_maps=(), base=None, diagnostics=tuple(document.diagnostics))
    reader = Reader(graph=build_graph(document))
    reader.add(document.diagnostics)
    check_properties(reader)
    triples_maps = [t for node in find_triples_maps(reader) if (t := read_triples_map(reader, node)) is not None]
    if not triples_maps and not reader.found:
        reader.tell(
            "map-empty",
            mark_of_file(document.source),
            "the mapping holds no triples map",
            "a triples map has an `rml:logicalSource` and an `rml:subjectMap`",
        )
    check_places(reader)
    check_unread(reader)
    known = {node_name(node.term) for node in find_triples_maps(reader)}
    quoted = {node_name(s.object.term) for s in reader.graph.with_predicate("quotedTriplesMap")}
    check_triples_maps(reader, triples_maps, known=known, quoted=quoted)
    return MappingDocument(
        triples_maps=tuple(triples_maps),
        base=document.base,
        diagnostics=tuple(leave_out_consequences(reader)),
    )


def leave_out_consequences(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """A part that is missing because its name is misspelt, or cannot stand there, is one mistake, not two."""
    diagnostics = list(diagnostics)
    misspelt = [d.mark for d in diagnostics if d.code in {"map-property", "map-star"}]

    def explained(found: Diagnostic) -> bool:
        start, end = (found.mark.line, found.mark.column), (found.mark.end_line, found.mark.end_column)
        return found.code == "map-incomplete" and any(start <= (m.line, m.column) < end for m in misspelt)

    return [d for d in diagnostics if not explained(d)]


def mend_escapes(source: SourceText, base: str | None, document: RdfDocument) -> tuple[RdfDocument, list[Diagnostic]]:
    """A mapping whose only mistakes are unknown escapes (`\\a`), read with their backslashes as they stand.

    Turtle does not allow them; the mappings of RML have them all the same, in templates and paths, since
    other readers let them pass. Here they are warnings.
    """
    wrong = [d for d in document.diagnostics if d.severity.word == "error"]
    if not wrong or any(d.code != "turtle-escape" for d in wrong):
        return document, []
    lines = source.text.split("\n")
    for mistake in sorted(wrong, key=lambda d: d.sort_key, reverse=True):
        line, start = lines[mistake.mark.line - 1], mistake.mark.column - 1
        if line[start : start + 1] != "\\":
            return document, []
        lines[mistake.mark.line - 1] = line[:start] + "\\" + line[start:]
    mended = read_document(SourceText(source.name, "\n".join(lines)), base)
    warnings = [Diagnostic(code="map-escape", mark=d.mark, message=d.message, hint=d.hint) for d in wrong]
    return mended, warnings


def find_triples_maps(reader: Reader) -> list[MarkedTerm]:
    """The nodes that are triples maps, by what is said of them or by how they are referred to."""
    found = {
        node.term: node for node in reader.graph.subjects_with("logicalSource", "subjectMap", "predicateObjectMap")
    }
    for statements in reader.graph.by_subject.values():
        subject = statements[0].subject
        kinds = reader.graph.types(subject.term)
        if kinds & {RML + "TriplesMap", RML + "AssertedTriplesMap", RML + "NonAssertedTriplesMap"}:
            found.setdefault(subject.term, subject)
    calls = {s.object.term for s in reader.graph.with_predicate("functionValue")}  # which the older FNML writes alike
    return [node for term, node in found.items() if term not in calls]


def check_properties(reader: Reader) -> None:
    """A property under an RML namespace that RML does not know is a misspelling; some are refused by their names."""
    for statements in reader.graph.by_subject.values():
        for statement in statements:
            word = statement.predicate.rsplit("/", 1)[-1]
            if statement.generation is not None and word in REFUSED:
                message = f"`rml:{word}` is not supported"
                reader.tell("map-unsupported", statement.written.mark, message, REFUSED[word])
            elif statement.generation is not None and statement.predicate not in PROPERTIES:
                known = {iri.removeprefix(RML) for iri in PROPERTIES}
                hint = did_you_mean(word, known) or "see the vocabulary of RML"
                reader.tell("map-property", statement.written.mark, f"RML has no property `{word}`", hint)


def read_triples_map(reader: Reader, node: MarkedTerm) -> TriplesMap | None:
    """A triples map; None, with the reasons reported, where it is not whole."""
    subject_node = reader.one(node, "subjectMap", "subject")
    source_node = reader.one(node, "logicalSource")
    name = node_name(node.term)
    if subject_node is None:
        reader.incomplete(node.mark, f"the triples map `{name}` has no `rml:subjectMap`", "add an `rml:subjectMap`")
        return None
    source = single_row(node.mark) if source_node is None else read_logical_source(reader, source_node)
    subjects = read_term_maps(reader, node, Position.SUBJECT)
    described = reader.graph
    classes = []
    for found in described.objects(subject_node.term, "class"):
        if isinstance(found.term, ox.NamedNode):
            classes.append(found.term)
        else:
            reader.tell("map-term", found.mark, f"the class {show_node(str(found.term), found.mark)} is not an IRI")
    graphs = read_term_maps(reader, subject_node, Position.GRAPH)
    poms = [read_predicate_object_map(reader, pom) for pom in described.objects(node.term, "predicateObjectMap")]
    check_call_sources(reader, source)
    base = reader.text(node, "baseIRI")
    if source is None or not subjects:
        return None
    made = TriplesMap(
        name=name,
        source=source,
        subject=subjects[0],
        classes=tuple(classes),
        graphs=tuple(graphs),
        predicate_objects=tuple(p for p in poms if p is not None),
        base=base,
        asserted=is_asserted(reader, node),
        mark=node.mark,
    )
    if source_node is None and next(find_nouns(made, Reference), None) is not None:
        hint = "add an `rml:logicalSource`"
        reader.incomplete(node.mark, f"the triples map `{name}` has no `rml:logicalSource`", hint)
        return None
    return made


def check_call_sources(reader: Reader, source: LogicalSource | LogicalView | None) -> None:
    """A call reads the rows of its triples map: a logical source of its own, as the older FNML has it, is the same."""
    found, reader.call_sources = reader.call_sources, []
    for node in found:
        own = read_logical_source(reader, node)
        if own is not None and source is not None and own != source:
            message = "a function over another logical source than that of its triples map"
            hint = "give it the same logical source, or none; other rows are joined by an `rml:joinCondition`"
            reader.tell("map-unsupported", node.mark, message, hint)


def is_asserted(reader: Reader, node: MarkedTerm) -> bool:
    """Whether the triples of a triples map stand by themselves, as all do that are not declared otherwise."""
    kinds = reader.graph.types(node.term)
    if kinds >= {RML + "AssertedTriplesMap", RML + "NonAssertedTriplesMap"}:
        message = "a triples map that is both asserted and not asserted"
        reader.tell("map-repeated", node.mark, message, "keep one of the two classes")
    return RML + "NonAssertedTriplesMap" not in kinds


def check_places(reader: Reader) -> None:
    """`rml:quotedTriplesMap` belongs to a term map, not to a triples map or a predicate-object map."""
    for statement in reader.graph.with_predicate("quotedTriplesMap"):
        about = {s.predicate.removeprefix(RML) for s in reader.graph.about(statement.subject.term)}
        what = next((kind for name, kind in _NO_TERM_MAPS.items() if name in about), None)
        if what is not None:
            message = f"a {what} with `rml:quotedTriplesMap`"
            hint = "quote triples in a subject map or in an object map"
            reader.tell("map-star", statement.written.mark, message, hint)


def check_unread(reader: Reader) -> None:
    """A word of RML that nobody read where it stands is of no use there; one that restricts triples is a mistake."""
    left = list(reader.graph.left_over()) if not reader.has_errors else []
    within = {statement.object.term for statement in left}
    for statement in left:
        word = statement.predicate.removeprefix(RML)
        if word in NO_EFFECT or statement.subject.term in within:
            continue
        if word in RESTRICTING:
            message = f"`rml:{word}` is not read here, and the triples would be others with it"
            reader.tell("map-misplaced", statement.written.mark, message, f"it belongs to {RESTRICTING[word]}")
        else:
            hint = "remove it, or write it where it belongs"
            reader.tell("map-unread", statement.written.mark, f"`rml:{word}` has no use here", hint)
