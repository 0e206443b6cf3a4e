"""What is wrong with a query, in few words and at its place: the parser lists every token that it could accept."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kg.ask.sparql.text import AGGREGATES, Token, ask_nothing, check_query, find_calls, find_iris, scan_query
from kg.rdf.iri import check_iri
from kg.rdf.namespace import XSD
from kg.text.diagnostic import Diagnostic, SourceText, did_you_mean, find_nearest, mark_at, mark_of_file
from kg.text.lookalike import MEANT, explain_lookalike


def find_mistake(source: SourceText, prefixes: Mapping[str, str], *, rules: bool = True) -> Diagnostic | None:
    """What is wrong with a query before anything is asked: a bound, or its syntax; None where it can be run.

    Without *rules*, what breaks only a rule about the query as a whole is let pass: other stores are less strict.

    >>> find_mistake(SourceText("-e", "ASK { ?s a schem:Person }"), {"schema": "https://schema.org/"}).message
    'no prefix `schem:`'
    """
    problem = check_query(source)
    if problem is None:
        try:
            ox.Store().query(ask_nothing(source.text), prefixes=dict(prefixes))
        except SyntaxError as error:
            found = _POSITION.match(str(error.msg))
            if rules or (found is not None and not _RULE.search(found["expected"])):
                problem = explain_syntax_error(source, error, prefixes)
        except RuntimeError as error:
            problem = explain_refusal(source, error, prefixes)
    return problem or _find_strange_call(source, prefixes, rules)


def _find_strange_call(source: SourceText, prefixes: Mapping[str, str], rules: bool) -> Diagnostic | None:
    """A call that the store refuses: nothing is evaluated, so each is tried by itself.

    Without *rules* only those of XML Schema are, since a shape may bring functions of its own.
    """
    for token, iri, given in find_calls(source.text, prefixes):
        if not rules and not iri.startswith(XSD):
            continue
        try:
            ox.Store().query(f"ASK {{ FILTER(<{iri}>({', '.join(['1'] * given)})) }}")
        except RuntimeError as error:
            return explain_refusal(source, error, prefixes, token)
        except SyntaxError:
            continue  # what is wrong with the IRI is told where the query is parsed
    return None


def explain_syntax_error(source: SourceText, error: SyntaxError, prefixes: Mapping[str, str]) -> Diagnostic:
    """The parser's complaint in few words, at the first word or sign that cannot stand where it stands."""
    tokens = _join_signs(scan_query(source.text))
    good = _count_good(source.text, tokens, prefixes)
    expected = _expected(source.text[: tokens[good - 1].start + len(tokens[good - 1].text)] if good else "", prefixes)
    quote = next((t for t in tokens if t.kind == "other" and t.text in {"'", '"'}), None)
    if quote is not None and source.text[: quote.start].endswith(quote.text * 2):
        quote = Token(kind="other", text=quote.text * 3, start=quote.start - 2)
    if quote is not None:
        return _problem(source, quote, f"the quote `{quote.text}` is not closed", _find_curly(source, quote))
    if good == len(tokens):
        return _explain_whole(source, str(error.msg or error), tokens, expected)
    token = tokens[good]
    opener = _find_open(tokens[:good])
    if token.kind == "close" and opener is not None and opener.text != _PAIRS[token.text]:
        return _problem(source, opener, f"the bracket `{opener.text}` is not closed before `{token.text}`", None)
    prefix = token.text.partition(":")[0]
    if token.kind == "name" and source.text[token.start + len(prefix) :].startswith("://"):
        bare = Token(kind="name", text=_BARE_IRI.findall(source.text[token.start :])[0], start=token.start)
        return _problem(source, bare, "an IRI stands between `<` and `>`", f"write `<{bare.text}>`")
    if token.kind == "name" and prefix not in prefixes and prefix != "_":
        hint = did_you_mean(prefix, prefixes) or f"declare it: the query begins with `PREFIX {prefix}: <...>`"
        return _problem(source, Token(kind="name", text=prefix, start=token.start), f"no prefix `{prefix}:`", hint)
    for start in (t.start for t in tokens if t.text[0] == "<" and t.start <= token.start):
        broken = re.compile(r"<[^<>\n]*>").match(source.text, start)
        problem = check_iri(broken[0][1:-1]) if broken is not None and broken.end() > token.start else None
        if broken is not None and problem is not None:
            iri = Token(kind="iri", text=broken[0], start=start)
            unequal = "not equal is `!=`" if broken[0] == "<>" else None
            return _problem(source, iri, f"`{broken[0]}` is no IRI: {problem.message}", unequal)
    if token.kind == "close" and (ungrouped := _find_ungrouped(tokens)) is not None:
        return _tell_ungrouped(source, ungrouped)
    overwritten = _find_overwritten(tokens, good) if token.text == "}" else None
    if overwritten is not None:
        return _tell_overwritten(source, overwritten)
    if token.text == ")" and opener is not None and tokens[tokens.index(opener) - 1].text.upper() in _BEFORE_CHOSEN:
        return _problem(source, token, "`)` cannot stand here", "what is computed has a name: `( ... AS ?name)`")
    if opener is not None and token.kind != "close" and _fits_closed(source.text, tokens[:good], token, prefixes):
        return _problem(source, opener, f"the bracket `{opener.text}` is not closed before `{token.text}`", None)
    if token.kind == "string" and token.text.endswith("^"):
        caret = Token(kind="other", text="^", start=token.start + len(token.text) - 1)
        return _problem(source, caret, "`^` cannot stand here", "a datatype follows `^^`")
    return _problem(
        source,
        token,
        f"`{token.text}` cannot stand here",
        _hint(token, tokens[good - 1].text if good else "", expected),
    )


