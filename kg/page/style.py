"""How things look: a shape and a colour for each family of classes, a line for each family of modes.

The drawing made at build time, the live one and the legend all read these tables. Colours are those of Okabe
and Ito (2008), which people with any colour vision tell apart; no meaning rests on colour alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kg.model.nouns import Mode
from kg.model.ontology.vocabulary import OntologyClass, Vocabulary
from kg.rdf.namespace import KG, OWL, RDFS, SCHEMA


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family of classes: its shape, and its colours on a light and a dark ground."""

    name: str
    shape: str
    light: str
    dark: str
    hollow: bool = False


class Tense(StrEnum):
    """What a claim holds, seen from far: what happened, what is ahead, what somebody thinks."""

    HAPPENED = "happened"
    AHEAD = "ahead"
    VIEW = "view"


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A line: its pattern (lengths of dashes and gaps), and its colours on a light and a dark ground."""

    name: str
    dashes: tuple[int, ...]
    light: str
    dark: str


FAMILIES: tuple[Family, ...] = (
    Family(name="person", shape="circle", light="#0072b2", dark="#4aa8e0"),
    Family(name="organisation", shape="square", light="#e69f00", dark="#f0b43c"),
    Family(name="product", shape="diamond", light="#009e73", dark="#2cc49a"),
    Family(name="event", shape="triangle", light="#cc79a7", dark="#dd94bd"),
    Family(name="place", shape="nabla", light="#56b4e9", dark="#7cc8f2"),
    Family(name="work", shape="pentagon", light="#d8c51c", dark="#f0e442"),
    Family(name="voice", shape="circle", light="#0072b2", dark="#4aa8e0", hollow=True),
    Family(name="own-1", shape="hexagon", light="#7d8790", dark="#98a3ad"),
    Family(name="own-2", shape="square", light="#b07400", dark="#f0b43c", hollow=True),
    Family(name="own-3", shape="diamond", light="#009e73", dark="#2cc49a", hollow=True),
    Family(name="thing", shape="hexagon", light="#7d8790", dark="#98a3ad", hollow=True),
)
FAMILY_BY_NAME = {f.name: f for f in FAMILIES}
AREA_COLOURS = 6  # the first so many families' colours are those of regions, in turns
OWN = tuple(f for f in FAMILIES if f.name.startswith("own-"))  # for the ontology's own superclasses

_CLASSES = (  # the first of these that a class descends from decides its family
    (KG + "Voice", "voice"),
    (SCHEMA + "Person", "person"),
    (SCHEMA + "Organization", "organisation"),
    (SCHEMA + "Event", "event"),
    (SCHEMA + "Place", "place"),
    (SCHEMA + "Product", "product"),
    (SCHEMA + "CreativeWork", "work"),
)

_THINGS = frozenset({SCHEMA + "Thing", OWL + "Thing", RDFS + "Resource"})  # what everything is

_TENSES = {Mode.FACT: Tense.HAPPENED} | dict.fromkeys((Mode.OPINION, Mode.QUESTION, Mode.MARKETING), Tense.VIEW)
STROKES: dict[Tense, Stroke] = {
    Tense.HAPPENED: Stroke(name="happened", dashes=(), light="#55606b", dark="#a3afba"),
    Tense.AHEAD: Stroke(name="ahead", dashes=(9, 5), light="#0a6a9f", dark="#6fbdf0"),
    Tense.VIEW: Stroke(name="view", dashes=(2, 4), light="#735789", dark="#c4add7"),
}
DISPUTE = ("#c23b00", "#ff8a4c")  # Okabe and Ito's vermillion, darker for contrast with white
SUPERSEDED = ("#a9b1b8", "#66707a")


def tense_of(mode: Mode) -> Tense:
    """The family that a mode belongs to: its stroke and colour everywhere on the page."""
    return _TENSES.get(mode, Tense.AHEAD)


@dataclass(frozen=True, kw_only=True)
class Families:
    """The family of each entity by its key, and the labels of those that the ontology's own classes name."""

    by_entity: Mapping[str, Family]
    labels: Mapping[str, Mapping[str, str]]


def find_families(classes: Mapping[str, Sequence[str]], vocabulary: Vocabulary, languages: Sequence[str]) -> Families:
    """The families of entities, given the local names of their *classes*.

    The first of the known families decides that a class descends from. Else it is the topmost class of the ontology
    above it, below `schema:Thing`: the largest of these have families of their own, the others are `thing`.
    """
    tops = {name: _topmost(name, vocabulary) for names in classes.values() for name in names}
    known = {key: _known_family(names, vocabulary) for key, names in classes.items()}
    own = {key: next(filter(None, map(tops.get, names)), None) for key, names in classes.items() if known[key] is None}
    counted = Counter(top.iri for top in own.values() if top is not None)
    largest = sorted(counted, key=lambda iri: (-counted[iri], iri))[: len(OWN)]
    named = dict(zip(largest, OWN, strict=False))
    other = FAMILY_BY_NAME["thing"]
    return Families(
        by_entity={
            key: family or (named.get(top.iri, other) if (top := own[key]) is not None else other)
            for key, family in known.items()
        },
        labels={
            named[top.iri].name: {lang: top.labels.get(lang) or top.name for lang in languages}
            for top in own.values()
            if top is not None and top.iri in named
        },
    )


def _known_family(names: Sequence[str], vocabulary: Vocabulary) -> Family | None:
    for iri, family in _CLASSES:
        for name in names:
            known = vocabulary.classes.get(name)
            if known is not None and iri in known.ancestors:
                return FAMILY_BY_NAME[family]
    return None


def _topmost(name: str, vocabulary: Vocabulary) -> OntologyClass | None:
    """The topmost class above a class, or itself; None for `schema:Thing` and what nobody has declared."""
    known = vocabulary.classes.get(name)
    if known is None:
        return None
    above = (cls for cls in vocabulary.classes.values() if cls.iri in known.ancestors and cls.iri not in _THINGS)
    return min(above, key=lambda cls: (len(cls.ancestors - _THINGS), cls.iri), default=None)


_CORNERS = {  # number of corners, angle of the first, size relative to a circle's radius
    "square": (4, 45.0, 1.25),
    "diamond": (4, 0.0, 1.25),
    "triangle": (3, -90.0, 1.3),
    "nabla": (3, 90.0, 1.3),
    "pentagon": (5, -90.0, 1.1),
    "hexagon": (6, 0.0, 1.08),
}


def shape_path(shape: str, radius: float) -> str:
    """The outline of a shape around (0, 0) in the words of an SVG path; canvas reads the same.

    >>> shape_path("diamond", 8)
    'M10 0L0 10L-10 0L0 -10Z'
    """
    if shape == "circle":
        r = _short(radius)
        return f"M-{r} 0A{r} {r} 0 1 1 {r} 0A{r} {r} 0 1 1 -{r} 0Z"
    corners, first, scale = _CORNERS[shape]
    points = []
    for i in range(corners):
        angle = math.radians(first + 360 * i / corners)
        points.append(f"{_short(radius * scale * math.cos(angle))} {_short(radius * scale * math.sin(angle))}")
    return "M" + "L".join(points) + "Z"


def _short(number: float) -> str:
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
