"""Reference formulations: their IRIs and their words, and what goes with each."""

from __future__ import annotations

from kg.diagnostic import Mark
from kg.findings import Findings
from kg.tables.rml import FileSource, Formulation, Source
from kg.tables.sources.kinds import SHEETS, without_packing
from kg.tables.vocabulary import RML, translate_iri

RESULTS = (Formulation.SPARQL, Formulation.SPARQL_TEXTS)
SQL = (Formulation.SQL_TABLE, Formulation.SQL_QUERY)
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


def find_rows(formulation: Formulation, source: Source, iterator: str | None) -> str | None:
    """What cuts a source into rows: its iterator, the name of a sheet; JSON and XML are whole where none is given."""
    names_sheet = isinstance(source, FileSource) and without_packing(source.path).endswith(SHEETS)
    return None if formulation is Formulation.CSV and not names_sheet else iterator or WHOLE.get(formulation)


def refuse_query(findings: Findings, source: Source, formulation: Formulation, query: Mark | None) -> bool:
    """Whether a *query*, or the name of a table, stands beside a file that has no tables and would not be asked."""
    if query is None or not isinstance(source, FileSource) or source.is_query or formulation in SQL:
        return False
    message = f"`{source.path}` is no database, and has no table or query"
    findings.tell("map-source", query, message, "leave the query out, or name a database, such as an SQLite file")
    return True


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
