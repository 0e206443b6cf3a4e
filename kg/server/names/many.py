"""The names of a store that has too many for memory: the same answers as of `kg.server.names.names`, from files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice
from pathlib import Path

import pyoxigraph as ox

from kg.rdf.namespace import OWL, RDF, RDFS
from kg.server.names.file import NameFile, write_names
from kg.server.names.names import (
    EXACT,
    FOLDED,
    LEAST,
    LEAST_PART,
    NEAREST,
    SHORTEST_PART,
    SHUFFLED,
    Candidate,
    StoredName,
    call_by,
    choose_best,
    fold_name,
    is_word,
    list_names,
    plain_name,
    rate_part,
    read_classes,
    show_types,
    shuffle_words,
)

_MOST_WORDS = 12  # of a text whose parts are looked up as names
_MOST_FIRST = 1_000  # names that are suggested to who has typed nothing
_SAMPLE = 100_000  # statements whose properties and types are looked at
_TYPE = ox.NamedNode(RDF + "type")


def index_names(store: ox.Store, folder: Path, *, union: bool) -> int:
    """Write the names of a store into a new folder; gives how many. *union*: the default graph holds all there is."""

    def read() -> Iterator[StoredName]:
        thing, fits = "", False
        for name in list_names(store, ox.DefaultGraph() if union else None):
            if name.thing != thing:
                thing = name.thing
                fits = not is_word(_list_kinds(store, thing))
            if fits:
                yield name

    return write_names(read(), folder)


def _list_kinds(store: ox.Store, iri: str) -> list[str]:
    found = store.quads_for_pattern(ox.NamedNode(iri), _TYPE, None, None)
    return [quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)]


@dataclass(kw_only=True)
class ManyNames:
    """The names of a store by the files that `index_names` has written; it is asked as a `StoreNames` is."""

    store: ox.Store
    language: str
    file: NameFile

    @cached_property
    def above(self) -> dict[str, frozenset[str]]:
        """All classes above each class."""
        return read_classes(self.store)

    @cached_property
    def properties(self) -> set[str]:
        """The properties that are declared, and those of the first statements."""
        kinds = [RDF + "Property", *(OWL + f"{kind}Property" for kind in ("Object", "Datatype", "Annotation"))]
        found = {
            quad.subject.value
            for kind in kinds
            for quad in islice(self.store.quads_for_pattern(None, _TYPE, ox.NamedNode(kind), None), _SAMPLE)
            if isinstance(quad.subject, ox.NamedNode)
        }
        return found | {quad.predicate.value for quad in islice(self.store, _SAMPLE)}

    def list_classes(self) -> set[str]:
        """The classes that are declared, and those of the first things."""
        found = {
            quad.subject.value
            for kind in (RDFS + "Class", OWL + "Class")
            for quad in islice(self.store.quads_for_pattern(None, _TYPE, ox.NamedNode(kind), None), _SAMPLE)
            if isinstance(quad.subject, ox.NamedNode)
        }
        first = islice(self.store.quads_for_pattern(None, _TYPE, None, None), _SAMPLE)
        used = {quad.object.value for quad in first if isinstance(quad.object, ox.NamedNode)}
        return set(show_types(used | found | set(self.above)))

    def names_of(self, iri: str) -> list[StoredName]:
        """The names of a thing; none of a word of a vocabulary, as in the files."""
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            return []
        if is_word(_list_kinds(self.store, iri)):
            return []
        return list(dict.fromkeys(list_names(self.store, None, node)))

    def types_of(self, iri: str) -> tuple[str, ...]:
        """The types of a thing that tell what it is."""
        return show_types(_list_kinds(self.store, iri))

    def call(self, iri: str) -> str:
        """What a thing is called: its name in the language, else in another, else the end of its IRI."""
        return call_by(self.names_of(iri), iri, self.language)

    def is_a(self, iri: str, wanted: str) -> bool:
        """Whether a thing is of a class, or of one below it."""
        return any(kind == wanted or wanted in self.above.get(kind, ()) for kind in self.types_of(iri))

    def take_bounded(self) -> bool:
        """Whether, since it was last asked, some names were not looked at that a text may have meant."""
        bounded, self.file.bounded = self.file.bounded, False
        return bounded

    def find(self, text: str, most: int = 100) -> list[Candidate]:
        """The things that a text may mean, each by its nearest name, the nearest first."""
        from rapidfuzz.distance import OSA

        fold, plain = fold_name(text), plain_name(text)
        if not fold:
            return []
        shuffled = {fold, *shuffle_words(fold)}
        found: list[tuple[StoredName, float]] = []
        for name in self.file.find_exact(fold):
            known = fold_name(name.text)
            if known == fold:
                found.append((name, EXACT if plain_name(name.text) == plain else FOLDED))
            elif not shuffled.isdisjoint(shuffle_words(known)):
                found.append((name, SHUFFLED))
        for name in [*self.file.find_near(fold), *self._find_within(fold)]:
            known = fold_name(name.text)
            likeness = 100 * OSA.normalized_similarity(fold, known, score_cutoff=LEAST / 100)
            score = max(min(NEAREST, likeness), rate_part(fold, known))
            if score:
                found.append((name, score))
        if len(fold) >= SHORTEST_PART:
            found += ((name, rate_part(fold, known)) for name, known in self.find_holding(text) if known != fold)
        return choose_best((one for one in found if one[1]), most)

    def _find_within(self, fold: str) -> Iterator[StoredName]:
        """The names that a text holds as whole words."""
        words = fold.split(" ")[:_MOST_WORDS]
        for start, end in combinations(range(len(words) + 1), 2):
            part = " ".join(words[start:end])
            if part != fold and len(part) > 1:
                yield from (name for name in self.file.find_exact(part) if fold_name(name.text) == part)

    def find_part(self, text: str, most: int = 50) -> list[Candidate]:
        """The things a part of whose name is nearly a text, the nearest first."""
        from rapidfuzz import fuzz

        fold = fold_name(text)
        if len(fold) < SHORTEST_PART:
            return []
        found = []
        for name in self.file.find_parts(fold):
            known = fold_name(name.text)
            if len(known) >= len(fold) and (score := fuzz.partial_ratio(fold, known, score_cutoff=LEAST_PART)):
                found.append((name, score * LEAST / 100))
        return choose_best(found, most)

    def find_holding(self, text: str) -> Iterator[tuple[StoredName, str]]:
        """The names that hold a text, each with its folded form; the shorter ones where there are many."""
        fold = fold_name(text)
        if fold:
            yield from ((name, fold_name(name.text)) for name in self.file.find_holding(fold))

    def suggest(self, prefix: str) -> list[str]:
        """Things one of whose names, or a word of it, begins as given; then those that bear a near name."""
        fold = fold_name(prefix)
        if not fold:
            return list(dict.fromkeys(name.thing for name in self.file.list_first(_MOST_FIRST)))
        begun: dict[str, tuple[int, int, str]] = {}
        for name, known in self.find_holding(prefix):
            rank = 0 if known.startswith(fold) else 1 if f" {fold}" in known else 2
            key = (rank, len(known), name.thing)
            begun[name.thing] = min(begun.get(name.thing, key), key)
        near = (near.name.thing for near in self.find(prefix))
        return list(dict.fromkeys([*sorted(begun, key=lambda thing: begun[thing]), *near]))
