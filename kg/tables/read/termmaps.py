"""The term maps of an RML graph: expression, term type, datatype, language, targets; and what is made of them.

Term maps hold term maps (a datatype, a member, the input of a function), so the readers of parts are given the reader
of a whole.
"""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from kg.rdf.turtle.document import MarkedTerm
from kg.tables.read.conditions import settle_condition
from kg.tables.read.constants import settle_term_map
from kg.tables.read.functions import EXECUTES, of_other_side, read_execution, read_function_value
from kg.tables.read.gather import GATHERING, read_gather
from kg.tables.read.reader import Reader, node_name, show_term, term_text
from kg.tables.read.targets import read_targets
from kg.tables.read.template import TemplateError, parse_template
from kg.tables.read.termtypes import check_term_map, constant_map, default_type, make_constant, reference_map
from kg.tables.rml import (
    Expression,
    Gather,
    JoinCondition,
    Position,
    PredicateObjectMap,
    QuotedTriplesMap,
    Reference,
    RefObjectMap,
    RowIdentity,
    Template,
    TermMap,
    TermType,
)
from kg.tables.vocabulary import RML, Generation, translate_iri
from kg.tables.wording import show_node
from kg.text.diagnostic import did_you_mean

# Each position with its two words: the long form, and the constant shortcut.
SHORTCUTS = {
    Position.SUBJECT: ("subjectMap", "subject"),
    Position.PREDICATE: ("predicateMap", "predicate"),
    Position.OBJECT: ("objectMap", "object"),
    Position.GRAPH: ("graphMap", "graph"),
    Position.DATATYPE: ("datatypeMap", "datatype"),
    Position.LANGUAGE: ("languageMap", "language"),
}
OLDER = (Generation.LEGACY, Generation.R2RML)
EQUAL = "https://w3id.org/imec/idlab/function#equal"
EXPRESSIONS = ("constant", "reference", "template", "functionExecution", "functionValue")
TERM_TYPES = {RML + t.value: t for t in TermType if t is not TermType.QUOTED_TRIPLE}
TAGS = ("termType", "datatype", "datatypeMap", "language", "languageMap")  # what a quoted triple has none of


def read_term_maps(reader: Reader, node: MarkedTerm, position: Position) -> list[TermMap]:
    """The term maps of one position of *node*: long forms first, then constant shortcuts."""
    long_form, shortcut = SHORTCUTS[position]
    generation = reader.generation(node)
    maps = [read_term_map(reader, found, position) for found in reader.graph.objects(node.term, long_form)]
    maps += [constant_map(reader, f, position, generation) for f in reader.graph.objects(node.term, shortcut)]
    return [m for m in maps if m is not None]


def read_term_map(reader: Reader, node: MarkedTerm, position: Position) -> TermMap | None:
    """The term map at *node*, or None where it has a mistake (which is reported)."""
    graph, generation = reader.graph, reader.generation(node)
    if graph.objects(node.term, "quotedTriplesMap"):
        return read_star_map(reader, node, position)
    if (inner := reader.one(node, "parentTermMap")) is not None:
        return read_term_map(reader, inner, position)
    present = [name for name in EXPRESSIONS if graph.objects(node.term, name)]
    if len(present) > 1:
        second = graph.objects(node.term, present[1])[0].mark
        message = f"a term map with both `rml:{present[0]}` and `rml:{present[1]}`"
        reader.tell("map-repeated", second, message, "keep one of the two")
        return None
    datatypes = read_term_maps(reader, node, Position.DATATYPE)
    languages = read_term_maps(reader, node, Position.LANGUAGE)
    declared = read_term_type(reader, node)
    gather: Gather | None = None
    if not graph.objects(node.term, "gather"):
        stray = next((s for n in GATHERING for s in graph.statements(node.term, n)), None)
        if stray is not None:
            message = f"`rml:{stray.predicate.removeprefix(RML)}` without `rml:gather`"
            reader.incomplete(stray.written.mark, message, "say what is gathered: `rml:gather ( ... )`")
            return None
    elif (gather := read_gather(reader, node, read_member)) is None:
        return None
    if gather is not None and not present:
        expression: Expression | None = RowIdentity(mark=node.mark)
    else:
        expression = read_expression(reader, node, present[0] if present else None, declared)
    condition: TermMap | None = None
    if (found := reader.one(node, "condition")) is not None and (condition := read_value(reader, found)) is None:
        return None
    if expression is None or (declared is None and reader.one(node, "termType") is not None):
        return None
    for tag in (*datatypes, *languages):  # a literal without the value of its tag is none
        condition = both_conditions(condition, tag.condition)
    if gather is not None and condition is not None:
        hint = "give it to the maps whose values are gathered, or to the subject"
        reader.tell("map-unsupported", condition.mark, "a condition of a collection", hint)
        return None
    for tags, word in ((datatypes, "datatype"), (languages, "language")):
        if len(tags) > 1:
            message = f"a second `rml:{word}`, where one is meant"
            reader.tell("map-repeated", tags[1].mark, message, "remove one of the two, or write a second map")
            return None
    if datatypes and languages:
        hint = "a literal with a language has the datatype rdf:langString; remove one of the two"
        reader.tell("map-repeated", languages[0].mark, "a literal with both a datatype and a language", hint)
        return None
    made = TermMap(
        position=position,
        expression=expression,
        term_type=declared or default_type(position, expression, tagged=bool(datatypes or languages)),
        datatype=replace(datatypes[0], condition=None) if datatypes else None,
        language=replace(languages[0], condition=None) if languages else None,
        targets=read_targets(reader, node),
        generation=generation,
        gather=gather,
        condition=condition,
        mark=expression.mark,
    )
    checked = check_term_map(reader, settle_condition(made))
    return None if checked is None else settle_term_map(reader, checked)


