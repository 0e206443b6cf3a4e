"""JSON Schemas of the curated files, with the project's entities, properties, units and classes as enumerations.

Made of the forms that the readers know (`kg.reading.forms`), so what a schema knows is what is read. Enumerations carry
labels (`enumDescriptions`), which editors show. What a schema refuses, `kg check` refuses; not all the other way round.

Source: JSON Schema, draft 7, which all editors with a YAML language server read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kg.model.nouns import Clarity, Difference, Entity, Materialisation, Mode, Seeds, Voice
from kg.model.ontology.vocabulary import Property, RangeKind, Vocabulary
from kg.rdf.namespace import RDFS
from kg.reading import forms
from kg.reading.ends import describe_ends, find_units
from kg.reading.fields import KEY
from kg.reading.forms import Form, Key, Kind
from kg.reading.sources import ADDRESS, DIGEST, FIGURE, PAGE, TIME
from kg.text.codes import load_codes
from kg.text.figure import NEWEST_RULE

Json = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
SCHEMAS: Mapping[str, tuple[str, Form]] = {
    "dataset": ("dataset/1", forms.DATASET),
    "source": ("source/1", forms.SOURCE),
    "entities": ("entities/1", forms.ENTITIES_FILE),
    "claims": ("claims/1", forms.CLAIMS_FILE),
    "rejected": ("rejected/1", forms.REJECTED_FILE),
    "question": ("the header of a question", forms.QUESTION),
}
"""The schemas by their names: the format, and its form."""

_WORD = ["string", "number", "boolean"]  # how a language server takes `Paris`, `2024` and `true`: all are texts to us
MODE_WORDS = {
    Mode.FACT: "it is so, or was", Mode.PLAN: "it is intended", Mode.TARGET: "a number or date aimed at",
    Mode.PROMISE: "the speaker commits to it", Mode.ASPIRATION: "it is hoped for or dreamt of",
    Mode.FORECAST: "it is expected to come", Mode.OPINION: "a judgement", Mode.QUESTION: "it is asked",
    Mode.MARKETING: "praise that sells",
}  # fmt: skip
_VOICES = {
    Voice.OWN: "the source's own words", Voice.QUOTE: "in quotation marks", Voice.REPORTED: "in the source's words",
}  # fmt: skip
_CLARITIES = {
    Clarity.CLEAR: "the text says it clearly", Clarity.VAGUE: "not all of it is said",
    Clarity.AMBIGUOUS: "it can be read in two ways", Clarity.WRONG: "the text is wrong here",
}  # fmt: skip


@dataclass(frozen=True)
class SchemaMaker:
    """Makes the schemas of a project's files. *lang* is the language of the labels."""

    seeds: Seeds
    vocabulary: Vocabulary
    lang: str
    used: dict[str, Json] = field(default_factory=dict)  # the definitions that a schema names

    # -- forms --------------------------------------------------------------------------------------

    def make_form(self, form: Form) -> Json:
        """A mapping with the keys of *form*, and no others."""
        return {
            "type": "object",
            "properties": {key.name: self.make_key(key, form) for key in form.keys},
            "required": [key.name for key in form.keys if key.required],
            "additionalProperties": False,
        }

    def make_key(self, key: Key, form: Form) -> Json:
        """The schema of a key: of what it holds, with what it says."""
        if key.kind is Kind.FORMAT:
            name = next(name for name, other in SCHEMAS.values() if other is form)
            return {"const": name, "description": key.says}
        made = self.make_kind(key.kind)
        return {"allOf": [made], "description": key.says} if "$ref" in made else {**made, "description": key.says}

    def make_kind(self, kind: Kind) -> Json:
        """The schema of what keys of a kind hold."""
        return _KINDS[kind](self)

    def define(self, name: str, make: Callable[[], Json]) -> Json:
        """A reference to a definition, which is made where it is first named."""
        if name not in self.used:
            self.used[name] = {}  # a claim holds texts, and a text no claim: nothing needs itself to be made
            self.used[name] = make()
        return {"$ref": f"#/definitions/{name}"}

    # -- what the project has ---------------------------------------------------------------------

    def entity(self) -> Json:
        """The id of an entity."""
        return self.define("entity", lambda: self._enumerate_entities(self.seeds.entities))

    def _enumerate_entities(self, entities: Iterable[Entity]) -> Json:
        return enumerate_words({e.key: self._describe_entity(e) for e in entities})

    def _describe_entity(self, entity: Entity) -> str:
        kinds = " and ".join(self._class_label(ref.text) for ref in entity.classes)
        return f"{entity.label(self.lang)} ({kinds})"

    def _class_label(self, name: str) -> str:
        found = self.vocabulary.classes.get(name)
        return (found.labels.get(self.lang) or name) if found is not None else name

    def classes(self) -> Json:
        """A class, or a list of classes."""
        words = {name: c.labels.get(self.lang, name) for name, c in self.vocabulary.classes.items()}
        return one_or_more(self.define("class", lambda: enumerate_words(words)))

    def property(self) -> Json:
        """The name of a property."""
        words = {
            name: f"{p.label(self.lang)}: {describe_ends(p, self.vocabulary)}"
            for name, p in self.vocabulary.properties.items()
        }
        return self.define("property", lambda: enumerate_words(words))

    # -- objects ------------------------------------------------------------------------------------

    def make_object(self, prop: Property) -> Json:
        """The schema of the object of a property, or of a list of objects."""
        match prop.kind:
            case RangeKind.ENTITY:
                fits = self._find_fitting(prop.range)
                one = self._fitting(prop.range, fits)
                if prop.range == (frozenset({RDFS + "Resource"}),):
                    one = {"anyOf": [one, {"type": "string", "pattern": ":"}]}
            case RangeKind.CLAIM:
                one = {"type": "string", "pattern": "^c:", "description": "a claim: `c:ID`"}
            case RangeKind.QUANTITY:
                one = self.define(f"quantity-{prop.unit or prop.name}".replace("/", "."), lambda: self._quantity(prop))
            case RangeKind.DATE:
                one = self.make_kind(Kind.DATE)
            case RangeKind.TEXT:
                text = self.make_kind(Kind.TEXT)
                one = {"anyOf": [text, self.define("text-with-language", lambda: self.make_form(forms.OBJECT_TEXT))]}
            case RangeKind.TRUTH:
                one = self.make_kind(Kind.TRUTH)
            case RangeKind.ADDRESS:
                one = self.make_kind(Kind.IRI)
        return one_or_more(one, least=1)

    def _find_fitting(self, statements: tuple[frozenset[str], ...]) -> list[Entity]:
        """The entities that are of a range; those whose classes are not all known are no mistake of the range."""
        known = self.vocabulary.class_by_iri.keys()

        def fits(entity: Entity) -> bool:
            classes = [self.vocabulary.classes.get(ref.text) for ref in entity.classes]
            if not classes or None in classes:
                return True
            return all(
                not any_of <= known or any(c is not None and c.ancestors & any_of for c in classes)
                for any_of in statements
            )

        return [entity for entity in self.seeds.entities if fits(entity)]

    def _fitting(self, statements: tuple[frozenset[str], ...], fits: list[Entity]) -> Json:
        if len(fits) == len(self.seeds.entities):
            return self.entity()
        by_iri = self.vocabulary.class_by_iri
        names = ["-or-".join(sorted(by_iri[iri].name for iri in any_of if iri in by_iri)) for any_of in statements]
        return self.define(f"entity-{'-and-'.join(names)}", lambda: self._enumerate_entities(fits))

    def _quantity(self, prop: Property) -> Json:
        units = [self.vocabulary.unit_by_iri[iri] for iri in find_units(prop, self.vocabulary)]
        about = "a number, before it `about`, `over`, `under`, `at least`, `at most`, or a range `N..M`"
        if not units:
            return {"type": ["string", "number"], "description": about}
        words = [word for unit in units for word in unit.words]
        shown = "; ".join(f"{unit.symbol}: {unit.labels.get(self.lang, unit.symbol)}" for unit in units[:30])
        ends = "|".join(escape(word) for word in sorted(words, key=len, reverse=True))
        return {
            "type": "string",
            "pattern": rf"[\s百千万萬亿億](?:{ends})\s*$",
            "description": f"{about}, then a unit ({shown})",
            "examples": [f"120 {units[0].symbol}"],
        }

    def units(self) -> Json:
        """The units of the project, by all their spellings."""
        return enumerate_words(
            {word: unit.labels.get(self.lang, unit.symbol) for word, unit in self.vocabulary.units.items()}
        )

    # -- claims -------------------------------------------------------------------------------------

    def make_claim(self) -> Json:
        """A claim: what its object may be follows from its property."""
        made = self.make_form(forms.CLAIM)
        made["allOf"] = [
            {
                "if": {"properties": {"p": {"const": prop.name}}, "required": ["p"]},
                "then": {"properties": {"o": self.make_object(prop)}},
            }
            for prop in self.vocabulary.properties.values()
        ]
        return made

    def make_block(self) -> Json:
        """The block of a sentence: its voice, claims, and what is repeated."""
        claim = {
            "if": {"type": "object", "required": ["again"]},
            "then": self.define("again", lambda: self.make_form(forms.EVIDENCE)),
            "else": {
                "if": {"type": "object"},
                "then": self.define("claim", self.make_claim),
                "else": {"const": "again", "description": "further evidence for the claim of this id"},
            },
        }
        return {
            "type": "object",
            "properties": {"said": {"allOf": [self.voice()], "description": "who speaks in this sentence"}},
            "additionalProperties": self.define("claim-or-again", lambda: claim),
        }

    def voice(self) -> Json:
        """Who speaks: `source`, or a mapping."""
        named = self.define("voice", lambda: self.make_form(forms.VOICE))
        return {"anyOf": [{"const": "source", "description": "the source's author speaks"}, named]}

    @cached_property
    def codes(self) -> Json:
        """The codes of diagnostics, with what each means."""
        return {name: {**_text(), "description": code.cause} for name, code in load_codes().items()}


