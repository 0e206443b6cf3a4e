"""Turtle and TriG that a person likes to read, and a version control system likes to compare.

Prefixes that are used, headings, one paragraph for each subject; what fits into a line stands in one. Source:
RDF 1.1 Turtle; RDF 1.1 TriG. Triple terms, if there are any, are written as in RDF 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kg.export.nesting import TYPE
from kg.export.order import Node, Term
from kg.export.outline import (
    GraphOutline,
    Headings,
    Property,
    Section,
    find_headings,
    may_be_blank,
    outline_quads,
    unite_graphs,
)
from kg.export.terms import TermWriter
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad

WIDTH: Final = 120  # columns that a line should not exceed; a sentence's description just fits
STEP: Final = 4
OTHERS: Final = "all others"
_SAID: Final = itemgetter(1, 2)  # what a quad says of its subject


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


def stream_trig(
    quads: Iterable[Quad], prefixes: Prefixes, sections: Sequence[Section] = (), known: KnownParagraphs | None = None
) -> Iterator[str]:
    """The text of `write_trig` in pieces, which are never joined; *known* is kept for a further document."""
    outline = outline_quads(quads, nestable=frozenset({BlankNode}), may_nest=lambda _predicate, _node: True)
    headings = find_headings(sections)
    terms = TermWriter(prefixes, outline.labels)
    # Which prefixes the header declares is known when all else is written.
    body = [[*_GraphWriter(graph, terms, known).write(headings)] for graph in outline.graphs]
    used = terms.used | known.terms.used if known is not None else terms.used
    header = [f"@prefix {prefix}: <{prefixes.namespaces[prefix]}> .\n" for prefix in sorted(used)]
    parts = [part for part in (header, *body) if part]
    for number, part in enumerate(parts):
        yield from ("\n", *part) if number else part


class KnownParagraphs:
    """The paragraphs of subjects without blank nodes, kept for a second document of the same quads: TriG beside Turtle.

    Both use the prefixes of all these paragraphs, since either says all of them.
    """

    def __init__(self, prefixes: Prefixes) -> None:
        self.terms = TermWriter(prefixes, {})
        self._written: dict[Node, tuple[Sequence[Quad], str]] = {}

    def find(self, subject: Node, quads: Sequence[Quad]) -> str | None:
        """The paragraph of a subject, if the other document said the same of it, which is what *quads* say."""
        before, paragraph = self._written.get(subject, ((), ""))
        return paragraph if list(map(_SAID, before)) == list(map(_SAID, quads)) else None

    def keep(self, subject: Node, quads: Sequence[Quad], paragraph: str) -> None:
        """Keep the paragraph of a subject of which *quads* speak."""
        self._written[subject] = (quads, paragraph)


class _GraphWriter:
    """Writes headings and subjects of one graph."""

    def __init__(self, graph: GraphOutline, terms: TermWriter, known: KnownParagraphs | None) -> None:
        self._graph = graph
        self._terms = terms
        self._known = known
        self._any = _SubjectWriter(graph, terms)
        self._ground = _SubjectWriter(graph, known.terms) if known is not None else self._any

    def write(self, headings: Headings) -> Iterator[str]:
        """Headings and paragraphs, each with its line end; within braces where the graph has a name."""
        name = self._graph.name
        if not isinstance(name, DefaultGraph):
            yield f"{self._terms.write(name)} {{\n\n"
        for number, (title, subjects) in enumerate(self._graph.arrange(headings)):
            if title is not None or number:
                heading = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", OTHERS if title is None else title)
                yield ("\n" if number else "") + f"# ---- {heading}\n\n"
            for paragraph in self._separate(map(self._write_subject, subjects)):
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
        quads = self._graph.subjects[subject]
        if self._known is None or any(map(may_be_blank, quads)):
            return self._any.write(subject)
        paragraph = self._known.find(subject, quads)
        if paragraph is None:
            paragraph = self._ground.write(subject)
            self._known.keep(subject, quads, paragraph)
        return paragraph


class _SubjectWriter:
    """Writes the subjects of one graph, by the names that *terms* gives."""

    def __init__(self, graph: GraphOutline, terms: TermWriter) -> None:
        self._graph = graph
        self._terms = terms

    def write(self, subject: Node) -> str:
        """The paragraph of a subject: in one line, or one predicate on a line."""
        anonymous = isinstance(subject, BlankNode) and not self._terms.has_label(subject)
        head = "[]" if anonymous else self._terms.write(subject)
        properties = self._graph.properties(subject)
        phrases = list(map(self._write_phrase, properties))
        line = f"{head} {' ; '.join(phrases)} ."
        if _fits(line, 0):
            return line
        return f"{head} {self._break_phrases(properties, phrases, STEP).lstrip()} ."

    def _write_phrase(self, prop: Property) -> str:
        """A predicate and its objects, on one line."""
        predicate, objects = prop
        return f"{self._write_verb(predicate)} {' , '.join(map(self._write_inline, objects))}"

    def _write_verb(self, predicate: NamedNode) -> str:
        return "a" if predicate == TYPE else self._terms.write(predicate)

    def _break_phrases(self, properties: Sequence[Property], phrases: Sequence[str], indent: int) -> str:
        """One predicate on a line, each line indented; without a full stop."""
        margin = " " * indent
        lines = []
        for (predicate, objects), phrase in zip(properties, phrases, strict=True):
            line = phrase
            if not _fits(phrase, indent + 2):
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
                phrases = list(map(self._write_phrase, properties))
                return f"[\n{self._break_phrases(properties, phrases, inner)}\n{margin}]"
        return inline

    def _write_inline(self, term: Term) -> str:
        if isinstance(term, BlankNode):
            if term in self._graph.lists:
                return f"( {' '.join(map(self._write_inline, self._graph.lists[term]))} )"
            if term in self._graph.nested:
                return f"[ {' ; '.join(map(self._write_phrase, self._graph.properties(term)))} ]"
        return self._terms.write(term)


def _fits(text: str, indent: int) -> bool:
    return indent + len(text) <= WIDTH and "\n" not in text
