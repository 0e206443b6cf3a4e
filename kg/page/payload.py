"""What the page's script is given: one JSON value, made of the same records as the HTML.

Its keys are words; a page holds it packed (`kg.page.asset.pack`), so that they cost next to nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kg.graph.story import Story
from kg.model.nouns import Clarity, Entity, Mode, NameKind, Seeds, Source, Voice
from kg.model.values import Quantity, Text
from kg.page.address import word_addresses
from kg.page.answers import WordedAnswer
from kg.page.lanes import Lane, read_figure
from kg.page.picture.drawing import LANGUAGES, SCREENS, WIDTH, Area, Picture
from kg.page.picture.network import NetworkData
from kg.page.records import ClaimRecord, DateSpan, EvidenceRecord, Records, word_place
from kg.page.stated import StatedRecord, StatedRecords
from kg.page.states import has_states, leave_out_words, tell_state
from kg.page.style import DISPUTE, FAMILIES, STROKES, SUPERSEDED, shape_path, tense_of
from kg.page.text import clean, is_link
from kg.page.words import Worded, load_words, show_time

Json = dict[str, Any]


def build_payload(
    story: Story,
    records: Records,
    picture: Picture,
    network: NetworkData,
    *,
    lang: str,
    sources: Mapping[str, Worded],
    lanes: tuple[Lane, ...],
    answers: tuple[WordedAnswer, ...],
    stated: StatedRecords,
) -> Json:
    """The data of the page; what is usual (no note, not denied) is left out."""
    seeds = story.seeds
    dots = {dot.key: dot for dot in picture.dots}
    return {
        "language": lang,
        "words": {tongue: _words(story, records, picture, stated, tongue) for tongue in LANGUAGES},
        "entities": {
            e.key: {"family": dots[e.key].family.name, "rank": dots[e.key].rank, **_entity(e, stated, lang)}
            for e in sorted(seeds.entities, key=lambda e: e.key)
        },
        "sources": {s.id: {"name": _worded(sources[s.id]), **_source(s, lang)} for s in seeds.sources},
        "claims": [_claim(record, story, lang) for record in records.claims],
        "reasons": [_worded(reason) for reason in records.reasons],
        "lanes": [
            {"key": lane.key, "question": _worded(lane.question),
             "claims": [r.claim.id for row in lane.rows for r in row.records]}
            for lane in lanes
        ],
        "questions": [
            {"name": a.name, "question": _worded(a.question), "choices": [choice.address for choice in a.choices]}
            for a in answers
        ],
        "network": _network(picture, network, records),
        "families": {
            f.name: {"colours": [f.light, f.dark], "hollow": f.hollow, "outline": shape_path(f.shape, 10)}
            for f in FAMILIES
        },
        "units": _units(story, records),
        "strokes": {
            m.value: {"dashes": list(s.dashes), "colours": [s.light, s.dark], "tense": tense_of(m)}
            for m in Mode
            for s in [STROKES[tense_of(m)]]
        },
        "conflictColours": list(DISPUTE),
        "supersededColours": list(SUPERSEDED),
    }  # fmt: skip


def _units(story: Story, records: Records) -> dict[str, str]:
    """The words that each unit of the claims goes by, which search knows: the page shows one of them."""
    used = {r.claim.object.unit for r in records.claims if isinstance(r.claim.object, Quantity)}
    return {
        unit.iri: clean(" ".join(dict.fromkeys((*unit.words, *unit.labels.values()))))
        for unit in story.vocabulary.units.values()
        if unit.iri in used
    }


def _network(picture: Picture, network: NetworkData, records: Records) -> Json:
    """The live drawing: nodes and edges as vis-network takes them, and what the picture shows beside them."""
    place = {record.claim.id: i for i, record in enumerate(records.claims)}
    names = {tongue: {d.key: d.labels[tongue] for d in picture.dots} for tongue in LANGUAGES}
    return {
        "width": picture.width,
        "height": picture.height,
        "nodes": network.nodes,
        "edges": network.edges,
        "options": network.options,
        "claims": [[place[c.id] for c in line.relation.claims] for line in picture.lines],
        "badges": [
            {"line": line.number, "sign": line.badge, "at": line.badge_at} for line in picture.lines if line.badge
        ],
        "conflicts": [line.number for line in picture.lines if line.conflict],
        "superseded": [line.number for line in picture.lines if line.superseded],
        "lifted": [line.number for line in picture.lines if line.relation.lifted],
        "alarms": [dot.key for dot in picture.dots if dot.conflict],
        "letters": SCREENS,
        "labels": {s: {tongue: _labels(picture, s, tongue) for tongue in LANGUAGES} for s in SCREENS},
        "areas": [_area(area, names, picture.width / WIDTH) for area in picture.areas],
        "links": [{"ends": [link.first, link.second], "count": link.count} for link in picture.links],
        "names": names,
    }


def _labels(picture: Picture, screen: str, lang: str) -> list[Json]:
    return [
        {"key": label.key, "x": label.x, "y": label.y, "anchor": label.anchor, "text": label.text}
        for label in picture.labels.get((screen, lang), ())
    ]


def _area(area: Area, names: Mapping[str, Mapping[str, str]], grow: float) -> Json:
    """A region, with its name in lines for each screen and language."""
    return {
        "key": area.key,
        "x": area.x,
        "y": area.y,
        "radius": area.radius,
        "members": area.members,
        "family": area.family.name,
        "words": {
            screen: {tongue: area.word(names[tongue], size * grow) for tongue in LANGUAGES}
            for screen, size in SCREENS.items()
        },
    }


def _words(story: Story, records: Records, picture: Picture, stated: StatedRecords, lang: str) -> Json:
    """What the script says in a language: its own words, and the names of things, classes and properties."""
    seeds, vocabulary = story.seeds, story.vocabulary
    classes = {cls.text for entity in seeds.entities for cls in entity.classes}
    properties = {record.claim.predicate.text for record in records.claims} | set(stated.names)
    known_class = {name: vocabulary.classes.get(name) for name in sorted(classes)}
    known_property = {name: vocabulary.properties.get(name) for name in sorted(properties)}
    families = {f"families.{name}": clean(labels[lang]) for name, labels in picture.families.items()}
    return {
        "own": {**_own_words(seeds, lang), **families},
        "entities": {e.key: clean(e.label(lang)) for e in sorted(seeds.entities, key=lambda e: e.key)},
        "classes": {n: clean(c.labels.get(lang) or n) if c else n for n, c in known_class.items()},
        "properties": {n: clean(p.label(lang)) if p else n for n, p in known_property.items()},
    }


def _own_words(seeds: Seeds, lang: str) -> Json:
    """The page's own words, but those of overviews."""
    words = leave_out_words(load_words().own[lang], states=has_states(seeds))
    return {key: word for key, word in words.items() if not key.startswith("overview.")}