def _fits_closed(text: str, good: Sequence[Token], token: Token, prefixes: Mapping[str, str]) -> bool:
    """Whether a token could stand where it stands, were the innermost bracket closed before it."""
    opener, last = _find_open(good), good[-1]
    assert opener is not None
    sign = next(close for close, opened in _PAIRS.items() if opened == opener.text)
    return _expected(f"{text[: last.start + len(last.text)]} {sign} {token.text}", prefixes) is not None


def _find_curly(source: SourceText, quote: Token) -> str | None:
    """The curly quote that was meant to close a straight one."""
    line = source.text[quote.start :].partition("\n")[0]
    found = next((char for char in line if MEANT.get(char) == quote.text[0]), None)
    return None if found is None else "{}: {}".format(*explain_lookalike(found))


def _problem(source: SourceText, token: Token, message: str, hint: str | None) -> Diagnostic:
    end = token.start + len(token.text.partition("\n")[0])
    return Diagnostic(code="query-syntax", mark=mark_at(source, token.start, end), message=message, hint=hint)


def _count_good(text: str, tokens: list[Token], prefixes: Mapping[str, str]) -> int:
    """How many tokens may begin a query. Found by halving: the parser tells how far it came, not where it failed,
    since it looks for each keyword as many letters ahead as the keyword is long."""
    low, high = 0, len(tokens)
    while low < high:
        middle = (low + high + 1) // 2
        end = tokens[middle - 1].start + len(tokens[middle - 1].text)
        if _expected(text[:end], prefixes) is None:
            high = middle - 1
        else:
            low = middle
    return low


def _expected(beginning: str, prefixes: Mapping[str, str]) -> str | None:
    """What may follow this beginning of a query, in the parser's words; None where it begins none."""
    text = ask_nothing(beginning) + " " * 32  # longer than every keyword
    try:
        ox.Store().query(text, prefixes=dict(prefixes))
    except SyntaxError as error:
        found = _POSITION.match(str(error.msg))
        if found is None:
            return ""  # a rule about the query as a whole
        lines = text.split("\n")
        at_end = (int(found["line"]), int(found["column"])) == (len(lines), len(lines[-1]) + 1)
        return found["expected"] if at_end or _RULE.search(found["expected"]) else None
    except RuntimeError:
        return ""  # a query by itself, refused for what it asks
    return ""


