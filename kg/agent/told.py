"""Claims, sentences and sources as JSON for an agent; answers of a bounded size, in pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kg.build.pipeline import Checked
from kg.model.nouns import Claim, Entity, Evidence, NameKind, Source
from kg.model.values import EntityRef
from kg.text.diagnostic import make_lines_visible
from kg.text.language import choose_text

Told = dict[str, Any]
"""An object of JSON."""

MOST = 24_000  # characters of an answer's JSON, but for a single thing that is longer
LONGEST_TEXT = 2_000  # characters of one text


def make_plain(value: Any) -> Any:
    """A value of JSON in whose texts what could move a cursor is visible, and which are cut where they are very long.

    >>> make_plain({"label": "a\\x1b[2J"})
    {'label': 'a␛[2J'}
    """
    if isinstance(value, str):
        shown = make_lines_visible(value)
        rest = len(shown) - LONGEST_TEXT
        return shown if rest <= 0 else f"{shown[:LONGEST_TEXT]} … ({rest} more characters)"
    if isinstance(value, dict):
        return {make_plain(key): make_plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [make_plain(inner) for inner in value]
    return value


def turn_page(
    name: str, things: Sequence[Any], offset: int, about: Told | None = None, most: int = MOST,
    weigh: Callable[[Any], int] = lambda thing: 0,
) -> Told:  # fmt: skip
    """The things from *offset* on, as many as go into an answer; `next_offset` is where the next page begins.

    *weigh* says how many characters a thing brings along, for what is told of it besides.

    >>> turn_page("rows", ["a" * 30, "b" * 30, "c"], 0, most=60)["next_offset"]
    1
    """
    shown: list[Any] = []
    size = count_characters(make_plain(about or {}))
    for thing in things[offset:]:
        plain = make_plain(thing)
        size += count_characters(plain) + 2 + weigh(thing)
        if shown and size > most:
            break
        shown.append(plain)
    told = {**make_plain(about or {}), name: shown, "total": len(things)}
    behind = offset + len(shown)
    return told | ({"next_offset": behind} if behind < len(things) else {})


def count_characters(value: object) -> int:
    """How many characters a value takes as JSON."""
    return len(json.dumps(value, ensure_ascii=False))


def tell_source(checked: Checked, source: Source) -> Told:
    """What a source is; what is unknown is left out."""
    words = checked.story.words(checked.seeds.dataset.language)
    told = {
        "title": source.title.text if source.title else None,
        "publisher": words.entity(source.publisher.text) if source.publisher else None,
        "author": ", ".join(words.entity(ref.text) for ref in source.authors) or None,
        "published": source.published.text if source.published else None,
        "url": source.url.text if source.url else None,
    }
    return {key: value for key, value in told.items() if value is not None}


def find_words(checked: Checked, source: str, address: str) -> str | None:
    """The words of a sentence, where its text is at hand."""
    article = checked.articles.by_source.get(source)
    sentence = article.sentences.get(address) if article is not None else None
    return " ".join(sentence.text.split()) if sentence is not None else None


def tell_evidence(checked: Checked, evidence: Evidence) -> Told:
    """A sentence that says a claim: its address, how it says it, and its words where they are at hand."""
    told: Told = {"sentence": evidence.sentence, "source": evidence.source, "voice": evidence.voice.value}
    if evidence.venue is not None:
        told["where"] = evidence.venue.text
    if evidence.via:
        told["via"] = [ref.text for ref in evidence.via]
    if evidence.said_on is not None:
        told["on"] = evidence.said_on.text
    told["clarity"] = evidence.clarity.value
    words = find_words(checked, evidence.source, evidence.address)
    return told | ({"words": words} if words is not None else {})


def tell_claim(checked: Checked, claim: Claim) -> Told:
    """A claim with who says it, how it is meant, and all its evidence."""
    words = checked.story.words(checked.seeds.dataset.language)
    told: Told = {
        "id": claim.id,
        "says": words.statement(claim),
        "subject": claim.subject.text,
        "property": claim.predicate.text,
        "object": claim.object.key if isinstance(claim.object, EntityRef) else words.object(claim),
        "mode": claim.mode.value,
        "speakers": [{"id": ref.text, "label": words.entity(ref.text)} for ref in claim.speakers],
    }
    if claim.negated:
        told["negated"] = True
    if time := words.time(claim):
        told["time"] = time
    if claim.note is not None:
        told["note"] = claim.note.text
    if claim.state.is_unreviewed:
        told["status"] = "draft" if claim.state.is_draft else "unreviewed"
    told["stated_at"] = str(claim.mark)
    told["evidence"] = [tell_evidence(checked, evidence) for evidence in claim.evidence]
    return told


def tell_claims(checked: Checked, claims: Sequence[Claim], offset: int, about: Told) -> Told:
    """A page of claims, with the sources that they rest on."""
    told = turn_page("claims", [tell_claim(checked, claim) for claim in claims], offset, about)
    shown = claims[offset : offset + len(told["claims"])]
    return told | {"sources": tell_sources(checked, (e.source for claim in shown for e in claim.evidence))}


def tell_sources(checked: Checked, ids: Iterable[str]) -> Told:
    """The sources of these ids, each once."""
    by_id = checked.seeds.source_by_id
    return {key: make_plain(tell_source(checked, by_id[key])) for key in sorted(set(ids)) if key in by_id}


def tell_entity(checked: Checked, entity: Entity) -> Told:
    """Names, classes and what an entity is, with where it is declared."""
    lang = checked.seeds.dataset.language
    names: list[Told] = []
    for name in entity.names:
        places = {"stands_in": [place.text for place in name.places]} if name.places else {}
        names.append({"name": name.text, "lang": name.lang, "kind": name.kind.value, **places})
    told: Told = {
        "id": entity.key,
        "label": entity.label(lang),
        "classes": [ref.text for ref in entity.classes],
        "names": names,
        "declared_at": str(entity.mark),
    }
    if entity.description:
        told["description"] = choose_text(lang, {text.lang: text.text for text in entity.description})
    if entity.when is not None:
        told["when"] = entity.when.text
    if entity.same:
        told["same_as"] = [ref.text for ref in entity.same]
    if entity.replaces:
        told["formerly"] = [ref.text for ref in entity.replaces]
    if entity.note is not None:
        told["note"] = entity.note.text
    return told


def list_names(entity: Entity) -> list[str]:
    """What an entity is called: its id, its labels, then all else."""
    names = sorted(entity.names, key=lambda name: name.kind is not NameKind.LABEL)
    return list(dict.fromkeys((entity.key, *(name.text for name in names))))
