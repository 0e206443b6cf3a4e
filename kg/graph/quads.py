"""Claims → quads, each with the mark of the line that caused it (`Assertion`).

The default graph holds the ontology, the data set's description, entities and direct triples; one named
graph per source holds its description, claims, evidence and sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from kg.graph.compare import as_of
from kg.graph.direct import DirectTriple
from kg.graph.interest import speaks_of_own_affairs
from kg.graph.outside import list_outside, put_in_graph
from kg.graph.standpoint import find_day
from kg.model.names import Names, name_node
from kg.model.nouns import Claim, Clarity, Entity, Evidence, Mode, NameKind, Seeds, Source, Voice
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.state import CURATED, Agent, State
from kg.model.values import Date, Text
from kg.model.values.truth import TRUE
from kg.rdf.iri import expand_iri
from kg.rdf.namespace import DCAT, DCTERMS, EDTF, KG, OA, OWL, PROV, QUDT, RDF, RDFS, SCHEMA, SKOS, SKOSXL, VOID, XSD
from kg.rdf.quad import Quad
from kg.rdf.turtle.document import MarkedQuad
from kg.reading.sources import address_key
from kg.text.diagnostic import Mark
from kg.text.edtf import Edtf, write_day, xsd_of
from kg.text.kept import make_once

Term = NamedNode | Literal | BlankNode
_DISTRIBUTIONS = {"turtle": "text/turtle", "trig": "application/trig", "nquads": "application/n-quads",
                  "jsonld": "application/ld+json", "html": "text/html", "csv": "text/csv"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assertion:
    """A quad and the place in the curated files that caused it."""

    quad: Quad
    mark: Mark = field(repr=False)


def assert_all(
    seeds: Seeds,
    vocabulary: Vocabulary,
    interests: Mapping[str, frozenset[str]],
    direct_triples: Iterable[DirectTriple],
    rdf: Sequence[tuple[str, tuple[MarkedQuad, ...]]],
) -> Iterator[Assertion]:
    """Every quad of the graph, each once, with the mark of its cause; in the order of the ids.

    *rdf* are outside files: their name without ending, and their quads. Each file has a graph of its own.
    """
    builder = _Builder(seeds, vocabulary, interests, direct_triples)
    curated = [_unite(builder.default_graph()), *map(builder.graph_of, seeds.sources)]
    yield from chain.from_iterable(curated)
    seen = {assertion.quad for assertion in chain.from_iterable(curated)} if rdf else set()
    for quad, mark in list_outside(rdf, seeds.dataset.base):
        if quad not in seen:
            seen.add(quad)
            yield Assertion(quad, mark)


def _unite(assertions: Iterable[Assertion]) -> tuple[Assertion, ...]:
    """Each quad once, with the mark of its first cause."""
    first: dict[Quad, Assertion] = {}
    for assertion in assertions:
        first.setdefault(assertion.quad, assertion)
    return tuple(first.values())


class _Builder:
    """Makes assertions; holds what every part needs: names, interests, the graph that is being filled."""

    def __init__(
        self,
        seeds: Seeds,
        vocabulary: Vocabulary,
        interests: Mapping[str, frozenset[str]],
        direct_triples: Iterable[DirectTriple],
    ) -> None:
        self.seeds = seeds
        self.vocabulary = vocabulary
        self.names = Names(base=seeds.dataset.base)
        self.interests = interests
        self.direct = direct_triples
        self.graph: NamedNode | DefaultGraph = DefaultGraph()
        self.sentences: set[NamedNode] = set()
        self.digests: dict[str, dict[str, str]] = {}  # that claims files give, by source and address
        for (source, address), digest in seeds.given_digests.items():
            self.digests.setdefault(source, {})[address] = digest

    def default_graph(self) -> Iterator[Assertion]:
        yield from self.ontology()
        yield from self.dataset()
        for entity in self.seeds.entities:
            yield from self.entity(entity)
        yield from self.direct_triples()

    def graph_of(self, source: Source) -> tuple[Assertion, ...]:
        """The graph of a source; it is that of the build before, where all is the same of which it speaks."""
        seeds = self.seeds
        claims = seeds.claims_by_source.get(source.id, ())
        evidence = seeds.evidence_by_source.get(source.id, ())
        places = seeds.places_by_source.get(source.id, ())
        states = [one.state for one in (*claims, *(found for found, _ in evidence)) if one.state != CURATED]
        known = {agent.text for state in states for agent in state.agents if agent.text in seeds.entity_by_key}
        own = [claim.id for claim in claims if self.speaks_of_own_affairs(claim)]
        equal = seeds.dataset.base, seeds.dataset.language, known, own, self.digests.get(source.id)
        pairs = (part for pair in evidence for part in pair)
        return make_once(
            "graph", source.id, (source, self.vocabulary, *places, *claims, *pairs), equal,
            lambda: _unite(self.fill_graph(source)),
        )  # fmt: skip

    def fill_graph(self, source: Source) -> Iterator[Assertion]:
        self.graph = self.names.source(source.id)
        yield from self.source(source)
        for claim in self.seeds.claims_by_source.get(source.id, ()):
            yield from self.claim(claim)
        for evidence, claim in self.seeds.evidence_by_source.get(source.id, ()):
            yield from self.evidence(evidence, claim)

    def speaks_of_own_affairs(self, claim: Claim) -> bool:
        return claim.mode is Mode.FACT and speaks_of_own_affairs(claim, self.interests)

    def say(self, mark: Mark, subject: NamedNode, predicate: str, term: Term) -> Assertion:
        return Assertion(Quad(subject, name_node(predicate), term, self.graph), mark)

    def ontology(self) -> Iterator[Assertion]:
        for quad in self.vocabulary.quads:
            yield Assertion(put_in_graph(quad, DefaultGraph()), quad.subject.mark)
        used = {claim.predicate.text for claim in self.seeds.claims}
        for prop in (p for name, p in self.vocabulary.properties.items() if p.narrows is not None and name in used):
            yield from self.narrowed(prop)

    def narrowed(self, prop: Property) -> Iterator[Assertion]:
        """What the ontology would say of a property that is another one for one unit, had somebody written it."""
        it, unit = NamedNode(prop.iri), self.vocabulary.unit_by_iri[prop.unit or ""]
        kinds = ((prop.functional, OWL + "FunctionalProperty"), (prop.time_varying, KG + "TimeVarying"),
                 (prop.occurrence, KG + "Occurrence"), (prop.period_total, KG + "PeriodTotal"))  # fmt: skip
        for iri in (OWL + "DatatypeProperty", *(iri for holds, iri in kinds if holds)):
            yield self.say(prop.mark, it, RDF + "type", NamedNode(iri))
        yield self.say(prop.mark, it, RDFS + "subPropertyOf", NamedNode(prop.narrows or ""))
        yield self.say(prop.mark, it, QUDT + "hasUnit", NamedNode(unit.iri))
        for lang, label in prop.labels.items():
            text = Literal(label, language=lang) if lang else Literal(label)
            yield self.say(prop.mark, it, RDFS + "label", text)

    def dataset(self) -> Iterator[Assertion]:
        """DCAT and VoID about the data set as a whole."""
        about, mark = self.seeds.dataset, self.seeds.dataset.mark
        it = NamedNode(about.base)
        yield self.say(mark, it, RDF + "type", NamedNode(DCAT + "Dataset"))
        yield self.say(mark, it, RDF + "type", NamedNode(VOID + "Dataset"))
        for text in about.title:
            yield self.say(text.mark, it, DCTERMS + "title", Literal(text.text, language=text.lang))
        for text in about.description:
            yield self.say(text.mark, it, DCTERMS + "description", Literal(text.text, language=text.lang))
        if about.licence:
            yield self.say(mark, it, DCTERMS + "license", NamedNode(about.licence))
        if about.version:
            yield self.say(mark, it, OWL + "versionInfo", Literal(about.version))
        if about.publisher_name or about.publisher_url:
            who = NamedNode(about.publisher_url or f"{about.base}publisher")
            yield self.say(mark, it, DCTERMS + "publisher", who)
            if about.publisher_name:
                yield self.say(mark, who, SCHEMA + "name", Literal(about.publisher_name))
        day = find_day(self.seeds)
        if day is not None:
            at = about.as_of.mark if about.as_of else mark
            yield self.say(at, it, KG + "directAsOf", Literal(write_day(day), datatype=NamedNode(XSD + "date")))
        if about.known_by is not None:
            yield self.say(about.known_by.mark, it, KG + "knownBy", Literal(about.known_by.text))
        yield self.say(mark, it, VOID + "uriSpace", Literal(about.base))
        yield self.say(mark, it, VOID + "entities", _integer(len(self.seeds.entities)))
        for name, media_type in _DISTRIBUTIONS.items():
            distribution = NamedNode(f"{about.base}distribution/{name}")
            yield self.say(mark, it, DCAT + "distribution", distribution)
            yield self.say(mark, distribution, RDF + "type", NamedNode(DCAT + "Distribution"))
            iana = NamedNode(f"https://www.iana.org/assignments/media-types/{media_type}")
            yield self.say(mark, distribution, DCAT + "mediaType", iana)

    def entity(self, entity: Entity) -> Iterator[Assertion]:
        it = self.names.entity(entity.key)
        for ref in entity.classes:
            yield self.say(ref.mark, it, RDF + "type", name_node(self.vocabulary.classes[ref.text].iri))
        predicates = {NameKind.LABEL: "prefLabel", NameKind.ALIAS: "altLabel"}
        for name in entity.names:
            form = Literal(name.text, language=name.lang)
            label = predicates.get(name.kind, "hiddenLabel")
            yield self.say(name.mark, it, SKOS + label, form)
            if not name.places and name.kind in predicates:
                continue
            digest = sha256(f"{name.kind}|{name.lang}|{name.text}".encode()).hexdigest()[:8]
            node = self.names.name(f"{entity.key}.{digest}")
            yield self.say(name.mark, it, SKOSXL + label, node)
            yield self.say(name.mark, node, RDF + "type", name_node(SKOSXL + "Label"))
            yield self.say(name.mark, node, SKOSXL + "literalForm", form)
            if name.kind not in predicates:
                kind = name_node(KG + name.kind.value.capitalize())
                yield self.say(name.mark, node, KG + "nameKind", kind)
            for place in name.places:
                yield self.say(place.mark, node, PROV + "wasDerivedFrom", self.names.source(place.text))
        for text in entity.description:
            yield self.say(text.mark, it, DCTERMS + "description", Literal(text.text, language=text.lang))
        for ref in entity.same:
            iri = expand_iri(ref.text, self.seeds.dataset.prefixes.namespaces)
            if isinstance(iri, str):
                yield self.say(ref.mark, it, SKOS + "exactMatch", NamedNode(iri))
        for ref in entity.replaces:
            before = self.names.entity(ref.text)
            yield self.say(ref.mark, it, DCTERMS + "replaces", before)
            yield self.say(ref.mark, before, DCTERMS + "isReplacedBy", it)
        yield from self.note(it, entity.note)
        yield from self.period(it, entity.when, "when", "notBefore", "notAfter")

    def note(self, it: NamedNode, note: Text | None) -> Iterator[Assertion]:
        if note is not None:
            yield self.say(note.mark, it, SKOS + "editorialNote", Literal(note.text, language=note.lang))

    def period(self, it: NamedNode, date: Date | None, text: str, earliest: str, latest: str) -> Iterator[Assertion]:
        """An EDTF text with its bounds; approximate and uncertain are said where they are."""
        if date is None:
            return
        yield self.say(date.mark, it, KG + text, Literal(date.text))
        yield from self.bounds(it, date.edtf, date.mark, earliest, latest)
        if date.edtf.approximate:
            yield self.say(date.mark, it, f"{KG}{text}Approximate", TRUE)
        if date.edtf.uncertain:
            yield self.say(date.mark, it, f"{KG}{text}Uncertain", TRUE)

    def bounds(self, it: NamedNode, edtf: Edtf, mark: Mark, earliest: str, latest: str) -> Iterator[Assertion]:
        for predicate, day in ((earliest, edtf.earliest), (latest, edtf.latest)):
            if day is not None:
                yield self.say(mark, it, KG + predicate, Literal(day, datatype=name_node(XSD + "date")))

    def source(self, source: Source) -> Iterator[Assertion]:
        it, mark = self.names.source(source.id), source.mark
        classes = [self.vocabulary.classes[ref.text].iri for ref in source.classes] or [SCHEMA + "NewsArticle"]
        for iri in classes:
            yield self.say(mark, it, RDF + "type", NamedNode(iri))
        if source.title is not None:
            title = Literal(source.title.text, language=source.title.lang)
            yield self.say(source.title.mark, it, DCTERMS + "title", title)
        if source.publisher is not None:
            publisher = self.names.entity(source.publisher.text)
            yield self.say(source.publisher.mark, it, DCTERMS + "publisher", publisher)
        for author in source.authors:
            yield self.say(author.mark, it, DCTERMS + "creator", self.names.entity(author.text))
        yield self.say(mark, it, DCTERMS + "language", Literal(source.lang))
        if source.url is not None:
            yield self.say(source.url.mark, it, SCHEMA + "url", NamedNode(source.url.text))
        if source.sha256 is not None:
            yield self.say(source.sha256.mark, it, KG + "sha256", Literal(source.sha256.text))
        if source.published is not None:
            date = source.published
            if source.inferred is None:
                exact = xsd_of(date.edtf)
                datatype = EDTF + "EDTF" if exact is None else XSD + exact[1]
                issued = Literal(date.text, datatype=name_node(datatype))
                yield self.say(date.mark, it, DCTERMS + "issued", issued)
            yield from self.bounds(it, date.edtf, date.mark, "issuedNotBefore", "issuedNotAfter")
        if source.time is not None and source.published is not None:
            # to the minute where no seconds are told: xsd:dateTime would have to invent them
            moment = f"{source.published.text}T{source.time.text}"
            yield self.say(
                source.time.mark, it, SCHEMA + "datePublished", Literal(moment, datatype=name_node(SCHEMA + "DateTime"))
            )
        if source.section is not None:
            section = Literal(source.section.text, language=source.section.lang)
            yield self.say(source.section.mark, it, SCHEMA + "articleSection", section)
        if source.inferred is not None:
            yield self.say(mark, it, KG + "inferred", TRUE)
            reason = Literal(source.inferred.text, language=source.inferred.lang)
            yield self.say(mark, it, SKOS + "editorialNote", reason)
        yield from self.note(it, source.note)
        for skip in source.skips:
            node = self.names.source(f"{source.id}.{skip.address}")
            yield from self.sentence(source, skip.address, skip.mark)
            reason = Literal(skip.reason, language=self.seeds.dataset.language)
            yield self.say(skip.mark, node, KG + "skipped", reason)
        named = self.seeds.places_by_source.get(source.id, ())
        places = {place.text.partition(".")[2]: place.mark for place in named}
        for address in sorted(places, key=address_key):
            yield from self.sentence(source, address, places[address])

    def sentence(self, source: Source, address: str, mark: Mark) -> Iterator[Assertion]:
        it = self.names.source(f"{source.id}.{address}")
        if it in self.sentences:  # another claim rests on it too
            return
        self.sentences.add(it)
        yield self.say(mark, it, RDF + "type", name_node(OA + "SpecificResource"))
        yield self.say(mark, it, OA + "hasSource", self.names.source(source.id))
        paragraph, number = address_key(address)
        yield self.say(mark, it, KG + "paragraph", _integer(paragraph))
        yield self.say(mark, it, KG + "sentence", _integer(number))
        outline = source.sentences.get(address)
        if outline is not None and outline.page is not None:
            yield self.say(mark, it, KG + "page", _integer(outline.page))
        digest = outline.digest if outline is not None else self.seeds.given_digests.get((source.id, address))
        if digest is not None:
            yield self.say(mark, it, KG + "digest", Literal(digest))

    def claim(self, claim: Claim) -> Iterator[Assertion]:
        it = self.names.claim(claim.id)
        prop = self.vocabulary.properties[claim.predicate.text]
        yield self.say(claim.mark, it, RDF + "type", name_node(KG + "Claim"))
        yield self.say(claim.subject.mark, it, RDF + "subject", claim.subject.term(self.names, prop))
        yield self.say(claim.predicate.mark, it, RDF + "predicate", name_node(prop.iri))
        if claim.object is not None:
            yield self.say(claim.object_mark, it, RDF + "object", claim.object.term(self.names, prop))
            for predicate, term in claim.object.details(prop):
                yield self.say(claim.object_mark, it, predicate, term)
        mode = name_node(KG + claim.mode.value.capitalize())
        yield self.say(claim.mark_of("mode"), it, KG + "mode", mode)
        for speaker in claim.speakers:
            yield self.say(speaker.mark, it, PROV + "wasAttributedTo", self.names.entity(speaker.text))
        if claim.negated:
            yield self.say(claim.mark_of("not"), it, KG + "negated", TRUE)
        if claim.unknown_when:
            yield self.say(claim.mark_of("when"), it, KG + "when", Literal("unknown"))
        yield from self.period(it, claim.when, "when", "notBefore", "notAfter")
        varies = prop.time_varying and claim.mode is Mode.FACT  # what is planned has been counted by nobody
        counted = as_of(claim, self.seeds) if varies or claim.as_of else None
        if counted is not None:
            mark = claim.mark_of("asof")
            yield self.say(mark, it, KG + "asOf", Literal(counted.text))
            yield from self.bounds(it, counted, mark, "asOfNotBefore", "asOfNotAfter")
        if self.speaks_of_own_affairs(claim):
            yield self.say(claim.mark, it, KG + "ownInterest", TRUE)
        for unlike in claim.unlike:
            predicate = f"{KG}differsIn{unlike.difference.value.capitalize()}"
            yield self.say(unlike.mark, it, predicate, self.names.claim(unlike.claim))
        for ref in claim.compatible:
            yield self.say(ref.mark, it, KG + "compatibleWith", self.names.claim(ref.id))
        if claim.decided is not None:
            for ref in claim.decided.chosen:
                yield self.say(ref.mark, it, KG + "decidedFor", self.names.claim(ref.id))
            because = claim.decided.because
            yield self.say(because.mark, it, KG + "decidedBecause", Literal(because.text, language=because.lang))
        for inference in claim.inferred:
            reason = Literal(inference.text, language=inference.reason.lang)
            yield self.say(inference.reason.mark, it, KG + "inferredBecause", reason)
        yield from self.note(it, claim.note)
        for evidence in claim.evidence:
            source = self.names.source(evidence.source)
            yield self.say(evidence.mark, it, DCTERMS + "source", source)
            node = self.names.source(claim.evidence_id(evidence))
            yield self.say(evidence.mark, it, PROV + "wasDerivedFrom", node)
        yield from self.state(it, claim.state, claim.mark)

    def state(self, it: NamedNode, state: State, mark: Mark) -> Iterator[Assertion]:
        """How a claim or an evidence came about, who has looked at it, and whether somebody has.

        Source: PROV-O, sections 3.1 (an entity was generated by an activity) and 3.3 (a review used it).
        """
        if state == CURATED:
            return
        if state.proposed is not None:
            proposal, at = self.names.activity(it, "proposed"), state.proposed.by.mark
            yield self.say(at, it, PROV + "wasGeneratedBy", proposal)
            yield from self.activity(proposal, state.proposed.by, state.proposed.on, PROV + "Agent")
            if state.proposed.tool is not None:
                yield from self.associate(proposal, state.proposed.tool, PROV + "SoftwareAgent")
        if state.reviewed is not None:
            review = self.names.activity(it, "reviewed")
            yield self.say(state.reviewed.by.mark, review, PROV + "used", it)
            yield from self.activity(review, state.reviewed.by, state.reviewed.on, PROV + "Agent")
        status = "unreviewed" if state.is_unreviewed else "reviewed" if state.reviewed is not None else None
        if status is not None:
            yield self.say(mark, it, SCHEMA + "creativeWorkStatus", Literal(status))

    def activity(self, it: NamedNode, by: Agent, on: Date, kind: str) -> Iterator[Assertion]:
        yield self.say(by.mark, it, RDF + "type", name_node(PROV + "Activity"))
        exact = xsd_of(on.edtf)
        text = Literal(exact[0], datatype=name_node(XSD + exact[1])) if exact is not None else Literal(on.text)
        yield self.say(on.mark, it, DCTERMS + "date", text)
        yield from self.associate(it, by, kind)

    def associate(self, it: NamedNode, agent: Agent, kind: str) -> Iterator[Assertion]:
        """Who did it: an entity, or somebody (or something) whose words are a label."""
        if agent.text in self.seeds.entity_by_key:
            yield self.say(agent.mark, it, PROV + "wasAssociatedWith", self.names.entity(agent.text))
            return
        who = self.names.agent(agent.text)
        yield self.say(agent.mark, it, PROV + "wasAssociatedWith", who)
        yield self.say(agent.mark, who, RDF + "type", name_node(kind))
        yield self.say(agent.mark, who, RDFS + "label", Literal(agent.text))

    def evidence(self, evidence: Evidence, claim: Claim) -> Iterator[Assertion]:
        source = self.seeds.source_by_id[evidence.source]
        yield from self.sentence(source, evidence.address, evidence.mark)
        if evidence.is_plain:
            return
        it, mark = self.names.source(claim.evidence_id(evidence)), evidence.mark
        yield self.say(mark, it, RDF + "type", name_node(KG + "Evidence"))
        yield self.say(mark, it, KG + "at", self.names.source(evidence.sentence))
        if evidence.venue is not None:
            venue = self.names.entity(evidence.venue.text)
            yield self.say(evidence.venue.mark, it, KG + "saidAt", venue)
        for ref in evidence.via:
            yield self.say(ref.mark, it, KG + "via", self.names.entity(ref.text))
        if evidence.voice is not Voice.OWN:
            yield self.say(mark, it, KG + "voice", name_node(KG + evidence.voice.value.capitalize()))
        if evidence.clarity is not Clarity.CLEAR:
            yield self.say(mark, it, KG + "clarity", name_node(KG + evidence.clarity.value.capitalize()))
        yield from self.period(it, evidence.said_on, "saidOn", "saidNotBefore", "saidNotAfter")
        yield from self.note(it, evidence.note)
        yield from self.state(it, evidence.state, mark)

    def direct_triples(self) -> Iterator[Assertion]:
        for direct in self.direct:
            claim, prop = direct.claim, direct.prop
            subject, term = claim.subject.term(self.names, prop), direct.value.term(self.names, prop)
            yield self.say(claim.object_mark, subject, direct.predicate, term)


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=name_node(XSD + "integer"))