_POSITION = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): expected (?:one of )?(?P<expected>.*)", re.DOTALL)
_RULE = re.compile(r"(?:^|, )((?:The|A|An|This|You|Duplicated|SELECT \*)\s[^,\[]{10,})")
_PAIRS = {"}": "{", ")": "(", "]": "["}


def _explain_whole(source: SourceText, complaint: str, tokens: list[Token], expected: str | None) -> Diagnostic:
    """Every word may stand where it stands: the query ends too early, or breaks a rule of the whole."""
    found = _POSITION.match(complaint)
    rule = _RULE.search(found["expected"]) if found else None
    if found is None or rule is not None:
        words = (rule[1] if rule else complaint).strip().rstrip(".")
        star = next((token for token in tokens if token.text == "*"), None)
        if star is not None and "SELECT *" in words:
            message = "`*` gives all variables, and GROUP BY keeps none but its own"
            return _problem(source, star, message, "name the grouped variables, and aggregates")
        ungrouped = _find_ungrouped(tokens) if "unbound" in words else None
        if ungrouped is not None:
            return _tell_ungrouped(source, ungrouped)
        named = _find_named_again(tokens) if "SELECT overrides" in words or "Duplicated variable" in words else None
        if named is not None:
            return _tell_overwritten(source, named)
        mark = (
            mark_at(source, tokens[0].start, tokens[0].start + len(tokens[0].text)) if tokens else mark_of_file(source)
        )
        words = words if words.startswith("SELECT") else words[:1].lower() + words[1:]
        return Diagnostic(code="query-syntax", mark=mark, message=words)
    opener = _find_open(tokens)
    if opener is not None:
        return _problem(source, opener, f"the bracket `{opener.text}` is not closed", None)
    if not tokens:
        return Diagnostic(code="query-syntax", mark=mark_of_file(source), message="the query is empty")
    return _problem(source, tokens[-1], f"the query ends too early, after `{tokens[-1].text}`", _list_signs(expected))


def _find_open(tokens: Sequence[Token]) -> Token | None:
    """The innermost bracket that is open after *tokens*."""
    opened: list[Token] = []
    for token in tokens:
        if token.kind == "open":
            opened.append(token)
        elif token.kind == "close" and opened and opened[-1].text == _PAIRS[token.text]:
            opened.pop()
    return opened[-1] if opened else None


def _join_signs(tokens: Iterable[Token]) -> list[Token]:
    """The tokens, with signs of two characters and a literal with its datatype or language each as one.

    The beginning of a query that ends within such a sign is no beginning: the parser refuses what it would take whole.
    """
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        touches = last is not None and last.start + len(last.text) == token.start
        if last is not None and touches and _belong_together(last, token):
            joined[-1] = Token(kind=last.kind, text=last.text + token.text, start=last.start)
        else:
            joined.append(token)
    return joined


def _belong_together(first: Token, second: Token) -> bool:
    if first.kind == "string":
        if first.text.endswith("^^"):
            return second.kind in {"iri", "name"}
        if first.text.endswith("@"):
            return second.kind == "word"
        return second.text == "^" if first.text.endswith("^") else first.text[-1] in "\"'" and second.text in {"^", "@"}
    return first.text + second.text in {"&&", "||", "!=", ">=", "<=", "^^"}


def _tell_ungrouped(source: SourceText, variable: Token) -> Diagnostic:
    hint = f"add it to GROUP BY, or take one of its values: `(SAMPLE({variable.text}) AS ?one)`"
    return _problem(source, variable, f"`{variable.text}` is neither grouped nor aggregated", hint)


def _tell_overwritten(source: SourceText, variable: Token) -> Diagnostic:
    return _problem(
        source, variable, f"`{variable.text}` has a value already", "give what is computed a name of its own"
    )


