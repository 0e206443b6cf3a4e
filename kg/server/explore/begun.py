"""The beginning of an answer, as a page shows it: so many rows or triples, and whether there are more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg.server.explore.layout import draw_graph
from kg.server.explore.look import Looker
from kg.system.worker.merge import Results

MOST_ROWS = 1_000


def tell_answer(results: Results, looker: Looker) -> dict[str, Any]:
    """The first `MOST_ROWS` rows of an answer as JSON: terms with their names, nothing where there is no value."""
    if isinstance(results, ox.QueryBoolean):
        return {"kind": "truth", "value": bool(results)}
    found: Iterator[Any]
    if isinstance(results, ox.QueryTriples):
        kind, heads = "triples", ["subject", "predicate", "object"]
        found = ([triple.subject, triple.predicate, triple.object] for triple in results)
    else:
        kind, heads = "rows", [variable.value for variable in results.variables]
        found = ([row[name] for name in heads] for row in results)
    rows = list(islice(found, MOST_ROWS + 1))
    shown = [[None if term is None else looker.term(term) for term in row] for row in rows[:MOST_ROWS]]
    told = {"kind": kind, "heads": heads, "rows": shown, "more": len(rows) > MOST_ROWS}
    return told | {"picture": draw_graph(shown)} if kind == "triples" else told