def _worded(text: Worded | None) -> Any:
    """A text in its languages, as one string where they are the same."""
    if text is None:
        return None
    texts = {lang: text[lang] for lang in LANGUAGES}
    return texts[LANGUAGES[0]] if len(set(texts.values())) == 1 else texts


def _note(note: Text | None, lang: str) -> Json | None:
    """A curator's text; with its language where that is not the page's."""
    if note is None:
        return None
    text = word_addresses(clean(note.text), note.lang)
    return _slim({"text": text, "language": clean(note.lang) if note.lang != lang else None})


def _slim(value: Mapping[str, Any]) -> Json:
    return {k: v for k, v in value.items() if v not in (None, [], {}, "", False)}


def _time(text: Worded | None, span: DateSpan | None) -> Json | None:
    if text is None:
        return None
    return _slim({"text": _worded(text), "first": span.first if span else None, "last": span.last if span else None})


def _entity(entity: Entity, stated: StatedRecords, lang: str) -> Json:
    description = {clean(t.lang): clean(t.text) for t in entity.description}
    when = {tongue: show_time(entity.when.edtf, tongue) for tongue in LANGUAGES} if entity.when else None
    first = next(iter(description.values()), "")
    labels = {entity.label(tongue) for tongue in LANGUAGES}  # those of other languages are further names
    return _slim(
        {
            "classes": [c.text for c in entity.classes],
            "names": [
                {
                    "kind": NameKind.ALIAS if n.kind is NameKind.LABEL else n.kind,
                    "text": clean(n.text),
                    "language": clean(n.lang),
                    "places": [p.text for p in n.places],
                }
                for n in entity.names
                if n.kind is not NameKind.LABEL or n.text not in labels
            ],
            "description": _worded({tongue: description.get(tongue, first) for tongue in LANGUAGES})
            if description
            else None,
            "descriptionLanguage": next(iter(description)) if len(description) == 1 else None,
            "when": _worded(when),
            "note": _note(entity.note, lang),
            "same": [clean(ref.text) for ref in entity.same],
            "stated": [_stated(record) for record in stated.by_entity.get(entity.key, ())],
            "rows": [_stated(record) for record in stated.by_row.get(entity.key, ())],
            "statedMore": stated.left_out.get(entity.key),
            "file": word_place(entity.mark),
        }
    )  # fmt: skip


