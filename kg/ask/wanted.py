"""What is asked for at a place of a triple, where anything may fit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WantedTerm:
    """What a term of a triple may be, in N-Triples: *exact* texts, or texts that begin with one of *heads*.

    Neither: any term will do.
    """

    exact: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        return not self.exact and not self.heads

    def fits(self, text: str) -> bool:
        return self.is_any or text in self.exact or text.startswith(self.heads)
