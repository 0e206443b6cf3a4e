"""`Story`: what curators say, and all that follows from it, each computed once and only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from kg.graph.coverage import Coverage, measure_coverage
from kg.graph.describe import ClaimWords
from kg.graph.direct import DirectTriple, find_direct_triples
from kg.graph.dispute import Comparison, OpenQuestion, find_comparisons, find_open_questions
from kg.graph.interest import find_interests
from kg.graph.quads import Assertion, assert_all
from kg.graph.stated import Contradiction, FileStatement, find_contradictions, find_statements
from kg.model.names import Names
from kg.model.nouns import Seeds
from kg.model.ontology.vocabulary import Vocabulary
from kg.rdf.turtle.document import MarkedQuad
from kg.reading.articles import Articles


@dataclass(frozen=True, kw_only=True)
class Story:
    """Seeds, the vocabulary they are written in, the texts at hand, and outside RDF (name of the file, its quads).

    Rules, views, the page and the Python interface all read it, so that none computes again what another one has.
    What is computed from seeds with errors is as good as the seeds; *assertions* need seeds without.
    """

    seeds: Seeds
    vocabulary: Vocabulary
    articles: Articles
    rdf: tuple[tuple[str, tuple[MarkedQuad, ...]], ...] = ()

    @property
    def names(self) -> Names:
        """The IRIs of the data set's things."""
        return Names(base=self.seeds.dataset.base)

    def words(self, lang: str) -> ClaimWords:
        """The claims in words, with the labels of *lang*."""
        found = self._words.get(lang)
        if found is None:
            found = self._words[lang] = ClaimWords(seeds=self.seeds, vocabulary=self.vocabulary, lang=lang)
        return found

    @cached_property
    def _words(self) -> dict[str, ClaimWords]:
        return {}

    @cached_property
    def interests(self) -> dict[str, frozenset[str]]:
        """The entities whose affairs are an entity's own, for each entity."""
        return find_interests(self.seeds, self.vocabulary)

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Conflicts, developments, differences of kind and of measure, and what is declared compatible."""
        return find_comparisons(self.seeds, self.vocabulary)

    @cached_property
    def stated_quads(self) -> tuple[MarkedQuad, ...]:
        """The statements of all files of RDF, in their order."""
        return tuple(quad for _, quads in self.rdf for quad in quads)

    @cached_property
    def statements(self) -> tuple[FileStatement, ...]:
        """What files of RDF state of entities with properties of the ontology."""
        return tuple(find_statements(self.stated_quads, self.seeds, self.vocabulary))

    @cached_property
    def stated_entities(self) -> frozenset[str]:
        """The keys of the entities that files of RDF speak of."""
        start = f"{self.seeds.dataset.base}entity/"
        terms = (t.term for q in self.stated_quads for t in (q.subject, q.object))
        named = {term.value.removeprefix(start) for term in terms if isinstance(term, NamedNode)}
        return frozenset(named & self.seeds.entity_by_key.keys())

    @cached_property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where statements of files of RDF contradict facts of claims, or each other."""
        return find_contradictions(self.statements, self.seeds, self.vocabulary)

    @cached_property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The questions that speakers answer differently."""
        return find_open_questions(self.seeds, self.vocabulary)

    @cached_property
    def direct_triples(self) -> tuple[DirectTriple, ...]:
        """What the graph says itself, with the claims that let it."""
        return tuple(find_direct_triples(self.seeds, self.vocabulary))

    @cached_property
    def coverage(self) -> Coverage:
        """Which sentences and figures of all sources are claimed, set aside or to do."""
        return measure_coverage(self.seeds, self.articles)

    @cached_property
    def assertions(self) -> tuple[Assertion, ...]:
        """Every quad that was curated, with the mark of its cause; what tables give is no part of it."""
        return tuple(assert_all(self.seeds, self.vocabulary, self.interests, self.direct_triples, self.rdf))
