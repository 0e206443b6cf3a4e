"""An RML graph → `MappingDocument`: triples maps, with every mistake as a diagnostic at its mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, Mark, Severity, SourceText, did_you_mean, mark_of_file
from kg.tables.graph import MappingGraph, build_graph
from kg.tables.rml import (
    JoinCondition,
    LogicalSource,
    LogicalView,
    MappingDocument,
    Position,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TermType,
    TriplesMap,
)
from kg.tables.vocabulary import D2RQ, PROPERTIES, RDF, RML, Generation
from kg.turtle.document import MarkedQuad, MarkedTerm, RdfDocument, read_turtle

# What each word for a term map means: its long form, and its constant shortcut.
SHORTCUTS = {
    Position.SUBJECT: ("subjectMap", "subject"),
    Position.PREDICATE: ("predicateMap", "predicate"),
    Position.OBJECT: ("objectMap", "object"),
    Position.GRAPH: ("graphMap", "graph"),
    Position.DATATYPE: ("datatypeMap", "datatype"),
    Position.LANGUAGE: ("languageMap", "language"),
}


def node_name(term: object) -> str:
    """A node as people write it: `<iri>` without the brackets, or `_:label`."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


@dataclass(kw_only=True)
class Reader:
    """One reading of one mapping: the graph, the generation it is written in, and what was found wrong."""

    graph: MappingGraph
    source: SourceText
    diagnostics: list[Diagnostic] = field(default_factory=list)
    views: dict[object, LogicalView | None] = field(default_factory=dict)  # None: has a mistake
    secrets: dict[tuple[int, int], str] = field(default_factory=dict)  # by the place of their literal
    open_views: set[object] = field(default_factory=set)  # being read: met again, it rests on itself

    def report(self, code: str, mark: Mark, message: str, hint: str | None = None) -> None:
        diagnostic = Diagnostic(code=code, mark=mark, message=message, hint=hint)
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def generation(self, node: MarkedTerm) -> Generation:
        """The oldest generation among the properties of *node*: RML's words extend R2RML's."""
        found = {s.generation for s in self.graph.about(node.term)}
        for generation in (Generation.RML, Generation.LEGACY, Generation.R2RML):
            if generation in found:
                return generation
        return Generation.RML

    def one(self, node: MarkedTerm, *names: str) -> MarkedTerm | None:
        """The one object of these properties; a second one is a mistake."""
        found = [o for name in names for o in self.graph.objects(node.term, name)]
        if len(found) > 1:
            self.report(
                "map-repeated",
                found[1].mark,
                f"a second `rml:{names[0]}`, where one is meant",
                "remove one of the two, or write a second map",
            )
        return found[0] if found else None

    def text(self, node: MarkedTerm, name: str) -> str | None:
        """The text of a literal (or the IRI of a node) that is the one object of the property."""
        found = self.one(node, name)
        return None if found is None else term_text(found.term)

    def secret(self, node: MarkedTerm, name: str) -> str | None:
        """A text that may be a secret: the mapping's own text was made unreadable there."""
        found = self.one(node, name)
        if found is None:
            return None
        return self.secrets.get((found.mark.line, found.mark.column), term_text(found.term))

    def mentions(self, name: str) -> bool:
        """Whether anything has this property."""
        return next(self.graph.subjects_with(name), None) is not None

    def is_described(self, term: object) -> bool:
        return isinstance(term, ox.NamedNode | ox.BlankNode) and bool(self.graph.about(term))


def term_text(term: object) -> str:
    """The lexical form of a literal, the IRI of a node."""
    return term.value if isinstance(term, ox.Literal | ox.NamedNode) else str(term)


def read_list(reader: Reader, head: MarkedTerm) -> list[MarkedTerm]:
    """The items of an RDF list; one that does not end with `rdf:nil` is reported."""
    items: list[MarkedTerm] = []
    seen: set[object] = set()
    cell = head
    while term_text(cell.term) != RDF + "nil":
        first, rest = reader.one(cell, RDF + "first"), reader.one(cell, RDF + "rest")
        if first is None or rest is None or cell.term in seen:
            reader.report("map-incomplete", cell.mark, "a list that does not end", "write it as `( ... )`")
            break
        seen.add(cell.term)
        items.append(first)
        cell = rest
    return items


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
    document = read_turtle(source, base=base)
    document, warnings = mend_escapes(source, base, document)
    secrets: dict[tuple[int, int], str] = {}
    if not any(d.severity is Severity.ERROR for d in document.diagnostics):
        document, secrets = hide_secrets(source, base, document)
    return read_rml(replace(document, diagnostics=(*warnings, *document.diagnostics)), secrets)


