"""What every rule may look at."""

from __future__ import annotations

from dataclasses import dataclass

from kg.articles import Articles
from kg.model import Seeds
from kg.story import Story
from kg.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """The story, and which kinds of files were read whole: where they were not, a name not found is no mistake."""

    story: Story
    entities_complete: bool = True
    sources_complete: bool = True
    claims_complete: bool = True

    @property
    def seeds(self) -> Seeds:
        return self.story.seeds

    @property
    def vocabulary(self) -> Vocabulary:
        return self.story.vocabulary

    @property
    def articles(self) -> Articles:
        return self.story.articles
