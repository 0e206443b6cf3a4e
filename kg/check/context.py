"""What every rule may look at."""

from __future__ import annotations

from dataclasses import dataclass

from kg.graph.story import Story
from kg.model.nouns import Evidence, Seeds
from kg.model.ontology.vocabulary import Vocabulary
from kg.reading.articles import Articles
from kg.text.sentence import Sentence


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """The story, and which kinds of files were read whole: where they were not, a name not found is no mistake."""

    story: Story
    entities_complete: bool = True
    sources_complete: bool = True
    claims_complete: bool = True
    minting: bool = False  # tables may make further entities

    def read_sentence(self, evidence: Evidence) -> Sentence | None:
        """The sentence of the text at hand that evidence rests on; None where it is another one than was read then."""
        article = self.articles.by_source.get(evidence.source)
        sentence = article.sentences.get(evidence.address) if article is not None else None
        return sentence if sentence is not None and self.is_of(sentence.digest, evidence) else None

    def is_of(self, digest: str, evidence: Evidence) -> bool:
        """Whether *digest* is that of the sentence that evidence rests on, as far as the claims file says."""
        return self.seeds.given_digests.get((evidence.source, evidence.address), digest) == digest

    @property
    def seeds(self) -> Seeds:
        return self.story.seeds

    @property
    def vocabulary(self) -> Vocabulary:
        return self.story.vocabulary

    @property
    def articles(self) -> Articles:
        return self.story.articles
