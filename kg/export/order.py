"""The order in which things are written: it depends on nothing but the things.

What a resource is and what it is called come first, where it rests on comes last; numbers inside names count
as numbers, so that the second sentence precedes the tenth.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kg.rdf.iri import Prefixes
from kg.rdf.namespace import WELL_KNOWN

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple
GraphName = NamedNode | BlankNode | DefaultGraph
Key = tuple[object, ...]

TYPE: Final = NamedNode(WELL_KNOWN["rdf"] + "type")

_FIRST: Final = """
    rdf:type
    skosxl:literalForm skos:prefLabel rdfs:label dcterms:title skos:altLabel skos:hiddenLabel
    skosxl:prefLabel skosxl:altLabel skosxl:hiddenLabel skos:definition dcterms:description rdfs:comment
    rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range
    rdf:subject rdf:predicate rdf:object kg:negated kg:mode prov:wasAttributedTo kg:ownInterest
    qudt:hasUnit kg:min kg:max kg:exclusive kg:approximate
    kg:when kg:notBefore kg:notAfter kg:whenApproximate kg:whenUncertain
    kg:asOf kg:asOfNotBefore kg:asOfNotAfter
    kg:at kg:saidAt kg:voice kg:clarity kg:saidOn kg:saidNotBefore kg:saidNotAfter
    kg:saidOnApproximate kg:saidOnUncertain
    oa:hasSource kg:paragraph kg:sentence kg:page kg:digest kg:skipped
    dcterms:publisher dcterms:creator dcterms:issued schema:datePublished kg:issuedNotBefore kg:issuedNotAfter
    kg:inferred schema:articleSection dcterms:language schema:url kg:sha256
"""
_LAST: Final = """
    dcterms:source prov:wasDerivedFrom
    kg:unlike kg:differsInSubject kg:differsInValue kg:differsInTime kg:differsInMeasure kg:differsInMode
    kg:differsInSpeaker kg:compatibleWith kg:decidedFor kg:decidedBecause
    kg:inferredBecause skos:exactMatch skos:editorialNote
"""


def _rank_predicates() -> dict[str, int]:
    """The rank of each predicate named above; what neither list names (rank 0) stands between the two."""
    prefixes = Prefixes(namespaces=WELL_KNOWN)
    first, last = _FIRST.split(), _LAST.split()
    ranks = {curie: i - len(first) for i, curie in enumerate(first)}
    ranks |= {curie: i for i, curie in enumerate(last, start=1)}
    return {prefixes.expand(curie) or curie: rank for curie, rank in ranks.items()}


_RANK: Final = _rank_predicates()
_DIGITS = re.compile(r"([0-9]+)")


def natural_key(text: str) -> Key:
    """A sorting key by which `p3s2` comes before `p12s1`.

    >>> sorted(["p12s1", "p3s2", "p03s2"], key=natural_key)
    ['p03s2', 'p3s2', 'p12s1']
    """
    parts: list[object] = [*_DIGITS.split(text)]  # texts at even places, runs of digits at odd ones
    parts[1::2] = map(_number_key, parts[1::2])
    return (tuple(parts), text)


@lru_cache(maxsize=1 << 12)  # names of a graph are numbered by the same numbers
def _number_key(digits: str) -> tuple[int, str]:
    """A sorting key of a number, however many digits it has."""
    digits = digits.lstrip("0")
    return len(digits), digits


def term_key(term: Term) -> Key:
    """A sorting key of a term: IRIs, blank nodes, literals by language and value, triple terms."""
    if isinstance(term, NamedNode):
        return (0, natural_key(term.value))
    if isinstance(term, BlankNode):
        return (1, natural_key(term.value))
    if isinstance(term, Literal):
        return (2, term.language or "", natural_key(term.value), str(term))
    return (3, str(term))


@lru_cache(maxsize=1 << 12)
def predicate_key(predicate: NamedNode) -> Key:
    """A sorting key of a predicate: by rank, then by IRI."""
    return (_RANK.get(predicate.value, 0), predicate.value)


def graph_key(name: GraphName) -> Key:
    """A sorting key of a graph's name; the default graph comes first."""
    return (-1,) if isinstance(name, DefaultGraph) else term_key(name)
