"""Reference formulations: their IRIs and their words, and what goes with each."""

from __future__ import annotations

from kg.tables.rml import FileSource, Formulation, Source
from kg.tables.sources.kinds import COLUMNAR, SHEETS, without_packing
from kg.tables.vocabulary import RML, translate_iri
from kg.tables.wording import choose_words
from kg.text.diagnostic import Mark
from kg.text.findings import Findings

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
    has_rows = formulation in {Formulation.CSV, Formulation.COLUMNS} and not is_sheet(source)
    return None if has_rows else iterator or WHOLE.get(formulation)


def is_sheet(source: Source) -> bool:
    """Whether a source is a workbook."""
    return isinstance(source, FileSource) and without_packing(source.path).endswith(SHEETS)


def tell_unread_iterator(
    findings: Findings, formulation: Formulation, source: Source, iterator: str | None, mark: Mark
) -> None:
    """A warning where an *iterator* stands beside a source that has rows of its own."""
    if iterator is None or find_rows(formulation, source, iterator) is not None:
        return
    kind = "CSV" if formulation is Formulation.CSV else "a table"
    word = choose_words(mark, "`rml:iterator`", "the iterator")
    hint = "remove it: each row is one iteration"
    findings.tell("map-unread", mark, f"{word} of {kind}, `{iterator}`, has no use", hint)


def list_dialect_words(formulation: Formulation | None, source: Source) -> tuple[str, ...] | None:
    """The words of a CSVW dialect that the reader of a source knows; None for all of them."""
    if is_sheet(source) and formulation in {Formulation.CSV, Formulation.COLUMNS}:
        return ("encoding", "header", "headerRowCount", "skipRows")
    is_columnar = isinstance(source, FileSource) and without_packing(source.path).endswith(COLUMNAR)
    return ("encoding",) if is_columnar or formulation in (*WHOLE, *SQL, *RESULTS) else None


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
