"""The formats of a graph, by their names: the file of each, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from kg.export.canonical import CanonicalQuads, unite_graphs
from kg.export.claims_csv import stream_claims_csv
from kg.export.context import derive_context, write_context
from kg.export.jsonld import stream_jsonld
from kg.export.jsonterms import JsonTermWriter
from kg.export.nquads import stream_nquads
from kg.export.outline import Section
from kg.export.turtle import KnownParagraphs, stream_trig
from kg.rdf.iri import Prefixes
from kg.text.diagnostic import UsageError, did_you_mean

FORMATS = {
    "turtle": "graph.ttl",
    "trig": "graph.trig",
    "nquads": "graph.nq",
    "jsonld": "graph.jsonld",
    "jsonld-dataset": "graph.dataset.jsonld",
    "context": "context.jsonld",
    "csv": "claims.csv",
}

_VIEWS = {
    "html": "the page is written by `kg export html` and `kg build`",
    "svg": "the picture is written by `kg export svg`",
    "graphml": "`kg export graphml` writes it; in Python `to_networkx` gives the network",
}
"""What shows the graph and does not hold it: which command gives it instead."""


def check_format(form: str) -> None:
    """Raise UsageError for a format that is not there, with what may be meant.

    >>> check_format("ttl")
    Traceback (most recent call last):
    kg.text.diagnostic.UsageError: no format `ttl`: did you mean `turtle`?
    """
    if form in FORMATS:
        return
    hint = _VIEWS.get(form) or did_you_mean(str(form), FORMATS) or f"the formats are {', '.join(FORMATS)}"
    ending = next((name for name, file in FORMATS.items() if file == f"graph.{form}"), None)
    raise UsageError(f"no format `{form}`: {f'did you mean `{ending}`?' if ending else hint}")


def find_writers(
    quads: CanonicalQuads, prefixes: Prefixes, sections: Sequence[Section] = ()
) -> dict[str, Callable[[], str | Iterable[str]]]:
    """The writers of a graph by their formats; each gives the text of its file, whole or in pieces.

    *sections* are the headings under which a person finds things. What several formats need is made once, and let go
    when the last of them, in the order of `FORMATS`, is written.
    """
    context = cache(lambda: derive_context(quads, prefixes))
    united = cache(lambda: unite_graphs(quads))
    paragraphs = cache(lambda: KnownParagraphs(prefixes))
    terms = cache(lambda: JsonTermWriter(context()))
    return {
        "turtle": lambda: stream_trig(united(), prefixes, sections, paragraphs()),
        "trig": lambda: _stream_last(stream_trig(quads, prefixes, sections, paragraphs()), paragraphs.cache_clear),
        "nquads": lambda: stream_nquads(quads),
        "jsonld": lambda: _stream_last(stream_jsonld(united(), context(), sections, terms()), united.cache_clear),
        "jsonld-dataset": lambda: _stream_last(stream_jsonld(quads, context(), sections, terms()), terms.cache_clear),
        "context": lambda: write_context(context()),
        "csv": lambda: stream_claims_csv(quads, prefixes),
    }


def _stream_last(pieces: Iterable[str], let_go: Callable[[], None]) -> Iterator[str]:
    """The pieces; behind them what other formats shared is let go: of a large graph it is hundreds of MB."""
    yield from pieces
    let_go()