def both_conditions(one: TermMap | None, other: TermMap | None) -> TermMap | None:
    """A condition that is true where both are: the value of the one, where there is the other."""
    return other if one is None else replace(one, condition=both_conditions(one.condition, other))


def read_term_type(reader: Reader, node: MarkedTerm) -> TermType | None:
    """The declared term type; None where none is declared or it is unknown."""
    found = reader.one(node, "termType")
    if found is None:
        return None
    iri = translate_iri(term_text(found.term))
    if iri not in TERM_TYPES:
        hint = did_you_mean(iri.removeprefix(RML), {t.value for t in TERM_TYPES.values()})
        reader.tell("map-term-type", found.mark, f"no term type `{show_term(found)}`", hint)
    return TERM_TYPES.get(iri)


def read_expression(reader: Reader, node: MarkedTerm, name: str | None, declared: TermType | None) -> Expression | None:
    """The expression of a term map: constant, reference, template or function; None where there is none."""
    if name is None:
        if declared is TermType.BLANK_NODE:
            return RowIdentity(mark=node.mark)
        hint = "add an `rml:reference`, an `rml:template` or an `rml:constant`"
        reader.incomplete(node.mark, "a term map without an expression", hint)
        return None
    found = reader.one(node, name)
    if found is None:
        return None
    if name == "constant":
        (said, *_) = reader.graph.statements(node.term, name)
        if declared is TermType.BLANK_NODE and isinstance(found.term, ox.Literal) and said.generation in OLDER:
            return Template(parts=(found.term.value,), mark=found.mark)  # a label, as YARRRML Parser writes it
        return make_constant(reader, found)
    if name == "functionExecution":
        return read_execution(reader, found, node, read_value)
    if name == "functionValue":
        return read_function_value(reader, found, read_predicate_object_map)
    if not isinstance(found.term, ox.Literal):
        reader.tell("map-term", found.mark, f"`rml:{name}` needs a text in quotes")
        return None
    if name == "reference":
        return Reference(text=found.term.value, mark=found.mark)
    try:
        return parse_template(found.term.value, found.mark)
    except TemplateError as mistake:
        message = f"{mistake} in the template `{found.term.value}`"
        reader.tell("map-template", mistake.mark, message, mistake.hint)
        return None


def read_value(reader: Reader, node: MarkedTerm) -> TermMap | None:
    """A term map whose value alone counts: a side of a join condition, the input of a function."""
    return read_term_map(reader, node, Position.VALUE)


def read_member(reader: Reader, node: MarkedTerm) -> TermMap | RefObjectMap | None:
    """What is gathered: a term map, or the subjects of another triples map."""
    if reader.has(node, "parentTriplesMap"):
        return read_ref_object_map(reader, node)
    return read_term_map(reader, node, Position.OBJECT)


def read_star_map(reader: Reader, node: MarkedTerm, position: Position) -> TermMap | None:
    """The star map at *node* (RML-star), or None where it has a mistake (which is reported)."""
    (written, *_) = reader.graph.statements(node.term, "quotedTriplesMap")
    mark = written.written.mark
    found = reader.one(node, "quotedTriplesMap")
    clash = next((n for n in (*EXPRESSIONS, "parentTriplesMap", "gather") if reader.has(node, n)), None)
    tag = next((n for n in TAGS if reader.has(node, n)), None)
    if found is None:
        return None
    if written.generation is Generation.R2RML:
        reader.tell("map-star", mark, "R2RML has no quoted triples", f"`quotedTriplesMap` stands in <{RML}>")
        return None
    if clash is not None:
        message = f"a term map with both `rml:quotedTriplesMap` and `rml:{clash}`"
        reader.tell("map-repeated", mark, message, "keep one of the two")
        return None
    if position not in {Position.SUBJECT, Position.OBJECT}:
        message = f"a quoted triple cannot be a {position.value}"
        reader.tell("map-star", mark, message, "quote triples in a subject map or in an object map")
        return None
    if tag is not None:
        wrong = reader.graph.statements(node.term, tag)[0].written.mark
        reader.tell("map-star", wrong, f"a quoted triple has no `rml:{tag}`", "remove it")
        return None
    if not isinstance(found.term, ox.NamedNode | ox.BlankNode):
        name = show_node(str(found.term), found.mark)
        reader.tell("map-term", found.mark, f"the triples map {name} is not an IRI")
        return None
    conditions = read_join_conditions(reader, node)
    if conditions is None:
        return None
    return TermMap(
        position=position,
        expression=QuotedTriplesMap(name=node_name(found.term), conditions=conditions, mark=found.mark),
        term_type=TermType.QUOTED_TRIPLE,
        targets=read_targets(reader, node),
        generation=reader.generation(node),
        mark=found.mark,
    )