def write_schemas(seeds: Seeds, vocabulary: Vocabulary) -> dict[str, str]:
    """The JSON Schemas of a project's files by their names (`claims`, `source` ...), each a whole document."""
    return {name: write_schema(name, seeds, vocabulary) for name in SCHEMAS}


def write_schema(name: str, seeds: Seeds, vocabulary: Vocabulary) -> str:
    """One schema of a project as JSON."""
    return json.dumps(make_schema(name, seeds, vocabulary), ensure_ascii=False, indent=1) + "\n"


def make_schema(name: str, seeds: Seeds, vocabulary: Vocabulary) -> Json:
    """One schema of a project: that of the files `name/1`, or of the header of a question."""
    title, form = SCHEMAS[name]
    maker = SchemaMaker(seeds, vocabulary, seeds.dataset.language)
    root = maker.make_form(form)
    if name == "claims":
        maker.define("unit", maker.units)
    definitions = {"definitions": dict(sorted(maker.used.items()))} if maker.used else {}
    return {"$schema": DRAFT, "title": title, **root, **definitions}


def enumerate_words(words: Mapping[str, str]) -> Json:
    """An enumeration, each word with what it means. Of no words nothing is right.

    >>> enumerate_words({"m": "metre"})
    {'enum': ['m'], 'enumDescriptions': ['metre'], 'markdownEnumDescriptions': ['metre']}
    """
    if not words:
        return {"not": {}}
    texts = list(words.values())
    marked = [re.sub(r"([\\`*_{}\[\]<>()#+!|~-])", r"\\\1", text) for text in texts]
    return {"enum": list(words), "enumDescriptions": texts, "markdownEnumDescriptions": marked}


