"""Rules over the seeds and the vocabulary: each a small function that yields Diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from kg.check import (
    claims,
    disputes,
    doubles,
    figures,
    inferences,
    naming,
    quotes,
    rdf,
    references,
    sentences,
    states,
    wording,
)
from kg.check.context import RuleContext
from kg.check.references import check_unused
from kg.graph.story import Story
from kg.model.nouns import Claim, Seeds
from kg.reading.seeds import SeedsReading
from kg.text.diagnostic import Diagnostic, Severity, SourceText, mark_of_file

__all__ = ["AFTERTHOUGHTS", "COMPARISONS", "RULES", "Rule", "check_claims", "check_story", "check_unused"]

Rule = Callable[[RuleContext], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    references.check_classes,
    references.check_properties,
    references.check_entity_references,
    references.check_replaced,
    references.check_domain_and_range,
    references.check_names,
    references.check_label_languages,
    sentences.check_texts,
    sentences.check_addresses,
    sentences.check_joins,
    sentences.check_set_aside,
    sentences.check_places_of_names,
    claims.check_times,
    claims.check_seasons,
    claims.check_as_of,
    claims.check_conversions,
    claims.check_via,
    claims.check_roles,
    claims.check_self_reference,
    claims.check_outside_ids,
    states.check_states,
    doubles.check_shared_ids,
    doubles.check_labels,
    rdf.check_terms,
    rdf.check_schemes,
    rdf.check_graphs,
    rdf.check_names,
    rdf.check_ranges,
)
COMPARISONS: tuple[Rule, ...] = (
    disputes.check_disputes,
    disputes.check_decisions,
    claims.check_interests,
    doubles.check_same_claims,
    doubles.check_self_relations,
    rdf.check_contradictions,
    figures.check_figures,
    quotes.check_quotes,
)
"""Rules that compare claims with each other and with their sentences: only those that are right as they stand."""
AFTERTHOUGHTS: tuple[Rule, ...] = (naming.check_named, wording.check_wording, inferences.check_inferences)
"""Rules that only ask whether a claim fits its sentence: where nothing is wrong, for a mistake may be the reason."""
OF_CLAIMS: tuple[tuple[Rule, ...], ...] = (
    (
        references.check_properties,
        references.check_entity_references,
        references.check_domain_and_range,
        claims.check_times,
        claims.check_seasons,
        claims.check_as_of,
        claims.check_conversions,
        claims.check_via,
        claims.check_roles,
        claims.check_self_reference,
    ),
    (doubles.check_self_relations, figures.check_figures, quotes.check_quotes),
    (naming.check_named, wording.check_wording),
)
"""The rules that look at each claim by itself: those behind are asked of claims in which those before found nothing."""


def check_story(reading: SeedsReading, story: Story, *, minting: bool = False) -> Iterator[Diagnostic]:
    """What every rule finds wrong, on top of what was malformed when it was read; *minting*: tables make entities."""
    seeds = reading.seeds
    if not (seeds.claims or seeds.entities) and not reading.diagnostics:
        source = SourceText("seeds/dataset.yaml", "")
        message = "the project holds no entities and no claims"
        hint = "add files under seeds/entities/ and seeds/claims/; the tour in the README shows how"
        yield Diagnostic(code="empty-project", mark=mark_of_file(source), message=message, hint=hint)
    context = RuleContext(
        story=story,
        entities_complete=reading.entities_complete,
        sources_complete=reading.sources_complete,
        claims_complete=reading.claims_complete,
        minting=minting,
    )
    found = [diagnostic for rule in RULES for diagnostic in rule(context)]
    yield from found
    told = (*story.vocabulary.diagnostics, *reading.diagnostics, *found)
    errors = [d for d in told if d.severity is Severity.ERROR]
    if errors:
        sound = replace(seeds, claims=tuple(_sound_claims(seeds, errors)))
        context = replace(context, story=replace(story, seeds=sound))
    for rule in (*COMPARISONS, *(AFTERTHOUGHTS if not errors else ())):
        yield from rule(context)


def check_claims(context: RuleContext) -> Iterator[Diagnostic]:
    """What the rules find that look at each claim of *context* by itself, of claims that no file holds yet."""
    for rules in OF_CLAIMS:
        found = [diagnostic for rule in rules for diagnostic in rule(context)]
        yield from found
        sound = replace(context.seeds, claims=tuple(_sound_claims(context.seeds, found)))
        context = replace(context, story=replace(context.story, seeds=sound))


def _sound_claims(seeds: Seeds, errors: Iterable[Diagnostic]) -> Iterator[Claim]:
    """The claims on whose lines no error stands, of sources without one: a misspelt object is no second opinion."""
    wrong = {(d.mark.file, d.mark.line) for d in errors}
    files = {file for file, _ in wrong}
    sources = {source.id for source in seeds.sources if source.mark.file not in files}
    for claim in seeds.claims:
        if claim.source not in sources:
            continue
        lines = {claim.mark.line, *(m.line for m in claim.marks.values()), *(m.end_line for m in claim.marks.values())}
        if not any((claim.mark.file, line) in wrong for line in lines):
            yield claim
