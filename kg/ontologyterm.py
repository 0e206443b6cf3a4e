"""Terms of RDF, RDFS, OWL and the model that an ontology uses and that there are not: they would say nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.diagnostic import Diagnostic, Mark, did_you_mean
from kg.namespace import KG, OWL, RDF, RDFS
from kg.turtle.document import MarkedQuad, MarkedTerm

_NAMES = {RDF: "RDF", RDFS: "RDFS", OWL: "OWL", KG: "the model (ontology/model.ttl)"}
# Sources: RDF 1.2 Schema, appendix A; OWL 2 Mapping to RDF, table 2 of section 2.1 and the annotations of section 2.2.
TERMS = {
    RDF: "type Property Statement subject predicate object value List first rest nil langString dirLangString HTML "
    "JSON XMLLiteral PlainLiteral CompoundLiteral direction language reifies Bag Seq Alt",
    RDFS: "Resource Class Literal Datatype Container ContainerMembershipProperty member label comment domain range "
    "subClassOf subPropertyOf seeAlso isDefinedBy",
    OWL: "AllDifferent AllDisjointClasses AllDisjointProperties Annotation AnnotationProperty AsymmetricProperty Axiom "
    "Class DataRange DatatypeProperty DeprecatedClass DeprecatedProperty FunctionalProperty InverseFunctionalProperty "
    "IrreflexiveProperty NamedIndividual NegativePropertyAssertion Nothing ObjectProperty Ontology OntologyProperty "
    "ReflexiveProperty Restriction SymmetricProperty TransitiveProperty Thing allValuesFrom annotatedProperty "
    "annotatedSource annotatedTarget assertionProperty backwardCompatibleWith bottomDataProperty bottomObjectProperty "
    "cardinality complementOf datatypeComplementOf deprecated differentFrom disjointUnionOf disjointWith "
    "distinctMembers equivalentClass equivalentProperty hasKey hasSelf hasValue imports incompatibleWith "
    "intersectionOf inverseOf maxCardinality maxQualifiedCardinality members minCardinality minQualifiedCardinality "
    "onClass onDataRange onDatatype onProperties onProperty oneOf priorVersion propertyChainAxiom propertyDisjointWith "
    "qualifiedCardinality rational real sameAs someValuesFrom sourceIndividual targetIndividual targetValue "
    "topDataProperty topObjectProperty unionOf versionIRI versionInfo withRestrictions",
}


@dataclass(frozen=True, kw_only=True)
class Slips:
    """The terms that there are not, each told once, and the places that they make look wrong."""

    diagnostics: tuple[Diagnostic, ...]
    places: frozenset[tuple[str, int]]  # file and line

    def cause(self, diagnostic: Diagnostic) -> bool:
        """Whether a mistake follows from a misspelt term of the same subject."""
        return (diagnostic.mark.file, diagnostic.mark.line) in self.places


def find_slips(quads: Iterable[MarkedQuad]) -> Slips:
    """What is misspelt in an ontology's statements; terms of the model are those that it declares."""
    quads = tuple(quads)
    used = {_iri(term) for quad in quads for term in (quad.predicate, quad.object)}
    known = {space: {space + name for name in names.split()} for space, names in TERMS.items()}
    known[KG] = {iri for quad in quads if (iri := _iri(quad.subject)).startswith(KG)}
    if not known[KG]:
        del known[KG]  # the model itself is not among the files
    wrong = {
        iri: space
        for space, terms in known.items()
        for iri in used - terms
        if iri.startswith(space) and not iri.startswith(RDF + "_")  # rdf:_1 and so on are terms
    }
    told: dict[str, Diagnostic] = {}
    marks: list[Mark] = []
    for quad in quads if wrong else ():
        for term in (quad.predicate, quad.object):
            iri = _iri(term)
            space = wrong.get(iri)
            if space is None:
                continue
            marks += [quad.subject.mark, term.mark]
            if iri not in told:
                hint = did_you_mean(iri.removeprefix(space), [name.removeprefix(space) for name in known[space]])
                message = f"`{term.mark.excerpt}` is no term of {_NAMES[space]}"
                told[iri] = Diagnostic(code="ontology-term", mark=term.mark, message=message, hint=hint)
    return Slips(diagnostics=tuple(told.values()), places=frozenset((mark.file, mark.line) for mark in marks))


def _iri(term: MarkedTerm) -> str:
    return term.term.value if isinstance(term.term, NamedNode) else ""
