"""What tables say, as a person reads it: mapped triples with the mapping's line, the data file and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.ask.term import show_term
from kg.build.pipeline import Checked
from kg.rdf.iri import Prefixes
from kg.show.wanted import want_triple
from kg.tables.project.trace import Trace, trace_triple
from kg.text.plural import write_plural

if TYPE_CHECKING:
    from kg.tables.project.answers import GraphQuery


def show_rows(checked: Checked, subject: str, predicate: str, value: str, *, lang: str) -> Iterator[str]:
    """One text for each mapped triple that fits; terms are keys, CURIEs, IRIs, values, and `_` for any."""
    traces = list(trace_triple(checked.tables, want_triple(subject, predicate, value, checked)))
    for line, same in groupby(sorted(traces, key=lambda t: t.line), key=lambda t: t.line):
        yield show_triple(line, list(same), checked, lang)


def list_mapped(checked: Checked, key: str) -> Iterator[str]:
    """A line for each triple that the tables in the graph give of an entity."""
    prefixes = checked.seeds.dataset.prefixes
    start = f"<{checked.seeds.dataset.base}entity/{key}> "
    for table in checked.tables:
        own = (line for mapped in table.lines for line in mapped.lines if line.startswith(start))
        for quad in ox.parse("\n".join(own).encode(), format=ox.RdfFormat.N_QUADS):
            predicate, value = (show_term(term, prefixes) for term in (quad.predicate, quad.object))
            yield f"  • {predicate} {value}   (table {table.name})"


def show_triple(line: str, traces: list[Trace], checked: Checked, lang: str) -> str:
    """A triple, and below it each place of a mapping that gives it, with the rows."""
    prefixes = checked.seeds.dataset.prefixes
    quad = next(iter(ox.parse(line.encode(), format=ox.RdfFormat.N_QUADS)))
    terms = [show_term(term, prefixes) for term in (quad.subject, quad.predicate, quad.object)]
    out = [" ".join(terms) + f"   (table {traces[0].table})"]
    for trace in traces:
        out.append(f"  mapped by  {trace.mark}")
        out.append(f"  data       {trace.data}, {name_rows(trace)}")
        for table in checked.tables:
            if table.name == trace.table and trace.row_unit == "solution":
                out += show_solutions(trace, table.mapping.queries, prefixes, lang)
    return "\n".join(out) + "\n"


def show_solutions(trace: Trace, queries: Iterable[GraphQuery], prefixes: Prefixes, lang: str) -> Iterator[str]:
    """The question that was asked of the graph, and the solutions that the triple comes of."""
    for query in queries:
        if query.name != trace.data:
            continue
        if query.question.words:
            yield f"  question   {query.question.text(lang)}"
        for number in trace.rows:
            terms = zip(query.variables, query.find_solution(number), strict=True)
            bound = [f"{variable} = {show_term(term, prefixes)}" for variable, term in terms if term is not None]
            yield f"  {number:>8}   {', '.join(bound)}"


def name_rows(trace: Trace) -> str:
    """`row 2`, or `rows 2, 5, 9 and 12 more`."""
    if not trace.count:
        return f"{trace.row_unit}s that the last build asked for"
    numbers = ", ".join(str(n) for n in trace.rows)
    more = f" and {trace.count - len(trace.rows):,} more" if trace.count > len(trace.rows) else ""
    return f"{trace.row_unit if trace.count == 1 else write_plural(trace.row_unit)} {numbers}{more}"
