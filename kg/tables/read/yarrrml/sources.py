"""Sources, targets and authors as YARRRML writes them → `LogicalSource`, `LogicalTarget`, `Author`.

Source: https://rml.io/yarrrml/spec/, sources and targets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.tables.read.csvw import check_delimiter, read_character
from kg.tables.read.formulations import (
    RESULTS,
    SQL,
    check_query_source,
    find_formulation,
    find_rows,
    list_dialect_words,
    refuse_query,
    tell_unread_iterator,
)
from kg.tables.read.targetnames import find_misnamed
from kg.tables.read.yarrrml.keys import AUTHOR_KEYS, CREDENTIAL_KEYS, SOURCE_KEYS, TARGET_KEYS
from kg.tables.read.yarrrml.scope import DocumentScope, Fields, read_items
from kg.tables.read.yarrrml.text import is_absolute
from kg.tables.rml import (
    DatabaseSource,
    Dialect,
    FileSource,
    Formulation,
    LogicalSource,
    LogicalTarget,
    Root,
    Source,
    SparqlSource,
)
from kg.tables.sources.dsn import find_file_kind
from kg.tables.sources.kinds import COLUMNAR, SHEETS, without_packing
from kg.tables.vocabulary import RR, Generation
from kg.text.diagnostic import Mark
from kg.text.plural import write_count
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode

REFERENCE_FORMULATIONS = {
    "csv": Formulation.CSV, "jsonpath": Formulation.JSON_PATH, "xpath": Formulation.XPATH, "css3": None,
}  # fmt: skip
RESULT_FORMULATIONS = {  # YARRRML's words for these formats
    "sparqltsv": Formulation.SPARQL, "sparqljson": Formulation.SPARQL, "sparqlxml": Formulation.SPARQL,
    "sparqlcsv": Formulation.SPARQL_TEXTS,
}  # fmt: skip
# The databases of YARRRML with the classes of their JDBC drivers, as YARRRML Parser writes them.
DRIVERS = {
    "mysql": "com.mysql.cj.jdbc.Driver",
    "postgresql": "org.postgresql.Driver",
    "oracle": "oracle.jdbc.driver.OracleDriver",
    "mssql": "com.microsoft.sqlserver.jdbc.SQLServerDriver",
    "db2": "com.ibm.as400.access.AS400JDBCDriver",
    "sqlite": "org.sqlite.JDBC",
}
SOLUTIONS = "$.results.bindings[*]"  # of an answer in JSON: what the rows are anyhow
SOURCE_TYPES = ("localfile", "remotefile", "sparql", "wot", *DRIVERS)
# R2RML's IRIs of SQL dialects: https://www.w3.org/2001/sw/wiki/RDB2RDF/SQL_Version_IRIs
SQL_VERSIONS = {
    "sql2008": "SQL2008", "oracle": "Oracle", "mysql": "MySQL", "mssql": "MSSQLServer", "hsql": "HSQLDB",
    "postgresql": "PostgreSQL", "db2": "DB2", "informix": "Informix", "ingres": "Ingres", "progress": "Progress",
    "sybasease": "SybaseASE", "sybasesqlanywhere": "SybaseSQLAnywhere", "virtuoso": "Virtuoso",
    "firebird": "Firebird",
}  # fmt: skip
FILE_TARGETS = ("void", "localfile", "dcat")
OTHER_TARGETS = ("sparql", "sd", "directhttprequest", "linkedhttprequest")
COMPRESSIONS = {"gzip": "gzip", "zip": "zip", "targzip": "targz", "tarxz": "tarxz"}
# The words of YARRRML for the formats of http://www.w3.org/ns/formats/ that can be written here, and the others.
SERIALIZATIONS = {
    "jsonld": "jsonld", "n3": "n3", "ntriples": "nt", "nquads": "nq", "rdfxml": "rdfxml", "turtle": "ttl",
    "trig": "trig",
}  # fmt: skip
OTHER_SERIALIZATIONS = (
    "ldpatch", "microdata", "owlxml", "owlfunctional", "owlmanchester", "powder", "powder-s", "prov-n", "prov-xml",
    "rdfa", "rdfjson", "rifxml", "sparqlxml", "sparqljson", "sparqlcsv", "sparqltsv",
)  # fmt: skip

_AUTHOR = re.compile(r"\s*(?P<name>[^<(]*?)\s*(?:<(?P<email>[^>]*)>)?\s*(?:\((?P<website>[^)]*)\))?\s*")


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote the mapping: a WebID, or a name with an e-mail address or a website."""

    mark: Mark = field(repr=False)
    web_id: str | None = None
    name: str | None = None
    email: str | None = None
    website: str | None = None


