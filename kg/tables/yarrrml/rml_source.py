"""Sources of a YARRRML document → RML.

Sources: RML-IO http://w3id.org/rml/io/spec; for the older RML, what YARRRML Parser writes: D2RQ databases,
CSVW dialects, W3C Web of Things descriptions.
"""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from kg.diagnostic import Diagnostic, Mark
from kg.namespace import RDFS
from kg.tables.vocabulary import CSVW, D2RQ, OLD_QL, RML, RR, SD, Generation
from kg.tables.yarrrml.document import LogicalSource
from kg.tables.yarrrml.io import SERIALIZATIONS
from kg.tables.yarrrml.quads import FORMATS, HCTL, IDSA, TD, WOTSEC, Object, QuadWriter
from kg.yamldoc import Scalar

_OLD_FORMULATIONS = {"csv": "CSV", "jsonpath": "JSONPath", "xpath": "XPath", "css3": "CSS3"}
_DRIVERS = {
    "oracle": "oracle.jdbc.driver.OracleDriver",
    "mysql": "com.mysql.cj.jdbc.Driver",
    "postgresql": "org.postgresql.Driver",
    "mssql": "com.microsoft.sqlserver.jdbc.SQLServerDriver",
    "db2": "com.ibm.as400.access.AS400JDBCDriver",
    "sqlite": "org.sqlite.JDBC",
}
# R2RML's IRIs of SQL dialects: https://www.w3.org/2001/sw/wiki/RDB2RDF/SQL_Version_IRIs
_SQL_VERSIONS = {
    "sql2008": "SQL2008",
    "oracle": "Oracle",
    "mysql": "MySQL",
    "mssql": "MSSQLServer",
    "hsql": "HSQLDB",
    "postgresql": "PostgreSQL",
    "db2": "DB2",
    "informix": "Informix",
    "ingres": "Ingres",
    "progress": "Progress",
    "sybasease": "SybaseASE",
    "sybasesqlanywhere": "SybaseSQLAnywhere",
    "virtuoso": "Virtuoso",
    "firebird": "Firebird",
}


