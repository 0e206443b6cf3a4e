"""Turtle, TriG, N-Triples and N-Quads text → quads, every term with its `Mark`.

It reads what a person wrote and must be able to mend: the ontology, the RDF under `seeds/rdf/`, the
mappings of tables. All mistakes of a text are told, each once: reading goes on after the next `.`, and a
statement that holds a mistake gives no quads. Source: RDF 1.1 Turtle, TriG, N-Triples and N-Quads
(W3C Recommendations of 25 February 2014). What RDF 1.2 adds (triple terms, reifiers, base directions) is
a mistake here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg.rdf.namespace import RDF, XSD
from kg.rdf.turtle.mistake import explain_disguised_end
from kg.rdf.turtle.term import (
    NAMES,
    NUMBERS,
    SPOILT,
    WRITTEN_OUT,
    MarkedTerm,
    Syntax,
    Term,
    TermReader,
    TurtleMistakeError,
)
from kg.text.diagnostic import Diagnostic, SourceText, mark_of_file

__all__ = ["MarkedQuad", "MarkedTerm", "RdfDocument", "Syntax", "Term", "read_turtle"]

DEEPEST = 100  # brackets within brackets
LONGEST_KEPT = 1_000_000  # characters of a text whose document is kept for the next reading

_TYPE, _FIRST, _REST, _NIL = (NamedNode(RDF + name) for name in ("type", "first", "rest", "nil"))
_BOOLEAN = NamedNode(XSD + "boolean")
_STARTS = frozenset({*NAMES, *NUMBERS, "blank", "string", "word", "tag", "[", "("})
_ENDS = frozenset({".", "]", ")", "}", "end"})
_NOT_A_START = frozenset({*NUMBERS, "]", ")", ",", ";"})  # `1.` in a list is no end of a statement
_LINE_END = re.compile(r"[\r\n]")


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedQuad:
    """A statement. What no word stands for (`rdf:first`, the default graph) has the nearest mark there is."""

    subject: MarkedTerm
    predicate: MarkedTerm
    object: MarkedTerm
    graph: MarkedTerm

    @property
    def quad(self) -> Quad:
        """The statement without its marks."""
        return Quad(self.subject.term, self.predicate.term, self.object.term, self.graph.term)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True, eq=False)
class RdfDocument:
    """A text that was read: its quads in the order of the text, its prefixes and base at its end.

    A document equals itself alone.

    A statement written twice is there twice. Blank nodes are `_:b1`, `_:b2` ... in the order of the text,
    labelled or not, so they must be renamed before two documents are put together.
    """

    source: SourceText
    quads: tuple[MarkedQuad, ...]
    prefixes: Mapping[str, str]
    base: str | None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_turtle(source: SourceText, *, base: str | None = None, format: Syntax = "turtle") -> RdfDocument:
    """The quads of a text, with all mistakes that it holds.

    *base* is the absolute IRI against which relative ones are resolved until the text declares its own
    (N-Triples and N-Quads have none). Raises ValueError where *base* is no absolute IRI.

    >>> text = SourceText("a.ttl", "@prefix e: <http://e/> .\\ne:su7 e:price 215900, 299900 .")
    >>> document = read_turtle(text)
    >>> [(str(q.object.mark), q.object.term.value) for q in document.quads]
    [('a.ttl:2:15', '215900'), ('a.ttl:2:23', '299900')]
    """
    if base is not None:
        NamedNode(base)
    read = _read_kept if len(source.text) <= LONGEST_KEPT else _read_anew
    return read(source, base, format)


def _read_anew(source: SourceText, base: str | None, format: Syntax) -> RdfDocument:
    reader = _DocumentReader(source, base, format)
    reader.read()
    names = {prefix: iri for prefix, iri in reader.prefixes.items() if iri is not None}
    return RdfDocument(
        source=source,
        quads=tuple(reader.quads),
        prefixes=MappingProxyType(names),
        base=reader.base,
        diagnostics=tuple(sorted(reader.findings, key=lambda d: d.sort_key)),
    )


# Who edits a project has it checked again and again with the same ontology: this is 17 of 38 ms of a small check.
_read_kept = lru_cache(maxsize=16)(_read_anew)


class _DocumentReader(TermReader):
    """Recursive descent; the methods are named after the productions."""

    def __init__(self, source: SourceText, base: str | None, syntax: Syntax) -> None:
        super().__init__(source, base, syntax)
        self.default_graph = MarkedTerm(term=DefaultGraph(), mark=mark_of_file(source))
        self.graph = self.default_graph
        self.line_end = 0  # of the statement at hand, in N-Triples and N-Quads
        self.quads: list[MarkedQuad] = []

    # ---- statements

    def read(self) -> None:
        self.advance()
        while self.kind != "end":
            before = len(self.quads)
            self.spoilt = False
            self.brackets.clear()
            try:
                self.line() if self.by_line else self.statement()
            except TurtleMistakeError as mistake:
                if self.kind != "end" or self.brace is None or self.brackets:  # else the `{` is told, below
                    self.findings.add([mistake.diagnostic])
                self.spoilt = True
                self.recover(mistake.resume)
            if self.spoilt:
                del self.quads[before:]
        if self.brace is not None:
            self.complain("turtle-unclosed", self.brace, self.brace + 1, "the `{` is not closed")

    def recover(self, resume: int | None) -> None:
        """Go on at *resume*, or after the next `.`, or where the graph or the line ends."""
        if resume is None and self.by_line:
            resume = self.line_end
        if resume is not None:
            self.end = resume
            self.advance()
            return
        while self.kind != "end" and not (self.kind == "}" and self.brace is not None):
            kind, word = self.kind, self.word
            if kind == "tag" and word in {"@prefix", "@base"} and self.brace is None:
                return
            self.advance()
            # A string or an IRI that is not closed has swallowed the `.` at the end of its line.
            ended = kind == "." or (kind in {"open_string", "open_iri"} and word.rstrip().endswith("."))
            if ended and self.kind not in _NOT_A_START:
                return

    def statement(self) -> None:
        kind = self.kind
        if self.brace is not None:
            if kind == "}":
                self.graph, self.brace = self.default_graph, None
                self.advance()
                return
            self.triples()
            if self.kind == ".":
                self.advance()
            elif self.kind not in {"}", "end"}:
                raise self.unfinished(".")
            return
        if kind == "tag" or (kind == "word" and self.word.upper() in {"PREFIX", "BASE"}):
            self.directive()
            return
        if self.syntax == "trig":
            if kind == "word" and self.word.upper() == "GRAPH":
                self.advance()
                self.open_graph(self.label())
                return
            if kind == "{":
                self.open_graph(self.default_graph)
                return
        if self.triples():
            if self.kind != ".":
                raise self.unfinished(".")
            self.advance()

    def directive(self) -> None:
        """`@prefix`, `@base`, `PREFIX`, `BASE` (productions 3 to 6s)."""
        keyword = self.word
        if keyword not in {"@prefix", "@base"} and keyword.upper() not in {"PREFIX", "BASE"}:
            mistake = self.unexpected("a subject")
            self.advance()
            self.forgive_prefix()
            raise mistake
        self.advance()
        prefix = self.prefix() if keyword.lower().endswith("prefix") else None
        iri: str | None = None
        wrong: TurtleMistakeError | None = None
        if self.kind in WRITTEN_OUT:
            node = self.make_node(self.word)
            iri = None if node is SPOILT else node.value
        else:
            wrong = self.unexpected("an IRI in `<` and `>`")
        if prefix is not None:
            self.prefixes[prefix] = iri
        else:
            self.base = iri
            if iri is None:
                self.told.add("<>")
        self.nodes.clear()
        if wrong is not None:
            raise wrong
        self.advance()
        if keyword.startswith("@"):
            if self.kind in _STARTS or self.kind in {"{", "end"}:
                message = f"a `.` is missing after this `{keyword}`"
                self.complain("turtle-syntax", self.last_end, self.last_end + 1, message)
                return
            if self.kind != ".":
                raise self.unexpected(f"`.` after this `{keyword}`")
            self.advance()
        elif self.kind == ".":
            hint = f"take the `.` away, or write `@{keyword.lower()}`"
            message = f"`{keyword}` takes no `.` at its end"
            self.complain("turtle-syntax", self.start, self.end, message, hint)
            self.advance()

    def prefix(self) -> str:
        prefix, colon, local = self.word.partition(":")
        if self.kind != "pname" or not colon or local:
            mistake = self.unexpected("a prefix with its `:`")
            self.forgive_prefix()
            raise TurtleMistakeError(mistake.diagnostic, self.find_line_end(self.start))
        self.advance()
        return prefix

    def forgive_prefix(self) -> None:
        """The token belongs to a declaration that is told to be wrong: the names that use it are not told."""
        named = self.kind in {"pname", "word"}
        self.prefixes.setdefault(self.word.partition(":")[0] if named else "", None)

    def label(self) -> MarkedTerm:
        """What a graph is named (TriG, production 7g)."""
        if self.kind in self.names:
            return self.node()
        if self.kind == "blank":
            return self.blank()
        start = self.start
        if self.kind == "[" and self.peek_kinds(1) == ["]"]:
            self.advance()
            self.advance()
            return MarkedTerm(term=self.new_blank(), mark=self.mark(start, self.last_end))
        raise self.unexpected("the name of a graph (an IRI or a blank node)")

    def open_graph(self, graph: MarkedTerm) -> None:
        if self.kind != "{":
            raise self.unexpected("`{` after the name of a graph")
        self.graph, self.brace = graph, self.start
        self.advance()

    def triples(self) -> bool:
        """A subject with its predicates and objects; False where it was the name of a graph (TriG)."""
        kind, before = self.kind, len(self.quads)
        if kind in self.names:
            subject = self.node()
        elif kind == "blank":
            subject = self.blank()
        elif kind == "[":
            subject = self.blank_node_property_list()
            if len(self.quads) > before:  # not `[]`: it may stand alone, and names no graph
                if self.kind not in _ENDS:
                    self.predicate_object_list(subject)
                return True
        elif kind == "(":
            subject = self.collection()
            self.predicate_object_list(subject)
            return True
        else:
            raise self.unexpected("a subject")
        if self.kind == "{" and self.syntax == "trig" and self.brace is None:
            self.open_graph(subject)
            return False
        self.predicate_object_list(subject)
        return True

    def line(self) -> None:
        """A statement of N-Triples or N-Quads."""
        self.line_end = self.find_line_end(self.start)
        node = self.names | {"blank"}
        self.expect(node, "a subject")
        subject = self.object()
        self.expect(self.names, "a predicate")
        predicate = self.node()
        self.expect(node | {"string"}, "an object")
        if self.kind == "string" and self.word.startswith(("'", '"""')):
            raise self.unexpected("an object")
        object = self.object()
        graph = self.default_graph
        if self.syntax == "nquads" and self.kind in node and self.start < self.line_end:
            graph = self.object()
        self.expect(frozenset({"."}), "`.`")
        self.quads.append(MarkedQuad(subject=subject, predicate=predicate, object=object, graph=graph))
        self.advance()
        if self.kind != "end" and self.start < self.line_end:
            raise self.unexpected("the end of the line after `.`")

    def expect(self, kinds: frozenset[str], expected: str) -> None:
        """Raises TurtleMistakeError unless the token is of these *kinds*, and on the line of its statement."""
        if self.start > self.line_end:
            at = min(self.last_end, self.line_end)
            mark = self.mark(at, at + 1)
            message = f"the line ends where {expected} must stand"
            diagnostic = Diagnostic(code="turtle-syntax", mark=mark, message=message)
            raise TurtleMistakeError(diagnostic, max(self.line_end, self.find_line_end(self.last_end)))
        if self.kind not in kinds:
            raise self.unexpected(expected)

    def find_line_end(self, start: int) -> int:
        match = _LINE_END.search(self.text, start)
        return match.start() if match else len(self.text)

    # ---- predicates and objects

    def predicate_object_list(self, subject: MarkedTerm) -> None:
        quads, graph = self.quads, self.graph
        while True:
            if self.kind in self.names:
                predicate = self.node()
            elif self.kind == "word" and self.word == "a":
                predicate = self.marked(_TYPE)
            else:
                raise self.unexpected("a predicate")
            while True:
                object = self.object()
                quads.append(MarkedQuad(subject=subject, predicate=predicate, object=object, graph=graph))
                if self.kind != ",":
                    break
                self.advance()
            if self.kind != ";":
                if self.kind in _ENDS or not self.lacks_semicolon():
                    return
                self.findings.add([self.explain_missing("a `;` is missing after this object")])
                self.spoilt = True
                continue
            while self.kind == ";":
                self.advance()
            if self.kind in _ENDS:
                return

    def object(self) -> MarkedTerm:
        kind = self.kind
        if kind in self.names:
            return self.node()
        if kind == "string":
            return self.literal()
        if kind == "[":
            return self.blank_node_property_list()
        if kind in NUMBERS:
            return self.marked(Literal(self.word, datatype=NUMBERS[kind]))
        if kind == "(":
            return self.collection()
        if kind == "blank":
            return self.blank()
        if kind == "word" and self.word in {"true", "false"}:
            return self.marked(Literal(self.word, datatype=_BOOLEAN))
        raise self.unexpected("an object")

    def open_bracket(self) -> int:
        if len(self.brackets) >= DEEPEST:
            mark = self.mark(self.start, self.end)
            message = f"brackets nested deeper than {DEEPEST} levels"
            raise TurtleMistakeError(Diagnostic(code="turtle-limit", mark=mark, message=message))
        self.brackets.append(self.start)
        self.advance()
        return self.brackets[-1]

    def blank_node_property_list(self) -> MarkedTerm:
        """`[...]`, and `[]`."""
        start = self.open_bracket()
        node = self.new_blank()
        if self.kind != "]":
            self.predicate_object_list(MarkedTerm(term=node, mark=self.mark(start, start + 1)))
            if self.kind != "]":
                raise self.unfinished("]")
        self.brackets.pop()
        self.advance()
        return MarkedTerm(term=node, mark=self.mark(start, self.last_end))

    def collection(self) -> MarkedTerm:
        """`(...)`: each cell of the list, its `rdf:first` and its `rdf:rest` bear the mark of its item."""
        start = self.open_bracket()
        head: Term = _NIL
        cell: MarkedTerm | None = None
        while self.kind != ")":
            blank = self.new_blank()
            item = self.object()
            following = MarkedTerm(term=blank, mark=item.mark)
            if cell is None:
                head = blank
            else:
                self.link(cell, _REST, following)
            self.link(following, _FIRST, item)
            cell = following
        if cell is not None:
            self.link(cell, _REST, MarkedTerm(term=_NIL, mark=self.mark(self.start, self.end)))
        self.brackets.pop()
        self.advance()
        return MarkedTerm(term=head, mark=self.mark(start, self.last_end))

    def link(self, cell: MarkedTerm, predicate: NamedNode, object: MarkedTerm) -> None:
        marked = MarkedTerm(term=predicate, mark=object.mark)
        self.quads.append(MarkedQuad(subject=cell, predicate=marked, object=object, graph=self.graph))

    # ---- what is wrong

    def unfinished(self, closer: str) -> TurtleMistakeError:
        """What follows an object is neither a sign that goes on nor *closer*."""
        if closer == "." and self.starts_statement():
            return TurtleMistakeError(self.explain_missing("a `.` is missing after this statement"), self.start)
        return self.unexpected(f"`;`, `,` or `{closer}` after the object")

    def explain_missing(self, message: str) -> Diagnostic:
        mark = self.mark(self.last_end, self.last_end + 1)
        disguised = explain_disguised_end(self.text, self.last_end, self.mark)
        return disguised or Diagnostic(code="turtle-syntax", mark=mark, message=message)

    def starts_statement(self) -> bool:
        """Whether the token, found where a `.` must stand, begins a declaration or three terms."""
        if self.kind in {"tag", "word"}:
            return self.word in {"@prefix", "@base"} or self.word.upper() in {"PREFIX", "BASE", "GRAPH"}
        if self.kind not in NAMES and self.kind != "blank":
            return False
        predicate, object = self.peek_kinds(2)
        return predicate in {*NAMES, "word"} and object in _STARTS

    def lacks_semicolon(self) -> bool:
        """Whether the token, found where a `;` must stand, is a predicate with its object after it."""
        if self.kind not in NAMES and self.word != "a":
            return False
        object, following = self.peek_kinds(2)
        if object in {"[", "("} or (object in _STARTS and following not in _STARTS):
            return not (self.starts_statement() and not self.brackets)
        return object in _STARTS and bool(self.brackets)
