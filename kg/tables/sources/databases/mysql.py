"""MySQL and MariaDB through a driver's server-side cursor, in batches to Arrow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from kg.tables.engine.macros import quote_name
from kg.tables.sources.dialects import (
    ColumnType,
    DescribedTable,
    Doubt,
    KeyRange,
    RefusedError,
    cut_ranges,
    first_line,
    split_name,
    store_strings,
)
from kg.tables.sources.dsn import DatabaseAddress
from kg.tables.sources.shelf import Shelf

KEYS = ("bigint", "int", "mediumint", "smallint", "tinyint", "date", "datetime", "varchar", "char")  # types of keys
FIRST, MOST = 100, 50_000  # rows of the first batch, and of any
ROOM = 1 << 24  # bytes that the texts of a batch may take
SAMPLED = 20  # each so many rows one is measured
EACH = 50  # bytes that a text of Python has beside its characters
BINARY = 63  # the character set that MySQL gives to bytes


def quote_column(name: str) -> str:
    """A name in MySQL's own quotes."""
    return "`" + name.replace("`", "``") + "`"


_UNREAD = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|`[^`]*`|(?:--\s|#)[^\n]*|/\*.*?\*/", re.DOTALL)
BARS = Doubt(
    message="`||` joins two texts here, as in SQL:2008; in a client of MySQL or MariaDB it is OR",
    hint="write OR, or CONCAT(...)",
)


# a text alone beside bars is no condition: they join it to others
_JOINED = re.compile(r"(?i)\|\|\s*''\s*(?:\|\||(?!\s|[=<>!]|(?:not|like|regexp|in|is|between)\b))")
_LISTED = re.compile(r"(?is)\bselect\b.*?\bfrom\b")
_DECIDES = re.compile(r"(?is)\bwhen\b(?:(?!\bthen\b).)*?\|\||\bif\s*\([^,]*\|\|")
_FILTERS = re.compile(r"(?is)\b(?:where|having|on)\b(?:(?!\b(?:group|order|limit)\b).)*?\|\|")


def find_doubt(query: str) -> Doubt | None:
    """What is told of bars in a condition, where OR may be meant: elsewhere they make a text.

    >>> find_doubt("SELECT 'a' || id AS k FROM t WHERE name = '||'")
    >>> find_doubt("SELECT id FROM t WHERE a = 1 || b = 2") == BARS
    True
    """
    read = _UNREAD.sub(lambda found: {"'": "''", '"': "x", "`": "x"}.get(found[0][0], " "), query)
    read = _JOINED.sub(" ", read)
    return BARS if _DECIDES.search(read) or _FILTERS.search(_LISTED.sub(" ", read)) else None


