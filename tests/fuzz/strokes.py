# ruff: noqa: E501 - words and cases read best in lines that are full
"""Damage: real inputs changed by a few strokes, and inputs put together from the words of a language.

Signs are left out, doubled, exchanged, put in from a list of nasty ones; lines are moved, the end is cut off.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

NASTY = (
    "\0", "\t", "\r", "\n", "\r\n", "\x1b[2J", "\x85", "\u2028", "\ufeff", "\u00a0", "\u3000", "\u202e", "：",
    "，", "“", "”", "；", "。", "｛", "１", "雷军", "e\u0301", "😀", "\ud800", "'", '"', '"""', "'''", "`", "\\",
    "\\u0000", "\\ud800", "\\U00110000", "#", " #", ": ", "- ", "? ", "| ", "> ", "&a ", "*a", "<<: ",
    "!!python/object:x ", "%", "@", "{", "}", "[", "]", "(", ")", "<", ">", "<>", "{{", "}}", "[" * 200,
    "{" * 200, "(" * 200, "a" * 5000, "9" * 400, "-1", "1e999", "0x1F", "1_000", "1,000", "12:30:00", "no",
    "null", "~", "true", "2024-02-30", "2024-13", "0000", "-9999", "9999999999", "../2030", "2024~", "20XX",
    "Y-17E7", "2024?/..", "1..2 m", "about", "over 5 m", "5 m", "NaN", "INF", "5 °F", "3万", "½", "source",
    "again", "unknown", "c:x", "e:x", "p1s1", "p0s0", "p1s1..p9s9", "p1s1 dd56dbe3", "s:", "p:", "o:", "is:",
    "label:", "accept:", "replaces:", "@prefix", "PREFIX", "a", ";", ",", ".", "^^", "^^xsd:integer", "@en",
    "@zh-Hant", "_:b", "[]", "( )", "<http://a b>", "<//>", "<#>", "owl:Class", "rdf:nil", "rdf:first",
    "sh:path", "sh:node", "sh:property", "sh:in", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "FILTER",
    "OPTIONAL", "UNION", "MINUS", "VALUES", "SERVICE", "GRAPH", "GROUP BY", "HAVING", "ORDER BY", "LIMIT",
    "BIND", "AS", "NOT EXISTS", "IN", "?x", "$this", "*", "+", "/", "|", "!", "=", "<=", "&&", "COUNT(*)",
    "xsd:yearr(?d)", "TRIPLE(?s,?p,?o)", "REGEX(?x, '(')", "$(name)", "{name}", "$(../x)", "~iri", "~lang",
    "rml:source", "rml:logicalSource", "rml:iterator", "$..*", "file://", "http://127.0.0.1:9/",
    "../../etc/passwd", "/dev/null", "csv", "x.csv~csv", "en-", "english", "https://", "wd:Q1", "CNY", "kWh",
)  # fmt: skip


def damage(text: str, chance: random.Random, others: tuple[str, ...] = ()) -> str:
    """A text with one to four strokes of damage."""
    if chance.randrange(2):  # gently, so that it comes further
        for _ in range(chance.choice((1, 1, 2))):
            text = chance.choice(_GENTLE)(text, chance, others)
        return text
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        text = chance.choice(_STROKES)(text, chance, others)
    return text


def _insert(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(NASTY) + text[at:]


def _replace_word(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    words = _find_words(text)
    if not words:
        return _insert(text, chance, ())
    start, end = chance.choice(words)
    return text[:start] + chance.choice(NASTY) + text[end:]


def _swap_words(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    words = _find_words(text)
    if len(words) < 2:
        return text
    (a, b), (c, d) = sorted(chance.sample(words, 2))
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def _misspell(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    words = _find_words(text)
    if not words:
        return text
    start, end = chance.choice(words)
    at = chance.randrange(start, end)
    return text[:at] + chance.choice(("", text[at] * 2, chr(ord(text[at]) ^ 1), text[at].swapcase())) + text[at + 1 :]


def _remove(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + text[at + chance.choice((1, 1, 2, 5, 40)) :]


def _exchange_word(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    """A word for another that stands in a text of the same kind: often the result is right."""
    words, more = _find_words(text), _find_words(other := chance.choice(others or (text,)))
    if not words or not more:
        return text
    (start, end), (begin, stop) = chance.choice(words), chance.choice(more)
    return text[:start] + other[begin:stop] + text[end:]


def _write_in_text(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    """Something nasty within a quoted text."""
    places = [at for at, sign in enumerate(text) if sign in "\"'"]
    if not places:
        return text
    at = chance.choice(places) + chance.randrange(2)
    return text[:at] + chance.choice(NASTY) + text[at:]


def _cut(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    return text[: chance.randint(0, len(text))]


def _move_line(text: str, chance: random.Random, _others: tuple[str, ...]) -> str:
    lines = text.split("\n")
    line = lines.pop(chance.randrange(len(lines)))
    kind = chance.randrange(4)
    if kind == 1:
        line = " " * chance.randint(0, 12) + line.lstrip()
    for _ in range(2 if kind == 2 else 0 if kind == 3 else 1):
        lines.insert(chance.randint(0, len(lines)), line)
    return "\n".join(lines)


def _splice(text: str, chance: random.Random, others: tuple[str, ...]) -> str:
    if not others:
        return text
    lines = chance.choice(others).split("\n")
    start = chance.randrange(len(lines))
    part = "\n".join(lines[start : start + chance.randint(1, 5)])
    at = chance.choice([0, *(n + 1 for n, char in enumerate(text) if char == "\n")])
    return f"{text[:at]}{part}\n{text[at:]}"


_STROKES = (
    _insert,
    _insert,
    _replace_word,
    _replace_word,
    _swap_words,
    _misspell,
    _misspell,
    _remove,
    _cut,
    _move_line,
    _splice,
)
_GENTLE = (_exchange_word, _exchange_word, _write_in_text, _swap_words, _move_line)


def _find_words(text: str) -> list[tuple[int, int]]:
    found, start = [], None
    for at, char in enumerate(text + " "):
        inside = char.isalnum() or char in "-_:.@"
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            found.append((start, at))
            start = None
    return found


def to_bytes(text: str, chance: random.Random) -> bytes:
    """A text as the bytes of a file: now and then in another encoding, or with bytes that are none."""
    raw = text.encode("utf-8", "surrogatepass")
    kind = chance.randrange(40)
    if kind == 0:
        return text.encode("utf-16", "surrogatepass")
    if kind == 1:
        return text.encode("latin-1", "replace")
    if kind == 2:
        at = chance.randint(0, len(raw))
        return raw[:at] + bytes([chance.randrange(256)]) + raw[at:]
    return raw


# ---- cases


def encode(text: str) -> bytes:
    """A text as bytes; halves of surrogate pairs stay what they are."""
    return text.encode("utf-8", "surrogatepass")


def damaged(texts: Callable[[], Sequence[str]]) -> Callable[[random.Random], bytes]:
    """Cases made of real texts by damage."""

    def make(chance: random.Random) -> bytes:
        known = tuple(texts())
        return to_bytes(damage(chance.choice(known), chance, known), chance)

    return make


def composed(
    words: Sequence[str], texts: Sequence[str] = (), *, most: int = 8, between: Sequence[str] = ("",)
) -> Callable[[random.Random], bytes]:
    """Cases put together from the words of a language; now and then a real text that is damaged, or a nasty sign."""

    def make(chance: random.Random) -> bytes:
        if texts and chance.randrange(3) == 0:
            return encode(damage(chance.choice(texts), chance, tuple(texts)))
        chosen = [chance.choice(NASTY if chance.randrange(25) == 0 else words) for _ in range(chance.randint(1, most))]
        return encode(chance.choice(between).join(chosen))

    return make


def any_text(chance: random.Random, longest: int = 12) -> str:
    """A text of signs that mean something somewhere, nasty ones, and any at all. Without halves of surrogate pairs."""
    pieces = []
    for _ in range(chance.randint(0, longest)):
        kind = chance.randrange(5)
        if kind == 0:
            pieces.append(chance.choice(_SIGNS))
        elif kind == 1:
            pieces.append(chance.choice("abcXYZ019_"))
        elif kind == 2:
            pieces.append(chr(chance.choice((chance.randrange(0x20), chance.randrange(0x80), chance.randrange(0x800)))))
        elif kind == 3:
            code = chance.choice((chance.randrange(0x10000), chance.randrange(0x110000)))
            pieces.append("\ufffd" if 0xD800 <= code < 0xE000 else chr(code))
        else:
            word = chance.choice(NASTY)
            pieces.append(word if len(word) < 100 and word.isprintable() else "x")
    return "".join(pieces)


_SIGNS = "\"'\\<>{}[]()|^`~!@#$%&*+=-_:;,.?/ \t\n\r\b\f\x00\x1f\x7f\x80\x85\x9f\xa0\u2028\u2029\u202e\ufeff\ufffe\uffff\U0001ffff"
