"""Ranges of properties: what kind of object a property takes, by the `rdfs:range` that the ontology gives it."""

from __future__ import annotations

from enum import Enum

from kg.diagnostic import Diagnostic, Mark
from kg.namespace import EDTF, KG, OWL, RDF, RDFS, XSD
from kg.ontologygraph import OntologyGraph, key_of, local_name

INTEGERS = frozenset(
    XSD + name
    for name in (
        "integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "byte", "short",
        "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong",
    )
)  # fmt: skip
_NUMBERS = INTEGERS | {XSD + "decimal", XSD + "double", XSD + "float"}
_TEXTS = frozenset({RDF + "langString", XSD + "string", RDFS + "Literal"})
_DATES = frozenset({EDTF + "EDTF", XSD + "date", XSD + "gYear", XSD + "gYearMonth"})


class RangeKind(Enum):
    """What stands in the object of a claim with this property."""

    ENTITY = "an entity"
    CLAIM = "a claim (`c:id`)"
    QUANTITY = "a quantity"
    DATE = "an EDTF date"
    TEXT = "a text"
    TRUTH = "`true` or `false`"
    ADDRESS = "an IRI"


def kind_of_range(iri: str) -> RangeKind | None:
    """The kind of object that a class or a datatype asks for; None for a datatype that no claim can write.

    >>> kind_of_range("http://www.w3.org/2001/XMLSchema#gYear").value, kind_of_range("https://schema.org/Person").value
    ('an EDTF date', 'an entity')
    """
    kinds = ((_TEXTS, RangeKind.TEXT), (_DATES, RangeKind.DATE), (_NUMBERS, RangeKind.QUANTITY))
    for iris, kind in kinds:
        if iri in iris:
            return kind
    single = {KG + "Claim": RangeKind.CLAIM, XSD + "boolean": RangeKind.TRUTH, XSD + "anyURI": RangeKind.ADDRESS}
    if iri in single:
        return single[iri]
    return None if iri.startswith((XSD, RDF, EDTF)) else RangeKind.ENTITY


def read_range(graph: OntologyGraph, iri: str, mark: Mark) -> RangeKind | Diagnostic:
    """The kind of object of the property *iri*, declared at *mark*; or what is wrong with its ranges.

    Wrong are no range, a datatype that no claim can write, ranges of two kinds, and a range that contradicts the
    type of the property: literals for an `owl:ObjectProperty`, things for an `owl:DatatypeProperty`.
    """
    name = local_name(iri)

    def wrong(place: Mark, message: str, hint: str) -> Diagnostic:
        return Diagnostic(code="ontology-range", mark=place, message=message, hint=hint)

    members = [m for node in graph.objects(iri, RDFS + "range") for m in graph.members(node)]
    kinds = [(kind, member) for member in members if (kind := kind_of_range(key_of(member))) is not None]
    if not kinds or len(kinds) < len(members):
        hint = "declare `rdfs:range`: a class, kg:Claim, xsd:decimal, xsd:integer, edtf:EDTF, rdf:langString ..."
        return wrong(mark, f"the property `{name}` has no range that a claim's object can be read by", hint)
    kind = kinds[0][0]
    for other, member in kinds[1:]:
        if other is not kind:
            hint = "an object is read by one range: make two properties of it"
            return wrong(member.mark, f"the ranges of `{name}` are of two kinds: {kind.value} and {other.value}", hint)
    types = {key_of(o) for o in graph.objects(iri, RDF + "type")}
    things = kind in {RangeKind.ENTITY, RangeKind.CLAIM}
    if OWL + "ObjectProperty" in types and not things and kind is not RangeKind.ADDRESS:
        message = f"`{name}` is an owl:ObjectProperty, and its range holds literals"
        return wrong(
            kinds[0][1].mark, message, "declare it as an owl:DatatypeProperty, or give it a class as its range"
        )
    if OWL + "DatatypeProperty" in types and things:
        message = f"`{name}` is an owl:DatatypeProperty, and its range holds things"
        return wrong(
            kinds[0][1].mark, message, "declare it as an owl:ObjectProperty, or give it a datatype as its range"
        )
    return kind
