# ruff: noqa: E501 - words and cases read best in lines that are full
"""SPARQL's front door: what the guard lets through calls nobody and ends no process, whatever Oxigraph makes of it."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from functools import cache
from typing import Any

import pyoxigraph as ox

from fuzz.project import QUERIES
from fuzz.strokes import NASTY, any_text, composed, damage, encode
from fuzz.target import Chance, Target, expect, look_at, make_choices, to_text
from kg.ask.sparql import (
    bind_parameters,
    check_query,
    explain_refusal,
    explain_syntax_error,
    find_computed,
    find_dataset,
    find_graphs,
    find_iris,
    find_merge,
    find_mistake,
    find_named,
    find_unbound,
    free_parameter,
    scan_query,
)
from kg.server.check import check_update, list_using, use_dataset, use_graph
from kg.text.diagnostic import Diagnostic, SourceText

PREFIXES = {
    "e": "http://e/",
    "r": "http://r/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class Canary:
    """A server that counts who calls it, and says nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.hits = 0
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            self.hits += 1
            connection.close()


@cache
def _canary() -> Canary:
    return Canary()


def called() -> bool:
    """Whether somebody has called since the last look."""
    hits, _canary().hits = _canary().hits, 0
    return hits > 0


@cache
def _store() -> ox.Store:
    store = ox.Store()
    node = [ox.NamedNode(f"http://e/{name}") for name in "abc"]
    store.extend([
        ox.Quad(node[0], node[1], node[2]), ox.Quad(node[0], node[1], ox.Literal("x", language="en")),
        ox.Quad(node[1], node[1], ox.Literal(5), node[2]),
    ])  # fmt: skip
    return store


_WORDS = (
    "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "*", "?s", "?p", "?o", "WHERE", "{", "{", "}", "}", "(", ")", "[", "]", ".", ";", ",",
    "SERVICE", "SERVICE", "service", "Service SILENT", "SERVICE SILENT", "LOAD", "LOAD SILENT", "<CANARY>", "<CANARY>", "?x", "e:a",
    "UNION", "OPTIONAL", "FILTER", "FILTER EXISTS", "MINUS", "GRAPH", "?g", "BIND", "AS", "VALUES", "UNDEF", "LIMIT 1", "ORDER BY",
    "GROUP BY", "HAVING", "COUNT(*)", "PREFIX", "BASE", "e:", ":", "PREFIX SERVICE:", "SERVICE:a", "e:SERVICE", "?SERVICE", "'SERVICE'",
    '"', "'", '"""', "'''", "\\'", '\\"', "#", "\n", "\r", "# SERVICE\n", "<", ">", "<=", "<a>", "!", "!!", "^", "|", "/", "a", "1", "-1",
    "'x'@en", "^^xsd:integer", "=", "&&", "||", "IN", "NOT", "\\u0053ERVICE", "SER\\u0056ICE", "e:\\~", "e:%20", "e:a\\'", "_:b", "true",
    "FROM", "FROM NAMED", "REDUCED", "DISTINCT", "<<", ">>", "<<(", ")>>", "{|", "|}", "~", "STR(", "IF(", "EXISTS {", "SELECT * {", "LATERAL",
)  # fmt: skip
_SERVICE = (
    "SELECT * { SERVICESILENT <CANARY> { ?s ?p ?o } }", "PREFIX c: <CANARY> SELECT * { SERVICEc:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE <CANARY> { ?x ?y ?z } }", "SELECT * { ?s e:b :.SERVICE <CANARY> { ?x ?y ?z } }",
    "SELECT * { SERVICE <CANARY> { ?s ?p ?o } }", "ASK { ?s ?p ?o . SERVICE SILENT <CANARY> { ?s ?p ?x } }",
    "SELECT * { BIND(<CANARY> AS ?x) SERVICE ?x { ?s ?p ?o } }", "SELECT * { { SELECT * { SERVICE <CANARY> { ?s ?p ?o } } } UNION { ?s ?p ?o } }",
    "PREFIX c: <CANARY> SELECT * { SERVICE c: { ?s ?p ?o } }", "BASE <CANARY> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER EXISTS { SERVICE <CANARY> { ?s ?p ?o } } }", "DESCRIBE ?s { SERVICE <CANARY> { ?s ?p ?o } }",
    "SELECT (<<( e:a e:b e:c )>> AS ?t) { ?s ?p ?o }", "SELECT * FROM <CANARY> { ?s ?p ?o }",
)  # fmt: skip
_UPDATES = (
    "LOADSILENT <CANARY>", "PREFIX c: <CANARY> LOADc:x", "DELETEWHERE { ?s ?p ?o }", "CLEARALL", "DELETE DATA { e:a e:b trueGRAPHe:h { e:a e:b 1 } }",
    "LOAD <CANARY>", "LOAD SILENT <CANARY> INTO GRAPH <http://e/g>", "INSERT { ?s ?p ?o } WHERE { SERVICE <CANARY> { ?s ?p ?o } }",
    "INSERT DATA { e:x e:y 'LOAD <CANARY>' } ; LOAD <CANARY>", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL ; CREATE GRAPH <http://e/g>",
    "WITH e:g DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } USING e:h WHERE { ?s ?p ?o }", "COPY DEFAULT TO <http://e/g> ; DROP GRAPH e:g",
)  # fmt: skip


def _with_canary(text: str) -> str:
    return text.replace("CANARY", _canary().address)


