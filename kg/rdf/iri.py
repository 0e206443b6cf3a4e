"""Prefixes, CURIE ⇄ IRI, minting, and what may be an IRI at all.

A local name is accepted only where Turtle, SPARQL and JSON-LD all read it without an escape. So a CURIE
that `Prefixes.compress` gives can be pasted into a query as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

from kg.rdf.namespace import WELL_KNOWN

# PN_CHARS_BASE and PN_CHARS of RDF 1.1 Turtle, section 6.5 (the same in SPARQL 1.1, 19.8), less what no IRI
# may hold (U+FFF0 to U+FFFD, the direction control U+061C) and what lies beyond U+FFFF, which Oxigraph's
# SPARQL parser refuses in a name.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u061b\u061d-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
)
_CHARS = _BASE + r"_0-9\u00b7\u0300-\u036f\u203f-\u2040-"
_ASCII_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_ASCII_PREFIX_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


@cache
def _compile_name(first: str) -> re.Pattern[str]:
    """The pattern of a name that begins with *first*: compiled when asked for, which takes some 10 ms."""
    return re.compile(rf"[{first}](?:[{_CHARS}.]*[{_CHARS}])?")


SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)

# Invisible characters that change the direction of the text around them. RFC 3987, section 4.1 forbids the
# first seven in an IRI; the isolates and the Arabic letter mark came to Unicode later and do the same harm.
BIDI_CONTROLS: Final = "\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c"

_LEGAL_ASCII = r"A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%\-"  # reserved and unreserved of RFC 3986
_ILLEGAL_ASCII = re.compile(f"[^{_LEGAL_ASCII}]")


@cache
def _compile_illegal() -> re.Pattern[str]:
    """What an IRI may not hold. Few IRIs hold what is not ASCII, and this one takes 3 ms."""
    # ucschar of RFC 3987, section 2.2, without the controls above
    planes = "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
    beyond = f"\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef{planes}\U000e1000-\U000efffd"
    return re.compile(f"[^{_LEGAL_ASCII}{beyond}]|[{BIDI_CONTROLS}]")


@dataclass(frozen=True, kw_only=True)
class IriProblem:
    """Why a text is no IRI: a *message* for a diagnostic, and the code points *start* to *end* (from 0)."""

    message: str
    start: int
    end: int


class UnknownPrefix(IriProblem):
    """A text is no IRI, since the word before its colon is no prefix of the data set; that word is marked."""


def is_local_name(text: str) -> bool:
    """Whether *text* may follow `prefix:` without an escape, in Turtle and in SPARQL.

    Letters, digits and `_` may begin it, `-` may follow, dots may stand inside; no `/`, `#`, `%` or `:`.
    Source: PN_LOCAL of RDF 1.1 Turtle, section 6.5, less its escapes and its colons.

    >>> [is_local_name(t) for t in ("eqo.p3s2", "雷军", "4-x", "-x", "x.", "a/b", "")]
    [True, True, True, False, False, False, False]
    """
    pattern = _ASCII_LOCAL_NAME if text.isascii() else _compile_name(_BASE + "_0-9")
    return pattern.fullmatch(text) is not None


def is_prefix_name(text: str) -> bool:
    """Whether *text* may be declared as a prefix; the empty prefix may not, since JSON-LD has none.

    Source: PN_PREFIX of RDF 1.1 Turtle, section 6.5.

    >>> [is_prefix_name(t) for t in ("kg", "a.b", "", "_", "4u", "a:")]
    [True, True, False, False, False, False]
    """
    pattern = _ASCII_PREFIX_NAME if text.isascii() else _compile_name(_BASE)
    return pattern.fullmatch(text) is not None


def _describe_character(char: str) -> str:
    if char == " ":
        return "a space"
    if re.match(f"[{BIDI_CONTROLS}]", char):
        return f"the direction control U+{ord(char):04X}"
    if char.isprintable():
        return f"`{char}`"
    return f"the character U+{ord(char):04X}"


def check_iri(text: str) -> IriProblem | None:
    """What is wrong with *text* as an absolute IRI, or None when nothing is.

    Sources: RFC 3987, sections 2.2 and 4.1; RDF 1.1 Concepts, section 3.2. Stricter in one point: private-use
    characters are refused in the query part too. What this accepts, `pyoxigraph.NamedNode` accepts.

    >>> check_iri("https://kg.example/雷军?a=b#c")
    >>> check_iri("https://kg.example/a b")
    IriProblem(message='an IRI cannot hold a space', start=20, end=21)
    >>> check_iri("kg.example/a")
    IriProblem(message='an IRI begins with a scheme such as `https:`', start=0, end=12)
    """
    if illegal := (_ILLEGAL_ASCII if text.isascii() else _compile_illegal()).search(text):
        message = f"an IRI cannot hold {_describe_character(illegal[0])}"
        return IriProblem(message=message, start=illegal.start(), end=illegal.end())
    if not SCHEME.match(text):
        message = "an IRI begins with a scheme such as `https:`"
        return IriProblem(message=message, start=0, end=len(text))
    if percent := _PERCENT.search(text):
        message = f"`{percent[0]}` is no percent-encoded byte"
        return IriProblem(message=message, start=percent.start(), end=percent.end())

    import pyoxigraph  # the structure (brackets, port, a second `#`) is left to the parser that must read it

    try:
        pyoxigraph.NamedNode(text)
    except ValueError as error:
        reason = str(error)
        message = f"this is no IRI: {reason[:1].lower()}{reason[1:]}".replace("'", "`")
        return IriProblem(message=message, start=0, end=len(text))
    return None


SCHEMES: Final = frozenset(
    {
        "about", "acct", "bitcoin", "cid", "data", "dat", "did", "doi", "dns", "file", "ftp", "ftps", "geo", "git",
        "gopher", "hdl", "http", "https", "imap", "info", "ipfs", "ipns", "ipp", "irc", "ircs", "isbn", "issn", "ldap",
        "ldaps", "magnet", "mailto", "message", "mid", "news", "nfs", "nntp", "oai", "openid", "payto", "pop", "rsync",
        "rtsp", "service", "sftp", "sip", "sips", "sms", "ssh", "stun", "swh", "tag", "tel", "telnet", "turn", "urn",
        "vnc", "ws", "wss", "xmpp",
    }
)  # fmt: skip
"""Schemes of IRIs that need no prefix: those registered with IANA that people write, and `doi`, `isbn` and the like.
Before another word and a colon stands a prefix."""


def expand_iri(text: str, namespaces: Mapping[str, str] | None) -> str | IriProblem:
    """The absolute IRI that *text* writes: a CURIE by *namespaces*, or an IRI as it stands; else what is wrong.

    What comes before the colon is a prefix where it is declared, else a scheme; an unknown word is neither, unless
    `//` follows. Where *namespaces* is None they are not known, and every word before a colon is taken for a scheme.

    >>> expand_iri("wd:Q90", {"wd": "http://www.wikidata.org/entity/"}), expand_iri("urn:isbn:0451450523", {})
    ('http://www.wikidata.org/entity/Q90', 'urn:isbn:0451450523')
    >>> expand_iri("wdt:Q90", {})
    UnknownPrefix(message='`wdt` is no known prefix', start=0, end=3)
    """
    prefix, colon, local = text.partition(":")
    if namespaces is None or not colon or local.startswith("//"):
        return check_iri(text) or text
    if prefix in namespaces:
        text = namespaces[prefix] + local
    elif prefix.lower() not in SCHEMES and re.fullmatch(r"[^\s/?#]+", prefix):
        return UnknownPrefix(message=f"`{prefix}` is no known prefix", start=0, end=len(prefix))
    return check_iri(text) or text


@dataclass(frozen=True, kw_only=True)
class Prefixes:
    """The prefixes of a graph, each with its namespace.

    Raises ValueError for a prefix that `is_prefix_name`, or a namespace that `check_iri`, refuses.

    >>> prefixes = Prefixes(namespaces={"s": "https://a.example/source/", "kg": "https://kg.example/ns#"})
    >>> prefixes.expand("kg:Claim"), prefixes.compress("https://a.example/source/eqo.p3s2")
    ('https://kg.example/ns#Claim', 's:eqo.p3s2')
    """

    namespaces: Mapping[str, str]

    def __post_init__(self) -> None:
        for prefix, namespace in self.namespaces.items():
            if not is_prefix_name(prefix):
                raise ValueError(f"no prefix name: {prefix!r}")
            if problem := check_iri(namespace):
                raise ValueError(f"prefix {prefix!r}: {problem.message}")
        # A private copy, sorted: what is frozen stays as it was, and its order depends on nobody.
        object.__setattr__(self, "namespaces", MappingProxyType(dict(sorted(self.namespaces.items()))))

    def __hash__(self) -> int:
        return hash(tuple(self.namespaces.items()))

    @cached_property
    def _by_namespace(self) -> dict[str, str]:
        """The prefix of each namespace, the longest first; of two for one namespace the first by alphabet."""
        first = {namespace: prefix for prefix, namespace in reversed(tuple(self.namespaces.items()))}
        return dict(sorted(first.items(), key=lambda item: (-len(item[0]), item[0])))

    @cached_property
    def _begin(self) -> re.Pattern[str]:
        """The longest namespace that an IRI begins with, found in one step."""
        return re.compile("|".join(map(re.escape, self._by_namespace)) or "(?!)")

    def expand(self, curie: str) -> str | None:
        """The IRI that a CURIE stands for, or None when its prefix is not known (or there is no colon).

        What follows the colon is taken as it is; `check_iri` tells whether an IRI has come of it.
        """
        prefix, colon, local = curie.partition(":")
        namespace = self.namespaces.get(prefix) if colon else None
        return None if namespace is None else namespace + local

    def split(self, iri: str) -> tuple[str, str] | None:
        """(prefix, local name) of the longest namespace that leaves a local name, or None.

        >>> p = Prefixes(namespaces={"a": "https://a.example/", "b": "https://a.example/b/"})
        >>> p.split("https://a.example/b/c"), p.split("https://a.example/d/c")
        (('b', 'c'), None)
        """
        begin = self._begin.match(iri)
        if begin is None:
            return None
        local = iri[begin.end() :]
        if is_local_name(local):
            return self._by_namespace[begin[0]], local
        for namespace, prefix in self._by_namespace.items():  # a shorter one may leave a local name
            if iri.startswith(namespace) and is_local_name(iri[len(namespace) :]):
                return prefix, iri[len(namespace) :]
        return None

    def compress(self, iri: str) -> str | None:
        """The CURIE of an IRI, or None where no prefix leaves a local name."""
        parts = self.split(iri)
        return None if parts is None else f"{parts[0]}:{parts[1]}"


def local_name(iri: str) -> str:
    """The local name of an IRI: what follows its last `#` or `/`.

    >>> local_name("https://schema.org/Person"), local_name("http://www.w3.org/2001/XMLSchema#date")
    ('Person', 'date')
    """
    return iri.rpartition("#")[2].rpartition("/")[2]


def split_address(text: str) -> SplitResult:
    """The parts of an address; of what is none (a host whose bracket does not close), all of it is the path.

    >>> split_address("http://a.example/b").path, split_address("http://[").path
    ('/b', 'http://[')
    """
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult(scheme="", netloc="", path=text, query="", fragment="")


MODEL_PREFIXES: Final = Prefixes(namespaces=WELL_KNOWN)
