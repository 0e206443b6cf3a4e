"""What a service says of itself: SPARQL 1.1 Service Description, and VoID at the well-known place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.rdf.namespace import DCTERMS, FORMATS, RDF, SD, VOID, XSD
from kg.server.answer import RDF as RDF_FORMATS
from kg.server.answer import choose_prefixes
from kg.server.data import Data
from kg.server.http import HttpError, Reply, Request
from kg.server.media import GRAPHS, choose_media, label_media

_GIVEN = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle",
          "N-Triples", "TriG", "N-Quads", "JSON-LD", "RDF_XML")  # fmt: skip

Node = ox.NamedNode | ox.BlankNode


def _say(subject: Node, verb: str, value: str | int | Node) -> ox.Triple:
    if isinstance(value, int):
        return ox.Triple(subject, ox.NamedNode(verb), ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer")))
    return ox.Triple(subject, ox.NamedNode(verb), ox.Literal(value) if isinstance(value, str) else value)


async def give_description(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the description of the service."""
    graphs = [row["g"]["value"] for row in await data.collect(_LIST_GRAPHS)]
    await _give(request, reply, data, describe_service(request.base, graphs, data))


_LIST_GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { } } ORDER BY ?g LIMIT 1000"  # a description is no list of all


def describe_service(base: str, graphs: list[str], data: Data) -> Iterator[ox.Triple]:
    """The description of the endpoint at an address, with the names of its *graphs*.

    Source: SPARQL 1.1 Service Description (W3C Recommendation, 21 March 2013).
    """
    endpoint = ox.NamedNode(f"{base}/sparql")
    dataset, default = ox.BlankNode("dataset"), ox.BlankNode("default")
    kind = RDF + "type"
    yield _say(endpoint, kind, ox.NamedNode(SD + "Service"))
    yield _say(endpoint, SD + "endpoint", endpoint)
    yield _say(endpoint, SD + "supportedLanguage", ox.NamedNode(SD + "SPARQL11Query"))
    if data.options.write:
        yield _say(endpoint, SD + "supportedLanguage", ox.NamedNode(SD + "SPARQL11Update"))
    for form in _GIVEN:
        yield _say(endpoint, SD + "resultFormat", ox.NamedNode(FORMATS + form))
    if data.options.write:
        for form in ("Turtle", "N-Triples", "RDF_XML", "JSON-LD"):
            yield _say(endpoint, SD + "inputFormat", ox.NamedNode(FORMATS + form))
    if data.about.union:
        yield _say(endpoint, SD + "feature", ox.NamedNode(SD + "UnionDefaultGraph"))
    yield _say(endpoint, SD + "defaultDataset", dataset)
    yield _say(dataset, kind, ox.NamedNode(SD + "Dataset"))
    yield _say(dataset, SD + "defaultGraph", default)
    yield _say(default, kind, ox.NamedNode(SD + "Graph"))
    for number, iri in enumerate(graphs):
        graph = ox.BlankNode(f"graph{number}")
        yield _say(dataset, SD + "namedGraph", graph)
        yield _say(graph, kind, ox.NamedNode(SD + "NamedGraph"))
        yield _say(graph, SD + "name", ox.NamedNode(iri))


async def give_void(request: Request, reply: Reply, data: Data) -> None:
    """Answer with the description of the data.

    Source: Describing Linked Datasets with the VoID Vocabulary (W3C Note, 3 March 2011), sections 2 to 4 and 7.2.
    """
    it = ox.NamedNode(f"{request.base}/.well-known/void#data")
    about = data.about
    triples = [
        _say(it, RDF + "type", ox.NamedNode(VOID + "Dataset")),
        _say(it, VOID + "sparqlEndpoint", ox.NamedNode(f"{request.base}/sparql")),
        _say(it, VOID + "dataDump", ox.NamedNode(f"{request.base}/gsp")),
        _say(it, DCTERMS + "title", about.title),
    ]
    if about.base is not None:
        triples.append(_say(it, VOID + "uriSpace", about.base))
        triples.append(_say(it, DCTERMS + "source", ox.NamedNode(about.base)))
    # the default graph holds all, or it is one of several
    pattern = "{}" if about.union else "{{ {0} }} UNION {{ GRAPH ?g {{ {0} }} }}"
    counted = await data.collect(_write_counts(pattern))
    names = ("triples", "distinctSubjects", "properties", "classes")
    triples += [_say(it, VOID + name, int(counted[0][name]["value"])) for name in names]
    classes = await data.collect(_write_classes(pattern))
    used = [row["class"]["value"] for row in classes]
    used += [row["p"]["value"] for row in await data.collect(_write_properties(pattern))]
    vocabularies = sorted({find_namespace(iri, about.prefixes.values()) for iri in used} - {""})
    triples += [_say(it, VOID + "vocabulary", ox.NamedNode(iri)) for iri in vocabularies]
    for number, row in enumerate(classes):
        part = ox.BlankNode(f"class{number}")
        triples.append(_say(it, VOID + "classPartition", part))
        triples.append(_say(part, VOID + "class", ox.NamedNode(row["class"]["value"])))
        triples.append(_say(part, VOID + "entities", int(row["count"]["value"])))
    await _give(request, reply, data, triples)


def _write_counts(pattern: str) -> str:
    triple, kind = pattern.format("?s ?p ?o"), pattern.format("?i a ?c")
    return f"""SELECT * {{
      {{ SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?distinctSubjects) (COUNT(DISTINCT ?p) AS ?properties)
        {{ {triple} }} }}
      {{ SELECT (COUNT(DISTINCT ?c) AS ?classes) {{ {kind} }} }}
    }}"""


def _write_properties(pattern: str) -> str:
    return f"SELECT DISTINCT ?p {{ {pattern.format('?s ?p ?o')} }} LIMIT 5000"


def find_namespace(iri: str, namespaces: Iterable[str]) -> str:
    """The longest of some namespaces that an IRI begins with; empty where it begins with none.

    >>> find_namespace("http://a.example/b#c", ["http://a.example/", "http://a.example/b#", "http://c.example/"])
    'http://a.example/b#'
    """
    return max((one for one in namespaces if iri.startswith(one)), key=len, default="")


def _write_classes(pattern: str) -> str:
    return f"""SELECT ?class (COUNT(*) AS ?count) {{ {pattern.format("?i a ?class")} FILTER(isIRI(?class)) }}
    GROUP BY ?class ORDER BY DESC(?count) ?class LIMIT 500"""


async def _give(request: Request, reply: Reply, data: Data, triples: Iterator[ox.Triple] | list[ox.Triple]) -> None:
    media = choose_media(request.header("accept"), GRAPHS) or _choose_for_browser(request)
    if media is None:
        raise HttpError(406, f"it is given as {', '.join(GRAPHS)}")
    said = list(triples)
    prefixes = choose_prefixes(said, data.about.prefixes | {"sd": SD, "void": VOID, "dcterms": DCTERMS})
    body = ox.serialize(said, format=RDF_FORMATS[GRAPHS[media]], prefixes=prefixes)
    assert body is not None
    await reply.give(200, body, {"content-type": label_media(media)})


def _choose_for_browser(request: Request) -> str | None:
    return "text/turtle" if "text/html" in request.header("accept") else None
