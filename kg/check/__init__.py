"""Rules over the seeds and the vocabulary: each a small function that yields Diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.articles import Articles
from kg.check import claims, references, sentences
from kg.check.context import Context
from kg.diagnostic import Diagnostic, SourceText, mark_of_file
from kg.reading.seeds import SeedsReading
from kg.vocabulary import Vocabulary

Rule = Callable[[Context], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    references.check_classes,
    references.check_properties,
    references.check_entity_references,
    references.check_domain_and_range,
    references.check_names,
    references.check_unused,
    sentences.check_texts,
    sentences.check_addresses,
    sentences.check_set_aside,
    sentences.check_places_of_names,
    claims.check_times,
    claims.check_as_of,
    claims.check_self_reference,
    claims.check_disputes,
    claims.check_interests,
    claims.check_outside_ids,
)


def check_seeds(reading: SeedsReading, vocabulary: Vocabulary, articles: Articles) -> Iterator[Diagnostic]:
    """What every rule finds wrong, on top of what was malformed when it was read."""
    seeds = reading.seeds
    if not (seeds.claims or seeds.entities) and not reading.diagnostics:
        source = SourceText("seeds/dataset.yaml", "")
        message = "the project holds no entities and no claims"
        hint = "add files under seeds/entities/ and seeds/claims/; the tour in the README shows how"
        yield Diagnostic(code="empty-project", mark=mark_of_file(source), message=message, hint=hint)
    context = Context(
        seeds=seeds,
        vocabulary=vocabulary,
        articles=articles,
        entities_complete=reading.entities_complete,
        sources_complete=reading.sources_complete,
        claims_complete=reading.claims_complete,
    )
    for rule in RULES:
        yield from rule(context)
