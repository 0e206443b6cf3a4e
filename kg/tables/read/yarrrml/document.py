"""YARRRML text → `YarrrmlDocument`: the nouns of RML, with all mistakes at their places.

Source: https://rml.io/yarrrml/spec/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from kg.tables.read.yarrrml.functions import FunctionCall, read_conditions, wrap_condition
from kg.tables.read.yarrrml.keys import DOCUMENT_KEYS, MAPPING_KEYS, PREDICATE_OBJECT_KEYS
from kg.tables.read.yarrrml.scope import DocumentScope, Fields, PlannedMap, read_items
from kg.tables.read.yarrrml.sources import Author, read_author, read_source, read_target
from kg.tables.read.yarrrml.tags import check_tags, read_tag, read_tags
from kg.tables.read.yarrrml.terms import invert_reference, read_objects, read_resource
from kg.tables.read.yarrrml.text import DocumentNames, is_absolute, is_nothing
from kg.tables.read.yarrrml.values import plain_map
from kg.tables.rml import (
    Constant,
    Formulation,
    LogicalSource,
    LogicalView,
    MappingDocument,
    Position,
    PredicateObjectMap,
    Reference,
    RefObjectMap,
    RowIdentity,
    TermMap,
    TermType,
    TriplesMap,
    find_nouns,
    single_row,
)
from kg.tables.vocabulary import RDF_TYPE
from kg.text.diagnostic import Diagnostic, Mark, SourceText, mark_of_file, sort_diagnostics
from kg.text.plural import write_count
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode, parse_document

_XPATH_PREFIX = re.compile(r"([^\W\d][\w.-]*):(?!:)")
SOURCELESS = frozenset({"yarrrml-empty", "yarrrml-no-source"})  # reason enough for a source that no mapping reads
DEFAULT_BASE = "http://mapping.example.com/"
Inverse = tuple[TermMap | RefObjectMap, tuple[TermMap, ...]]  # an object with its inverse predicates


@dataclass(frozen=True, kw_only=True)
class YarrrmlDocument:
    """A YARRRML document that was read: its mapping, and what its translation to RML says beside it."""

    document: MappingDocument
    base: str = DEFAULT_BASE
    prefixes: Mapping[str, str] = field(default_factory=dict)
    authors: tuple[Author, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with it; it must not be used where one of them is an error."""
        return self.document.diagnostics


@dataclass(frozen=True, kw_only=True)
class MappingEntry:
    """One entry under `mappings`, before its terms are read."""

    name: Scalar
    node: MappingNode
    fields: Fields


@dataclass(frozen=True, kw_only=True)
class ReadStatement:
    """Predicates with objects, as RML has them; and its objects that have inverse predicates."""

    map: PredicateObjectMap
    inverse: tuple[Inverse, ...]


def read_yarrrml(source: SourceText, *, externals: Mapping[str, str] | None = None) -> YarrrmlDocument:
    """The YARRRML document of a text; *externals*, by name, overrule those that the document gives.

    The document is there whatever is wrong; what could not be read is left out, and `diagnostics` says why.

    >>> text = "mappings: {p: {sources: [[a.csv~csv]], s: 'ex:$(id)', po: [[a, foaf:Person]]}}"
    >>> read = read_yarrrml(SourceText("m.yml", text))
    >>> [t.name for t in read.document.triples_maps], [d.message for d in read.diagnostics]
    (['p'], ['no prefix `ex:`; the text is taken for a whole IRI'])
    """
    parsed = parse_document(source)
    scope = DocumentScope()
    scope.add(parsed.diagnostics)
    whole = mark_of_file(source)
    read = YarrrmlDocument(document=MappingDocument(triples_maps=(), base=None, diagnostics=()))
    if isinstance(parsed.root, MappingNode):
        read = read_document(scope, parsed.root, whole, externals or {})
    elif parsed.root is not None:
        scope.expect("a mapping with `mappings`", parsed.root)
    elif not parsed.diagnostics:
        hint = "a YARRRML document has at least `mappings`"
        scope.tell("yarrrml-missing", whole, "the document is empty", hint)
    # a mapping of several sources is read once for each: what is wrong with it is told once
    diagnostics = tuple(sort_diagnostics(dict.fromkeys(scope.diagnostics)))
    return replace(read, document=replace(read.document, diagnostics=diagnostics))


