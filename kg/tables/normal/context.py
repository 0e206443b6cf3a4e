"""What the normal form of a mapping is made with: its triples maps by name, and what was found so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.tables.normal.statement import Collection, Gathering, Joined, Placed, SourceRows
from kg.tables.rml import RefObjectMap, TermMap, TriplesMap
from kg.text.diagnostic import Mark
from kg.text.findings import Findings


@dataclass(kw_only=True)
class Normalising(Findings):
    """A mapping on its way to its normal form; *base* is that of maps without one of their own."""

    parents: Mapping[str, TriplesMap]
    base: str | None
    collected: dict[object, Collection | None] = field(default_factory=dict)  # by triples map, gather map and graph
    made: int = 0  # tables that are made of others

    def next_number(self) -> int:
        self.made += 1
        return self.made

    def refuse(self, mark: Mark, message: str) -> None:
        """Report what is not supported."""
        self.tell("map-unsupported", mark, message)

    def base_of(self, triples_map: TriplesMap) -> str | None:
        return triples_map.base or self.base


def place_map(
    term_map: TermMap | RefObjectMap, triples_map: TriplesMap, context: Normalising
) -> Placed | Joined | Gathering | None:
    """The place of a map that has no star map in it; None for the subjects of a map that is not there."""
    if isinstance(term_map, RefObjectMap):
        parent = context.parents.get(term_map.parent)
        if parent is None:
            return None
        subject = Placed(term_map=parent.subject, base=context.base_of(parent))
        if not term_map.conditions:
            return subject
        return Joined(subject=subject, rows=SourceRows(source=parent.source), conditions=term_map.conditions)
    base = context.base_of(triples_map)
    if term_map.gather is None:
        return Placed(term_map=term_map, base=base)
    members = [place_map(member, triples_map, context) for member in term_map.gather.members]
    found = tuple(member for member in members if member is not None)
    return Gathering(gather_map=term_map, base=base, members=found)
