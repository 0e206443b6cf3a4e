"""A mapped triple → the places in mappings and the rows of data that it comes of.

The compiled query is run with the triple as a filter; where a template can be undone, the column is also
compared with the value that the triple must have come of, which the database finds without making any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import pyoxigraph as ox

from kg.ask.wanted import LITERAL_OF_NUMBER, WantedTerm
from kg.tables.plan.pattern import QuadPattern, Term
from kg.tables.plan.relation import Filter, Grouped, Named, Project, Sort
from kg.tables.plan.value import (
    AllOf,
    AnyOf,
    Column,
    Condition,
    Encode,
    Encoding,
    Equal,
    NearNumber,
    Present,
    StartsWith,
    Text,
)
from kg.tables.project.lastbuild import read_lines
from kg.tables.project.mappings import name_data
from kg.tables.project.seeds import MappedTable, execute
from kg.tables.rewrite.overlap import lossless
from kg.tables.run import open_run
from kg.tables.sources.dsn import hide_password
from kg.tables.sources.network import asks_network, find_asked
from kg.tables.sql import write_query
from kg.text.diagnostic import Mark, mark_of_file

MOST_ROWS = 20  # of one place in a mapping, shown


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One quad (a line of N-Quads), the *mark* of its place in the mapping, and the *rows* it comes of.

    *data* names the file (or the query, or the address), *row_unit* what its rows are called; *count* is the number of
    all rows, of which *rows* holds the first; 0 where a build asked for them and they are not at hand.
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
        if asks_network(table.mapping.document):
            yield from trace_last_build(table, wanted)
            continue
        with open_run(table.mapping.document, table.mapping.settings) as run:
            if run.failed:
                continue
            for pattern in dict.fromkeys(run.patterns):
                query = trace_query(pattern, wanted)
                rows = execute(run, write_query(query)).fetchall() if query is not None else []
                for line, numbers, count in rows:
                    if wanted[2].number is not None and not _fits(line, wanted):
                        continue  # near the number
                    places = [pattern.table.place(n) for n in numbers]
                    labels = list(dict.fromkeys(label for label, _ in places))
                    for label in labels:
                        found = tuple(n for each, n in places if each == label)
                        yield Trace(
                            line=line, table=table.name, mark=pattern.mark,
                            data=name_data(table.mapping, label), row_unit=pattern.table.row_unit,
                            rows=found, count=count if len(labels) == 1 else len(found),
                        )  # fmt: skip


def trace_last_build(table: MappedTable, wanted: tuple[WantedTerm, WantedTerm, WantedTerm]) -> Iterator[Trace]:
    """The lines that fit of a table that only a build asks for; which rows they come of is not kept."""
    document = table.mapping.document
    whole = mark_of_file(table.mapping.source)
    data = ", ".join(dict.fromkeys(hide_password(asked.address) for asked in find_asked(document)))
    for mark, line in read_lines(table):
        if _may_fit(line, wanted) and _fits(line, wanted):
            yield Trace(line=line, table=table.name, mark=mark or whole, data=data, row_unit="row", rows=(), count=0)


def _fits(line: str, wanted: tuple[WantedTerm, ...]) -> bool:
    quad = next(iter(ox.parse(line.encode(), format=ox.RdfFormat.N_QUADS)))
    terms = (str(quad.subject), str(quad.predicate), str(quad.object))
    return all(want.fits(term) for want, term in zip(wanted, terms, strict=True))


def _may_fit(line: str, wanted: tuple[WantedTerm, ...]) -> bool:
    """Whether the line of a quad can hold the triple: a quick test that saves opening the sources."""
    return all(
        w.is_any or any(text in line for text in (*w.exact, *w.heads)) or (w.number is not None and "^^<" in line)
        for w in wanted
    )


def trace_query(pattern: QuadPattern, wanted: tuple[WantedTerm, ...]) -> Sort | None:
    """The lines of a pattern that fit, each with its first rows and their number; None: none can fit."""
    conditions: list[Condition] = [Present(values=(pattern.line,))]
    for term, want in zip((pattern.subject, pattern.predicate, pattern.object), wanted, strict=True):
        if want.is_any:
            continue
        constant = term.constant
        if constant is not None:
            if not want.fits(constant):
                return None
            continue
        heads = () if term.kind == "iri" else want.heads  # a literal's beginning
        choices: list[Condition] = [Equal(one=term.value, other=Text(text=exact)) for exact in want.exact]
        choices += [StartsWith(value=term.value, text=head) for head in heads]
        if want.number is not None and term.kind != "iri":
            choices.append(NearNumber(value=term.value, literal=LITERAL_OF_NUMBER, number=want.number))
        conditions.append(AnyOf(conditions=tuple(choices)))
        undone = [condition for exact in want.exact if (condition := undo_term(term, exact)) is not None]
        if undone and not heads and len(undone) == len(want.exact):
            conditions.append(AnyOf(conditions=tuple(undone)))
    row = Column(of="t", name=pattern.table.place_column)
    rows = Filter(rows=pattern.rows, condition=AllOf(conditions=tuple(conditions)))
    lines = Project(rows=rows, columns=(Named(name="l", value=pattern.line), Named(name="r", value=row)))
    return Sort(rows=Grouped(rows=lines, key="l", number="r", most=MOST_ROWS), by=(Column(of="t", name="l"),))


def undo_term(term: Term, text: str) -> Condition | None:
    """The condition on the columns that give *text*, by the inverse of the term's template; None: it has none.

    >>> key = Encode(encoding=Encoding.IRI, value=Column(of="t", name="key"))
    >>> term = Term(parts=(Text(text="<http://e.org/"), key, Text(text=">")), kind="iri")
    >>> undo_term(term, "<http://e.org/a%20b>")
    AllOf(conditions=(Equal(one=Column(of='t', name='key'), other=Text(text='a b')),))
    >>> undo_term(term, "<http://other.org/>")
    AnyOf(conditions=())
    """
    if lossless(term.parts) != ():  # it has no inverse, or the data decides whether it has
        return None
    holes = [part for part in term.parts if not isinstance(part, Text)]
    found = [(h.value, h.encoding) for h in holes if isinstance(h, Encode) and h.encoding in _UNDO]
    if len(found) < len(holes) or not all(isinstance(column, Column) for column, _ in found):
        return None
    encodings = iter(encoding for _, encoding in found)
    pattern = "".join(re.escape(p.text) if isinstance(p, Text) else _SHAPES[next(encodings)] for p in term.parts)
    match = re.fullmatch(pattern, text, re.DOTALL)
    if match is None:
        return AnyOf(conditions=())
    return AllOf(
        conditions=tuple(
            Equal(one=column, other=Text(text=_UNDO[encoding](value)))
            for (column, encoding), value in zip(found, match.groups(), strict=True)
        )
    )


def unescape_literal(text: str) -> str:
    r"""The value of a literal as N-Quads writes it.

    >>> from kg.tables.engine.macros import escape_literal
    >>> unescape_literal(escape_literal('a "b"\n')) == 'a "b"\n'
    True
    """
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