def read_document(
    scope: DocumentScope, root: MappingNode, whole: Mark, externals: Mapping[str, str]
) -> YarrrmlDocument:
    """All of a document: first what its names mean, then its mappings."""
    fields = scope.read_fields(root, DOCUMENT_KEYS)
    prefixes = read_prefixes(scope, fields.get("prefixes"))
    own = {
        key.text: text.text
        for key, value in scope.read_entries(fields.get("external"), "external references")
        if (text := scope.read_text(value)) is not None
    }
    scope.names = DocumentNames(prefixes=prefixes, externals={**own, **externals})
    for key, value in scope.read_entries(fields.get("sources"), "sources"):
        scope.sources[key.text] = read_source(scope, value)
    for key, value in scope.read_entries(fields.get("targets"), "targets"):
        scope.targets[key.text] = read_target(scope, value)
    if not fields.has("mappings"):
        scope.tell("yarrrml-missing", whole, "a YARRRML document needs `mappings`")
    entries = list(read_entries(scope, fields.get("mappings")))
    for entry in entries:
        scope.mappings[entry.name.text] = plan_maps(scope, entry)
    triples_maps = [t for entry in entries for t in read_mapping(scope, entry)]
    triples_maps = list(finish_maps(scope, triples_maps))
    if not scope.has_errors and SOURCELESS.isdisjoint(d.code for d in scope.diagnostics):
        tell_unnamed(scope, fields, "source", "read")
        tell_unnamed(scope, fields, "target", "written")
    authors = [read_author(scope, item) for item in read_items(fields.get("authors"))]
    return YarrrmlDocument(
        document=MappingDocument(triples_maps=tuple(triples_maps), base=None, diagnostics=()),
        base=read_base(scope, fields),
        prefixes=prefixes,
        authors=tuple(a for a in authors if a is not None),
    )


def tell_unnamed(scope: DocumentScope, fields: Fields, what: str, used: str) -> None:
    """Tell of each source or target of the document that no mapping names."""
    for key, _ in scope.read_entries(fields.get(f"{what}s"), f"{what}s"):
        if (what, key.text) not in scope.named:
            message = f"the {what} `{key.text}` is {used} by no mapping"
            scope.tell("map-unread", key.mark, message, "remove it, or name it in a mapping")


# What stands around the mappings


def read_base(scope: DocumentScope, fields: Fields) -> str:
    """The base IRI, under which the RML's own nodes are named."""
    text = scope.read_text(fields.get("base"), "an IRI")
    if text is None:
        return DEFAULT_BASE
    base = scope.read_value(text, is_iri=True).constant
    if base is None or not is_absolute(base):
        scope.tell("yarrrml-iri", text.mark, f"`{text.text}` is no absolute IRI")
        return DEFAULT_BASE
    return base


def read_prefixes(scope: DocumentScope, node: Node | None) -> dict[str, str]:
    """The prefixes of the document with what they stand for."""
    found: dict[str, str] = {}
    for key, value in scope.read_entries(node, "prefixes"):
        text = scope.read_text(value, "an IRI")
        if text is not None:
            found[key.text.removesuffix(":")] = text.text
    scope.names = DocumentNames(prefixes=found)
    for _, value in scope.read_entries(node, "prefixes"):
        if isinstance(value, Scalar) and value.text:
            scope.read_value(value, is_iri=True)  # for its mistakes: prefixes are no templates
    return found


# Mappings


def read_entries(scope: DocumentScope, node: Node | None) -> Iterator[MappingEntry]:
    """The entries under `mappings` that are mappings."""
    for key, value in scope.read_entries(node, "mappings"):
        scope.mappings[key.text] = ()  # even one with mistakes may be referred to
        if isinstance(value, Scalar) and value.plain and not value.text:
            scope.tell("yarrrml-empty", key.mark, f"the mapping `{key.text}` has no rules")
        elif not isinstance(value, MappingNode):
            scope.expect("a mapping with `sources`, `subjects` and `predicateobjects`", value)
        else:
            yield MappingEntry(name=key, node=value, fields=scope.read_fields(value, MAPPING_KEYS))


