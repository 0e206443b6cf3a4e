"""Logical sources, views and targets of an RML graph (RML-IO, RML-LV, R2RML logical tables, CSVW, D2RQ)."""

from __future__ import annotations

import pyoxigraph as ox

from kg.diagnostic import Mark, did_you_mean
from kg.tables.csvw import read_dialect, read_nulls
from kg.tables.reading import Reader, read_join_condition, term_text
from kg.tables.rml import (
    DatabaseSource,
    ExpressionField,
    Field,
    FileSource,
    Formulation,
    IterableField,
    LogicalSource,
    LogicalTarget,
    LogicalView,
    NamedSource,
    Position,
    Root,
    Source,
    SparqlSource,
    ViewJoin,
)
from kg.tables.sources.kinds import COLUMNAR, DELIMITED, SHEETS, UNREAD, without_packing
from kg.tables.termmaps import read_term_map
from kg.tables.vocabulary import CSVW, D2RQ, RML, SD, Generation, translate_iri
from kg.turtle.document import MarkedTerm

DCAT_URL = "http://www.w3.org/ns/dcat#downloadURL"
ROOTS = {RML + "MappingDirectory": Root.MAPPING, RML + "CurrentWorkingDirectory": Root.WORKING}
RESULTS = (Formulation.SPARQL, Formulation.SPARQL_TEXTS)
SQL = (Formulation.SQL_TABLE, Formulation.SQL_QUERY)
FORMULATIONS = {RML + f.value: f for f in Formulation if f not in {Formulation.COLUMNS, *RESULTS}}
COMPRESSIONS = ("none", "gzip", "zip", "targz", "tarxz", "zstd")
SERIALIZATIONS = {
    "N-Quads": "nq", "N-Triples": "nt", "Turtle": "ttl", "TriG": "trig", "N3": "n3",
    "JSON-LD": "jsonld", "RDF_XML": "rdfxml",
}  # fmt: skip


def read_logical_source(reader: Reader, node: MarkedTerm, owner: MarkedTerm) -> LogicalSource | LogicalView | None:
    """The logical source, logical table or logical view at *node*."""
    graph = reader.graph
    if graph.objects(node.term, "viewOn") or RML + "LogicalView" in graph.types(node.term):
        return read_logical_view(reader, node)
    generation = reader.generation(node)
    if not graph.about(node.term):
        reader.report(
            "map-incomplete",
            node.mark,
            f"nothing is said of the logical source `{term_text(node.term)}`",
            "describe it with `rml:source`, or correct its name",
        )
        return None
    table, query = reader.text(node, "tableName"), reader.text(node, "sqlQuery") or reader.text(node, "query")
    iterator = reader.text(node, "iterator")
    formulation = read_formulation(reader, node)
    source_node = reader.one(node, "source")
    if source_node is None:
        if table is None and query is None:
            reader.report(
                "map-incomplete",
                node.mark,
                "a logical source without `rml:source`",
                'say where the data is: `rml:source "people.csv"`',
            )
            return None
        source: Source | None = only_database(reader) or DatabaseSource(dsn=None, mark=node.mark)
    else:
        source = read_source(reader, source_node)
    if source is None or (formulation is None and graph.objects(node.term, "referenceFormulation")):
        return None
    if isinstance(source, SparqlSource):
        formulation = formulation if formulation in RESULTS else Formulation.SPARQL
        iterator = query or iterator
    elif isinstance(source, DatabaseSource):
        if query is not None:  # where both are given, the query: it says more
            formulation, iterator = Formulation.SQL_QUERY, query
        elif table is not None:
            formulation, iterator = Formulation.SQL_TABLE, table
        elif formulation not in {Formulation.SQL_QUERY, Formulation.SQL_TABLE}:
            formulation = Formulation.SQL_TABLE
        if iterator is None:
            reader.report("map-incomplete", node.mark, "a database source without a table or a query", "name the table")
            return None
    elif isinstance(source, FileSource) and source.is_query:
        formulation = formulation or Formulation.SPARQL
        if not check_query_source(reader, node, source, formulation):
            return None
    elif formulation is None:
        formulation = guess_formulation(source)
        if formulation is None:
            reader.report(
                "map-incomplete",
                node.mark,
                "a logical source without `rml:referenceFormulation`",
                "add `rml:referenceFormulation rml:CSV`, `rml:JSONPath` or `rml:XPath`",
            )
            return None
    if isinstance(source, FileSource) and formulation not in SQL and (query or table) is not None:
        refuse_query(reader, node, source)
        return None
    if formulation in {Formulation.JSON_PATH, Formulation.XPATH} and iterator is None:
        iterator = "$" if formulation is Formulation.JSON_PATH else "/*"
    return LogicalSource(
        source=source,
        formulation=formulation,
        iterator=None if formulation is Formulation.CSV and not names_sheet(source) else iterator,
        generation=generation,
        namespaces=read_namespaces(reader, node),
        mark=mark_of_rows(reader, node),
    )


