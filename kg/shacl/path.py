"""Property paths: how value nodes are reached from a focus node. Source: SHACL, section 2.3.1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pyoxigraph import NamedNode


class Step(Enum):
    """What a path does with its parts, by the sign that SPARQL has for it."""

    PREDICATE = ""
    INVERSE = "^"
    SEQUENCE = "/"
    ALTERNATIVE = "|"
    ZERO_OR_MORE = "*"
    ONE_OR_MORE = "+"
    ZERO_OR_ONE = "?"


@dataclass(frozen=True, kw_only=True)
class Path:
    """A property path. A predicate has no parts; inverse and repeated paths have one.

    >>> name = Path(step=Step.PREDICATE, predicate=NamedNode("http://e/name"))
    >>> str(Path(step=Step.ZERO_OR_MORE, parts=(Path(step=Step.INVERSE, parts=(name,)),)))
    '(^<http://e/name>)*'
    """

    step: Step
    predicate: NamedNode | None = None
    parts: tuple[Path, ...] = ()

    def __str__(self) -> str:
        """The path in the syntax of SPARQL, with whole IRIs."""
        inner = [f"({part})" if len(part.parts) else str(part) for part in self.parts]
        if self.step is Step.PREDICATE:
            return str(self.predicate)
        if self.step is Step.INVERSE:
            return "^" + inner[0]
        sign = str(self.step.value)
        return sign.join(inner) if self.step in {Step.SEQUENCE, Step.ALTERNATIVE} else inner[0] + sign

    @property
    def predicates(self) -> frozenset[NamedNode]:
        """All predicates that the path goes along."""
        own = {self.predicate} if self.predicate is not None else set()
        return frozenset(own.union(*(part.predicates for part in self.parts)))
