"""Characters that look like the signs of a syntax and are others: full-width forms, curly quotes, odd spaces.

Keyboards for Chinese and Japanese, word processors and web pages put them in, and no eye sees them.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_OTHERS = {
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "「": '"', "」": '"', "『": '"', "』": '"',
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "。": ".", "、": ",", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-",
    "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "÷": "/",
}  # fmt: skip
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}

MEANT = MappingProxyType({**_FULL_WIDTH, **_OTHERS, **dict.fromkeys(_SPACES, " ")})
"""The sign that each was most likely meant for."""
SPACES = f"[{_SPACES}]"
"""A pattern for the spaces that no syntax takes for one."""

_SIGNS = "".join(char for char, meant in MEANT.items() if not meant.isalnum())
SIGN = f"[{re.escape(_SIGNS)}]"
"""A pattern for those of them that are no letters and no digits."""
_SIGN = re.compile(SIGN)


def find_lookalike(text: str) -> int | None:
    """Where the first sign stands that only looks like one of the syntax; letters and digits are none.

    >>> find_lookalike("?x；"), find_lookalike("雷军")
    (2, None)
    """
    found = _SIGN.search(text)
    return None if found is None else found.start()


def name_character(char: str) -> str:
    """A character for a message: itself where it can be seen, its number and its name.

    >>> name_character("："), name_character("\\u00a0")
    ('`：` (U+FF1A, fullwidth colon)', 'a no-break space (U+00A0)')
    """
    name = unicodedata.name(char, "character").lower()
    if char.isspace():
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name} (U+{ord(char):04X})"
    return f"`{char}` (U+{ord(char):04X}, {name})"


def explain_lookalike(char: str) -> tuple[str, str]:
    """The message and the hint for a character that looks like a sign of YAML.

    >>> explain_lookalike("；")
    ('`；` (U+FF1B, fullwidth semicolon) is not `;`', 'write `;`')
    """
    meant = MEANT[char]
    if meant == " ":
        return f"{name_character(char)} is not a space of the syntax", "write a plain space"
    return f"{name_character(char)} is not `{meant}`", f"write `{meant}`"
