"""Files of RDF use what there is: terms of the ontology, of its domains and ranges, entities, claims and sources."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from kg.check.context import RuleContext
from kg.check.references import class_words, classes_of, find_missed
from kg.graph.stated import word_contradiction, word_statement
from kg.model.ontology.ranges import is_within, name_datatypes, shorten
from kg.model.ontology.terms import DECLARING_TYPES, find_slips
from kg.model.ontology.vocabulary import Property, RangeKind
from kg.rdf.file import word_place
from kg.rdf.namespace import RDF
from kg.rdf.turtle.document import MarkedQuad, Term
from kg.text.diagnostic import Diagnostic, Mark, Related, did_you_mean

_DECLARING = {type_ for types in DECLARING_TYPES.values() for type_ in types}


def _list_iris(context: RuleContext) -> Iterator[tuple[str, Mark]]:
    """The IRIs of all files of RDF, with their places."""
    for quad in context.story.stated_quads:
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term.term, NamedNode):
                yield term.term.value, term.mark


def _find_typed(context: RuleContext) -> set[Term]:
    """The things that files of RDF give a class."""
    return {q.subject.term for q in context.story.stated_quads if q.predicate.term == NamedNode(RDF + "type")}


def check_terms(context: RuleContext) -> Iterator[Diagnostic]:
    """Terms of the project's own namespaces (`r:`, `k:`) are declared; those of RDFS, OWL, SKOS and the model exist."""
    vocabulary = context.vocabulary
    if not context.story.rdf or not vocabulary.complete:
        return
    quads = context.story.stated_quads
    yield from find_slips(quads, vocabulary.quads).diagnostics
    declared = {q.subject.term.value for q in vocabulary.quads if isinstance(q.subject.term, NamedNode)}
    declared |= vocabulary.property_by_iri.keys()
    declared |= {
        q.subject.term.value
        for q in quads
        if q.predicate.term == NamedNode(RDF + "type")
        and isinstance(q.subject.term, NamedNode)
        and isinstance(q.object.term, NamedNode)
        and q.object.term.value in _DECLARING
    }
    base, told = context.seeds.dataset.base, set()
    for path, word in (("relation/", "property"), ("class/", "class")):
        space = base + path
        for iri, mark in _list_iris(context):
            if iri.startswith(space) and iri not in declared and iri not in told:
                told.add(iri)
                name = iri.removeprefix(space)
                near = did_you_mean(name, {d.removeprefix(space) for d in declared if d.startswith(space)})
                hint = near or f"declare the {word} in `ontology/`"
                message = f"the ontology has no {word} `{name}`"
                yield Diagnostic(code="rdf-term", mark=mark, message=message, hint=hint)


def check_schemes(context: RuleContext) -> Iterator[Diagnostic]:
    """No namespace differs from one of the data set's by `http` for `https` alone: to a query they are two.

    Each is told once for each file.
    """
    twins = {}
    for prefix, namespace in context.seeds.dataset.prefixes.namespaces.items():
        scheme, _, rest = namespace.partition("://")
        if scheme in {"http", "https"}:
            twins[("http" if scheme == "https" else "https") + "://" + rest] = prefix
    told: set[tuple[str, str]] = set()
    wrong = tuple(twins)
    for iri, mark in _list_iris(context):
        if not iri.startswith(wrong):
            continue
        for twin, prefix in twins.items():
            if iri.startswith(twin) and (mark.file, twin) not in told:
                told.add((mark.file, twin))
                message = f"`<{iri}>` is not `{prefix}:{iri.removeprefix(twin)}` of this data set"
                hint = (
                    f"write <{context.seeds.dataset.prefixes.namespaces[prefix]}> as the namespace, in all of the file"
                )
                yield Diagnostic(code="rdf-scheme", mark=mark, message=message, hint=hint)


def check_graphs(context: RuleContext) -> Iterator[Diagnostic]:
    """The graphs that a file names are its own: each has an IRI, and none is that of a source or a table.

    Each is told once for each file.
    """
    told: set[tuple[str, Term]] = set()
    kinds = {f"{context.seeds.dataset.base}{kind}/": kind for kind in ("source", "table")}
    for quad in context.story.stated_quads:
        graph, mark = quad.graph.term, quad.graph.mark
        if isinstance(graph, DefaultGraph) or (mark.file, graph) in told:
            continue
        told.add((mark.file, graph))
        if isinstance(graph, BlankNode):
            message = "a graph without a name: what stands in it goes into the file's own graph"
            yield Diagnostic(code="rdf-graph", mark=mark, message=message, hint="name the graph by an IRI")
        for space, kind in kinds.items():
            if isinstance(graph, NamedNode) and graph.value.startswith(space):
                message = f"<{graph.value}> is the graph of a {kind}, and a file of RDF puts statements into it"
                hint = "name another graph, or none: the file has one of its own"
                yield Diagnostic(code="rdf-graph", mark=mark, message=message, hint=hint)


