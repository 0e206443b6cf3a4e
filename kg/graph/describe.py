"""Claims in words: how an entity, an object, a time, a speaker and an evidence are written for a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kg.graph.compare import as_of
from kg.model.nouns import Claim, Clarity, Evidence, Mode, Seeds, Voice
from kg.model.ontology.vocabulary import Property, Vocabulary
from kg.model.state import Agent, ProposalRecord, Review, State
from kg.model.values import ClaimRef, describe_as_of, describe_edtf
from kg.text.edtf import Edtf


def is_period(claim: Claim, prop: Property | None) -> bool:
    """Whether the time of a claim is how long it holds (until 2009), and no deadline or day (by 2009)."""
    return claim.mode is Mode.FACT and prop is not None and not prop.occurrence


def find_counted(claim: Claim, prop: Property | None, seeds: Seeds) -> Edtf | None:
    """The date as of which a reader is told that a claim was counted; None where nobody counted, as in a plan.

    It is the claim's own date; else that of the source, where the claim is a fact that varies and says no time.
    """
    varies = prop is not None and prop.time_varying and claim.mode is Mode.FACT
    untimed = claim.when is None and not claim.unknown_when
    return as_of(claim, seeds) if claim.as_of is not None or (varies and untimed) else None


@dataclass(frozen=True, kw_only=True)
class ClaimWords:
    """Puts claims into words in the language *lang*."""

    seeds: Seeds
    vocabulary: Vocabulary
    lang: str

    def entity(self, key: str) -> str:
        """The label of an entity, or its key where there is none of that key."""
        found = self._labels.get(key)
        if found is None:
            entity = self.seeds.entity_by_key.get(key)
            found = self._labels[key] = entity.label(self.lang) if entity else key
        return found

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {}

    def subject(self, claim: Claim) -> str:
        """The label of the entity that a claim is about, or the id of the claim, in brackets."""
        subject = claim.subject
        return f"[{subject.id}]" if isinstance(subject, ClaimRef) else self.entity(subject.key) or "?"

    def property(self, name: str) -> str:
        prop = self.vocabulary.properties.get(name)
        return prop.label(self.lang) if prop else name or "?"

    def object(self, claim: Claim) -> str:
        """The object as it is read: a label, `over 30000 vehicle`, a date, “a text”."""
        return claim.object.write(self.entity) if claim.object is not None else "?"

    def statement(self, claim: Claim) -> str:
        """`Lei Jun · attended · Beijing Auto Show`, with `not` where it is denied."""
        denied = "not " if claim.negated else ""
        return f"{self.subject(claim)} · {denied}{self.property(claim.predicate.text)} · {self.object(claim)}"

    def time(self, claim: Claim) -> str:
        """The time for which a claim holds, and the date as of which a count does; empty where there is neither."""
        prop = self.vocabulary.properties.get(claim.predicate.text)
        told = []
        if claim.when is not None:
            told.append(describe_edtf(claim.when.edtf, period=is_period(claim, prop)))
        elif claim.unknown_when:
            told.append("time unknown")
        counted = find_counted(claim, prop, self.seeds)
        if counted is not None:
            told.append(f"as of {describe_as_of(counted)}")
        return ", ".join(told)

    def speakers(self, claim: Claim) -> str:
        return " and ".join(self.entity(s.text) for s in claim.speakers) or "nobody"

    def evidence(self, evidence: Evidence) -> str:
        """`eqo.p3s2, page 2, reported at Beijing Auto Show, vague`."""
        source = self.seeds.source_by_id.get(evidence.source)
        page = source.pages.get(evidence.address) if source is not None else None
        voice = {Voice.OWN: "", Voice.QUOTE: "quoted", Voice.REPORTED: "reported"}[evidence.voice]
        said = [voice]
        if evidence.venue is not None:
            said = [f"{voice} at {self.entity(evidence.venue.text)}".strip()]
        if evidence.via:
            said.append("via " + " and ".join(self.entity(ref.text) for ref in evidence.via))
        if evidence.said_on is not None:
            said.append(f"on {evidence.said_on.text}")
        if evidence.clarity is not Clarity.CLEAR:
            said.append(evidence.clarity.value)
        said.append(self.status(evidence.state))
        return ", ".join([evidence.sentence, *([f"page {page}"] if page else []), *(s for s in said if s)])

    def qualifiers(self, claim: Claim) -> str:
        """Mode, where it is no fact, time, and that nobody has reviewed it: `promise, 2024, unreviewed`."""
        parts = [claim.mode.value if claim.mode is not Mode.FACT else "", self.time(claim), self.status(claim.state)]
        return ", ".join(p for p in parts if p)

    def status(self, state: State) -> str:
        """`unreviewed draft`, `unreviewed`, or nothing."""
        return ("unreviewed draft" if state.is_draft else "unreviewed") if state.is_unreviewed else ""

    def agent(self, agent: Agent) -> str:
        """Who proposed or reviewed something: the label of an entity, or words."""
        return self.entity(agent.text)

    def proposal(self, proposal: ProposalRecord) -> str:
        """Who proposed something, when and with what: `Kim Berg on 2031-06-01 with Extractor 2.1`."""
        tool = f" with {self.agent(proposal.tool)}" if proposal.tool is not None else ""
        return f"{self.agent(proposal.by)} on {proposal.on.text}{tool}"

    def review(self, review: Review) -> str:
        """Who reviewed something, and when: `Olle Brandt on 2031-06-02`."""
        return f"{self.agent(review.by)} on {review.on.text}"
