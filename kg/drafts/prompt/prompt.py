"""The text for a model: what always stands there, and of what may be cut the most useful, within a budget of tokens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.build.pipeline import Checked
from kg.drafts.prompt.frame import one_line, write_frame
from kg.evidence.outline import get_article
from kg.graph.coverage import Status, measure_coverage
from kg.model.nouns import Entity, NameKind, Seeds, Source
from kg.model.ontology.vocabulary import OntologyClass, Property
from kg.model.values import EntityRef
from kg.rdf.namespace import KG
from kg.reading.articles import Article
from kg.reading.ends import describe_ends
from kg.text.diagnostic import UsageError
from kg.text.sentence import fold_words

_MOST_NAMES = 8  # of an entity
_DENSE = "\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef"  # signs of which few make a word


@dataclass(frozen=True, kw_only=True)
class PromptLine:
    """A line of the prompt that may be cut: its section and its words; *name* is what is told where it is cut."""

    section: str
    text: str
    name: str

    @property
    def tokens(self) -> int:
        return estimate_tokens(self.text) + 1


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """The text for a model, an estimate of its tokens, the sentences that it asks for, and what was cut, in words."""

    text: str = field(repr=False)
    tokens: int
    sentences: tuple[str, ...]
    cut: tuple[str, ...]


def estimate_tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few. No tokenizer is asked.

    A word of ASCII letters counts one for each six letters begun, figures one for each three, a word of other letters
    one for each two; Chinese, Japanese and Korean five for each four signs; any other sign one; spaces are free, the
    end of a line counts one.

    >>> estimate_tokens("The bridge is 120 metres long."), estimate_tokens("雷军的汽车")
    (7, 7)
    """
    total = 0
    for found in re.finditer(rf"[A-Za-z]+|[0-9]+|\n+|[{_DENSE}]+|[^\W\d_]+|[^\s]", text):
        word = found[0]
        if word[0] == "\n":
            total += 1
        elif re.match(f"[{_DENSE}]", word):
            total += -(-len(word) * 5 // 4)
        elif word.isascii():
            total += -(-len(word) // (6 if word.isalpha() else 3))
        else:
            total += -(-len(word) // 2)
    return total


def write_prompt(checked: Checked, source: Source, *, form: str, budget: int | None) -> Prompt:
    """The prompt for the sentences of a source that are still to do, within *budget* tokens.

    Raises UsageError where its text is not at hand, nothing is to do, or the budget has no room for a sentence.
    """
    article = get_article(checked, source)
    todo = list_todo(checked, source)
    if not todo:
        raise UsageError(f"no sentence of `{source.id}` is to do")
    frame = write_frame(checked, source, form)
    used = estimate_tokens(frame)
    ranked = list(_rank_parts(checked, article, todo, room=None if budget is None else budget - used))
    kept: list[PromptLine] = []
    room = None if budget is None else budget - _count_notes()
    is_torn = False  # sentences follow each other: behind one that was cut, none is kept
    for part in ranked:
        if room is None or (used + part.tokens <= room and not (is_torn and part.section == _SENTENCES)):
            kept.append(part)
            used += part.tokens
        else:
            is_torn = is_torn or part.section == _SENTENCES
    if not any(part.section == _SENTENCES for part in kept):
        least = estimate_tokens(frame) + ranked[0].tokens + _count_notes()
        raise UsageError(f"a budget of {budget} tokens has no room for a sentence: give {least} or more")
    cut = _tell_cut(ranked, kept)
    text = frame + "".join(_write_sections(ranked, kept))
    asked = tuple(part.name for part in kept if part.section == _SENTENCES)
    return Prompt(text=text, tokens=estimate_tokens(text), sentences=asked, cut=cut)


def list_todo(checked: Checked, source: Source) -> list[str]:
    """The addresses of the sentences that are still to do, in the order of the text."""
    coverage = measure_coverage(checked.seeds, checked.articles, source.id)
    return [sentence.address for sentence in coverage.sentences if sentence.status is Status.TODO]


# -- what may be cut -----------------------------------------------------------------------------------------

_PROPERTIES, _ENTITIES, _CLASSES, _SENTENCES = "Properties", "Entities", "Classes of new things", "Sentences"
_SECTIONS = {
    _PROPERTIES: "properties", _ENTITIES: "entities", _CLASSES: "classes", _SENTENCES: "sentences",
}  # fmt: skip


def _rank_parts(checked: Checked, article: Article, todo: list[str], *, room: int | None) -> Iterator[PromptLine]:
    """All parts, the most useful first.

    First sentences, up to half of the room; then the entities that these sentences name and the properties that claims
    use, then the other sentences; then what else there is.
    """
    sentences = [
        PromptLine(section=_SENTENCES, text=f"{address}: {one_line(article.sentences[address].text)}", name=address)
        for address in todo
    ]
    first: list[PromptLine] = []
    used = 0
    for part in sentences:
        if room is not None and first and used + part.tokens > room / 2:
            break
        first.append(part)
        used += part.tokens
    yield from first
    seeds = checked.seeds
    named = _rank_entities(seeds, article, [part.name for part in first], todo)
    uses = Counter(claim.predicate.text for claim in seeds.claims)
    text = " ".join(fold_words(article.sentences[address].text) for address in todo)
    properties = _list_properties(checked, uses, set(re.findall(r"\w{4,}", text)))
    yield from (_entity_part(entity) for entity in named.first)
    yield from (_property_part(prop, checked) for prop in properties if uses[prop.name])
    yield from sentences[len(first) :]
    yield from (_property_part(prop, checked) for prop in properties if not uses[prop.name])
    yield from (_entity_part(entity) for entity in named.others)
    yield from (
        PromptLine(section=_CLASSES, text=f"- {name}: {one_line(words)}", name=name)
        for name, words in _list_classes(checked)
    )


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    first: tuple[Entity, ...]
    others: tuple[Entity, ...]


def _rank_entities(seeds: Seeds, article: Article, first: list[str], todo: list[str]) -> _Ranked:
    """Entities that the sentences name, in the order in which they do; those of the rest of the text; then by use."""
    texts = [
        " ".join(fold_words(article.sentences[a].text) for a in group) for group in (first, todo, article.sentences)
    ]
    uses: Counter[str] = Counter()
    for claim in seeds.claims:
        ends = [claim.subject, claim.object] if isinstance(claim.object, EntityRef) else [claim.subject]
        uses.update(end.text for end in ends)
        uses.update(speaker.text for speaker in claim.speakers)
    source = seeds.source_by_id[article.source]
    own = {ref.text for ref in source.authors}
    ranks = []
    for entity in seeds.entities:
        found = [
            min((at for name in entity.names if (at := _find_name(name.text, text)) is not None), default=None)
            for text in texts
        ]
        group = next((number for number, at in enumerate(found) if at is not None), 3)
        group = 0 if entity.key in own else group
        at = next((at for at in found if at is not None), 0)
        ranks.append((group, at if group < 3 else -uses[entity.key], entity.key, entity))
    ranks.sort(key=lambda rank: rank[:3])
    return _Ranked(first=tuple(r[3] for r in ranks if r[0] < 3), others=tuple(r[3] for r in ranks if r[0] == 3))


def _find_name(name: str, text: str) -> int | None:
    """Where a name stands in a normalised text, as a word of its own."""
    wanted = fold_words(name)
    if not wanted:
        return None
    edges = [r"(?<!\w)" if wanted[0].isascii() else "", r"(?!\w)" if wanted[-1].isascii() else ""]
    found = re.search(f"{edges[0]}{re.escape(wanted)}{edges[1]}", text)
    return found.start() if found is not None else None


def _entity_part(entity: Entity) -> PromptLine:
    order = [NameKind.LABEL, NameKind.ALIAS, NameKind.TYPO, NameKind.MISNOMER]
    names = [one_line(name.text) for kind in order for name in entity.names if name.kind is kind]
    names = list(dict.fromkeys(names))[:_MOST_NAMES]
    kinds = ", ".join(ref.text for ref in entity.classes)
    return PromptLine(section=_ENTITIES, text=f"- {entity.key} ({kinds}): {'; '.join(names)}", name=entity.key)


def _list_properties(checked: Checked, uses: Mapping[str, int], words: Container[str]) -> list[Property]:
    """The properties that claims may use: the most used first, then those of whose labels the text has a word.

    Of a property that takes many units, it alone stands for all.
    """
    lang = checked.seeds.dataset.language

    def is_near(prop: Property) -> bool:
        return any(word in words for word in re.findall(r"\w{4,}", fold_words(prop.label(lang))))

    known = [prop for prop in checked.vocabulary.properties.values() if prop.narrows is None]
    return sorted(known, key=lambda prop: (-uses.get(prop.name, 0), not is_near(prop), prop.name))


def _property_part(prop: Property, checked: Checked) -> PromptLine:
    label = one_line(prop.label(checked.seeds.dataset.language))
    words = f" “{label}”" if label != prop.name else ""
    ends = describe_ends(prop, checked.vocabulary)
    return PromptLine(section=_PROPERTIES, text=f"- {prop.name}{words}: {ends}", name=prop.name)


def _list_classes(checked: Checked) -> Iterator[tuple[str, str]]:
    """The classes that entities have or properties speak of, the most used first."""
    vocabulary, lang = checked.vocabulary, checked.seeds.dataset.language
    uses = Counter(ref.text for entity in checked.seeds.entities for ref in entity.classes)
    asked = {iri for p in vocabulary.properties.values() for any_of in (*p.domain, *p.range) for iri in any_of}
    found: list[OntologyClass] = [
        c for c in vocabulary.classes.values() if c.iri != KG + "Claim" and (uses[c.name] or c.iri in asked)
    ]
    for one in sorted(found, key=lambda c: (-uses[c.name], c.name)):
        yield one.name, one.labels.get(lang, one.name)


# -- what was cut ----------------------------------------------------------------------------------------------


def _write_sections(ranked: Iterable[PromptLine], kept: Iterable[PromptLine]) -> Iterator[str]:
    """The sections with the parts that were kept, each with how many were cut."""
    kept, ranked = list(kept), list(ranked)
    for section, what in _SECTIONS.items():
        shown = [part for part in kept if part.section == section]
        left = sum(part.section == section for part in ranked) - len(shown)
        if not shown and not left:
            continue
        yield f"\n# {section}\n" + "".join(f"{part.text}\n" for part in shown)
        if left:
            yield f"({left} more {what} are left out for lack of room)\n"


def _count_notes() -> int:
    """The tokens of headings and of what is said where parts are cut: as many as there can be."""
    return sum(
        estimate_tokens(f"\n# {section}\n(9999 more {what} are left out for lack of room)\n")
        for section, what in _SECTIONS.items()
    )


def _tell_cut(ranked: Iterable[PromptLine], kept: Iterable[PromptLine]) -> tuple[str, ...]:
    """What was cut, a line for each section."""
    told = []
    there = {(part.section, part.name) for part in kept}
    parts = list(ranked)
    for section, what in _SECTIONS.items():
        names = [part.name for part in parts if part.section == section]
        gone = [name for name in names if (section, name) not in there]
        if gone:
            few = f"{gone[0]}..{gone[-1]}" if section == _SENTENCES and len(gone) > 1 else ", ".join(gone[:6])
            told.append(
                f"{len(gone)} of {len(names)} {what} are left out: {few}"
                + (" ..." if len(gone) > 6 and section != _SENTENCES else "")
            )
    return tuple(told)