class MySql:
    """A connection, and one consistent read-only snapshot over it."""

    def __init__(self, address: DatabaseAddress, shelf: Shelf) -> None:
        import pymysql
        import pymysql.constants.FLAG  # which the package does not import by itself

        self.shelf, self.target = shelf, shelf.connection
        self.module = pymysql
        try:
            self.connection = pymysql.connect(
                host=address.host,
                port=address.port or 3306,
                user=address.user or "root",
                password=address.secret or "",
                database=address.name or None,
                charset="utf8mb4",
                connect_timeout=10,
            )
            with self.connection.cursor() as cursor:
                # standard SQL, as R2RML has it: double quotes delimit names, CHAR(n) is filled up with blanks
                cursor.execute(
                    "SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES,PIPES_AS_CONCAT,PAD_CHAR_TO_FULL_LENGTH')"
                )
                cursor.execute("SELECT if(@@time_zone = 'SYSTEM', @@system_time_zone, @@time_zone)")
                [(zone,)] = cursor.fetchall()
                self.zone = "" if zone in {"UTC", "Etc/UTC", "+00:00"} else str(zone)
                cursor.execute("SET SESSION lock_wait_timeout = 10")
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        except pymysql.Error as error:
            raise RefusedError(f"MySQL refuses the connection: {self.words(error)}", login=True) from None

    def close(self) -> None:
        self.connection.close()

    def words(self, error: Any) -> str:
        return first_line(ValueError(error.args[1] if len(error.args) > 1 else str(error)))

    def describe_table(self, name: str) -> DescribedTable:
        return replace(self.describe(".".join(map(quote_column, split_name(name)))), is_table=True)

    def describe_query(self, query: str) -> DescribedTable:
        return replace(self.describe(f"({query}\n)"), doubt=find_doubt(query))

    def describe(self, relation: str) -> DescribedTable:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {relation} AS q LIMIT 0")
                result: Any = cursor._result  # type: ignore[attr-defined] # only this tells BLOB from TEXT
                fields = result.fields
        except self.module.Error as error:
            raise RefusedError(f"MySQL says: {self.words(error)}") from None
        return DescribedTable(
            relation=relation,
            columns=tuple(
                ColumnType(
                    name=f.name,
                    kind=(kind := self.kind(f)),
                    type_name=self.name_type(f),
                    padded=self.is_padded(f),
                    zone=self.zone if f.type_code == self.module.constants.FIELD_TYPE.TIMESTAMP else "",
                    collated=kind == "text",
                )
                for f in fields
            ),
        )

    def kind(self, field: Any) -> str:
        types = self.module.constants.FIELD_TYPE
        code = field.type_code
        if code in {types.BIT, types.TINY} and field.length == 1:
            return "boolean"
        kinds = {
            types.TINY: "integer", types.SHORT: "integer", types.LONG: "integer", types.LONGLONG: "integer",
            types.INT24: "integer", types.YEAR: "integer", types.BIT: "integer",
            types.DECIMAL: "decimal", types.NEWDECIMAL: "decimal",
            types.FLOAT: "single", types.DOUBLE: "double", types.DATE: "date", types.NEWDATE: "date",
            types.TIME: "time", types.DATETIME: "dateTime", types.TIMESTAMP: "dateTime",
        }  # fmt: skip
        if code in kinds:
            return kinds[code]
        texts = {
            types.BLOB,
            types.TINY_BLOB,
            types.MEDIUM_BLOB,
            types.LONG_BLOB,
            types.STRING,
            types.VAR_STRING,
            types.VARCHAR,
        }
        return "binary" if code in texts and field.charsetnr == BINARY else "text"

    def name_type(self, field: Any) -> str:
        """The name of a type that has no text; of all others nobody asks for it."""
        return "GEOMETRY" if field.type_code == self.module.constants.FIELD_TYPE.GEOMETRY else ""

    def is_padded(self, field: Any) -> bool:
        """Whether a column is CHAR(n); enumerations and sets bear the same code."""
        constants = self.module.constants
        named = field.flags & (constants.FLAG.ENUM | constants.FLAG.SET)
        return bool(field.type_code == constants.FIELD_TYPE.STRING and field.charsetnr != BINARY and not named)

    def list_tables(self) -> list[str]:
        asked = "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
        return [name for (name,) in self.ask(asked)]

    def quote(self, name: str) -> str:
        return quote_column(name)

    def probe(self, query: str) -> Sequence[Any] | None:
        try:
            [row] = self.ask(query)
        except RefusedError:
            return None
        found: Sequence[Any] = row
        return found

    def load(self, described: DescribedTable, wanted: list[int], name: str) -> None:
        texts = self.write_texts(described, wanted)
        selected = ", ".join(f"{text} AS c{index}" for text, index in zip(texts, wanted, strict=True))
        query = f"SELECT {selected} FROM {described.relation} AS q{described.write_rest(texts)}"
        try:
            store_strings(self.target, name, [f"c{i}" for i in wanted], self.fetch(query))
        except self.module.Error as error:
            raise RefusedError(f"MySQL says: {self.words(error)}") from None

    def write_texts(self, described: DescribedTable, wanted: list[int]) -> list[str]:
        """SQL of the text of each wanted column. Raises RefusedError for one of geometries."""
        texts = []
        for index in wanted:
            column = described.columns[index]
            quoted = quote_column(column.name)
            if column.type_name == "GEOMETRY":
                hint = f"in a query, write `ST_AsText({quote_name(column.name)})`"
                message = f"the column `{column.name}` holds geometries, which have no text"
                raise RefusedError(message, hint=hint, column=index)
            if column.kind == "binary":
                text = f"HEX({quoted})"
            elif column.kind in {"boolean", "integer"}:
                text = f"CAST({quoted} + 0 AS CHAR)"  # of bits, their number
            elif column.kind == "single":
                text = f"CAST({quoted} + 0e0 AS CHAR)"  # a FLOAT as text has six digits only
            else:
                text = f"CAST({quoted} AS CHAR)"
            texts.append(text)
        return texts

    def fetch(self, query: str) -> Iterator[Any]:
        """The rows of an answer in batches: as many rows as would have filled `ROOM`, were they like those before."""
        with self.connection.cursor(self.module.cursors.SSCursor) as cursor:
            cursor.execute(query)
            size = FIRST
            while batch := cursor.fetchmany(size):
                yield batch
                seen = batch[::SAMPLED]
                texts = list(filter(None, chain.from_iterable(seen)))
                row = (sum(map(len, texts)) + EACH * len(texts)) / len(seen)
                size = int(min(MOST, max(1, ROOM / (1 + row))))

    def ask(self, query: str, values: tuple[str | None, ...] = ()) -> Any:
        """The rows of an answer."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall()
        except self.module.Error as error:
            raise RefusedError(f"MySQL says: {self.words(error)}") from None

    def cut_table(self, described: DescribedTable, most: int) -> tuple[KeyRange, ...]:
        """Only tables of InnoDB, of which each connection sees one moment."""
        if not described.is_table:
            return ()
        *schema, table = split_name(described.relation)
        listed = ", ".join(f"'{name}'" for name in KEYS)
        found = self.ask(
            "SELECT s.column_name, c.data_type, s.non_unique = 0 AND NOT EXISTS (SELECT 1"
            " FROM information_schema.statistics o WHERE (o.table_schema, o.table_name, o.index_name) ="
            " (s.table_schema, s.table_name, s.index_name) AND o.seq_in_index = 2) AS single,"
            " c.is_nullable = 'YES' AS lacks"
            " FROM information_schema.statistics s JOIN information_schema.columns c"
            " USING (table_schema, table_name, column_name)"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE s.table_schema = coalesce(%s, database()) AND s.table_name = %s AND s.seq_in_index = 1"
            f" AND s.sub_part IS NULL AND t.engine = 'InnoDB' AND c.data_type IN ({listed})"
            f" ORDER BY s.index_name <> 'PRIMARY', single DESC, field(c.data_type, {listed}), s.column_name LIMIT 1",
            (schema[-1] if schema else None, table),
        )
        if not found:
            return ()
        [(name, kind, single, empty)] = found
        key, whole = quote_column(name), kind.endswith("int")
        bounds = self.ask(
            f"SELECT k FROM (SELECT {key} AS k, row_number() OVER (ORDER BY {key}) AS n"
            f" FROM {described.relation} AS q WHERE {key} IS NOT NULL) AS q"
            f" WHERE n > 1 AND (n - 1) % {most} = 0 ORDER BY n"
        )
        written = [str(bound) if whole else self.connection.escape(str(bound)) for (bound,) in bounds]
        return cut_ranges(KeyRange(key=key, unique=bool(single), empty=bool(empty)), written)

    def tell_moment(self) -> str:
        return ""  # no other connection can be told

    def join_moment(self, moment: str) -> None:
        return

    def is_moment(self, moment: str) -> bool:
        return True  # told by the sums

    def sum_rows(self, described: DescribedTable, wanted: list[int]) -> str:
        texts = ", ',', ".join(f"quote({text})" for text in self.write_texts(described, wanted))
        where = f" WHERE {described.only.where}" if described.only is not None else ""
        [found] = self.ask(f"SELECT count(*), sum(crc32(concat({texts}))) FROM {described.relation} AS q{where}")
        return " ".join(map(str, found))
