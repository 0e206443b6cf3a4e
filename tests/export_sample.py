"""A small graph in the shape of the real one, hostile terms, and referees, for the tests of the writers."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pyoxigraph as ox
import rdflib
from hypothesis import settings
from hypothesis import strategies as st

from kg.export import Section
from kg.rdf.iri import Prefixes
from kg.rdf.namespace import WELL_KNOWN

BASE = "https://xiaomi.kg.example/"
PREFIXES = Prefixes(
    namespaces={
        **WELL_KNOWN,
        "e": BASE + "entity/",
        "c": BASE + "claim/",
        "s": BASE + "source/",
        "n": BASE + "name/",
        "r": BASE + "relation/",
        "k": BASE + "class/",
    },
)

# Written as Turtle by hand, in another order than ours, and read by a parser that keeps every literal.
_HEADER = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.namespaces.items())
_SAMPLE = (
    _HEADER
    + r"""
r:deliversInYear a owl:DatatypeProperty ; rdfs:label "delivers in the year"@en ; rdfs:range xsd:integer ;
    rdfs:domain [ a owl:Class ; owl:unionOf ( k:CarMaker k:Division schema:Organization ) ] .
r:batteryCapacity a owl:DatatypeProperty ; rdfs:domain schema:Car .
k:CarMaker a owl:Class ; rdfs:subClassOf schema:Organization ; rdfs:label "car maker"@en , "汽车制造商"@zh .
[] a owl:AllDisjointClasses ; owl:members ( k:CarMaker schema:Person ) .
<https://xiaomi.kg.example/> a dcat:Dataset , void:Dataset ; dcterms:title "Lei Jun, Xiaomi and the SU7"@en ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    void:uriSpace "https://xiaomi.kg.example/" .
e:lei-jun a schema:Person ; skos:prefLabel "Lei Jun"@en , "雷军"@zh ; skos:hiddenLabel "Jun"@en ;
    skosxl:hiddenLabel n:lei-jun.1a2b3c4d ; skos:exactMatch wd:Q2 ;
    dcterms:description "founder of Xiaomi"@en .
n:lei-jun.1a2b3c4d a skosxl:Label ; skosxl:literalForm "Lai Jun"@en ; prov:wasDerivedFrom s:paris.p1s1 .
e:su7 a schema:Car ; skos:prefLabel "SU7"@en ; r:batteryCapacity 73.6 ; r:madeBy e:xiaomi-ev .
e:xiaomi-ev a k:CarMaker ; skos:prefLabel "Xiaomi EV"@en ;
    skos:altLabel "Xiaomi Motors"@en , "Xiaomi Auto"@en ;
    skos:editorialNote "Xiaomi Motors and Xiaomi EV are one.\nSo decided by the curator."@en .
e:beijing-auto-show-2024 a schema:Event ; skos:prefLabel "Auto China 2024"@en ;
    kg:when "2024-04-25/2024-05-04" ;
    kg:notBefore "2024-04-25"^^xsd:date ; kg:notAfter "2024-05-04"^^xsd:date .
