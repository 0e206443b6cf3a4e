"""The terms of a Turtle text, each with its `Mark`: what `document` reads statements from."""

from __future__ import annotations

import re
import typing
from bisect import bisect_right
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from kg.rdf.namespace import RDF, XSD
from kg.rdf.turtle.mistake import Place, explain_iri, explain_prefix, explain_relative, explain_token
from kg.rdf.turtle.token import EscapeError, is_absolute, match_token, resolve_iri, unescape_local, unescape_string
from kg.text.diagnostic import Diagnostic, Mark, SourceText
from kg.text.findings import Findings

Syntax = typing.Literal["turtle", "trig", "ntriples", "nquads"]
Term = NamedNode | BlankNode | Literal | DefaultGraph

NUMBERS = {kind: NamedNode(XSD + kind) for kind in ("integer", "decimal", "double")}
WRITTEN_OUT = frozenset({"iri", "bad_iri"})
NAMES = frozenset({*WRITTEN_OUT, "pname"})
SPOILT = NamedNode("kg:mistake")  # stands for a term that could not be read, until its statement is dropped

_NEEDS_A_TAG = {NamedNode(RDF + "langString"), NamedNode(RDF + "dirLangString")}


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedTerm:
    """A term and where it is written. What brackets stand for is marked from bracket to bracket."""

    term: Term
    mark: Mark = field(repr=False)


class TurtleMistakeError(Exception):
    """A mistake that ends its statement; *resume* is where reading goes on, where not after the next `.`."""

    def __init__(self, diagnostic: Diagnostic, resume: int | None = None) -> None:
        self.diagnostic = diagnostic
        self.resume = resume


