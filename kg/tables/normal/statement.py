"""Plain statements: what is left of a mapping without its shortcuts, star maps and gather maps.

A `Statement` is one subject, predicate, object and graph over some rows. A term is made of a row by a term map
(`Placed`), or is a quoted triple of such (`Quoted`), or stands in the row already (`Finished`). Rows are those of a
source, or are made of others: with terms of joined rows, with the heads of collections, or members of collections.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.tables.rml import (
    Gather,
    JoinCondition,
    LogicalSource,
    LogicalTarget,
    LogicalView,
    RefObjectMap,
    TermMap,
)
from kg.text.diagnostic import Diagnostic, Mark


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A term map that a row decides, and the base IRI that it was written under."""

    term_map: TermMap
    base: str | None


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A term that a *column* of the rows holds as it is written: it was put together when the rows were made."""

    column: str


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A quoted triple (RML-star) of a row."""

    subject: Maker
    predicate: Maker
    object: Maker


Maker = Placed | Finished | Quoted


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Subjects of another triples map, those of its *rows* that fulfil the conditions."""

    subject: Placed
    rows: Rows
    conditions: tuple[JoinCondition, ...]


@dataclass(frozen=True, kw_only=True)
class SourceRows:
    """The rows of a logical source or of a view."""

    source: LogicalSource | LogicalView


@dataclass(frozen=True, kw_only=True)
class JoinedRows:
    """The *rows*, each once for each different *term* that a joined row of the *parent* makes.

    The term stands in the column `kg_qN`, where N is the *number*.
    """

    number: int
    rows: Rows
    parent: Rows
    term: Maker
    conditions: tuple[JoinCondition, ...]

    @property
    def column(self) -> str:
        return f"kg_q{self.number}"


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A gather map (RML-CC) in one graph: the maps of its head and of its members, over the rows of a source.

    The *number* is that of the collection in the mapping. *unnamed*: the head is a blank node of its own for each row.
    """

    number: int
    rows: SourceRows
    head: Placed
    graph: Placed | None
    gather: Gather
    members: tuple[Maker | Joined | Collection, ...]
    unnamed: bool
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class MemberRows:
    """The members of a collection, with the cells of a list."""

    collection: Collection


@dataclass(frozen=True, kw_only=True)
class HeadRows:
    """The heads of a collection."""

    collection: Collection


@dataclass(frozen=True, kw_only=True)
class WithHeads:
    """The *rows*, each with the heads of its collections in the column `kg_kN`, where N is the collection's number."""

    rows: Rows
    collection: Collection

    @property
    def column(self) -> str:
        return f"kg_k{self.collection.number}"


Rows = SourceRows | JoinedRows | MemberRows | HeadRows | WithHeads


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One subject, predicate, object and graph over some rows: a quad for each row that has all terms.

    *asserted* is false where its triples are quoted only (RML-star).
    """

    triples_map: str
    rows: Rows
    subject: Maker
    predicate: Maker
    object: Maker | Joined
    graph: Maker | None
    asserted: bool
    targets: tuple[LogicalTarget, ...] = ()
    mark: Mark = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class NormalForm:
    """The plain statements of a mapping, and what these cannot say."""

    statements: tuple[Statement, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """A gather map with its members, before it is known which graphs its collections are in."""

    gather_map: TermMap
    base: str | None
    members: tuple[Maker | Joined | Gathering, ...]


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A subject or object map, placed: over rows of the triples map, or rows that are made of them."""

    made: Maker | Gathering
    rows: Rows


@dataclass(frozen=True, kw_only=True)
class Link:
    """A predicate-object map with one of its objects: the maps of its predicates and graphs, and what the object is."""

    predicates: tuple[TermMap, ...]
    graphs: tuple[TermMap, ...]
    object_map: TermMap | RefObjectMap  # as it was written: its targets and its mark
    made: Maker | Joined | Gathering