s:eqo {
  s:eqo a schema:NewsArticle ; dcterms:title "Lei Jun and Xiaomi EV"@en ; dcterms:publisher e:equalocean ;
      dcterms:issued "2024-04-28"^^xsd:date ; dcterms:language "en" ; kg:sha256 "00ff" ;
      schema:url <https://equalocean.example/news/(2024)/a.b?x=1%202#top> .
  s:eqo.p3s2 a oa:SpecificResource ; oa:hasSource s:eqo ; kg:paragraph 3 ; kg:sentence 2 ;
      kg:digest "389f04b3" .
  s:eqo.p12s1 a oa:SpecificResource ; oa:hasSource s:eqo ; kg:paragraph 12 ; kg:sentence 1 ;
      kg:digest "0badcafe" ; kg:skipped "page furniture" .
  s:eqo.p3s2.deliver-100k a kg:Evidence ; kg:at s:eqo.p3s2 ; kg:saidAt e:beijing-auto-show-2024 ;
      kg:voice kg:Reported ; kg:saidOn "2024-04-25" ; kg:saidNotBefore "2024-04-25"^^xsd:date ;
      kg:saidNotAfter "2024-04-25"^^xsd:date .
  s:eqo.p7s2.deliver-100k a kg:Evidence ; kg:at s:eqo.p7s2 ; kg:voice kg:Quote ; kg:clarity kg:Vague .
  s:eqo.p7s2 a oa:SpecificResource ; oa:hasSource s:eqo ; kg:paragraph 7 ; kg:sentence 2 ;
      kg:digest "1be7f1e6" .
  c:eqo.deliver-100k a kg:Claim ; rdf:subject e:xiaomi-ev ; rdf:predicate r:deliversInYear ;
      rdf:object 100000 ;
      kg:mode kg:Promise ; prov:wasAttributedTo e:lei-jun ; qudt:hasUnit kgu:vehicle ;
      kg:min 100000 ; kg:max 100000 ; kg:when "2024" ; kg:notBefore "2024-01-01"^^xsd:date ;
      kg:notAfter "2024-12-31"^^xsd:date ; kg:differsInMode c:paris.build-100k ; kg:ownInterest true ;
      dcterms:source s:eqo ; prov:wasDerivedFrom s:eqo.p3s2.deliver-100k , s:eqo.p7s2.deliver-100k .
  c:eqo.exam a kg:Claim ; rdf:subject e:past-28-days ; rdf:predicate r:describedAs ;
      rdf:object "each like an exam"@en ; kg:mode kg:Opinion ; prov:wasAttributedTo e:lei-jun ;
      dcterms:source s:eqo ; prov:wasDerivedFrom s:eqo.p3s2 ;
      skos:editorialNote "said of the preparations"@en .
}
s:paris {
  s:paris a schema:NewsArticle ; dcterms:title "From Paris"@en ; kg:issuedNotBefore "2024-07-01"^^xsd:date ;
      kg:issuedNotAfter "2024-12-31"^^xsd:date ; kg:inferred true .
  s:paris.p6s2 a oa:SpecificResource ; oa:hasSource s:paris ; kg:paragraph 6 ; kg:sentence 2 ;
      kg:digest "77777777" .
  c:paris.battery a kg:Claim ; rdf:subject e:su7 ; rdf:predicate r:batteryCapacity ; rdf:object 73.6 ;
      kg:mode kg:Fact ; prov:wasAttributedTo e:author-paris ; qudt:hasUnit unit:KiloW-HR ; kg:min 73.6 ;
      kg:max 73.6 ; dcterms:source s:paris ; prov:wasDerivedFrom s:paris.p6s2 .
  c:paris.price a kg:Claim ; rdf:subject e:su7 ; rdf:predicate r:price ;
      rdf:object "215900..299900"^^kg:range ; kg:mode kg:Fact ; prov:wasAttributedTo e:author-paris ;
      kg:min 215900 ; kg:max 299900 ; dcterms:source s:paris ; prov:wasDerivedFrom s:paris.p6s2 .
  c:paris.build-100k a kg:Claim ; rdf:subject e:xiaomi-ev ; rdf:predicate r:buildsInYear ; rdf:object 100000 ;
      kg:mode kg:Target ; prov:wasAttributedTo e:lei-jun ; kg:negated true ; kg:approximate true ;
      dcterms:source s:paris ; prov:wasDerivedFrom s:paris.p6s2 .
}
"""
)


def sample_quads() -> list[ox.Quad]:
    return list(ox.parse(_SAMPLE, ox.RdfFormat.TRIG))


SECTIONS = (
    Section(
        title="the data set",
        subjects=(ox.NamedNode(BASE),),
    ),
    Section(
        title="entities",
        subjects=tuple(
            ox.NamedNode(f"{BASE}entity/{n}") for n in ("lei-jun", "xiaomi-ev", "su7", "beijing-auto-show-2024")
        ),
    ),
    Section(
        title="claims",
        subjects=tuple(ox.NamedNode(f"{BASE}claim/{n}") for n in ("eqo.deliver-100k", "paris.battery")),
    ),
)

# ---- hostile terms

unhurried = settings(deadline=None)  # the referees load slowly when they are first called

_NASTY = [
    "", '"', "\\", "\\u0041", '"""', "''", "\n", "\r\n", "a\n \nb", "line\nend\"", "\t", "\b\f\v", "\x00",
    "\x1f",
    "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\ufeff", "\ufffe", "\U0001ffff", "\U0001f697\u200d", "]]>",
    "</script>", "=1+1", "@en", "{}", "a: b", "e:su7", "_:b1", "http://x/", "雷军", "e\u0301", "x" * 5000,
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(_NASTY),
    st.text(
        st.one_of(st.sampled_from("\"\\\n\r\t'{}<>@^.;#=\u2028\x85\x00"), st.characters(exclude_categories=["Cs"])),
        max_size=12,
    ),
)
_NUMBERS = """
    0 -0 00 5 +5 -5 007 73.6 73.60 73. .5 -.5 +1.5 0.0000001 0.0 -0.0 1e3 1E3 1.0E-3 1.0e+3 INF NaN
    TRUE true false 1 9007199254740992 9007199254740993 -9007199254740991 123456789012345678901234567890
    1_000 ١ x
"""
_LOCALS = """
    su7 a.b a.b. .a -a 7up 4.5 a-b a/b a#b a?b=c a:b a(b) a'b a%20b a,b; a@b a!b a~b a$b a&b a*b a+b= 雷军
    é 🚗 a·b a\u0301 a_b _ - . .. ../x ./x @id @type Promise mode http: _:x //x
"""
_namespaces = st.sampled_from(
    [
        BASE + "entity/", BASE + "class/", BASE + "relation/", WELL_KNOWN["kg"], "http://x.example/a#",
        "urn:x:",
        "e:", "schema:", "mailto:", "http://x.example",
    ]
)  # fmt: skip


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


