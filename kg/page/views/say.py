"""The phrases that views share: links to things, claims and sentences, modes, values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg.graph.story import Story
from kg.model.nouns import Claim, Clarity, Evidence, Mode
from kg.page.address import word_address, word_addresses
from kg.page.records import ClaimRecord, EvidenceRecord, Records
from kg.page.text import clean
from kg.page.words import Worded, load_words
from kg.text.markup import Child, Html, join, tag


@dataclass(frozen=True, kw_only=True)
class Say:
    """Puts the things of a page into the words of *lang*.

    *sources* are the names of sources by id, *families* those of families that the ontology names; *places* the letters
    of what the page has a place for: an entity (`e`), a claim, a finding, a question, a source. *scripted* is true for
    what only a script shows. *labels*, *claims* and further dictionaries keep what was worded before.
    """

    lang: str
    story: Story
    records: Records
    sources: Mapping[str, Worded]
    families: Mapping[str, Worded] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Html] = field(default_factory=dict)
    things: dict[str, Html] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    sentences: dict[tuple[str, str], Html] = field(default_factory=dict)
    places: str = "ecfqs"
    scripted: bool = False

    def word(self, key: str, **names: str) -> str:
        """One of the page's own words, its places filled in."""
        return load_words().fill(key, self.lang, **names)

    def count(self, key: str, n: int) -> str:
        return load_words().count(key, self.lang, n)

    def more(self, n: int) -> str:
        """The words that *n* more are left out."""
        return self.word("more-rows", n=f"{n:,}")

    def label(self, key: str) -> str:
        """The label of an entity."""
        found = self.labels.get(key)
        if found is None:
            entity = self.story.seeds.entity_by_key.get(key)
            found = self.labels[key] = clean(entity.label(self.lang)) if entity else key
        return found

    def link(self, address: str, *text: Child, class_: str | None = None) -> Html:
        """A link to what an address of the page names; plain text where the page has no place for it."""
        if address[0] in self.places:
            return tag("a", *text, href=f"#{address}", class_=class_)
        return tag("span", *text, class_=class_)

    def entity(self, key: str) -> Html:
        """An entity's label, as a link to it."""
        found = self.things.get(key)
        if found is None:
            found = self.things[key] = self.link(f"e={key}", self.label(key))
        return found

    def entities(self, keys: Iterable[str]) -> Html:
        return join(*map(self.entity, keys), between=self.word("comma"))

    def family(self, name: str) -> str:
        """The word for a family of classes: the page's own, or the ontology's."""
        return clean(self.families[name][self.lang]) if name in self.families else self.word(f"families.{name}")

    def property(self, name: str) -> str:
        """The label of a property."""
        found = self.properties.get(name)
        if found is None:
            found = self.properties[name] = clean(self.story.words(self.lang).property(name))
        return found

    def mode(self, mode: Mode) -> Html:
        """A mode as a pill."""
        return tag("span", self.word(f"modes.{mode}"), class_=f"mode {mode}")

    def unreviewed(self, *claims: Claim) -> Html | None:
        """The mark of an answer of which nobody has reviewed a claim that gives it."""
        if not all(claim.state.is_unreviewed for claim in claims):
            return None
        return join(" ", tag("span", self.word("line-unreviewed"), class_="unreviewed"))

    def value(self, record: ClaimRecord) -> Html:
        """What a claim says, as a link where that is a thing or another claim; struck out where it is denied."""
        if record.object_entity:
            said = self.entity(record.object_entity)
        elif record.object_claim:
            said = self.claim(record.object_claim)
        else:
            lang = record.value_lang if record.value_lang != self.lang else None
            said = tag("span", record.value[self.lang], lang=lang) if lang else join(record.value[self.lang])
        return self.deny(said) if record.claim.negated else said

    def deny(self, said: Child) -> Html:
        """What somebody denies: struck out, and told by a word."""
        return join(tag("s", said), " ", tag("em", self.word("line-denied"), class_="denied"))

    def claim(self, id_: str) -> Html:
        """A claim in words, as a link to it."""
        found = self.claims.get(id_)
        if found is None:
            found = self.claims[id_] = self.link(f"c={id_}", self.statement(id_))
        return found

    def statement(self, id_: str, depth: int = 2) -> str:
        """A claim in words: subject, property and value; its id where the page does not hold it.

        What it says of other claims is told down to the third.
        """
        record = self.records.by_id.get(id_)
        if record is None:
            return id_

        def tell(other: str) -> str:
            return self.word("said-of", text=self.statement(other, depth - 1)) if depth else "…"

        subject = tell(record.subject_claim) if record.subject_claim else self.label(record.root or "")
        value = self.label(record.object_entity) if record.object_entity else record.value[self.lang]
        value = tell(record.object_claim) if record.object_claim else value
        denied = self.word("line-denied") if record.claim.negated else ""
        parts = (subject, self.property(record.claim.predicate.text), value, denied)
        return load_words().join_phrase(parts, self.lang)

    def subject(self, record: ClaimRecord) -> Html:
        if record.subject_claim:
            return self.claim(record.subject_claim)
        return self.entity(record.claim.subject.text)

    def address(self, source: str, address: str) -> str:
        """Where a sentence stands, in words, with its page."""
        found = self.story.seeds.source_by_id.get(source)
        return word_address(address, self.lang, found.pages.get(address) if found is not None else None)

    def place(self, evidence: EvidenceRecord | Evidence) -> Html:
        """The sentence that says it: source, paragraph and sentence, as a link to the sentence."""
        source, address = evidence.source, evidence.address
        found = self.sentences.get((source, address))
        if found is None:
            name = self.sources[source][self.lang] if source in self.sources else source
            words = join(name, self.word("remark"), self.address(source, address))
            found = self.sentences[source, address] = self.link(f"s={source}.{address}", words)
        return found

    def unclear(self, evidence: Iterable[EvidenceRecord]) -> str:
        """What is to be said of texts that are not all clear, each fault once; empty for clear ones."""
        found = {each.clarity for each in evidence}
        told = [self.word(f"clarities.{each}") for each in Clarity if each in found and each is not Clarity.CLEAR]
        return self.word("unclear", what=self.word("comma").join(told)) if told else ""

    def note(self, text: str, lang: str) -> Html:
        """A curator's remark, in its own language."""
        told, own = word_addresses(clean(text), lang), clean(lang)
        return tag("span", told, lang=own if own != self.lang else None, class_="note")


def section(name: str, title: Child, *children: Child, class_: str | None = None) -> Html:
    """A section with a heading of its own."""
    heading = tag("h2", title, id=f"{name}-name")
    return tag("section", heading, *children, id=name, class_=class_, aria_labelledby=f"{name}-name")


def show_count(n: int) -> Html:
    """How many there are, beside a heading."""
    return tag("span", f"{n:,}", class_="count")
