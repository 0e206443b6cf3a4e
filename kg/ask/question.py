"""Competency questions asked and tested: an answer is compared with the expected rows in `NAME.csv`."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.ask.parameter import check_kind
from kg.ask.sparql import free_parameter
from kg.ask.store import Answer, Askable, QueryError, Row, Store, Table, Triples, Truth
from kg.ask.term import Term, WrittenTerm, read_term, show_term
from kg.rdf.iri import Prefixes
from kg.rdf.namespace import SKOS
from kg.reading.questions import Question
from kg.system.worker.limits import WorkerLimits
from kg.text.diagnostic import Diagnostic, UsageError, did_you_mean


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


def _check_thing(
    name: str, default: str, value: str, term: WrittenTerm, store: Askable, limits: WorkerLimits | None
) -> None:
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
    check_kind(name, default, value, term, prefixes)
    if isinstance(term, ox.Literal):
        return
    key = term.value.removeprefix(entities) if entities else value
    if key != value and key != term.value and not is_there(term):
        answer = store.ask(f"SELECT ?e {{ ?e <{SKOS}prefLabel> ?name }}", limits=limits)
        assert isinstance(answer, Table)
        keys = {row[0].value.removeprefix(entities) for row in answer.rows if isinstance(row[0], ox.NamedNode)}
        raise UsageError(f"no entity `{key}`: {did_you_mean(key, keys) or '`kg show` lists all entities'}")


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
                row: Row = (t.subject, t.predicate, t.object)
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
