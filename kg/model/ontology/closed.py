"""The terms of vocabularies that are complete (RDF, RDFS, OWL, SKOS, Dublin Core): they have no others."""

from __future__ import annotations

from kg.rdf.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, SKOSXL

NAMES = {RDF: "RDF", RDFS: "RDFS", OWL: "OWL", SKOS: "SKOS", SKOSXL: "SKOS-XL", DCTERMS: "Dublin Core"}
# Sources: RDF 1.2 Schema, appendix A; OWL 2 Mapping to RDF, table 2 of section 2.1 and the annotations of section 2.2;
# SKOS Reference, appendices B and C; DCMI Metadata Terms of 2020-01-20, section 2.
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
    SKOS: "Collection Concept ConceptScheme OrderedCollection altLabel broadMatch broader broaderTransitive changeNote "
    "closeMatch definition editorialNote exactMatch example hasTopConcept hiddenLabel historyNote inScheme "
    "mappingRelation member memberList narrowMatch narrower narrowerTransitive notation note prefLabel related "
    "relatedMatch scopeNote semanticRelation topConceptOf",
    SKOSXL: "Label altLabel hiddenLabel labelRelation literalForm prefLabel",
    DCTERMS: "Agent AgentClass BibliographicResource Box DCMIType DDC FileFormat Frequency IMT ISO3166 ISO639-2 "
    "ISO639-3 Jurisdiction LCC LCSH LicenseDocument LinguisticSystem Location LocationPeriodOrJurisdiction MESH "
    "MediaType MediaTypeOrExtent MethodOfAccrual MethodOfInstruction NLM Period PeriodOfTime PhysicalMedium "
    "PhysicalResource Point Policy ProvenanceStatement RFC1766 RFC3066 RFC4646 RFC5646 RightsStatement SizeOrDuration "
    "Standard TGN UDC URI W3CDTF abstract accessRights accrualMethod accrualPeriodicity accrualPolicy alternative "
    "audience available bibliographicCitation conformsTo contributor coverage created creator date dateAccepted "
    "dateCopyrighted dateSubmitted description educationLevel extent format hasFormat hasPart hasVersion identifier "
    "instructionalMethod isFormatOf isPartOf isReferencedBy isReplacedBy isRequiredBy isVersionOf issued language "
    "license mediator medium modified provenance publisher references relation replaces requires rights rightsHolder "
    "source spatial subject tableOfContents temporal title type valid",
}


def find_namespace(iri: str) -> str | None:
    """The namespace in which an IRI is no term, though the vocabulary is complete; None where nothing is wrong.

    >>> find_namespace(RDF + "Type") == RDF, find_namespace(RDF + "type"), find_namespace(RDF + "_2")
    (True, None, None)
    """
    space = next((space for space in TERMS if iri.startswith(space)), None)
    if space is None or iri.startswith(RDF + "_") or iri[len(space) :] in {"", *TERMS[space].split()}:
        return None
    return space
