"""The digest of what a proposal says, by which one that was rejected is known when it comes again."""

from __future__ import annotations

import json
from fractions import Fraction
from hashlib import sha256

from kg.model.nouns import Claim, Evidence, Seeds
from kg.model.ontology.vocabulary import Vocabulary
from kg.model.state import Rejection
from kg.model.values import ClaimRef, Date, Quantity

LENGTH = 16


def digest_proposal(claim: Claim, seeds: Seeds, vocabulary: Vocabulary, evidence: Evidence | None = None) -> str:
    """The digest, 16 hexadecimal digits, of what *claim* says in one sentence: that of *evidence*, or its first.

    It is made of the source, the sentence, subject, property, value, mode, speakers, times, and whether it is denied.
    Formatting, comments, ids of claims, the order of keys, notes and who proposed it count for nothing; nor does the
    way a value is written (`2 km`, `2000 m`). The sentence counts by its digest where that is known, so that a text
    may move, else by its address; a claim that is spoken of, by what it says.
    """
    return _hash(_list_content(claim, evidence or claim.evidence[0], seeds, vocabulary, frozenset()))


def find_rejection(digest: str, seeds: Seeds) -> Rejection | None:
    """How a proposal of this digest was turned down; None where it was not."""
    return next((rejection for rejection in seeds.rejections if rejection.digest == digest), None)


def _list_content(
    claim: Claim, evidence: Evidence, seeds: Seeds, vocabulary: Vocabulary, above: frozenset[str]
) -> list[object]:
    prop = vocabulary.properties.get(claim.predicate.text)
    above |= {claim.id}

    def identify(value: object) -> object:
        """A claim that is spoken of by what it says, unless that leads in a circle."""
        if not isinstance(value, ClaimRef):
            return None
        other = seeds.claim_by_id.get(value.id)
        if other is None or other.id in above:
            return ["claim", value.id if other is None else "itself"]
        return ["claim", _hash(_list_content(other, other.evidence[0], seeds, vocabulary, above))]

    said = claim.object
    value = identify(said) or (list(said.identity(prop, vocabulary)) if said is not None else None)
    if isinstance(said, Quantity):
        value = [value, said.approximate]  # which the identity of a value, made to compare claims, leaves out
    return [
        evidence.source,
        _find_digest(evidence, seeds),
        identify(claim.subject) or ["entity", claim.subject.text],
        prop.iri if prop is not None else claim.predicate.text,
        value,
        claim.mode.value,
        claim.negated,
        sorted({speaker.text for speaker in claim.speakers}),
        "unknown" if claim.unknown_when else _write_date(claim.when),
        _write_date(claim.as_of),
        _write_date(evidence.said_on),
    ]


def _find_digest(evidence: Evidence, seeds: Seeds) -> str:
    source = seeds.source_by_id.get(evidence.source)
    outlined = source.digests.get(evidence.address) if source is not None else None
    return outlined or seeds.given_digests.get((evidence.source, evidence.address), evidence.address)


def _write_date(date: Date | None) -> str | None:
    return date.text if date is not None else None


def _hash(content: list[object]) -> str:
    def write(value: object) -> str:
        assert isinstance(value, Fraction)
        return str(value)

    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=write)
    return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
