"""The plain triple patterns of a query, as they are written, without which it has no row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.ask.sparql.text import FORMS, Token, scan_query

_TERMS = frozenset({"var", "iri", "name", "string", "number"})
_WORDS = frozenset({"A", "TRUE", "FALSE"})  # those that are terms


@dataclass(frozen=True, kw_only=True)
class PatternTerm:
    """A term as it is written, and where it stands (code points from 0)."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


@dataclass(frozen=True, kw_only=True)
class PatternTriple:
    """A triple pattern as a query has it."""

    subject: PatternTerm
    predicate: PatternTerm
    object: PatternTerm

    def __str__(self) -> str:
        return f"{self.subject.text} {self.predicate.text} {self.object.text}"


def find_prologue(text: str) -> str:
    """The prologue of a query: its prefixes and its base.

    >>> find_prologue("PREFIX a: <http://a.example/> ASK { ?s ?p a:x }")
    'PREFIX a: <http://a.example/> '
    """
    return next((text[: t.start] for t in scan_query(text) if t.kind == "word" and t.text.upper() in FORMS), "")


def list_triples(text: str) -> list[PatternTriple]:
    """The triple patterns without which a query has no row: none of OPTIONAL, UNION, MINUS or EXISTS, and no paths.

    Those of a query within the query are left out: its variables may be its own, and a sum of nothing is a row.

    >>> query = "ASK { ?s a e:C ; e:p 1, 'x'@en OPTIONAL { ?s e:q ?o } { ?s e:r/e:s ?t FILTER(?t > 1) ?t e:u e:v } }"
    >>> [str(triple) for triple in list_triples(query)]
    ['?s a e:C', '?s e:p 1', "?s e:p 'x'@en", '?t e:u e:v']
    """
    reader = _TripleReader(text)
    reader.read_query()
    return reader.found


class _TripleReader:
    """The tokens of a query while its patterns are read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: Sequence[Token] = list(scan_query(text))
        self.closing = dict(_pair_brackets(self.tokens))
        self.at = 0
        self.found: list[PatternTriple] = []

    def word(self) -> str:
        """The token here, in capitals; nothing at the end."""
        return self.tokens[self.at].text.upper() if self.at < len(self.tokens) else ""

    def skip(self, text: str) -> None:
        """Go to a token of this text; what stands in brackets before it is left out."""
        while self.at < len(self.tokens) and self.word() != text:
            self.at = self.closing.get(self.at, self.at) + 1

    def read_query(self) -> None:
        """Read the form of a query, up to the end of its pattern."""
        while self.word() and self.word() not in FORMS:
            self.at += 1
        is_template = self.word() == "CONSTRUCT" and self.at + 1 in self.closing
        self.at = self.closing[self.at + 1] + 1 if is_template else self.at
        self.skip("{")
        if self.word():
            self.read_group(counts=True)

    def read_group(self, *, counts: bool) -> None:
        """Read the group whose brace is here; its triples are kept where the query *counts* on them."""
        end = self.closing.get(self.at, len(self.tokens))
        kept = len(self.found)
        self.at += 1
        if self.word() == "SELECT":  # a query within the query
            self.at = end
        while self.at < end:
            word = self.word()
            if word == "{":
                union = {t.text.upper() for t in (self.tokens[self.at - 1], *self._behind(self.at))} & {"UNION"}
                self.read_group(counts=not union)
            elif word in {"OPTIONAL", "MINUS", "GRAPH"}:
                self.skip("{")
                self.read_group(counts=word == "GRAPH")
            elif word in {"FILTER", "BIND", "VALUES"}:
                self.at += 1
                while self.at < end and (self.at not in self.closing or (word == "VALUES" and self.word() != "{")):
                    self.at += 1
                self.at = self.closing.get(self.at, end) + 1
            elif word in {"UNION", "."}:
                self.at += 1
            else:
                self.read_triples(end)
        self.at = end + 1
        if not counts:
            del self.found[kept:]

    def _behind(self, brace: int) -> Sequence[Token]:
        end = self.closing.get(brace, len(self.tokens))
        return self.tokens[end + 1 : end + 2]

    def read_triples(self, end: int) -> None:
        """Read one subject with all that is said of it."""
        items: list[PatternTerm | str] = []
        begin = self.at
        while self.at < end:
            token = self.tokens[self.at]
            is_word = token.kind == "word" and token.text.upper() not in _WORDS
            if token.text in {".", "{"} or is_word:
                break
            if token.kind in _TERMS or token.kind == "word":
                items.append(self.read_term())
            else:
                items.append(token.text)
                self.at = self.closing.get(self.at, self.at) + 1
        if self.at == begin:  # a word that cannot stand here
            self.at += 1
        subject, *said = items or [""]
        for predicate, *objects in _split(said, ";"):
            for each in _split(objects, ","):
                terms = (subject, predicate, *each)
                match terms:
                    case (PatternTerm() as s, PatternTerm() as p, PatternTerm() as o):
                        self.found.append(PatternTriple(subject=s, predicate=p, object=o))

    def read_term(self) -> PatternTerm:
        """Read the term that is here, with its language or its datatype."""
        first = last = self.tokens[self.at]
        signs = "".join(token.text for token in self.tokens[self.at + 1 : self.at + 3])
        if first.kind == "string" and (signs[:1] == "@" or signs == "^^"):
            self.at += 2 if signs[:1] == "@" else 3
            last = self.tokens[min(self.at, len(self.tokens) - 1)]
        self.at += 1
        return PatternTerm(text=self.text[first.start : last.start + len(last.text)], start=first.start)


def _split(items: Sequence[PatternTerm | str], sign: str) -> Iterator[list[PatternTerm | str]]:
    """The parts between the signs that hold something."""
    part: list[PatternTerm | str] = []
    for item in (*items, sign):
        if item != sign:
            part.append(item)
        elif part:
            yield part
            part = []


def _pair_brackets(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The places of brackets and braces with those of what closes them."""
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(at)
        elif token.kind == "close" and opened:
            yield opened.pop(), at