def refuse_query(reader: Reader, node: MarkedTerm, source: FileSource) -> None:
    """A query or the name of a table beside a file that has no tables: it would not be asked."""
    mark = mark_of_rows(reader, node)
    message = f"`{source.path}` is no database, and has no table or query"
    reader.report("map-source", mark, message, "leave the query out, or name a database, such as an SQLite file")


def names_sheet(source: Source) -> bool:
    """Whether an iterator names a sheet of the source, whatever its values are taken for."""
    return isinstance(source, FileSource) and without_packing(source.path).endswith(SHEETS)


def check_query_source(reader: Reader, node: MarkedTerm, source: FileSource, formulation: Formulation) -> bool:
    """A query over the project's graph gives solutions, and nothing else cuts it into rows."""
    if formulation not in RESULTS:
        reader.report(
            "map-formulation",
            source.mark,
            f"`{source.path}` is a query, and its rows are SPARQL results",
            "write `rml:referenceFormulation formats:SPARQL_Results_TSV`, in YARRRML `~sparqltsv`",
        )
        return False
    if (iterator := reader.one(node, "iterator")) is not None:
        message = f"an iterator beside the query `{source.path}`, whose solutions are the rows"
        reader.report("map-repeated", iterator.mark, message, "leave the iterator out")
        return False
    return True


def mark_of_rows(reader: Reader, node: MarkedTerm) -> Mark:
    """Where a logical source says which rows it has: its query, table or iterator, else itself."""
    found = [
        o for name in ("sqlQuery", "query", "tableName", "iterator") for o in reader.graph.objects(node.term, name)
    ]
    return (found[0] if found else node).mark


def only_database(reader: Reader) -> DatabaseSource | None:
    """The database of a mapping that describes one: an R2RML logical table needs no source of its own."""
    nodes = [s[0].subject for s in reader.graph.by_subject.values() if any(x.predicate == D2RQ + "jdbcDSN" for x in s)]
    found = read_source(reader, nodes[0]) if len(nodes) == 1 else None
    return found if isinstance(found, DatabaseSource) else None


def read_namespaces(reader: Reader, node: MarkedTerm) -> tuple[tuple[str, str], ...]:
    """Prefixes of an `rml:XPathReferenceFormulation`."""
    found = reader.one(node, "referenceFormulation")
    if found is None:
        return ()
    pairs = []
    for namespace in reader.graph.objects(found.term, "namespace"):
        prefix, url = reader.text(namespace, "namespacePrefix"), reader.text(namespace, "namespaceURL")
        if prefix and url:
            pairs.append((prefix, url))
    return tuple(sorted(pairs))


def guess_formulation(source: Source) -> Formulation | None:
    """By the ending of the file's name, where the mapping does not say; typed columns keep their types."""
    if isinstance(source, NamedSource):
        return Formulation.COLUMNS
    name = source.path.lower() if isinstance(source, FileSource) else ""
    if name.endswith((*COLUMNAR, *SHEETS, *UNREAD)):
        return Formulation.COLUMNS
    return Formulation.CSV if without_packing(name).endswith(DELIMITED) else None


def read_formulation(reader: Reader, node: MarkedTerm) -> Formulation | None:
    """The reference formulation of a logical source; None where it names none or one that is unknown."""
    found = reader.one(node, "referenceFormulation")
    if found is None:
        return None
    iri = translate_iri(term_text(found.term))
    if "SPARQL_Results" in iri:
        return Formulation.SPARQL_TEXTS if iri.endswith("_CSV") else Formulation.SPARQL
    if RML + "XPathReferenceFormulation" in reader.graph.types(found.term):
        return Formulation.XPATH
    if iri.startswith(RML + "SQL2008") or iri == RML + "SQL2008":
        return FORMULATIONS.get(iri, Formulation.SQL_TABLE)
    if iri not in FORMULATIONS:
        known = [name.removeprefix(RML) for name in FORMULATIONS]
        hint = did_you_mean(iri.rsplit("/", 1)[-1], known) or f"known are {', '.join(known)}"
        reader.report("map-formulation", found.mark, f"no reference formulation `{term_text(found.term)}`", hint)
        return None
    return FORMULATIONS[iri]


