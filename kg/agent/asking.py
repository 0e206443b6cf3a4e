"""The tools that ask: the project's questions, and SPARQL, in a process that is ended when it takes too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from kg.agent.told import Told, count_characters, make_plain, tell_claim, tell_sources, turn_page
from kg.agent.window import ToolRefusedError, Window, tell_diagnostic
from kg.ask.question import ask_question, find_question
from kg.ask.sparql import find_unbound
from kg.ask.store import Answer, QueryError, Row, Table, Triples, Truth
from kg.ask.term import show_term
from kg.ask.unmatched import explain_nothing
from kg.build.pipeline import Checked, find_unknown_terms
from kg.model.nouns import Claim
from kg.rdf.iri import Prefixes
from kg.text.diagnostic import SourceText, UsageError

_HINTS = {
    "query-timeout": "ask for less: name the subject or the property, or give LIMIT",
    "query-memory": "ask for less: name the subject or the property, or give LIMIT",
    "query-size": "give LIMIT and OFFSET, or aggregate",
}


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
        raise ToolRefusedError(message, hint or None) from None
    except QueryError as error:
        raise refuse_query(error) from None
    told = tell_answer(window, answer, offset, {"question": found.text(checked.seeds.dataset.language)})
    if "hint" in told:
        told["hint"] = f"this question selects no claim: by the tool `query`, {told['hint']}"
    return told


def query(window: Window, sparql: str, offset: int = 0) -> Told:
    """The answer to a SPARQL query; the data set's prefixes are known."""
    checked = window.look_for_answers()
    try:
        answer = window.store().ask(sparql, name="sparql", limits=window.limits)
    except QueryError as error:
        raise refuse_query(error) from None
    asked = SourceText("sparql", sparql)
    warned = [*find_unbound(asked, ()), *find_unknown_terms(checked, asked)]
    warned = warned or explain_nothing(asked, answer, window.store())
    about: Told = {"warnings": [tell_diagnostic(d) for d in warned]} if warned else {}
    return tell_answer(window, answer, offset, about)


def refuse_query(error: QueryError) -> ToolRefusedError:
    """Why a query was not answered, with its place and a hint."""
    told = error.diagnostic
    return ToolRefusedError(f"{told.code} at {told.mark}: {told.message}", told.hint or _HINTS.get(told.code))


def tell_answer(window: Window, answer: Answer, offset: int, about: Told) -> Told:
    """An answer in pages; the claims whose IRIs stand in its rows come with their evidence, all of them."""
    prefixes, named = window.prefixes, _NamedClaims(window.look())
    shown: Sequence[Iterable[object]]
    match answer:
        case Truth(value=value):
            return {**make_plain(about), "answer": value, "sources": {}}
        case Table(variables=variables, rows=rows):

            def tell_row(row: Row) -> dict[str, str]:
                return {n: show_term(t, prefixes) for n, t in zip(variables, row, strict=True) if t is not None}

            about = about | {"variables": list(variables)}
            page = turn_page("rows", list(map(tell_row, rows)), offset, about, weigh=_Weights(named, rows[offset:]))
            shown = rows[offset : offset + len(page["rows"])]
        case Triples(triples=triples):
            parts = [(t.subject, t.predicate, t.object) for t in triples]
            lines = [" ".join(_show(term, prefixes) for term in part) for part in parts]
            page = turn_page("triples", lines, offset, about, weigh=_Weights(named, parts[offset:]))
            shown = parts[offset : offset + len(page["triples"])]
    claims = {claim.id: claim for row in shown for claim in named.find(row)}
    told: Told = {"claims": [named.tell(claim) for claim in claims.values()]}
    if not claims:
        told["hint"] = (
            "select the claim too (`?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o`) for its evidence"
        )
    sources = tell_sources(named.checked, (e.source for claim in claims.values() for e in claim.evidence))
    return page | told | {"sources": sources}


def _show(term: object, prefixes: Prefixes) -> str:
    return show_term(term, prefixes) if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal) else str(term)


class _NamedClaims:
    """The claims that terms name."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self._start = f"{checked.seeds.dataset.base}claim/"
        self._told: dict[str, Told] = {}

    def find(self, terms: Iterable[object]) -> Iterator[Claim]:
        for term in terms:
            id_ = term.value.removeprefix(self._start) if isinstance(term, ox.NamedNode) else ""
            if id_ in self.checked.seeds.claim_by_id:
                yield self.checked.seeds.claim_by_id[id_]

    def tell(self, claim: Claim) -> Told:
        if claim.id not in self._told:
            self._told[claim.id] = make_plain(tell_claim(self.checked, claim))
        return self._told[claim.id]


class _Weights:
    """What the claims of each row take, where no row before it has named them; asked row by row."""

    def __init__(self, named: _NamedClaims, rows: Iterable[Iterable[object]]) -> None:
        self._named = named
        self._rows = iter(rows)
        self._seen: set[str] = set()

    def __call__(self, _told: object) -> int:
        new = {c.id: c for c in self._named.find(next(self._rows)) if c.id not in self._seen}
        self._seen |= new.keys()
        return sum(count_characters(self._named.tell(claim)) for claim in new.values())
