"""References lead somewhere: to entities, classes, properties, sources; to what a domain or a range declares."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from kg.check.context import RuleContext
from kg.model.nouns import Claim, Entity, NameKind, Ref, Seeds
from kg.model.ontology.vocabulary import OntologyClass, Property
from kg.model.values import EntityRef
from kg.rdf.namespace import KG, SCHEMA
from kg.text.diagnostic import Diagnostic, Mark, Related, did_you_mean, list_known
from kg.text.language import choose_language

_LABELLED = frozenset({SCHEMA + "Thing", KG + "Voice"})


def check_classes(context: RuleContext) -> Iterator[Diagnostic]:
    """Every class that an entity or a source bears is declared in the ontology."""
    known = context.vocabulary.classes
    for_things = [name for name, each in known.items() if not each.iri.startswith(KG) or name == "Voice"]
    owners = [ref for e in context.seeds.entities for ref in e.classes]
    owners += [ref for s in context.seeds.sources for ref in s.classes]
    for ref in owners:
        if ref.text not in known and context.vocabulary.complete:
            yield Diagnostic(
                code="unknown-class",
                mark=ref.mark,
                message=f"no class `{ref.text}`",
                hint=did_you_mean(ref.text, known) or f"classes of the ontology: {list_known(for_things)}",
            )


def check_entity_references(context: RuleContext) -> Iterator[Diagnostic]:
    """Every entity that a claim or a source names is declared."""
    for source in context.seeds.sources:
        refs = [*source.authors, *([source.publisher] if source.publisher else [])]
        for ref in refs:
            yield from _check_entity(ref, context)
    for claim in context.seeds.claims:
        source_of_claim = context.seeds.source_by_id.get(claim.source)
        authors = {a.text for a in source_of_claim.authors} if source_of_claim else set()
        for end in (claim.subject, claim.object):
            if isinstance(end, EntityRef) and end.key:
                yield from _check_entity(end, context)
        for speaker in claim.speakers:
            if speaker.text not in authors:  # an author that does not exist is told at the source
                yield from _check_entity(speaker, context)
        for evidence in claim.evidence:
            for ref in (*([evidence.venue] if evidence.venue is not None else []), *evidence.via):
                yield from _check_entity(ref, context)


def _check_entity(ref: Ref | EntityRef, context: RuleContext) -> Iterator[Diagnostic]:
    known = context.seeds.entity_by_key
    if ref.text in known or not context.entities_complete:
        return
    now = next((e.key for e in known.values() if any(old.text == ref.text for old in e.replaces)), None)
    hint = f"it is `{now}` now" if now else did_you_mean(ref.text, known)
    if hint is None:
        folded = ref.text.casefold()
        named = [e.key for e in known.values() if any(n.text.casefold() == folded for n in e.names)]
        hint = f"did you mean `{named[0]}`?" if named else "declare it under seeds/entities/"
    yield Diagnostic(code="unknown-entity", mark=ref.mark, message=f"no entity `{ref.text}`", hint=hint)


def check_replaced(context: RuleContext) -> Iterator[Diagnostic]:
    """An id that an entity bore before is borne by no entity, and was borne by one only."""
    first: dict[str, tuple[str, Ref]] = {}
    for entity in context.seeds.entities:
        for ref in entity.replaces:
            there = context.seeds.entity_by_key.get(ref.text)
            message = related = None
            if there is not None:
                message = f"`{ref.text}`, which `{entity.key}` replaces, is an entity itself"
                related = Related(mark=there.mark, message="the entity")
            elif ref.text in first:
                message = f"`{ref.text}` is replaced twice, by `{first[ref.text][0]}` and by `{entity.key}`"
                related = Related(mark=first[ref.text][1].mark, message="the first")
            if message is not None and related is not None:
                hint = "an id that was replaced leads to one entity"
                yield Diagnostic(code="replaced-entity", mark=ref.mark, message=message, hint=hint, related=(related,))
            first.setdefault(ref.text, (entity.key, ref))


def check_properties(context: RuleContext) -> Iterator[Diagnostic]:
    """Every property that a claim uses is declared in the ontology."""
    known = context.vocabulary.properties
    for claim in context.seeds.claims:
        name = claim.predicate.text
        if name and name not in known and name not in context.vocabulary.faulty and context.vocabulary.complete:
            mark, why = claim.predicate.mark, context.vocabulary.set_aside.get(name)
            message, hint = f"no property `{name}`", did_you_mean(name, known) or _near_label(name, known)
            if why is not None:
                message = f"`{name}` is {why}, which no claim uses"
                hint = (
                    "declare a property of your own: an owl:ObjectProperty, or an owl:DatatypeProperty with its range"
                )
            yield Diagnostic(code="unknown-property", mark=mark, message=message, hint=hint)


def _near_label(name: str, known: object) -> str | None:
    assert isinstance(known, dict)
    for prop in known.values():
        if name.casefold() in {label.casefold() for label in prop.labels.values()}:
            return f"did you mean `{prop.name}`?"
    return "declare it in ontology/"


def check_domain_and_range(context: RuleContext) -> Iterator[Diagnostic]:
    """The subject and the object of a claim are of the classes that the property asks for."""
    for claim in context.seeds.claims:
        prop = context.vocabulary.properties.get(claim.predicate.text)
        if prop is None or not claim.subject.text:
            continue
        yield from _check_domain(claim, prop, context)
        if isinstance(claim.object, EntityRef):
            yield from _check_end("range", claim.object.key, claim.object.mark, prop, context)


def _check_domain(claim: Claim, prop: Property, context: RuleContext) -> Iterator[Diagnostic]:
    is_claim = not isinstance(claim.subject, EntityRef)
    if is_claim != prop.claim_subject and not (is_claim is False and prop.domain):
        expected = "a claim (`c:id`)" if prop.claim_subject else "an entity"
        found = "a claim" if is_claim else "an entity"
        yield Diagnostic(
            code="outside-domain",
            mark=claim.subject.mark,
            message=f"the subject of `{prop.name}` should be {expected}, not {found}",
        )
        return
    yield from _check_end("domain", claim.subject.text, claim.subject.mark, prop, context)


def _check_end(
    end: Literal["domain", "range"], key: str, mark: Mark, prop: Property, context: RuleContext
) -> Iterator[Diagnostic]:
    """An entity that there is has the classes that one end of a property asks for."""
    entity = context.seeds.entity_by_key.get(key)
    wanted = find_missed(entity, prop.domain if end == "domain" else prop.range, context) if entity else None
    if entity is not None and wanted is not None:
        which = "subject" if end == "domain" else "object"
        yield Diagnostic(
            code=f"outside-{end}",
            mark=mark,
            message=f"the {which} of `{prop.name}` should be {class_words(wanted, context)}, "
            f"and `{entity.key}` is {classes_of(entity, context)}",
            related=(Related(mark=entity.mark, message="declared here"),),
        )


def _classes(entity: Entity, context: RuleContext) -> list[OntologyClass]:
    known = context.vocabulary.classes
    return [known[ref.text] for ref in entity.classes if ref.text in known]


def find_missed(entity: Entity, statements: tuple[frozenset[str], ...], context: RuleContext) -> frozenset[str] | None:
    """The classes of the first statement of a domain or a range that an entity is none of; None where it meets all."""
    return next((classes for classes in statements if not _is_a(entity, classes, context)), None)


def _is_a(entity: Entity, wanted: frozenset[str], context: RuleContext) -> bool:
    """True also where a class on either side is not declared: that was told, or it is owl:Thing."""
    classes = _classes(entity, context)
    if len(classes) < len(entity.classes) or not classes or not wanted <= context.vocabulary.class_by_iri.keys():
        return True
    return any(c.ancestors & wanted for c in classes)


def class_words(iris: frozenset[str], context: RuleContext) -> str:
    """The names of classes, for a message: any of them will do."""
    by_iri = context.vocabulary.class_by_iri
    names = sorted(by_iri[iri].name if iri in by_iri else iri for iri in iris if iri != KG + "Claim")
    return " or ".join(f"`{name}`" for name in names)


def classes_of(entity: Entity, context: RuleContext) -> str:
    """The names of an entity's classes, for a message."""
    return list_known(c.name for c in _classes(entity, context))


