"""Who says a proposal: as the row has it, as curators have it, or as the sentence has it; and whether that can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.build.pipeline import Checked
from kg.drafts.proposal.locate import SourceOfQuotes
from kg.drafts.proposal.resolve import ResolvedRow, make_entity
from kg.model.nouns import Claim, Entity
from kg.model.values import EntityRef
from kg.reading.claimsfile import open_claims
from kg.reading.fields import Finder
from kg.reading.sources import address_key
from kg.text.diagnostic import Diagnostic, Mark
from kg.text.sentence import Sentence
from kg.text.yamldoc import MappingNode, Node, Scalar, SequenceNode, read_document

_REACH = 2  # sentences before, in which a speaker may be named


@dataclass(frozen=True, kw_only=True)
class Voices:
    """Who speaks where in a source, as its claims files have it: in stretches, and in single sentences (`said`)."""

    stretches: MappingNode | None
    said: Mapping[str, tuple[tuple[Scalar, Node], ...]]

    def covers(self, address: str) -> bool:
        """Whether a curator has said who speaks in a sentence."""
        return self._find(address) is not None

    def speakers_at(self, address: str) -> frozenset[str]:
        """The speakers of a sentence, as curators have it; none where they have it as the source's own."""
        voice = self._find(address)
        by = voice.get("by") if isinstance(voice, MappingNode) else None
        named = by.items if isinstance(by, SequenceNode) else (by,)
        return frozenset(node.text for node in named if isinstance(node, Scalar))

    def _find(self, address: str) -> Node | None:
        for _, node in self.said.get(address, ()):
            return node
        place = address_key(address)
        for key, node in self.stretches.entries if self.stretches is not None else ():
            first, _, last = key.text.partition("..")
            if address_key(first) <= place <= address_key(last or first):
                return node
        return None


_NO_VOICES = Voices(stretches=None, said={})


class SpeakerRules:
    """Gives rows their speaker, and looks whether the sentence lets that one speak."""

    def __init__(self, checked: Checked) -> None:
        self.voices = _read_voices(checked)

    def voices_of(self, source: str) -> Voices:
        """The curated voices of a source."""
        return self.voices.get(source, _NO_VOICES)

    def add_speaker(self, row: ResolvedRow, sentence: Sentence) -> tuple[dict[str, str | Node], tuple[str, ...]]:
        """The fields of a line with its speaker: the row's, else the curated voice, else whom the sentence names."""
        fields = dict(row.fields)
        if "by" in row.proposal.more:
            fields["by"] = row.proposal.more["by"]
            return fields, ()
        speaker = row.speaker
        cautions: tuple[str, ...] = ()
        curated = self.voices_of(row.text.source.id).covers(sentence.address)
        if speaker is None and not curated:
            speaker, cautions = _find_speaker(row, sentence)
        if speaker is not None:
            fields["by"] = speaker
            quoted = row.text.speech.is_quoted(sentence)
            if speaker != "source" and not curated and "voice" not in fields and quoted:
                fields["voice"] = "quote"
        return fields, cautions

    def check(
        self,
        row: ResolvedRow,
        sentence: Sentence,
        claim: Claim,
        entities: Mapping[str, Entity],
        proposed: Sequence[Entity],
        mark: Mark,
    ) -> Iterator[Diagnostic]:
        """A diagnostic at *mark* where who says *claim* is nobody whom its sentence lets speak.

        *entities* are all by their ids, *proposed* those of them that no file declares.
        """
        text = row.text
        keys = {ref.text for ref in claim.speakers}
        voices = self.voices_of(text.source.id)
        if not keys or (row.speaker is None and voices.covers(sentence.address)):
            return
        if keys <= voices.speakers_at(sentence.address):
            return  # a curator has said so
        speakers = [entities[key] for key in sorted(keys) if key in entities]
        why = _explain_silence(row, sentence, claim, keys, speakers, proposed)
        if why is not None:
            said = ", ".join(f"`{key}`" for key in sorted(keys))
            yield Diagnostic(
                code="speaker-not-in-sentence", mark=mark, message=f"{said} is said to say it, {why}",
                hint="name who says it, or leave the speaker out where the text says it itself",
            )  # fmt: skip


