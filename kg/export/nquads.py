"""N-Quads and N-Triples in their canonical form, and the hash that names a set of quads.

The form is that of RDF Dataset Canonicalization (RDFC-1.0, a W3C Recommendation of 2024), section 5: the
control characters that RDF 1.1 would leave raw are escaped, so that a line is a line in every tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Final

from pyoxigraph import DefaultGraph, Triple

from kg.export.canonical import PredicateObjects, canonicalize_quads, unite_graphs
from kg.export.memo import Memo
from kg.export.order import GraphName, Term
from kg.rdf.quad import Quad, write_term

_IRI: Final = r'<[^\x00-\x20<>"{}|^`\\]*>'
_TERM: Final = re.compile(rf'{_IRI}|_:\w+|"(?:[^"\\\r\n]|\\.)*"(?:@[a-z0-9-]+|\^\^{_IRI})?|')


def write_nquads(quads: Iterable[Quad]) -> str:
    """The quads as canonical N-Quads: each once, in code-point order, blank nodes labelled by RDFC-1.0.

    Raises ValueError for an IRI that is none (a lenient parser lets it in): it could pass for a quad.

    >>> from pyoxigraph import Literal, NamedNode
    >>> a = NamedNode("https://a.example/")
    >>> print(write_nquads([Quad(a, a, Literal("x", language="en"), a), Quad(a, a, a)]), end="")
    <https://a.example/> <https://a.example/> "x"@en <https://a.example/> .
    <https://a.example/> <https://a.example/> <https://a.example/> .
    """
    return "".join(stream_nquads(quads))


def stream_nquads(quads: Iterable[Quad]) -> Iterator[str]:
    """The text of `write_nquads` in pieces, the lines of a subject each. Raises ValueError as it does.

    Subjects are ordered by their texts, which puts all lines in order, since no term's text goes on where another's
    ends; a million lines are never held at once.
    """
    texts = Memo(_write_term)
    told: Memo[PredicateObjects, list[str]] = Memo(
        lambda prop: [f" {texts[prop.predicate]} {_write_term(term)}" for term in prop.terms]
    )
    said = [
        (_write_term(subject), f" {texts[name]} .\n" if name != DefaultGraph() else " .\n", properties)
        for name, described in canonicalize_quads(quads).graphs.items()
        for subject, properties in described.items()
    ]
    said.sort(key=itemgetter(0))
    for subject, alike in groupby(said, key=itemgetter(0)):
        yield "".join(
            sorted(
                f"{subject}{text}{end}" for _, end, properties in alike for prop in properties for text in told[prop]
            )
        )


def _write_term(term: Term | GraphName) -> str:
    text = write_term(term)
    # A triple term nests as deep as it likes, so no pattern can check it.
    if not _TERM.fullmatch(text) and not isinstance(term, Triple):
        raise ValueError(f"a term that cannot be written: {text!r}")
    return text


def write_ntriples(quads: Iterable[Quad]) -> str:
    """All graphs as one, as canonical N-Triples."""
    return write_nquads(unite_graphs(quads))


def hash_quads(quads: Iterable[Quad]) -> str:
    """The SHA-256 of the canonical N-Quads, in hexadecimal: the same for the same graph, whoever wrote it.

    >>> hash_quads([])
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    digest = sha256()
    for line in stream_nquads(quads):
        digest.update(line.encode())
    return digest.hexdigest()
