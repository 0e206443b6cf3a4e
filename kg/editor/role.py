"""What stands at a place of a file of seeds: the id of an entity, a property, a date, a key of the format ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from kg.editor.scan import Spot, Way
from kg.model import Clarity, Difference, Mode, Voice
from kg.ontology.vocabulary import RangeKind, Vocabulary
from kg.project import DATASET_FILE


class Kind(Enum):
    """Which format a file is in, by its folder."""

    DATASET = "dataset"
    SOURCE = "sources"
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


@dataclass(frozen=True, kw_only=True)
class Rule:
    """At which ways (a pattern over keys; `*` is any one key) what role stands; *keys*: what the keys are there."""

    kind: Kind
    way: str
    role: Role
    keys: str | None = None


def _rules(kind: Kind, *rows: tuple[str, Role] | tuple[str, Role, str]) -> Iterator[Rule]:
    for row in rows:
        yield Rule(kind=kind, way=row[0], role=row[1], keys=row[2] if len(row) > 2 else None)


_VOICE_VALUES = (("by", Role.SPEAKER), ("by/*", Role.SPEAKER), ("where", Role.ENTITY), ("via", Role.ENTITY),
                 ("via/*", Role.ENTITY), ("voice", Role.VOICE), ("sure", Role.CLARITY), ("on", Role.DATE))  # fmt: skip
_CLAIM_VALUES = (*_VOICE_VALUES, ("s", Role.SUBJECT), ("s/*", Role.SUBJECT), ("p", Role.PROPERTY), ("mode", Role.MODE),
                 ("when", Role.DATE), ("asof", Role.DATE), ("not", Role.TRUTH), ("unlike/*", Role.DIFFERENCE),
                 ("compatible", Role.CLAIM), ("compatible/*", Role.CLAIM), ("decided/for", Role.CLAIM),
                 ("decided/for/*", Role.CLAIM), ("again", Role.CLAIM))  # fmt: skip
_NAMES = ("typo", "misnomer", "alias", "label")

VALUES = (
    *_rules(Kind.CLAIMS, ("source", Role.SOURCE), ("voices/*", Role.VOICED), ("claims/*/said", Role.VOICED),
            *((f"{voice}/{way}", role) for voice in ("voices/*", "claims/*/said") for way, role in _VOICE_VALUES),
            ("claims/*/*", Role.AGAIN), *((f"claims/*/*/{way}", role) for way, role in _CLAIM_VALUES)),
    *_rules(Kind.ENTITIES, ("entities/*/is", Role.CLASS), ("entities/*/is/*", Role.CLASS),
            ("entities/*/when", Role.DATE), *((f"entities/*/{name}/*/*", Role.PLACE) for name in _NAMES),
            *((f"entities/*/{name}/*/*/*", Role.PLACE) for name in _NAMES)),
    *_rules(Kind.SOURCE, ("is", Role.CLASS), ("is/*", Role.CLASS), ("publisher", Role.ENTITY),
            ("author", Role.ENTITY), ("author/*", Role.ENTITY), ("published", Role.DATE),
            ("published/inferred", Role.DATE)),
    *_rules(Kind.DATASET, ("asof", Role.DATE)),
)  # fmt: skip
"""What values are, by the way to them."""

KEYS = (
    *_rules(Kind.CLAIMS, ("*", Role.KEY, "claims-file"), ("voices/*", Role.SENTENCE), ("voices/*/*", Role.KEY, "voice"),
            ("claims/*", Role.SENTENCE), ("claims/*/said/*", Role.KEY, "voice"), ("claims/*/*", Role.OWN_ID),
            ("claims/*/*/*", Role.KEY, "claim"), ("claims/*/*/unlike/*", Role.CLAIM),
            ("claims/*/*/accept/*", Role.CODE), ("claims/*/*/decided/*", Role.KEY, "decided")),
    *_rules(Kind.ENTITIES, ("*", Role.KEY, "entities-file"), ("entities/*", Role.OWN_ID),
            ("entities/*/*", Role.KEY, "entity"), ("entities/*/accept/*", Role.CODE)),
    *_rules(Kind.SOURCE, ("*", Role.KEY, "source"), ("skip/*", Role.SENTENCE), ("figures/*", Role.SENTENCE),
            ("joins/*", Role.SENTENCE), ("outline/*", Role.SENTENCE), ("accept/*", Role.CODE),
            ("published/*", Role.KEY, "published")),
    *_rules(Kind.DATASET, ("*", Role.KEY, "dataset"), ("publisher/*", Role.KEY, "publisher")),
)  # fmt: skip
"""What keys are, by the way that ends with them."""

_OBJECTS = {RangeKind.ENTITY: Role.ENTITY, RangeKind.CLAIM: Role.CLAIM, RangeKind.QUANTITY: Role.QUANTITY,
            RangeKind.DATE: Role.DATE, RangeKind.TRUTH: Role.TRUTH}  # fmt: skip


def kind_of(name: str) -> Kind | None:
    """The format of a file by its name, a path from the project's folder; None where it is none of the seeds' YAML."""
    if name == DATASET_FILE:
        return Kind.DATASET
    parts = name.split("/")
    if len(parts) < 3 or parts[0] != "seeds" or not name.endswith((".yaml", ".yml")):
        return None
    return next((kind for kind in Kind if kind.value == parts[1]), None)


def find_rule(rules: tuple[Rule, ...], kind: Kind, way: Way) -> Rule | None:
    """The first of the *rules* that speaks of a way."""
    for rule in rules:
        parts = rule.way.split("/")
        if (
            rule.kind is kind
            and len(parts) == len(way)
            and all(p in {"*", step} for p, step in zip(parts, way, strict=True))
        ):
            return rule
    return None


def role_of(kind: Kind, spot: Spot, vocabulary: Vocabulary) -> tuple[Role, str | None] | None:
    """What a spot is, and, of a key of the format, which mapping it is a key of."""
    if not spot.is_key and kind is Kind.CLAIMS and spot.way[:1] == ("claims",) and spot.way[3:4] == ("o",):
        prop = vocabulary.properties.get(spot.fields.get("p", ""))
        role = _OBJECTS.get(prop.kind) if prop is not None else None
        return (role, None) if role is not None else None
    rule = find_rule(KEYS if spot.is_key else VALUES, kind, spot.way)
    if rule is None:
        return None
    keys = "again" if rule.keys == "claim" and "again" in spot.fields else rule.keys
    return rule.role, keys
