"""Read `seeds/claims/*.yaml`: per sentence, what is claimed in it and who says so (format `claims/1`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from kg.model.nouns import (
    Claim,
    Clarity,
    Decision,
    Difference,
    Evidence,
    Inference,
    Mode,
    Ref,
    Source,
    Unlike,
    Voice,
)
from kg.model.ontology.vocabulary import Vocabulary
from kg.model.values import ClaimRef, Date, EntityRef, Object, Quantity, Subject
from kg.reading.claimsfile import ClaimIds, ClaimsFile, SentenceBlock
from kg.reading.fields import KEY, Finder
from kg.reading.forms import CLAIM, DECISION, EVIDENCE, INFERRED, VOICE
from kg.reading.objects import read_object
from kg.reading.sources import address_key, read_address
from kg.reading.states import read_state
from kg.text.diagnostic import Mark, Related, did_you_mean, list_known
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode

_BEHIND = (10**6, 10**6)  # behind every sentence


@dataclass(frozen=True, kw_only=True)
class Saying:
    """Who speaks in a sentence, and where, through whom, when and how clearly."""

    speakers: tuple[Ref, ...]
    venue: Ref | None = None
    via: tuple[Ref, ...] = ()
    voice: Voice = Voice.OWN
    said_on: Date | None = None
    clarity: Clarity = Clarity.CLEAR


@dataclass(frozen=True, kw_only=True)
class VoiceStretch:
    """The sentences from *start* to *end* of a source, and who speaks there."""

    start: tuple[int, int]
    end: tuple[int, int]
    saying: Saying
    key: Scalar


@dataclass(frozen=True, kw_only=True)
class Again:
    """Further evidence for a claim: `deliver-100k: again`."""

    claim: str
    speakers: tuple[Ref, ...]
    evidence: Evidence
    mark: Mark = field(repr=False, compare=False)


@dataclass
class ClaimsReader:
    """Reads the claims of one file, once the ids of all files are known; *asked* are those that it looked for."""

    file: ClaimsFile
    source: Source | None
    ids: ClaimIds
    vocabulary: Vocabulary
    finder: Finder
    others: tuple[ClaimsReader, ...] = ()  # of a draft: those of the curator's files on its source
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self) -> tuple[list[Claim], list[Again]]:
        """The claims of the file and the further evidence it gives, in the file's order."""
        claims: list[Claim] = []
        agains: list[Again] = []
        _ = self._stretches  # what is wrong with voices is told before what is wrong with claims
        for block in self.file.blocks:
            saying = self.find_saying(block)
            if saying is None:
                self._tell_no_speaker(block)
                saying = Saying(speakers=())
            for key, node in block.fields.entries:
                if key.text == "said":
                    continue
                if isinstance(node, Scalar) and node.text == "again":
                    agains += self._again(block, key, Ref(text=key.text, mark=key.mark), None, saying)
                elif isinstance(node, MappingNode) and "again" in node.nodes and not node.broken:
                    self.finder.known_keys(node, "further evidence", EVIDENCE.names)
                    target = self.finder.ref(node.get("again"), "`again`")
                    if target is not None:
                        agains += self._again(block, key, target, node, saying)
                elif isinstance(node, MappingNode):
                    claims += self._claims(block, key, node, saying)
                else:
                    hint = did_you_mean(node.text, ["again"]) if isinstance(node, Scalar) else None
                    self.finder.tell(
                        "wrong-shape",
                        node.mark,
                        f"the claim `{key.text}` should be `{{s:, p:, o:}}` or `again`",
                        hint,
                    )
        return claims, agains

    # -- who speaks ---------------------------------------------------------------------------

    @cached_property
    def _stretches(self) -> tuple[VoiceStretch, ...]:
        return tuple(self._voices())

    def _voices(self) -> Iterator[VoiceStretch]:
        """Each stretch with its voice; what is wrong with one is told, and its sentences are not told again."""
        stretches: list[VoiceStretch] = []
        unread: list[VoiceStretch] = []
        for key, node in self.file.voices.entries if self.file.voices else ():
            first, dots, last = key.text.partition("..")
            ends = (first, last) if dots else (first, first)
            saying = self._saying(node) or Saying(speakers=())
            if not all(read_address(Scalar(text=end, mark=key.mark), key.mark, self.finder) for end in ends):
                unread.append(VoiceStretch(start=(0, 0), end=_BEHIND, saying=Saying(speakers=()), key=key))
                continue
            start, end = address_key(ends[0]), address_key(ends[1])
            if start > end:
                hint = f"write `{last}..{first}`"
                self.finder.tell("bad-address", key.mark, f"`{key.text}` runs backwards", hint)
                start, end = end, start
            other = next((s for s in stretches if s.start <= end and start <= s.end), None)
            if other is not None:
                related = Related(mark=other.key.mark, message="the other")
                message = f"`{key.text}` and `{other.key.text}` give two voices to one sentence"
                self.finder.tell("voice-overlap", key.mark, message, None, related)
            stretches.append(VoiceStretch(start=start, end=end, saying=saying, key=key))
        yield from (*stretches, *unread)

    def _saying(self, node: Node) -> Saying | None:
        """`source`, or `{by:, where:, via:, voice:, on:, sure:}`; None where it could not be read."""
        if isinstance(node, Scalar):
            if node.text != "source":
                hint = did_you_mean(node.text, ["source"]) or "write `source`, or `{by: ..., voice: quote}`"
                self.finder.tell("bad-voice", node.mark, f"`{node.text}` is no voice", hint)
                return None
            return Saying(speakers=self._authors(node.mark))
        fields = self.finder.mapping(node, "a voice")
        if fields is None:
            return None
        self.finder.known_keys(fields, "a voice", VOICE.names)
        self.finder.required(fields, "a voice", fields.mark, *VOICE.required)
        speakers = self._speakers(fields.get("by"))
        base = Saying(speakers=speakers, voice=Voice.REPORTED)
        return self._refine(base, fields)

    def _authors(self, mark: Mark) -> tuple[Ref, ...]:
        if self.source is None:
            return ()
        if not self.source.authors:
            message = f"the source `{self.source.id}` declares no author to speak in its own voice"
            hint = f"add `author:` to seeds/sources/{self.source.id}.yaml, or name who speaks with `by:`"
            self.finder.tell("no-author", mark, message, hint)
        return tuple(Ref(text=a.text, mark=mark) for a in self.source.authors)

    def _speakers(self, node: Node | None) -> tuple[Ref, ...]:
        refs = self.finder.refs(node, "`by`")
        if len(refs) == 1 and refs[0].text == "source":
            return self._authors(refs[0].mark)
        return refs

    def _refine(self, saying: Saying, fields: MappingNode) -> Saying:
        """*saying* with what *fields* say of place, time, voice, clarity and who passed it on."""
        voice = self.finder.word(fields.get("voice"), "voice", "unknown-voice", Voice)
        clarity = self.finder.word(fields.get("sure"), "clarity", "unknown-clarity", Clarity)
        return replace(
            saying,
            venue=self.finder.ref(fields.get("where"), "`where`") or saying.venue,
            via=self.finder.refs(fields.get("via"), "`via`") or saying.via,
            voice=voice or saying.voice,
            said_on=self.finder.date(fields.get("on"), "`on`") or saying.said_on,
            clarity=clarity or saying.clarity,
        )

    def find_saying(self, block: SentenceBlock) -> Saying | None:
        """Who speaks in a sentence: as its block says, else its stretch, else what the other files say of both."""
        said = block.fields.get("said")
        if said is not None:
            return self._saying(said) or Saying(speakers=())
        place = address_key(block.address)
        found = next((one.saying for one in self._stretches if one.start <= place <= one.end), None)
        for other in self.others if found is None else ():
            same = next((b for b in other.file.blocks if b.address == block.address), block)
            found = found or other.find_saying(same)
        return found

    def _tell_no_speaker(self, block: SentenceBlock) -> None:
        """Told once for a sentence, at the first line that needs its voice."""
        outline = self.source.sentences if self.source else {}
        if block.fields.broken or (outline and block.address not in outline):  # that there is none is told
            return
        for key, node in block.fields.entries:
            if isinstance(node, MappingNode) and (node.broken or ("by" in node.nodes and "again" not in node.nodes)):
                continue
            hint = "give the sentence a voice under `voices:` or `said:`, or the claim its `by:`"
            self.finder.tell("no-speaker", key.mark, f"nobody says the claim `{key.text}`", hint)
            return

    def _saying_of_claim(self, fields: MappingNode, inherited: Saying) -> Saying:
        """The claim's own words on who speaks before the sentence's.

        Where another speaker is named, place, time and voice of the sentence's speaker do not carry over.
        """
        own = fields.get("by")
        if own is not None:
            speakers = self._speakers(own)
            if [s.text for s in speakers] != [s.text for s in inherited.speakers]:
                own_voice = isinstance(own, Scalar) and own.text == "source"
                inherited = Saying(speakers=speakers, voice=Voice.OWN if own_voice else Voice.REPORTED)
            else:
                inherited = replace(inherited, speakers=speakers)
        return self._refine(inherited, fields)

    # -- what is said -------------------------------------------------------------------------

    def _evidence(self, block: SentenceBlock, saying: Saying, node: MappingNode | None, mark: Mark) -> Evidence:
        again = node if node is not None and "again" in node.nodes else None
        note = self.finder.text(again.get("note"), "`note`") if again is not None else None
        return Evidence(
            source=self.file.source,
            address=block.address,
            venue=saying.venue,
            voice=saying.voice,
            clarity=saying.clarity,
            said_on=saying.said_on,
            note=note,
            via=saying.via,
            mark=mark,
        )

    def _again(
        self, block: SentenceBlock, key: Scalar, target: Ref, node: MappingNode | None, said: Saying
    ) -> Iterator[Again]:
        found = self._find(target.text)
        if not found and self.ids.complete:
            hint = self._nearest(target.text) or "the claim must be stated once, with `s`, `p` and `o`"
            self.finder.tell("dangling-again", target.mark, f"no claim `{target.text}` to repeat", hint)
        if node is not None:
            said = self._refine(said, node)
        state = read_state(node, self.file.state, self.finder) if node is not None else self.file.state
        evidence = replace(self._evidence(block, said, node, key.mark), state=state)
        for claim in found:
            yield Again(claim=claim, speakers=said.speakers, evidence=evidence, mark=key.mark)

    def _find(self, text: str) -> tuple[str, ...]:
        found = self.asked[text] = self.ids.find(text, self.file.source)
        return found

    def _nearest(self, text: str) -> str | None:
        prefix = f"{self.file.source}."
        return did_you_mean(text, {i.removeprefix(prefix) for i in self.ids.groups})

    def _claims(self, block: SentenceBlock, key: Scalar, fields: MappingNode, block_saying: Saying) -> Iterator[Claim]:
        """The claim under *key*; where subject or object are lists, one for each subject with each of its objects."""
        if not KEY.fullmatch(key.text):
            self.finder.key(key, "a claim")
        self.finder.known_keys(fields, "a claim", CLAIM.names)
        self.finder.required(fields, f"the claim `{key.text}`", key.mark, *CLAIM.required)
        finder, source = self.finder, self.file.source
        saying = self._saying_of_claim(fields, block_saying)
        about = fields.get("s")
        subject = None if isinstance(about, SequenceNode) else self._subject(about)
        predicate = finder.ref(fields.get("p"), "the property")
        when = fields.get("when")
        date = None if isinstance(when, Scalar) and when.text == "unknown" else finder.date(when, "`when`")
        node = fields.get("o")
        claim = Claim(
            id=f"{source}.{key.text}",
            source=source,
            subject=subject or EntityRef(key="", mark=key.mark),
            predicate=predicate or Ref(text="", mark=key.mark),
            object=None if isinstance(node, SequenceNode) else self._object(node, predicate),
            object_mark=node.mark if node is not None else key.mark,
            mode=self._mode(fields.get("mode")),
            speakers=saying.speakers,
            negated=finder.truth(fields.get("not"), "`not`") or False,
            when=date,
            unknown_when=when is not None and date is None,  # unknown to us, where it could not be read
            as_of=finder.date(fields.get("asof"), "`asof`"),
            evidence=(self._evidence(block, saying, None, key.mark),),
            unlike=tuple(self._unlike(fields.get("unlike"))),
            compatible=tuple(self._compatible(fields.get("compatible"))),
            decided=self._decision(fields.get("decided")),
            inferred=tuple(self._inferences(fields.get("inferred"))),
            note=finder.text(fields.get("note"), "`note`"),
            accept=finder.acceptances(fields.get("accept")),
            state=read_state(fields, self.file.state, finder),
            mark=key.mark,
            marks={k.text: n.mark for k, n in fields.entries},
        )
        if not isinstance(node, SequenceNode) and not isinstance(about, SequenceNode):
            yield self._narrow(claim)
            return
        subjects: list[Subject] = [claim.subject]
        if isinstance(about, SequenceNode):
            self._tell_empty(about, "subjects")
            subjects = [self._subject(item) or EntityRef(key="", mark=item.mark) for item in about.items]
        objects = [(claim.object, claim.object_mark)]
        if isinstance(node, SequenceNode):
            self._tell_empty(node, "objects")
            objects = [(self._object(item, predicate), item.mark) for item in node.items]
        items = list(product(subjects, objects))
        for number, (one, (value, mark)) in enumerate(items, 1):
            id_ = f"{claim.id}.{number}"
            listed = replace(claim, id=id_, subject=one, object=value, object_mark=mark)
            if len(items) > 1:  # what the list says of one of its own claims is said by the others
                unlike = tuple(u for u in claim.unlike if u.claim != id_)
                listed = replace(listed, unlike=unlike, compatible=tuple(c for c in claim.compatible if c.id != id_))
            yield self._narrow(listed)

    def _mode(self, node: Node | None) -> Mode:
        """A fact where nothing else is said; what cannot be read is taken for an opinion, of which nothing follows."""
        mode = self.finder.word(node, "mode", "unknown-mode", Mode)
        return mode or (Mode.FACT if node is None else Mode.OPINION)

    def _narrow(self, claim: Claim) -> Claim:
        """*claim* with the property for the unit of its object, where its own takes many units."""
        prop = self.vocabulary.properties.get(claim.predicate.text)
        if prop is None or not prop.by_unit or not isinstance(claim.object, Quantity):
            return claim
        narrow = self.vocabulary.narrow(prop, claim.object.unit)
        return replace(claim, predicate=Ref(text=narrow.name, mark=claim.predicate.mark))

    def _tell_empty(self, node: SequenceNode, what: str) -> None:
        if not node.items:
            self.finder.tell("empty-value", node.mark, f"the list of {what} is empty")

    def _subject(self, node: Node | None) -> Subject | None:
        scalar = self.finder.scalar(node, "the subject")
        if scalar is None:
            return None
        if scalar.text.startswith("c:"):
            return self._claim_ref(scalar.text[2:], scalar.mark)
        return EntityRef(key=scalar.text, mark=scalar.mark)

    def _object(self, node: Node | None, predicate: Ref | None) -> Object | None:
        if node is None or predicate is None:
            return None
        prop = self.vocabulary.properties.get(predicate.text)
        if prop is None:
            return None  # told once, by kg.check
        value = read_object(node, prop, self.vocabulary, self.finder.language, self.finder)
        return self._claim_ref(value.id, value.mark) if isinstance(value, ClaimRef) else value

    def _claim_ref(self, name: str, mark: Mark) -> ClaimRef | None:
        """The claim that *name* means in this file; None, with the reason told, where there is none."""
        found = self._find(name)
        if len(found) == 1:
            return ClaimRef(id=found[0], mark=mark)
        if found:
            hint = f"name one of them: {list_known('c:' + f for f in found)}"
            self.finder.tell("unknown-claim", mark, f"`c:{name}` is a list of claims", hint)
        elif self.ids.complete:
            self.finder.tell("unknown-claim", mark, f"no claim `{name}`", self._nearest(name))
        return None

    def _unlike(self, node: Node | None) -> Iterator[Unlike]:
        mapping = self.finder.mapping(node, "`unlike`", "a mapping of claims to differences (`{c1: value}`)")
        for key, value in mapping.entries if mapping else ():
            difference = self.finder.word(value, "difference", "unknown-difference", Difference)
            ref = self._claim_ref(key.text.removeprefix("c:"), key.mark)
            if ref is not None and difference is not None:
                yield Unlike(claim=ref.id, difference=difference, mark=key.mark)

    def _decision(self, node: Node | None) -> Decision | None:
        """`{for: [claims], because: reason}`; None, with the reason told, where it could not be read."""
        mapping = self.finder.mapping(node, "`decided`")
        if mapping is None:
            return None
        self.finder.known_keys(mapping, "a decision", DECISION.names)
        self.finder.required(mapping, "a decision", mapping.mark, *DECISION.required)
        chosen = tuple(self._compatible(mapping.get("for"), "`for`"))
        because = self.finder.text(mapping.get("because"), "the reason of a decision")
        if not chosen or because is None:
            return None
        return Decision(chosen=chosen, because=because, mark=mapping.keys["for"].mark)

    def _inferences(self, node: Node | None) -> Iterator[Inference]:
        """A reason, or `{when: reason}` by the key of what was worked out."""
        if not isinstance(node, MappingNode):
            reason = self.finder.text(node, "`inferred`")
            if reason is not None:
                yield Inference(key=None, reason=reason)
            return
        self.finder.known_keys(node, "`inferred`", INFERRED.names)
        for key, value in node.entries:
            reason = self.finder.text(value, f"the reason for inferring `{key.text}`")
            if reason is not None and key.text in INFERRED.names:
                yield Inference(key=key.text, reason=reason)

    def _compatible(self, node: Node | None, what: str = "`compatible`") -> Iterator[ClaimRef]:
        for scalar in self.finder.scalars(node, what):
            ref = self._claim_ref(scalar.text.removeprefix("c:"), scalar.mark)
            if ref is not None:
                yield ref