def check_names(context: RuleContext) -> Iterator[Diagnostic]:
    """IRIs of entities, claims and sources in files of RDF are those of the seeds, or are given a class there.

    Tables may mint entities too: where there are mappings, entities are left to what these say.
    """
    seeds, base = context.seeds, context.seeds.dataset.base
    typed = _find_typed(context)
    spaces = (
        ("entity/", "entity", seeds.entity_by_key, context.entities_complete and not context.minting),
        ("claim/", "claim", seeds.claim_by_id, context.claims_complete),
        ("source/", "source", seeds.source_by_id, context.sources_complete),
    )
    now = {ref.text: entity.key for entity in seeds.entities for ref in entity.replaces}
    told: set[str] = set()
    for iri, mark in _list_iris(context):
        if not iri.startswith(base) or iri in told or NamedNode(iri) in typed:
            continue
        for path, word, known, complete in spaces:
            name = iri.removeprefix(base + path) if iri.startswith(base + path) else None
            if name is None or not complete or name in known or (word == "source" and name.split(".")[0] in known):
                continue
            told.add(iri)
            hint = f"it is `{now[name]}` now" if word == "entity" and name in now else did_you_mean(name, known)
            message = f"no {word} `{name}`"
            hint = hint or ("declare it under seeds/entities/, or give it a class here" if word == "entity" else None)
            yield Diagnostic(code="rdf-name", mark=mark, message=message, hint=hint)


def check_ranges(context: RuleContext) -> Iterator[Diagnostic]:
    """Subjects and objects of the ontology's properties are of the domain and the range that it declares."""
    seeds, known = context.seeds, context.vocabulary.property_by_iri
    typed = _find_typed(context)
    namespace = f"{seeds.dataset.base}entity/"
    for quad in context.story.stated_quads:
        prop = known.get(quad.predicate.term.value) if isinstance(quad.predicate.term, NamedNode) else None
        if prop is None:
            continue
        problem = _find_wrong_literal(quad, prop)
        if problem is not None:
            yield Diagnostic(code="rdf-range", mark=quad.object.mark, message=problem)
        for what, term, classes in (("subject", quad.subject, prop.domain), ("object", quad.object, prop.range)):
            iri = term.term.value if isinstance(term.term, NamedNode) else ""
            entity = seeds.entity_by_key.get(iri.removeprefix(namespace)) if iri.startswith(namespace) else None
            if entity is None or term.term in typed or (prop.claim_subject and what == "subject"):
                continue
            missed = find_missed(entity, classes, context)
            if missed is not None and problem is None:
                wanted, found = class_words(missed, context), classes_of(entity, context)
                message = f"the {what} of `{prop.name}` should be {wanted}, and `{entity.key}` is {found}"
                related = (Related(mark=entity.mark, message="declared here"),)
                yield Diagnostic(code="rdf-range", mark=term.mark, message=message, related=related)


def _find_wrong_literal(quad: MarkedQuad, prop: Property) -> str | None:
    """What is wrong with the kind of an object, or with its datatype."""
    term = quad.object.term
    if prop.kind in {RangeKind.ENTITY, RangeKind.CLAIM}:
        message = f"the object of `{prop.name}` should be {prop.kind.value}, not a literal"
        return message if isinstance(term, Literal) else None
    if isinstance(term, Literal) and any(is_within(term.datatype.value, wanted) for wanted in prop.datatypes):
        return None
    asked = name_datatypes(prop.datatypes)
    if not isinstance(term, Literal):
        return f"the object of `{prop.name}` should be a literal of {asked}"
    return f"the object of `{prop.name}` should be of {asked}, and it is of `{shorten(term.datatype.value)}`"


def check_contradictions(context: RuleContext) -> Iterator[Diagnostic]:
    """Statements of files of RDF contradict neither facts of claims nor each other."""
    words = context.story.words("en")
    for found in context.story.contradictions:
        first, *others = found.statements
        related = (Related(mark=first.mark, message="stated here"),)
        place = f"{word_place(first.mark)} states"
        for claim in found.claims:
            yield Diagnostic(
                code="rdf-conflict",
                mark=claim.object_mark,
                message=word_contradiction(found, claim, words, place),
                hint="mend the one that is wrong, or accept this: `accept: {rdf-conflict: REASON}`",
                related=related,
            )
        for other in others:
            same = {(one.subject, one.prop.name) for one in (first, other)} == {(found.subject, found.prop.name)}
            stated = word_statement(first, words, whole=not same)
            yield Diagnostic(
                code="rdf-conflict",
                mark=other.mark,
                message=f"`{found.subject}` has one `{found.prop.name}`, and {place} {stated}",
                related=related,
            )
