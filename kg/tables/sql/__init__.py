"""Relations and steps of a plan → SQL. No other file of `kg` writes a query over mapped rows.

What is written is never searched, cut or replaced again: a plan is changed before (`kg.tables.rewrite`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from kg.rdf.namespace import RDF
from kg.tables.engine.macros import quote_name, quote_text
from kg.tables.plan.relation import (
    CollectionMembers,
    Distinct,
    Extend,
    Filter,
    First,
    Grouped,
    Heads,
    Join,
    Joining,
    Make,
    Named,
    Project,
    Relation,
    Scan,
    Sort,
    Union,
    Unnest,
)
from kg.tables.plan.show import show_relation
from kg.tables.plan.value import Condition, Value
from kg.tables.rewrite import Query
from kg.tables.rewrite.facts import IsFull, IsPlain, IsRepetitive, IsUnique, IsUrlSafe, Lacks, Question
from kg.tables.sql.values import write_condition, write_text, write_value

# lines as they are: DuckDB's CSV with nothing quoted, escaped, divided or left out
LINES = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', NULLSTR ''"
FEW = 3  # so many single bytes are found sooner one by one than by a pattern
JOINS = {Joining.LEFT: "LEFT JOIN", Joining.SEMI: "SEMI JOIN", Joining.ANTI: "ANTI JOIN"}


# -- relations ------------------------------------------------------------------------------------


def write_query(relation: Relation) -> str:
    """The rows of a relation as a SELECT.

    >>> write_query(First(rows=Scan(table="s0", alias="t"), count=1))
    'SELECT * FROM "s0" t LIMIT 1'
    """
    match relation:
        case Project():
            return f"SELECT {write_columns(relation)}{write_source(relation.rows)}"
        case Distinct(rows=Project() as rows):
            return f"SELECT DISTINCT {write_columns(rows)}{write_source(rows.rows)}"
        case Distinct(rows=rows):
            return f"SELECT DISTINCT *{write_source(rows)}"
        case Union(relations=relations):
            return " UNION ALL ".join(write_query(each) for each in relations)
        case First(rows=Project() | Distinct() | Sort() | Grouped() as rows, count=count):
            return f"{write_query(rows)} LIMIT {count}"
        case First(rows=rows, count=count):
            return f"SELECT *{write_source(rows)} LIMIT {count}"
        case Grouped(rows=rows, key=key, number=number, most=most):
            name, own = quote_name(number), quote_name(key)
            return (
                f"SELECT {own}, list_slice(list_sort(list(DISTINCT {name})), 1, {most}) AS numbers,"
                f" count(DISTINCT {name}) AS count{write_source(rows)} GROUP BY {own}"
            )
        case CollectionMembers():
            return write_members(relation)
        case Heads():
            return write_heads(relation)
        case Scan() | Unnest() | Join() | Filter() | Extend() | Sort():
            return f"SELECT *{write_source(relation)}"
        case _:
            assert_never(relation)


def write_columns(project: Project) -> str:
    """What a SELECT has between its first word and its FROM."""
    every = [] if project.every is None else [f"{project.every}.*"]
    return ", ".join([*every, *map(write_named, project.columns)])


def write_named(named: Named) -> str:
    """A value under its name."""
    return f"{write_value(named.value)} AS {quote_name(named.name)}"


@dataclass(frozen=True, kw_only=True)
class FromClause:
    """The FROM of a query: tables one beside the other, and the conditions on their rows."""

    tables: tuple[str, ...]
    conditions: tuple[str, ...] = ()


def write_source(relation: Relation) -> str:
    """FROM, WHERE and ORDER BY for the rows of a relation."""
    order = ""
    if isinstance(relation, Sort):
        order = f" ORDER BY {', '.join(map(write_value, relation.by))}"
        relation = relation.rows
    source = find_source(relation)
    where = f" WHERE {' AND '.join(source.conditions)}" if source.conditions else ""
    return f" FROM {', '.join(source.tables)}{where}{order}"


def find_source(relation: Relation) -> FromClause:
    """The tables that a relation's rows are read from; what is no table is one in parentheses.

    >>> find_source(Project(rows=Scan(table="s0", alias="t"), columns=(), every="t", apart=True)).tables
    ('(WITH kg_rows AS MATERIALIZED (SELECT t.* FROM "s0" t) SELECT * FROM kg_rows) t',)
    """
    match relation:
        case Scan(table=table, alias=alias, part=part):
            return FromClause(tables=(f"{quote_name(name_part(table, part))} {alias}",))
        case Unnest(rows=rows, listed=listed, alias=alias, numbered=numbered, kept=kept):
            below = find_source(rows)
            written = f"kg_kept({write_value(listed)})" if kept else write_value(listed)
            names = "WITH ORDINALITY AS {}(x, n)" if numbered else "AS {}(x)"
            items = f"UNNEST({written}) {names.format(alias)}"
            return FromClause(tables=(*below.tables, items), conditions=below.conditions)
        case Join(left=left, right=right, on=on, how=Joining.INNER):
            one, other = find_source(left), find_source(right)
            conditions = [f"{write_value(a)} = {write_value(b)}" for a, b in on]
            return FromClause(
                tables=(*one.tables, *other.tables), conditions=(*one.conditions, *other.conditions, *conditions)
            )
        case Join(left=left, right=right, on=on, how=how):
            one, other = find_source(left), find_source(right)
            assert len(one.tables) == len(other.tables) == 1 and not one.conditions and not other.conditions
            equal = " AND ".join(f"{write_value(a)} = {write_value(b)}" for a, b in on)
            return FromClause(tables=(f"{one.tables[0]} {JOINS[how]} {other.tables[0]} ON {equal}",))
        case Filter(rows=rows, condition=condition):
            below = find_source(rows)
            return FromClause(tables=below.tables, conditions=(*below.conditions, write_condition(condition)))
        case Extend(rows=rows, columns=columns, alias=alias):
            made = ", ".join(map(write_named, columns))
            return FromClause(tables=(f"(SELECT *, {made}{write_source(rows)}) {alias}",))
        case Project(alias=alias, apart=True):
            return FromClause(
                tables=(f"(WITH kg_rows AS MATERIALIZED ({write_query(relation)}) SELECT * FROM kg_rows) {alias}",)
            )
        case Project(alias=alias) | Distinct(alias=alias) | Union(alias=alias):
            return FromClause(tables=(f"({write_query(relation)}) {alias}",))
        case Sort() | First() | Grouped() | CollectionMembers() | Heads():
            return FromClause(tables=(f"({write_query(relation)}) t",))
        case _:
            assert_never(relation)


def name_part(table: str, part: int | None) -> str:
    """The name of a part of a table; without one, that of the table.

    >>> name_part("s0", 3), name_part("s0", None)
    ('s0/3', 's0')
    """
    return table if part is None else f"{table}/{part}"


# -- collections ----------------------------------------------------------------------------------


def write_members(members: CollectionMembers) -> str:
    """The members of collections, as `CollectionMembers` describes them."""
    rows = write_query(members.rows)
    parts = [write_query(part) for part in members.parts]
    flat = combine_parts(parts) if members.product else " UNION ALL ".join(
        f"SELECT *, 0 AS combo FROM ({part})" for part in parts
    )  # fmt: skip
    own = "h || 'c' || combo" if members.apart else "h"
    there = "h IS NOT NULL AND x IS NOT NULL" + (" AND g IS NOT NULL" if members.has_graph else "")
    label = f"'_:k{members.number}x' || md5(concat(h, ' ', g)) || 'x' || "
    cell = f"CASE WHEN {{0}} = 1 THEN h ELSE {label}({{0}}) END"
    return (
        f"WITH parts AS (SELECT i, {own} AS h, g, part, n, x, combo FROM ({flat}) JOIN ({rows}) USING (i)),"
        " placed AS (SELECT *, row_number() OVER (PARTITION BY h, g ORDER BY i, combo, part, n) AS p,"
        f" count(*) OVER (PARTITION BY h, g) AS size FROM parts WHERE {there})"
        f" SELECT i, combo AS n, h, g, x, '<{RDF}_' || p || '>' AS m, {cell.format('p')} AS c,"
        f" CASE WHEN p = size THEN '<{RDF}nil>' ELSE {cell.format('p + 1')} END AS r FROM placed"
    )


def combine_parts(parts: Sequence[str]) -> str:
    """The members of each combination of one term of each part: the Cartesian product within a row."""
    joined = f"({parts[0]}) p0"
    for place, part in enumerate(parts[1:], 1):
        joined += f" JOIN ({part}) p{place} USING (i)"
    places = range(len(parts))
    order = ", ".join(f"p{k}.n" for k in places)
    terms = ", ".join(f"p{k}.x" for k in places)
    there = " AND ".join(f"p{k}.x IS NOT NULL" for k in places)
    combos = (
        f"SELECT i, [{terms}] AS terms, row_number() OVER (PARTITION BY i ORDER BY {order}) AS combo"
        f" FROM {joined} WHERE {there}"
    )
    numbers = ", ".join(map(str, places))
    return (
        "SELECT i, unnest([" + numbers + f"]) AS part, NULL::BIGINT[] AS n, unnest(terms) AS x, combo FROM ({combos})"
    )


def write_heads(heads: Heads) -> str:
    """The heads of each row; one without members is empty, or another row's members follow it."""
    store, rows, empty = quote_name(heads.members), write_query(heads.rows), write_value(heads.empty)
    return (
        f"SELECT i, min(n) AS n, h, g FROM {store} GROUP BY i, h, g"
        f" UNION ALL SELECT * FROM (SELECT t.i, 0, CASE WHEN m.h IS NOT NULL THEN t.h ELSE {empty} END AS h, t.g"
        f" FROM ({rows}) t LEFT JOIN (SELECT DISTINCT h, g FROM {store}) m"
        " ON m.h = t.h AND m.g IS NOT DISTINCT FROM t.g"
        f" WHERE t.h IS NOT NULL AND t.i NOT IN (SELECT i FROM {store})) WHERE h IS NOT NULL"
    )


