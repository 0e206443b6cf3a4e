"""What a project asks of the names in mapped quads: they are entities, or are minted by a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from kg.model.nouns import Seeds
from kg.tables.plan.pattern import QuadPattern, Term
from kg.tables.plan.relation import (
    Distinct,
    Filter,
    First,
    Grouped,
    Join,
    Joining,
    Named,
    Project,
    Relation,
    Scan,
    Sort,
)
from kg.tables.plan.value import Column, StartsWith, Text
from kg.tables.rml import MappingDocument
from kg.tables.run import Run
from kg.tables.sql import write_query, write_row_count, write_texts
from kg.tables.vocabulary import RDF_TYPE
from kg.tables.wording import say_empty
from kg.text.diagnostic import Diagnostic, Mark, Related, SourceText, did_you_mean

MOST_TOLD = 5  # names of one term map that are told one by one
NAME = Column(of="t", name="x")
KNOWN = Scan(table="kg_known", alias="k")
KNOWN_NAME = Column(of="k", name="x")


def terms_in(run: Run, namespace: str) -> Iterator[tuple[QuadPattern, Term]]:
    """Subjects and objects that may lie in a namespace, each term of a table once."""
    seen: set[object] = set()
    for pattern in run.patterns:
        for term in (pattern.subject, pattern.object):
            head = term.parts[0].text if isinstance(term.parts[0], Text) else ""
            start = f"<{namespace}"
            if term.kind != "iri" or not (head.startswith(start) or start.startswith(head)):
                continue
            key = (pattern.table.name, term.parts, pattern.parent)
            if key not in seen:
                seen.add(key)
                yield pattern, term


def select_term(pattern: QuadPattern, term: Term, namespace: str) -> Filter:
    """The texts `x` of a term that lie in a namespace, with their rows `r`."""
    row = Column(of="t", name=pattern.table.place_column)
    rows = Project(rows=pattern.rows, columns=(Named(name="x", value=term.value), Named(name="r", value=row)))
    return Filter(rows=rows, condition=StartsWith(value=NAME, text="<" + namespace))


def among_known(rows: Relation, how: Joining) -> Join:
    """The rows whose name is in the table `kg_known`, or is not."""
    return Join(left=Project(rows=rows, columns=(), every="t"), right=KNOWN, on=((NAME, KNOWN_NAME),), how=how)


def fetch_names(run: Run, rows: Relation) -> set[str]:
    """The different names of rows."""
    names = Distinct(rows=Project(rows=rows, columns=(Named(name="x", value=NAME),)))
    return {row[0] for row in run.connection.execute(write_query(names)).fetchall()}


def find_minted(run: Run, base: str) -> set[str]:
    """The IRIs in the entity namespace (in `<>`) that a mapping gives a class."""
    found: set[str] = set()
    for pattern in run.patterns:
        if pattern.predicate.constant == f"<{RDF_TYPE}>":
            found |= fetch_names(run, select_term(pattern, pattern.subject, f"{base}entity/"))
    return found


def find_mentioned(run: Run, seeds: Seeds) -> set[str]:
    """The keys of the declared entities that a mapping speaks of."""
    namespace = f"{seeds.dataset.base}entity/"
    fill_known(run, [f"<{namespace}{e.key}>" for e in seeds.entities])
    found: set[str] = set()
    for pattern, term in terms_in(run, namespace):
        rows = among_known(select_term(pattern, term, namespace), Joining.SEMI)
        found |= {name[len(namespace) + 1 : -1] for name in fetch_names(run, rows)}
    return found


def fill_known(run: Run, names: list[str]) -> None:
    """The table `kg_known` of the names, to compare with."""
    run.connection.execute(write_texts(KNOWN.table, "x"), [names])


def check_entities(run: Run, document: MappingDocument, seeds: Seeds, minted: set[str]) -> Iterator[Diagnostic]:
    """What a mapping names in the entity namespace is an entity, or is given a class by a mapping."""
    namespace = f"{seeds.dataset.base}entity/"
    fill_known(run, [*(f"<{namespace}{e.key}>" for e in seeds.entities), *sorted(minted)])
    told: set[tuple[str, str]] = set()
    for pattern, term in terms_in(run, namespace):
        unknown = among_known(select_term(pattern, term, namespace), Joining.ANTI)
        named = Distinct(rows=Project(rows=unknown, columns=(Named(name="x", value=NAME),)))
        [(count,)] = run.connection.execute(write_row_count(named)).fetchall()
        rows = fetch_first(run, unknown)
        names = [(text, row) for text, row in rows if (text, pattern.table.name) not in told]
        told |= {(text, pattern.table.name) for text, _ in names}
        triples_map = document.find(pattern.triples_map)
        mark = triples_map.subject.mark if triples_map and term is pattern.subject else pattern.mark
        for text, row in names:
            last = text == rows[-1][0]
            yield unknown_entity(pattern, mark, unquote(text[len(namespace) + 1 : -1]), row,
                                 seeds, more=count - len(rows) if last else 0)  # fmt: skip


def fetch_first(run: Run, unknown: Relation) -> list[tuple[str, int]]:
    """The first names of rows, each with its first row."""
    by_name = Grouped(rows=Project(rows=unknown, columns=(), every="t"), key="x", number="r", most=1)
    ordered = Sort(rows=by_name, by=(Column(of="t", name="numbers"), NAME))
    found = run.connection.execute(write_query(First(rows=ordered, count=MOST_TOLD))).fetchall()
    return [(name, numbers[0]) for name, numbers, _ in found]


def unknown_entity(pattern: QuadPattern, mark: Mark, key: str, row: int, seeds: Seeds, *, more: int) -> Diagnostic:
    """The diagnostic for a row that names an entity which does not exist, with the row."""
    table: Any = pattern.table
    label, number = table.place(row)
    place = Mark(source=SourceText(label, ""), line=number, column=1, end_line=number, end_column=1)
    others = f", and {more:,} more" if more else ""
    mint = "declare it under seeds/entities/, or give it a class in the mapping"
    what = f"no entity `{key}`" if key else "an empty key names no entity"
    if not key:
        mint = f"{say_empty(mark)}; or keep such rows in another table"
    return Diagnostic(
        code="table-entity",
        mark=mark,
        message=f"{what} ({table.row_unit} {number} of `{label}`{others})",
        hint=(did_you_mean(key, (e.key for e in seeds.entities)) if key else None) or mint,
        related=(Related(mark=place, message=f"{table.row_unit} {number}"),),
    )
