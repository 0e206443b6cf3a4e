"""Rows → what they mean in a project: the source, the sentences, entities, the property, the value, the speaker.

Nothing is guessed in silence: what was read as something else than was written is told (`Mapped`), and what has two
readings is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.build.pipeline import Checked
from kg.drafts.proposal.locate import Locator, RejectedError, SourceOfQuotes, cut_line, reject
from kg.drafts.proposal.naming import NameIndex, choose_kind, fold_name
from kg.drafts.proposal.proposal import Mapped, Proposal, ProposedEntity
from kg.drafts.proposal.quotes import QuotePlace
from kg.drafts.proposal.terms import (
    FoundProperty,
    PropertyIndex,
    UnitNames,
    list_properties,
    write_counted,
    write_date,
    write_quantity,
)
from kg.model.nouns import Entity, Mode, Name, NameKind, Ref
from kg.model.ontology.vocabulary import Property, RangeKind
from kg.model.values.text import is_plain
from kg.rdf.namespace import SCHEMA
from kg.text.diagnostic import SourceText, did_you_mean, list_known, mark_of_file
from kg.text.match import make_id
from kg.text.sentence import fold_words
from kg.text.yamldoc import MappingNode, Node, Scalar

LONGEST_NAME = 200
MOST_CANDIDATES = 8  # sentences that are tried where a row has no quote
_NO_NAME = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
_MODES = {mode.value for mode in Mode}
_OWN_VOICE = frozenset({"source", "author", "the author", "text", "article", "narrator"})


@dataclass(frozen=True, kw_only=True)
class ResolvedRow:
    """A row in the words of the project: *fields* are those of a claim's line, but for the speaker."""

    proposal: Proposal
    text: SourceOfQuotes
    place: QuotePlace
    prop: Property
    subject: str
    fields: Mapping[str, str | Node]
    speaker: str | None  # as it stands in `by`; None where the row names none
    mapped: tuple[Mapped, ...]
    entities: tuple[ProposedEntity, ...]