# Sources


def read_source(scope: DocumentScope, node: Node) -> LogicalSource | None:
    """A source: `[file~formulation, iterator]` or a mapping; None after a mistake."""
    if isinstance(node, SequenceNode):
        return read_source_list(scope, node)
    if isinstance(node, MappingNode):
        return read_source_mapping(scope, scope.read_fields(node, SOURCE_KEYS))
    scope.expect("a source: `[file~formulation, iterator]` or a mapping", node)
    return None


def read_source_list(scope: DocumentScope, node: SequenceNode) -> LogicalSource | None:
    """A file: `[file~formulation, iterator]`."""
    if not 1 <= len(node.items) <= 2:
        message = f"expected `[file~formulation, iterator]`, found {write_count(len(node.items), 'item')}"
        scope.tell("yarrrml-node", node.mark, message)
        return None
    text = scope.read_text(node.items[0])
    if text is None:
        return None
    path, tilde, word = text.text.rpartition("~")
    if text.text.lower().endswith((*COLUMNAR, *SHEETS)):
        iterator = scope.read_text(node.items[1]) if len(node.items) == 2 else None
        return make_source(scope, FileSource(path=text.text, mark=text.mark), Formulation.COLUMNS, iterator, node.mark)
    if not tilde or not path:
        message = f"`{text.text}` does not say how its rows are referred to"
        known = "one of " + ", ".join(f"`~{word}`" for word in REFERENCE_FORMULATIONS)
        known = "`~sparqltsv`" if text.text.endswith(".rq") else known
        is_database = find_file_kind(text.text) is not None
        hint = (
            f"a database is `{{access: {text.text}, table: NAME}}`, or has a `query`" if is_database else f"add {known}"
        )
        scope.tell("yarrrml-formulation", text.mark, message, hint)
        return None
    cut = len(path)
    formulation = read_formulation(scope, Scalar(text=word, mark=text.part(cut + 1, len(text.text)), plain=False))
    iterator = scope.read_text(node.items[1]) if len(node.items) == 2 else None
    return make_source(scope, FileSource(path=path, mark=text.part(0, cut)), formulation, iterator, node.mark)


def make_source(
    scope: DocumentScope, source: Source, formulation: Formulation | None, iterator: Scalar | None, mark: Mark
) -> LogicalSource | None:
    """A logical source that is no database; None where there is no *formulation*, or a query that fits none."""
    if formulation is None:
        return None
    if isinstance(source, FileSource) and source.is_query:
        cut = None if iterator is None else iterator.mark
        if not check_query_source(scope, source, formulation, cut):
            return None
    text = None if iterator is None else iterator.text
    if iterator is not None:
        tell_unread_iterator(scope, formulation, source, text, iterator.mark)
    return LogicalSource(
        source=source,
        formulation=formulation,
        iterator=find_rows(formulation, source, text),
        generation=Generation.RML,
        mark=mark if iterator is None else iterator.mark,
    )


def read_delimiter(scope: DocumentScope, text: Scalar) -> Dialect:
    """The dialect of a CSV file with a delimiter of its own."""
    character = read_character(text.text)
    if character is None:
        hint = "write one character, such as `;` or `\\t`"
        scope.tell("map-dialect", text.mark, f"`{text.text}` is no delimiter", hint)
        return Dialect()
    dialect = Dialect(delimiter=character)
    check_delimiter(scope, dialect, text.mark)
    return dialect


