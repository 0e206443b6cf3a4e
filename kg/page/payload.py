"""What the page's script is given: one JSON value, made of the same records as the HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg.model import Clarity, NameKind, Seeds, Voice
from kg.page.findings import source_names
from kg.page.network import NetworkData
from kg.page.picture import LANGUAGES, SCREENS, Picture
from kg.page.records import ClaimRecord, EvidenceRecord, Records, Span, word_place
from kg.page.stated import StatedRecord, StatedRecords
from kg.page.style import DISPUTE, FAMILIES, STROKES, SUPERSEDED, shape_path
from kg.page.text import clean, is_link
from kg.page.words import Worded, load_words, show_time
from kg.story import Story
from kg.values import Text

Json = dict[str, Any]


def build_payload(
    story: Story, records: Records, stated: StatedRecords, picture: Picture, network: NetworkData, lang: str
) -> Json:
    """The data of the page. Keys are short, since there is one for each claim; what is usual is left out."""
    seeds = story.seeds
    place = {record.claim.id: i for i, record in enumerate(records.claims)}
    dates = _Dates()
    claims = [_claim(record, dates, lang) for record in records.claims]
    return {
        "lang": lang,
        "size": [picture.width, picture.height],
        "words": {tongue: _words(story, records, stated, tongue) for tongue in LANGUAGES},
        "entities": {
            e.key: _entity(e.key, seeds, picture, stated, lang) for e in sorted(seeds.entities, key=lambda e: e.key)
        },
        "sources": {s.id: _source(s.id, seeds, lang) for s in seeds.sources},
        "claims": claims,
        "dates": dates.table,
        "folder": {
            record.place.rpartition("/")[2].rpartition(":")[0]: record.place.rpartition("/")[0]
            for record in records.claims
        },
        "lines": [[place[c.id] for c in line.relation.claims] for line in picture.lines],
        "badges": _badges(picture),
        "grey": [line.number for line in picture.lines if line.superseded],
        "thin": [line.number for line in picture.lines if line.relation.lifted],
        "alarm": [dot.key for dot in picture.dots if dot.conflict],
        "letters": SCREENS,
        "labels": {s: {tongue: _labels(picture, s, tongue) for tongue in LANGUAGES} for s in SCREENS},
        "short": {tongue: {d.key: d.labels[tongue] for d in picture.dots} for tongue in LANGUAGES},
        "net": {"nodes": network.nodes, "edges": network.edges, "options": network.options},
        "families": {f.name: [f.light, f.dark, int(f.hollow), shape_path(f.shape, 10)] for f in FAMILIES},
        "strokes": {m.value: [list(s.dashes), s.light, s.dark, int(s.round)] for m, s in STROKES.items()},
        "dispute": list(DISPUTE),
        "superseded": list(SUPERSEDED),
    }


def _labels(picture: Picture, screen: str, lang: str) -> list[list[Any]]:
    """Labels with their places; with their texts where these were cut shorter than the dot's own label."""
    own = {dot.key: dot.labels[lang] for dot in picture.dots}
    return [
        [la.key, la.x, la.y, la.anchor[0], *([la.text] if la.text != own[la.key] else [])]
        for la in picture.labels[screen, lang]
    ]


def _badges(picture: Picture) -> dict[str, list[Any]]:
    """Signs by the numbers of their lines: the sign, whether it means a conflict, and where off the middle."""
    return {
        str(line.number): [line.badge, int(line.conflict), *([line.badge_at] if line.badge_at != 0.5 else [])]
        for line in picture.lines
        if line.badge
    }


class _Dates:
    """Dates in words with their bounds, each once; claims name them by number."""

    def __init__(self) -> None:
        self.table: list[list[Any]] = []
        self._number: dict[str, int] = {}

    def number(self, text: Worded | None, span: Span | None = None) -> int | None:
        if text is None:
            return None
        row = [_worded(text), span.first if span else None, span.last if span else None]
        return self._number.setdefault(json.dumps(row), self._add(row))

    def _add(self, row: list[Any]) -> int:
        if json.dumps(row) not in self._number:
            self.table.append(row)
        return len(self.table) - 1


def _words(story: Story, records: Records, stated: StatedRecords, lang: str) -> dict[str, str]:
    """All that changes with the language, by a key that says what it names."""
    seeds, vocabulary = story.seeds, story.vocabulary
    words = {f"u.{key}": text for key, text in load_words().own[lang].items()}
    for entity in seeds.entities:
        words[f"e.{entity.key}"] = clean(entity.label(lang))
        for cls in entity.classes:
            known = vocabulary.classes.get(cls.text)
            words[f"k.{cls.text}"] = clean(known.labels.get(lang) or cls.text) if known else cls.text
    for name in (*(record.claim.predicate.text for record in records.claims), *stated.names):
        known_property = vocabulary.properties.get(name)
        words[f"p.{name}"] = clean(known_property.label(lang)) if known_property else name
    for id_, names in source_names(seeds).items():
        words[f"s.{id_}"] = names[lang]
    return dict(sorted(words.items()))


