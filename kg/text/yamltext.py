"""The one writer of texts in YAML: plain where every reader takes it back so, else in quotes."""

from __future__ import annotations

import json
import re

_HIDDEN = (
    "\x00-\x1f\x7f-\xa0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f"
)
BREAKS = re.compile(f"[{_HIDDEN}]")
"""Characters that end a line, hide, turn the direction of reading around, or may not stand in a file of YAML."""
_PLAIN = re.compile(
    # a sign of YAML (`>`, `-`, `*`) begins nothing that is plain; a colon is one where a space follows, `...` ends all
    rf"[^\W_](?:[^{_HIDDEN}{{}}\[\],#&*!|>\"%@`:?]|:(?=[\w/]))*|(?!\.\.\.)[~<.][^{_HIDDEN}{{}}\[\],#&*!|>'\"%@`:?]*"
)


def write_scalar(text: str) -> str:
    """*text* as YAML reads it back, in flow or block style: plain where that is safe, else in double quotes.

    What cannot be seen is escaped.

    >>> [write_scalar(text) for text in ("120 m", "c:orders", "Lei's", "a: b", "x, y", "2030-05", "\\x1b[2J", ">3")]
    ['120 m', 'c:orders', "Lei's", '"a: b"', '"x, y"', '2030-05', '"\\\\u001b[2J"', '">3"']
    """
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and text != "~":
        return text
    return BREAKS.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