def read_predicate_object_map(reader: Reader, node: MarkedTerm) -> PredicateObjectMap | None:
    """A predicate-object map; None where nothing of it can be used."""
    graph, generation = reader.graph, reader.generation(node)
    predicates = read_term_maps(reader, node, Position.PREDICATE)
    maps = graph.objects(node.term, "objectMap")
    refs = [m for m in maps if names_parent(reader, m)]
    objects: list[TermMap | RefObjectMap | None] = [read_ref_object_map(reader, m) for m in refs]
    objects += [read_term_map(reader, m, Position.OBJECT) for m in maps if m not in refs]
    objects += [constant_map(reader, f, Position.OBJECT, generation) for f in graph.objects(node.term, "object")]
    for word in ("predicate", "object"):
        if not reader.has(node, word + "Map", word):
            reader.incomplete(node.mark, f"a predicate-object map without {word}", f"add an `rml:{word}`")
            return None
    return PredicateObjectMap(
        predicates=tuple(predicates),
        objects=tuple(o for o in objects if o is not None),
        graphs=tuple(read_term_maps(reader, node, Position.GRAPH)),
        mark=node.mark,
    )


def names_parent(reader: Reader, node: MarkedTerm) -> bool:
    """Whether a map is a referencing one; with a `rml:quotedTriplesMap` as well, the star map tells the mistake."""
    return reader.has(node, "parentTriplesMap") and not reader.has(node, "quotedTriplesMap")


def read_ref_object_map(reader: Reader, node: MarkedTerm) -> RefObjectMap | None:
    """A referencing object map; None where it names no parent triples map."""
    parent = reader.one(node, "parentTriplesMap")
    conditions = read_join_conditions(reader, node)
    if parent is None or conditions is None:
        return None
    targets = read_targets(reader, node)
    return RefObjectMap(parent=node_name(parent.term), conditions=conditions, targets=targets, mark=parent.mark)


def read_join_conditions(reader: Reader, node: MarkedTerm) -> tuple[JoinCondition, ...] | None:
    """The join conditions of a node; None after a mistake in one of them."""
    found = [read_join_condition(reader, each) for each in reader.graph.objects(node.term, "joinCondition")]
    good = tuple(c for c in found if c is not None)
    return good if len(good) == len(found) else None


def read_join_condition(reader: Reader, node: MarkedTerm) -> JoinCondition | None:
    """Both sides of a condition, each a reference (`rml:child`) or a map (`rml:childMap`)."""
    if reader.has(node, "functionValue"):
        return read_join_function(reader, node)
    sides: list[TermMap | None] = []
    for word in ("child", "parent"):
        side: TermMap | None = None
        if (long_form := reader.one(node, word + "Map")) is not None:
            side = read_value(reader, long_form)
        elif (short := reader.one(node, word)) is not None:
            side = reference_map(reader.check_text(short, word), short.mark, reader.generation(node))
        else:
            reader.incomplete(node.mark, f"a join condition without `rml:{word}`", f"add an `rml:{word}`")
        sides.append(side)
    if sides[0] is None or sides[1] is None:
        return None
    return JoinCondition(child=sides[0], parent=sides[1], mark=node.mark)


def read_join_function(reader: Reader, node: MarkedTerm) -> JoinCondition | None:
    """A condition of the older RML that is a function: `equal` of two values, one of each triples map."""
    call = reader.one(node, "functionValue")
    execution = None if call is None else read_function_value(reader, call, read_predicate_object_map)
    if call is None or execution is None:
        return None
    parts = reader.graph.objects(call.term, "predicateObjectMap")
    predicates = [reader.one(m, "constant") for part in parts for m in reader.graph.objects(part.term, "predicateMap")]
    named = [predicate is not None and term_text(predicate.term) in EXECUTES for predicate in predicates]
    sides = [of_other_side(reader, part) for part, is_name in zip(parts, named, strict=False) if not is_name]
    if execution.function != EQUAL or len(execution.arguments) != 2 or sorted(sides) != [False, True]:
        hint = "write `equal` of one value of each side"
        reader.tell("map-unsupported", node.mark, f"a join by `{execution.function}`", hint)
        return None
    first, second = (argument.value for argument in execution.arguments)
    child, parent = (second, first) if sides[0] else (first, second)
    return JoinCondition(child=child, parent=parent, mark=node.mark)
