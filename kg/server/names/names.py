"""The names that things of a store bear, and which of them a text may mean: exactly, by an alias, or with a typo.

Scores go to 100 for the name itself, and tell how near a name is; whether a thing is meant is told apart from it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kg.rdf.namespace import DCAT, DCTERMS, KG, OA, OWL, PROV, QUDT, RDF, RDFS, SCHEMA, SH, SKOS, VOID
from kg.text.language import choose_language

MOST_NAMES = 200_000
EXACT, FOLDED, SHUFFLED, KNOWN_TYPO = 100.0, 98.0, 95.0, 97.0
NEAREST = 94.0  # of a name that is not the one that was given
LEAST = 60.0
LEAST_PART, SHORTEST_PART = 75.0, 4  # likeness of a part of a name, characters of what is looked for
_NO_WORD = re.compile("[^a-z0-9]+")

PREFERRED = (SKOS + "prefLabel", RDFS + "label", SCHEMA + "name", "http://xmlns.com/foaf/0.1/name", DCTERMS + "title")
_OTHERS = (SKOS + "altLabel", SCHEMA + "alternateName")
_HIDDEN = (SKOS + "hiddenLabel",)
_DESCRIBING = frozenset({OWL, RDF, RDFS, SH, QUDT, KG, VOID, DCAT, PROV, OA})  # of words and of evidence, not of things


@dataclass(frozen=True, kw_only=True)
class StoredName:
    """A name of a thing: what it says, in which language, and how it stands for it (`name`, `alias`, `typo`)."""

    thing: str
    text: str
    language: str
    kind: str


@dataclass(kw_only=True)
class Candidate:
    """A thing that a text may mean: the name by which, and how near that is, from 0 to 100."""

    name: StoredName
    score: float

    @property
    def is_exact(self) -> bool:
        """Whether the candidate bears that very name, whatever the letters' size, accents and punctuation."""
        return self.score >= KNOWN_TYPO


