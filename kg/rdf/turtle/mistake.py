"""What is said about mistakes in Turtle: a token that cannot stand where it does, an IRI that is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from kg.rdf.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SCHEMA, SH, SKOS, XSD
from kg.rdf.turtle.token import EscapeError
from kg.text.diagnostic import Diagnostic, Mark, Related, did_you_mean, list_known
from kg.text.lookalike import MEANT, SIGN, explain_lookalike

LONGEST_WORD = 40  # characters of the text that a message repeats

_WELL_KNOWN = {
    "dcterms": DCTERMS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "rml": "http://w3id.org/rml/",
    "rr": "http://www.w3.org/ns/r2rml#",
    "schema": SCHEMA,
    "sh": SH,
    "skos": SKOS,
    "xsd": XSD,
}
_NOT_IN_IRIS = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_LITERALS = frozenset({"string", "integer", "decimal", "double"})
_KEYWORDS = ("@prefix", "@base", "PREFIX", "BASE", "GRAPH")
_BARE_IRI = re.compile(r"[^\s<>\"]+")


@dataclass(frozen=True, kw_only=True)
class Place:
    """The token at which reading stopped: its *kind* and its offsets.

    *last_end* is where the token before it ends; *bracket* and *brace* are the offsets of the innermost open bracket
    and of the graph's brace; *mark* marks a stretch.
    """

    text: str
    kind: str
    start: int
    end: int
    last_end: int
    syntax: str
    bracket: int | None
    brace: int | None
    mark: Callable[[int, int], Mark]

    @property
    def word(self) -> str:
        return self.text[self.start : self.end]

    @property
    def shown(self) -> str:
        """The token as a message repeats it: its first line, cut when it is long."""
        word = self.word.partition("\n")[0].rstrip("\r")
        return f"{word[:LONGEST_WORD]}…" if len(word) > LONGEST_WORD else word

    def tell(self, message: str, hint: str | None = None, *, code: str = "turtle-syntax") -> Diagnostic:
        return Diagnostic(code=code, mark=self.mark(self.start, self.end), message=message, hint=hint)


def explain_token(place: Place, expected: str) -> Diagnostic:
    """The diagnostic for a token that stands where *expected* (in words) should."""
    kind, word = place.kind, place.word
    disguised = _find_disguised(place)
    if disguised is not None:
        message, hint = explain_lookalike(place.text[disguised])
        mark = place.mark(disguised, disguised + 1)
        return Diagnostic(code="turtle-syntax", mark=mark, message=message, hint=hint)
    if place.bracket is not None and kind in {".", "end", "]", ")", "}", ";"}:
        opener = place.text[place.bracket]
        if kind != ";" and word != {"[": "]", "(": ")"}[opener]:
            return _explain_unclosed(place, opener)
    if kind == "end":
        return Diagnostic(
            code="turtle-syntax",
            mark=place.mark(place.last_end, place.last_end + 1),
            message=f"the text ends where {expected} must stand",
            hint="is the last `.` missing?" if "`.`" in expected else None,
        )
    if kind == "open_string":
        hint = 'a text of several lines stands in `"""`, three quotes on either side'
        return place.tell("a string that is not closed on its line", hint, code="turtle-unclosed")
    if kind == "open_long":
        mark = place.mark(place.start, place.start + 3)
        message = f"a long string that is not closed by `{word[:3]}`"
        return Diagnostic(code="turtle-unclosed", mark=mark, message=message)
    if kind == "open_iri":
        return place.tell("an IRI that is not closed by `>` on its line", code="turtle-unclosed")
    if kind == "word" and word == "_" and place.text.startswith(":", place.end):
        return place.tell("a blank node without a label", "write a label such as `_:b1`, or `[]`")
    if kind == "rdf12" or word.lower() in {"version", "@version"}:
        return place.tell(f"`{word}` is of RDF 1.2, which is not read here", "write it in RDF 1.1")
    if kind == "bad_number":
        return place.tell(f"the exponent of `{word}` has no digits")
    if place.syntax in {"ntriples", "nquads"}:
        return place.tell(f"expected {expected}, found `{place.shown}`", _hint_at_lines(place))
    return _explain_in_turtle(place, expected)


def _find_disguised(place: Place) -> int | None:
    """Where a character stands that only looks like a sign, in the token at hand or at the end of the one before.

    A full-width `；` is part of a name by the grammar, so that the mistake shows only behind it.
    """
    text, word = place.text, place.word
    if place.kind in {"word", "junk"} and (found := re.search(SIGN, word)) is not None:
        return place.start + found.start()
    if word[:1] in MEANT and (place.kind == "junk" or MEANT[word[0]].isdigit()):
        return place.start
    if place.kind == "open_string":
        return _find_quote(text, place.start, place.end)
    if place.kind == "word" and place.start == place.last_end and text[place.start - 1] in "\"'":  # within two strings
        opened = text.rfind(text[place.start - 1], 0, place.start - 1)
        if opened >= 0 and "\n" not in text[opened : place.start]:
            return _find_quote(text, opened, place.start - 1)
    return _find_end(text, place.last_end)


def _find_quote(text: str, opened: int, end: int) -> int | None:
    """The first curly quote that was meant to close the straight one at *opened*."""
    return next((at for at in range(opened + 1, end) if MEANT.get(text[at]) == text[opened]), None)


def _find_end(text: str, end: int) -> int | None:
    """The sign at the end of a name, before *end*."""
    begun = max(text.rfind(sign, 0, end) for sign in " \t\n\r\"'<>") + 1
    found = re.search(SIGN, text[begun:end])
    return None if found is None else begun + found.start()


def explain_disguised_end(text: str, end: int, mark: Callable[[int, int], Mark]) -> Diagnostic | None:
    """The sign that was taken for a part of the name before *end*, and ends it to the eye."""
    at = _find_end(text, end)
    if at is None:
        return None
    message, hint = explain_lookalike(text[at])
    return Diagnostic(code="turtle-syntax", mark=mark(at, at + 1), message=message, hint=hint)


def _explain_unclosed(place: Place, opener: str) -> Diagnostic:
    assert place.bracket is not None
    found = "the text ends" if place.kind == "end" else f"`{place.word}` stands"
    noticed = Related(mark=place.mark(place.start, place.end), message=f"{found} here")
    return Diagnostic(
        code="turtle-unclosed",
        mark=place.mark(place.bracket, place.bracket + 1),
        message=f"the `{opener}` is not closed",
        related=(noticed,),
    )


def _explain_in_turtle(place: Place, expected: str) -> Diagnostic:
    kind, word, shown = place.kind, place.word, place.shown
    if kind in {"]", ")"} or (kind == "}" and place.brace is None and place.syntax == "trig"):
        return place.tell(f"the `{kind}` closes nothing")
    if kind in {"{", "}"} and place.syntax == "turtle":
        return place.tell(f"`{kind}` in Turtle", "graphs in braces are TriG: such a file ends in `.trig`")
    if expected in {"a subject", "a predicate"}:
        if kind in _LITERALS or word in {"true", "false"}:
            hint = "an IRI or a blank node is the subject; a literal can only be the object"
            if expected == "a predicate":
                hint = "an IRI or `a` is the predicate; a literal can only be the object"
            return place.tell(f"a literal (`{shown}`) as {expected[2:]}", hint)
        if kind == "blank" or (kind in {"[", "("} and expected == "a predicate"):
            return place.tell(f"a blank node (`{shown}`) as predicate", "a predicate is an IRI, or `a`")
    if word == "a" and expected in {"a subject", "an object"}:
        return place.tell(f"`a` where {expected} must stand", "`a` means `rdf:type` and is only a predicate")
    return place.tell(f"expected {expected}, found `{shown}`", _hint_in_turtle(place, expected))


def _hint_at_lines(place: Place) -> str | None:
    if place.kind == "pname":
        return "N-Triples and N-Quads have no prefixes: write the whole IRI in `<` and `>`"
    if place.kind == "string" and not place.word.startswith('"'):
        return "strings stand in double quotes here"
    if place.kind in {"integer", "decimal", "double"}:
        return f'write "{place.word}" with its datatype'
    return None


def _hint_in_turtle(place: Place, expected: str) -> str | None:
    kind, word = place.kind, place.word
    before = place.text[place.last_end - 1 : place.last_end]
    touching = place.start == place.last_end
    if kind == "junk" and touching and re.match(r"[\w%/?#&=+@!$'*~\\-]", word) and "after" in expected:
        return "in a prefixed name such a character needs a backslash; or write the whole IRI in `<` and `>`"
    if kind == "pname" and place.text.startswith("//", place.end):
        bare = _BARE_IRI.match(place.text, place.start)
        return f"write an IRI in `<` and `>`: `<{bare[0].rstrip('.,;')}>`" if bare else None
    if kind == "tag" or (kind == "word" and expected == "a subject"):
        known = did_you_mean(word, _KEYWORDS)
        if known:
            return known
    if "a prefix" in expected:
        return f"write `{word}:`" if kind == "word" else "the prefix without a name is written `:`"
    if kind == "word":
        if word.lower() in {"true", "false"}:
            return f"write `{word.lower()}`"
        return f"a name has a prefix (`:{word}`), an IRI stands in `<` and `>`, a text in quotes"
    if expected == "a subject" and kind in {",", ";"} and before == ".":
        return "the `.` before it has ended the statement"
    if before in {",", ";"} and kind in {".", ";", ",", "]", ")"} and expected == "an object":
        return f"take the `{before}` before it away"
    if expected == "an object" and kind in {".", ";", ",", "]", ")"}:
        return "a statement is subject, predicate and object; is one of them missing?"
    if "after the object" in expected and kind in {*_LITERALS, "pname", "iri", "blank", "[", "("}:
        return "two objects are parted by `,`, two predicates by `;`, two statements by `.`"
    return None


def explain_iri(place: Place, error: ValueError) -> Diagnostic:
    """The token is an IRI or a prefixed name whose IRI is none: *error* says why."""
    if isinstance(error, EscapeError):
        start = place.start + 1 + error.start
        mark = place.mark(start, start + error.end - error.start)
        return Diagnostic(code="turtle-escape", mark=mark, message=f"in an IRI, {error.reason}")
    word = place.word
    bad = _NOT_IN_IRIS.search(word, 1, len(word) - 1) if place.kind == "bad_iri" else None
    if bad is None:
        reason = str(error)
        message = f"`{place.shown}` is no IRI: {reason[:1].lower()}{reason[1:]}".replace("'", "`")
        hint = None
        if re.search(r"//[^/?#]*:[^0-9/?#@]+", word):
            hint = "after the `:` of a host stands the number of a port"
        elif "percent" in message:
            hint = "`%` begins an escape of two hexadecimal digits; a `%` itself is `%25`"
        return place.tell(message, hint, code="turtle-iri")
    found = {" ": "a space", "\t": "a tab"}.get(bad[0], f"`{bad[0]}`")
    at = place.start + bad.start()
    hint = f"write `%{ord(bad[0]):02X}`, or take it away"
    if bad[0] == "\\":
        hint = r"only the escapes `\u0000` and `\U00000000` can stand here"
    mark = place.mark(at, at + 1)
    return Diagnostic(code="turtle-iri", mark=mark, message=f"{found} in an IRI", hint=hint)


def explain_relative(place: Place) -> Diagnostic:
    """The diagnostic for a relative IRI where there is no base."""
    message = f"the relative IRI `{place.shown}` without a base"
    if place.syntax in {"ntriples", "nquads"}:
        return place.tell(message, "N-Triples and N-Quads have absolute IRIs only", code="turtle-iri")
    return place.tell(message, "declare one: `@base <https://...> .`", code="turtle-iri")


def explain_prefix(place: Place, prefix: str, declared: Collection[str]) -> Diagnostic:
    """The token is a prefixed name, and its prefix is not *declared*."""
    hint = did_you_mean(f"{prefix}:", [f"{name}:" for name in declared]) if prefix else None
    if prefix in _WELL_KNOWN:
        hint = f"declare it: `@prefix {prefix}: <{_WELL_KNOWN[prefix]}> .`"
    elif hint is None and declared:
        hint = f"declared are {list_known(f'{name}:' for name in declared)}"
    elif hint is None:
        hint = f"declare it: `@prefix {prefix}: <https://...> .`"
    mark = place.mark(place.start, place.start + len(prefix) + 1)
    message = f"no prefix `{prefix}:` is declared"
    return Diagnostic(code="turtle-prefix", mark=mark, message=message, hint=hint)
