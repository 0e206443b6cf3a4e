"""The role of a place in a file of seeds: whether an entity is named there, a property, a date, a key of the format ...

It follows from the forms of the files (`kg.reading.forms`), which the readers go by too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from kg.editor.scan import Spot
from kg.model.nouns import Clarity, Difference, Mode, Voice
from kg.model.ontology.vocabulary import RangeKind, Vocabulary
from kg.reading import forms
from kg.reading.forms import Form
from kg.reading.forms import Kind as Under
from kg.system.project import DATASET_FILE


class FileFormat(Enum):
    """Which format a file is in; the value begins the name that stands under `kg`."""

    DATASET = "dataset"
    SOURCE = "source"
    ENTITIES = "entities"
    CLAIMS = "claims"


class Role(Enum):
    """What a text names, or what it is."""

    ENTITY = "entity"
    SPEAKER = "speaker"  # an entity, or `source`
    SUBJECT = "subject"  # an entity, or `c:CLAIM`
    PROPERTY = "property"
    CLASS = "class"
    QUANTITY = "quantity"
    DATE = "date"
    TRUTH = "truth"
    SOURCE = "source"
    CLAIM = "claim"  # the id of a claim, here or elsewhere
    AGAIN = "again"  # what stands under the id of a claim, where that is a text
    VOICED = "voiced"  # what stands for a voice, where that is a text
    SENTENCE = "sentence"  # `p3s2`, with or without a digest; or a stretch
    PLACE = "place"  # `SOURCE.p3s2`
    MODE = "mode"
    VOICE = "voice"
    CLARITY = "clarity"
    DIFFERENCE = "difference"
    CODE = "code"
    KEY = "key"  # of the format
    OWN_ID = "own-id"  # where a claim or an entity gets its id


WORDS: Mapping[Role, tuple[str, ...]] = {
    Role.MODE: tuple(Mode),
    Role.VOICE: tuple(Voice),
    Role.CLARITY: tuple(Clarity),
    Role.DIFFERENCE: tuple(Difference),
    Role.TRUTH: ("true", "false"),
    Role.AGAIN: ("again",),
    Role.VOICED: ("source",),
}
"""The words that may stand in a role, where these are the format's own."""

FORMS: Mapping[str, Form] = {
    "dataset": forms.DATASET, "source": forms.SOURCE, "entities": forms.ENTITIES_FILE, "claims": forms.CLAIMS_FILE,
    "entity": forms.ENTITY, "claim": forms.CLAIM, "voice": forms.VOICE, "again": forms.EVIDENCE,
    "decision": forms.DECISION, "inferred": forms.INFERRED, "published": forms.INFERRED_DATE,
    "publisher": forms.PUBLISHER, "proposed": forms.PROPOSED, "reviewed": forms.REVIEWED,
}  # fmt: skip
"""The mappings of the formats, each with its keys."""

_VALUES = {
    Under.CLASSES: Role.CLASS, Under.PROPERTY: Role.PROPERTY, Under.ENTITY: Role.ENTITY, Under.ENTITIES: Role.ENTITY,
    Under.AGENT: Role.ENTITY, Under.SPEAKERS: Role.SPEAKER, Under.SOURCE: Role.SOURCE, Under.SUBJECT: Role.SUBJECT,
    Under.CLAIM: Role.CLAIM, Under.CLAIMS: Role.CLAIM, Under.MODE: Role.MODE, Under.VOICE: Role.VOICE,
    Under.CLARITY: Role.CLARITY, Under.DATE: Role.DATE, Under.DAY: Role.DATE, Under.WHEN: Role.DATE,
    Under.PUBLISHED: Role.DATE, Under.TRUTH: Role.TRUTH,
}  # fmt: skip
"""What a text, or an item of a list, is under a key."""
_INNER = {Under.PUBLISHED: "published", Under.PUBLISHER: "publisher", Under.DECISION: "decision",
          Under.INFERRED: "inferred", Under.PROPOSED: "proposed", Under.REVIEWED: "reviewed"}  # fmt: skip
