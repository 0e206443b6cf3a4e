"""Rules against doubles: one claim stated twice, an entity related to itself, two entities that may be one."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterator

from kg.check.context import RuleContext
from kg.graph.compare import object_key
from kg.model.nouns import Claim, Entity, NameKind
from kg.model.values import EntityRef
from kg.rdf.iri import expand_iri
from kg.text.diagnostic import Diagnostic, Mark, Related
from kg.text.match import leave_out_article

_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_ALIKE = str.maketrans("аеорсухіјԁһѕАВЕКМНОРСТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijdhsABEKMHOPCTXABEZHIKMNOPTYX")


def check_same_claims(context: RuleContext) -> Iterator[Diagnostic]:
    """No source states one claim twice: a further sentence that says it is `again`."""
    first_of: dict[Hashable, Claim] = {}
    for claim in context.seeds.claims:
        if claim.object is None:
            continue
        key = (
            claim.source, claim.subject.text, claim.predicate.text, object_key(claim, context.vocabulary), claim.mode,
            claim.negated, tuple(sorted(s.text for s in claim.speakers)), claim.when.text if claim.when else "",
            claim.as_of.text if claim.as_of else "",
        )  # fmt: skip
        first = first_of.setdefault(key, claim)
        if first is not claim:
            short = first.id.partition(".")[2]
            yield Diagnostic(
                code="same-claim",
                mark=claim.mark,
                message=f"`{claim.id}` says the same as `{first.id}`",
                hint=f"write `{{again: {short}}}` for a further sentence that says it, or take one of the two out",
                related=(Related(mark=first.mark, message="the first"),),
            )


def check_self_relations(context: RuleContext) -> Iterator[Diagnostic]:
    """No entity is related to itself."""
    for claim in context.seeds.claims:
        if isinstance(claim.object, EntityRef) and claim.object == claim.subject:
            message = f"`{claim.id}` relates `{claim.object.key}` to itself"
            hint = "is one of the two another entity?"
            yield Diagnostic(code="self-relation", mark=claim.object_mark, message=message, hint=hint)


def check_shared_ids(context: RuleContext) -> Iterator[Diagnostic]:
    """No two entities bear one outside id (`same`)."""
    first_of: dict[str, tuple[Entity, Mark]] = {}
    for entity in context.seeds.entities:
        for ref in entity.same:
            expanded = expand_iri(ref.text, context.seeds.dataset.prefixes.namespaces)
            iri = expanded if isinstance(expanded, str) else ref.text
            first, mark = first_of.setdefault(iri, (entity, ref.mark))
            if first is not entity:
                yield Diagnostic(
                    code="shared-same",
                    mark=ref.mark,
                    message=f"`{entity.key}` and `{first.key}` are both `{ref.text}`",
                    hint="two entities with one outside id are one, or one of the ids is wrong",
                    related=(Related(mark=mark, message="the other"),),
                )


def check_labels(context: RuleContext) -> Iterator[Diagnostic]:
    """No two entities have labels that look alike, of whatever characters and articles.

    Those of the same characters are another rule's.
    """
    first_of: dict[str, tuple[Entity, Mark, str]] = {}
    for entity in context.seeds.entities:
        told: set[str] = set()
        for name in entity.names:
            if name.kind is not NameKind.LABEL:
                continue
            look = _look(name.text, name.lang)
            first, mark, text = first_of.setdefault(look, (entity, name.mark, name.text))
            if first is not entity and first.key not in told and text.casefold() != name.text.casefold():
                told.add(first.key)
                yield Diagnostic(
                    code="look-alike-label",
                    mark=name.mark,
                    message=f"`{entity.key}` has the label `{name.text}`, and that of `{first.key}` looks the same",
                    hint="are the two one? else tell their labels apart",
                    related=(Related(mark=mark, message="the other"),),
                )


def _look(text: str, lang: str) -> str:
    """What a label looks like: composed or not, wide or narrow, in capitals or not, with whatever spaces and article.

    >>> _look("Cafe\\u0301  ＡＢ", "en") == _look("the café ab", "en")
    True
    """
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_ALIKE)
    return leave_out_article(" ".join(plain.casefold().split()), lang)