def read_rml(document: RdfDocument, secrets: dict[tuple[int, int], str] | None = None) -> MappingDocument:
    """The triples maps of an RML graph, whatever it was written in: mistakes are told at the marks of its terms.

    A triples map with a mistake is left out; the mapping must not be run when `diagnostics` holds an error.
    *secrets* are passwords that were starred out of the text, by the places of their literals.
    """
    if any(d.severity is Severity.ERROR for d in document.diagnostics):
        return MappingDocument(triples_maps=(), base=None, diagnostics=tuple(document.diagnostics))
    reader = Reader(
        graph=build_graph(document),
        source=document.source,
        diagnostics=list(document.diagnostics),
        secrets=secrets or {},
    )
    check_properties(reader)
    triples_maps = [t for node in find_triples_maps(reader) if (t := read_triples_map(reader, node)) is not None]
    if not triples_maps and not reader.diagnostics:
        reader.report(
            "map-empty",
            mark_of_file(document.source),
            "the mapping holds no triples map",
            "a triples map has an `rml:logicalSource` and an `rml:subjectMap`",
        )
    check_parents(reader, triples_maps)
    if reader.mentions("quotedTriplesMap") or not all(t.asserted for t in triples_maps):
        from kg.tables.starmaps import check_star

        check_star(reader, triples_maps)
    return MappingDocument(
        triples_maps=tuple(triples_maps),
        base=document.base,
        diagnostics=tuple(leave_out_consequences(reader.diagnostics)),
    )


YARRRML_ENDINGS = (".yml", ".yaml", ".yarrrml")


def read_any_mapping(source: SourceText, base: str | None = None) -> MappingDocument:
    """The same for YARRRML, which the file's name tells (`.yml`, `.yaml`, `.yarrrml`), and for RML in Turtle.

    Mistakes of a YARRRML mapping are told at its own lines, those of the RML that it stands for too.

    >>> text = "mappings: {p: {sources: [[a.csv~csv]], s: 'http://e.org/$(id)', po: [[http://e.org/n, $(n)]]}}"
    >>> (found,) = read_any_mapping(SourceText("m.yml", text)).triples_maps
    >>> str(found.predicate_objects[0].objects[0].mark)
    'm.yml:1:87'
    """
    if not source.name.lower().endswith(YARRRML_ENDINGS):
        return read_mapping(source, base)
    from kg.tables.yarrrml.reading import read_yarrrml
    from kg.tables.yarrrml.rml import translate_to_rml

    document = read_yarrrml(source)
    if document.has_errors:
        return MappingDocument(triples_maps=(), base=None, diagnostics=document.diagnostics)
    translation = translate_to_rml(document, generation=Generation.RML, metadata=False)
    return read_rml(replace(translation, diagnostics=document.diagnostics + translation.diagnostics))