def check_names(context: RuleContext) -> Iterator[Diagnostic]:
    """One label or alias does not stand for two entities in one language."""
    first: dict[tuple[str, str], tuple[Entity, Related]] = {}
    for entity in context.seeds.entities:
        for name in entity.names:
            if name.kind not in {NameKind.LABEL, NameKind.ALIAS}:
                continue
            key = (name.lang.casefold(), name.text.casefold())
            owner, related = first.setdefault(key, (entity, Related(mark=name.mark, message="also here")))
            if owner.key != entity.key:
                yield Diagnostic(
                    code="name-clash",
                    mark=name.mark,
                    message=f"`{name.text}` names both `{owner.key}` and `{entity.key}`",
                    hint="tell the two apart by their labels, or merge the entities",
                    related=(related,),
                )


def check_label_languages(context: RuleContext) -> Iterator[Diagnostic]:
    """Entities that the model's shapes ask to have a label have one in the data set's language.

    Its readers read that language. A shape cannot ask for it: it does not know which one it is.
    """
    language = context.seeds.dataset.language
    for entity in context.seeds.entities:
        if not any(c.ancestors & _LABELLED for c in _classes(entity, context)):
            continue
        labels = [name for name in entity.names if name.kind is NameKind.LABEL]
        if labels and choose_language(language, (name.lang for name in labels)) is None:
            known = list_known(dict.fromkeys(name.lang for name in labels))
            yield Diagnostic(
                code="no-label",
                mark=labels[0].mark,
                message=f"`{entity.key}` has no label in `{language}`, the data set's language, only in {known}",
                hint=f"add one, or write `language: {labels[0].lang}` in seeds/dataset.yaml",
            )


def check_unused(seeds: Seeds, mentioned: Collection[str]) -> Iterator[Diagnostic]:
    """Every entity is spoken of somewhere, or its key is *mentioned* in a row of a table.

    Asked only where nothing else is wrong, for what would speak of it may be misspelt.
    """
    used = set(mentioned)
    used |= {ref.text for s in seeds.sources for ref in s.authors}
    used |= {s.publisher.text for s in seeds.sources if s.publisher}
    for claim in seeds.claims:
        used.add(claim.subject.text)
        used |= {s.text for s in claim.speakers}
        used |= {e.venue.text for e in claim.evidence if e.venue}
        used |= {ref.text for e in claim.evidence for ref in e.via}
        used |= {agent.text for state in (claim.state, *(e.state for e in claim.evidence)) for agent in state.agents}
        if isinstance(claim.object, EntityRef):
            used.add(claim.object.key)
    for entity in seeds.entities:
        if entity.key not in used:
            yield Diagnostic(
                code="unused-entity",
                mark=entity.mark,
                message=f"nothing speaks of the entity `{entity.key}`",
                hint="take it out, or claim something of it",
            )
