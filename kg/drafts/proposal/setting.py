"""A claim in the sentence that it rests on, as the rules of `kg.drafts.proposal.fit` look at it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from kg.check.wording import find_object
from kg.drafts.proposal.naming import NamedIn
from kg.graph.coverage import plain_number
from kg.model.nouns import Claim, Entity
from kg.model.ontology.vocabulary import Unit, Vocabulary
from kg.model.values import Date, EntityRef
from kg.text.diagnostic import Diagnostic, Mark
from kg.text.figure import NEWEST_RULE, Figure, find_figures
from kg.text.sentence import Sentence, fold_words


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A claim in the sentence that it rests on, with what is about it."""

    claim: Claim
    sentence: Sentence
    lang: str
    entities: dict[str, Entity] = field(repr=False)
    named: NamedIn = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    mark: Mark = field(repr=False)
    quoted: tuple[Sentence, ...]  # what the quote goes over
    quote: str | None  # the words that the row quotes, as far as they stand in the text
    named_units: dict[str, list[Unit]] = field(repr=False)  # which units a word names: filled as words are met

    @property
    def where(self) -> str:
        """The sentence's id."""
        return f"{self.claim.source}.{self.sentence.address}"

    @cached_property
    def words(self) -> str:
        """The sentence as words are looked for in it."""
        return fold_words(self.sentence.text)

    @cached_property
    def place(self) -> int | None:
        """Where the object stands in the words, else the subject: of a date, its year or its day."""
        value = self.claim.object
        if isinstance(value, Date):
            wanted = {plain_number(number) for number in value.numbers()}
            return next((f.start for f in list_figures(self.words, self.lang) if f.value in wanted), None)
        found = find_object(self.claim, self.words, self.lang, self.entities)
        if found is None and isinstance(value, EntityRef) and isinstance(self.claim.subject, EntityRef):
            return find_object(replace(self.claim, object=self.claim.subject), self.words, self.lang, self.entities)
        return found

    def tell(self, code: str, message: str, hint: str | None = None) -> Diagnostic:
        """A diagnostic of the row."""
        return Diagnostic(code=code, mark=self.mark, message=message, hint=hint)


@lru_cache(maxsize=4096)
def list_figures(words: str, lang: str) -> tuple[Figure, ...]:
    """The figures of a sentence's words, counted once."""
    return find_figures(words, lang, NEWEST_RULE)
