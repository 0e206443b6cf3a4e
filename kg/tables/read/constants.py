"""What a constant or a template says before a row is read: its tags go into a literal, its text must fit."""

from __future__ import annotations

import re
from dataclasses import replace

import pyoxigraph as ox

from kg.rdf.iri import SCHEME, check_iri, local_name
from kg.rdf.namespace import RDF, XSD
from kg.rdf.xsd import is_valid
from kg.tables.read.conditions import settle_condition
from kg.tables.read.termtypes import is_datatype
from kg.tables.rml import Constant, FunctionExecution, Position, RefObjectMap, Template, TermMap, TermType, TriplesMap
from kg.tables.wording import choose_words
from kg.text.findings import Findings

_NO_TAG = re.compile(r"[^A-Za-z0-9-]")
TAGGED = frozenset({RDF + "langString", RDF + "dirLangString"})  # datatypes that only literals with a language have
SAMPLE = "1"  # a value that may stand anywhere in an IRI, in a port too


def settle_term_map(findings: Findings, term_map: TermMap) -> TermMap | None:
    """The term map with its constant as the term that it is; None after a mistake, which is told."""
    expression = term_map.expression
    tag = term_map.datatype.expression if term_map.datatype is not None else None
    if term_map.datatype is not None and isinstance(tag, Constant) and tag.term.value in TAGGED:
        hint = choose_words(tag.mark, "write `rml:language` alone", "write the language alone: `en~lang`")
        findings.tell("map-term", tag.mark, f"a literal of rdf:{local_name(tag.term.value)} has a language", hint)
        return None
    if tag is not None and isinstance(tag, Constant) and not is_datatype(findings, tag.term.value, tag.mark):
        return None
    if isinstance(expression, Template):
        return term_map if check_template(findings, term_map, expression) else None
    if isinstance(expression, Constant) and isinstance(expression.term, ox.Literal):
        return tag_constant(findings, term_map, expression, expression.term)
    return term_map


def tag_constant(findings: Findings, term_map: TermMap, expression: Constant, literal: ox.Literal) -> TermMap | None:
    """A constant literal with the datatype or the language of its map (RML-Core §literals)."""
    tag = term_map.datatype or term_map.language
    if tag is None or term_map.term_type is not TermType.LITERAL:
        return term_map
    if literal.language or literal.datatype.value != XSD + "string":
        what = "datatype" if term_map.datatype is not None else "language"
        message = f"the constant {literal} has a {what} of its own"
        findings.tell("map-repeated", tag.mark, message, f"keep it in the constant, or the `rml:{what}`")
        return None
    if not isinstance(tag.expression, Constant):  # from row to row: as a template without a reference
        return replace(term_map, expression=Template(parts=(literal.value,), mark=expression.mark))
    said = tag.expression.term.value
    if term_map.language is not None:
        term = ox.Literal(literal.value, language=said)
    elif is_valid(literal.value, said):
        term = ox.Literal(literal.value, datatype=ox.NamedNode(said))
    else:
        message = f"`{literal.value}` is no {local_name(said)}"
        findings.tell("map-term", expression.mark, message, "correct the constant, or its datatype")
        return None
    targets = (*term_map.targets, *tag.targets)
    return replace(term_map, expression=replace(expression, term=term), datatype=None, language=None, targets=targets)


def check_template(findings: Findings, term_map: TermMap, template: Template) -> bool:
    """Whether the text of a template leaves room for terms at all, whatever its references stand for."""
    text = "".join(part if isinstance(part, str) else SAMPLE for part in template.parts)
    if term_map.position is Position.LANGUAGE:
        wrong = _NO_TAG.search(text)
        if wrong is not None:
            hint = "use a tag of BCP 47, such as `en` or `zh-Hans`"
            findings.tell("map-language", template.mark, f"a language tag cannot hold `{wrong.group()}`", hint)
        return wrong is None
    if not term_map.term_type.names_resource:
        return True
    problem = check_iri(text if SCHEME.match(text) else "http://example.org/" + text)
    if problem is None:
        return True
    hint = "write it percent-encoded (a space is `%20`)"
    if term_map.position is Position.OBJECT:
        rml = f"{hint}; for a text add `rml:termType rml:Literal`"
        hint = choose_words(template.mark, rml, f"{hint}; for a text leave out `~iri`")
    findings.tell("map-iri", template.mark, problem.message, hint)
    return False


def settle_triples_map(findings: Findings, triples_map: TriplesMap) -> TriplesMap:
    """The triples map with all its term maps settled; those with mistakes, which are told, stay as they are."""

    def settle(term_map: TermMap) -> TermMap:
        term_map = replace(
            term_map,
            datatype=settle_any(term_map.datatype),
            language=settle_any(term_map.language),
            condition=settle_any(term_map.condition),
        )
        execution = term_map.expression
        if isinstance(execution, FunctionExecution):
            given = tuple(replace(argument, value=settle(argument.value)) for argument in execution.arguments)
            term_map = settle_condition(replace(term_map, expression=replace(execution, arguments=given)))
        return settle_term_map(findings, term_map) or term_map

    def settle_any(term_map: TermMap | None) -> TermMap | None:
        return settle(term_map) if term_map is not None else None

    def settle_all(maps: tuple[TermMap, ...]) -> tuple[TermMap, ...]:
        return tuple(settle(each) for each in maps)

    poms = tuple(
        replace(
            pom,
            predicates=settle_all(pom.predicates),
            objects=tuple(o if isinstance(o, RefObjectMap) else settle(o) for o in pom.objects),
            graphs=settle_all(pom.graphs),
        )
        for pom in triples_map.predicate_objects
    )
    graphs = settle_all(triples_map.graphs)
    return replace(triples_map, subject=settle(triples_map.subject), graphs=graphs, predicate_objects=poms)
