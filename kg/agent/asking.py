"""The tools that ask: the project's questions, and SPARQL, in a process that is ended when it takes too long."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kg.agent.told import Told, make_plain, tell_claim, tell_sources, turn_page
from kg.agent.window import RefusedError, Window, tell_diagnostic
from kg.diagnostic import SourceText, UsageError
from kg.iri import Prefixes
from kg.pipeline import find_unknown_terms
from kg.question import ask_question, find_question, show_term
from kg.sparql import find_unbound
from kg.store import Answer, QueryError, Table, Triples, Truth

_HINTS = {
    "query-timeout": "ask for less: name the subject or the property, or give LIMIT",
    "query-memory": "ask for less: name the subject or the property, or give LIMIT",
    "query-size": "give LIMIT and OFFSET, or aggregate",
}
MOST_CLAIMS = 40  # claims of a page of rows whose evidence is told


def list_questions(window: Window, offset: int = 0) -> Told:
    """The project's questions with their parameters and defaults."""
    checked = window.look()
    lang = checked.seeds.dataset.language
    things = [
        {"name": q.name, "question": q.text(lang), "parameters": dict(q.params), "asked_in": q.mark.file}
        for q in checked.questions
    ]
    return turn_page("questions", things, offset)


def ask(window: Window, question: str, parameters: Mapping[str, str] | None = None, offset: int = 0) -> Told:
    """The answer to one of the project's questions."""
    checked = window.look_for_answers()
    try:
        found = find_question(checked.questions, question)
        answer = ask_question(found, window.store(), parameters or {}, window.limits)
    except UsageError as error:
        message, _, hint = str(error).partition(": ")
        raise RefusedError(message, hint or None) from None
    except QueryError as error:
        raise refuse_query(error) from None
    lang = checked.seeds.dataset.language
    return tell_answer(window, answer, offset, {"question": found.text(lang)})


def query(window: Window, sparql: str, offset: int = 0) -> Told:
    """The answer to a SPARQL query; the data set's prefixes are known."""
    checked = window.look_for_answers()
    try:
        answer = window.store().ask(sparql, name="sparql", limits=window.limits)
    except QueryError as error:
        raise refuse_query(error) from None
    asked = SourceText("sparql", sparql)
    warned = [*find_unbound(asked, ()), *find_unknown_terms(checked, asked)]
    about: Told = {"warnings": [tell_diagnostic(d) for d in warned]} if warned else {}
    return tell_answer(window, answer, offset, about)


def refuse_query(error: QueryError) -> RefusedError:
    """Why a query was not answered, with its place and a hint."""
    told = error.diagnostic
    return RefusedError(f"{told.code} at {told.mark}: {told.message}", told.hint or _HINTS.get(told.code))


def tell_answer(window: Window, answer: Answer, offset: int, about: Told) -> Told:
    """An answer in pages; the claims whose IRIs stand in its rows come with their evidence."""
    prefixes = window.prefixes
    match answer:
        case Truth(value=value):
            return {**make_plain(about), "answer": value, "sources": {}}
        case Table(variables=variables, rows=rows):
            things = [
                {name: show_term(t, prefixes) for name, t in zip(variables, row, strict=True) if t is not None}
                for row in rows
            ]
            page = turn_page("rows", things, offset, about | {"variables": list(variables)})
            shown = [term for row in rows[offset : offset + len(page["rows"])] for term in row]
        case Triples(triples=triples):
            lines = [" ".join(_show(term, prefixes) for term in (t.subject, t.predicate, t.object)) for t in triples]
            page = turn_page("triples", lines, offset, about)
            chosen = triples[offset : offset + len(page["triples"])]
            shown = [term for t in chosen for term in (t.subject, t.object)]  # type: ignore[misc]
    return page | _tell_evidence(window, shown)


def _show(term: object, prefixes: Prefixes) -> str:
    return show_term(term, prefixes) if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal) else str(term)


def _tell_evidence(window: Window, terms: list[ox.NamedNode | ox.BlankNode | ox.Literal | None]) -> Told:
    """The claims that terms name, each with its evidence, and their sources."""
    checked = window.look()
    start = f"{checked.seeds.dataset.base}claim/"
    ids = {term.value.removeprefix(start): None for term in terms if isinstance(term, ox.NamedNode)}
    claims = [checked.seeds.claim_by_id[id_] for id_ in ids if id_ in checked.seeds.claim_by_id]
    told = turn_page("claims", [tell_claim(checked, claim) for claim in claims[:MOST_CLAIMS]], 0)
    count = len(told["claims"])
    told = {"claims": told["claims"]}
    if count < len(claims):
        told["claims_left_out"] = len(claims) - count
    if not claims:
        told["hint"] = (
            "select the claim too (`?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o`) for its evidence"
        )
    return told | {"sources": tell_sources(checked, (e.source for c in claims[:count] for e in c.evidence))}
