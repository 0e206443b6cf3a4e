"""The pieces of a term's N-Quads text: texts and holes by turns, and what can be said of a compiled term."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kg.diagnostic import Mark


class Encoding(Enum):
    """How a value is written into a term; each is the SQL function that does it in general."""

    NONE = "{0}"
    IRI = "kg_iri({0})"
    URI = "url_encode({0})"
    LABEL = "kg_label({0})"
    ESCAPE = "kg_escape({0})"


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A piece of text that a row decides: a *value* and how it is encoded.

    The *columns* decide it alone, and are decided by it where it is *injective*.
    """

    value: str
    columns: tuple[str, ...]
    encoding: Encoding = Encoding.NONE
    injective: bool = True

    @property
    def sql(self) -> str:
        return self.encoding.value.format(self.value)

    @property
    def safe(self) -> bool:
        """It holds only what percent-encoding leaves: a reserved character such as `/` ends it."""
        return self.encoding in {Encoding.IRI, Encoding.URI, Encoding.LABEL}


Piece = str | Hole


@dataclass(frozen=True, kw_only=True)
class Check:
    """What strictness asks of the values of one term: the SQL condition *bad* must hold for no row."""

    code: str
    bad: str
    value: str
    reference: str
    message: str  # with `{value}`
    mark: Mark = field(compare=False, repr=False)
    hint: str | None = None


@dataclass(frozen=True, kw_only=True)
class CompiledTerm:
    """The text of a term, the lists that must be unnested for it, and the checks on its values."""

    pieces: tuple[Piece, ...]
    form: str  # "iri", "bnode", "literal", or "any" of them
    unnests: tuple[tuple[str, str], ...] = ()  # (alias, SQL of the list)
    checks: tuple[Check, ...] = ()
    inner: tuple[CompiledTerm, ...] = ()  # terms that it was made of before: only their checks are left to do

    @property
    def columns(self) -> tuple[str, ...]:
        seen = dict.fromkeys(c for p in self.pieces if isinstance(p, Hole) for c in p.columns)
        return tuple(seen)

    @property
    def constant(self) -> str | None:
        """The text of a term that no row changes."""
        return "".join(str(p) for p in self.pieces) if all(isinstance(p, str) for p in self.pieces) else None


def merge_pieces(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Neighbouring texts joined, empty ones left out."""
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece != "":
            merged.append(piece)
    return tuple(merged)
