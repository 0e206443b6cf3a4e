"""What forbids to run a stranger's query or update, found in its text before it is parsed."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from kg.ask.sparql import (
    CALLS,
    DEEPEST,
    DIVIDERS,
    MOST_PARTS,
    Token,
    find_glued_call,
    find_glued_name,
    forbid_call,
    resolve_names,
    scan_query,
)
from kg.text.diagnostic import Diagnostic, SourceText, mark_at


def check_update(source: SourceText, allowed: Collection[str]) -> Diagnostic | None:
    """What forbids an update: its depth, a pattern of too many parts, or a call to a server that is not *allowed*.

    The data of INSERT DATA and DELETE DATA may be as long as they like.
    """
    opened: list[str] = []
    bangs = parts = 0
    data_from = -1  # how many brackets are open around the data that we are in
    before = ""
    lately: deque[Token] = deque(maxlen=2)
    call: Token | None = None
    for token in scan_query(source.text):
        bangs = bangs + 1 if token.kind == "bang" else 0
        if token.kind == "open":
            if token.text == "{" and before == "DATA":
                data_from = len(opened)
            opened.append(token.text)
        elif token.kind == "close":
            del opened[-1:]
            if len(opened) <= data_from:
                data_from = -1
        if len(opened) > DEEPEST or bangs > DEEPEST:
            return _forbid(source, token, f"the update nests deeper than {DEEPEST} levels")
        if token.text == ";" and not opened:
            parts = 0  # the next operation
        if data_from < 0:
            parts += token.text in DIVIDERS or (token.text == "," and opened[-1:] != ["("])
        if parts > MOST_PARTS:
            return _forbid(source, token, f"the update's pattern has more than {MOST_PARTS} parts")
        before = token.text.upper() if token.kind == "word" else ""
        if call is not None and before != "SILENT":
            if token.kind != "iri" or token.text[1:-1] not in allowed:
                return forbid_call(source, call)
            call = None
        if before in CALLS:
            call = token
        glued = find_glued_call(token, lately)
        if glued is None and token.kind == "name" and not opened and not (lately and lately[-1].kind == "word"):
            glued = token if "LOAD" in token.text.partition(":")[0].upper() else None
        if glued is not None:
            return forbid_call(source, glued)
        lately.append(token)
    return forbid_call(source, call) if call is not None else None


def _forbid(source: SourceText, token: Token, message: str) -> Diagnostic:
    mark = mark_at(source, token.start, token.start + max(1, len(token.text.partition("\n")[0])))
    return Diagnostic(code="query-limit", mark=mark, message=message)


_WORDS = frozenset({
    "INSERT", "DELETE", "DATA", "WHERE", "WITH", "USING", "NAMED", "GRAPH", "CLEAR", "DROP", "CREATE", "COPY", "MOVE",
    "ADD", "SILENT", "INTO", "TO", "DEFAULT", "ALL", "TRUE", "FALSE",
})  # fmt: skip


def _is_glued(word: str) -> bool:
    """Whether a word is several of an update, which the store takes apart.

    >>> [_is_glued(word) for word in ("DELETEWHERE", "COPYDEFAULTTO", "trueGRAPH", "WHERE", "ADDTOX")]
    [True, True, True, False, False]
    """
    word = word.upper()
    ends = {0}
    for end in range(1, min(len(word), 100) + 1):
        if any(word[start:end] in _WORDS for start in range(max(0, end - 7), end) if start in ends):
            ends.add(end)
    return word not in _WORDS and len(word) in ends


def _refuse_glued(source: SourceText, token: Token, before: Sequence[Token], depth: int) -> Diagnostic | None:
    """What forbids an update that is to be changed in its text: a word of which the store makes two.

    *before* are the last tokens.
    """
    lone = not before or before[-1].kind != "word"
    glued = find_glued_name(token, before, "GRAPH")
    if (token.kind == "word" and _is_glued(token.text)) or (token.kind == "name" and not depth and lone):
        glued = token
    if glued is None:
        return None
    return _forbid(source, glued, f"`{glued.text}` may be several words: write a blank between them")


def use_dataset(source: SourceText, default: Collection[str], named: Collection[str]) -> str | Diagnostic:
    """The update with a data set of the protocol, as USING clauses of each of its operations; or what forbids it.

    Source: SPARQL 1.1 Protocol, section 2.2.3.

    >>> use_dataset(SourceText("update", "DELETE WHERE { ?s ?p 1 }"), ["http://a/"], [])
    'DELETE { ?s ?p 1 } USING <http://a/> WHERE { ?s ?p 1 }'
    """
    text = source.text
    clauses = " ".join([*(f"USING <{iri}>" for iri in default), *(f"USING NAMED <{iri}>" for iri in named)])
    pieces: list[str] = []
    done = depth = 0
    start: Token | None = None  # of a pattern that stands for its template as well
    before = ""
    lately: deque[Token] = deque(maxlen=2)
    for token in scan_query(text):
        word = token.text.upper() if token.kind == "word" else ""
        glued = _refuse_glued(source, token, lately, depth)
        if glued is not None:
            return glued
        lately.append(token)
        if depth == 0 and word in {"USING", "WITH"}:
            message = f"{word} in the text and a data set in the request: give one of them"
            return _forbid(source, token, message)
        if depth == 0 and word == "WHERE" and before != "DELETE":
            pieces += [text[done : token.start], clauses, " "]
            done = token.start
        if depth == 0 and token.text == "{" and before == "DELETE WHERE":
            start = token
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if start is not None and depth == 0 and token.kind == "close":
            pattern = text[start.start : token.start + 1]
            head = text[done : start.start]
            head = head[: head.upper().rindex("WHERE")]
            pieces += [head, pattern, " ", clauses, " WHERE ", pattern]
            done, start = token.start + 1, None
        before = "DELETE WHERE" if before == "DELETE" and word == "WHERE" else word
    return "".join([*pieces, text[done:]])


_OPERATIONS = frozenset({"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})


_COUNTED = ("SELECT", "UUID", "RAND", "BNODE")


def list_using(source: SourceText, prefixes: Mapping[str, str], base: str) -> list[list[str]] | Diagnostic:
    """The graphs that each operation of an update names by USING, where it matters how often a triple is found.

    It does where rows are counted or cut (in a SELECT), or each makes something new: a blank node, a UUID. Elsewhere
    the quads are the same, however often they are made.

    >>> update = "INSERT DATA { <s> <p> 1 } ; INSERT { ?s ?p [] } USING <a> USING <b> WHERE { ?s ?p 1 }"
    >>> list_using(SourceText("update", update), {}, "http://x/")
    [[], ['http://x/a', 'http://x/b']]
    >>> list_using(SourceText("update", update.replace("[]", "2")), {}, "http://x/")
    [[], []]
    """
    text = source.text
    if text.upper().count("USING") < 2:
        return []
    iris = {token.start: iri for token, iri, _ in resolve_names(text, prefixes, base)}
    operations: list[list[str]] = []
    counted: list[bool] = []
    depth, is_begun, in_template = 0, False, False
    lately: deque[Token] = deque(maxlen=2)
    for token in scan_query(text):
        word = token.text.upper()
        glued = _refuse_glued(source, token, lately, depth)
        if glued is not None:
            return glued
        if token.start in iris and lately and lately[-1].text.upper() == "USING" and operations:
            operations[-1].append(iris[token.start])
        lately.append(token)
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text == ";":
            is_begun = False
        elif not is_begun and word in _OPERATIONS:
            operations, counted, is_begun, in_template = [*operations, []], [*counted, False], True, True
        elif depth == 0 and word == "WHERE":
            in_template = False
        makes_new = in_template and (word.startswith("_:") or word in {"[", "("})
        if counted and (makes_new or (token.kind == "word" and any(name in word for name in _COUNTED))):
            counted[-1] = True
    return [graphs if matters else [] for graphs, matters in zip(operations, counted, strict=True)]


_OTHER_GRAPHS = frozenset({"GRAPH", "WITH", "USING", "LOAD", "CREATE", "ADD", "MOVE", "COPY"})


def use_graph(source: SourceText, graph: str) -> str | Diagnostic:
    """The update with one graph as its default graph (empty: the default graph itself); or what names another.

    Source: SPARQL 1.1 Graph Store HTTP Protocol, section 5.7.

    >>> use_graph(SourceText("update", "INSERT DATA { <s> <p> 1 } ; DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }"), "http://a/")
    'INSERT DATA { GRAPH <http://a/> { <s> <p> 1 }} ; WITH <http://a/> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }'
    """
    text = source.text
    put: list[tuple[int, int, str]] = []  # from, to, what
    depth = 0
    act, before = "", ""  # the word that began the operation, and the last word or bracket
    act_at = 0
    is_data = has_template = False
    lately: deque[Token] = deque(maxlen=2)
    for token in scan_query(text):
        word = token.text.upper() if token.kind == "word" else token.text
        glued = _refuse_glued(source, token, lately, depth)
        if glued is not None:
            return glued
        if depth == 0 and token.kind in {"name", "iri"} and act:
            return _forbid(source, token, f"{token.text} goes beyond the graph that the request names")
        lately.append(token)
        if token.kind == "word" and (word in _OTHER_GRAPHS or (word in {"NAMED", "ALL"} and act in {"CLEAR", "DROP"})):
            return _forbid(source, token, f"{word} goes beyond the graph that the request names")
        if depth == 0:
            if token.text == ";":
                act = ""
            elif token.kind == "word" and not act and word in {"INSERT", "DELETE", "CLEAR", "DROP"}:
                act, act_at, has_template = word, token.start, False
            elif token.text == "{" and act in {"INSERT", "DELETE"}:
                is_data = before == "DATA" or (before == "WHERE" and not has_template)  # DELETE WHERE
                if is_data:
                    put.append((token.start + 1, token.start + 1, f" GRAPH <{graph}> {{"))
                elif before in {"INSERT", "DELETE"} and not has_template:
                    put.append((act_at, act_at, f"WITH <{graph}> "))
                    has_template = True
            elif word == "DEFAULT" and act in {"CLEAR", "DROP"}:
                put.append((token.start, token.start + len(token.text), f"GRAPH <{graph}>"))
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text == "}" and is_data:
            put.append((token.start, token.start, "}"))
            is_data = False
        before = word
    if not graph:
        return text
    pieces: list[str] = []
    done = 0
    for start, end, what in put:
        pieces += [text[done:start], what]
        done = end
    return "".join([*pieces, text[done:]])
