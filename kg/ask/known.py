"""Terms that a query or a shape names and that stand nowhere: most often they are misspelt, and find nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import NamedNode

from kg.ask.sparql import Token, find_graphs, find_named
from kg.graph.story import Story
from kg.model.ontology.closed import TERMS
from kg.rdf.iri import Prefixes, local_name
from kg.rdf.namespace import KG, OWL, RDF, RDFS, WELL_KNOWN, XSD
from kg.rdf.quad import Quad
from kg.rdf.xsd import DATATYPES
from kg.text.diagnostic import Diagnostic, Mark, SourceText, did_you_mean, mark_at

_ALIKE = 0.8  # of two names in a vocabulary that is not ours; prefLabel and altLabel are 0.6, lenght and length 0.83


@dataclass(frozen=True, kw_only=True)
class Known:
    """The IRIs of ontology and seeds; in the namespaces that are *whole*, what is not known is wrong."""

    iris: frozenset[str]
    whole: frozenset[str]
    prefixes: Prefixes
    graphs: frozenset[str]  # of sources
    tables: str  # how the IRIs of the graphs of tables begin

    def add(self, quads: Iterable[Quad]) -> Known:
        """What is known, with all IRIs of a graph."""
        found = {term.value for quad in quads for term in quad if isinstance(term, NamedNode)}
        return replace(self, iris=self.iris | found)

    @cached_property
    def _by_space(self) -> dict[str, dict[str, str]]:
        """The IRIs of each namespace by their names."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for iri in sorted(self.iris):
            space, name = _split(iri)
            found[space][name] = iri
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """The IRIs that end in each name."""
        found: dict[str, list[str]] = defaultdict(list)
        for space, names in sorted(self._by_space.items()):
            for name in names:
                found[name].append(space + name)
        return found

    def show(self, iri: str) -> str:
        return self.prefixes.compress(iri) or f"<{iri}>"

    def explain(self, iri: str) -> tuple[bool, str | None]:
        """Whether an unknown IRI is wrong, and a hint: the nearest one that is known.

        In another's vocabulary, of which only what is used is known, it is wrong where it is very near to that.
        """
        space, name = _split(iri)
        names = self._by_space.get(space, {})
        whole = any(iri.startswith(one) for one in self.whole)
        if whole:
            hint = did_you_mean(name, names)
            if hint is not None:
                return True, f"did you mean `{self.show(names[hint.split('`')[1]])}`?"
        elif (meant := _find_very_near(name, names)) is not None:
            return True, f"did you mean `{self.show(names[meant])}`?"
        alike = self._by_name.get(name, []) if name else []
        for other in alike:
            if whole or _bare(_split(other)[0]) == _bare(space):
                return True, f"did you mean `{self.show(other)}`?"
        return whole, None


def find_known(story: Story, *, entities_too: bool) -> Known:
    """What ontology and seeds declare; with *entities_too* the seeds' entities are all that there are."""
    quads = story.vocabulary.quads
    found = {t.term.value for q in quads for t in (q.subject, q.predicate, q.object) if isinstance(t.term, NamedNode)}
    terms = [c.iri for c in story.vocabulary.classes.values()] + [p.iri for p in story.vocabulary.properties.values()]
    whole = {_split(iri)[0] for iri in terms} - set(WELL_KNOWN.values())
    if story.vocabulary.complete:
        whole |= {RDF, RDFS, OWL, XSD, KG}
    found |= {space + name for space, names in TERMS.items() for name in names.split()}
    found |= {XSD + name for name in DATATYPES}
    base = story.seeds.dataset.base
    found |= {f"{base}entity/{entity.key}" for entity in story.seeds.entities}
    if entities_too:
        whole |= {f"{base}{kind}/" for kind in ("entity", "claim", "source")}
    return Known(
        iris=frozenset(found),
        whole=frozenset(whole),
        prefixes=story.seeds.dataset.prefixes,
        graphs=frozenset(f"{base}source/{source.id}" for source in story.seeds.sources),
        tables=f"{base}table/",
    )


def find_unknown(
    named: Iterable[tuple[Mark, str]], known: Known, graph: Callable[[], Iterable[Quad]]
) -> Iterator[Diagnostic]:
    """The IRIs of *named*, each at its place, that stand neither in what is *known* nor in the *graph*."""
    known_iris = known.iris | set(known.prefixes.namespaces.values())  # `STRSTARTS(STR(?p), STR(r:))`
    strange = [(mark, iri) for mark, iri in named if iri not in known_iris and not iri.startswith(RDF + "_")]
    suspects = [(mark, iri) for mark, iri in strange if known.explain(iri)[0]]
    if not suspects:
        return  # the graph may be large
    known = known.add(graph())
    told: set[str] = set()
    for mark, iri in suspects:
        if iri in known.iris or iri in told:
            continue
        wrong, hint = known.explain(iri)
        if wrong:
            told.add(iri)
            message = f"`{mark.excerpt or known.show(iri)}` stands neither in the ontology nor in the graph"
            yield Diagnostic(code="unknown-term", mark=mark, message=message, hint=hint)


def find_unknown_of_query(source: SourceText, known: Known, graph: Callable[[], Iterable[Quad]]) -> list[Diagnostic]:
    """The terms that a query looks for and that stand nowhere."""

    def place(found: Iterable[tuple[Token, str]]) -> list[tuple[Mark, str]]:
        return [(mark_at(source, token.start, token.start + len(token.text)), iri) for token, iri in found]

    prefixes = known.prefixes.namespaces
    told = list(find_unknown(place(find_named(source.text, prefixes)), known, graph))
    marks = {diagnostic.mark for diagnostic in told}
    graphs = [(mark, iri) for mark, iri in place(find_graphs(source.text, prefixes)) if mark not in marks]
    return [*told, *find_unknown_graphs(graphs, known, graph)]


def find_unknown_graphs(
    named: Iterable[tuple[Mark, str]], known: Known, graph: Callable[[], Iterable[Quad]]
) -> Iterator[Diagnostic]:
    """The graphs of *named*, each at its place, that the store does not hold: nothing is fetched, and nothing is found.

    What is known of the graphs of tables the rows alone tell, which may not have been run.
    """
    strange = [(mark, iri) for mark, iri in named if iri not in known.graphs and not iri.startswith(known.tables)]
    if not strange:
        return
    graphs = {quad.graph_name.value for quad in graph() if isinstance(quad.graph_name, NamedNode)}
    for mark, iri in strange:
        if iri not in graphs:
            near = did_you_mean(iri, [other for other in graphs if _split(other)[0] == _split(iri)[0]])
            hint = near or "graphs of sources are `s:ID`, those of tables `t:NAME`; without one all is asked"
            message = f"there is no graph `{mark.excerpt or known.show(iri)}`"
            yield Diagnostic(code="unknown-term", mark=mark, message=message, hint=hint)


def _find_very_near(name: str, names: Iterable[str]) -> str | None:
    """The one of *names* that differs by a letter or two from *name*, or by their order."""
    folded = {other.casefold(): other for other in names}
    turned = (other for fold, other in folded.items() if sorted(fold) == sorted(name.casefold()))
    import difflib  # only where a term is unknown

    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=_ALIKE)
    return folded[near[0]] if near else next(turned, None)


def _split(iri: str) -> tuple[str, str]:
    name = local_name(iri)
    return iri[: len(iri) - len(name)], name


def _bare(space: str) -> str:
    """A namespace without what is most often written otherwise by mistake."""
    return space.removeprefix("http://").removeprefix("https://").removeprefix("www.").rstrip("#/")