def read_nulls(scope: DocumentScope, fields: Fields) -> tuple[str, ...] | None:
    """The texts that are no value (`rml:null`), such as `""` for an empty cell; None where none is named."""
    if not fields.has("null"):
        return None
    texts = [scope.read_text(item) for item in read_items(fields.get("null"))]
    return tuple(text.text for text in texts if text is not None)


def read_formulation(scope: DocumentScope, text: Scalar | None) -> Formulation | None:
    """A reference formulation, as a word or as an IRI; None after a mistake."""
    if text is None:
        return None
    value = scope.read_value(text, is_iri=False)
    if value.constant is not None and is_absolute(value.constant):
        found = find_formulation(value.constant)
        if found is None:
            scope.refuse(text.mark, f"the reference formulation `{value.constant}`")
        return found
    words = {**REFERENCE_FORMULATIONS, **RESULT_FORMULATIONS}
    word = scope.read_word(text, words, "reference formulation")
    if word is not None and words[word] is None:
        scope.refuse(text.mark, f"the reference formulation `{word}`", "HTML that is XML is read with `xpath`")
    return None if word is None else words[word]


def read_source_mapping(scope: DocumentScope, fields: Fields) -> LogicalSource | None:
    """A source as a mapping: a file, a database, a table or query of a database named elsewhere, an endpoint."""
    kind = None if not fields.has("type") else scope.read_word(fields.get("type"), SOURCE_TYPES, "type of source")
    texts = {key: scope.read_text(fields.get(key)) for key in ("access", "iterator", "table", "query")}
    access = texts["access"]
    formulation = read_formulation(scope, scope.read_text(fields.get("referenceFormulation")))
    plain_table = texts["table"] is not None or (texts["query"] is not None and kind is None)
    if not fields.has("access") and not plain_table:
        scope.tell("yarrrml-missing", fields.mark, "a source needs `access`, `table` or `query`")
        return None
    if kind == "wot":
        scope.refuse(fields.key_mark("type"), "a source of the Web of Things")
        return None
    if kind in DRIVERS or (plain_table and kind != "sparql" and not fields.has("referenceFormulation")):
        return read_database(scope, fields, kind, texts)
    if not fields.has("referenceFormulation"):
        if kind == "sparql":
            formulation = Formulation.SPARQL
        elif access is not None and access.text.lower().endswith((*COLUMNAR, *SHEETS)):
            formulation = Formulation.COLUMNS
        else:
            known = ", ".join(f"`{word}`" for word in REFERENCE_FORMULATIONS)
            message = "a source needs `referenceFormulation`"
            scope.tell("yarrrml-formulation", fields.mark, message, f"one of {known}")
    if access is None:
        return None
    if kind == "sparql":
        scope.tell_unread(fields, ("table", "delimiter", "encoding", "credentials"), "beside an endpoint")
        if texts["query"] is not None and texts["iterator"] is not None and texts["iterator"].text != SOLUTIONS:
            scope.tell_unread(fields, ("iterator",), "beside a query, whose solutions are the rows")
        formulation = formulation if formulation in RESULTS else Formulation.SPARQL
        endpoint = SparqlSource(endpoint=access.text, nulls=read_nulls(scope, fields), mark=access.mark)
        return make_source(scope, endpoint, formulation, texts["query"] or texts["iterator"], fields.mark)
    scope.tell_unread(fields, ("credentials", "queryFormulation"), "beside a file")
    delimiter, encoding = (scope.read_text(fields.get(key)) for key in ("delimiter", "encoding"))
    file = FileSource(
        path=access.text,
        encoding="utf-8" if encoding is None else encoding.text.lower(),
        dialect=Dialect() if delimiter is None else read_delimiter(scope, delimiter),
        nulls=read_nulls(scope, fields),
        mark=access.mark,
    )
    asked = texts["query"] or texts["table"]
    if formulation is not None and refuse_query(scope, file, formulation, None if asked is None else asked.mark):
        return None
    if delimiter is not None and formulation is not None and list_dialect_words(formulation, file) is not None:
        message = f"`delimiter` has no use: `{file.path}` is not read as delimited text"
        scope.tell("map-unread", fields.key_mark("delimiter"), message, "remove it")
    if formulation is not None and has_no_text(formulation, file):
        scope.tell_unread(fields, ("encoding",), f"beside `{file.path}`, which is no text")
    return make_source(scope, file, formulation, texts["iterator"], fields.mark)


