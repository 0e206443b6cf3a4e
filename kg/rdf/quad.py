"""Quads as tuples of terms that many of them share.

Oxigraph's `Quad` keeps the texts of its four terms for itself and makes a new term each time that one is asked for. At
1.8 million quads (100,000 claims) that is 0.8 GB instead of 0.3, and twice the time of writing them. It stays what
the store takes and what parsers give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple


def is_node_iri(text: str) -> bool:
    """Whether Oxigraph takes a text for an absolute IRI, so that a node can be made of it.

    >>> is_node_iri("https://a.example/su7"), is_node_iri("https://a.example/su 7"), is_node_iri("su7")
    (True, False, False)
    """
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


class Quad(NamedTuple):
    """A triple in a graph; without a name, in the default graph. As a text it is a line of N-Quads without its dot.

    >>> su7, built = NamedNode("https://a.example/su7"), NamedNode("https://a.example/built")
    >>> print(Quad(su7, built, Literal("2024")))
    <https://a.example/su7> <https://a.example/built> "2024"
    """

    subject: NamedNode | BlankNode
    predicate: NamedNode
    object: NamedNode | BlankNode | Literal | Triple
    graph_name: NamedNode | BlankNode | DefaultGraph = DefaultGraph()

    def __str__(self) -> str:
        return " ".join(filter(None, map(write_term, self)))


def write_term(term: NamedNode | BlankNode | Literal | Triple | DefaultGraph) -> str:
    """A term as N-Quads write it; nothing for the default graph."""
    if isinstance(term, DefaultGraph):
        return ""
    return f"<<( {term} )>>" if isinstance(term, Triple) else str(term)


class TripleIndex:
    """The triples of *quads*, whatever graph they stand in, looked up by predicate with subject or object.

    With *predicates* only their triples are kept. Each answer holds a term once, in the order of the quads.

    >>> e = lambda name: NamedNode("https://a.example/" + name)
    >>> index = TripleIndex([Quad(e("su7"), e("seats"), Literal(5)), Quad(e("su7"), e("seats"), Literal(4), e("eqo"))])
    >>> [seats.value for seats in index.objects(e("su7"), e("seats"))], index.subjects(e("seats"), Literal(6))
    (['5', '4'], ())
    """

    def __init__(self, quads: Iterable[Quad], predicates: Collection[NamedNode] | None = None) -> None:
        # Most pairs of subject and predicate have one object, which stands bare; several stand in a dictionary.
        self._objects: dict[NamedNode, dict[Any, Any]] = defaultdict(dict)
        self._subjects: dict[NamedNode, dict[Any, dict[Any, None]]] = {}
        for subject, predicate, term, _ in quads:
            if predicates is None or predicate in predicates:
                by_subject = self._objects[predicate]
                known = by_subject.setdefault(subject, term)
                if isinstance(known, dict):
                    known[term] = None
                elif known != term:
                    by_subject[subject] = {known: None, term: None}

    def objects(self, subject: Any, predicate: NamedNode) -> Collection[Any]:
        """The objects of the triples with this subject and predicate."""
        by_subject = self._objects.get(predicate)
        found = None if by_subject is None else by_subject.get(subject)
        return found if isinstance(found, dict) else () if found is None else (found,)

    def subjects(self, predicate: NamedNode, object: Any) -> Collection[Any]:
        """The subjects of the triples with this predicate and object."""
        return self._by_object(predicate).get(object, ())

    def all_subjects(self, predicate: NamedNode) -> Collection[Any]:
        """The subjects of all triples with this predicate."""
        return self._objects.get(predicate, {})

    def all_objects(self, predicate: NamedNode) -> Collection[Any]:
        """The objects of all triples with this predicate."""
        return self._by_object(predicate)

    def about(self, subject: Any) -> Iterable[tuple[NamedNode, Collection[Any]]]:
        """Every predicate that *subject* has, with its objects."""
        return ((p, self.objects(subject, p)) for p, by_subject in self._objects.items() if subject in by_subject)

    def _by_object(self, predicate: NamedNode) -> dict[Any, dict[Any, None]]:
        if predicate not in self._subjects:
            index: dict[Any, dict[Any, None]] = {}
            for subject in self.all_subjects(predicate):
                for node in self.objects(subject, predicate):
                    index.setdefault(node, {})[subject] = None
            self._subjects[predicate] = index
        return self._subjects[predicate]
