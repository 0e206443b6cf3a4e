"""The logical sources and views of an RML graph (RML-IO, RML-LV, R2RML logical tables, CSVW, D2RQ)."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from kg.rdf.namespace import DCAT, SD
from kg.rdf.turtle.document import MarkedTerm
from kg.tables.read.csvw import read_dialect, read_nulls, tell_unread_dialect
from kg.tables.read.formulations import (
    FORMULATIONS,
    RESULTS,
    SQL,
    WHOLE,
    check_query_source,
    find_formulation,
    find_rows,
    list_dialect_words,
    refuse_query,
    tell_unread_iterator,
)
from kg.tables.read.reader import Reader, show_name, show_term, term_text
from kg.tables.read.targets import ROOTS, read_compression, read_encoding
from kg.tables.read.termmaps import EXPRESSIONS, read_join_conditions, read_value
from kg.tables.rml import (
    DatabaseSource,
    ExpressionField,
    Field,
    FileSource,
    Formulation,
    IterableField,
    LogicalSource,
    LogicalView,
    NamedSource,
    Root,
    Source,
    SparqlSource,
    ViewJoin,
)
from kg.tables.sources.kinds import COLUMNAR, DELIMITED, SHEETS, UNREAD, without_packing
from kg.tables.vocabulary import CSVW, D2RQ, RML
from kg.text.diagnostic import Mark, did_you_mean

DCAT_URL = DCAT + "downloadURL"
ROWS = ("sqlQuery", "query", "tableName", "iterator")  # properties that say which rows a source has, the first counts


def read_logical_source(reader: Reader, node: MarkedTerm) -> LogicalSource | LogicalView | None:
    """The logical source, logical table or logical view at *node*."""
    graph = reader.graph
    if graph.objects(node.term, "viewOn") or RML + "LogicalView" in graph.types(node.term):
        return read_logical_view(reader, node)
    generation = reader.generation(node)
    if not graph.about(node.term):
        reader.incomplete(
            node.mark,
            f"nothing is said of the logical source `{show_term(node)}`",
            "describe it with `rml:source`, or correct its name",
        )
        return None
    table, query = reader.text(node, "tableName"), reader.text(node, "sqlQuery") or reader.text(node, "query")
    iterator = reader.text(node, "iterator")
    formulation = read_formulation(reader, node)
    source_node = reader.one(node, "source")
    if source_node is None:
        if table is None and query is None:
            reader.incomplete(
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
            reader.incomplete(node.mark, "a database source without a table or a query", "name the table")
            return None
    elif isinstance(source, FileSource) and source.is_query:
        formulation = formulation or Formulation.SPARQL
        cut = reader.one(node, "iterator")
        if not check_query_source(reader, source, formulation, None if cut is None else cut.mark):
            return None
    elif formulation is None:
        formulation = guess_formulation(source)
        if formulation is None:
            reader.incomplete(
                node.mark,
                "a logical source without `rml:referenceFormulation`",
                "add `rml:referenceFormulation rml:CSV`, `rml:JSONPath` or `rml:XPath`",
            )
            return None
    if refuse_query(reader, source, formulation, None if query is table is None else mark_of_rows(reader, node)):
        return None
    if isinstance(source, FileSource) and formulation in SQL:
        iterator = iterator or query or table
    tell_other_rows(reader, node, iterator)
    tell_unread_iterator(reader, formulation, source, iterator, mark_of_rows(reader, node))
    if source_node is not None:
        tell_unread_dialect(reader, source_node, source, list_dialect_words(formulation, source))
    return LogicalSource(
        source=source,
        formulation=formulation,
        iterator=find_rows(formulation, source, iterator),
        generation=generation,
        namespaces=read_namespaces(reader, node),
        sql_version=reader.text(node, "sqlVersion"),
        mark=mark_of_rows(reader, node),
    )


def mark_of_rows(reader: Reader, node: MarkedTerm) -> Mark:
    """Where a logical source says which rows it has: its query, table or iterator, else itself."""
    found = [o for name in ROWS for o in reader.graph.objects(node.term, name)]
    return (found[0] if found else node).mark


def tell_other_rows(reader: Reader, node: MarkedTerm, chosen: str | None) -> None:
    """Tell of a table, a query or an iterator beside the *chosen* one: a logical source has the rows of one alone."""
    said = {
        name: found[0] for name in ROWS if (found := reader.graph.objects(node.term, name))
    }  # a second is a mistake
    word = next((name for name, each in said.items() if term_text(each.term) == chosen), None)
    for name, other in said.items():
        if not isinstance(other.term, ox.Literal) or other.term.value == chosen:
            continue
        if word is None:
            message, hint = f"`{show_name(name)}` has no use: the source has rows of its own", "leave it out"
        else:
            message = f"`{show_name(name)}` has no use beside `{show_name(word)}`, whose rows are read"
            hint = "keep one of the two"
        reader.tell("map-unread", other.mark, message, hint)


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
    """The formulation by the ending of a file's name, where the mapping has none; typed columns keep their types."""
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
    if RML + "XPathReferenceFormulation" in reader.graph.types(found.term):
        return Formulation.XPATH
    iri = show_term(found)
    formulation = find_formulation(iri)
    if formulation is None:
        known = [name.removeprefix(RML) for name in FORMULATIONS]
        hint = did_you_mean(iri.rsplit("/", 1)[-1], known) or f"known are {', '.join(known)}"
        reader.tell("map-formulation", found.mark, f"no reference formulation `{iri}`", hint)
    return formulation