def has_no_text(formulation: Formulation, file: FileSource) -> bool:
    """Whether a file holds bytes that no encoding makes texts of."""
    name = without_packing(file.path.lower())
    return formulation in SQL or name.endswith((*COLUMNAR, *SHEETS))


def read_database(
    scope: DocumentScope, fields: Fields, kind: str | None, texts: dict[str, Scalar | None]
) -> LogicalSource | None:
    """A table or a query of a database."""
    access, table, query = texts["access"], texts["table"], texts["query"]
    rows = query or table
    if rows is None:
        scope.tell("yarrrml-missing", fields.mark, "a database needs a `query` or a `table`")
        return None
    scope.tell_unread(fields, ("iterator", "delimiter", "encoding"), "beside a database")
    word = scope.read_text(fields.get("referenceFormulation"))
    if word is not None and word.text.lower() != "csv":  # the word for rows with columns
        scope.tell_unread(fields, ("referenceFormulation",), "beside a database, whose rows have columns")
    if query is not None:
        scope.tell_unread(fields, ("table",), "beside `query`")
    username = password = None
    credentials = fields.get("credentials")
    if isinstance(credentials, MappingNode):
        inner = scope.read_fields(credentials, CREDENTIAL_KEYS)
        username, password = (scope.read_text(inner.get(key)) for key in ("username", "password"))
    elif credentials is not None:
        scope.expect("a mapping with `username` and `password`", credentials)
    if kind is None and access is not None:
        kind = find_file_kind(access.text)
    version = fields.get("queryFormulation")
    dialect = None if version is None else scope.read_word(version, SQL_VERSIONS, "query formulation")
    return LogicalSource(
        source=DatabaseSource(
            dsn=None if access is None else access.text,
            driver=None if kind is None else DRIVERS.get(kind),
            username=None if username is None else username.text,
            password=None if password is None else password.text,
            nulls=read_nulls(scope, fields),
            mark=fields.mark if access is None else access.mark,
        ),
        formulation=Formulation.SQL_TABLE if query is None else Formulation.SQL_QUERY,
        iterator=rows.text,
        generation=Generation.RML,
        sql_version=None if dialect is None else RR + SQL_VERSIONS[dialect],
        mark=rows.mark,
    )


# Targets


def read_targets(scope: DocumentScope, node: Node | None) -> tuple[LogicalTarget, ...]:
    """The targets of a term: names, `[file~type, serialization, compression]` or mappings."""
    found: list[LogicalTarget | None] = []
    for item in read_items(node):
        if not isinstance(item, Scalar):
            found.append(read_target(scope, item))
            continue
        name = scope.read_text(item, "the name of a target")
        if name is not None and "$(" in name.text:
            scope.refuse(name.mark, "a target that is made for each row")
        elif name is not None and scope.check_name(name, scope.targets, "target"):
            found.append(scope.targets[name.text])
    return tuple(target for target in found if target is not None)


