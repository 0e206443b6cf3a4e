"""A text of YARRRML as a term map: constant, reference or template, of some kind of term."""

from __future__ import annotations

from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from kg.tables.read.yarrrml.scope import DocumentScope
from kg.tables.read.yarrrml.text import ExpandedText
from kg.tables.rml import Constant, Expression, Position, Template, TermMap, TermType
from kg.tables.vocabulary import Generation
from kg.text.diagnostic import Mark
from kg.text.yamldoc import Node

TYPES = {
    "iri": TermType.IRI,
    "literal": TermType.LITERAL,
    "blank": TermType.BLANK_NODE,
    "blanknode": TermType.BLANK_NODE,
}


def read_type(scope: DocumentScope, node: Node | None, default: TermType) -> TermType:
    """The kind of term that a `type` names."""
    word = None if node is None else scope.read_word(node, TYPES, "type of term")
    return default if word is None else TYPES[word]


def make_term_map(scope: DocumentScope, value: ExpandedText, kind: TermType, position: Position) -> TermMap:
    """The term map of a value; a constant that cannot be that kind of term is told."""
    return plain_map(make_expression(scope, value, kind), kind, position)


def plain_map(expression: Expression, kind: TermType, position: Position) -> TermMap:
    """A term map without datatype, language and targets."""
    return TermMap(
        position=position, expression=expression, term_type=kind, generation=Generation.RML, mark=expression.mark
    )


def make_expression(scope: DocumentScope, value: ExpandedText, kind: TermType) -> Expression:
    """A value as RML has it."""
    if value.reference is not None:
        return replace(value.reference, mark=value.mark)
    constant = value.constant
    if constant is None or kind is TermType.BLANK_NODE:  # no literal is a blank node: a template makes its label
        return Template(parts=value.parts, mark=value.mark)
    if kind is not TermType.IRI:
        return Constant(term=Literal(constant), mark=value.mark)
    return make_iri(scope, constant, value.mark)


def make_iri(scope: DocumentScope, text: str, mark: Mark) -> Expression:
    """A constant IRI; one that is relative is told, since nothing says what it is relative to."""
    try:
        return Constant(term=NamedNode(text), mark=mark)
    except ValueError:
        if not any(d.mark == mark for d in scope.diagnostics):
            hint = "write the whole IRI, or a prefix and a name: `ex:name`"
            scope.tell("yarrrml-iri", mark, f"`{text}` is no absolute IRI", hint)
        return Template(parts=(text,), mark=mark)
