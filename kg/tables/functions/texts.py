"""Texts and lists of texts in functions. What cannot be done with a text is a ValueError."""

from __future__ import annotations

import itertools
import mimetypes
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from urllib.parse import quote, unquote

from kg.tables.functions.numbers import read_integer

MODES = ("html", "xml", "csv", "url", "javascript")
_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_SCRIPT = {
    "\\": "\\\\", '"': '\\"', "'": "\\'", "/": "\\/", "\b": "\\b", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r",
}  # fmt: skip
_SCRIPT_BACK = {"b": "\b", "n": "\n", "t": "\t", "f": "\f", "r": "\r"}
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})
# what Java's trim takes away, and Unicode's blanks
BLANKS = (
    "".join(map(chr, range(33)))
    + "\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)


def read_truth(text: str) -> bool:
    """The truth that a text is, as xsd:boolean has it, in small or capital letters.

    >>> read_truth("TRUE"), read_truth("0")
    (True, False)
    """
    word = text.strip(" \t\n\f\r").lower()  # the blanks of RE2's `\s`, as the macro `kg_truth` has it
    if word not in _TRUE | _FALSE:
        raise ValueError("neither true nor false")
    return word in _TRUE


def write_truth(truth: bool) -> str:
    """`true` or `false`."""
    return "true" if truth else "false"


# -- parts of texts -----------------------------------------------------------------------------------


def cut_text(text: str, begin: str, end: str | None) -> str | None:
    """The characters from *begin* up to *end*, counted from 0, from the end where negative; None beyond the text.

    >>> cut_text("profound", "1", "-1"), cut_text("profound", "3", None), cut_text("Venus", "1000", None)
    ('rofoun', 'found', None)
    """
    first, last = read_integer(begin), None if end is None else read_integer(end)
    return None if first > len(text) else text[first:last]


def cut_list(items: Sequence[str], begin: str, end: str | None) -> list[str]:
    """The items from *begin* up to *end*, counted as characters are."""
    return list(items[read_integer(begin) : None if end is None else read_integer(end)])


def get_item(items: Sequence[str], begin: str, end: str | None) -> list[str]:
    """One item, or those up to *end*."""
    if end is not None:
        return cut_list(items, begin, end)
    at = read_integer(begin)
    return list(items[at:][:1]) if at >= -len(items) else []


def split_by_lengths(text: str, *given: object) -> list[str]:
    """Pieces of a text of some lengths."""
    lengths = [each for part in given for each in (part if isinstance(part, list) else [part])]
    pieces: list[str] = []
    at = 0
    for each in lengths:
        length = read_integer(str(each))
        if length < 0 or at + length > len(text):
            raise ValueError("the text is shorter")
        pieces.append(text[at : at + length])
        at += length
    return pieces


def split_by_kind(text: str) -> list[str]:
    """Pieces of a text, each of characters of one Unicode category.

    >>> split_by_kind("ab12 C")
    ['ab', '12', ' ', 'C']
    """
    return ["".join(run) for _, run in itertools.groupby(text, unicodedata.category)]


def partition(text: str, part: str, omit: str | None) -> list[str]:
    """The text before the first *part*, the part itself unless *omit*, and what stands behind."""
    return _partition(text.partition(part), text, part, omit)


def partition_last(text: str, part: str, omit: str | None) -> list[str]:
    """The text before the last *part*, the part itself unless *omit*, and what stands behind."""
    return _partition(text.rpartition(part), text, part, omit)


def _partition(pieces: tuple[str, str, str], text: str, part: str, omit: str | None) -> list[str]:
    if part not in text:
        return [text, "", ""]
    return [pieces[0], pieces[2]] if omit is not None and read_truth(omit) else list(pieces)


def find_difference(one: str, other: str) -> str:
    """The rest of the *other* text from where it differs.

    >>> find_difference("cacti", "cactus")
    'us'
    """
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return other[same:]


def title_words(text: str) -> str:
    """Each word with a capital letter, all else small."""
    return re.sub(r"(^|\s)(\S)", lambda found: found[1] + found[2].title(), text.lower())


def make_slug(text: str) -> str:
    """A text as a part of an address, as the library Slugify makes it, which IDLab's functions call.

    Letters lose their accents, other characters beyond ASCII go, an underscore is a letter; the words are joined by
    hyphens.

    >>> make_slug("Crème Brûlée!"), make_slug("a_b – 5 €"), make_slug("½")
    ('creme-brulee', 'a_b-5', '12')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"^-|-$", "", re.sub(r"\W+", "-", plain)).lower()


# -- escapes ------------------------------------------------------------------------------------------


def read_mode(text: str) -> str:
    """The way of escaping that a word names."""
    mode = text.strip().lower()
    if mode not in MODES:
        raise ValueError(f"`{text}` is no way of escaping: {', '.join(MODES)}")
    return mode


def escape(text: str, mode: str) -> str:
    """A text as HTML, XML, CSV, a part of an address or JavaScript writes it.

    >>> escape("A&B é", "html"), escape("A&B é", "xml"), escape("a b/é", "url"), escape("a,b", "csv")
    ('A&amp;B &eacute;', 'A&amp;B é', 'a%20b%2F%C3%A9', '"a,b"')
    """
    match read_mode(mode):
        case "html":
            from html.entities import codepoint2name

            return "".join(f"&{codepoint2name[ord(c)]};" if ord(c) in codepoint2name else c for c in text)
        case "xml":
            return "".join(_XML.get(c, c) for c in text)
        case "csv":
            return '"' + text.replace('"', '""') + '"' if re.search('[,"\r\n]', text) else text
        case "url":
            return quote(text, safe="-_.!~*'()")
        case _:
            return "".join(_SCRIPT.get(c) or (c if " " <= c <= "~" else _write_units(c)) for c in text)


def _write_units(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02X}{units[i + 1]:02X}" for i in range(0, len(units), 2))


def unescape(text: str, mode: str) -> str:
    r"""The text that HTML, XML, CSV, a part of an address or JavaScript writes so.

    >>> unescape("A&amp;B&#233;", "html"), unescape("a+b%20c", "url"), unescape(r"\u00E9", "javascript")
    ('A&Bé', 'a b c', 'é')
    """
    import html

    match read_mode(mode):
        case "html":
            return html.unescape(text)
        case "xml":
            return re.sub(
                r"&(#x[0-9A-Fa-f]+|#[0-9]+|amp|lt|gt|quot|apos);", lambda found: html.unescape(found[0]), text
            )
        case "csv":
            return text[1:-1].replace('""', '"') if re.fullmatch(r'"(?:[^"]|"")*"', text, re.DOTALL) else text
        case "url":
            return unquote(text.replace("+", " "), errors="strict")
        case _:
            return _unescape_script(text)


def _unescape_script(text: str) -> str:
    def read(found: re.Match[str]) -> str:
        if found[1]:
            return bytes.fromhex(found[1].replace("\\u", "")).decode("utf-16-be")
        return _SCRIPT_BACK.get(found[2], found[2])

    return re.sub(r"((?:\\u[0-9A-Fa-f]{4})+)|\\(.)", read, text, flags=re.DOTALL)


# -- lists --------------------------------------------------------------------------------------------


def is_one_true(items: Sequence[str]) -> str:
    """Whether exactly one of some truths is true."""
    return write_truth(sum(map(read_truth, items)) == 1)


@cache
def known_types() -> mimetypes.MimeTypes:
    """The media types that Python knows; what the machine knows besides would change the result."""
    return mimetypes.MimeTypes(filenames=())


def name_type(name: str) -> str | None:
    """The media type of a file by its name; None where the ending is unknown."""
    return known_types().guess_type(name, strict=True)[0]


COMPUTED: dict[str, Callable[..., str | list[str] | None]] = {
    "upper": str.upper,
    "lower": str.lower,
    "string_toTitlecase": title_words,
    "string_substring": cut_text,
    "string_splitByLengths": split_by_lengths,
    "string_splitByCharType": split_by_kind,
    "string_partition": partition,
    "string_rpartition": partition_last,
    "string_diff": find_difference,
    "string_lastIndexOf": lambda text, part: str(text.rfind(part)),
    "slugify": make_slug,
    "escape": escape,
    "unescape": unescape,
    "string_unicode": lambda text: [str(ord(c)) for c in text],
    "array_get": get_item,
    "array_slice": cut_list,
    "boolean_and": lambda items: write_truth(all(list(map(read_truth, items)))),
    "boolean_or": lambda items: write_truth(any(list(map(read_truth, items)))),
    "boolean_xor": is_one_true,
    "getMIMEType": name_type,
}
