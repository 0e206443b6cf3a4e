"""Parameters of queries: whether a query has them, and the values that they are given as text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import pyoxigraph as ox

from kg.ask.sparql import find_made, scan_query
from kg.ask.term import WrittenTerm, read_quoted, read_term
from kg.rdf.iri import Prefixes
from kg.rdf.namespace import XSD
from kg.rdf.xsd import DATATYPES, is_valid
from kg.text.diagnostic import Diagnostic, SourceText, UsageError, did_you_mean, mark_at


def check_names(names: object) -> None:
    """Raises UsageError for what are no names of parameters.

    >>> check_names({"s": 1})
    """
    if isinstance(names, str) or not isinstance(names, Collection) or not all(isinstance(n, str) for n in names):
        raise UsageError(f"parameters are given by their names, not as {type(names).__name__}")


def check_parameters(query: str, names: Collection[str]) -> None:
    """Raises UsageError where a query does not have the variable that a parameter is to stand for.

    >>> check_parameters("ASK { ?s ?p ?o }", ["s", "o"])
    """
    check_names(names)
    for name in names:
        problem = explain_parameter(query, name)
        if problem is not None:
            raise UsageError(": ".join(problem))


def explain_parameter(query: str, name: str) -> tuple[str, str] | None:
    """What is wrong, and a hint, where a parameter can stand for no variable of a query.

    >>> explain_parameter("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "n")
    ('the query computes `?n`', 'a parameter stands for a variable of its pattern')
    """
    variables = {token.text[1:] for token in scan_query(query) if token.kind == "var"}
    if name not in variables:
        hint = did_you_mean(name, variables) or "a parameter stands for a variable of the query"
        return f"the query has no variable `?{name}`", hint
    if name in find_made(query):
        return f"the query computes `?{name}`", "a parameter stands for a variable of its pattern"
    return None


_KINDS = {
    **dict.fromkeys(("integer", "decimal", "double", "float"), "a number"), "boolean": "true or false",
    **dict.fromkeys(("date", "dateTime", "gYear", "gYearMonth", "EDTF"), "a date"),
    **dict.fromkeys(("string", "langString"), "a text"),
}  # fmt: skip


def check_kind(name: str, default: str, value: str, term: WrittenTerm, prefixes: Prefixes) -> None:
    """Raises UsageError where the value of a parameter is of another kind than its default, or is none of its datatype.

    A text compared with a date is no row, and nobody is told why.
    """
    kinds = [
        "an IRI" if isinstance(t, ox.NamedNode) else _KINDS.get(re.split("[#/]", t.datatype.value)[-1])
        for t in (read_term(default, prefixes), term)
    ]  # fmt: skip
    if None not in kinds and kinds[0] != kinds[1]:
        quoted = f"write `-p {name}='\"{value}\"'`" if kinds[0] == "a text" else f"such as `{default}`"
        raise UsageError(f"the parameter `{name}` takes {kinds[0]}, not {kinds[1]}: {quoted}")
    _check_value(name, term, prefixes)


def _check_value(name: str, term: WrittenTerm, prefixes: Prefixes) -> None:
    """Raises UsageError where the value of a parameter is none of its datatype."""
    if not isinstance(term, ox.Literal):
        return
    datatype = term.datatype.value
    if not is_valid(term.value, datatype) or (datatype.startswith(XSD) and datatype.removeprefix(XSD) not in DATATYPES):
        raise UsageError(f"the parameter `{name}`: `{term.value}` is no {prefixes.compress(datatype)}")


def read_parameters(given: Mapping[str, str], prefixes: Prefixes) -> dict[str, WrittenTerm]:
    """The terms that the parameters of a query are given as text.

    Raises UsageError for what is none of its datatype, for a literal that does not end as one, and for a blank node,
    whose name means nothing outside its graph.

    >>> read_parameters({"n": "'5'^^xsd:byte"}, Prefixes(namespaces={"xsd": XSD}))["n"].value
    '5'
    """
    terms = {name: read_term(value, prefixes) for name, value in given.items()}
    for name, term in terms.items():
        value = given[name]
        if value.startswith("_:"):
            raise UsageError(f"the parameter `{name}`: no query can name the blank node `{value}`")
        if re.match(r"([\"']).*\1[@^]", value, re.DOTALL) and read_quoted(value) is None:
            raise UsageError(
                f"the parameter `{name}`: `{value}` is no literal: such as `'text'@en`, `'2030'^^xsd:gYear`"
            )
        _check_value(name, term, prefixes)
    return terms


def find_doubtful(given: Mapping[str, str], prefixes: Prefixes) -> Iterator[Diagnostic]:
    """The values of parameters that are texts, and look like IRIs."""
    for value in given.values():
        found = re.fullmatch(r"([A-Za-z][\w+.-]*):\S+", value)
        if found is None or not isinstance(read_term(value, prefixes), ox.Literal):
            continue
        hint = did_you_mean(found[1], prefixes.namespaces) or f"write `<{value}>`"
        hint = f"write `<{value}>`" if "://" in value else hint
        mark = mark_at(SourceText("-p", value), 0, len(value))
        message = f"`{value}` is taken as a text: there is no prefix `{found[1]}:`"
        yield Diagnostic(code="unknown-term", mark=mark, message=message, hint=hint)