def one_or_more(one: Json, *, least: int = 0) -> Json:
    """One of a kind, or a list of them, of no fewer than *least*."""
    return {"anyOf": [one, {"type": "array", "items": one, **({"minItems": least} if least else {})}]}


def escape(word: str) -> str:
    """A text as a regular expression of ECMAScript that matches it alone."""
    return re.sub(r"([\\^$.*+?()\[\]{}|/])", r"\\\1", word)


# -- kinds --------------------------------------------------------------------------------------------------

_ADDRESS, _KEY = ADDRESS.pattern, KEY.pattern
_NOT_EMPTY = r"\S"
_TAG = "^([A-Za-z]{2,8}|[IXix](?=-))(-[A-Za-z0-9]{1,8})*$"


def _text() -> Json:
    return {"type": _WORD, "pattern": _NOT_EMPTY}


def _keyed(pattern: str, value: Json) -> Json:
    """A mapping whose keys are of a *pattern*."""
    return {"type": "object", "propertyNames": {"pattern": f"^(?:{pattern})$"}, "additionalProperties": value}


def _words(_: SchemaMaker) -> Json:
    return {"anyOf": [_text(), {"type": "object", "propertyNames": {"pattern": _TAG}, "additionalProperties": _text()}]}


def _names(_: SchemaMaker) -> Json:
    place = {"type": "string", "pattern": rf"^\S+\.{_ADDRESS}$", "description": "a sentence of a source: `paris.p3s2`"}
    placed = {"type": "object", "additionalProperties": one_or_more(place)}
    by_language = {"anyOf": [one_or_more(_text()), placed]}
    return {
        "anyOf": [
            one_or_more(_text()),
            {"type": "object", "propertyNames": {"pattern": _TAG}, "additionalProperties": by_language},
        ]
    }