class TermReader:
    """A text, the token at hand, and the terms that begin there."""

    def __init__(self, source: SourceText, base: str | None, syntax: Syntax) -> None:
        self.text = source.text
        self.source = source
        self.syntax = syntax
        self.by_line = syntax in {"ntriples", "nquads"}
        self.names = WRITTEN_OUT if self.by_line else NAMES
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", source.text))]
        self.kind = ""  # of the token at hand: a group of TOKEN, or the sign itself
        self.start = self.end = self.last_end = 0
        self.base = None if self.by_line else base
        self.prefixes: dict[str, str | None] = {}  # None: declared wrongly, which is told
        self.nodes: dict[str, NamedNode] = {}  # by what is written, under the present prefixes
        self.blanks: dict[str, BlankNode] = {}
        self.blank_count = 0
        self.brackets: list[int] = []
        self.brace: int | None = None  # where the `{` of the graph at hand stands
        self.findings = Findings()
        self.told: set[str] = set()  # undeclared prefixes, and "<>" for relative IRIs: told once
        self.spoilt = False  # the statement at hand holds a mistake

    # ---- tokens, marks, mistakes

    def advance(self) -> None:
        match = match_token(self.text, self.end)
        self.last_end = self.end
        kind = match.lastgroup or ""
        self.start, self.end = match.span(kind)
        self.kind = match[kind] if kind == "sign" else kind

    @property
    def word(self) -> str:
        return self.text[self.start : self.end]

    def mark(self, start: int, end: int) -> Mark:
        line = end_line = bisect_right(self.line_starts, start)
        if line < len(self.line_starts) and end > self.line_starts[line]:
            end_line = bisect_right(self.line_starts, end)
        return Mark(
            source=self.source,
            line=line,
            column=start - self.line_starts[line - 1] + 1,
            end_line=end_line,
            end_column=end - self.line_starts[end_line - 1] + 1,
        )

    def complain(self, code: str, start: int, end: int, message: str, hint: str | None = None) -> None:
        mark = self.mark(start, end)
        self.findings.tell(code, mark, message, hint)
        self.spoilt = True

    def peek_kinds(self, count: int) -> list[str]:
        """The kinds of the tokens after the one at hand."""
        kinds: list[str] = []
        at = self.end
        for _ in range(count):
            match = match_token(self.text, at)
            kinds.append(match["sign"] or match.lastgroup or "")
            at = match.end()
        return kinds

    def place(self) -> Place:
        return Place(
            text=self.text,
            kind=self.kind,
            start=self.start,
            end=self.end,
            last_end=self.last_end,
            syntax=self.syntax,
            bracket=self.brackets[-1] if self.brackets else None,
            brace=self.brace,
            mark=self.mark,
        )

    def unexpected(self, expected: str) -> TurtleMistakeError:
        return TurtleMistakeError(explain_token(self.place(), expected))

    # ---- terms

    def marked(self, term: Term) -> MarkedTerm:
        """*term* with the mark of the token at hand, which is used up."""
        marked = MarkedTerm(term=term, mark=self.mark(self.start, self.end))
        self.advance()
        return marked

    def new_blank(self) -> BlankNode:
        self.blank_count += 1
        return BlankNode(f"b{self.blank_count}")

    def blank(self) -> MarkedTerm:
        label = self.word
        if label not in self.blanks:
            self.blanks[label] = self.new_blank()
        return self.marked(self.blanks[label])

    def node(self) -> MarkedTerm:
        word = self.text[self.start : self.end]
        return self.marked(self.nodes.get(word) or self.make_node(word))

    def make_node(self, word: str) -> NamedNode:
        """The IRI of the token at hand; `SPOILT` where it is none, once that is told."""
        try:
            if word.startswith("<"):
                value = self.read_iri(word)
            else:
                value = self.read_prefixed_name(word)
            if value is None:
                self.spoilt = True
                return SPOILT
            node = NamedNode(value)
        except ValueError as error:
            self.findings.add([explain_iri(self.place(), error)])
            self.spoilt = True
            return SPOILT
        self.nodes[word] = node
        return node

    def read_iri(self, word: str) -> str | None:
        iri = unescape_string(word[1:-1])
        if is_absolute(iri) or self.kind == "bad_iri":
            return iri
        if self.base is not None:
            return resolve_iri(iri, self.base)
        if "<>" not in self.told:
            self.told.add("<>")
            self.findings.add([explain_relative(self.place())])
        return None

    def read_prefixed_name(self, word: str) -> str | None:
        prefix, _, local = word.partition(":")
        namespace = self.prefixes.get(prefix)
        if namespace is not None:
            return namespace + unescape_local(local)
        if prefix not in self.prefixes:
            if self.text.startswith("//", self.end) or word.startswith("http:"):
                raise self.unexpected("an IRI in `<` and `>`")
            if prefix not in self.told:
                self.told.add(prefix)
                declared = {name for name, iri in self.prefixes.items() if iri is not None}
                self.findings.add([explain_prefix(self.place(), prefix, declared)])
        return None

    def literal(self) -> MarkedTerm:
        start, end = self.start, self.end
        value = self.read_string()
        self.advance()
        term = Literal("")
        try:
            if self.kind == "tag":
                end = self.end
                term = Literal(value, language=self.text[self.start + 1 : end])
                self.advance()
            elif self.kind == "^^":
                self.advance()
                if self.kind not in self.names:
                    raise self.unexpected("an IRI as the datatype after `^^`")
                end = self.end
                datatype = self.node()
                term = Literal(value, datatype=typing.cast(NamedNode, datatype.term))
                if datatype.term in _NEEDS_A_TAG:
                    mark, hint = datatype.mark, 'write the tag after the string: "..."@en'
                    message = f"the datatype `{datatype.mark.excerpt}` without a language tag"
                    self.findings.tell("turtle-language", mark, message, hint)
                    self.spoilt = True
            else:
                term = Literal(value)
        except ValueError:
            message = f"`{self.word[1:]}` is no language tag"
            hint = "a tag is such as `en` or `zh-Hans`: parts of at most 8 letters or digits, joined by `-`"
            if self.word.endswith(("--ltr", "--rtl")):
                message = f"`{self.word[-5:]}` (a base direction) is of RDF 1.2, which is not read here"
                hint = "write it in RDF 1.1"
            self.complain("turtle-language", self.start, self.end, message, hint)
            self.advance()
        return MarkedTerm(term=term, mark=self.mark(start, end))

    def read_string(self) -> str:
        word = self.word
        quotes = 3 if word.startswith(('"""', "'''")) else 1
        body = word[quotes:-quotes]
        try:
            return unescape_string(body)
        except EscapeError as error:
            at = self.start + quotes
            hint = r"write a backslash as `\\`" if "no escape" in error.reason else None
            self.complain("turtle-escape", at + error.start, at + error.end, error.reason, hint)
            return ""
