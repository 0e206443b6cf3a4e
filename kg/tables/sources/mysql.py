"""MySQL and MariaDB through a driver's server-side cursor, in batches to Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.diagnostic import KgError
from kg.tables.sources.dialects import (
    BATCH,
    ColumnType,
    Described,
    RefusedError,
    arrow_strings,
    first_line,
    split_name,
)
from kg.tables.sources.dsn import Address
from kg.tables.sources.shelf import Shelf

BINARY = 63  # the character set that MySQL gives to bytes


class MySql:
    """A connection, and one consistent read-only snapshot over it."""

    def __init__(self, address: Address, shelf: Shelf) -> None:
        try:
            import pymysql
        except ImportError as error:
            raise KgError("MySQL needs the package `pymysql`") from error
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
                cursor.execute("SET SESSION lock_wait_timeout = 10")
                cursor.execute("START TRANSACTION READ ONLY")
        except pymysql.Error as error:
            raise RefusedError(f"MySQL refuses the connection: {self.words(error)}", login=True) from None

    def close(self) -> None:
        self.connection.close()

    def words(self, error: Any) -> str:
        return first_line(ValueError(error.args[1] if len(error.args) > 1 else str(error)))

    def describe_table(self, name: str) -> Described:
        return self.describe(".".join("`" + p.replace("`", "``") + "`" for p in split_name(name)))

    def describe_query(self, query: str) -> Described:
        return self.describe(f"({query}\n)")

    def describe(self, relation: str) -> Described:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {relation} AS q LIMIT 0")
                result: Any = cursor._result  # type: ignore[attr-defined] # only this tells BLOB from TEXT
                fields = result.fields
        except self.module.Error as error:
            raise RefusedError(f"MySQL says: {self.words(error)}") from None
        return Described(
            relation=relation,
            columns=tuple(ColumnType(name=f.name, kind=self.kind(f)) for f in fields),
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

    def load(self, described: Described, wanted: list[int], name: str) -> None:
        selected = []
        for index in wanted:
            column = described.columns[index]
            quoted = "`" + column.name.replace("`", "``") + "`"
            if column.kind == "binary":
                text = f"HEX({quoted})"
            elif column.kind in {"boolean", "integer"}:
                text = f"CAST({quoted} + 0 AS CHAR)"  # of bits, their number
            elif column.kind == "single":
                text = f"CAST({quoted} + 0e0 AS CHAR)"  # a FLOAT as text has six digits only
            else:
                text = f"CAST({quoted} AS CHAR)"
            selected.append(f"{text} AS c{index}")
        query = f"SELECT {', '.join(selected)} FROM {described.relation} AS q"
        try:
            arrow_strings(self.target, name, [f"c{i}" for i in wanted], self.fetch(query))
        except self.module.Error as error:
            raise RefusedError(f"MySQL says: {self.words(error)}") from None

    def fetch(self, query: str) -> Iterator[Any]:
        with self.connection.cursor(self.module.cursors.SSCursor) as cursor:
            cursor.execute(query)
            while batch := cursor.fetchmany(BATCH):
                yield batch
