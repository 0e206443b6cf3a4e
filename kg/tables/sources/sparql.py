"""A SPARQL endpoint → a table: a column for each variable of a SELECT."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from kg.tables.columns import Column, Table
from kg.tables.macros import quote_name
from kg.tables.rml import LogicalSource, Reference, SparqlSource
from kg.tables.sources.dialects import store_arrow
from kg.tables.sources.opening import Opening

TIMEOUT = 60  # seconds
MOST_BYTES = 1 << 30


def open_endpoint(
    source: LogicalSource, origin: SparqlSource, references: list[Reference], name: str, opening: Opening
) -> Table | None:
    """The solutions of the query; an unbound variable is no value (SPARQL 1.1 Query Results JSON)."""
    import pyarrow as pa

    query = source.iterator or ""
    answer = ask(origin, query, source, opening)
    if answer is None:
        return None
    variables = answer.get("head", {}).get("vars", [])
    if len(set(variables)) != len(variables):
        opening.report("source-columns", source.mark, "the query gives a variable twice", "rename one of the two")
        return None
    rows = answer.get("results", {}).get("bindings", [])
    wanted = {column_name(r.text): r.text for r in references}
    columns, arrays = {}, {}
    for index, variable in enumerate(variables):
        if variable in wanted:
            values = [row.get(variable) for row in rows]
            arrays[f"c{index}"] = pa.array([v["value"] if v else None for v in values], type=pa.string())
        for reference in {wanted.get(variable, variable), variable}:
            columns[reference] = Column(reference=reference, sql=quote_name(f"c{index}"))
    if not arrays:
        arrays["none"] = pa.array([None] * len(rows), type=pa.string())
    store_arrow(opening, name, pa.table(arrays))
    return Table(name=quote_name(name), label="the query", columns=columns, first_row=1)


def column_name(reference: str) -> str:
    """`?name`, `$name` and `name` are the same variable."""
    return reference.lstrip("?$")


def ask(origin: SparqlSource, query: str, source: LogicalSource, opening: Opening) -> Any:
    """The endpoint's answer as JSON; what it refuses is a diagnostic."""
    if not origin.endpoint.startswith(("http://", "https://")):
        opening.report("map-source", origin.mark, f"`{origin.endpoint}` is no web address")
        return None
    request = urllib.request.Request(
        origin.endpoint,
        data=urllib.parse.urlencode({"query": query}).encode(),
        headers={
            "Accept": "application/sparql-results+json",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return json.loads(response.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        words = error.read(500).decode("utf-8", "replace").strip().split("\n")[0]
        opening.report("source-unreadable", source.mark, f"the endpoint refuses the query: {words or error.reason}")
    except (urllib.error.URLError, OSError, ValueError) as error:
        opening.report("source-unreadable", origin.mark, f"the endpoint `{origin.endpoint}` does not answer: {error}")
    return None