def try_query(data: bytes) -> None:
    """A query that the guard lets through reaches nobody, and every look at its text ends."""
    text = _with_canary(to_text(data))
    source = SourceText("query", text)
    list(scan_query(text))
    for look in (find_iris, find_named, find_graphs, find_dataset_of):
        list(look(text, PREFIXES))
    find_computed(text)
    merge = find_merge(source, PREFIXES, "http://base.example/")
    look_at([merge] if isinstance(merge, Diagnostic) else [])
    refusal = check_query(source)
    if refusal is not None:
        look_at([refusal])
        return
    try:
        bound = bind_parameters(text, {"x": ox.Literal("}'\"\\{ SERVICE")})
    except ValueError:
        bound = text
    free_parameter(text, "x")
    for asked in dict.fromkeys((text, bound)):
        _ask(asked, source)


def find_dataset_of(text: str, prefixes: dict[str, str]) -> list[Any]:
    """The data set that a query names."""
    return list(find_dataset(text, prefixes, "http://base.example/"))


def _ask(text: str, source: SourceText) -> None:
    try:
        results = _store().query(text, prefixes=PREFIXES, base_iri="http://base.example/")
        if text == source.text:
            look_at(find_unbound(source))
        if isinstance(results, ox.QuerySolutions | ox.QueryTriples):
            for _, _ in zip(results, range(50), strict=False):
                pass
    except SyntaxError as error:
        if text == source.text:
            found = explain_syntax_error(source, error, PREFIXES)
            look_at([found] if found else [])
            mistake = find_mistake(source, PREFIXES)
            look_at([mistake] if mistake else [])
    except (RuntimeError, ValueError, OSError) as error:
        if text == source.text and not isinstance(error, OSError | UnicodeError):
            look_at([explain_refusal(source, RuntimeError(*error.args), PREFIXES)])
    expect(not called(), f"a query that was let through has called: {text!r}")


def try_update(data: bytes) -> None:
    """An update that the guard lets through reaches nobody, also as it is rewritten for a graph or a data set."""
    text = _with_canary(to_text(data))
    source = SourceText("update", text)
    refusal = check_update(source, ())
    using = list_using(source, PREFIXES, "http://base.example/")
    look_at([using] if isinstance(using, Diagnostic) else [])
    rewritten = [use_dataset(source, ["http://e/g"], []), use_graph(source, "http://e/g"), use_graph(source, "")]
    if refusal is not None:
        look_at([refusal])
        return
    for asked in (text, *(one for one in rewritten if isinstance(one, str))):
        store = ox.Store()
        with contextlib.suppress(SyntaxError, RuntimeError, ValueError, OSError):
            store.update(asked, prefixes=PREFIXES, base_iri="http://base.example/")
        expect(not called(), f"an update that was let through has called: {asked!r}")


def try_patch(data: bytes) -> None:
    """An update of one graph changes no other, whatever stands in it."""
    text = _with_canary(to_text(data))
    source = SourceText("update", text)
    rewritten = use_graph(source, "http://e/g")
    if check_update(source, ()) is not None or not isinstance(rewritten, str):
        return
    other = ox.Quad(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/b"), ox.Literal(1))
    store = ox.Store()
    store.add(other)
    store.add(ox.Quad(other.subject, other.predicate, other.object, ox.NamedNode("http://e/h")))
    before = {quad for quad in store if quad.graph_name != ox.NamedNode("http://e/g")}
    try:
        store.update(rewritten, prefixes=PREFIXES, base_iri="http://base.example/")
    except (SyntaxError, RuntimeError, ValueError, OSError):
        return
    after = {quad for quad in store if quad.graph_name != ox.NamedNode("http://e/g")}
    expect(before == after, f"another graph was changed: {text!r} as {rewritten!r}")


def try_parameter(data: bytes) -> None:
    """A parameter is a term, whatever it holds: the query asks the same."""
    chance = Chance(data)
    value = ox.Literal(any_text(chance, 20), language=chance.choice(("en", "zh")))
    query = chance.choice(
        (
            "SELECT ?x { ?s ?p ?o }",
            "SELECT ?x ?s WHERE { ?s ?p ?o FILTER(BOUND(?x)) } LIMIT 1",
            "ASK { FILTER(LANG(?x) = 'en' || LANG(?x) = 'zh') }",
        )
    )
    results = _store().query(bind_parameters(query, {"x": value}))
    if isinstance(results, ox.QueryBoolean):
        expect(bool(results), f"{value!r} is another term")
    else:
        assert isinstance(results, ox.QuerySolutions)
        expect(all(row["x"] == value for row in results), f"{value!r} is another term")


def _make(texts: tuple[str, ...]) -> Any:
    compose = composed(_WORDS, (), most=20, between=(" ", " ", ""))

    def make(chance: random.Random) -> bytes:
        if chance.randrange(3) == 0:
            return compose(chance)
        text = chance.choice(texts)
        if chance.randrange(3) == 0:  # words that stand together
            places = [at for at, sign in enumerate(text) if sign == " "]
            for at in sorted(chance.sample(places, min(len(places), chance.randint(1, 3))), reverse=True):
                text = text[:at] + text[at + 1 :]
        elif chance.randrange(3):
            text = damage(text, chance, (*texts, " ".join(_WORDS)))
        elif chance.randrange(2):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice((*_WORDS, *NASTY)) + text[at:]
        return encode(text)

    return make


TARGETS = (
    Target(
        name="query",
        run=try_query,
        make=_make((*_SERVICE, *QUERIES)),
        seeds=lambda: map(encode, (*_SERVICE, *QUERIES)),
        share=15,
        sample=100,
    ),
    Target(
        name="update",
        run=try_update,
        make=_make((*_UPDATES, *_SERVICE)),
        seeds=lambda: map(encode, _UPDATES),
        share=15,
        sample=60,
    ),
    Target(name="patch", run=try_patch, make=_make(_UPDATES), seeds=lambda: map(encode, _UPDATES), share=15, sample=60),
    Target(name="parameter", run=try_parameter, make=make_choices, share=15, sample=60),
)
