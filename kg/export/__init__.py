"""Writers: quads → Turtle, TriG, N-Quads, N-Triples, JSON-LD, a table of claims.

All are written from the quads, never dumped from a store: a store rewrites literals.
"""

from kg.export.nquads import hash_quads, write_nquads, write_ntriples
from kg.export.outline import Section
from kg.export.turtle import write_trig, write_turtle

__all__ = [
    "Section",
    "hash_quads",
    "write_nquads",
    "write_ntriples",
    "write_trig",
    "write_turtle",
]