def _stated(record: StatedRecord) -> Json:
    return _slim(
        {
            "property": record.name,
            "predicate": None if record.name else record.predicate,
            "value": None if record.entity else record.value,
            "object": record.entity,
            "file": record.place,
            "contradicted": int(record.contradicted) or None,
        }
    )


def _source(source: Source, lang: str) -> Json:
    published = None
    if source.published is not None:
        published = _worded({tongue: show_time(source.published.edtf, tongue) for tongue in LANGUAGES})
    return _slim(
        {
            "title": clean(source.title.text) if source.title else None,
            "language": clean(source.lang),
            "publisher": source.publisher.text if source.publisher else None,
            "authors": [a.text for a in source.authors],
            "published": published,
            "inferred": _note(source.inferred, lang),
            "link": clean(source.url.text) if source.url and is_link(source.url.text) else None,
            "note": _note(source.note, lang),
            "pages": {clean(address): page for address, page in source.pages.items()},
            "skipped": {clean(s.address): clean(s.reason) for s in source.skips},
            "file": word_place(source.mark),
        }
    )


def _claim(record: ClaimRecord, story: Story, lang: str) -> Json:
    claim = record.claim
    return _slim(
        {
            "id": claim.id,
            "subject": None if record.subject_claim else claim.subject.text,
            "subjectClaim": record.subject_claim,
            "root": record.root if record.root != claim.subject.text else None,
            "property": claim.predicate.text,
            "object": record.object_entity,
            "objectClaim": record.object_claim,
            "value": None if record.object_entity or record.object_claim else _worded(record.value),
            "valueLanguage": record.value_lang,
            **_figure(record),
            "mode": claim.mode.value,
            "speakers": [s.text for s in claim.speakers],
            "time": _time(record.time, record.about),
            "unknownTime": claim.unknown_when,
            "asOf": _worded(record.as_of),
            "denied": claim.negated,
            "ownInterest": record.own_interest,
            "conflict": record.conflict,
            "open": record.open_question,
            "superseded": record.superseded,
            "note": _note(record.note, lang),
            "decided": _decision(record, lang),
            "inferred": [_note(replace(i.reason, text=i.text), lang) for i in claim.inferred],
            "state": tell_state(claim.state, story),
            "evidence": [_evidence(e, story, lang) for e in record.evidence],
            "stands": [
                {"relation": s.relation.name.lower(), "other": s.other, "reason": s.reason} for s in record.stands
            ],
            "file": record.place,
        }
    )


def _figure(record: ClaimRecord) -> Json:
    """A quantity as a number in its unit, and the day it was counted on at the latest."""
    quantity = record.claim.object
    figure = read_figure(quantity) if isinstance(quantity, Quantity) else None
    if figure is None or not isinstance(quantity, Quantity):
        return {}
    counted = record.counted.last if record.counted else None
    return _slim({"unit": quantity.unit, "counted": counted}) | {"figure": float(figure)}


def _decision(record: ClaimRecord, lang: str) -> Json | None:
    """The claims that the curator took, and the reason."""
    decided = record.decided
    if decided is None:
        return None
    return {"chosen": [c.id for c in decided.chosen], "because": _note(decided.decision.because, lang)}


def _evidence(evidence: EvidenceRecord, story: Story, lang: str) -> Json:
    return _slim(
        {
            "source": evidence.source,
            "address": evidence.address,
            "said": _time(evidence.said, evidence.said_span),
            "voice": evidence.voice.value if evidence.voice is not Voice.OWN else None,
            "venue": evidence.venue,
            "via": list(evidence.via),
            "clarity": evidence.clarity.value if evidence.clarity is not Clarity.CLEAR else None,
            "note": _note(evidence.note, lang),
            "text": evidence.text,
            "state": tell_state(evidence.state, story),
        }
    )


def write_json(value: Any) -> str:
    """The data as JSON, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