# -- steps ----------------------------------------------------------------------------------------


def write_make(make: Make) -> str:
    """The step that keeps a relation's rows as a table."""
    return f"CREATE OR REPLACE TEMP TABLE {quote_name(make.name)} AS {write_query(make.rows)}"


def explain_steps(makes: Iterable[Make], queries: Iterable[Query]) -> Iterator[str]:
    """The steps of a plan, each with its relation and its SQL."""
    steps = [(f"made beforehand: {make.name}", make.rows, write_make(make)) for make in makes]
    steps += [(query.reason, query.rows, write_query(query.rows)) for query in queries]
    for words, rows, sql in steps:
        shown = "\n".join(f"--   {line}" for line in show_relation(rows))
        yield f"-- {words}\n{shown}\n{sql};\n"


def write_texts(name: str, column: str) -> str:
    """The step that keeps texts, given as the only parameter of the statement, as a table of one column."""
    return f"CREATE OR REPLACE TEMP TABLE {quote_name(name)} AS SELECT unnest(?::VARCHAR[]) AS {quote_name(column)}"


def write_union(relations: Sequence[Relation]) -> str:
    """The lines of several relations, each with a column `l`."""
    return "\nUNION ALL\n".join(map(write_query, relations)) or "SELECT NULL::VARCHAR AS l WHERE false"