def _find_speaker(row: ResolvedRow, sentence: Sentence) -> tuple[str, tuple[str, ...]]:
    """Whom a sentence names as its speaker, or the source itself; with what is to be looked at."""
    speech = row.text.speech.read(sentence)
    keys = speech.speakers or (row.text.speech.find_before(sentence) if speech.pronoun else frozenset())
    if not keys:
        return "source", ()
    if len(keys) > 1:
        return "source", (f"several speak in the sentence ({', '.join(sorted(keys))}), and the row names none",)
    (speaker,) = keys
    if {speaker} == {ref.text for ref in row.text.source.authors}:
        return "source", ()
    return speaker, (f"`{speaker}` is taken for the speaker, whom the row does not name",)


def _explain_silence(
    row: ResolvedRow,
    sentence: Sentence,
    claim: Claim,
    keys: set[str],
    speakers: Sequence[Entity],
    proposed: Sequence[Entity],
) -> str | None:
    """Why *keys* cannot be those who speak in a sentence; None where they can."""
    text = row.text
    own = {ref.text for ref in text.source.authors}
    if text.source.publisher is not None:
        own |= {text.source.publisher.text}
    speech = text.speech.read(sentence, [make_entity(one) for one in row.entities if one.key in keys])
    place = f"`{text.source.id}.{sentence.address}`"
    if speech.speakers:
        if keys <= speech.speakers or _reports_itself(keys, own, speech.speakers, claim):
            return None
        return f"and in {place} {', '.join(f'`{key}`' for key in sorted(speech.speakers))} speaks"
    if keys <= own:
        return f"and in {place} somebody else speaks" if speech.pronoun else None
    if speech.pronoun or text.speech.is_quoted(sentence):
        near = text.speech.find_before(sentence, proposed)
        if near and not keys & near and not any(text.named.names(entity, sentence) for entity in speakers):
            return f"and nearest before {place} is named {', '.join(f'`{key}`' for key in sorted(near))}"
        if all(_is_near(entity, sentence, text) for entity in speakers):
            return None
    elif all(_goes_on(entity, sentence, text) for entity in speakers):
        return None
    return f"whom neither {place} nor its paragraph lets speak"


def _reports_itself(keys: set[str], own: set[str], speakers: frozenset[str], claim: Claim) -> bool:
    """Whether the text in its own voice says that somebody spoke: the subject of the claim is the speaker."""
    return keys <= own and isinstance(claim.subject, EntityRef) and claim.subject.key in speakers


def _goes_on(entity: Entity, sentence: Sentence, text: SourceOfQuotes) -> bool:
    """Whether a sentence names somebody, or reports on what they said before in its paragraph."""
    if text.named.names(entity, sentence):
        return True
    here = text.named.place[sentence.address]
    before = [s for s in text.named.sentences[:here] if s.paragraph == sentence.paragraph]
    return any(entity.key in text.speech.read(other).speakers for other in before)


def _is_near(entity: Entity, sentence: Sentence, text: SourceOfQuotes) -> bool:
    """Whether somebody is named in a sentence, in its paragraph before, or shortly before that."""
    here = text.named.place[sentence.address]
    return any(
        text.named.names(entity, other)
        for number, other in enumerate(text.named.sentences[: here + 1])
        if other.paragraph == sentence.paragraph or here - number <= _REACH
    )


def _read_voices(checked: Checked) -> dict[str, Voices]:
    """The voices of all sources that have claims files."""
    found: dict[str, Voices] = {}
    for path in checked.project.claim_files:
        file = open_claims(read_document(path, checked.project.name_of(path)), Finder())
        if file is None:
            continue
        said = {
            block.address: tuple((k, node) for k, node in block.fields.entries if k.text == "said")
            for block in file.blocks
            if block.fields.get("said") is not None
        }
        before = found.get(file.source, _NO_VOICES)
        mine = file.voices.entries if file.voices else ()
        entries = (*(before.stretches.entries if before.stretches else ()), *mine)
        stretches = MappingNode(entries=entries, mark=file.source_mark) if entries else None
        found[file.source] = Voices(stretches=stretches, said={**before.said, **said})
    return found
