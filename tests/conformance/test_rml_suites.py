"""Every case of the RML and R2RML suites; what is known to fail is listed with its reason."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from endpoint import serve_stores
from rml_suite import Case, find_suites, load_cases, run_case
from servers import Server, mysql_server, postgresql_server

SUITES = (
    "rml-core", "rml-core-2025", "rml-legacy", "r2rml",
    "rml-io", "rml-io-registry", "rml-lv", "rml-fnml", "rml-tabular", "rml-cc", "rml-star",
)  # fmt: skip

# Every reason names what the case contradicts: the specification, or a case with the same data and map.
PLAIN_INTEGER = (
    "wants a JSON integer as a plain string; all targets in UTF-8 N-Quads of the same data and map (RMLTTC0004d, 0005a,"
    " 0006a) want xsd:integer, and no syntax, encoding or compression changes a term (RML-IO, logical target)"
)
INVALID_QUERY = "its query names a column that its own table does not have; R2RML 5.2 wants a valid query"
BEST_EFFORT = "wants the valid rows of data with an invalid IRI; R2RML 11.2 has a data error, as rml-core today"
BLANK_GRAPH = "wants an empty graph where a graph is a blank node, which its own description calls an error"
MISSING_COLUMN = "wants an empty graph for a column that is not there; R2RML 7.2 has an error, and so has rml-core-2025"
MISSING_VALUE = "wants an error for a missing key; keys are optional in JSON and XML (rml-core, issue 101)"
PLAIN_DOUBLE = "wants 30.0 for a FLOAT; RMLTC0005b of rml-core-2025, with the same table and words, wants 3.0E1"

GAPS = {
    "RMLSTC0009a": "wants an error for a quoted header, which RFC 4180 allows, and ships the triples of its data",
    "RMLSTC0003": "wants xsd:integer for ages that its file and its query give as plain strings",
    "RMLSTC0006a": "ships no database",
    "RMLTTC0004a": PLAIN_INTEGER,
    "RMLTTC0004c": PLAIN_INTEGER,
    "RMLTTC0004e": "wants a JSON integer as a plain string, written as a number, which RDF/JSON does not have",
    "RMLTTC0004f": PLAIN_INTEGER,
    "RMLTTC0004g": PLAIN_INTEGER,
    "RMLTTC0005b": PLAIN_INTEGER,
    "RMLTTC0006b": PLAIN_INTEGER,
    "RMLTTC0006c": PLAIN_INTEGER,
    "RMLTTC0006d": PLAIN_INTEGER,
    "RMLTTC0006e": PLAIN_INTEGER,
    "RMLTC0002c-JSON": MISSING_VALUE,
    "RMLTC0002c-XML": MISSING_VALUE,
    "RMLTC0002g-JSON": "names a file that is not there and wants an empty graph",
    "RMLTC0002i-MySQL": MISSING_COLUMN,
    "RMLTC0002i-PostgreSQL": INVALID_QUERY,
    "RMLTC0007h-CSV": MISSING_COLUMN,
    "RMLTC0007h-JSON": BLANK_GRAPH,
    "RMLTC0007h-XML": BLANK_GRAPH,
    "RMLTC0007h-MySQL": MISSING_COLUMN,
    "RMLTC0007h-SPARQL": MISSING_COLUMN,
    "RMLTC0008b-SPARQL": "a parent with another query and no join condition, which R2RML 8 does not allow",
    "RMLTC0021a-SPARQL": "joins by a variable that its query does not select",
    "RMLTC0007h-PostgreSQL": MISSING_COLUMN,
    "RMLTC0015a-PostgreSQL": 'its second query reads "Country", its script makes country: another name (SQL:2008, 5.2)',
    "RMLTC0019b-CSV": BEST_EFFORT,
    "RMLTC0019b-JSON": BEST_EFFORT,
    "RMLTC0019b-MySQL": BEST_EFFORT,
    "RMLTC0019b-PostgreSQL": BEST_EFFORT,
    "RMLTC0019b-XML": BEST_EFFORT,
    "RMLTC0020b-CSV": BEST_EFFORT,
    "RMLTC0020b-JSON": BEST_EFFORT,
    "RMLTC0020b-MySQL": BEST_EFFORT,
    "RMLTC0020b-PostgreSQL": BEST_EFFORT,
    "RMLTC0020b-XML": BEST_EFFORT,
    "R2RMLTC0009d-SQLite": "wants xsd:integer for count(...), which SQLite declares no type for in a view",
    "R2RMLTC0018a-SQLite": "wants CHAR(15) filled up with blanks, which SQLite does not do",
    "RMLIOREGTC0002b": MISSING_VALUE,
    "RMLIOREGTC0004k": "wants an INTEGER as a plain string; RMLIOREGTC0004r wants xsd:integer (R2RML 10.2)",
    "RMLIOREGTC0004l": INVALID_QUERY,
    "RMLIOREGTC0004t": PLAIN_DOUBLE,
    "RMLIOREGTC0005k": INVALID_QUERY,
    "RMLIOREGTC0005l": INVALID_QUERY,
    "RMLIOREGTC0005t": PLAIN_DOUBLE,
}
# kinds that need a network or a server that the tests do not have
LEFT_OUT = {"HTTP", "Kafka"}
# these ids stand in several suites, and fail in the older one only
KINDS = ("CSV", "JSON", "XML", "MySQL", "PostgreSQL", "SPARQL")
LEGACY_ONLY = {"RMLTC0002i-MySQL", "RMLTC0002i-PostgreSQL", "RMLTC0015a-PostgreSQL"} | {
    f"RMLTC{n}-{k}" for n in ("0007h", "0019b", "0020b", "0002c", "0002g") for k in KINDS
}

if find_suites() is None:
    pytest.skip("KG_CONFORMANCE names no folder of suites", allow_module_level=True)


def known_gap(case: Case) -> str | None:
    if case.id in LEGACY_ONLY and case.suite != "rml-legacy":
        return None
    return GAPS.get(case.id)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server | None]:
    # not pytest's own folder: the server's user may not enter it
    with tempfile.TemporaryDirectory() as folder, postgresql_server(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def mysql() -> Iterator[Server | None]:
    with tempfile.TemporaryDirectory() as folder, mysql_server(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def endpoint() -> dict[str, ox.Store]:
    """The stores that the endpoint asks, by name."""
    return {}


@pytest.fixture(scope="session")
def endpoint_port(endpoint: dict[str, ox.Store]) -> Iterator[int]:
    with serve_stores(endpoint) as port:
        yield port


def asks_the_network(case: Case) -> bool:
    """True where an endpoint is not that of the tests."""
    return case.kind == "SPARQL" and ":PORT" not in (case.folder / case.mapping).read_text(encoding="utf-8")


def all_cases() -> list[object]:
    found = []
    for suite in SUITES:
        for case in load_cases(suite):
            if case.kind in LEFT_OUT or asks_the_network(case):
                continue
            reason = known_gap(case)
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            found.append(pytest.param(case, id=f"{suite}-{case.id}", marks=marks))
    return found


@pytest.mark.parametrize("case", all_cases())
def test_case(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    script = case.folder / "resource.sql"
    url: str | None = None
    replace: dict[str, str] = {}
    if case.kind in {"PostgreSQL", "MySQL"}:
        server: Server | None = request.getfixturevalue(case.kind.lower())
        if server is None:
            pytest.skip(f"no server of {case.kind}")
        if script.exists():
            server.load(script)
        replace = {r"\$?CONNECTIONDSN": server.jdbc, r"\$USERNAME": server.user, r"\$PASSWORD": ""}
        replace[r'(?<=d2rq:username )"[^"]*"'] = f'"{server.user}"'
        url = server.url if case.suite == "r2rml" else None
    elif case.kind == "SQLite":
        database = tmp_path / "resource.db"
        with sqlite3.connect(database) as connection:
            connection.executescript(script.read_text(encoding="utf-8"))
        connection.close()
        url = f"sqlite:///{database}"
    elif case.kind == "SPARQL":
        stores = request.getfixturevalue("endpoint")
        stores.clear()
        for number, data in enumerate(sorted(case.folder.glob("resource*.ttl")), 1):
            stores[f"ds{number}"] = ox.Store()
            stores[f"ds{number}"].load(path=str(data), format=ox.RdfFormat.TURTLE, base_iri="http://example.com/")
        replace = {r"(HOST|localhost):PORT": f"127.0.0.1:{request.getfixturevalue('endpoint_port')}"}
    assert run_case(case, tmp_path, database_url=url, replace=replace) == ""
