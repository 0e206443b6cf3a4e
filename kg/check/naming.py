"""A claim fits its sentence: subject and object are named in it or about it, where the text is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.check.context import RuleContext
from kg.model.nouns import Entity
from kg.model.values import EntityRef
from kg.reading.articles import Article
from kg.text.diagnostic import Diagnostic
from kg.text.language import has_chinese
from kg.text.sentence import Sentence, fold_words
from kg.text.tongues import read_tongue

_PRONOUNS = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|theirs|we|us|our|ours|i|me|my|mine|you|your|this|these|those|"
    r"himself|herself|itself|themselves|who|whose|which)\b|他|她|它|我|你|您|这|该|其|此|本"
)
# What a text says for what it named before: `the company`, `公司`.
_AGAIN_NAMED = re.compile(
    r"\bthe (?:\w+ )?(?:company|firm|group|maker|carmaker|bank|city|town|country|government|ministry|agency|club|team|"
    r"school|university|museum|hospital|party|union|brand|product|project|plan|scheme|deal|law|building|house|bridge|road|line|"
    r"dam|car|model|vehicle|ship|plane|picture|painting|book|film|work|event|meeting|conference|show|man|woman|author|"
    r"founder|director|president|minister|mayor)\b"
    r"|公司|集团|企业|银行|机构|政府|部门|学校|大学|医院|项目|计划|产品|车型|线路|大桥|会议|活动|作者|创始人|负责人|市长"
)
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_LITTLE = {
    "the", "of", "a", "an", "and", "in", "at", "on", "to", "for", "by", "with", "from", "its", "his", "her",
    "their", "new", "company", "group", "that", "this", "who", "which", "all",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NamedWords:
    """A sentence's paragraph, its text as it is digested, and the stems of its words."""

    paragraph: int
    text: str
    stems: frozenset[str]


@lru_cache(maxsize=4096)  # `kg test --mutate` asks of each sentence a thousand times
def read_words(paragraph: int, text: str) -> NamedWords:
    """The words of a sentence, kept for the next who asks."""
    words = fold_words(text)
    return NamedWords(paragraph=paragraph, text=words, stems=frozenset(map(stem_word, WORD.findall(words))))


class _NamedEntities:
    """Where a text names entities: each entity is looked for once, in each sentence."""

    def __init__(self, article: Article) -> None:
        self.place = {address: number for number, address in enumerate(article.sentences)}
        self.tongue = read_tongue(article.lang)
        self.sentences = [read_words(s.paragraph, s.text) for s in article.sentences.values()]
        self.known: dict[str, tuple[int | None, frozenset[int]]] = {}

    def is_named(self, entity: Entity, address: str) -> bool:
        """Whether a name of *entity*, or a telling word of one, stands in the paragraph of the sentence.

        Else a pronoun, or a noun such as `the company`, may stand for what was named anywhere before.
        """
        place = self.place[address]
        here = self.sentences[place]
        first, paragraphs = self._find(entity)
        if here.paragraph in paragraphs:
            return True
        again = _PRONOUNS.search(here.text) is not None or _AGAIN_NAMED.search(here.text) is not None
        again = again or (self.tongue is not None and self.tongue.again.stand_in(here.text))
        return again and first is not None and first < place

    def _find(self, entity: Entity) -> tuple[int | None, frozenset[int]]:
        """The first sentence that names the entity, and the paragraphs that do."""
        if entity.key not in self.known:
            names = [TellingName(fold_words(name.text)) for name in entity.names]
            found = [n for n, words in enumerate(self.sentences) if any(name.stands_in(words) for name in names)]
            paragraphs = frozenset(self.sentences[n].paragraph for n in found)
            self.known[entity.key] = (found[0] if found else None, paragraphs)
        return self.known[entity.key]


class TellingName:
    """A name, with what tells it: itself, pairs of its Chinese characters, the stems of its telling words."""

    def __init__(self, name: str) -> None:
        self.name = name
        pairs = (name[i : i + 2] for i in range(len(name) - 1))
        self.pairs = [pair for pair in pairs if has_chinese(pair)]
        telling = (w for w in WORD.findall(name) if w not in _LITTLE and not w.isdigit() and len(w) > 2)
        self.stems = frozenset() if self.pairs else frozenset(map(stem_word, telling))
        self.whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")

    def stands_in(self, words: NamedWords) -> bool:
        """Whether a sentence has the name."""
        if self.pairs:
            return any(pair in words.text for pair in self.pairs)
        return bool(self.stems & words.stems) or (self.name in words.text and self.whole.search(words.text) is not None)


def check_named(context: RuleContext) -> Iterator[Diagnostic]:
    """Subject and object of a claim are named in the paragraph of its first sentence, or known from before."""
    texts = {source: _NamedEntities(article) for source, article in context.articles.by_source.items()}
    for claim in context.seeds.claims:
        evidence = claim.evidence[0]
        named = texts.get(evidence.source)
        if named is None or context.read_sentence(evidence) is None:
            continue
        terms = {"s": (claim.subject, claim.subject.mark, "subject"), "o": (claim.object, claim.object_mark, "object")}
        for key, (term, mark, what) in terms.items():
            entity = context.seeds.entity_by_key.get(term.key) if isinstance(term, EntityRef) else None
            if entity is None or claim.is_inferred(key) or named.is_named(entity, evidence.address):
                continue
            yield Diagnostic(
                code="name-not-in-sentence",
                mark=mark,
                message=f"no name of the {what} `{entity.key}` stands in the paragraph of `{evidence.sentence}`",
                hint=f"is it another entity? or say how you know it: `inferred: {{{key}: REASON}}`",
            )


def names_entity(sentence: Sentence, entity: Entity) -> bool:
    """Whether a whole name of *entity* stands in the sentence itself: `the bridge` may be another one."""
    words = read_words(sentence.paragraph, sentence.text).text
    names = (TellingName(fold_words(name.text)) for name in entity.names)
    return any(name.name in words if name.pairs else name.whole.search(words) is not None for name in names)


def stem_word(word: str) -> str:
    """A word without its commonest English endings, so that `visit` and `visited` are alike."""
    word = re.sub(r"'s?$", "", word)
    short = re.sub(r"(?:ations?|ions?|ean|ian|ese|an|ingly|ings?|edly|ed|ers?|ies|es|s|y|e)$", "", word)
    return short if len(short) > 2 else word