def read_target(scope: DocumentScope, node: Node) -> LogicalTarget | None:
    """A target: a path, `[file~type, serialization, compression]` or a mapping; None after a mistake."""
    if isinstance(node, MappingNode):
        fields = scope.read_fields(node, TARGET_KEYS)
        access = scope.read_text(fields.get("access"))
        if not fields.has("access"):
            scope.tell("yarrrml-missing", fields.mark, "a target needs `access`")
        if access is None:
            return None
        rest = [fields.get("serialization"), fields.get("compression")]
        return make_target(scope, access, fields.get("type"), rest, node.mark)
    if isinstance(node, Scalar):
        text = scope.read_text(node, "a target: a path, a list or a mapping")
        return None if text is None else make_target(scope, text, None, [], node.mark)
    if not 1 <= len(node.items) <= 3:
        message = f"expected `[file~type, serialization, compression]`, found {write_count(len(node.items), 'item')}"
        scope.tell("yarrrml-node", node.mark, message)
        return None
    text = scope.read_text(node.items[0])
    if text is None:
        return None
    path, tilde, word = text.text.rpartition("~")
    if not tilde:
        return make_target(scope, text, None, list(node.items[1:]), node.mark)
    kind = Scalar(text=word, mark=text.part(len(path) + 1, len(text.text)), plain=False)
    whole = Scalar(text=path, mark=text.part(0, len(path)), plain=False)
    return make_target(scope, whole, kind, list(node.items[1:]), node.mark)


def make_target(
    scope: DocumentScope, access: Scalar, kind: Node | None, rest: list[Node | None], mark: Mark
) -> LogicalTarget | None:
    """A file as a target; *rest* are its serialization and its compression, as far as they are given."""
    word = "void" if kind is None else scope.read_word(kind, (*FILE_TARGETS, *OTHER_TARGETS), "type of target")
    if word in OTHER_TARGETS:
        scope.refuse(access.mark if kind is None else kind.mark, f"a target of the type `{word}`", "write a file")
        return None
    serialization, compression = (*rest, None, None)[:2]
    syntax = "nquads"
    if serialization is not None:
        found = scope.read_word(serialization, (*SERIALIZATIONS, *OTHER_SERIALIZATIONS), "serialization")
        if found in OTHER_SERIALIZATIONS:
            known = ", ".join(f"`{name}`" for name in SERIALIZATIONS)
            scope.refuse(serialization.mark, f"the serialization `{found}`", f"known are {known}")
            return None
        syntax = found or syntax
    packing = None if compression is None else scope.read_word(compression, COMPRESSIONS, "compression")
    path = scope.read_value(access, is_iri=False)
    if path.constant is None:
        scope.refuse(access.mark, "a target that is made for each row")
        return None
    target = LogicalTarget(
        path=path.constant,
        root=Root.WORKING,
        serialization=SERIALIZATIONS[syntax],
        encoding="utf-8",
        compression=None if packing is None else COMPRESSIONS[packing],
        description="dcat" if word == "dcat" else "void",
        mark=mark,
    )
    scope.add(find_misnamed(target, access.mark))
    return target


# Authors


def read_author(scope: DocumentScope, node: Node) -> Author | None:
    """An author: a WebID, `Name <e-mail> (website)`, or a mapping; None after a mistake."""
    if isinstance(node, MappingNode):
        fields = scope.read_fields(node, AUTHOR_KEYS)
        texts = {key: scope.read_text(fields.get(key)) for key in AUTHOR_KEYS}
        found = {key: None if text is None else text.text for key, text in texts.items()}
        if found["webid"] is not None:
            scope.tell_unread(fields, ("name", "email", "website"), "beside `webid`")
        return Author(
            mark=node.mark, web_id=found["webid"], name=found["name"], email=found["email"], website=found["website"]
        )
    text = scope.read_text(node, "an author: a text or a mapping")
    if text is None:
        return None
    said = _AUTHOR.fullmatch(text.text)
    if said is None:
        message = f"`{text.text}` is no author"
        scope.tell("yarrrml-author", text.mark, message, "write a WebID or `Name <e-mail> (website)`")
        return None
    if "://" in said["name"]:
        return Author(mark=text.mark, web_id=text.text)
    return Author(mark=text.mark, name=said["name"] or None, email=said["email"], website=said["website"])