def plan_maps(scope: DocumentScope, entry: MappingEntry) -> tuple[PlannedMap, ...]:
    """The triples maps of a mapping: one for each of its sources and each of its subjects, with their names."""
    name, fields = entry.name, entry.fields
    items = read_items(fields.get("sources"))
    found = [source for item in items if (source := read_mapping_source(scope, item)) is not None]
    written = fields.get("subjects")
    subjects: tuple[Node | None, ...] = read_items(written)
    if isinstance(written, SequenceNode) and not subjects:
        scope.tell("yarrrml-missing", written.mark, "a subject is missing: the list is empty")
    names = name_maps(name.text, scope.mappings)
    return tuple(
        PlannedMap(name=next(names), source=source, subject=subject)
        for source in found or [single_row(name.mark)]
        for subject in subjects or (None,)
    )


def name_maps(name: str, taken: Iterable[str]) -> Iterator[str]:
    """The names of the triples maps of one mapping, which no other mapping has.

    >>> names = name_maps("m", ["m", "m#2"])
    >>> next(names), next(names)
    ('m', 'm#3')
    """
    yield name
    yield from (each for number in count(2) if (each := f"{name}#{number}") not in taken)


def read_mapping_source(scope: DocumentScope, node: Node) -> LogicalSource | None:
    """A source of a mapping: one of the document's, by its name, or one in its place."""
    if not isinstance(node, Scalar):
        return read_source(scope, node)
    text = scope.read_text(node, "a source")
    if text is None or not scope.check_name(text, scope.sources, "source"):
        return None
    return scope.sources[text.text]


def read_mapping(scope: DocumentScope, entry: MappingEntry) -> Iterator[TriplesMap]:
    """The triples maps of a mapping, and those of its inverse predicates."""
    planned = scope.mappings[entry.name.text]
    for source in dict.fromkeys(each.source for each in planned):
        yield from read_rows(scope, entry, [each for each in planned if each.source == source])


def read_rows(scope: DocumentScope, entry: MappingEntry, planned: Sequence[PlannedMap]) -> Iterator[TriplesMap]:
    """The triples maps of a mapping over one of its sources: one for each subject."""
    fields, scope.at_hand = entry.fields, planned[0]
    subjects = [read_subject(scope, entry, each) for each in planned]
    graphs = read_resources(scope, fields.get("graphs"), Position.GRAPH)
    statements = [read_statement(scope, item) for item in list_statements(scope, fields)]
    poms = tuple(each.map for each in statements if each is not None)

    def make_map(name: str, subject: TermMap, poms: tuple[PredicateObjectMap, ...]) -> TriplesMap:
        return TriplesMap(
            name=name, source=planned[0].source, subject=subject, classes=(), graphs=graphs, predicate_objects=poms,
            base=None, mark=entry.name.mark,
        )  # fmt: skip

    for each, subject in zip(planned, subjects, strict=True):
        if subject is not None:
            yield check_rows(scope, entry, make_map(each.name, subject, poms))
    backs = tuple(replace(s, position=Position.OBJECT, targets=()) for s in subjects if s is not None)
    for statement, inverse in ((each, pair) for each in statements if each is not None for pair in each.inverse):
        found, predicates = inverse
        if isinstance(found, RefObjectMap):
            scope.added += [(found.parent, invert_reference(each, found, predicates)) for each in planned]
        else:
            turned = replace(found, position=Position.SUBJECT, datatype=None, language=None, targets=())
            pom = PredicateObjectMap(predicates=predicates, objects=backs, graphs=statement.map.graphs, mark=found.mark)
            yield make_map(f"{planned[0].name} inverse", turned, (pom,))


def check_rows(scope: DocumentScope, entry: MappingEntry, made: TriplesMap) -> TriplesMap:
    """The triples map; one without a source that refers to rows, or says nothing, is told."""
    missing = not read_items(entry.fields.get("sources")) and not entry.node.broken
    if missing and (not made.predicate_objects or next(find_nouns(made, Reference), None) is not None):
        scope.tell("yarrrml-no-source", entry.name.mark, f"the mapping `{entry.name.text}` has no source")
    return made


