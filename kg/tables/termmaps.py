"""The term maps of an RML graph: expression, term type, datatype, language, targets."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.diagnostic import Mark, did_you_mean
from kg.tables.graph import Node
from kg.tables.reading import TERM_TYPES, Reader, read_term_maps, term_text
from kg.tables.rml import (
    Argument,
    Constant,
    Expression,
    FunctionExecution,
    Gather,
    LogicalTarget,
    Position,
    Reference,
    RefObjectMap,
    RowIdentity,
    Strategy,
    TermMap,
    TermType,
)
from kg.tables.template import TemplateError, parse_template
from kg.tables.vocabulary import RDF, RML, Generation
from kg.turtle.document import MarkedTerm

# BCP 47, the well-formed shape of a tag (RFC 5646 §2.1, without the irregular grandfathered tags)
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z|[xX](-[A-Za-z0-9]{1,8})+\Z")
# ISO 639: a primary subtag has two or three letters (four are reserved, five to eight registered: none is)
PRIMARY_SUBTAG = re.compile(r"(?:[A-Za-z]{2,3}|[xXiI])(?:-|\Z)")

EXPRESSIONS = ("constant", "reference", "template", "functionExecution", "functionValue")
GATHERING = ("gatherAs", "strategy", "allowEmptyListAndContainer")
ALLOWED = {
    Position.SUBJECT: {
        TermType.IRI,
        TermType.URI,
        TermType.UNSAFE_IRI,
        TermType.UNSAFE_URI,
        TermType.BLANK_NODE,
    },
    Position.PREDICATE: {TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.UNSAFE_URI},
    Position.GRAPH: {
        TermType.IRI,
        TermType.URI,
        TermType.UNSAFE_IRI,
        TermType.UNSAFE_URI,
        TermType.BLANK_NODE,
    },
    Position.DATATYPE: {TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.UNSAFE_URI},
    Position.LANGUAGE: {TermType.LITERAL},
    Position.OBJECT: set(TermType),
    Position.VALUE: set(TermType),
}


def reference_map(text: str, mark: Mark, generation: Generation) -> TermMap:
    """A plain value: what a reference gives."""
    return TermMap(
        position=Position.VALUE,
        expression=Reference(text=text, mark=mark),
        term_type=TermType.LITERAL,
        generation=generation,
        mark=mark,
    )


def constant_map(reader: Reader, found: MarkedTerm, position: Position, generation: Generation) -> TermMap | None:
    """The map of a constant shortcut (`rml:predicate`, `rml:object`, `rml:graph` ...)."""
    return checked(
        reader,
        TermMap(
            position=position,
            expression=Constant(term=plain_term(found.term), mark=found.mark),
            term_type=type_of_constant(found.term),
            generation=generation,
            mark=found.mark,
        ),
    )


def plain_term(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """The term of a mapping, where the default graph has no place."""
    assert not isinstance(term, ox.DefaultGraph)
    return term


def type_of_constant(term: object) -> TermType:
    """The term type of a constant."""
    if isinstance(term, ox.NamedNode):
        return TermType.IRI
    return TermType.BLANK_NODE if isinstance(term, ox.BlankNode) else TermType.LITERAL


def read_term_map(reader: Reader, node: MarkedTerm, position: Position) -> TermMap | None:
    """The term map at *node*, or None where it has a mistake (which is reported)."""
    graph, generation = reader.graph, reader.generation(node)
    if graph.objects(node.term, "quotedTriplesMap"):
        from kg.tables.starmaps import read_star_map

        return read_star_map(reader, node, position)
    present = [name for name in EXPRESSIONS if graph.objects(node.term, name)]
    if len(present) > 1:
        reader.report(
            "map-repeated",
            graph.objects(node.term, present[1])[0].mark,
            f"a term map with both `rml:{present[0]}` and `rml:{present[1]}`",
            "keep one of the two",
        )
        return None
    datatypes = read_term_maps(reader, node, Position.DATATYPE)
    languages = read_term_maps(reader, node, Position.LANGUAGE)
    declared = read_term_type(reader, node)
    gather: Gather | None = None
    if not graph.objects(node.term, "gather"):
        stray = next((s for n in GATHERING for s in graph.statements(node.term, n)), None)
        if stray is not None:
            message = f"`rml:{stray.predicate.removeprefix(RML)}` without `rml:gather`"
            reader.report("map-incomplete", stray.written.mark, message, "say what is gathered: `rml:gather ( ... )`")
            return None
    elif (gather := read_gather(reader, node)) is None:
        return None
    if gather is not None and not present:
        expression: Expression | None = RowIdentity(mark=node.mark)
    else:
        expression = read_expression(reader, node, present[0] if present else None, declared)
    if expression is None or (declared is None and reader.one(node, "termType") is not None):
        return None
    if datatypes and languages:
        reader.report(
            "map-repeated",
            languages[0].mark,
            "a literal with both a datatype and a language",
            "a literal with a language has the datatype rdf:langString; remove one of the two",
        )
        return None
    term_type = declared or default_type(position, expression, bool(datatypes or languages))
    return checked(
        reader,
        TermMap(
            position=position,
            expression=expression,
            term_type=term_type,
            datatype=datatypes[0] if datatypes else None,
            language=languages[0] if languages else None,
            targets=read_targets(reader, node),
            generation=generation,
            gather=gather,
            mark=expression.mark,
        ),
    )


def read_gather(reader: Reader, node: MarkedTerm) -> Gather | None:
    """What a term map gathers (RML-CC §gather map): the maps of an RDF list; None after a mistake."""
    from kg.tables.reading import read_list, read_ref_object_map

    kind = reader.one(node, "gatherAs")
    found = reader.one(node, "gather")
    strategy = read_strategy(reader, node)
    if found is None or kind is None or term_text(kind.term).removeprefix(RDF) not in {"List", "Bag", "Seq", "Alt"}:
        hint = "gather as rdf:List, rdf:Bag, rdf:Seq or rdf:Alt"
        reader.report("map-incomplete", (kind or node).mark, "a gather map without a known `rml:gatherAs`", hint)
        return None
    if strategy is None:
        return None
    if not reader.graph.objects(found.term, RDF + "first"):
        message = "`rml:gather` needs a list of one term map at least"
        reader.report("map-incomplete", found.mark, message, 'write `rml:gather ( [ rml:reference "..." ] )`')
        return None
    members: list[TermMap | RefObjectMap | None] = []
    for item in read_list(reader, found):
        is_ref = bool(reader.graph.objects(item.term, "parentTriplesMap"))
        members.append(read_ref_object_map(reader, item) if is_ref else read_term_map(reader, item, Position.OBJECT))
    allowed = reader.text(node, "allowEmptyListAndContainer")
    if allowed not in {None, "true", "1", "false", "0"}:
        mark = reader.graph.objects(node.term, "allowEmptyListAndContainer")[0].mark
        reader.report("map-incomplete", mark, f"`{allowed}` is neither true nor false", "write true or false")
        return None
    return Gather(
        members=tuple(m for m in members if m is not None),
        kind=term_text(kind.term),
        strategy=strategy,
        allow_empty=allowed in {"true", "1"},
    )


def read_strategy(reader: Reader, node: MarkedTerm) -> Strategy | None:
    """How members are gathered, by default appended; None where the strategy is unknown."""
    before = len(reader.diagnostics)
    found = reader.one(node, "strategy")
    if len(reader.diagnostics) > before:
        return None
    if found is None:
        return Strategy.APPEND
    known = {RML + s.value: s for s in Strategy}
    text = term_text(found.term)
    if isinstance(found.term, ox.NamedNode) and text in known:
        return known[text]
    hint = did_you_mean(text, known) or "members are gathered by rml:append or rml:cartesianProduct"
    reader.report("map-strategy", found.mark, f"no strategy `{text}`", hint)
    return None


def default_type(position: Position, expression: Expression, literal: bool) -> TermType:
    """The term type where none is declared (RML-Core §term types; R2RML §7.4)."""
    if isinstance(expression, Constant):
        return type_of_constant(expression.term)
    if isinstance(expression, RowIdentity):
        return TermType.BLANK_NODE
    if position in {Position.LANGUAGE, Position.VALUE}:
        return TermType.LITERAL
    if position is not Position.OBJECT:
        return TermType.IRI
    if literal or isinstance(expression, Reference | FunctionExecution):
        return TermType.LITERAL
    return TermType.IRI


def read_term_type(reader: Reader, node: MarkedTerm) -> TermType | None:
    """The declared term type; None where none is declared or it is unknown."""
    found = reader.one(node, "termType")
    if found is None:
        return None
    from kg.tables.vocabulary import translate_iri

    iri = translate_iri(term_text(found.term))
    if iri not in TERM_TYPES:
        known = {t.value for t in TERM_TYPES.values()}
        reader.report(
            "map-term-type",
            found.mark,
            f"no term type `{term_text(found.term)}`",
            did_you_mean(iri.removeprefix(RML), known),
        )
    return TERM_TYPES.get(iri)


def read_expression(reader: Reader, node: MarkedTerm, name: str | None, declared: TermType | None) -> Expression | None:
    """The expression of a term map: constant, reference, template or function; None where there is none."""
    if name is None:
        if declared is TermType.BLANK_NODE:
            return RowIdentity(mark=node.mark)
        reader.report(
            "map-incomplete",
            node.mark,
            "a term map without an expression",
            "add an `rml:reference`, an `rml:template` or an `rml:constant`",
        )
        return None
    found = reader.one(node, name)
    if found is None:
        return None
    if name == "constant":
        return Constant(term=plain_term(found.term), mark=found.mark)
    if name == "functionExecution":
        return read_execution(reader, found, node)
    if name == "functionValue":
        return read_function_value(reader, found)
    if not isinstance(found.term, ox.Literal):
        reader.report("map-term", found.mark, f"`rml:{name}` needs a text in quotes")
        return None
    if name == "reference":
        return Reference(text=found.term.value, mark=found.mark)
    try:
        return parse_template(found.term.value, found.mark)
    except TemplateError as mistake:
        reader.report("map-template", found.mark, f"{mistake} in the template `{found.term.value}`", mistake.hint)
        return None


def read_execution(reader: Reader, node: MarkedTerm, owner: MarkedTerm) -> FunctionExecution | None:
    """A function execution of RML-FNML, with the output that *owner* names."""
    function = constant_iri(reader, node, "function")
    if function is None:
        reader.report(
            "map-incomplete",
            node.mark,
            "a function execution without `rml:function`",
            "add an `rml:function`",
        )
        return None
    arguments: list[Argument] = []
    for found in reader.graph.objects(node.term, "input"):
        parameter = constant_iri(reader, found, "parameter")
        value: TermMap | None = None
        if (long_form := reader.one(found, "inputValueMap")) is not None:
            if reader.graph.objects(long_form.term, "parentTriplesMap"):
                reader.report("map-unsupported", long_form.mark, "a function input from another triples map")
                return None
            value = read_term_map(reader, long_form, Position.VALUE)
        elif (short := reader.one(found, "inputValue")) is not None:
            value = constant_map(reader, short, Position.VALUE, reader.generation(found))
        if parameter is None or value is None:
            if value is None and parameter is not None and reader.diagnostics:
                return None
            reader.report("map-incomplete", found.mark, "a function input needs a parameter and a value")
            return None
        arguments.append(Argument(parameter=parameter, value=value, mark=found.mark))
    returned = constant_iri(reader, owner, "return")
    mark = (reader.one(node, "function") or reader.one(node, "functionMap") or node).mark
    return FunctionExecution(function=function, arguments=tuple(arguments), returned=returned, mark=mark)


def constant_iri(reader: Reader, node: MarkedTerm, name: str) -> str | None:
    """The IRI of `rml:NAME`, or of the constant in `rml:NAMEMap`."""
    found = reader.one(node, name)
    if found is None and (long_form := reader.one(node, name + "Map")) is not None:
        found = reader.one(long_form, "constant")
    return term_text(found.term) if found is not None else None


EXECUTES = ("https://w3id.org/function/ontology#executes", "http://w3id.org/function/ontology#executes")


def read_function_value(reader: Reader, node: MarkedTerm) -> FunctionExecution | None:
    """The older form of a function (`fnml:functionValue`): a map whose predicates are the parameters."""
    from kg.tables.reading import read_predicate_object_map

    function: str | None = None
    arguments: list[Argument] = []
    for found in reader.graph.objects(node.term, "predicateObjectMap"):
        pom = read_predicate_object_map(reader, found)
        if pom is None:
            return None
        for predicate in pom.predicates:
            if not isinstance(predicate.expression, Constant):
                continue
            name = term_text(predicate.expression.term)
            for value in pom.objects:
                if not isinstance(value, TermMap):
                    reader.report("map-unsupported", value.mark, "a function input from another triples map")
                elif name in EXECUTES and isinstance(value.expression, Constant):
                    function = term_text(value.expression.term)
                elif name not in EXECUTES:
                    arguments.append(Argument(parameter=name, value=value, mark=value.mark))
    if function is None:
        reader.report("map-incomplete", node.mark, "a function value without `fno:executes`", "name the function")
        return None
    return FunctionExecution(function=function, arguments=tuple(arguments), returned=None, mark=node.mark)


def checked(reader: Reader, term_map: TermMap) -> TermMap | None:
    """The map itself, unless its kind of term cannot stand in its position."""
    position, kind = term_map.position, term_map.term_type
    constant = term_map.expression.term if isinstance(term_map.expression, Constant) else None
    if kind not in ALLOWED[position]:
        reader.report(
            "map-term-type",
            term_map.mark,
            f"a {kind.value} cannot be a {position.value}",
            "leave `rml:termType` out, or use rml:IRI",
        )
        return None
    if (
        constant is not None
        and type_of_constant(constant) is not kind
        and not (isinstance(constant, ox.NamedNode) and kind.names_resource)
        and position is not Position.VALUE
    ):
        reader.report(
            "map-term-type",
            term_map.mark,
            f"the constant {constant} is no {kind.value}",
            "write the constant as the kind of term it shall be, without `rml:termType`",
        )
        return None
    if position is Position.LANGUAGE and isinstance(constant, ox.Literal):
        tag = constant.value
        if not LANGUAGE_TAG.match(tag) or not PRIMARY_SUBTAG.match(tag):
            reader.report(
                "map-language",
                term_map.mark,
                f"`{tag}` is no language tag",
                "use a tag of BCP 47, such as `en` or `zh-Hans`",
            )
            return None
    if term_map.term_type is not TermType.LITERAL and (term_map.datatype or term_map.language):
        extra = term_map.datatype or term_map.language
        assert extra is not None
        reader.report(
            "map-term-type",
            extra.mark,
            f"a {kind.value} has neither datatype nor language",
            "remove it, or use `rml:termType rml:Literal`",
        )
        return None
    return term_map


def read_targets(reader: Reader, node: MarkedTerm) -> tuple[LogicalTarget, ...]:
    """The logical targets of a term map."""
    from kg.tables.logical import read_logical_target

    targets = [read_logical_target(reader, found) for found in reader.graph.objects(node.term, "logicalTarget")]
    return tuple(t for t in targets if t is not None)
