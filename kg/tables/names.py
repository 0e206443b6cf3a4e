"""What a project asks of the names in mapped quads: they are entities, or are minted by a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from kg.diagnostic import Diagnostic, Mark, Related, SourceText, did_you_mean
from kg.model import Seeds
from kg.tables.engine import Run
from kg.tables.lines import LineWriter
from kg.tables.macros import quote_text
from kg.tables.pieces import CompiledTerm
from kg.tables.queries import from_clause
from kg.tables.rml import MappingDocument
from kg.tables.sql import QuadPattern
from kg.tables.vocabulary import RDF_TYPE

MOST_TOLD = 5  # names of one term map that are told one by one


def terms_in(run: Run, namespace: str) -> Iterator[tuple[QuadPattern, CompiledTerm]]:
    """Subjects and objects that may lie in a namespace, each term of a table once."""
    seen: set[object] = set()
    for pattern in run.patterns:
        for term in (pattern.subject, pattern.object):
            head = term.pieces[0] if isinstance(term.pieces[0], str) else ""
            start = f"<{namespace}"
            if term.form != "iri" or not (head.startswith(start) or start.startswith(head)):
                continue
            key = (pattern.table.name, term.pieces, pattern.join)
            if key not in seen:
                seen.add(key)
                yield pattern, term


def select_term(run: Run, pattern: QuadPattern, term: CompiledTerm, namespace: str) -> str:
    """SQL of the texts `x` of a term that lie in a namespace, with their rows `r`."""
    text = LineWriter(facts=run.facts).concatenate(term.pieces, pattern)
    rows = f"SELECT {text} AS x, t.{pattern.table.row} AS r FROM {from_clause(pattern)}"
    return f"SELECT x, r FROM ({rows}) WHERE starts_with(x, {quote_text('<' + namespace)})"


def find_minted(run: Run, base: str) -> set[str]:
    """The IRIs in the entity namespace (in `<>`) that a mapping gives a class."""
    namespace = f"{base}entity/"
    found: set[str] = set()
    for pattern in run.patterns:
        if pattern.predicate.constant == f"<{RDF_TYPE}>":
            sql = select_term(run, pattern, pattern.subject, namespace)
            found |= {row[0] for row in run.connection.execute(f"SELECT DISTINCT x FROM ({sql})").fetchall()}
    return found


def find_mentioned(run: Run, seeds: Seeds) -> set[str]:
    """The keys of the declared entities that a mapping speaks of."""
    namespace = f"{seeds.dataset.base}entity/"
    fill_known(run, [f"<{namespace}{e.key}>" for e in seeds.entities])
    found: set[str] = set()
    for pattern, term in terms_in(run, namespace):
        sql = select_term(run, pattern, term, namespace)
        rows = run.connection.execute(f"SELECT DISTINCT x FROM ({sql}) SEMI JOIN kg_known USING (x)").fetchall()
        found |= {row[0][len(namespace) + 1 : -1] for row in rows}
    return found


def fill_known(run: Run, names: list[str]) -> None:
    """The table `kg_known` of the names, to compare with in SQL."""
    run.connection.execute("CREATE OR REPLACE TEMP TABLE kg_known AS SELECT unnest(?::VARCHAR[]) AS x", [names])


def check_entities(run: Run, document: MappingDocument, seeds: Seeds, minted: set[str]) -> Iterator[Diagnostic]:
    """What a mapping names in the entity namespace is an entity, or is given a class by a mapping."""
    namespace = f"{seeds.dataset.base}entity/"
    fill_known(run, [*(f"<{namespace}{e.key}>" for e in seeds.entities), *sorted(minted)])
    told: set[tuple[str, str]] = set()
    for pattern, term in terms_in(run, namespace):
        sql = select_term(run, pattern, term, namespace)
        unknown = f"({sql}) ANTI JOIN kg_known USING (x)"
        [(count,)] = run.connection.execute(f"SELECT count(DISTINCT x) FROM {unknown}").fetchall()
        rows = run.connection.execute(
            f"SELECT x, min(r) AS first FROM {unknown} GROUP BY x ORDER BY first, x LIMIT {MOST_TOLD}"
        ).fetchall()
        names = [(text, row) for text, row in rows if (text, pattern.table.name) not in told]
        told |= {(text, pattern.table.name) for text, _ in names}
        triples_map = document.find(pattern.triples_map)
        mark = triples_map.subject.mark if triples_map and term is pattern.subject else pattern.mark
        for text, row in names:
            last = text == rows[-1][0]
            yield unknown_entity(run, pattern, mark, unquote(text[len(namespace) + 1 : -1]), row,
                                 seeds, more=count - len(rows) if last else 0)  # fmt: skip


def unknown_entity(
    run: Run, pattern: QuadPattern, mark: Mark, key: str, row: int, seeds: Seeds, *, more: int
) -> Diagnostic:
    """The diagnostic for a row that names an entity which does not exist, with the row."""
    table: Any = pattern.table
    label, number = table.place(row)
    place = Mark(source=SourceText(label, ""), line=number, column=1, end_line=number, end_column=1)
    others = f", and {more} more" if more else ""
    mint = "declare it under seeds/entities/, or give it a class in the mapping"
    what = f"no entity `{key}`" if key else "an empty key names no entity"
    if not key:
        mint = 'an empty text is a value: say `rml:null ""` of the source, or keep such rows in another table'
    return Diagnostic(
        code="table-entity",
        mark=mark,
        message=f"{what} ({table.row_unit} {number} of `{label}`{others})",
        hint=(did_you_mean(key, (e.key for e in seeds.entities)) if key else None) or mint,
        related=(Related(mark=place, message=f"{table.row_unit} {number}"),),
    )
