"""Where a row stands: in which text, in which of its sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from kg.build.pipeline import Checked
from kg.drafts.proposal.naming import NamedIn, TellingWords, fold_name
from kg.drafts.proposal.proposal import Mapped, Proposal
from kg.drafts.proposal.quotes import QuoteFinder, QuotePlace
from kg.drafts.proposal.speech import SpeakerFinder
from kg.model.nouns import Source
from kg.rdf.namespace import KG
from kg.reading.articles import Article
from kg.reading.sources import ADDRESS
from kg.text.diagnostic import Diagnostic, Mark, cut_text, did_you_mean, list_known


class RejectedError(Exception):
    """A row that is rejected, with the reason."""

    def __init__(self, diagnostic: Diagnostic, place: QuotePlace | None = None, source: str | None = None) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic, self.place, self.source = diagnostic, place, source


def reject(code: str, mark: Mark, message: str, hint: str | None = None) -> RejectedError:
    """The error that rejects a row."""
    return RejectedError(Diagnostic(code=code, mark=mark, message=message, hint=hint))


@dataclass(frozen=True, kw_only=True)
class SourceOfQuotes:
    """A source with its text, prepared for quotes, names and speakers, each when it is first asked for."""

    source: Source
    article: Article = field(repr=False)
    checked: Checked = field(repr=False)
    telling: TellingWords = field(repr=False)

    @cached_property
    def quotes(self) -> QuoteFinder:
        return QuoteFinder(self.article)

    @cached_property
    def named(self) -> NamedIn:
        return NamedIn(self.article, self.checked.vocabulary, self.telling)

    @cached_property
    def speech(self) -> SpeakerFinder:
        return SpeakerFinder(self.named, self.article.text, self.checked.seeds.entities)


class Locator:
    """Finds the text and the sentences of rows. *source* is the id of that of rows which name no document."""

    def __init__(self, checked: Checked, source: str | None = None) -> None:
        self.checked, self.default = checked, source
        seeds = checked.seeds
        telling = TellingWords(seeds.entities, _list_described(checked))
        self.texts = {
            s.id: SourceOfQuotes(source=s, article=checked.articles.by_source[s.id], checked=checked, telling=telling)
            for s in seeds.sources
            if s.id in checked.articles.by_source
        }
        self.documents: dict[str, list[str]] = {}
        for s in seeds.sources:
            for word in _document_words(s):
                self.documents.setdefault(word, []).append(s.id)

    def locate(self, row: Proposal, mapped: list[Mapped]) -> tuple[SourceOfQuotes, QuotePlace]:
        """The text and the place of *row*; of a row without a quote all sentences that may say it (`names`).

        Raises RejectedError where it stands nowhere, or in several places. What was read as another goes to *mapped*.
        """
        ids = self._find_sources(row, mapped)
        texts = [self.texts[id_] for id_ in ids if id_ in self.texts]
        if not texts:
            missing = list_known(ids, 3)
            message = f"the text of {missing} is not at hand"
            raise reject("unverified", row.mark, message, "give the folder of the texts with `--texts`")
        if row.sentence is not None:
            return self._find_address(row, texts)
        if row.quote is None:
            return self._find_passage(row, texts)
        found = [(text, place) for text in texts for place in text.quotes.find_written(row.quote)]
        found = found or [(text, place) for text in texts for place in text.quotes.find(row.quote)]
        if not found:
            others = [id_ for id_, text in self.texts.items() if id_ not in ids and _stands(text, row.quote)]
            hint = f"it stands in {list_known(others, 3)}" if others else "copy the words from the text"
            message = f"the quote does not stand in {list_known(ids, 3)}: `{cut_line(row.quote)}`"
            raise reject("quote-not-in-text", row.mark, message, hint)
        if len(found) > 1 and row.passage is not None:
            found = _keep_within(found, row.passage)
        if len(found) > 1:
            places = [f"{text.source.id}.{place.addresses[0]}" for text, place in found]
            message = f"the quote stands in {list_known(places, 4)}: `{cut_line(row.quote)}`"
            raise reject("ambiguous-quote", row.mark, message, "quote more of the sentence, or name its address")
        return found[0]

    def _find_sources(self, row: Proposal, mapped: list[Mapped]) -> list[str]:
        seeds = self.checked.seeds
        if row.document is None:
            return [self.default] if self.default is not None else list(self.texts)
        name = row.document.strip()
        if name in seeds.source_by_id:
            return [name]
        found = self.documents.get(name) or self.documents.get(_fold_document(name))
        if found and len(found) == 1:
            source = seeds.source_by_id[found[0]]
            if source.file is None or source.file.text != name:
                mapped.append(Mapped(key="document", written=name, meant=found[0], how="name"))
            return found
        if found:
            raise reject("unknown-source", row.mark, f"`{name}` may be {list_known(found)}", "write the source's id")
        hint = did_you_mean(name, [*seeds.source_by_id, *(s.file.text for s in seeds.sources if s.file)])
        known = list_known(seeds.source_by_id, 6)
        raise reject(
            "unknown-source",
            row.mark,
            f"no source `{cut_line(name)}`",
            hint or (f"known: {known}" if known else None),
        )

    def _find_address(self, row: Proposal, texts: list[SourceOfQuotes]) -> tuple[SourceOfQuotes, QuotePlace]:
        """The sentence that a row names by its address, which must have its quote, if there is one."""
        text, address = texts[0], (row.sentence or "").strip()
        for each in texts:
            if address.startswith(f"{each.source.id}."):
                text, address = each, address.removeprefix(f"{each.source.id}.")
        sentence = text.article.sentences.get(address) if ADDRESS.fullmatch(address) else None
        if sentence is None or (len(texts) > 1 and row.document is None and "." not in (row.sentence or "")):
            message = f"the source `{text.source.id}` has no sentence `{cut_line(address)}`"
            hint = f"`kg coverage {text.source.id}` lists its sentences"
            raise reject("no-such-sentence", row.mark, message, hint)
        if row.digest is not None and row.digest != sentence.digest:
            other = next((s.address for s in text.article.sentences.values() if s.digest == row.digest), None)
            message = f"`{row.digest}` is not the digest of `{text.source.id}.{address}`"
            hint = f"that sentence is `{other}`" if other else "read the sentence again"
            raise reject("digest-mismatch", row.mark, message, hint)
        if row.quote is None:
            return text, QuotePlace(sentences=(sentence,), how="address")
        places = text.quotes.find(row.quote)
        here = next((place for place in places if address in place.addresses), None)
        if here is None:
            others = [place.addresses[0] for place in places]
            hint = f"it stands in {list_known(others, 4)}" if others else "copy the words from the text"
            message = f"the quote does not stand in `{text.source.id}.{address}`: `{cut_line(row.quote)}`"
            raise reject("quote-not-in-text", row.mark, message, hint)
        return text, here

    def _find_passage(self, row: Proposal, texts: list[SourceOfQuotes]) -> tuple[SourceOfQuotes, QuotePlace]:
        """The sentences of the passage that a row comes from: which of them says it, its names must tell."""
        if row.passage is not None:
            for text in texts:
                for place in text.quotes.find(row.passage):
                    return text, QuotePlace(sentences=place.sentences, how="names")
        if len(texts) > 1:
            message = "the row has no quote, and does not say from which text it is"
            raise reject("quote-not-in-text", row.mark, message, "give the source with `--source ID`")
        return texts[0], QuotePlace(sentences=tuple(texts[0].article.sentences.values()), how="names")


def _list_described(checked: Checked) -> frozenset[str]:
    """The voices of authors without a name: their labels say of which text they are the author, and are no names."""
    authors = {ref.text for source in checked.seeds.sources for ref in source.authors}
    classes = checked.vocabulary.classes
    return frozenset(
        entity.key
        for entity in checked.seeds.entities
        if entity.key in authors
        and any(classes[ref.text].iri == KG + "Voice" for ref in entity.classes if ref.text in classes)
    )


def _document_words(source: Source) -> set[str]:
    """What a document may be called beside the source's id."""
    words = set()
    if source.file is not None:
        name = source.file.text
        words |= {name, _fold_document(name), _fold_document(name.rpartition("/")[2].rpartition(".")[0])}
    for text in (source.title.text if source.title else None, source.url.text if source.url else None, source.id):
        if text:
            words |= {text, _fold_document(text)}
    return {word for word in words if word}


def _fold_document(name: str) -> str:
    """A document's name without folders and capitals."""
    return fold_name(name if "://" in name else name.replace("\\", "/").rpartition("/")[2])


def _keep_within(
    found: list[tuple[SourceOfQuotes, QuotePlace]], passage: str
) -> list[tuple[SourceOfQuotes, QuotePlace]]:
    """The places of a quote that lie where the words about it stand, if any do."""
    within = {
        (text.source.id, address)
        for text in {id(text): text for text, _ in found}.values()
        for place in text.quotes.find_written(passage)
        for address in place.addresses
    }
    kept = [(text, place) for text, place in found if (text.source.id, place.addresses[0]) in within]
    return kept or found


def _stands(text: SourceOfQuotes, quote: str) -> bool:
    return bool(text.quotes.find_written(quote))


def cut_line(text: str) -> str:
    """A text of a row, for a message: on one line, and not too long."""
    return cut_text(" ".join(text.split()), 80)