@dataclass(kw_only=True)
class StoreNames:
    """The names of a store's things, their types, and the classes above these."""

    language: str
    names: list[StoredName] = field(default_factory=list)
    types: dict[str, tuple[str, ...]] = field(default_factory=dict)
    above: dict[str, frozenset[str]] = field(default_factory=dict)
    by_thing: dict[str, list[StoredName]] = field(default_factory=lambda: defaultdict(list))
    folded: list[str] = field(default_factory=list)
    by_fold: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_words: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: StoredName) -> None:
        """Know one more name."""
        number = len(self.names)
        fold = fold_name(name.text)
        self.names.append(name)
        self.folded.append(fold)
        self.by_thing[name.thing].append(name)
        self.by_fold[fold].append(number)
        for key in shuffle_words(fold):
            self.by_words[key].append(number)

    def call(self, iri: str) -> str:
        """What a thing is called: its name in the index's language, else in another, else the end of its IRI."""
        return call_by(self.by_thing.get(iri, []), iri, self.language)

    def is_a(self, iri: str, wanted: str) -> bool:
        """Whether a thing is of a class, or of one below it."""
        return any(kind == wanted or wanted in self.above.get(kind, ()) for kind in self.types.get(iri, ()))

    def types_of(self, iri: str) -> tuple[str, ...]:
        """The types of a thing that tell what it is."""
        return self.types.get(iri, ())

    def names_of(self, iri: str) -> list[StoredName]:
        """The names of a thing."""
        return self.by_thing.get(iri, [])

    def list_classes(self) -> set[str]:
        """The classes that things are of."""
        return {kind for kinds in self.types.values() for kind in kinds}

    def find_holding(self, text: str) -> Iterator[tuple[StoredName, str]]:
        """The names that hold a text, each with its folded form."""
        fold = fold_name(text)
        if fold:
            yield from ((name, known) for name, known in zip(self.names, self.folded, strict=True) if fold in known)

    def take_bounded(self) -> bool:
        """Whether, since it was last asked, some names were not looked at: never, since all are."""
        return False

    def find(self, text: str, most: int = 100) -> list[Candidate]:
        """The things that a text may mean, each by its nearest name, the nearest first."""
        fold = fold_name(text)
        if not fold:
            return []
        plain = plain_name(text)
        found: dict[int, float] = {}
        for number in self.by_fold.get(fold, ()):
            found[number] = EXACT if plain_name(self.names[number].text) == plain else FOLDED
        for key in shuffle_words(fold):
            for number in self.by_words.get(key, ()):
                found.setdefault(number, SHUFFLED)
        for number, score in self._find_near(fold, most * 4):
            found.setdefault(number, score)
        return choose_best(((self.names[number], score) for number, score in found.items()), most)

    def _find_near(self, fold: str, most: int) -> Iterator[tuple[int, float]]:
        """Names with other letters here and there, and names that hold the text, or that it holds, as whole words."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        hits = process.extract(
            fold, self.folded, scorer=OSA.normalized_similarity, processor=None, limit=most, score_cutoff=LEAST / 100
        )
        scores = {number: min(NEAREST, 100 * similarity) for _, similarity, number in hits}
        for number, name in enumerate(self.folded):
            part = rate_part(fold, name)
            if part:
                scores[number] = max(scores.get(number, 0.0), part)
        yield from sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:most]

    def find_part(self, text: str, most: int = 50) -> list[Candidate]:
        """The things a part of whose name is nearly a text, the nearest first."""
        from rapidfuzz import fuzz, process

        fold = fold_name(text)
        if len(fold) < SHORTEST_PART:
            return []
        hits = process.extract(
            fold, self.folded, scorer=fuzz.partial_ratio, processor=None, limit=most, score_cutoff=LEAST_PART
        )
        best: dict[str, Candidate] = {}
        for name, score, number in hits:
            if len(name) >= len(fold):
                thing = self.names[number].thing
                best.setdefault(thing, Candidate(name=self.names[number], score=score * LEAST / 100))
        return list(best.values())

    def suggest(self, prefix: str) -> list[str]:
        """Things one of whose names, or a word of it, begins as given; then those that bear a near name."""
        fold = fold_name(prefix)
        begun: dict[str, tuple[int, int, str]] = {}
        for name, text in zip(self.names, self.folded, strict=True):
            rank = 0 if text.startswith(fold) else 1 if f" {fold}" in f" {text}" else 2 if fold in text else None
            if rank is not None:
                key = (rank, len(text), name.thing)
                begun[name.thing] = min(begun.get(name.thing, key), key)
        listed = sorted(begun, key=lambda thing: begun[thing])
        near = (near.name.thing for near in self.find(prefix))
        return listed + [thing for thing in near if thing not in begun]


def fold_name(text: str) -> str:
    """A name without what people write in different ways: the size of letters, accents, punctuation, blanks.

    >>> fold_name("  Šu-7, (Max)"), fold_name("ＳＵ７"), fold_name("雷军")
    ('su 7 max', 'su7', '雷军')
    """
    if text.isascii():
        return _NO_WORD.sub(" ", text.lower()).strip()
    parted = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c if c.isalnum() else " " for c in parted if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFKC", kept).split())


def shuffle_words(fold: str) -> tuple[str, ...]:
    """What a folded name is whatever the order of its words, and wherever they are joined."""
    if " " not in fold:
        return (fold,)
    words = fold.split(" ")
    return " ".join(sorted(words)), "".join(words)


def plain_name(text: str) -> str:
    """A name with blanks and the size of letters made equal, and nothing else."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def call_by(names: Sequence[StoredName], iri: str, language: str) -> str:
    """What a thing of these names is called in a language, else in another, else by the end of its IRI."""
    chosen = [name for name in names if name.kind == "name"] or list(names)
    by_language = {name.language: name.text for name in reversed(chosen)}
    best = choose_language(language, list(by_language))
    if best is not None:
        return by_language[best]
    return chosen[0].text if chosen else iri.rstrip("/#").rpartition("#" if "#" in iri else "/")[2] or iri


def choose_best(found: Iterable[tuple[StoredName, float]], most: int) -> list[Candidate]:
    """The things of names with scores, each by its nearest name, the nearest first."""
    best: dict[str, Candidate] = {}
    for name, score in found:
        if name.kind == "typo":
            score = min(score, KNOWN_TYPO)
        known = best.get(name.thing)
        if known is None or score > known.score:
            best[name.thing] = Candidate(name=name, score=score)
    return sorted(best.values(), key=lambda near: (-near.score, near.name.thing))[:most]