def write_copy(relations: Sequence[Relation], path: Path, size: int | None = None) -> str:
    """The step that writes lines into a file, or with *size* (bytes of each) into files of a folder."""
    return write_lines_copy(write_union(relations), path, size)


def write_lines_copy(lines: str, path: Path, size: int | None = None) -> str:
    """The step that writes the lines `l` of a query, in the same way."""
    cut = f"FILE_SIZE_BYTES '{size / 1000}KB', FILENAME_PATTERN '{{i}}'" if size else "USE_TMP_FILE false"
    return f"COPY ({lines}) TO {quote_text(str(path))} ({LINES}, {cut})"


def write_set(name: str) -> str:
    """The lines of a table, each once, in the order of their bytes."""
    return f"SELECT DISTINCT l FROM {quote_name(name)} ORDER BY l"


def write_bucketed(relations: Sequence[Relation], buckets: int) -> str:
    """The different lines of several relations, each with its bucket `kg_bucket`, in the order of these."""
    lines = f"SELECT DISTINCT l FROM ({write_union(relations)}) WHERE l IS NOT NULL"
    return f"SELECT l, (hash(l) % {buckets})::INTEGER AS kg_bucket FROM ({lines}) ORDER BY kg_bucket"


def write_buckets(rows: Project, keys: Sequence[Value], buckets: int) -> str:
    """Rows, each with the bucket `kg_bucket` of its keys, in the order of these; those without a key meet no other."""
    values = ", ".join(map(write_value, keys))
    columns, source = write_columns(rows), write_source(rows.rows)
    return f"SELECT {columns}, (hash({values}) % {buckets})::INTEGER AS kg_bucket{source} ORDER BY kg_bucket"


