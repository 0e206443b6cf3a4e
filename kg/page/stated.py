"""What files of RDF state of the page's entities, and rows of tables against facts: a line each, with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode

from kg.ask.term import show_term
from kg.graph.stated import Contradiction
from kg.graph.story import Story
from kg.page.text import clean
from kg.rdf.file import word_place
from kg.rdf.turtle.document import MarkedQuad

MOST_STATED = 40  # statements on one entity that are shown, beside those that contradict something


@dataclass(frozen=True, kw_only=True)
class StatedRecord:
    """A statement on an entity. *name* is that of a property of the ontology, *entity* the key of its object.

    *contradicted*: a fact of a claim, or another file, says otherwise.
    """

    name: str | None
    predicate: str
    value: str
    entity: str | None
    place: str
    contradicted: bool


@dataclass(frozen=True, kw_only=True)
class StatedRecords:
    """Statements by the keys of their subjects, and of how many more each subject has.

    *by_row* are those of rows of tables that contradict facts.
    """

    by_entity: Mapping[str, tuple[StatedRecord, ...]]
    by_row: Mapping[str, tuple[StatedRecord, ...]]
    left_out: Mapping[str, int]

    @property
    def contradicted(self) -> tuple[str, ...]:
        """The entities with a statement that is contradicted, sorted."""
        return tuple(sorted(key for key, records in self.by_entity.items() if any(r.contradicted for r in records)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the properties in them, sorted."""
        groups = (*self.by_entity.values(), *self.by_row.values())
        return tuple(sorted({r.name for records in groups for r in records if r.name}))


def record_statements(story: Story, table_conflicts: Iterable[Contradiction] = ()) -> StatedRecords:
    """What is stated of the entities of a story, in the order of the files, and by the rows of *table_conflicts*."""
    start, prefixes = f"{story.seeds.dataset.base}entity/", story.seeds.dataset.prefixes
    known = story.vocabulary.property_by_iri
    contradicted = {id(s.quad) for c in story.contradictions for s in c.statements}
    found: dict[str, list[StatedRecord]] = defaultdict(list)
    left_out: dict[str, int] = defaultdict(int)

    def key_of(term: object) -> str | None:
        key = term.value.removeprefix(start) if isinstance(term, NamedNode) else None
        return key if key in story.seeds.entity_by_key else None

    def record(quad: MarkedQuad, place: str, *, contradicted: bool) -> StatedRecord:
        predicate, value = quad.predicate.term, quad.object.term
        assert not isinstance(predicate, DefaultGraph) and not isinstance(value, DefaultGraph)
        prop = known.get(predicate.value) if isinstance(predicate, NamedNode) else None
        return StatedRecord(
            name=prop.name if prop else None,
            predicate=clean(show_term(predicate, prefixes)),
            value=clean(show_term(value, prefixes)),
            entity=key_of(value),
            place=clean(place),
            contradicted=contradicted,
        )

    for quad in story.stated_quads:
        key, predicate, value = key_of(quad.subject.term), quad.predicate.term, quad.object.term
        if key is None or isinstance(predicate, DefaultGraph) or isinstance(value, DefaultGraph):
            continue
        if len(found[key]) < MOST_STATED or id(quad) in contradicted:
            found[key].append(record(quad, word_place(quad.object.mark), contradicted=id(quad) in contradicted))
        else:
            left_out[key] += 1
    rows: dict[str, list[StatedRecord]] = defaultdict(list)
    for conflict in table_conflicts:
        row = conflict.statements[0]
        if row.subject in story.seeds.entity_by_key:
            rows[row.subject].append(record(row.quad, f"table {row.table}", contradicted=True))
    by_entity, by_row = ({key: tuple(records) for key, records in some.items()} for some in (found, rows))
    return StatedRecords(by_entity=by_entity, by_row=by_row, left_out=left_out)
