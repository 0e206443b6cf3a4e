"""What a claim says on other matters than its own, for disputes alone: nothing of it is asserted.

Who says that Anna is married to Bert says so of Bert, where the property is symmetric; an inverse says the same the
other way round, and what holds by a property holds by those above it (a denial by those below it). A range says what
its ends are, where its property names properties for them. Source: OWL 2 Direct Semantics, table 6; RDF Schema 1.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg.graph.decision import Matter, matter_of
from kg.model.nouns import Claim, Mode, Ref, Seeds
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.values import EntityRef, Quantity


def find_echoes(seeds: Seeds, vocabulary: Vocabulary) -> Mapping[Matter, tuple[Claim, ...]]:
    """The claims as they stand on other matters, by these; each keeps its id. Questions are left out."""
    found: dict[Matter, list[Claim]] = defaultdict(list)
    for claim in seeds.claims:
        for echo in list_echoes(claim, vocabulary):
            found[matter_of(echo)].append(echo)
    return {matter: tuple(echoes) for matter, echoes in found.items()}


def list_echoes(claim: Claim, vocabulary: Vocabulary) -> Iterator[Claim]:
    """A claim as it stands on other matters than its own; none of a question."""
    prop = vocabulary.properties.get(claim.predicate.text)
    if prop is None or claim.mode is Mode.QUESTION:
        return
    for echo in _echoes_of(claim, prop, vocabulary):
        if vocabulary.properties[echo.predicate.text].time_varying == prop.time_varying:  # a later value is no clash
            yield echo


def _echoes_of(claim: Claim, prop: Property, vocabulary: Vocabulary) -> Iterator[Claim]:
    mark = claim.predicate.mark
    subject, thing = claim.subject, claim.object
    if isinstance(thing, Quantity) and thing.number is None and not claim.negated:
        for iri, end in thing.direct(prop, vocabulary):
            if iri in vocabulary.property_by_iri and isinstance(end, Quantity):
                name = vocabulary.property_by_iri[iri].name
                yield replace(claim, predicate=Ref(text=name, mark=mark), object=end)
    if not isinstance(subject, EntityRef) or not isinstance(thing, EntityRef):
        return
    related = vocabulary.narrower if claim.negated else vocabulary.wider
    itself = subject.key == thing.key
    for name, turned in related.get(prop.name, ()):
        if itself and (name == prop.name or (turned and (name, False) in related[prop.name])):
            continue  # the other way round it says the same
        ends = (thing, subject) if turned else (subject, thing)
        yield replace(claim, subject=ends[0], predicate=Ref(text=name, mark=mark), object=ends[1])