def _find_overwritten(tokens: Sequence[Token], stop: int) -> Token | None:
    """The variable of a BIND before the token at *stop*, the end of its group, that the group has used before."""
    begin = next((at for at in range(stop, -1, -1) if tokens[at].text == "{"), 0)
    for at in range(begin, stop):
        if tokens[at].text.upper() == "AS" and tokens[at + 1].kind == "var":
            named = tokens[at + 1]
            bind = next((b for b in range(at, begin, -1) if tokens[b].text.upper() == "BIND"), begin)
            if any(here.kind == "var" and _bare_name(here) == _bare_name(named) for here in tokens[begin:bind]):
                return named
    return None


def _find_named_again(tokens: Sequence[Token]) -> Token | None:
    """The name that a SELECT gives to what is computed, and that stands for something else in its query."""
    for first, second in itertools.pairwise(tokens):
        if first.text.upper() == "AS" and second.kind == "var":
            same = [here for here in tokens if here.kind == "var" and _bare_name(here) == _bare_name(second)]
            if len(same) > 1:
                return next((here for here in same[1:] if _follows_as(tokens, here)), second)
    return None


def _follows_as(tokens: Sequence[Token], variable: Token) -> bool:
    at = tokens.index(variable)
    return at > 0 and tokens[at - 1].text.upper() == "AS"


def _bare_name(variable: Token) -> str:
    return variable.text[1:]


def _find_ungrouped(tokens: Sequence[Token]) -> Token | None:
    """The variable that a SELECT with groups or aggregates names, and neither groups nor aggregates."""
    for at, token in enumerate(tokens):
        if token.text.upper() != "SELECT":
            continue
        chosen, grouped, aggregates = [], set(), False
        opened: list[str] = []
        group = False
        for here in tokens[at + 1 :]:
            if here.kind == "open":
                opened.append(here.text)
            elif here.kind == "close" and not opened:
                break  # the end of a query within the query
            elif here.kind == "close":
                opened.pop()
            if "{" in opened:
                continue  # the pattern has words of its own
            word = here.text.upper() if here.kind == "word" else ""
            if word and not opened:
                group = word == "GROUP" or (group and word == "BY")
            if group and here.kind == "var":
                grouped.add(here.text[1:])
            elif here.kind == "var" and not opened and not group:
                chosen.append(here)
            aggregates = aggregates or word in AGGREGATES
        if grouped or aggregates:
            left = [variable for variable in chosen if variable.text[1:] not in grouped]
            if left:
                return left[0]
    return None


_CUSTOM_FUNCTION = re.compile(  # Oxigraph 0.5.13
    r"The custom function <(?P<iri>[^>]*)> (?:is not supported|requires between .* but (?P<given>\d+) were given)"
)
_BARE_IRI = re.compile(r"[^\s<>\"{}|\\^`]+")
_FUNCTIONS = (
    "ABS", "BNODE", "BOUND", "CEIL", "COALESCE", "CONCAT", "CONTAINS", "DATATYPE", "DAY", "ENCODE_FOR_URI", "FLOOR",
    "HOURS", "IF", "IRI", "LANG", "LANGMATCHES", "LCASE", "MD5", "MINUTES", "MONTH", "NOW", "RAND", "REGEX", "REPLACE",
    "ROUND", "SECONDS", "SHA1", "SHA256", "SHA384", "SHA512", "STR", "STRAFTER", "STRBEFORE", "STRDT", "STRENDS",
    "STRLANG", "STRLEN", "STRSTARTS", "STRUUID", "SUBSTR", "TIMEZONE", "TZ", "UCASE", "URI", "UUID", "YEAR",
)  # fmt: skip
_CASTS = ("boolean", "date", "dateTime", "dayTimeDuration", "decimal", "double", "duration", "float", "gDay", "gMonth",
          "gMonthDay", "gYear", "gYearMonth", "integer", "string", "time", "yearMonthDuration")  # fmt: skip


