"""How one term of Turtle is written: its tokens, its escapes, and how a relative IRI is resolved.

Source: RDF 1.1 Turtle, section 6.5 (grammar; the productions are named beside the patterns);
RFC 3986, section 5.2 (relative resolution).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from kg.rdf.iri import SCHEME

# What PN_CHARS_BASE and PN_CHARS have beyond ASCII, as the inside of a character class.
_BASE = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = _BASE + "\u00b7\u0300-\u036f\u203f-\u2040"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_NAMES = frozenset({"pname", "blank", "word"})  # the tokens in which these stand


def _write_class(ascii_part: str, beyond: str) -> str:
    return f"[{ascii_part}{beyond}]"


def _write_loose_class(ascii_part: str, beyond: str) -> str:
    """A class that takes every character beyond ASCII for one of those that are meant."""
    others = (f"\\x{number:02x}" for number in range(128) if not re.match(f"[{ascii_part}]", chr(number)))
    return f"[^{''.join(others)}]"


@cache
def _compile_token(write: Callable[[str, str], str]) -> re.Pattern[str]:
    """The pattern of a token, whose classes are written by *write*."""
    start, go_on, more = write("A-Za-z", _BASE), write(r"A-Za-z_0-9\-", _NAME), write(r"A-Za-z_0-9:\-", _NAME)
    going_on = rf"{go_on}*+(?>(?:\.++{go_on}++)*)"
    local = rf"(?:{write('A-Za-z_0-9:', _BASE)}|{_PLX})(?>(?:{more}++|{_PLX})*)(?>(?:\.++(?:{more}++|{_PLX})+)*)"
    # White space and comments, then one token. Every text matches: what is no token of Turtle falls to one of
    # the last groups, which are there to be told in plain words. Possessive quantifiers and atomic groups keep it
    # linear.
    return re.compile(
        rf"""
        [ \t\r\n]*+(?>(?:\#[^\r\n]*+[ \t\r\n]*+)*)
        (?:
            (?P<pname>(?:{start}{going_on})?:(?:{local})?)
          | (?P<iri><(?>(?:[^\x00-\x20<>"{{}}|^`\\]++|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*)>)
          | (?P<double>[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)[eE][+-]?[0-9]++)
          | (?P<bad_number>[+-]?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)[eE][+-]?)
          | (?P<decimal>[+-]?[0-9]*+\.[0-9]++)
          | (?P<integer>[+-]?[0-9]++)
          | (?P<rdf12>\{{\||\|\}}|<<|>>|~)
          | (?P<sign>\^\^|[.;,\[\](){{}}])
          | (?P<blank>_:{write("A-Za-z_0-9", _BASE)}{going_on})
          | (?P<string>\"{{3}}(?>(?:[^"\\]++|\\[\s\S]|"(?!""))*)\"{{3}}|'{{3}}(?>(?:[^'\\]++|\\[\s\S]|'(?!''))*)'{{3}}
                     |"(?!"")(?>(?:[^"\\\r\n]++|\\[^\r\n])*)"|'(?!'')(?>(?:[^'\\\r\n]++|\\[^\r\n])*)')
          | (?P<tag>@[A-Za-z0-9-]++(?>(?:_(?!:)[A-Za-z0-9_-]*+)?))
          | (?P<word>{write("A-Za-z_", _BASE)}{going_on})
          | (?P<end>\Z)
          | (?P<open_long>(?:\"{{3}}|'{{3}})[\s\S]*+)
          | (?P<open_string>["'][^\r\n]*+)
          | (?P<bad_iri><[^<>\r\n]*+>)
          | (?P<open_iri><[^\s<>]*+)
          | (?P<junk>[\s\S])
        )
        """,
        re.VERBOSE,
    )


def match_token(text: str, at: int) -> re.Match[str]:
    """The token at *at*, after white space and comments; its kind is the match's `lastgroup`.

    Names are nearly always ASCII, and the classes for others take as long to compile as an ontology to be read. So a
    token is looked for with loose classes, and anew with those of the grammar where a name has other characters.
    """
    match = _compile_token(_write_loose_class).match(text, at)
    if match is not None and match.lastgroup in _NAMES and not match[match.lastgroup].isascii():
        match = _compile_token(_write_class).match(text, at)
    assert match is not None  # every text matches
    return match


ESCAPE = re.compile(r"""\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\s\S]?))""")
ECHAR = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_LOCAL_ESCAPE = re.compile(r"\\(.)")
_IRI = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.S)


class EscapeError(ValueError):
    """An escape that means nothing: where it stands in the text (*start*, *end*) and why."""

    def __init__(self, match: re.Match[str], reason: str) -> None:
        super().__init__(reason)
        self.start, self.end = match.span()
        self.reason = reason


def _read_escape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits is None:
        if match[3] in ECHAR:
            return ECHAR[match[3]]
        raise EscapeError(match, f"`{match[0]}` is no escape")
    number = int(digits, 16)
    if 0xD800 <= number < 0xE000:
        raise EscapeError(match, f"`{match[0]}` is half of a surrogate pair, not a character")
    if number > 0x10FFFF:
        raise EscapeError(match, f"`{match[0]}` is beyond the last character of Unicode, U+10FFFF")
    return chr(number)


def unescape_string(text: str) -> str:
    r"""The text of a string or an IRI with its ECHAR and UCHAR escapes read.

    Raises EscapeError at the first that is none. Source: RDF 1.1 Turtle, section 6.4.

    >>> unescape_string(r'a\tb \u96F7')
    'a\tb 雷'
    """
    return ESCAPE.sub(_read_escape, text) if "\\" in text else text


def unescape_local(text: str) -> str:
    r"""The local part of a prefixed name without its backslashes; `%41` stays as it is (section 6.4).

    >>> unescape_local(r"a\/b%41")
    'a/b%41'
    """
    return _LOCAL_ESCAPE.sub(r"\1", text) if "\\" in text else text


def is_absolute(iri: str) -> bool:
    """Whether an IRI begins with a scheme.

    >>> is_absolute("urn:x:y"), is_absolute("#TriplesMap")
    (True, False)
    """
    return SCHEME.match(iri) is not None


def resolve_iri(iri: str, base: str) -> str:
    """The absolute IRI that *iri* means where *base* (absolute) is the base.

    An IRI with a scheme is kept as it is written. Raises ValueError where the first segment of a relative
    one holds a `:` (section 4.2). Source: RFC 3986, section 5.2.2; RDF 1.1 Turtle, section 6.3.

    >>> resolve_iri("../c?q", "http://a/b/d/e#f"), resolve_iri("#g", "http://a/b?q#f")
    ('http://a/b/c?q', 'http://a/b?q#g')
    """
    scheme, authority, path, query, fragment = _split(iri)
    if scheme is not None:
        return iri
    if authority is None and ":" in path.partition("/")[0]:
        raise ValueError("a relative IRI holds a `:` before its first `/`")
    base_scheme, base_authority, base_path, base_query, _ = _split(base)
    if authority is not None:
        path = _remove_dots(path)
    else:
        authority = base_authority
        if not path:
            path = base_path
            query = base_query if query is None else query
        elif path.startswith("/"):
            path = _remove_dots(path)
        elif base_authority is not None and not base_path:
            path = _remove_dots("/" + path)
        else:
            path = _remove_dots(base_path[: base_path.rfind("/") + 1] + path)
    if authority is None and path.startswith("//"):  # it would read as an authority (section 3)
        raise ValueError("a relative IRI whose path begins with `//` once it is resolved")
    authority = "" if authority is None else f"//{authority}"
    query = "" if query is None else f"?{query}"
    fragment = "" if fragment is None else f"#{fragment}"
    return f"{base_scheme}:{authority}{path}{query}{fragment}"


def _split(iri: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    match = _IRI.fullmatch(iri)
    assert match is not None  # every text matches (RFC 3986, appendix B)
    return match[1], match[2], match[3], match[4], match[5]


def _remove_dots(path: str) -> str:
    """RFC 3986, section 5.2.4."""
    if "." not in path:
        return path
    kept: list[str] = []
    rooted = path.startswith("/")
    segments = path.split("/")[1:] if rooted else path.split("/")
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return ("/" if rooted else "") + "/".join(kept)
