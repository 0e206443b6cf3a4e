"""Who speaks in a sentence: whom it names with a word of speaking, or a pronoun does.

Words of speaking are of English and Chinese. What stands in quotation marks is what somebody says, and names no
speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.check.quotes import find_quotations
from kg.drafts.proposal.naming import NamedIn, read_name
from kg.model.nouns import Entity
from kg.text.sentence import Sentence

_SPEAKING = re.compile(
    r"\b(?:sa(?:id|ys|ying)|t(?:old|ells)|announce[sd]|state[sd]|claim(?:s|ed)|add(?:s|ed)|argue[sd]|explain(?:s|ed)"
    r"|w(?:rote|rites)|promise[sd]?|pledge[sd]?|vow(?:s|ed)|warn(?:s|ed)|not(?:es|ed)|insist(?:s|ed)|den(?:ies|ied)|confirm(?:s|ed)"
    r"|repl(?:ies|ied)|report(?:s|ed)|predict(?:s|ed)|believe[sd]?|estimate[sd]?|admit(?:s|ted)|suggest(?:s|ed)|declare[sd]?"
    r"|remark(?:s|ed)|stress(?:es|ed)|recall(?:s|ed)|call(?:s|ed)|describe[sd]|expect(?:s|ed)|hope[sd]|think(?:s)?|thought)\b"
    r"|表示|宣布|指出|透露|强调|坦言|承诺|认为|介绍|回应|写道|称|说"
)
_ACCORDING = re.compile(r"\b(?:according to|in the words of)\b|据|根据", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:he|she|they|i|we)\b|他|她|他们|我", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)(?: \w+ly)?\s*$", re.IGNORECASE)
_CUT = re.compile(r"[;:。；：]|[.?!]\s|\b(?:and|but|while|whereas|although|that)\b", re.IGNORECASE)
_BEFORE, _AFTER = 90, 60  # characters around a word of speaking in which its subject stands


@dataclass(frozen=True, kw_only=True)
class Speech:
    """The speakers whom a sentence names, and whether a pronoun speaks in it."""

    speakers: frozenset[str]
    pronoun: bool


class SpeakerFinder:
    """Finds who speaks in the sentences of one text; *entities* are those who may."""

    def __init__(self, named: NamedIn, text: str, entities: Iterable[Entity]) -> None:
        self.named, self.text = named, text
        self.entities = [entity for entity in entities if _may_speak(entity, named)]
        self.spans = list(find_quotations(text))
        self.known: dict[tuple[str, tuple[str, ...]], Speech] = {}

    def is_quoted(self, sentence: Sentence) -> bool:
        """Whether quotation marks enclose some of a sentence."""
        return any(a < sentence.end and sentence.start < b for a, b in self.spans)

    def read(self, sentence: Sentence, more: Iterable[Entity] = ()) -> Speech:
        """Who speaks in *sentence*; *more* are entities that no file declares."""
        more = tuple(more)
        key = (sentence.address, tuple(entity.key for entity in more))
        if key not in self.known:
            self.known[key] = self._read(self._strike_quoted(sentence), [*self.entities, *more])
        return self.known[key]

    def find_before(self, sentence: Sentence, more: Iterable[Entity] = ()) -> frozenset[str]:
        """Whom a pronoun of *sentence* may mean: those who are named nearest before it. *more* are as in `read`."""
        people = [entity for entity in (*self.entities, *more) if self._is_no_thing(entity)]
        here = self.named.place[sentence.address]
        for number in range(here, -1, -1):
            other = self.named.sentences[number]
            found = frozenset(entity.key for entity in people if self.named.names(entity, other))
            if found and (number < here or self.is_quoted(sentence)):
                return found
        return frozenset()

    def _is_no_thing(self, entity: Entity) -> bool:
        return self.named.is_person(entity) is not False

    def _strike_quoted(self, sentence: Sentence) -> str:
        """The sentence with spaces for what quotation marks enclose."""
        signs = list(sentence.text)
        for start, end in self.spans:
            for place in range(max(start, sentence.start), min(end, sentence.end)):
                signs[place - sentence.start] = " "
        return "".join(signs)

    def _read(self, text: str, entities: list[Entity]) -> Speech:
        speakers: set[str] = set()
        pronoun = False
        for verb in _SPEAKING.finditer(text):
            before = _CUT.split(text[max(0, verb.start() - _BEFORE) : verb.start()])[-1]
            if _PASSIVE.search(before):
                continue  # `is expected to`: nobody says who expects it
            found = self._find(before, entities)
            if not found and not _PRONOUN.search(before):
                after = _CUT.split(text[verb.end() : verb.end() + _AFTER])[0].partition(",")[0]
                inverted = re.match(r"\s*(?:the )?[A-Z]|\s*the\b|\s*(?:he|she|they)\b", after)
                closes = not before.strip(" ,\"'”’“")
                if inverted and closes:
                    found = self._find(after, entities)
                    pronoun = pronoun or (not found and _PRONOUN.search(after) is not None)
            elif not found:
                pronoun = True
            speakers |= found
        for word in _ACCORDING.finditer(text):
            after = re.split(r"[,;，；]", text[word.end() : word.end() + _AFTER])[0]
            speakers |= self._find(after, entities)
        return Speech(speakers=frozenset(speakers), pronoun=pronoun)

    def _find(self, window: str, entities: list[Entity]) -> set[str]:
        if not window.strip():
            return set()
        known = self.named.known
        return {
            e.key for e in entities if any(read_name(name.text).stands_in(window, known, e.key) for name in e.names)
        }


def _may_speak(entity: Entity, named: NamedIn) -> bool:
    """Whether an entity is somebody, as far as its classes tell: a person, a voice, an organisation."""
    classes = [named.vocabulary.classes[r.text] for r in entity.classes if r.text in named.vocabulary.classes]
    if not classes or named.is_person(entity):
        return True
    return any(
        iri.endswith(("Organization", "Organisation", "Agent", "GovernmentOffice"))
        for c in classes
        for iri in c.ancestors
    )
