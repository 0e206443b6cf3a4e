"""The patterns of `sh:pattern`, which are XPath's, as patterns of Python.

Source: SHACL, section 4.4.3; SPARQL 1.1, section 17.4.3.14; XQuery and XPath Functions, section 5.6.1; XML Schema 1.1
Part 2, appendix G.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from itertools import groupby

from kg.rdf.xsd import NAME_BEGIN, NAME_GO_ON

FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
_INLINE = re.compile(r"\(\?([a-z]+)[):]")  # flags within a pattern, which only Python has
_PARTS = re.compile(r"\\[pP]\{[^}]*\}|\\.|\[\^?\]?|.", re.DOTALL)
_CATEGORIES = {  # the general categories of Unicode, by the first letter of their names
    "L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon",
}  # fmt: skip
_SETS = {  # what stands for itself in a set of Python; nothing of it ends with one sign, which `-` would make a range
    "s": r"\t-\n\r-\r\x20-\x20", "S": r"\x00-\x08\x0b-\x0c\x0e-\x1f\x21-\U0010ffff",
    "i": f":{NAME_BEGIN}", "c": rf"\-:{NAME_GO_ON.removesuffix('-')}\u2040-\u2040",
}  # fmt: skip


def compile_pattern(text: str, flags: str = "") -> re.Pattern[str]:
    r"""A pattern of XPath with its *flags*. Raises re.error where it cannot be read, OverflowError, RecursionError.

    Some signs that both languages have mean something else in Python: `$`, which also stands before a last line end
    there; `#`, which begins a comment where blanks are free; `\s`, which is four signs in XPath; `\w`, which is all but
    punctuation, separators and controls: `+` is one, and `_` is none. `\i`, `\c` and `\p{L}` are XPath's alone. Sets
    that are subtracted and blocks of Unicode (`\p{IsGreek}`) are told as unknown.

    >>> bool(compile_pattern("^a$").search("a\n")), bool(compile_pattern("a # b", "x").search("a#b"))
    (False, True)
    >>> [bool(compile_pattern(r"^[\w ]\s\P{Lu}$").search(text)) for text in ("+ a", "_ a", "+\u00a0a", "+ A")]
    [True, False, False, False]
    """
    written: list[str] = []
    in_set = False
    letters = flags + "".join(_INLINE.findall(text))
    for part in _PARTS.finditer(text):
        sign = part[0]
        if in_set and sign.startswith("["):
            raise re.error("`[` in a set of characters is written `\\[`; sets cannot be subtracted", text, part.start())
        if len(sign) > 1 and sign[0] == "\\" and sign[1] in "siwcpSIWCP":
            if in_set and written[-1] == "-":
                written[-1] = r"\-"  # no range ends at a set
            try:
                signs = _read_escape(sign)
            except ValueError as error:
                raise re.error(str(error), text, part.start()) from error
            sign = signs if in_set else f"[{signs}]"
        elif sign.startswith("["):
            in_set = True
        elif in_set:
            in_set = sign != "]"
        elif sign == "$" and "m" not in letters:
            sign = r"\Z"
        elif sign == "#" and "x" in letters:
            sign = r"\#"
        written.append(sign)
    return re.compile("".join(written), sum(FLAGS[flag] for flag in set(flags)))


@cache
def _read_escape(sign: str) -> str:
    """The characters that an escape stands for, as ranges of a set. Raises ValueError for a category that is none."""
    letter, name = sign[1].lower(), sign[3:-1]
    if sign[1] in _SETS:
        return _SETS[sign[1]]
    if letter == "p" and not (name[:1] in _CATEGORIES and (not name[1:] or name[1:] in _CATEGORIES[name[0]])):
        raise ValueError(f"`{sign}` is no category of characters, such as `\\p{{L}}` or `\\p{{Lu}}`")
    signs = map(chr, range(sys.maxunicode + 1))
    if letter in _SETS:
        known = re.compile(f"[{_SETS[letter]}]")
        fits = [known.match(one) is not None for one in signs]
    else:
        wanted = (name,) if letter == "p" else ("P", "Z", "C")
        fits = [unicodedata.category(one).startswith(wanted) for one in signs]
    turned = sign[1].isupper() != (letter == "w")  # `\w` is told by what it is not
    ranges = []
    start = 0
    for fit, same in groupby(fits):
        end = start + sum(1 for _ in same)
        if fit != turned:
            ranges.append(f"\\U{start:08x}-\\U{end - 1:08x}")
        start = end
    return "".join(ranges)
