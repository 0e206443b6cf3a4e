"""The patterns of `sh:pattern`, which are XPath's, as patterns of Python.

Source: SHACL, section 4.4.3; SPARQL 1.1, section 17.4.3.14; XQuery and XPath Functions, section 5.6.1.
"""

from __future__ import annotations

import re

FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
_INLINE = re.compile(r"\(\?([a-z]+)[):]")  # flags within a pattern, which only Python has
_PARTS = re.compile(r"\\.|\[\^?\]?|.", re.DOTALL)


def compile_pattern(text: str, flags: str = "") -> re.Pattern[str]:
    r"""A pattern of XPath with its *flags*. Raises re.error where it cannot be read, OverflowError, RecursionError.

    Two signs that both languages have mean something else in Python: `$`, which also stands before a last line end
    there, and `#`, which begins a comment where blanks are free. Sets that are subtracted are told as unknown.

    >>> bool(compile_pattern("^a$").search("a\n")), bool(compile_pattern("a # b", "x").search("a#b"))
    (False, True)
    """
    written: list[str] = []
    in_set = False
    letters = flags + "".join(_INLINE.findall(text))
    for part in _PARTS.finditer(text):
        sign = part[0]
        if in_set and sign.startswith("["):
            raise re.error("`[` in a set of characters is written `\\[`; sets cannot be subtracted", text, part.start())
        if sign.startswith("["):
            in_set = True
        elif in_set:
            in_set = sign != "]"
        elif sign == "$" and "m" not in letters:
            sign = r"\Z"
        elif sign == "#" and "x" in letters:
            sign = r"\#"
        written.append(sign)
    return re.compile("".join(written), sum(FLAGS[flag] for flag in set(flags)))
