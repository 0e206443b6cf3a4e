"""A SPARQL endpoint → a table: a column for each variable of a SELECT."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from kg.tables.columns import Column, Table
from kg.tables.jsonpath import complete_reference, split_steps
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

    answer = ask(origin, source.iterator or "", source, opening)
    if answer is None:
        return None
    variables = answer.get("head", {}).get("vars", [])
    if len(set(variables)) != len(variables):
        opening.report("source-columns", source.mark, "the query gives a variable twice", "rename one of the two")
        return None
    rows = answer.get("results", {}).get("bindings", [])
    columns = {v: Column(reference=v, sql='"missing"') for v in variables}  # known names, for hints
    arrays: dict[str, Any] = {"none": pa.array([None] * len(rows), type=pa.string())}
    for index, text in enumerate(dict.fromkeys(r.text for r in references)):
        variable, member = split_reference(text)
        if variable in variables:
            values = [row.get(variable, {}).get(member) for row in rows]
            arrays[f"c{index}"] = pa.array(values, type=pa.string())
            columns[text] = Column(reference=text, sql=quote_name(f"c{index}"))
    store_arrow(opening, name, pa.table(arrays))
    opening.notes.append(f"{name}: {len(rows)} solutions of a query, by the endpoint {origin.endpoint}")
    return Table(name=quote_name(name), label="the query", columns=columns, first_row=1, row_unit="solution")


def split_reference(text: str) -> tuple[str, str]:
    """The variable and the member of its binding that a reference means, be it a variable or a path into the JSON.

    >>> [split_reference(r) for r in ("name", "?name", "name.value", "$.name['xml:lang']")]
    [('name', 'value'), ('name', 'value'), ('name', 'value'), ('name', 'xml:lang')]
    """
    bare = text if text.startswith("$.") else text.lstrip("?$")
    steps = split_steps(complete_reference(bare, lenient="no")) or (bare,)
    return str(steps[0]), str(steps[1]) if len(steps) > 1 else "value"


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
