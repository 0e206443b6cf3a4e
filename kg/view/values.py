"""The network with plain values: for networkx's writers and for programs that draw graphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.model.nouns import NameKind, Seeds
from kg.model.ontology.vocabulary import Vocabulary
from kg.text.diagnostic import Diagnostic, Mark
from kg.view.network import find_relations

if TYPE_CHECKING:
    from kg.view.network import Network

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def describe_network(seeds: Seeds, vocabulary: Vocabulary) -> Network:
    """The network of entities and relations, every attribute a text, a number or a truth; in sorted order.

    A node is an entity's key, with `label` (in the data set's language), `iri` and `class` (its classes). An edge is a
    relation, with `label`, `property`, `mode`, `negated`, `lifted` (it is said of a claim about the subject),
    `claims` and `sources` (ids, with spaces between them) and `weight` (the number of sources); `unreviewed` where
    nobody has reviewed a claim of it.
    """
    import networkx as nx

    lang = seeds.dataset.language
    network: Network = nx.MultiDiGraph()
    for entity in sorted(seeds.entities, key=lambda e: e.key):
        network.add_node(
            entity.key,
            label=entity.label(lang),
            iri=f"{seeds.dataset.base}entity/{entity.key}",
            **{"class": " ".join(ref.text for ref in entity.classes)},
        )
    for relation in find_relations(seeds):
        prop = vocabulary.properties.get(relation.predicate)
        network.add_edge(
            relation.subject,
            relation.object,
            key=relation.key,
            label=prop.label(lang) if prop else relation.predicate,
            property=prop.iri if prop else relation.predicate,
            mode=relation.mode.value,
            negated=relation.negated,
            lifted=relation.lifted,
            claims=" ".join(claim.id for claim in relation.claims),
            sources=" ".join(sorted(relation.sources)),
            weight=len(relation.sources),
            **({"unreviewed": True} if all(claim.state.is_unreviewed for claim in relation.claims) else {}),
        )
    return network


def write_graphml(seeds: Seeds, vocabulary: Vocabulary) -> str:
    """The network as GraphML; signs that XML cannot hold are written as U+FFFD: `tell_lost_signs` tells them.

    Source: http://graphml.graphdrawing.org/specification.html
    """
    import networkx as nx

    network = describe_network(seeds, vocabulary)
    for attributes in (
        *(data for _, data in network.nodes(data=True)),
        *(data for *_, data in network.edges(data=True)),
    ):
        for name, value in attributes.items():
            if isinstance(value, str):
                attributes[name] = _NOT_XML.sub("\ufffd", value)
    writer = nx.GraphMLWriter()  # `generate_graphml` cuts its text at every sign that may end a line
    writer.add_graph_element(network)
    text = str(writer).rstrip("\n").replace("\r", "&#13;")  # a reader makes a line feed of it
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def tell_lost_signs(seeds: Seeds, vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """A warning for each label of the network that holds signs which no XML, and so no GraphML, can hold.

    Source: XML 1.0, section 2.2
    """
    for mark, label in _list_labels(seeds, vocabulary):
        lost = dict.fromkeys(_NOT_XML.findall(label))
        if lost:
            signs = ", ".join(f"U+{ord(sign):04X}" for sign in lost)
            hint = "leave it out of the label, or take another format, such as Turtle"
            message = f"GraphML cannot hold {signs}, written as U+FFFD"
            yield Diagnostic(code="sign-lost", mark=mark, message=message, hint=hint)


def _list_labels(seeds: Seeds, vocabulary: Vocabulary) -> Iterator[tuple[Mark, str]]:
    """The labels of the nodes and edges of the network, with their places; all else in it is ids and IRIs."""
    lang = seeds.dataset.language
    for entity in seeds.entities:
        label = entity.label(lang)
        place = next((n.mark for n in entity.names if n.kind is NameKind.LABEL and n.text == label), entity.mark)
        yield place, label
    for name in sorted({relation.predicate for relation in find_relations(seeds)}):
        if prop := vocabulary.properties.get(name):
            yield prop.mark, prop.label(lang)