def read_source(reader: Reader, node: MarkedTerm) -> Source | None:
    """A source: a path, a file with its access description, a database, an endpoint, a named table."""
    graph = reader.graph
    if isinstance(node.term, ox.Literal):
        return path_source(node.term.value, node)
    nulls = tuple(term_text(n.term) for n in graph.objects(node.term, "null")) or None
    if (dsn := reader.secret(node, D2RQ + "jdbcDSN")) is not None:
        return DatabaseSource(
            dsn=dsn,
            username=reader.text(node, D2RQ + "username"),
            password=reader.secret(node, D2RQ + "password"),
            nulls=nulls,
            mark=node.mark,
        )
    if (endpoint := reader.text(node, SD + "endpoint")) is not None:
        return SparqlSource(endpoint=endpoint, nulls=nulls, mark=node.mark)
    named = reader.one(node, "path")
    if named is not None and reader.is_described(named.term) and named.term != node.term:
        return read_source(reader, named)  # a path that is no text but the name of a source: that source
    path = reader.text(node, "path") or reader.text(node, CSVW + "url")
    if path is None and (url := reader.text(node, DCAT_URL)) is not None:
        path = url
    if path is None:
        if not graph.about(node.term):
            message = f"nothing is said of the source `{term_text(node.term)}`"
        else:
            message = "a source of a kind that this engine does not read"
        reader.report(
            "map-source",
            node.mark,
            message,
            "sources are files (`rml:path`), databases (`d2rq:jdbcDSN`), SPARQL endpoints, a project's queries (`.rq`)",
        )
        return None
    root_node = reader.one(node, "root")
    root: Root | str | None = None
    if root_node is not None:
        iri = term_text(root_node.term)
        root = ROOTS.get(iri) or iri
    compression = compression_of(reader, node)
    encoding = reader.one(node, "encoding")
    dialect, csvw_encoding = read_dialect(reader, node)
    return FileSource(
        path=path,
        root=root,
        compression=compression,
        encoding=encoding_name(term_text(encoding.term)) if encoding is not None else csvw_encoding or "utf-8",
        nulls=nulls or (read_nulls(reader, node) or None),
        dialect=dialect,
        mark=(reader.one(node, "path") or reader.one(node, CSVW + "url") or node).mark,
    )


def path_source(path: str, node: MarkedTerm) -> Source:
    """A source written as a text: a table handed over as `{name}`, else a path."""
    if path.startswith("{") and path.endswith("}"):
        return NamedSource(name=path[1:-1], mark=node.mark)
    return FileSource(path=path, mark=node.mark)


def encoding_name(iri: str) -> str:
    """`http://w3id.org/rml/UTF-8` → `utf-8`."""
    return iri.removeprefix(RML).lower()


def compression_of(reader: Reader, node: MarkedTerm) -> str | None:
    """The compression that a source declares; None where it declares none or one that is unknown."""
    found = reader.one(node, "compression")
    if found is None:
        return None
    name = translate_iri(term_text(found.term)).removeprefix(RML)
    if name not in COMPRESSIONS:
        hint = did_you_mean(name, COMPRESSIONS)
        reader.report("source-compression", found.mark, f"no compression `{name}`", hint)
    return None if name == "none" else name


def read_logical_target(reader: Reader, node: MarkedTerm) -> LogicalTarget | None:
    """A file that takes the quads of the term maps that name it (RML-IO §targets)."""
    found = reader.one(node, "target")
    if found is None:
        reader.report("map-incomplete", node.mark, "a logical target without `rml:target`", "name the file")
        return None
    path = term_text(found.term) if isinstance(found.term, ox.Literal) else reader.text(found, "path")
    if path is None:
        reader.report(
            "map-source",
            found.mark,
            "a target of a kind that this engine does not write",
            "targets are files with an `rml:path`",
        )
        return None
    root = reader.one(found, "root")
    serialization = reader.one(node, "serialization")
    name = term_text(serialization.term).rsplit("/", 1)[-1] if serialization is not None else "N-Quads"
    if name not in SERIALIZATIONS:
        mark = serialization.mark if serialization is not None else node.mark
        reader.report("map-serialization", mark, f"no serialisation `{name}`", did_you_mean(name, SERIALIZATIONS))
        return None
    encoding = reader.one(node, "encoding")
    return LogicalTarget(
        path=path,
        root=ROOTS.get(term_text(root.term), Root.WORKING) if root is not None else Root.WORKING,
        serialization=SERIALIZATIONS[name],
        encoding=encoding_name(term_text(encoding.term)) if encoding is not None else "utf-8",
        compression=compression_of(reader, node),
        mark=node.mark,
    )


