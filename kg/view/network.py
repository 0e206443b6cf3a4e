"""Seeds → `networkx.MultiDiGraph`, and what is asked of it: paths, rank, communities."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model.nouns import Claim, Mode, Seeds
from kg.model.values import EntityRef

if TYPE_CHECKING:
    import networkx as nx

    Network = nx.MultiDiGraph[str]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """An edge of the network: what claims of one mode say of two entities, with these claims.

    *subject* and *object* are keys of entities, *predicate* is the name of a property. Where *lifted* is true the
    claims are about a claim, and *subject* is the entity which that one is about.
    """

    subject: str
    predicate: str
    object: str
    mode: Mode
    negated: bool
    lifted: bool
    claims: tuple[Claim, ...]

    @property
    def key(self) -> str:
        """What tells it from the other relations of the same two entities."""
        return f"{self.predicate}|{self.mode}|{'not' if self.negated else ''}{'lifted' if self.lifted else ''}"

    @property
    def sources(self) -> frozenset[str]:
        """The sources that say it: its width in a picture."""
        return frozenset(e.source for c in self.claims for e in c.evidence)


def root_entity(claim: Claim, seeds: Seeds) -> str | None:
    """The entity that a claim is about in the end: a claim about a claim is about that one's subject."""
    seen: set[str] = set()
    here: Claim | None = claim
    while here is not None and here.id not in seen:
        if isinstance(here.subject, EntityRef):
            return here.subject.key
        seen.add(here.id)
        here = seeds.claim_by_id.get(here.subject.id)
    return None


def find_relations(seeds: Seeds) -> tuple[Edge, ...]:
    """All relations between two entities, sorted; claims with other objects make none."""
    groups: dict[tuple[str, str, str, Mode, bool, bool], list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        subject = root_entity(claim, seeds)
        if subject in seeds.entity_by_key and isinstance(claim.object, EntityRef):
            target = claim.object.key
            lifted = not isinstance(claim.subject, EntityRef)
            if target in seeds.entity_by_key and subject is not None:
                groups[subject, claim.predicate.text, target, claim.mode, claim.negated, lifted].append(claim)
    return tuple(
        Edge(subject=s, predicate=p, object=o, mode=m, negated=n, lifted=lifted, claims=tuple(claims))
        for (s, p, o, m, n, lifted), claims in sorted(groups.items())
    )


def project_network(seeds: Seeds) -> Network:
    """Entities as nodes (attribute `entity`), relations as edges (attribute `relation`), parallel ones kept.

    Nodes and edges are added in sorted order, so that whatever walks the network walks it alike.
    """
    import networkx as nx

    network: Network = nx.MultiDiGraph()
    for entity in sorted(seeds.entities, key=lambda e: e.key):
        network.add_node(entity.key, entity=entity)
    for relation in find_relations(seeds):
        network.add_edge(relation.subject, relation.object, key=relation.key, relation=relation)
    return network


def rank_entities(network: Network) -> dict[str, float]:
    """How central each entity is: its share of a random walk along relations in either direction (PageRank).

    Written here in 12 lines, since networkx's needs SciPy. Source: Page et al. 1999, damping 0.85.
    """
    nodes = list(network)
    if not nodes:
        return {}
    import numpy as np

    at = {node: number for number, node in enumerate(nodes)}
    ends = np.array([(at[a], at[b]) for a, b in network.edges()], dtype=np.int64).reshape(-1, 2)
    tails, heads = np.concatenate([ends, ends[:, ::-1]]).T
    degree = np.bincount(tails, minlength=len(nodes))
    rank = np.full(len(nodes), 1 / len(nodes))
    for _ in range(40):
        share = 0.85 * rank / np.maximum(degree, 1)
        lost = rank[degree == 0].sum()
        rank = (0.15 + 0.85 * lost) / len(nodes) + np.bincount(heads, weights=share[tails], minlength=len(nodes))
    return dict(zip(nodes, np.round(rank, 9).tolist(), strict=True))
