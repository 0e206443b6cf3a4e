"""Competency questions asked and tested: an answer is compared with the expected rows in `NAME.csv`."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.ask.sparql import find_made, free_parameter, scan_query
from kg.ask.store import Answer, Askable, QueryError, Row, Store, Table, Term, Triples, Truth
from kg.rdf.iri import Prefixes, check_iri
from kg.rdf.namespace import XSD
from kg.rdf.xsd import DATATYPES, is_valid
from kg.reading.questions import Question
from kg.system.worker.worker import WorkerLimits
from kg.text.diagnostic import Diagnostic, SourceText, UsageError, did_you_mean, mark_at


def find_question(questions: tuple[Question, ...], name: str) -> Question:
    """The question called *name*. Raises UsageError, with the nearest name, when there is none."""
    for question in questions:
        if question.name == name:
            return question
    hint = did_you_mean(name, [q.name for q in questions])
    known = ", ".join(q.name for q in questions)
    raise UsageError(f"no question `{name}`: " + (hint or f"the questions are {known or 'none yet'}"))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Another value that a parameter of a question may have, and the rows of its answer."""

    parameter: str
    value: Term
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question and its answer; *choices* are those for other values of its parameters, one changed at a time."""

    question: Question
    answer: Answer
    choices: tuple[Choice, ...] = ()


def ask_question(
    question: Question, store: Askable, given: Mapping[str, str] | None = None, limits: WorkerLimits | None = None
) -> Answer:
    """The answer to a question, its parameters bound to what was *given*, else to their defaults.

    With *limits* (such as the question's own) it is asked in a process that can be ended, as `Store.ask` does.
    Raises UsageError for a parameter that the question does not have or a value that is no term, QueryError
    for a query that cannot be run.
    """
    values = {**question.params, **(given or {})}
    for name in given or {}:
        if name not in question.params:
            hint = did_you_mean(name, question.params) or f"it takes {', '.join(question.params) or 'none'}"
            raise UsageError(f"the question `{question.name}` has no parameter `{name}`: {hint}")
    prefixes = store.prefixes
    terms = {name: read_term(value, prefixes) for name, value in values.items()}
    for name in given or {}:
        _check_thing(name, question.params[name], values[name], terms[name], store, limits)
    answer = store.ask(question.query.text, name=question.query.name, parameters=terms, limits=limits)
    if isinstance(answer, Table) and not question.ordered:
        rows = sorted(answer.rows, key=_sort_row)
        return Table(variables=answer.variables, rows=tuple(rows))
    return answer


def ask_choices(
    question: Question, store: Askable, answer: Answer, limits: WorkerLimits | None = None
) -> tuple[Choice, ...]:
    """The answers of a question for every other value of each of its parameters that gives rows, sorted by value.

    Each parameter that stands for a thing is left free in turn, which is one query for all of its values; where that
    query does not give *answer* for the value that the header names, or cannot be had, there are no choices.
    """
    if not isinstance(answer, Table):
        return ()
    defaults = {name: read_term(value, store.prefixes) for name, value in question.params.items()}
    found: list[Choice] = []
    for name, default in defaults.items():
        free = free_parameter(question.query.text, name)
        if free is None or not isinstance(default, ox.NamedNode):
            continue
        others = {other: term for other, term in defaults.items() if other != name}
        table = store.ask(free, name=question.query.name, parameters=others, limits=limits)
        assert isinstance(table, Table)
        rows: dict[Term | None, list[Row]] = {}
        for row in table.rows:
            rows.setdefault(row[0], []).append(row[1:])
        if Counter(rows.pop(default, [])) != Counter(answer.rows):
            continue
        for value in sorted((term for term in rows if term is not None), key=str):
            members = rows[value] if question.ordered else sorted(rows[value], key=_sort_row)
            found.append(Choice(parameter=name, value=value, rows=tuple(members)))
    return tuple(found)


def _sort_row(row: Row) -> tuple[str, ...]:
    return tuple("" if term is None else str(term) for term in row)


def check_parameters(query: str, names: Iterable[str]) -> None:
    """Raises UsageError where a query does not have the variable that a parameter is to stand for.

    >>> check_parameters("ASK { ?s ?p ?o }", ["s", "o"])
    """
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


def _check_thing(name: str, default: str, value: str, term: Term, store: Askable, limits: WorkerLimits | None) -> None:
    """Raises UsageError where a parameter that stands for an entity is given a text, or one that is not there."""
    prefixes = store.prefixes

    def is_there(thing: Term) -> bool:
        return store.ask(f"ASK {{ {thing} ?p ?o }}", limits=limits) == Truth(value=True)

    entities = prefixes.namespaces.get("e", "")
    if isinstance(term, ox.Literal):
        meant = read_term(f"e:{value}", prefixes)
        if isinstance(read_term(default, prefixes), ox.NamedNode):
            there = isinstance(meant, ox.NamedNode) and is_there(meant)
            hint = f"write `-p {name}=e:{value}`" if there else f"such as `{default}`"
            raise UsageError(f"the parameter `{name}` takes an IRI, not a text: {hint}")
    _check_kind(name, default, value, term, prefixes)
    if isinstance(term, ox.Literal):
        return
    key = term.value.removeprefix(entities) if isinstance(term, ox.NamedNode) and entities else value
    if key != value and key != term.value and not is_there(term):
        answer = store.ask("SELECT ?e { ?e <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }", limits=limits)
        assert isinstance(answer, Table)
        keys = {row[0].value.removeprefix(entities) for row in answer.rows if isinstance(row[0], ox.NamedNode)}
        raise UsageError(f"no entity `{key}`: {did_you_mean(key, keys) or '`kg show` lists all entities'}")


_KINDS = {
    **dict.fromkeys(("integer", "decimal", "double", "float"), "a number"), "boolean": "true or false",
    **dict.fromkeys(("date", "dateTime", "gYear", "gYearMonth", "EDTF"), "a date"),
    **dict.fromkeys(("string", "langString"), "a text"),
}  # fmt: skip


def _check_kind(name: str, default: str, value: str, term: Term, prefixes: Prefixes) -> None:
    """Raises UsageError where the value of a parameter is of another kind than its default, or is none of its datatype.

    A text compared with a date is no row, and nobody is told why.
    """
    usual = read_term(default, prefixes)
    kinds = [
        "an IRI" if isinstance(t, ox.NamedNode) else _KINDS.get(re.split("[#/]", t.datatype.value)[-1])
        for t in (usual, term) if not isinstance(t, ox.BlankNode | ox.Triple)
    ]  # fmt: skip
    if len(kinds) == 2 and None not in kinds and kinds[0] != kinds[1]:
        quoted = f"write `-p {name}='\"{value}\"'`" if kinds[0] == "a text" else f"such as `{default}`"
        raise UsageError(f"the parameter `{name}` takes {kinds[0]}, not {kinds[1]}: {quoted}")
    _check_value(name, term, prefixes)


def _check_value(name: str, term: Term, prefixes: Prefixes) -> None:
    """Raises UsageError where the value of a parameter is none of its datatype."""
    if not isinstance(term, ox.Literal):
        return
    datatype = term.datatype.value
    if not is_valid(term.value, datatype) or (datatype.startswith(XSD) and datatype.removeprefix(XSD) not in DATATYPES):
        raise UsageError(f"the parameter `{name}`: `{term.value}` is no {prefixes.compress(datatype)}")


def read_parameters(given: Mapping[str, str], prefixes: Prefixes) -> dict[str, Term]:
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


_DAY, _ZONE = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_BARE = {  # what needs no quotes, and its datatype
    "[+-]?[0-9]+": "integer", r"[+-]?[0-9]*\.[0-9]+": "decimal", "true|false": "boolean",
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+": "double", _DAY: "date",
    f"{_DAY}T[0-9:.]+{_ZONE}": "dateTime",
}  # fmt: skip


def read_term(text: str, prefixes: Prefixes) -> Term:
    """A term as users write it: `e:su7`, a number, `true`, `"text"@en`, `'2030'^^xsd:gYear`, else a text.

    Raises UsageError for an IRI that is none.

    >>> read_term("73.6", Prefixes(namespaces={})).datatype.value
    'http://www.w3.org/2001/XMLSchema#decimal'
    """
    if text.startswith("<") and text.endswith(">"):
        problem = check_iri(text[1:-1])
        if problem is not None:
            raise UsageError(f"`{text}` is no IRI: {problem.message}")
        return ox.NamedNode(text[1:-1])
    iri = prefixes.expand(text)
    if iri is not None and check_iri(iri) is None:
        return ox.NamedNode(iri)
    xsd = prefixes.namespaces.get("xsd", "http://www.w3.org/2001/XMLSchema#")
    for pattern, name in _BARE.items():
        if re.fullmatch(pattern, text):
            return ox.Literal(text, datatype=ox.NamedNode(xsd + name))
    quoted = read_quoted(text)
    if quoted is None:
        return ox.Literal(text)
    written, language, datatype = quoted
    if language is not None:
        return ox.Literal(written, language=language)
    if datatype is None:
        return ox.Literal(written)
    kind = read_term(datatype, prefixes)
    if not isinstance(kind, ox.NamedNode):
        raise UsageError(f"`{datatype}` is no datatype: such as `xsd:gYear`")
    return ox.Literal(written, datatype=kind)


_QUOTED = re.compile(
    r"""(["'])(?P<text>.*)\1"""
    r"(?:@(?P<tag>(?:[A-Za-z]{2,8}|[IXix](?=-))(?:-[A-Za-z0-9]{1,8})*)|\^\^(?P<type>\S+))?",
    re.DOTALL,
)
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def read_quoted(text: str) -> tuple[str, str | None, str | None] | None:
    """The text, language and datatype of a literal in quotes, with the escapes of SPARQL; None for what is in none.

    >>> read_quoted(r"'it\'s'@en"), read_quoted("'2030'^^xsd:gYear"), read_quoted("2030")
    (("it's", 'en', None), ('2030', None, 'xsd:gYear'), None)
    """
    found = _QUOTED.fullmatch(text)
    if found is None:
        return None
    written = re.sub(r"\\([tbnrf\"'\\])", lambda escape: _ESCAPES[escape[1]], found["text"])
    return written, found["tag"], found["type"]


def show_term(term: Term | None, prefixes: Prefixes) -> str:
    """A term as a person writes it: `e:su7`, `73.6`, `'Lei Jun'@en`; nothing for None."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return prefixes.compress(term.value) or f"<{term.value}>"
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    if isinstance(term, ox.Triple):
        return f"<<( {' '.join(show_term(part, prefixes) for part in term)} )>>"
    xsd = "http://www.w3.org/2001/XMLSchema#"
    datatype = term.datatype.value
    if datatype in {xsd + "integer", xsd + "decimal", xsd + "boolean"}:
        return term.value
    text = term.value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    if term.language:
        return f"'{text}'@{term.language}" + (f"--{term.direction.value}" if term.direction else "")
    if datatype == xsd + "string":
        return f"'{text}'"
    return f"'{text}'^^{prefixes.compress(datatype) or f'<{datatype}>'}"


def write_expectation(answer: Answer, prefixes: Prefixes) -> str:
    """The answer as the text of `NAME.csv`: a header, then a row a line, terms as `show_term` writes them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in _rows(answer, prefixes):
        writer.writerow(row)
    return out.getvalue()


def _rows(answer: Answer, prefixes: Prefixes) -> Iterator[list[str]]:
    match answer:
        case Truth(value=value):
            yield ["ask"]
            yield ["true" if value else "false"]
        case Table(variables=variables, rows=rows):
            yield list(variables)
            yield from ([show_term(t, prefixes) for t in row] for row in rows)
        case Triples(triples=triples):
            yield ["subject", "predicate", "object"]
            for t in triples:
                row: Row = (t.subject, t.predicate, t.object)  # type: ignore[assignment]
                yield [show_term(term, prefixes) for term in row]


@dataclass(frozen=True, kw_only=True)
class TestOutcome:
    """How a question's test ended: `passed`, `failed` or `untested` (no expectation), with what differs."""

    question: Question
    outcome: str
    rows: int
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    diagnostic: Diagnostic | None = None


def test_question(question: Question, store: Store) -> TestOutcome:
    """Ask, and compare with the rows that are expected; in order only where the question is ordered.

    One that has no answer in its time has failed.
    """
    prefixes = store.prefixes
    try:
        answer = ask_question(question, store, limits=question.limits)
    except QueryError as error:
        return TestOutcome(question=question, outcome="failed", rows=0, diagnostic=error.diagnostic)
    got = list(_rows(answer, prefixes))
    if not question.expected.is_file():
        mark = question.mark
        message = f"the question `{question.name}` has no expected rows"
        hint = "look at them with `kg query`, then write them down with `kg test --update`"
        problem = Diagnostic(code="no-expectation", mark=mark, message=message, hint=hint)
        return TestOutcome(question=question, outcome="untested", rows=len(got) - 1, diagnostic=problem)
    with question.expected.open(encoding="utf-8", newline="") as file:
        wanted = list(csv.reader(file))
    missing, unexpected = _without(wanted, got), _without(got, wanted)
    same = got == wanted if question.ordered else not missing and not unexpected
    return TestOutcome(
        question=question,
        outcome="passed" if same else "failed",
        rows=len(got) - 1,
        missing=tuple(map(" | ".join, missing)),
        unexpected=tuple(map(" | ".join, unexpected)),
    )


test_question.__test__ = False  # type: ignore[attr-defined]  # pytest: a stage of ours, not a test


def _without(these: list[list[str]], those: list[list[str]]) -> list[list[str]]:
    """The rows of *these* that *those* lack, each as often as it is too many."""
    left = Counter(map(tuple, those))
    found = []
    for row in these:
        if left[tuple(row)]:
            left[tuple(row)] -= 1
        else:
            found.append(row)
    return found
