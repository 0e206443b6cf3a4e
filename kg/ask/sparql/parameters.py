"""Parameters of a query bound to terms, wherever the query names them.

The value of a variable does not reach every part of a query by itself: a group looks at its conditions before it is
joined with what is around it, a query within the query sees none of the variables around it, and behind GROUP BY there
are none but those that it names (SPARQL 1.1 Query Language, sections 11, 12 and 18.2). So each part that names a
parameter is told its value, and an expression outside of all braces (SELECT, HAVING, ORDER BY) has it in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.ask.sparql.text import MODIFIERS, Token, scan_query
from kg.rdf.quad import write_term
from kg.text.diagnostic import UsageError


@dataclass(kw_only=True, eq=False)
class _Scope:
    """A pair of braces, or a query as a whole.

    Its *kind* is `query`, `pattern` (of a query), `group`, `seen` (EXISTS: what is around has its values there),
    `template`, or `data`. *names* are the variables in it, not in the parts within it; *made*: those that it computes;
    *spots*: where the expressions of a query name variables. *depth* is the number of round brackets around it.
    """

    kind: str
    around: _Scope | None
    start: int = 0  # behind its brace
    end: int = 0  # before the brace that closes it
    names: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    spots: list[Token] = field(default_factory=list)
    depth: int = 0
    is_query: bool = False  # a query within the query stands between the braces

    @property
    def takes(self) -> bool:
        return self.kind in {"pattern", "group"}

    def needs(self, name: str) -> bool:
        """Whether a value of the variable has to be told here."""
        if self.kind == "group":
            return name in self.names
        query = self.around
        assert query is not None
        outermost = query.around is None
        return name not in query.made and (outermost or name in self.names or name in query.names)


def write_parameters(given: Mapping[str, object]) -> dict[str, str]:
    """The terms of parameters in N-Triples form, as `bind_parameters` takes them.

    Raises UsageError for what is no IRI, literal or triple term: a text would be read as a part of the query.

    >>> write_parameters({"s": ox.NamedNode("http://a.example/"), "n": ox.Literal("a }")})
    {'s': '<http://a.example/>', 'n': '"a }"'}
    """
    written = {}
    for name, term in given.items():
        if not isinstance(term, ox.NamedNode | ox.Literal | ox.Triple):
            kind = "blank node" if isinstance(term, ox.BlankNode) else type(term).__name__
            raise UsageError(f"the parameter `{name}` takes a NamedNode or a Literal of pyoxigraph, not a {kind}")
        written[name] = write_term(term)
    return written


def bind_parameters(text: str, terms: Mapping[str, str]) -> str:
    """The query with each parameter bound to a term, in a VALUES block in every part of it that names the parameter.

    In the expressions of SELECT, HAVING, GROUP BY and ORDER BY the term stands in its place.

    *terms* are parameter names (without `?`) with terms in N-Triples form, whose strings are escaped by the
    library that wrote them: nothing that a user typed is pasted into the text.

    >>> bind_parameters("SELECT * { ?s ?p ?o }", {"s": "<http://a.example/>"})
    'SELECT * { VALUES ?s { <http://a.example/> } ?s ?p ?o }'
    """
    if not terms:
        return text
    tokens = list(scan_query(text))
    parts = list(_find_parts(tokens))
    added: list[tuple[int, int, str]] = []  # from where to where, and what comes there
    for part in parts:
        for token in part.spots:
            name = token.text[1:]
            if name in terms and name not in part.made:
                added.append((token.start, token.start + len(token.text), terms[name]))
        names = [name for name in sorted(terms) if part.takes and part.needs(name)]
        first = "".join(_write(name, terms) for name in names if name not in part.made)
        last = "".join(_write(name, terms) for name in names if name in part.made)  # BIND wants a new variable
        if part.is_query and (first or last):  # beside a query stands nothing, beside a group with it anything
            first, last = f"{first}{last} {{", "}"
        added += [(part.start, part.start, first), (part.end, part.end, last)]
    template = _find_template(text, tokens, parts)
    if template is not None:
        added.append(template)
    elif tokens and not any(part.kind == "pattern" for part in parts):  # DESCRIBE: a pattern may be left out
        at = next((t.start for t in tokens if t.kind == "word" and t.text.upper() in MODIFIERS), len(text))
        added.append((at, at, f"\nWHERE {{{''.join(_write(name, terms) for name in sorted(terms))} }} "))
    for start, end, piece in sorted((place for place in added if place[2]), key=lambda place: place[0], reverse=True):
        text = text[:start] + piece + text[end:]
    return text


def find_made(text: str) -> frozenset[str]:
    """The variables that the outermost SELECT or GROUP BY computes: no parameter can stand for them.

    >>> sorted(find_made("SELECT (COUNT(*) AS ?n) { ?s ?p ?o BIND(1 AS ?x) }"))
    ['n']
    """
    return frozenset(next(part.made for part in _find_parts(list(scan_query(text))) if part.around is None))


def _write(name: str, terms: Mapping[str, str]) -> str:
    return f" VALUES ?{name} {{ {terms[name]} }}"


def _find_template(text: str, tokens: Sequence[Token], parts: Sequence[_Scope]) -> tuple[int, int, str] | None:
    """The template of a `CONSTRUCT WHERE`, whose pattern it is, and where it goes."""
    word = next((token for token in tokens if token.kind == "word" and token.text.upper() == "CONSTRUCT"), None)
    pattern = next((part for part in parts if part.kind == "pattern"), None)
    if word is None or pattern is None or any(part.kind == "template" for part in parts):
        return None
    at = word.start + len(word.text)
    return at, at, f" {{{text[pattern.start : pattern.end]}}}"


def _find_parts(tokens: Sequence[Token]) -> Iterator[_Scope]:
    """The query and what stands between braces, each before the parts within it; yielded when all is read."""
    whole = here = _Scope(kind="query", around=None)
    found = [whole]
    opened: list[bool] = []  # round brackets, and whether each holds the variables of VALUES
    listed = False  # whether such a bracket was closed just before
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else token
        word = before.text.upper() if before.kind == "word" else ""
        if token.text == "{":
            single = before.kind == "var" and at > 1 and tokens[at - 2].text.upper() == "VALUES"
            here = _Scope(kind="data", around=here) if listed or single else _open(here, word)
            here.start = token.start + 1
            found.append(here)
            if here.kind != "data" and [after.text.upper() for after in tokens[at + 1 : at + 2]] == ["SELECT"]:
                here.is_query = True
                here = _Scope(kind="query", around=here, depth=len(opened))
                found.append(here)
        elif token.text == "}" and here.around is not None:
            here = here.around if here.kind == "query" else here
            here.end = token.start
            here = here.around or whole
        elif token.text == "(":
            opened.append(word == "VALUES")
        elif token.kind == "var":
            if here.kind == "query" and word != "AS" and len(opened) > here.depth and not opened[-1]:
                here.spots.append(token)
            _add(here, token.text[1:], made=word == "AS")
        listed = token.text == ")" and bool(opened) and opened.pop()
    yield from found


def _open(here: _Scope, word: str) -> _Scope:
    """The part that a brace behind *word* opens, where it holds no data."""
    if word == "CONSTRUCT":
        return _Scope(kind="template", around=here)
    if word == "EXISTS" and here.kind == "query":  # in HAVING or ORDER BY: nothing around it has the value
        return _Scope(kind="group", around=here)
    if word == "EXISTS" or (here.kind == "seen" and word != "MINUS"):
        return _Scope(kind="seen", around=here)
    return _Scope(kind="pattern" if here.kind == "query" else "group", around=here)


def _add(here: _Scope, name: str, *, made: bool) -> None:
    """Note a variable; what EXISTS names is named by the part around it."""
    if here.kind in {"data", "template"}:
        return
    while here.kind == "seen" and here.around is not None:
        here, made = here.around, False
    here.names.add(name)
    if made:
        here.made.add(name)