def write_hashes(question: IsUnique) -> str:
    """The hash `h` of each row that has a value in all columns of a question."""
    names = [quote_name(column) for column in question.columns]
    there = " AND ".join(f"{name} IS NOT NULL" for name in names)
    return f"SELECT hash({', '.join(names)}) AS h FROM {quote_name(question.table)} WHERE {there}"


def write_sorting(path: Path, made: Path, longest: int = 1 << 26) -> str:
    """The step that writes the lines of a file into another one, in the order of their bytes; *longest* in bytes."""
    lines = (
        f"read_csv({quote_text(str(path))}, columns={{'l': 'VARCHAR'}}, header=false,"
        f" auto_detect=false, delim='\x01', quote='', escape='', max_line_size={longest})"
    )
    return f"COPY (SELECT l FROM {lines} WHERE l IS NOT NULL ORDER BY l) TO {quote_text(str(made))} ({LINES})"


def write_line_count(relations: Sequence[Relation]) -> str:
    """The number of lines of several relations; a row may hold several lines."""
    ends = "strlen(l) - strlen(replace(l, chr(10), '')) + 1"
    return f"SELECT coalesce(sum({ends}), 0)::BIGINT FROM ({write_union(relations)})"


def write_row_count(relation: Relation) -> str:
    """The number of a relation's rows."""
    return f"SELECT count(*) FROM ({write_query(relation)})"


def write_counts(rows: Relation, conditions: Sequence[Condition]) -> str:
    """The number of rows that fulfil each condition."""
    counts = ", ".join(f"count(*) FILTER (WHERE {write_condition(each)})" for each in conditions)
    return f"SELECT {counts}{write_source(rows)}"


# -- questions ------------------------------------------------------------------------------------


def write_answers(table: str, questions: Sequence[Question]) -> str:
    """The number of a table's rows, and the answers to questions about it, in one scan."""
    asked = ", ".join(["count(*)", *map(write_question, questions)])
    return f"SELECT {asked} FROM {quote_name(table)}"


def write_question(question: Question) -> str:
    """The aggregate that answers a question about a table, which is asked for a boolean."""
    match question:
        case IsFull(column=column):
            return f"count({quote_name(column)}) = count(*)"
        case IsUrlSafe(column=column):
            name = quote_name(column)
            return f"coalesce(bool_and(strlen(url_encode({name})) = strlen({name})), true)"
        case IsPlain(column=column, codes=codes):
            name = quote_name(column)
            sought = f"regexp_matches({name}, '[\\x00-\\x1F\\x7F\"\\\\]')"
            if len(codes) <= FEW:
                sought = " OR ".join(f"contains({name}, chr({code}))" for code in sorted(codes)) or "false"
            return f"NOT coalesce(bool_or({sought}), false)"
        case Lacks(column=column, char=char):
            return f"NOT coalesce(bool_or(contains({quote_name(column)}, {write_text(char)})), false)"
        case IsUnique(columns=columns):
            names = [quote_name(column) for column in columns]
            there = " AND ".join(f"{name} IS NOT NULL" for name in names)
            return f"count(DISTINCT hash({', '.join(names)})) FILTER ({there}) = count(*) FILTER ({there})"
        case IsRepetitive(columns=columns):
            names = [quote_name(column) for column in columns]
            return f"approx_count_distinct(hash({', '.join(names)})) * 2 <= count(*)"
        case _:
            raise TypeError(question)


def write_emptiness(relation: Relation) -> str:
    """Whether a relation has no row."""
    return f"SELECT count(*) = 0 FROM (SELECT 1{write_source(relation)} LIMIT 1)"
