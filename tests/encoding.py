"""Percent-encoding in plain Python, for the SQL of `kg`."""

from __future__ import annotations

from kg.tables.engine.macros import is_unreserved


def encode_iri_part(text: str) -> str:
    """A value as a part of an IRI: `Zoë / 雷军` is `Zoë%20%2F%20雷军`."""
    return "".join(
        char if is_unreserved(char) else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
        for char in text
    )
