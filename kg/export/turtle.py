"""Turtle and TriG that a person likes to read, and a version control system likes to compare.

Prefixes that are used, headings, one paragraph for each subject; what fits into a line stands in one. Source:
RDF 1.1 Turtle; RDF 1.1 TriG. Triple terms, if there are any, are written as in RDF 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kg.export.canonical import PredicateObjects, Properties, canonicalize_quads, unite_graphs
from kg.export.memo import Memo
from kg.export.order import TYPE, Node, Term
from kg.export.outline import GraphOutline, Headings, Section, find_headings, outline_quads
from kg.export.terms import TermWriter
from kg.rdf.iri import Prefixes
from kg.rdf.quad import Quad

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


def stream_trig(
    quads: Iterable[Quad], prefixes: Prefixes, sections: Sequence[Section], known: KnownParagraphs | None = None
) -> Iterator[str]:
    """The text of `write_trig` in pieces, which are never joined; *known* is kept for a further document."""
    outline = outline_quads(canonicalize_quads(quads), nestable=lambda node: isinstance(node, BlankNode))
    headings = find_headings(sections)
    terms = TermWriter(prefixes, outline.labels)
    known = known or KnownParagraphs(prefixes)
    # Which prefixes the header declares is known when all else is written.
    body = [[*_TurtleWriter(graph, terms, known).write(headings)] for graph in outline.graphs]
    header = [f"@prefix {p}: <{prefixes.namespaces[p]}> .\n" for p in sorted(terms.used | known.terms.used)]
    parts = [part for part in (header, *body) if part]
    for number, part in enumerate(parts):
        yield from ("\n", *part) if number else part


class KnownParagraphs:
    """The paragraphs of subjects without blank nodes, kept for a second document of the same quads: TriG beside Turtle.

    Both use the prefixes of all these paragraphs, since either says all of them.
    """

    def __init__(self, prefixes: Prefixes) -> None:
        self.terms = TermWriter(prefixes, {})
        self._writer = _SubjectWriter(self.terms)
        self._written: dict[Node, tuple[Properties, str]] = {}

    def write(self, subject: Node, properties: Properties) -> str:
        """The paragraph of a subject. Where the other document said the same of it, both share the *properties*."""
        before, paragraph = self._written.get(subject, (None, ""))
        if before is not properties:
            paragraph = self._writer.write(subject, properties)
            self._written[subject] = (properties, paragraph)
        return paragraph


class _TurtleWriter:
    """Writes headings and subjects of one graph."""

    def __init__(self, graph: GraphOutline, terms: TermWriter, known: KnownParagraphs) -> None:
        self._graph = graph
        self._terms = terms
        self._known = known
        self._any = _InvolvedWriter(graph, terms)

    def write(self, headings: Headings) -> Iterator[str]:
        """Headings and paragraphs, each with its line end; within braces where the graph has a name."""
        name = self._graph.name
        if not isinstance(name, DefaultGraph):
            yield f"{self._terms.write(name)} {{\n\n"
        for number, (title, subjects) in enumerate(self._graph.arrange(headings)):
            if title is not None or number:
                heading = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", OTHERS if title is None else title)
                yield ("\n" if number else "") + f"# ---- {heading}\n\n"
            before = True  # whether the paragraph before is a single line
            for place, paragraph in enumerate(map(self._write_subject, subjects)):
                single = "\n" not in paragraph
                # An empty line stands between two paragraphs unless both are single lines.
                yield f"\n{paragraph}\n" if place and not (before and single) else f"{paragraph}\n"
                before = single
        if not isinstance(name, DefaultGraph):
            yield "\n}\n"

    def _write_subject(self, subject: Node) -> str:
        properties = self._graph.subjects[subject]
        return (self._any if subject in self._graph.involved else self._known).write(subject, properties)


class _SubjectWriter:
    """Writes subjects that are no blank nodes and refer to none, by the names that *terms* gives."""

    def __init__(self, terms: TermWriter) -> None:
        self._verbs: Memo[NamedNode, str] = Memo(lambda predicate: "a" if predicate == TYPE else terms.write(predicate))
        self._phrases: Memo[PredicateObjects, str] = Memo(self._write_phrase)
        self._terms = terms

    def write(self, subject: Node, properties: Properties) -> str:
        """The paragraph of a subject: in one line, or one predicate on a line."""
        return self._write_paragraph(self._write_inline(subject), properties)

    def _write_paragraph(self, head: str, properties: Properties) -> str:
        phrases = list(map(self._phrases.__getitem__, properties))
        line = f"{head} {' ; '.join(phrases)} ."
        if _fits(line, 0):
            return line
        return f"{head} {self._break_phrases(properties, phrases, STEP).lstrip()} ."

    def _write_phrase(self, prop: PredicateObjects) -> str:
        """A predicate and its objects, on one line."""
        return f"{self._verbs[prop.predicate]} {' , '.join(map(self._write_inline, prop.terms))}"

    def _break_phrases(self, properties: Properties, phrases: Sequence[str], indent: int) -> str:
        """One predicate on a line, each line indented; without a full stop."""
        margin = " " * indent
        lines = []
        for prop, phrase in zip(properties, phrases, strict=True):
            line = phrase
            if not _fits(phrase, indent + 2):
                verb, objects = self._verbs[prop.predicate], prop.terms
                if len(objects) == 1:
                    line = f"{verb} {self._write_object(objects[0], indent)}"
                else:
                    inner = indent + STEP
                    listed = " ,\n".join(" " * inner + self._write_object(term, inner) for term in objects)
                    line = f"{verb}\n{listed}"
            lines.append(margin + line)
        return " ;\n".join(lines)

    def _write_object(self, term: Term, indent: int) -> str:
        """The term at a place that is *indent* columns in."""
        return self._write_inline(term)

    def _write_inline(self, term: Term) -> str:
        """The term on one line."""
        return self._terms.write(term)


class _InvolvedWriter(_SubjectWriter):
    """Writes any subjects of one graph: blank nodes that need no label, and lists, stand where they are referred to."""

    def __init__(self, graph: GraphOutline, terms: TermWriter) -> None:
        super().__init__(terms)
        self._graph = graph

    def write(self, subject: Node, properties: Properties) -> str:
        """The paragraph of a subject: in one line, or one predicate on a line."""
        anonymous = isinstance(subject, BlankNode) and not self._terms.has_label(subject)
        return self._write_paragraph("[]" if anonymous else self._terms.write(subject), properties)

    def _write_object(self, term: Term, indent: int) -> str:
        """The term at a place that is *indent* columns in, on several lines where one does not hold it."""
        inline = self._write_inline(term)
        if _fits(inline, indent + STEP) or not isinstance(term, BlankNode):
            return inline
        margin, inner = " " * indent, indent + STEP
        if term in self._graph.lists:
            items = "\n".join(" " * inner + self._write_object(item, inner) for item in self._graph.lists[term])
            return f"(\n{items}\n{margin})"
        if term in self._graph.nested:
            properties = self._graph.subjects[term]
            phrases = list(map(self._phrases.__getitem__, properties))
            return f"[\n{self._break_phrases(properties, phrases, inner)}\n{margin}]"
        return inline

    def _write_inline(self, term: Term) -> str:
        if isinstance(term, BlankNode):
            if term in self._graph.lists:
                return f"( {' '.join(map(self._write_inline, self._graph.lists[term]))} )"
            if term in self._graph.nested:
                return f"[ {' ; '.join(map(self._phrases.__getitem__, self._graph.subjects[term]))} ]"
        return self._terms.write(term)


def _fits(text: str, indent: int) -> bool:
    return indent + len(text) <= WIDTH and "\n" not in text