def read_source(reader: Reader, node: MarkedTerm) -> Source | None:
    """A source: a path, a file with its access description, a database, an endpoint, a named table."""
    graph = reader.graph
    if isinstance(node.term, ox.Literal):
        return path_source(node.term.value, node)
    own = [reader.check_text(n, "null") for n in graph.objects(node.term, "null")]
    nulls = tuple(dict.fromkeys([*own, *read_nulls(reader, node)])) or None
    if (dsn := reader.text(node, D2RQ + "jdbcDSN")) is not None:
        return DatabaseSource(
            dsn=dsn,
            driver=reader.text(node, D2RQ + "jdbcDriver"),
            username=reader.text(node, D2RQ + "username"),
            password=reader.text(node, D2RQ + "password"),
            nulls=nulls,
            mark=node.mark,
        )
    if (endpoint := reader.text(node, SD + "endpoint")) is not None:
        return SparqlSource(endpoint=endpoint, nulls=nulls, mark=node.mark)
    named = reader.one(node, "path")
    if named is not None and reader.is_described(named.term) and named.term != node.term:
        found = read_source(reader, named)  # a path that is no text but the name of a source: that source
        return found if found is None or nulls is None else replace(found, nulls=(*(found.nulls or ()), *nulls))
    path = reader.text(node, "path") or reader.text(node, CSVW + "url")
    if path is None and (url := reader.text(node, DCAT_URL)) is not None:
        path = url
    if path is None:
        if not graph.about(node.term):
            message = f"nothing is said of the source `{show_term(node)}`"
        else:
            message = "a source of a kind that this engine does not read"
        reader.tell(
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
    dialect, csvw_encoding = read_dialect(reader, node)
    return FileSource(
        path=path,
        root=root,
        compression=read_compression(reader, node),
        encoding=read_encoding(reader, node) or csvw_encoding or "utf-8",
        nulls=nulls,
        dialect=dialect,
        mark=(reader.one(node, "path") or reader.one(node, CSVW + "url") or node).mark,
    )


def path_source(path: str, node: MarkedTerm) -> Source:
    """A source written as a text: a table handed over as `{name}`, else a path."""
    if path.startswith("{") and path.endswith("}"):
        return NamedSource(name=path[1:-1], mark=node.mark)
    return FileSource(path=path, mark=node.mark)


def read_logical_view(reader: Reader, node: MarkedTerm) -> LogicalView | None:
    """A logical view with its fields and joins; a view that rests on itself is a mistake."""
    if node.term in reader.open_views:
        name = show_term(node)
        reader.tell("map-view-cycle", node.mark, f"the logical view `{name}` rests on itself", "break the circle")
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
        reader.incomplete(
            node.mark,
            "a logical view without `rml:viewOn`",
            "name the source or view it is on",
        )
        return None
    below = read_logical_source(reader, on)
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
            reader.incomplete(found.mark, "a field without `rml:fieldName`", "name the field")
            continue
        inner = tuple(read_fields(reader, found))
        if reader.has(found, "iterator") or RML + "IterableField" in reader.graph.types(found.term):
            formulation = read_formulation(reader, found)
            # RML-LV: without an iterator, that of the formulation; of CSV it is the row, whatever it is called
            iterator = reader.text(found, "iterator") or WHOLE.get(formulation or Formulation.COLUMNS)
            if iterator is None and formulation is not Formulation.CSV:
                hint = "add an `rml:iterator`, or an `rml:referenceFormulation`, which has one"
                reader.incomplete(found.mark, f"the iterable field `{name}` does not say what it iterates over", hint)
                continue
            made = IterableField(
                name=name, iterator=iterator or "row", formulation=formulation, fields=inner, mark=found.mark
            )
            fields.append(made)
        elif not any(reader.has(found, word) for word in (*EXPRESSIONS, "termType", "gather")):
            hint = "add an `rml:reference`, or for rows of its own an `rml:iterator`"
            reader.incomplete(found.mark, f"the field `{name}` has no expression", hint)
        elif (value := read_value(reader, found)) is not None:
            tell_tags(reader, found)
            fields.append(ExpressionField(name=name, value=value, fields=inner, mark=found.mark))
    return fields


def tell_tags(reader: Reader, node: MarkedTerm) -> None:
    """What makes a term of a value has no use in a field, which is an expression map (RML-LV §4)."""
    for word in ("termType", "datatype", "datatypeMap", "language", "languageMap"):
        for statement in reader.graph.statements(node.term, word):
            hint = "write it in the term map that refers to the field"
            reader.tell("map-unread", statement.written.mark, f"`rml:{word}` has no use in a field", hint)


def read_view_join(reader: Reader, node: MarkedTerm, kind: str) -> ViewJoin | None:
    """A join of a view with another one; None where the other is not named or has a mistake."""
    parent = reader.one(node, "parentLogicalView")
    if parent is None:
        reader.incomplete(node.mark, "a join without `rml:parentLogicalView`", "name the other view")
        return None
    view = read_logical_view(reader, parent)
    conditions = read_join_conditions(reader, node)
    fields = []
    for field in read_fields(reader, node):
        if isinstance(field, IterableField) or field.fields:  # RML-LV §5: a join adds values of the other view
            message = f"the field `{field.name}` of a join has rows of its own, which only a view's own fields have"
            reader.tell("map-field", field.mark, message, "make it a field of the other view, and refer to that")
        else:
            fields.append(field)
    if conditions == ():
        reader.incomplete(node.mark, "a join of views without `rml:joinCondition`", "add a condition")
    if view is None or not conditions:
        return None
    return ViewJoin(
        parent=view,
        conditions=conditions,
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
            reader.tell("map-field-twice", each.mark, f"a second field `{each.name}`", "rename one of the two")
            good = False
        seen.add(each.name)
        if each.fields:
            good = check_field_names(reader, list(each.fields), []) and good
    return good
