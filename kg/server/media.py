"""Media types: of answers and of documents, and which of them a request accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

FORM = "application/x-www-form-urlencoded"

ROWS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""Formats of rows, and of the answer of an ASK; the first is given where all are welcome, other names come last."""

GRAPHS = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/trig": "trig",
    "application/n-quads": "nq",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
    "application/x-turtle": "ttl",
    "text/plain": "nt",
    "application/json": "jsonld",
    "application/xml": "rdf",
}
"""Formats of a graph."""

DATASETS = {
    "application/n-quads": "nq",
    "application/trig": "trig",
    "application/ld+json": "jsonld",
    "text/x-nquads": "nq",
    "application/x-trig": "trig",
}
"""Formats of several graphs."""

DOCUMENTS = {
    "text/turtle": "ttl",
    "application/x-turtle": "ttl",
    "application/n-triples": "nt",
    "text/plain": "nt",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
}
"""What can be read into one graph."""


_ENDINGS = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".jsonld": "application/ld+json",
    ".rdf": "application/rdf+xml",
}
_VAGUE = frozenset({"application/octet-stream", "text/plain"})


def find_media(name: str, media: str) -> str:
    """The media type of a file of a form: by its name, where who sent it could say nothing better than *media*.

    >>> find_media("a.ttl", "application/octet-stream"), find_media("a.ttl", "application/ld+json")
    ('text/turtle', 'application/ld+json')
    """
    return _ENDINGS.get(name[name.rfind(".") :].lower(), media) if media in _VAGUE and "." in name else media


@dataclass(frozen=True, kw_only=True)
class MediaRange:
    """A media range of an Accept header: `type/subtype`, with `*` for any, and its quality."""

    name: str
    quality: float

    def admits(self, media: str) -> bool:
        return self.name in {"*/*", media, media.partition("/")[0] + "/*"}

    @property
    def rank(self) -> int:
        """How much it says: 2 for a type, 1 for a kind of them, 0 for all."""
        return 2 - self.name.count("*")


def read_accept(header: str) -> tuple[MediaRange, ...]:
    """The ranges of an Accept header; what is no range is left out, and an empty one admits all.

    Source: RFC 9110, section 12.5.1.

    >>> [(r.name, r.quality) for r in read_accept("text/csv;q=0.5, */*;q=0.1")]
    [('text/csv', 0.5), ('*/*', 0.1)]
    """
    ranges = []
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name == "*":
            name = "*/*"
        if name.count("/") != 1:
            continue
        ranges.append(MediaRange(name=name, quality=_read_quality(parameters)))
    return tuple(ranges) if header.strip(" \t,") else (MediaRange(name="*/*", quality=1.0),)


def _read_quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def choose_media(header: str, offered: Mapping[str, str]) -> str | None:
    """The media type that a request likes best of those *offered*; None where it accepts none.

    Of types that it likes as much, the one that it names exactly, then the one that is offered first.

    >>> choose_media("application/xml;q=0.9, */*;q=0.8", ROWS), choose_media("image/png", ROWS)
    ('application/xml', None)
    """
    return _choose(header, tuple(offered))


@lru_cache(maxsize=512)
def _choose(header: str, offered: tuple[str, ...]) -> str | None:
    ranges = read_accept(header)
    best: tuple[float, int] = (0.0, -1)
    chosen = None
    for media in offered:
        fitting = [r for r in ranges if r.admits(media)]
        if not fitting:
            continue
        closest = max(fitting, key=lambda r: r.rank)
        if closest.quality > 0 and (closest.quality, closest.rank) > best:
            best, chosen = (closest.quality, closest.rank), media
    return chosen


def label_media(media: str) -> str:
    """The media type as a header: texts say that they are UTF-8."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def read_content_type(header: str) -> tuple[str, dict[str, str]]:
    """The media type of a Content-Type header and its parameters, in small letters but for the values.

    >>> read_content_type('Text/Turtle; Charset="UTF-8"')
    ('text/turtle', {'charset': 'UTF-8'})
    """
    media, *parts = header.split(";")
    pairs = (part.partition("=") for part in parts)
    return media.strip().lower(), {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}


def read_weights(header: str) -> list[tuple[str, float]]:
    """What a header lists, in small letters, each with its quality.

    >>> read_weights("zh-CN, en;q=0.8")
    [('zh-cn', 1.0), ('en', 0.8)]
    """
    parts = ([piece.strip().lower() for piece in part.split(";")] for part in header.split(","))
    return [(name, _read_quality(parameters)) for name, *parameters in parts]


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header admits gzip.

    >>> accepts_gzip("gzip, br"), accepts_gzip("gzip;q=0, *"), accepts_gzip("")
    (True, False, False)
    """
    found = dict(read_weights(header))
    return found.get("gzip", found.get("*", 0.0)) > 0