"""The form of a mapping under a key."""
_KEYED: Mapping[Under, tuple[Role, Role | str | None]] = {
    Under.VOICES: (Role.SENTENCE, "voice"), Under.ENTRIES: (Role.OWN_ID, "entity"),
    Under.UNLIKE: (Role.CLAIM, Role.DIFFERENCE), Under.ACCEPT: (Role.CODE, None),
    Under.REASONS: (Role.SENTENCE, None), Under.OUTLINE: (Role.SENTENCE, None), Under.JOINS: (Role.SENTENCE, None),
    Under.FIGURE_REASONS: (Role.SENTENCE, None),
}  # fmt: skip
"""What the keys of a mapping under a key are, and what stands under these: a form, or a role."""
_OBJECTS = {RangeKind.ENTITY: Role.ENTITY, RangeKind.CLAIM: Role.CLAIM, RangeKind.QUANTITY: Role.QUANTITY,
            RangeKind.DATE: Role.DATE, RangeKind.TRUTH: Role.TRUTH}  # fmt: skip
_FORMAT = re.compile(r"^kg: *(claims|entities)/", re.MULTILINE)


def kind_of(name: str, text: str = "") -> FileFormat | None:
    """The format of a file by its name, a path from the project's folder, and, of a draft, by its text.

    None where it is none of the seeds' YAML.
    """
    if name == DATASET_FILE:
        return FileFormat.DATASET
    parts = name.split("/")
    if len(parts) < 3 or parts[0] != "seeds" or not name.endswith((".yaml", ".yml")):
        return None
    if parts[1] == "drafts":
        declared = _FORMAT.search(text)
        return FileFormat(declared[1]) if declared else FileFormat.CLAIMS
    return {"sources": FileFormat.SOURCE, "entities": FileFormat.ENTITIES, "claims": FileFormat.CLAIMS}.get(parts[1])


def role_of(kind: FileFormat, spot: Spot, vocabulary: Vocabulary) -> tuple[Role, str | None] | None:
    """What a spot is, and, of a key of the format, which of `FORMS` has it."""
    way = list(spot.way)
    form = kind.value
    while way:
        step = way.pop(0)
        if not way and spot.is_key:
            return Role.KEY, form
        key = next((key for key in FORMS[form].keys if key.name == step), None)
        if key is None:
            return None
        if key.kind is Under.SENTENCES:
            return _role_in_sentence(way, spot, vocabulary)
        if key.kind in _KEYED:
            of_key, under = _KEYED[key.kind]
            if len(way) == 1 and spot.is_key:
                return of_key, None
            if len(way) == 1 and under == "voice":
                return Role.VOICED, None
            if len(way) <= 1 or not isinstance(under, str):
                return None
            way.pop(0)
            form = under
            continue
        if key.kind in {Under.NAMES, Under.LABELS}:
            return (Role.PLACE, None) if len(way) >= 2 and not spot.is_key else None
        if way and not way[0].isdigit() and key.kind in _INNER:
            form = _INNER[key.kind]
            continue
        return _role_of_value(key.kind, spot, vocabulary)
    return None


def _role_in_sentence(way: list[str], spot: Spot, vocabulary: Vocabulary) -> tuple[Role, str | None] | None:
    """The role of a place under `claims`: a sentence, a claim of it, or a field of that; and the class it names."""
    if len(way) == 1:
        return (Role.SENTENCE, None) if spot.is_key else None
    if len(way) == 2:
        said = way[1] == "said"
        return (Role.OWN_ID, None) if spot.is_key else (Role.VOICED if said else Role.AGAIN, None)
    if not way:
        return None
    form = "voice" if way[1] == "said" else "again" if "again" in spot.fields else "claim"
    if len(way) == 3 and spot.is_key:
        return Role.KEY, form
    key = next((key for key in FORMS[form].keys if key.name == way[2]), None)
    if key is None:
        return None
    if key.kind in _INNER and len(way) > 3 and not way[3].isdigit():
        if spot.is_key:
            return (Role.KEY, _INNER[key.kind]) if len(way) == 4 else None
        inner = next((k for k in FORMS[_INNER[key.kind]].keys if k.name == way[3]), None)
        return _role_of_value(inner.kind, spot, vocabulary) if inner else None
    if key.kind in _KEYED and len(way) == 4:
        of_key, under = _KEYED[key.kind]
        return (of_key, None) if spot.is_key else (under, None) if isinstance(under, Role) else None
    return _role_of_value(key.kind, spot, vocabulary)


def _role_of_value(kind: Under, spot: Spot, vocabulary: Vocabulary) -> tuple[Role, str | None] | None:
    if spot.is_key:
        return None
    if kind is Under.OBJECT:
        prop = vocabulary.properties.get(spot.fields.get("p", ""))
        role = _OBJECTS.get(prop.kind) if prop is not None else None
    else:
        role = _VALUES.get(kind)
    return (role, None) if role is not None else None
