"""Writers: quads → Turtle, TriG, N-Quads, N-Triples, JSON-LD, a table of claims.

All are written from the quads, never dumped from a store: a store rewrites literals.
"""

from kg.export.canonical import CanonicalQuads, canonicalize_quads, unite_graphs
from kg.export.claims_csv import stream_claims_csv, write_claims_csv
from kg.export.context import (
    MODEL_TERMS,
    Context,
    TermDefinition,
    derive_context,
    make_context,
    write_context,
)
from kg.export.formats import FORMATS, check_format, find_writers
from kg.export.jsonld import stream_jsonld, write_jsonld
from kg.export.nquads import hash_quads, stream_nquads, write_nquads, write_ntriples
from kg.export.outline import Section
from kg.export.turtle import stream_trig, write_trig, write_turtle

__all__ = [
    "FORMATS",
    "MODEL_TERMS",
    "CanonicalQuads",
    "Context",
    "Section",
    "TermDefinition",
    "canonicalize_quads",
    "check_format",
    "derive_context",
    "find_writers",
    "hash_quads",
    "make_context",
    "stream_claims_csv",
    "stream_jsonld",
    "stream_nquads",
    "stream_trig",
    "unite_graphs",
    "write_claims_csv",
    "write_context",
    "write_jsonld",
    "write_nquads",
    "write_ntriples",
    "write_trig",
    "write_turtle",
]
