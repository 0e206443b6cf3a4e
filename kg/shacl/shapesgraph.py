"""The shapes graph: the statements of all shapes files, looked up by subject, every term with its mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode

from kg.rdf.namespace import RDF, SH
from kg.rdf.turtle.document import MarkedQuad, MarkedTerm, RdfDocument, Term
from kg.rdf.turtle.index import MarkedIndex
from kg.text.diagnostic import Diagnostic, Mark

FIRST, REST, NIL, TYPE = (NamedNode(RDF + name) for name in ("first", "rest", "nil", "type"))


class ShapeMistakeError(Exception):
    """Something in the shapes that cannot be used: what is wrong with it, and where."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        self.diagnostic = Diagnostic(code="bad-shapes", mark=mark, message=message, hint=hint)


@dataclass(frozen=True, kw_only=True)
class DescribedNode:
    """A node of the shapes graph: its mark, and its statements with terms of SHACL by their local names."""

    node: Term
    mark: Mark
    terms: Mapping[str, Sequence[MarkedQuad]]

    def all(self, name: str) -> Sequence[MarkedTerm]:
        """The objects of a term."""
        return [quad.object for quad in self.terms.get(name, ())]

    def one(self, name: str) -> MarkedTerm | None:
        """The object of a term that stands once at most; None where there is none. Raises ShapeMistakeError."""
        found = self.all(name)
        for other in found[1:]:
            if other.term != found[0].term:
                raise ShapeMistakeError(other.mark, f"a shape has one `sh:{name}`, and this is the second")
        return found[0] if found else None


class ShapesGraph(MarkedIndex):
    """The statements of some documents as one graph; a blank node stays its document's own."""

    def __init__(self, documents: Iterable[RdfDocument]) -> None:
        super().__init__(_rename(quad, n) for n, document in enumerate(documents) for quad in document.quads)

    def with_term(self, *names: str) -> list[MarkedQuad]:
        """The statements whose predicate is a term of SHACL with one of these local names."""
        return self.using(*(NamedNode(SH + name) for name in names))

    def describe(self, node: Term) -> DescribedNode:
        """What the terms of SHACL say of a node that is the subject of some statement."""
        terms: dict[str, list[MarkedQuad]] = {}
        for quad in self.about(node):
            if (name := term_of(quad.predicate.term)) is not None:
                terms.setdefault(name, []).append(quad)
        return DescribedNode(node=node, mark=self.about(node)[0].subject.mark, terms=terms)

    def walk_list(self, head: Term) -> list[MarkedTerm] | None:
        """The items of an RDF list; None where it is none: each cell has one item and one rest, and it ends."""
        items: list[MarkedTerm] = []
        seen: set[Term] = set()
        while head != NIL:
            first, rest = self.objects(head, FIRST), self.objects(head, REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                return None
            seen.add(head)
            items += first
            head = rest[0].term
        return items


def term_of(term: Term) -> str | None:
    """The local name of a term of SHACL, None for others.

    >>> term_of(NamedNode(SH + "path")), term_of(NIL)
    ('path', None)
    """
    return term.value.removeprefix(SH) if isinstance(term, NamedNode) and term.value.startswith(SH) else None


def _rename(quad: MarkedQuad, number: int) -> MarkedQuad:
    """The quad with blank nodes that are its document's own."""

    def own(marked: MarkedTerm) -> MarkedTerm:
        if not isinstance(marked.term, BlankNode):
            return marked
        return MarkedTerm(term=BlankNode(f"s{number}{marked.term.value}"), mark=marked.mark)

    return MarkedQuad(subject=own(quad.subject), predicate=quad.predicate, object=own(quad.object), graph=quad.graph)
