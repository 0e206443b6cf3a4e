"""A mapped triple → the places in mappings and the rows of data that it comes of.

The compiled query is run with the triple as a filter; where a template can be undone, the column is also
compared with the value that the triple must have come of, which the database finds without making any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from kg.diagnostic import Mark
from kg.tables.distinct import lossless
from kg.tables.engine import open_run
from kg.tables.lines import LineWriter
from kg.tables.macros import quote_text
from kg.tables.mappings import name_data
from kg.tables.pieces import CompiledTerm, Encoding, Hole
from kg.tables.queries import from_clause
from kg.tables.seeds import MappedTable, execute
from kg.tables.sql import QuadPattern

MOST_ROWS = 20  # of one place in a mapping, shown


@dataclass(frozen=True, kw_only=True)
class WantedTerm:
    """What a term of a triple may be, in N-Triples: *exact* texts, or texts that begin with one of *heads*.

    Neither: any term will do.
    """

    exact: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        return not self.exact and not self.heads

    def fits(self, text: str) -> bool:
        return self.is_any or text in self.exact or text.startswith(self.heads)


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One quad (a line of N-Quads), the *mark* of its place in the mapping, and the *rows* it comes of.

    *data* names the file (or the query), *row_unit* what its rows are called; *count* is the number of all
    rows, of which *rows* holds the first.
    """

    line: str
    table: str
    mark: Mark = field(repr=False)
    data: str
    row_unit: str
    rows: tuple[int, ...]
    count: int


def trace_triple(tables: Sequence[MappedTable], wanted: tuple[WantedTerm, WantedTerm, WantedTerm]) -> Iterator[Trace]:
    """Where the mapped triples come from that fit *wanted* (subject, predicate, object), in the mappings' order."""
    for table in tables:
        if table.lines and not any(_may_fit(line, wanted) for mapped in table.lines for line in mapped.lines):
            continue
        with open_run(table.mapping.document, table.mapping.settings) as run:
            if run.failed:
                continue
            writer = LineWriter(facts=run.facts)
            for pattern in dict.fromkeys(run.patterns):
                query = trace_query(writer, pattern, wanted)
                rows = execute(run, query).fetchall() if query is not None else []
                for line, numbers, count in rows:
                    places = [pattern.table.place(n) for n in numbers]
                    labels = list(dict.fromkeys(label for label, _ in places))
                    for label in labels:
                        found = tuple(n for each, n in places if each == label)
                        yield Trace(
                            line=line, table=table.name, mark=pattern.mark,
                            data=name_data(table.mapping, label), row_unit=pattern.table.row_unit,
                            rows=found, count=count if len(labels) == 1 else len(found),
                        )  # fmt: skip


def _may_fit(line: str, wanted: tuple[WantedTerm, ...]) -> bool:
    """Whether the line of a quad can hold the triple: a quick test that saves opening the sources."""
    return all(w.is_any or any(text in line for text in (*w.exact, *w.heads)) for w in wanted)


def trace_query(writer: LineWriter, pattern: QuadPattern, wanted: tuple[WantedTerm, ...]) -> str | None:
    """SQL of the lines of a pattern that fit, each with its first rows and their number; None: none can fit."""
    conditions: list[str] = []
    for term, want in zip((pattern.subject, pattern.predicate, pattern.object), wanted, strict=True):
        if want.is_any:
            continue
        constant = term.constant
        if constant is not None:
            if not want.fits(constant):
                return None
            continue
        text = writer.concatenate(term.pieces, pattern)
        choices = [f"{text} = {quote_text(exact)}" for exact in want.exact]
        heads = () if term.form == "iri" else want.heads  # a literal's beginning
        choices += [f"starts_with({text}, {quote_text(head)})" for head in heads]
        conditions.append(f"({' OR '.join(choices)})")
        undone = [" AND ".join(c) for exact in want.exact if (c := undo_term(term, exact)) is not None]
        if undone and not heads and len(undone) == len(want.exact):
            conditions.append(f"({' OR '.join(f'({u})' for u in undone)})")
    line = writer.concatenate(pattern.pieces, pattern)
    source = from_clause(pattern)
    where = " AND ".join([f"({line}) IS NOT NULL", *conditions])
    joint = " AND " if " WHERE " in source else " WHERE "
    return (
        f"SELECT l, list_slice(list_sort(list(DISTINCT r)), 1, {MOST_ROWS}), count(DISTINCT r)"
        f" FROM (SELECT {line} AS l, t.{pattern.table.row} AS r FROM {source}{joint}{where}) GROUP BY l ORDER BY l"
    )


def undo_term(term: CompiledTerm, text: str) -> list[str] | None:
    """Conditions on the columns that give *text*, by the inverse of the term's template; None: it has none.

    >>> key = Hole(value='t."key"', columns=('t."key"',), encoding=Encoding.IRI)
    >>> undo_term(CompiledTerm(pieces=("<http://e.org/", key, ">"), form="iri"), "<http://e.org/a%20b>")
    ['t."key" = \\'a b\\'']
    >>> undo_term(CompiledTerm(pieces=("<http://e.org/", key, ">"), form="iri"), "<http://other.org/>")
    ['false']
    """
    if lossless(term.pieces) != ():  # it has no inverse, or the data decides whether it has
        return None
    holes = [p for p in term.pieces if isinstance(p, Hole)]
    if any(h.columns != (h.value,) or h.encoding not in _UNDO for h in holes):
        return None
    pattern = "".join(re.escape(p) if isinstance(p, str) else _SHAPES[p.encoding] for p in term.pieces)
    match = re.fullmatch(pattern, text, re.DOTALL)
    if match is None:
        return ["false"]
    return [
        f"{hole.value} = {quote_text(_UNDO[hole.encoding](value))}"
        for hole, value in zip(holes, match.groups(), strict=True)
    ]


def unescape_literal(text: str) -> str:
    r"""The value of a literal as N-Quads writes it.

    >>> from kg.tables.macros import escape_literal
    >>> unescape_literal(escape_literal('a "b"\n')) == 'a "b"\n'
    True
    """
    import pyoxigraph as ox

    term = next(iter(ox.parse(f'<a:> <a:> "{text}" .'.encode(), format=ox.RdfFormat.N_TRIPLES))).object
    assert isinstance(term, ox.Literal)
    return term.value


_UNDO: dict[Encoding, Callable[[str], str]] = {
    Encoding.IRI: unquote,
    Encoding.URI: unquote,
    Encoding.ESCAPE: unescape_literal,
}
_ENCODED = r"""([^\]/?#\[@!$&'()*+,;=:<>"]*)"""
_SHAPES = {Encoding.IRI: _ENCODED, Encoding.URI: _ENCODED, Encoding.ESCAPE: r'((?:[^"\\]|\\.)*)'}