def explain_refusal(
    source: SourceText, error: RuntimeError, prefixes: Mapping[str, str], token: Token | None = None
) -> Diagnostic:
    """Why the store refuses a query whose syntax is right, at *token*, or at the place where that is known.

    >>> error = RuntimeError("The custom function <http://www.w3.org/2001/XMLSchema#yearr> is not supported")
    >>> text = SourceText("-e", "ASK { FILTER(xsd:yearr(?d) > 2000) }")
    >>> explain_refusal(text, error, {"xsd": "http://www.w3.org/2001/XMLSchema#"}).hint
    'did you mean `YEAR`?'
    """
    found = _CUSTOM_FUNCTION.search(str(error))
    if found is None:
        return Diagnostic(code="query-refused", mark=mark_of_file(source), message=f"the store refuses: {error}")
    iri = found["iri"]
    token = token or next((t for t in scan_query(source.text) if iri in find_iris(t.text, prefixes)), None)
    if token is None:  # by a prefix or a base that the query itself declares
        local = re.split("[/#:]", iri)[-1]
        token = next((t for t in scan_query(source.text) if t.kind in {"name", "iri"} and local in t.text), None)
    mark = mark_of_file(source) if token is None else mark_at(source, token.start, token.start + len(token.text))
    if found["given"] is not None:
        message = f"`{mark.excerpt or iri}` takes one value, and {found['given']} are given"
        return Diagnostic(code="query-refused", mark=mark, message=message)
    name = re.split("[/#:]", iri)[-1]
    near = find_nearest(name, [*_FUNCTIONS, *(_CASTS if iri.startswith(XSD) else ())])
    near = f"xsd:{near}" if near in _CASTS else near
    hint = f"did you mean `{near}`?" if near else "those of SPARQL 1.1 and casts such as `xsd:integer` are there"
    return Diagnostic(code="unknown-function", mark=mark, message=f"no function `{mark.excerpt or iri}`", hint=hint)


_BEFORE_CHOSEN = frozenset({"SELECT", "DISTINCT", "REDUCED"})
_JOINING = {"AND": "&&", "OR": "||"}
_KEYWORDS = (
    "SELECT", "WHERE", "FILTER", "OPTIONAL", "CONSTRUCT", "DESCRIBE", "ASK", "ORDER", "GROUP", "LIMIT", "OFFSET",
    "PREFIX", "DISTINCT", "HAVING", "VALUES", "UNION", "MINUS", "GRAPH", "BIND", "EXISTS",
)  # fmt: skip


def _hint(token: Token, before: str, expected: str | None) -> str | None:
    word = token.text.upper() if token.kind == "word" else ""
    if word in {"INSERT", "DELETE", "CLEAR", "DROP", "CREATE"}:
        return "the graph is built from `seeds/`: queries only ask"
    if token.text == "=" and before == "=":
        return "equality is one `=`"
    if token.text == "," and expected and '"$"' in expected and before != ",":
        return "variables stand beside each other without a comma"
    if word in _JOINING:
        return f"write `{_JOINING[word]}`"
    if before.upper() == "PREFIX" and token.kind == "word":
        return f"a colon ends the prefix: `{token.text}:`"
    if word in AGGREGATES and expected and '"$"' in expected:
        return f"what is computed has a name, in brackets: `({word}( ... ) AS ?name)`"
    if before.upper() in {"FILTER", "HAVING"}:
        return f"the condition stands in brackets: `{before.upper()}( ... )`"
    near = did_you_mean(word, _KEYWORDS) if word and word not in {*_KEYWORDS, "AS", "BY", "IN", "NOT"} else None
    return near or _list_signs(expected)


def _list_signs(expected: str | None) -> str | None:
    """The signs and words that the parser names, where they are all and few."""
    if re.search(r"\['", expected or ""):
        return None  # a digit, a letter: much may follow
    bare = re.sub(r"\[[^\]]*\](?:\s*\|\s*)?", "", (expected or "").replace("\n", " "))
    signs = re.findall(r'"([^"]{1,12})"|\b([A-Z][A-Z]{1,20})\b', bare)
    named = sorted({f"`{a or b}`" for a, b in signs if (a or b) not in {"{|", "~"}})
    return f"expected {', '.join(named)}" if 0 < len(named) <= 6 else None
