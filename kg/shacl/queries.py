"""The SPARQL that shapes hold: its mistakes at their places. Source: SHACL, sections 5.2 and 6.2, appendix A."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from kg.ask.sparql import Token, find_mistake, find_unbound, scan_query
from kg.rdf.iri import check_iri
from kg.rdf.namespace import SH, WELL_KNOWN, XSD
from kg.rdf.turtle.document import MarkedTerm, Term
from kg.shacl.shapesgraph import ShapesGraph, term_of
from kg.text.diagnostic import Diagnostic, Mark, SourceText, mark_at

_PREFIXES, _DECLARE, _PREFIX, _NAMESPACE = (NamedNode(SH + n) for n in ("prefixes", "declare", "prefix", "namespace"))
_UNDECLARED = ("dcat", "dcterms", "owl", "prov", "rdf", "rdfs", "schema", "sh", "skos", "void", "xsd")  # rdflib's own
_FORBIDDEN = frozenset({"MINUS", "VALUES"})  # appendix A: they would not see the bound variables
_BOUND = ("this", "value", "path", "currentShape", "shapesGraph")  # sections 5.3.1 and 6.3; what a result may lack
_STAND_IN = "<a:p>"  # for `$PATH`, which is replaced before the query is run; as long as that


def check_queries(graph: ShapesGraph) -> Iterator[Diagnostic]:
    """What is wrong with the queries of constraints and validators: one mistake of each, or what has no value."""
    for quad in graph.with_term("namespace"):
        text = quad.object.term.value if isinstance(quad.object.term, Literal) else None
        wrong = check_iri(text) if text is not None else None
        if wrong is not None:
            message = f"`{text}` is no IRI: {wrong.message}"
            yield Diagnostic(code="bad-shapes", mark=quad.object.mark, message=message)
    bound = {*_BOUND, *_list_parameters(graph)}
    for quad in graph.with_term("select", "ask"):
        marked = quad.object
        if not isinstance(marked.term, Literal) or marked.term.datatype.value != XSD + "string":
            what = quad.predicate.mark.excerpt
            yield Diagnostic(code="bad-shapes", mark=marked.mark, message=f"`{what}` takes a text without a language")
            continue
        query = SourceText("", re.sub(r"\$PATH\b", _STAND_IN, marked.term.value))
        problem = find_mistake(query, _read_prefixes(graph, quad.subject.term), rules=False)
        if problem is None:
            problem = _find_forbidden(query, list(scan_query(query.text)), str(term_of(quad.predicate.term)).upper())
        if problem is not None:
            mark = _place(marked, problem.mark)
            hint = problem.hint
            if problem.message.startswith("no prefix") and not (hint or "").startswith("did you mean"):
                hint = "a shape knows no prefix of the data set: write `PREFIX` in the query, or `sh:prefixes` at it"
            yield Diagnostic(code="bad-shapes", mark=mark, message=problem.message, hint=hint)
            continue
        for unbound in find_unbound(query, bound):
            yield replace(unbound, mark=_place(marked, unbound.mark))


def _list_parameters(graph: ShapesGraph) -> Iterator[str]:
    """The names of the parameters of components, which their validators find bound."""
    for quad in graph.with_term("parameter"):
        for path in graph.objects(quad.object.term, NamedNode(SH + "path")):
            if isinstance(path.term, NamedNode):
                yield re.split("[#/]", path.term.value)[-1]


def _find_forbidden(source: SourceText, tokens: Sequence[Token], form: str) -> Diagnostic | None:
    def tell(token: Token, message: str, hint: str) -> Diagnostic:
        mark = mark_at(source, token.start, token.start + len(token.text))
        return Diagnostic(code="bad-shapes", mark=mark, message=message, hint=hint)

    for token in tokens:
        if token.kind == "word" and token.text.upper() in _FORBIDDEN:
            hint = "write `FILTER NOT EXISTS { ... }`" if token.text.upper() == "MINUS" else "write a FILTER"
            return tell(token, f"`{token.text}` in a query of SHACL, which binds `$this` beforehand", hint)
    forms = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
    first = next(t for t in tokens if t.kind == "word" and t.text.upper() in forms)
    if first.text.upper() != form:
        return tell(first, f"`sh:{form.lower()}` takes a query that begins with {form}", f"write {form} ...")
    if form == "SELECT":
        chosen = tokens[tokens.index(first) + 1 :]
        chosen = chosen[: next((n for n, t in enumerate(chosen) if t.text == "{"), len(chosen))]
        if not any(token.text in {"$this", "?this", "*"} for token in chosen):
            hint = "`$this` stands for the node that is looked at: write `SELECT $this ...`"
            return tell(first, "the SELECT gives no `$this`", hint)
    return None


def _read_prefixes(graph: ShapesGraph, node: Term) -> dict[str, str]:
    """The prefixes that `sh:prefixes` of a constraint leads to, and those that need no declaration."""
    found = {prefix: WELL_KNOWN[prefix] for prefix in _UNDECLARED}
    for declaring in graph.objects(node, _PREFIXES):
        for declared in graph.objects(declaring.term, _DECLARE):
            names, spaces = graph.objects(declared.term, _PREFIX), graph.objects(declared.term, _NAMESPACE)
            for name in names[:1]:
                for space in spaces[:1]:
                    if not isinstance(name.term, Literal) or not isinstance(space.term, Literal):
                        continue
                    if check_iri(space.term.value) is None:
                        found[name.term.value] = space.term.value
    return found


def _place(marked: MarkedTerm, inside: Mark) -> Mark:
    """The place in the file of a place in a text that stands there; the whole text where escapes are in it."""
    mark = marked.mark
    lines = mark.source.lines[mark.line - 1 : mark.end_line]
    quote = re.match(r'"""|\'\'\'|["\']', lines[0][mark.column - 1 :])
    if quote is None or any("\\" in line for line in lines):
        return mark
    ahead = mark.column - 1 + len(quote[0]) if inside.line == 1 else 0
    line = mark.line + inside.line - 1
    ends = inside.end_column + (ahead if inside.end_line == inside.line else 0)
    return Mark(source=mark.source, line=line, column=inside.column + ahead, end_line=line, end_column=ends)
