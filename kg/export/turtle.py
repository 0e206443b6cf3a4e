"""Turtle and TriG that a person likes to read, and a version control system likes to compare.

Prefixes that are used, headings, one paragraph for each subject; what fits into a line stands in one. Source:
RDF 1.1 Turtle; RDF 1.1 TriG. Triple terms, if there are any, are written as in RDF 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kg.export.nesting import TYPE
from kg.export.order import Node, Term
from kg.export.outline import GraphOutline, Headings, Section, find_headings, outline_quads, unite_graphs
from kg.export.terms import TermWriter
from kg.iri import Prefixes
from kg.quad import Quad

WIDTH: Final = 120  # columns that a line should not exceed; a sentence's description just fits
STEP: Final = 4
OTHERS: Final = "all others"


def write_turtle(quads: Iterable[Quad], prefixes: Prefixes, sections: Sequence[Section] = ()) -> str:
    """All graphs as one, in Turtle: what the quads say, without where they say it.

    >>> from pyoxigraph import Literal
    >>> su7, built = NamedNode("https://a.example/e/su7"), NamedNode("https://a.example/e/built")
    >>> names = Prefixes(namespaces={"e": "https://a.example/e/", "x": "https://x.example/"})
    >>> print(write_turtle([Quad(su7, built, Literal(5)), Quad(su7, built, Literal(73))], names), end="")
    @prefix e: <https://a.example/e/> .
    <BLANKLINE>
    e:su7 e:built 5 , 73 .
    """
    return write_trig(unite_graphs(quads), prefixes, sections)


def write_trig(quads: Iterable[Quad], prefixes: Prefixes, sections: Sequence[Section] = ()) -> str:
    """The default graph, then each named graph in braces, in TriG; the sections apply to every graph."""
    return "".join(stream_trig(quads, prefixes, sections))


def stream_turtle(quads: Iterable[Quad], prefixes: Prefixes, sections: Sequence[Section] = ()) -> Iterator[str]:
    """The text of `write_turtle` in pieces."""
    return stream_trig(unite_graphs(quads), prefixes, sections)


def stream_trig(quads: Iterable[Quad], prefixes: Prefixes, sections: Sequence[Section] = ()) -> Iterator[str]:
    """The text of `write_trig` in pieces, which are never joined."""
    outline = outline_quads(quads, nestable=(BlankNode,), may_nest=lambda _predicate, _node: True)
    headings = find_headings(sections)
    terms = TermWriter(prefixes, outline.labels)
    # Which prefixes the header declares is known when all else is written.
    body = [[*_GraphWriter(graph, terms).write(headings)] for graph in outline.graphs]
    header = [f"@prefix {prefix}: <{prefixes.namespaces[prefix]}> .\n" for prefix in sorted(terms.used)]
    parts = [part for part in (header, *body) if part]
    for number, part in enumerate(parts):
        yield from ("\n", *part) if number else part


class _GraphWriter:
    """Writes the subjects of one graph."""

    def __init__(self, graph: GraphOutline, terms: TermWriter) -> None:
        self._graph = graph
        self._terms = terms

    def write(self, headings: Headings) -> Iterator[str]:
        """Headings and paragraphs, each with its line end; within braces where the graph has a name."""
        name = self._graph.name
        if not isinstance(name, DefaultGraph):
            yield f"{self._terms.write(name)} {{\n\n"
        for number, (title, subjects) in enumerate(self._graph.arrange(headings)):
            if title is not None or number:
                heading = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", OTHERS if title is None else title)
                yield ("\n" if number else "") + f"# ---- {heading}\n\n"
            for paragraph in self._separate(self._write_subject(subject) for subject in subjects):
                yield paragraph + "\n"
        if not isinstance(name, DefaultGraph):
            yield "\n}\n"

    @staticmethod
    def _separate(paragraphs: Iterable[str]) -> Iterator[str]:
        """An empty line stands between two paragraphs unless both are single lines."""
        before: str | None = None
        for paragraph in paragraphs:
            if before is not None and ("\n" in before or "\n" in paragraph):
                yield ""
            yield paragraph
            before = paragraph

    def _write_subject(self, subject: Node) -> str:
        properties = self._graph.properties(subject)
        anonymous = isinstance(subject, BlankNode) and not self._terms.has_label(subject)
        head = "[]" if anonymous else self._terms.write(subject)
        parts = self._write_parts(properties)
        line = f"{head} {' ; '.join(parts)} ."
        if _fits(line, 0):
            return line
        return f"{head} {self._write_properties(properties, parts, STEP).lstrip()} ."

    def _write_properties(
        self, properties: Mapping[NamedNode, Sequence[Term]], parts: Sequence[str], indent: int
    ) -> str:
        """One predicate on a line, each line indented; *parts* are those that fit into one. Without a full stop."""
        margin = " " * indent
        lines = []
        for (predicate, objects), line in zip(properties.items(), parts, strict=True):
            if not _fits(line, indent + 2):
                verb = self._write_verb(predicate)
                if len(objects) == 1:
                    line = f"{verb} {self._write_object(objects[0], indent)}"
                else:
                    inner = indent + STEP
                    listed = " ,\n".join(" " * inner + self._write_object(term, inner) for term in objects)
                    line = f"{verb}\n{listed}"
            lines.append(margin + line)
        return " ;\n".join(lines)

    def _write_object(self, term: Term, indent: int) -> str:
        """The term at a place that is *indent* columns in, on several lines where one does not hold it."""
        inline = self._write_inline(term)
        if _fits(inline, indent + STEP) or isinstance(term, NamedNode):
            return inline
        margin = " " * indent
        if isinstance(term, BlankNode):
            inner = indent + STEP
            if term in self._graph.lists:
                items = "\n".join(" " * inner + self._write_object(i, inner) for i in self._graph.lists[term])
                return f"(\n{items}\n{margin})"
            if term in self._graph.nested:
                properties = self._graph.properties(term)
                return f"[\n{self._write_properties(properties, self._write_parts(properties), inner)}\n{margin}]"
        return inline

    def _write_parts(self, properties: Mapping[NamedNode, Sequence[Term]]) -> list[str]:
        """Each predicate with its objects, in one line."""
        return [
            f"{self._write_verb(predicate)} {' , '.join(map(self._write_inline, objects))}"
            for predicate, objects in properties.items()
        ]

    def _write_verb(self, predicate: NamedNode) -> str:
        return "a" if predicate == TYPE else self._terms.write(predicate)

    def _write_inline(self, term: Term) -> str:
        if isinstance(term, BlankNode):
            if term in self._graph.lists:
                return f"( {' '.join(map(self._write_inline, self._graph.lists[term]))} )"
            if term in self._graph.nested:
                return f"[ {' ; '.join(self._write_parts(self._graph.properties(term)))} ]"
        return self._terms.write(term)


def _fits(text: str, indent: int) -> bool:
    return indent + len(text) <= WIDTH and "\n" not in text