def read_subject(scope: DocumentScope, entry: MappingEntry, planned: PlannedMap) -> TermMap | None:
    """The subject of a triples map, under the conditions of its mapping; without one it is a fresh blank node."""
    node = planned.subject
    if node is None or (isinstance(node, Scalar) and is_nothing(node)):
        mark = entry.name.mark if node is None else node.mark
        subject: TermMap | None = plain_map(RowIdentity(mark=mark), TermType.BLANK_NODE, Position.SUBJECT)
    else:
        subject = read_resource(scope, node, Position.SUBJECT)
    conditions = read_conditions(scope, entry.fields.get("conditions"))
    if conditions and subject is not None and subject.is_star:
        message = "a condition of a mapping whose subject is quoted"
        hint = "write it into the quoted mapping, whose triples are quoted where it holds"
        scope.tell("yarrrml-condition", entry.fields.key_mark("conditions"), message, hint)
        return None
    for condition in conditions:
        subject = None if subject is None else wrap_condition(subject, condition)
    return subject


def read_resources(scope: DocumentScope, node: Node | None, position: Position) -> tuple[TermMap, ...]:
    """The predicates or the graphs of a list."""
    return tuple(t for item in read_items(node) if (t := read_resource(scope, item, position)) is not None)


def finish_maps(scope: DocumentScope, triples_maps: Iterable[TriplesMap]) -> Iterator[TriplesMap]:
    """The triples maps with what others say of them: inverse joins, that they are only quoted, prefixes of XPath."""
    triples_maps = list(triples_maps)
    namespaces = find_namespaces(scope, triples_maps)
    for triples_map in triples_maps:
        triples_map = replace(triples_map, source=namespaces.get(triples_map.source, triples_map.source))
        added = tuple(pom for name, pom in scope.added if name == triples_map.name)
        poms = triples_map.predicate_objects + added
        yield replace(triples_map, predicate_objects=poms, asserted=triples_map.name not in scope.unasserted)


def find_namespaces(
    scope: DocumentScope, triples_maps: Iterable[TriplesMap]
) -> dict[LogicalSource | LogicalView, LogicalSource]:
    """The sources of XML with the prefixes of the document that their paths use."""
    texts: dict[LogicalSource, list[str]] = {}
    for each in triples_maps:
        source = each.source
        if isinstance(source, LogicalSource) and source.formulation is Formulation.XPATH:
            found = texts.setdefault(source, [source.iterator or ""])
            found += [reference.text for reference in find_nouns(each, Reference)]
    known = scope.names.prefixes
    used = {s: {name for text in found for name in _XPATH_PREFIX.findall(text)} for s, found in texts.items()}
    return {
        source: replace(source, namespaces=tuple(sorted((n, known[n]) for n in names if n in known)))
        for source, names in used.items()
    }


# Predicates with objects


def list_statements(scope: DocumentScope, fields: Fields) -> tuple[Node, ...]:
    """The statements of a mapping, each a list or a mapping."""
    node = fields.get("predicateobjects")
    items = read_items(node)
    if isinstance(node, SequenceNode) and any(isinstance(item, Scalar) for item in items):
        message = "expected a list of `[predicate, object]`, found a text in it"
        scope.tell("yarrrml-node", node.mark, message, "write a list in a list: `po: [[a, foaf:Person]]`")
        return ()
    return items


def read_statement(scope: DocumentScope, node: Node) -> ReadStatement | None:
    """A predicate-object map; None after a mistake."""
    if isinstance(node, SequenceNode):
        return read_short_statement(scope, node)
    if not isinstance(node, MappingNode):
        scope.expect("`[predicate, object]` or a mapping with `predicates` and `objects`", node)
        return None
    fields = scope.read_fields(node, PREDICATE_OBJECT_KEYS)
    graphs = read_resources(scope, fields.get("graphs"), Position.GRAPH)
    for key, what in (("predicates", "a predicate"), ("objects", "an object")):
        if not fields.has(key) and not node.broken:
            scope.tell("yarrrml-missing", node.mark, f"{what} is missing: no `{key}`")
    predicates = read_resources(scope, fields.get("predicates"), Position.PREDICATE)
    tagged = fields.has("datatype") or fields.has("language")
    objects, inverse = read_all_objects(scope, fields.get("objects"), predicates, tagged=tagged)
    for tag in ("datatype", "language"):
        if objects and all(isinstance(each, TermMap) and getattr(each, tag) is not None for each in objects):
            scope.tell_unread(fields, (tag,), "beside objects that each have one")
    objects = tuple(tag_object(scope, each, fields) for each in objects)
    conditions = read_conditions(scope, fields.get("conditions"))
    if conditions and any(isinstance(each, RefObjectMap) or each.is_star for each in objects):
        hint = "write it into the object, where it is the condition of the join"
        message = "a condition beside a reference to a mapping"
        scope.tell("yarrrml-condition", fields.key_mark("conditions"), message, hint)
        return None
    objects = tuple(wrap_all(each, conditions) for each in objects)
    inverse = tuple((wrap_all(each, conditions), found) for each, found in inverse)
    return make_statement(predicates, objects, graphs, inverse, node.mark)


