"""What every rule may look at."""

from __future__ import annotations

from dataclasses import dataclass

from kg.articles import Articles
from kg.model import Seeds
from kg.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Context:
    """The seeds, the vocabulary, the texts at hand, and which kinds of files were read whole."""

    seeds: Seeds
    vocabulary: Vocabulary
    articles: Articles
    entities_complete: bool = True
    sources_complete: bool = True
    claims_complete: bool = True