def _worded(text: Worded | None) -> Any:
    """A text in its languages, as one string where they are the same."""
    if text is None:
        return None
    texts = [text[lang] for lang in LANGUAGES]
    return texts[0] if len(set(texts)) == 1 else texts


def _note(note: Text | None, lang: str) -> str | list[str] | None:
    """A curator's text; with its language where that is not the page's."""
    if note is None:
        return None
    return clean(note.text) if note.lang == lang else [clean(note.text), clean(note.lang)]


def _slim(value: Mapping[str, Any]) -> Json:
    return {k: v for k, v in value.items() if v not in (None, [], {}, "")}


def _entity(key: str, seeds: Seeds, picture: Picture, stated: StatedRecords, lang: str) -> Json:
    entity = seeds.entity_by_key[key]
    dot = next(d for d in picture.dots if d.key == key)
    description = {clean(t.lang): clean(t.text) for t in entity.description}
    when = {tongue: show_time(entity.when.edtf, tongue) for tongue in LANGUAGES} if entity.when else None
    first = next(iter(description.values()), "")
    return _slim(
        {
            "f": dot.family.name,
            "k": [c.text for c in entity.classes],
            "r": dot.rank,
            "a": [
                [n.kind.value, clean(n.text), clean(n.lang), [p.text for p in n.places]]
                for n in entity.names
                if n.kind is not NameKind.LABEL
            ],
            "d": _worded({tongue: description.get(tongue, first) for tongue in LANGUAGES}) if description else None,
            "l": next(iter(description)) if len(description) == 1 else None,
            "w": _worded(when),
            "n": _note(entity.note, lang),
            "x": [clean(ref.text) for ref in entity.same],
            "z": [_stated(record) for record in stated.by_entity.get(key, ())],
            "more": stated.left_out.get(key),
            "y": word_place(entity.mark),
        }
    )


def _stated(record: StatedRecord) -> list[Any]:
    """A statement: the name of its property or else its predicate, its value or the entity, its place."""
    return [
        f"p.{record.name}" if record.name else record.predicate,
        record.value,
        record.entity,
        record.place,
        int(record.contradicted),
    ]


def _source(id_: str, seeds: Seeds, lang: str) -> Json:
    source = seeds.source_by_id[id_]
    return _slim(
        {
            "t": clean(source.title.text) if source.title else None,
            "l": clean(source.lang),
            "p": source.publisher.text if source.publisher else None,
            "a": [a.text for a in source.authors],
            "d": _worded({tongue: show_time(source.published.edtf, tongue) for tongue in LANGUAGES})
            if source.published
            else None,
            "i": clean(source.inferred) if source.inferred else None,
            "u": clean(source.url.text) if source.url and is_link(source.url.text) else None,
            "n": _note(source.note, lang),
            "y": word_place(source.mark),
        }
    )


def _claim(record: ClaimRecord, dates: _Dates, lang: str) -> Json:
    claim = record.claim
    return _slim(
        {
            "i": claim.id,
            "s": claim.subject.text,
            "t": record.root if record.root != claim.subject.text else None,
            "p": claim.predicate.text,
            "o": record.object_entity,
            "c": record.object_claim,
            "v": None if record.object_entity or record.object_claim else _worded(record.value),
            "m": claim.mode.value,
            "b": [s.text for s in claim.speakers],
            "w": dates.number(record.time, record.about),
            "a": dates.number(record.as_of),
            "z": int(claim.negated) or None,
            "q": int(record.own_interest) or None,
            "x": int(record.conflict) or None,
            "h": int(record.open_question) or None,
            "g": int(record.superseded) or None,
            "n": _note(record.note, lang),
            "l": record.value_lang,
            "u": int(claim.unknown_when) or None,
            "k": _decision(record, lang),
            "j": [[clean(i.text), clean(i.reason.lang)] for i in record.claim.inferred],
            "y": record.place.rpartition("/")[2],
            "e": [_evidence(e, dates, lang) for e in record.evidence],
            "d": [[s.relation.name.lower(), s.other, s.reason] for s in record.stands],
        }
    )


def _decision(record: ClaimRecord, lang: str) -> list[Any] | None:
    """The claims that the curator took, and the reason."""
    decided = record.decided
    return [[c.id for c in decided.chosen], _note(decided.decision.because, lang)] if decided else None


def _evidence(evidence: EvidenceRecord, dates: _Dates, lang: str) -> Json:
    return _slim(
        {
            "s": evidence.source,
            "a": evidence.address,
            "d": dates.number(evidence.said, evidence.said_span),
            "v": evidence.voice.value if evidence.voice is not Voice.OWN else None,
            "w": evidence.venue,
            "u": list(evidence.via) or None,
            "c": evidence.clarity.value if evidence.clarity is not Clarity.CLEAR else None,
            "n": _note(evidence.note, lang),
            "t": evidence.text,
        }
    )


def write_json(value: Any) -> str:
    """JSON that may stand in a script element: no `<` is left, so nothing there ends it or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