def _date(_: SchemaMaker) -> Json:
    examples = ["2024", "2024-04-28", "2024-04/2024-06", "../2030", "2032/..", "2027~"]
    return {"type": ["string", "number"], "pattern": _NOT_EMPTY, "examples": examples}


def _iri(_: SchemaMaker) -> Json:
    return {"type": "string", "pattern": ":"}


def _mapping(form: Form) -> Callable[[SchemaMaker], Json]:
    return lambda maker: maker.make_form(form)


def _or_false(form: Form) -> Callable[[SchemaMaker], Json]:
    return lambda maker: {"anyOf": [maker.make_form(form), {"enum": [False, "false"]}]}


def _published(maker: SchemaMaker) -> Json:
    return {"anyOf": [_date(maker), maker.make_form(forms.INFERRED_DATE)]}


def _speakers(maker: SchemaMaker) -> Json:
    return one_or_more({"anyOf": [maker.entity(), {"const": "source", "description": "the source's author"}]})


def _subject(maker: SchemaMaker) -> Json:
    claim = {"type": "string", "pattern": "^c:", "description": "a claim: `c:ID`"}
    return one_or_more({"anyOf": [maker.entity(), claim]}, least=1)


def _object(_: SchemaMaker) -> Json:
    return {"type": [*_WORD, "array", "object"]}  # more is said by the property


def _source(maker: SchemaMaker) -> Json:
    return enumerate_words({s.id: s.title.text if s.title is not None else s.id for s in maker.seeds.sources})


def _sentences(maker: SchemaMaker) -> Json:
    return _keyed(rf"{_ADDRESS}(?:\s+{DIGEST.pattern})?\s*", maker.define("sentence", maker.make_block))


def _number(least: int, most: int | None = None) -> Callable[[SchemaMaker], Json]:
    made: Json = {"type": ["integer", "string"], "minimum": least, "pattern": "^[0-9]+$"}
    return lambda _: made if most is None else {**made, "maximum": most}