class Resolver:
    """Reads rows in the light of one project. *source* is that of rows which name no document."""

    def __init__(self, checked: Checked, source: str | None = None) -> None:
        self.checked = checked
        seeds, vocabulary = checked.seeds, checked.vocabulary
        self.names = NameIndex(seeds.entities)
        self.properties = PropertyIndex(vocabulary)
        self.units = UnitNames(vocabulary)
        self.proposed: dict[str, ProposedEntity] = {}
        self.locator = Locator(checked, source)

    def resolve(self, row: Proposal) -> ResolvedRow:
        """What *row* means. Raises RejectedError where it means nothing, or two things."""
        mapped: list[Mapped] = []
        text, place = self.locator.locate(row, mapped)
        try:
            return self._resolve(row, text, place, mapped)
        except RejectedError as error:
            error.place, error.source = place if row.quote or row.sentence else None, text.source.id
            raise

    def _resolve(self, row: Proposal, text: SourceOfQuotes, place: QuotePlace, mapped: list[Mapped]) -> ResolvedRow:
        entities: list[ProposedEntity] = []
        prop = self._find_property(row, text, mapped)
        subject = self._find_subject(row, prop, text, mapped, entities)
        value = row.more.get("o") or self._find_value(row, prop, text, place, mapped, entities)
        fields: dict[str, str | Node] = {"s": subject, "p": prop.name, "o": value}
        if row.mode is not None:
            fields["mode"] = self._find_mode(row, mapped)
        for key, written in (("when", row.when), ("asof", row.asof)):
            if written is not None:
                fields[key] = self._find_date(key, written, mapped)
        if row.negated:
            fields["not"] = "true"
        published = text.source.published
        if fields.get("asof") and published is not None and fields["asof"] == published.text:
            del fields["asof"]  # that of the source, by default
        mode = fields.get("mode", "fact")
        if mode in {"plan", "target", "promise", "forecast"} and "when" not in fields:
            dated = prop.kind is RangeKind.DATE and isinstance(value, str)
            fields["when"] = value if dated else "unknown"
        fields |= {key: node for key, node in row.more.items() if key not in {"o", "by"}}
        if row.note is not None:
            fields["note"] = row.note
        speaker = self._find_speaker(row, text, mapped, entities)
        if place.how == "names":
            place = self._narrow(row, text, place, subject, value, entities)
        if isinstance(value, str):
            fields["o"] = self._tag_text(value, prop, text, place)
        return ResolvedRow(
            proposal=row, text=text, place=place, prop=prop, subject=subject, fields=fields, speaker=speaker,
            mapped=tuple(mapped), entities=tuple(dict.fromkeys(entities)),
        )  # fmt: skip

    def _tag_text(self, value: str, prop: Property, text: SourceOfQuotes, place: QuotePlace) -> str | Node:
        """A text with the language of its source, where its words are from there and that is not the data set's."""
        spoken, own = (
            lang.partition("-")[0].lower() for lang in (text.source.lang, self.checked.seeds.dataset.language)
        )
        if prop.kind is not RangeKind.TEXT or spoken == own or is_plain(prop):
            return value
        if not any(fold_words(value) in fold_words(sentence.text) for sentence in place.sentences):
            return value
        mark = mark_of_file(SourceText("proposals", ""))
        words = (("text", value), ("lang", text.source.lang))
        entries = tuple((Scalar(text=key, mark=mark), Scalar(text=word, mark=mark)) for key, word in words)
        return MappingNode(entries=entries, mark=mark)

    # -- where it stands --------------------------------------------------------------------------

    def _narrow(
        self,
        row: Proposal,
        text: SourceOfQuotes,
        place: QuotePlace,
        subject: str,
        value: str | Node,
        proposed: Iterable[ProposedEntity],
    ) -> QuotePlace:
        """The sentences of a passage that name both ends of the statement."""
        ends = [self.entity_of(end, proposed) for end in (subject, value) if isinstance(end, str)]
        named = text.named
        known = [end for end in ends if end is not None]
        words = fold_words(value) if isinstance(value, str) and len(known) < 2 else None
        found = [
            s
            for s in place.sentences
            if sum(named.names(end, s) for end in known) >= min(2, len(known))
            and (words is None or _shares(words, s.text))
        ]
        if not found:
            found = [s for s in place.sentences if known and any(named.names(end, s) for end in known[-1:])]
        if not found:
            message = f"no sentence of `{text.source.id}` names what the row is about"
            raise reject("quote-not-in-text", row.mark, message, "give the words that it rests on as `quote`")
        return QuotePlace(sentences=tuple(found[:MOST_CANDIDATES]), how="names")

    # -- what it says -----------------------------------------------------------------------------

    def _find_property(self, row: Proposal, text: SourceOfQuotes, mapped: list[Mapped]) -> Property:
        vocabulary = self.checked.vocabulary
        found = self.properties.find(row.predicate)
        if len(found) > 1:
            found = tuple(self._choose_by_ends(row, text, found))
        if len(found) == 1:
            prop, how = found[0].prop, found[0].how
            if prop.name in vocabulary.faulty:
                raise reject("unknown-property", row.mark, f"the property `{prop.name}` is declared wrongly")
            if how not in {"id", "label"}:
                mapped.append(Mapped(key="predicate", written=cut_line(row.predicate), meant=prop.name, how=how))
            return prop
        if found:
            message = f"`{cut_line(row.predicate)}` may be {list_properties(found)}"
            raise reject("unknown-property", row.mark, message, "write the property's local name")
        near = did_you_mean(row.predicate, vocabulary.properties) or "declare it in ontology/"
        raise reject("unknown-property", row.mark, f"no property `{cut_line(row.predicate)}`", near)

    def _choose_by_ends(
        self, row: Proposal, text: SourceOfQuotes, found: Iterable[FoundProperty]
    ) -> list[FoundProperty]:
        """The properties whose domain the row's subject meets, where it is known."""
        subject = self.names.find(row.subject, text.source.lang)
        entities = [self.names.entities[key] for key in subject.keys] if subject is not None else []
        fitting = [f for f in found if any(self._meets(e, f.prop.domain) for e in entities)]
        return fitting if len(fitting) == 1 else list(found)

    def _meets(self, entity: Entity, statements: tuple[frozenset[str], ...]) -> bool:
        classes = self.checked.vocabulary.classes
        own = [classes[ref.text].ancestors for ref in entity.classes if ref.text in classes]
        return not own or all(any(ancestors & statement for ancestors in own) for statement in statements)

    def _find_subject(
        self, row: Proposal, prop: Property, text: SourceOfQuotes, mapped: list[Mapped], proposed: list[ProposedEntity]
    ) -> str:
        if row.subject.strip().startswith("c:"):
            return row.subject.strip()
        return self._find_entity(row, "subject", row.subject, prop.domain, text, mapped, proposed)

    def _find_value(
        self,
        row: Proposal,
        prop: Property,
        text: SourceOfQuotes,
        place: QuotePlace,
        mapped: list[Mapped],
        proposed: list[ProposedEntity],
    ) -> str:
        written = row.object.strip()
        match prop.kind:
            case RangeKind.ENTITY if not (":" in written and re.match(r"[a-z]+:(?://|[A-Z0-9])", written)):
                return self._find_entity(row, "object", written, prop.range, text, mapped, proposed)
            case RangeKind.QUANTITY:
                better = write_quantity(written, prop, self.checked.vocabulary, self.units)
                if better is None:
                    words = " ".join(sentence.text for sentence in place.sentences)
                    better = write_counted(written, words, prop, self.checked.vocabulary)
                if better is not None and better != written:
                    mapped.append(Mapped(key="object", written=cut_line(written), meant=better, how="unit"))
                return better or written
            case RangeKind.DATE:
                return self._find_date("object", written, mapped)
            case RangeKind.TRUTH if written.casefold() in {"yes", "no", "true", "false"}:
                truth = "true" if written.casefold() in {"yes", "true"} else "false"
                if truth != written:
                    mapped.append(Mapped(key="object", written=written, meant=truth, how="value"))
                return truth
            case _:
                return written

    def _find_date(self, key: str, written: str, mapped: list[Mapped]) -> str:
        if written.strip() == "unknown":
            return "unknown"
        better = write_date(written)
        if better is not None and better != written.strip():
            mapped.append(Mapped(key=key, written=cut_line(written), meant=better, how="date"))
        return better or written.strip()

    def _find_mode(self, row: Proposal, mapped: list[Mapped]) -> str:
        written = (row.mode or "").strip()
        mode = written.casefold()
        if mode in _MODES and mode != written:
            mapped.append(Mapped(key="mode", written=written, meant=mode, how="value"))
        return mode if mode in _MODES else written

    def _find_entity(
        self, row: Proposal, key: str, written: str, wanted: tuple[frozenset[str], ...], text: SourceOfQuotes,
        mapped: list[Mapped], proposed: list[ProposedEntity],
    ) -> str:  # fmt: skip
        """The id of what *written* names, which is proposed as a new entity where nothing bears the name."""
        name = written.strip()
        found = self.names.find(name, text.source.lang)
        if found is not None and len(found.keys) > 1:
            fitting = [k for k in found.keys if self._meets(self.names.entities[k], wanted)]
            if len(fitting) != 1:
                may = list_known(found.keys, 4)
                raise reject("ambiguous-name", row.mark, f"the {key} `{cut_line(name)}` may be {may}", "write the id")
            mapped.append(Mapped(key=key, written=name, meant=fitting[0], how="class"))
            return fitting[0]
        if found is None and (part := self._find_part(name, wanted, text)) is not None:
            mapped.append(Mapped(key=key, written=cut_line(name), meant=part, how="part"))
            return part
        if found is not None and not (found.how == "near" and fold_words(name) in fold_words(text.article.text)):
            if found.how not in {"id", "label"}:
                mapped.append(Mapped(key=key, written=cut_line(name), meant=found.keys[0], how=found.how))
            return found.keys[0]
        one = self._propose(row, key, name, wanted, text)
        proposed.append(one)
        return one.key

    def _find_part(self, name: str, wanted: tuple[frozenset[str], ...], text: SourceOfQuotes) -> str | None:
        """The one person whose name ends with *name*, or the one thing whose name *name* holds, of a fitting class."""
        longer, shorter = self.names.find_parts(name)
        entities = self.names.entities
        found = {key for key in longer if text.named.is_person(entities[key])} | set(shorter)
        fitting = [key for key in found if self._meets(entities[key], wanted)]
        return fitting[0] if len(fitting) == 1 else None

    def _propose(
        self, row: Proposal, key: str, name: str, wanted: tuple[frozenset[str], ...], text: SourceOfQuotes
    ) -> ProposedEntity:
        if len(name) > LONGEST_NAME:
            raise reject("bad-proposal", row.mark, f"the {key} is a name of {len(name)} characters", "a name is short")
        bad = _NO_NAME.search(name)
        if bad is not None:
            message = f"the {key} has the character U+{ord(bad[0]):04X}, which no name has"
            raise reject("bad-proposal", row.mark, message, "leave it out")
        folded = fold_name(name, text.source.lang)
        kind = choose_kind(wanted, row.kinds.get(key), self.checked.vocabulary)
        if folded in self.proposed:
            return self._narrow_class(folded, kind)
        if kind is None:
            hint = f"give its class as `{key}_type`, or declare it under seeds/entities/"
            raise reject("unknown-entity", row.mark, f"no entity `{cut_line(name)}`, and no class for a new one", hint)
        slug = make_id(folded) or f"thing-{len(self.proposed) + 1}"
        taken = {*self.names.entities, *(entity.key for entity in self.proposed.values())}
        number = 2
        free = slug
        while free in taken:
            free, number = f"{slug}-{number}", number + 1
        one = ProposedEntity(key=free, label=_as_written(name, text), lang=text.source.lang, kind=kind)
        self.proposed[folded] = one
        return one

    def _narrow_class(self, folded: str, kind: str | None) -> ProposedEntity:
        """The thing that an earlier row proposed, of a narrower class where this row tells more of it.

        What needed the wider class goes with the narrower one too.
        """
        one = self.proposed[folded]
        classes = self.checked.vocabulary.classes
        if kind is not None and kind != one.kind and classes[one.kind].iri in classes[kind].ancestors:
            one = self.proposed[folded] = replace(one, kind=kind)
        return one

    def entity_of(self, key: str, proposed: Iterable[ProposedEntity]) -> Entity | None:
        """The entity with this id, declared or proposed."""
        declared = self.names.entities.get(key)
        if declared is not None:
            return declared
        return next((make_entity(one) for one in proposed if one.key == key), None)

    # -- who says it ------------------------------------------------------------------------------

    def _find_speaker(
        self, row: Proposal, text: SourceOfQuotes, mapped: list[Mapped], proposed: list[ProposedEntity]
    ) -> str | None:
        if row.speaker is None:
            return None
        name = row.speaker.strip()
        authors = {ref.text for ref in text.source.authors}
        if name.casefold() in _OWN_VOICE:
            return "source"
        if text.source.publisher is not None and name == text.source.publisher.text and authors:
            return "source"
        found = self.names.find(name, text.source.lang)
        key = self._find_entity(row, "speaker", name, _SPEAKERS if found is None else (), text, mapped, proposed)
        return "source" if {key} == authors else key


_SPEAKERS = (frozenset({SCHEMA + "Person"}),)


def make_entity(one: ProposedEntity) -> Entity:
    """A proposed entity as the noun that it would be."""
    mark = mark_of_file(SourceText("proposal", ""))
    return Entity(
        key=one.key,
        classes=(Ref(text=one.kind, mark=mark),),
        names=(Name(kind=NameKind.LABEL, text=one.label, lang=one.lang, places=(), mark=mark),),
        description=(),
        when=None,
        same=(),
        note=None,
        accept=(),
        mark=mark,
    )


def _as_written(name: str, text: SourceOfQuotes) -> str:
    """A name with the capitals that it has in the text, if it stands there: extractors write some in capitals alone."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.article.text, re.IGNORECASE) if name.isupper() else None
    return found[0] if found is not None else name


def _shares(words: str, sentence: str) -> bool:
    """Whether a sentence has some word or figure of a value."""
    telling = [word for word in re.findall(r"[^\W_]+", words) if len(word) > 2 or word.isdigit()]
    there = fold_words(sentence).replace(",", "")
    return not telling or any(word in there for word in telling)
