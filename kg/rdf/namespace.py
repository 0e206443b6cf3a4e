"""The namespaces of the vocabularies that the graph is built on, and their prefixes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SKOSXL = "http://www.w3.org/2008/05/skos-xl#"
PROV = "http://www.w3.org/ns/prov#"
DCTERMS = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
VOID = "http://rdfs.org/ns/void#"
SCHEMA = "https://schema.org/"
OA = "http://www.w3.org/ns/oa#"
QUDT = "http://qudt.org/schema/qudt/"
UNIT = "http://qudt.org/vocab/unit/"
EDTF = "http://id.loc.gov/datatypes/edtf/"
SH = "http://www.w3.org/ns/shacl#"
SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
KG = "https://kg.example/ns#"

WELL_KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "kg": KG,
        "kgu": "https://kg.example/unit/",
        "dcat": DCAT,
        "dcterms": DCTERMS,
        "edtf": EDTF,
        "oa": OA,
        "owl": OWL,
        "prov": PROV,
        "quantitykind": "http://qudt.org/vocab/quantitykind/",
        "qudt": QUDT,
        "rdf": RDF,
        "rdfs": RDFS,
        "schema": SCHEMA,
        "sh": SH,
        "skos": SKOS,
        "skosxl": SKOSXL,
        "unit": UNIT,
        "void": VOID,
        "wd": "http://www.wikidata.org/entity/",
        "xsd": XSD,
    }
)
"""The prefixes that every graph may use without declaring them, with their namespaces."""