_KINDS: Mapping[Kind, Callable[[SchemaMaker], Json]] = {
    Kind.TEXT: lambda _: _text(),
    Kind.WORDS: _words,
    Kind.LABELS: _names,
    Kind.NAMES: _names,
    Kind.LANGUAGE: lambda _: {"type": "string", "pattern": _TAG},
    Kind.TRUTH: lambda _: {"enum": [True, False, "true", "false"]},
    Kind.NUMBER: _number(0),
    Kind.DATE: _date,
    Kind.DAY: _date,
    Kind.WHEN: _date,
    Kind.PUBLISHED: _published,
    Kind.TIME: lambda _: {"type": "string", "pattern": f"^(?:{TIME.pattern})$"},
    Kind.IRI: _iri,
    Kind.IRIS: lambda maker: one_or_more(_iri(maker)),
    Kind.FILE_NAME: lambda _: {"type": _WORD, "pattern": "^[^/]+$"},
    Kind.SHA256: lambda _: {"type": ["string", "number"], "pattern": "^[0-9a-f]{64}$"},
    Kind.IDS: lambda _: {"type": "array", "items": {"type": ["string", "number"], "pattern": f"^{_KEY}$"}},
    Kind.CLASSES: lambda maker: maker.classes(),
    Kind.PROPERTY: lambda maker: maker.property(),
    Kind.ENTITY: lambda maker: maker.entity(),
    Kind.ENTITIES: lambda maker: one_or_more(maker.entity()),
    Kind.SPEAKERS: _speakers,
    Kind.SOURCE: _source,
    Kind.SUBJECT: _subject,
    Kind.OBJECT: _object,
    Kind.CLAIM: lambda _: _text(),
    Kind.CLAIMS: lambda _: one_or_more(_text()),
    Kind.MODE: lambda _: enumerate_words({mode.value: words for mode, words in MODE_WORDS.items()}),
    Kind.VOICE: lambda _: enumerate_words({voice.value: words for voice, words in _VOICES.items()}),
    Kind.CLARITY: lambda _: enumerate_words({clarity.value: words for clarity, words in _CLARITIES.items()}),
    Kind.UNLIKE: lambda _: {"type": "object", "additionalProperties": {"enum": [d.value for d in Difference]}},
    Kind.ACCEPT: lambda maker: {"type": "object", "properties": maker.codes, "additionalProperties": _text()},
    Kind.FIGURE_RULE: _number(1, NEWEST_RULE),
    Kind.OUTLINE: lambda _: _keyed(
        _ADDRESS,
        {
            "type": ["string", "number"],
            "pattern": rf"^\s*{DIGEST.pattern}(?:\s+{FIGURE.pattern})*(?:\s+page\s+{PAGE.pattern})?\s*$",
        },
    ),
    Kind.JOINS: lambda _: _keyed(
        _ADDRESS, {"type": ["integer", "string"], "minimum": 2, "pattern": "^[1-9][0-9]{0,2}$"}
    ),
    Kind.REASONS: lambda _: _keyed(_ADDRESS, _text()),
    Kind.FIGURE_REASONS: lambda _: _keyed(_ADDRESS, _keyed(FIGURE.pattern, _text())),
    Kind.PREFIXES: lambda maker: {"type": "object", "additionalProperties": _iri(maker)},
    Kind.TABLES: lambda _: {"type": "object", "additionalProperties": {"enum": [m.value for m in Materialisation]}},
    Kind.ADDRESSES: lambda _: one_or_more(_text()),
    Kind.PARAMETERS: lambda _: {"type": "object", "additionalProperties": {"type": _WORD}},
    Kind.PUBLISHER: _mapping(forms.PUBLISHER),
    Kind.DECISION: _mapping(forms.DECISION),
    Kind.INFERRED: lambda maker: {"anyOf": [_text(), maker.make_form(forms.INFERRED)]},
    Kind.VOICES: lambda maker: _keyed(rf"{_ADDRESS}(?:\.\.{_ADDRESS})?", maker.voice()),
    Kind.SENTENCES: _sentences,
    Kind.ENTRIES: lambda maker: _keyed(_KEY, maker.define("entry", lambda: maker.make_form(forms.ENTITY))),
    Kind.PROPOSED: _or_false(forms.PROPOSED),
    Kind.REVIEWED: _or_false(forms.REVIEWED),
    Kind.AGENT: lambda _: _text(),
    Kind.REJECTIONS: lambda maker: _keyed("[0-9a-f]{16}", maker.make_form(forms.REJECTION)),
}
