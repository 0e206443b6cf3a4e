"""Variables that can have no value where they stand: columns that stay empty, conditions that never hold.

A store answers such a query without a word. What any pattern of a query binds is let pass everywhere in it, also where
the store would look at it before.

Source: SPARQL 1.1 Query Language (W3C Recommendation, 21 March 2013), sections 11, 12 and 18.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from kg.ask.sparql.text import AGGREGATES, FORMS, MODIFIERS, Token, scan_query
from kg.text.diagnostic import Diagnostic, SourceText, did_you_mean, mark_at

_APART = frozenset({"EXISTS", "MINUS"})  # what the pattern after them binds has no value outside it


def find_unbound(source: SourceText, given: Collection[str] = ()) -> list[Diagnostic]:
    """The variables of a query that can have no value where they stand, each once, in the order of places.

    The query is one that the store takes; *given* are the names of its parameters, without `?`: they have values.

    >>> [d.message for d in find_unbound(SourceText("-e", "SELECT ?who { ?s a ?kind } ORDER BY ?knd"))]
    ['`?who` has no value: nothing binds it', '`?knd` has no value: nothing binds it']
    """
    reader = _QueryReader(source, given)
    reader.read_query()
    first: dict[str, Diagnostic] = {}
    for start in sorted(reader.found):
        first.setdefault(reader.found[start].mark.excerpt, reader.found[start])
    return list(first.values())


@dataclass(kw_only=True)
class _Names:
    """What a part of a query binds, and the variables in it that need a value."""

    bound: set[str] = field(default_factory=set)
    used: list[Token] = field(default_factory=list)


@dataclass(kw_only=True)
class _Clause:
    """A clause beside the pattern: its variables, and the names that it gives by AS."""

    chosen: list[Token] = field(default_factory=list)  # that stand by themselves
    computed: list[Token] = field(default_factory=list)  # in an expression
    aggregated: list[Token] = field(default_factory=list)  # in an aggregate
    named: set[str] = field(default_factory=set)
    aggregates: bool = False
    all: bool = False  # it begins with `*`

    @property
    def plain(self) -> list[Token]:
        return self.chosen + self.computed

    @property
    def names(self) -> set[str]:
        return self.named | {_name(token) for token in self.plain}


class _QueryReader:
    def __init__(self, source: SourceText, given: Collection[str]) -> None:
        self.found: dict[int, Diagnostic] = {}
        self._source, self._given = source, frozenset(given)
        self._tokens = [*scan_query(source.text), Token(kind="end", text="", start=len(source.text))]
        self._at = 0
        self._inner = 0  # how many queries are around the one that is read

    def read_query(self, *, sees_out: bool = False) -> _Names:
        """Read a query to the brace that closes it, or the end; what has no value in it is found.

        One that *sees_out* leaves what it does not bind to the query around it.
        """
        while self._now.kind != "end" and self._word() not in FORMS:
            self._at += 1  # prefixes
        form = self._word()
        self._at += 1
        head = self._read_clause()
        if form == "CONSTRUCT" and self._before.text.upper() == "CONSTRUCT":
            head = self._read_template()
            self._read_clause()
        self._inner += 1
        pattern = self._read_braces(sees_out) if self._now.text == "{" else _Names()
        self._inner -= 1
        tail = self._read_tail()
        group, having, order = tail["GROUP"], tail["HAVING"], tail["ORDER"]
        outside = self._given | tail["VALUES"].names
        bound = pattern.bound | outside
        left = self._miss([*pattern.used, *having.aggregated, *order.aggregated], bound)
        left += self._miss(group.plain, bound | group.named)
        left += self._miss([*head.plain, *head.aggregated], bound | group.named | head.named)
        if ("GROUP" in tail and group.names) or any(c.aggregates for c in (head, having, order)):
            keys = group.names | outside
            self._tell_ungrouped(having, keys, bound, head.named)
            self._tell_ungrouped(order, keys | head.named, bound, set())
            left += self._miss([*having.plain, *order.plain], bound | group.named | head.named)
        else:
            left += self._miss(having.plain, bound)
            left += self._miss(order.plain, bound | head.named)
        if not sees_out:
            for token in left:
                self._tell_nowhere(token, bound)
            left = []
        gives = bound | head.named if head.all else head.named | {_name(token) for token in head.chosen}
        return _Names(bound=gives, used=left)

    @property
    def _now(self) -> Token:
        return self._tokens[min(self._at, len(self._tokens) - 1)]

    @property
    def _before(self) -> Token:
        return self._tokens[max(0, self._at - 1)]

    def _word(self) -> str:
        return self._now.text.upper() if self._now.kind == "word" else ""

    def _read_template(self) -> _Clause:
        template = _Clause()
        while self._now.kind != "end" and self._now.text != "}":
            if self._now.kind == "var":
                template.chosen.append(self._now)
            self._at += 1
        self._at += 1
        return template

    def _read_tail(self) -> defaultdict[str, _Clause]:
        tail: defaultdict[str, _Clause] = defaultdict(_Clause)
        while (word := self._word()) in MODIFIERS:
            self._at += 1
            tail[word] = self._read_clause()
            if word == "VALUES" and self._now.text == "{":
                self._read_braces(False)
        return tail

    def _read_clause(self) -> _Clause:
        """Read to the next clause, the pattern, or the end of the query."""
        clause = _Clause(all=self._now.text == "*")
        opened: list[bool] = []  # brackets, and whether an aggregate is around them
        while self._now.kind != "end":
            token, before = self._now, self._before
            if not opened and (self._word() in MODIFIERS or token.kind == "close"):
                break
            clause.all |= not opened and token.text == "*"
            inside = clause.aggregated if opened and opened[-1] else clause.computed if opened else clause.chosen
            if token.text == "{":
                if not opened and before.text.upper() != "EXISTS":
                    break
                inner = self._read_braces(True)
                inside += self._miss(inner.used, inner.bound)
                continue
            if token.kind == "open":
                aggregate = before.text.upper() in AGGREGATES
                clause.aggregates |= aggregate
                opened.append(aggregate or opened[-1:] == [True])
            elif token.kind == "close":
                opened.pop()
            elif token.kind == "var" and before.text.upper() == "AS":
                clause.named.add(_name(token))
            elif token.kind == "var":
                inside.append(token)
            self._at += 1
        return clause

    def _read_braces(self, sees_out: bool) -> _Names:
        """Read a group, or a query within the query, from its brace to the one that closes it."""
        self._at += 1
        if self._word() == "SELECT":
            names = self.read_query(sees_out=sees_out)
        else:
            names = self._read_group(sees_out)
        self._at += 1
        return names

    def _read_group(self, sees_out: bool) -> _Names:
        names = _Names()
        opened: list[bool] = []  # brackets, and whether they hold an expression
        while self._now.kind != "end" and (opened or self._now.text != "}"):
            token, before = self._now, self._before
            word = before.text.upper() if before.kind in {"word", "name", "iri"} else ""
            if token.text == "{":
                inner = self._read_braces(sees_out or word in {"EXISTS", "LATERAL"})
                if word in _APART:
                    names.used += self._miss(inner.used, inner.bound)
                else:
                    names.bound |= inner.bound
                    names.used += inner.used
                continue
            if token.kind == "open":
                called = self._tokens[max(0, self._at - 2)].text.upper() == "FILTER"
                expression = bool(word) and (called or before.kind == "word") and word not in {"A", "VALUES"}
                opened.append(token.text == "(" and (expression or opened[-1:] == [True]))
            elif token.kind == "close":
                opened.pop()
            elif token.kind == "var" and opened[-1:] == [True] and word != "AS":
                names.used.append(token)
            elif token.kind == "var":
                names.bound.add(_name(token))
            self._at += 1
        return names

    @staticmethod
    def _miss(tokens: Iterable[Token], known: Collection[str]) -> list[Token]:
        return [token for token in tokens if _name(token) not in known]

    def _tell_nowhere(self, token: Token, bound: Iterable[str]) -> None:
        hint = did_you_mean(token.text, [token.text[0] + name for name in bound])
        if hint is None and self._inner:
            hint = "a query within a query sees none of the variables around it"
        self._tell(token, "has no value: nothing binds it", hint)

    def _tell_ungrouped(self, clause: _Clause, keys: set[str], bound: set[str], named: set[str]) -> None:
        for token in self._miss(clause.plain, keys):
            if _name(token) in named:
                hint = "HAVING is looked at before SELECT gives names: write what is computed itself"
                self._tell(token, "has no value yet", hint)
            elif _name(token) in bound:
                hint = f"add it to GROUP BY, or take one of its values: `SAMPLE({token.text})`"
                self._tell(token, "has no value of its own: it is neither grouped nor aggregated", hint)

    def _tell(self, token: Token, words: str, hint: str | None) -> None:
        mark = mark_at(self._source, token.start, token.start + len(token.text))
        self.found[token.start] = Diagnostic(
            code="unbound-variable", mark=mark, message=f"`{token.text}` {words}", hint=hint
        )


def _name(token: Token) -> str:
    return token.text[1:]