def leave_out_consequences(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """A part that is missing because its name is misspelt, or cannot stand there, is one mistake, not two."""
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
    mended = read_turtle(SourceText(source.name, "\n".join(lines)), base=base)
    warnings = [Diagnostic(code="map-escape", mark=d.mark, message=d.message, hint=d.hint) for d in wrong]
    return mended, warnings


def hide_secrets(
    source: SourceText, base: str | None, document: RdfDocument
) -> tuple[RdfDocument, dict[tuple[int, int], str]]:
    """The same mapping with its passwords starred out, so that no diagnostic can show them with their line.

    Returns the passwords by the places of their literals.
    """
    found = [q.object for q in document.quads if is_secret(q) and q.object.mark.line == q.object.mark.end_line]
    if not found:
        return document, {}
    lines = source.text.split("\n")
    for secret in found:
        mark = secret.mark
        line = lines[mark.line - 1]
        stars = "*" * (mark.end_column - mark.column - 2)
        lines[mark.line - 1] = f"{line[: mark.column]}{stars}{line[mark.end_column - 2 :]}"
    hidden = read_turtle(SourceText(source.name, "\n".join(lines)), base=base)
    return hidden, {(s.mark.line, s.mark.column): term_text(s.term) for s in found}


def is_secret(quad: MarkedQuad) -> bool:
    """True for a password, and for an address with a password in it."""
    predicate, value = quad.predicate.term, quad.object.term
    if not isinstance(predicate, ox.NamedNode) or not isinstance(value, ox.Literal) or not value.value:
        return False
    from kg.tables.sources.dsn import hide_password

    holds_one = predicate.value == D2RQ + "jdbcDSN" and hide_password(value.value) != value.value
    return holds_one or predicate.value == D2RQ + "password"


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
    return list(found.values())


def check_properties(reader: Reader) -> None:
    """A property under an RML namespace that RML does not know is a misspelling."""
    for statements in reader.graph.by_subject.values():
        for statement in statements:
            if statement.generation is not None and statement.predicate not in PROPERTIES:
                word = statement.predicate.rsplit("/", 1)[-1]
                known = {iri.removeprefix(RML) for iri in PROPERTIES}
                hint = did_you_mean(word, known) or "see the vocabulary of RML"
                reader.report("map-property", statement.written.mark, f"RML has no property `{word}`", hint)


def read_triples_map(reader: Reader, node: MarkedTerm) -> TriplesMap | None:
    """A triples map; None, with the reasons reported, where it is not whole."""
    from kg.tables.logical import read_logical_source  # the two read each other's nouns

    subject_node = reader.one(node, "subjectMap", "subject")
    source_node = reader.one(node, "logicalSource")
    name = node_name(node.term)
    for found, word in ((source_node, "logicalSource"), (subject_node, "subjectMap")):
        if found is None:
            reader.report(
                "map-incomplete",
                node.mark,
                f"the triples map `{name}` has no `rml:{word}`",
                f"add an `rml:{word}`",
            )
    if subject_node is None or source_node is None:
        return None
    source = read_logical_source(reader, source_node, node)
    subjects = read_term_maps(reader, node, Position.SUBJECT)
    before = len(reader.diagnostics)
    described = reader.graph
    classes = []
    for found in described.objects(subject_node.term, "class"):
        if isinstance(found.term, ox.NamedNode):
            classes.append(found.term)
        else:
            reader.report("map-term", found.mark, f"the class {found.term} is not an IRI")
    graphs = read_term_maps(reader, subject_node, Position.GRAPH)
    poms = [read_predicate_object_map(reader, pom) for pom in described.objects(node.term, "predicateObjectMap")]
    base = reader.text(node, "baseIRI")
    if source is None or not subjects or len(reader.diagnostics) > before + 10_000:
        return None
    return TriplesMap(
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


def is_asserted(reader: Reader, node: MarkedTerm) -> bool:
    """Whether the triples of a triples map stand by themselves, as all do that are not declared otherwise."""
    kinds = reader.graph.types(node.term)
    if kinds >= {RML + "AssertedTriplesMap", RML + "NonAssertedTriplesMap"}:
        message = "a triples map that is both asserted and not asserted"
        reader.report("map-repeated", node.mark, message, "keep one of the two classes")
    return RML + "NonAssertedTriplesMap" not in kinds


def read_term_maps(reader: Reader, node: MarkedTerm, position: Position) -> list[TermMap]:
    """The term maps of one position of *node*: long forms first, then constant shortcuts."""
    from kg.tables.termmaps import constant_map, read_term_map

    long_form, shortcut = SHORTCUTS[position]
    generation = reader.generation(node)
    maps = [read_term_map(reader, found, position) for found in reader.graph.objects(node.term, long_form)]
    maps += [constant_map(reader, f, position, generation) for f in reader.graph.objects(node.term, shortcut)]
    return [m for m in maps if m is not None]


def read_predicate_object_map(reader: Reader, node: MarkedTerm) -> PredicateObjectMap | None:
    """A predicate-object map; None where nothing of it can be used."""
    predicates = read_term_maps(reader, node, Position.PREDICATE)
    objects: list[TermMap | RefObjectMap] = []
    plain: list[MarkedTerm] = []
    for found in reader.graph.objects(node.term, "objectMap"):
        if names_parent(reader, found):
            if (ref := read_ref_object_map(reader, found)) is not None:
                objects.append(ref)
        else:
            plain.append(found)
    from kg.tables.termmaps import constant_map, read_term_map

    generation = reader.generation(node)
    maps = [read_term_map(reader, found, Position.OBJECT) for found in plain]
    maps += [
        constant_map(reader, found, Position.OBJECT, generation) for found in reader.graph.objects(node.term, "object")
    ]
    objects += [m for m in maps if m is not None]
    for names, word in ((("predicateMap", "predicate"), "predicate"), (("objectMap", "object"), "object")):
        if not any(reader.graph.objects(node.term, name) for name in names):
            reader.report("map-incomplete", node.mark, f"a predicate-object map without {word}", f"add an `rml:{word}`")
            return None
    return PredicateObjectMap(
        predicates=tuple(predicates),
        objects=tuple(objects),
        graphs=tuple(read_term_maps(reader, node, Position.GRAPH)),
        mark=node.mark,
    )


def names_parent(reader: Reader, node: MarkedTerm) -> bool:
    """Whether a map is a referencing one; with a `rml:quotedTriplesMap` as well, the star map tells the mistake."""
    graph = reader.graph
    return bool(graph.objects(node.term, "parentTriplesMap")) and not graph.objects(node.term, "quotedTriplesMap")


def read_ref_object_map(reader: Reader, node: MarkedTerm) -> RefObjectMap | None:
    """A referencing object map; None where it names no parent triples map."""
    from kg.tables.termmaps import read_targets

    parent = reader.one(node, "parentTriplesMap")
    if parent is None:
        return None
    conditions = [read_join_condition(reader, found) for found in reader.graph.objects(node.term, "joinCondition")]
    if any(c is None for c in conditions):
        return None
    return RefObjectMap(
        parent=node_name(parent.term),
        conditions=tuple(c for c in conditions if c is not None),
        targets=read_targets(reader, node),
        mark=parent.mark,
    )


def read_join_condition(reader: Reader, node: MarkedTerm) -> JoinCondition | None:
    """Both sides of a condition, each a reference (`rml:child`) or a map (`rml:childMap`)."""
    from kg.tables.termmaps import read_term_map, reference_map

    sides: list[TermMap | None] = []
    for word in ("child", "parent"):
        side: TermMap | None = None
        if (long_form := reader.one(node, word + "Map")) is not None:
            side = read_term_map(reader, long_form, Position.VALUE)
        elif (short := reader.one(node, word)) is not None:
            side = reference_map(term_text(short.term), short.mark, reader.generation(node))
        else:
            reader.report("map-incomplete", node.mark, f"a join condition without `rml:{word}`", f"add an `rml:{word}`")
        sides.append(side)
    if sides[0] is None or sides[1] is None:
        return None
    return JoinCondition(child=sides[0], parent=sides[1], mark=node.mark)


def check_parents(reader: Reader, triples_maps: list[TriplesMap]) -> None:
    """A parent triples map must be there; without a condition it must have the child's rows."""
    by_name = {t.name: t for t in triples_maps}
    known = {node_name(n.term) for n in find_triples_maps(reader)}
    for triples_map in triples_maps:
        for ref in with_members(triples_map.resource_maps):
            if not isinstance(ref, RefObjectMap):
                continue
            parent = by_name.get(ref.parent)
            if parent is None:
                if ref.parent not in known:
                    hint = did_you_mean(ref.parent, known)
                    reader.report("map-parent", ref.mark, f"no triples map `{ref.parent}`", hint)
            elif not ref.conditions:
                check_same_rows(reader, ref.mark, triples_map, parent)


def with_members(maps: Iterable[TermMap | RefObjectMap]) -> Iterator[TermMap | RefObjectMap]:
    """The maps, and the members of those that gather."""
    for each in maps:
        yield each
        if isinstance(each, TermMap) and each.gather is not None:
            yield from with_members(each.gather.members)


def check_same_rows(reader: Reader, mark: Mark, triples_map: TriplesMap, other: TriplesMap) -> None:
    """A triples map that is referred to without a condition reads the same rows."""
    if not same_rows(triples_map.source, other.source):
        reader.report(
            "map-join",
            mark,
            f"`{other.name}` has another logical source, and no join condition",
            "add an `rml:joinCondition`, or use the same logical source",
        )


def same_rows(one: LogicalSource | LogicalView, other: LogicalSource | LogicalView) -> bool:
    """True where both are read from the same rows, so that no join is needed."""
    return one == other


TERM_TYPES = {RML + t.value: t for t in TermType if t is not TermType.QUOTED_TRIPLE}
