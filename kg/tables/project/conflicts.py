"""Tables beside claims: where a row says otherwise than a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pyoxigraph as ox

from kg.graph.stated import Contradiction, find_contradictions, find_statements, word_contradiction
from kg.graph.story import Story
from kg.model.nouns import Mode
from kg.model.values import EntityRef
from kg.rdf.turtle.document import MarkedQuad, MarkedTerm
from kg.tables.project.seeds import MappedLines, MappedTable
from kg.text.diagnostic import Diagnostic, Related


def find_conflicts(tables: Sequence[MappedTable], story: Story) -> Iterator[Contradiction]:
    """Where a table of the graph says otherwise than facts, by what files of RDF contradict facts too: a fact once.

    A table names no speaker, so it takes no direct triple away, and its rows are not held against each other. Tables
    that are files of their own are not looked at.
    """
    namespace = f"{story.seeds.dataset.base}entity/"
    facts = [claim for claim in story.seeds.claims if claim.mode is Mode.FACT]
    keys = {claim.subject.text for claim in facts}
    keys |= {claim.object.key for claim in facts if isinstance(claim.object, EntityRef)}
    spoken_of = frozenset(f"<{namespace}{key}>" for key in keys)
    for table in tables:
        quads = (quad for mapped in table.lines for quad in _read_lines(mapped, spoken_of, story))
        found_in = find_statements(quads, story.seeds, story.vocabulary)
        statements = tuple(replace(statement, table=table.name) for statement in found_in)
        told: set[str] = set()
        for found in find_contradictions(statements, story.seeds, story.vocabulary, each_other=False):
            claims = tuple(claim for claim in found.claims if claim.id not in told)  # else by another row
            told |= {claim.id for claim in claims}
            if claims:
                yield replace(found, claims=claims)


def tell_conflicts(conflicts: Iterable[Contradiction], story: Story) -> Iterator[Diagnostic]:
    """A warning at each fact that a table says otherwise."""
    words = story.words("en")
    for found in conflicts:
        first = found.statements[0]
        for claim in found.claims:
            yield Diagnostic(
                code="table-conflict",
                mark=claim.object_mark,
                message=word_contradiction(found, claim, words, f"the table `{first.table}` says"),
                hint="mend the one that is wrong, or accept this: `accept: {table-conflict: REASON}`",
                related=(Related(mark=first.mark, message="mapped here"),),
            )


def _read_lines(mapped: MappedLines, spoken_of: frozenset[str], story: Story) -> Iterator[MarkedQuad]:
    """The statements on what facts speak of, with properties of the ontology."""
    known = frozenset(f"<{iri}>" for iri in story.vocabulary.property_by_iri)
    wanted = [line for line in mapped.lines if _speaks_of(line, spoken_of, known)]
    for quad in ox.parse("\n".join(wanted).encode(), format=ox.RdfFormat.N_QUADS):
        subject, predicate, object_, graph = (
            MarkedTerm(term=term, mark=mapped.mark)
            for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        )
        yield MarkedQuad(subject=subject, predicate=predicate, object=object_, graph=graph)


def _speaks_of(line: str, spoken_of: frozenset[str], known: frozenset[str]) -> bool:
    subject, predicate, rest = line.split(" ", 2)
    return predicate in known and (subject in spoken_of or rest.partition(" ")[0] in spoken_of)