def read_logical_view(reader: Reader, node: MarkedTerm) -> LogicalView | None:
    """A logical view with its fields and joins; a view that rests on itself is a mistake."""
    if node.term in reader.open_views:
        name = term_text(node.term)
        reader.report("map-view-cycle", node.mark, f"the logical view `{name}` rests on itself", "break the circle")
        return None
    if node.term not in reader.views:
        reader.open_views.add(node.term)
        reader.views[node.term] = read_new_view(reader, node)
        reader.open_views.discard(node.term)
    return reader.views[node.term]


def read_new_view(reader: Reader, node: MarkedTerm) -> LogicalView | None:
    """A logical view (RML-LV); None, with the reason reported, where it is not whole."""
    on = reader.one(node, "viewOn")
    if on is None:
        reader.report(
            "map-incomplete",
            node.mark,
            "a logical view without `rml:viewOn`",
            "name the source or view it is on",
        )
        return None
    below = read_logical_source(reader, on, node)
    fields = read_fields(reader, node)
    joins = [
        read_view_join(reader, found, kind)
        for word, kind in (("leftJoin", "outer"), ("innerJoin", "inner"))
        for found in reader.graph.objects(node.term, word)
    ]
    if below is None or any(j is None for j in joins) or not check_field_names(reader, fields, joins):
        return None
    return LogicalView(
        view_on=below, fields=tuple(fields), joins=tuple(j for j in joins if j is not None), mark=node.mark
    )


def read_fields(reader: Reader, node: MarkedTerm) -> list[Field]:
    """The fields of a view or of a field: expression fields and iterable fields."""
    fields: list[Field] = []
    for found in reader.graph.objects(node.term, "field"):
        name = reader.text(found, "fieldName")
        if name is None:
            reader.report("map-incomplete", found.mark, "a field without `rml:fieldName`", "name the field")
            continue
        inner = tuple(read_fields(reader, found))
        if (iterator := reader.text(found, "iterator")) is not None:
            formulation = read_formulation(reader, found)
            fields.append(
                IterableField(name=name, iterator=iterator, formulation=formulation, fields=inner, mark=found.mark)
            )
        elif (value := read_term_map(reader, found, Position.VALUE)) is not None:
            fields.append(ExpressionField(name=name, value=value, fields=inner, mark=found.mark))
    return fields


def read_view_join(reader: Reader, node: MarkedTerm, kind: str) -> ViewJoin | None:
    """A join of a view with another one; None where the other is not named or has a mistake."""
    parent = reader.one(node, "parentLogicalView")
    if parent is None:
        reader.report("map-incomplete", node.mark, "a join without `rml:parentLogicalView`", "name the other view")
        return None
    view = read_logical_view(reader, parent)
    conditions = [read_join_condition(reader, c) for c in reader.graph.objects(node.term, "joinCondition")]
    fields = [f for f in read_fields(reader, node) if isinstance(f, ExpressionField)]
    if not conditions:
        reader.report("map-incomplete", node.mark, "a join of views without `rml:joinCondition`", "add a condition")
    if view is None or not conditions or any(c is None for c in conditions):
        return None
    return ViewJoin(
        parent=view,
        conditions=tuple(c for c in conditions if c is not None),
        fields=tuple(fields),
        outer=kind == "outer",
        mark=node.mark,
    )


def check_field_names(reader: Reader, fields: list[Field], joins: list[ViewJoin | None]) -> bool:
    """Names are unique among siblings, and the fields of joins stand beside those of the view."""
    seen: set[str] = set()
    good = True
    siblings: list[Field] = [*fields, *(f for j in joins if j is not None for f in j.fields)]
    for each in siblings:
        if each.name in seen:
            reader.report("map-field-twice", each.mark, f"a second field `{each.name}`", "rename one of the two")
            good = False
        seen.add(each.name)
        if each.fields:
            good = check_field_names(reader, list(each.fields), []) and good
    return good


__all__ = ["Generation", "read_logical_source", "read_logical_target", "read_logical_view"]
