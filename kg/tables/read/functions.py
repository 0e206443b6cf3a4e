"""Function executions of an RML graph (RML-FNML, and the older FNML)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kg.rdf.turtle.document import MarkedTerm
from kg.tables.read.conditions import GIVEN, TRUE_CONDITION
from kg.tables.read.reader import Reader, term_text
from kg.tables.read.termtypes import check_term_map, constant_map
from kg.tables.rml import (
    Argument,
    Constant,
    FunctionExecution,
    Position,
    PredicateObjectMap,
    Template,
    TermMap,
    TermType,
)

ValueReader = Callable[[Reader, MarkedTerm], TermMap | None]
StatementReader = Callable[[Reader, MarkedTerm], PredicateObjectMap | None]
EXECUTES = ("https://w3id.org/function/ontology#executes", "http://w3id.org/function/ontology#executes")


def read_execution(
    reader: Reader, node: MarkedTerm, owner: MarkedTerm, read_value: ValueReader
) -> FunctionExecution | None:
    """A function execution of RML-FNML, with the output that *owner* names; *read_value* reads its inputs."""
    function = constant_iri(reader, node, "function")
    if function is None:
        reader.incomplete(
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
                reader.tell("map-unsupported", long_form.mark, "a function input from another triples map")
                return None
            value = read_value(reader, long_form)
        elif (short := reader.one(found, "inputValue")) is not None:
            value = constant_map(reader, short, Position.VALUE, reader.generation(found))
        if parameter is None or value is None:
            if value is None and parameter is not None and reader.diagnostics:
                return None
            reader.tell("map-incomplete", found.mark, "a function input needs a parameter and a value")
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


def read_function_value(reader: Reader, node: MarkedTerm, read_statement: StatementReader) -> FunctionExecution | None:
    """The older form of a function (`fnml:functionValue`): a map whose predicates are the parameters."""
    function: str | None = None
    arguments: list[Argument] = []
    if (source := reader.one(node, "logicalSource")) is not None:  # by custom; it must be that of the triples map
        reader.call_sources.append(source)
    for found in reader.graph.objects(node.term, "predicateObjectMap"):
        pom = read_statement(reader, found)
        if pom is None:
            return None
        typed = any(says_type(reader, each) for each in reader.graph.objects(found.term, "objectMap"))
        for predicate in pom.predicates:
            if not isinstance(predicate.expression, Constant):
                continue
            name = term_text(predicate.expression.term)
            for value in pom.objects:
                if not isinstance(value, TermMap):
                    reader.tell("map-unsupported", value.mark, "a function input from another triples map")
                elif name in EXECUTES and isinstance(value.expression, Constant):
                    function = term_text(value.expression.term)
                elif name not in EXECUTES:
                    value = replace(value, position=Position.VALUE)
                    if not typed and isinstance(value.expression, Template):  # a text, unless IRIs are asked for
                        value = replace(value, term_type=TermType.LITERAL)
                    arguments.append(Argument(parameter=name, value=value, mark=value.mark))
    if function is None:
        reader.incomplete(node.mark, "a function value without `fno:executes`", "name the function")
        return None
    for argument in arguments:  # the blank node of a row may be given, or not (`settle_condition`), but is no value
        if (function, argument.parameter) != (TRUE_CONDITION, GIVEN) and check_term_map(reader, argument.value) is None:
            return None
    return FunctionExecution(function=function, arguments=tuple(arguments), returned=None, mark=node.mark)


def says_type(reader: Reader, node: MarkedTerm) -> bool:
    """Whether an argument says what kind of term it is."""
    inner = reader.graph.objects(node.term, "parentTermMap")
    return reader.has(node, "termType") or any(says_type(reader, each) for each in inner)


def of_other_side(reader: Reader, node: MarkedTerm) -> bool:
    """Whether an argument of a join's function is taken from the other triples map (`rml:parentTermMap`)."""
    if reader.has(node, "parentTermMap"):
        return True
    steps = ("functionValue", "predicateObjectMap", "objectMap")
    return any(of_other_side(reader, inner) for step in steps for inner in reader.graph.objects(node.term, step))
