"""Ranges of properties: what kind of object a property takes, by the `rdfs:range` that the ontology gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache

from kg.model.ontology.graph import OntologyGraph, key_of
from kg.rdf.iri import MODEL_PREFIXES, local_name
from kg.rdf.namespace import EDTF, KG, OWL, RDF, RDFS, XSD
from kg.rdf.turtle.document import MarkedTerm
from kg.rdf.xsd import WHOLE, is_derived, is_valid
from kg.text.diagnostic import Diagnostic, Mark, list_known

INTEGERS = frozenset(XSD + name for name in WHOLE)
_NUMBERS = INTEGERS | {XSD + "decimal", XSD + "double", XSD + "float"}
_TEXTS = frozenset({RDF + "langString", XSD + "string", RDFS + "Literal"})
_CALENDAR = frozenset({XSD + "date", XSD + "gYear", XSD + "gYearMonth"})
_DATES = _CALENDAR | {EDTF + "EDTF"}
_SAYS_NOTHING = ({RDFS + "Literal"}, {RDFS + "Resource"})
_CONSTRUCTS = ("oneOf", "complementOf", "onProperty", "onDatatype", "datatypeComplementOf", "intersectionOf")
_HINT = "declare `rdfs:range`: a class, kg:Claim, xsd:decimal, xsd:integer, edtf:EDTF, rdf:langString ..."


class RangeKind(Enum):
    """The kind of object that a claim with a property has."""

    ENTITY = "an entity"
    CLAIM = "a claim (`c:id`)"
    QUANTITY = "a quantity"
    DATE = "an EDTF date"
    TEXT = "a text"
    TRUTH = "`true` or `false`"
    ADDRESS = "an IRI"


@dataclass(frozen=True, kw_only=True)
class Range:
    """What the objects of a property are: a *kind*, and of literals the *datatypes* (IRIs), any of which will do."""

    kind: RangeKind
    datatypes: tuple[str, ...] = ()


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
    unread = iri.startswith((XSD, RDF, EDTF, "_:")) or iri in {OWL + "real", OWL + "rational"}
    return None if unread else RangeKind.ENTITY


def choose_datatype(text: str, datatypes: Iterable[str]) -> str | None:
    """The first of the *datatypes* (IRIs) that admits a text; None where none does.

    >>> choose_datatype("-5", (XSD + "nonNegativeInteger", XSD + "decimal")).removeprefix(XSD)
    'decimal'
    """
    return next((datatype for datatype in datatypes if is_valid(text, datatype)), None)


@cache
def is_within(narrow: str, wide: str) -> bool:
    """Whether every value of one datatype is one of another's (IRIs).

    >>> is_within(XSD + "byte", XSD + "integer"), is_within(XSD + "gYear", EDTF + "EDTF")
    (True, True)
    """
    if wide == RDFS + "Literal" or is_derived(narrow, wide):
        return True
    return wide == EDTF + "EDTF" and narrow in _CALENDAR


def name_datatypes(datatypes: Iterable[str]) -> str:
    """Datatypes (IRIs) for a message: any of them will do.

    >>> name_datatypes([XSD + "decimal", XSD + "gYear"])
    '`xsd:decimal` or `xsd:gYear`'
    """
    return " or ".join(f"`{shorten(datatype)}`" for datatype in datatypes)


def shorten(iri: str) -> str:
    """An IRI as a message names it.

    >>> shorten("http://www.w3.org/2001/XMLSchema#gYear"), shorten("http://a.example/b")
    ('xsd:gYear', '<http://a.example/b>')
    """
    return MODEL_PREFIXES.compress(iri) or f"<{iri}>"


def read_range(graph: OntologyGraph, iri: str, mark: Mark) -> Range | Diagnostic:
    """What the objects of the property *iri* are, declared at *mark*; or what is wrong with its ranges.

    Wrong are no range, one that no claim can write, ranges of two kinds, datatypes that share no value, and a range
    that contradicts the type of the property: literals for an `owl:ObjectProperty`, things for an
    `owl:DatatypeProperty`. The ranges of the properties above it are its own too.
    """
    name = local_name(iri)

    def wrong(at: Mark, message: str, hint: str) -> Diagnostic:
        return Diagnostic(code="ontology-range", mark=at, message=message, hint=hint)

    statements = [list(graph.members(node)) for node in graph.ends(iri, "range")]
    telling = [s for s in statements if {key_of(m) for m in s} not in _SAYS_NOTHING] or statements[:1]
    members = [member for statement in telling for member in statement]
    if not members:
        return wrong(mark, f"the property `{name}` has no range that a claim's object can be read by", _HINT)
    for member in members:
        unread = _name_unread(graph, member)
        if unread is not None:
            return wrong(member.mark, f"the range {unread} of `{name}` is not supported: no claim can write it", _HINT)
    own = {m.mark for node in graph.objects(iri, RDFS + "range") for s in graph.statements(node)
           for m in graph.members(s)}  # fmt: skip

    def place(member: MarkedTerm) -> Mark:
        """Where a range stands; of one that is another property's, where this one is declared."""
        return member.mark if member.mark in own else next((m.mark for m in members if m.mark in own), mark)

    kinds = {key_of(member): kind for member in members if (kind := kind_of_range(key_of(member))) is not None}
    kind = kinds[key_of(members[0])]
    for member in members:
        other = kinds[key_of(member)]
        if other is not kind:
            hint = "an object is read by one range: make two properties of it"
            return wrong(
                place(member), f"the ranges of `{name}` are of two kinds: {kind.value} and {other.value}", hint
            )
    types = {key_of(o) for o in graph.objects(iri, RDF + "type")}
    things = kind in {RangeKind.ENTITY, RangeKind.CLAIM}
    if OWL + "ObjectProperty" in types and not things:
        message = f"`{name}` is an owl:ObjectProperty, and its range holds literals"
        hint = "declare it as an owl:DatatypeProperty, or give it a class as its range"
        if kind is RangeKind.ADDRESS:
            hint = "declare it as an owl:DatatypeProperty, or give it the range rdfs:Resource: any IRI"
        return wrong(place(members[0]), message, hint)
    if OWL + "DatatypeProperty" in types and things:
        message = f"`{name}` is an owl:DatatypeProperty, and its range holds things"
        return wrong(
            place(members[0]), message, "declare it as an owl:ObjectProperty, or give it a datatype as its range"
        )
    if things:
        return Range(kind=kind)
    datatypes = [tuple(map(key_of, statement)) for statement in telling]
    common = datatypes[0]
    for statement, further in zip(telling[1:], datatypes[1:], strict=True):
        both = tuple(dict.fromkeys(narrow for a in common for b in further if (narrow := _narrower(a, b)) is not None))
        if not both:
            message = f"no value is of both ranges of `{name}`: {list_known(map(shorten, common))} and "
            hint = "all statements of rdfs:range hold; write one with owl:unionOf where any will do"
            return wrong(place(statement[0]), f"{message}{list_known(map(shorten, further))}", hint)
        common = both
    return Range(kind=kind, datatypes=common)


def _name_unread(graph: OntologyGraph, member: MarkedTerm) -> str | None:
    """What a range is called that no claim can write: a datatype, or a way to write a class; None: it is read."""
    key = key_of(member)
    if key.startswith("_:"):
        construct = next((c for c in _CONSTRUCTS if graph.says(member, OWL + c)), None)
        return f"`owl:{construct}`" if construct else "`[]`"
    if kind_of_range(key) is None:
        return f"`{shorten(key)}`"
    own = kind_of_range(key) is RangeKind.ENTITY and graph.is_of_type(member, RDFS + "Datatype")
    return f"`{member.mark.excerpt}`" if own else None


def _narrower(one: str, other: str) -> str | None:
    """The datatype whose values are those of both; None where they share none."""
    return next((narrow for narrow, wide in ((one, other), (other, one)) if is_within(narrow, wide)), None)
