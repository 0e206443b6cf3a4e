"""Reference formulations: their IRIs and their words, and what goes with each."""

from __future__ import annotations

from kg.diagnostic import Mark
from kg.findings import Findings
from kg.tables.rml import FileSource, Formulation
from kg.tables.vocabulary import RML, translate_iri

RESULTS = (Formulation.SPARQL, Formulation.SPARQL_TEXTS)
FORMULATIONS = {RML + f.value: f for f in Formulation if f not in {Formulation.COLUMNS, *RESULTS}}
WHOLE = {Formulation.JSON_PATH: "$", Formulation.XPATH: "/*"}  # the iterator where none is given


def find_formulation(iri: str) -> Formulation | None:
    """The reference formulation of an IRI, of whichever generation; None where it is unknown.

    >>> find_formulation("http://semweb.mmlab.be/ns/ql#JSONPath")
    <Formulation.JSON_PATH: 'JSONPath'>
    """
    iri = translate_iri(iri)
    if "SPARQL_Results" in iri:
        return Formulation.SPARQL_TEXTS if iri.endswith("_CSV") else Formulation.SPARQL
    if iri.startswith(RML + "SQL2008"):
        return FORMULATIONS.get(iri, Formulation.SQL_TABLE)
    return FORMULATIONS.get(iri)


def check_query_source(findings: Findings, source: FileSource, formulation: Formulation, iterator: Mark | None) -> bool:
    """Whether a query over the project's graph gives solutions, and nothing else cuts it into rows; else it is told."""
    if formulation not in RESULTS:
        findings.tell(
            "map-formulation",
            source.mark,
            f"`{source.path}` is a query, and its rows are SPARQL results",
            "write `rml:referenceFormulation formats:SPARQL_Results_TSV`, in YARRRML `~sparqltsv`",
        )
        return False
    if iterator is not None:
        message = f"an iterator beside the query `{source.path}`, whose solutions are the rows"
        findings.tell("map-repeated", iterator, message, "leave the iterator out")
        return False
    return True