def tag_object(scope: DocumentScope, found: TermMap | RefObjectMap, fields: Fields) -> TermMap | RefObjectMap:
    """An object with the datatype or the language of its statement."""
    if isinstance(found, TermMap):
        return check_tags(scope, read_tags(scope, found, fields))
    tag = next((key for key in ("datatype", "language") if fields.has(key)), None)
    if tag is not None:
        scope.tell("yarrrml-type", fields.key_mark(tag), "only a literal has a datatype or a language")
    return found


def wrap_all(found: TermMap | RefObjectMap, conditions: Iterable[FunctionCall]) -> TermMap | RefObjectMap:
    """An object under conditions."""
    for condition in conditions:
        assert isinstance(found, TermMap)
        found = wrap_condition(found, condition)
    return found


def read_short_statement(scope: DocumentScope, node: SequenceNode) -> ReadStatement | None:
    """`[predicates, objects]` or `[predicates, objects, datatype or language]`; None after a mistake."""
    if not 2 <= len(node.items) <= 3:
        few = "the object is missing" if len(node.items) == 1 else f"found {write_count(len(node.items), 'item')}"
        message = f"expected `[predicate, object]` or `[predicate, object, datatype or language]`: {few}"
        scope.tell("yarrrml-missing", node.mark, message)
        return None
    predicates = read_resources(scope, node.items[0], Position.PREDICATE)
    objects, inverse = read_all_objects(scope, node.items[1], predicates, tagged=len(node.items) == 3)
    if len(node.items) == 3:
        if objects and all(isinstance(o, TermMap) and (o.datatype or o.language) is not None for o in objects):
            message = "the datatype or language has no use beside objects that each have one"
            scope.tell("map-unread", node.items[2].mark, message, "remove it, or write it where it belongs")
        objects = tuple(
            read_tag(scope, each, node.items[2])
            if isinstance(each, TermMap) and each.datatype is None and each.language is None
            else each
            for each in objects
        )
    objects = tuple(check_tags(scope, each) if isinstance(each, TermMap) else each for each in objects)
    return make_statement(predicates, objects, (), inverse, node.mark)


def make_statement(
    predicates: tuple[TermMap, ...],
    objects: tuple[TermMap | RefObjectMap, ...],
    graphs: tuple[TermMap, ...],
    inverse: tuple[Inverse, ...],
    mark: Mark,
) -> ReadStatement | None:
    """A statement; None where nothing of it can be used."""
    if not predicates or not objects:
        return None
    made = PredicateObjectMap(predicates=predicates, objects=objects, graphs=graphs, mark=mark)
    return ReadStatement(map=made, inverse=inverse)


def read_all_objects(
    scope: DocumentScope, node: Node | None, predicates: tuple[TermMap, ...], *, tagged: bool
) -> tuple[tuple[TermMap | RefObjectMap, ...], tuple[Inverse, ...]]:
    """The objects of a statement, and those of them that have inverse predicates, with these.

    *tagged*: the statement has a datatype or a language.
    """
    is_class = any(isinstance(p.expression, Constant) and p.expression.term.value == RDF_TYPE for p in predicates)
    items = read_items(node)
    if node is not None and not items:
        scope.tell("yarrrml-missing", node.mark, "an object is missing: the list is empty")
    read = [read_objects(scope, item, is_class=is_class, tagged=tagged) for item in items]
    objects = tuple(each for found, _ in read for each in found)
    inverse = tuple((each, predicates) for found, predicates in read if predicates for each in found)
    return objects, inverse
