"""Addresses of databases: JDBC's, SQLAlchemy's and plain URLs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, unquote

from kg.rdf.iri import split_address

KINDS = {
    "postgresql": "postgresql", "postgres": "postgresql", "mysql": "mysql", "mariadb": "mysql",
    "sqlite": "sqlite", "duckdb": "duckdb",
}  # fmt: skip
FILES = {  # ending of a file → the kind of database that it is
    **dict.fromkeys((".db", ".db3", ".sqlite", ".sqlite3"), "sqlite"), **dict.fromkeys((".duckdb", ".ddb"), "duckdb"),
}  # fmt: skip
PASSWORD_VARIABLE = "KG_DB_PASSWORD"


class AddressError(ValueError):
    """A text that is no address of a database that is known here."""


@dataclass(frozen=True, kw_only=True)
class DatabaseAddress:
    """Where a database is. The password is never shown, not even by `repr`."""

    kind: str
    host: str = ""
    port: int | None = None
    name: str = ""
    path: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def with_login(self, user: str | None, password: str | None) -> DatabaseAddress:
        """The address with the mapping's user and password, where the address itself has none."""
        return replace(self, user=self.user or user or None, password=self.password or password or None)

    def at(self, path: Path) -> DatabaseAddress:
        return replace(self, path=str(path))

    @property
    def secret(self) -> str | None:
        """The password: of the address, else of the environment."""
        return self.password or os.environ.get(PASSWORD_VARIABLE)

    @property
    def libpq(self) -> str:
        """The address as PostgreSQL's library reads it."""
        user = quote(self.user or "", safe="")
        secret = ":" + quote(self.secret, safe="") if self.secret else ""
        login = f"{user}{secret}@" if user else ""
        port = f":{self.port}" if self.port else ""
        return f"postgresql://{login}{self.host}{port}/{quote(self.name, safe='')}?connect_timeout=10"


def find_file_kind(path: str) -> str | None:
    """The kind of a database that is a file, by the ending of its name; None where it tells none.

    >>> find_file_kind("data/people.duckdb"), find_file_kind("people.csv")
    ('duckdb', None)
    """
    return FILES.get(Path(path).suffix.lower())


def read_address(text: str) -> DatabaseAddress:
    """An address of any of the usual spellings, or the name of a file that ends as those of databases do.

    >>> read_address("jdbc:postgresql://localhost:5432/shop")
    DatabaseAddress(kind='postgresql', host='localhost', port=5432, name='shop', path=None, user=None)
    >>> read_address("jdbc:sqlite:people.db").path
    'people.db'
    >>> read_address("data/people.duckdb").path
    'data/people.duckdb'
    >>> read_address("sqlite:////data/people.db").path
    '/data/people.db'
    """
    plain = text.removeprefix("jdbc:")
    found = re.match(r"([A-Za-z]+)(?:\+\w+)?:(.*)\Z", plain, re.DOTALL)
    if found is None and (file := find_file_kind(text)) is not None:
        return DatabaseAddress(kind=file, path=text)
    if found is None or found.group(1).lower() not in KINDS:
        raise AddressError(f"`{hide_password(text)}` is no address of a PostgreSQL, MySQL, SQLite or DuckDB database")
    kind, rest = KINDS[found.group(1).lower()], found.group(2)
    if kind in {"sqlite", "duckdb"}:
        path = rest[3:] if rest.startswith("///") else rest.removeprefix("//")
        return DatabaseAddress(kind=kind, path=unquote(path.split("?")[0]))
    if not rest.startswith("//") and re.search(r"[:@]", rest):
        shown = hide_password(text)
        raise AddressError(f"`{shown}` is no address of a database: `//` and the host come behind `{kind}:`")
    parts = split_address("x:" + rest)
    if not parts.scheme:
        raise AddressError(f"`{hide_password(text)}` is no address of a database: a bracket of its host is not closed")
    parameters = dict(p.split("=", 1) for p in parts.query.split("&") if "=" in p)
    try:
        port = parts.port
    except ValueError:
        raise AddressError(f"`{hide_password(text)}` has no valid port") from None
    user = parts.username or parameters.get("user")
    password = parts.password or parameters.get("password")
    return DatabaseAddress(
        kind=kind,
        host=parts.hostname or "localhost",
        port=port,
        name=unquote(parts.path.lstrip("/")),
        user=unquote(user) if user else None,
        password=unquote(password) if password else None,
    )


def complete_address(text: str, driver: str | None) -> str:
    """The address of a database with its system, by the class of its JDBC *driver* where the address does not tell.

    >>> complete_address("http://localhost/example", "com.mysql.cj.jdbc.Driver")
    'mysql://localhost/example'
    >>> complete_address("people.db", "org.sqlite.JDBC")
    'sqlite:people.db'
    >>> complete_address("jdbc:postgresql://localhost/shop", "org.postgresql.Driver")
    'jdbc:postgresql://localhost/shop'
    """
    scheme = text.removeprefix("jdbc:").partition(":")[0].partition("+")[0].lower()
    kind = next((kind for name, kind in KINDS.items() if name in (driver or "").lower()), None)
    if kind is None or scheme in KINDS:
        return text
    rest = re.sub(r"\Ahttps?://", "", text)
    return f"{kind}:{rest}" if kind in {"sqlite", "duckdb"} else f"{kind}://{rest}"


def hide_password(text: str) -> str:
    """An address as it may be shown.

    >>> hide_password("mysql://me:secret@host/db")
    'mysql://me:…@host/db'
    >>> hide_password("mysql://me:p@ss/word@host/db?password=x")
    'mysql://me:…@host/db?password=…'
    >>> [hide_password(t) for t in ("postgresql:me:secret@host", "jdbc:mysql:///me:se:cret@host/db", "me/secret@host")]
    ['postgresql:me:…@host', 'jdbc:mysql:///me:…@host/db', 'me/…@host']
    """
    hidden = re.sub(r"(?i)\b(password=|pwd=)[^&;\s]*", r"\1…", text)
    login, at, rest = hidden.rpartition("@")
    found = re.match(r"((?:[A-Za-z][\w+.-]*:)*/*)([^:/]*)([:/])", login) if at else None
    return f"{found[1]}{found[2]}{found[3]}…@{rest}" if found else hidden
