"""The graph as files: Turtle, TriG, N-Quads, JSON-LD, CSV; all written from the quads, with headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from kg.build.pipeline import Checked
from kg.export import FORMATS, CanonicalQuads, Section, canonicalize_quads, check_format, find_writers
from kg.export.order import Node
from kg.model.names import Names
from kg.model.nouns import Seeds
from kg.model.state import State
from kg.rdf.namespace import OWL, QUDT, RDF
from kg.reading.sources import address_key
from kg.system.files import ExportFile, encode_file


def publish_graph(checked: Checked, *only: str) -> tuple[ExportFile, ...]:
    """The files of a graph in all formats (`kg.export.FORMATS`), or in those named. Raises UsageError for another."""
    for form in only:
        check_format(form)
    quads = canonicalize_quads(a.quad for a in checked.assertions)
    prefixes = checked.seeds.dataset.prefixes
    sections = tuple(outline_graph(checked, quads))
    writers = find_writers(quads, prefixes, sections)
    return tuple(encode_file(name, writers[form]()) for form, name in FORMATS.items() if not only or form in only)


def outline_graph(checked: Checked, quads: CanonicalQuads) -> Iterator[Section]:
    """The headings under which a person finds things: data set, entities, claims by source, the ontology."""
    seeds = checked.seeds
    names = checked.story.names
    yield Section(title="The data set", subjects=(NamedNode(seeds.dataset.base),))
    yield Section(title="Entities", subjects=tuple(names.entity(e.key) for e in seeds.entities))
    for source in seeds.sources:
        title = source.title.text if source.title else source.id
        yield Section(title=f"Source {source.id}: {title}", subjects=(names.source(source.id),))
        claims = [names.claim(c.id) for c in seeds.claims_by_source.get(source.id, ())]
        yield Section(title=f"Claims of {source.id}", subjects=tuple(claims))
        yield Section(
            title=f"Sentences and evidence of {source.id}", subjects=tuple(_evidence(seeds, names, source.id))
        )
        yield Section(
            title=f"Proposals and reviews of {source.id}", subjects=tuple(_activities(seeds, names, source.id))
        )
    yield Section(title="Who proposed and reviewed", subjects=tuple(_agents(seeds, names)))
    for table in checked.tables:
        own = quads.graphs.get(NamedNode(table.mapping.graph), ())
        yield Section(title=f"Table {table.name}: {table.mapping.source.name}", subjects=_sort_iris(own))
    kinds = {"Classes": (OWL + "Class",), "Units": (QUDT + "Unit", QUDT + "CurrencyUnit"),
             "Properties": (OWL + "ObjectProperty", OWL + "DatatypeProperty", RDF + "Property")}  # fmt: skip
    for title, types in kinds.items():
        found = {subject for iri in types for subject in quads.instances.get(NamedNode(iri), ())}
        yield Section(title=title, subjects=_sort_iris(found))


def _sort_iris(nodes: Iterable[Node]) -> tuple[NamedNode, ...]:
    return tuple(sorted((node for node in nodes if isinstance(node, NamedNode)), key=lambda node: node.value))


def _states(seeds: Seeds, names: Names, source: str) -> Iterator[tuple[NamedNode, State]]:
    """The claims of a source and the evidence in it that tell of a proposal or a review."""
    for claim in seeds.claims_by_source.get(source, ()):
        yield names.claim(claim.id), claim.state
    for evidence, claim in seeds.evidence_by_source.get(source, ()):
        yield names.source(claim.evidence_id(evidence)), evidence.state


def _activities(seeds: Seeds, names: Names, source: str) -> Iterator[NamedNode]:
    for node, state in _states(seeds, names, source):
        yield from [names.activity(node, "proposed")] if state.proposed is not None else []
        yield from [names.activity(node, "reviewed")] if state.reviewed is not None else []


def _agents(seeds: Seeds, names: Names) -> list[NamedNode]:
    states = (state for source in seeds.sources for _, state in _states(seeds, names, source.id))
    words = {agent.text for state in states for agent in state.agents} - seeds.entity_by_key.keys()
    return [names.agent(word) for word in sorted(words)]


def _evidence(seeds: Seeds, names: Names, source: str) -> list[NamedNode]:
    """The sentences of a source in the order of the text, each followed by the evidence in it."""
    found: dict[tuple[int, int, int, str], NamedNode] = {}
    for evidence, claim in seeds.evidence_by_source.get(source, ()):
        place = address_key(evidence.address)
        found[(*place, 0, "")] = names.source(evidence.sentence)
        node = names.source(claim.evidence_id(evidence))
        found[(*place, int(not evidence.is_plain), node.value if not evidence.is_plain else "")] = node
    for skip in seeds.source_by_id[source].skips:
        found[(*address_key(skip.address), 0, "")] = names.source(f"{source}.{skip.address}")
    return [found[key] for key in sorted(found)]
