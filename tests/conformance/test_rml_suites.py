"""Every case of the RML and R2RML suites; what is known to fail is listed with its reason."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from endpoint import serve_stores
from gaps import GAPS
from rml_suite import Case, find_suites, load_cases, run_case
from servers import Server, mysql_server, postgresql_server
from sqlitefile import open_sqlite

SUITES = (
    "rml-core", "rml-core-2025", "rml-legacy", "r2rml",
    "rml-io", "rml-io-registry", "rml-lv", "rml-fnml", "rml-tabular", "rml-cc", "rml-star",
)  # fmt: skip

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
        with open_sqlite(database) as connection:
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
