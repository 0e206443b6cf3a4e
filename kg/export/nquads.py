"""N-Quads and N-Triples in their canonical form, and the hash that names a set of quads.

The form is that of RDF Dataset Canonicalization (RDFC-1.0, a W3C Recommendation of 2024), section 5: the
control characters that RDF 1.1 would leave raw are escaped, so that a line is a line in every tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from pyoxigraph import Quad, Triple

from kg.export.outline import canonicalize_quads

_IRI = r'<[^\x00-\x20<>"{}|^`\\]*>'
_LINE: Final = re.compile(
    rf"(?:{_IRI}|_:\w+) {_IRI} "
    rf'(?:{_IRI}|_:\w+|"(?:[^"\\\r\n]|\\.)*"(?:@[a-z0-9-]+|\^\^{_IRI})?)'
    rf"(?: {_IRI}| _:\w+)?"
)


def write_nquads(quads: Iterable[Quad]) -> str:
    """The quads as canonical N-Quads: each once, in code-point order, blank nodes labelled by RDFC-1.0.

    Raises ValueError for an IRI that is none (a lenient parser lets it in): it could pass for a quad.

    >>> from pyoxigraph import Literal, NamedNode
    >>> a = NamedNode("https://a.example/")
    >>> print(write_nquads([Quad(a, a, Literal("x", language="en"), a), Quad(a, a, a)]), end="")
    <https://a.example/> <https://a.example/> "x"@en <https://a.example/> .
    <https://a.example/> <https://a.example/> <https://a.example/> .
    """
    lines = {str(quad): quad for quad in canonicalize_quads(quads)}
    for line, quad in lines.items():
        # A triple term nests as deep as it likes, so no pattern can check it.
        if not _LINE.fullmatch(line) and not isinstance(quad.object, Triple):
            raise ValueError(f"a term that cannot be written: {line!r}")
    return "".join(f"{line} .\n" for line in sorted(lines))


def write_ntriples(quads: Iterable[Quad]) -> str:
    """All graphs as one, as canonical N-Triples."""
    return write_nquads(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)


def hash_quads(quads: Iterable[Quad]) -> str:
    """The SHA-256 of the canonical N-Quads, in hexadecimal: the same for the same graph, whoever wrote it.

    >>> hash_quads([])
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    return sha256(write_nquads(quads).encode()).hexdigest()
