"""Collections (RML-CC) as relations: the members of each head, in order, and the heads of each row."""

from __future__ import annotations

from kg.rdf.namespace import RDF
from kg.tables.columns import SourceTable
from kg.tables.normal.statement import Collection
from kg.tables.plan.relation import CollectionMembers, Heads, Named, Project, Relation, Scan
from kg.tables.plan.value import Column, Encode, Encoding, Missing, Number, Numbers, Text, Value, join_parts
from kg.tables.rml import Gather, Strategy

NIL = f"<{RDF}nil>"
ROW = Column(of="t", name="rowid")


def project_part(rows: Relation, place: int, row: Value, order: tuple[Value, ...], term: Value) -> Project:
    """The members that one map gives: row `i`, `part` of the list, order `n` within it, term `x`."""
    columns = (
        Named(name="i", value=row),
        Named(name="part", value=Number(number=place)),
        Named(name="n", value=Numbers(numbers=order or (Number(number=0),))),
        Named(name="x", value=term),
    )
    return Project(rows=rows, columns=columns)


def build_members(
    collection: Collection,
    table: SourceTable,
    head: Value,
    graph: Value | None,
    parts: tuple[Relation, ...],
    *,
    is_blank: bool,
) -> CollectionMembers:
    """The members of a collection; *head* and *graph* are whole texts over the rows of *table*."""
    if collection.unnamed:
        head = join_parts((Text(text=f"_:k{collection.number}x"), ROW))
    elif is_blank and graph is not None:  # the same label in two graphs would be one node
        head = join_parts((head, Text(text="_g"), Encode(encoding=Encoding.LABEL, value=graph)))
    named = Missing() if graph is None else graph
    columns = (Named(name="i", value=ROW), Named(name="h", value=head), Named(name="g", value=named))
    product = collection.gather.strategy is Strategy.CARTESIAN_PRODUCT
    return CollectionMembers(
        rows=Project(rows=Scan(table=table.name, alias="t"), columns=columns),
        parts=parts,
        number=collection.number,
        product=product,
        apart=product and collection.unnamed,
        has_graph=graph is not None,
    )


def build_heads(members: CollectionMembers, name: str, gather: Gather) -> Heads:
    """The heads of a collection whose members are kept as the table *name*; one without members is empty, or none."""
    empty: Value = Missing()
    if gather.allow_empty:
        empty = Text(text=NIL) if gather.is_list else Column(of="t", name="h")
    return Heads(rows=members.rows, members=name, empty=empty)
