"""Why an answer holds nothing, where no word is to blame: a pattern that no triple fits, with what is there instead.

Most often a promise is asked for as if it were a fact: only clear facts are triples of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic

from kg.ask.misfit import find_empty, find_misfits
from kg.ask.sparql import PatternTriple, find_prologue, list_triples
from kg.ask.store import Answer, QueryError, Store, Table, Truth, is_empty
from kg.ask.term import Term, read_term, show_term
from kg.rdf.namespace import RDF
from kg.system.worker.limits import WorkerLimits
from kg.text.diagnostic import Diagnostic, SourceText, mark_at

_MOST = 8  # patterns that are tried: for each the graph is asked
_SECONDS = 5.0  # for all of them: whoever has no answer yet waits for this
_SHOWN = 5  # claims or properties that a hint names


def explain_nothing(
    source: SourceText, answer: Answer, store: Store, given: Mapping[str, str] | None = None
) -> list[Diagnostic]:
    """Why an answer, or a column of it, holds nothing; *given* are the values of the query's parameters."""
    told = [*find_empty(source, answer), *find_misfits(source, answer, store, given)]
    return told or [*find_unmatched(source, answer, store, given)]  # one mistake is told once


def find_unmatched(
    source: SourceText, answer: Answer, store: Store, given: Mapping[str, str] | None = None
) -> Iterator[Diagnostic]:
    """The first pattern of a query without a row that no triple fits; *given* are the values of its parameters.

    Of a question of yes or no, `no` is the answer: nothing is told.
    """
    if isinstance(answer, Truth) or not is_empty(answer):
        return
    terms = {name: read_term(value, store.prefixes) for name, value in (given or {}).items()}
    asker = _Asker(store, find_prologue(source.text), terms)
    before: list[PatternTriple] = []
    try:
        for triple in list_triples(source.text)[:_MOST]:
            if not asker.has(str(triple)):
                message, hint = f"no triple of the graph fits `{triple}`", asker.explain(triple)
            elif before and not asker.has(_join(*before, triple)):
                message = f"what fits `{triple}` does not fit the patterns before it as well"
                hint = asker.explain(triple, before)
            else:
                before.append(triple)
                continue
            is_next = source.text[triple.predicate.end : triple.object.start].isspace()  # not behind a comma
            start = triple.predicate.start if is_next else triple.object.start
            mark = mark_at(source, start, triple.object.end)
            yield Diagnostic(code="unmatched-pattern", mark=mark, message=message, hint=hint)
            return
    except QueryError:  # it takes too long, or is no pattern by itself
        return


def _join(*triples: PatternTriple) -> str:
    return " . ".join(map(str, triples))


class _Asker:
    """A store that is asked about parts of a query, all within a time."""

    def __init__(self, store: Store, prologue: str, terms: Mapping[str, Term]) -> None:
        self.store, self.prologue, self.terms = store, prologue, terms
        self.end = monotonic() + _SECONDS

    def is_given(self, text: str) -> bool:
        """Whether a term is one, or a variable with a value from outside."""
        return text[:1] not in {"?", "$", "_"} or text[1:] in self.terms

    def show(self, text: str) -> str:
        """A term as a message names it: a variable with a value from outside by that value."""
        given = self.terms.get(text[1:]) if text[:1] in {"?", "$"} else None
        return f"`{text if given is None else show_term(given, self.store.prefixes)}`"

    def ask(self, query: str) -> Answer:
        """The answer to a query that holds terms of the one that is looked at. Raises QueryError."""
        limits = WorkerLimits(seconds=max(0.001, self.end - monotonic()))
        terms = {name: term for name, term in self.terms.items() if f"?{name}" in query or f"${name}" in query}
        return self.store.ask(self.prologue + query, parameters=terms, limits=limits)

    def has(self, pattern: str) -> bool:
        """Whether something fits a pattern."""
        return self.ask(f"ASK {{ {pattern} }}") == Truth(value=True)

    def explain(self, triple: PatternTriple, before: Sequence[PatternTriple] = ()) -> str | None:
        """The hint for a triple that nothing fits, alone or with those *before*; none where that takes too long."""
        try:
            return _explain_join(triple, before, self) if before else _explain(triple, self)
        except QueryError:
            return None

    def list_values(self, pattern: str) -> str:
        """The values of `?kg_it` in a pattern, as a hint names them; nothing where there are none."""
        found = self.ask(f"SELECT DISTINCT ?kg_it {{ {pattern} }} ORDER BY ?kg_it LIMIT {_SHOWN + 1}")
        assert isinstance(found, Table)
        shown = [f"`{show_term(term, self.store.prefixes)}`" for (term,) in found.rows]
        return ", ".join(shown[:_SHOWN]) + (" and others" if len(shown) > _SHOWN else "")


def _explain(triple: PatternTriple, asker: _Asker) -> str | None:
    """What the graph has in place of a triple that it has not."""
    subject, predicate, thing = triple.subject.text, triple.predicate.text, triple.object.text
    if not asker.is_given(predicate):
        return None
    if predicate != "a":
        claimed = f"?kg_it <{RDF}predicate> {predicate}"
        claimed += f" ; <{RDF}subject> {subject}" if asker.is_given(subject) else ""
        claimed += f" ; <{RDF}object> {thing}" if asker.is_given(thing) else ""
        if claims := asker.list_values(claimed):
            return (
                f"only clear facts are triples of their own: claims say it, such as {claims}, by their `rdf:predicate`"
            )
    if asker.is_given(subject):
        if asker.is_given(thing) and (there := asker.list_values(f"{subject} {predicate} ?kg_it")):
            return f"there it has {there}"
        there, shown = asker.list_values(f"{subject} ?kg_it ?kg_o"), asker.show(subject)
        return f"{shown} has {there}" if there else f"{shown} is the subject of no triple"
    if asker.is_given(thing):
        there = asker.list_values(f"?kg_s ?kg_it {thing}")
        return (
            f"{asker.show(thing)} stands under {there}" if there else f"{asker.show(thing)} is the object of no triple"
        )
    return None


def _explain_join(triple: PatternTriple, before: Sequence[PatternTriple], asker: _Asker) -> str | None:
    """What a variable is by the patterns before, and by this one."""
    terms = [term.text for each in before for term in (each.subject, each.predicate, each.object)]
    for term in (triple.subject, triple.predicate, triple.object):
        if term.text in terms and term.text[:1] != "_" and not asker.is_given(term.text):
            bound = f"BIND({term.text} AS ?kg_it)"
            there, here = (asker.list_values(f"{_join(*each)} {bound}") for each in (before, [triple]))
            return f"`{term.text}` is {there} there, and {here} here"
    return None