def rate_part(fold: str, name: str) -> float:
    """How near a name is that holds a text, or that it holds, as whole words; 0 where it is neither."""
    short, long = (fold, name) if len(fold) <= len(name) else (name, fold)
    if len(short) > 1 and short != long and short in long and _stands_whole(short, long):
        return 50 + 40 * len(short) / len(long)
    return 0.0


def _stands_whole(short: str, long: str) -> bool:
    """Whether a text begins and ends with words in a longer one; scripts without blanks have no words to break."""
    if not short.isascii():
        return True
    return f" {short} " in f" {long} "


def read_names(store: ox.Store, language: str) -> StoreNames:
    """The names in a store. Raises ValueError where there are more than `MOST_NAMES`."""
    index = StoreNames(language=language)
    kinds: dict[str, list[str]] = defaultdict(list)
    for subject, _, kind, _ in store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), None, None):
        if not isinstance(subject, ox.NamedNode) or not isinstance(kind, ox.NamedNode):
            continue
        if kind.value not in kinds[subject.value]:
            kinds[subject.value].append(kind.value)
    seen: set[tuple[str, str, str]] = set()
    for name in list_names(store, None):
        key = (name.thing, name.text, name.language)
        if key in seen or is_word(kinds.get(name.thing, ())):
            continue
        seen.add(key)
        if len(seen) > MOST_NAMES:
            raise ValueError(f"more than {MOST_NAMES:,} names")
        index.add(name)
    for thing in index.by_thing:
        index.types[thing] = show_types(kinds.get(thing, ()))
    index.above = read_classes(store)
    return index


def list_names(store: ox.Store, graph: Any, thing: ox.NamedNode | None = None) -> Iterator[StoredName]:
    """The names in a graph (None: in all of them), of one thing or of all; one may come several times."""
    for group, kind in ((PREFERRED, "name"), (_OTHERS, "alias"), (_HIDDEN, "typo")):
        for predicate in group:
            for subject, _, term, _ in store.quads_for_pattern(thing, ox.NamedNode(predicate), None, graph):
                if isinstance(subject, ox.NamedNode) and isinstance(term, ox.Literal):
                    yield StoredName(thing=subject.value, text=term.value, language=term.language or "", kind=kind)


def show_types(kinds: Iterable[str]) -> tuple[str, ...]:
    """The types of a thing that tell what it is."""
    return tuple(sorted({kind for kind in kinds if not _is_describing(kind)}))


def read_words(store: ox.Store, language: str, iris: Iterable[str]) -> StoreNames:
    """The names of classes or properties."""
    index = StoreNames(language=language)
    for iri in sorted(set(iris)):
        for name in list_names(store, None, ox.NamedNode(iri)):
            if name.kind != "typo":
                index.add(name)
        if iri not in index.by_thing:
            index.add(StoredName(thing=iri, text=index.call(iri), language="", kind="name"))
    return index


def _is_describing(kind: str) -> bool:
    return any(kind.startswith(namespace) for namespace in _DESCRIBING)


def is_word(kinds: Collection[str]) -> bool:
    """Whether something is a word of a vocabulary, or of what the graph rests on, and no thing to be named."""
    return bool(kinds) and all(_is_describing(kind) for kind in kinds)


def read_classes(store: ox.Store) -> dict[str, frozenset[str]]:
    """All classes above each class."""
    direct: dict[str, set[str]] = defaultdict(set)
    for below, _, upper, _ in store.quads_for_pattern(None, ox.NamedNode(RDFS + "subClassOf"), None, None):
        if isinstance(below, ox.NamedNode) and isinstance(upper, ox.NamedNode):
            direct[below.value].add(upper.value)
    above = {}
    for start in direct:
        found: set[str] = set()
        waiting: list[Any] = [start]
        while waiting:
            for upper in direct.get(waiting.pop(), set()) - found:
                found.add(upper)
                waiting.append(upper)
        above[start] = frozenset(found)
    return above
