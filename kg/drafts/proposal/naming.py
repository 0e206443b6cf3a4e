"""Names → entities, and which entities a sentence names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.check.naming import TellingName, read_words, stem_word
from kg.model.nouns import Entity, NameKind
from kg.model.ontology.vocabulary import Vocabulary
from kg.rdf.iri import local_name
from kg.rdf.namespace import KG, SCHEMA
from kg.reading.articles import Article
from kg.text.match import leave_out_article
from kg.text.sentence import Sentence, fold_words

_NEAR = 0.84
_SHORTEST = 5  # letters of a name that may be a slip of another
_PERSONS = frozenset({SCHEMA + "Person", KG + "Voice", "http://xmlns.com/foaf/0.1/Person"})
# Words that stand for what was named before; `who` and `which` stand for what is named beside them, and are none.
_OF_PERSONS = re.compile(r"\b(?:he|him|his|she|her|hers|himself|herself|i|me|my|mine|myself)\b|他|她|我|您|你")
_OF_ALL = re.compile(r"\b(?:they|them|their|theirs|we|us|our|ours|you|your|themselves|both)\b|们|双方")
_OF_THINGS = re.compile(r"\b(?:it|its|itself|this|these|those)\b|它|这|该|其|此")
_NOUNS = {  # `the company`: by what the names of classes hold
    "person": "man woman author founder director president minister mayor chief chairman chairwoman professor engineer "
    "writer artist spokesman spokeswoman manager owner",
    "organi": "company firm group maker carmaker bank government ministry agency club team school university museum "
    "hospital party union brand council yard shipyard airline operator startup retailer business manufacturer supplier "
    "board committee 公司 集团 企业 银行 机构 厂商 车企",
    "place": "city town country village region site building house bridge road line dam museum library "
    "station hospital school university plant factory harbour port tower tunnel hall park project "
    "城市 大桥 工厂 项目 基地 园区",
    "event": "event meeting conference show fair summit festival ceremony trial game match exhibition 活动 会议",
    "product": "product car model vehicle ship ferry boat plane book film picture painting brand train device 产品",
    "deal": "deal contract order agreement award sale purchase acquisition takeover merger transaction "
    "合同 协议 交易 订单",
    "work": "work book film picture painting building project plan 项目 计划",
}
_THE = re.compile(  # the noun may stand behind an adjective
    r"(?<!\bis )(?<!\bwas )(?<!\bare )(?<!\bas )(?<!\bbecame )\b(?:the|this|that)(?= (\w+)\b(?: (\w+)\b)?)"
)
_REACH = 4  # sentences before, in which a pronoun's word may stand, beside the paragraph and the title


@dataclass(frozen=True, kw_only=True)
class Found:
    """The entities that a name may mean, and *how* it was read: `id`, `label`, `name`, `typo` or `near`."""

    keys: tuple[str, ...]
    how: str


class NameIndex:
    """The ids and names of entities, looked up as people and machines write them."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.entities = {entity.key: entity for entity in entities}
        self.exact: dict[str, dict[str, str]] = defaultdict(dict)  # name -> key -> how
        self.folded: dict[str, dict[str, str]] = defaultdict(dict)
        for entity in self.entities.values():
            for old in entity.replaces:
                self.exact[old.text].setdefault(entity.key, "name")
            for name in entity.names:
                how = {NameKind.LABEL: "label", NameKind.ALIAS: "label"}.get(name.kind, "typo")
                self.exact[name.text].setdefault(entity.key, how)
                for folded in (fold_name(name.text), fold_name(name.text, name.lang)):
                    self.folded[folded].setdefault(entity.key, "name" if how == "label" else how)
            self.folded[fold_name(entity.key)].setdefault(entity.key, "name")
        self.by_word: dict[str, list[str]] = defaultdict(list)
        for folded in self.folded:
            for word in dict.fromkeys(folded.split()):
                self.by_word[word].append(folded)
        self.first_letters: dict[str, list[str]] = defaultdict(list)
        for folded in self.folded:
            self.first_letters[folded[:1]].append(folded)

    def find(self, name: str, lang: str = "en") -> Found | None:
        """What *name*, in a text of a language, may mean.

        By id, by a label or another name, by one in other capitals or signs or with another article, by a slip.
        """
        name = name.strip()
        bare = name.removeprefix("e:")
        if bare in self.entities:
            return Found(keys=(bare,), how="id")
        for names, key in (
            (self.exact, name), (self.folded, fold_name(name)), (self.folded, fold_name(name, lang))
        ):  # fmt: skip
            if key in names:
                hows = set(names[key].values())
                return Found(keys=tuple(names[key]), how=hows.pop() if len(hows) == 1 else "name")
        return self._find_near(fold_name(name, lang))

    def find_parts(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The entities with a name that ends with *name* (`Holt`), and those whose name it holds (`Mayor Ada Holt`)."""
        words = fold_name(name).split()
        if not any(word[:1].isupper() and len(word) > 2 for word in name.split()):
            return (), ()
        known = [n for word in dict.fromkeys(words) for n in self.by_word.get(word, ())]
        longer = [n for n in known if n.split()[-len(words) :] == words]
        shorter = [n for n in known if len(n.split()) > 1 and f" {n} " in f" {' '.join(words)} "]
        return self._keys(longer), self._keys(shorter)

    def _keys(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for name in names for key in self.folded[name]))

    def _find_near(self, folded: str) -> Found | None:
        if len(folded) < _SHORTEST:
            return None
        import difflib  # only where a name is unknown

        digits = re.findall(r"\d+", folded)
        known = [k for k in self.first_letters[folded[:1]] if abs(len(k) - len(folded)) <= 3]
        known = [k for k in known if len(k) >= _SHORTEST and re.findall(r"\d+", k) == digits]
        near = difflib.get_close_matches(folded, known, n=3, cutoff=_NEAR)
        keys = dict.fromkeys(key for name in near for key in self.folded[name])
        return Found(keys=tuple(keys), how="near") if keys else None


@lru_cache(maxsize=65536)
def fold_name(name: str, lang: str = "en") -> str:
    """A name without what people leave out: capitals, marks, hyphens, an article of its language.

    >>> fold_name("The Lei-Jun Foundation"), fold_name("lei jun foundation"), fold_name("Das Feldlazarett", "de")
    ('lei jun foundation', 'lei jun foundation', 'feldlazarett')
    """
    return leave_out_article(re.sub(r"[\s_\-.'\"]+", " ", fold_words(name)).strip(), lang)


class NamedIn:
    """Which entities the sentences of a text name; *known* are the entities of the project."""

    def __init__(self, article: Article, vocabulary: Vocabulary, known: TellingWords) -> None:
        self.vocabulary, self.known = vocabulary, known
        self.sentences = tuple(article.sentences.values())
        self.place = {sentence.address: number for number, sentence in enumerate(self.sentences)}
        self.found: dict[tuple[str, ...], frozenset[int]] = {}

    def names(self, entity: Entity, sentence: Sentence) -> bool:
        """Whether *sentence* has a name of *entity*: a whole one, most of its words, or one that is its alone."""
        return self.place[sentence.address] in self._find(entity)

    def means(self, entity: Entity, sentence: Sentence) -> bool:
        """Whether a word of *sentence* may stand for *entity*, which was named before: `she`, `the company`."""
        words = read_words(sentence.paragraph, sentence.text).text
        persons = self.is_person(entity)
        kinds = [
            _OF_ALL,
            *([_OF_PERSONS] if persons is not False else []),
            *([_OF_THINGS] if persons is not True else []),
        ]
        nouns = self._nouns_for(entity)
        again = any(self._stands_for(entity, found, nouns) for found in _THE.finditer(words))
        again = again or any(noun in words for noun in nouns if not noun.isascii())
        if not again and not any(kind.search(words) for kind in kinds):
            return False
        here = self.place[sentence.address]
        before = (n for n in self._find(entity) if n <= here)
        return any(here - n <= _REACH or self.sentences[n].paragraph in (0, sentence.paragraph) for n in before)

    def _stands_for(self, entity: Entity, found: re.Match[str], nouns: frozenset[str]) -> bool:
        """Whether `the company`, `the Swedish company` may be an entity: no word between is of another one's name."""
        first, second = found.groups()
        if first in nouns:
            return True
        owners = self.known.owners.get(stem_word(first))
        return second in nouns and (not owners or entity.key in owners)

    def _nouns_for(self, entity: Entity) -> frozenset[str]:
        """The nouns that may stand for an entity: by its classes, or all of them where these do not tell."""
        classes = [self.vocabulary.classes[r.text] for r in entity.classes if r.text in self.vocabulary.classes]
        told = {local_name(iri).casefold() for c in classes for iri in c.ancestors}
        own = {label.casefold() for c in classes for label in c.labels.values()}
        own |= {fold_words(name.text).split()[-1] for name in entity.names if name.text.strip()}
        fitting = [nouns for kind, nouns in _NOUNS.items() if any(kind in name for name in told)]
        return frozenset(own | {noun for nouns in (fitting or _NOUNS.values()) for noun in nouns.split()})

    def is_person(self, entity: Entity) -> bool | None:
        """Whether an entity is a person; None where its classes do not tell."""
        known = [self.vocabulary.classes[ref.text] for ref in entity.classes if ref.text in self.vocabulary.classes]
        if not known:
            return None
        return any(c.ancestors & _PERSONS for c in known)

    def _find(self, entity: Entity) -> frozenset[int]:
        """The numbers of the sentences that name the entity."""
        key = (entity.key, *(name.text for name in entity.names))
        if key not in self.found:
            names = [read_name(name.text) for name in entity.names]
            self.found[key] = frozenset(
                number
                for number, sentence in enumerate(self.sentences)
                if any(name.stands_in(sentence.text, self.known, entity.key) for name in names)
            )
        return self.found[key]


class TellingWords:
    """The words by which the entities of a project are told apart: stems, with the entities whose names have them.

    *described* are the ids of those whose names only describe them (`the author of “Ferries of Westmark”`): the words
    of such a name tell nothing.
    """

    def __init__(self, entities: Iterable[Entity], described: Collection[str] = ()) -> None:
        self.described = frozenset(described)
        self.owners: dict[str, set[str]] = defaultdict(set)
        for entity in entities:
            for name in entity.names if entity.key not in self.described else ():
                for stem in read_name(name.text).telling.stems:
                    self.owners[stem].add(entity.key)

    def is_own(self, stem: str, key: str) -> bool:
        """Whether no other thing bears the word, and the thing is known."""
        return self.owners.get(stem) == {key}


@dataclass(frozen=True, kw_only=True)
class WrittenName:
    """A name as it is looked for in sentences: *telling* has its words, *proper* the stems of those in capitals."""

    telling: TellingName
    proper: frozenset[str]

    def stands_in(self, text: str, known: TellingWords, key: str) -> bool:
        """Whether a text has the name: a whole one, more than half of the words that tell it, or one that is its alone.

        Words in capitals must stand in capitals. Of a Chinese name more than half its pairs of characters count.
        """
        name, words = self.telling, read_words(0, text)
        if name.name in words.text and (name.pairs or name.whole.search(words.text)):
            return True
        if key in known.described:
            return False
        if name.pairs:
            return len(name.name) > 2 and 2 * sum(pair in words.text for pair in name.pairs) > len(name.pairs)
        shared = name.stems & words.stems
        if not shared:
            return False
        capitals = _find_capitals(text)
        shared = frozenset(stem for stem in shared if stem not in self.proper or stem in capitals)
        return 2 * len(shared) > len(name.stems) or any(known.is_own(stem, key) for stem in shared)


@lru_cache(maxsize=16384)
def read_name(text: str) -> WrittenName:
    """A name as it is looked for."""
    return WrittenName(telling=TellingName(fold_words(text)), proper=_find_capitals(text))


@lru_cache(maxsize=16384)
def _find_capitals(text: str) -> frozenset[str]:
    """The stems of the words that begin with a capital."""
    return frozenset(
        stem_word(fold_words(word)) for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text) if word[:1].isupper()
    )


def choose_kind(wanted: Iterable[frozenset[str]], given: str | None, vocabulary: Vocabulary) -> str | None:
    """The name of the class that a proposed thing gets; None where no class is known.

    It is that of the row, if it is one that is *wanted*, else the first wanted.
    """
    classes: Mapping[str, str] = {c.name.casefold(): c.name for c in vocabulary.classes.values()}
    for c in vocabulary.classes.values():
        classes = {**{label.casefold(): c.name for label in c.labels.values()}, **classes}
    statements = [statement for statement in wanted if statement <= vocabulary.class_by_iri.keys()]
    if given is not None and (name := classes.get(given.strip().casefold())) is not None:
        ancestors = vocabulary.classes[name].ancestors
        if all(ancestors & statement for statement in statements):
            return name
    names = sorted(vocabulary.class_by_iri[iri].name for statement in statements[:1] for iri in statement)
    if names:
        return names[0]
    return "Thing" if "Thing" in vocabulary.classes else None
