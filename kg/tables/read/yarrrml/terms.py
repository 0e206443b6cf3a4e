"""Subjects, predicates, objects and graphs as YARRRML writes them → `TermMap`, `RefObjectMap`.

Source: https://rml.io/yarrrml/spec/, subjects, predicates, objects, and functions for references to mappings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from kg.tables.read.termtypes import check_term_map
from kg.tables.read.yarrrml.calls import WrittenCall, is_join
from kg.tables.read.yarrrml.functions import (
    make_join,
    read_call,
    read_conditions,
    read_function,
    read_join,
    read_written_call,
    wrap_condition,
)
from kg.tables.read.yarrrml.keys import OBJECT_KEYS, QUOTING, SUBJECT_KEYS, TERM_KEYS
from kg.tables.read.yarrrml.scope import DocumentScope, Fields, PlannedMap, read_items
from kg.tables.read.yarrrml.sources import read_targets
from kg.tables.read.yarrrml.tags import read_tag, read_tags, warn_of_literal
from kg.tables.read.yarrrml.values import make_term_map, plain_map, read_type
from kg.tables.rml import (
    Constant,
    JoinCondition,
    Position,
    PredicateObjectMap,
    QuotedTriplesMap,
    RefObjectMap,
    RowIdentity,
    TermMap,
    TermType,
)
from kg.tables.vocabulary import RDF_TYPE
from kg.text.plural import write_count
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode

WHAT = {
    Position.SUBJECT: "a subject",
    Position.PREDICATE: "a predicate",
    Position.OBJECT: "an object",
    Position.GRAPH: "a graph",
}


# Subjects, predicates, graphs


def read_resource(scope: DocumentScope, node: Node, position: Position) -> TermMap | None:
    """A subject, a predicate or a graph: a text or a mapping; None after a mistake."""
    what = WHAT[position]
    if isinstance(node, MappingNode):
        keys = SUBJECT_KEYS if position is Position.SUBJECT else TERM_KEYS
        fields = scope.read_fields(node, keys)
        term_map = read_term(scope, fields, TermType.IRI, position)
        if term_map is not None and fields.has("conditions") and not term_map.is_star:
            hint = "write it beside `subjects`, where it is the condition of the mapping"
            message = "a condition of a subject that quotes no mapping"
            scope.tell("yarrrml-condition", fields.key_mark("conditions"), message, hint)
    else:
        text = scope.read_text(node, f"{what}: a text or a mapping")
        term_map = None if text is None else read_text_term(scope, text, TermType.IRI, position)
    if position is Position.PREDICATE and term_map is not None and term_map.term_type is not TermType.IRI:
        scope.tell("yarrrml-type", node.mark, "a predicate is an IRI")
        return None
    quotes = position is Position.SUBJECT and term_map is not None and term_map.is_star
    return term_map if term_map is None or quotes else check_term_map(scope, term_map)


def read_text_term(scope: DocumentScope, text: Scalar, kind: TermType, position: Position) -> TermMap:
    """A term that is a text; `a` as a predicate is `rdf:type`."""
    if position is Position.PREDICATE and text.text == "a":
        return plain_map(Constant(term=NamedNode(RDF_TYPE), mark=text.mark), TermType.IRI, position)
    kind = TermType.IRI if text.text.endswith("~iri") else kind
    value = scope.read_value(text, is_iri=kind is TermType.IRI, suffix="~iri")
    return make_term_map(scope, value, kind, position)


def read_term(scope: DocumentScope, fields: Fields, default: TermType, position: Position) -> TermMap | None:
    """A term that is written as a mapping; None after a mistake."""
    kind = read_type(scope, fields.get("type"), default)
    targets = read_targets(scope, fields.get("targets"))
    given = [k for k in ("value", "function", *QUOTING) if fields.has(k)]
    if len(given) > 1:
        message = f"`{given[0]}` and `{given[1]}` exclude each other"
        scope.tell("yarrrml-missing", fields.key_mark(given[1]), message)
    term_map: TermMap | None = None
    if "value" in given:
        scope.tell_unread(fields, ("parameters",), "without a `function`")
        text = scope.read_text(fields.get("value"))
        term_map = None if text is None else read_text_term(scope, text, kind, position)
    elif "function" in given:
        term_map = read_function_term(scope, fields, kind, position)
    elif given:
        scope.tell_unread(fields, ("parameters", "type"), f"beside `{given[0]}`")
        text = scope.read_text(fields.get(given[0]), "the name of a mapping")
        conditions = read_join(scope, fields.get("conditions"))
        if text is not None:
            term_map = quote_mapping(scope, text, conditions, position, asserted=given[0] == "quoted")
    elif kind is TermType.BLANK_NODE:
        scope.tell_unread(fields, ("parameters",), "without a `function`")
        term_map = plain_map(RowIdentity(mark=fields.mark), kind, position)
    else:
        scope.tell("yarrrml-missing", fields.mark, f"{WHAT[position]} needs a `value` or a `function`")
    return None if term_map is None else replace(term_map, targets=targets)


def read_function_term(scope: DocumentScope, fields: Fields, kind: TermType, position: Position) -> TermMap | None:
    """A term that a function makes, or that `join(quoted=...)` quotes; None after a mistake."""
    if not calls_join(fields):
        call = read_function(scope, fields, can_join=False)
        return None if call is None else plain_map(call.execution, kind, position)
    scope.tell_unread(fields, ("parameters", "type"), "beside `join`")
    join = read_written_join(scope, fields)
    if join is not None and join.quoted is not None:
        return quote_mapping(scope, join.mapping, join.conditions, position, asserted=join.quoted == "quoted")
    if join is not None:
        message = f"{WHAT[position]} cannot be a mapping: write `join(quoted=...)`"
        scope.tell("yarrrml-function", fields.mark, message)
    return None


# Objects


def read_objects(
    scope: DocumentScope, node: Node, *, is_class: bool, tagged: bool
) -> tuple[tuple[TermMap | RefObjectMap, ...], tuple[TermMap, ...]]:
    """The object, or several where it refers to mappings; and its inverse predicates.

    *is_class* after `rdf:type`; *tagged* where the statement has a datatype or a language.
    """
    default = TermType.IRI if is_class else TermType.LITERAL
    if isinstance(node, MappingNode):
        return read_object_mapping(scope, node, default, tagged=tagged)
    if isinstance(node, SequenceNode):
        if not 1 <= len(node.items) <= 2:
            message = (
                f"expected `[value]` or `[value, datatype or language]`, found {write_count(len(node.items), 'item')}"
            )
            scope.tell("yarrrml-node", node.mark, message)
            return (), ()
        text = scope.read_text(node.items[0])
        if text is None:
            return (), ()
        term_map = read_text_term(scope, text, default, Position.OBJECT)
        warn_of_literal(scope, text, term_map, tagged=tagged or len(node.items) == 2)
        return (read_tag(scope, term_map, node.items[1]) if len(node.items) == 2 else term_map,), ()
    text = scope.read_text(node, "an object: a text, a list or a mapping")
    if text is None:
        return (), ()
    term_map = read_text_term(scope, text, default, Position.OBJECT)
    warn_of_literal(scope, text, term_map, tagged=tagged)
    return (term_map,), ()


def read_object_mapping(
    scope: DocumentScope, node: MappingNode, default: TermType, *, tagged: bool
) -> tuple[tuple[TermMap | RefObjectMap, ...], tuple[TermMap, ...]]:
    """An object that is written as a mapping, and its inverse predicates."""
    fields = scope.read_fields(node, OBJECT_KEYS)
    objects: tuple[TermMap | RefObjectMap, ...]
    if fields.has("mapping") or calls_join(fields):
        objects = read_references(scope, fields)
    else:
        term_map = read_term(scope, fields, default, Position.OBJECT)
        if term_map is None:
            return (), ()
        value = fields.get("value")
        if isinstance(value, Scalar):
            is_told = tagged or any(fields.has(key) for key in ("datatype", "language", "type"))
            warn_of_literal(scope, value, term_map, tagged=is_told)
        term_map = read_tags(scope, term_map, fields)
        if not term_map.is_star:  # whose conditions are those of a join
            for condition in read_conditions(scope, fields.get("conditions")):
                term_map = wrap_condition(term_map, condition)
        objects = (term_map,)
    items = read_items(fields.get("inversepredicates"))
    inverse = tuple(p for item in items if (p := read_resource(scope, item, Position.PREDICATE)) is not None)
    if inverse and any(isinstance(o, TermMap) and o.term_type is TermType.LITERAL for o in objects):
        message = "an inverse predicate needs an object that can be a subject, not a literal"
        scope.tell("yarrrml-type", fields.key_mark("inversepredicates"), message)
        inverse = ()
    return objects, inverse


# References to mappings


@dataclass(frozen=True, kw_only=True)
class WrittenJoin:
    """`join(mapping, equal($(a), $(b)))`; *quoted* is the word of `join(quoted=mapping, ...)`."""

    mapping: Scalar
    quoted: str | None
    conditions: tuple[JoinCondition, ...]


def calls_join(fields: Fields) -> bool:
    """Whether the function of a mapping is `join`."""
    function = fields.get("function")
    return isinstance(function, Scalar) and is_join(function.text)


def read_written_join(scope: DocumentScope, fields: Fields) -> WrittenJoin | None:
    """The call of `join` in a mapping, with the conditions beside it; None after a mistake."""
    function = fields.get("function")
    assert isinstance(function, Scalar)
    call = read_written_call(scope, function)
    if call is None:
        return None
    first = call.arguments[0] if call.arguments else None
    if first is None or not isinstance(first.value, Scalar):
        scope.tell("yarrrml-function", call.mark, "`join` begins with the name of a mapping")
        return None
    conditions = list(read_join(scope, fields.get("conditions")))
    for argument in call.arguments[1:]:
        if isinstance(argument.value, WrittenCall):
            found = read_call(scope, argument.value, can_join=True)
            conditions += () if found is None else make_join(scope, found)
        else:
            message = "after the mapping, `join` takes conditions: `equal($(a), $(b))`"
            scope.tell("yarrrml-function", argument.value.mark, message)
    word = None if first.name is None else first.name.text
    quoted = word if word in QUOTING else None
    return WrittenJoin(mapping=first.value, quoted=quoted, conditions=tuple(conditions))


def quote_mapping(
    scope: DocumentScope, name: Scalar, conditions: tuple[JoinCondition, ...], position: Position, *, asserted: bool
) -> TermMap | None:
    """The star map of a quoted mapping: of several triples maps, of that which reads the rows at hand."""
    if not scope.check_name(name, scope.mappings, "mapping"):
        return None
    named, at_hand = scope.mappings[name.text], scope.at_hand
    found = named if len(named) == 1 else [m for m in named if at_hand is not None and m.source == at_hand.source]
    if named and (len(found) != 1 or (conditions and len(named) > 1)):
        hint = "write a mapping for each source, and quote that"
        message = f"`{name.text}` has several sources, and that of one is quoted"
        scope.tell("yarrrml-quoted", name.mark, message, hint)
    if len(found) != 1:
        return None
    if not asserted:
        scope.unasserted.add(found[0].name)
    expression = QuotedTriplesMap(name=found[0].name, conditions=conditions, mark=name.mark)
    return plain_map(expression, TermType.QUOTED_TRIPLE, position)


def read_references(scope: DocumentScope, fields: Fields) -> tuple[TermMap | RefObjectMap, ...]:
    """The objects of `mapping`, which names one mapping or several, or of the call of `join`."""
    targets = read_targets(scope, fields.get("targets"))
    main = "mapping" if fields.has("mapping") else "function"
    found: list[TermMap | RefObjectMap | None] = []
    if main == "function":
        join = read_written_join(scope, fields)
        if join is None:
            return ()
        if join.quoted is not None:
            star = quote_mapping(
                scope, join.mapping, join.conditions, Position.OBJECT, asserted=join.quoted == "quoted"
            )
            found.append(star)
        else:
            found += refer_to(scope, join.mapping, join.conditions)
    else:
        conditions = read_join(scope, fields.get("conditions"))
        for item in read_items(fields.get("mapping")):
            name = scope.read_text(item, "the name of a mapping")
            found += () if name is None else refer_to(scope, name, conditions)
    for key in (*QUOTING, "value", "function", "parameters", "type", "datatype", "language"):
        if key != main and fields.has(key):
            scope.tell("yarrrml-missing", fields.key_mark(key), f"`{key}` has no place beside `{main}`")
    return tuple(replace(each, targets=targets) for each in found if each is not None)


def refer_to(scope: DocumentScope, name: Scalar, conditions: tuple[JoinCondition, ...]) -> list[RefObjectMap]:
    """The subjects of another mapping, of all its triples maps."""
    if not scope.check_name(name, scope.mappings, "mapping"):
        return []
    return [
        RefObjectMap(parent=planned.name, conditions=conditions, mark=name.mark)
        for planned in scope.mappings[name.text]
    ]


def invert_reference(planned: PlannedMap, ref: RefObjectMap, predicates: tuple[TermMap, ...]) -> PredicateObjectMap:
    """What the parent of a reference says of this mapping's subjects, by the inverse predicates."""
    swapped = tuple(replace(c, child=c.parent, parent=c.child) for c in ref.conditions)
    back = RefObjectMap(parent=planned.name, conditions=swapped, mark=ref.mark)
    return PredicateObjectMap(predicates=predicates, objects=(back,), graphs=(), mark=ref.mark)