iris = st.one_of(
    st.sampled_from([f"{BASE}entity/a", f"{BASE}entity/b", WELL_KNOWN["kg"] + "Claim", WELL_KNOWN["rdf"] + "nil"]),
    st.builds("".join, st.tuples(_namespaces, st.sampled_from(_LOCALS.split()))).filter(_is_iri),
).map(ox.NamedNode)
_datatypes = st.sampled_from(
    [WELL_KNOWN["xsd"] + n for n in ("integer", "decimal", "double", "boolean", "string", "date", "anyURI", "float")]
    + [WELL_KNOWN["kg"] + "range", WELL_KNOWN["rdf"] + "JSON", "http://x.example/d(1).%20", "urn:d", "e:d"]
).map(ox.NamedNode)
literals = st.one_of(
    st.builds(
        lambda v, d: ox.Literal(v, datatype=d),
        st.one_of(st.sampled_from(_NUMBERS.split()), texts),
        _datatypes,
    ),
    st.builds(
        lambda v, tag: ox.Literal(v, language=tag),
        texts,
        st.sampled_from(["en", "EN-gb", "zh-Hant-TW", "x-a", "none"]),
    ),
    st.builds(ox.Literal, texts),
)
_predicates = st.one_of(
    st.sampled_from(
        [WELL_KNOWN["rdf"] + "type", WELL_KNOWN["kg"] + "mode", WELL_KNOWN["skos"] + "prefLabel"]
        + [WELL_KNOWN["rdf"] + n for n in ("predicate", "first", "rest")]
        + [BASE + "relation/p", BASE + "relation/q"]
    ).map(ox.NamedNode),
    iris,
)
_blanks = st.sampled_from("abcd").map(ox.BlankNode)
_graphs = st.one_of(st.just(ox.DefaultGraph()), iris, st.just(ox.NamedNode(BASE + "source/eqo")))

plain_quads = st.lists(st.builds(ox.Quad, iris, _predicates, st.one_of(iris, literals), _graphs), max_size=8)
blank_quads = st.lists(
    st.builds(
        ox.Quad,
        st.one_of(iris, _blanks),
        _predicates,
        st.one_of(iris, literals, _blanks),
        st.one_of(st.just(ox.DefaultGraph()), _graphs, _blanks),
    ),
    max_size=8,
)
_cells = st.builds(
    ox.Quad,
    _blanks,
    st.sampled_from(["first", "rest", "rest"]).map(lambda n: ox.NamedNode(WELL_KNOWN["rdf"] + n)),
    st.one_of(_blanks, _blanks, st.just(ox.NamedNode(WELL_KNOWN["rdf"] + "nil")), st.just(ox.Literal("x"))),
)
# Rings, forks and half lists: blank nodes tied to one another in every way.
tangled_quads = st.lists(
    st.one_of(
        _cells,
        st.builds(ox.Quad, st.one_of(_blanks, iris), iris, _blanks),
    ),
    max_size=10,
)

# ---- referees


def union(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    return {ox.Quad(q.subject, q.predicate, q.object) for q in quads}


def same(left: Iterable[ox.Quad], right: Iterable[ox.Quad]) -> bool:
    """Whether the two are the same up to the names of blank nodes, every literal as it is written."""
    canonical = []
    for quads in (left, right):
        dataset = ox.Dataset(quads)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        canonical.append({str(quad) for quad in dataset})
    return canonical[0] == canonical[1]


@contextmanager
def _unnormalized() -> Iterator[None]:
    """rdflib rewrites literals unless it is told not to; the switch is global, so it is put back."""
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def _term(term: object) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or WELL_KNOWN["xsd"] + "string")))


def read_with_rdflib(text: str, form: str) -> list[ox.Quad]:
    with _unnormalized():
        dataset = rdflib.Dataset()
        dataset.parse(data=text, format=form)
        found = []
        for s, p, o, g in dataset.quads():
            name = ox.DefaultGraph() if g is None or str(g) == "urn:x-rdflib:default" else _term(g)
            found.append(ox.Quad(_term(s), _term(p), _term(o), name))  # type: ignore[arg-type]
    return found


def read_with_pyld(text: str) -> list[ox.Quad]:
    from pyld import jsonld

    def term(found: dict[str, str]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if found["type"] == "IRI":
            return ox.NamedNode(found["value"])
        if found["type"] == "blank node":
            return ox.BlankNode(found["value"].removeprefix("_:"))
        if "language" in found:
            return ox.Literal(found["value"], language=found["language"])
        return ox.Literal(found["value"], datatype=ox.NamedNode(found["datatype"]))

    def name(graph: str) -> ox.NamedNode | ox.BlankNode | ox.DefaultGraph:
        if graph == "@default":
            return ox.DefaultGraph()
        return ox.BlankNode(graph[2:]) if graph.startswith("_:") else ox.NamedNode(graph)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = jsonld.to_rdf(json.loads(text))
    return [
        ox.Quad(term(t["subject"]), term(t["predicate"]), term(t["object"]), name(graph))  # type: ignore[arg-type]
        for graph, triples in dataset.items()
        for t in triples
    ]