class SourceWriter(QuadWriter):
    """Writes sources, and reports what the vocabulary has no words for."""

    def __init__(self, base: str, generation: Generation) -> None:
        super().__init__(base, generation)
        self.diagnostics: list[Diagnostic] = []

    def report(self, code: str, mark: Mark, message: str, hint: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(code=code, mark=mark, message=message, hint=hint))

    def report_gap(self, mark: Mark, message: str) -> None:
        words = {Generation.RML: "today's RML", Generation.R2RML: "R2RML", Generation.LEGACY: "the older RML"}
        hint = f"{words[self.generation]} is written; choose another vocabulary, or write it another way"
        self.report("yarrrml-gap", mark, message, hint)

    def make_iri(self, text: str) -> Object:
        """The IRI; a relative one stays text, to be resolved against the base IRI of the run."""
        try:
            return NamedNode(text)
        except ValueError:
            return Literal(text)

    def add_text(self, node: NamedNode, predicate: str, text: Scalar | None) -> None:
        if text is not None:
            self.add(node, NamedNode(predicate), Literal(text.text), text.mark)

    # Sources

    def write_source(self, source: LogicalSource) -> NamedNode:
        node = self.name_node("source")
        self.add_type(node, self.generation.iri("LogicalSource"), source.mark)
        if source.name is not None:
            self.add(node, NamedNode(RDFS + "label"), Literal(source.name.text), source.name.mark)
        if self.generation is Generation.R2RML:
            self._write_logical_table(node, source)
        elif source.access is None:
            self.report_gap(source.mark, "a table or a query without `access` and `type` is R2RML's alone")
        elif source.type is not None and source.type.text in _DRIVERS:
            self._write_database_source(node, source, source.access)
        elif source.type is not None and source.type.text == "wot":
            self._write_thing_source(node, source, source.access)
        elif source.type is not None and source.type.text == "sparql":
            self._write_service_source(node, source, source.access)
        else:
            self._write_file_source(node, source, source.access)
        return node

    def _write_logical_table(self, node: NamedNode, source: LogicalSource) -> None:
        self.add_text(node, RR + "tableName", source.table)
        self._write_query(node, NamedNode(RR + "sqlQuery"), source.query)
        self._write_sql_version(node, source)

    def _write_query(self, node: NamedNode, predicate: NamedNode, query: Scalar | None) -> None:
        if query is not None:
            self.add(node, predicate, Literal(_fold_space(query.text)), query.mark)

    def _write_sql_version(self, node: NamedNode, source: LogicalSource) -> None:
        text = source.query_formulation
        if text is not None:
            self.add(node, NamedNode(RR + "sqlVersion"), NamedNode(RR + _SQL_VERSIONS[text.text]), text.mark)

    def _write_iterator(self, node: NamedNode, source: LogicalSource) -> None:
        if source.iterator is not None:
            self.add_word(node, "iterator", Literal(source.iterator.text), source.iterator.mark)

    def _write_formulation(self, node: NamedNode, source: LogicalSource) -> None:
        text = source.reference_formulation
        if text is None:
            return
        word = _OLD_FORMULATIONS.get(text.text)
        if word is None and text.text in SERIALIZATIONS:
            iri: Object = NamedNode(FORMATS + SERIALIZATIONS[text.text])
        elif word is None:
            iri = self.make_iri(text.text)
        elif self.generation is Generation.RML:
            iri = self.generation.iri(word)
        else:
            iri = NamedNode(OLD_QL + word)
        self.add_word(node, "referenceFormulation", iri, text.mark)

    def _write_file_source(self, node: NamedNode, source: LogicalSource, access: Scalar) -> None:
        dialect = source.delimiter is not None and source.delimiter.text != ","
        if dialect or source.encoding is not None:
            self.add_word(node, "source", self._write_csv_table(source, access), access.mark)
        elif self.generation is Generation.RML:
            self.add_word(node, "source", self.write_file_path(access, "file"), access.mark)
        else:
            self.add_word(node, "source", Literal(access.text), access.mark)
        self._write_iterator(node, source)
        self._write_formulation(node, source)

    def write_file_path(self, access: Scalar, kind: str) -> NamedNode:
        node = self.name_node(kind)
        self.add_type(node, RML + "FilePath", access.mark)
        self.add(node, NamedNode(RML + "root"), NamedNode(RML + "CurrentWorkingDirectory"), access.mark)
        self.add(node, NamedNode(RML + "path"), Literal(access.text), access.mark)
        return node

    def _write_csv_table(self, source: LogicalSource, access: Scalar) -> NamedNode:
        node, dialect = self.name_node("csvw"), self.name_node("csvw-dialect")
        self.add_type(node, CSVW + "Table", access.mark)
        self.add_text(node, CSVW + "url", access)
        self.add(node, NamedNode(CSVW + "dialect"), dialect, source.mark)
        self.add_type(dialect, CSVW + "Dialect", source.mark)
        if source.delimiter is not None:
            text = source.delimiter.text
            # YARRRML Parser hands on `\t` as it is written; CSVW means the character.
            written = text.replace("\\t", "\t") if self.generation is Generation.RML else text
            self.add(dialect, NamedNode(CSVW + "delimiter"), Literal(written), source.delimiter.mark)
        self.add_text(dialect, CSVW + "encoding", source.encoding)
        return node

    def _write_database_source(self, node: NamedNode, source: LogicalSource, access: Scalar) -> None:
        database = self.name_node("database")
        self.add_word(node, "source", database, access.mark)
        if self.generation is Generation.RML:
            text = source.query or source.table
            word = "SQL2008Query" if source.query is not None else "SQL2008Table"
            if text is not None:
                self.add_word(node, "iterator", Literal(_fold_space(text.text)), text.mark)
                self.add_word(node, "referenceFormulation", self.generation.iri(word), text.mark)
        else:
            self._write_query(node, self.generation.iri("query"), source.query)
            self.add_text(node, RR + "tableName", source.table)
            self._write_sql_version(node, source)
            self._write_formulation(node, source)
        self.add_type(database, D2RQ + "Database", access.mark)
        self.add_text(database, D2RQ + "jdbcDSN", access)
        if source.type is not None:
            driver = Literal(_DRIVERS[source.type.text])
            self.add(database, NamedNode(D2RQ + "jdbcDriver"), driver, source.type.mark)
        self.add_text(database, D2RQ + "username", source.username)
        self.add_text(database, D2RQ + "password", source.password)

    def _write_service_source(self, node: NamedNode, source: LogicalSource, access: Scalar) -> None:
        service = self.name_node("sd")
        self.add_word(node, "source", service, access.mark)
        self.add_type(service, SD + "Service", access.mark)
        self.add(service, NamedNode(SD + "endpoint"), self.make_iri(access.text), access.mark)
        self.add(service, NamedNode(SD + "supportedLanguage"), NamedNode(SD + "SPARQL11Query"), access.mark)
        if self.generation is Generation.RML and source.query is not None:
            self._write_query(node, self.generation.iri("iterator"), source.query)
        else:
            self._write_query(node, self.generation.iri("query"), source.query)
            self._write_iterator(node, source)
        self._write_formulation(node, source)

    def _write_thing_source(self, node: NamedNode, source: LogicalSource, access: Scalar) -> None:
        thing, form, affordance = (self.name_node(kind) for kind in ("wot", "form", "propertyAffordance"))
        mark = source.mark
        self.add_word(node, "source", affordance, access.mark)
        self.add_type(thing, TD + "Thing", mark)
        self.add_type(affordance, TD + "PropertyAffordance", mark)
        self.add(affordance, NamedNode(TD + "hasForm"), form, mark)
        self.add_type(form, TD + "Form", mark)
        self.add_text(form, HCTL + "hasTarget", access)
        self.add_text(form, HCTL + "forContentType", source.content_type)
        operation = source.operation_type
        if operation is not None:
            iri = NamedNode(f"{TD}{operation.text}property")
            self.add(form, NamedNode(HCTL + "hasOperationType"), iri, operation.mark)
        self.add(thing, NamedNode(TD + "hasPropertyAffordance"), affordance, mark)
        if source.security:
            self._write_security(thing, source)
        # YARRRML Parser leaves the iterator out where there is no security.
        if source.security or self.generation is Generation.RML:
            self._write_iterator(node, source)
        self._write_formulation(node, source)

    def _write_security(self, thing: NamedNode, source: LogicalSource) -> None:
        node = self.name_node("security")
        self.add(thing, NamedNode(TD + "hasSecurityConfiguration"), node, source.mark)
        for security in source.security:
            scheme = "NoSecurityScheme" if security.type.text == "none" else "APISecurityScheme"
            self.add_type(node, TD + scheme, security.type.mark)
            self.add_text(node, WOTSEC + "in", security.place)
            self.add_text(node, WOTSEC + "name", security.name)
            self.add_text(node, IDSA + "tokenValue", security.value)


def _fold_space(text: str) -> str:
    return " ".join(text.split())
