"""Logical sources and targets → RML.

Sources: RML-IO http://w3id.org/rml/io/spec; for the older RML, what YARRRML Parser writes: D2RQ databases, CSVW
dialects, and targets that VoID or DCAT describes.
"""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import Literal, NamedNode

from kg.rdf.namespace import DCAT, FORMATS, SD, VOID
from kg.tables.read.rml_text import RmlText, make_node
from kg.tables.read.targets import SERIALIZATIONS
from kg.tables.rml import (
    DatabaseSource,
    Dialect,
    FileSource,
    Formulation,
    LogicalSource,
    LogicalTarget,
    NamedSource,
    SparqlSource,
)
from kg.tables.vocabulary import CSVW, D2RQ, OLD_COMPRESSION, OLD_QL, OLD_TARGET, RML, Generation
from kg.text.diagnostic import Mark

Miss = Callable[[Mark, str], None]  # tells that the generation has no words for something
_RESULTS = {Formulation.SPARQL: "SPARQL_Results_TSV", Formulation.SPARQL_TEXTS: "SPARQL_Results_CSV"}


def write_source(text: RmlText, source: LogicalSource, miss: Miss) -> NamedNode:
    """A logical source: what is read, how it is cut into rows, how it is referred to."""
    node, origin = text.name_node("source"), source.source
    text.say_type(node, "LogicalSource")
    if isinstance(origin, DatabaseSource):
        write_database(text, node, source, origin, miss)
    elif text.generation is Generation.R2RML:
        return node  # a table whose name only who runs the mapping knows
    elif isinstance(origin, SparqlSource):
        service = text.name_node("sd")
        text.say(node, "source", service)
        text.say_type(service, SD + "Service")
        text.say(service, SD + "endpoint", NamedNode(origin.endpoint))
        text.say(service, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Query"))
        say_nulls(text, service, origin.nulls)
        text.say_text(node, "iterator" if text.generation is Generation.RML else "query", source.iterator)
        text.say(node, "referenceFormulation", name_formulation(text, source.formulation))
    elif isinstance(origin, FileSource | NamedSource):
        text.say(node, "source", write_origin(text, origin))
        text.say_text(node, "iterator", source.iterator)
        if source.formulation is not Formulation.COLUMNS:  # which is that of a file whose columns have types
            text.say(node, "referenceFormulation", write_formulation(text, source))
    return node


def write_formulation(text: RmlText, source: LogicalSource) -> NamedNode:
    """The reference formulation of a source; that of XPath with namespaces is described, in today's RML alone."""
    if not source.namespaces:
        return name_formulation(text, source.formulation)
    node = text.name_node("xpath")
    text.say_type(node, RML + "XPathReferenceFormulation")
    for prefix, iri in source.namespaces:
        namespace = text.name_node("namespace")
        text.say(node, RML + "namespace", namespace)
        text.say(namespace, RML + "namespacePrefix", Literal(prefix))
        text.say(namespace, RML + "namespaceURL", Literal(iri))
    return node


def name_formulation(text: RmlText, formulation: Formulation) -> NamedNode:
    """The IRI of a reference formulation."""
    if formulation in _RESULTS:
        return NamedNode(FORMATS + _RESULTS[formulation])
    return NamedNode((RML if text.generation is Generation.RML else OLD_QL) + formulation.value)


def write_origin(text: RmlText, origin: FileSource | NamedSource) -> NamedNode | Literal:
    """A file: its path alone, or with what CSVW says of it."""
    if isinstance(origin, NamedSource):
        return Literal(f"{{{origin.name}}}")
    if origin.dialect != Dialect() or origin.encoding != "utf-8":
        return write_csv_table(text, origin)
    if text.generation is not Generation.RML and origin.nulls is None:
        return Literal(origin.path)
    if text.generation is not Generation.RML:
        return write_csv_table(text, origin)
    node = text.name_node("file")
    text.say_type(node, RML + "FilePath")
    text.say(node, RML + "path", Literal(origin.path))
    say_nulls(text, node, origin.nulls)
    return node


def say_nulls(text: RmlText, node: NamedNode, nulls: tuple[str, ...] | None) -> None:
    """The texts that mean no value, in the older RML by the word of CSVW."""
    for null in nulls or ():
        text.say(node, (RML if text.generation is Generation.RML else CSVW) + "null", Literal(null))


def write_csv_table(text: RmlText, origin: FileSource) -> NamedNode:
    """A file with its dialect, its encoding and the texts that mean no value, in CSVW."""
    node = text.name_node("csvw")
    text.say_type(node, CSVW + "Table")
    text.say(node, CSVW + "url", Literal(origin.path))
    for null in origin.nulls or ():
        text.say(node, CSVW + "null", Literal(null))
    dialect = text.name_node("csvw-dialect")
    text.say(node, CSVW + "dialect", dialect)
    text.say_type(dialect, CSVW + "Dialect")
    delimiter = origin.dialect.delimiter
    if delimiter != ",":
        # YARRRML Parser hands on `\t` as it is written; CSVW means the character.
        written = delimiter if text.generation is Generation.RML else delimiter.replace("\t", "\\t")
        text.say(dialect, CSVW + "delimiter", Literal(written))
    if origin.encoding != "utf-8":
        text.say(dialect, CSVW + "encoding", Literal(origin.encoding))
    return node


def write_database(text: RmlText, node: NamedNode, source: LogicalSource, origin: DatabaseSource, miss: Miss) -> None:
    """A table or a query; R2RML does not say of which database."""
    if origin.dsn is not None and text.generation is not Generation.R2RML:
        database = text.name_node("database")
        text.say(node, "source", database)
        text.say_type(database, D2RQ + "Database")
        said = (("jdbcDSN", origin.dsn), ("jdbcDriver", origin.driver), ("username", origin.username))
        for word, value in (*said, ("password", origin.password)):
            text.say_text(database, D2RQ + word, value)
        say_nulls(text, database, origin.nulls)
    elif text.generation is Generation.RML:
        miss(source.mark, "a table or a query without `access` and `type` is R2RML's alone")
        return
    if origin.nulls and (origin.dsn is None or text.generation is Generation.R2RML):
        miss(source.mark, "R2RML has no texts that mean no value (`null`)")
    if text.generation is Generation.RML:
        text.say_text(node, "iterator", source.iterator)
        text.say(node, "referenceFormulation", NamedNode(RML + source.formulation.value))
        return
    query = "query" if text.generation is Generation.LEGACY else "sqlQuery"
    text.say_text(node, query if source.formulation is Formulation.SQL_QUERY else "tableName", source.iterator)
    if source.sql_version is not None:
        text.say(node, "sqlVersion", NamedNode(source.sql_version))


def write_target(text: RmlText, target: LogicalTarget) -> NamedNode:
    """A logical target: a file, with its syntax and its compression."""
    node = text.name_node("target")
    new = text.generation is Generation.RML
    namespace = RML if new else OLD_TARGET
    text.say_type(node, namespace + "LogicalTarget")
    syntax = next(name for name, word in SERIALIZATIONS.items() if word == target.serialization)
    text.say(node, namespace + "serialization", NamedNode(FORMATS + syntax))
    if target.compression is not None:
        word = target.compression if new else target.compression.replace("targz", "targzip")
        text.say(node, namespace + "compression", NamedNode((RML if new else OLD_COMPRESSION) + word))
    if new:
        place = text.name_node("file")
        text.say_type(place, RML + "FilePath")
        text.say(place, RML + "path", Literal(target.path))
    else:
        place = text.name_node(target.description)
        described = DCAT if target.description == "dcat" else VOID
        text.say_type(place, described + "Dataset")
        text.say(place, described + "dataDump", make_node("file://", target.path.replace("%", "%25")))
    text.say(node, namespace + "target", place)
    return node
