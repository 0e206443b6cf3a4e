"""What a project claims already, and what was accepted of the rows before: doubles, contradictions, free ids."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.build.pipeline import Checked
from kg.drafts.proposal.resolve import ResolvedRow
from kg.drafts.review.digest import digest_proposal, find_rejection
from kg.graph.compare import object_key
from kg.graph.decision import Matter, matter_of
from kg.graph.dispute import Outcome, find_comparisons
from kg.graph.echo import list_echoes
from kg.model.nouns import Claim, ClaimedSentence, Evidence, Ref, Seeds
from kg.model.state import CURATED
from kg.model.values import EntityRef
from kg.text.diagnostic import Diagnostic, Mark
from kg.text.match import make_id
from kg.text.sentence import Sentence

MOST_COMPARED = 200  # claims on one matter; of more, those that say or deny the same and the first ones will do


class KnownClaims:
    """The claims of a project and of the rows before, looked up by what they speak of."""

    def __init__(self, checked: Checked) -> None:
        self.seeds, self.vocabulary = checked.seeds, checked.vocabulary
        self.taken = set(checked.seeds.claim_by_id)
        self.matters: dict[Matter, list[Claim]] = defaultdict(list)
        self.echoes: dict[Matter, list[Claim]] = defaultdict(list)  # claims on other matters that speak of this one too
        self.parts: dict[str, list[Claim]] = defaultdict(list)  # what says of what each thing is a part
        self.alike: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
        self.numbers: dict[str, int] = {}
        for claim in checked.seeds.claims:
            self.add(claim)

    def add(self, claim: Claim) -> None:
        """Remember a claim, and take its id."""
        claim = replace(claim, state=CURATED)  # a draft contradicts as any other
        self.taken.add(claim.id)
        self.matters[matter_of(claim)].append(claim)
        for matter in self._list_echoed(claim):
            self.echoes[matter].append(claim)
        self.alike[self._key(claim)].append(claim)
        if (prop := self.vocabulary.properties.get(claim.predicate.text)) is not None and prop.part_of:
            self.parts[claim.subject.text].append(claim)

    def _list_echoed(self, claim: Claim) -> tuple[Matter, ...]:
        """The other matters that a claim speaks of."""
        return tuple(dict.fromkeys(matter_of(echo) for echo in list_echoes(claim, self.vocabulary)))

    def add_evidence(self, claim: Claim, evidence: Sequence[Evidence]) -> None:
        """Remember further evidence for a claim."""
        echoed = [self.echoes[matter] for matter in self._list_echoed(claim)]
        for known in (self.matters[matter_of(claim)], *echoed, self.alike[self._key(claim)]):
            known[:] = [other for other in known if other.id != claim.id]
        self.add(replace(claim, evidence=(*claim.evidence, *evidence)))

    def _key(self, claim: Claim) -> tuple[object, ...]:
        """What claims of one source share that say the same of several things."""
        return (claim.source, claim.predicate.text, object_key(claim, self.vocabulary))

    # -- the same ---------------------------------------------------------------------------------

    def find_same(self, claim: Claim) -> Claim | None:
        """A claim that says what *claim* says, by the same mouth; a time that a row leaves out is the other's."""
        speakers = {ref.text for ref in claim.speakers}
        for other in self.matters[matter_of(claim)]:
            times = ((claim.when, other.when), (claim.as_of, other.as_of))
            fits = all(mine is None or (theirs is not None and mine.text == theirs.text) for mine, theirs in times)
            if fits and speakers == {ref.text for ref in other.speakers} and self._says(claim, other):
                return other
        return None

    def find_stated(self, claim: Claim) -> Claim | None:
        """A claim of the project that says the same, and that rests on the same sentence already."""
        same = self.find_same(claim)
        here = {evidence.sentence for evidence in claim.evidence}
        return same if same is not None and here <= {e.sentence for e in same.evidence} else None

    def find_others(self, claim: Claim) -> list[str]:
        """The ids of the claims that say the same by other mouths, or of other times."""
        others = self.matters[matter_of(claim)]
        return [other.id for other in others if self._says(claim, other)]

    def _says(self, claim: Claim, other: Claim) -> bool:
        if claim.mode is not other.mode or claim.negated != other.negated:
            return False
        return object_key(claim, self.vocabulary) == object_key(other, self.vocabulary)

    # -- what contradicts -------------------------------------------------------------------------

    def find_conflicts(self, claim: Claim) -> tuple[str, ...]:
        """The ids of the claims that *claim* contradicts, as the rules of disputes have it."""
        around = {other.id: other for other in self._find_around(claim)}
        if not around:
            return ()
        alone: Seeds = replace(self.seeds, claims=(*around.values(), claim))
        found = [
            comparison
            for comparison in find_comparisons(alone, self.vocabulary)
            if comparison.relation is Outcome.CONFLICT and any(c.id == claim.id for c in comparison.claims)
        ]
        return tuple(sorted({c.id for comparison in found for c in comparison.claims if c.id != claim.id}))

    def _find_around(self, claim: Claim) -> Iterator[Claim]:
        """The claims that may contradict *claim*: on its matter, on others of which one speaks too, of its figure."""
        key = object_key(claim, self.vocabulary)
        for matter in dict.fromkeys((matter_of(claim), *self._list_echoed(claim))):
            others = (*self.matters.get(matter, ()), *self.echoes.get(matter, ()))
            if len(others) > MOST_COMPARED:
                near = [o for o in others if o.negated != claim.negated or object_key(o, self.vocabulary) == key]
                others = (*others[: MOST_COMPARED // 2], *near[: MOST_COMPARED // 2])
            yield from others
        alike = self.alike.get(self._key(claim), ())
        yield from alike[:MOST_COMPARED]
        if any(other.subject.text != claim.subject.text for other in alike):
            yield from self._find_parts({claim.subject.text, *(other.subject.text for other in alike)})

    def _find_parts(self, things: set[str]) -> Iterator[Claim]:
        """What says of what *things* are parts, and of what these are: the same figure of a part and of its whole."""
        waiting = list(things)
        while waiting:
            for part in self.parts.get(waiting.pop(), ()):
                yield part
                if isinstance(part.object, EntityRef) and part.object.key not in things:
                    things.add(part.object.key)
                    waiting.append(part.object.key)

    def find_rejection(self, claim: Claim, sentence: Sentence, mark: Mark) -> Diagnostic | None:
        """A diagnostic at *mark* where a curator has turned down the same proposal before."""
        digest = Ref(text=sentence.digest, mark=mark)
        own = ClaimedSentence(source=claim.evidence[0].source, address=sentence.address, digest=digest, mark=mark)
        seeds = replace(self.seeds, sentences=(own,))
        turned_down = find_rejection(digest_proposal(claim, seeds, self.vocabulary), seeds)
        if turned_down is None:
            return None
        message = f"it was rejected on {turned_down.on.text} by {turned_down.by.text}: {turned_down.reason}"
        hint = f"{turned_down.mark.file}:{turned_down.mark.line} remembers it"
        return Diagnostic(code="rejected-before", mark=mark, message=message, hint=hint)

    # -- ids --------------------------------------------------------------------------------------

    def name(self, resolved: ResolvedRow) -> str:
        """A free id for a claim: its property, with its subject where that is taken, with a number where both are."""
        source = resolved.text.source.id
        verb = make_id(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", resolved.prop.name)) or "claim"
        verb = f"claim-{verb}" if verb in {"said", "again"} else verb
        long = f"{source}.{make_id(resolved.subject) or 'claim'}-{verb}"
        for free in (f"{source}.{verb}", long):
            if free not in self.taken:
                return free
        while f"{long}-{self.numbers.get(long, 2)}" in self.taken:
            self.numbers[long] = self.numbers.get(long, 2) + 1
        return f"{long}-{self.numbers.get(long, 2)}"


def group_ids(seeds: Seeds) -> dict[str, tuple[str, ...]]:
    """The ids that a claim may be called by: its own, and that of the list it stands in."""
    groups: dict[str, tuple[str, ...]] = {claim.id: (claim.id,) for claim in seeds.claims}
    for claim in seeds.claims:
        base = re.sub(r"\.\d+$", "", claim.id)
        if base != claim.id and base not in seeds.claim_by_id:
            groups[base] = (*groups.get(base, ()), claim.id)
    return groups
